//! What a client tells of its work.

use std::time::Duration;

/// Watches a client at work. Every method does nothing unless overridden; all are called on the caller's task and must return quickly.
///
/// No event carries a value of a request or an answer, a credential, a token or a URL.
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

/// A call began.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
}

/// One request went out, and its outcome is known.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
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

/// The call will be tried again.
#[derive(Clone, Copy, Debug)]
pub struct Retry<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
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

/// A token was asked for.
#[derive(Clone, Copy, Debug)]
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
pub struct QuotaWait<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
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
    /// For how long its calls are held back from now.
    pub pause: Duration,
    /// How long the vendor asked to wait, as it stood in the answer. `pause` is shorter where that cannot be meant.
    pub asked: Option<Duration>,
    /// HTTP status of the answer.
    pub status: u16,
    /// The vendor's code, if the answer had one.
    pub code: Option<&'a str>,
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

/// A call ended.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    /// Short name of the vendor.
    pub vendor: &'a str,
    /// Name of the operation.
    pub operation: &'a str,
    /// How many requests went out.
    pub attempts: u32,
    /// Time from start to end.
    pub took: Duration,
    /// How much of it went into waiting for the quota, the token and between attempts.
    pub waited: Duration,
    /// Kind of the error; `None`: success.
    pub error: Option<&'a str>,
    /// The vendor's code, if the call failed with one.
    pub code: Option<&'a str>,
}

#[cfg(feature = "tracing")]
pub use self::events::TracingHooks;

#[cfg(feature = "tracing")]
mod events {
    use super::{Attempt, Degraded, End, Hooks, QuotaPause, QuotaWait, Retry, Start, TokenFetch};

    const TARGET: &str = "scrm";

    /// Writes every event to `tracing`, under the target `scrm`, with the attribute names of OpenTelemetry's conventions for HTTP clients.
    ///
    /// Requests and ends of calls are told at `DEBUG`, failed ends at `WARN`, retries and quota waits at `INFO`, starts at `TRACE`. Operations are named instead of URLs.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct TracingHooks;

    impl Hooks for TracingHooks {
        fn start(&self, event: &Start<'_>) {
            tracing::trace!(target: TARGET, vendor = event.vendor, operation = event.operation, "call started");
        }

        fn attempt(&self, event: &Attempt<'_>) {
            tracing::debug!(
                target: TARGET,
                vendor = event.vendor,
                operation = event.operation,
                http.request.method = event.method,
                server.address = event.server,
                http.request.resend_count = event.attempt.saturating_sub(1),
                http.response.status_code = event.status,
                error.type = event.error,
                vendor.code = event.code,
                duration = event.took.as_secs_f64(),
                "request"
            );
        }

        fn retry(&self, event: &Retry<'_>) {
            tracing::info!(
                target: TARGET,
                vendor = event.vendor,
                operation = event.operation,
                http.request.resend_count = event.attempt,
                error.type = event.error,
                vendor.code = event.code,
                delay = event.delay.as_secs_f64(),
                refresh = event.refresh,
                "retry"
            );
        }

        fn token_fetch(&self, event: &TokenFetch<'_>) {
            tracing::debug!(
                target: TARGET,
                vendor = event.vendor,
                token.kind = event.token,
                token.from = event.from.as_str(),
                success = event.success,
                token.life = event.life.map(|life| life.as_secs()),
                token.life_shortened = event.life_shortened,
                duration = event.took.as_secs_f64(),
                "token fetch"
            );
        }

        fn quota_wait(&self, event: &QuotaWait<'_>) {
            tracing::info!(
                target: TARGET,
                vendor = event.vendor,
                operation = event.operation,
                success = event.success,
                waiting = event.waiting,
                cause = event.cause,
                duration = event.waited.as_secs_f64(),
                "quota wait"
            );
        }

        fn quota_pause(&self, event: &QuotaPause<'_>) {
            tracing::warn!(
                target: TARGET,
                vendor = event.vendor,
                operation = event.operation,
                http.response.status_code = event.status,
                vendor.code = event.code,
                asked = event.asked.map(|asked| asked.as_secs_f64()),
                pause = event.pause.as_secs_f64(),
                "quota pause"
            );
        }

        fn degraded(&self, event: &Degraded<'_>) {
            tracing::warn!(
                target: TARGET,
                vendor = event.vendor,
                part = event.part.as_str(),
                of = event.of,
                reason = event.reason,
                "shared state cannot be used"
            );
        }

        fn end(&self, event: &End<'_>) {
            let resent = event.attempts.saturating_sub(1);
            let (took, waited) = (event.took.as_secs_f64(), event.waited.as_secs_f64());
            match event.error {
                None => tracing::debug!(
                    target: TARGET,
                    vendor = event.vendor,
                    operation = event.operation,
                    http.request.resend_count = resent,
                    duration = took,
                    waited,
                    "call ended"
                ),
                Some(kind) => tracing::warn!(
                    target: TARGET,
                    vendor = event.vendor,
                    operation = event.operation,
                    http.request.resend_count = resent,
                    error.type = kind,
                    vendor.code = event.code,
                    duration = took,
                    waited,
                    "call failed"
                ),
            }
        }
    }
}

#[cfg(feature = "tracing")]
#[cfg(test)]
mod tests {
    use std::{
        fmt,
        sync::{Arc, Mutex},
    };

    use tracing::{
        Event, Metadata, Subscriber,
        field::{Field, Visit},
        span,
    };

    use super::*;

    /// Writes down every event.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<String>>);

    impl Visit for Notes {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            self.0.lock().unwrap().push_str(&format!(" {}={value:?}", field.name()));
        }
    }

    impl Subscriber for Notes {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "scrm"
        }
        fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}
        fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}
        fn event(&self, event: &Event<'_>) {
            self.0.lock().unwrap().push_str(event.metadata().level().as_str());
            event.record(&mut self.clone());
            self.0.lock().unwrap().push('\n');
        }
        fn enter(&self, _span: &span::Id) {}
        fn exit(&self, _span: &span::Id) {}
    }

    #[test]
    fn events_carry_the_names_of_the_conventions() {
        let notes = Notes::default();
        let (vendor, operation, took) = ("acme", "user_list", Duration::from_millis(250));
        tracing::subscriber::with_default(notes.clone(), || {
            let hooks = TracingHooks;
            hooks.start(&Start { vendor, operation });
            hooks.quota_wait(&QuotaWait { vendor, operation, waited: took, success: true, waiting: 3, cause: "used_up" });
            hooks.token_fetch(&TokenFetch {
                vendor,
                token: "access",
                from: TokenFrom::Vendor,
                took,
                success: true,
                life: Some(took * 4),
                life_shortened: false,
            });
            hooks.quota_pause(&QuotaPause { vendor, operation, pause: took, asked: Some(took * 2), status: 429, code: Some("2053") });
            hooks.degraded(&Degraded { vendor, part: SharedPart::TokenStore, of: "access", reason: "away" });
            let attempt = Attempt {
                vendor,
                operation,
                method: "POST",
                server: "api.acme.example",
                attempt: 2,
                took,
                status: Some(200),
                error: Some("vendor"),
                code: Some("2054"),
            };
            hooks.attempt(&attempt);
            hooks.attempt(&Attempt { error: None, code: None, ..attempt });
            hooks.retry(&Retry { vendor, operation, attempt: 1, error: "vendor", code: None, delay: took, refresh: false });
            hooks.end(&End { vendor, operation, attempts: 2, took, waited: took, error: None, code: None });
            hooks.end(&End { vendor, operation, attempts: 3, took, waited: took, error: Some("vendor"), code: Some("2054") });
        });
        insta::assert_snapshot!(notes.0.lock().unwrap(), @r#"
        TRACE message=call started vendor="acme" operation="user_list"
        INFO message=quota wait vendor="acme" operation="user_list" success=true waiting=3 cause="used_up" duration=0.25
        DEBUG message=token fetch vendor="acme" token.kind="access" token.from="vendor" success=true token.life=1 token.life_shortened=false duration=0.25
        WARN message=quota pause vendor="acme" operation="user_list" http.response.status_code=429 vendor.code="2053" asked=0.5 pause=0.25
        WARN message=shared state cannot be used vendor="acme" part="token_store" of="access" reason="away"
        DEBUG message=request vendor="acme" operation="user_list" http.request.method="POST" server.address="api.acme.example" http.request.resend_count=1 http.response.status_code=200 error.type="vendor" vendor.code="2054" duration=0.25
        DEBUG message=request vendor="acme" operation="user_list" http.request.method="POST" server.address="api.acme.example" http.request.resend_count=1 http.response.status_code=200 duration=0.25
        INFO message=retry vendor="acme" operation="user_list" http.request.resend_count=1 error.type="vendor" delay=0.25 refresh=false
        DEBUG message=call ended vendor="acme" operation="user_list" http.request.resend_count=1 duration=0.25 waited=0.25
        WARN message=call failed vendor="acme" operation="user_list" http.request.resend_count=2 error.type="vendor" vendor.code="2054" duration=0.25 waited=0.25
        "#);
    }
}
