//! The call pipeline, in the order of its steps: check, quota, token, encode, transport, classify, act, decode.
//!
//! Nothing here is generic: it is compiled once, whatever the operations.

mod classify;
mod masking;
mod steps;
mod token;
mod unreadable;

use std::{
    borrow::Cow,
    sync::{Arc, atomic::Ordering},
};

use tokio::time::{Duration, Instant};

use self::classify::Failed;
use crate::{
    client::{ApiClient, CallOptions, ResponseMeta},
    encode::RequestBody,
    error::{Error, ErrorKind},
    hooks::{CallContext, CallSpan, End, Retry, Start},
    mask::Masker,
    patience::later,
    retry::{Decision, Failure, RetryPolicy},
    runtime,
    secret::Secret,
    spec::{Action, Method, OperationSpec},
    table::Payload,
    transport::HttpRequest,
};

/// Longest path that stands for the name of an untyped call, in bytes.
const NAME_CAP: usize = 100;

/// What is to be done.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) core: &'a ApiClient,
    pub(crate) spec: &'static OperationSpec,
    /// The operation's path, but for untyped calls.
    pub(crate) path: &'a str,
    pub(crate) outgoing: RequestBody<'a>,
    pub(crate) options: &'a CallOptions,
}

/// Takes a job through all its attempts.
pub(crate) async fn run(job: Job<'_>, data: &mut dyn Payload) -> Result<ResponseMeta, Error> {
    let mut run = Run::start(job);
    let span = run.span.clone();
    let outcome = span.around(run.attempts(data)).await;
    run.end(outcome)
}

/// A job under way.
struct Run<'a> {
    job: Job<'a>,
    /// Number of this call.
    id: u64,
    span: CallSpan,
    /// Whether the hooks were told of the end.
    ended: bool,
    name: Cow<'static, str>,
    started: Instant,
    deadline: Instant,
    /// Requests sent so far.
    attempts: u32,
    /// Attempts begun, whether or not it came to a request.
    tries: u32,
    /// Time spent waiting for the quota, the token and between attempts.
    waited: Duration,
    /// Whether the token was refreshed for this call.
    refreshed: bool,
    /// HTTP status of the last attempt.
    status: Option<u16>,
    /// The token of the last attempt, so that it is not shown.
    token: Option<Arc<Secret>>,
    /// Those of the attempts before.
    earlier_tokens: Vec<Arc<Secret>>,
}

impl Run<'_> {
    async fn attempts(&mut self, data: &mut dyn Payload) -> Result<ResponseMeta, Error> {
        self.job.in_runtime().map_err(|error| self.job.named(error))?;
        self.job.check().map_err(|error| self.job.named(error))?;
        loop {
            let failed = match self.attempt(data).await {
                Ok(reply) => return Ok(reply),
                Err(failed) => failed,
            };
            // 7. act
            match self.decide(&failed) {
                Decision::GiveUp => return Err(self.give_up(failed)),
                Decision::RefreshThenRetry => self.refresh(&failed),
                Decision::After(pause) => self.pause(&failed, pause).await,
            }
        }
    }

    /// Steps 2 to 6, and 8: one request and its answer.
    async fn attempt(&mut self, data: &mut dyn Payload) -> Result<ResponseMeta, Failed> {
        self.tries += 1;
        let now = Instant::now();
        let (permit, now) = self.permit(now).await?; // 2. quota
        let token = self.token(now).await?; // 3. token
        let request = self.encode(token.as_ref())?; // 4. encode
        let began = Instant::now();
        let outcome = match self.send(request, permit).await {
            Ok(answer) => self.classify(&answer, token.as_ref(), data), // 6. classify and 8. decode, in one pass over the body
            Err(failed) => Err(failed),
        };
        self.told_attempt(began, &outcome);
        outcome
    }

    /// What the failure, the policy and the remaining time allow.
    fn decide(&self, failed: &Failed) -> Decision {
        let shared = self.job.core.shared();
        let refreshable = failed.generation.is_some() && self.token_cache().is_some_and(|cache| cache.refreshable());
        let failure = Failure {
            action: if failed.action == Action::RefreshToken && !refreshable { Action::Fail } else { failed.action },
            access: self.job.spec.access,
            sent: failed.error.sent(),
            attempt: self.tries,
            refreshed: self.refreshed,
            retry_after: failed.retry_after,
            remaining: self.deadline.saturating_duration_since(Instant::now()),
        };
        let policy = match self.job.options.retries {
            Some(retries) => RetryPolicy { max_attempts: retries.saturating_add(1), ..shared.retry },
            None => shared.retry,
        };
        policy.decide(&failure, &shared.budget)
    }

    fn refresh(&mut self, failed: &Failed) {
        if let (Some(cache), Some(generation)) = (self.token_cache(), failed.generation) {
            cache.invalidate(generation, Some(failed.error.clone()));
        }
        self.refreshed = true;
        self.told_retry(failed, Duration::ZERO, true);
    }

    async fn pause(&mut self, failed: &Failed, pause: Duration) {
        self.told_retry(failed, pause, false);
        if let Some(cache) = self.job.core.token_cache_filled_by(self.job.spec) {
            cache.troubled(Arc::new(failed.error.clone()));
        }
        let began = Instant::now();
        tokio::time::sleep(pause).await;
        self.waited += began.elapsed();
    }

    fn start(job: Job<'_>) -> Run<'_> {
        let shared = job.core.shared();
        let started = Instant::now();
        let timeout = job.options.timeout.unwrap_or(shared.timeout);
        let deadline = later(started, timeout);
        let name = job.name();
        shared.budget.deposit();
        let id = shared.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let call = CallContext { id, account: job.core.account(), page: job.options.page };
        let start = Start { vendor: shared.vendor.name, operation: &name, call, evidence: job.spec.source.evidence };
        let span = CallSpan::new(&start, method(job.spec.method), &shared.server);
        span.inside(|| shared.hooks.start(&start));
        Run {
            job,
            id,
            span,
            ended: false,
            name,
            started,
            deadline,
            attempts: 0,
            tries: 0,
            waited: Duration::ZERO,
            refreshed: false,
            status: None,
            token: None,
            earlier_tokens: Vec::new(),
        }
    }

    /// Which call it is.
    fn call(&self) -> CallContext<'_> {
        CallContext { id: self.id, account: self.job.core.account(), page: self.job.options.page }
    }

    fn end(mut self, outcome: Result<ResponseMeta, Error>) -> Result<ResponseMeta, Error> {
        let outcome = match outcome {
            Ok(reply) => Ok(ResponseMeta { attempts: self.attempts, waited: self.waited, ..reply }),
            Err(error) => Err(error.counted(self.attempts, self.waited)),
        };
        let error = outcome.as_ref().err();
        self.told_end(error.map(|error| error.kind().as_str()), error.and_then(Error::vendor_code));
        outcome
    }

    fn told_end(&mut self, error: Option<&str>, code: Option<&str>) {
        self.ended = true;
        let shared = self.job.core.shared();
        let event = End {
            vendor: shared.vendor.name,
            operation: &self.name,
            call: self.call(),
            attempts: self.attempts,
            took: self.started.elapsed(),
            waited: self.waited,
            error,
            code,
        };
        self.span.end(&event, self.status);
        self.span.inside(|| shared.hooks.end(&event));
    }

    fn told_retry(&self, failed: &Failed, delay: Duration, refresh: bool) {
        let shared = self.job.core.shared();
        shared.hooks.retry(&Retry {
            vendor: shared.vendor.name,
            operation: &self.name,
            call: self.call(),
            attempt: self.attempts,
            error: failed.error.kind().as_str(),
            code: failed.error.vendor_code(),
            delay,
            refresh,
        });
    }
}

/// A call that is dropped ends, too.
impl Drop for Run<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.told_end(Some("cancelled"), None);
        }
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}

impl Job<'_> {
    /// What would be sent, without a token.
    pub(crate) fn preview(&self) -> Result<HttpRequest, Error> {
        self.check().and_then(|()| self.written(None)).map_err(|error| self.named(error))
    }

    /// Whether there is a runtime to wait in.
    fn in_runtime(&self) -> Result<(), Error> {
        runtime::current().map(drop).map_err(|reason| Error::new(ErrorKind::Config, self.core.vendor(), reason))
    }

    fn name(&self) -> Cow<'static, str> {
        if self.path == self.spec.path {
            return self.spec.name.into();
        }
        let path = self.path.split(['?', '#']).next().unwrap_or_default();
        Masker::default().path(path, NAME_CAP).into_string().into()
    }

    pub(crate) fn named(&self, error: Error) -> Error {
        error.of(self.spec, self.name())
    }
}
