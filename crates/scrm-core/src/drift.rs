//! What the vendor answers otherwise than its pages say, counted over all calls of a client.
//!
//! The first calls of each operation are looked at, later ones by sample, so that nothing is lost in speed. Personal values are never kept: of a drift only
//! path, kind and count, the type that was found, and of an undocumented enum value the value, if it looks like a code or a label.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use crate::{
    decode::{Drift, DriftKind},
    mask,
    plain_serde::plain_serde,
};

/// Calls of an operation that are all looked at.
const FIRST: u64 = 20;
/// Of the others, one in so many.
const SAMPLE: u64 = 50;
/// Kinds of drift that are told apart, over all operations.
const MOST: usize = 512;

/// What differed from the pages: see [`ApiClient::drift`](crate::ApiClient::drift). `Display` writes one line for each difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DriftReport {
    /// The differences, by operation and path.
    pub drifts: Vec<DriftEntry>,
    /// Answers that came, failures among them.
    pub calls: u64,
    /// Those that were looked at.
    pub sampled: u64,
    /// Drifts that were not told apart, because there are too many kinds.
    pub left_out: u64,
}

/// One way in which answers of an operation differ from its page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DriftEntry {
    /// Name of the operation.
    pub operation: String,
    /// JSON pointer, with `*` for positions in lists and for keys that look like data.
    pub path: String,
    /// In what way.
    pub what: DriftKind,
    /// How often, in the answers that were looked at.
    pub count: u64,
    /// What was found instead: a type (`string`, `null`), or an undocumented enum value.
    pub example: Option<String>,
}

plain_serde!(DriftReport { drifts, calls, sampled, left_out });
plain_serde!(DriftEntry { operation, path, what, count, example });

impl fmt::Display for DriftEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.operation, self.path, self.what)?;
        if let Some(example) = &self.example {
            write!(f, " ({example})")?;
        }
        write!(f, ", {} times", self.count)
    }
}

impl fmt::Display for DriftReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} differences in {} of {} answers", self.drifts.len(), self.sampled, self.calls)?;
        for drift in &self.drifts {
            write!(f, "\n{drift}")?;
        }
        if self.left_out > 0 {
            write!(f, "\nand {} drifts more", self.left_out)?;
        }
        Ok(())
    }
}

/// Counts drifts.
#[derive(Debug, Default)]
pub(crate) struct DriftLog(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    /// Calls by operation.
    calls: HashMap<&'static str, u64>,
    sampled: u64,
    left_out: u64,
    seen: HashMap<(&'static str, String, DriftKind), Entry>,
}

#[derive(Debug)]
struct Entry {
    count: u64,
    example: Option<String>,
}

impl DriftLog {
    /// Whether the answer that is about to be read should be looked at.
    pub(crate) fn samples(&self, operation: &'static str) -> bool {
        let mut book = self.book();
        let calls = book.calls.entry(operation).or_default();
        *calls += 1;
        *calls <= FIRST || calls.is_multiple_of(SAMPLE)
    }

    /// Takes in the drifts of an answer that was looked at; `left_out`: how many more it had.
    pub(crate) fn saw(&self, operation: &'static str, drifts: &[Drift], left_out: u64) {
        let mut book = self.book();
        book.sampled += 1;
        book.left_out = book.left_out.saturating_add(left_out);
        for drift in drifts {
            let key = (operation, mask::pattern(&drift.path), drift.what);
            if let Some(entry) = book.seen.get_mut(&key) {
                entry.count += 1;
            } else if book.seen.len() < MOST {
                let example = drift.found.as_deref().map(str::to_owned);
                book.seen.insert(key, Entry { count: 1, example });
            } else {
                book.left_out += 1;
            }
        }
    }

    pub(crate) fn report(&self) -> DriftReport {
        let book = self.book();
        let mut drifts: Vec<DriftEntry> = book
            .seen
            .iter()
            .map(|((operation, path, what), entry)| DriftEntry {
                operation: (*operation).to_owned(),
                path: path.clone(),
                what: *what,
                count: entry.count,
                example: entry.example.clone(),
            })
            .collect();
        drifts.sort_by(|one, other| (&one.operation, &one.path, one.what as u8).cmp(&(&other.operation, &other.path, other.what as u8)));
        DriftReport { drifts, calls: book.calls.values().sum(), sampled: book.sampled, left_out: book.left_out }
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drift(path: &str, what: DriftKind, found: &'static str) -> Drift {
        Drift { found: Some(found.into()), ..Drift::new(path, what) }
    }

    #[test]
    fn differences_are_counted_with_an_example_that_is_not_personal() {
        let log = DriftLog::default();
        let drifts = [
            drift("/data/list/0/from", DriftKind::UndocumentedValue, "\"tiktok\""),
            drift("/data/list/1/from", DriftKind::UndocumentedValue, "\"x\""),
            drift("/data/list/0/age", DriftKind::OtherType, "string"),
            drift("/data/list/0/phone", DriftKind::OtherType, "integer"),
            drift("/data/list/0/level", DriftKind::UndocumentedValue, "string"),
        ];
        assert!(log.samples("user_list"));
        log.saw("user_list", &drifts, 0);
        let report = log.report();
        insta::assert_snapshot!(report, @r#"
        4 differences in 1 of 1 answers
        user_list /data/list/*/age: another type than documented (string), 1 times
        user_list /data/list/*/from: undocumented value ("tiktok"), 2 times
        user_list /data/list/*/level: undocumented value (string), 1 times
        user_list /data/list/*/phone: another type than documented (integer), 1 times
        "#);
    }

    #[test]
    fn memory_is_bounded_and_later_calls_are_sampled() {
        let log = DriftLog::default();
        let sampled = (0..1000).filter(|_| log.samples("user_list")).count();
        assert_eq!(sampled, 20 + 20);
        let many: Vec<Drift> = (0..2000).map(|number| drift(&format!("/data/k{number}"), DriftKind::UnknownKey, "null")).collect();
        log.saw("user_list", &many, 7);
        let report = log.report();
        assert_eq!((report.drifts.len(), report.left_out, report.calls), (512, 1488 + 7, 1000));
    }
}
