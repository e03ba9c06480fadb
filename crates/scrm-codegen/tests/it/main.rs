//! The generator over made-up vendors: what it writes, that it compiles, and what it refuses.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod compiled;
mod fixtures;
mod nasty;
mod refused;
mod snapshots;
