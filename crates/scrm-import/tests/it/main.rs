//! Pages written for these tests, in each layout, with the traps of real ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod any_text;
mod catalogue;
mod diff;
mod forms;
mod kinds;
mod pages;
mod signed;
mod traps;
mod trial;
