//! The receiver, with a made-up vendor's pushes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod bodies;
mod receiver;
#[cfg(feature = "axum")]
mod router;
