use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use super::{
    SharedQuota,
    limiters::QuotaRule,
    shared::SharedSide,
    sliding_window::{SlidingWindow, nanos},
};

/// The quota of one operation of one account. First come, first served.
pub struct RateLimiter {
    start: Instant,
    book: Mutex<SlidingWindow>,
    waiting: AtomicUsize,
    /// Held by the first in the queue.
    turn: tokio::sync::Mutex<()>,
    /// A slot came back earlier than was to be expected.
    given_back: Notify,
    shared: Option<Arc<SharedSide>>,
}

impl RateLimiter {
    /// A quota of its own.
    #[must_use]
    pub fn new(rule: QuotaRule) -> Arc<Self> {
        Self::with(&rule, None)
    }

    /// A quota that also asks a shared one. `key` names account and operation.
    #[must_use]
    pub fn shared(rule: QuotaRule, key: String, shared: Arc<dyn SharedQuota>) -> Arc<Self> {
        Self::with(&rule, Some(SharedSide::new(rule, key, shared)))
    }

    fn with(rule: &QuotaRule, shared: Option<Arc<SharedSide>>) -> Arc<Self> {
        Arc::new(RateLimiter {
            start: Instant::now(),
            book: Mutex::new(SlidingWindow::new(rule)),
            waiting: AtomicUsize::new(0),
            turn: tokio::sync::Mutex::new(()),
            given_back: Notify::new(),
            shared,
        })
    }

    /// A permit for one request, if no wait is needed. Never waits; never given where a shared quota must be asked. `now` may lie a little in the past.
    #[must_use]
    pub fn try_acquire(self: &Arc<Self>, now: Instant) -> Option<Permit> {
        if self.shared.is_some() || self.waiting() > 0 {
            return None;
        }
        let taken = self.book().take(self.nanos(now));
        taken.then(|| self.permit(Duration::ZERO))
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
        let ready = self.ready_at(queue.ahead);
        if ready > deadline {
            return Err(self.too_late(ready, came));
        }
        let Ok(_turn) = timeout_at(deadline, self.turn.lock()).await else {
            return Err(self.too_late(self.ready_at(0).max(deadline), came));
        };
        let mut permit = self.slot(deadline, came).await?;
        // Who has a slot of the book must not be counted as waiting for one.
        drop(queue);
        if let Some(shared) = &self.shared {
            match shared.slot(self.waiting() + 1, deadline).await {
                Ok(slot) => permit.shared_slot = slot,
                Err(ready) => {
                    permit.not_sent();
                    return Err(self.too_late(ready, came));
                }
            }
        }
        permit.waited = came.elapsed();
        Ok(permit)
    }

    /// A slot for the first in the queue.
    async fn slot(self: &Arc<Self>, deadline: Instant, came: Instant) -> Result<Permit, QuotaError> {
        loop {
            let given_back = self.given_back.notified();
            let now = self.now();
            if self.book().take(now) {
                return Ok(self.permit(Duration::ZERO));
            }
            let ready = self.ready_at(0);
            if ready > deadline {
                return Err(self.too_late(ready, came));
            }
            // Woken either way; the book decides.
            let _ = timeout_at(ready, given_back).await;
        }
    }

    /// The vendor said that the quota is used up: no permits for this time, by default one window. What is under way goes on to count.
    pub fn slow_down(&self, pause: Option<Duration>) {
        let now = self.now();
        let mut book = self.book();
        let pause = pause.map_or(book.window(), nanos);
        book.pause(now.saturating_add(pause));
        drop(book);
        if let Some(shared) = &self.shared {
            shared.slow_down(Duration::from_nanos(pause));
        }
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
        self.book().free(now)
    }

    fn permit(self: &Arc<Self>, waited: Duration) -> Permit {
        Permit { quota: self.clone(), waited, shared_slot: None, settled: false }
    }

    fn now(&self) -> u64 {
        self.nanos(Instant::now())
    }

    fn nanos(&self, now: Instant) -> u64 {
        nanos(now.saturating_duration_since(self.start))
    }

    fn book(&self) -> MutexGuard<'_, SlidingWindow> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready_at(&self, ahead: usize) -> Instant {
        let now = self.now();
        let ready = self.book().ready_at(now, ahead);
        // A pause may be as long as the vendor likes.
        let far = Duration::from_secs(u64::from(u32::MAX));
        self.start + Duration::from_nanos(ready).min(far)
    }

    #[cold]
    fn too_late(&self, ready: Instant, came: Instant) -> QuotaError {
        QuotaError { wait: ready.saturating_duration_since(came), waiting: self.waiting() }
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

/// Allows one request. Dropped without an answer, its slot stays taken for the window and the linger time: the request may still arrive.
#[must_use = "a permit that is dropped counts as a request that was cancelled"]
#[derive(Debug)]
pub struct Permit {
    quota: Arc<RateLimiter>,
    waited: Duration,
    shared_slot: Option<u64>,
    settled: bool,
}

impl Permit {
    /// How long the caller waited for it.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// The vendor answered, whatever it said.
    pub fn answered(mut self) {
        self.settled = true;
        let now = self.quota.now();
        self.quota.book().answered(now);
        self.give_back_shared(true);
    }

    /// The request never left: the slot is free at once.
    pub fn not_sent(mut self) {
        self.settled = true;
        self.quota.book().not_sent();
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
        if !self.settled {
            let now = self.quota.now();
            self.quota.book().cancelled(now);
        }
    }
}

/// No permit before the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaError {
    /// How long the wait would have been, at least.
    pub wait: Duration,
    /// How many callers wait.
    pub waiting: usize,
}

impl fmt::Display for QuotaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the quota is used up for at least {:.1} s, longer than the call may take; {} calls are waiting",
            self.wait.as_secs_f64(),
            self.waiting
        )
    }
}

impl std::error::Error for QuotaError {}
