//! What can be set on the transport that comes with the crate.

use std::{fmt, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT_ENCODING, USER_AGENT},
};
use zeroize::Zeroizing;

use super::{
    Carrier, HttpTransport,
    pool::Pool,
    proxy::{Proxies, ProxyUrl},
    settings::{ConnectionSettings, Pings},
    target::LastTarget,
    tls::{Certificates, ClientCertificate, Tls},
};

/// A setting that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidSetting {
    /// The setter's name.
    pub setting: &'static str,
    /// What is wrong with it. Holds no password and no key.
    pub reason: String,
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be used: {}", self.setting, self.reason)
    }
}

impl std::error::Error for InvalidSetting {}

fn invalid(setting: &'static str) -> impl Fn(String) -> InvalidSetting {
    move |reason| InvalidSetting { setting, reason }
}

/// Sets up an [`HttpTransport`]. Everything has a default; what cannot be meant is refused by [`build`](Self::build).
///
/// `Debug` shows no header values, keys and passwords.
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct HttpTransportBuilder {
    proxy: ProxyChoice,
    certificates: Certificates,
    headers: Vec<(String, String)>,
    user_agent: String,
    gzip: bool,
    connect_timeout: Duration,
    read_timeout: Duration,
    idle_timeout: Duration,
    pings: Option<Pings>,
    max_response_bytes: usize,
    #[cfg(feature = "reqwest")]
    over: Over,
}

/// What sends.
#[cfg(feature = "reqwest")]
#[derive(Clone)]
enum Over {
    Hyper,
    Reqwest,
    Own(reqwest::Client),
}

#[derive(Clone)]
enum ProxyChoice {
    None,
    Url(String),
    Env,
}

/// As good as never.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Headers that belong to the connection, or have a setter of their own.
const RESERVED: [(&str, &str); 8] = [
    ("accept-encoding", "say gzip(true)"),
    ("connection", "it belongs to the connection"),
    ("content-length", "it is worked out"),
    ("host", "it is the base URL's"),
    ("proxy-authorization", "write user and password into the proxy's URL"),
    ("transfer-encoding", "it is worked out"),
    ("upgrade", "it belongs to the connection"),
    ("user-agent", "say user_agent"),
];

impl Default for HttpTransportBuilder {
    fn default() -> Self {
        HttpTransportBuilder {
            proxy: ProxyChoice::None,
            certificates: Certificates::default(),
            headers: Vec::new(),
            user_agent: concat!("scrm-core/", env!("CARGO_PKG_VERSION")).to_owned(),
            gzip: false,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(90),
            pings: Some(Pings { interval: Duration::from_secs(20), timeout: Duration::from_secs(10) }),
            max_response_bytes: 16 * 1024 * 1024,
            #[cfg(feature = "reqwest")]
            over: Over::Hyper,
        }
    }
}

impl HttpTransportBuilder {
    /// Sends everything through this proxy: `http://host:port` or `https://host:port`, with the feature `socks` also `socks5://host:port` or `socks5h://host:port` (the
    /// proxy looks names up), with `user:password@` before the host where it asks for them. Default: none, whatever the environment says. This machine (`localhost`, 127.0.0.0/8, `::1`) is
    /// never asked for through a proxy.
    ///
    /// An `https://` base URL goes through as a tunnel, of which the proxy sees host and port alone. Of an `http://` one it sees everything, token and secret
    /// included; such a base URL needs [`allow_plain_http`](crate::Builder::allow_plain_http) anyway. Errors name the proxy, without its credentials.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = ProxyChoice::Url(url.into());
        self
    }

    /// Obeys the environment variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` (in upper or lower case), read by [`build`](Self::build). Else as
    /// [`proxy`](Self::proxy), which it replaces.
    pub fn proxy_from_env(mut self) -> Self {
        self.proxy = ProxyChoice::Env;
        self
    }

    /// Trusts the certificates in this PEM text besides those of the system: of one's own authority, or of a proxy that looks into TLS. May be called again.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.roots.push(pem.into());
        self
    }

    /// Shows this certificate (PEM, with those that vouch for it behind it) to servers that ask for one. `key_pem` is its key; native-tls wants it as PKCS #8.
    pub fn client_certificate(mut self, pem: impl Into<Vec<u8>>, key_pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.client = Some(ClientCertificate { chain: pem.into(), key: Zeroizing::new(key_pem.into()) });
        self
    }

    /// Adds a header to every request, for a gateway. A header of the request itself goes before it. May be called again.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The `User-Agent` header. Default: name and version of the vendor's crate.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Whether to ask for compressed answers. Default: no. Answers that come compressed (gzip, deflate) are understood either way.
    pub fn gzip(mut self, ask: bool) -> Self {
        self.gzip = ask;
        self
    }

    /// Longest time to get a connection, TLS and proxy included. Default 10 s; not 0.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Longest silence of the server. Default 30 s; not 0.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// How long a connection without calls is kept. Default 90 s, longer than the pauses between the pages of a pull; not 0.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// After how long a silence an HTTP/2 connection is pinged, and how long its answer may take. Default 20 s and 10 s, with or without calls; not 0. A
    /// connection that does not answer is closed.
    pub fn http2_pings(mut self, interval: Duration, timeout: Duration) -> Self {
        // hyper counts from now on, and what lies beyond the clock's range would end the connection.
        let within_range = |time: Duration| time.min(LONGEST);
        self.pings = Some(Pings { interval: within_range(interval), timeout: within_range(timeout) });
        self
    }

    /// Sends no HTTP/2 pings.
    pub fn without_http2_pings(mut self) -> Self {
        self.pings = None;
        self
    }

    /// Largest answer that is read, in bytes, also of what comes out of a compressed one. Default 16 MiB; not 0.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sends over reqwest, set up in the same way, instead of over hyper's connections. It costs more time a call, and gives up all connections to a server when one
    /// goes silent. It knows SOCKS proxies without the feature `socks`.
    #[cfg(feature = "reqwest")]
    pub fn reqwest(mut self) -> Self {
        self.over = Over::Reqwest;
        self
    }

    /// Sends over a client of one's own, made with the [`reqwest`](crate::reqwest) that this crate re-exports. Proxies, certificates, and timeouts and pings of
    /// connections are then its business, and setting them here as well is refused. It keeps one pool for all runtimes: a connection stands still or breaks with the runtime that
    /// opened it, and one that went silent is not given up. With the feature `rustls-ring` alone, reqwest panics where the program has installed no provider. Outside of semver.
    #[cfg(feature = "reqwest")]
    pub fn client(mut self, client: reqwest::Client) -> Self {
        self.over = Over::Own(client);
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// A setting that cannot be meant.
    pub fn build(self) -> Result<HttpTransport, InvalidSetting> {
        let bounds = [("connect_timeout", self.connect_timeout), ("read_timeout", self.read_timeout), ("idle_timeout", self.idle_timeout)];
        let pings = self.pings.iter().flat_map(|pings| [("http2_pings", pings.interval), ("http2_pings", pings.timeout)]);
        if let Some((setting, _)) = bounds.into_iter().chain(pings).find(|(_, bound)| bound.is_zero()) {
            return Err(invalid(setting)("a time of 0 lets nothing happen".into()));
        }
        if self.max_response_bytes == 0 {
            return Err(invalid("max_response_bytes")("a limit of 0 bytes lets no answer through".into()));
        }
        let headers = self.header_map()?;
        let (read_timeout, max_response_bytes) = (self.read_timeout, self.max_response_bytes);
        let carrier = self.carrier()?;
        Ok(HttpTransport { carrier, headers, read_timeout, max_response_bytes, last: LastTarget::default() })
    }

    fn header_map(&self) -> Result<HeaderMap, InvalidSetting> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid("header")("not a header name".into()))?;
            if let Some((_, instead)) = RESERVED.iter().find(|(reserved, _)| name == *reserved) {
                return Err(invalid("header")(format!("{name} cannot be set like this: {instead}")));
            }
            let mut value =
                HeaderValue::from_str(value).map_err(|_| invalid("header")(format!("the value of {name} is not a header value")))?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        let user_agent = HeaderValue::from_str(&self.user_agent).map_err(|_| invalid("user_agent")("not a header value".into()))?;
        headers.insert(USER_AGENT, user_agent);
        if self.gzip {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Ok(headers)
    }

    #[cfg(feature = "reqwest")]
    fn carrier(self) -> Result<Carrier, InvalidSetting> {
        let usual = HttpTransportBuilder::default();
        match &self.over {
            Over::Hyper => self.pool(),
            Over::Reqwest => {
                let usual = usual.connections()?;
                Ok(Carrier::Reqwest(super::on_reqwest::Pool::shared(self.connections()?, &usual)))
            }
            Over::Own(own) => {
                let untouched = matches!(self.proxy, ProxyChoice::None)
                    && self.certificates == usual.certificates
                    && self.connect_timeout == usual.connect_timeout
                    && self.idle_timeout == usual.idle_timeout
                    && self.pings == usual.pings;
                if untouched {
                    return Ok(Carrier::Own(own.clone()));
                }
                Err(invalid("client")(
                    "proxy, certificates, connect_timeout, idle_timeout and http2_pings are the client's own business; set them there"
                        .into(),
                ))
            }
        }
    }

    #[cfg(not(feature = "reqwest"))]
    fn carrier(self) -> Result<Carrier, InvalidSetting> {
        self.pool()
    }

    fn pool(self) -> Result<Carrier, InvalidSetting> {
        let usual = HttpTransportBuilder::default().connections()?;
        #[cfg(not(feature = "socks"))]
        let setting = if matches!(self.proxy, ProxyChoice::Env) { "proxy_from_env" } else { "proxy" };
        let settings = self.connections()?;
        #[cfg(not(feature = "socks"))]
        if settings.proxies.has_socks() {
            return Err(invalid(setting)(super::proxy::NO_SOCKS.into()));
        }
        Ok(Carrier::Pool(Pool::shared(settings, &usual)))
    }

    fn connections(self) -> Result<ConnectionSettings, InvalidSetting> {
        let proxies = match &self.proxy {
            ProxyChoice::None => Proxies::default(),
            ProxyChoice::Url(url) => Proxies::all(ProxyUrl::parse(url).map_err(invalid("proxy"))?),
            ProxyChoice::Env => Proxies::from_env(|name| std::env::var(name).ok()).map_err(invalid("proxy_from_env"))?,
        };
        let roots = Certificates { client: None, ..self.certificates.clone() };
        Tls::check(&roots).map_err(invalid("root_certificate"))?;
        Tls::check(&self.certificates).map_err(invalid("client_certificate"))?;
        Ok(ConnectionSettings {
            connect_timeout: self.connect_timeout,
            idle_timeout: self.idle_timeout,
            pings: self.pings,
            proxies,
            certificates: self.certificates,
        })
    }
}

impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = match &self.proxy {
            ProxyChoice::None => "none".to_owned(),
            ProxyChoice::Env => "the environment's".to_owned(),
            ProxyChoice::Url(url) => ProxyUrl::parse(url).map_or_else(|_| "not a proxy's URL".to_owned(), |proxy| format!("{proxy:?}")),
        };
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("HttpTransportBuilder")
            .field("proxy", &proxy)
            .field("certificates", &self.certificates)
            .field("headers", &headers)
            .field("user_agent", &self.user_agent)
            .field("gzip", &self.gzip)
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("pings", &self.pings)
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}
