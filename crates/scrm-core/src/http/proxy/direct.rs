//! Hosts that are reached without a proxy.

use std::{fmt, net::IpAddr};

/// What `NO_PROXY` names, separated by commas: `*` is every host name, `example.com` and `.example.com` that host and those below it, an address itself, and
/// `10.0.0.0/8` all addresses of that network.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Direct(String);

impl Direct {
    pub(super) fn new(hosts: String) -> Self {
        Direct(hosts)
    }

    /// Whether it names this host: a name, or an address without brackets.
    pub(super) fn holds(&self, host: &str) -> bool {
        let mut entries = self.0.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        match host.parse::<IpAddr>() {
            Ok(address) => entries.any(|entry| is_network_of(entry, address)),
            Err(_) => entries.any(|entry| is_domain_of(entry, host)),
        }
    }
}

fn is_network_of(entry: &str, address: IpAddr) -> bool {
    let (network, bits) = entry.split_once('/').map_or((entry, None), |(network, bits)| (network, Some(bits)));
    let bits_of = |whole: u32| bits.map_or(Some(whole), |bits| bits.parse().ok().filter(|bits| *bits <= whole));
    match (network.parse::<IpAddr>(), address) {
        (Ok(IpAddr::V4(network)), IpAddr::V4(address)) => {
            bits_of(32).is_some_and(|bits| same_start(network.to_bits().into(), address.to_bits().into(), 96 + bits))
        }
        (Ok(IpAddr::V6(network)), IpAddr::V6(address)) => {
            bits_of(128).is_some_and(|bits| same_start(network.to_bits(), address.to_bits(), bits))
        }
        _ => false,
    }
}

/// Whether the first so many of 128 bits are the same.
fn same_start(one: u128, other: u128, bits: u32) -> bool {
    (one ^ other).checked_shr(128 - bits).unwrap_or(0) == 0
}

fn is_domain_of(entry: &str, host: &str) -> bool {
    let domain = entry.strip_prefix('.').unwrap_or(entry);
    if entry == "*" || host.eq_ignore_ascii_case(domain) {
        return true;
    }
    let Some(at) = host.len().checked_sub(domain.len()) else { return false };
    let (Some(before), Some(end)) = (host.get(..at), host.get(at..)) else { return false };
    before.ends_with('.') && end.eq_ignore_ascii_case(domain)
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use http::Uri;
    use hyper_util::client::proxy::matcher::Matcher;
    use proptest::prelude::*;

    use super::*;

    /// What hyper-util makes of it. It is asked whether there would be a proxy, so that the proxy's name does not matter.
    fn judged(hosts: &str, host: &str) -> bool {
        let authority = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let url = Uri::builder().scheme("http").authority(authority).path_and_query("/").build().unwrap();
        Matcher::builder().all("http://proxy.invalid").no(hosts).build().intercept(&url).is_none()
    }

    #[test]
    fn names_and_networks_are_told_apart() {
        let direct = Direct::new("example.com, .acme.example,10.0.0.0/8, fd00::/8,192.0.2.7,203.0.113.0/33".into());
        for host in ["example.com", "A.Example.COM", "acme.example", "a.b.acme.example", "10.1.2.3", "fd12::1", "192.0.2.7"] {
            assert!(direct.holds(host), "{host}");
        }
        for host in ["notexample.com", "example.com.cn", "11.0.0.1", "fe80::1", "192.0.2.8", "203.0.113.1", ""] {
            assert!(!direct.holds(host), "{host}");
        }
        assert!(Direct::new("*".into()).holds("any.example") && !Direct::new("".into()).holds("any.example"));
    }

    fn name() -> impl Strategy<Value = String> {
        "[ab]{1,2}(\\.[abAB]{1,2}){0,2}"
    }

    fn address() -> impl Strategy<Value = String> {
        prop_oneof![
            (9_u8..12, 0_u8..2, any::<u8>(), 0_u8..3).prop_map(|(a, b, c, d)| format!("{a}.{b}.{c}.{d}")),
            (0xfd00_u16..0xfd03, any::<u16>(), 0_u16..3).prop_map(|(a, b, c)| format!("{a:x}:{b:x}::{c:x}")),
        ]
    }

    fn entry() -> impl Strategy<Value = String> {
        prop_oneof![
            name(),
            name().prop_map(|name| format!(".{name}")),
            address(),
            (address(), 0_u32..140).prop_map(|(address, length)| format!("{address}/{length}")),
            Just("*".to_owned()),
            Just(" ".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn hyper_util_says_the_same(entries in prop::collection::vec(entry(), 0..4), host in prop_oneof![name(), address()]) {
            let hosts = entries.join(",");
            prop_assert_eq!(Direct::new(hosts.clone()).holds(&host), judged(&hosts, &host), "{} {}", hosts, host);
        }

        #[test]
        fn no_text_is_too_strange(hosts: String, host: String) {
            Direct::new(hosts).holds(&host);
        }
    }
}
