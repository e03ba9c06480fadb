//! The transport that comes with the crate: hyper's connections in a pool of our own, or reqwest. No type of either leaves this folder, but for what the feature
//! `reqwest` shows.

mod body;
mod builder;
mod connect;
mod connection;
mod content;
#[cfg(feature = "reqwest")]
mod on_reqwest;
mod places;
mod pool;
mod proxy;
mod settings;
mod silence;
#[cfg(feature = "socks")]
mod socks;
mod stream;
mod target;
mod tls;

use std::{borrow::Cow, fmt, future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request,
    header::{CONNECTION, CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING, UPGRADE},
};
use tokio::time::{Instant, timeout_at};

pub use self::builder::{HttpTransportBuilder, InvalidSetting};
use self::{
    body::Outgoing,
    pool::Pool,
    proxy::{Proxies, ProxyUrl},
    settings::SharedPool,
    target::{LastTarget, Target},
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
/// pings while it is idle, and by the first call that times out on it. A request that a closed connection did not take goes over the next one, and what a server
/// says it did not look at is sent again, twice at most; neither counts as an attempt.
///
/// It stands on hyper's connections; the feature `reqwest` lets the builder choose reqwest in their place.
///
/// Redirects are not followed. A URL with a user name is refused. Clients make one of their own, which [`Builder::http`](crate::Builder::http) sets up; one made here can be given to
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
    carrier: Carrier,
    /// Sent with every request that does not have them itself.
    headers: HeaderMap,
    read_timeout: Duration,
    max_response_bytes: usize,
    last: LastTarget,
}

/// What sends.
enum Carrier {
    Pool(Arc<Pool>),
    #[cfg(feature = "reqwest")]
    Reqwest(Arc<on_reqwest::Pool>),
    #[cfg(feature = "reqwest")]
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
        match &self.carrier {
            Carrier::Pool(pool) => pool.tls().map(drop),
            #[cfg(feature = "reqwest")]
            Carrier::Reqwest(pool) => pool.tls().map(drop),
            #[cfg(feature = "reqwest")]
            Carrier::Own(_) => Ok(()),
        }
    }

    fn proxies(&self) -> &Proxies {
        match &self.carrier {
            Carrier::Pool(pool) => &pool.settings().proxies,
            #[cfg(feature = "reqwest")]
            Carrier::Reqwest(pool) => &pool.settings().proxies,
            #[cfg(feature = "reqwest")]
            Carrier::Own(_) => &Proxies::NONE,
        }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HttpTransport");
        match &self.carrier {
            Carrier::Pool(pool) => shown.field("connections", pool.settings()),
            #[cfg(feature = "reqwest")]
            Carrier::Reqwest(pool) => shown.field("client", &"reqwest").field("connections", pool.settings()),
            #[cfg(feature = "reqwest")]
            Carrier::Own(_) => shown.field("client", &"the caller's"),
        };
        let headers: Vec<&str> = self.headers.keys().map(HeaderName::as_str).collect();
        shown
            .field("headers", &headers)
            .field("read_timeout", &self.read_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .finish()
    }
}

/// How long one call may take, and how much may come.
struct Bounds {
    whole: Duration,
    deadline: Instant,
    silence: Duration,
    max_response_bytes: usize,
}

impl Bounds {
    /// What the future gives; `None`: too long there was no sign of life, or the whole takes too long.
    fn wait<T>(&self, future: impl Future<Output = T>) -> impl Future<Output = Option<T>> {
        timeout_at(self.deadline.min(later(Instant::now(), self.silence)), future).map(Result::ok)
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let whole = request.timeout;
        let deadline = later(Instant::now(), whole);
        let bounds = Bounds { whole, deadline, silence: self.read_timeout, max_response_bytes: self.max_response_bytes };
        let target = self.last.read(&request.url, self.proxies()).map_err(|reason| unsent(format!("not a URL: {reason}")))?;
        let request = self.request(request, &target)?;
        let answered = match &self.carrier {
            Carrier::Pool(pool) => pool.send(&target, request, &bounds).await,
            #[cfg(feature = "reqwest")]
            Carrier::Reqwest(pool) => on_reqwest::over_pool(pool, &target, request, &bounds).await,
            #[cfg(feature = "reqwest")]
            Carrier::Own(client) => on_reqwest::over_own(client, &target, request, &bounds).await,
        };
        let mut response = answered.map_err(|error| through(target.proxy.as_ref(), error))?;
        match &target.proxy {
            Some(proxy) if response.status == 407 && target.is_passed_on() => Err(unsent(wrong_credentials(proxy))),
            _ => {
                response.body = content::decompressed(&mut response.headers, response.body, self.max_response_bytes)?;
                Ok(response)
            }
        }
    }
}

impl HttpTransport {
    /// The request as HTTP/1.1 has it.
    fn request(&self, request: HttpRequest, target: &Target) -> Result<Request<Outgoing>, TransportError> {
        let mut ready = Request::new(Outgoing::new(request.body));
        *ready.method_mut() = method(request.method);
        let headers = ready.headers_mut();
        headers.reserve(request.headers.len() + self.headers.len() + 2);
        if matches!(self.carrier, Carrier::Pool(_)) {
            if target.origin.encrypted && !tls::BUILT_IN {
                return Err(unsent(tls::NOT_BUILT_IN));
            }
            headers.insert(HOST, target.host.clone());
        }
        for (name, value) in request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsent("not a header name"))?;
            let value = match value {
                Cow::Borrowed(value) => HeaderValue::from_maybe_shared(Bytes::from_static(value.as_bytes())).ok(),
                Cow::Owned(value) => HeaderValue::from_maybe_shared(Bytes::from(value)).ok(),
            };
            let mut value = value.ok_or_else(|| unsent(format!("the value of header {name} cannot be sent")))?;
            if OF_THE_CONNECTION.contains(&name) {
                return Err(unsent(format!("the header {name} cannot be set: it belongs to the connection")));
            }
            value.set_sensitive(true);
            headers.append(name, value);
        }
        for name in self.headers.keys() {
            if !headers.contains_key(name) {
                for value in self.headers.get_all(name) {
                    headers.append(name, value.clone());
                }
            }
        }
        Ok(ready)
    }
}

/// What a request does not say itself: a second `Host` or another length, and the server takes it for a different one than was meant.
const OF_THE_CONNECTION: [HeaderName; 6] = [CONNECTION, CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING, UPGRADE];

fn unsent(reason: impl Into<String>) -> TransportError {
    TransportError::new(Kind::Request, Sent::No, reason)
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

fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Delete => http::Method::DELETE,
    }
}

fn texts(headers: &HeaderMap) -> Vec<Header> {
    headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned().into(), value.to_str().ok()?.to_owned().into()))).collect()
}

/// An error as it is told where a proxy stands in between.
fn through(proxy: Option<&ProxyUrl>, error: TransportError) -> TransportError {
    let Some(proxy) = proxy else { return error };
    if error.sent == Sent::No && error.message.contains("proxy authorization required") {
        return unsent(wrong_credentials(proxy));
    }
    TransportError { message: format!("{} (through the proxy {proxy})", error.message), ..error }
}

fn wrong_credentials(proxy: &ProxyUrl) -> String {
    format!("the proxy {proxy} asks for a user and a password, or for others than it was given (407): write them into its URL")
}

/// The error and what caused it in one line.
fn chain(error: &dyn std::error::Error) -> String {
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
