use std::{
    fmt,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use super::{
    QuotaError, QuotaRule, Refusal, SharedQuota, WaitCause,
    shared_side::{SharedSide, TellAway},
    sliding_window::{SlidingWindow, nanos},
};

/// Time between two signs of life of the first in the queue; without one for so long as the second says, it sleeps.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_secs(1);
const ASLEEP: Duration = Duration::from_secs(4);

/// The quota of one operation of one account. First come, first served.
pub struct RateLimiter {
    rule: QuotaRule,
    start: Instant,
    window: Mutex<SlidingWindow>,
    waiting: AtomicUsize,
    /// Held by the first in the queue.
    turn: tokio::sync::Mutex<()>,
    /// Last sign of life of whoever has the turn.
    seen: AtomicU64,
    /// A slot came back earlier than was to be expected.
    given_back: Notify,
    /// What the vendor answered last when it said that calls come too fast.
    refusal: Mutex<Option<Arc<Refusal>>>,
    shared: Option<Arc<SharedSide>>,
}

impl RateLimiter {
    /// A quota of its own.
    #[must_use]
    pub fn new(rule: QuotaRule) -> Arc<Self> {
        Self::with(rule, None)
    }

    /// A quota that also asks a shared one. `key` names account and operation. `away` is told why, when the shared one fails for the first time since it worked.
    #[must_use]
    pub fn shared(rule: QuotaRule, key: String, shared: Arc<dyn SharedQuota>, away: Option<TellAway>) -> Arc<Self> {
        Self::with(rule, Some(SharedSide::new(rule, key, shared, away)))
    }

    fn with(rule: QuotaRule, shared: Option<Arc<SharedSide>>) -> Arc<Self> {
        Arc::new(RateLimiter {
            rule,
            start: Instant::now(),
            window: Mutex::new(SlidingWindow::new(&rule)),
            waiting: AtomicUsize::new(0),
            turn: tokio::sync::Mutex::new(()),
            seen: AtomicU64::new(0),
            given_back: Notify::new(),
            refusal: Mutex::default(),
            shared,
        })
    }

    /// A permit for one request, if no wait is needed. Never waits; never given where a shared quota must be asked. `now` may lie a little in the past.
    #[must_use]
    pub fn try_acquire(self: &Arc<Self>, now: Instant) -> Option<Permit> {
        if self.shared.is_some() || self.waiting() > 0 {
            return None;
        }
        let taken = self.window().take(self.nanos(now));
        taken.then(|| self.permit(true))
    }

    /// A permit for one request. May be dropped at any time.
    ///
    /// # Errors
    /// [`QuotaError`], as soon as it is clear that none is free before the deadline.
    pub async fn acquire(self: &Arc<Self>, deadline: Instant) -> Result<Permit, QuotaError> {
        match self.try_acquire(Instant::now()) {
            Some(permit) => Ok(permit),
            None => self.queue(deadline).await,
        }
    }

    async fn queue(self: &Arc<Self>, deadline: Instant) -> Result<Permit, QuotaError> {
        let came = Instant::now();
        let queue = Queue::join(&self.waiting);
        let (ready, cause) = self.ready_at(queue.ahead);
        if ready > deadline {
            return Err(self.too_late(ready, came, cause));
        }
        // `None`: whoever has it sleeps, and the count alone decides.
        let _turn = self.turn(deadline, came).await?;
        let (mut permit, mut waited_for) = self.slot(deadline, came).await?;
        // Who has a slot of the window must not be counted as waiting for one.
        drop(queue);
        if let Some(shared) = &self.shared {
            let asked = shared.slot(self.waiting() + 1, deadline, &|| self.sign_of_life()).await;
            let (slot, cause) = asked.map_err(|(ready, cause)| self.too_late(ready, came, cause))?;
            permit.shared_slot = Some(slot);
            waited_for = cause.or(waited_for);
        }
        (permit.waited, permit.waited_for, permit.handed_out) = (came.elapsed(), waited_for, true);
        Ok(permit)
    }

    /// Waits for the turn. It goes by the order of coming, unless the runtime of the caller who has it sleeps: its thread went to do other things.
    async fn turn(&self, deadline: Instant, came: Instant) -> Result<Option<tokio::sync::MutexGuard<'_, ()>>, QuotaError> {
        let mut turn = pin!(self.turn.lock());
        loop {
            let now = Instant::now();
            let look = if self.turn_sleeps(now) { now } else { deadline.min(now + SIGN_OF_LIFE) };
            match timeout_at(look, turn.as_mut()).await {
                Ok(turn) => {
                    self.sign_of_life();
                    return Ok(Some(turn));
                }
                Err(_) if look >= deadline => {
                    let (ready, cause) = self.ready_at(0);
                    return Err(self.too_late(ready.max(deadline), came, cause));
                }
                Err(_) if self.turn_sleeps(Instant::now()) => return Ok(None),
                Err(_) => {}
            }
        }
    }

    fn turn_sleeps(&self, now: Instant) -> bool {
        let seen = self.seen.load(Ordering::Acquire);
        self.nanos(now).saturating_sub(seen) > nanos(ASLEEP)
    }

    /// Whoever has the turn is awake.
    fn sign_of_life(&self) {
        self.seen.fetch_max(self.now(), Ordering::AcqRel);
    }

    /// A slot for the first in the queue, and what it waited for.
    async fn slot(self: &Arc<Self>, deadline: Instant, came: Instant) -> Result<(Permit, Option<WaitCause>), QuotaError> {
        let mut waited_for = None;
        loop {
            self.sign_of_life();
            let given_back = self.given_back.notified();
            let now = self.now();
            if self.window().take(now) {
                return Ok((self.permit(false), waited_for));
            }
            let (ready, cause) = self.ready_at(0);
            if ready > deadline {
                return Err(self.too_late(ready, came, cause));
            }
            waited_for = Some(cause);
            // Woken either way; the window decides.
            let _ = timeout_at(ready.min(Instant::now() + SIGN_OF_LIFE), given_back).await;
        }
    }

    /// The vendor said that calls come too fast: no permits for as long as it asks, or, where it says nothing that can be meant, for a time that doubles while it goes on
    /// to say so. What is under way goes on to count. The pause, from now.
    pub fn refused(&self, refusal: Refusal) -> Duration {
        let asked = refusal.believed(self.rule.window);
        let pause = self.window().refused(self.now(), asked.map(nanos), refusal.burst);
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(refusal));
        let pause = Duration::from_nanos(pause);
        if let Some(shared) = &self.shared {
            shared.pause(pause);
        }
        pause
    }

    /// Ends a pause that the vendor asked for, at the shared quota too. `false`: there was none in this process.
    pub fn resume(&self) -> bool {
        let paused = self.window().resume(self.now());
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(shared) = &self.shared {
            shared.resume();
        }
        self.given_back.notify_waiters();
        paused
    }

    /// The rule that is kept.
    #[must_use]
    pub fn rule(&self) -> &QuotaRule {
        &self.rule
    }

    /// How many callers wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// How many slots are free now.
    #[must_use]
    pub fn free(&self) -> u32 {
        let now = self.now();
        self.window().free(now)
    }

    fn permit(self: &Arc<Self>, handed_out: bool) -> Permit {
        Permit { quota: self.clone(), waited: Duration::ZERO, waited_for: None, shared_slot: None, handed_out, settled: false }
    }

    fn now(&self) -> u64 {
        self.nanos(Instant::now())
    }

    fn nanos(&self, now: Instant) -> u64 {
        nanos(now.saturating_duration_since(self.start))
    }

    fn window(&self) -> MutexGuard<'_, SlidingWindow> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready_at(&self, ahead: usize) -> (Instant, WaitCause) {
        let now = self.now();
        let (ready, cause) = self.window().ready_at(now, ahead);
        // Beyond the clock's range for no rule that can be meant.
        let far = Duration::from_secs(u64::from(u32::MAX));
        (self.start + Duration::from_nanos(ready).min(far), cause)
    }

    #[cold]
    fn too_late(&self, ready: Instant, came: Instant, cause: WaitCause) -> QuotaError {
        let refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner).clone();
        QuotaError {
            wait: ready.saturating_duration_since(came),
            waiting: self.waiting(),
            cause,
            rule: self.rule,
            shared: self.shared.as_ref().map(|shared| shared.name().into()),
            refusal: refusal.filter(|_| cause == WaitCause::Refused),
        }
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter").field("free", &self.free()).field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

/// One place in the queue; left when dropped.
struct Queue<'a> {
    waiting: &'a AtomicUsize,
    ahead: usize,
}

impl<'a> Queue<'a> {
    fn join(waiting: &'a AtomicUsize) -> Self {
        Queue { waiting, ahead: waiting.fetch_add(1, Ordering::AcqRel) }
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Allows one request. Dropped without an answer, its slot stays taken for the window and the grace for calls in flight: the request may still arrive.
#[must_use = "a permit that is dropped counts as a request that was cancelled"]
#[derive(Debug)]
pub struct Permit {
    quota: Arc<RateLimiter>,
    waited: Duration,
    waited_for: Option<WaitCause>,
    shared_slot: Option<u64>,
    /// Before, nothing can have been sent.
    handed_out: bool,
    settled: bool,
}

impl Permit {
    /// How long the caller waited for it.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// What the caller waited for last; `None`: it did not wait.
    #[must_use]
    pub fn waited_for(&self) -> Option<WaitCause> {
        self.waited_for
    }

    /// The vendor answered, whatever it said.
    pub fn answered(mut self) {
        self.settled = true;
        let now = self.quota.now();
        self.quota.window().answered(now);
        self.give_back_shared(true);
    }

    /// The request never left: the slot is free at once.
    pub fn not_sent(mut self) {
        self.free();
    }

    fn free(&mut self) {
        self.settled = true;
        self.quota.window().not_sent();
        self.quota.given_back.notify_waiters();
        self.give_back_shared(false);
    }

    fn give_back_shared(&self, sent: bool) {
        if let (Some(shared), Some(slot)) = (&self.quota.shared, self.shared_slot) {
            shared.give_back(slot, sent);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        if self.handed_out {
            // A slot of the shared quota is given back by time.
            let now = self.quota.now();
            self.quota.window().cancelled(now);
        } else {
            self.free();
        }
    }
}
