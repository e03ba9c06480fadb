//! The transport that comes with the crate, on reqwest. No type of reqwest leaves this file.

use std::{
    borrow::Cow,
    error::Error as _,
    sync::{Mutex, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, Url,
    header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT},
};

use crate::{
    patience::Patience,
    spec::Method,
    transport::{Header, HttpRequest, HttpResponse, Sent, Transport, TransportError, TransportErrorKind as Kind},
};

/// How long an idle connection is kept: longer than the pauses between the pages of a pull.
const POOL_IDLE: Duration = Duration::from_secs(90);

/// What can be set on the transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpSettings {
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) user_agent: String,
}

impl Default for HttpSettings {
    fn default() -> Self {
        HttpSettings {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            max_response_bytes: 16 * 1024 * 1024,
            user_agent: concat!("scrm-core/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// reqwest behind [`Transport`].
pub(crate) struct HttpTransport {
    client: Client,
    user_agent: HeaderValue,
    read_timeout: Duration,
    max_response_bytes: usize,
    /// That of the last request: an operation's calls all go to one, and reading it takes longer than all else that is done here. Never one
    /// with a query, where a token may stand.
    last_url: Mutex<Option<Url>>,
}

impl HttpTransport {
    /// Uses the process's one connection pool, or a pool of its own where the settings ask for another timeout of connecting.
    ///
    /// # Errors
    /// When TLS cannot be set up or the user agent is no header value; the text says which.
    pub(crate) fn new(settings: &HttpSettings) -> Result<Self, String> {
        let usual = HttpSettings::default();
        let alike = settings.connect_timeout == usual.connect_timeout;
        let client = if alike { shared()? } else { build(settings)? };
        let user_agent = HeaderValue::from_str(&settings.user_agent).map_err(|_| "the user agent is not a header value".to_owned())?;
        let HttpSettings { read_timeout, max_response_bytes, .. } = *settings;
        Ok(HttpTransport { client, user_agent, read_timeout, max_response_bytes, last_url: Mutex::new(None) })
    }
}

fn shared() -> Result<Client, String> {
    static SHARED: OnceLock<Client> = OnceLock::new();
    match SHARED.get() {
        Some(client) => Ok(client.clone()),
        None => {
            let client = build(&HttpSettings::default())?;
            Ok(SHARED.get_or_init(|| client).clone())
        }
    }
}

fn build(settings: &HttpSettings) -> Result<Client, String> {
    let builder = Client::builder()
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(POOL_IDLE)
        .redirect(reqwest::redirect::Policy::none());
    with_tls(builder)?.build().map_err(|error| format!("no HTTP client could be made: {}", chain(error)))
}

/// Features add up, so more than one may be on: the first of ring, rustls and native-tls is taken.
#[cfg(feature = "rustls-ring")]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, String> {
    use rustls_platform_verifier::BuilderVerifierExt as _;
    // Handed over ready-made: without a provider installed in the process, reqwest would panic; and installing one is the program's business.
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(rustls::ConfigBuilder::with_platform_verifier)
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(builder.tls_backend_preconfigured(config))
}

#[cfg(not(feature = "rustls-ring"))]
#[allow(clippy::unnecessary_wraps)]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, String> {
    #[cfg(feature = "rustls")]
    let builder = builder.tls_backend_rustls();
    #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
    let builder = builder.tls_backend_native();
    Ok(builder)
}

const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"));

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut patience = Patience::new(request.timeout, self.read_timeout);
        let request = self.request(request)?;
        let answered = patience.wait(self.client.execute(request)).await.ok_or_else(|| too_slow(Sent::Unknown))?;
        let response = answered.map_err(|error| failed(error, false))?;
        let status = response.status().as_u16();
        let headers = texts(response.headers());
        let body = self.body(response, &mut patience).await?;
        Ok(HttpResponse { status, headers, body })
    }
}

impl HttpTransport {
    fn request(&self, request: HttpRequest) -> Result<reqwest::Request, TransportError> {
        let unsent = |message: &str| TransportError::new(Kind::Request, Sent::No, message);
        let url = self.url(&request.url).map_err(|error| unsent(&format!("not a URL: {error}")))?;
        if url.scheme() == "https" && !HAS_TLS {
            return Err(unsent("built without TLS: turn on one of the features rustls, rustls-ring and native-tls, or bring a transport"));
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
        ready.headers_mut().entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
        if !request.body.is_empty() {
            *ready.body_mut() = Some(request.body.into());
        }
        Ok(ready)
    }

    /// Reads a URL, unless it is the last one.
    fn url(&self, text: &str) -> Result<Url, impl std::fmt::Display> {
        let mut last = self.last_url.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(url) = &*last
            && url.as_str() == text
        {
            return Ok(url.clone());
        }
        let url = Url::parse(text);
        *last = url.as_ref().ok().filter(|url| url.query().is_none()).cloned();
        url
    }

    async fn body(&self, mut response: reqwest::Response, patience: &mut Patience) -> Result<Bytes, TransportError> {
        let limit = self.max_response_bytes;
        let too_large = || {
            TransportError::new(
                Kind::TooLarge,
                Sent::Yes,
                format!("the answer is larger than the client's limit of {} bytes", grouped(limit)),
            )
        };
        let announced = response.content_length().unwrap_or(0);
        if announced > limit as u64 {
            return Err(too_large());
        }
        let (mut whole, mut joined) = (Bytes::new(), BytesMut::new());
        while let Some(chunk) = next_chunk(&mut response, patience).await? {
            if whole.len() + joined.len() + chunk.len() > limit {
                return Err(too_large());
            }
            // mostly all of it comes at once, and nothing needs to be copied
            if whole.is_empty() && joined.is_empty() {
                whole = chunk;
                continue;
            }
            if !whole.is_empty() {
                joined.reserve(usize::try_from(announced).unwrap_or(0));
                joined.extend_from_slice(&std::mem::take(&mut whole));
            }
            joined.extend_from_slice(&chunk);
        }
        Ok(if joined.is_empty() { whole } else { joined.freeze() })
    }
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

async fn next_chunk(response: &mut reqwest::Response, patience: &mut Patience) -> Result<Option<Bytes>, TransportError> {
    let chunk = patience.wait(response.chunk()).await.ok_or_else(|| too_slow(Sent::Yes))?;
    chunk.map_err(|error| failed(error, true))
}

fn too_slow(sent: Sent) -> TransportError {
    TransportError::new(Kind::Timeout, sent, "the answer did not come in time")
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
    headers.iter().filter_map(|(name, value)| Some((text(name), value.to_str().ok()?.to_owned().into()))).collect()
}

/// The names that nearly every answer has need no memory of their own.
fn text(name: &HeaderName) -> Cow<'static, str> {
    const USUAL: [&str; 6] = ["content-type", "content-length", "date", "server", "connection", "transfer-encoding"];
    match USUAL.into_iter().find(|usual| usual == name) {
        Some(usual) => usual.into(),
        None => name.as_str().to_owned().into(),
    }
}

/// `answered`: the head of an answer had come.
fn failed(error: reqwest::Error, answered: bool) -> TransportError {
    let (kind, sent) = match (&error, answered) {
        (_, false) if error.is_builder() => (Kind::Request, Sent::No),
        (_, false) if error.is_connect() => (Kind::Connect, Sent::No),
        _ if error.is_timeout() => (Kind::Timeout, if answered { Sent::Yes } else { Sent::Unknown }),
        _ => (Kind::Broken, if answered { Sent::Yes } else { Sent::Unknown }),
    };
    TransportError::new(kind, sent, chain(error))
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
