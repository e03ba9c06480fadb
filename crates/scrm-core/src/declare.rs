//! What generated code names: outside of semver, pinned by the version that the vendor crates ask for.
//!
//! A vendor's types are declared, one fact a line, and spelt out by the macros here. Their grammar is that of `record!`, `request!`, `open_enum!`,
//! `operation!`, `pages!` and `handle!`; each is plain repetition, so that the work of the compiler grows with the lines and no faster.

mod equal;
mod given;
mod handle;
mod marks;
mod open_enum;
mod operations;
mod record;
mod request;
mod traits;

pub use std::{
    borrow::Cow,
    boxed::Box,
    clone::Clone,
    cmp::{Eq, PartialEq},
    convert::{From, Infallible},
    default::Default,
    fmt,
    hash::{Hash, Hasher},
    mem::take,
    option::Option,
    result::Result,
    str::FromStr,
    vec::Vec,
};

pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::{
    equal::same,
    given::Given,
    marks::{always, maybe, optional, required},
    operations::{Bound, Cursor, Number, Rows, set_object_cursor},
};
use serde_json::Value;

use crate::decode::{DecodeError, Drift};
pub use crate::{
    announced,
    client::FromApiClient,
    debug::debug,
    decode::Envelope,
    documented::{Blank, Decoded, Documented, blank},
    handle,
    label::Label,
    open_enum, operation, pages, record, request,
    scan::{Member, document, lax_document, lax_members},
    serialize::{deserialize, serialize, serialize_request},
    table::{
        Code, DYNAMIC, EXTRA, Extra, Field, Nullable, Open, ReadFields, Slot, Table, Undocumented, Values, View, WriteFields, code_text,
        debug_value, deserialize_code, documented, from_text, hash_value, label, same_value, serialize_code,
    },
    tabular::{Column, Notes, Tabular},
};

/// A field as it is.
#[inline]
#[must_use]
pub fn copy<F: Clone>(field: &F) -> F {
    field.clone()
}

/// A field with nothing in it.
#[inline]
#[must_use]
pub fn empty<F: Default>() -> F {
    F::default()
}

/// What was decoded as `Serialize` of its type writes it; for the tests of generated code.
#[must_use]
pub fn typed_json(view: &View<'_>) -> Value {
    crate::serialize::columns(view).unwrap_or_default()
}

/// Reads a request, or any other object, as it stands on the wire; answers how that departs from what its fields say.
///
/// # Errors
/// It is no JSON object, or a value cannot be understood.
pub fn read(text: &str, record: &mut dyn WriteFields) -> Result<Vec<Drift>, DecodeError> {
    crate::decode::record_from_wire(text, record)
}
