//! Which requests go through which proxy.

use std::{fmt, sync::Arc};

use ::http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use crate::base_url::is_loopback;

/// A proxy's address. Shown without user name and password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ProxyUrl(Url);

impl ProxyUrl {
    /// # Errors
    /// A reason, without what was given: that may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const LIKE: &str = "it must be like http://host:port, https://host:port or socks5://host:port, with user:password@ before the host where it asks for them";
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let mut url = Url::parse(&whole).map_err(|error| format!("{error}; {LIKE}"))?;
        let usual_port = match url.scheme() {
            "http" => 80,
            "https" if super::tls::BUILT_IN => 443,
            "https" => return Err("it is reached over TLS, which is not built in".into()),
            "socks5" | "socks5h" => 1080,
            _ => return Err(format!("its scheme is not known; {LIKE}")),
        };
        let more = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
        if more || url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
            return Err(LIKE.into());
        }
        let port = url.port().unwrap_or(usual_port);
        url.set_port(Some(port)).map_err(|()| LIKE.to_owned())?;
        Ok(ProxyUrl(url))
    }

    /// Whether it is reached over TLS.
    pub(super) fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.0.port_or_known_default().unwrap_or_default();
        write!(f, "{}://{}:{port}", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = if self.0.username().is_empty() && self.0.password().is_none() { "" } else { " with credentials" };
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

    /// The proxy for a URL. This machine is never asked for through one.
    pub(super) fn of(&self, url: &Url) -> Option<&ProxyUrl> {
        let proxy = if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }?;
        let host = url.host_str()?;
        let is_direct = is_loopback(host) || self.direct.as_ref().is_some_and(|direct| direct.holds(host));
        (!is_direct).then_some(proxy)
    }

    /// The same for reqwest.
    pub(super) fn for_reqwest(&self) -> Option<reqwest::Proxy> {
        if self.http.is_none() && self.https.is_none() {
            return None;
        }
        let proxies = self.clone();
        Some(reqwest::Proxy::custom(move |url| proxies.of(url).map(|proxy| proxy.0.clone())))
    }
}

/// Hosts that are reached directly.
#[derive(Clone)]
struct Direct {
    hosts: String,
    matcher: Arc<Matcher>,
}

impl Direct {
    fn new(hosts: String) -> Self {
        // The proxy's name does not matter: it is asked whether there would be one.
        let matcher = Matcher::builder().all("http://proxy.invalid").no(hosts.clone()).build();
        Direct { hosts, matcher: Arc::new(matcher) }
    }

    fn holds(&self, host: &str) -> bool {
        let url = Uri::builder().scheme("http").authority(host).path_and_query("/").build();
        url.is_ok_and(|url| self.matcher.intercept(&url).is_none())
    }
}

impl PartialEq for Direct {
    fn eq(&self, other: &Self) -> bool {
        self.hosts == other.hosts
    }
}

impl Eq for Direct {}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hosts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(set: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    fn of(proxies: &Proxies, url: &str) -> Option<String> {
        proxies.of(&Url::parse(url).unwrap()).map(ToString::to_string)
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
        for url in
            ["http://localhost:1/", "http://127.0.0.1/", "https://127.1/", "http://2130706433/", "https://[::1]:8/", "http://a.localhost/"]
        {
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
