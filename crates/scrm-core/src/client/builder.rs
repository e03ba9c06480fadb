//! From credentials and settings to a client.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use super::{ApiClient, Given, Shared, Shop};
#[cfg(feature = "http")]
use crate::http::{HttpSettings, HttpTransport};
use crate::{
    drift::DriftLog,
    error::{Error, ErrorKind},
    hooks::{Hooks, NoHooks},
    quota::{QuotaOptions, SharedQuota},
    registry::identity,
    retry::{RetryBudget, RetryPolicy},
    secret::{CredentialSet, Secret},
    spec::QuotaSpec,
    token::{TokenSource, TokenStore},
    transport::Transport,
};

/// Sets up a client. Everything but the credentials has a default.
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder<C> {
    settings: Settings,
    client: PhantomData<fn() -> C>,
}

/// Puts a transport around another.
type Wrap = Box<dyn FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport> + Send>;

/// The settings, apart from the client's type so that their code is compiled once.
struct Settings {
    credentials: CredentialSet,
    base_url: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    token: Option<Secret>,
    source: Option<Arc<dyn TokenSource>>,
    wraps: Vec<Wrap>,
    store: Option<Arc<dyn TokenStore>>,
    hooks: Arc<dyn Hooks>,
    retry: RetryPolicy,
    timeout: Duration,
    strict: bool,
    quota: QuotaOptions,
    #[cfg(feature = "http")]
    http: HttpSettings,
}

impl<C: From<ApiClient>> Builder<C> {
    /// A client with these credentials.
    pub fn new(credentials: CredentialSet) -> Self {
        let settings = Settings {
            credentials,
            base_url: None,
            transport: None,
            token: None,
            source: None,
            wraps: Vec::new(),
            store: None,
            hooks: Arc::new(NoHooks),
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(60),
            strict: false,
            quota: QuotaOptions::default(),
            #[cfg(feature = "http")]
            http: HttpSettings::default(),
        };
        Builder { settings, client: PhantomData }
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Another server than the vendor's: a stand-in, a gateway. Scheme, host and path prefix.
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        self.set(|settings| settings.base_url = Some(base_url))
    }

    /// Another transport than the one that comes with the crate. The timeouts of connecting and reading and the size limit are then its own business.
    pub fn transport(self, transport: Arc<dyn Transport>) -> Self {
        self.set(|settings| settings.transport = Some(transport))
    }

    /// Puts something around the transport, whichever it is: a recorder, a proxy's signature. What is added last sees a request first.
    pub fn wrap_transport(self, wrap: impl FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport> + Send + 'static) -> Self {
        self.set(|settings| settings.wraps.push(Box::new(wrap)))
    }

    /// A token got elsewhere. It is never refreshed. Goes before [`Builder::token_source`] and all else.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        let token = token.into();
        self.set(|settings| settings.token = Some(token))
    }

    /// A service that hands out the tokens, asked instead of the store and the vendor.
    pub fn token_source(self, source: Arc<dyn TokenSource>) -> Self {
        self.set(|settings| settings.source = Some(source))
    }

    /// Where tokens are kept beside this client's memory; several clients and processes can share one.
    pub fn token_store(self, store: Arc<dyn TokenStore>) -> Self {
        self.set(|settings| settings.store = Some(store))
    }

    /// Another quota than the documented one for the operation of this name. At least one call, in a window of at least a second.
    pub fn quota(self, operation: impl Into<String>, quota: QuotaSpec) -> Self {
        let operation = operation.into();
        self.set(|settings| settings.quota.overrides.push((operation, quota)))
    }

    /// Holds no call back. For tests, and where another layer keeps the quota.
    pub fn without_quota(self) -> Self {
        self.set(|settings| settings.quota.enabled = false)
    }

    /// Quotas shared between processes, asked after the client's own.
    pub fn shared_quota(self, quota: Arc<dyn SharedQuota>) -> Self {
        self.set(|settings| settings.quota.shared = Some(quota))
    }

    /// Whether nothing is sent for one window after the start (and half a minute, for calls still under way). For a program that is started again within a window of its
    /// last calls and shares its quota with nobody who could remember them. Default: no.
    pub fn cold_start_hold(self, hold: bool) -> Self {
        self.set(|settings| settings.quota.cold_start_hold = hold)
    }

    /// When calls are repeated. Default: up to two times, with growing random pauses.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.set(|settings| settings.retry = policy)
    }

    /// Who is told of every call.
    pub fn hooks(self, hooks: Arc<dyn Hooks>) -> Self {
        self.set(|settings| settings.hooks = hooks)
    }

    /// Longest time for one call as a whole: waiting, token, all attempts. Default 60 s.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(|settings| settings.timeout = timeout)
    }

    /// Whether any drift of an answer from the schema is an error. Default: no. For tests and CI.
    pub fn strict(self, strict: bool) -> Self {
        self.set(|settings| settings.strict = strict)
    }

    /// Longest time to get a connection. Default 10 s. Clients that set this have a connection pool of their own.
    #[cfg(feature = "http")]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.set(|settings| settings.http.connect_timeout = timeout)
    }

    /// Longest silence of the server. Default 30 s.
    #[cfg(feature = "http")]
    pub fn read_timeout(self, timeout: Duration) -> Self {
        self.set(|settings| settings.http.read_timeout = timeout)
    }

    /// Largest answer that is read, in bytes. Default 16 MiB.
    #[cfg(feature = "http")]
    pub fn max_response_bytes(self, bytes: usize) -> Self {
        self.set(|settings| settings.http.max_response_bytes = bytes)
    }

    /// The `User-Agent` header. Default: name and version of the vendor's crate. Without effect on a transport of one's own.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        #[cfg(feature = "http")]
        {
            let user_agent = user_agent.into();
            self.set(|settings| settings.http.user_agent = user_agent)
        }
        #[cfg(not(feature = "http"))]
        {
            let _ = user_agent;
            self
        }
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], when a required credential is missing, the base URL is none, or there is no transport.
    pub fn build(self) -> Result<C, Error> {
        self.settings.build().map(C::from)
    }
}

impl Settings {
    fn build(mut self) -> Result<ApiClient, Error> {
        let vendor = self.credentials.vendor();
        let credentials = self.credentials.clone().complete()?;
        let base_url = self.base_url.take().unwrap_or_else(|| vendor.base_url.to_owned());
        if !(base_url.starts_with("https://") || base_url.starts_with("http://")) {
            return Err(Error::new(ErrorKind::Config, vendor, "the base URL must begin with https:// or http://"));
        }
        self.check_quotas()?;
        let own_transport = self.transport.is_some() || !self.wraps.is_empty();
        let wraps = std::mem::take(&mut self.wraps);
        let transport = wraps.into_iter().fold(self.transport()?, |inner, wrap| wrap(inner));
        // Another transport may lead to another vendor, whatever the base URL says.
        let scope = format!("{}|{base_url}|{:x}", vendor.name, if own_transport { identity(&transport) } else { 0 });
        if self.quota.shared.is_some() {
            // Of a call under way the others hear nothing, so that its slot must last as long as it.
            self.quota.in_flight_grace = self.quota.in_flight_grace.max(self.timeout);
        }
        let given = match (self.token, self.source) {
            (Some(token), _) => Given::Token(token),
            (None, Some(source)) => Given::Source(source),
            (None, None) => Given::Nothing,
        };
        let shared = Shared {
            vendor,
            server: host(&base_url).to_owned(),
            base_url,
            transport,
            hooks: crate::hooks::with_features(self.hooks),
            calls: AtomicU64::new(0),
            retry: self.retry,
            budget: RetryBudget::new(),
            timeout: self.timeout,
            strict: self.strict,
            drift: DriftLog::default(),
            scope,
            quota: self.quota,
            store: self.store,
        };
        Ok(ApiClient { shop: Arc::new(Shop::new(Arc::new(shared), credentials, given)) })
    }

    /// Quotas that cannot be meant.
    fn check_quotas(&self) -> Result<(), Error> {
        let vendor = self.credentials.vendor();
        let refused = |operation: &str, why: &str| Err(Error::new(ErrorKind::Config, vendor, format!("the quota of {operation:?} {why}")));
        for (operation, quota) in &self.quota.overrides {
            if !vendor.operations.contains(&operation.as_str()) && vendor.untyped.name != operation {
                return refused(operation, &format!("is of no operation; there are {}", vendor.operations.join(", ")));
            }
            if quota.calls == 0 {
                return refused(operation, "allows no call at all; leave the calls out instead");
            }
            if quota.seconds == 0 {
                return refused(operation, "has a window of 0 s");
            }
        }
        Ok(())
    }

    fn transport(&mut self) -> Result<Arc<dyn Transport>, Error> {
        if let Some(transport) = self.transport.take() {
            return Ok(transport);
        }
        let vendor = self.credentials.vendor();
        #[cfg(feature = "http")]
        {
            let transport = HttpTransport::new(&self.http).map_err(|reason| Error::new(ErrorKind::Config, vendor, reason))?;
            Ok(Arc::new(transport))
        }
        #[cfg(not(feature = "http"))]
        Err(Error::new(
            ErrorKind::Config,
            vendor,
            "built without a transport: turn on one of the features rustls, rustls-ring and native-tls, or bring a transport",
        ))
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("credentials", &self.settings.credentials)
            .field("timeout", &self.settings.timeout)
            .field("strict", &self.settings.strict)
            .finish_non_exhaustive()
    }
}

/// The host name in a base URL.
fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn host_is_the_name_alone() {
        for url in ["https://u:p@api.acme.example:8080/v1", "https://api.acme.example", "http://api.acme.example/?a=:b"] {
            assert_eq!(host(url), "api.acme.example");
        }
        assert_eq!(host("http://[::1]:80/"), "[::1]");
    }
}
