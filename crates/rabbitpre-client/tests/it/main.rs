//! The client as its users have it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod proofs;
mod rules;
