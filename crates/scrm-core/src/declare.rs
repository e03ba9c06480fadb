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

pub use crate::{
    client::FromApiClient,
    debug::debug,
    decode::Envelope,
    scan::{Member, document, lax_document, lax_members},
    serialize::{deserialize, serialize, serialize_request},
    table::{code_text, deserialize_code, from_text, hash_value, same_value, serialize_code},
};
use crate::{
    decode::{DecodeError, Drift},
    table::{Table, View, WriteFields},
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

/// A request with nothing in it, for tests that read one from its wire form.
pub trait Blank {
    /// Without any of what a request starts with.
    fn blank() -> Self;
}

/// Reads a request, or any other object, as it stands on the wire; answers how that departs from what its fields say.
///
/// # Errors
/// It is no JSON object, or a value cannot be understood.
pub fn read(text: &str, record: &mut dyn WriteFields) -> Result<Vec<Drift>, DecodeError> {
    crate::decode::record_from_wire(text, record)
}
