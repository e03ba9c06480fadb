//! Bodies given by a test, as a transport.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use scrm_core::{
    async_trait,
    transport::{HttpRequest, HttpResponse, Sent, Transport, TransportError, TransportErrorKind},
};

/// A transport that answers with bodies given beforehand, by path: no server, no token to fetch where the client is given one
/// (`Builder::token`). All that a client does is done; only the wire is not there.
///
/// ```
/// # use std::sync::Arc;
/// # use scrm_mock::Canned;
/// let canned = Arc::new(Canned::new().answer("/xe.user.batch.get/1.0.0", r#"{"code": 0, "msg": "success", "data": {"list": [], "total": 0}}"#));
/// // Client::builder(credentials).token("made-up").transport(canned.clone()).build()
/// assert!(canned.requests().is_empty());
/// ```
///
/// Bodies of one path come one after the other, and the last one again and again. A path without any is an error that says so, and is not repeated.
#[derive(Default)]
pub struct Canned(Mutex<State>);

#[derive(Default)]
struct State {
    paths: Vec<Answers>,
    requests: Vec<HttpRequest>,
}

/// What a path answers.
struct Answers {
    path: String,
    bodies: Vec<(u16, Bytes)>,
    given: usize,
}

impl Canned {
    /// Without any answer.
    #[must_use]
    pub fn new() -> Self {
        Canned::default()
    }

    /// The next answer of a path, with status 200. `path` is the end of a URL's path: `/xe.user.batch.get/1.0.0`.
    #[must_use]
    pub fn answer(self, path: &str, body: impl Into<Bytes>) -> Self {
        self.answer_with_status(path, 200, body)
    }

    /// The next answer of a path, with a status of its own.
    #[must_use]
    pub fn answer_with_status(self, path: &str, status: u16, body: impl Into<Bytes>) -> Self {
        let answer = (status, body.into());
        let mut state = self.state();
        match state.paths.iter_mut().find(|known| known.path == path) {
            Some(known) => known.bodies.push(answer),
            None => state.paths.push(Answers { path: path.to_owned(), bodies: vec![answer], given: 0 }),
        }
        drop(state);
        self
    }

    /// What was sent so far, tokens and all, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of a URL that an answer is found by.
fn path(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let asked = path(&request.url).to_owned();
        let mut state = self.state();
        // Of several that end so, the longest.
        let Some(answers) = state.paths.iter_mut().filter(|known| asked.ends_with(&known.path)).max_by_key(|known| known.path.len()) else {
            let message = format!("no answer was given for the path {}", asked.splitn(4, '/').nth(3).unwrap_or_default());
            return Err(TransportError::new(TransportErrorKind::Request, Sent::No, message));
        };
        let (status, body) = answers.bodies.get(answers.given).or(answers.bodies.last()).cloned().unwrap_or_default();
        answers.given += 1;
        state.requests.push(request);
        Ok(HttpResponse { status, headers: vec![("content-type".into(), "application/json".into())], body })
    }
}

impl fmt::Debug for Canned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let paths: Vec<&String> = state.paths.iter().map(|answers| &answers.path).collect();
        f.debug_struct("Canned").field("paths", &paths).field("requests", &state.requests.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use scrm_core::spec::Method;

    use super::*;

    fn get(url: &str) -> HttpRequest {
        HttpRequest { method: Method::Get, url: url.to_owned(), headers: Vec::new(), body: Bytes::new(), timeout: Duration::from_secs(1) }
    }

    #[tokio::test]
    async fn bodies_come_in_order_and_the_last_again() {
        let canned = Canned::new().answer("/users", "1").answer_with_status("/users", 500, "2").answer("/v2/users", "3");
        let mut came = Vec::new();
        for url in ["http://a.example/users?page=1", "http://a.example/v2/users", "http://a.example/users", "http://a.example/users#x"] {
            let answer = canned.send(get(url)).await.unwrap();
            came.push((answer.status, String::from_utf8(answer.body.to_vec()).unwrap()));
        }
        let expected = [(200, "1"), (200, "3"), (500, "2"), (500, "2")];
        assert_eq!(came, expected.map(|(status, body)| (status, body.to_owned())));
        let error = canned.send(get("http://a.example/orders")).await.unwrap_err();
        assert_eq!((error.kind, error.sent), (TransportErrorKind::Request, Sent::No));
        assert!(error.message.ends_with("path orders"), "{error}");
        assert_eq!(canned.requests().len(), 4);
    }
}
