//! A client: what all calls of one shop share.

mod builder;
mod response;

use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

pub use self::{
    builder::Builder,
    response::{Response, ResponseMeta},
};
use crate::{
    drift::{DriftLog, DriftReport},
    error::Error,
    hooks::Hooks,
    quota::{QuotaOptions, RateLimiters},
    registry::Registry,
    retry::{RetryBudget, RetryPolicy},
    secret::CredentialSet,
    spec::{OperationSpec, TokenSpec, VendorSpec},
    token::{TokenCache, TokenOptions, TokenSource, TokenStore},
    transport::Transport,
};

/// Options of one call; what is left out is as the client has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// Longest time for the call as a whole: waiting, token, all attempts.
    pub timeout: Option<Duration>,
    /// How often the call may be repeated; 0: never (but for once after a token was refreshed).
    pub retries: Option<u32>,
    /// Whether any drift from the schema is an error.
    pub strict: Option<bool>,
    /// Whether an empty text may be sent where the vendor takes it for "no filter".
    pub allow_empty_filters: bool,
    /// Whether drifts from the schema are collected in [`ResponseMeta::drifts`].
    pub collect_drift: bool,
    /// Number of the page that is asked for, in a pull.
    pub(crate) page: Option<i64>,
}

/// A client of one vendor for one shop: credentials, token and quotas of its own; transport, connection pool, hooks and retry budget shared with the shops that
/// were made from it. Cheap to clone; made by [`Builder::build`]. Vendor crates wrap it.
#[derive(Clone)]
pub struct ApiClient {
    shop: Arc<Shop>,
}

/// What the clients of all shops share.
pub(crate) struct Shared {
    pub(crate) vendor: &'static VendorSpec,
    pub(crate) base_url: String,
    /// Host name in the base URL.
    pub(crate) server: String,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) hooks: Arc<dyn Hooks>,
    /// How many calls began.
    pub(crate) calls: AtomicU64,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: RetryBudget,
    pub(crate) timeout: Duration,
    pub(crate) strict: bool,
    pub(crate) drift: DriftLog,
    /// What makes clients of one account one: vendor, server and way to it.
    scope: String,
    quota: QuotaOptions,
    store: Option<Arc<dyn TokenStore>>,
}

/// What belongs to one set of credentials.
struct Shop {
    shared: Arc<Shared>,
    credentials: CredentialSet,
    /// What tells it from others, for logs.
    account: String,
    /// One for each of `vendor.tokens`, in that order.
    tokens: Vec<Arc<TokenCache<Error>>>,
    quotas: RateLimiters,
}

impl Shop {
    /// `usual`: how the usual token is got, where the caller gives it.
    fn new(shared: Arc<Shared>, credentials: CredentialSet, usual: Given) -> Self {
        let account = credentials.account_key();
        let scope = format!("{}|{account}", shared.scope);
        let mut given = Some(usual);
        let mut cache = |spec| token_cache(&shared, spec, &account, &scope, given.take().unwrap_or(Given::Nothing));
        let tokens = shared.vendor.tokens.iter().map(|spec| cache(spec)).collect();
        let quotas = RateLimiters::new(shared.vendor.name, account.clone(), scope, shared.quota.clone(), shared.hooks.clone());
        Shop { shared, credentials, account, tokens, quotas }
    }
}

/// How the caller gives the usual token.
enum Given {
    Nothing,
    Token(crate::secret::Secret),
    Source(Arc<dyn TokenSource>),
}

/// The tokens of this process: clients of one account use the same.
static TOKENS: Registry<TokenCache<Error>> = Registry::new();

fn token_cache(shared: &Shared, spec: &'static TokenSpec, account: &str, scope: &str, given: Given) -> Arc<TokenCache<Error>> {
    let source = match given {
        Given::Token(token) => return TokenCache::fixed(token),
        Given::Source(source) => Some(source),
        Given::Nothing => None,
    };
    let (account, store) = (account.to_owned(), shared.store.clone());
    TokenCache::of_process(&TOKENS, scope, TokenOptions { vendor: shared.vendor.name, spec, account, source, store })
}

impl ApiClient {
    /// The vendor.
    #[must_use]
    pub fn vendor(&self) -> &'static VendorSpec {
        self.shop.shared.vendor
    }

    /// Another shop of the same vendor: same transport, pool, hooks, settings and token store; token and quotas of its own. An explicit token and a token source
    /// belong to the first shop and are not taken over.
    #[must_use]
    pub fn with_credentials(&self, credentials: CredentialSet) -> ApiClient {
        ApiClient { shop: Arc::new(Shop::new(self.shop.shared.clone(), credentials, Given::Nothing)) }
    }

    /// The credentials.
    #[must_use]
    pub fn credentials(&self) -> &CredentialSet {
        &self.shop.credentials
    }

    /// What the vendor answered otherwise than its pages say, in the calls of this client and of the other shops' clients made from it. The first answers of
    /// each operation were looked at, later ones by sample; all of them in strict mode and where the call collects drifts.
    #[must_use]
    pub fn drift(&self) -> DriftReport {
        self.shop.shared.drift.report()
    }

    /// Remaining life of the usual token; `None` if none was got yet, or if it was given explicitly.
    #[must_use]
    pub fn token_life(&self) -> Option<Duration> {
        self.shop.tokens.first()?.remaining()
    }

    /// Ends the pause that the vendor asked for by saying that calls of this operation come too fast, here and (where a quota is shared) for all processes. For when it
    /// is known to be over: by itself a pause ends when it is due. `false`: there was none. The name is as in the schema, `user_list`; the token's own operation has one too.
    pub fn resume_quota(&self, operation: &str) -> bool {
        self.shop.quotas.resume(operation)
    }

    pub(crate) fn token_cache(&self, token: &TokenSpec) -> Option<&Arc<TokenCache<Error>>> {
        let position = self.vendor().tokens.iter().position(|known| known.name == token.name)?;
        self.shop.tokens.get(position)
    }

    /// The cache of the token that this operation gives.
    pub(crate) fn token_cache_filled_by(&self, operation: &OperationSpec) -> Option<&Arc<TokenCache<Error>>> {
        let position = self.vendor().tokens.iter().position(|token| std::ptr::eq(token.operation, operation))?;
        self.shop.tokens.get(position)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shop.shared
    }

    pub(crate) fn account(&self) -> &str {
        &self.shop.account
    }

    pub(crate) fn quotas(&self) -> &RateLimiters {
        &self.shop.quotas
    }
}

/// A vendor's client around what all vendors' clients have in common.
pub trait FromApiClient {
    /// Wraps it. It must be of the same vendor.
    fn from_api_client(client: ApiClient) -> Self;
}

impl FromApiClient for ApiClient {
    fn from_api_client(client: ApiClient) -> Self {
        client
    }
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = self.shared();
        f.debug_struct("ApiClient")
            .field("vendor", &shared.vendor.name)
            .field("credentials", &self.shop.credentials)
            .field("timeout", &shared.timeout)
            .field("strict", &shared.strict)
            .finish_non_exhaustive()
    }
}
