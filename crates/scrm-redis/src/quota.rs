use std::{fmt, time::Duration};

use redis::{Script, ScriptInvocation};
use scrm_core::{
    async_trait,
    quota::{Memory, QuotaRule, SharedQuota, SharedWait, Take, Taken},
    token::BoxError,
};

use crate::connection::{Connection, Error};

/// Longest time between two questions of a process that waits.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How soon to ask again while the server waits for those whom it has forgotten.
const RECOVERY_POLL: Duration = Duration::from_millis(100);

/// Quotas shared between processes and machines.
///
/// Keys: `<prefix>:quota:{<account>:<operation>}:` and `slots` (which slot is free again when), `members` (which process has slots until when), `state` (the next slot's
/// number, the clock, a pause that the vendor asked for, and who has told of its slots since the server forgot them). All go when nobody has called for a while.
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
            take: Script::new(concat!(include_str!("lua/clock.lua"), include_str!("lua/take.lua"))),
            pause: Script::new(concat!(include_str!("lua/clock.lua"), include_str!("lua/pause.lua"))),
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
    /// When it is not, does not accept user and password, or is a node of a cluster.
    pub async fn ping(&self) -> Result<(), Error> {
        self.connection.ping(&self.prefix).await
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
    fn name(&self) -> &str {
        "Redis"
    }

    async fn take(&self, key: &str, rule: &QuotaRule, take: &Take<'_>) -> Result<(Taken, Memory), BoxError> {
        let mut script = self.take.key(self.key(key, "slots"));
        script.key(self.key(key, "state")).key(self.key(key, "members"));
        script.arg(rule.calls.max(1)).arg(micros(rule.window)).arg(micros(rule.longest_hold())).arg(take.want);
        script.arg(take.member).arg(u8::from(take.complete)).arg(micros(take.busy_for));
        let (remembered, ago) = match take.memory {
            Some((Memory(remembered), ago)) => (remembered.as_slice(), micros(ago)),
            None => (&[] as &[u64], 0),
        };
        // What this wrote below as memory; another's counts as none.
        let [epoch, clock, others, others_for] = *remembered else {
            script.arg(0).arg(0).arg(0).arg(0).arg(0);
            return self.taken(script, rule, take).await;
        };
        script.arg(epoch).arg(clock).arg(ago).arg(others).arg(others_for.saturating_sub(ago));
        self.taken(script, rule, take).await
    }

    async fn pause(&self, key: &str, pause: Duration) -> Result<(), BoxError> {
        let mut script = self.pause.key(self.key(key, "state"));
        script.arg(micros(pause).max(1));
        Ok(self.connection.run(&script).await?)
    }

    async fn resume(&self, key: &str) -> Result<(), BoxError> {
        let mut script = self.pause.key(self.key(key, "state"));
        script.arg(0);
        Ok(self.connection.run(&script).await?)
    }
}

impl RedisQuota {
    async fn taken(&self, mut script: ScriptInvocation<'_>, rule: &QuotaRule, take: &Take<'_>) -> Result<(Taken, Memory), BoxError> {
        for returned in take.returned {
            script.arg(returned.slot).arg(micros(returned.free_in));
        }
        type Answer = (u8, u64, u64, u64, u64, u64, u64, u64);
        let (status, first, count, wait, epoch, clock, others, others_for): Answer = self.connection.run(&script).await?;
        let wait = Duration::from_micros(wait);
        let taken = match status {
            0 => Taken::Slots((first..first + count).collect()),
            1 => Taken::Wait(ask_again(wait, rule.window), SharedWait::UsedUp),
            2 => Taken::Wait(wait.min(LONGEST_WAIT), SharedWait::Paused),
            3 => Taken::Wait(wait.min(RECOVERY_POLL), SharedWait::Recovering),
            _ => Taken::Forgotten,
        };
        Ok((taken, Memory(vec![epoch, clock, others, others_for])))
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
