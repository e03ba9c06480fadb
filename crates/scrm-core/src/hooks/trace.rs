//! The feature `tracing`: a span for each call, with the attribute names of OpenTelemetry's conventions for HTTP clients.
//!
//! The span is called `call`, is at `INFO` and has the target `scrm`, as have its events: requests and ends of calls at `DEBUG`, failed ends at `WARN`, retries and
//! quota waits at `INFO`, starts at `TRACE`. Whatever the transport writes to `tracing` stands in the span as well. Operations are named instead of URLs.

#[cfg(not(feature = "tracing"))]
pub(crate) use self::off::CallSpan;
#[cfg(feature = "tracing")]
pub(crate) use self::on::{CallSpan, Events};

/// Without the feature nothing is left of it.
#[cfg(not(feature = "tracing"))]
mod off {
    use crate::hooks::{End, Start};

    #[derive(Clone)]
    pub(crate) struct CallSpan;

    impl CallSpan {
        pub(crate) fn new(_: &Start<'_>, _method: &str, _server: &str) -> Self {
            CallSpan
        }
        pub(crate) fn around<F>(&self, future: F) -> F {
            future
        }
        pub(crate) fn inside<T>(&self, action: impl FnOnce() -> T) -> T {
            action()
        }
        pub(crate) fn end(&self, _: &End<'_>, _status: Option<u16>) {}
    }
}

#[cfg(feature = "tracing")]
mod on {
    use tracing::{Instrument as _, Span, field::Empty, instrument::Instrumented};

    use crate::hooks::{Attempt, Degraded, End, Hooks, QuotaPause, QuotaWait, Retry, Start, TokenFetch};

    const TARGET: &str = "scrm";

    /// The span of one call.
    #[derive(Clone)]
    pub(crate) struct CallSpan(Span);

    impl CallSpan {
        pub(crate) fn new(start: &Start<'_>, method: &str, server: &str) -> Self {
            CallSpan(tracing::info_span!(
                target: TARGET,
                "call",
                otel.name = format_args!("{} {}", start.vendor, start.operation),
                otel.kind = "client",
                otel.status_code = Empty,
                vendor = start.vendor,
                operation = start.operation,
                call.id = start.call.id,
                account = start.call.account,
                page = start.call.page,
                http.request.method = method,
                server.address = server,
                http.response.status_code = Empty,
                http.request.resend_count = Empty,
                error.type = Empty,
                vendor.code = Empty,
            ))
        }

        pub(crate) fn around<F: Future>(&self, future: F) -> Instrumented<F> {
            future.instrument(self.0.clone())
        }

        pub(crate) fn inside<T>(&self, action: impl FnOnce() -> T) -> T {
            self.0.in_scope(action)
        }

        pub(crate) fn end(&self, event: &End<'_>, status: Option<u16>) {
            self.0.record("http.request.resend_count", event.attempts.saturating_sub(1));
            if let Some(status) = status {
                self.0.record("http.response.status_code", status);
            }
            if let Some(error) = event.error {
                self.0.record("otel.status_code", "ERROR");
                self.0.record("error.type", error);
            }
            if let Some(code) = event.code {
                self.0.record("vendor.code", code);
            }
        }
    }

    /// What is told to hooks, as events.
    pub(crate) struct Events;

    impl Hooks for Events {
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
