//! Calls kept below the vendor's limit ahead of time.
//!
//! The rule: a call takes a slot before it is sent, and the slot is free again one window after the *answer* was seen. The vendor counted the call before it answered, and
//! counts the slot's next call after that was sent, so that no window at the vendor ever holds more calls than the quota, however the network delays them. A call that was
//! cancelled or timed out may still arrive: its slot stays taken for the window and the longest time it may be under way.

mod limiter;
mod limiters;
mod shared;
mod shared_side;
mod sliding_window;
#[cfg(test)]
mod tests;
mod wait;

pub(crate) use self::limiters::{QuotaOptions, RateLimiters};
pub use self::{
    limiter::{Permit, RateLimiter},
    limiters::QuotaRule,
    shared::{Memory, ReturnedSlot, SharedQuota, SharedWait, Take, Taken},
    shared_side::TellAway,
    wait::{QuotaError, Refusal, WaitCause},
};
