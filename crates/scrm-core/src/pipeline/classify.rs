//! What an answer, or its absence, means.

use std::time::{Duration, SystemTime};

use super::{Job, Run, redaction::Redaction, unreadable};
use crate::{
    client::ResponseMeta,
    decode::{DecodeError, DecodeOptions, Envelope, decode_into},
    encode::RequestBody,
    error::{
        Error, ErrorKind,
        redact::{BODY_CAP, MESSAGE_CAP},
    },
    hooks::QuotaPause,
    quota::{RateLimiter, Refusal},
    retry::parse_retry_after,
    spec::{Action, PagingSpec},
    table::{self, Payload},
    token::TokenInUse,
    transport::{HttpResponse, Sent, TransportError, TransportErrorKind},
};

/// An attempt that came to nothing.
pub(super) struct Failed {
    pub(super) error: Error,
    /// What to do about it.
    pub(super) action: Action,
    /// How long the vendor asked to wait.
    pub(super) retry_after: Option<Duration>,
    /// Generation of the token that was sent.
    pub(super) generation: Option<u64>,
}

impl Run<'_> {
    /// A failure before anything was sent, about which nothing can be done.
    pub(super) fn unsent(&self, error: Error) -> Failed {
        let error = if error.operation().is_none() { self.job.named(error) } else { error.renamed(self.name.clone()) };
        Failed { error, action: Action::Fail, retry_after: None, generation: None }
    }

    /// A failure of the transport.
    pub(super) fn not_carried(&self, error: &TransportError) -> Failed {
        let (kind, action) = match error.kind {
            TransportErrorKind::Connect => (ErrorKind::Connect, Action::RetryReads),
            TransportErrorKind::Timeout => (ErrorKind::Timeout, Action::RetryReads),
            TransportErrorKind::Broken => (ErrorKind::Transport, Action::RetryReads),
            TransportErrorKind::TooLarge => (ErrorKind::TooLarge, Action::Fail),
            TransportErrorKind::Request => (ErrorKind::Config, Action::Fail),
        };
        let detail = self.redaction().text(&error.message, MESSAGE_CAP);
        let shown = self.job.named(Error::new(kind, self.job.core.vendor(), detail)).sent_as(error.sent);
        Failed { error: shown, action, retry_after: None, generation: None }
    }

    /// Steps 6 and 8. The envelope decides; the HTTP status only where there is none, or where nobody documented its code.
    pub(super) fn classify(
        &self,
        answer: &HttpResponse,
        token: Option<&TokenInUse>,
        data: &mut dyn Payload,
    ) -> Result<ResponseMeta, Failed> {
        data.reset();
        if let Some(reason) = unreadable::encoding(answer) {
            return Err(self.unreadable(answer, token, &reason, Action::Fail));
        }
        let strict = self.job.options.strict.unwrap_or(self.job.core.shared().strict);
        let options =
            DecodeOptions { rows: self.job.expected_rows(), collect_drift: self.samples() || strict || self.job.options.collect_drift };
        let envelope = &self.job.core.vendor().envelope;
        match decode_into(&answer.body, envelope, &options, data) {
            Ok(head) if head.is_success(envelope) => {
                if options.collect_drift && !std::ptr::eq(self.job.spec, self.job.core.vendor().untyped) {
                    self.job.core.shared().drift.saw(self.job.spec.name, &head.drifts, &answer.body);
                }
                self.succeeded(answer, token, head, strict)
            }
            Ok(head) if head.code.is_some() => self.refused(answer, token, head),
            Ok(_) => Err(self.no_envelope(answer, token, None)),
            Err(error) => Err(self.no_envelope(answer, token, Some(&error))),
        }
    }

    /// Whether the drift report looks at this answer.
    fn samples(&self) -> bool {
        let untyped = std::ptr::eq(self.job.spec, self.job.core.vendor().untyped);
        !untyped && self.job.core.shared().drift.samples(self.job.spec.name)
    }

    fn succeeded(&self, answer: &HttpResponse, token: Option<&TokenInUse>, head: Envelope, strict: bool) -> Result<ResponseMeta, Failed> {
        match head.drifts.first() {
            Some(first) if strict => {
                let detail = format!("strict mode: {} drifts from the schema, the first: {first}", head.drifts.len());
                let redaction = self.redaction();
                let error = self.answered(ErrorKind::Decode, answer, &redaction).detailed(redaction.text(&detail, MESSAGE_CAP));
                let error = error.pointing(redaction.text(&first.path, MESSAGE_CAP));
                Err(self.failed(error, Action::Fail, answer, token))
            }
            _ => Ok(ResponseMeta {
                bad_rows: head.bad_rows,
                message: head.message,
                extra: head.extra,
                drifts: if self.job.options.collect_drift { head.drifts } else { Vec::new() },
                ..ResponseMeta::default()
            }),
        }
    }

    /// The envelope tells a failure.
    fn refused(&self, answer: &HttpResponse, token: Option<&TokenInUse>, head: Envelope) -> Result<ResponseMeta, Failed> {
        let code = head.code.as_deref().unwrap_or_default();
        let rule = self.job.core.vendor().error_rule(self.job.spec, code, head.message.as_deref().unwrap_or_default());
        let action = rule.map_or_else(|| by_status(answer.status), |rule| rule.action);
        if action == Action::DoneAlready {
            return Ok(ResponseMeta { message: head.message, extra: head.extra, already_done: true, ..ResponseMeta::default() });
        }
        let kind = match action {
            Action::RefreshToken => ErrorKind::Token,
            Action::Wait | Action::SlowDown => ErrorKind::Quota,
            _ => ErrorKind::Vendor,
        };
        let redaction = self.redaction();
        let documented = rule.is_some_and(|rule| rule.code.is_some());
        let shown_code = if documented { code.into() } else { redaction.text(code, 64) };
        let message = head.message.as_deref().map(|message| redaction.text(message, MESSAGE_CAP));
        let error = self.answered(kind, answer, &redaction).coded(shown_code, rule.map(|rule| rule.meaning), message).acting(action);
        Err(self.failed(error, action, answer, token))
    }

    /// No answer of the vendor's application: a gateway's page, a broken body, another JSON.
    fn no_envelope(&self, answer: &HttpResponse, token: Option<&TokenInUse>, error: Option<&DecodeError>) -> Failed {
        if let Some(reason) = unreadable::web_page(answer) {
            // It may be gone the next time; one that came twice stays.
            let action = if self.attempts < 2 { Action::RetryReads } else { Action::Fail };
            return self.unreadable(answer, token, &reason, action);
        }
        let redaction = self.redaction();
        if !(200..300).contains(&answer.status) {
            let action = by_status(answer.status);
            let shown = self.answered(ErrorKind::Http, answer, &redaction).detailed(http_failure(answer.status)).acting(action);
            return self.failed(shown, action, answer, token);
        }
        let shown = self.answered(ErrorKind::Decode, answer, &redaction);
        let Some(error) = error else {
            let key = self.job.core.vendor().envelope.code;
            return self.failed(shown.detailed(format!("the answer has no {key}")), Action::Fail, answer, token);
        };
        // No JSON at all, or cut off: something on the way, which may be gone the next time. Else the vendor's application would answer the same again.
        let damaged = error.path.is_empty() || error.offset >= answer.body.len();
        let action = if damaged { Action::RetryReads } else { Action::Fail };
        let detail = redaction.text(&format!("the answer cannot be understood: {}", error.reason), MESSAGE_CAP);
        let shown = if error.path.is_empty() { shown } else { shown.pointing(redaction.text(&error.path, MESSAGE_CAP)) };
        self.failed(shown.detailed(detail), action, answer, token)
    }

    /// Something else than an answer of the vendor's application. `reason` holds what came over the wire; `action` is meant where the status tells of no failure.
    fn unreadable(&self, answer: &HttpResponse, token: Option<&TokenInUse>, reason: &str, action: Action) -> Failed {
        let redaction = self.redaction();
        let reason = redaction.text(reason, MESSAGE_CAP);
        if (200..300).contains(&answer.status) {
            let shown = self.answered(ErrorKind::Decode, answer, &redaction).detailed(reason);
            return self.failed(shown, action, answer, token);
        }
        let action = by_status(answer.status);
        let detail = format!("{}: {reason}", http_failure(answer.status));
        let shown = self.answered(ErrorKind::Http, answer, &redaction).detailed(detail).acting(action);
        self.failed(shown, action, answer, token)
    }

    fn failed(&self, error: Error, action: Action, answer: &HttpResponse, token: Option<&TokenInUse>) -> Failed {
        let asked = answer.header("retry-after").and_then(|value| parse_retry_after(value, SystemTime::now()));
        let refusal = Refusal {
            code: error.vendor_code().map(Into::into),
            meaning: error.meaning(),
            status: answer.status,
            burst: action == Action::SlowDown,
            retry_after: asked,
        };
        let quota = self.job.core.quotas().of(self.job.spec);
        let window = quota.as_ref().map_or(Duration::ZERO, |quota| quota.rule().window);
        let retry_after = refusal.believed(window);
        let error = refusal.unbelieved(window).into_iter().fold(error, |error, more| error.adding(&more));
        if let (Action::Wait | Action::SlowDown, Some(quota)) = (action, quota) {
            self.hold_back(&quota, refusal);
        }
        Failed { error, action, retry_after, generation: token.map(|token| token.generation) }
    }

    /// The vendor said that calls come too fast.
    fn hold_back(&self, quota: &RateLimiter, refusal: Refusal) {
        let (shared, code, status, asked) = (self.job.core.shared(), refusal.code.clone(), refusal.status, refusal.retry_after);
        let pause = quota.refused(refusal);
        let (vendor, operation) = (shared.vendor.name, &*self.name);
        shared.hooks.quota_pause(&QuotaPause { vendor, operation, pause, asked, status, code: code.as_deref() });
    }

    pub(super) fn redaction(&self) -> Redaction {
        Redaction::of(&self.job, self.token.iter().chain(&self.earlier_tokens))
    }

    fn answered(&self, kind: ErrorKind, answer: &HttpResponse, redaction: &Redaction) -> Error {
        let body = (!self.job.answers_token()).then(|| redaction.bytes(&answer.body, BODY_CAP));
        let error = self.job.named(Error::new(kind, self.job.core.vendor(), "")).answered(answer.status, body);
        let keeps = kind == ErrorKind::Decode && self.job.options.keep_body;
        if keeps { error.keeping(answer.body.clone()) } else { error }
    }

    /// The last failure as the call's.
    pub(super) fn give_up(&self, failed: Failed) -> Error {
        match (failed.action, failed.generation) {
            (Action::RefreshToken, Some(_)) => {
                let which = if self.refreshed { "a fresh token" } else { "the token" };
                failed.error.kind_as(ErrorKind::Token).detailed(format!("the vendor rejects {which}"))
            }
            // Else it was the token that the call would have waited for.
            (Action::Wait | Action::SlowDown, _) if failed.error.sent() == Sent::Yes => failed.error.kind_as(ErrorKind::Quota),
            _ => failed.error,
        }
    }
}

impl Job<'_> {
    /// How many rows the request asks for.
    fn expected_rows(&self) -> usize {
        // Without pages an answer mostly holds one row, if any.
        let Some(PagingSpec { size: Some(field), max_size, .. }) = self.spec.paging else { return 1 };
        let size = match self.outgoing {
            RequestBody::Typed(request) => table::get(request, field),
            RequestBody::Raw(parameters) => parameters.get(*field).cloned(),
        };
        let size = size.and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok())).unwrap_or(0);
        usize::try_from(size.min(u64::from(max_size.unwrap_or(1000)))).unwrap_or(0)
    }

    /// Whether the answer holds a token, so that nothing of it may be shown.
    fn answers_token(&self) -> bool {
        let path = self.path.split('?').next().unwrap_or_default().trim_matches('/');
        self.core.vendor().tokens.iter().any(|token| token.operation.path.trim_matches('/') == path)
    }
}

/// What to do where only the HTTP status says anything.
fn by_status(status: u16) -> Action {
    match status {
        401 => Action::RefreshToken,
        403 => Action::FixConfig,
        429 => Action::Wait,
        408 | 500..=599 => Action::RetryReads,
        _ => Action::Fail,
    }
}

fn http_failure(status: u16) -> &'static str {
    match status {
        300..=399 => "the server redirects, which is not followed; check the base URL",
        401 => "the server does not accept the token",
        403 => "the server forbids the call",
        404 => "the server does not know the path",
        429 => "too many calls",
        500..=599 => "the server failed",
        _ => "no answer of the vendor's application",
    }
}
