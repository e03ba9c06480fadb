//! What the crate promises, seen from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub)]

mod acme;
mod calls;
mod canary;
mod decoding;
mod departures;
mod envelopes;
mod explaining;
mod failures;
mod pages;
mod showing;
mod tables;
mod tokens;
mod vendors;
mod wires;
