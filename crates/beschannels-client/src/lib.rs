//! Client for 致趣百川 (Beschannels).

#[rustfmt::skip]
mod generated;

pub use generated::*;
