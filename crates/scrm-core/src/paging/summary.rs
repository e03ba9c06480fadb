//! What a pull came to, in numbers.

use std::fmt;

/// What a pull came to so far; readable at any time, final when the stream has ended. `Display` writes it in one line.
///
/// A resumed pull counts what came since it was resumed, but for the totals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Rows delivered.
    pub rows: u64,
    /// Rows that could not be understood; they were told as errors, stand on their page, or went to the [`RejectSink`](super::RejectSink).
    pub bad_rows: u64,
    /// Answers with rows or counts that were used.
    pub pages: u64,
    /// Pieces that a list too long for the vendor was split into; 0: it was not split.
    pub pieces: u64,
    /// Rows that came again (at the seams of pieces, because pages had shifted, in a second look) and were left out.
    pub duplicates: u64,
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
    /// Whether the pull came to its end and all numbers agree.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.ended && self.missing == 0 && self.problems == 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (self.is_complete(), self.ended) {
            (true, _) => "complete",
            (false, true) => "incomplete",
            (false, false) => "not at its end",
        };
        write!(f, "{state}: {} rows in {} pages", self.rows, self.pages)?;
        if self.pieces > 0 {
            write!(f, " of {} pieces", self.pieces)?;
        }
        if let (Some(before), Some(after)) = (self.total_before, self.total_after) {
            write!(f, "; the vendor counted {before} before and {after} after")?;
        }
        for (number, what) in [
            (self.bad_rows, "bad rows"),
            (self.duplicates, "rows left out that came again"),
            (self.second_looks, "second looks"),
            (self.missing, "rows missing"),
            (self.problems, "problems"),
        ] {
            if number > 0 {
                write!(f, "; {number} {what}")?;
            }
        }
        Ok(())
    }
}
