use std::{marker::PhantomData, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{FetchToken, Lease, TokenError, TokenSource, TokenStore};
use crate::{hooks::Hooks, secret::Secret, spec::TokenSpec};

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
    error: PhantomData<fn() -> E>,
}

impl<E: Send + Sync + 'static> TokenSlot<E> {
    /// An empty slot.
    #[must_use]
    pub fn new(_options: TokenOptions) -> Self {
        TokenSlot { error: PhantomData }
    }

    /// A slot for a token that the caller gives and nobody renews.
    #[must_use]
    pub fn fixed(_token: Secret) -> Self {
        TokenSlot { error: PhantomData }
    }

    /// Whether a rejected token can be replaced; `false` for a fixed one.
    #[must_use]
    pub fn refreshable(&self) -> bool {
        true
    }

    /// The token, if one is there that needs no renewal. Never waits.
    #[must_use]
    pub fn peek(&self, _now: Instant) -> Option<Lease> {
        None
    }

    /// The token; asks for one where needed. May be dropped at any time: another waiting caller takes over.
    ///
    /// # Errors
    /// [`TokenError`], if there is no valid token and none can be got before the deadline.
    pub async fn get(&self, _fetch: &dyn FetchToken<E>, deadline: Instant) -> Result<Lease, TokenError<E>> {
        tokio::time::sleep_until(deadline).await;
        Err(TokenError::Deadline { waited: Duration::ZERO })
    }

    /// The vendor rejected the token of this generation. Does nothing if the slot has a newer one.
    pub fn invalidate(&self, _generation: u64) {}

    /// Remaining life of the token; `None` if there is none, or a fixed one.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        None
    }
}
