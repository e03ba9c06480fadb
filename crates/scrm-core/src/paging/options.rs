//! Where rows go that cannot be understood.

use std::{fmt, sync::Arc};

use super::ResumeToken;
use crate::decode::BadRow;

/// A row of a pull that cannot be understood.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rejected<'a> {
    /// Name of the operation.
    pub operation: &'static str,
    /// Number of its page, where pages have numbers.
    pub page: Option<i64>,
    /// The row, with its raw JSON unmasked; `Debug` masks it.
    pub row: &'a BadRow,
}

/// Takes the rows of a pull that cannot be understood: a file, a table, a counter. Given to [`Call::rejects`](crate::Call::rejects).
pub trait RejectSink: Send + Sync {
    /// Takes one row. Called while the stream is polled: it should not block for long.
    fn reject(&self, rejected: &Rejected<'_>);
}

/// How a pull is done.
#[derive(Clone, Debug)]
pub(crate) struct PullOptions {
    pub(super) concurrency: usize,
    pub(super) thorough: bool,
    pub(super) resume: Option<ResumeToken>,
    pub(super) sink: Option<Sink>,
}

impl Default for PullOptions {
    fn default() -> Self {
        PullOptions { concurrency: 1, thorough: false, resume: None, sink: None }
    }
}

#[derive(Clone)]
pub(super) struct Sink(pub(super) Arc<dyn RejectSink>);

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RejectSink")
    }
}
