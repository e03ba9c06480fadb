//! Where a request leaves this crate: one trait, at exactly the height of the wire.
//!
//! Everything above it (checks, quota, token, encoding, retries, decoding) is done when [`Transport::send`] is called, so a test double sees
//! what a server would see.

use std::{borrow::Cow, fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

use crate::spec::Method;

/// Whether a request reached the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It did not: nothing was done at the vendor, any call may be repeated.
    No,
    /// It may have: a write must not be repeated blindly.
    Unknown,
    /// It did: an answer came.
    Yes,
}

/// Name and value of a header.
pub type Header = (Cow<'static, str>, Cow<'static, str>);

/// A request, ready for the wire.
///
/// `Debug` shows no query, no header values and no body: these carry tokens and personal data.
#[derive(Clone)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Absolute URL with its query.
    pub url: String,
    /// The transport adds `Host`, `Content-Length` and `User-Agent`. The one that comes with this crate refuses a `Host`, and what else belongs to the connection.
    pub headers: Vec<Header>,
    /// Body; empty: none is sent.
    pub body: Bytes,
    /// Longest time until the whole answer is there.
    pub timeout: Duration,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &without_query(&self.url))
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// The part of a URL that carries no parameters and no user name.
fn without_query(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    match path.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = host.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        None => path.to_owned(),
    }
}

/// An answer as it came. Redirects are not followed: they come out as they are.
///
/// `Debug` shows no header values and no body.
#[derive(Clone)]
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case; values that are not text are left out.
    pub headers: Vec<Header>,
    /// The whole body.
    pub body: Bytes,
}

impl HttpResponse {
    /// The first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("HttpResponse").field("status", &self.status).field("headers", &names).field("body_bytes", &self.body.len()).finish()
    }
}

/// Why no whole answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: name not found, refused, TLS failed.
    Connect,
    /// [`HttpRequest::timeout`] or a timeout of the transport ran out.
    Timeout,
    /// The answer is larger than the transport's limit.
    TooLarge,
    /// The request cannot be sent as it is (a bad URL, no TLS built in).
    Request,
    /// Anything else: the connection broke, the answer is no HTTP.
    Broken,
}

/// A call that got no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportError {
    /// What went wrong.
    pub kind: TransportErrorKind,
    /// Whether the vendor may have seen the request. When in doubt, [`Sent::Unknown`].
    pub sent: Sent,
    /// For people. Must hold no URL, header or body; what is put here is masked once more before it is shown.
    pub message: String,
}

impl TransportError {
    /// An error of this kind; `sent` says whether the vendor may have seen the request.
    #[must_use]
    pub fn new(kind: TransportErrorKind, sent: Sent, message: impl Into<String>) -> Self {
        TransportError { kind, sent, message: message.into() }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TransportError {}

/// What carries requests to a vendor. One comes with this crate, `HttpTransport`; tests bring their own.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request and reads its whole answer, whatever its status.
    ///
    /// # Errors
    /// When no whole answer came; [`TransportError::sent`] says whether the vendor may have seen the request.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_where_but_not_what() {
        let request = HttpRequest {
            method: Method::Get,
            url: "https://user:pass@api.acme.example/v1/users?access_token=tok-1#tok-2".into(),
            headers: vec![("x-key".into(), "tok-3".into())],
            body: Bytes::from_static(b"tok-4"),
            timeout: Duration::from_secs(1),
        };
        let text = format!("{request:?}");
        assert!(text.contains("https://api.acme.example/v1/users") && text.contains("x-key"), "{text}");
        assert!(!text.contains("tok-") && !text.contains("pass"), "{text}");
        let response = HttpResponse { status: 200, headers: request.headers, body: request.body };
        assert!(!format!("{response:?}").contains("tok-"));
        assert_eq!(response.header("X-Key"), Some("tok-3"));
    }
}
