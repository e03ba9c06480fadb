//! What is known of a vendor and of its operations: plain data, generated as `static` items in the vendor's crate.

mod build;

pub use crate::label::Label;
pub use crate::table::Place;
use crate::table::Table;

/// All that the pipeline needs to know of a vendor.
#[derive(Debug)]
#[non_exhaustive]
pub struct VendorSpec {
    /// Short name, as in the schema tree.
    pub name: &'static str,
    /// The vendor's own name.
    pub title: Label,
    /// Where the vendor's documentation stands.
    pub doc_url: &'static str,
    /// Scheme, host and path prefix; an operation's path is appended to it.
    pub base_url: &'static str,
    /// Further base URLs, by name; an operation that stands below one of them says so.
    pub base_urls: &'static [BaseUrlSpec],
    /// How an answer is wrapped.
    pub envelope: EnvelopeSpec,
    /// The kinds of token the vendor gives out; the first is the usual one.
    pub tokens: &'static [&'static TokenSpec],
    /// The ways in which calls are signed.
    pub signatures: &'static [&'static SignatureSpec],
    /// What the client must be given.
    pub credentials: &'static [CredentialSpec],
    /// Codes that any operation may answer.
    pub errors: &'static [ErrorRule],
    /// How an operation is called that has no schema.
    pub untyped: &'static OperationSpec,
    /// Names of the typed operations. Names only: a program keeps no operation that it does not call.
    pub operations: &'static [&'static str],
}

impl VendorSpec {
    /// The ways in which a call can prove who calls, each by the names of its credentials: kinds of token, then signatures.
    pub(crate) fn proofs(&self) -> impl Iterator<Item = Vec<&'static str>> {
        let tokens = self.tokens.iter().map(|token| token.credentials());
        tokens.chain(self.signatures.iter().map(|signature| signature.credentials()))
    }

    /// What an operation's calls prove who calls by: its place among [`proofs`](Self::proofs). For an operation that answers a token: the token's.
    pub(crate) fn proof_of(&self, operation: &OperationSpec) -> Option<usize> {
        let token = |wanted: &TokenSpec| self.tokens.iter().position(|known| known.name == wanted.name);
        let signature = |wanted: &SignatureSpec| self.signatures.iter().position(|known| known.name == wanted.name);
        let answered = || self.tokens.iter().position(|token| std::ptr::eq(token.operation, operation));
        let signed = || operation.signature.and_then(signature).map(|at| self.tokens.len() + at);
        operation.token.and_then(token).or_else(signed).or_else(answered)
    }

    /// The rule for a code: the operation's before the vendor's, and among them one that knows the message too before one that knows the
    /// code alone.
    #[must_use]
    pub fn error_rule(&self, operation: &OperationSpec, code: &str, message: &str) -> Option<&'static ErrorRule> {
        let fits = |rule: &&'static ErrorRule| {
            let known = rule.code.is_some() || rule.message.is_some();
            known && rule.code.is_none_or(|known| known == code) && rule.message.is_none_or(|part| message.contains(part))
        };
        let among = |rules: &'static [ErrorRule]| {
            let exact = rules.iter().filter(fits).find(|rule| rule.code.is_some() && rule.message.is_some());
            exact.or_else(|| rules.iter().find(fits))
        };
        among(operation.errors).or_else(|| among(self.errors))
    }
}

/// A base URL beside the vendor's usual one.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BaseUrlSpec {
    /// Name, unique in the vendor.
    pub name: &'static str,
    /// Scheme, host and path prefix.
    pub url: &'static str,
    /// What stands there.
    pub title: Label,
}

/// Where code, message and data stand in an answer. Keys of the top level.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EnvelopeSpec {
    /// Key of the code.
    pub code: &'static str,
    /// Keys under which the message was seen, the usual one first.
    pub message: &'static [&'static str],
    /// Key of the data.
    pub data: &'static str,
    /// Codes that mean success, as text whatever their type on the wire.
    pub success: &'static [&'static str],
    /// Documented keys beside these three; they are kept, and are no drift.
    pub others: &'static [&'static str],
    /// Whether the code is a JSON string (`true`) or a number by document.
    pub code_is_text: bool,
}

/// One credential the client is built from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CredentialSpec {
    /// Name in the vendor's words.
    pub name: &'static str,
    /// Environment variable it is read from.
    pub env: &'static str,
    /// What it is.
    pub title: Label,
    /// Whether it must never be shown.
    pub secret: bool,
    /// Whether the client can be built without it.
    pub required: bool,
}

/// How one kind of token is got and sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct TokenSpec {
    /// Name of this kind, unique in the vendor.
    pub name: &'static str,
    /// The operation that answers a token.
    pub operation: &'static OperationSpec,
    /// What that operation is given.
    pub parameters: &'static [(&'static str, TokenParameter)],
    /// JSON pointer of the token in the answer.
    pub value: &'static str,
    /// JSON pointer of the remaining life in seconds, where the vendor tells it.
    pub expires_in: Option<&'static str>,
    /// Documented life in seconds, used where the answer tells none (or 0).
    pub lifetime: u32,
    /// Below this many seconds of life the vendor gives a new token; above, the same again. 0: always a new one.
    pub renew_below: u32,
    /// Seconds for which the old token goes on to work after a new one was given.
    pub overlap: u32,
    /// Where the token goes in a call.
    pub place: TokenPlace,
}

impl TokenSpec {
    /// Names of the credentials that it is got with.
    pub(crate) fn credentials(&self) -> Vec<&'static str> {
        let credential = |parameter: &TokenParameter| match parameter {
            TokenParameter::Credential(name) => Some(*name),
            TokenParameter::Constant(_) => None,
        };
        self.parameters.iter().filter_map(|(_, parameter)| credential(parameter)).collect()
    }
}

/// What a parameter of the token operation is filled with.
#[derive(Clone, Copy, Debug)]
pub enum TokenParameter {
    /// The credential of this name.
    Credential(&'static str),
    /// A fixed text.
    Constant(&'static str),
}

/// How calls are signed: the digest over all parameters and a secret that does not travel.
///
/// All parameters of the body and of the query are signed, and those that belong to the signature itself; headers are not. They and the secret are sorted by name
/// (byte by byte), written as `name=value`, joined by `&`, and the digest is taken of that. Values are not percent-encoded; an object or a list is the JSON that is sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct SignatureSpec {
    /// Name of this way, unique in the vendor.
    pub name: &'static str,
    /// The digest of a text, as it is sent.
    pub digest: fn(&[u8]) -> String,
    /// Parameters that are sent with each call, and signed with it.
    pub parameters: &'static [(&'static str, SignatureParameter)],
    /// Name under which the secret is sorted in, and the credential that it is. It is never sent.
    pub secret: (&'static str, &'static str),
    /// Name of the parameter that holds the signature.
    pub signature: &'static str,
    /// Where the parameters and the signature go.
    pub place: Place,
}

impl SignatureSpec {
    /// Names of the credentials that it is made with.
    pub(crate) fn credentials(&self) -> Vec<&'static str> {
        let credential = |parameter: &SignatureParameter| match parameter {
            SignatureParameter::Credential(name) => Some(*name),
            _ => None,
        };
        self.parameters.iter().filter_map(|(_, parameter)| credential(parameter)).chain([self.secret.1]).collect()
    }
}

/// What a parameter of a signature is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureParameter {
    /// The credential of this name.
    Credential(&'static str),
    /// So many letters and digits by chance, others for each request.
    Nonce(u8),
    /// Unix time in milliseconds.
    Milliseconds,
    /// Unix time in seconds.
    Seconds,
}

/// Where a token goes in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// A field of the JSON, form or multipart body.
    Body(&'static str),
    /// A parameter of the query.
    Query(&'static str),
    /// A header.
    Header(&'static str),
}

/// All that is known of one operation beside the types of its fields.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationSpec {
    /// Name, as in the schema tree: `user_list`.
    pub name: &'static str,
    /// The vendor's title and ours.
    pub title: Label,
    /// Where it was read.
    pub source: Source,
    /// HTTP method.
    pub method: Method,
    /// Path below its base URL.
    pub path: &'static str,
    /// How the request travels.
    pub body: BodyKind,
    /// What a repetition would do.
    pub access: Access,
    /// The permission the app needs, in the vendor's words.
    pub permission: Option<&'static str>,
    /// Calls allowed in a window.
    pub quota: Option<QuotaSpec>,
    /// Name of the base URL that its path stands below; `None`: the vendor's usual one.
    pub base_url: Option<&'static str>,
    /// The kind of token it needs; `None` for operations without one.
    pub token: Option<&'static TokenSpec>,
    /// How it is signed; `None` for operations that are not.
    pub signature: Option<&'static SignatureSpec>,
    /// How its rows are paged.
    pub paging: Option<&'static PagingSpec>,
    /// Codes of this operation, looked up before the vendor's.
    pub errors: &'static [ErrorRule],
    /// Documented rules of the request, checked before anything is sent.
    pub rules: &'static [Rule],
    /// Fields of the request.
    pub request: &'static Table,
    /// How its rows read as customers.
    pub customer: Option<&'static CustomerSpec>,
}

/// Where something was read, and how far to trust it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Source {
    /// The page, by site and title.
    pub page: &'static str,
    /// Address of the page, where it has one that can be opened.
    pub url: Option<&'static str>,
    /// The day it was read, `YYYY-MM-DD`.
    pub read: &'static str,
    /// How it is known.
    pub evidence: Evidence,
}

/// How something is known. Of what no page of the vendor was seen to say ([`Evidence::is_unverified`]), a client can be told to send nothing:
/// [`Builder::refuse_unverified`](crate::client::Builder::refuse_unverified).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Evidence {
    /// The vendor's own page says so.
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
    pub const fn is_unverified(self) -> bool {
        matches!(self, Evidence::Code | Evidence::Example | Evidence::Unverified)
    }

    /// In words: `documented by the vendor`, `seen in other people's code only`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Evidence::Documented => "documented by the vendor",
            Evidence::Mirrored => "read in a mirrored copy of an older date",
            Evidence::Code => "seen in other people's code only",
            Evidence::Example => "seen in one example only",
            Evidence::Unverified => "seen in an example, in other people's code or in a retelling only",
        }
    }
}

/// HTTP methods that the vendors use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyKind {
    /// In the query of the URL; no body.
    Query,
    /// As a JSON object.
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data`
    Multipart,
}

/// What a repetition of the call would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Reads only: may be repeated.
    Read,
    /// Changes something: repeated only when it is known not to have arrived.
    Write,
    /// Changes something, but a repetition changes nothing more.
    WriteSafeToRepeat,
}

/// So many calls in any window of so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaSpec {
    /// Calls allowed.
    pub calls: u32,
    /// Length of the window in seconds.
    pub seconds: u32,
}

/// How the rows of an operation are paged.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PagingSpec {
    /// What moves from page to page.
    pub style: PagingStyle,
    /// Request field of the page size.
    pub size: Option<&'static str>,
    /// Largest documented page size.
    pub max_size: Option<u32>,
    /// JSON pointer of the rows in the answer.
    pub rows: &'static str,
    /// JSON pointer of the total in the answer, where the vendor tells one.
    pub total: Option<&'static str>,
    /// Field of a row that identifies it.
    pub id: Option<&'static str>,
    /// The vendor gives no row beyond this one.
    pub row_cap: Option<u32>,
    /// The range filter along which a pull beyond `row_cap` is split.
    pub split_by: Option<SplitSpec>,
    /// Range filters of which the vendor takes so much time at once, the one that counts before the others first.
    pub windows: &'static [WindowSpec],
}

/// A pair of request fields that bound a time, of which the vendor answers only so much at once: a pull goes through it window after window.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WindowSpec {
    /// Request field of the beginning.
    pub start: &'static str,
    /// Request field of the end.
    pub end: &'static str,
    /// How both are written.
    pub format: TimeFormat,
    /// Longest window in seconds.
    pub max_seconds: u64,
    /// Where a row tells the time that is filtered, as a path, and how it is written.
    pub field: Option<(&'static str, TimeFormat)>,
    /// Without a beginning, the vendor answers so many seconds before the end; `None`: a pull needs a beginning.
    pub without_start: Option<u32>,
    /// Without a beginning, the vendor answers all there is, so that a pull needs none.
    pub optional: bool,
}

/// A pair of request fields that bound a range of dates.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SplitSpec {
    /// Request field of the first day.
    pub start: &'static str,
    /// Request field of the last day.
    pub end: &'static str,
    /// How both are written.
    pub format: TimeFormat,
    /// Field of a row that the range filters.
    pub field: Option<&'static str>,
}

/// What moves from page to page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PagingStyle {
    /// A page number in this request field, counted from `first`.
    Number {
        /// Request field.
        field: &'static str,
        /// Number of the first page.
        first: i64,
    },
    /// This request field holds a copy of `from` of the last row; absent for the first page.
    Cursor {
        /// Request field.
        field: &'static str,
        /// Field of the row.
        from: &'static str,
    },
}

/// One code and what to do about it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ErrorRule {
    /// The code as text; `None`: recognised by the message alone.
    pub code: Option<&'static str>,
    /// A part of the message that must occur.
    pub message: Option<&'static str>,
    /// What it means.
    pub meaning: Label,
    /// What to do.
    pub action: Action,
    /// How it is known.
    pub evidence: Evidence,
}

/// What to do about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Get a new token, then try once more.
    RefreshToken,
    /// The quota is used up: wait for it, then try again.
    Wait,
    /// Calls came in a burst, which says nothing of the quota's window: pause shortly, then try again.
    SlowDown,
    /// Nothing was done: try again.
    Retry,
    /// Unknown whether something was done: try again if the operation may be repeated.
    RetryReads,
    /// The request is wrong: the caller must change it.
    FixRequest,
    /// Credentials, permissions or console settings are wrong.
    FixConfig,
    /// A write that had been done before: as good as success.
    DoneAlready,
    /// Give up.
    Fail,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeFormat {
    /// `YYYY-MM-DD HH:MM:SS`, China time without offset.
    DateTime,
    /// `YYYY-MM-DD`, a day in China time.
    Date,
    /// ISO 8601 with an offset: `2024-05-01T12:00:00+08:00`, `2024-05-01T04:00:00.123Z`.
    OffsetDateTime,
    /// `YYYY_MM`
    Month,
    /// Unix seconds.
    Seconds,
    /// Unix milliseconds.
    Milliseconds,
}

/// A documented rule of a request. Fields are named by their wire names, nested ones as `data/user_id`; a path through a list means each of its items.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Rule {
    /// Must be there (an empty text counts as absent).
    #[non_exhaustive]
    Required {
        /// The field.
        field: &'static str,
    },
    /// Must be there when `other` has one of `values` (any value, if there are none).
    #[non_exhaustive]
    RequiredIf {
        /// The field.
        field: &'static str,
        /// The field that decides.
        other: &'static str,
        /// Its values as text.
        values: &'static [&'static str],
    },
    /// At least one of these must be there.
    #[non_exhaustive]
    AtLeastOne {
        /// The fields.
        fields: &'static [&'static str],
    },
    /// Exactly one of these must be there.
    #[non_exhaustive]
    ExactlyOne {
        /// The fields.
        fields: &'static [&'static str],
    },
    /// At most one of these may be there.
    #[non_exhaustive]
    AtMostOne {
        /// The fields.
        fields: &'static [&'static str],
    },
    /// All of these or none.
    #[non_exhaustive]
    Together {
        /// The fields.
        fields: &'static [&'static str],
    },
    /// Must not be an empty text: the vendor takes that for "no filter" and answers all there is.
    NotEmpty {
        /// The field.
        field: &'static str,
    },
    /// A number between two bounds, both allowed.
    #[non_exhaustive]
    Range {
        /// The field.
        field: &'static str,
        /// Smallest allowed.
        min: Option<i64>,
        /// Largest allowed.
        max: Option<i64>,
    },
    /// Length of a text in characters.
    #[non_exhaustive]
    Length {
        /// The field.
        field: &'static str,
        /// Shortest allowed.
        min: Option<u32>,
        /// Longest allowed.
        max: Option<u32>,
    },
    /// Length of a list.
    #[non_exhaustive]
    Items {
        /// The field.
        field: &'static str,
        /// Fewest allowed.
        min: Option<u32>,
        /// Most allowed.
        max: Option<u32>,
    },
    /// A time written in this format.
    #[non_exhaustive]
    Format {
        /// The field.
        field: &'static str,
        /// The format.
        format: TimeFormat,
    },
    /// `start` is not after `end`, and both are at most `max_seconds` apart.
    #[non_exhaustive]
    Span {
        /// The earlier field.
        start: &'static str,
        /// The later field.
        end: &'static str,
        /// How both are written.
        format: TimeFormat,
        /// Whether `start` must lie before `end` (equal is then wrong).
        strict: bool,
        /// Longest span allowed.
        max_seconds: Option<u64>,
    },
}

/// How the rows of an operation read as customers. Paths are wire names joined by `/`; a path through a list means each of its items.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CustomerSpec {
    /// The vendor's id.
    pub id: &'static str,
    /// Names, the best first.
    pub names: &'static [&'static str],
    /// Phone numbers.
    pub phones: &'static [&'static str],
    /// Mail addresses.
    pub emails: &'static [&'static str],
    /// WeChat union ids.
    pub union_ids: &'static [&'static str],
    /// WeChat open ids.
    pub open_ids: &'static [&'static str],
    /// Pictures.
    pub avatars: &'static [&'static str],
    /// Tags: names, or ids where the vendor gives no names.
    pub tags: &'static [&'static str],
    /// When the vendor first knew the customer.
    pub created: Option<(&'static str, TimeFormat)>,
}
