//! What is wrong with a schema that loads but cannot be generated from.

use std::fmt;

/// One fault: where it stands and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("schemas/{file}#{pointer}: {problem}")]
pub struct Error {
    /// File below the schema folder: `acme/user/user-list.json`.
    pub file: String,
    /// JSON pointer in that file.
    pub pointer: String,
    /// What is wrong, and how to mend it.
    pub problem: String,
}

impl Error {
    pub(crate) fn new(file: &str, pointer: &str, problem: impl Into<String>) -> Self {
        let (file, pointer) = scrm_schema::locate(file, pointer);
        Error { file, pointer, problem: problem.into() }
    }
}

/// Everything that is wrong, sorted by file and pointer; nothing is generated then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors(pub Vec<Error>);

impl fmt::Display for Errors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str("\n")?;
            }
            error.fmt(formatter)?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// Gathers faults, so that one run names them all.
#[derive(Default)]
pub(crate) struct Faults(Vec<Error>);

impl Faults {
    pub(crate) fn add(&mut self, error: Error) {
        self.0.push(error);
    }

    /// The value, or nothing and a fault more.
    pub(crate) fn take<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn finish(mut self) -> Result<(), Errors> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort();
        self.0.dedup();
        Err(Errors(self.0))
    }
}
