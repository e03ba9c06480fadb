use std::time::Duration;

use async_trait::async_trait;

use super::quotas::QuotaRule;
use crate::token::BoxError;

/// A quota shared between processes, asked before the local one. When it fails or does not answer within a second, the local one goes on alone.
#[async_trait]
pub trait SharedQuota: Send + Sync {
    /// Gives slots back and takes new ones, in one step.
    ///
    /// A slot that was taken and is never given back must become free by itself after the rule's window, its linger time and one second.
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
    /// At least one slot and at most as many as wanted. They must be used or given back within a second.
    Slots(Vec<u64>),
    /// None is free; it is worth asking again after this time.
    Wait(Duration),
}
