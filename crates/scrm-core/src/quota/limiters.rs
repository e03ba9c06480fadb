use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use super::{RateLimiter, SharedQuota};
use crate::spec::{OperationSpec, QuotaSpec};

/// So many calls in a window, and how to keep to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaRule {
    /// Calls allowed in a window.
    pub calls: u32,
    /// Length of the window.
    pub window: Duration,
    /// Longest time that a cancelled or timed-out request may still be under way.
    pub linger: Duration,
    /// Spread calls evenly over the window, with at most this many at once; `None`: as fast as the quota allows. For users who share the quota with programs that do not tell of their calls.
    pub smooth: Option<u32>,
    /// Send nothing for the first window and linger time: an earlier process may have used the quota up.
    pub hold_at_start: bool,
}

/// How the quotas of a client are kept.
#[derive(Clone)]
pub struct QuotaOptions {
    /// Whether calls are held back at all. Default: yes.
    pub enabled: bool,
    /// See [`QuotaRule::linger`]. Default 30 s. With a shared quota a client takes its own timeout, if that is longer; calls with a longer one still need it here.
    pub linger: Duration,
    /// See [`QuotaRule::smooth`]. Default `None`.
    pub smooth: Option<u32>,
    /// See [`QuotaRule::hold_at_start`]. Default `false`.
    pub hold_at_start: bool,
    /// Other quotas than the schema's, by operation; `None` as value: no quota.
    pub overrides: Vec<(String, Option<QuotaSpec>)>,
    /// Asked after the local quota, for every call.
    pub shared: Option<Arc<dyn SharedQuota>>,
}

impl Default for QuotaOptions {
    fn default() -> Self {
        QuotaOptions {
            enabled: true,
            linger: Duration::from_secs(30),
            smooth: None,
            hold_at_start: false,
            overrides: Vec::new(),
            shared: None,
        }
    }
}

/// The quotas of one account, one per operation.
pub struct RateLimiters {
    account: String,
    options: QuotaOptions,
    quotas: RwLock<HashMap<&'static str, Option<Arc<RateLimiter>>>>,
}

impl RateLimiters {
    /// `account`: [`CredentialSet::account_key`](crate::secret::CredentialSet::account_key).
    #[must_use]
    pub fn new(account: String, options: QuotaOptions) -> Self {
        RateLimiters { account, options, quotas: RwLock::default() }
    }

    /// The quota of an operation; `None`, if it has none.
    #[must_use]
    pub fn of(&self, operation: &OperationSpec) -> Option<Arc<RateLimiter>> {
        if !self.options.enabled {
            return None;
        }
        if let Some(known) = self.quotas.read().unwrap_or_else(PoisonError::into_inner).get(operation.name) {
            return known.clone();
        }
        let mut quotas = self.quotas.write().unwrap_or_else(PoisonError::into_inner);
        quotas.entry(operation.name).or_insert_with(|| self.make(operation)).clone()
    }

    fn make(&self, operation: &OperationSpec) -> Option<Arc<RateLimiter>> {
        let changed = self.options.overrides.iter().rev().find(|(name, _)| name == operation.name);
        let spec = changed.map_or(operation.quota, |(_, spec)| *spec)?;
        let rule = QuotaRule {
            calls: spec.calls,
            window: Duration::from_secs(u64::from(spec.seconds)),
            linger: self.options.linger,
            smooth: self.options.smooth,
            hold_at_start: self.options.hold_at_start,
        };
        Some(match &self.options.shared {
            Some(shared) => RateLimiter::shared(rule, format!("{}:{}", self.account, operation.name), shared.clone()),
            None => RateLimiter::new(rule),
        })
    }
}
