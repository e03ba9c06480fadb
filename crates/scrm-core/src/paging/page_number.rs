//! Walks through one list whose pages have numbers.
//!
//! Pages shift while rows come and go. As long as the total stands still, a page is taken to follow the one before. When it moves, the page is put aside and
//! the place where the last delivered rows stand is looked up again: rows behind it were not delivered yet, whatever their page is now. Walking with
//! *overlap* does not trust totals either: it asks for pages of varying size, so that each holds the last row of the one before.

use std::collections::HashSet;

use super::{
    plan::{Ask, At, Count, Facts, Keep, Problem, Step},
    seen_rows::{Known, Met},
};

/// Pages on each side of a lost place that are searched, beyond what the moved total explains.
const NEAR: u64 = 2;
const FAR: u64 = 50;

/// Smaller pages cannot overlap everywhere: at some places pages of all sizes end.
const LEAST_OVERLAPPING: u64 = 8;

/// What does not change during the walk.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    /// Number of the first page.
    pub(super) first: i64,
    /// Rows on a page; `None`: the vendor's business.
    pub(super) size: Option<u64>,
    /// The vendor gives no row beyond this one.
    pub(super) cap: Option<u64>,
    /// Whether each page must hold the last row of the one before.
    pub(super) overlap: bool,
    pub(super) range: Option<(String, String)>,
    /// What is walked through, for people; empty: the whole list.
    pub(super) label: String,
}

#[derive(Clone, Debug)]
enum Mode {
    Forward,
    /// A page held fewer rows than the total says: it is asked for again.
    Again,
    /// The place behind the last row is looked for.
    Link(Link),
}

#[derive(Clone, Debug)]
struct Link {
    centre: u64,
    tries: u64,
    /// The total when the place was lost.
    total: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Window {
    index: u64,
    size: u64,
}

impl Window {
    fn start(self) -> u64 {
        self.index.saturating_mul(self.size)
    }
    fn end(self) -> u64 {
        self.start().saturating_add(self.size)
    }
}

/// A walk.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    way: Way,
    /// Rows before the first page that was asked for.
    start: u64,
    /// Rows before the place behind the last delivered one.
    reach: u64,
    size: Option<u64>,
    mode: Mode,
    pub(super) count: Count,
    /// How far the first look came, once there is a second: a restart goes on from there.
    furthest: Option<(u64, Count)>,
    /// No page was taken yet, in this look.
    fresh: bool,
    /// Which look it is, from 0; `seen`: the rows of a later one.
    look: u32,
    seen: HashSet<u64>,
    /// Looks beyond the first, and pages asked for again.
    pub(super) looks: u64,
    previous: Option<Vec<u64>>,
    /// The total moved, and nothing tells which rows came before.
    blind: bool,
    /// The place was lost and not found again: the next page is taken as it comes.
    resigned: bool,
    /// The end, if it was not where the total says.
    short: Option<String>,
    pages: u64,
    pub(super) ended: bool,
}

impl Numbered {
    /// `page`: where to begin.
    pub(super) fn new(way: Way, page: i64) -> Self {
        let skipped = u64::try_from(page.saturating_sub(way.first)).unwrap_or(0);
        let start = way.size.map_or(skipped, |size| size.saturating_mul(skipped));
        Numbered {
            size: way.size,
            way,
            start,
            reach: start,
            mode: Mode::Forward,
            count: Count::default(),
            furthest: None,
            fresh: true,
            look: 0,
            seen: HashSet::new(),
            looks: 0,
            previous: None,
            blind: false,
            resigned: false,
            short: None,
            pages: 0,
            ended: false,
        }
    }

    /// Goes on where a walk stopped. `marks`: whether the last rows are known.
    pub(super) fn resumed(way: Way, page: i64, size: Option<u64>, reach: u64, count: Count, marks: bool) -> Self {
        let mut walk = Numbered::new(way, page);
        walk.count = count;
        walk.size = walk.size.or(size);
        if reach > walk.start && walk.size.is_some() {
            walk.reach = reach;
            walk.fresh = false;
            if marks {
                walk.mode = walk.lost();
            }
        }
        walk
    }

    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// What a resume token tells: how far it came, and the counts.
    pub(super) fn standing(&self) -> (u64, Count) {
        match self.furthest {
            Some((reach, count)) => (reach.max(self.reach), Count { came: self.count.came, ..count }),
            None => (self.reach, self.count),
        }
    }

    /// Whether nothing was read yet.
    pub(super) fn is_new(&self) -> bool {
        self.reach == 0 && self.count.came == 0
    }

    pub(super) fn plan(&self, ahead: usize) -> Option<Ask> {
        if self.ended {
            return None;
        }
        let window = match &self.mode {
            Mode::Link(link) if ahead == 0 => self.page(self.candidate(link)?),
            Mode::Again if ahead == 0 => self.window(self.reach),
            Mode::Forward => self.forward(ahead)?,
            _ => return None,
        };
        let page = self.way.first.saturating_add_unsigned(window.index);
        let size = (Some(window.size) != self.way.size && self.way.size.is_some()).then_some(window.size);
        Some(Ask { range: self.way.range.clone(), at: At::Number { page, size } })
    }

    fn forward(&self, ahead: usize) -> Option<Window> {
        let mut position = self.reach;
        for _ in 0..ahead {
            position = self.window(position).end();
        }
        let beyond = |end: Option<u64>| end.is_some_and(|end| position >= end);
        if ahead > 0 && (self.fresh || beyond(self.count.last) || beyond(self.way.cap)) {
            return None;
        }
        Some(self.window(position))
    }

    fn page(&self, index: u64) -> Window {
        Window { index, size: self.size.unwrap_or(1) }
    }

    /// The page to ask for when `position` rows were delivered.
    fn window(&self, position: u64) -> Window {
        let plain = self.size.unwrap_or(1).max(1);
        let next = Window { index: position / plain, size: plain };
        if !self.way.overlap || self.way.size.is_none() || plain < LEAST_OVERLAPPING || position <= self.start {
            return next;
        }
        let around = |size: u64| Window { index: (position - 1) / size, size };
        let mut best = around(plain);
        for size in (2..plain).rev() {
            if around(size).end() > best.end() {
                best = around(size);
            }
        }
        // A place that all sizes divide: there is none below 840, and none in practice on pages of 20.
        if best.end() > position { best } else { next }
    }

    /// Begins to look for the last delivered row.
    fn lost(&self) -> Mode {
        let centre = self.reach.saturating_sub(1) / self.size.unwrap_or(1).max(1);
        Mode::Link(Link { centre, tries: 0, total: self.count.last })
    }

    /// The page to look at: around the centre, further and further.
    fn candidate(&self, link: &Link) -> Option<u64> {
        let size = self.size.unwrap_or(1).max(1);
        let last = self.count.last.map(|total| total.saturating_sub(1) / size);
        let moved = match (link.total, self.count.last) {
            (Some(before), Some(now)) => before.abs_diff(now) / size,
            _ => 0,
        };
        let radius = moved.saturating_add(NEAR).min(FAR);
        let first = self.start / size;
        let mut left = link.tries;
        for distance in 0..=radius {
            for index in [link.centre.checked_sub(distance), (distance > 0).then(|| link.centre + distance)].into_iter().flatten() {
                if index < first || last.is_some_and(|last| index > last.max(first)) {
                    continue;
                }
                if left == 0 {
                    return Some(index);
                }
                left -= 1;
            }
        }
        None
    }

    /// Takes in the page that `plan(0)` names. `Err`: it contradicts what came before; the walk stays where it is.
    pub(super) fn take(&mut self, facts: &Facts, known: &mut Known) -> Result<Step, String> {
        if self.size.is_none() {
            self.size = Some(facts.rows.max(1));
        }
        self.pages += 1;
        if self.endless() {
            let text =
                format!("{}no end after {} pages, though the vendor counted {} rows at first", self.named(), self.pages, self.first());
            self.ended = true;
            return Ok(Step { problems: vec![Problem { text, missing: 0 }], ended: true, ..Step::nothing() });
        }
        if let Mode::Link(link) = &self.mode {
            let link = link.clone();
            return Ok(self.link(link, facts, known));
        }
        let total = facts.told();
        let window = self.window(self.reach);
        let moved = !self.fresh && self.count.moves(total);
        if !self.fresh && !moved && facts.rows > 0 && facts.keys.is_some() && facts.keys == self.previous {
            return Err(format!("holds the same {} rows as the page before", facts.rows));
        }
        let hit = facts.keys.iter().flatten().any(|key| known.met(*key) == Met::Again);
        let unlinked = !self.fresh && !hit && (moved || (window.start() < self.reach && facts.rows > 0));
        if unlinked && self.count.came > 0 && !self.resigned {
            if facts.keys.is_some() && !known.marks().is_empty() {
                self.looks += 1;
                self.mode = self.lost();
                self.count.see(total);
                return Ok(self.searching(known));
            }
            self.blind = true;
        }
        let fewer = facts.rows < window.size && total.is_some_and(|total| total > window.start() + facts.rows);
        let capped = self.way.cap.is_some_and(|cap| window.start() + facts.rows >= cap);
        if fewer && !capped && !matches!(self.mode, Mode::Again) {
            self.looks += 1;
            self.mode = Mode::Again;
            return Ok(Step::nothing());
        }
        self.mode = Mode::Forward;
        Ok(self.accept(window, facts, known, false))
    }

    fn link(&mut self, mut link: Link, facts: &Facts, known: &mut Known) -> Step {
        let Some(index) = self.candidate(&link) else { return self.searching(known) };
        let hit = facts.keys.iter().flatten().any(|key| known.met(*key) == Met::Again);
        self.count.see(facts.told());
        if hit || facts.total == Some(0) {
            self.mode = Mode::Forward;
            return self.accept(self.page(index), facts, known, !known.is_whole());
        }
        link.tries += 1;
        self.mode = Mode::Link(link);
        self.searching(known)
    }

    /// The search goes on, if there is a page to look at; else all is read again, or the loss is told.
    fn searching(&mut self, known: &mut Known) -> Step {
        let Mode::Link(link) = &self.mode else { return Step::nothing() };
        if self.candidate(link).is_some() {
            return Step::nothing();
        }
        if known.is_whole() && self.look < 3 {
            self.again();
            return Step::nothing();
        }
        self.mode = Mode::Forward;
        self.resigned = true;
        let text =
            format!("{}the rows before page {} are not found any more: rows may be missing or come twice", self.named(), self.here());
        Step { problems: vec![Problem { text, missing: 0 }], ..Step::nothing() }
    }

    /// Reads all again, from the start; rows that came are known.
    fn again(&mut self) {
        self.look += 1;
        self.looks += 1;
        let before = self.furthest.unwrap_or((0, self.count));
        self.furthest = Some((self.reach.max(before.0), before.1));
        self.reach = self.start;
        self.mode = Mode::Forward;
        self.count = Count { came: self.count.came, ..Count::default() };
        self.seen.clear();
        self.fresh = true;
        self.previous = None;
        self.short = None;
    }

    /// Delivers the rows of a page that did not come yet. `behind`: only those behind the first that did.
    fn accept(&mut self, window: Window, facts: &Facts, known: &mut Known, behind: bool) -> Step {
        let total = facts.told();
        self.count.see(total);
        let keep = self.keep(facts, known, behind);
        let end = window.start().saturating_add(facts.rows);
        let full = facts.rows >= window.size;
        let more = total.is_some_and(|total| total > end);
        self.reach = if full || more { window.end() } else { end };
        if more && !full && self.short.is_none() {
            let (page, rows) = (self.way.first.saturating_add_unsigned(window.index), facts.rows);
            self.short = Some(if rows == 0 { format!("page {page} is empty") } else { format!("page {page} holds {rows} rows only") });
        }
        let over = match total {
            Some(total) => self.reach >= total || facts.rows == 0,
            None => !full || facts.rows == 0,
        };
        (self.fresh, self.resigned) = (false, false);
        self.previous.clone_from(&facts.keys);
        let mut step = Step { keep, ..Step::nothing() };
        let capped = self.way.cap.filter(|cap| end >= *cap && total.map_or(!over, |total| total > *cap));
        if let Some(cap) = capped {
            let counted = total.unwrap_or(end);
            let text = format!("{}the vendor gives no row beyond {cap} of {counted}", self.named());
            step.problems.push(Problem { text, missing: counted.saturating_sub(cap) });
            self.ended = true;
        } else if over {
            self.finish(known, &mut step.problems);
        }
        step.ended = self.ended;
        step
    }

    fn keep(&mut self, facts: &Facts, known: &mut Known, behind: bool) -> Keep {
        let Some(keys) = &facts.keys else {
            self.count.came += facts.rows;
            return Keep::All;
        };
        let mut reached = !behind;
        let mut kept = Vec::with_capacity(keys.len());
        for key in keys {
            let met = known.met(*key);
            let skipped = !reached && met != Met::Again;
            reached |= met == Met::Again;
            if self.look > 0 {
                self.seen.insert(*key);
            }
            if skipped {
                known.presume(*key);
                kept.push(false);
                continue;
            }
            if met != Met::Again {
                self.count.came += 1;
            }
            known.add([*key]);
            kept.push(met == Met::New);
        }
        if kept.iter().all(|kept| *kept) { Keep::All } else { Keep::Some(kept) }
    }

    /// The end: do the numbers agree?
    fn finish(&mut self, known: &Known, problems: &mut Vec<Problem>) {
        let came = if self.look > 0 { self.seen.len() as u64 } else { self.count.came };
        let least = self.count.least().unwrap_or(0);
        let missing = least.saturating_sub(came + self.start);
        if missing > 0 && self.look == 0 && known.is_whole() && !known.marks().is_empty() {
            self.again();
            return;
        }
        self.ended = true;
        if missing > 0 {
            let why = self.short.take().map_or_else(String::new, |why| format!("; {why}"));
            let last = self.count.last.unwrap_or(0);
            let text = format!("{}the vendor counted {} rows before and {last} after, but {came} came{why}", self.named(), self.first());
            problems.push(Problem { text, missing });
        } else if self.blind {
            let (up, down) = (self.count.up, self.count.down);
            let text = format!(
                "{}the vendor's total grew by {up} and shrank by {down} meanwhile, and its rows have no id to tell them apart by: rows may be missing or come twice",
                self.named()
            );
            problems.push(Problem { text, missing: 0 });
        }
    }

    fn first(&self) -> u64 {
        self.count.first.unwrap_or(0)
    }

    fn named(&self) -> String {
        if self.way.label.is_empty() { String::new() } else { format!("{}: ", self.way.label) }
    }

    fn endless(&self) -> bool {
        let size = self.size.unwrap_or(1).max(1);
        let fair = self.count.first.map_or(1_000_000, |first| (first / size).saturating_mul(6).saturating_add(1000));
        self.pages > fair
    }

    /// The number of the page asked for next.
    pub(super) fn here(&self) -> i64 {
        let index = match &self.mode {
            Mode::Link(link) => self.candidate(link).unwrap_or(link.centre),
            _ => self.window(self.reach).index,
        };
        self.way.first.saturating_add_unsigned(index)
    }
}
