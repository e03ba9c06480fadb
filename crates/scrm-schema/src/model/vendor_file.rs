//! `vendor.json`: how a vendor is called, what its codes mean, and its credentials, tokens and signatures.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::{Area, Evidence, Label, Source};

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
    #[serde(default = "super::yes")]
    pub required: bool,
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
