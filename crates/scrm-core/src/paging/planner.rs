//! Which page comes next, and whether there is one. Knows nothing of types, streams or the network.

use serde_json::Value;

use crate::spec::{PagingSpec, PagingStyle};

/// A pull that has not ended by then is taken for endless.
const MOST_PAGES: u64 = 1_000_000;

/// Where the next request starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Position {
    /// At a page.
    Number(i64),
    /// Behind a row; `None`: at the start, or where the request says.
    Cursor(Option<Value>),
}

/// What the planner must know of a page that came.
#[derive(Clone, Debug, Default)]
pub(super) struct PageFacts {
    /// Rows, bad ones included.
    pub(super) rows: u64,
    /// How many rows there are in all, as the vendor tells.
    pub(super) total: Option<u64>,
    /// What the next request must carry, where pages have no number.
    pub(super) cursor: Option<Value>,
    /// What identifies the page's rows; empty: nothing does.
    pub(super) ids: Vec<String>,
}

/// Plans one pull.
#[derive(Clone, Debug)]
pub(super) struct Planner {
    /// Of the page asked for now.
    position: Position,
    size: Option<u64>,
    row_cap: Option<u64>,
    /// Rows before the first page that was asked for; `None`: unknown, so that totals say nothing.
    before: Option<u64>,
    /// Rows that came, bad ones included.
    seen: u64,
    pages: u64,
    previous: Vec<String>,
    total: Option<u64>,
    ended: bool,
}

impl Planner {
    /// `page` and `size`: as the request has them. `midway`: the request starts behind a cursor.
    pub(super) fn new(spec: &PagingSpec, page: Option<i64>, size: Option<i64>, midway: bool) -> Self {
        let size = size.and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0);
        let (position, before) = match spec.style {
            PagingStyle::Number { first, .. } => {
                let page = page.unwrap_or(first);
                let skipped = u64::try_from(page.saturating_sub(first)).unwrap_or(0);
                let before = if skipped == 0 { Some(0) } else { size.map(|size| size.saturating_mul(skipped)) };
                (Position::Number(page), before)
            }
            PagingStyle::Cursor { .. } => (Position::Cursor(None), (!midway).then_some(0)),
        };
        Planner {
            position,
            size,
            row_cap: spec.row_cap.map(u64::from),
            before,
            seen: 0,
            pages: 0,
            previous: Vec::new(),
            total: None,
            ended: false,
        }
    }

    /// The page to ask for now; `None`: there is none any more.
    pub(super) fn next(&self) -> Option<&Position> {
        (!self.ended).then_some(&self.position)
    }

    /// What the last page said of the total.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Which page is asked for now, for people.
    pub(super) fn here(&self) -> String {
        match &self.position {
            Position::Number(number) => format!("page {number}"),
            Position::Cursor(_) => format!("page {} of this pull", self.pages + 1),
        }
    }

    /// Ends the pull.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// Takes in a page, and moves on. `Err`: it contradicts what came before; the planner then stays where it is, so that the same page is asked for again.
    pub(super) fn take(&mut self, page: PageFacts) -> Result<(), String> {
        // Some vendors tell 0 where they do not count.
        let total = page.total.filter(|total| *total > 0 || page.rows == 0);
        let seen = self.seen + page.rows;
        let reached = self.before.map(|before| before + seen);
        let missing = match (total, reached) {
            (Some(total), Some(reached)) => Some(total.saturating_sub(reached)),
            _ => None,
        };
        let full = self.size.is_none_or(|size| page.rows >= size);
        let ended = match missing {
            Some(0) => true,
            Some(_) if page.rows == 0 => return Err(self.short(total, reached)),
            Some(_) => false,
            None => page.rows == 0 || !full,
        };
        if !page.ids.is_empty() && page.ids == self.previous {
            return Err(format!("{} holds the same {} rows as the page before", self.here(), page.rows));
        }
        let next = if ended { None } else { Some(self.following(page.cursor, reached, total)?) };
        self.seen = seen;
        self.pages += 1;
        self.previous = page.ids;
        self.total = total;
        match next {
            Some(position) => self.position = position,
            None => self.ended = true,
        }
        Ok(())
    }

    fn short(&self, total: Option<u64>, reached: Option<u64>) -> String {
        let (total, reached) = (total.unwrap_or(0), reached.unwrap_or(0));
        format!("{} is empty after {reached} rows, but the vendor counts {total}", self.here())
    }

    fn following(&self, cursor: Option<Value>, reached: Option<u64>, total: Option<u64>) -> Result<Position, String> {
        if self.pages + 1 >= MOST_PAGES {
            return Err(format!("no end after {MOST_PAGES} pages"));
        }
        match &self.position {
            Position::Number(number) => {
                if let (Some(cap), Some(reached)) = (self.row_cap, reached)
                    && reached >= cap
                {
                    let counted = total.map_or_else(String::new, |total| format!(" of {total}"));
                    return Err(format!("the vendor gives no row beyond {cap}{counted}; narrow the filter"));
                }
                number.checked_add(1).map(Position::Number).ok_or_else(|| "the page number is out of range".to_owned())
            }
            Position::Cursor(current) => match cursor {
                None => Err(format!("the last row of {} has no cursor to go on from", self.here())),
                Some(next) if current.as_ref() == Some(&next) => Err(format!("{} ends at the cursor that it began behind", self.here())),
                Some(next) => Ok(Position::Cursor(Some(next))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NUMBERED: PagingSpec = PagingSpec {
        style: PagingStyle::Number { field: "page", first: 1 },
        size: Some("page_size"),
        max_size: Some(10),
        rows: "/data/list",
        total: Some("/data/total"),
        id: None,
        row_cap: Some(100),
        split_by: None,
    };
    const CURSOR: PagingSpec = PagingSpec { style: PagingStyle::Cursor { field: "after", from: "id" }, row_cap: None, ..NUMBERED };

    fn numbered() -> Planner {
        Planner::new(&NUMBERED, Some(1), Some(10), false)
    }

    fn facts(rows: u64, total: Option<u64>) -> PageFacts {
        PageFacts { rows, total, ..PageFacts::default() }
    }

    #[test]
    fn ends_when_the_total_is_reached_without_asking_for_an_empty_page() {
        let mut planner = numbered();
        planner.take(facts(10, Some(20))).unwrap();
        assert_eq!(planner.next(), Some(&Position::Number(2)));
        planner.take(facts(10, Some(20))).unwrap();
        assert_eq!(planner.next(), None);
    }

    #[test]
    fn without_a_total_a_short_or_empty_page_is_the_end() {
        for last in [3, 0] {
            let mut planner = numbered();
            planner.take(facts(10, None)).unwrap();
            planner.take(facts(last, None)).unwrap();
            assert_eq!(planner.next(), None);
        }
    }

    #[test]
    fn a_short_page_is_not_the_end_while_the_total_says_more() {
        let mut planner = numbered();
        planner.take(facts(9, Some(19))).unwrap();
        assert_eq!(planner.next(), Some(&Position::Number(2)));
        planner.take(facts(10, Some(19))).unwrap();
        assert_eq!(planner.next(), None);
    }

    #[test]
    fn an_empty_page_against_the_total_is_an_error_and_the_page_is_asked_for_again() {
        let mut planner = numbered();
        planner.take(facts(10, Some(25))).unwrap();
        let error = planner.take(facts(0, Some(25))).unwrap_err();
        assert_eq!(error, "page 2 is empty after 10 rows, but the vendor counts 25");
        assert_eq!(planner.next(), Some(&Position::Number(2)));
        planner.take(facts(10, Some(25))).unwrap();
        planner.take(facts(5, Some(25))).unwrap();
        assert_eq!(planner.next(), None);
    }

    #[test]
    fn a_pull_that_starts_later_counts_the_rows_before() {
        let mut planner = Planner::new(&NUMBERED, Some(3), Some(10), false);
        planner.take(facts(5, Some(25))).unwrap();
        assert_eq!(planner.next(), None);
    }

    #[test]
    fn a_zero_total_beside_rows_says_nothing() {
        let mut planner = numbered();
        planner.take(facts(10, Some(0))).unwrap();
        assert_eq!(planner.next(), Some(&Position::Number(2)));
        let mut empty = numbered();
        empty.take(facts(0, Some(0))).unwrap();
        assert_eq!((empty.next(), empty.total()), (None, Some(0)));
    }

    #[test]
    fn a_repeated_page_is_an_error() {
        let page = PageFacts { ids: vec!["u_1".into()], ..facts(10, None) };
        let mut planner = numbered();
        planner.take(page.clone()).unwrap();
        assert_eq!(planner.take(page).unwrap_err(), "page 2 holds the same 10 rows as the page before");
    }

    #[test]
    fn the_row_cap_is_never_a_quiet_end() {
        let mut planner = numbered();
        for _ in 0..9 {
            planner.take(facts(10, Some(1000))).unwrap();
        }
        assert_eq!(planner.take(facts(10, Some(1000))).unwrap_err(), "the vendor gives no row beyond 100 of 1000; narrow the filter");
    }

    #[test]
    fn cursors_move_or_are_errors() {
        let at = |cursor: Option<Value>| PageFacts { cursor, ..facts(10, None) };
        let mut planner = Planner::new(&CURSOR, None, Some(10), false);
        planner.take(at(Some(json!([1, "a"])))).unwrap();
        assert_eq!(planner.next(), Some(&Position::Cursor(Some(json!([1, "a"])))));
        assert_eq!(planner.take(at(Some(json!([1, "a"])))).unwrap_err(), "page 2 of this pull ends at the cursor that it began behind");
        assert_eq!(planner.take(at(None)).unwrap_err(), "the last row of page 2 of this pull has no cursor to go on from");
        planner.take(facts(3, None)).unwrap();
        assert_eq!(planner.next(), None);
    }

    #[test]
    fn behind_a_cursor_totals_say_nothing() {
        let mut planner = Planner::new(&CURSOR, None, Some(10), true);
        planner.take(facts(3, Some(500))).unwrap();
        assert_eq!(planner.next(), None);
    }
}
