//! The three vendors' stand-ins seen from outside.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod documented;
mod keys;
mod readme;
mod recording;
