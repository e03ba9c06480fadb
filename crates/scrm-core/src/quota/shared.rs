use std::time::Duration;

use async_trait::async_trait;

use super::QuotaRule;
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
