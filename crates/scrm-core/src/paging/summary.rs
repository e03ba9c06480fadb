//! What a pull came to, in numbers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct as _};
use serde_json::{Map, Value};

use crate::mask::Masker;

/// Ids that a summary names.
pub(super) const NAMED: usize = 10;

/// Whether all rows came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Completeness {
    /// The pull came to its end, and as many rows came as the vendor counted.
    Complete,
    /// The pull came to its end and nothing contradicts it, but nothing proves it either: the vendor told no total, or one that equals its own ceiling, or the
    /// request began in the middle of the list.
    Unknown,
    /// The pull is not at its end, rows are missing, or the numbers do not agree.
    #[default]
    Incomplete,
}

impl Completeness {
    /// A short name: `complete`, `unknown`, `incomplete`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Completeness::Complete => "complete",
            Completeness::Unknown => "unknown",
            Completeness::Incomplete => "incomplete",
        }
    }

    /// The lesser of two.
    pub(super) fn and(self, other: Completeness) -> Completeness {
        match (self, other) {
            (Completeness::Incomplete, _) | (_, Completeness::Incomplete) => Completeness::Incomplete,
            (Completeness::Unknown, _) | (_, Completeness::Unknown) => Completeness::Unknown,
            _ => Completeness::Complete,
        }
    }
}

impl Serialize for Completeness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Completeness {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let all = [Completeness::Complete, Completeness::Unknown, Completeness::Incomplete];
        all.into_iter().find(|one| one.as_str() == name).ok_or_else(|| de::Error::custom("neither complete, unknown nor incomplete"))
    }
}

impl fmt::Display for Completeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a pull came to so far; readable at any time, final when the stream has ended. `Display` writes it in one line.
///
/// A resumed pull counts what came since it was resumed, but for the totals and the completeness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Whether all rows came.
    pub completeness: Completeness,
    /// Rows delivered.
    pub rows: u64,
    /// Rows that could not be understood; they were told as errors, stand on their page, or went to the [`RejectSink`](super::RejectSink).
    pub bad_rows: u64,
    /// Responses with rows or counts that were used.
    pub pages: u64,
    /// Pages that could not be understood and were skipped; see [`Paginator::skip_undecodable`](super::Paginator::skip_undecodable).
    pub skipped_pages: u64,
    /// Windows of time that were read to their end, where the vendor answers only so much time at once; 0: it was all asked for at once.
    pub windows: u64,
    /// Pieces that a list too long for the vendor was split into; 0: it was not split.
    pub pieces: u64,
    /// Rows that came again (at the seams of windows and pieces, because pages had shifted, in a second look) and were left out.
    pub duplicates: u64,
    /// Rows delivered though another row with their id had been: the id is not unique, or the row changed meanwhile.
    pub shared_ids: u64,
    /// The first ten of these ids.
    pub shared_id_examples: Vec<String>,
    /// Rows delivered that have no id, though the documentation names one.
    pub rows_without_id: u64,
    /// How often something was looked at again because the numbers did not agree.
    pub second_looks: u64,
    /// How many rows the vendor counted at the beginning.
    pub total_before: Option<u64>,
    /// How many rows the vendor counted at the end.
    pub total_after: Option<u64>,
    /// Rows that the vendor counts and that did not come, as far as they are known.
    pub missing: u64,
    /// What could not be put right: how many errors of kind [`ErrorKind::Paging`](crate::ErrorKind::Paging) the stream gave for that.
    pub problems: u64,
    /// Whether the pull came to its end (rather than being broken off by an error that would come again, or being still under way).
    pub ended: bool,
}

impl Summary {
    /// Whether the pull came to its end and all numbers agree. `false` also where nobody can know; see [`Summary::completeness`].
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.completeness == Completeness::Complete
    }
}

/// Serde of a struct by its fields; one that is not there has its default.
macro_rules! by_fields {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut out = serializer.serialize_struct(stringify!($type), [$(stringify!($field)),*].len())?;
                $(out.serialize_field(stringify!($field), &self.$field)?;)*
                out.end()
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut fields = Map::<String, Value>::deserialize(deserializer)?;
                Ok($type {
                    $($field: match fields.remove(stringify!($field)) {
                        Some(value) => serde_json::from_value(value).map_err(de::Error::custom)?,
                        None => Default::default(),
                    }),*
                })
            }
        }
    };
}

by_fields!(Summary {
    completeness,
    rows,
    bad_rows,
    pages,
    skipped_pages,
    windows,
    pieces,
    duplicates,
    shared_ids,
    shared_id_examples,
    rows_without_id,
    second_looks,
    total_before,
    total_after,
    missing,
    problems,
    ended,
});

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (self.completeness, self.ended) {
            (Completeness::Complete, _) => "complete",
            (_, false) => "not at its end",
            (Completeness::Unknown, true) => "at its end, completeness not known",
            (Completeness::Incomplete, true) => "incomplete",
        };
        write!(f, "{state}: {} rows in {} pages", self.rows, self.pages)?;
        for (number, what) in [(self.windows, "windows of time"), (self.pieces, "pieces")] {
            if number > 0 {
                write!(f, " of {number} {what}")?;
            }
        }
        if let (Some(before), Some(after)) = (self.total_before, self.total_after) {
            write!(f, "; the vendor counted {before} before and {after} after")?;
        }
        for (number, what) in [
            (self.bad_rows, "bad rows"),
            (self.skipped_pages, "pages skipped"),
            (self.duplicates, "rows left out that came again"),
            (self.rows_without_id, "rows without an id"),
            (self.second_looks, "second looks"),
            (self.missing, "rows missing"),
            (self.problems, "problems"),
        ] {
            if number > 0 {
                write!(f, "; {number} {what}")?;
            }
        }
        if self.shared_ids > 0 {
            let masker = Masker::default();
            let ids: Vec<String> = self.shared_id_examples.iter().map(|id| masker.text(id, 40).into()).collect();
            write!(f, "; {} rows with an id that came before: {}", self.shared_ids, ids.join(", "))?;
        }
        Ok(())
    }
}
