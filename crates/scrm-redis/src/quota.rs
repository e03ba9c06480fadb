use std::{fmt, time::Duration};

use redis::Script;
use scrm_core::{
    async_trait,
    quota::{Given, QuotaRule, SharedQuota, Taken},
    token::BoxError,
};

use crate::connection::{Connection, Error};

/// Longest time between two questions of a process that waits.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Quotas shared between processes and machines.
///
/// Keys: `<prefix>:quota:{<account>:<operation>}:` and `slots` (which slot is free again when, by the server's clock), `next` (the next slot's number), `pause` (while the
/// vendor wants no calls). All go when nobody has called for a while. The braces keep the three on one node of a cluster.
pub struct RedisQuota {
    connection: Connection,
    prefix: String,
    take: Script,
    pause: Script,
}

impl RedisQuota {
    /// Quotas on the server at this URL; see [`RedisStore::new`](crate::RedisStore::new).
    ///
    /// # Errors
    /// When this is no such URL, or wants TLS that is not built in. The error does not repeat it.
    pub fn new(url: &str) -> Result<Self, Error> {
        Ok(RedisQuota {
            connection: Connection::new(url)?,
            prefix: crate::PREFIX.to_owned(),
            take: Script::new(include_str!("lua/take.lua")),
            pause: Script::new(include_str!("lua/pause.lua")),
        })
    }

    /// Another beginning of all keys than `scrm`. Programs that share quotas must have the same.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Asks whether the server is there, for a check at a program's start. Nothing depends on it: a client goes on with its own quota.
    ///
    /// # Errors
    /// When it is not, or does not accept user and password.
    pub async fn ping(&self) -> Result<(), Error> {
        self.connection.ping().await
    }

    fn key(&self, key: &str, part: &str) -> String {
        format!("{}:quota:{{{key}}}:{part}", self.prefix)
    }
}

impl fmt::Debug for RedisQuota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisQuota").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[async_trait]
impl SharedQuota for RedisQuota {
    async fn take(&self, key: &str, rule: &QuotaRule, want: u32, given: &[Given]) -> Result<Taken, BoxError> {
        let hold = rule.window + rule.linger + Duration::from_secs(1);
        let mut script = self.take.key(self.key(key, "slots"));
        script.key(self.key(key, "next")).key(self.key(key, "pause"));
        script.arg(rule.calls.max(1)).arg(micros(rule.window)).arg(micros(hold)).arg(want);
        for given in given {
            script.arg(given.slot).arg(given.answered.map_or(-1, |age| i64::try_from(micros(age)).unwrap_or(i64::MAX)));
        }
        let (first, count, free_in, pause): (u64, u64, u64, u64) = self.connection.run(&script).await?;
        Ok(if pause > 0 {
            Taken::Wait(Duration::from_micros(pause))
        } else if count == 0 && want > 0 {
            Taken::Wait(ask_again(Duration::from_micros(free_in), rule.window))
        } else {
            Taken::Slots((first..first + count).collect())
        })
    }

    async fn slow_down(&self, key: &str, pause: Duration) -> Result<(), BoxError> {
        let mut script = self.pause.key(self.key(key, "pause"));
        script.arg(crate::millis(pause).max(1));
        Ok(self.connection.run(&script).await?)
    }
}

/// When to ask again, if the next slot that Redis knows of is free in so long. Slots of which it will hear meanwhile may be free earlier, so that a long time is halved; and a
/// thousandth of the window is worth waiting for more than one.
fn ask_again(free_in: Duration, window: Duration) -> Duration {
    let wait = if free_in <= window / 40 { free_in } else { (free_in / 2).min(window / 8).min(LONGEST_WAIT) };
    wait.max(window / 1000)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wait_is_halved_and_a_short_one_kept() {
        let cases =
            [(41_000, 10_000, 1250), (9_000, 10_000, 1250), (1_000, 10_000, 500), (250, 10_000, 250), (1, 10_000, 10), (1_000, 1_000, 125)];
        for (free_in, window, expected) in cases {
            let wait = ask_again(Duration::from_millis(free_in), Duration::from_millis(window));
            assert_eq!(wait, Duration::from_millis(expected), "{free_in} of {window}");
        }
        assert_eq!(ask_again(Duration::from_secs(3600), Duration::from_secs(3600)), LONGEST_WAIT);
    }
}
