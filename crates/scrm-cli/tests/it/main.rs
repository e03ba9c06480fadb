//! The program itself, as a process, against the vendors in a box.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, unreachable_pub)]

mod bad_input;
mod commands;
mod help;
mod incremental;
mod kills;
#[cfg(feature = "listen")]
mod listen;
mod named;
mod program;
mod pulls;
mod secrets;
mod server;
