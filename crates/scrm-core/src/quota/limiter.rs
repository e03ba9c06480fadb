use std::{fmt, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{SharedQuota, quotas::QuotaRule};

/// The quota of one operation of one account. First come, first served.
pub struct Quota {}

impl Quota {
    /// A quota of its own.
    #[must_use]
    pub fn new(_rule: QuotaRule) -> Arc<Self> {
        Arc::new(Quota {})
    }

    /// A quota that asks a shared one first. `key` names account and operation.
    #[must_use]
    pub fn shared(_rule: QuotaRule, _key: String, _shared: Arc<dyn SharedQuota>) -> Arc<Self> {
        Arc::new(Quota {})
    }

    /// A permit for one request, if no wait is needed. Never waits.
    #[must_use]
    pub fn try_acquire(self: &Arc<Self>) -> Option<Permit> {
        None
    }

    /// A permit for one request. May be dropped at any time.
    ///
    /// # Errors
    /// [`QuotaError`], as soon as it is clear that none is free before the deadline.
    pub async fn acquire(self: &Arc<Self>, _deadline: Instant) -> Result<Permit, QuotaError> {
        Ok(Permit { quota: self.clone(), waited: Duration::ZERO })
    }

    /// The vendor said that the quota is used up: no permits for this time, by default one window.
    pub fn slow_down(&self, _pause: Option<Duration>) {}

    /// How many callers wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        0
    }

    /// How many permits are free now.
    #[must_use]
    pub fn free(&self) -> u32 {
        0
    }
}

/// Allows one request. Dropped without an answer, its slot stays taken for the window and the linger time: the request may still arrive.
#[must_use = "a permit that is dropped counts as a request that was cancelled"]
pub struct Permit {
    quota: Arc<Quota>,
    waited: Duration,
}

impl Permit {
    /// How long the caller waited for it.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// The vendor answered, whatever it said.
    pub fn answered(self) {
        let _ = self.quota;
    }

    /// The request never left: the slot is free at once.
    pub fn not_sent(self) {}
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
        write!(f, "the quota is used up for another {:.1} s, longer than the call's deadline", self.wait.as_secs_f64())
    }
}

impl std::error::Error for QuotaError {}
