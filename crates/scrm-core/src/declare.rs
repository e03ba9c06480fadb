//! What generated code names: outside of semver, pinned by the version that the vendor crates ask for.
//!
//! A vendor's types are declared, one fact a line, and spelt out by the macros here. Their grammar is that of `record!`, `request!`, `open_enum!`,
//! `operation!`, `pages!` and `handle!`; each is plain repetition, so that the work of the compiler grows with the lines and no faster.

pub mod column;
mod equal;
mod given;
mod handle;
pub mod marks;
mod open_enum;
mod operation;
mod record;
mod request;
mod traits;

pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::{
    equal::same,
    given::Given,
    operation::{Bound, Cursor, Number, RowId, Rows, Total, set_object_cursor},
};
use serde_json::Value;

use crate::table::{Table, View};
pub use crate::{
    client::FromApiClient,
    debug::debug,
    decode::Envelope,
    scan::{document, lax_document},
    serialize::{deserialize, serialize, serialize_request},
    table::{code_text, deserialize_code, from_text, hash_value, same_value, serialize_code},
};

/// What was decoded as `Serialize` of its type writes it; for the tests of generated code.
#[must_use]
pub fn typed_json(view: &View<'_>) -> Value {
    crate::serialize::columns(view).unwrap_or_default()
}

/// A struct with a table.
pub trait Documented {
    /// Its fields.
    const TABLE: &'static Table;
}
