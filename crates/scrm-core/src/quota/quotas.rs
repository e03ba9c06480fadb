use std::{sync::Arc, time::Duration};

use super::{Quota, SharedQuota};
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
    /// See [`QuotaRule::linger`]. Default 30 s; at least the timeout of one request.
    pub linger: Duration,
    /// See [`QuotaRule::smooth`]. Default `None`.
    pub smooth: Option<u32>,
    /// See [`QuotaRule::hold_at_start`]. Default `false`.
    pub hold_at_start: bool,
    /// Other quotas than the schema's, by operation; `None` as value: no quota.
    pub overrides: Vec<(String, Option<QuotaSpec>)>,
    /// Asked before the local quota.
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
pub struct Quotas {
    options: QuotaOptions,
}

impl Quotas {
    /// `account`: [`CredentialSet::account_key`](crate::secret::CredentialSet::account_key).
    #[must_use]
    pub fn new(_account: String, options: QuotaOptions) -> Self {
        Quotas { options }
    }

    /// The quota of an operation; `None`, if it has none.
    #[must_use]
    pub fn of(&self, _operation: &OperationSpec) -> Option<Arc<Quota>> {
        let _ = &self.options;
        None
    }
}
