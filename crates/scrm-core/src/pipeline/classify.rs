//! What an answer, or its absence, means.

use std::time::{Duration, SystemTime};

use super::{Job, Run, masking, unreadable};
use crate::{
    client::ResponseMeta,
    decode::{DecodeError, DecodeOptions, Envelope, decode_into},
    encode::RequestBody,
    error::{Error, ErrorKind},
    hooks::QuotaPause,
    mask::{MESSAGE_CAP, Masker, WORD_CAP},
    quota::{RateLimiter, Refusal},
    retry::parse_retry_after,
    spec::{Action, PagingSpec},
    table::Payload,
    tabular,
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
        let detail = self.masker().text(&error.message, MESSAGE_CAP);
        let shown = self.job.named(Error::new(kind, self.job.core.vendor(), detail)).with_sent(error.sent);
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
            return Err(self.unreadable(answer, token, &reason, Action::Fail, data));
        }
        let strict = self.job.options.strict.unwrap_or(self.job.core.shared().strict);
        let options =
            DecodeOptions { rows: self.job.expected_rows(), collect_drift: self.samples() || strict || self.job.options.collect_drift };
        let envelope = &self.job.core.vendor().envelope;
        match decode_into(&answer.body, envelope, &options, data) {
            Ok(head) if head.is_success(envelope) => {
                if options.collect_drift && !std::ptr::eq(self.job.spec, self.job.core.vendor().untyped) {
                    self.job.core.shared().drift.saw(self.job.spec.name, &head.drifts, head.drifts_left_out);
                }
                self.succeeded(answer, token, head, strict, data)
            }
            Ok(head) if head.code.is_some() => self.refused(answer, token, head, data),
            Ok(_) => Err(self.no_envelope(answer, token, None, data)),
            Err(error) => Err(self.no_envelope(answer, token, Some(&error), data)),
        }
    }

    /// Whether the drift report looks at this answer.
    fn samples(&self) -> bool {
        let untyped = std::ptr::eq(self.job.spec, self.job.core.vendor().untyped);
        !untyped && self.job.core.shared().drift.samples(self.job.spec.name)
    }

    fn succeeded(
        &self,
        answer: &HttpResponse,
        token: Option<&TokenInUse>,
        head: Envelope,
        strict: bool,
        data: &mut dyn Payload,
    ) -> Result<ResponseMeta, Failed> {
        match head.drifts.first() {
            Some(first) if strict => {
                let count = head.drifts.len() as u64 + head.drifts_left_out;
                let detail = format!("strict mode: {count} drifts from the schema, the first: {first}");
                let masker = self.masker();
                let error = self.answered(ErrorKind::Decode, answer, &masker, data).detailed(masker.text(&detail, MESSAGE_CAP));
                let error = error.pointing(masker.path(&first.path, MESSAGE_CAP)).undecoded(answer.body.clone());
                Err(self.failed(error, Action::Fail, answer, token))
            }
            _ => {
                let (drifts, drifts_left_out) =
                    if self.job.options.collect_drift { (head.drifts, head.drifts_left_out) } else { (Vec::new(), 0) };
                Ok(ResponseMeta {
                    bad_rows: head.bad_rows,
                    bad_rows_left_out: head.bad_rows_left_out,
                    message: head.message,
                    extra: head.extra,
                    drifts,
                    drifts_left_out,
                    ..ResponseMeta::default()
                })
            }
        }
    }

    /// The envelope tells a failure.
    fn refused(
        &self,
        answer: &HttpResponse,
        token: Option<&TokenInUse>,
        head: Envelope,
        data: &mut dyn Payload,
    ) -> Result<ResponseMeta, Failed> {
        let code = head.code.as_deref().unwrap_or_default();
        let rule = self.job.core.vendor().error_rule(self.job.spec, code, head.message.as_deref().unwrap_or_default());
        let action = rule.map_or_else(|| by_status(answer.status), |rule| rule.action);
        if action == Action::DoneAlready {
            return Ok(ResponseMeta { message: head.message, extra: head.extra, already_done: true, ..ResponseMeta::default() });
        }
        let (kind, detail) = match action {
            Action::RefreshToken => (ErrorKind::Token, "the vendor rejects the token"),
            Action::Wait => (ErrorKind::Quota, "the vendor says that its quota is used up"),
            Action::SlowDown => (ErrorKind::Quota, "the vendor says that calls come too fast"),
            _ => (ErrorKind::Vendor, ""),
        };
        let masker = self.masker();
        let documented = rule.is_some_and(|rule| rule.code.is_some());
        let shown_code = if documented { code.into() } else { masker.text(code, WORD_CAP) };
        let message = head.message.as_deref().map(|message| masker.text(message, MESSAGE_CAP));
        let error = self.answered(kind, answer, &masker, data).detailed(detail);
        let error = error.coded(shown_code, rule.map(|rule| rule.meaning), message).with_action(action);
        Err(self.failed(error, action, answer, token))
    }

    /// No answer of the vendor's application: a gateway's page, a broken body, another JSON.
    fn no_envelope(
        &self,
        answer: &HttpResponse,
        token: Option<&TokenInUse>,
        error: Option<&DecodeError>,
        data: &mut dyn Payload,
    ) -> Failed {
        if let Some(reason) = unreadable::web_page(answer) {
            // It may be gone the next time; one that came twice stays.
            let action = if self.attempts < 2 { Action::RetryReads } else { Action::Fail };
            return self.unreadable(answer, token, &reason, action, data);
        }
        let masker = self.masker();
        let content = content(answer, &masker);
        if !(200..300).contains(&answer.status) {
            let action = by_status(answer.status);
            let detail = format!("{}{content}", http_failure(answer.status));
            let shown = self.answered(ErrorKind::Http, answer, &masker, data).detailed(detail).with_action(action);
            return self.failed(shown, action, answer, token);
        }
        let shown = self.answered(ErrorKind::Decode, answer, &masker, data).undecoded(answer.body.clone());
        let Some(error) = error else {
            let key = self.job.core.vendor().envelope.code;
            return self.failed(shown.detailed(format!("the answer has no {key}{content}")), Action::Fail, answer, token);
        };
        // No JSON at all, or cut off: something on the way, which may be gone the next time. Else the vendor's application would answer the same again.
        let damaged = error.path.is_empty() || error.offset >= answer.body.len();
        let hopeless = unreadable::is_utf16(&answer.body) || (self.attempts >= 2 && unreadable::is_markup(&answer.body));
        let action = if damaged && !hopeless { Action::RetryReads } else { Action::Fail };
        let detail = format!("the answer cannot be understood: {}{content}", masker.text(&error.reason, MESSAGE_CAP));
        let shown = if error.path.is_empty() { shown } else { shown.pointing(masker.path(&error.path, MESSAGE_CAP)) };
        self.failed(shown.detailed(detail), action, answer, token)
    }

    /// Something else than an answer of the vendor's application. `reason` holds what came over the wire; `action` is meant where the status tells of no failure.
    fn unreadable(
        &self,
        answer: &HttpResponse,
        token: Option<&TokenInUse>,
        reason: &str,
        action: Action,
        data: &mut dyn Payload,
    ) -> Failed {
        let masker = self.masker();
        let reason = masker.text(reason, MESSAGE_CAP);
        if (200..300).contains(&answer.status) {
            let shown = self.answered(ErrorKind::Decode, answer, &masker, data).undecoded(answer.body.clone()).detailed(reason);
            return self.failed(shown, action, answer, token);
        }
        let action = by_status(answer.status);
        let detail = format!("{}: {reason}", http_failure(answer.status));
        let shown = self.answered(ErrorKind::Http, answer, &masker, data).detailed(detail).with_action(action);
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
        let quota = self.job.core.quota(self.job.spec);
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
        shared.hooks.quota_pause(&QuotaPause { vendor, operation, call: self.call(), pause, asked, status, code: code.as_deref() });
    }

    pub(super) fn masker(&self) -> Masker {
        masking::masker(&self.job, self.token.iter().chain(&self.earlier_tokens))
    }

    fn answered(&self, kind: ErrorKind, answer: &HttpResponse, masker: &Masker, data: &mut dyn Payload) -> Error {
        let body = (!self.job.answers_token()).then(|| masker.body(&answer.body, &self.job.core.vendor().envelope, data));
        self.job.named(Error::new(kind, self.job.core.vendor(), "")).answered(answer.status, body)
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
            RequestBody::Typed(request) => tabular::get(request, field),
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

/// What the answer says that it is, for the end of a sentence.
fn content(answer: &HttpResponse, masker: &Masker) -> String {
    let header = |name: &str| answer.header(name).map(|value| format!("{name} {}", masker.text(value, WORD_CAP)));
    let told: Vec<String> = ["content-type", "content-encoding"].into_iter().filter_map(header).collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
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
        429 => "the server says that there are too many calls",
        500..=599 => "the server failed",
        _ => "no answer of the vendor's application",
    }
}
