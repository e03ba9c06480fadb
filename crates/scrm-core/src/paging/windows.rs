//! Pulls a longer time than the vendor answers in one call: window after window, from the oldest to the newest.
//!
//! No vendor documents whether the ends of a range belong to it. So a window begins at the very moment at which the one before ended: the rows of that moment (a
//! second, or a day where ranges are written in days) may come with both, and are left out the second time. They are known by their own time; where a row tells
//! none, or the process was restarted meanwhile, the end of the window before is read once more, without delivering it: what it holds came, unless it is known that
//! it did not, since it was not there yet.

use std::collections::{HashMap, HashSet};

use super::{
    plan::{Ask, Facts, Keep, RowKey, Step},
    planner::{Course, Planner},
    summary::Completeness,
};
use crate::{
    spec::TimeFormat,
    time::{self, Day, Moment},
};

/// Rows of one moment that are kept in mind.
const MOST: usize = 1 << 16;

/// The time that a pull is about, and how much of it the vendor answers at once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Era {
    pub(super) format: TimeFormat,
    /// How long the moment is that a row's time names, in milliseconds; `None`: rows tell no time.
    pub(super) row_moment: Option<i64>,
    /// The longest window, in milliseconds.
    pub(super) longest: i64,
    pub(super) since: Moment,
    pub(super) until: Moment,
}

/// How long a moment is that is written in this format, in milliseconds; `None`: it is no range's end.
pub(super) fn moment_of(format: TimeFormat) -> Option<i64> {
    match format {
        TimeFormat::DateTime | TimeFormat::Seconds => Some(1000),
        TimeFormat::Milliseconds | TimeFormat::OffsetDateTime => Some(1),
        TimeFormat::Date => Some(86_400_000),
        TimeFormat::Month => None,
    }
}

impl Era {
    /// `None`: the range is turned round, or its windows would have no length.
    pub(super) fn new(format: TimeFormat, row: Option<TimeFormat>, max_seconds: u64, since: Moment, until: Moment) -> Option<Self> {
        let moment = moment_of(format)?;
        let most = i64::try_from(max_seconds).ok()?.checked_mul(1000)?;
        let longest = most - most % moment;
        let row_moment = row.and_then(moment_of);
        (longest > 0 && since <= until).then_some(Era { format, row_moment, longest, since, until })
    }

    fn moment(&self) -> i64 {
        moment_of(self.format).unwrap_or(1)
    }

    /// The window that begins at a moment.
    fn window(&self, from: Moment) -> Window {
        let end = from.unix_millis().saturating_add(self.longest);
        let to = Moment::from_unix_millis(end).map_or(self.until, |end| end.min(self.until));
        Window { from, to }
    }

    fn text(&self, moment: Moment) -> String {
        time::write(self.format, moment)
    }
}

/// From one moment to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) from: Moment,
    pub(super) to: Moment,
}

/// Rows that may stand in two windows, by what identifies them, with their whole contents.
#[derive(Clone, Debug, Default)]
struct Seam {
    rows: HashMap<u64, Vec<u64>>,
    count: usize,
}

impl Seam {
    /// `false`: there are too many.
    fn add(&mut self, key: RowKey) -> bool {
        if self.count >= MOST {
            return false;
        }
        self.rows.entry(key.id).or_default().push(key.content);
        self.count += 1;
        true
    }

    /// Whether a row came before: the same, or one with its id at the same moment (or that tells no time), which changed since.
    fn take(&mut self, key: RowKey, at_the_seam: bool) -> bool {
        let Some(contents) = self.rows.get_mut(&key.id) else { return false };
        let same = contents.iter().position(|content| *content == key.content);
        let changed = || (at_the_seam && key.id != key.content).then_some(0).filter(|_| !contents.is_empty());
        let Some(at) = same.or_else(changed) else { return false };
        contents.swap_remove(at);
        true
    }
}

/// The rows of a window that tell no time, by what identifies them.
#[derive(Clone, Debug)]
enum Timeless {
    These(HashSet<u64>),
    /// There were too many, or the process was restarted.
    Forgotten,
}

impl Timeless {
    fn add(&mut self, key: RowKey) {
        if let Timeless::These(rows) = self {
            rows.insert(key.id);
            if rows.len() >= MOST {
                *self = Timeless::Forgotten;
            }
        }
    }
}

impl Default for Timeless {
    fn default() -> Self {
        Timeless::These(HashSet::new())
    }
}

/// A pull in windows.
#[derive(Clone, Debug)]
pub(super) struct Windowed {
    course: Course,
    era: Era,
    window: Window,
    walk: Box<Planner>,
    /// Reads what the present window may share with the one before.
    recall: Option<Box<Planner>>,
    seam: Seam,
    /// Rows of this window that may come again with the next one.
    ahead: Seam,
    /// Not all of these rows are known.
    doubtful: bool,
    /// Of this window, and of the one before.
    timeless: Timeless,
    timeless_before: Timeless,
    /// Pages taken of this window, and of the one before.
    pages: u64,
    pages_before: Option<u64>,
    /// What the windows before came to.
    pub(super) windows: u64,
    looks: u64,
    pieces: u64,
    totals: (Option<u64>, Option<u64>),
    /// Rows that were left out at seams, so that the totals count them twice.
    shared: u64,
    so_far: Completeness,
}

/// Where a pull in windows stands, for a resume token.
pub(super) struct Standing<'a> {
    pub(super) since: Moment,
    pub(super) window: Window,
    pub(super) until: Moment,
    /// What the windows before hold.
    pub(super) totals: (Option<u64>, Option<u64>),
    pub(super) walk: &'a Planner,
}

impl Windowed {
    pub(super) fn new(course: Course, era: Era) -> Self {
        let window = era.window(era.since);
        let walk = Box::new(Planner::new(inside(&course, &era, window)));
        Windowed {
            course,
            era,
            window,
            walk,
            recall: None,
            seam: Seam::default(),
            ahead: Seam::default(),
            doubtful: false,
            timeless: Timeless::default(),
            timeless_before: Timeless::Forgotten,
            pages: 0,
            pages_before: None,
            windows: 0,
            looks: 0,
            pieces: 0,
            totals: (Some(0), Some(0)),
            shared: 0,
            so_far: Completeness::Complete,
        }
    }

    /// Goes on after a restart, in a window whose walk `walk` makes; `totals`: what the windows before hold.
    pub(super) fn resumed(
        course: &Course,
        era: Era,
        window: Window,
        totals: (Option<u64>, Option<u64>),
        walk: impl FnOnce(Course) -> Option<Planner>,
    ) -> Option<Self> {
        let longest = window.to.unix_millis().checked_sub(window.from.unix_millis())?;
        let orderly = era.since <= window.from && window.from <= window.to && window.to <= era.until && longest <= era.longest;
        let inner = walk(inside(course, &era, window)).filter(|_| orderly)?;
        let mut windowed = Windowed {
            window,
            totals,
            walk: Box::new(inner),
            doubtful: true,
            timeless: Timeless::Forgotten,
            ..Windowed::new(course.clone(), era)
        };
        if window.from > windowed.era.since {
            windowed.recall();
        }
        Some(windowed)
    }

    pub(super) fn standing(&self) -> Standing<'_> {
        let totals = (self.once(self.totals.0), self.once(self.totals.1));
        Standing { since: self.era.since, window: self.window, until: self.era.until, totals, walk: &self.walk }
    }

    /// The pages to ask for, at most so many: those of this window, then the first ones of windows to come, as far apart as windows have pages.
    pub(super) fn plans(&self, most: usize) -> Vec<Ask> {
        let mut asks = self.recall.as_ref().map_or_else(Vec::new, |recall| recall.plans(most));
        asks.extend(self.walk.plans(most.saturating_sub(asks.len())));
        let (mut place, mut window) = (asks.len().max(1), self.window);
        while place < most && window.to < self.era.until {
            window = self.era.window(window.to);
            let first = Planner::new(inside(&self.course, &self.era, window)).plans(1);
            asks.extend(first);
            let Some(pages) = self.pages_of_a_window() else { break };
            place = place.saturating_add(usize::try_from(pages).unwrap_or(usize::MAX));
        }
        asks
    }

    /// How many pages a window has, as far as one can guess.
    fn pages_of_a_window(&self) -> Option<u64> {
        let told = self.walk.totals().1.zip(self.course.size).map(|(total, size)| total.div_ceil(size));
        told.or(self.pages_before).map(|pages| pages.max(self.pages).max(1))
    }

    pub(super) fn take(&mut self, facts: &Facts) -> Result<Step, String> {
        if let Some(mut recall) = self.recall.take() {
            let step = recall.take(facts);
            if !matches!(&step, Ok(step) if step.ended) {
                self.recall = Some(recall);
            }
            return step.map(|step| self.recalled(facts, step));
        }
        let mut step = self.walk.take(facts)?;
        self.pages += 1;
        self.sift(facts, &mut step);
        if step.ended {
            self.turn();
            step.ended = self.plans(1).is_empty();
        }
        Ok(step)
    }

    /// Takes in rows of the window before.
    fn recalled(&mut self, facts: &Facts, step: Step) -> Step {
        let seam = self.window.from;
        for (at, (key, time)) in facts.times.iter().enumerate() {
            let there = match time {
                Some(time) => self.is_at(*time, seam),
                None => self.came_before(*key),
            };
            if step.keep.keeps(at) && there && !self.seam.add(*key) {
                self.so_far = self.so_far.and(Completeness::Unknown);
            }
        }
        if !step.problems.is_empty() {
            self.so_far = self.so_far.and(Completeness::Unknown);
        }
        Step::nothing()
    }

    /// Whether a row without a time came with the window before. Where that was forgotten, it is believed; of today that may be wrong.
    fn came_before(&mut self, key: RowKey) -> bool {
        match &self.timeless_before {
            Timeless::These(rows) => rows.contains(&key.id),
            Timeless::Forgotten => {
                let closed = self.course.today.is_some_and(|today| Day::of(self.window.from) < today);
                if !closed {
                    self.so_far = self.so_far.and(Completeness::Unknown);
                }
                true
            }
        }
    }

    /// Leaves out what came with the window before, and remembers what may come with the next.
    fn sift(&mut self, facts: &Facts, step: &mut Step) {
        let rows = usize::try_from(facts.rows).unwrap_or(usize::MAX);
        let mut kept: Vec<bool> = (0..rows).map(|at| step.keep.keeps(at)).collect();
        let mut left_out = false;
        for ((key, time), kept) in facts.times.iter().zip(&mut kept).filter(|(_, kept)| **kept) {
            if time.is_none() {
                self.timeless.add(*key);
            }
            let at_the_seam = time.is_none_or(|time| self.is_at(time, self.window.from));
            if self.seam.take(*key, at_the_seam) {
                (*kept, left_out) = (false, true);
                if time.is_none() && key.id == key.content {
                    // equal rows without id and time: the same, or two
                    self.so_far = self.so_far.and(Completeness::Unknown);
                }
                self.shared += 1;
                continue;
            }
            match time {
                None => self.doubtful = true,
                Some(time) if self.is_at(*time, self.window.to) => self.doubtful |= !self.ahead.add(*key),
                Some(_) => {}
            }
        }
        if left_out {
            if step.counted.is_empty() {
                step.counted = (0..rows).map(|at| step.keep.keeps(at)).collect();
            }
            step.namesakes.retain(|at| kept.get(*at).copied().unwrap_or(false));
            step.keep = Keep::Some(kept);
        }
    }

    /// Whether a row of this time may stand at a seam.
    fn is_at(&self, time: Moment, seam: Moment) -> bool {
        let (row, seam) = (time.unix_millis(), seam.unix_millis());
        row < seam.saturating_add(self.era.moment()) && seam < row.saturating_add(self.era.row_moment.unwrap_or(1))
    }

    /// The next window begins, unless this was the last.
    fn turn(&mut self) {
        self.windows += 1;
        self.looks += self.walk.looks();
        self.pieces += self.walk.pieces();
        let (first, last) = self.walk.totals();
        self.totals = (sum(self.totals.0, first), sum(self.totals.1, last));
        self.so_far = self.so_far.and(self.walk.so_far());
        if self.window.to >= self.era.until {
            *self.walk = Planner::ended(self.course.clone());
            return;
        }
        self.window = self.era.window(self.window.to);
        *self.walk = Planner::new(inside(&self.course, &self.era, self.window));
        self.pages_before = Some(std::mem::take(&mut self.pages));
        self.seam = std::mem::take(&mut self.ahead);
        self.timeless_before = std::mem::take(&mut self.timeless);
        if std::mem::take(&mut self.doubtful) {
            self.recall();
        }
    }

    /// Reads the last moments of the window before again.
    fn recall(&mut self) {
        let before = self.window.from.unix_millis().saturating_sub(self.era.moment());
        let from = Moment::from_unix_millis(before).map_or(self.era.since, |before| before.max(self.era.since));
        let window = Window { from, to: self.window.from };
        self.seam = Seam::default();
        self.recall = Some(Box::new(Planner::new(inside(&self.course, &self.era, window))));
    }

    /// Gives up a page that cannot be understood.
    pub(super) fn skip(&mut self) -> bool {
        match &mut self.recall {
            Some(recall) => recall.skip(),
            None => self.walk.skip(),
        }
    }

    pub(super) fn refused(&mut self) -> bool {
        self.recall.as_mut().unwrap_or(&mut self.walk).refused()
    }

    /// What is asked for next, for people.
    pub(super) fn here(&self) -> String {
        let label = label(&self.era, self.window);
        match &self.recall {
            Some(recall) => format!("{} before {label}", recall.here()),
            None => format!("{} of {label}", self.walk.here()),
        }
    }

    /// What all windows hold, as soon as the last one tells; rows in two windows count once.
    pub(super) fn totals(&self) -> (Option<u64>, Option<u64>) {
        if self.window.to < self.era.until {
            return (None, None);
        }
        let (first, last) = self.walk.totals();
        (self.once(sum(self.totals.0, first)), self.once(sum(self.totals.1, last)))
    }

    fn once(&self, sum: Option<u64>) -> Option<u64> {
        sum.map(|sum| sum.saturating_sub(self.shared))
    }

    pub(super) fn looks(&self) -> u64 {
        self.looks + self.walk.looks()
    }

    pub(super) fn pieces(&self) -> u64 {
        self.pieces + self.walk.pieces()
    }

    /// What can be said of what was read.
    pub(super) fn completeness(&self) -> Completeness {
        self.so_far.and(self.walk.so_far())
    }
}

fn sum(before: Option<u64>, here: Option<u64>) -> Option<u64> {
    Some(before?.saturating_add(here?))
}

fn label(era: &Era, window: Window) -> String {
    format!("{} to {}", era.text(window.from), era.text(window.to))
}

/// A pull of one window alone.
fn inside(course: &Course, era: &Era, window: Window) -> Course {
    let (from, to) = (era.text(window.from), era.text(window.to));
    let range = (Some(from.clone()), Some(to.clone()));
    Course { era: None, within: Some((from, to)), label: label(era, window), range, ..course.clone() }
}
