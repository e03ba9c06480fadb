//! Walks through one list whose pages have numbers.
//!
//! Pages shift while rows come and go. As long as the total stands still, a page is taken to follow the one before. When it moves, the page is put aside and
//! asked for in another size, so that it holds the last delivered row; where that does not find the row either, it is looked for. Walking with *overlap* does not
//! trust totals at all, and asks for every page so.
//!
//! Vendors give fewer rows than they were asked for: because that is their largest page, or because they leave rows out. Both are met by going on with the next
//! number and the same size; only places in the list do not follow from numbers any more then (the walk is *uneven*), so that it ends where nothing more comes.

use std::collections::HashSet;

use super::{
    plan::{Ask, At, Count, Facts, Keep, Problem, Step},
    seen_rows::{Known, Reading, Sifted},
    window::{LEAST_OVERLAPPING, Way, Window},
};

/// Pages on each side of a lost place that are searched, beyond what the moved total explains.
const NEAR: u64 = 2;
const FAR: u64 = 50;

/// Pages that overlap after the total moved.
const RESTLESS: u32 = 16;

/// How often a place is looked up without a new row in between.
const LOOK_UPS: u32 = 8;

/// Pages without a new row that a total is believed against.
const VAIN: u64 = 10;

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
    /// The page was short against the total, and is asked for again.
    again: bool,
    /// The total when the place was lost.
    total: Option<u64>,
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
    /// What the page before held.
    previous: Option<u64>,
    /// The total moved, and nothing tells which rows came before.
    blind: bool,
    /// The place was lost and not found again: the next page is taken as it comes.
    resigned: bool,
    /// How many pages more overlap because the total moved.
    restless: u32,
    /// The rows in front of the known ones on the next page must have come.
    inside: bool,
    /// How often the place was looked up since a row was new.
    stuck: u32,
    /// A page held as many rows as were asked for.
    obeyed: bool,
    /// Pages hold other numbers of rows than were asked for, so that places say nothing.
    uneven: bool,
    /// Pages without a new row in a row, and whether the one before them was short.
    vain: u64,
    short_before: bool,
    /// Rows that were asked for and not given.
    shortfall: u64,
    /// The first page that was short against the total, for people.
    short: Option<String>,
    pages: u64,
    /// The end was found, but nothing proves it.
    pub(super) unproven: bool,
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
            restless: 0,
            inside: false,
            stuck: 0,
            obeyed: false,
            uneven: false,
            vain: 0,
            short_before: false,
            shortfall: 0,
            short: None,
            pages: 0,
            unproven: false,
            ended: false,
        }
    }

    /// Goes on where a walk stopped.
    pub(super) fn resumed(way: Way, page: i64, stand: &Stand, marks: bool) -> Self {
        let mut walk = Numbered::new(way, page);
        (walk.count, walk.uneven) = (stand.count, stand.uneven);
        walk.size = stand.size.or(walk.size);
        if stand.reach <= walk.start || walk.size.is_none() {
            walk.inside = marks;
            return walk;
        }
        (walk.reach, walk.fresh) = (stand.reach, false);
        if marks {
            walk.mode = walk.lost();
        }
        walk
    }

    /// What a resume token tells.
    pub(super) fn stand(&self) -> Stand {
        let (reach, count) = match self.furthest {
            Some((reach, count)) => (reach.max(self.reach), Count { came: self.count.came, ..count }),
            None => (self.reach, self.count),
        };
        Stand { size: self.size, reach, count, uneven: self.uneven }
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
        let size = (Some(window.size) != self.way.size && self.way.size.is_some()).then_some(window.size);
        Some(Ask { range: self.way.range.clone(), at: At::Number { page: self.way.number(window), size } })
    }

    fn forward(&self, ahead: usize) -> Option<Window> {
        let mut position = self.reach;
        for _ in 0..ahead {
            position = self.window(position).end();
        }
        let last = self.count.last.filter(|total| !self.uneven || self.came() >= *total);
        let beyond = |end: Option<u64>| end.is_some_and(|end| position >= end);
        if ahead > 0 && (self.fresh || self.vain > 0 || beyond(last) || beyond(self.way.cap)) {
            return None;
        }
        Some(self.window(position))
    }

    fn plain(&self) -> u64 {
        self.size.unwrap_or(1).max(1)
    }

    fn page(&self, index: u64) -> Window {
        Window { index, size: self.plain() }
    }

    /// The page to ask for when `position` rows were delivered.
    fn window(&self, position: u64) -> Window {
        let overlaps = (self.way.overlap || self.restless > 0) && self.can_overlap() && position > self.start;
        if overlaps { Window::overlapping(position, self.plain()) } else { Window::at(position, self.plain()) }
    }

    fn can_overlap(&self) -> bool {
        self.way.size.is_some() && self.plain() >= LEAST_OVERLAPPING && !self.uneven
    }

    /// The total, if it can be meant: some vendors tell 0 where they do not count.
    fn told(&self, facts: &Facts) -> Option<u64> {
        facts.told().filter(|total| *total > 0 || self.count.came == 0 || self.count.first.is_some())
    }

    /// Begins to look for the last delivered row.
    fn lost(&self) -> Mode {
        let centre = self.reach.saturating_sub(1) / self.plain();
        Mode::Link(Link { centre, tries: 0, again: false, total: self.count.last })
    }

    /// The page to look at: around the centre, further and further.
    fn candidate(&self, link: &Link) -> Option<u64> {
        let size = self.plain();
        let last = self.count.last.filter(|_| !self.uneven).map(|total| total.saturating_sub(1) / size);
        let moved = match (link.total, self.count.last) {
            (Some(before), Some(now)) => before.abs_diff(now) / size,
            _ => 0,
        };
        let radius = moved.saturating_add(NEAR).min(FAR);
        let first = self.start / size;
        let mut left = link.tries;
        for distance in 0..=radius {
            for index in [link.centre.checked_sub(distance), (distance > 0).then(|| link.centre.saturating_add(distance))] {
                let Some(index) = index.filter(|index| *index >= first && last.is_none_or(|last| *index <= last.max(first))) else {
                    continue;
                };
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
        let total = self.told(facts);
        let window = self.window(self.reach);
        let moved = !self.fresh && self.count.moves(total);
        // Behind the last page, some vendors give that page again.
        let repeats = !self.fresh && !moved && facts.rows > 0 && facts.print.is_some() && facts.print == self.previous;
        let at_the_end = self.short_before && total.is_none_or(|total| total <= self.came());
        if repeats && !at_the_end {
            return Err(format!("holds the same {} rows as the page before", facts.rows));
        }
        let unlinked =
            !self.fresh && !known.hits(facts.keys.as_deref()) && (moved || (window.start() < self.reach && facts.rows > 0 && !repeats));
        if unlinked && self.count.came > 0 && !self.resigned {
            if facts.keys.is_none() || known.marks().is_empty() {
                self.blind = true;
            } else if let Some(step) = self.unlinked(window, total, known) {
                return Ok(step);
            }
        }
        if self.is_short(window, facts, total) {
            self.looks += 1;
            self.mode = Mode::Again;
            return Ok(Step::nothing());
        }
        self.mode = Mode::Forward;
        if repeats && facts.keys.is_none() {
            return Ok(self.accept(window, &Facts { rows: 0, keys: None, ..facts.clone() }, known, false));
        }
        let inside = std::mem::take(&mut self.inside) && known.hits(facts.keys.as_deref());
        Ok(self.accept(window, facts, known, inside))
    }

    /// Whether the page holds fewer rows than the total says, and should be asked for again.
    fn is_short(&self, window: Window, facts: &Facts, total: Option<u64>) -> bool {
        let Some(total) = total.filter(|_| facts.rows < window.size && !matches!(self.mode, Mode::Again)) else { return false };
        let capped = self.way.cap.is_some_and(|cap| window.start() + facts.rows >= cap);
        match self.uneven {
            false => total > window.start() + facts.rows && !capped,
            true => facts.rows == 0 && self.vain == 0 && total > self.came(),
        }
    }

    /// The page does not follow the last delivered row for sure. `None`: it is taken all the same.
    fn unlinked(&mut self, window: Window, total: Option<u64>, known: &Known) -> Option<Step> {
        let grew = total > self.count.last;
        self.looks += 1;
        self.stuck += 1;
        if self.stuck > LOOK_UPS {
            return Some(self.resign());
        }
        // Had rows come in front of the place, this page would hold rows that came before.
        if grew && self.stuck > 1 && window.start() >= self.reach {
            return None;
        }
        self.count.see(total);
        if self.restless == 0 && !self.way.overlap && self.obeyed && self.can_overlap() {
            self.restless = RESTLESS;
            if self.window(self.reach).start() < self.reach {
                return Some(Step::nothing());
            }
        }
        self.mode = self.lost();
        Some(self.searching(known))
    }

    fn link(&mut self, mut link: Link, facts: &Facts, known: &mut Known) -> Step {
        let Some(index) = self.candidate(&link) else { return self.searching(known) };
        self.count.see(self.told(facts));
        if known.hits(facts.keys.as_deref()) || facts.total == Some(0) {
            let window = self.page(index);
            let short = facts.rows < window.size && self.told(facts).is_some_and(|total| total > window.start().saturating_add(facts.rows));
            if short && !self.uneven && !std::mem::replace(&mut link.again, true) {
                self.looks += 1;
                self.mode = Mode::Link(link);
                return Step::nothing();
            }
            self.mode = Mode::Forward;
            return self.accept(window, facts, known, true);
        }
        link.again = false;
        link.tries += 1;
        self.mode = Mode::Link(link);
        self.searching(known)
    }

    /// The search goes on, if there is a page to look at; else all is read again, or the loss is told.
    fn searching(&mut self, known: &Known) -> Step {
        let Mode::Link(link) = &self.mode else { return Step::nothing() };
        if self.candidate(link).is_some() {
            return Step::nothing();
        }
        if known.is_whole() && self.look < 3 {
            self.again();
            return Step::nothing();
        }
        self.resign()
    }

    /// The next page is taken as it comes.
    fn resign(&mut self) -> Step {
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
        (self.short, self.shortfall) = (None, 0);
        (self.vain, self.short_before, self.stuck) = (0, false, 0);
    }

    /// Gives up the page asked for now, which cannot be understood, and goes on behind it. `false`: there is no such page.
    pub(super) fn skip(&mut self) -> bool {
        if self.ended || matches!(self.mode, Mode::Link(_)) || self.size.is_none() {
            return false;
        }
        let window = self.window(self.reach);
        self.reach = window.end();
        self.shortfall = self.shortfall.saturating_add(window.size);
        (self.mode, self.resigned, self.previous) = (Mode::Forward, true, None);
        true
    }

    /// Delivers the rows of a page that did not come yet. `linked`: it was looked up for the rows that came.
    fn accept(&mut self, window: Window, facts: &Facts, known: &mut Known, linked: bool) -> Step {
        let total = self.told(facts);
        let shifted = linked || self.look > 0 || self.count.moves(total);
        self.restless = match self.count.moves(total) && self.restless > 0 {
            true => RESTLESS,
            false => self.restless.saturating_sub(1),
        };
        self.count.see(total);
        let reread = if shifted { usize::MAX } else { usize::try_from(self.reach.saturating_sub(window.start())).unwrap_or(usize::MAX) };
        let sifted = self.sift(facts, known, Reading { reread, behind: linked && !known.is_whole() });
        let nothing_new = facts.rows == 0 || sifted.as_ref().is_some_and(Sifted::is_vain);
        let in_vain = facts.rows == 0 || (!shifted && nothing_new);
        let mut step = match sifted {
            Some(sifted) => Step { keep: sifted.keep(), counted: sifted.counted, namesakes: sifted.namesakes, ..Step::nothing() },
            None => Step { keep: Keep::All, ..Step::nothing() },
        };
        if !nothing_new {
            self.stuck = 0;
        }
        self.advance(window, facts, total, known);
        let over = self.is_over(window, facts, total, in_vain);
        (self.fresh, self.resigned) = (false, false);
        self.previous = facts.print;
        let end = if self.uneven { self.came() } else { window.start().saturating_add(facts.rows) };
        if let Some(cap) = self.way.cap.filter(|cap| end >= *cap) {
            if total.map_or(!over, |total| total > cap) {
                let counted = total.unwrap_or(end);
                let text = format!("{}the vendor gives no row beyond {cap} of {counted}", self.named());
                step.problems.push(Problem { text, missing: counted.saturating_sub(cap) });
                self.ended = true;
            }
            self.unproven = true;
        }
        if over && !self.ended {
            self.finish(known, &mut step.problems);
        }
        step.ended = self.ended;
        step
    }

    fn sift(&mut self, facts: &Facts, known: &mut Known, reading: Reading) -> Option<Sifted> {
        let Some(keys) = &facts.keys else {
            self.count.came += facts.rows;
            return None;
        };
        let sifted = known.sift(keys, reading);
        known.take_in(keys, &sifted);
        self.count.came += sifted.came();
        if self.look > 0 {
            self.seen.extend(keys.iter().map(|key| key.id));
        }
        Some(sifted)
    }

    /// Moves the place behind this page, and notes what it says of the vendor.
    fn advance(&mut self, window: Window, facts: &Facts, total: Option<u64>, known: &Known) {
        let rows = facts.rows;
        let end = window.start().saturating_add(rows);
        let full = rows >= window.size;
        self.obeyed |= rows == window.size;
        let came = self.came();
        let more = total.is_some_and(|total| if self.uneven { total > came } else { total > end });
        self.reach = if full || more || self.uneven || total.is_none() { window.end() } else { end };
        self.uneven |= rows > window.size;
        // Without a total, that may be the vendor's largest page, or the end.
        self.uneven |= !full && total.is_none();
        let capped = !self.uneven && self.way.cap.is_some_and(|cap| end >= cap);
        if full || !more || capped {
            return;
        }
        let least = self.way.overlap && self.fresh && self.start == 0 && rows >= LEAST_OVERLAPPING;
        if least && !known.marks().is_empty() {
            // That is the vendor's largest page, and can be asked for by name.
            (self.size, self.reach) = (Some(rows), end);
            return;
        }
        self.uneven = true;
        self.shortfall = self.shortfall.saturating_add(window.size - rows);
        let page = self.way.number(window);
        let told = if rows == 0 { format!("page {page} is empty") } else { format!("page {page} holds {rows} rows only") };
        self.short.get_or_insert(told);
    }

    /// Whether there is nothing more to come.
    fn is_over(&mut self, window: Window, facts: &Facts, total: Option<u64>, in_vain: bool) -> bool {
        self.vain = if in_vain { self.vain + 1 } else { 0 };
        let over = match total {
            Some(total) if !self.uneven => self.reach >= total || facts.rows == 0,
            Some(total) if self.start == 0 && self.count.is_still() && self.came() >= total => true,
            _ => self.vain >= self.patience(),
        };
        if !in_vain {
            self.short_before = facts.rows < window.size;
        }
        over
    }

    /// How many pages without a new row are the end.
    fn patience(&self) -> u64 {
        let missing = self.missing();
        if missing <= self.shortfall { if self.short_before { 1 } else { 2 } } else { VAIN.min((missing / self.plain()).saturating_add(2)) }
    }

    /// Rows that came, in this look.
    fn came(&self) -> u64 {
        if self.look > 0 { self.seen.len() as u64 } else { self.count.came }
    }

    fn missing(&self) -> u64 {
        self.count.least().unwrap_or(0).saturating_sub(self.came() + self.start)
    }

    /// The end: do the numbers agree?
    fn finish(&mut self, known: &Known, problems: &mut Vec<Problem>) {
        let missing = self.missing();
        // Where the vendor gave fewer rows than it was asked for, they would not come the next time either.
        let hopeless = self.uneven || missing <= self.shortfall;
        if missing > 0 && self.look == 0 && known.is_whole() && !known.marks().is_empty() && !hopeless {
            self.again();
            return;
        }
        self.ended = true;
        self.unproven |= self.count.last.is_none() || (self.uneven && (self.start > 0 || self.way.overlap || !self.count.is_still()));
        if missing > 0 {
            let why = self.short.take().map_or_else(String::new, |why| format!("; {why}"));
            let (last, came) = (self.count.last.unwrap_or(0), self.came());
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
        let fair = self.count.first.map_or(1_000_000, |first| (first / self.plain()).saturating_mul(6).saturating_add(1000));
        self.pages > fair
    }

    /// The number of the page asked for next.
    pub(super) fn here(&self) -> i64 {
        self.way.number(match &self.mode {
            Mode::Link(link) => self.page(self.candidate(link).unwrap_or(link.centre)),
            _ => self.window(self.reach),
        })
    }
}

/// Where a walk stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stand {
    pub(super) size: Option<u64>,
    pub(super) reach: u64,
    pub(super) count: Count,
    pub(super) uneven: bool,
}
