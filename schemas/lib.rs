//! What is known of the vendors: their schema files, for programs that run without the repository, and the meta-schemas that they obey.
//!
//! The files are explained in `README.md` beside them. The feature `vendors` brings them in; without it there are the meta-schemas alone.

#![cfg_attr(docsrs, feature(doc_cfg))]

/// The meta-schema of an operation file (JSON Schema, draft 2020-12).
pub const OPERATION_META_SCHEMA: &str = include_str!("operation.schema.json");
/// The meta-schema of a file of definitions (JSON Schema, draft 2020-12).
pub const DEFINITIONS_META_SCHEMA: &str = include_str!("definitions.schema.json");
/// The meta-schema of a file of what is known and not typed (JSON Schema, draft 2020-12).
pub const KNOWN_META_SCHEMA: &str = include_str!("known.schema.json");
/// The meta-schema of a push or callback (JSON Schema, draft 2020-12).
pub const PUSH_META_SCHEMA: &str = include_str!("push.schema.json");
/// The meta-schema of how pushes are delivered (JSON Schema, draft 2020-12).
pub const DELIVERY_META_SCHEMA: &str = include_str!("delivery.schema.json");
/// The meta-schema of a vendor file (JSON Schema, draft 2020-12).
pub const VENDOR_META_SCHEMA: &str = include_str!("vendor.schema.json");

#[cfg(feature = "vendors")]
#[rustfmt::skip]
mod files;

#[cfg(feature = "vendors")]
pub use files::FILES;
