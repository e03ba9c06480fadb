//! scrm-schema
pub mod model;
