use std::{fmt, time::Duration};

use redis::{Script, ScriptInvocation};
use scrm_core::{BoxError, async_trait};
use scrm_push::{Claim, LEASE, SeenStore};

use crate::connection::{Connection, Error};

/// Which pushes were taken, shared between the receivers of all processes and machines.
///
/// Keys: `<prefix>:seen:<vendor>:<channel>:<sender>:<id>` and `<prefix>:seen:<vendor>:<channel>:signed::<signature>` hold the receiver that hands the push over, for two
/// minutes after it said so last; then that it was taken, for as long as a request with this id or signature is accepted, with the answer if one was asked for.
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
            done: Script::new("for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[2], 'PX', ARGV[1]) end return 0"),
            unclaim: Script::new(include_str!("lua/unclaim.lua")),
        })
    }

    /// Another beginning of all keys than `scrm`. Receivers that share ids must have the same.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a receiver that dies keeps a push from the others: two minutes unless told, which is less than the time until the first documented repetition; a second at
    /// least. One that lives says after a third of it that it is still at it.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(Duration::from_secs(1));
        self
    }

    /// Asks whether the server is there, for a check at a program's start.
    ///
    /// # Errors
    /// When it is not, does not accept user and password, or is a node of a cluster.
    pub async fn ping(&self) -> Result<(), Error> {
        self.connection.ping(&self.prefix).await
    }

    /// A script and the keys that it is about.
    fn about<'a>(&self, script: &'a Script, keys: &[String]) -> ScriptInvocation<'a> {
        let mut invocation = script.prepare_invoke();
        for key in keys {
            invocation.key(format!("{}:seen:{key}", self.prefix));
        }
        invocation
    }
}

impl fmt::Debug for RedisSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSeen").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[async_trait]
impl SeenStore for RedisSeen {
    async fn claim(&self, keys: &[String], owner: &str) -> Result<Claim, BoxError> {
        let mut script = self.about(&self.claim, keys);
        script.arg(owner).arg(crate::millis(self.lease));
        let (state, answer) = self.connection.run::<(u8, Vec<u8>)>(&script).await?;
        Ok(match state {
            0 => Claim::Yours,
            1 => Claim::Busy,
            2 => Claim::Done(None),
            _ => Claim::Done(Some(answer)),
        })
    }

    async fn done(&self, keys: &[String], _owner: &str, keep: Duration, answer: Option<&[u8]>) -> Result<(), BoxError> {
        let mut script = self.about(&self.done, keys);
        script.arg(crate::millis(keep).max(1)).arg(answer.map_or_else(|| b"done".to_vec(), |answer| [b"done:", answer].concat()));
        self.connection.run::<u8>(&script).await?;
        Ok(())
    }

    async fn release(&self, keys: &[String], owner: &str) -> Result<(), BoxError> {
        let mut script = self.about(&self.unclaim, keys);
        script.arg(owner);
        self.connection.run::<u8>(&script).await?;
        Ok(())
    }

    fn lease(&self) -> Duration {
        self.lease
    }
}
