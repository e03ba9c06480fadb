use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use super::{RateLimiter, SharedQuota};
use crate::{
    hooks::{Degraded, Hooks, SharedPart},
    registry::{Registry, identity},
    spec::{OperationSpec, QuotaSpec},
};

/// A call under way for longer than this counts as over.
const LONGEST_GRACE: Duration = Duration::from_secs(600);
/// Longest window that is kept; what is longer is shortened to it.
const LONGEST_WINDOW: Duration = Duration::from_secs(366 * 86_400);

/// So many calls in a window, and how to keep to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaRule {
    /// Calls allowed in a window; 0 counts as 1.
    pub calls: u32,
    /// Length of the window, at most a year.
    pub window: Duration,
    /// Longest time that a cancelled or timed-out request may still be under way.
    pub in_flight_grace: Duration,
    /// Send nothing for the first window and grace: an earlier process may have used the quota up.
    pub cold_start_hold: bool,
}

impl QuotaRule {
    /// A rule within the bounds of what can be meant.
    #[must_use]
    pub fn new(calls: u32, window: Duration) -> Self {
        QuotaRule {
            calls: calls.max(1),
            window: window.min(LONGEST_WINDOW),
            in_flight_grace: Duration::from_secs(30),
            cold_start_hold: false,
        }
    }

    /// Sets the grace for calls in flight, at most ten minutes.
    #[must_use]
    pub fn with_in_flight_grace(mut self, grace: Duration) -> Self {
        self.in_flight_grace = grace.min(LONGEST_GRACE);
        self
    }

    /// Sets whether the first window is left out.
    #[must_use]
    pub fn with_cold_start_hold(mut self, hold: bool) -> Self {
        self.cold_start_hold = hold;
        self
    }

    /// After this time a slot is free whatever became of its holder.
    #[must_use]
    pub fn longest_hold(&self) -> Duration {
        self.window.saturating_add(self.in_flight_grace).saturating_add(Duration::from_secs(1))
    }
}

/// How the quotas of a client are kept.
#[derive(Clone)]
pub(crate) struct QuotaOptions {
    /// Whether calls are held back at all.
    pub(crate) enabled: bool,
    pub(crate) in_flight_grace: Duration,
    pub(crate) cold_start_hold: bool,
    /// Other quotas than the schema's, by operation.
    pub(crate) overrides: Vec<(String, QuotaSpec)>,
    /// Asked after the local quota, for every call.
    pub(crate) shared: Option<Arc<dyn SharedQuota>>,
}

impl Default for QuotaOptions {
    fn default() -> Self {
        let (in_flight_grace, overrides) = (Duration::from_secs(30), Vec::new());
        QuotaOptions { enabled: true, in_flight_grace, cold_start_hold: false, overrides, shared: None }
    }
}

/// The limiters of this process: clients of one account count together.
static LIMITERS: Registry<RateLimiter> = Registry::new();

/// The quotas of one account, one per operation.
pub(crate) struct RateLimiters {
    vendor: &'static str,
    account: String,
    /// What makes clients one: vendor, server and account.
    scope: String,
    options: QuotaOptions,
    hooks: Arc<dyn Hooks>,
    quotas: RwLock<HashMap<&'static str, Option<Arc<RateLimiter>>>>,
}

impl RateLimiters {
    /// `account`: [`CredentialSet::account_key`](crate::secret::CredentialSet::account_key). Clients of the same scope share their limiters.
    pub(crate) fn new(vendor: &'static str, account: String, scope: String, options: QuotaOptions, hooks: Arc<dyn Hooks>) -> Self {
        RateLimiters { vendor, account, scope, options, hooks, quotas: RwLock::default() }
    }

    /// The quota of an operation; `None`, if it has none.
    #[must_use]
    pub(crate) fn of(&self, operation: &OperationSpec) -> Option<Arc<RateLimiter>> {
        if !self.options.enabled {
            return None;
        }
        if let Some(known) = self.quotas.read().unwrap_or_else(PoisonError::into_inner).get(operation.name) {
            return known.clone();
        }
        let mut quotas = self.quotas.write().unwrap_or_else(PoisonError::into_inner);
        quotas.entry(operation.name).or_insert_with(|| self.make(operation)).clone()
    }

    /// Ends the pause of the operation of this name that the vendor asked for. `false`: there was none.
    pub(crate) fn resume(&self, operation: &str) -> bool {
        let limiter = self.quotas.read().unwrap_or_else(PoisonError::into_inner).get(operation).cloned().flatten();
        limiter.is_some_and(|limiter| limiter.resume())
    }

    fn make(&self, operation: &OperationSpec) -> Option<Arc<RateLimiter>> {
        let changed = self.options.overrides.iter().rev().find(|(name, _)| name == operation.name);
        let spec = changed.map(|(_, spec)| *spec).or(operation.quota)?;
        let rule = QuotaRule::new(spec.calls, Duration::from_secs(u64::from(spec.seconds)))
            .with_in_flight_grace(self.options.in_flight_grace)
            .with_cold_start_hold(self.options.cold_start_hold);
        let shared = self.options.shared.as_ref();
        let key = format!("{}|{}|{rule:?}|{:x}", self.scope, operation.name, shared.map_or(0, identity));
        Some(LIMITERS.get_or_insert(key, || match shared {
            Some(shared) => {
                let (vendor, name, hooks) = (self.vendor, operation.name, self.hooks.clone());
                let away = move |reason: &str| hooks.degraded(&Degraded { vendor, part: SharedPart::Quota, of: name, reason });
                RateLimiter::shared(rule, format!("{}:{}", self.account, operation.name), shared.clone(), Some(Box::new(away)))
            }
            None => RateLimiter::new(rule),
        }))
    }
}
