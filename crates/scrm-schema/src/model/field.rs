//! Objects, fields and enums.

use serde::Deserialize;
use serde_json::Value;

use super::{Evidence, Label, Place};
use crate::pointer::SHARED;

/// An object: one Rust struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Rust name: `User`.
    pub name: String,
    /// JSON pointer in the operation's file; one into what the area shares begins with `definitions.json#`.
    pub pointer: String,
    /// What it is.
    pub doc: Label,
    /// Fields in the document's order.
    pub fields: Vec<Field>,
    /// Dynamic columns.
    pub columns: Option<Columns>,
    /// The tenant's own fields may stand beside the documented ones (`additionalProperties: true`). An answer keeps unknown fields anyway; a request
    /// then takes them.
    pub open: bool,
    /// Where the tenant's own columns are announced.
    pub announced: Option<Announced>,
    /// Used in a request, in a response, or in both.
    pub used: Used,
}

impl Object {
    /// Whether it stands in the definitions of the area rather than in the operation's file.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.pointer.starts_with(SHARED)
    }
}

impl Enum {
    /// Whether it stands in the definitions of the area rather than in the operation's file.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.pointer.starts_with(SHARED)
    }
}

/// In which direction an object or enum is used; of a shared one: by any operation of its area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Sent.
    pub request: bool,
    /// Answered.
    pub response: bool,
}

/// Columns whose names are a prefix and a number: `^Score-[0-9]+$`, integer values.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// `Score-`
    pub prefix: String,
    /// Rust name: `scores`.
    pub name: String,
    /// What they are.
    pub doc: Label,
}

/// Where an answer announces the columns of its rows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// JSON pointer of the list in the answer.
    pub list: String,
    /// Field of its items that holds the key in the row.
    pub key: String,
    /// Field of its items that holds the display name.
    pub label: String,
    /// Documented fields of the row that stand in the list; the others are the system's own.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Wire name.
    pub name: String,
    /// JSON pointer in the operation's file; one into what the area shares begins with `definitions.json#`.
    pub pointer: String,
    /// Its type.
    pub ty: Type,
    /// Always there (answer), or must be given (request).
    pub required: bool,
    /// `null` is documented: in a request it then means something of its own.
    pub nullable: bool,
    /// What it is.
    pub doc: Label,
    /// The type the page prints, where the wire differs.
    pub documented_type: Option<String>,
    /// How it is written, where the type alone does not say.
    pub wire: Wire,
    /// Where a request puts it.
    pub place: Place,
    /// Unit: `yuan`, `fen`, `points`, `milliseconds` …
    pub unit: Option<String>,
    /// How a time is written.
    pub time: Option<TimeFormat>,
    /// Whether it may be shown.
    pub sensitive: Option<Sensitive>,
    /// Default by document.
    pub default: Option<Value>,
    /// Smallest value.
    pub minimum: Option<i64>,
    /// Largest value.
    pub maximum: Option<i64>,
    /// Fewest characters.
    pub min_length: Option<u32>,
    /// Most characters.
    pub max_length: Option<u32>,
    /// Fewest items.
    pub min_items: Option<u32>,
    /// Most items.
    pub max_items: Option<u32>,
    /// An empty value switches this filter off.
    pub empty_means_no_filter: bool,
    /// How it is known.
    pub evidence: Evidence,
    /// What the stand-in server fills in: a word of the list in `schemas/README.md`, or `=` and the text it always answers.
    pub sample: Option<String>,
    /// Which field of the rows this request field filters.
    pub filters: Option<Filters>,
    /// The answer is documented for these values of this request field only; empty: for all.
    pub documented_for: Vec<Value>,
    /// What Rust calls it, where the vendor misspelt it.
    pub called: Option<String>,
}

impl Field {
    /// The name that Rust's is made from: the wire name, unless the schema gives another.
    #[must_use]
    pub fn rust_name(&self) -> &str {
        self.called.as_deref().unwrap_or(&self.name)
    }
}

/// A type, objects and enums by Rust name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `string`
    Text,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `boolean`
    Boolean,
    /// No `type`: any JSON.
    Any,
    /// An enum of `enums`.
    Enum(String),
    /// An object of `objects`.
    Object(String),
    /// A list.
    List(Box<Type>),
    /// An object whose keys are data.
    Map(Box<Type>),
}

/// How a value is written, where its type alone does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// As its type suggests.
    #[default]
    Plain,
    /// In quotes.
    Text,
    /// Truth value as 0 or 1.
    Digit,
    /// Truth value as "0" or "1".
    DigitText,
    /// List joined by commas.
    Comma,
    /// List joined by `||`.
    Bars,
    /// JSON inside a text.
    Json,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// `YYYY-MM-DD HH:MM:SS`, China time.
    DateTime,
    /// `YYYY-MM-DD`
    Date,
    /// ISO 8601 with an offset.
    OffsetDateTime,
    /// `YYYY_MM`
    Month,
    /// Unix seconds.
    Seconds,
    /// Unix milliseconds.
    Milliseconds,
}

/// Whether a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitive {
    /// Masked.
    Personal,
    /// Never.
    Secret,
}

/// How the stand-in server applies a request field.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filters {
    /// Fields of the row, by wire name or path; any of them may match.
    pub fields: Vec<String>,
    /// How they are compared.
    pub how: Comparison,
}

/// How a request field is compared with a row's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same text.
    Equals,
    /// The row's contains it.
    Contains,
    /// The row's is one of the list.
    OneOf,
    /// The row's is not before or below it (a date means its beginning).
    From,
    /// The row's is not after or above it (a date means its end).
    To,
    /// The code of an enum whose label the row shows.
    Label,
}

/// An enum: documented codes with labels; always open.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Rust name: `UserSource`.
    pub name: String,
    /// JSON pointer in the operation's file; one into what the area shares begins with `definitions.json#`.
    pub pointer: String,
    /// What it is.
    pub doc: Label,
    /// The documented values.
    pub values: Vec<EnumValue>,
    /// Used in a request, in a response, or in both.
    pub used: Used,
}

/// One documented value.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnumValue {
    /// String or integer, as on the wire.
    pub value: Value,
    /// Name in snake case: `wechat`.
    pub name: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}
