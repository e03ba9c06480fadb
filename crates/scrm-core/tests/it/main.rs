//! What the crate promises, seen from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod acme;
mod builder;
mod calls;
mod canary;
mod decoding;
mod drift;
mod envelopes;
mod explaining;
mod failures;
mod hooks;
mod hostile;
mod pages;
mod people;
mod proofs;
mod pulls;
mod rows;
mod showing;
mod tables;
mod tokens;
mod under_load;
mod vendors;
mod wires;
