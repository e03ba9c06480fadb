//! What planner and fetcher tell each other. Nothing here knows the type of a row.

use serde_json::Value;

use crate::time::Moment;

/// One page to ask for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ask {
    /// The bounds of a piece; `None`: as the request has them.
    pub(super) range: Option<(String, String)>,
    pub(super) at: At,
}

/// Where the page begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum At {
    /// At a page number; `size`: where it differs from the request's.
    Number { page: i64, size: Option<u64> },
    /// Behind a row; `None`: at the start, or where the request says.
    Cursor(Option<Value>),
}

impl At {
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            At::Number { page, .. } => Some(*page),
            At::Cursor(_) => None,
        }
    }
}

/// What identifies a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowKey {
    /// Hash of its id; of all of it, where it has none.
    pub(super) id: u64,
    /// Hash of all of it.
    pub(super) content: u64,
}

/// A row that was delivered, and how many rows of its page stood in front of it, itself included: all of them, and those that count as come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: RowKey,
    pub(super) rows: u64,
    pub(super) came: u64,
}

/// What must be known of a page that came.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// Rows, bad ones included.
    pub(super) rows: u64,
    /// What identifies each of them, in wire order; `None`: the rows of this operation have no id.
    pub(super) keys: Option<Vec<RowKey>>,
    /// Hash of all of the rows; `None`: there are none.
    pub(super) print: Option<u64>,
    /// How many rows there are in all, as the vendor tells.
    pub(super) total: Option<u64>,
    /// What the next request must carry, where pages have no number.
    pub(super) cursor: Option<Value>,
    /// Each row with its time, in wire order, where a pull goes through windows of time.
    pub(super) times: Vec<(RowKey, Option<Moment>)>,
}

impl Facts {
    /// The total, if it can be meant: not fewer rows than are here.
    pub(super) fn told(&self) -> Option<u64> {
        self.total.filter(|total| *total >= self.rows)
    }
}

/// Which rows of a page are delivered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Keep {
    None,
    All,
    /// By position, bad rows counted.
    Some(Vec<bool>),
}

impl Keep {
    pub(super) fn keeps(&self, position: usize) -> bool {
        match self {
            Keep::None => false,
            Keep::All => true,
            Keep::Some(kept) => kept.get(position).copied().unwrap_or(false),
        }
    }
}

/// Something that could not be put right.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    pub(super) text: String,
    /// Rows that the vendor counts and that did not come.
    pub(super) missing: u64,
}

/// What became of a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) keep: Keep,
    /// Which rows count as come, kept or not; empty: those that are kept.
    pub(super) counted: Vec<bool>,
    /// Positions of rows that are kept though a row with their id came before.
    pub(super) namesakes: Vec<usize>,
    pub(super) problems: Vec<Problem>,
    /// Whether there is nothing more to ask for.
    pub(super) ended: bool,
}

impl Step {
    /// The page is not delivered, and it is not over.
    pub(super) fn nothing() -> Self {
        Step { keep: Keep::None, counted: Vec::new(), namesakes: Vec::new(), problems: Vec::new(), ended: false }
    }
}

/// The number of rows, as the vendor told it from page to page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) first: Option<u64>,
    pub(super) last: Option<u64>,
    /// By how much it grew, and shrank, between pages.
    pub(super) up: u64,
    pub(super) down: u64,
    /// Distinct rows that came, bad ones included.
    pub(super) came: u64,
}

impl Count {
    pub(super) fn see(&mut self, total: Option<u64>) {
        let Some(total) = total else { return };
        self.first = self.first.or(Some(total));
        let last = self.last.unwrap_or(total);
        self.up = self.up.saturating_add(total.saturating_sub(last));
        self.down = self.down.saturating_add(last.saturating_sub(total));
        self.last = Some(total);
    }

    /// Whether this total differs from the last one.
    pub(super) fn moves(&self, total: Option<u64>) -> bool {
        matches!((self.last, total), (Some(last), Some(total)) if last != total)
    }

    /// Whether it was told, and always the same.
    pub(super) fn is_still(&self) -> bool {
        self.last.is_some() && self.up == 0 && self.down == 0
    }

    /// How many rows must have come at least: those counted first, less those that went meanwhile.
    pub(super) fn least(&self) -> Option<u64> {
        self.first.map(|first| first.saturating_sub(self.down))
    }
}
