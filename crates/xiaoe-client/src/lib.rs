//! Client for 小鹅通 (Xiaoe-tech).

#[rustfmt::skip]
mod generated;

pub use generated::*;
