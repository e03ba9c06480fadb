//! Which pushes were taken already.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use scrm_core::{BoxError, async_trait};

/// How long an id is remembered: the documented repetitions end after 32 hours.
pub const KEEP: Duration = Duration::from_secs(48 * 3600);
/// How long one receiver has a push to itself while it hands it over; if it dies meanwhile, another may go on then.
pub const LEASE: Duration = Duration::from_secs(120);

/// Remembers the ids of pushes, so that a repetition is not taken twice. In memory: [`MemorySeen`]; over processes: the crate `scrm-redis`.
#[async_trait]
pub trait SeenStore: Send + Sync + 'static {
    /// Claims a key for `owner`, for [`LEASE`] at most; the same owner may claim again.
    ///
    /// # Errors
    /// The store cannot be asked: the push is then refused, so that the vendor comes again.
    async fn claim(&self, key: &str, owner: &str) -> Result<Claim, BoxError>;

    /// The push was taken: its key is remembered for [`KEEP`].
    ///
    /// # Errors
    /// The store cannot be told. The push is answered as taken all the same, for it was.
    async fn done(&self, key: &str, owner: &str) -> Result<(), BoxError>;

    /// The push was not taken: whoever claims its key next may have it, unless it is somebody else's meanwhile.
    ///
    /// # Errors
    /// The store cannot be told; the claim ends by itself.
    async fn release(&self, key: &str, owner: &str) -> Result<(), BoxError>;
}

/// Whose a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Yours: hand the push over.
    Yours,
    /// Somebody is at it.
    Busy,
    /// It was taken before.
    Done,
}

/// Ids in memory, of one process. It holds so many at most; the oldest that are done give way.
pub struct MemorySeen {
    held: Mutex<Held>,
    most: usize,
}

#[derive(Default)]
struct Held {
    keys: HashMap<Box<str>, State>,
    /// Keys that are done, the oldest first.
    done: VecDeque<(Box<str>, Instant)>,
}

enum State {
    Claimed { owner: Box<str>, until: Instant },
    Done { until: Instant },
}

impl Default for MemorySeen {
    fn default() -> Self {
        MemorySeen::new(500_000)
    }
}

impl MemorySeen {
    /// For so many ids at most; by default 500,000, some 60 MB.
    #[must_use]
    pub fn new(most: usize) -> Self {
        MemorySeen { held: Mutex::default(), most: most.max(1) }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Forgets what is over, and what is too much.
    fn tidy(&mut self, most: usize, now: Instant) {
        while let Some((key, until)) = self.done.front() {
            if *until > now && self.done.len() <= most {
                break;
            }
            self.keys.remove(key);
            self.done.pop_front();
        }
        if self.keys.len() > most.saturating_mul(2) {
            self.keys.retain(|_, state| match state {
                State::Claimed { until, .. } | State::Done { until } => *until > now,
            });
        }
    }
}

#[async_trait]
impl SeenStore for MemorySeen {
    async fn claim(&self, key: &str, owner: &str) -> Result<Claim, BoxError> {
        let (now, mut held) = (Instant::now(), self.held());
        held.tidy(self.most, now);
        match held.keys.get(key) {
            Some(State::Done { .. }) => return Ok(Claim::Done),
            Some(State::Claimed { owner: other, until }) if **other != *owner && *until > now => return Ok(Claim::Busy),
            _ => {}
        }
        held.keys.insert(key.into(), State::Claimed { owner: owner.into(), until: now + LEASE });
        Ok(Claim::Yours)
    }

    async fn done(&self, key: &str, _owner: &str) -> Result<(), BoxError> {
        let (until, mut held) = (Instant::now() + KEEP, self.held());
        if !matches!(held.keys.insert(key.into(), State::Done { until }), Some(State::Done { .. })) {
            held.done.push_back((key.into(), until));
        }
        Ok(())
    }

    async fn release(&self, key: &str, owner: &str) -> Result<(), BoxError> {
        let mut held = self.held();
        if matches!(held.keys.get(key), Some(State::Claimed { owner: own, .. }) if **own == *owner) {
            held.keys.remove(key);
        }
        Ok(())
    }
}

impl fmt::Debug for MemorySeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySeen").field("most", &self.most).field("held", &self.held().keys.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_is_one_owners_until_it_is_done_or_released() {
        let seen = MemorySeen::new(2);
        assert_eq!(seen.claim("a", "one").await.unwrap(), Claim::Yours);
        assert_eq!(seen.claim("a", "one").await.unwrap(), Claim::Yours);
        assert_eq!(seen.claim("a", "two").await.unwrap(), Claim::Busy);
        seen.release("a", "two").await.unwrap();
        assert_eq!(seen.claim("a", "two").await.unwrap(), Claim::Busy);
        seen.release("a", "one").await.unwrap();
        assert_eq!(seen.claim("a", "two").await.unwrap(), Claim::Yours);
        seen.done("a", "two").await.unwrap();
        assert_eq!(seen.claim("a", "one").await.unwrap(), Claim::Done);
        for key in ["b", "c", "d"] {
            seen.claim(key, "one").await.unwrap();
            seen.done(key, "one").await.unwrap();
        }
        assert_eq!(seen.claim("d", "two").await.unwrap(), Claim::Done);
        assert_eq!(seen.claim("a", "two").await.unwrap(), Claim::Yours);
    }
}
