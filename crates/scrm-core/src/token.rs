//! Tokens: one fetch however many callers wait.
//!
//! A [`TokenSlot`] holds one token of one account. It asks, in this order: the caller's own [`TokenSource`], where there is one; else the [`TokenStore`] shared with other
//! processes, and last the vendor. No task runs in the background: the caller who notices that a token nears its end renews it, while the others go on with the old one.
//!
//! A vendor may give a second token to refresh the first with. Where no operation for that is documented, it is left alone and never stored: a new pair is asked for.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::secret::Secret;

mod cache;
mod clock;
mod file;
mod guarded_store;
mod lifetime;
mod memory;
mod refresh;
#[cfg(test)]
mod tests;
mod throttle;

pub use self::{
    cache::{TokenOptions, TokenSlot},
    file::FileStore,
    memory::MemoryStore,
};

/// An error of somebody else's store, source or quota. It must hold no token.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A token, lent for one request.
#[derive(Clone, Debug)]
pub struct TokenInUse {
    /// The token.
    pub token: Arc<Secret>,
    /// Stamp of this token in its slot; what [`TokenSlot::invalidate`] wants to know.
    pub generation: u64,
}

/// A token as the vendor or a [`TokenSource`] gives it.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub value: Secret,
    /// Remaining life. Zero counts as not told.
    pub expires_in: Option<Duration>,
}

impl Token {
    /// A token of which only the text is known.
    #[must_use]
    pub fn new(value: impl Into<Secret>) -> Self {
        Token { value: value.into(), expires_in: None }
    }

    /// Sets the remaining life.
    #[must_use]
    pub fn with_expires_in(mut self, expires_in: Duration) -> Self {
        self.expires_in = Some(expires_in);
        self
    }
}

/// Asks the vendor for a token. The pipeline's part.
#[async_trait]
pub trait FetchToken<E>: Send + Sync {
    /// Asks the vendor's token operation. An error is told to every caller who waits, so it should not come from one caller's deadline: at that the slot drops the
    /// future by itself, and the next caller asks anew. Dropping it must be safe.
    async fn fetch(&self) -> Result<Token, E>;
}

/// A company's own token service, asked instead of the vendor.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// The token to use now. It is asked again when `expires_in` nears its end; without one, after a minute.
    async fn token(&self) -> Result<Token, BoxError>;

    /// The vendor rejected this token; [`TokenSource::token`] is asked next.
    async fn rejected(&self, _token: &Token) {}
}

/// A token as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredToken {
    /// The token.
    pub value: Secret,
    /// End of its life, in milliseconds since 1970.
    pub expires_at: u64,
    /// When it was asked for, in milliseconds since 1970.
    pub fetched_at: u64,
}

impl StoredToken {
    /// As it is written to files and shared stores.
    #[must_use]
    pub fn to_json(&self) -> Secret {
        let StoredToken { value, expires_at, fetched_at } = self;
        Secret::new(json!({ "token": value.expose(), "expires_at": expires_at, "fetched_at": fetched_at }).to_string())
    }

    /// `None` for a text that [`to_json`](Self::to_json) did not write.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let number = |name: &str| value.get(name)?.as_u64();
        let token = value.get("token")?.as_str()?;
        Some(StoredToken { value: Secret::new(token), expires_at: number("expires_at")?, fetched_at: number("fetched_at")? })
    }
}

/// A place for tokens that outlives a client or is shared between processes.
///
/// A slot that finds no fitting token in it calls [`lease`](TokenStore::lease), looks again with [`load`](TokenStore::load), asks the vendor, calls
/// [`save`](TokenStore::save) and then [`release`](TokenStore::release). Slots that were refused the lease look again every so often. When the store fails or does not answer
/// within a second, the slot goes on alone.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The token under this key.
    async fn load(&self, key: &str) -> Result<Option<StoredToken>, BoxError>;

    /// Stores a token until its end. A token that was asked for later and is still alive must be kept instead.
    async fn save(&self, key: &str, token: &StoredToken) -> Result<(), BoxError>;

    /// Removes the token under this key, if it still has this value.
    async fn remove_if(&self, key: &str, value: &Secret) -> Result<(), BoxError>;

    /// Asks for the right to fetch. `true`: nobody else holds it, and it is `owner`'s for the time `ttl`; also if `owner` held it before.
    /// Stores that are not shared between processes need not implement it.
    async fn lease(&self, _key: &str, _owner: &str, _ttl: Duration) -> Result<bool, BoxError> {
        Ok(true)
    }

    /// Gives the right back, if it is still `owner`'s.
    async fn release(&self, _key: &str, _owner: &str) -> Result<(), BoxError> {
        Ok(())
    }
}

/// Why there is no token.
#[derive(Debug)]
#[non_exhaustive]
pub enum TokenError<E> {
    /// The vendor gave none. All callers that waited for the same fetch, and those that come before `next`, get the same error.
    Fetch {
        /// What the fetch answered.
        error: Arc<E>,
        /// Before this moment the vendor is not asked again.
        next: Instant,
    },
    /// The caller's [`TokenSource`] gave none.
    Source {
        /// What it answered.
        error: Arc<BoxError>,
        /// Before this moment it is not asked again.
        next: Instant,
    },
    /// The deadline passed, or would pass before the vendor may be asked again.
    Deadline {
        /// How long the caller waited.
        waited: Duration,
    },
}

impl<E> Clone for TokenError<E> {
    fn clone(&self) -> Self {
        match self {
            TokenError::Fetch { error, next } => TokenError::Fetch { error: error.clone(), next: *next },
            TokenError::Source { error, next } => TokenError::Source { error: error.clone(), next: *next },
            TokenError::Deadline { waited } => TokenError::Deadline { waited: *waited },
        }
    }
}

impl<E: fmt::Display> fmt::Display for TokenError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenError::Fetch { error, .. } => write!(f, "no token: {error}"),
            TokenError::Source { error, .. } => write!(f, "no token from the token source: {error}"),
            TokenError::Deadline { waited } => {
                write!(f, "no token before the deadline of the call, after waiting {:.1} s for it", waited.as_secs_f64())
            }
        }
    }
}

impl<E: fmt::Debug + fmt::Display> Error for TokenError<E> {}
