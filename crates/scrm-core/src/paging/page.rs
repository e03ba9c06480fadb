//! One page of a list.

use std::fmt;

use super::{plan::Place, resume::ResumeToken};
use crate::{
    decode::{BadRow, Drift},
    table::Extra,
};

/// One page of a list: its rows, and what the response says beside them.
///
/// In a test of your own, take `Page::default()` and fill in what the test needs.
#[derive(Clone)]
#[non_exhaustive]
pub struct Page<R, D = ()> {
    /// Its rows, without those that came before.
    pub rows: Vec<R>,
    /// Rows that could not be understood.
    pub bad_rows: Vec<BadRow>,
    /// Its number, where pages have numbers.
    pub number: Option<i64>,
    /// How many rows there are in all, where the vendor tells; of a pull in pieces or windows, in this one.
    pub total: Option<u64>,
    /// The operation's data without its rows: headers, echoes, sums.
    pub data: D,
    /// Keys beside code, message and data.
    pub extra: Extra,
    /// Where the response differs from the schema; empty unless the call asked for it ([`Call::collect_drift`](crate::Call::collect_drift)).
    pub drift: Vec<Drift>,
    /// In front of which row each bad row stood.
    pub(super) places: Vec<usize>,
    /// What identifies rows and bad rows, in order; empty: nothing does.
    pub(super) keys: Vec<Place>,
    pub(super) before: ResumeToken,
    pub(super) after: ResumeToken,
}

impl<R, D> Page<R, D> {
    /// Where the pull stands behind this page. Store it together with the rows; after a restart give it to
    /// [`Paginator::resume_from`](super::Paginator::resume_from).
    #[must_use]
    pub fn resume(&self) -> &ResumeToken {
        &self.after
    }
}

/// A page of no pull: its resume token belongs to none.
impl<R, D: Default> Default for Page<R, D> {
    fn default() -> Self {
        let (before, after) = (ResumeToken::nowhere(), ResumeToken::nowhere());
        let (rows, bad_rows, data, extra, drift, places, keys) = Default::default();
        Page { rows, bad_rows, number: None, total: None, data, extra, drift, places, keys, before, after }
    }
}

impl<R: fmt::Debug, D> fmt::Debug for Page<R, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("number", &self.number)
            .field("total", &self.total)
            .field("rows", &self.rows)
            .field("bad_rows", &self.bad_rows)
            .field("drift", &self.drift)
            .finish_non_exhaustive()
    }
}
