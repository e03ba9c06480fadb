//! From credentials and settings to a client.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use super::{ApiClient, FromApiClient, Given, GivenTokens, Shared, Shop};
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
    sign::{SigningInputs, SystemSigningInputs},
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
    /// Those of one name.
    base_urls: Vec<(String, String)>,
    allow_plain_http: bool,
    transport: Option<Arc<dyn Transport>>,
    /// By kind; without one, the usual.
    tokens: Vec<(Option<String>, Secret)>,
    sources: Vec<(Option<String>, Arc<dyn TokenSource>)>,
    signing: Arc<dyn SigningInputs>,
    wraps: Vec<Wrap>,
    store: Option<Arc<dyn TokenStore>>,
    hooks: Arc<dyn Hooks>,
    retry: RetryPolicy,
    timeout: Duration,
    strict: bool,
    refuse_unverified: bool,
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
            base_urls: Vec::new(),
            allow_plain_http: false,
            transport: None,
            tokens: Vec::new(),
            sources: Vec::new(),
            signing: Arc::new(SystemSigningInputs),
            wraps: Vec::new(),
            store: None,
            hooks: Arc::new(NoHooks),
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(60),
            strict: false,
            refuse_unverified: false,
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
    ///
    /// It stands for all base URLs of the vendor, where it has several, so that no call goes to the vendor by mistake; [`base_url_for`](Self::base_url_for) tells one apart.
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        self.set(|settings| settings.base_url = Some(base_url))
    }

    /// Another server for one of the vendor's further base URLs ([`VendorSpec::base_urls`](crate::spec::VendorSpec::base_urls)), by its name. Goes before
    /// [`base_url`](Self::base_url). Where the caller gives neither: what the environment variable `<VENDOR>_<NAME>_BASE_URL` says (`ACME_FILES_BASE_URL`), then
    /// `<VENDOR>_BASE_URL`, then the vendor's.
    pub fn base_url_for(self, name: impl Into<String>, base_url: impl Into<String>) -> Self {
        let given = (name.into(), base_url.into());
        self.set(|settings| settings.base_urls.push(given))
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

    /// A token got elsewhere, of the usual kind. It is never refreshed. Goes before [`Builder::token_source`] and all else.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        let token = token.into();
        self.set(|settings| settings.tokens.push((None, token)))
    }

    /// A token got elsewhere, of the kind of this name ([`VendorSpec::tokens`](crate::spec::VendorSpec::tokens)).
    pub fn token_for(self, kind: impl Into<String>, token: impl Into<Secret>) -> Self {
        let given = (Some(kind.into()), token.into());
        self.set(|settings| settings.tokens.push(given))
    }

    /// A service that hands out the tokens of the usual kind, asked instead of the store and the vendor.
    pub fn token_source(self, source: Arc<dyn TokenSource>) -> Self {
        self.set(|settings| settings.sources.push((None, source)))
    }

    /// A service that hands out the tokens of the kind of this name.
    pub fn token_source_for(self, kind: impl Into<String>, source: Arc<dyn TokenSource>) -> Self {
        let kind = Some(kind.into());
        self.set(|settings| settings.sources.push((kind, source)))
    }

    /// Where clock and nonce of signed calls come from. Default: the system.
    pub fn signing_inputs(self, inputs: Arc<dyn SigningInputs>) -> Self {
        self.set(|settings| settings.signing = inputs)
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

    /// Whether typed operations that are [unverified](crate::spec::Evidence::is_unverified) are refused, in the clients of all shops made from this one: a call gives an
    /// error of kind [`ErrorKind::Config`] before anything is sent. Operations without a schema
    /// ([`call_raw`](ApiClient::call_raw)) are the caller's own business, and so is the token, without which there are no calls at all. Default: no.
    pub fn refuse_unverified(self, refuse: bool) -> Self {
        self.set(|settings| settings.refuse_unverified = refuse)
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
        let base_urls = self.base_urls()?;
        let given = self.given_tokens()?;
        let own_transport = self.transport.is_some() || !self.wraps.is_empty();
        let wraps = std::mem::take(&mut self.wraps);
        let transport = wraps.into_iter().fold(self.transport(&base_urls)?, |inner, wrap| wrap(inner));
        // Another transport may lead to another vendor, whatever the base URL says.
        let servers: Vec<&str> = base_urls.iter().map(|base_url| &*base_url.text).collect();
        let scope = format!("{}|{}|{:x}", vendor.name, servers.join("|"), if own_transport { identity(&transport) } else { 0 });
        if self.quota.shared.is_some() {
            // Of a call under way the others hear nothing, so that its slot must last as long as it.
            self.quota.in_flight_grace = self.quota.in_flight_grace.max(self.timeout);
        }
        let shared = Shared {
            vendor,
            base_urls,
            transport,
            hooks: crate::hooks::with_features(self.hooks),
            calls: AtomicU64::new(0),
            retry: self.retry,
            budget: RetryBudget::new(),
            timeout: self.timeout,
            strict: self.strict,
            refuse_unverified: self.refuse_unverified,
            drift: DriftLog::default(),
            signing: self.signing,
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

    /// The tokens and sources that the caller gives, a token before a source, and what was given last before what came earlier.
    fn given_tokens(&mut self) -> Result<GivenTokens, Error> {
        let vendor = self.credentials.vendor();
        let sources = std::mem::take(&mut self.sources).into_iter().map(|(kind, source)| (kind, Given::Source(source)));
        let tokens = std::mem::take(&mut self.tokens).into_iter().map(|(kind, token)| (kind, Given::Token(token)));
        let mut given = GivenTokens::new();
        for (kind, token) in sources.chain(tokens) {
            let known = match &kind {
                None => vendor.tokens.first(),
                Some(kind) => vendor.tokens.iter().find(|token| token.name == kind),
            };
            let Some(known) = known else {
                let kinds: Vec<&str> = vendor.tokens.iter().map(|token| token.name).collect();
                let what = kind.map_or_else(|| "the usual kind".to_owned(), |kind| format!("{kind:?}"));
                let detail = format!("a token of {what} is given, and the vendor has none such; there are: {}", kinds.join(", "));
                return Err(Error::new(ErrorKind::Config, vendor, detail));
            };
            if matches!(&token, Given::Token(token) if token.expose().trim().is_empty()) {
                return Err(Error::new(
                    ErrorKind::Config,
                    vendor,
                    "the token that is given is empty; leave it out, and the client gets one",
                ));
            }
            given.insert(known.name, token);
        }
        Ok(given)
    }

    /// The usual one and those of a name, in the vendor's order.
    fn base_urls(&mut self) -> Result<Vec<BaseUrl>, Error> {
        let vendor = self.credentials.vendor();
        if let Some((name, _)) = self.base_urls.iter().find(|(name, _)| !vendor.base_urls.iter().any(|known| known.name == name)) {
            let known: Vec<&str> = vendor.base_urls.iter().map(|known| known.name).collect();
            let detail = format!("the vendor has no base URL of the name {name:?}; there are: {}", known.join(", "));
            return Err(Error::new(ErrorKind::Config, vendor, detail));
        }
        let usual = self.base_url(None, vendor.base_url)?;
        let others = vendor.base_urls.iter().map(|other| self.base_url(Some(other.name), other.url));
        std::iter::once(Ok(usual)).chain(others).collect()
    }

    /// The caller's, the environment's or the vendor's.
    fn base_url(&self, name: Option<&str>, vendors: &str) -> Result<BaseUrl, Error> {
        let vendor = self.credentials.vendor();
        let named = self.base_urls.iter().rev().find(|(known, _)| Some(known.as_str()) == name);
        let told = |variable: String| {
            let told = base_url::from_env(&variable).transpose()?;
            Some((told, format!("the base URL in the environment variable {variable}")))
        };
        let (given, origin) = match (named, &self.base_url) {
            (Some((name, given)), _) => (Ok(given.clone()), format!("the base URL {name:?}")),
            (None, Some(given)) => (Ok(given.clone()), "the base URL".to_owned()),
            (None, None) => name
                .and_then(|name| told(base_url::variable(vendor, Some(name))))
                .or_else(|| told(base_url::variable(vendor, None)))
                .unwrap_or_else(|| (Ok(vendors.to_owned()), "the vendor's base URL".to_owned())),
        };
        let refused = |reason: String| Error::new(ErrorKind::Config, vendor, format!("{origin} cannot be used: {reason}"));
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
    fn transport(&mut self, base_urls: &[BaseUrl]) -> Result<Arc<dyn Transport>, Error> {
        let refused = |reason: String| Error::new(ErrorKind::Config, self.credentials.vendor(), reason);
        if let Some(transport) = &self.transport {
            let both = "`http` and `transport` are both set: a transport of one's own is set up where it is made";
            return if self.http_is_set { Err(refused(both.into())) } else { Ok(transport.clone()) };
        }
        let transport = self.http.clone().build().map_err(|error| refused(error.to_string()))?;
        if base_urls.iter().any(|base_url| base_url.encrypted) {
            transport.check_tls().map_err(refused)?;
        }
        Ok(Arc::new(transport))
    }

    #[cfg(not(feature = "http"))]
    fn transport(&mut self, _: &[BaseUrl]) -> Result<Arc<dyn Transport>, Error> {
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
