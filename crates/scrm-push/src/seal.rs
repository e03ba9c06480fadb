//! How a request is known to come from the vendor, and what is inside of it.

use std::{borrow::Cow, fmt, time::Duration};

use crate::{incoming::Incoming, seen::KEEP};

/// Takes a request out of its envelope. [`WechatSeal`](crate::WechatSeal), [`ParameterSeal`](crate::ParameterSeal) and [`Plain`] are ready; a vendor that does it
/// otherwise than anybody could read takes an implementation of your own.
pub trait Seal: Send + Sync + 'static {
    /// Verifies, then decrypts. `now`: Unix time in seconds.
    ///
    /// # Errors
    /// [`Unverified`], whatever is wrong: who asks learns nothing.
    fn open<'a>(&self, incoming: &Incoming<'a>, now: u64) -> Result<Opened<'a>, Unverified>;

    /// How long one and the same request goes on to be accepted after it came first: so long at least, a receiver remembers it. [`KEEP`] unless told.
    fn accepted_for(&self) -> Duration {
        KEEP
    }
}

impl<S: Seal + ?Sized> Seal for Box<S> {
    fn open<'a>(&self, incoming: &Incoming<'a>, now: u64) -> Result<Opened<'a>, Unverified> {
        (**self).open(incoming, now)
    }
    fn accepted_for(&self) -> Duration {
        (**self).accepted_for()
    }
}

/// What a verified request holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Opened<'a> {
    /// A push in clear.
    #[non_exhaustive]
    Body {
        /// What is read.
        body: Cow<'a, [u8]>,
        /// The signature that was verified over all of it; a request with the same one is the same request. `None`: nothing is signed.
        signature: Option<String>,
    },
    /// The vendor checks the address, and wants this text back.
    Check(String),
}

impl<'a> Opened<'a> {
    /// A push that nobody signed.
    #[must_use]
    pub fn unsigned(body: impl Into<Cow<'a, [u8]>>) -> Self {
        Opened::Body { body: body.into(), signature: None }
    }

    /// A push with the signature over all of it, which tells it from every other.
    #[must_use]
    pub fn signed(body: impl Into<Cow<'a, [u8]>>, signature: impl Into<String>) -> Self {
        Opened::Body { body: body.into(), signature: Some(signature.into()) }
    }
}

/// The request does not come from the vendor, or not as it was sent, or not now. It does not say which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unverified;

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request is not verified to come from the vendor")
    }
}

impl std::error::Error for Unverified {}

/// No protection at all: for a receiver behind something that verifies, and for tests. Whoever knows the address can send what he likes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Seal for Plain {
    fn open<'a>(&self, incoming: &Incoming<'a>, _now: u64) -> Result<Opened<'a>, Unverified> {
        Ok(Opened::unsigned(incoming.body))
    }
}

/// How old, and how far ahead of this clock, a request may say that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    old: u64,
}

/// Clocks differ.
const AHEAD: u64 = 600;
/// No window is longer: ids are remembered as long.
const LONGEST: u64 = 30 * 24 * 3600;

impl Default for Window {
    fn default() -> Self {
        Window::new(KEEP)
    }
}

impl Window {
    pub(crate) fn new(old: Duration) -> Self {
        Window { old: old.as_secs().min(LONGEST) }
    }

    pub(crate) fn holds(self, timestamp: u64, now: u64) -> bool {
        timestamp <= now.saturating_add(AHEAD) && now.saturating_sub(timestamp) <= self.old
    }

    /// A request may come first when it is ahead of one receiver's clock, and last at another receiver whose clock is behind.
    pub(crate) fn accepted_for(self) -> Duration {
        Duration::from_secs(self.old + 2 * AHEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_window_a_request_is_accepted_no_longer_than_told() {
        for old in [Duration::ZERO, Duration::from_secs(300), KEEP, Duration::MAX] {
            let window = Window::new(old);
            let last = |signed: u64, from: u64| (from..).step_by(60).take_while(|now| window.holds(signed, *now)).last();
            let first = 1_000_000;
            assert!(window.holds(first + AHEAD, first) && !window.holds(first + AHEAD + 1, first));
            assert!(last(first + AHEAD, first).unwrap() - first <= window.accepted_for().as_secs() - AHEAD);
        }
    }
}
