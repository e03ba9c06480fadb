//! Client for Acme, a vendor that does not exist and uses every keyword of the schemas: what is generated for it is what any vendor can get.
//!
//! Its schema files stand beside it, in `schemas/acme/`. `cargo xtask codegen` generates it with the real vendors, and the tests of the generator, of the loader, of
//! the stand-in server and of the core use it.

#![deny(warnings)]

#[rustfmt::skip]
mod generated;

pub use generated::*;
