use std::{fmt, time::Duration};

use redis::Script;
use scrm_core::{BoxError, async_trait};
use scrm_push::{Claim, KEEP, LEASE, SeenStore};

use crate::connection::{Connection, Error};

/// Ids of pushes that were taken, shared between the receivers of all processes and machines.
///
/// Keys: `<prefix>:seen:<vendor>:<channel>:<sender>:<id>` holds, for two minutes at most, the receiver that hands the push over, then for two days that it was taken.
///
/// While Redis is away, pushes are refused so that the vendor comes again. A Redis that has forgotten all gives repetitions of what was taken before once more: a sink that
/// keeps the ids itself does not mind.
pub struct RedisSeen {
    connection: Connection,
    prefix: String,
    lease: Duration,
    claim: Script,
    done: Script,
    unclaim: Script,
}

impl RedisSeen {
    /// On the server at this URL: see [`RedisStore::new`](crate::RedisStore::new).
    ///
    /// # Errors
    /// When this is no such URL, or wants TLS that is not built in. The error does not repeat it.
    pub fn new(url: &str) -> Result<Self, Error> {
        Ok(RedisSeen {
            connection: Connection::new(url)?,
            prefix: crate::PREFIX.to_owned(),
            lease: LEASE,
            claim: Script::new(include_str!("lua/claim.lua")),
            done: Script::new("redis.call('SET', KEYS[1], 'done', 'PX', ARGV[1]) return 0"),
            unclaim: Script::new(include_str!("lua/unclaim.lua")),
        })
    }

    /// Another beginning of all keys than `scrm`. Receivers that share ids must have the same.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a receiver that dies keeps a push from the others: two minutes unless told, which is less than the time until the first documented repetition. Must be longer
    /// than a sink ever takes, or two may hand over the same push at once.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Asks whether the server is there, for a check at a program's start.
    ///
    /// # Errors
    /// When it is not, does not accept user and password, or is a node of a cluster.
    pub async fn ping(&self) -> Result<(), Error> {
        self.connection.ping(&self.prefix).await
    }

    fn key(&self, key: &str) -> String {
        format!("{}:seen:{key}", self.prefix)
    }
}

impl fmt::Debug for RedisSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSeen").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[async_trait]
impl SeenStore for RedisSeen {
    async fn claim(&self, key: &str, owner: &str) -> Result<Claim, BoxError> {
        let mut script = self.claim.key(self.key(key));
        script.arg(owner).arg(crate::millis(self.lease).max(1));
        Ok(match self.connection.run::<u8>(&script).await? {
            0 => Claim::Yours,
            1 => Claim::Busy,
            _ => Claim::Done,
        })
    }

    async fn done(&self, key: &str, _owner: &str) -> Result<(), BoxError> {
        let mut script = self.done.key(self.key(key));
        script.arg(crate::millis(KEEP));
        self.connection.run::<u8>(&script).await?;
        Ok(())
    }

    async fn release(&self, key: &str, owner: &str) -> Result<(), BoxError> {
        let mut script = self.unclaim.key(self.key(key));
        script.arg(owner);
        self.connection.run::<u8>(&script).await?;
        Ok(())
    }
}
