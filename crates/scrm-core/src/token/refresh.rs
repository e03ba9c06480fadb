use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};

use super::{
    FetchToken, StoredToken, Token, TokenCache, TokenError, TokenInUse, TokenSource, TokenStage,
    cache::Origin,
    clock::unix_millis,
    flight::{Flight, Renewed},
    guarded_store::{Away, GuardedStore},
    lifetime::Lifetime,
    throttle::Throttle,
};
use crate::{
    hooks::{Degraded, SharedPart, TokenFetch, TokenFrom},
    spec::QuotaSpec,
};

/// A source that tells no remaining life is asked again after this time.
const SOURCE_LIFE: Duration = Duration::from_secs(60);
/// Mean time between two looks into the store while another process fetches.
const POLL: Duration = Duration::from_millis(200);
/// Longest time for which another process's right to fetch is respected. A lease lasts ten seconds; who holds one for longer hangs, or the store's clock is wrong.
const LONGEST_LEASE: Duration = Duration::from_secs(15);
/// Longest time that one answer with a token may take, whatever its caller allows it.
const LONGEST_FETCH: Duration = Duration::from_secs(90);

/// What whoever renews must know of earlier attempts.
pub(super) struct Refresh<E> {
    pub(super) throttle: Throttle,
    failure: Option<TokenError<E>>,
    /// Before this moment nobody tries to renew a token that is still good.
    pub(super) early_after: Option<Instant>,
    /// The renewal under way, or the last one.
    pub(super) flight: Option<Flight<E>>,
}

/// How much a token is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// Callers wait for it.
    Needed,
    /// There is an old one to go on with.
    Early,
}

impl<E> Refresh<E> {
    pub(super) fn new(quota: Option<QuotaSpec>) -> Self {
        Refresh { throttle: Throttle::new(quota), failure: None, early_after: None, flight: None }
    }

    /// What the last attempt ended with, while it is too early for another.
    pub(super) fn failure(&self, now: Instant) -> Option<TokenError<E>> {
        self.failure.clone().filter(|_| self.throttle.ready_at(now) > now)
    }

    /// `make` is given the moment before which nobody asks again.
    fn fail(&mut self, make: impl FnOnce(Instant) -> TokenError<E>) -> TokenError<E> {
        let now = Instant::now();
        self.throttle.failed(now);
        let error = make(self.throttle.ready_at(now));
        self.failure = Some(error.clone());
        error
    }
}

/// How a cache stands after asking for the right to fetch.
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

impl<E: Send + Sync + 'static> TokenCache<E> {
    /// Gets another token. One flight at a time.
    pub(super) async fn renew(
        &self,
        origin: &Origin,
        fetch: &dyn FetchToken<E>,
        urgency: Urgency,
        waited_for: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<Renewed, TokenError<E>> {
        let renewed = self.renew_in_stages(origin, fetch, urgency, waited_for).await;
        self.waits_for(None);
        renewed
    }

    async fn renew_in_stages(
        &self,
        origin: &Origin,
        fetch: &dyn FetchToken<E>,
        urgency: Urgency,
        waited_for: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<Renewed, TokenError<E>> {
        self.waits_for(origin.store.is_some().then_some(TokenStage::Store));
        if let Some(store) = &origin.store
            && origin.source.is_none()
            && let Ok(Some(token)) = self.look(origin, fetch, store).await
        {
            return Ok(Renewed::Token(token));
        }
        let (now, ready) = (Instant::now(), self.refresh().throttle.ready_at(Instant::now()));
        if ready > now {
            self.waits_for(Some(TokenStage::Turn));
            sleep_until(ready).await;
            if urgency == Urgency::Needed && !waited_for() {
                return Ok(Renewed::LeftToOthers);
            }
        }
        let token = match &origin.source {
            Some(source) => self.ask_source(origin, fetch, &**source).await?,
            None => match self.ask_store_and_vendor(origin, fetch, urgency).await? {
                Some(token) => token,
                None => return Ok(Renewed::LeftToOthers),
            },
        };
        self.refresh().failure = None;
        Ok(Renewed::Token(token))
    }

    async fn ask_source(&self, origin: &Origin, fetch: &dyn FetchToken<E>, source: &dyn TokenSource) -> Result<TokenInUse, TokenError<E>> {
        let began = Instant::now();
        self.refresh().throttle.begin(began);
        self.waits_for(Some(TokenStage::Source));
        let answer = timeout(LONGEST_FETCH, async {
            if let Some(rejected) = self.rejected() {
                source.rejected(&Token { value: (*rejected).clone(), expires_in: None }).await;
            }
            source.token().await
        });
        let answer = answer.await.unwrap_or_else(|_| Err("no answer in 90 s".into()));
        match answer {
            Ok(token) => {
                let told = token.expires_in.filter(|told| !told.is_zero()).unwrap_or(SOURCE_LIFE);
                let (life, shortened) = origin.lifetime.bounded(told);
                let remaining = life.saturating_sub(began.elapsed());
                origin.told(fetch, TokenFrom::Source, began, Some((remaining, shortened)));
                Ok(self.install(origin, token.value, life, remaining))
            }
            Err(error) => {
                origin.told(fetch, TokenFrom::Source, began, None);
                Err(self.refresh().fail(|next| TokenError::Source { error: Arc::new(error), next }))
            }
        }
    }

    /// `None`: another process fetches, and it can be waited for later.
    async fn ask_store_and_vendor(
        &self,
        origin: &Origin,
        fetch: &dyn FetchToken<E>,
        urgency: Urgency,
    ) -> Result<Option<TokenInUse>, TokenError<E>> {
        let turn = match &origin.store {
            Some(store) => self.queue(origin, fetch, store, urgency).await,
            None => Turn::Alone,
        };
        match turn {
            Turn::Found(token) => return Ok(Some(token)),
            Turn::Theirs => return Ok(None),
            Turn::Ours | Turn::Alone => {}
        }
        let fetched = self.ask_vendor(origin, fetch).await;
        if let (Turn::Ours, Some(store)) = (turn, &origin.store) {
            // If it is lost, the lease ends by itself.
            let _ = store.release().await;
        }
        fetched.map(Some)
    }

    /// Takes the right to fetch, or waits for what the process that has it puts into the store.
    async fn queue(&self, origin: &Origin, fetch: &dyn FetchToken<E>, store: &GuardedStore, urgency: Urgency) -> Turn {
        let began = Instant::now();
        self.waits_for(Some(TokenStage::Store));
        loop {
            let leased = match store.lease().await {
                Ok(leased) => leased,
                Err(away) => {
                    origin.away(fetch, &away);
                    return Turn::Alone;
                }
            };
            match self.look(origin, fetch, store).await {
                Ok(Some(token)) => {
                    if leased {
                        let _ = store.release().await;
                    }
                    return Turn::Found(token);
                }
                Ok(None) if leased => return Turn::Ours,
                Ok(None) if urgency == Urgency::Early => return Turn::Theirs,
                Ok(None) if began.elapsed() > LONGEST_LEASE => return Turn::Alone,
                Ok(None) => {
                    self.waits_for(Some(TokenStage::OtherProcess));
                    tokio::time::sleep(POLL.mul_f64(0.5 + fastrand::f64())).await;
                }
                Err(_) => return Turn::Alone,
            }
        }
    }

    async fn ask_vendor(&self, origin: &Origin, fetch: &dyn FetchToken<E>) -> Result<TokenInUse, TokenError<E>> {
        let (began, fetched_at) = (Instant::now(), unix_millis());
        self.refresh().throttle.begin(began);
        self.waits_for(Some(TokenStage::Vendor));
        let token = match timeout(LONGEST_FETCH, fetch.fetch()).await {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => {
                origin.told(fetch, TokenFrom::Vendor, began, None);
                let error = Arc::new(error);
                self.troubled(error.clone());
                return Err(self.refresh().fail(|next| TokenError::Fetch { error, next }));
            }
            Err(_) => {
                origin.told(fetch, TokenFrom::Vendor, began, None);
                return Err(TokenError::Deadline {
                    waited: began.elapsed(),
                    refusal: None,
                    trouble: None,
                    stage: Some(TokenStage::Vendor),
                });
            }
        };
        let (life, shortened) = origin.lifetime.of(token.expires_in);
        let expires_at = fetched_at.saturating_add(u64::try_from(life.as_millis()).unwrap_or(u64::MAX));
        let stored = StoredToken { value: token.value, expires_at, fetched_at };
        let remaining = life.saturating_sub(began.elapsed());
        origin.told(fetch, TokenFrom::Vendor, began, Some((remaining, shortened)));
        let token = self.install(origin, stored.value.clone(), life, remaining);
        if let Some(store) = &origin.store {
            let began = Instant::now();
            if let Err(away) = store.save(&stored).await {
                origin.told(fetch, TokenFrom::Store, began, None);
                origin.away(fetch, &away);
            }
        }
        Ok(token)
    }

    /// Looks for another token in the store.
    async fn look(&self, origin: &Origin, fetch: &dyn FetchToken<E>, store: &GuardedStore) -> Result<Option<TokenInUse>, Away> {
        let began = Instant::now();
        let loaded = store.load().await.inspect_err(|away| {
            origin.told(fetch, TokenFrom::Store, began, None);
            origin.away(fetch, away);
        })?;
        let Some(stored) = loaded else { return Ok(None) };
        if let Some(rejected) = self.rejected()
            && *rejected == stored.value
        {
            store.remove_if(&rejected).await.inspect_err(|away| origin.away(fetch, away))?;
            return Ok(None);
        }
        let (remaining, _) = origin.lifetime.bounded(Duration::from_millis(stored.expires_at.saturating_sub(unix_millis())));
        let (life, _) = origin.lifetime.bounded(Duration::from_millis(stored.expires_at.saturating_sub(stored.fetched_at)));
        if !self.is_better(&stored, life, remaining) {
            return Ok(None);
        }
        origin.told(fetch, TokenFrom::Store, began, Some((remaining, false)));
        Ok(Some(self.install(origin, stored.value, life, remaining)))
    }

    /// Whether a stored token is worth more than the one at hand.
    fn is_better(&self, stored: &StoredToken, life: Duration, remaining: Duration) -> bool {
        let lasts = remaining > Lifetime::safety(life);
        let newer =
            self.current().is_none_or(|current| *current.token.token != stored.value && Instant::now() + remaining > current.ends_at);
        lasts && newer
    }
}

impl Origin {
    /// `life`: what is left to the token, and whether that was shortened; `None`: none was given.
    fn told<E>(&self, fetch: &dyn FetchToken<E>, from: TokenFrom, began: Instant, life: Option<(Duration, bool)>) {
        fetch.hooks().token_fetch(&TokenFetch {
            vendor: self.vendor,
            token: self.kind,
            from,
            took: began.elapsed(),
            success: life.is_some(),
            life: life.map(|(life, _)| life),
            life_shortened: life.is_some_and(|(_, shortened)| shortened),
        });
    }

    fn away<E>(&self, fetch: &dyn FetchToken<E>, away: &Away) {
        if let Some(reason) = &away.0 {
            fetch.hooks().degraded(&Degraded { vendor: self.vendor, part: SharedPart::TokenStore, of: self.kind, reason });
        }
    }
}
