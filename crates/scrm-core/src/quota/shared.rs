use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};

use super::{QuotaRule, WaitCause, limiter::SIGN_OF_LIFE};
use crate::token::BoxError;

/// A quota shared between processes, asked for every permit that the local quota has given. When it fails or does not answer within a second, the local one goes on alone.
#[async_trait]
pub trait SharedQuota: Send + Sync {
    /// What it is, for messages: `Redis`.
    fn name(&self) -> &str {
        "the shared quota"
    }

    /// Gives slots back and takes new ones, in one step.
    ///
    /// A slot that was taken and is never given back must become free by itself after [`QuotaRule::longest_hold`].
    async fn take(&self, key: &str, rule: &QuotaRule, take: &Take<'_>) -> Result<(Taken, Memory), BoxError>;

    /// The vendor said that calls come too fast: nobody is to take a slot for this time.
    async fn pause(&self, _key: &str, _pause: Duration) -> Result<(), BoxError> {
        Ok(())
    }

    /// Ends such a pause.
    async fn resume(&self, _key: &str) -> Result<(), BoxError> {
        Ok(())
    }
}

/// What a process asks of a shared quota, and what it tells by the way.
#[derive(Clone, Copy, Debug)]
pub struct Take<'a> {
    /// Names the process, and this part of it, among all that share the quota.
    pub member: &'a str,
    /// Slots wanted; 0: slots are only given back.
    pub want: u32,
    /// Slots that this member has or had, as it knows better than the quota.
    pub returned: &'a [ReturnedSlot],
    /// Whether `returned` holds every slot that this member has: it does after [`Taken::Forgotten`].
    pub complete: bool,
    /// How long it takes until all slots of this member are free.
    pub busy_for: Duration,
    /// What the last answer told this member to remember, and how long ago that was by its own clock.
    pub memory: Option<(&'a Memory, Duration)>,
}

/// A slot of which its holder knows when it is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnedSlot {
    /// As it was taken; a slot that was used while the shared quota was away has a number that the holder drew itself.
    pub slot: u64,
    /// In how long it is free again. Zero: at once.
    pub free_in: Duration,
}

/// What a shared quota wants its members to remember for it, in case it forgets all. Its own affair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory(pub Vec<u64>);

/// What [`SharedQuota::take`] answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// At least one slot (if any was wanted) and at most as many as wanted. They are used or given back within a second.
    Slots(Vec<u64>),
    /// None is free; it is worth asking again after this time.
    Wait(Duration, SharedWait),
    /// The quota has forgotten what this member took. It is to ask again, and to tell of all its slots.
    Forgotten,
}

/// Why a shared quota gives no slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SharedWait {
    /// All slots are taken.
    UsedUp,
    /// The vendor said that calls come too fast.
    Paused,
    /// It lost its memory while members were using it, and has not heard of all of them again.
    Recovering,
}

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
