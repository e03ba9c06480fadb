//! From credentials and settings to a client.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use super::{ApiClient, FromApiClient, Given, Shared, Shop};
#[cfg(feature = "http")]
use crate::http::HttpTransportBuilder;
use crate::{
    base_url::{self, BaseUrl},
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
    allow_plain_http: bool,
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
    http: HttpTransportBuilder,
    /// Whether the caller set anything of the transport's.
    #[cfg(feature = "http")]
    http_is_set: bool,
}

impl<C: FromApiClient> Builder<C> {
    /// A client with these credentials.
    pub fn new(credentials: CredentialSet) -> Self {
        let settings = Settings {
            credentials,
            base_url: None,
            allow_plain_http: false,
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
            http: HttpTransportBuilder::default(),
            #[cfg(feature = "http")]
            http_is_set: false,
        };
        Builder { settings, client: PhantomData }
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], when a required credential is missing, the base URL is none or not encrypted, a setting cannot be meant, there is no transport, or the
    /// system has no certificates to trust. What the error says of a base URL names the variable, if it came from there.
    pub fn build(self) -> Result<C, Error> {
        self.settings.build().map(C::from_api_client)
    }
}

impl<C> Builder<C> {
    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Another server than the vendor's: a stand-in, a gateway. Scheme, host and path prefix, without user name, query and fragment. Default: what the
    /// environment variable `<VENDOR>_BASE_URL` says (`ACME_BASE_URL`), read by [`build`](Self::build), so that a program can be pointed elsewhere without a
    /// change; else the vendor's. To rule the variable out, give the vendor's own:
    /// [`VendorSpec::base_url`](crate::spec::VendorSpec::base_url).
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        self.set(|settings| settings.base_url = Some(base_url))
    }

    /// Consents to a base URL with `http://` on another machine than this one: token, secret and customers then travel so that everybody on the way, a proxy
    /// among them, can read them. For a stand-in on a network of one's own. Without it such a base URL is refused. This machine (`localhost`, 127.0.0.0/8, `::1`)
    /// needs no consent.
    pub fn allow_plain_http(self) -> Self {
        self.set(|settings| settings.allow_plain_http = true)
    }

    /// Sets up the transport that comes with the crate (proxy, certificates, timeouts, limits): `.http(|http| http.proxy("http://10.0.0.7:3128"))`. What was set before
    /// stays.
    #[cfg(feature = "http")]
    pub fn http(self, set: impl FnOnce(HttpTransportBuilder) -> HttpTransportBuilder) -> Self {
        self.set(|settings| {
            settings.http = set(std::mem::take(&mut settings.http));
            settings.http_is_set = true;
        })
    }

    /// Another transport than the one that comes with the crate, or one of these that several clients share. What [`http`](Self::http) sets is then not wanted, and
    /// refused.
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

    /// The `User-Agent` header of the transport that comes with the crate. Default: name and version of the vendor's crate.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        #[cfg(feature = "http")]
        {
            self.set(|settings| settings.http = std::mem::take(&mut settings.http).user_agent(user_agent))
        }
        #[cfg(not(feature = "http"))]
        {
            let _ = user_agent;
            self
        }
    }
}

impl Settings {
    fn build(mut self) -> Result<ApiClient, Error> {
        let vendor = self.credentials.vendor();
        let credentials = self.credentials.clone().complete()?;
        if self.timeout.is_zero() {
            return Err(Error::new(ErrorKind::Config, vendor, "`timeout` cannot be used: a time of 0 lets nothing happen"));
        }
        self.check_quotas()?;
        let base_url = self.base_url()?;
        let own_transport = self.transport.is_some() || !self.wraps.is_empty();
        let wraps = std::mem::take(&mut self.wraps);
        let transport = wraps.into_iter().fold(self.transport(&base_url)?, |inner, wrap| wrap(inner));
        // Another transport may lead to another vendor, whatever the base URL says.
        let scope = format!("{}|{}|{:x}", vendor.name, base_url.text, if own_transport { identity(&transport) } else { 0 });
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
            server: base_url.host,
            base_url: base_url.text,
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

    /// The caller's, the environment's or the vendor's.
    fn base_url(&mut self) -> Result<BaseUrl, Error> {
        let vendor = self.credentials.vendor();
        let variable = base_url::variable(vendor);
        let (given, name) = match self.base_url.take() {
            Some(given) => (Ok(given), "the base URL".to_owned()),
            None => match base_url::from_env(&variable).transpose() {
                Some(given) => (given, format!("the base URL in the environment variable {variable}")),
                None => (Ok(vendor.base_url.to_owned()), "the vendor's base URL".to_owned()),
            },
        };
        let refused = |reason: String| Error::new(ErrorKind::Config, vendor, format!("{name} cannot be used: {reason}"));
        let text = given.map_err(refused)?;
        let base_url = BaseUrl::parse(&text).map_err(refused)?;
        if !base_url.encrypted && !base_url.is_local() && !self.allow_plain_http {
            return Err(refused(
                "http:// to another machine shows token and secret to everybody on the way; write https://, or consent with allow_plain_http()".into(),
            ));
        }
        Ok(base_url)
    }

    #[cfg(feature = "http")]
    fn transport(&mut self, base_url: &BaseUrl) -> Result<Arc<dyn Transport>, Error> {
        let refused = |reason: String| Error::new(ErrorKind::Config, self.credentials.vendor(), reason);
        if let Some(transport) = &self.transport {
            let both = "`http` and `transport` are both set: a transport of one's own is set up where it is made";
            return if self.http_is_set { Err(refused(both.into())) } else { Ok(transport.clone()) };
        }
        let transport = self.http.clone().build().map_err(|error| refused(error.to_string()))?;
        if base_url.encrypted {
            transport.check_tls().map_err(refused)?;
        }
        Ok(Arc::new(transport))
    }

    #[cfg(not(feature = "http"))]
    fn transport(&mut self, _: &BaseUrl) -> Result<Arc<dyn Transport>, Error> {
        self.transport.take().ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                self.credentials.vendor(),
                "built without a transport: turn on one of the features rustls, rustls-ring and native-tls, or bring a transport",
            )
        })
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
