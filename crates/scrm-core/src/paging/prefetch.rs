//! Asks for the pages that the planner names, some ahead of time, and hands them out in order. Not generic: rows travel as `dyn Any`.

use std::{
    any::Any,
    collections::VecDeque,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};

use super::{
    options::{RejectSink, RejectedPage},
    plan::{Ask, Facts, Keep, Problem},
    planner::Planner,
    resume::{Owner, ResumeToken},
    summary::{Completeness, NAMED, Summary},
};
use crate::{
    decode::{BadRow, Drift},
    error::{Error, ErrorKind},
    table::Extra,
};

/// After so many failures in a row, the pull ends.
const MOST_FAILURES: u32 = 5;

/// After so many, a page that cannot be understood is skipped, if it may be.
const FAILURES_BEFORE_SKIP: u32 = 2;

/// A page as it came.
pub(super) struct Arrived {
    pub(super) facts: Facts,
    /// A `Vec` of the operation's rows.
    pub(super) rows: Box<dyn Any + Send>,
    /// The operation's data without its rows.
    pub(super) data: Box<dyn Any + Send>,
    pub(super) bad_rows: Vec<BadRow>,
    pub(super) drifts: Vec<Drift>,
    pub(super) extra: Extra,
}

/// What of a page is to be delivered.
pub(super) struct Delivered {
    pub(super) arrived: Arrived,
    pub(super) keep: Keep,
    pub(super) counted: Vec<bool>,
    pub(super) number: Option<i64>,
    /// Where the pull stood before this page, and behind it.
    pub(super) before: ResumeToken,
    pub(super) after: ResumeToken,
}

/// Where pages come from.
pub(super) trait Source: Send + Sync {
    fn fetch(&self, ask: &Ask) -> BoxFuture<'static, Result<Arrived, Error>>;
    fn error(&self, kind: ErrorKind, detail: String) -> Error;
    /// The operation's name, or its path.
    fn operation(&self) -> &str;
    /// The id of one of these rows.
    fn id(&self, rows: &(dyn Any + Send), at: usize) -> Option<String>;
}

enum State {
    Idle,
    Running,
    Done(Box<Outcome>),
}

struct Slot {
    number: u64,
    ask: Ask,
    state: State,
}

pub(super) struct Pull {
    source: Box<dyn Source>,
    planner: Planner,
    owner: Owner,
    /// Most pages at a time, asked for or waiting to be taken.
    width: usize,
    running: FuturesUnordered<BoxFuture<'static, (u64, Outcome)>>,
    queue: VecDeque<Slot>,
    asked: u64,
    /// The queue holds what the planner wants, as far as there is room.
    settled: bool,
    /// Failures in a row.
    failures: u32,
    /// How often the page asked for now contradicted what came before.
    strikes: u32,
    errors: VecDeque<Error>,
    summary: Summary,
    /// An error ended it.
    broken: bool,
    pub(super) sink: Option<Arc<dyn RejectSink>>,
    /// Whether a page that cannot be understood is skipped.
    skips: bool,
}

impl Pull {
    pub(super) fn new(source: Box<dyn Source>, planner: Planner, owner: Owner, width: usize) -> Self {
        let summary = Summary { ended: planner.plans(1).is_empty(), ..Summary::default() };
        Pull {
            source,
            planner,
            owner,
            width: width.max(1),
            running: FuturesUnordered::new(),
            queue: VecDeque::new(),
            asked: 0,
            settled: false,
            failures: 0,
            strikes: 0,
            errors: VecDeque::new(),
            summary,
            broken: false,
            sink: None,
            skips: false,
        }
    }

    pub(super) fn rejecting(mut self, sink: Option<Arc<dyn RejectSink>>, skips: bool) -> Self {
        (self.sink, self.skips) = (sink, skips);
        self
    }

    /// A pull that is nothing but this error.
    pub(super) fn broken(source: Box<dyn Source>, planner: Planner, owner: Owner, error: Error) -> Self {
        let mut pull = Pull::new(source, planner, owner, 1);
        (pull.broken, pull.summary.ended) = (true, false);
        pull.errors.push_back(error);
        pull
    }

    pub(super) fn total(&self) -> Option<u64> {
        let (first, last) = self.planner.totals();
        last.or(first)
    }

    pub(super) fn summary(&self) -> Summary {
        let (total_before, total_after) = self.planner.totals();
        let completeness = if self.summary.ended { self.planner.so_far() } else { Completeness::Incomplete };
        Summary {
            completeness,
            windows: self.planner.windows(),
            pieces: self.planner.pieces(),
            duplicates: self.planner.dropped,
            second_looks: self.summary.second_looks + self.planner.looks(),
            total_before,
            total_after,
            ..self.summary.clone()
        }
    }

    pub(super) fn token(&self) -> ResumeToken {
        ResumeToken::of(&self.owner, &self.planner)
    }

    pub(super) fn failed(&self, detail: String) -> Error {
        self.source.error(ErrorKind::Paging, detail)
    }

    pub(super) fn operation(&self) -> &str {
        self.source.operation()
    }

    /// Lets what is under way go on; hands nothing out.
    pub(super) fn drive(&mut self, context: &mut Context<'_>) {
        if self.width > 1 {
            self.fill();
            self.advance(context);
        }
    }

    pub(super) fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Delivered, Error>>> {
        loop {
            if let Some(error) = self.errors.pop_front() {
                return Poll::Ready(Some(Err(error)));
            }
            self.fill();
            self.advance(context);
            let Some(front) = self.queue.front_mut() else {
                return Poll::Ready(None);
            };
            match std::mem::replace(&mut front.state, State::Idle) {
                State::Done(outcome) => match *outcome {
                    Ok(arrived) => {
                        let Some(delivered) = self.take(arrived) else { continue };
                        self.drive(context);
                        return Poll::Ready(Some(Ok(delivered)));
                    }
                    Err(error) => {
                        if let Some(error) = self.missed(error) {
                            return Poll::Ready(Some(Err(error)));
                        }
                    }
                },
                state => {
                    front.state = state;
                    return Poll::Pending;
                }
            }
        }
    }

    /// Asks for as many pages as may be asked for, and forgets those that are not wanted any more. What was asked for in vain counts while it is under way, but
    /// never keeps the first page back.
    fn fill(&mut self) {
        if self.broken || std::mem::replace(&mut self.settled, true) {
            return;
        }
        let Pull { queue, running, source, planner, asked, width, .. } = self;
        let mut before = std::mem::take(queue);
        for ask in planner.plans(*width) {
            let known = before.iter().position(|slot| slot.ask == ask).and_then(|at| before.remove(at));
            let mut slot = match known {
                Some(slot) => slot,
                None if queue.is_empty() || running.len() < *width => {
                    *asked += 1;
                    Slot { number: *asked, ask, state: State::Idle }
                }
                None => continue,
            };
            if matches!(slot.state, State::Idle) {
                running.push(numbered(slot.number, source.fetch(&slot.ask)));
                slot.state = State::Running;
            }
            queue.push_back(slot);
        }
    }

    fn advance(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Some((number, outcome))) = self.running.poll_next_unpin(context) {
            self.settled &= self.running.len() + 1 < self.width;
            if let Some(slot) = self.queue.iter_mut().find(|slot| slot.number == number) {
                slot.state = State::Done(Box::new(outcome));
            }
        }
    }

    /// Takes in the first page of the queue. `None`: nothing of it is delivered, or nothing at all.
    fn take(&mut self, arrived: Arrived) -> Option<Delivered> {
        let before = self.token();
        let step = match self.planner.take(&arrived.facts) {
            Ok(step) => step,
            Err(contradiction) => {
                self.contradicted(&contradiction);
                return None;
            }
        };
        let here = self.queue.pop_front().and_then(|slot| slot.ask.at.number());
        (self.strikes, self.failures) = (0, 0);
        self.summary.pages += 1;
        self.summary.ended = step.ended;
        self.settled = false;
        for Problem { text, missing } in step.problems {
            self.summary.problems += 1;
            self.summary.missing += missing;
            let error = self.failed(text);
            self.errors.push_back(error);
        }
        let first = self.summary.pages == 1;
        let keeps = (0..arrived.facts.rows as usize).any(|at| step.keep.keeps(at));
        let empty_list = first && step.keep == Keep::All;
        if !keeps && !empty_list {
            return None;
        }
        let bad = arrived.bad_rows.iter().filter(|bad| step.keep.keeps(bad.row)).count() as u64;
        let kept = (0..arrived.facts.rows as usize).filter(|at| step.keep.keeps(*at)).count() as u64;
        self.note_ids(&arrived, &step.keep, &step.namesakes);
        self.summary.bad_rows += bad;
        self.summary.rows += kept.saturating_sub(bad);
        Some(Delivered { arrived, keep: step.keep, counted: step.counted, number: here, before, after: self.token() })
    }

    /// Counts rows without an id of their own, and names some.
    fn note_ids(&mut self, arrived: &Arrived, keep: &Keep, namesakes: &[usize]) {
        let keys = arrived.facts.keys.iter().flatten().enumerate();
        let without = |at: usize| arrived.facts.keys.as_ref().and_then(|keys| keys.get(at)).is_some_and(|key| key.id == key.content);
        let good = |at: usize| arrived.bad_rows.iter().all(|bad| bad.row != at);
        self.summary.rows_without_id += keys.filter(|(at, _)| keep.keeps(*at) && without(*at) && good(*at)).count() as u64;
        for at in namesakes.iter().filter(|at| !without(**at)) {
            self.summary.shared_ids += 1;
            let bad_before = arrived.bad_rows.iter().filter(|bad| bad.row < *at).count();
            if self.summary.shared_id_examples.len() < NAMED
                && let Some(id) = self.source.id(&*arrived.rows, at - bad_before).filter(|_| good(*at))
                && !self.summary.shared_id_examples.contains(&id)
            {
                self.summary.shared_id_examples.push(id);
            }
        }
    }

    /// The page is asked for again: the first time at once, then when the stream is polled on.
    fn contradicted(&mut self, contradiction: &str) {
        self.strikes += 1;
        self.settled = false;
        self.summary.second_looks += 1;
        if self.strikes > 1 {
            let detail = format!("{} {contradiction}", self.planner.here());
            let error = self.failed(detail);
            let error = self.counted(error);
            self.errors.push_back(error);
        }
    }

    /// An error of a fetch, with the page that it was to fetch. Ends the pull where asking again cannot help.
    fn missed(&mut self, error: Error) -> Option<Error> {
        self.settled = false;
        if matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Vendor) && self.planner.refused() {
            return None;
        }
        let error = error.on(self.planner.here());
        if self.skips && error.kind() == ErrorKind::Decode && self.failures + 1 >= FAILURES_BEFORE_SKIP && self.planner.skip() {
            return self.skipped(error);
        }
        if matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Config | ErrorKind::Token | ErrorKind::Unsupported) {
            self.end();
            return Some(error);
        }
        Some(self.counted(error))
    }

    /// The page is told, and the pull goes on behind it.
    fn skipped(&mut self, error: Error) -> Option<Error> {
        let page = self.queue.pop_front().and_then(|slot| slot.ask.at.number());
        (self.strikes, self.failures) = (0, 0);
        self.summary.skipped_pages += 1;
        let reason = format!("{} (the page is skipped)", error.reason());
        let Some(sink) = &self.sink else { return Some(error.detailed(reason)) };
        sink.reject_page(&RejectedPage {
            operation: self.source.operation(),
            page,
            error: &error,
            raw: error.unmasked_body().unwrap_or_default(),
        });
        None
    }

    fn counted(&mut self, error: Error) -> Error {
        self.failures += 1;
        if self.failures < MOST_FAILURES {
            return error;
        }
        self.end();
        let reason = format!("{} (given up after {MOST_FAILURES} failures in a row)", error.reason());
        error.detailed(reason)
    }

    fn end(&mut self) {
        self.broken = true;
        self.queue.clear();
    }
}

type Outcome = Result<Arrived, Error>;

fn numbered(number: u64, fetch: BoxFuture<'static, Outcome>) -> BoxFuture<'static, (u64, Outcome)> {
    fetch.map(move |outcome| (number, outcome)).boxed()
}
