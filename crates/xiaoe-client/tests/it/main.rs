//! The client as its users have it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod memory;
mod pull_faults;
mod pulling;
mod pulls;
mod rows;
mod rules;
mod unverified;
