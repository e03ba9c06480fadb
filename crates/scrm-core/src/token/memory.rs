use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{BoxError, StoredToken, TokenStore, clock::unix_millis};
use crate::secret::Secret;

/// Tokens in memory, for several clients in one process.
#[derive(Default)]
pub struct MemoryStore {
    tokens: Mutex<HashMap<String, StoredToken>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        MemoryStore::default()
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, StoredToken>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("tokens", &self.tokens().len()).finish()
    }
}

#[async_trait]
impl TokenStore for MemoryStore {
    async fn load(&self, key: &str) -> Result<Option<StoredToken>, BoxError> {
        Ok(self.tokens().get(key).cloned())
    }

    async fn save(&self, key: &str, token: &StoredToken) -> Result<(), BoxError> {
        let now = unix_millis();
        let mut tokens = self.tokens();
        tokens.retain(|_, stored| stored.expires_at > now);
        if tokens.get(key).is_none_or(|kept| token.replaces(kept, now)) {
            tokens.insert(key.to_owned(), token.clone());
        }
        Ok(())
    }

    async fn remove_if(&self, key: &str, value: &Secret) -> Result<(), BoxError> {
        let mut tokens = self.tokens();
        if tokens.get(key).is_some_and(|stored| stored.value == *value) {
            tokens.remove(key);
        }
        Ok(())
    }
}
