//! One operation: what its file says beside its fields.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::{BodyKind, Customer, Enum, ErrorRule, Label, Method, Object, Paging, Source, Type};

/// One operation: all that its file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Path of the file below the schema folder, with `/`: `acme/user/user-list.json`.
    pub file: String,
    /// The area it belongs to; `None`: it answers a token and belongs to none.
    pub area: Option<String>,
    /// `user_list`
    pub name: String,
    /// The vendor's title and ours.
    pub title: Label,
    /// More about it, in our own words.
    pub description: Option<Label>,
    /// Where it was read.
    pub source: Source,
    /// HTTP method.
    pub method: Method,
    /// Path below its base URL.
    pub path: String,
    /// Name of its base URL, told by itself or by its signature; `None`: the vendor's usual one.
    pub base_url: Option<String>,
    /// How the request travels.
    pub body: BodyKind,
    /// Name of the kind of token; `None`: needs none.
    pub token: Option<String>,
    /// Name of the way in which it is signed; `None`: it is not.
    pub signature: Option<String>,
    /// What a repetition would do.
    pub access: Access,
    /// The permission, in the vendor's words.
    pub permission: Option<String>,
    /// Calls allowed in a window.
    pub quota: Option<Quota>,
    /// How rows are paged.
    pub paging: Option<Paging>,
    /// How rows read as customers.
    pub customer: Option<Customer>,
    /// Codes of this operation.
    pub errors: Vec<ErrorRule>,
    /// Rules between fields.
    pub rules: Vec<Rule>,
    /// Contradictions of the page, each applied to this schema.
    pub errata: Vec<Erratum>,
    /// The request's fields; named like the operation: `UserList`.
    pub request: Object,
    /// The type under the envelope's data key; `None`: the page documents no data.
    pub data: Option<DataType>,
    /// Nested objects of request and response by Rust name, in order of first use.
    pub objects: IndexMap<String, Object>,
    /// Enums by Rust name, in order of first use.
    pub enums: IndexMap<String, Enum>,
    /// Example exchanges with made-up people.
    pub examples: Vec<Example>,
    /// The schemas as they stand in the files (`{"request": …, "response": …, "definitions": …, "shared": …}`; `shared` holds those of the area's definitions that
    /// this operation uses), for documents and the stand-in server.
    pub raw: Value,
}

/// What stands under the data key.
#[derive(Clone, Debug, PartialEq)]
pub struct DataType {
    /// Its type; an object of `objects` (named `UserListData` unless the schema says otherwise), a list, a map, a scalar or any.
    pub ty: Type,
    /// Whether the page shows `null` there.
    pub nullable: bool,
    /// What it is.
    pub doc: Label,
}

/// What a repetition would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Reads only.
    Read,
    /// Changes something.
    Write,
    /// Changes something; a repetition changes nothing more.
    WriteSafeToRepeat,
}

/// So many calls in any window of so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Calls allowed.
    pub calls: u32,
    /// Length of the window in seconds.
    pub seconds: u32,
}

impl Operation {
    /// How many seconds a range filter may span.
    #[must_use]
    pub fn longest_span(&self, start: &str, end: &str) -> Option<u64> {
        self.rules.iter().find_map(|rule| match rule {
            Rule::Span { start: from, end: to, max_seconds, .. } if from == start && to == end => *max_seconds,
            _ => None,
        })
    }
}

/// A rule between fields of the request. Names are wire names, nested ones as `data/user_id`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// At least one must be there.
    AtLeastOne(Vec<String>),
    /// Exactly one must be there.
    ExactlyOne(Vec<String>),
    /// At most one may be there.
    AtMostOne(Vec<String>),
    /// All or none.
    Together(Vec<String>),
    /// Required when another field has one of some values.
    RequiredIf {
        /// The field.
        field: String,
        /// The field that decides.
        other: String,
        /// Its values as text; empty: any.
        #[serde(default)]
        values: Vec<String>,
    },
    /// Start not after end, and not too far apart. Both fields carry the same `x-time`.
    Span {
        /// The earlier field.
        start: String,
        /// The later field.
        end: String,
        /// Equal is wrong.
        #[serde(default)]
        strict: bool,
        /// Longest span in seconds.
        #[serde(default)]
        max_seconds: Option<u64>,
        /// What the vendor does with a longer one.
        #[serde(default)]
        beyond: Beyond,
    },
}

/// What a vendor does with a span that is too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    /// It refuses the call, or nothing is known.
    #[default]
    Refused,
    /// It moves the end to the longest span, and does not say so.
    Shortened,
}

/// A contradiction inside a page and what this schema made of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erratum {
    /// JSON pointer in this file of what it is about; one into what the area shares begins with `definitions.json#`.
    pub at: String,
    /// What is contradicted.
    pub kind: ErratumKind,
    /// What the table says.
    pub documented: Value,
    /// What the example or the wire says.
    pub wire: Value,
    /// Where that was seen.
    pub seen: String,
}

/// What kind of contradiction it is. Each kind is checked against the schema: see `schemas/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErratumKind {
    /// A key is spelt otherwise on the wire; `at` names the field as this schema spells it (the wire side).
    Name,
    /// A type differs; the field's `x-documented-type` must be the documented one.
    Type,
    /// A value is required, or may be null or absent, against the table. Both sides are one of `required`, `optional`, `nullable`, `present`, `absent`,
    /// `unknown`.
    Presence,
    /// The table describes another field than this one.
    Description,
    /// Any other value of this file (method, path, limit, default …); the value at `at` must be the wire side.
    Value,
    /// The page's layout broke a row, or the example's syntax is wrong; nothing in the schema can show it.
    Page,
}

/// An example exchange.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// What is sent: the request's fields without the token.
    #[serde(default)]
    pub request: Option<Value>,
    /// What is answered, envelope included.
    #[serde(default)]
    pub response: Option<Value>,
}
