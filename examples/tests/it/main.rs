//! The three vendors' stand-ins seen from outside.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

mod blocking;
mod documented;
mod keys;
mod live_sync;
mod orders;
mod pushes_docs;
mod readme;
mod recording;
