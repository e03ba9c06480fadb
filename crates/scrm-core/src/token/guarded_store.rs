use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout};

use super::{BoxError, StoredToken, TokenStore, clock::unix_millis};
use crate::secret::Secret;

/// How long a store may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a store that failed is left alone.
const PAUSE: Duration = Duration::from_secs(5);
/// After this time a lease is lost: if its holder died, the others go on then.
const LEASE: Duration = Duration::from_secs(10);

/// The store as one cache sees it: it answers soon, or counts as away; and what it says is held against what can be meant.
pub(super) struct GuardedStore {
    store: Arc<dyn TokenStore>,
    key: String,
    owner: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    away_until: Option<Instant>,
    /// Whether it failed since something could last be written.
    failing: bool,
}

/// The store is away; why, if that was not told before.
#[derive(Debug)]
pub(super) struct Away(pub(super) Option<String>);

impl GuardedStore {
    pub(super) fn new(store: Arc<dyn TokenStore>, key: String) -> Self {
        let owner = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        GuardedStore { store, key, owner, state: Mutex::default() }
    }

    pub(super) async fn load(&self) -> Result<Option<StoredToken>, Away> {
        let loaded = self.ask(self.store.load(&self.key)).await?;
        Ok(loaded.filter(|stored| stored.is_plausible(unix_millis())))
    }

    pub(super) async fn save(&self, token: &StoredToken) -> Result<(), Away> {
        self.ask(self.store.save(&self.key, token)).await.inspect(|()| self.works())
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
        if self.state().away_until.is_some_and(|until| until > Instant::now()) {
            return Err(Away(None));
        }
        let reason = match timeout(PATIENCE, asking).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer within a second".to_owned(),
        };
        let mut state = self.state();
        state.away_until = Some(Instant::now() + PAUSE);
        let first = !std::mem::replace(&mut state.failing, true);
        Err(Away(first.then_some(reason)))
    }

    fn works(&self) {
        self.state().failing = false;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
