use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::{
    FetchToken, StoredToken, Token, TokenError, TokenInUse, TokenSlot, TokenSource,
    cache::Origin,
    clock::unix_millis,
    guarded_store::{Away, Backing},
    throttle::Gate,
};
use crate::{
    hooks::{TokenFetch, TokenFrom},
    spec::QuotaSpec,
};

/// A source that tells no remaining life is asked again after this time.
const SOURCE_LIFE: Duration = Duration::from_secs(60);
/// Mean time between two looks into the store while another process fetches.
const POLL: Duration = Duration::from_millis(200);

/// What the caller who renews must know of earlier attempts.
pub(super) struct Renewal<E> {
    pub(super) gate: Gate,
    failure: Option<TokenError<E>>,
    /// Before this moment nobody tries to renew a token that is still good.
    pub(super) early_after: Option<Instant>,
}

/// What to do while another process fetches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Wait for its token.
    Wait,
    /// Go on with the old one.
    GoOn,
}

impl<E> Renewal<E> {
    pub(super) fn new(quota: Option<QuotaSpec>) -> Self {
        Renewal { gate: Gate::new(quota), failure: None, early_after: None }
    }

    /// What the last attempt ended with, while it is too early for another.
    pub(super) fn failure(&self, now: Instant) -> Option<TokenError<E>> {
        self.failure.clone().filter(|_| self.gate.ready_at(now) > now)
    }

    /// `make` is given the moment before which nobody asks again.
    fn fail(&mut self, make: impl FnOnce(Instant) -> TokenError<E>) -> TokenError<E> {
        let now = Instant::now();
        self.gate.failed(now);
        let error = make(self.gate.ready_at(now));
        self.failure = Some(error.clone());
        error
    }

    /// Waits until the vendor may be asked.
    async fn pass(&self, deadline: Instant) -> Result<(), TokenError<E>> {
        let now = Instant::now();
        let ready = self.gate.ready_at(now);
        if ready > deadline {
            return Err(TokenError::Deadline { waited: Duration::ZERO });
        }
        if ready > now {
            sleep_until(ready).await;
        }
        Ok(())
    }
}

/// How a slot stands after asking for the right to fetch.
enum Turn {
    /// Another process put a token into the store.
    Found(TokenInUse),
    /// It is ours.
    Ours,
    /// It is another process's, and there is an old token to go on with.
    Theirs,
    /// There is no store, or it is away.
    Alone,
}

impl<E: Send + Sync + 'static> TokenSlot<E> {
    /// Gets another token. One caller at a time.
    pub(super) async fn renew(
        &self,
        origin: &Origin,
        renewal: &mut Renewal<E>,
        fetch: &dyn FetchToken<E>,
        (patience, deadline): (Patience, Instant),
    ) -> Result<TokenInUse, TokenError<E>> {
        let lease = match &origin.source {
            Some(source) => self.ask_source(origin, renewal, &**source, deadline).await,
            None => self.ask_store_and_vendor(origin, renewal, fetch, (patience, deadline)).await,
        }?;
        renewal.failure = None;
        Ok(lease)
    }

    async fn ask_source(
        &self,
        origin: &Origin,
        renewal: &mut Renewal<E>,
        source: &dyn TokenSource,
        deadline: Instant,
    ) -> Result<TokenInUse, TokenError<E>> {
        renewal.pass(deadline).await?;
        let began = Instant::now();
        renewal.gate.begin(began);
        if let Some(rejected) = self.rejected() {
            source.rejected(&Token { value: (*rejected).clone(), expires_in: None }).await;
        }
        let answer = source.token().await;
        origin.tell(TokenFrom::Source, began, answer.is_ok());
        match answer {
            Ok(token) => {
                let life = token.expires_in.filter(|told| !told.is_zero()).unwrap_or(SOURCE_LIFE);
                Ok(self.install(origin, token.value, life, life.saturating_sub(began.elapsed())))
            }
            Err(error) => Err(renewal.fail(|next| TokenError::Source { error: Arc::new(error), next })),
        }
    }

    async fn ask_store_and_vendor(
        &self,
        origin: &Origin,
        renewal: &mut Renewal<E>,
        fetch: &dyn FetchToken<E>,
        (patience, deadline): (Patience, Instant),
    ) -> Result<TokenInUse, TokenError<E>> {
        if let Some(backing) = &origin.backing
            && let Ok(Some(lease)) = self.look(origin, backing).await
        {
            return Ok(lease);
        }
        renewal.pass(deadline).await?;
        let turn = match &origin.backing {
            Some(backing) => self.queue(origin, backing, patience).await,
            None => Turn::Alone,
        };
        match turn {
            Turn::Found(lease) => return Ok(lease),
            Turn::Theirs => return Err(TokenError::Deadline { waited: Duration::ZERO }),
            Turn::Ours | Turn::Alone => {}
        }
        let fetched = self.ask_vendor(origin, renewal, fetch).await;
        if let (Turn::Ours, Some(backing)) = (turn, &origin.backing) {
            // If it is lost, the lease ends by itself.
            let _ = backing.release().await;
        }
        fetched
    }

    /// Takes the right to fetch, or waits for what the process that has it puts into the store.
    async fn queue(&self, origin: &Origin, backing: &Backing, patience: Patience) -> Turn {
        loop {
            let leased = match backing.lease().await {
                Ok(leased) => leased,
                Err(Away) => return Turn::Alone,
            };
            match self.look(origin, backing).await {
                Ok(Some(lease)) => {
                    if leased {
                        let _ = backing.release().await;
                    }
                    return Turn::Found(lease);
                }
                Ok(None) if leased => return Turn::Ours,
                Ok(None) if patience == Patience::GoOn => return Turn::Theirs,
                Ok(None) => tokio::time::sleep(POLL.mul_f64(0.5 + fastrand::f64())).await,
                Err(Away) => return Turn::Alone,
            }
        }
    }

    async fn ask_vendor(&self, origin: &Origin, renewal: &mut Renewal<E>, fetch: &dyn FetchToken<E>) -> Result<TokenInUse, TokenError<E>> {
        let (began, fetched_at) = (Instant::now(), unix_millis());
        renewal.gate.begin(began);
        let answer = fetch.fetch().await;
        origin.tell(TokenFrom::Vendor, began, answer.is_ok());
        let token = match answer {
            Ok(token) => token,
            Err(error) => return Err(renewal.fail(|next| TokenError::Fetch { error: Arc::new(error), next })),
        };
        let life = origin.life.of(token.expires_in);
        let expires_at = fetched_at.saturating_add(u64::try_from(life.as_millis()).unwrap_or(u64::MAX));
        let stored = StoredToken { value: token.value, expires_at, fetched_at };
        let lease = self.install(origin, stored.value.clone(), life, life.saturating_sub(began.elapsed()));
        if let Some(backing) = &origin.backing {
            let began = Instant::now();
            if backing.save(&stored).await.is_err() {
                origin.tell(TokenFrom::Store, began, false);
            }
        }
        Ok(lease)
    }

    /// Looks for another token in the store.
    async fn look(&self, origin: &Origin, backing: &Backing) -> Result<Option<TokenInUse>, Away> {
        let began = Instant::now();
        let loaded = backing.load().await.inspect_err(|Away| origin.tell(TokenFrom::Store, began, false))?;
        let Some(stored) = loaded else { return Ok(None) };
        if let Some(rejected) = self.rejected()
            && *rejected == stored.value
        {
            backing.remove_if(&rejected).await?;
            return Ok(None);
        }
        let remaining = Duration::from_millis(stored.expires_at.saturating_sub(unix_millis()));
        let life = Duration::from_millis(stored.expires_at.saturating_sub(stored.fetched_at));
        if !self.is_better(&stored, life, remaining) {
            return Ok(None);
        }
        origin.tell(TokenFrom::Store, began, true);
        Ok(Some(self.install(origin, stored.value, life, remaining)))
    }

    /// Whether a stored token is worth more than the one at hand.
    fn is_better(&self, stored: &StoredToken, life: Duration, remaining: Duration) -> bool {
        let lasts = remaining > super::lifetime::Life::safety(life);
        let newer =
            self.current().is_none_or(|current| *current.lease.token != stored.value && Instant::now() + remaining > current.ends_at);
        lasts && newer
    }
}

impl Origin {
    fn tell(&self, from: TokenFrom, began: Instant, success: bool) {
        self.hooks.token_fetch(&TokenFetch { vendor: self.vendor, token: self.kind, from, took: began.elapsed(), success });
    }
}
