//! Written by the generator.

pub(crate) mod schemas;
