use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};

use super::{Memory, QuotaRule, ReturnedSlot, SharedQuota, SharedWait, Take, Taken, WaitCause, limiter::SIGN_OF_LIFE};
use crate::token::BoxError;

/// Told why the shared quota cannot be used.
pub type TellAway = Box<dyn Fn(&str) + Send + Sync>;

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
    member: String,
    quota: Arc<dyn SharedQuota>,
    away: Option<TellAway>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Slots taken for callers who were waiting, and since when.
    stock: VecDeque<(u64, Instant)>,
    /// Until when each of this process's slots is taken, as far as it knows.
    held: HashMap<u64, Instant>,
    /// Slots of which the quota does not know yet what this process knows; free at this moment.
    news: HashMap<u64, Instant>,
    memory: Option<(Memory, Instant)>,
    asked: Option<Instant>,
    paused_until: Option<Instant>,
    resumes: bool,
    away_until: Option<Instant>,
    pause: Duration,
    /// Last sign of life of the task that tells the quota what nobody else does.
    telling: Option<Instant>,
}

/// What became of a question.
enum Outcome {
    /// There are slots in stock.
    Stocked,
    Wait(Duration, WaitCause),
    Away,
}

impl SharedSide {
    pub(super) fn new(rule: QuotaRule, key: String, quota: Arc<dyn SharedQuota>, away: Option<TellAway>) -> Arc<Self> {
        let member = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        Arc::new(SharedSide { rule, key, member, quota, away, state: Mutex::default() })
    }

    pub(super) fn name(&self) -> &str {
        self.quota.name()
    }

    /// A slot, and what was waited for. Asked by one caller at a time, who may leave at any time.
    ///
    /// # Errors
    /// When it is worth asking again, if that is after the deadline, and why.
    pub(super) async fn slot(
        self: &Arc<Self>,
        waiting: usize,
        deadline: Instant,
        awake: &(dyn Fn() + Send + Sync),
    ) -> Result<(u64, Option<WaitCause>), (Instant, WaitCause)> {
        let mut waited_for = None;
        loop {
            awake();
            if let Some(slot) = self.stocked() {
                return Ok((slot, waited_for));
            }
            if self.is_away() {
                return Ok((self.own_slot(), waited_for));
            }
            let want = u32::try_from(waiting.clamp(1, BATCH)).unwrap_or(1);
            // The question outlives the caller: what it tells must arrive, and what it brings must not be lost.
            let Ok(runtime) = Handle::try_current() else { return Ok((self.own_slot(), waited_for)) };
            let question = runtime.spawn({
                let side = self.clone();
                async move { side.ask(want).await }
            });
            let Ok(outcome) = timeout_at(deadline, question).await else { return Err((deadline, WaitCause::SharedSilent)) };
            match outcome {
                Ok(Outcome::Stocked) => {}
                Ok(Outcome::Wait(wait, cause)) => {
                    let again = Instant::now() + wait;
                    if again > deadline {
                        return Err((again, cause));
                    }
                    waited_for = Some(cause);
                    while Instant::now() < again {
                        sleep_until(again.min(Instant::now() + SIGN_OF_LIFE)).await;
                        awake();
                    }
                }
                Ok(Outcome::Away) | Err(_) => return Ok((self.own_slot(), waited_for)),
            }
        }
    }

    /// Asks the shared quota, and tells it what happened since.
    async fn ask(self: &Arc<Self>, want: u32) -> Outcome {
        let mut untold = Untold::of(self);
        let asking = async {
            untold.pauses().await?;
            match self.exchange(want, &untold.slots, false).await? {
                (Taken::Forgotten, _) => {
                    let all = self.state().held.clone();
                    self.exchange(want, &all, true).await
                }
                told => Ok(told),
            }
        };
        let error = match timeout(PATIENCE, asking).await {
            Ok(Ok((taken, memory))) => {
                untold.told = true;
                return self.took(taken, memory);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer within a second".to_owned(),
        };
        drop(untold);
        self.failed(&error);
        Outcome::Away
    }

    async fn exchange(&self, want: u32, told: &HashMap<u64, Instant>, complete: bool) -> Result<(Taken, Memory), BoxError> {
        let now = Instant::now();
        let (memory, busy_for) = {
            let mut state = self.state();
            state.forget(now);
            let last = state.held.values().max().map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
            (state.memory.clone(), last)
        };
        let free_in = |until: &Instant| until.saturating_duration_since(now);
        let returned: Vec<_> = told.iter().map(|(slot, until)| ReturnedSlot { slot: *slot, free_in: free_in(until) }).collect();
        let memory = memory.as_ref().map(|(memory, since)| (memory, now.saturating_duration_since(*since)));
        let take = Take { member: &self.member, want, returned: &returned, complete, busy_for, memory };
        self.quota.take(&self.key, &self.rule, &take).await
    }

    fn took(self: &Arc<Self>, taken: Taken, memory: Memory) -> Outcome {
        let now = Instant::now();
        let mut state = self.state();
        (state.pause, state.away_until) = (Duration::ZERO, None);
        (state.memory, state.asked) = (Some((memory, now)), Some(now));
        match taken {
            Taken::Slots(slots) if !slots.is_empty() => {
                let until = now + self.rule.longest_hold();
                state.held.extend(slots.iter().map(|slot| (*slot, until)));
                state.stock.extend(slots.into_iter().map(|slot| (slot, now)));
                drop(state);
                self.tell_soon();
                Outcome::Stocked
            }
            Taken::Slots(_) | Taken::Forgotten => Outcome::Wait(Duration::from_millis(100), WaitCause::SharedUsedUp),
            Taken::Wait(wait, why) => {
                let cause = match why {
                    SharedWait::UsedUp => WaitCause::SharedUsedUp,
                    SharedWait::Paused => WaitCause::SharedPaused,
                    SharedWait::Recovering => WaitCause::SharedRecovering,
                };
                Outcome::Wait(wait.clamp(Duration::from_millis(1), self.rule.longest_hold()), cause)
            }
        }
    }

    fn failed(&self, error: &str) {
        let first = {
            let mut state = self.state();
            let (first, now, longest) = (state.pause.is_zero(), Instant::now(), self.rule.longest_hold());
            state.news.retain(|_, until| now.saturating_duration_since(*until) < longest);
            state.pause = (state.pause * 2).clamp(PATIENCE, LONGEST_PAUSE);
            state.away_until = Some(Instant::now() + state.pause);
            first
        };
        if let (true, Some(away)) = (first, &self.away) {
            away(error);
        }
    }

    fn stocked(&self) -> Option<u64> {
        let mut state = self.state();
        state.forget(Instant::now());
        state.stock.pop_front().map(|(slot, _)| slot)
    }

    /// A slot for a call that is made without the shared quota. It will hear of it when it is there again.
    fn own_slot(&self) -> u64 {
        let slot = fastrand::u64(1 << 63..);
        let until = Instant::now() + self.rule.longest_hold();
        let mut state = self.state();
        state.held.insert(slot, until);
        state.news.insert(slot, until);
        slot
    }

    /// The answer to the slot's call was seen just now (`answered`), or it was never sent.
    pub(super) fn give_back(self: &Arc<Self>, slot: u64, answered: bool) {
        let now = Instant::now();
        let until = if answered { now + self.rule.window } else { now };
        {
            let mut state = self.state();
            state.held.insert(slot, until);
            state.news.insert(slot, until);
        }
        self.tell_soon();
    }

    pub(super) fn pause(self: &Arc<Self>, pause: Duration) {
        let until = Instant::now() + pause;
        {
            let mut state = self.state();
            state.paused_until = state.paused_until.max(Some(until));
        }
        self.tell_soon();
    }

    pub(super) fn resume(self: &Arc<Self>) {
        {
            let mut state = self.state();
            (state.paused_until, state.resumes) = (None, true);
        }
        self.tell_soon();
    }

    /// Others wait for what this process has no more use for, and it may be long until it asks again itself. Without a runtime, or when the process ends first, the
    /// slots become free by themselves.
    fn tell_soon(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else { return };
        let now = Instant::now();
        let mut state = self.state();
        // A task whose runtime sleeps is as good as none.
        let told = state.telling.is_some_and(|seen| now.saturating_duration_since(seen) < PATIENCE * 3);
        if !told {
            state.telling = Some(now);
            drop(state);
            runtime.spawn(Telling(self.clone()).run());
        }
    }

    /// Often enough that slots are known before they are due.
    fn interval(&self) -> Duration {
        (self.rule.window / 8).clamp(Duration::from_millis(20), PATIENCE)
    }

    /// How often a process that has slots is heard of, so that a quota which forgot all soon knows them again.
    fn heartbeat(&self) -> Duration {
        (self.rule.window / 8).clamp(PATIENCE, PATIENCE * 5)
    }

    fn is_away(&self) -> bool {
        self.state().away_until.is_some_and(|until| until > Instant::now())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What was not used in time is given back; what is free by now is forgotten.
    fn forget(&mut self, now: Instant) {
        while let Some((slot, _)) = self.stock.front().copied().filter(|(_, taken)| now.saturating_duration_since(*taken) >= PATIENCE) {
            self.stock.pop_front();
            self.held.insert(slot, now);
            self.news.insert(slot, now);
        }
        // Those in the news are kept: the quota may still count them.
        self.held.retain(|_, until| *until > now);
    }
}

/// What the quota is being told. It goes back when the telling fails.
struct Untold<'a> {
    side: &'a SharedSide,
    slots: HashMap<u64, Instant>,
    paused_until: Option<Instant>,
    resumes: bool,
    told: bool,
}

impl<'a> Untold<'a> {
    fn of(side: &'a SharedSide) -> Self {
        let now = Instant::now();
        let mut state = side.state();
        state.forget(now);
        let slots = mem::take(&mut state.news);
        let (paused_until, resumes) = (state.paused_until.take(), mem::take(&mut state.resumes));
        drop(state);
        Untold { side, slots, paused_until, resumes, told: false }
    }

    async fn pauses(&self) -> Result<(), BoxError> {
        if self.resumes {
            self.side.quota.resume(&self.side.key).await?;
        }
        let pause = self.paused_until.map(|until| until.saturating_duration_since(Instant::now())).filter(|pause| !pause.is_zero());
        match pause {
            Some(pause) => self.side.quota.pause(&self.side.key, pause).await,
            None => Ok(()),
        }
    }
}

impl Drop for Untold<'_> {
    fn drop(&mut self) {
        if self.told {
            return;
        }
        let now = Instant::now();
        let longest = self.side.rule.longest_hold();
        let mut state = self.side.state();
        for (slot, until) in self.slots.drain() {
            // By then it is free without our word.
            if now.saturating_duration_since(until) < longest {
                state.news.entry(slot).or_insert(until);
            }
        }
        state.paused_until = state.paused_until.max(self.paused_until);
        state.resumes |= self.resumes;
    }
}

/// The task that tells the quota what no caller does. When its runtime ends before it, it counts as over.
struct Telling(Arc<SharedSide>);

impl Telling {
    async fn run(self) {
        let side = &self.0;
        loop {
            sleep(side.interval()).await;
            let now = Instant::now();
            let worth_telling = {
                let mut state = side.state();
                state.telling = Some(now);
                state.forget(now);
                let news = !state.news.is_empty() || state.paused_until.is_some() || state.resumes;
                let beat = state.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= side.heartbeat());
                // Nobody makes calls any more: all that is left is to give the slots back.
                let idle = state.held.is_empty() && state.stock.is_empty() || Arc::strong_count(side) == 1;
                if idle && !news {
                    state.telling = None;
                    return;
                }
                news || beat
            };
            if worth_telling && !side.is_away() {
                side.ask(0).await;
            }
        }
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.state().telling = None;
    }
}
