//! The three vendors' stand-ins seen from outside.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod blocking;
mod decode;
mod documented;
mod keys;
mod orders;
mod readme;
mod recording;
