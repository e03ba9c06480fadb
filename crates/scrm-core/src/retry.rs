//! When to try again, and after how long.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

use crate::{
    spec::{Access, Action},
    transport::Sent,
};

/// How often, and how far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Most requests of one call, the first included; 1: never again. A refreshed token allows one more. Default 3.
    pub max_attempts: u32,
    /// Longest pause before the second request; doubled for each further one. Default 200 ms.
    pub base: Duration,
    /// Longest pause of all, unless the vendor asks for more. Default 20 s.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy { max_attempts: 3, base: Duration::from_millis(200), cap: Duration::from_secs(20) }
    }
}

impl RetryPolicy {
    /// Never again, except once after a token was refreshed.
    #[must_use]
    pub fn never() -> Self {
        RetryPolicy { max_attempts: 1, ..RetryPolicy::default() }
    }

    /// The pause after this attempt (from 1): anything from zero to a bound that doubles each time, so that clients which failed together do not come back together.
    #[must_use]
    pub fn backoff(&self, attempt: u32) -> Duration {
        let bound = self.base.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(self.cap);
        bound.mul_f64(fastrand::f64())
    }

    /// What to do about a failure.
    #[must_use]
    pub fn decide(&self, failure: &Failure, budget: &RetryBudget) -> Decision {
        if !failure.may_repeat() {
            return Decision::GiveUp;
        }
        if failure.action == Action::RefreshToken {
            return if failure.refreshed { Decision::GiveUp } else { Decision::RefreshThenRetry };
        }
        if failure.attempt >= self.max_attempts {
            return Decision::GiveUp;
        }
        let pause = self.backoff(failure.attempt).max(failure.retry_after.unwrap_or_default());
        // Waiting for the quota is paced by the quota itself, and cannot multiply an outage.
        let affordable = pause < failure.remaining && (failure.action == Action::Wait || budget.withdraw());
        if affordable { Decision::After(pause) } else { Decision::GiveUp }
    }
}

/// What the decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    /// What the error table says; for a failure below it: [`Action::RetryReads`] if a repetition may help, [`Action::Fail`] if not.
    pub action: Action,
    /// What a repetition of the call would do.
    pub access: Access,
    /// Whether the vendor may have seen the request.
    pub sent: Sent,
    /// Which request of the call failed, from 1.
    pub attempt: u32,
    /// Whether this call has refreshed its token before.
    pub refreshed: bool,
    /// How long the vendor asked to wait.
    pub retry_after: Option<Duration>,
    /// Time left until the call's deadline.
    pub remaining: Duration,
}

impl Failure {
    /// Whether sending it again could help, and could do no harm.
    fn may_repeat(&self) -> bool {
        // With these three the vendor itself says that it did nothing, so that even a write may be sent again; but only an answer can say so.
        let (helps, nothing_done) = match self.action {
            Action::RefreshToken | Action::Wait | Action::Retry => (true, self.sent == Sent::Yes),
            Action::RetryReads => (true, false),
            _ => (false, false),
        };
        let harmless = nothing_done || self.sent == Sent::No || self.access != Access::Write;
        helps && harmless
    }
}

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The failure is the call's.
    GiveUp,
    /// Send it again after this pause.
    After(Duration),
    /// Get a new token, then send it again.
    RefreshThenRetry,
}

/// Keeps an outage from being multiplied: over all calls of a client, a tenth of them may be repeated, and ten more in a minute.
#[derive(Debug)]
pub struct RetryBudget {
    state: Mutex<Balance>,
}

#[derive(Debug)]
struct Balance {
    retries: f64,
    at: Instant,
}

impl RetryBudget {
    const PER_CALL: f64 = 0.1;
    const PER_SECOND: f64 = 10.0 / 60.0;
    const START: f64 = 10.0;
    const MOST: f64 = 100.0;

    /// Ten retries to begin with.
    #[must_use]
    pub fn new() -> Self {
        RetryBudget { state: Mutex::new(Balance { retries: Self::START, at: Instant::now() }) }
    }

    /// A call began.
    pub fn deposit(&self) {
        let mut balance = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        balance.retries = (balance.retries + Self::PER_CALL).min(Self::MOST);
    }

    /// Takes one retry out. `false`: used up.
    #[must_use]
    pub fn withdraw(&self) -> bool {
        let mut balance = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let earned = now.saturating_duration_since(balance.at).as_secs_f64() * Self::PER_SECOND;
        // Time fills it up to where it started; only calls earn more.
        if balance.retries < Self::START {
            balance.retries = (balance.retries + earned).min(Self::START);
        }
        balance.at = now;
        let enough = balance.retries >= 1.0;
        if enough {
            balance.retries -= 1.0;
        }
        enough
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        RetryBudget::new()
    }
}

/// Reads a `Retry-After` header: seconds, or an HTTP date. A date that has passed means no wait.
#[must_use]
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(SystemTime::from(date).duration_since(now).unwrap_or_default())
}
