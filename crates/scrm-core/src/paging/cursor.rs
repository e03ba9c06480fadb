//! Walks through one list whose pages are named by a cursor: what the last row says.
//!
//! A cursor stands behind a row, not behind a number of rows, so pages do not shift: what comes and goes elsewhere does not matter, and reading the list once more
//! would give no other rows.

use serde_json::Value;

use super::{
    plan::{Ask, At, Count, Facts, Keep, Problem, Step},
    seen_rows::{Known, Reading, Sifted},
};

/// Longest cursor, as JSON text in bytes, so that resume tokens have a bound.
pub(super) const LONGEST: usize = 4096;

/// A walk.
#[derive(Clone, Debug)]
pub(super) struct Cursored {
    size: Option<u64>,
    range: Option<(String, String)>,
    /// `None`: at the start, or where the request says.
    cursor: Option<Value>,
    /// The request begins behind a cursor, so that totals say nothing.
    midway: bool,
    pub(super) count: Count,
    /// The rows in front of the known ones on the next page must have come.
    behind: bool,
    /// An empty page is asked for again.
    again: bool,
    /// The page before was short, or empty.
    short_before: bool,
    pub(super) looks: u64,
    pages: u64,
    /// The end was found, but nothing proves it.
    pub(super) unproven: bool,
    pub(super) ended: bool,
}

impl Cursored {
    /// `range`: of all pages, where it is not the request's own.
    pub(super) fn new(size: Option<u64>, midway: bool, range: Option<(String, String)>) -> Self {
        Cursored {
            size,
            range,
            cursor: None,
            midway,
            count: Count::default(),
            behind: false,
            again: false,
            short_before: false,
            looks: 0,
            pages: 0,
            unproven: false,
            ended: false,
        }
    }

    /// Goes on where a walk stopped; `inside`: behind the last known row of the page, not at its beginning.
    pub(super) fn resumed(self, cursor: Option<Value>, count: Count, inside: bool) -> Self {
        Cursored { cursor, count, behind: inside, ..self }
    }

    /// What a resume token tells: how far it came, and the counts.
    pub(super) fn standing(&self) -> (Option<&Value>, Count, bool) {
        (self.cursor.as_ref(), self.count, self.behind)
    }

    pub(super) fn plan(&self, ahead: usize) -> Option<Ask> {
        (ahead == 0 && !self.ended).then(|| Ask { range: self.range.clone(), at: At::Cursor(self.cursor.clone()) })
    }

    pub(super) fn here(&self) -> u64 {
        self.pages + 1
    }

    /// Takes in the page behind the cursor. `Err`: it contradicts what came before; the walk stays where it is.
    pub(super) fn take(&mut self, facts: &Facts, known: &mut Known) -> Result<Step, String> {
        let total = facts.told().filter(|total| *total > 0 || self.count.came == 0 || self.count.first.is_some());
        let mut count = self.count;
        count.see(total);
        let short = self.size.is_some_and(|size| facts.rows < size);
        let behind = self.behind && known.hits(facts.keys.as_deref());
        let reading = Reading { reread: if behind { usize::MAX } else { 0 }, behind };
        let sifted = facts.keys.as_ref().map(|keys| known.sift(keys, reading));
        count.came += sifted.as_ref().map_or(facts.rows, Sifted::came);
        let more = !self.midway && count.least().is_some_and(|least| least > count.came);
        let proven = !self.midway && !more && count.is_still();
        if facts.rows == 0 && !self.again && (more || !(proven || self.short_before)) {
            self.again = true;
            self.looks += 1;
            return Ok(Step::nothing());
        }
        let over = facts.rows == 0 || (proven && (short || self.size.is_none())) || (short && !more && facts.cursor.is_none());
        let next = if over { None } else { Some(self.next(facts, sifted.as_ref(), known.is_whole())?) };
        if let (Some(keys), Some(sifted)) = (&facts.keys, &sifted) {
            known.take_in(keys, sifted);
        }
        (self.count, self.again, self.behind, self.short_before) = (count, false, false, short);
        self.pages += 1;
        let mut step = match sifted {
            Some(sifted) => Step { keep: sifted.keep(), counted: sifted.counted, namesakes: sifted.namesakes, ..Step::nothing() },
            None => Step { keep: Keep::All, ..Step::nothing() },
        };
        match next {
            Some(_) if self.endless() => {
                let first = self.count.first.unwrap_or(0);
                let text = format!("no end after {} pages, though the vendor counted {first} rows at first", self.pages);
                step.problems.push(Problem { text, missing: 0 });
                self.ended = true;
            }
            Some(cursor) => self.cursor = Some(cursor),
            None => self.finish(&mut step.problems),
        }
        step.ended = self.ended;
        Ok(step)
    }

    fn next(&self, facts: &Facts, sifted: Option<&Sifted>, whole: bool) -> Result<Value, String> {
        let Some(next) = &facts.cursor else { return Err("has no row with a cursor to go on from".to_owned()) };
        if self.cursor.as_ref() == Some(next) {
            return Err("ends at the cursor that it began behind".to_owned());
        }
        if whole && sifted.is_some_and(Sifted::is_vain) {
            return Err(format!("holds {} rows that came before, and no other", facts.rows));
        }
        let length = next.to_string().len();
        if length > LONGEST {
            return Err(format!("ends at a cursor of {length} bytes, which is longer than {LONGEST}"));
        }
        Ok(next.clone())
    }

    /// The end: do the numbers agree?
    fn finish(&mut self, problems: &mut Vec<Problem>) {
        self.ended = true;
        let came = self.count.came;
        self.unproven = self.midway || self.count.last.is_none();
        let least = if self.midway { 0 } else { self.count.least().unwrap_or(0) };
        let missing = least.saturating_sub(came);
        if missing > 0 {
            let (first, last) = (self.count.first.unwrap_or(0), self.count.last.unwrap_or(0));
            let text = format!("the vendor counted {first} rows before and {last} after, but {came} came");
            problems.push(Problem { text, missing });
        }
    }

    fn endless(&self) -> bool {
        let fair = match (self.count.first, self.size) {
            (Some(first), Some(size)) if !self.midway => (first / size.max(1)).saturating_mul(6).saturating_add(1000),
            _ => 1_000_000,
        };
        self.pages > fair
    }
}
