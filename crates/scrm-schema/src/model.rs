//! The schema tree as values: what the files say, checked and with every reference resolved.

mod field;
mod push;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::error::Problem;

pub use field::{Announced, Columns, Comparison, Enum, EnumValue, Field, Filters, Object, Sensitive, TimeFormat, Type, Used, Wire};
pub use push::{Channel, Delivery, Protection, Push, PushEnvelope, PushExample, PushFormat, Recognized, Reply};

/// All vendors, sorted by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Sorted by name.
    pub vendors: Vec<Vendor>,
    /// Where `TODO` stands: a file that somebody has still to complete. It loads; nothing is generated from it.
    pub unfinished: Vec<Problem>,
}

/// One vendor: its `vendor.json`, its operations, and what it sends on its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Vendor {
    /// What `vendor.json` says.
    pub file: VendorFile,
    /// The areas' operations in the order of the areas, each area's sorted by name; then those that answer tokens.
    pub operations: Vec<Operation>,
    /// What the vendor sends on its own, by folder: sorted by name.
    pub channels: Vec<Channel>,
}

impl Vendor {
    /// The operations of an area, sorted by name.
    pub fn area<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Operation> {
        self.operations.iter().filter(move |operation| operation.area.as_deref() == Some(name))
    }

    /// All that the vendor sends on its own, channel by channel, each channel's sorted by name.
    pub fn pushes(&self) -> impl Iterator<Item = (&Channel, &Push)> {
        self.channels.iter().flat_map(|channel| channel.pushes.iter().map(move |push| (channel, push)))
    }

    /// The operations that answer tokens, sorted by name.
    pub fn token_operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.area.is_none())
    }
}

/// One area: a folder of operations.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Name in snake case; the folder's name.
    pub name: String,
    /// What it is about, in Chinese.
    pub zh: String,
    /// What it is about, in English.
    pub en: String,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Where something was read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The page, by site and title.
    pub page: String,
    /// Address of the page.
    #[serde(default)]
    pub url: Option<String>,
    /// The day it was read, `YYYY-MM-DD`.
    pub read: String,
    /// The copy that was read is not whole: the last field it has, as names from `request` or `response` down (`response/data/list/id`).
    #[serde(default)]
    pub cut_after: Option<String>,
    /// How it is known.
    #[serde(default)]
    pub evidence: Evidence,
}

/// How something is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The vendor's own page says so.
    #[default]
    Documented,
    /// Seen in an example or in other people's code only.
    Unverified,
}

/// A `vendor.json`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorFile {
    /// Meta-schema, for editors.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// Short name; the folder's name.
    pub vendor: String,
    /// The vendor's own name.
    pub title: Label,
    /// Where the vendor's documentation stands.
    pub docs: String,
    /// Where this was read.
    pub source: Source,
    /// Scheme, host and path prefix.
    pub base_url: String,
    /// The areas, in the order in which documentation shows them.
    pub areas: Vec<Area>,
    /// How an answer is wrapped.
    pub envelope: Envelope,
    /// What the client must be given, in the order of the constructor.
    pub credentials: Vec<Credential>,
    /// Kinds of token, the usual one first.
    pub tokens: Vec<Token>,
    /// How an operation is called that has no schema.
    pub untyped: Untyped,
    /// Codes any operation may answer.
    pub errors: Vec<ErrorRule>,
}

/// Keys of the top level of an answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Key of the code.
    pub code: String,
    /// Keys of the message, the usual one first.
    pub message: Vec<String>,
    /// Key of the data.
    pub data: String,
    /// Codes that mean success: strings or integers, as on the wire.
    pub success: Vec<Value>,
    /// Other documented keys with the value the vendor sends on success (`null`: not told).
    #[serde(default)]
    pub others: IndexMap<String, Value>,
    /// What the vendor writes as message on success.
    pub success_message: String,
}

/// One credential.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Name in the vendor's words; becomes the parameter's name.
    pub name: String,
    /// Environment variable.
    pub env: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// Never to be shown.
    #[serde(default)]
    pub secret: bool,
    /// `false`: an optional setter instead of a constructor parameter.
    #[serde(default = "yes")]
    pub required: bool,
}

fn yes() -> bool {
    true
}

/// One kind of token.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Unique in the vendor.
    pub name: String,
    /// The operation that answers it; its file stands beside `vendor.json`, in no area.
    pub operation: String,
    /// What that operation is given, by parameter.
    pub parameters: IndexMap<String, Filling>,
    /// JSON pointer of the token in the answer.
    pub value: String,
    /// JSON pointer of the remaining life in seconds.
    #[serde(default)]
    pub expires_in: Option<String>,
    /// Life in seconds.
    pub lifetime: u32,
    /// Below this many seconds of life a new token is given, above it the same again; 0: always a new one.
    #[serde(default)]
    pub renew_below: u32,
    /// Seconds the old token goes on to work.
    #[serde(default)]
    pub overlap: u32,
    /// Where it goes in a call.
    pub place: TokenPlace,
    /// How the rules above are known.
    #[serde(default)]
    pub evidence: Evidence,
}

/// What a parameter is filled with when the client calls on its own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filling {
    /// The credential of this name.
    Credential(String),
    /// A fixed value.
    Constant(String),
}

/// Where a token goes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenPlace {
    /// Body, query or header.
    #[serde(rename = "in")]
    pub place: Place,
    /// Field, parameter or header.
    pub name: String,
}

/// Where a field of a request goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// With the operation's other fields.
    #[default]
    Body,
    /// The query of the URL.
    Query,
    /// A header.
    Header,
}

/// How an operation is called that has no schema.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Untyped {
    /// HTTP method.
    pub method: Method,
    /// How the fields travel.
    pub body: BodyKind,
}

/// HTTP methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

/// How a request's fields travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// In the query of the URL.
    Query,
    /// JSON object.
    Json,
    /// urlencoded form.
    Form,
    /// multipart form.
    Multipart,
}

/// One code, its meaning and what to do.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRule {
    /// String or integer, as on the wire. Absent: recognised by `message` alone.
    #[serde(default)]
    pub code: Option<Value>,
    /// A part of the message that must occur.
    #[serde(default)]
    pub message: Option<String>,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// What to do.
    pub action: Action,
    /// The situation in which the stand-in server answers this code.
    #[serde(default)]
    pub when: Option<Situation>,
    /// The parameter that the situation is about; absent: any.
    #[serde(default)]
    pub parameter: Option<String>,
    /// How it is known.
    #[serde(default)]
    pub evidence: Evidence,
}

/// What to do about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Get a new token, then try once more.
    RefreshToken,
    /// Wait for the quota.
    Wait,
    /// Try again.
    Retry,
    /// Try again if the operation may be repeated.
    RetryReads,
    /// The caller must change the request.
    FixRequest,
    /// Credentials, permissions or console settings are wrong.
    FixConfig,
    /// Done before: as good as success.
    DoneAlready,
    /// Give up.
    Fail,
}

/// When the stand-in server answers a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Situation {
    /// The call carries no token.
    TokenMissing,
    /// The token is unknown or expired.
    TokenInvalid,
    /// The token operation got wrong credentials.
    CredentialsWrong,
    /// The app lacks the operation's permission.
    PermissionMissing,
    /// No operation has this path.
    UnknownPath,
    /// The path exists, for another method.
    WrongMethod,
    /// A required parameter is absent.
    ParameterMissing,
    /// A parameter breaks a documented rule.
    ParameterInvalid,
    /// The quota of the window is used up.
    QuotaExceeded,
    /// Too many calls at once.
    Burst,
    /// The caller's address is not allowed.
    AddressRefused,
    /// Something broke at the vendor.
    SystemBusy,
}

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
    /// Path below the vendor's base URL.
    pub path: String,
    /// How the request travels.
    pub body: BodyKind,
    /// Name of the kind of token; `None`: needs none.
    pub token: Option<String>,
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

/// How rows are paged.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// What moves from page to page.
    pub style: PagingStyle,
    /// Request field of the page number (style `page_number`).
    #[serde(default)]
    pub page: Option<String>,
    /// Number of the first page (style `page_number`; 1 unless told).
    #[serde(default)]
    pub first: Option<i64>,
    /// Request field of the cursor (style `cursor`).
    #[serde(default)]
    pub cursor: Option<String>,
    /// Field of the last row that the cursor copies (style `cursor`); the field of the row is the row itself when rows are scalars.
    #[serde(default)]
    pub from: Option<String>,
    /// Request field of the page size.
    #[serde(default)]
    pub size: Option<String>,
    /// Largest documented page size.
    #[serde(default)]
    pub max_size: Option<u32>,
    /// Page size asked for unless the caller says otherwise, where no maximum is documented.
    #[serde(default)]
    pub default_size: Option<u32>,
    /// JSON pointer of the rows in the answer.
    pub rows: String,
    /// JSON pointer of the total in the answer.
    #[serde(default)]
    pub total: Option<String>,
    /// Field of a row that identifies it.
    #[serde(default)]
    pub id: Option<String>,
    /// The vendor gives no row beyond this one.
    #[serde(default)]
    pub row_cap: Option<u32>,
    /// Range filter along which a longer pull is split.
    #[serde(default)]
    pub split_by: Option<SplitBy>,
}

/// What moves from page to page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagingStyle {
    /// A number.
    PageNumber,
    /// A copy of a field of the last row.
    Cursor,
}

/// A pair of request fields that bound a range.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitBy {
    /// Request field of the beginning.
    pub start: String,
    /// Request field of the end.
    pub end: String,
    /// Field of a row that the range filters.
    #[serde(default)]
    pub field: Option<String>,
}

/// How rows read as customers. Paths are wire names joined by `/`; a path through a list means each of its items.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The vendor's id.
    pub id: String,
    /// Names, the best first.
    #[serde(default)]
    pub names: Vec<String>,
    /// Phone numbers.
    #[serde(default)]
    pub phones: Vec<String>,
    /// Mail addresses.
    #[serde(default)]
    pub emails: Vec<String>,
    /// WeChat union ids.
    #[serde(default)]
    pub union_ids: Vec<String>,
    /// WeChat open ids.
    #[serde(default)]
    pub open_ids: Vec<String>,
    /// Pictures.
    #[serde(default)]
    pub avatars: Vec<String>,
    /// When the vendor first knew the customer; a field with `x-time`.
    #[serde(default)]
    pub created: Option<String>,
    /// By which keys this operation finds customers.
    #[serde(default)]
    pub find: IndexMap<CustomerKey, Find>,
    /// Whether the vendor's customers are listed by this operation (it must be paged).
    #[serde(default)]
    pub list: bool,
    /// Required parameters that are filled for a find or a list.
    #[serde(default)]
    pub with: IndexMap<String, Filling>,
}

/// What a customer can be found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerKey {
    /// Phone number.
    Phone,
    /// WeChat union id.
    UnionId,
    /// WeChat open id.
    OpenId,
    /// The vendor's id.
    Id,
    /// Mail address.
    Email,
}

/// How a customer is found by one key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// Request field that takes the key.
    pub parameter: String,
    /// `false`: the vendor searches loosely, so answers are filtered again.
    #[serde(default = "yes")]
    pub exact: bool,
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
    },
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
