//! Where the vendor's server stands: a base URL that can be meant.

use std::{env, net::IpAddr};

use ::http::Uri;

use crate::{encode::check_path, spec::VendorSpec};

/// Scheme, host and path prefix, without a slash at the end.
#[derive(Debug)]
pub(crate) struct BaseUrl {
    pub(crate) text: String,
    /// Host name or address, an IPv6 address in brackets.
    pub(crate) host: String,
    pub(crate) encrypted: bool,
}

impl BaseUrl {
    /// # Errors
    /// A reason, without what was given: that may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.contains('#') {
            return Err("it has a fragment (`#`)".into());
        }
        let url: Uri = text.parse().map_err(|_| "it is no URL; it must be like https://host or https://host/prefix".to_owned())?;
        let encrypted = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("it must begin with https:// or http://".into()),
        };
        let authority = url.authority().map(::http::uri::Authority::as_str).unwrap_or_default();
        let host = url.host().unwrap_or_default().to_ascii_lowercase();
        if authority.contains('@') {
            return Err("it holds a user name or a password".into());
        }
        let port = authority.get(host.len()..).unwrap_or_default();
        if host.is_empty() || host == "[]" {
            return Err("it has no host".into());
        }
        // `Uri` looks at what follows the last colon alone, and takes a sign for a part of it.
        let is_written_right = port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        if !port.is_empty() && (!is_written_right || url.port_u16().is_none_or(|port| port == 0)) {
            return Err("its port is none".into());
        }
        if url.query().is_some() {
            return Err("it has a query (`?`)".into());
        }
        let path = url.path().trim_end_matches('/');
        check_path(path).map_err(|error| format!("its path cannot be used: {}", error.reason))?;
        let scheme = if encrypted { "https" } else { "http" };
        Ok(BaseUrl { text: format!("{scheme}://{host}{port}{path}"), host, encrypted })
    }

    /// Whether it never leaves this machine.
    pub(crate) fn is_local(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// The environment variable of a vendor's base URL: `ACME_BASE_URL`, or of the one of this name: `ACME_FILES_BASE_URL`.
pub(crate) fn variable(vendor: &VendorSpec, name: Option<&str>) -> String {
    let named = name.map(|name| format!("_{name}")).unwrap_or_default();
    let letters = vendor.name.chars().chain(named.chars());
    let letters = letters.map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' });
    letters.chain("_BASE_URL".chars()).collect()
}

/// What an environment variable says; an empty one says nothing.
///
/// # Errors
/// When the value is not Unicode.
pub(crate) fn from_env(variable: &str) -> Result<Option<String>, String> {
    match env::var(variable) {
        Ok(value) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err("it is not Unicode".into()),
    }
}

/// Whether a host is this machine: `localhost` and names below it, 127.0.0.0/8, `::1`.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = host.parse::<IpAddr>() {
        return address.to_canonical().is_loopback();
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_normalised() {
        for (given, text, host) in [
            ("https://api.acme.example", "https://api.acme.example", "api.acme.example"),
            ("HTTPS://API.Acme.example:8443/", "https://api.acme.example:8443", "api.acme.example"),
            ("https://api.acme.example/v1//", "https://api.acme.example/v1", "api.acme.example"),
            ("http://[::1]:80/a", "http://[::1]:80/a", "[::1]"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1", "127.0.0.1"),
        ] {
            let url = BaseUrl::parse(given).unwrap();
            assert_eq!((url.text.as_str(), url.host.as_str()), (text, host), "{given}");
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused_and_not_repeated() {
        for given in [
            "",
            "tok-1.example",
            "/v1",
            "//tok-1.example",
            "ftp://tok-1.example",
            "file:///tok-1",
            "https://",
            "https:///v1",
            "https://:443",
            "https://tok-1.example:",
            "https://tok-1.example:0",
            "https://tok-1.example:65536",
            "https://tok-1.example:x",
            "https://tok-1.example:+443",
            "https://[::1]tok-1:443",
            "https://[::1",
            "https://[]/",
            "https://tok-1@host.example",
            "https://us3r:tok-1@host.example",
            "https://host.example?tok-1",
            "https://host.example/?a=tok-1",
            "https://host.example/#tok-1",
            "https://host.example/tok-1/..",
            "https://host.example/%2e%2E/tok-1",
            "https://host.example//tok-1",
            "https://host.example/a b",
            "https://host.example/tok-1\n",
            " https://host.example/",
            "https://主机.example/",
        ] {
            let reason = BaseUrl::parse(given).expect_err(given);
            assert!(!reason.contains("tok-1") && !reason.contains("us3r"), "{given}: {reason}");
        }
    }

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        for host in ["localhost", "LOCALHOST.", "box.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "::1", "[::ffff:127.0.0.1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "notlocalhost", "128.0.0.1", "127.0.0.1.example", "[::2]", "10.0.0.1", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
