use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use redis::Script;
use scrm_core::{
    Secret, async_trait,
    token::{BoxError, StoredToken, TokenStore},
};

use crate::connection::{Connection, Error};

/// Tokens shared between processes and machines.
///
/// Keys: `<prefix>:token:<account>:<kind>` holds the token as JSON and goes with its life; `<prefix>:lease:<account>:<kind>` holds, for ten seconds at most, the process that
/// fetches. The account is the vendor, the ids that are no secrets, and a hash over the secrets: clients with other credentials never get each other's tokens.
pub struct RedisStore {
    connection: Connection,
    prefix: String,
    save: Script,
    remove_if: Script,
    lease: Script,
    release: Script,
    load: Script,
}

impl RedisStore {
    /// A store on the server at this URL: `redis://user:password@host:6379/0`, `redis+unix:///path`; with TLS `rediss://`. Special characters of a password must be
    /// percent-encoded. It connects when it is first asked.
    ///
    /// # Errors
    /// When this is no such URL, or wants TLS that is not built in. The error does not repeat it.
    pub fn new(url: &str) -> Result<Self, Error> {
        Ok(RedisStore {
            connection: Connection::new(url)?,
            prefix: crate::PREFIX.to_owned(),
            save: Script::new(include_str!("lua/save.lua")),
            remove_if: Script::new(include_str!("lua/remove_if.lua")),
            lease: Script::new(include_str!("lua/lease.lua")),
            release: Script::new(include_str!("lua/release.lua")),
            load: Script::new("return redis.call('GET', KEYS[1])"),
        })
    }

    /// Another beginning of all keys than `scrm`. Programs that share tokens must have the same.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Asks whether the server is there, for a check at a program's start. Nothing depends on it: a client goes on without its store.
    ///
    /// # Errors
    /// When it is not, does not accept user and password, or is a node of a cluster.
    pub async fn ping(&self) -> Result<(), Error> {
        self.connection.ping(&self.prefix).await
    }

    fn key(&self, kind: &str, key: &str) -> String {
        format!("{}:{kind}:{key}", self.prefix)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenStore for RedisStore {
    async fn load(&self, key: &str) -> Result<Option<StoredToken>, BoxError> {
        let kept: Option<String> = self.connection.run(&self.load.key(self.key("token", key))).await?;
        Ok(kept.map(Secret::new).and_then(|text| StoredToken::from_json(text.expose())))
    }

    async fn save(&self, key: &str, token: &StoredToken) -> Result<(), BoxError> {
        let life = token.expires_at.saturating_sub(unix_millis());
        if life == 0 {
            return Ok(());
        }
        let mut script = self.save.key(self.key("token", key));
        script.arg(token.to_json().expose()).arg(token.fetched_at).arg(life).arg(unix_millis());
        Ok(self.connection.run(&script).await?)
    }

    async fn remove_if(&self, key: &str, value: &Secret) -> Result<(), BoxError> {
        let mut script = self.remove_if.key(self.key("token", key));
        script.arg(value.expose());
        Ok(self.connection.run(&script).await?)
    }

    async fn lease(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, BoxError> {
        let mut script = self.lease.key(self.key("lease", key));
        script.arg(owner).arg(crate::millis(ttl));
        Ok(self.connection.run(&script).await?)
    }

    async fn release(&self, key: &str, owner: &str) -> Result<(), BoxError> {
        let mut script = self.release.key(self.key("lease", key));
        script.arg(owner);
        Ok(self.connection.run(&script).await?)
    }
}

fn unix_millis() -> u64 {
    crate::millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}
