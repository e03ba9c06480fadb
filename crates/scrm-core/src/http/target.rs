//! Where a request goes.

use std::{
    borrow::Cow,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{HeaderValue, Uri, uri::Authority};
use percent_encoding::{AsciiSet, utf8_percent_encode};

use super::{
    proxy::{Proxies, ProxyUrl},
    settings::lock,
};

/// A server as a URL names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) encrypted: bool,
    /// A name in lower case or an address, one of IPv6 without brackets.
    pub(super) host: String,
    pub(super) port: u16,
}

/// A URL, read.
#[derive(Debug)]
pub(super) struct Target {
    text: String,
    pub(super) origin: Arc<Origin>,
    pub(super) proxy: Option<ProxyUrl>,
    /// The value of the header `Host`.
    pub(super) host: HeaderValue,
    pub(super) absolute: Uri,
    /// Path and query.
    pub(super) path: Uri,
    #[cfg(feature = "reqwest")]
    url: std::sync::OnceLock<Result<reqwest::Url, String>>,
}

impl Target {
    /// # Errors
    /// What is wrong with the URL, without repeating it: it may hold a token.
    pub(super) fn read(text: &str, proxies: &Proxies) -> Result<Self, String> {
        // `http` lets other letters stand in a path as they are, and hyper would send them so.
        let ascii: Cow<'_, str> = utf8_percent_encode(text, &AsciiSet::EMPTY).into();
        let absolute: Uri = ascii.parse().map_err(|error: http::uri::InvalidUri| error.to_string())?;
        let encrypted = match absolute.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("it must begin with https:// or http://".into()),
        };
        let authority = absolute.authority().ok_or("it has no host")?;
        if authority.as_str().contains('@') {
            return Err("it holds a user name or a password".into());
        }
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        check_host(&host)?;
        let port = port(authority, if encrypted { 443 } else { 80 }).ok_or("its port is none")?;
        let host_header = HeaderValue::from_str(authority.as_str()).map_err(|error| error.to_string())?;
        let path = absolute.path_and_query().map_or("/", |path| path.as_str());
        let path = Uri::from_maybe_shared(Bytes::copy_from_slice(path.as_bytes())).map_err(|error| error.to_string())?;
        let origin = Arc::new(Origin { encrypted, host, port });
        Ok(Target {
            text: text.to_owned(),
            proxy: proxies.of(&origin).cloned(),
            origin,
            host: host_header,
            absolute,
            path,
            #[cfg(feature = "reqwest")]
            url: std::sync::OnceLock::new(),
        })
    }

    /// Whether requests go to a proxy, which passes each on, instead of through one.
    pub(super) fn is_passed_on(&self) -> bool {
        !self.origin.encrypted && self.proxy.as_ref().is_some_and(|proxy| !proxy.is_socks())
    }

    /// Host and port, as a tunnel is asked for.
    pub(super) fn authority(&self) -> String {
        let Origin { host, port, .. } = &*self.origin;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// The same for reqwest.
    #[cfg(feature = "reqwest")]
    pub(super) fn url(&self) -> Result<&reqwest::Url, String> {
        self.url.get_or_init(|| reqwest::Url::parse(&self.text).map_err(|error| error.to_string())).as_ref().map_err(Clone::clone)
    }
}

/// The port that is written, or the usual one; `None`: neither stands there. `http` looks at what follows the last colon alone, and takes a sign for a part of it.
pub(super) fn port(authority: &Authority, usual: u16) -> Option<u16> {
    let rest = authority.as_str().strip_prefix(authority.host())?;
    if rest.is_empty() {
        return Some(usual);
    }
    let digits = rest.strip_prefix(':').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().filter(|port| *port > 0)
}

/// A host that ends in a number is an address. Other writings of one (`127.1`, `2130706433`) mean what the system makes of them, and might so go where they
/// do not seem to.
fn check_host(host: &str) -> Result<(), String> {
    if host.is_empty() {
        return Err("it has no host".into());
    }
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with(|first: char| first.is_ascii_digit())
        && (last.bytes().all(|byte| byte.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(is_hexadecimal));
    if (is_number || host.contains(':')) && host.parse::<IpAddr>().is_err() {
        return Err("its host is no whole IP address".into());
    }
    Ok(())
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Remembers the URL that was read last: an operation's calls all go to one, and reading it costs more than a hundredth of a call. Never one with a query,
/// where a token may stand.
#[derive(Default)]
pub(super) struct LastTarget(Mutex<Option<Arc<Target>>>);

impl LastTarget {
    /// Reads a URL, unless it is the last one.
    ///
    /// # Errors
    /// As [`Target::read`].
    pub(super) fn read(&self, text: &str, proxies: &Proxies) -> Result<Arc<Target>, String> {
        let mut last = lock(&self.0);
        if let Some(target) = &*last
            && target.text == text
        {
            return Ok(target.clone());
        }
        let mut target = Target::read(text, proxies)?;
        // Of the same server the same origin, so that its connections are found faster.
        if let Some(known) = last.as_ref().filter(|known| known.origin == target.origin) {
            target.origin = known.origin.clone();
        }
        let target = Arc::new(target);
        if target.absolute.query().is_none() {
            *last = Some(target.clone());
        }
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_always_the_one_that_was_asked_for_and_no_query_is_kept() {
        let last = LastTarget::default();
        let plain = "https://api.acme.example/v1/users";
        for text in [plain, plain, "https://api.acme.example/v1/users?access_token=tok-1", "https://api.acme.example/v1/tags", plain] {
            let target = last.read(text, &Proxies::default()).unwrap();
            assert_eq!(target.absolute, text);
            assert_eq!(format!("https://api.acme.example{}", target.path), text);
            let kept = lock(&last.0).as_ref().map(|target| target.text.clone());
            assert!(!kept.unwrap().contains("tok-1"), "{text}");
        }
        assert!(last.read("no URL", &Proxies::default()).is_err());
    }

    #[test]
    fn other_letters_than_ascii_are_written_as_the_wire_wants_them() {
        let target = Target::read("https://api.acme.example/接口/a%20b?q=é", &Proxies::default()).unwrap();
        assert_eq!(target.path, "/%E6%8E%A5%E5%8F%A3/a%20b?q=%C3%A9");
        assert_eq!(target.absolute, "https://api.acme.example/%E6%8E%A5%E5%8F%A3/a%20b?q=%C3%A9");
    }

    #[test]
    fn a_server_is_what_scheme_host_and_port_say() {
        for (text, encrypted, host, port, authority) in [
            ("https://API.acme.example/a?b=c", true, "api.acme.example", 443, "api.acme.example:443"),
            ("http://api.acme.example:8080", false, "api.acme.example", 8080, "api.acme.example:8080"),
            ("http://[fd00::1]/", false, "fd00::1", 80, "[fd00::1]:80"),
            ("https://10.0.0.7:1/", true, "10.0.0.7", 1, "10.0.0.7:1"),
        ] {
            let target = Target::read(text, &Proxies::default()).unwrap();
            assert_eq!(*target.origin, Origin { encrypted, host: host.into(), port }, "{text}");
            assert_eq!(target.authority(), authority);
        }
    }

    #[test]
    fn what_is_no_url_is_refused_and_not_repeated() {
        for text in [
            "",
            "tok-1",
            "/tok-1",
            "ftp://api.acme.example/tok-1",
            "https:///tok-1",
            "https://us3r:tok-1@api.acme.example/",
            "https://api.acme.example:0/tok-1",
            "https://api.acme.example:65536/tok-1",
            "https://api.acme.example:/tok-1",
            "https://api.acme.example:+443/tok-1",
            "http://[::1]tok-1:80/",
            "http://[::1]tok-1/",
            "https://主机.example/tok-1",
            "http://127.1/tok-1",
            "http://2130706433/tok-1",
            "http://0x7f.1/tok-1",
            "http://0x7f000001/tok-1",
            "http://[::tok-1]/",
        ] {
            let reason = Target::read(text, &Proxies::default()).expect_err(text);
            assert!(!reason.contains("tok-1") && !reason.contains("us3r"), "{text}: {reason}");
        }
    }
}
