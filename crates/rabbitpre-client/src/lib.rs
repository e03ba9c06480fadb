//! Client for 兔展 (Rabbitpre).

#[rustfmt::skip]
mod generated;

pub use generated::*;
