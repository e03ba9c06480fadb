//! Tokens: one fetch however many callers wait.
//!
//! A [`TokenCache`] holds one token of one account. It asks, in this order: the caller's own [`TokenSource`], where there is one; else the [`TokenStore`] shared with other
//! processes, and last the vendor. Asking is the work of a task of the cache's own, which ends with the answer: callers who give up leave it running, and it serves the
//! rest. A token that nears its end is renewed in the same way when a caller notices, while all go on with the old one. The clients of one process that have the same
//! account at the same server share one cache.
//!
//! A vendor may give a second token to refresh the first with. Where no operation for that is documented, it is left alone and never stored: a new pair is asked for.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    hooks::{Hooks, NoHooks},
    secret::Secret,
};

mod cache;
mod clock;
mod file;
mod flight;
mod guarded_store;
mod lifetime;
mod memory;
mod refresh;
#[cfg(test)]
mod tests;
mod throttle;

pub use self::{
    cache::{TokenCache, TokenOptions},
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
    /// Stamp of this token in its cache; what [`TokenCache::invalidate`] wants to know.
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
    /// Asks the vendor's token operation. An error is told to every caller who waits, so it must not come from one caller's deadline. Dropping the future must be safe.
    async fn fetch(&self) -> Result<Token, E>;

    /// Who is told of what comes of it.
    fn hooks(&self) -> &dyn Hooks {
        &NoHooks
    }
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

/// How far the clocks of two machines may lie apart, in milliseconds.
const CLOCK_SKEW: u64 = 5 * 60_000;
/// Longest life that a stored token may claim, in milliseconds.
const LONGEST_STORED: u64 = 366 * 86_400_000;

impl StoredToken {
    /// Whether a token can have been stored like this: asked for in the past (or as far in the future as clocks differ), and with an end within a year. `now` in
    /// milliseconds since 1970.
    #[must_use]
    pub fn is_plausible(&self, now: u64) -> bool {
        let begins = self.fetched_at <= now.saturating_add(CLOCK_SKEW);
        let ends = (self.fetched_at..=self.fetched_at.saturating_add(LONGEST_STORED)).contains(&self.expires_at);
        begins && ends && !self.value.expose().is_empty()
    }

    /// Whether this one is to be stored in the place of another: it was asked for later, or the other has ended or is none. `now` in milliseconds since 1970.
    #[must_use]
    pub fn replaces(&self, kept: &StoredToken, now: u64) -> bool {
        kept.fetched_at <= self.fetched_at || kept.expires_at <= now || !kept.is_plausible(now)
    }

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
/// A cache that finds no fitting token in it calls [`lease`](TokenStore::lease), looks again with [`load`](TokenStore::load), asks the vendor, calls
/// [`save`](TokenStore::save) and then [`release`](TokenStore::release). Caches that were refused the lease look again every so often, and go on alone after 15 s. When the store fails or does
/// not answer within a second, the cache goes on alone.
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
        /// What the vendor answered when it rejected the last token, if that is why another was needed.
        refusal: Option<Arc<E>>,
        /// What the vendor answered last to the request for a token, if that failed.
        trouble: Option<Arc<E>>,
        /// What was being waited for.
        stage: Option<TokenStage>,
    },
}

/// What a request for a token waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenStage {
    /// The [`TokenStore`]'s answer.
    Store,
    /// Another process, which fetches and puts the token into the store.
    OtherProcess,
    /// The moment from which on a token may be asked for again.
    Turn,
    /// The [`TokenSource`]'s answer.
    Source,
    /// The vendor's answer.
    Vendor,
}

impl TokenStage {
    /// In words, as the end of a sentence about a token that did not come.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            TokenStage::Store => "the token store has not answered",
            TokenStage::OtherProcess => "another process has the right to fetch one, and has not put it into the token store",
            TokenStage::Turn => "one may not be asked for again yet",
            TokenStage::Source => "the token source has not answered",
            TokenStage::Vendor => "the vendor has not answered the request for one",
        }
    }
}

impl<E> Clone for TokenError<E> {
    fn clone(&self) -> Self {
        match self {
            TokenError::Fetch { error, next } => TokenError::Fetch { error: error.clone(), next: *next },
            TokenError::Source { error, next } => TokenError::Source { error: error.clone(), next: *next },
            TokenError::Deadline { waited, refusal, trouble, stage } => {
                TokenError::Deadline { waited: *waited, refusal: refusal.clone(), trouble: trouble.clone(), stage: *stage }
            }
        }
    }
}

impl<E: fmt::Display> fmt::Display for TokenError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenError::Fetch { error, .. } => write!(f, "no token: {error}"),
            TokenError::Source { error, .. } => write!(f, "no token from the token source: {error}"),
            TokenError::Deadline { waited, refusal, trouble, stage } => {
                write!(f, "no token before the deadline of the call, after waiting {:.1} s for it", waited.as_secs_f64())?;
                if let Some(stage) = stage {
                    write!(f, "; {}", stage.as_str())?;
                }
                match (refusal, trouble) {
                    (_, Some(trouble)) => write!(f, "; the last request for one failed: {trouble}"),
                    (Some(refusal), None) => write!(f, "; the last one was rejected: {refusal}"),
                    (None, None) => Ok(()),
                }
            }
        }
    }
}

impl<E: fmt::Debug + fmt::Display> Error for TokenError<E> {}
