use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::{Instant, sleep, timeout};

use super::limiters::QuotaRule;
use crate::token::BoxError;

/// A quota shared between processes, asked for every permit that the local quota has given. When it fails or does not answer within a second, the local one goes on alone.
#[async_trait]
pub trait SharedQuota: Send + Sync {
    /// Gives slots back and takes new ones, in one step.
    ///
    /// With `want` 0 slots are only given back. A slot that was taken and is never given back must become free by itself after the rule's window, its linger time and
    /// one second.
    async fn take(&self, key: &str, rule: &QuotaRule, want: u32, given: &[Given]) -> Result<Taken, BoxError>;

    /// The vendor said that the quota is used up: nobody is to take a slot for this time.
    async fn slow_down(&self, _key: &str, _pause: Duration) -> Result<(), BoxError> {
        Ok(())
    }
}

/// A slot that is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// As it was taken.
    pub slot: u64,
    /// How long ago the answer was seen: the slot is free again one window after that. `None`: never sent, free at once.
    pub answered: Option<Duration>,
}

/// What [`SharedQuota::take`] answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// At least one slot and at most as many as wanted. They are used or given back within a second.
    Slots(Vec<u64>),
    /// None is free; it is worth asking again after this time.
    Wait(Duration),
}

/// How long the shared quota may take to answer, and how long a slot in stock may be used.
const PATIENCE: Duration = Duration::from_secs(1);
/// Most slots taken at once.
const BATCH: usize = 64;
/// Longest time for which a shared quota that failed is left alone.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// One process's part in a shared quota.
pub(super) struct SharedSide {
    rule: QuotaRule,
    key: String,
    quota: Arc<dyn SharedQuota>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Slots taken for callers who were waiting.
    stock: VecDeque<(u64, Instant)>,
    /// Slots to give back.
    given: Vec<Back>,
    slow_until: Option<Instant>,
    away_until: Option<Instant>,
    pause: Duration,
    /// Whether a task is under way that gives slots back.
    returning: bool,
}

/// A slot that this process has no more use for.
#[derive(Clone, Copy)]
struct Back {
    slot: u64,
    since: Instant,
    /// Whether a request went out with it; its answer was seen then.
    sent: bool,
}

impl SharedSide {
    pub(super) fn new(rule: QuotaRule, key: String, quota: Arc<dyn SharedQuota>) -> Arc<Self> {
        Arc::new(SharedSide { rule, key, quota, state: Mutex::default() })
    }

    /// A slot; `None`: the shared quota is away. Asked by one caller at a time.
    ///
    /// # Errors
    /// When it is worth asking again, if that is after the deadline.
    pub(super) async fn slot(self: &Arc<Self>, waiting: usize, deadline: Instant) -> Result<Option<u64>, Instant> {
        loop {
            if let Some(slot) = self.stocked() {
                return Ok(Some(slot));
            }
            if self.is_away() {
                return Ok(None);
            }
            let want = u32::try_from(waiting.clamp(1, BATCH)).unwrap_or(1);
            let Some(taken) = self.ask(want).await else { return Ok(None) };
            let asked = Instant::now();
            let wait = match taken {
                Taken::Slots(slots) if !slots.is_empty() => {
                    self.state().stock.extend(slots.into_iter().map(|slot| (slot, asked)));
                    self.return_soon();
                    continue;
                }
                Taken::Slots(_) => Duration::from_millis(100),
                Taken::Wait(wait) => wait.clamp(Duration::from_millis(1), self.longest_wait()),
            };
            if asked + wait > deadline {
                return Err(asked + wait);
            }
            sleep(wait).await;
        }
    }

    /// Asks the shared quota, and tells it what happened since. `None`: it is away.
    async fn ask(&self, want: u32) -> Option<Taken> {
        let (given, slow_until) = self.news();
        let now = Instant::now();
        let told: Vec<_> = given
            .iter()
            .map(|back| Given { slot: back.slot, answered: back.sent.then(|| now.saturating_duration_since(back.since)) })
            .collect();
        let asking = async {
            if let Some(until) = slow_until {
                self.quota.slow_down(&self.key, until.saturating_duration_since(now)).await?;
            }
            self.quota.take(&self.key, &self.rule, want, &told).await
        };
        if let Ok(Ok(taken)) = timeout(PATIENCE, asking).await {
            self.state().pause = Duration::ZERO;
            return Some(taken);
        }
        let mut state = self.state();
        state.given.extend(given);
        state.slow_until = state.slow_until.max(slow_until);
        state.pause = (state.pause * 2).clamp(PATIENCE, LONGEST_PAUSE);
        state.away_until = Some(Instant::now() + state.pause);
        None
    }

    /// What the shared quota does not know yet.
    fn news(&self) -> (Vec<Back>, Option<Instant>) {
        let mut state = self.state();
        let now = Instant::now();
        let given = mem::take(&mut state.given);
        (given, state.slow_until.take().filter(|until| *until > now))
    }

    fn stocked(&self) -> Option<u64> {
        let mut state = self.state();
        state.clear_out(Instant::now(), self.longest_wait());
        state.stock.pop_front().map(|(slot, _)| slot)
    }

    /// Others wait for what this process has no more use for, and it may be long until it asks again itself. Without a runtime, or when the process ends first, the
    /// slots become free by themselves.
    fn return_soon(self: &Arc<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !mem::replace(&mut self.state().returning, true) {
            runtime.spawn(Returning(Some(self.clone())).run());
        }
    }

    /// Whether there is anything to give back now; `None`: there is nothing, nor will be.
    fn to_return(&self) -> Option<bool> {
        let mut state = self.state();
        state.clear_out(Instant::now(), self.longest_wait());
        let news = !state.given.is_empty();
        state.returning = news || !state.stock.is_empty();
        state.returning.then_some(news)
    }

    fn is_away(&self) -> bool {
        self.state().away_until.is_some_and(|until| until > Instant::now())
    }

    fn longest_wait(&self) -> Duration {
        self.rule.window + self.rule.linger + PATIENCE
    }

    pub(super) fn give_back(self: &Arc<Self>, slot: u64, sent: bool) {
        self.state().given.push(Back { slot, since: Instant::now(), sent });
        self.return_soon();
    }

    pub(super) fn slow_down(&self, pause: Duration) {
        let until = Instant::now() + pause.min(LONGEST_PAUSE.max(self.rule.window));
        let mut state = self.state();
        state.slow_until = state.slow_until.max(Some(until));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What was not used in time is given back; what is free by now without our word is forgotten.
    fn clear_out(&mut self, now: Instant, forgotten: Duration) {
        while let Some((slot, _)) = self.stock.front().copied().filter(|(_, taken)| now.saturating_duration_since(*taken) >= PATIENCE) {
            self.stock.pop_front();
            self.given.push(Back { slot, since: now, sent: false });
        }
        self.given.retain(|back| now.saturating_duration_since(back.since) < forgotten);
    }
}

/// The task that gives slots back. When its runtime ends before it, it counts as over.
struct Returning(Option<Arc<SharedSide>>);

impl Returning {
    async fn run(mut self) {
        let Some(side) = &self.0 else { return };
        // Often enough that they are known before they are due.
        let interval = (side.rule.window / 8).clamp(Duration::from_millis(20), PATIENCE);
        loop {
            sleep(interval).await;
            match side.to_return() {
                Some(news) if news && !side.is_away() => drop(side.ask(0).await),
                Some(_) => {}
                None => break,
            }
        }
        self.0 = None;
    }
}

impl Drop for Returning {
    fn drop(&mut self) {
        if let Some(side) = self.0.take() {
            side.state().returning = false;
        }
    }
}
