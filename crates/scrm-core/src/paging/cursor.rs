//! Walks through one list whose pages are named by a cursor: what the last row says.
//!
//! A cursor stands behind a row, not behind a number of rows, so pages do not shift: what comes and goes elsewhere does not matter.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    plan::{Ask, At, Count, Facts, Keep, Problem, Step},
    seen_rows::{Known, Met},
};

/// A walk.
#[derive(Clone, Debug)]
pub(super) struct Cursored {
    size: Option<u64>,
    /// `None`: at the start, or where the request says.
    cursor: Option<Value>,
    /// The request begins behind a cursor, so that totals say nothing.
    midway: bool,
    pub(super) count: Count,
    /// How far the first look came, once there is a second: a restart goes on from there.
    furthest: Option<(Option<Value>, Count)>,
    /// An empty page is asked for again.
    again: bool,
    look: u32,
    seen: HashSet<u64>,
    pub(super) looks: u64,
    pages: u64,
    pub(super) ended: bool,
}

impl Cursored {
    pub(super) fn new(size: Option<u64>, midway: bool) -> Self {
        Cursored {
            size,
            cursor: None,
            midway,
            count: Count::default(),
            furthest: None,
            again: false,
            look: 0,
            seen: HashSet::new(),
            looks: 0,
            pages: 0,
            ended: false,
        }
    }

    pub(super) fn resumed(size: Option<u64>, midway: bool, cursor: Option<Value>, count: Count) -> Self {
        Cursored { cursor, count, ..Cursored::new(size, midway) }
    }

    /// What a resume token tells: how far it came, and the counts.
    pub(super) fn standing(&self) -> (Option<&Value>, Count) {
        match &self.furthest {
            Some((cursor, count)) => (cursor.as_ref(), Count { came: self.count.came, ..*count }),
            None => (self.cursor.as_ref(), self.count),
        }
    }

    pub(super) fn plan(&self, ahead: usize) -> Option<Ask> {
        (ahead == 0 && !self.ended).then(|| Ask { range: None, at: At::Cursor(self.cursor.clone()) })
    }

    pub(super) fn here(&self) -> u64 {
        self.pages + 1
    }

    /// Takes in the page behind the cursor. `Err`: it contradicts what came before; the walk stays where it is.
    pub(super) fn take(&mut self, facts: &Facts, known: &mut Known) -> Result<Step, String> {
        let total = facts.told();
        let full = facts.rows > 0 && self.size.is_none_or(|size| facts.rows >= size);
        let came = self.came() + self.new_rows(facts, known);
        let mut count = self.count;
        count.see(total);
        let more = !self.midway && count.least().is_some_and(|least| least > came);
        if facts.rows == 0 && more && !self.again {
            self.again = true;
            self.looks += 1;
            return Ok(Step::nothing());
        }
        let enough = self.size.is_none() && !self.midway && total.is_some_and(|total| came >= total);
        let over = facts.rows == 0 || enough || (!full && !more);
        let next = if over { None } else { Some(self.next(facts, known)?) };
        self.again = false;
        self.count.see(total);
        let keep = self.keep(facts, known);
        self.pages += 1;
        let mut step = Step { keep, ..Step::nothing() };
        match next {
            Some(_) if self.endless() => {
                let first = self.count.first.unwrap_or(0);
                let text = format!("no end after {} pages, though the vendor counted {first} rows at first", self.pages);
                step.problems.push(Problem { text, missing: 0 });
                self.ended = true;
            }
            Some(cursor) => self.cursor = Some(cursor),
            None => self.finish(known, &mut step.problems),
        }
        step.ended = self.ended;
        Ok(step)
    }

    fn next(&self, facts: &Facts, known: &Known) -> Result<Value, String> {
        let Some(next) = &facts.cursor else { return Err("has no row with a cursor to go on from".to_owned()) };
        if self.cursor.as_ref() == Some(next) {
            return Err("ends at the cursor that it began behind".to_owned());
        }
        let all_again = |keys: &Vec<u64>| keys.iter().all(|key| known.met(*key) == Met::Again);
        if self.look == 0 && known.is_whole() && facts.keys.as_ref().is_some_and(all_again) {
            return Err(format!("holds {} rows that came before, and no other", facts.rows));
        }
        Ok(next.clone())
    }

    fn came(&self) -> u64 {
        if self.look > 0 { self.seen.len() as u64 } else { self.count.came }
    }

    fn new_rows(&self, facts: &Facts, known: &Known) -> u64 {
        match &facts.keys {
            None => facts.rows,
            Some(keys) if self.look > 0 => keys.iter().filter(|key| !self.seen.contains(key)).count() as u64,
            Some(keys) => keys.iter().filter(|key| known.met(**key) == Met::New).count() as u64,
        }
    }

    fn keep(&mut self, facts: &Facts, known: &mut Known) -> Keep {
        let Some(keys) = &facts.keys else {
            self.count.came += facts.rows;
            return Keep::All;
        };
        let mut kept = Vec::with_capacity(keys.len());
        for key in keys {
            let new = known.met(*key) == Met::New;
            self.count.came += u64::from(new);
            known.add([*key]);
            kept.push(new);
        }
        if self.look > 0 {
            self.seen.extend(keys);
        }
        if kept.iter().all(|kept| *kept) { Keep::All } else { Keep::Some(kept) }
    }

    /// The end: do the numbers agree?
    fn finish(&mut self, known: &Known, problems: &mut Vec<Problem>) {
        let came = self.came();
        let least = if self.midway { 0 } else { self.count.least().unwrap_or(0) };
        let missing = least.saturating_sub(came);
        if missing > 0 && self.look == 0 && known.is_whole() && !known.marks().is_empty() {
            self.look = 1;
            self.looks += 1;
            self.furthest = Some((self.cursor.take(), self.count));
            self.count = Count { came: self.count.came, ..Count::default() };
            return;
        }
        self.ended = true;
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
