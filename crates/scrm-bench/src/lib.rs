//! Benchmarks behind the figures in `docs/performance.md`. Run them by `cargo xtask bench`.

pub mod allocations;
pub mod bodies;
mod builder;
pub mod builds;
pub mod cases;
pub mod catalogue;
pub mod codegen;
pub mod compile;
pub mod decode;
mod derived;
pub mod hostile;
pub mod hot;
pub mod measure;
pub mod peers;
pub mod pull;
pub mod repeat;
pub mod report;
pub mod request;
pub mod scale;
pub mod server;
mod strict;
mod synthetic;
pub mod tree;
mod usage;
