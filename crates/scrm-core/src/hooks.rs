//! What a client tells of its work.
//!
//! With the feature `tracing`, each call is a span, and what is told here are events in it; with the feature `metrics`, it is counted. Both need no hooks of
//! one's own and go to whatever subscriber and recorder the program has set.

#[cfg(feature = "metrics")]
mod meter;
mod trace;

use std::{sync::Arc, time::Duration};

pub(crate) use self::trace::CallSpan;
use crate::spec::Evidence;

/// Watches a client at work. Every method does nothing unless overridden; all are called on the caller's task and must return quickly.
///
/// No event carries a value of a request or an answer, a credential, a token or a URL. A call whose future is dropped ends, too, with the error `cancelled`.
/// Several hooks are one: a pair of hooks are hooks.
pub trait Hooks: Send + Sync {
    /// A call began.
    fn start(&self, _event: &Start<'_>) {}
    /// One request went out, and its outcome is known.
    fn attempt(&self, _event: &Attempt<'_>) {}
    /// The call will be tried again.
    fn retry(&self, _event: &Retry<'_>) {}
    /// A token was asked for: of the store, of the caller's source, or of the vendor.
    fn token_fetch(&self, _event: &TokenFetch<'_>) {}
    /// A call had to wait for the quota, or gave up waiting.
    fn quota_wait(&self, _event: &QuotaWait<'_>) {}
    /// The vendor said that calls come too fast: the operation's calls are held back.
    fn quota_pause(&self, _event: &QuotaPause<'_>) {}
    /// A token store or a shared quota cannot be used, and the client goes on without it. Told once, until it works again.
    fn degraded(&self, _event: &Degraded<'_>) {}
    /// A call ended.
    fn end(&self, _event: &End<'_>) {}
}

/// Hooks that do nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHooks;

impl Hooks for NoHooks {}

/// Tells both, the first one first.
impl<A: Hooks, B: Hooks> Hooks for (A, B) {
    fn start(&self, event: &Start<'_>) {
        self.0.start(event);
        self.1.start(event);
    }
    fn attempt(&self, event: &Attempt<'_>) {
        self.0.attempt(event);
        self.1.attempt(event);
    }
    fn retry(&self, event: &Retry<'_>) {
        self.0.retry(event);
        self.1.retry(event);
    }
    fn token_fetch(&self, event: &TokenFetch<'_>) {
        self.0.token_fetch(event);
        self.1.token_fetch(event);
    }
    fn quota_wait(&self, event: &QuotaWait<'_>) {
        self.0.quota_wait(event);
        self.1.quota_wait(event);
    }
    fn quota_pause(&self, event: &QuotaPause<'_>) {
        self.0.quota_pause(event);
        self.1.quota_pause(event);
    }
    fn degraded(&self, event: &Degraded<'_>) {
        self.0.degraded(event);
        self.1.degraded(event);
    }
    fn end(&self, event: &End<'_>) {
        self.0.end(event);
        self.1.end(event);
    }
}

impl<H: Hooks + ?Sized> Hooks for Arc<H> {
    fn start(&self, event: &Start<'_>) {
        (**self).start(event);
    }
    fn attempt(&self, event: &Attempt<'_>) {
        (**self).attempt(event);
    }
    fn retry(&self, event: &Retry<'_>) {
        (**self).retry(event);
    }
    fn token_fetch(&self, event: &TokenFetch<'_>) {
        (**self).token_fetch(event);
    }
    fn quota_wait(&self, event: &QuotaWait<'_>) {
        (**self).quota_wait(event);
    }
    fn quota_pause(&self, event: &QuotaPause<'_>) {
        (**self).quota_pause(event);
    }
    fn degraded(&self, event: &Degraded<'_>) {
        (**self).degraded(event);
    }
    fn end(&self, event: &End<'_>) {
        (**self).end(event);
    }
}

/// The caller's hooks, with those that the crate's features bring.
pub(crate) fn with_features(hooks: Arc<dyn Hooks>) -> Arc<dyn Hooks> {
    #[cfg(feature = "metrics")]
    let hooks: Arc<dyn Hooks> = Arc::new((meter::Meter, hooks));
    #[cfg(feature = "tracing")]
    let hooks: Arc<dyn Hooks> = Arc::new((trace::Events, hooks));
    hooks
}

/// Which call an event belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallContext<'a> {
    /// Number of the call, from 1: counts the calls of a client, those of its other accounts' clients included.
    pub id: u64,
    /// Whose call it is: vendor, id of the app, and a hash in place of the secrets.
    pub account: &'a str,
    /// Number of the page, in a pull over page numbers.
    pub page: Option<i64>,
}

impl<'a> CallContext<'a> {
    /// A context, for tests.
    #[must_use]
    pub fn new(id: u64, account: &'a str) -> Self {
        CallContext { id, account, page: None }
    }
}

/// A call began.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Start<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
    /// Which call it was.
    pub call: CallContext<'a>,
    /// How the operation is known; one without a schema is unverified.
    pub evidence: Evidence,
}

impl<'a> Start<'a> {
    /// An event in which nothing happened, for tests: set what matters.
    #[must_use]
    pub fn new(vendor: &'a str, operation: &'a str) -> Self {
        Start { vendor, operation, call: CallContext::default(), evidence: Evidence::Documented }
    }
}

/// One request went out, and its outcome is known.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
    /// Which call it was.
    pub call: CallContext<'a>,
    /// HTTP method.
    pub method: &'a str,
    /// Host name of the server.
    pub server: &'a str,
    /// Which request of this call it was, from 1.
    pub attempt: u32,
    /// Time from sending to the decoded answer or the failure.
    pub took: Duration,
    /// HTTP status, if an answer came.
    pub status: Option<u16>,
    /// Kind of the error; `None`: success.
    pub error: Option<&'a str>,
    /// The vendor's code, if the answer had one.
    pub code: Option<&'a str>,
}

impl<'a> Attempt<'a> {
    /// An event in which nothing happened, for tests: set what matters.
    #[must_use]
    pub fn new(vendor: &'a str, operation: &'a str) -> Self {
        Attempt {
            vendor,
            operation,
            call: CallContext::default(),
            method: "POST",
            server: "",
            attempt: 1,
            took: Duration::ZERO,
            status: None,
            error: None,
            code: None,
        }
    }
}

/// The call will be tried again.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Retry<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
    /// Which call it was.
    pub call: CallContext<'a>,
    /// Which request of this call failed, from 1.
    pub attempt: u32,
    /// Kind of the error.
    pub error: &'a str,
    /// The vendor's code, if the answer had one.
    pub code: Option<&'a str>,
    /// Time until the next request.
    pub delay: Duration,
    /// Whether a new token is got first.
    pub refresh: bool,
}

impl<'a> Retry<'a> {
    /// An event in which nothing happened, for tests: set what matters.
    #[must_use]
    pub fn new(vendor: &'a str, operation: &'a str) -> Self {
        Retry { vendor, operation, call: CallContext::default(), attempt: 1, error: "", code: None, delay: Duration::ZERO, refresh: false }
    }
}

/// A token was asked for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TokenFetch<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the kind of token.
    pub token: &'a str,
    /// Who was asked.
    pub from: TokenFrom,
    /// How long it took.
    pub took: Duration,
    /// Whether a token was given. A store without a fitting token is no failure and is not told.
    pub success: bool,
    /// How much longer the token is taken to live, if one was given.
    pub life: Option<Duration>,
    /// Whether a longer life was told than can be meant.
    pub life_shortened: bool,
}

impl<'a> TokenFetch<'a> {
    /// An event in which nothing happened, for tests: set what matters.
    #[must_use]
    pub fn new(vendor: &'a str, token: &'a str, from: TokenFrom) -> Self {
        TokenFetch { vendor, token, from, took: Duration::ZERO, success: true, life: None, life_shortened: false }
    }
}

/// Who was asked for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFrom {
    /// The caller's own source.
    Source,
    /// The shared store.
    Store,
    /// The vendor.
    Vendor,
}

impl TokenFrom {
    /// `source`, `store` or `vendor`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            TokenFrom::Source => "source",
            TokenFrom::Store => "store",
            TokenFrom::Vendor => "vendor",
        }
    }
}

/// A call had to wait for the quota.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct QuotaWait<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
    /// Which call it was.
    pub call: CallContext<'a>,
    /// How long it waited; where it gave up, how long it would have had to.
    pub waited: Duration,
    /// Whether it may go on.
    pub success: bool,
    /// How many other calls are waiting.
    pub waiting: usize,
    /// What was waited for: [`WaitCause::as_str`](crate::quota::WaitCause::as_str), or `queue`, where it was only the turn.
    pub cause: &'a str,
}

/// The vendor said that calls come too fast.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct QuotaPause<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
    /// Which call it was.
    pub call: CallContext<'a>,
    /// For how long its calls are held back from now.
    pub pause: Duration,
    /// How long the vendor asked to wait, as it stood in the answer. `pause` is shorter where that cannot be meant.
    pub asked: Option<Duration>,
    /// HTTP status of the answer.
    pub status: u16,
    /// The vendor's code, if the answer had one.
    pub code: Option<&'a str>,
}

impl<'a> QuotaPause<'a> {
    /// An event in which nothing happened, for tests: set what matters.
    #[must_use]
    pub fn new(vendor: &'a str, operation: &'a str) -> Self {
        QuotaPause { vendor, operation, call: CallContext::default(), pause: Duration::ZERO, asked: None, status: 200, code: None }
    }
}

/// Something that processes share cannot be used.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Degraded<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// What cannot be used.
    pub part: SharedPart,
    /// The operation whose quota, or the kind of token for which it is used.
    pub of: &'a str,
    /// Why, in the words of the store or the shared quota.
    pub reason: &'a str,
}

impl<'a> Degraded<'a> {
    /// An event, for tests.
    #[must_use]
    pub fn new(vendor: &'a str, part: SharedPart, of: &'a str, reason: &'a str) -> Self {
        Degraded { vendor, part, of, reason }
    }
}

/// What processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SharedPart {
    /// The token store.
    TokenStore,
    /// The shared quota.
    Quota,
}

impl SharedPart {
    /// `token_store` or `quota`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SharedPart::TokenStore => "token_store",
            SharedPart::Quota => "quota",
        }
    }
}

impl<'a> QuotaWait<'a> {
    /// An event in which nothing happened, for tests: set what matters.
    #[must_use]
    pub fn new(vendor: &'a str, operation: &'a str) -> Self {
        QuotaWait { vendor, operation, call: CallContext::default(), waited: Duration::ZERO, success: true, waiting: 0, cause: "used_up" }
    }
}

/// A call ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct End<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
    /// Which call it was.
    pub call: CallContext<'a>,
    /// How many requests went out.
    pub attempts: u32,
    /// Time from start to end.
    pub took: Duration,
    /// How much of it went into waiting for the quota, the token and between attempts.
    pub waited: Duration,
    /// Kind of the error, or `cancelled`; `None`: success.
    pub error: Option<&'a str>,
    /// The vendor's code, if the call failed with one.
    pub code: Option<&'a str>,
}

impl<'a> End<'a> {
    /// An event in which nothing happened, for tests: set what matters.
    #[must_use]
    pub fn new(vendor: &'a str, operation: &'a str) -> Self {
        End {
            vendor,
            operation,
            call: CallContext::default(),
            attempts: 1,
            took: Duration::ZERO,
            waited: Duration::ZERO,
            error: None,
            code: None,
        }
    }
}
