//! The box seen from outside: over HTTP, with a made-up vendor's schema files and with the real ones.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod acme;
mod faults;
mod pulls;
mod real;
mod recording;
mod support;
mod tells;
