//! The generator over a made-up vendor: what it writes, and what it refuses.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod fixtures;
mod refused;
mod written;
