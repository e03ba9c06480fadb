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
    /// What is known of it and not typed, in the order of the file `known.json`.
    pub known: Vec<Known>,
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

/// What is known of a vendor by name, and for some reason not typed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The name that it would have: `order_close`.
    pub name: String,
    /// What it is.
    #[serde(default)]
    pub kind: KnownKind,
    /// The area that it would stand in.
    pub area: String,
    /// The vendor's title and ours.
    pub title: Label,
    /// HTTP method, where it is known.
    #[serde(default)]
    pub method: Option<Method>,
    /// Path below the vendor's base URL, where it is known.
    #[serde(default)]
    pub path: Option<String>,
    /// Where it was seen.
    pub source: Source,
    /// Why it is not typed.
    pub reason: Label,
}

/// Who calls whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownKind {
    /// An operation: we call the vendor.
    #[default]
    Operation,
    /// A push: the vendor tells us what happened.
    Push,
    /// A callback: the vendor asks us, or tells us, at an address that we give.
    Callback,
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
    /// A mirrored copy of the vendor's page says so; it is of an older date.
    Mirrored,
    /// Seen in other people's code that works.
    Code,
    /// Seen in one example.
    Example,
    /// Seen in an example, in other people's code or in somebody's retelling; which of these was not noted.
    Unverified,
}

impl Evidence {
    /// Whether no page of the vendor was seen to say it.
    #[must_use]
    pub fn is_unverified(self) -> bool {
        matches!(self, Evidence::Code | Evidence::Example | Evidence::Unverified)
    }
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
    /// Further base URLs, by name.
    #[serde(default)]
    pub base_urls: Vec<BaseUrl>,
    /// The areas, in the order in which documentation shows them.
    pub areas: Vec<Area>,
    /// How an answer is wrapped.
    pub envelope: Envelope,
    /// What the client must be given, in the order of the constructor.
    pub credentials: Vec<Credential>,
    /// Kinds of token, the usual one first.
    pub tokens: Vec<Token>,
    /// Ways in which calls are signed.
    #[serde(default)]
    pub signatures: Vec<Signature>,
    /// How an operation is called that has no schema.
    pub untyped: Untyped,
    /// Codes any operation may answer.
    pub errors: Vec<ErrorRule>,
}

impl VendorFile {
    /// The address of the base URL of this name; of the usual one for `None`, and for a name that there is not.
    pub fn base_url(&self, name: Option<&str>) -> &str {
        self.base_urls.iter().find(|known| Some(known.name.as_str()) == name).map_or(&self.base_url, |known| &known.url)
    }

    /// The signature of this name.
    pub fn signature(&self, name: &str) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.name == name)
    }
}

/// A base URL beside the vendor's usual one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseUrl {
    /// Unique in the vendor.
    pub name: String,
    /// Scheme, host and path prefix.
    pub url: String,
    /// What stands there, in Chinese.
    pub zh: String,
    /// What stands there, in English.
    pub en: String,
}

/// One way in which calls are signed: a digest over all parameters and a secret that does not travel.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Unique among signatures and tokens.
    pub name: String,
    /// What else is to be known of it, in Chinese.
    pub zh: String,
    /// What else is to be known of it, in English.
    pub en: String,
    /// The digest.
    pub hash: Hash,
    /// What is sent with each call and signed with it, by parameter.
    pub parameters: IndexMap<String, SignedFilling>,
    /// What is signed, but not sent.
    pub secret: SignatureSecret,
    /// Name of the parameter that holds the signature.
    pub signature: String,
    /// Where parameters and signature go.
    #[serde(rename = "in", default)]
    pub place: Place,
    /// Base URL of the operations that are signed so, by name.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Seconds after which the vendor refuses a signature; `None`: not documented.
    #[serde(default)]
    pub max_age: Option<u32>,
    /// How it is known.
    #[serde(default)]
    pub evidence: Evidence,
}

impl Signature {
    /// Names of what is sent: the parameters, and the signature itself last.
    pub fn sent(&self) -> impl Iterator<Item = &str> {
        self.parameters.keys().map(String::as_str).chain([self.signature.as_str()])
    }

    /// Names of the credentials that it is made with, the secret last.
    pub fn credentials(&self) -> impl Iterator<Item = &str> {
        let parameters = self.parameters.values().filter_map(|filling| match filling {
            SignedFilling::Credential(name) => Some(name.as_str()),
            _ => None,
        });
        parameters.chain([self.secret.credential.as_str()])
    }
}

/// The digest of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hash {
    /// SHA-1, in lower-case hexadecimal digits.
    Sha1,
}

/// The secret of a signature.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureSecret {
    /// Name under which it is sorted in.
    pub name: String,
    /// The credential that it is.
    pub credential: String,
}

/// What a parameter of a signature is filled with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedFilling {
    /// The credential of this name.
    Credential(String),
    /// So many letters and digits by chance.
    Nonce(u8),
    /// Unix time.
    Clock(ClockUnit),
}

/// Unit of a Unix time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockUnit {
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
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
    /// A fixed list.
    Constants(Vec<String>),
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
    /// The call carries no signature, or lacks what belongs to it.
    SignatureMissing,
    /// The signature does not fit the parameters.
    SignatureInvalid,
    /// The time in the signature lies too far away.
    SignatureExpired,
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
    /// Field of the last row that the cursor copies (style `cursor`); absent where rows are scalars: the row itself.
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
    /// Field of a row that identifies it, as a path.
    #[serde(default)]
    pub id: Option<String>,
    /// The vendor gives no row beyond this one.
    #[serde(default)]
    pub row_cap: Option<u32>,
    /// Range filter along which a longer pull is split.
    #[serde(default)]
    pub split_by: Option<SplitBy>,
    /// Range filters of which the vendor takes only so much time at once (a rule says how much); one that counts before the others stands before them.
    #[serde(default)]
    pub windows: Vec<Window>,
}

/// A range filter along which a pull goes window after window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Request field of the beginning.
    pub start: String,
    /// Request field of the end.
    pub end: String,
    /// The time of a row that the range filters, as a path.
    #[serde(default)]
    pub field: Option<String>,
    /// Without a beginning, the vendor answers so many seconds before the end, which is now unless told; absent: a pull needs a beginning.
    #[serde(default)]
    pub without_start: Option<u32>,
    /// Without a beginning, the vendor answers all there is, so that a pull needs none.
    #[serde(default)]
    pub optional: bool,
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
    /// Tags: names, or ids where the vendor gives no names.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When the vendor first knew the customer; a field with `x-time`.
    #[serde(default)]
    pub created: Option<String>,
    /// By which keys this operation finds customers.
    #[serde(default)]
    pub find: IndexMap<CustomerKey, Find>,
    /// Whether the vendor's customers are listed by this operation (it must be paged).
    #[serde(default)]
    pub list: bool,
    /// The vendor's customers are listed by this operation, of ids that another one lists.
    #[serde(default)]
    pub list_by: Option<ListBy>,
    /// This operation tells the tags of customers whose ids are known.
    #[serde(default)]
    pub tags_of: Option<TagsOf>,
    /// Parameters that are filled for a find, a list or tags, by their paths.
    #[serde(default)]
    pub with: IndexMap<String, Filling>,
}

/// How customers are listed by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListBy {
    /// The operation whose rows are ids; it is paged.
    pub operation: String,
    /// Request field, as a path, that takes a list of them.
    pub parameter: String,
    /// How many are asked for at once.
    pub batch: u32,
}

/// How the tags of customers are read by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagsOf {
    /// Request field, as a path, that takes a list of ids.
    pub parameter: String,
    /// How many are asked for at once.
    pub batch: u32,
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
    /// Request field that takes the key, as a path.
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
