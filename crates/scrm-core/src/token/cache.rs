use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::time::{Instant, timeout_at};

use super::{
    FetchToken, TokenError, TokenInUse, TokenSource, TokenStore,
    guarded_store::Backing,
    lifetime::Life,
    refresh::{Patience, Renewal},
};
use crate::{hooks::Hooks, secret::Secret, spec::TokenSpec};

/// Shortest time between two attempts to renew a token that is still good.
const BETWEEN_EARLY: Duration = Duration::from_secs(1);

/// What a slot is made from.
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
    /// Told of every question for a token.
    pub hooks: Arc<dyn Hooks>,
}

/// One token of one account, shared by all callers.
pub struct TokenSlot<E> {
    held: RwLock<Held>,
    /// Held by the one caller who renews.
    renewal: tokio::sync::Mutex<Renewal<E>>,
    /// `None`: the token is fixed.
    pub(super) origin: Option<Origin>,
}

/// Where tokens come from.
pub(super) struct Origin {
    pub(super) vendor: &'static str,
    pub(super) kind: &'static str,
    pub(super) life: Life,
    pub(super) source: Option<Arc<dyn TokenSource>>,
    pub(super) backing: Option<Backing>,
    pub(super) hooks: Arc<dyn Hooks>,
}

#[derive(Default)]
struct Held {
    current: Option<Current>,
    generations: u64,
    /// The token that the vendor rejected last, until there is another.
    rejected: Option<Arc<Secret>>,
}

/// A token and its times.
#[derive(Clone)]
pub(super) struct Current {
    pub(super) lease: TokenInUse,
    /// From here on the caller who notices renews it.
    renew_at: Instant,
    /// From here on callers wait for another.
    usable_until: Instant,
    pub(super) ends_at: Instant,
}

impl<E: Send + Sync + 'static> TokenSlot<E> {
    /// An empty slot.
    #[must_use]
    pub fn new(options: TokenOptions) -> Self {
        let TokenOptions { vendor, spec, account, source, store, hooks } = options;
        let backing = store.map(|store| Backing::new(store, format!("{account}:{}", spec.name)));
        let origin = Origin { vendor, kind: spec.name, life: Life::new(spec), source, backing, hooks };
        TokenSlot { held: RwLock::default(), renewal: Renewal::new(spec.operation.quota).into(), origin: Some(origin) }
    }

    /// A slot for a token that the caller gives and nobody renews.
    #[must_use]
    pub fn fixed(token: Secret) -> Self {
        let end = Instant::now() + Duration::from_secs(30 * 365 * 24 * 3600);
        let lease = TokenInUse { token: Arc::new(token), generation: 1 };
        let current = Some(Current { lease, renew_at: end, usable_until: end, ends_at: end });
        let held = RwLock::new(Held { current, generations: 1, rejected: None });
        TokenSlot { held, renewal: Renewal::new(None).into(), origin: None }
    }

    /// Whether a rejected token can be replaced; `false` for a fixed one.
    #[must_use]
    pub fn refreshable(&self) -> bool {
        self.origin.is_some()
    }

    /// The token, if one is there that needs no renewal. Never waits.
    #[must_use]
    pub fn peek(&self, now: Instant) -> Option<TokenInUse> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.current.as_ref().filter(|current| now < current.renew_at).map(|current| current.lease.clone())
    }

    /// The token; asks for one where needed. May be dropped at any time: another waiting caller takes over.
    ///
    /// # Errors
    /// [`TokenError`], if there is no valid token and none can be got before the deadline.
    pub async fn get(&self, fetch: &dyn FetchToken<E>, deadline: Instant) -> Result<TokenInUse, TokenError<E>> {
        let now = Instant::now();
        if let Some(lease) = self.peek(now) {
            return Ok(lease);
        }
        let Some(origin) = &self.origin else { return Err(TokenError::Deadline { waited: Duration::ZERO }) };
        match self.usable(now) {
            Some(old) => Ok(self.renew_early(origin, fetch, old, deadline).await),
            None => self.wait(origin, fetch, deadline).await,
        }
    }

    /// Renews a token that nears its end, unless somebody else does. Half of the caller's time may go into it; the old token is at hand.
    async fn renew_early(&self, origin: &Origin, fetch: &dyn FetchToken<E>, old: Current, deadline: Instant) -> TokenInUse {
        let now = Instant::now();
        let Ok(mut renewal) = self.renewal.try_lock() else { return old.lease };
        // Somebody may have done it since.
        if let Some(lease) = self.peek(now) {
            return lease;
        }
        if renewal.gate.ready_at(now) > now || renewal.early_after.is_some_and(|after| now < after) {
            return old.lease;
        }
        renewal.early_after = Some(now + BETWEEN_EARLY);
        let until = now + deadline.saturating_duration_since(now) / 2;
        match timeout_at(until, self.renew(origin, &mut renewal, fetch, (Patience::GoOn, until))).await {
            Ok(Ok(lease)) => lease,
            _ => old.lease,
        }
    }

    /// Waits for a token, and gets it if no other caller does.
    async fn wait(&self, origin: &Origin, fetch: &dyn FetchToken<E>, deadline: Instant) -> Result<TokenInUse, TokenError<E>> {
        let came = Instant::now();
        let late = || TokenError::Deadline { waited: came.elapsed() };
        let Ok(mut renewal) = timeout_at(deadline, self.renewal.lock()).await else { return Err(late()) };
        let now = Instant::now();
        if let Some(current) = self.usable(now) {
            return Ok(current.lease);
        }
        if let Some(failure) = renewal.failure(now) {
            return self.last_resort().ok_or(failure);
        }
        let renewed = timeout_at(deadline, self.renew(origin, &mut renewal, fetch, (Patience::Wait, deadline))).await;
        let renewed = match renewed {
            Ok(Err(TokenError::Deadline { .. })) | Err(_) => Err(late()),
            Ok(renewed) => renewed,
        };
        renewed.or_else(|error| self.last_resort().ok_or(error))
    }

    /// The vendor rejected the token of this generation. Does nothing if the slot has a newer one, or a fixed one.
    pub fn invalidate(&self, generation: u64) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let failed = held.current.as_ref().is_some_and(|current| current.lease.generation == generation);
        if failed && self.refreshable() {
            held.rejected = held.current.take().map(|current| current.lease.token);
        }
    }

    /// Remaining life of the token; `None` if there is none, or a fixed one.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.origin.as_ref()?;
        self.current().map(|current| current.ends_at.saturating_duration_since(Instant::now()))
    }

    pub(super) fn current(&self) -> Option<Current> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).current.clone()
    }

    pub(super) fn rejected(&self) -> Option<Arc<Secret>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).rejected.clone()
    }

    fn usable(&self, now: Instant) -> Option<Current> {
        self.current().filter(|current| now < current.usable_until)
    }

    /// A token in the last seconds of its life, where none better can be had.
    fn last_resort(&self) -> Option<TokenInUse> {
        self.current().filter(|current| Instant::now() < current.ends_at).map(|current| current.lease)
    }

    /// Puts a token in place. `life` is counted from when it was made, `remaining` from now.
    pub(super) fn install(&self, origin: &Origin, value: Secret, life: Duration, remaining: Duration) -> TokenInUse {
        let now = Instant::now();
        let ends_at = now + remaining;
        let before = |margin: Duration| now + remaining.saturating_sub(margin);
        let (renew_at, usable_until) = (before(origin.life.renew_below(life)), before(Life::safety(life)));
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let same = held.current.as_ref().map(|current| &current.lease).filter(|lease| *lease.token == value).cloned();
        let lease = same.unwrap_or_else(|| {
            held.generations += 1;
            TokenInUse { token: Arc::new(value), generation: held.generations }
        });
        held.current = Some(Current { lease: lease.clone(), renew_at, usable_until, ends_at });
        held.rejected = None;
        lease
    }
}

impl<E> fmt::Debug for TokenSlot<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let generation = held.current.as_ref().map(|current| current.lease.generation);
        f.debug_struct("TokenSlot").field("generation", &generation).finish_non_exhaustive()
    }
}
