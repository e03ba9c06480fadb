//! The generator over made-up vendors: what it writes, that it compiles, and what it refuses.

mod compiled;
mod fixtures;
mod refused;
mod snapshots;
