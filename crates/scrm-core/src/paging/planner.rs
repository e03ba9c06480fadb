//! Which page comes next, and what of it is new. Knows nothing of types, streams or the network.

use super::{
    cursor::Cursored,
    date_range::Piece,
    page_number::Numbered,
    plan::{Ask, Count, Facts, Keep, Step},
    seen_rows::Known,
    split::{Cut, Split},
    summary::Completeness,
    window::Way,
    windows::{Era, Windowed},
};
use crate::{
    spec::{PagingSpec, PagingStyle, TimeFormat},
    time::Day,
};

/// Rows younger than so many days may still be joined by others.
const OPEN_DAYS: i64 = 2;

/// What a pull is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// Number of the first page; `None`: pages are named by a cursor.
    pub(super) first: Option<i64>,
    /// The vendor gives no row beyond this one.
    pub(super) cap: Option<u64>,
    /// How the range of days is written along which a pull can be split.
    pub(super) split: Option<TimeFormat>,
    /// As the request has them.
    pub(super) page: Option<i64>,
    pub(super) size: Option<u64>,
    pub(super) range: (Option<String>, Option<String>),
    /// The time that is walked through window after window; `None`: the vendor answers it at once.
    pub(super) era: Option<Era>,
    /// The range of all that is asked for, where it is not the request's own, and how people name it.
    pub(super) within: Option<(String, String)>,
    pub(super) label: String,
    /// The request begins behind a cursor.
    pub(super) midway: bool,
    /// Whether pages must overlap.
    pub(super) overlap: bool,
    /// In China; `None`: the clock is out of its mind.
    pub(super) today: Option<Day>,
}

/// Where a pull is.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    Numbered(Box<Numbered>),
    Cursored(Box<Cursored>),
    Split(Box<Split>),
    Windowed(Box<Windowed>),
    Ended,
}

/// Plans one pull.
#[derive(Clone, Debug)]
pub(super) struct Planner {
    pub(super) course: Course,
    pub(super) phase: Phase,
    pub(super) known: Known,
    /// Second looks of what is over.
    looks: u64,
    /// Rows that came again.
    pub(super) dropped: u64,
    /// The totals of what is over.
    totals: (Option<u64>, Option<u64>),
    pieces: u64,
    windows: u64,
    /// No page was taken yet.
    first: bool,
    so_far: Completeness,
}

impl Course {
    /// From the beginning to the end, in pages as large as the vendor makes them.
    pub(super) fn of(spec: &PagingSpec) -> Self {
        let first = match spec.style {
            PagingStyle::Number { first, .. } => Some(first),
            PagingStyle::Cursor { .. } => None,
        };
        Course { first, cap: spec.row_cap.map(u64::from), split: spec.split_by.map(|split| split.format), ..Course::default() }
    }

    fn first(&self) -> i64 {
        self.first.unwrap_or(0)
    }

    pub(super) fn way(&self) -> Way {
        Way {
            first: self.first(),
            size: self.size,
            cap: self.cap,
            overlap: self.overlap,
            range: self.within.clone(),
            label: self.label.clone(),
        }
    }

    pub(super) fn start_page(&self) -> i64 {
        self.page.unwrap_or(self.first())
    }

    /// How this pull is cut to pieces; `None`: it cannot be.
    pub(super) fn cut(&self) -> Option<Cut> {
        let format = self.split?;
        let closed = self.today?.plus(-OPEN_DAYS)?;
        (self.start_page() == self.first()).then(|| Cut { way: self.way(), format, closed })
    }

    pub(super) fn all(&self, cut: &Cut) -> Option<Piece> {
        Piece::all((self.range.0.as_deref(), self.range.1.as_deref()), cut.format, self.today?)
    }

    fn bounded(&self) -> bool {
        let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        given(&self.range.0) && given(&self.range.1)
    }
}

impl Planner {
    pub(super) fn new(course: Course) -> Self {
        let phase = match (&course.era, course.first) {
            (Some(era), _) => Phase::Windowed(Box::new(Windowed::new(course.clone(), era.clone()))),
            (None, Some(_)) => Phase::Numbered(Box::new(Numbered::new(course.way(), course.start_page()))),
            (None, None) => Phase::Cursored(Box::new(Cursored::new(course.size, course.midway, course.within.clone()))),
        };
        Planner { first: true, ..Planner::at(course, phase, Known::default(), Completeness::Complete) }
    }

    /// Goes on from a phase.
    pub(super) fn at(course: Course, phase: Phase, known: Known, so_far: Completeness) -> Self {
        Planner { course, phase, known, looks: 0, dropped: 0, totals: (None, None), pieces: 0, windows: 0, first: false, so_far }
    }

    /// A pull that is over, and held nothing.
    pub(super) fn ended(course: Course) -> Self {
        Planner { totals: (Some(0), Some(0)), ..Planner::at(course, Phase::Ended, Known::default(), Completeness::Complete) }
    }

    /// The pages to ask for, the next one first; at most so many.
    pub(super) fn plans(&self, most: usize) -> Vec<Ask> {
        let plan = |ahead: usize| match &self.phase {
            Phase::Numbered(walk) => walk.plan(ahead),
            Phase::Cursored(walk) => walk.plan(ahead),
            Phase::Split(split) => split.plan(ahead),
            Phase::Windowed(_) | Phase::Ended => None,
        };
        match &self.phase {
            Phase::Windowed(windowed) => windowed.plans(most),
            _ => (0..most).map_while(plan).collect(),
        }
    }

    /// Takes in the page that `plans` names first. `Err`: it contradicts what came before; the same page is to be asked for again.
    pub(super) fn take(&mut self, facts: &Facts) -> Result<Step, String> {
        let first = std::mem::take(&mut self.first);
        if first && let Some(step) = self.split(facts) {
            return Ok(step);
        }
        let step = match &mut self.phase {
            Phase::Numbered(walk) => walk.take(facts, &mut self.known)?,
            Phase::Cursored(walk) => walk.take(facts, &mut self.known)?,
            Phase::Split(split) => split.take(facts, &mut self.known)?,
            Phase::Windowed(windowed) => windowed.take(facts)?,
            Phase::Ended => Step { ended: true, ..Step::nothing() },
        };
        if let Keep::Some(kept) = &step.keep {
            self.dropped += kept.iter().filter(|kept| !**kept).count() as u64;
        }
        if !step.problems.is_empty() {
            self.so_far = Completeness::Incomplete;
        }
        if matches!(&self.phase, Phase::Split(split) if split.denied) {
            self.phase = Phase::Numbered(Box::new(Numbered::new(self.course.way(), self.course.start_page())));
        }
        if step.ended {
            self.end();
        }
        Ok(step)
    }

    /// Gives up the page that `plans` names first, which cannot be understood, and goes on behind it. `false`: there is no way behind it.
    pub(super) fn skip(&mut self) -> bool {
        let skipped = match &mut self.phase {
            Phase::Numbered(walk) => walk.skip(),
            Phase::Split(split) => split.skip(),
            Phase::Windowed(windowed) => windowed.skip(),
            Phase::Cursored(_) | Phase::Ended => false,
        };
        if skipped {
            self.so_far = Completeness::Incomplete;
        }
        skipped
    }

    /// A list that is too long is split from the beginning.
    fn split(&mut self, facts: &Facts) -> Option<Step> {
        let Phase::Numbered(_) = &self.phase else { return None };
        let (total, cap) = (facts.told()?, self.course.cap?);
        if total < cap || !self.known.marks().is_empty() {
            return None;
        }
        let cut = self.course.cut()?;
        let all = self.course.all(&cut)?;
        let full = self.course.size.is_some_and(|size| facts.rows >= size);
        self.phase = Phase::Split(Box::new(Split::new(cut, all, total, self.course.bounded(), full)));
        Some(Step::nothing())
    }

    /// The vendor refused what `plans` names first; `true`: the plan was changed, go on.
    pub(super) fn refused(&mut self) -> bool {
        match &mut self.phase {
            Phase::Split(split) => split.refused(),
            Phase::Windowed(windowed) => windowed.refused(),
            _ => false,
        }
    }

    fn end(&mut self) {
        self.looks = self.looks();
        self.totals = self.totals();
        self.pieces = self.pieces();
        self.windows = self.windows();
        self.so_far = self.so_far();
        let unproven = match &self.phase {
            Phase::Numbered(walk) => walk.unproven,
            Phase::Cursored(walk) => walk.unproven,
            Phase::Split(split) => split.unproven,
            Phase::Windowed(_) | Phase::Ended => false,
        };
        if unproven {
            self.so_far = self.so_far.and(Completeness::Unknown);
        }
        self.phase = Phase::Ended;
    }

    /// What is asked for next, for people.
    pub(super) fn here(&self) -> String {
        match &self.phase {
            Phase::Numbered(walk) => format!("page {}", walk.here()),
            Phase::Cursored(walk) => format!("page {} of this pull", walk.here()),
            Phase::Split(split) => split.here(),
            Phase::Windowed(windowed) => windowed.here(),
            Phase::Ended => "the end".to_owned(),
        }
    }

    /// How many rows there are in all: as it was told first, and last.
    pub(super) fn totals(&self) -> (Option<u64>, Option<u64>) {
        let told = |count: &Count| (count.first, count.last);
        match &self.phase {
            Phase::Numbered(walk) => told(&walk.count),
            Phase::Cursored(walk) => told(&walk.count),
            Phase::Split(split) => split.totals,
            Phase::Windowed(windowed) => windowed.totals(),
            Phase::Ended => self.totals,
        }
    }

    /// How often something was looked at again.
    pub(super) fn looks(&self) -> u64 {
        self.looks
            + match &self.phase {
                Phase::Numbered(walk) => walk.looks,
                Phase::Cursored(walk) => walk.looks,
                Phase::Split(split) => split.all_looks(),
                Phase::Windowed(windowed) => windowed.looks(),
                Phase::Ended => 0,
            }
    }

    /// Pieces that were read to their end.
    pub(super) fn pieces(&self) -> u64 {
        match &self.phase {
            Phase::Split(split) => split.pieces,
            Phase::Windowed(windowed) => windowed.pieces(),
            _ => self.pieces,
        }
    }

    /// Windows of time that were read to their end.
    pub(super) fn windows(&self) -> u64 {
        match &self.phase {
            Phase::Windowed(windowed) => windowed.windows,
            _ => self.windows,
        }
    }

    /// What can be said of what was read, by this pull and by those that it goes on from.
    pub(super) fn so_far(&self) -> Completeness {
        match &self.phase {
            Phase::Windowed(windowed) => self.so_far.and(windowed.completeness()),
            _ => self.so_far,
        }
    }
}
