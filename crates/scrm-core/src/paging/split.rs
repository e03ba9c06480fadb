//! Pulls more rows than the vendor gives for one list: piece by piece along a range of days.
//!
//! Before a piece is halved, its last page below the ceiling is asked for: where that is empty, the total is false, and halving would never end. Then both halves
//! are counted: they must hold together at least what it holds. Where both begin with the same rows, two days before them are asked for: a vendor who answers with
//! these rows again does not look at the range, and the list is read as it is.

use std::mem;

use super::{
    date_range::Piece,
    page_number::Numbered,
    plan::{Ask, At, Facts, Problem, Step},
    seen_rows::Known,
    window::{Way, Window},
};
use crate::{spec::TimeFormat, time::Day};

/// How often counts that do not fit together are taken again.
const RECOUNTS: u32 = 2;

/// What does not change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) way: Way,
    pub(super) format: TimeFormat,
    /// Rows of days before this one can only go, not come.
    pub(super) closed: Day,
}

/// The first page of a half.
#[derive(Clone, Copy, Debug)]
struct First {
    total: u64,
    /// Hash of its rows.
    print: Option<u64>,
}

#[derive(Clone, Debug)]
enum Doing {
    /// Asking for the last page below the ceiling, of the list.
    ProbeList {
        all: Piece,
        list: u64,
        bounded: bool,
    },
    /// The same of a piece.
    Probe {
        piece: Piece,
        total: u64,
    },
    /// Counting the whole range, which may hold fewer rows than the list.
    Range {
        piece: Piece,
        list: u64,
        recount: bool,
        recounts: u32,
    },
    /// Counting both halves of a piece.
    Halves {
        piece: Piece,
        total: u64,
        left: (Piece, Option<First>),
        right: Piece,
        recounts: u32,
        recount: bool,
    },
    /// Asking for two days before the halves, which begin with the same rows.
    Elsewhere {
        elsewhere: Piece,
        rows: u64,
        halves: Box<Doing>,
    },
    /// Reading the rows that the piece may share with the one before, without delivering them.
    Seam {
        walk: Box<Numbered>,
        read: Box<Known>,
        then: Box<Doing>,
    },
    /// Reading a piece.
    Piece {
        piece: Piece,
        walk: Box<Numbered>,
        whole: bool,
    },
    /// Counting the list once more.
    After,
    Ended,
}

/// Where a pull in pieces stands.
pub(super) struct Standing<'a> {
    /// The piece that is being read.
    pub(super) begun: Option<(&'a Piece, &'a Numbered)>,
    /// The pieces to come, the next one last.
    pub(super) todo: Vec<&'a Piece>,
    /// The end of the piece before.
    pub(super) seam: Option<&'a Piece>,
    pub(super) closed: Day,
    pub(super) list: Option<u64>,
}

/// A pull in pieces.
#[derive(Clone, Debug)]
pub(super) struct Split {
    cut: Cut,
    /// Pieces to come, the next one last.
    todo: Vec<Piece>,
    doing: Doing,
    /// The last two days of the piece that was read before.
    seam: Option<Piece>,
    /// Whether its rows must be read again before the present piece, because they are not known any more.
    recall: bool,
    pub(super) pieces: u64,
    looks: u64,
    /// The list's total before, and after.
    pub(super) totals: (Option<u64>, Option<u64>),
    /// All came that was looked for, but nothing proves that it was all.
    pub(super) unproven: bool,
    /// The first page held as many rows as were asked for.
    full: bool,
    /// The vendor was seen to look at the range.
    heeded: bool,
    /// The list's total is false, or the range is not looked at: there is nothing to split.
    pub(super) denied: bool,
}

impl Split {
    /// `list`: what the list holds without a range of ours; `bounded`: the request has both bounds; `full`: the first page held as many rows as were asked for.
    pub(super) fn new(cut: Cut, all: Piece, list: u64, bounded: bool, full: bool) -> Self {
        Split { doing: Doing::ProbeList { all, list, bounded }, full, ..Split::at(cut, Vec::new(), None, Some(list)) }
    }

    fn at(cut: Cut, todo: Vec<Piece>, seam: Option<Piece>, list: Option<u64>) -> Self {
        let (doing, recall) = (Doing::Ended, seam.is_some());
        // A total that is the ceiling itself may stand for any number, rows without a date among them.
        let unproven = list.is_some() && cut.way.cap == list;
        let (pieces, looks, full, heeded, denied) = Default::default();
        Split { cut, todo, doing, seam, recall, pieces, looks, totals: (list, None), unproven, full, heeded, denied }
    }

    /// Goes on after a restart, with a piece that was begun.
    pub(super) fn resumed(
        cut: Cut,
        todo: Vec<Piece>,
        begun: Option<(Piece, Box<Numbered>)>,
        seam: Option<Piece>,
        list: Option<u64>,
    ) -> Self {
        let mut split = Split::at(cut, todo, seam, list);
        match begun {
            Some((piece, walk)) => {
                let whole = piece.halves(split.cut.format, split.cut.closed).is_none();
                split.start(Doing::Piece { piece, walk, whole });
            }
            None => split.next(),
        }
        split
    }

    /// Reads a piece; before that, if need be, what it may share with the one before.
    fn start(&mut self, piece: Doing) {
        self.doing = match self.seam.as_ref().filter(|_| self.recall) {
            Some(seam) => {
                let way = Way { overlap: false, ..Split::way_in(&self.cut, seam) };
                Doing::Seam { walk: Box::new(Numbered::new(way, self.cut.way.first)), read: Box::default(), then: Box::new(piece) }
            }
            None => piece,
        };
        self.recall = false;
    }

    /// How a piece is walked through.
    pub(super) fn way_in(cut: &Cut, piece: &Piece) -> Way {
        let overlap = cut.way.overlap || piece.to.day > cut.closed;
        Way { range: Some(piece.range()), label: piece.label(), overlap, ..cut.way.clone() }
    }

    /// Where it stands.
    pub(super) fn standing(&self) -> Standing<'_> {
        let mut doing = &self.doing;
        while let Doing::Seam { then, .. } | Doing::Elsewhere { halves: then, .. } = doing {
            doing = then;
        }
        let mut todo: Vec<&Piece> = self.todo.iter().collect();
        let begun = match doing {
            Doing::Piece { piece, walk, .. } => Some((piece, &**walk)),
            Doing::ProbeList { all: piece, .. } | Doing::Probe { piece, .. } | Doing::Range { piece, .. } | Doing::Halves { piece, .. } => {
                todo.push(piece);
                None
            }
            _ => None,
        };
        Standing { begun, todo, seam: self.seam.as_ref(), closed: self.cut.closed, list: self.totals.0 }
    }

    pub(super) fn all_looks(&self) -> u64 {
        match &self.doing {
            Doing::Piece { walk, .. } => self.looks + walk.looks,
            _ => self.looks,
        }
    }

    pub(super) fn plan(&self, ahead: usize) -> Option<Ask> {
        let range = |piece: Option<&Piece>| piece.map(Piece::range).or_else(|| self.cut.way.range.clone());
        let count = |piece: Option<&Piece>| {
            let at = At::Number { page: self.cut.way.first, size: None };
            (ahead == 0).then(|| Ask { range: range(piece), at })
        };
        let probe = |piece: Option<&Piece>| Ask { range: range(piece), at: self.last_below_ceiling() };
        match &self.doing {
            Doing::ProbeList { .. } => (ahead == 0).then(|| probe(None)),
            Doing::Probe { piece, .. } => (ahead == 0).then(|| probe(Some(piece))),
            Doing::Range { recount: true, .. } | Doing::After => count(None),
            Doing::Range { piece, .. } => count(Some(piece)),
            Doing::Halves { piece, recount: true, .. } => count(Some(piece)),
            Doing::Halves { left: (left, None), .. } => count(Some(left)),
            Doing::Halves { right, .. } => count(Some(right)),
            Doing::Elsewhere { elsewhere, .. } => count(Some(elsewhere)),
            Doing::Seam { walk, .. } | Doing::Piece { walk, .. } => walk.plan(ahead),
            Doing::Ended => None,
        }
    }

    fn last_below_ceiling(&self) -> At {
        let way = &self.cut.way;
        At::Number { page: way.number(self.ceiling()), size: None }
    }

    fn ceiling(&self) -> Window {
        Window::at(self.cut.way.cap.unwrap_or(0).saturating_sub(1), self.cut.way.size.unwrap_or(1))
    }

    /// Whether the last page below the ceiling shows that there are fewer rows.
    fn is_below(&self, facts: &Facts) -> bool {
        let window = self.ceiling();
        let most = window.end().min(self.cut.way.cap.unwrap_or(u64::MAX)).saturating_sub(window.start());
        facts.rows == 0 || (self.full && facts.rows < most)
    }

    /// What is asked for next, for people.
    pub(super) fn here(&self) -> String {
        match &self.doing {
            Doing::ProbeList { .. } => "the last page below the ceiling".to_owned(),
            Doing::Probe { piece, .. } => format!("the last page below the ceiling of {}", piece.label()),
            Doing::Range { piece, .. } | Doing::Halves { piece, .. } => format!("the count of {}", piece.label()),
            Doing::Elsewhere { elsewhere, .. } => format!("the count of {}", elsewhere.label()),
            Doing::Seam { walk, then, .. } => match &**then {
                Doing::Piece { piece, .. } => format!("page {} before {}", walk.here(), piece.label()),
                _ => format!("page {}", walk.here()),
            },
            Doing::Piece { piece, walk, .. } => format!("page {} of {}", walk.here(), piece.label()),
            Doing::After | Doing::Ended => "the last count".to_owned(),
        }
    }

    /// Gives up a page of a piece that cannot be understood.
    pub(super) fn skip(&mut self) -> bool {
        match &mut self.doing {
            Doing::Piece { walk, .. } => walk.skip(),
            _ => false,
        }
    }

    fn probed_list(&mut self, all: Piece, list: u64, bounded: bool) -> bool {
        if bounded {
            return self.halve(all, list);
        }
        self.doing = Doing::Range { piece: all, list, recount: false, recounts: 0 };
        true
    }

    /// Halves a piece if there is more than one day in it, or reads it.
    fn halve(&mut self, piece: Piece, total: u64) -> bool {
        match piece.halves(self.cut.format, self.cut.closed) {
            Some((left, right)) => {
                self.doing = Doing::Halves { piece, total, left: (left, None), right, recounts: 0, recount: false };
            }
            None => self.read_whole(piece),
        }
        true
    }

    fn read_whole(&mut self, piece: Piece) {
        let walk = Box::new(Numbered::new(Split::way_in(&self.cut, &piece), self.cut.way.first));
        self.start(Doing::Piece { piece, walk, whole: true });
    }

    /// The vendor refused what `plan(0)` names. `true`: that says that a day or a page cannot be asked for, no more.
    pub(super) fn refused(&mut self) -> bool {
        match mem::replace(&mut self.doing, Doing::Ended) {
            Doing::ProbeList { all, list, bounded } => return self.probed_list(all, list, bounded),
            Doing::Probe { piece, total } => return self.halve(piece, total),
            Doing::Elsewhere { halves, .. } => {
                (self.doing, self.heeded) = (*halves, true);
                return true;
            }
            doing => self.doing = doing,
        }
        let Doing::Halves { left: (left, _), .. } = &self.doing else { return false };
        let alone = left.from.day == left.to.day;
        if alone {
            let Doing::Halves { piece, total, .. } = mem::replace(&mut self.doing, Doing::Ended) else { return false };
            self.begin(piece, total, true);
        }
        alone
    }

    pub(super) fn take(&mut self, facts: &Facts, known: &mut Known) -> Result<Step, String> {
        let mut step = Step::nothing();
        let total = facts.told().unwrap_or(facts.rows);
        match mem::replace(&mut self.doing, Doing::Ended) {
            Doing::ProbeList { .. } if self.is_below(facts) => {
                self.denied = true;
                return Ok(step);
            }
            Doing::ProbeList { all, list, bounded } => _ = self.probed_list(all, list, bounded),
            Doing::Probe { piece, .. } if self.is_below(facts) => self.read_whole(piece),
            Doing::Probe { piece, total } => _ = self.halve(piece, total),
            // Rows went or came between two counts: the sum must reach the smaller of the counts before and after it.
            Doing::Range { piece, list, recount: true, recounts } => {
                let enough = piece.total.is_some_and(|sum| sum >= list.min(total));
                let list = if enough { piece.total.unwrap_or(total) } else { total };
                match enough {
                    true => self.ranged(piece, list, list, recounts, &mut step.problems),
                    false => self.doing = Doing::Range { piece, list, recount: false, recounts },
                }
            }
            Doing::Range { piece, list, recounts, .. } => self.ranged(piece, list, total, recounts, &mut step.problems),
            Doing::Halves { piece, total: whole, left: (left, _), right, recounts, recount: true } => {
                let sum = sum(&left, &right);
                if sum >= whole.min(total) {
                    self.halved(piece, sum, left, right, recounts, &mut step.problems);
                } else {
                    self.doing = Doing::Halves { piece, total, left: (left, None), right, recounts, recount: false };
                }
            }
            Doing::Halves { piece, total: whole, left: (left, None), right, recounts, .. } => {
                let first = First { total, print: facts.print };
                self.doing = Doing::Halves { piece, total: whole, left: (left, Some(first)), right, recounts, recount: false };
            }
            Doing::Halves { piece, total, left: (left, Some(first)), right, recounts, .. } if self.is_suspect(first, facts) => {
                let elsewhere = piece.before(self.cut.format);
                let halves = Doing::Halves { piece, total, left: (left, Some(first)), right, recounts, recount: false };
                self.doing = match elsewhere {
                    Some(elsewhere) => Doing::Elsewhere { elsewhere, rows: first.print.unwrap_or(0), halves: Box::new(halves) },
                    None => halves,
                };
                self.heeded = true;
            }
            Doing::Elsewhere { elsewhere, rows, .. } if facts.print == Some(rows) => {
                self.denied = true;
                let text = format!(
                    "the vendor answers {} with the rows of other days: it does not look at the range, so that the list cannot be split",
                    elsewhere.label()
                );
                step.problems.push(Problem { text, missing: 0 });
                return Ok(step);
            }
            Doing::Elsewhere { halves, .. } => self.doing = *halves,
            Doing::Halves { piece, total: whole, left: (left, Some(before)), right, recounts, .. } => {
                let (left, right) = (Piece { total: Some(before.total), ..left }, Piece { total: Some(total), ..right });
                self.halved(piece, whole, left, right, recounts, &mut step.problems);
            }
            Doing::Seam { mut walk, mut read, then } => {
                let walked = walk.take(facts, &mut read);
                known.add_previous(facts.keys.as_deref().unwrap_or_default());
                self.doing = if walk.ended { *then } else { Doing::Seam { walk, read, then } };
                walked?;
            }
            Doing::Piece { piece, walk, whole } => return self.read(piece, walk, whole, facts, known),
            Doing::After => self.totals.1 = facts.told(),
            Doing::Ended => {}
        }
        step.ended = matches!(self.doing, Doing::Ended);
        Ok(step)
    }

    /// Whether both halves begin with the same rows, and it is not known yet that the vendor looks at the range.
    fn is_suspect(&self, left: First, right: &Facts) -> bool {
        !self.heeded && left.print.is_some() && left.print == right.print
    }

    /// The whole range was counted, right after the list.
    fn ranged(&mut self, piece: Piece, list: u64, total: u64, recounts: u32, problems: &mut Vec<Problem>) {
        if total < list && recounts < RECOUNTS {
            self.looks += 1;
            self.doing = Doing::Range { piece: Piece { total: Some(total), ..piece }, list, recount: true, recounts: recounts + 1 };
            return;
        }
        if total < list {
            let missing = list - total;
            let text = format!(
                "the vendor counts {list} rows in all but {total} from {} to {}: the other {missing} have no date in between and are not reached",
                piece.from.day, piece.to.day
            );
            problems.push(Problem { text, missing });
        }
        self.todo.push(Piece { total: Some(total), ..piece });
        self.next();
    }

    /// Both halves were counted.
    fn halved(&mut self, piece: Piece, total: u64, left: Piece, right: Piece, recounts: u32, problems: &mut Vec<Problem>) {
        let sum = sum(&left, &right);
        if sum < total && recounts < RECOUNTS {
            self.looks += 1;
            self.doing = Doing::Halves { piece, total, left: (left, None), right, recounts: recounts + 1, recount: true };
            return;
        }
        if sum < total && left.from.day == left.to.day {
            // The end is exclusive, then: a range from a day to itself is empty.
            return self.begin(piece, total, true);
        }
        if sum < total {
            let missing = total - sum;
            let text = format!("{}: {total} rows are counted, but only {sum} in its halves, parted at {}", piece.label(), left.to.day);
            problems.push(Problem { text, missing });
        }
        self.todo.push(right);
        self.todo.push(left);
        self.next();
    }

    /// Turns to the next piece.
    fn next(&mut self) {
        while let Some(piece) = self.todo.pop() {
            let total = piece.total.unwrap_or(0);
            let empty = piece.total == Some(0) && piece.to.day <= self.cut.closed;
            // A day is asked for alone only where the last day of a range belongs to it: the piece before had it.
            let had = piece.from.day == piece.to.day && self.seam.as_ref().is_some_and(|seam| seam.to.day == piece.from.day);
            if empty || had {
                continue;
            }
            return self.begin(piece, total, false);
        }
        self.doing = Doing::After;
    }

    /// Halves a piece that holds too much (unless it must be read as a `whole`), or reads it.
    fn begin(&mut self, piece: Piece, total: u64, whole: bool) {
        let cap = self.cut.way.cap.unwrap_or(u64::MAX);
        let halves = piece.halves(self.cut.format, self.cut.closed).filter(|_| !whole);
        match halves {
            Some(_) if total >= cap && self.cut.way.size.is_some() => self.doing = Doing::Probe { piece, total },
            Some(_) if total >= cap => _ = self.halve(piece, total),
            halves => {
                let walk = Box::new(Numbered::new(Split::way_in(&self.cut, &piece), self.cut.way.first));
                self.start(Doing::Piece { piece, walk, whole: halves.is_none() });
            }
        }
    }

    fn read(&mut self, piece: Piece, mut walk: Box<Numbered>, whole: bool, facts: &Facts, known: &mut Known) -> Result<Step, String> {
        let total = facts.told().unwrap_or(0);
        // Nothing tells which rows came with the piece before.
        self.unproven |= facts.keys.is_none() && facts.rows > 0;
        let cap = self.cut.way.cap.unwrap_or(u64::MAX);
        if walk.is_new() && total >= cap && !whole {
            // It grew since it was counted, or was not counted at all.
            self.begin(piece, total, false);
            return Ok(Step::nothing());
        }
        let walked = walk.take(facts, known);
        let mut step = match walked {
            Ok(step) => step,
            Err(contradiction) => {
                self.doing = Doing::Piece { piece, walk, whole };
                return Err(contradiction);
            }
        };
        if step.ended {
            self.pieces += 1;
            self.looks += walk.looks;
            self.unproven |= walk.unproven;
            self.seam = piece.tail(self.cut.format);
            self.recall = !known.is_whole();
            known.turn();
            self.next();
            step.ended = false;
        } else {
            self.doing = Doing::Piece { piece, walk, whole };
        }
        Ok(step)
    }
}

fn sum(left: &Piece, right: &Piece) -> u64 {
    left.total.unwrap_or(0).saturating_add(right.total.unwrap_or(0))
}
