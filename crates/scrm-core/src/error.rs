//! One error type for everything: what happened, where, and what to do about it.

mod report;

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;

use crate::{
    check::Violation,
    decode::BadRow,
    mask::{MESSAGE_CAP, Masker, WORD_CAP},
    secret::MissingCredentials,
    spec::{Action, Label, OperationSpec, VendorSpec},
    transport::Sent,
};

/// What kind of failure it was; the thing to `match` on. More detail is on [`Error`] itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request breaks a documented rule or cannot be written; nothing was sent. See [`Error::violations`].
    InvalidRequest,
    /// The client is set up wrongly (a credential missing, a bad base URL, no TLS built in); nothing was sent.
    Config,
    /// No token could be got, or the vendor goes on to refuse a new one.
    Token,
    /// The quota did not come free within the deadline, or the vendor goes on to say that it is used up.
    Quota,
    /// The vendor answered with a failure code. See [`Error::vendor_code`], [`Error::meaning`] and [`Error::action`].
    Vendor,
    /// An HTTP failure without an answer of the vendor's application in it (a gateway's error page, say). See [`Error::http_status`].
    Http,
    /// No connection to the vendor.
    Connect,
    /// The call's deadline ran out. See [`Error::sent`] before repeating a write.
    Timeout,
    /// The connection broke before the whole answer was there. See [`Error::sent`] before repeating a write.
    Transport,
    /// The answer is larger than the client's limit.
    TooLarge,
    /// The answer is not what the schema says, beyond what can be forgiven. See [`Error::json_path`] and [`Error::raw_body`].
    Decode,
    /// The pages of a list contradict each other; what was delivered so far may be incomplete.
    Paging,
    /// The vendor has no operation for this.
    Unsupported,
}

impl ErrorKind {
    /// A short name for logs and metrics: `invalid_request`, `timeout`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::InvalidRequest => "invalid_request",
            ErrorKind::Config => "config",
            ErrorKind::Token => "token",
            ErrorKind::Quota => "quota",
            ErrorKind::Vendor => "vendor",
            ErrorKind::Http => "http",
            ErrorKind::Connect => "connect",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Transport => "transport",
            ErrorKind::TooLarge => "too_large",
            ErrorKind::Decode => "decode",
            ErrorKind::Paging => "paging",
            ErrorKind::Unsupported => "unsupported",
        }
    }
}

/// Why a call failed. `Display` tells the whole story in one line and, like `Debug`, never shows a URL, a token, a secret, or what the schema marks as
/// personal. Serialises as what it tells, for structured logs.
///
/// One can be made for a test:
///
/// ```
/// use scrm_core::{Error, ErrorKind};
///
/// let error = Error::fake(ErrorKind::Vendor, "acme", "").with_operation("user_list").with_vendor_code("3000");
/// assert_eq!(error.to_string(), "acme user_list: the vendor answered: code 3000");
/// ```
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    vendor: &'static str,
    operation: Option<Cow<'static, str>>,
    detail: Box<str>,
    code: Option<Box<str>>,
    meaning: Option<Label>,
    action: Option<Action>,
    vendor_message: Option<Box<str>>,
    http_status: Option<u16>,
    attempts: u32,
    waited: Duration,
    json_path: Option<Box<str>>,
    raw_body: Option<Box<str>>,
    undecoded: Option<Bytes>,
    sent: Sent,
    doc_url: Option<&'static str>,
    violations: Vec<Violation>,
    bad_row: Option<BadRow>,
}

impl Error {
    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
    /// Short name of the vendor.
    #[must_use]
    pub fn vendor(&self) -> &'static str {
        self.0.vendor
    }
    /// Name of the operation (for untyped calls: the path), where the failure belongs to one.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }
    /// The code that the vendor answered, as text.
    #[must_use]
    pub fn vendor_code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }
    /// What the code means, where it is documented.
    #[must_use]
    pub fn meaning(&self) -> Option<Label> {
        self.0.meaning
    }
    /// What the error table says to do about the code.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        self.0.action
    }
    /// The vendor's own message, masked, at most 300 bytes.
    #[must_use]
    pub fn vendor_message(&self) -> Option<&str> {
        self.0.vendor_message.as_deref()
    }
    /// HTTP status of the last answer.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }
    /// How often the request was put on the wire; 0: never.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
    /// How long the call waited for its quota, its token and between attempts.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.0.waited
    }
    /// JSON pointer of the place in the answer that is at fault; of keys that look like data it tells the length.
    #[must_use]
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }
    /// The beginning of the answer (at most 2 kB), masked: of what the schema marks as personal the length, of what it does not name the shape, of all else
    /// what remains without secrets, long numbers, ids and mail addresses.
    #[must_use]
    pub fn raw_body(&self) -> Option<&str> {
        self.0.raw_body.as_deref()
    }
    /// The whole answer as it came, where it could not be understood ([`ErrorKind::Decode`]). Holds personal data, and whatever the vendor repeats of the
    /// request; shown nowhere else.
    #[must_use]
    pub fn unmasked_body(&self) -> Option<&[u8]> {
        self.0.undecoded.as_deref()
    }
    /// Whether the request reached the vendor. Unless it is [`Sent::No`], a failed write may have been done.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.0.sent
    }
    /// Where the operation (or the vendor's interface) is documented.
    #[must_use]
    pub fn doc_url(&self) -> Option<&'static str> {
        self.0.doc_url
    }
    /// The documented rules that the request breaks.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// What went wrong, without the surroundings.
    pub(crate) fn reason(&self) -> &str {
        &self.0.detail
    }

    /// The row that could not be understood, with its raw JSON unmasked, where that is the failure (in a stream of rows).
    #[must_use]
    pub fn bad_row(&self) -> Option<&BadRow> {
        self.0.bad_row.as_ref()
    }

    /// An error of this kind. `detail` is shown as it is: it must hold nothing that came over the wire.
    #[must_use]
    pub fn new(kind: ErrorKind, vendor: &'static VendorSpec, detail: impl Into<String>) -> Self {
        Error::plain(kind, vendor.name, detail).at(Some(vendor.doc_url))
    }

    pub(crate) fn plain(kind: ErrorKind, vendor: &'static str, detail: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            vendor,
            operation: None,
            detail: detail.into().into(),
            code: None,
            meaning: None,
            action: None,
            vendor_message: None,
            http_status: None,
            attempts: 0,
            waited: Duration::ZERO,
            json_path: None,
            raw_body: None,
            undecoded: None,
            sent: Sent::No,
            doc_url: None,
            violations: Vec::new(),
            bad_row: None,
        }))
    }

    fn at(mut self, url: Option<&'static str>) -> Self {
        self.0.doc_url = url.filter(|url| !url.is_empty());
        self
    }

    /// Names the operation and its page. `name` differs from the schema's only for untyped calls.
    pub(crate) fn of(mut self, spec: &'static OperationSpec, name: impl Into<Cow<'static, str>>) -> Self {
        self.0.operation = Some(name.into());
        match spec.source.url {
            Some(url) => self.at(Some(url)),
            None => self,
        }
    }

    pub(crate) fn renamed(mut self, name: Cow<'static, str>) -> Self {
        self.0.operation = Some(name);
        self
    }

    /// Names the part of a pull that failed.
    pub(crate) fn on(mut self, page: String) -> Self {
        let detail = &self.0.detail;
        self.0.detail = if detail.is_empty() { page.into() } else { format!("{page}: {detail}").into() };
        self
    }

    /// An answer came. `body` must be masked.
    pub(crate) fn answered(mut self, status: u16, body: Option<Box<str>>) -> Self {
        self.0.http_status = Some(status);
        self.0.raw_body = body;
        self.0.sent = Sent::Yes;
        self
    }

    /// The envelope told a failure. `code` and `message` must be masked.
    pub(crate) fn coded(mut self, code: Box<str>, meaning: Option<Label>, message: Option<Box<str>>) -> Self {
        self.0.code = Some(code);
        self.0.meaning = meaning;
        self.0.vendor_message = message;
        self
    }

    /// Nothing was sent, because an earlier call was answered like this. `code` must be masked.
    pub(crate) fn refused_before(mut self, code: Option<Box<str>>, meaning: Option<Label>, status: u16) -> Self {
        (self.0.code, self.0.meaning, self.0.http_status) = (code, meaning, Some(status));
        self
    }

    pub(crate) fn counted(mut self, attempts: u32, waited: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.waited = waited;
        self
    }

    /// The answer that could not be understood.
    pub(crate) fn undecoded(mut self, body: Bytes) -> Self {
        self.0.undecoded = self.0.raw_body.is_some().then_some(body);
        self
    }

    /// `path` must be masked.
    pub(crate) fn pointing(mut self, path: impl Into<Box<str>>) -> Self {
        self.0.json_path = Some(path.into());
        self
    }

    pub(crate) fn kind_as(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn detailed(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into().into();
        self
    }

    /// Says more after what went wrong. `more` is shown as it is.
    pub(crate) fn adding(mut self, more: &str) -> Self {
        let comma = if self.0.detail.is_empty() { "" } else { "; " };
        self.0.detail = format!("{}{comma}{more}", self.0.detail).into();
        self
    }

    pub(crate) fn violating(mut self, violations: Vec<Violation>) -> Self {
        self.0.violations = violations;
        self
    }
}

/// For tests: an error as a call may give it.
impl Error {
    /// An error of this kind, from no call at all. `detail` is shown as it is.
    #[must_use]
    pub fn fake(kind: ErrorKind, vendor: &'static str, detail: impl Into<String>) -> Self {
        Error::plain(kind, vendor, detail)
    }

    /// Sets [`Error::operation`].
    #[must_use]
    pub fn with_operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.0.operation = Some(operation.into());
        self
    }

    /// Sets [`Error::vendor_code`], masked.
    #[must_use]
    pub fn with_vendor_code(mut self, code: impl AsRef<str>) -> Self {
        self.0.code = Some(Masker::default().text(code.as_ref(), WORD_CAP));
        self
    }

    /// Sets [`Error::meaning`].
    #[must_use]
    pub fn with_meaning(mut self, meaning: Label) -> Self {
        self.0.meaning = Some(meaning);
        self
    }

    /// Sets [`Error::action`].
    #[must_use]
    pub fn with_action(mut self, action: Action) -> Self {
        self.0.action = Some(action);
        self
    }

    /// Sets [`Error::vendor_message`], masked.
    #[must_use]
    pub fn with_vendor_message(mut self, message: impl AsRef<str>) -> Self {
        self.0.vendor_message = Some(Masker::default().text(message.as_ref(), MESSAGE_CAP));
        self
    }

    /// Sets [`Error::http_status`]; an answer that has a status was sent for.
    #[must_use]
    pub fn with_http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self.with_sent(Sent::Yes)
    }

    /// Sets [`Error::attempts`].
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Sets [`Error::json_path`], masked.
    #[must_use]
    pub fn with_json_path(mut self, path: impl AsRef<str>) -> Self {
        self.0.json_path = Some(Masker::default().path(path.as_ref(), MESSAGE_CAP));
        self
    }

    /// Sets [`Error::sent`].
    #[must_use]
    pub fn with_sent(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        self
    }

    /// Sets [`Error::bad_row`].
    #[must_use]
    pub fn with_bad_row(mut self, row: BadRow) -> Self {
        self.0.bad_row = Some(row);
        self
    }
}

impl From<MissingCredentials> for Error {
    fn from(missing: MissingCredentials) -> Self {
        let names: Vec<String> =
            missing.missing().iter().map(|spec| format!("{} (environment variable {})", spec.name, spec.env)).collect();
        Error::plain(ErrorKind::Config, missing.vendor(), format!("credentials missing: {}", names.join(", ")))
    }
}

/// What to do about it, for a reader.
fn advice(action: Action) -> &'static str {
    match action {
        Action::RefreshToken => "check the credentials, and that nobody else fetches tokens for this app",
        Action::SlowDown => "make calls at a steadier pace",
        Action::Wait => "make fewer calls, or wait until the quota is free again",
        Action::Retry | Action::RetryReads => "try again later",
        Action::FixRequest => "change the request",
        Action::FixConfig => "check credentials, permissions and settings in the vendor's console",
        Action::DoneAlready => "nothing to do: it was done before",
        Action::Fail => "trying again will not help",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.write_str(inner.vendor)?;
        if let Some(operation) = &inner.operation {
            write!(f, " {operation}")?;
        }
        f.write_str(": ")?;
        if !inner.detail.is_empty() {
            f.write_str(&inner.detail)?;
        }
        if let Some(code) = &inner.code {
            let who = if inner.detail.is_empty() { "the vendor answered: " } else { ": " };
            write!(f, "{who}code {code}")?;
        }
        if let Some(meaning) = inner.meaning {
            write!(f, " {} ({})", meaning.zh, meaning.en)?;
        }
        if let Some(message) = &inner.vendor_message {
            write!(f, ", the vendor says {message:?}")?;
        }
        for violation in &inner.violations {
            write!(f, "; {violation}")?;
        }
        if let Some(path) = &inner.json_path {
            write!(f, " at {path}")?;
        }
        if let Some(status) = inner.http_status {
            write!(f, "; HTTP {status}")?;
        }
        if let Some(action) = inner.action {
            write!(f, "; {}", advice(action))?;
        }
        if inner.attempts > 1 {
            write!(f, "; {} attempts", inner.attempts)?;
        }
        if !inner.waited.is_zero() {
            write!(f, "; waited {:.1} s", inner.waited.as_secs_f64())?;
        }
        if inner.sent == Sent::Unknown {
            f.write_str("; the request may have arrived")?;
        }
        match inner.doc_url {
            Some(url) => write!(f, "; see {url}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &format_args!("{self}"))
            .field("sent", &inner.sent)
            .field("raw_body", &inner.raw_body)
            .finish()
    }
}

impl Clone for Error {
    fn clone(&self) -> Self {
        Error(self.0.clone())
    }
}

impl std::error::Error for Error {}
