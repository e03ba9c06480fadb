//! Tokens and quotas shared through a real Redis, between real processes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::await_holding_lock, unreachable_pub)]

#[path = "../../../scrm-core/tests/it/acme/mod.rs"]
#[allow(dead_code, unused_imports)]
mod acme;
mod canary;
#[cfg(feature = "push")]
mod pushes;
mod quotas;
mod server;
#[cfg(feature = "rustls")]
mod tls;
mod tokens;
mod worker;
