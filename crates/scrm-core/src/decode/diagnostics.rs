//! What is noticed on the way. Offsets only: what their paths are is worked out at the end, and only if there are any.

use super::outcome::{BadRow, DecodeError, Drift, DriftKind, Envelope};
use crate::scan::{Stop, Why, paths};

#[derive(Default)]
pub(super) struct Notes {
    /// Whether drifts are collected.
    pub(super) wanted: bool,
    /// How many rows are expected.
    pub(super) rows: usize,
    pub(super) noticed: Vec<Noticed>,
    cuts: Vec<Cut>,
    /// Where a failure happened in a text that is itself JSON, below the offset of the failure.
    below: Option<String>,
}

pub(super) struct Noticed {
    pub(super) at: usize,
    /// The rest of the path, where the offset does not say all.
    pub(super) below: Option<Box<str>>,
    pub(super) what: DriftKind,
}

/// A row that was cut out.
struct Cut {
    row: usize,
    at: usize,
    below: Option<String>,
    reason: String,
    raw: Box<str>,
}

/// How much was noted at some time.
#[derive(Clone, Copy)]
pub(super) struct Count {
    noticed: usize,
    cuts: usize,
}

impl Notes {
    pub(super) fn new(wanted: bool, rows: usize) -> Self {
        Notes { wanted, rows, ..Notes::default() }
    }

    pub(super) fn count(&self) -> Count {
        Count { noticed: self.noticed.len(), cuts: self.cuts.len() }
    }

    /// Forgets what was noted since.
    pub(super) fn forget(&mut self, count: Count) {
        self.noticed.truncate(count.noticed);
        self.cuts.truncate(count.cuts);
    }

    /// A row was cut out; `found` is the byte at which it went wrong.
    pub(super) fn cut(&mut self, row: usize, stop: Stop, found: Option<u8>, raw: &str) {
        let below = self.below.take();
        let reason = reason(stop, if below.is_some() { None } else { found });
        self.cuts.push(Cut { row, at: stop.at, below, reason, raw: raw.into() });
    }

    /// Takes over what was noted in a text that stands at `at`, and where in it scanning stopped.
    pub(super) fn adopt(&mut self, at: usize, text: &str, mut inner: Notes, stop: Option<Stop>) {
        let mut offsets: Vec<usize> = inner.noticed.iter().map(|noticed| noticed.at).chain(inner.cuts.iter().map(|cut| cut.at)).collect();
        offsets.extend(stop.map(|stop| stop.at));
        if offsets.is_empty() {
            return;
        }
        let path = Paths::new(text, offsets);
        in_order(&mut inner.noticed);
        for noticed in inner.noticed {
            let below = format!("{}{}", path.of(noticed.at), noticed.below.unwrap_or_default());
            self.noticed.push(Noticed { at, below: Some(below.into()), what: noticed.what });
        }
        for cut in inner.cuts {
            let below = format!("{}{}", path.of(cut.at), cut.below.unwrap_or_default());
            self.cuts.push(Cut { at, below: Some(below), ..cut });
        }
        if let Some(stop) = stop {
            self.below = Some(format!("{}{}", path.of(stop.at), inner.below.unwrap_or_default()));
        }
    }

    /// The error that this stop is.
    pub(super) fn error(&self, text: &str, stop: Stop) -> DecodeError {
        let below = self.below.as_deref();
        let found = if below.is_some() { None } else { text.as_bytes().get(stop.at).copied() };
        let ended = stop.why == Why::Syntax && text.get(stop.at..).is_some_and(|rest| rest.trim_ascii_start().is_empty());
        let reason = if ended { "the JSON ends too early".to_owned() } else { reason(stop, found) };
        let path = format!("{}{}", Paths::new(text, vec![stop.at]).of(stop.at), below.unwrap_or_default());
        DecodeError { path, reason, offset: stop.at }
    }

    /// Puts paths to all that was noted.
    pub(super) fn tell(mut self, text: &str, head: &mut Envelope) {
        if self.noticed.is_empty() && self.cuts.is_empty() {
            return;
        }
        in_order(&mut self.noticed);
        let path = Paths::new(text, self.noticed.iter().map(|noticed| noticed.at).chain(self.cuts.iter().map(|cut| cut.at)).collect());
        let full = |at: usize, below: Option<&str>| format!("{}{}", path.of(at), below.unwrap_or_default());
        head.drifts =
            self.noticed.iter().map(|noticed| Drift { path: full(noticed.at, noticed.below.as_deref()), what: noticed.what }).collect();
        head.bad_rows = self
            .cuts
            .into_iter()
            .map(|cut| BadRow { path: full(cut.at, cut.below.as_deref()), row: cut.row, raw: cut.raw, reason: cut.reason })
            .collect();
    }
}

/// Sorts by where it was noticed. A function of its own, so that a program carries one sort of them.
fn in_order(noticed: &mut [Noticed]) {
    noticed.sort_by_key(|noticed| noticed.at);
}

/// The JSON pointers of some offsets, from one walk over the text.
struct Paths {
    offsets: Vec<usize>,
    paths: Vec<String>,
}

impl Paths {
    fn new(text: &str, mut offsets: Vec<usize>) -> Self {
        offsets.sort_unstable();
        offsets.dedup();
        let paths = paths(text, &offsets);
        Paths { offsets, paths }
    }

    fn of(&self, offset: usize) -> &str {
        self.offsets.binary_search(&offset).ok().and_then(|position| self.paths.get(position)).map_or("", String::as_str)
    }
}

/// In words, without anything of the body.
fn reason(stop: Stop, found: Option<u8>) -> String {
    match (stop.why, found.and_then(kind)) {
        (Why::Syntax, _) => "not JSON".to_owned(),
        (Why::Depth, _) => "nested deeper than 127 levels".to_owned(),
        (Why::Want(want), Some(found)) => format!("expected {want}, found {found}"),
        (Why::Want(want), None) => format!("expected {want}"),
    }
}

/// What begins with this byte.
fn kind(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'{' => "an object",
        b'[' => "a list",
        b'"' => "a string",
        b'n' => "null",
        b't' | b'f' => "true or false",
        b'-' | b'0'..=b'9' => "a number",
        _ => return None,
    })
}
