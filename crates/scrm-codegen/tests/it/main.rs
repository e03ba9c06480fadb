//! The generator over a made-up vendor: what it writes, and what it refuses.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod compiled;
mod fixtures;
mod nasty;
mod refused;
mod written;
