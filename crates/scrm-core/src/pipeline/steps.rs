//! The steps of one attempt.

use std::sync::Arc;

use tokio::time::{Duration, Instant};

use super::{Job, Run, classify::Failed, method, token::TokenCall};
use crate::{
    check,
    client::ResponseMeta,
    encode::{self, Authorization, RequestBody},
    error::{Error, ErrorKind},
    hooks::{Attempt, QuotaWait},
    quota::{Permit, WaitCause},
    secret::Secret,
    sign::Signing,
    spec::{Action, CredentialSpec},
    token::{TokenCache, TokenError, TokenInUse},
    transport::{HttpRequest, HttpResponse, Sent, TransportError, TransportErrorKind},
};

/// A wait shorter than this is no wait for the quota, but the time to ask for it.
const WORTH_TELLING: Duration = Duration::from_millis(1);

/// A permit whose request has not been sent yet: dropped, it is free again at once.
pub(super) struct Unsent(Option<Permit>);

impl Unsent {
    fn sending(mut self) -> Option<Permit> {
        self.0.take()
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        if let Some(permit) = self.0.take() {
            permit.not_sent();
        }
    }
}

impl Job<'_> {
    /// Step 1.
    pub(super) fn check(&self) -> Result<(), Error> {
        let RequestBody::Typed(request) = self.outgoing else {
            return encode::check_path(self.path).map_err(|error| {
                Error::new(ErrorKind::InvalidRequest, self.core.vendor(), format!("the request cannot be written: {error}"))
            });
        };
        self.trust()?;
        check::check_allowing(request, self.spec.rules, self.options.allow_empty_filters).map_err(|violations| {
            Error::new(ErrorKind::InvalidRequest, self.core.vendor(), "the request breaks a documented rule").violating(violations)
        })
    }

    /// Whether the client sends what no page of the vendor was seen to document.
    fn trust(&self) -> Result<(), Error> {
        let evidence = self.spec.source.evidence;
        if !self.core.shared().refuse_unverified || !evidence.is_unverified() {
            return Ok(());
        }
        let detail = format!(
            "the operation is unverified ({}), and this client refuses such operations: `refuse_unverified(true)` was set on its builder",
            evidence.as_str()
        );
        Err(Error::new(ErrorKind::Config, self.core.vendor(), detail))
    }

    /// Whether there is what the operation's token or signature is made of.
    pub(super) fn credentials_given(&self) -> Result<(), Error> {
        let missing = self.core.missing_for(self.spec);
        let (needs, else_by) = match (self.spec.token, self.spec.signature) {
            _ if missing.is_empty() => return Ok(()),
            (Some(token), _) => {
                let kind = token.name;
                let else_by = format!("; or give the token itself with `Builder::token_for({kind:?}, …)` or `Builder::token_source_for`");
                (format!("the token `{kind}`"), else_by)
            }
            (None, Some(signature)) => (format!("the signature `{}`", signature.name), String::new()),
            // The parameters are the caller's.
            (None, None) => return Ok(()),
        };
        let given_by: Vec<String> = missing.iter().map(|spec| given_by(spec)).collect();
        let detail = format!("the operation needs {needs}; these credentials are not given: {}{else_by}", given_by.join(", "));
        Err(Error::new(ErrorKind::Config, self.core.vendor(), detail))
    }

    /// Step 4: the request, and the signature in it.
    pub(super) fn written(&self, authorization: Authorization<'_>) -> Result<(HttpRequest, Option<Secret>), Error> {
        let shared = self.core.shared();
        let base_url = shared.base_url(self.spec).map_or("", |base_url| &base_url.text);
        encode::authorized(self.outgoing, self.spec, authorization, base_url, self.path).map_err(|error| {
            let kind = if error.field == "base_url" { ErrorKind::Config } else { ErrorKind::InvalidRequest };
            Error::new(kind, shared.vendor, format!("the request cannot be written: {error}"))
        })
    }
}

impl<'a> Run<'a> {
    /// Step 2, and when it was done.
    pub(super) async fn permit(&mut self, now: Instant) -> Result<(Unsent, Instant), Failed> {
        let Some(quota) = self.job.core.quota(self.job.spec) else { return Ok((Unsent(None), now)) };
        if let Some(permit) = quota.try_acquire(now) {
            return Ok((Unsent(Some(permit)), now));
        }
        let shared = self.job.core.shared();
        let waiting = quota.waiting();
        // Boxed, as is the token's: what few calls do should not make every call's future large.
        let outcome = Box::pin(quota.acquire(self.deadline)).await;
        let (waited, cause) = match &outcome {
            Ok(permit) => (permit.waited(), permit.waited_for()),
            Err(error) => (error.wait, Some(error.cause)),
        };
        if outcome.is_err() || waited >= WORTH_TELLING {
            shared.hooks.quota_wait(&QuotaWait {
                vendor: shared.vendor.name,
                operation: &self.name,
                call: self.call(),
                waited,
                success: outcome.is_ok(),
                waiting,
                cause: cause.map_or("queue", WaitCause::as_str),
            });
        }
        match outcome {
            Ok(permit) => {
                self.waited += waited;
                Ok((Unsent(Some(permit)), Instant::now()))
            }
            Err(error) => {
                let shown = Error::new(ErrorKind::Quota, shared.vendor, error.to_string());
                // The code and the status of the answer that is the reason; the detail says that it was an earlier one.
                let shown = match &error.refusal {
                    Some(refusal) => shown.refused_before(refusal.code.clone(), refusal.meaning, refusal.status),
                    None => shown,
                };
                Err(self.unsent(shown))
            }
        }
    }

    /// Step 3.
    pub(super) async fn token(&mut self, now: Instant) -> Result<Option<TokenInUse>, Failed> {
        let (Some(cache), Some(spec)) = (self.token_cache(), self.job.spec.token) else { return Ok(None) };
        let token = match cache.peek(now) {
            Some(token) => token,
            None => {
                let began = Instant::now();
                let fetch = Arc::new(TokenCall { core: self.job.core.clone(), spec });
                let outcome = Box::pin(cache.get(fetch, self.deadline)).await;
                self.waited += began.elapsed();
                outcome.map_err(|error| self.no_token(&error))?
            }
        };
        self.earlier_tokens.extend(self.token.replace(token.token.clone()));
        Ok(Some(token))
    }

    pub(super) fn token_cache(&self) -> Option<&'a Arc<TokenCache<Error>>> {
        self.job.core.token_cache(self.job.spec.token?)
    }

    /// Where the token's own call failed in a way that may be gone when it may be made again, this one waits for that.
    fn no_token(&self, error: &TokenError<Error>) -> Failed {
        let failed = self.unsent(self.without_token(error));
        match error {
            TokenError::Fetch { error, next } if may_pass(error) => {
                let pause = next.saturating_duration_since(Instant::now());
                Failed { action: Action::Wait, retry_after: Some(pause), ..failed }
            }
            _ => failed,
        }
    }

    fn without_token(&self, error: &TokenError<Error>) -> Error {
        let vendor = self.job.core.vendor();
        match error {
            TokenError::Fetch { error, .. } => no_token_because(error, ""),
            TokenError::Source { error, .. } => {
                let reason = self.masker().text(&error.to_string(), 300);
                Error::new(ErrorKind::Token, vendor, format!("no token from the token source: {reason}"))
            }
            TokenError::Deadline { waited, refusal, trouble, stage } => {
                let stage = stage.map(|stage| format!("; {}", stage.as_str())).unwrap_or_default();
                let late = format!("no token within the call's deadline, after {:.1} s{stage}", waited.as_secs_f64());
                match (refusal, trouble) {
                    (_, Some(trouble)) => no_token_because(trouble, &format!("{late}; the last attempt: ")),
                    // What the vendor said to the last token stays: code, meaning, what to do.
                    (Some(refused), None) => {
                        let detail = format!("{late}; the vendor rejected the last one");
                        Error::clone(refused).kind_as(ErrorKind::Token).detailed(detail).with_sent(Sent::No)
                    }
                    (None, None) => Error::new(ErrorKind::Timeout, vendor, late),
                }
            }
        }
    }

    /// Step 4.
    pub(super) fn encode(&mut self, token: Option<&TokenInUse>) -> Result<HttpRequest, Failed> {
        let signing = self.signing()?;
        let authorization = match (self.job.spec.token.zip(token), &signing) {
            (Some((spec, token)), _) => Authorization::Token(spec, &token.token),
            (None, Some(signing)) => Authorization::Signature(signing),
            (None, None) => Authorization::None,
        };
        let (request, signature) = self.job.written(authorization).map_err(|error| self.unsent(error))?;
        if let Some(signature) = signature {
            self.earlier_tokens.extend(self.token.replace(Arc::new(signature)));
        }
        let timeout = self.deadline.saturating_duration_since(Instant::now());
        if timeout.is_zero() {
            let vendor = self.job.core.vendor();
            return Err(self.unsent(Error::new(ErrorKind::Timeout, vendor, "the call's deadline passed before it was sent")));
        }
        Ok(HttpRequest { timeout, ..request })
    }

    /// Nonce and time of this attempt, where the operation is signed: no two requests carry the same.
    fn signing(&self) -> Result<Option<Signing>, Failed> {
        let Some(spec) = self.job.spec.signature else { return Ok(None) };
        let core = self.job.core;
        match Signing::new(spec, core.credentials(), &*core.shared().signing) {
            Ok(signing) => Ok(Some(signing)),
            Err(_) => Err(self.unsent(Error::new(
                ErrorKind::Config,
                core.vendor(),
                format!("credentials of the signature `{}` are missing", spec.name),
            ))),
        }
    }

    /// Step 5.
    pub(super) async fn send(&mut self, request: HttpRequest, permit: Unsent) -> Result<HttpResponse, Failed> {
        let transport = &self.job.core.shared().transport;
        let permit = permit.sending();
        self.attempts += 1;
        self.status = None;
        let error = match tokio::time::timeout_at(self.deadline, transport.send(request)).await {
            Ok(Ok(answer)) => {
                if let Some(permit) = permit {
                    permit.answered();
                }
                self.status = Some(answer.status);
                return Ok(answer);
            }
            Ok(Err(error)) => error,
            Err(_) => TransportError::new(TransportErrorKind::Timeout, Sent::Unknown, "no answer within the call's deadline"),
        };
        match (permit, error.sent) {
            (Some(permit), Sent::Yes) => permit.answered(),
            (Some(permit), Sent::No) => permit.not_sent(),
            // Dropped, and held for a while: the request may still arrive.
            (_, Sent::Unknown) | (None, _) => {}
        }
        Err(self.not_carried(&error))
    }

    pub(super) fn told_attempt(&self, began: Instant, outcome: &Result<ResponseMeta, Failed>) {
        let shared = self.job.core.shared();
        let error = outcome.as_ref().err().map(|failed| &failed.error);
        shared.hooks.attempt(&Attempt {
            vendor: shared.vendor.name,
            operation: &self.name,
            call: self.call(),
            method: method(self.job.spec.method),
            server: shared.server(self.job.spec),
            attempt: self.attempts,
            took: began.elapsed(),
            status: self.status,
            error: error.map(|error| error.kind().as_str()),
            code: error.and_then(Error::vendor_code),
        });
    }
}

/// A credential, and how it is given.
fn given_by(spec: &CredentialSpec) -> String {
    let CredentialSpec { name, env, required, .. } = spec;
    let method = if *required { "Credentials::new".to_owned() } else { format!("Credentials::with_{name}") };
    format!("{name} (`{method}`, environment variable {env})")
}

/// What the token's own call said stays: code, meaning, what to do, its page.
fn no_token_because(error: &Error, before: &str) -> Error {
    let from = error.operation().unwrap_or("the vendor").to_owned();
    let kind = match error.kind() {
        ErrorKind::Vendor | ErrorKind::Decode => ErrorKind::Token,
        other => other,
    };
    let said = error.reason();
    let colon = if said.is_empty() { "" } else { ": " };
    Error::clone(error).kind_as(kind).detailed(format!("{before}no token from {from}{colon}{said}")).with_sent(Sent::No)
}

fn may_pass(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport)
        || matches!(error.action(), Some(Action::Wait | Action::SlowDown | Action::Retry | Action::RetryReads))
}
