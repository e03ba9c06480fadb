//! Which page comes next, and what of it is new. Knows nothing of types, streams or the network.

use super::{
    cursor::Cursored,
    date_range::Piece,
    page_number::{Numbered, Way},
    plan::{Ask, Count, Facts, Keep, Step},
    seen_rows::Known,
    split::{Cut, Split},
};
use crate::{
    spec::{PagingSpec, PagingStyle},
    time::Day,
};

/// Rows younger than so many days may still be joined by others.
const OPEN_DAYS: i64 = 2;

/// What a pull is about.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) spec: &'static PagingSpec,
    /// As the request has them.
    pub(super) page: Option<i64>,
    pub(super) size: Option<u64>,
    pub(super) range: (Option<String>, Option<String>),
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
    /// No page was taken yet.
    first: bool,
}

impl Course {
    fn first(&self) -> i64 {
        match self.spec.style {
            PagingStyle::Number { first, .. } => first,
            PagingStyle::Cursor { .. } => 0,
        }
    }

    pub(super) fn way(&self) -> Way {
        Way {
            first: self.first(),
            size: self.size,
            cap: self.spec.row_cap.map(u64::from),
            overlap: self.overlap,
            range: None,
            label: String::new(),
        }
    }

    pub(super) fn start_page(&self) -> i64 {
        self.page.unwrap_or(self.first())
    }

    /// How this pull is cut to pieces; `None`: it cannot be.
    pub(super) fn cut(&self) -> Option<Cut> {
        let format = self.spec.split_by?.format;
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
        let phase = match course.spec.style {
            PagingStyle::Number { .. } => Phase::Numbered(Box::new(Numbered::new(course.way(), course.start_page()))),
            PagingStyle::Cursor { .. } => Phase::Cursored(Box::new(Cursored::new(course.size, course.midway))),
        };
        Planner { first: true, ..Planner::at(course, phase, Known::default()) }
    }

    /// Goes on from a phase.
    pub(super) fn at(course: Course, phase: Phase, known: Known) -> Self {
        Planner { course, phase, known, looks: 0, dropped: 0, totals: (None, None), pieces: 0, first: false }
    }

    /// The page to ask for when so many others are asked for already.
    pub(super) fn plan(&self, ahead: usize) -> Option<Ask> {
        match &self.phase {
            Phase::Numbered(walk) => walk.plan(ahead),
            Phase::Cursored(walk) => walk.plan(ahead),
            Phase::Split(split) => split.plan(ahead),
            Phase::Ended => None,
        }
    }

    /// Takes in the page that `plan(0)` names. `Err`: it contradicts what came before; the same page is to be asked for again.
    pub(super) fn take(&mut self, facts: &Facts) -> Result<Step, String> {
        let first = std::mem::take(&mut self.first);
        if first && let Some(step) = self.split(facts) {
            return Ok(step);
        }
        let step = match &mut self.phase {
            Phase::Numbered(walk) => walk.take(facts, &mut self.known)?,
            Phase::Cursored(walk) => walk.take(facts, &mut self.known)?,
            Phase::Split(split) => split.take(facts, &mut self.known)?,
            Phase::Ended => Step { ended: true, ..Step::nothing() },
        };
        if let Keep::Some(kept) = &step.keep {
            self.dropped += kept.iter().filter(|kept| !**kept).count() as u64;
        }
        if step.ended {
            self.end();
        }
        Ok(step)
    }

    /// A list that is too long is split from the beginning.
    fn split(&mut self, facts: &Facts) -> Option<Step> {
        let Phase::Numbered(_) = &self.phase else { return None };
        let (total, cap) = (facts.told()?, self.course.spec.row_cap?);
        if total <= u64::from(cap) || !self.known.marks().is_empty() {
            return None;
        }
        let cut = self.course.cut()?;
        let all = self.course.all(&cut)?;
        self.phase = Phase::Split(Box::new(Split::new(cut, all, total, self.course.bounded())));
        Some(Step::nothing())
    }

    /// The vendor refused what `plan(0)` names; `true`: the plan was changed, go on.
    pub(super) fn refused(&mut self) -> bool {
        match &mut self.phase {
            Phase::Split(split) => split.refused(),
            _ => false,
        }
    }

    /// Ends the pull.
    pub(super) fn end(&mut self) {
        self.looks = self.looks();
        self.totals = self.totals();
        self.pieces = self.pieces();
        self.phase = Phase::Ended;
    }

    /// What is asked for next, for people.
    pub(super) fn here(&self) -> String {
        match &self.phase {
            Phase::Numbered(walk) => format!("page {}", walk.here()),
            Phase::Cursored(walk) => format!("page {} of this pull", walk.here()),
            Phase::Split(split) => split.here(),
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
                Phase::Ended => 0,
            }
    }

    /// Pieces that were read to their end.
    pub(super) fn pieces(&self) -> u64 {
        match &self.phase {
            Phase::Split(split) => split.pieces,
            _ => self.pieces,
        }
    }
}
