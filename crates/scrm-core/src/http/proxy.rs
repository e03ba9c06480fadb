//! Which requests go through which proxy.

mod direct;

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, uri::Authority};
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use self::direct::Direct;
use super::target::{self, Origin};
use crate::base_url::is_loopback;

/// What is said of a SOCKS proxy where none can be used.
#[cfg(not(feature = "socks"))]
pub(super) const NO_SOCKS: &str = "SOCKS is not built in: turn on the feature socks, or name an http:// proxy";

/// A proxy's address. Shown without user name and password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ProxyUrl {
    scheme: Scheme,
    /// User name and password as they are written in a URL.
    user_info: Option<Zeroizing<String>>,
    /// One of IPv6 without brackets.
    host: String,
    port: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
    Socks5,
    Socks5h,
}

const SCHEMES: [(&str, Scheme, u16); 4] =
    [("http", Scheme::Http, 80), ("https", Scheme::Https, 443), ("socks5", Scheme::Socks5, 1080), ("socks5h", Scheme::Socks5h, 1080)];

impl ProxyUrl {
    /// # Errors
    /// A reason, without what was given: that may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const LIKE: &str = "it must be like http://host:port, https://host:port or socks5://host:port, with user:password@ before the host where it asks for them";
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let known = SCHEMES.into_iter().find(|(name, ..)| name.eq_ignore_ascii_case(scheme));
        let (_, scheme, usual_port) = known.ok_or_else(|| format!("its scheme is not known; {LIKE}"))?;
        if scheme == Scheme::Https && !super::tls::BUILT_IN {
            return Err("it is reached over TLS, which is not built in".into());
        }
        let (user_info, host) = match rest.rsplit_once('@') {
            Some((user_info, host)) => (Some(user_info), host),
            None => (None, rest),
        };
        if user_info.is_some_and(|text| text.contains(['/', '?', '#'])) {
            return Err("in user and password, the characters / ? # must be written as %2F %3F %23".into());
        }
        let authority: Authority = host.strip_suffix('/').unwrap_or(host).parse().map_err(|_| LIKE.to_owned())?;
        let port = target::port(&authority, usual_port).ok_or(LIKE)?;
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        if host.is_empty() {
            return Err(LIKE.into());
        }
        let user_info = user_info.filter(|text| !text.is_empty()).map(|text| Zeroizing::new(text.to_owned()));
        Ok(ProxyUrl { scheme, user_info, host, port })
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is reached over TLS.
    pub(super) fn is_encrypted(&self) -> bool {
        self.scheme == Scheme::Https
    }

    pub(super) fn is_socks(&self) -> bool {
        matches!(self.scheme, Scheme::Socks5 | Scheme::Socks5h)
    }

    /// Whether the proxy looks names up, instead of this machine.
    #[cfg(feature = "socks")]
    pub(super) fn looks_names_up(&self) -> bool {
        self.scheme == Scheme::Socks5h
    }

    /// User name and password.
    #[cfg(feature = "socks")]
    pub(super) fn credentials(&self) -> Option<(String, String)> {
        let (user, password) = self.raw_credentials()?;
        let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Some((decoded(user), decoded(password)))
    }

    fn raw_credentials(&self) -> Option<(&str, &str)> {
        self.user_info.as_ref().map(|text| text.split_once(':').unwrap_or((text, "")))
    }

    /// The value of the header `Proxy-Authorization`.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        let (user, password) = self.raw_credentials()?;
        let decoded: Vec<u8> = percent_decode_str(user).chain(percent_decode_str(":")).chain(percent_decode_str(password)).collect();
        let mut value = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(Zeroizing::new(decoded)))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The same for reqwest.
    #[cfg(feature = "reqwest")]
    fn url(&self) -> Option<reqwest::Url> {
        let mut url = reqwest::Url::parse(&self.to_string()).ok()?;
        if let Some((user, password)) = self.raw_credentials() {
            url.set_username(user).ok()?;
            url.set_password(Some(password)).ok()?;
        }
        Some(url)
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = SCHEMES.into_iter().find(|(_, scheme, _)| *scheme == self.scheme).map_or("", |(name, ..)| name);
        let (before, after) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{before}{}{after}:{}", self.host, self.port)
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = if self.user_info.is_some() { " with credentials" } else { "" };
        write!(f, "{self}{hidden}")
    }
}

/// The proxies of one transport.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Proxies {
    http: Option<ProxyUrl>,
    https: Option<ProxyUrl>,
    /// Hosts that are reached directly, as `NO_PROXY` names them.
    direct: Option<Direct>,
}

impl Proxies {
    /// For nothing.
    #[cfg(feature = "reqwest")]
    pub(super) const NONE: Proxies = Proxies { http: None, https: None, direct: None };

    /// One for everything.
    pub(super) fn all(proxy: ProxyUrl) -> Self {
        Proxies { http: Some(proxy.clone()), https: Some(proxy), direct: None }
    }

    /// What `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say, in upper or lower case.
    ///
    /// # Errors
    /// A variable that holds no proxy, by name.
    pub(super) fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        // Under CGI, HTTP_PROXY is the header `Proxy` of whoever sent the request.
        if lookup("REQUEST_METHOD").is_some() {
            return Ok(Proxies::default());
        }
        let value = |name: &str| {
            let names = [name.to_owned(), name.to_ascii_lowercase()];
            names.into_iter().find_map(|name| lookup(&name).filter(|value| !value.trim().is_empty()).map(|value| (name, value)))
        };
        let proxy = |name: &str| match value(name) {
            Some((name, value)) => ProxyUrl::parse(&value).map(Some).map_err(|reason| format!("{name}: {reason}")),
            None => Ok(None),
        };
        let all = proxy("ALL_PROXY")?;
        Ok(Proxies {
            http: proxy("HTTP_PROXY")?.or_else(|| all.clone()),
            https: proxy("HTTPS_PROXY")?.or(all),
            direct: value("NO_PROXY").map(|(_, hosts)| Direct::new(hosts)),
        })
    }

    /// The proxy for a server. This machine is never asked for through one.
    pub(super) fn of(&self, origin: &Origin) -> Option<&ProxyUrl> {
        let proxy = if origin.encrypted { self.https.as_ref() } else { self.http.as_ref() }?;
        let is_direct = is_loopback(&origin.host) || self.direct.as_ref().is_some_and(|direct| direct.holds(&origin.host));
        (!is_direct).then_some(proxy)
    }

    /// Whether there is one that speaks SOCKS.
    #[cfg(not(feature = "socks"))]
    pub(super) fn has_socks(&self) -> bool {
        self.http.iter().chain(&self.https).any(ProxyUrl::is_socks)
    }

    /// The same for reqwest.
    #[cfg(feature = "reqwest")]
    pub(super) fn for_reqwest(&self) -> Option<reqwest::Proxy> {
        if self.http.is_none() && self.https.is_none() {
            return None;
        }
        let proxies = self.clone();
        Some(reqwest::Proxy::custom(move |url| {
            let target = super::target::Target::read(url.as_str(), &proxies).ok()?;
            target.proxy.as_ref().and_then(ProxyUrl::url)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::target::Target, *};

    fn env(set: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    fn of(proxies: &Proxies, url: &str) -> Option<String> {
        Target::read(url, proxies).unwrap().proxy.map(|proxy| proxy.to_string())
    }

    #[test]
    fn a_proxy_is_shown_without_its_credentials() {
        let proxy = ProxyUrl::parse("http://us3r:p4ssw0rd@proxy.example:3128").unwrap();
        assert_eq!(proxy.to_string(), "http://proxy.example:3128");
        assert_eq!(format!("{:?}", Proxies::all(proxy).http.unwrap()), "http://proxy.example:3128 with credentials");
        assert_eq!(ProxyUrl::parse("10.0.0.7:3128").unwrap().to_string(), "http://10.0.0.7:3128");
        assert_eq!(ProxyUrl::parse("socks5://10.0.0.7").unwrap().to_string(), "socks5://10.0.0.7:1080");
        assert_eq!(ProxyUrl::parse("http://[fd00::1]/").unwrap().to_string(), "http://[fd00::1]:80");
    }

    #[test]
    fn what_is_no_proxy_is_refused_and_not_repeated() {
        for given in [
            "",
            "p4ssw0rd",
            "http://",
            "ftp://p4ssw0rd@proxy.example",
            "socks4://us3r:p4ssw0rd@proxy.example",
            "http://us3r:p4ssw0rd@proxy.example/path",
            "http://us3r:p4ssw0rd@proxy.example:99999",
            "http://us3r:p4ssw0rd@proxy.example:0",
            "http://us3r:p4ssw0rd@[::1]p4ssw0rd:80",
            "http://proxy.example?p4ssw0rd",
            "socks5://",
        ] {
            if given == "p4ssw0rd" {
                continue; // a host name like any other
            }
            let reason = ProxyUrl::parse(given).expect_err(given);
            assert!(!reason.contains("p4ssw0rd") && !reason.contains("us3r"), "{given}: {reason}");
        }
    }

    #[test]
    fn this_machine_is_never_asked_for_through_a_proxy() {
        let all = Proxies::all(ProxyUrl::parse("socks5h://proxy.example").unwrap());
        for url in ["http://localhost:1/", "http://127.0.0.1/", "https://127.9.9.9/", "https://[::1]:8/", "http://a.localhost/"] {
            assert_eq!(of(&all, url), None, "{url}");
        }
        assert_eq!(of(&all, "https://api.acme.example/"), Some("socks5h://proxy.example:1080".into()));
        assert_eq!(of(&Proxies::default(), "https://api.acme.example/"), None);
    }

    #[test]
    fn the_environment_names_proxies_and_exceptions() {
        let set = Proxies::from_env(env(&[
            ("https_proxy", "http://secure.example:1"),
            ("ALL_PROXY", "socks5://all.example"),
            ("no_proxy", "direct.example,10.0.0.0/8"),
        ]))
        .unwrap();
        assert_eq!(of(&set, "https://api.acme.example/"), Some("http://secure.example:1".into()));
        assert_eq!(of(&set, "http://api.acme.example/"), Some("socks5://all.example:1080".into()));
        for url in ["https://direct.example/", "https://a.direct.example/", "http://10.1.2.3/", "http://localhost/"] {
            assert_eq!(of(&set, url), None, "{url}");
        }
        let cgi = Proxies::from_env(env(&[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "http://evil.example")])).unwrap();
        assert_eq!(cgi, Proxies::default());
        assert_eq!(Proxies::from_env(env(&[("HTTPS_PROXY", " ")])).unwrap(), Proxies::default());
        let wrong = Proxies::from_env(env(&[("http_proxy", "gopher://us3r:p4ssw0rd@proxy.example")])).unwrap_err();
        assert!(wrong.starts_with("http_proxy: ") && !wrong.contains("p4ssw0rd"), "{wrong}");
    }
}
