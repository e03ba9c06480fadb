use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    FetchToken, TokenError, TokenInUse, TokenSource, TokenStage, TokenStore,
    flight::{Flight, Landed, Renewed},
    guarded_store::GuardedStore,
    lifetime::Lifetime,
    refresh::{Refresh, Urgency},
};
use crate::{
    registry::{Registry, identity},
    secret::Secret,
    spec::TokenSpec,
};

/// Shortest time between two attempts to renew a token that is still good.
const BETWEEN_EARLY: Duration = Duration::from_secs(1);

/// What a cache is made from.
#[derive(Clone)]
pub struct TokenOptions {
    /// Short name of the vendor, for events.
    pub vendor: &'static str,
    /// The kind of token.
    pub spec: &'static TokenSpec,
    /// [`CredentialSet::account_key`](crate::secret::CredentialSet::account_key).
    pub account: String,
    /// Asked instead of the store and the vendor.
    pub source: Option<Arc<dyn TokenSource>>,
    /// Asked before the vendor.
    pub store: Option<Arc<dyn TokenStore>>,
}

/// One token of one account, shared by all callers.
pub struct TokenCache<E> {
    contents: RwLock<Contents<E>>,
    /// Locked for moments only.
    refresh: Mutex<Refresh<E>>,
    /// `None`: the token is fixed.
    pub(super) origin: Option<Origin>,
}

/// Where tokens come from.
pub(super) struct Origin {
    pub(super) vendor: &'static str,
    pub(super) kind: &'static str,
    pub(super) lifetime: Lifetime,
    pub(super) source: Option<Arc<dyn TokenSource>>,
    pub(super) store: Option<GuardedStore>,
}

struct Contents<E> {
    current: Option<Current>,
    generations: u64,
    /// The token that the vendor rejected last, until there is another.
    rejected: Option<Rejected<E>>,
    /// What came of the last request for a token, if it failed.
    trouble: Option<Arc<E>>,
    /// What the request under way waits for.
    stage: Option<TokenStage>,
}

/// A token and its times.
#[derive(Clone)]
pub(super) struct Current {
    pub(super) token: TokenInUse,
    /// From here on it is renewed.
    renew_at: Instant,
    /// From here on callers wait for another.
    usable_until: Instant,
    pub(super) ends_at: Instant,
}

struct Rejected<E> {
    token: Arc<Secret>,
    /// What the vendor answered to it.
    refusal: Option<Arc<E>>,
}

impl<E: Send + Sync + 'static> TokenCache<E> {
    /// An empty cache.
    #[must_use]
    pub fn new(options: TokenOptions) -> Arc<Self> {
        let TokenOptions { vendor, spec, account, source, store } = options;
        let store = store.map(|store| GuardedStore::new(store, format!("{account}:{}", spec.name)));
        let origin = Origin { vendor, kind: spec.name, lifetime: Lifetime::new(spec), source, store };
        let contents = Contents { current: None, generations: 0, rejected: None, trouble: None, stage: None };
        Arc::new(TokenCache { contents: contents.into(), refresh: Refresh::new(spec.operation.quota).into(), origin: Some(origin) })
    }

    /// The cache that all clients of this process share which have the same account at the same server (`scope`), the same store and the same source.
    pub(crate) fn of_process(registry: &Registry<Self>, scope: &str, options: TokenOptions) -> Arc<Self> {
        let (source, store) = (options.source.as_ref().map_or(0, identity), options.store.as_ref().map_or(0, identity));
        registry.get_or_insert(format!("{scope}|{}|{source:x}|{store:x}", options.spec.name), || Self::new(options))
    }

    /// A cache for a token that the caller gives and nobody renews.
    #[must_use]
    pub fn fixed(token: Secret) -> Arc<Self> {
        let end = Instant::now() + Duration::from_secs(30 * 365 * 24 * 3600);
        let token = TokenInUse { token: Arc::new(token), generation: 1 };
        let current = Some(Current { token, renew_at: end, usable_until: end, ends_at: end });
        let contents = Contents { current, generations: 1, rejected: None, trouble: None, stage: None };
        Arc::new(TokenCache { contents: contents.into(), refresh: Refresh::new(None).into(), origin: None })
    }

    /// Whether a rejected token can be replaced; `false` for a fixed one.
    #[must_use]
    pub fn refreshable(&self) -> bool {
        self.origin.is_some()
    }

    /// The token, if one is there that needs no renewal. Never waits.
    #[must_use]
    pub fn peek(&self, now: Instant) -> Option<TokenInUse> {
        let contents = self.contents.read().unwrap_or_else(PoisonError::into_inner);
        contents.current.as_ref().filter(|current| now < current.renew_at).map(|current| current.token.clone())
    }

    /// The token; asks for one where needed. May be dropped at any time: what was begun goes on, and serves those who come later.
    ///
    /// # Errors
    /// [`TokenError`], if there is no valid token and none can be got before the deadline.
    pub async fn get(self: &Arc<Self>, fetch: Arc<dyn FetchToken<E>>, deadline: Instant) -> Result<TokenInUse, TokenError<E>> {
        let came = Instant::now();
        if let Some(token) = self.peek(came) {
            return Ok(token);
        }
        if self.origin.is_none() {
            return Err(self.late(came));
        }
        if let Some(old) = self.usable(came) {
            self.renew_early(fetch);
            return Ok(old.token);
        }
        let failure = loop {
            if let Some(current) = self.usable(Instant::now()) {
                return Ok(current.token);
            }
            let flight = match self.join(&fetch, deadline, came) {
                Ok(flight) => flight,
                Err(failure) => break failure,
            };
            match flight.landed(deadline).await {
                Landed::With(Ok(Renewed::Token(token))) => return Ok(token),
                Landed::With(Ok(Renewed::LeftToOthers)) | Landed::Lost => {}
                Landed::With(Err(TokenError::Deadline { .. })) | Landed::TooLate => break self.late(came),
                Landed::With(Err(failure)) => break failure,
            }
        };
        self.last_resort().ok_or(failure)
    }

    /// Renews a token that nears its end, unless somebody does. Nobody waits for it: the old token is at hand.
    fn renew_early(self: &Arc<Self>, fetch: Arc<dyn FetchToken<E>>) {
        let now = Instant::now();
        let mut refresh = self.refresh();
        let busy = refresh.flight.as_ref().is_some_and(Flight::is_under_way);
        if busy || refresh.throttle.ready_at(now) > now || refresh.early_after.is_some_and(|after| now < after) {
            return;
        }
        // Somebody may have done it since.
        if self.peek(now).is_none() {
            refresh.early_after = Some(now + BETWEEN_EARLY);
            refresh.flight = Flight::start(self, fetch, Urgency::Early);
        }
    }

    /// The flight under way, or a new one.
    fn join(self: &Arc<Self>, fetch: &Arc<dyn FetchToken<E>>, deadline: Instant, came: Instant) -> Result<Flight<E>, TokenError<E>> {
        let now = Instant::now();
        let mut refresh = self.refresh();
        if let Some(flight) = refresh.flight.as_ref().filter(|flight| flight.is_under_way()) {
            return Ok(flight.clone());
        }
        if let Some(failure) = refresh.failure(now) {
            return Err(failure);
        }
        if now >= deadline || refresh.throttle.ready_at(now) > deadline {
            self.waits_for((now < deadline).then_some(TokenStage::Turn));
            return Err(self.late(came));
        }
        if let Some(lost) = refresh.flight.take() {
            lost.give_up();
        }
        refresh.flight = Flight::start(self, fetch.clone(), Urgency::Needed);
        refresh.flight.clone().ok_or_else(|| self.late(came))
    }

    fn late(&self, came: Instant) -> TokenError<E> {
        let contents = self.contents.read().unwrap_or_else(PoisonError::into_inner);
        let refusal = contents.rejected.as_ref().and_then(|rejected| rejected.refusal.clone());
        TokenError::Deadline { waited: came.elapsed(), refusal, trouble: contents.trouble.clone(), stage: contents.stage }
    }

    /// What those hear of whose deadline passes meanwhile.
    pub(super) fn waits_for(&self, stage: Option<TokenStage>) {
        self.contents.write().unwrap_or_else(PoisonError::into_inner).stage = stage;
    }

    /// The vendor rejected the token of this generation, and said this. Does nothing if the cache has a newer one, or a fixed one.
    pub fn invalidate(&self, generation: u64, refusal: Option<E>) {
        let mut contents = self.contents.write().unwrap_or_else(PoisonError::into_inner);
        let failed = contents.current.as_ref().is_some_and(|current| current.token.generation == generation);
        if failed && self.refreshable() {
            let refusal = refusal.map(Arc::new);
            contents.rejected = contents.current.take().map(|current| Rejected { token: current.token.token, refusal });
        }
    }

    /// The request for a token failed, and may go on with another attempt: those who wait in vain are to know.
    pub fn troubled(&self, error: Arc<E>) {
        self.contents.write().unwrap_or_else(PoisonError::into_inner).trouble = Some(error);
    }

    /// Remaining life of the token; `None` if there is none, or a fixed one.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.origin.as_ref()?;
        self.current().map(|current| current.ends_at.saturating_duration_since(Instant::now()))
    }

    pub(super) fn refresh(&self) -> MutexGuard<'_, Refresh<E>> {
        self.refresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn current(&self) -> Option<Current> {
        self.contents.read().unwrap_or_else(PoisonError::into_inner).current.clone()
    }

    pub(super) fn rejected(&self) -> Option<Arc<Secret>> {
        let contents = self.contents.read().unwrap_or_else(PoisonError::into_inner);
        contents.rejected.as_ref().map(|rejected| rejected.token.clone())
    }

    fn usable(&self, now: Instant) -> Option<Current> {
        self.current().filter(|current| now < current.usable_until)
    }

    /// A token in the last seconds of its life, where none better can be had.
    fn last_resort(&self) -> Option<TokenInUse> {
        self.current().filter(|current| Instant::now() < current.ends_at).map(|current| current.token)
    }

    /// `life`: from when it was asked for; `remaining`: from now. A value that is here already keeps its generation.
    pub(super) fn install(&self, origin: &Origin, value: Secret, life: Duration, remaining: Duration) -> TokenInUse {
        let now = Instant::now();
        let ends_at = now + remaining;
        let before = |margin: Duration| now + remaining.saturating_sub(margin);
        let (renew_at, usable_until) = (before(origin.lifetime.renew_below(life)), before(Lifetime::safety(life)));
        let mut contents = self.contents.write().unwrap_or_else(PoisonError::into_inner);
        let same = contents.current.as_ref().map(|current| &current.token).filter(|token| *token.token == value).cloned();
        let token = same.unwrap_or_else(|| {
            contents.generations += 1;
            TokenInUse { token: Arc::new(value), generation: contents.generations }
        });
        contents.current = Some(Current { token: token.clone(), renew_at, usable_until, ends_at });
        (contents.rejected, contents.trouble) = (None, None);
        token
    }
}

impl<E> fmt::Debug for TokenCache<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contents = self.contents.read().unwrap_or_else(PoisonError::into_inner);
        let generation = contents.current.as_ref().map(|current| current.token.generation);
        f.debug_struct("TokenCache").field("generation", &generation).finish_non_exhaustive()
    }
}
