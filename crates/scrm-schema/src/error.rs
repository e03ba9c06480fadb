//! What is wrong with a schema tree.

use std::fmt;

use crate::pointer;

/// One problem: where it is, what it is, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Path of the file below the schema folder, with `/`: `acme/user/user-list.json`.
    pub file: String,
    /// JSON pointer in the file; empty for the whole file.
    pub pointer: String,
    /// What was found, and the rule it breaks.
    pub what: String,
    /// What to do about it.
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "schemas/{}#{}: {}; {}", self.file, self.pointer, self.what, self.advice)
    }
}

/// All problems of a tree, sorted by file and pointer. Never empty. `Display` writes one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors(Vec<Problem>);

impl Errors {
    /// The problems, sorted by file and pointer.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// Problems while they are being found.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, file: &str, pointer: impl Into<String>, what: impl Into<String>, advice: impl Into<String>) {
        self.0.push(Problem { file: file.to_owned(), pointer: pointer.into(), what: what.into(), advice: advice.into() });
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is one in a file of this folder; `folder` ends with `/`.
    pub(crate) fn touch(&self, folder: &str) -> bool {
        self.0.iter().any(|problem| problem.file.starts_with(folder))
    }

    /// The problems, sorted by file and pointer.
    pub(crate) fn sorted(mut self) -> Vec<Problem> {
        self.0.sort();
        self.0.dedup();
        self.0
    }

    /// The value, unless there are problems.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Errors> {
        if self.0.is_empty() { Ok(value) } else { Err(Errors(self.sorted())) }
    }
}

/// The problems of one file, and of the definitions that it shares with its area.
pub(crate) struct FileProblems<'a> {
    pub(crate) file: &'a str,
    pub(crate) all: &'a mut Problems,
}

impl FileProblems<'_> {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, what: impl Into<String>, advice: impl Into<String>) {
        let (file, pointer) = pointer::locate(self.file, &pointer.into());
        self.all.add(&file, pointer, what, advice);
    }
}
