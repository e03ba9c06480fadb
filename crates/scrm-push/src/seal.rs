//! How a request is known to come from the vendor, and what is inside of it.

use std::{borrow::Cow, fmt};

use crate::incoming::Incoming;

/// Takes a request out of its envelope. [`WechatSeal`](crate::WechatSeal), [`ParameterSeal`](crate::ParameterSeal) and [`Plain`] are ready; a vendor that does it
/// otherwise than anybody could read takes an implementation of your own.
pub trait Seal: Send + Sync + 'static {
    /// Verifies, then decrypts. `now`: Unix time in seconds.
    ///
    /// # Errors
    /// [`Unverified`], whatever is wrong: who asks learns nothing.
    fn open<'a>(&self, incoming: &Incoming<'a>, now: u64) -> Result<Opened<'a>, Unverified>;
}

/// What a verified request holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Opened<'a> {
    /// A push in clear.
    Body(Cow<'a, [u8]>),
    /// The vendor checks the address, and wants this text back.
    Check(String),
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
        Ok(Opened::Body(Cow::Borrowed(incoming.body)))
    }
}

/// How old, and how far ahead of this clock, a request may say that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) old: u64,
}

/// Clocks differ.
const AHEAD: u64 = 600;

impl Window {
    pub(crate) fn holds(self, timestamp: u64, now: u64) -> bool {
        timestamp <= now.saturating_add(AHEAD) && now.saturating_sub(timestamp) <= self.old
    }
}
