use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout};

use super::{BoxError, StoredToken, TokenStore};
use crate::secret::Secret;

/// How long a store may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a store that failed is left alone.
const PAUSE: Duration = Duration::from_secs(5);
/// After this time a lease is lost: if its holder died, the others go on then.
const LEASE: Duration = Duration::from_secs(10);

/// The store as one slot sees it: it answers soon, or counts as away.
pub(super) struct Backing {
    store: Arc<dyn TokenStore>,
    key: String,
    owner: String,
    away_until: Mutex<Option<Instant>>,
}

/// The store is away.
#[derive(Debug)]
pub(super) struct Away;

impl Backing {
    pub(super) fn new(store: Arc<dyn TokenStore>, key: String) -> Self {
        let owner = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        Backing { store, key, owner, away_until: Mutex::default() }
    }

    pub(super) async fn load(&self) -> Result<Option<StoredToken>, Away> {
        self.ask(self.store.load(&self.key)).await
    }

    pub(super) async fn save(&self, token: &StoredToken) -> Result<(), Away> {
        self.ask(self.store.save(&self.key, token)).await
    }

    pub(super) async fn remove_if(&self, value: &Secret) -> Result<(), Away> {
        self.ask(self.store.remove_if(&self.key, value)).await
    }

    pub(super) async fn lease(&self) -> Result<bool, Away> {
        self.ask(self.store.lease(&self.key, &self.owner, LEASE)).await
    }

    pub(super) async fn release(&self) -> Result<(), Away> {
        self.ask(self.store.release(&self.key, &self.owner)).await
    }

    async fn ask<T>(&self, asking: impl Future<Output = Result<T, BoxError>>) -> Result<T, Away> {
        let away_until = *self.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        if away_until.is_some_and(|until| until > Instant::now()) {
            return Err(Away);
        }
        if let Ok(Ok(answer)) = timeout(PATIENCE, asking).await {
            return Ok(answer);
        }
        *self.away_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + PAUSE);
        Err(Away)
    }
}
