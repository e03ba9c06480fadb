//! Which pushes were taken already.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use scrm_core::{BoxError, async_trait};

/// How long an id is remembered at least: the documented repetitions end after 32 hours.
pub const KEEP: Duration = Duration::from_secs(48 * 3600);
/// How long one receiver has a push to itself without saying so again; if it dies while it hands it over, another may go on then.
pub const LEASE: Duration = Duration::from_secs(120);

/// Remembers which pushes were taken, so that a repetition is not taken twice. In memory: [`MemorySeen`]; over processes: the crate `scrm-redis`.
///
/// A push has one key for its id and one for its signature, each where there is one. Keys of one push go together: all are claimed, or none.
#[async_trait]
pub trait SeenStore: Send + Sync + 'static {
    /// Claims keys for `owner`, for [`Self::lease`]; the same owner may claim again, and has them for as long from then on.
    ///
    /// # Errors
    /// The store cannot be asked: the push is then refused, so that the vendor comes again.
    async fn claim(&self, keys: &[String], owner: &str) -> Result<Claim, BoxError>;

    /// The push was taken, or has come again: its keys are remembered for `keep` from now on, and the answer that it asked for with them.
    ///
    /// # Errors
    /// The store cannot be told. The push is answered as taken all the same, for it was.
    async fn done(&self, keys: &[String], owner: &str, keep: Duration, answer: Option<&[u8]>) -> Result<(), BoxError>;

    /// The push was not taken: whoever claims its keys next may have it, unless it is somebody else's meanwhile.
    ///
    /// # Errors
    /// The store cannot be told; the claim ends by itself.
    async fn release(&self, keys: &[String], owner: &str) -> Result<(), BoxError>;

    /// How long a claim lasts. While a push is handed over, it is claimed anew after a third of it.
    fn lease(&self) -> Duration {
        LEASE
    }
}

#[async_trait]
impl<S: SeenStore + ?Sized> SeenStore for Box<S> {
    async fn claim(&self, keys: &[String], owner: &str) -> Result<Claim, BoxError> {
        (**self).claim(keys, owner).await
    }
    async fn done(&self, keys: &[String], owner: &str, keep: Duration, answer: Option<&[u8]>) -> Result<(), BoxError> {
        (**self).done(keys, owner, keep, answer).await
    }
    async fn release(&self, keys: &[String], owner: &str) -> Result<(), BoxError> {
        (**self).release(keys, owner).await
    }
    fn lease(&self) -> Duration {
        (**self).lease()
    }
}

/// Whose a push is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Yours: hand the push over.
    Yours,
    /// Somebody is at it.
    Busy,
    /// It was taken before; with the answer that it asked for, where one is remembered.
    Done(Option<Vec<u8>>),
}

/// Keys in memory, of one process. It holds so many at most; of those that are done, the oldest give way.
pub struct MemorySeen {
    held: Mutex<Held>,
    most: usize,
    hashes: [RandomState; 2],
}

/// What stands for a key: half as long as most of them.
type Hashed = [u64; 2];

#[derive(Default)]
struct Held {
    keys: HashMap<Hashed, State>,
    /// Keys that are done, in the order in which they end, but for those that were remembered anew since.
    done: VecDeque<(Hashed, Instant)>,
}

enum State {
    Claimed { owner: Box<str>, until: Instant },
    Done { until: Instant, answer: Option<Box<[u8]>> },
}

impl State {
    fn until(&self) -> Instant {
        match self {
            State::Claimed { until, .. } | State::Done { until, .. } => *until,
        }
    }
}

impl Default for MemorySeen {
    fn default() -> Self {
        MemorySeen::new(1_000_000)
    }
}

impl MemorySeen {
    /// For so many keys at most, two for a push that has id and signature; by default a million, some 150 MB. A push whose keys had to give way before their time is
    /// given once more when it comes again.
    #[must_use]
    pub fn new(most: usize) -> Self {
        MemorySeen { held: Mutex::default(), most: most.max(1), hashes: Default::default() }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hashed(&self, keys: &[String]) -> Vec<Hashed> {
        keys.iter().map(|key| self.hashes.each_ref().map(|hash| hash.hash_one(key))).collect()
    }
}

impl Held {
    /// Forgets what is over, and what is too much.
    fn tidy(&mut self, most: usize, now: Instant) {
        while let Some((key, noted)) = self.done.front().copied() {
            if noted > now && self.done.len() <= most {
                break;
            }
            self.done.pop_front();
            match self.keys.get(&key) {
                Some(State::Done { until, .. }) if *until > noted => self.done.push_back((key, *until)),
                Some(State::Done { .. }) => drop(self.keys.remove(&key)),
                _ => {}
            }
        }
        if self.keys.len() > most.saturating_mul(2) {
            self.keys.retain(|_, state| state.until() > now);
        }
    }
}

#[async_trait]
impl SeenStore for MemorySeen {
    async fn claim(&self, keys: &[String], owner: &str) -> Result<Claim, BoxError> {
        let (keys, now, mut held) = (self.hashed(keys), Instant::now(), self.held());
        held.tidy(self.most, now);
        let mut busy = false;
        for key in &keys {
            match held.keys.get(key) {
                Some(State::Done { until, answer }) if *until > now => return Ok(Claim::Done(answer.as_deref().map(<[u8]>::to_vec))),
                Some(State::Claimed { owner: other, until }) => busy |= **other != *owner && *until > now,
                _ => {}
            }
        }
        if busy {
            return Ok(Claim::Busy);
        }
        for key in keys {
            held.keys.insert(key, State::Claimed { owner: owner.into(), until: now + LEASE });
        }
        Ok(Claim::Yours)
    }

    async fn done(&self, keys: &[String], _owner: &str, keep: Duration, answer: Option<&[u8]>) -> Result<(), BoxError> {
        let (keys, mut held) = (self.hashed(keys), self.held());
        let until = Instant::now().checked_add(keep).ok_or("no clock goes as far as that")?;
        for key in keys {
            let done = State::Done { until, answer: answer.map(Box::from) };
            if !matches!(held.keys.insert(key, done), Some(State::Done { .. })) {
                held.done.push_back((key, until));
            }
        }
        Ok(())
    }

    async fn release(&self, keys: &[String], owner: &str) -> Result<(), BoxError> {
        let (keys, mut held) = (self.hashed(keys), self.held());
        for key in keys {
            if matches!(held.keys.get(&key), Some(State::Claimed { owner: own, .. }) if **own == *owner) {
                held.keys.remove(&key);
            }
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

    fn keys<const N: usize>(keys: [&str; N]) -> Vec<String> {
        keys.map(str::to_owned).to_vec()
    }

    #[tokio::test]
    async fn keys_are_one_owners_until_they_are_done_or_released() {
        let seen = MemorySeen::new(4);
        let (a, other) = (keys(["a", "A"]), keys(["b", "A"]));
        assert_eq!(seen.claim(&a, "one").await.unwrap(), Claim::Yours);
        assert_eq!(seen.claim(&a, "one").await.unwrap(), Claim::Yours);
        assert_eq!(seen.claim(&other, "two").await.unwrap(), Claim::Busy);
        seen.release(&a, "two").await.unwrap();
        assert_eq!(seen.claim(&a, "two").await.unwrap(), Claim::Busy);
        // of what could not be claimed whole, nothing is
        assert_eq!(seen.claim(&keys(["b"]), "three").await.unwrap(), Claim::Yours);
        seen.release(&keys(["b"]), "three").await.unwrap();
        seen.release(&a, "one").await.unwrap();
        assert_eq!(seen.claim(&other, "two").await.unwrap(), Claim::Yours);
        seen.done(&other, "two", KEEP, Some(b"so")).await.unwrap();
        assert_eq!(seen.claim(&a, "one").await.unwrap(), Claim::Done(Some(b"so".to_vec())));
        for key in ["c", "d", "e", "f"] {
            seen.claim(&keys([key]), "one").await.unwrap();
            seen.done(&keys([key]), "one", KEEP, None).await.unwrap();
        }
        assert_eq!(seen.claim(&keys(["f"]), "two").await.unwrap(), Claim::Done(None));
        assert_eq!(seen.claim(&a, "two").await.unwrap(), Claim::Yours);
    }

    #[tokio::test]
    async fn a_key_is_kept_as_long_as_it_was_told_last() {
        let seen = MemorySeen::new(2);
        let (short, long) = (keys(["short"]), keys(["long"]));
        seen.done(&short, "one", Duration::ZERO, None).await.unwrap();
        assert_eq!(seen.claim(&short, "two").await.unwrap(), Claim::Yours);
        seen.done(&long, "one", Duration::ZERO, None).await.unwrap();
        seen.done(&long, "one", KEEP, None).await.unwrap();
        assert_eq!(seen.claim(&long, "two").await.unwrap(), Claim::Done(None));
        // what is remembered anew does not give way to what is older
        for key in ["x", "y"] {
            seen.done(&keys([key]), "one", KEEP, None).await.unwrap();
            seen.done(&long, "one", KEEP, None).await.unwrap();
            assert_eq!(seen.claim(&long, "two").await.unwrap(), Claim::Done(None));
        }
        assert!(seen.done(&long, "one", Duration::MAX, None).await.is_err());
    }
}
