//! The transport that comes with the crate, on reqwest. No type of reqwest leaves this folder, but for the feature `reqwest-client`.

mod builder;
mod connections;
mod content;
mod last_url;
mod proxy;
mod tls;

use std::{borrow::Cow, error::Error as _, fmt, future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::{
    Url,
    header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue},
};
use tokio::time::{Instant, timeout_at};

pub use self::builder::{HttpTransportBuilder, InvalidSetting};
use self::{
    connections::{Pool, Watch},
    last_url::LastUrl,
    proxy::ProxyUrl,
};
use crate::{
    patience::later,
    spec::Method,
    transport::{Header, HttpRequest, HttpResponse, Sent, Transport, TransportError, TransportErrorKind as Kind},
};

/// The transport that comes with the crate: HTTP/1.1, and HTTP/2 over TLS.
///
/// Connections are kept and used again, on the tokio runtime that opened them and nowhere else: any number of runtimes can share one transport, and each can
/// stand still or end without harm to the others. All transports of a process that make connections in the same way share them. A connection that went silent is given up: by
/// pings while it is idle, and by the first call that times out on it.
///
/// Redirects are not followed. Clients make one of their own, which [`Builder::http`](crate::Builder::http) sets up; one made here can be given to
/// several clients by [`Builder::transport`](crate::Builder::transport), or be wrapped.
///
/// ```
/// use std::sync::Arc;
///
/// use scrm_core::HttpTransport;
///
/// # fn main() -> Result<(), scrm_core::InvalidSetting> {
/// let transport = Arc::new(HttpTransport::builder().proxy("http://user:password@10.0.0.7:3128").gzip(true).build()?);
/// assert!(!format!("{transport:?}").contains("password"));
/// # Ok(())
/// # }
/// ```
pub struct HttpTransport {
    client: Client,
    /// Sent with every request that does not have them itself.
    headers: HeaderMap,
    read_timeout: Duration,
    max_response_bytes: usize,
    last_url: LastUrl,
}

/// What sends.
enum Client {
    Pooled(Arc<Pool>),
    #[cfg(feature = "reqwest-client")]
    Own(reqwest::Client),
}

impl HttpTransport {
    /// Sets one up.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::default()
    }

    /// Whether `https://` can be had: TLS is built in, and the system has certificates to trust.
    ///
    /// # Errors
    /// What is missing and what to do.
    pub(crate) fn check_tls(&self) -> Result<(), String> {
        match &self.client {
            Client::Pooled(pool) => pool.tls().map(drop),
            #[cfg(feature = "reqwest-client")]
            Client::Own(_) => Ok(()),
        }
    }

    fn proxy(&self, url: &Url) -> Option<&ProxyUrl> {
        match &self.client {
            Client::Pooled(pool) => pool.proxies().of(url),
            #[cfg(feature = "reqwest-client")]
            Client::Own(_) => None,
        }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HttpTransport");
        match &self.client {
            Client::Pooled(pool) => shown.field("connections", pool.settings()),
            #[cfg(feature = "reqwest-client")]
            Client::Own(_) => shown.field("client", &"the caller's"),
        };
        let headers: Vec<&str> = self.headers.keys().map(HeaderName::as_str).collect();
        shown
            .field("headers", &headers)
            .field("read_timeout", &self.read_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .finish()
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let whole = request.timeout;
        let request = self.request(request)?;
        let proxy = self.proxy(request.url()).map(ToString::to_string);
        let answered = self.exchange(request, whole).await;
        let response = answered.map_err(|error| through(proxy.as_deref(), error))?;
        match proxy {
            Some(proxy) if response.status == 407 => Err(TransportError::new(Kind::Request, Sent::No, wrong_credentials(&proxy))),
            _ => Ok(response),
        }
    }
}

impl HttpTransport {
    async fn exchange(&self, request: reqwest::Request, whole: Duration) -> Result<HttpResponse, TransportError> {
        let unsent = |message: String| TransportError::new(Kind::Request, Sent::No, message);
        let deadline = later(Instant::now(), whole);
        let (client, mut watch) = match &self.client {
            Client::Pooled(pool) => {
                let (client, watch) = pool.client(request.url()).await.map_err(unsent)?;
                (client, Some(watch.for_at_most(whole)))
            }
            #[cfg(feature = "reqwest-client")]
            Client::Own(client) => {
                crate::runtime::current().map_err(|reason| unsent(reason.to_owned()))?;
                (client.clone(), None)
            }
        };
        let outcome = self.answer(client.execute(request), deadline, watch.as_mut()).await;
        if let Some(watch) = &mut watch {
            match &outcome {
                Err(error) if error.kind == Kind::Timeout => watch.silent(),
                _ => watch.done(),
            }
        }
        outcome
    }

    async fn answer(
        &self,
        answer: impl Future<Output = Result<reqwest::Response, reqwest::Error>>,
        deadline: Instant,
        mut watch: Option<&mut Watch>,
    ) -> Result<HttpResponse, TransportError> {
        let response = self.wait(answer, deadline).await.ok_or_else(|| too_slow(Sent::Unknown))?;
        let mut response = response.map_err(|error| failed(error, false))?;
        if let Some(watch) = &mut watch {
            watch.life();
        }
        let status = response.status().as_u16();
        let mut headers = texts(response.headers());
        let body = self.body(&mut response, deadline, watch).await?;
        let body = content::decompressed(&mut headers, body, self.max_response_bytes)?;
        Ok(HttpResponse { status, headers, body })
    }

    async fn body(
        &self,
        response: &mut reqwest::Response,
        deadline: Instant,
        mut watch: Option<&mut Watch>,
    ) -> Result<Bytes, TransportError> {
        let limit = self.max_response_bytes;
        let announced = announced(response.headers());
        if announced > limit {
            return Err(too_large(limit));
        }
        let (mut whole, mut joined) = (Bytes::new(), BytesMut::new());
        loop {
            let chunk = self.wait(response.chunk(), deadline).await.ok_or_else(|| too_slow(Sent::Yes))?;
            let Some(chunk) = chunk.map_err(|error| failed(error, true))? else { break };
            if let Some(watch) = &mut watch {
                watch.life();
            }
            if whole.len() + joined.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            // mostly all of it comes at once, and nothing needs to be copied
            if whole.is_empty() && joined.is_empty() {
                whole = chunk;
                continue;
            }
            if !whole.is_empty() {
                joined.reserve(announced);
                joined.extend_from_slice(&std::mem::take(&mut whole));
            }
            joined.extend_from_slice(&chunk);
        }
        Ok(if joined.is_empty() { whole } else { joined.freeze() })
    }

    /// What the future gives; `None`: too long there was no sign of life, or the whole takes too long.
    async fn wait<T>(&self, future: impl Future<Output = T>, deadline: Instant) -> Option<T> {
        timeout_at(deadline.min(later(Instant::now(), self.read_timeout)), future).await.ok()
    }

    fn request(&self, request: HttpRequest) -> Result<reqwest::Request, TransportError> {
        let unsent = |message: &str| TransportError::new(Kind::Request, Sent::No, message);
        let url = self.last_url.read(&request.url).map_err(|error| unsent(&format!("not a URL: {error}")))?;
        if url.scheme() == "https" && !tls::BUILT_IN && matches!(self.client, Client::Pooled(_)) {
            return Err(unsent(tls::NOT_BUILT_IN));
        }
        let mut ready = reqwest::Request::new(method(request.method), url);
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsent("not a header name"))?;
            let value = match value {
                Cow::Borrowed(value) => HeaderValue::from_maybe_shared(Bytes::from_static(value.as_bytes())).ok(),
                Cow::Owned(value) => HeaderValue::from_str(value).ok(),
            };
            let mut value = value.ok_or_else(|| unsent(&format!("the value of header {name} cannot be sent")))?;
            value.set_sensitive(true);
            ready.headers_mut().append(name, value);
        }
        for name in self.headers.keys() {
            if !ready.headers().contains_key(name) {
                for value in self.headers.get_all(name) {
                    ready.headers_mut().append(name, value.clone());
                }
            }
        }
        if !request.body.is_empty() {
            *ready.body_mut() = Some(request.body.into());
        }
        Ok(ready)
    }
}

fn too_slow(sent: Sent) -> TransportError {
    TransportError::new(Kind::Timeout, sent, "the answer did not come in time")
}

/// With commas, as numbers that must not be taken for somebody's are written: `16,777,216`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn too_large(limit: usize) -> TransportError {
    TransportError::new(Kind::TooLarge, Sent::Yes, format!("the answer is larger than the client's limit of {} bytes", grouped(limit)))
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn texts(headers: &HeaderMap) -> Vec<Header> {
    headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned().into(), value.to_str().ok()?.to_owned().into()))).collect()
}

/// The length of the body as the head tells it; 0: it does not.
fn announced(headers: &HeaderMap) -> usize {
    headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// An error as it is told where a proxy stands in between.
fn through(proxy: Option<&str>, error: TransportError) -> TransportError {
    let Some(proxy) = proxy else { return error };
    if error.sent == Sent::No && error.message.contains("proxy authorization required") {
        return TransportError::new(Kind::Request, Sent::No, wrong_credentials(proxy));
    }
    TransportError { message: format!("{} (through the proxy {proxy})", error.message), ..error }
}

fn wrong_credentials(proxy: &str) -> String {
    format!("the proxy {proxy} asks for a user and a password, or for others than it was given (407): write them into its URL")
}

/// `answered`: the head of an answer had come.
fn failed(error: reqwest::Error, answered: bool) -> TransportError {
    let (kind, sent) = match (&error, answered) {
        (_, false) if error.is_builder() => (Kind::Request, Sent::No),
        (_, false) if error.is_connect() => (Kind::Connect, Sent::No),
        _ if error.is_timeout() => (Kind::Timeout, if answered { Sent::Yes } else { Sent::Unknown }),
        _ => (Kind::Broken, if answered { Sent::Yes } else { Sent::Unknown }),
    };
    let mut message = chain(error);
    if kind == Kind::Connect && message.to_ascii_lowercase().contains("certificate") {
        message = format!("{message}; {}", tls::TRUST);
    }
    TransportError::new(kind, sent, message)
}

/// The error and what caused it in one line, without the URL.
fn chain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
