//! One renewal of a token, on a task of its own: whoever began it may leave.

use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::select;
use tokio::{
    runtime::Handle,
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep, timeout_at},
};

use super::{FetchToken, TokenCache, TokenError, TokenInUse, refresh::Urgency};

/// Time between two signs of life.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);
/// Without a sign for so long, the runtime of the task sleeps: its thread went to do other things. Then another one is begun.
const LOST: Duration = Duration::from_secs(5);

/// What a renewal came to.
#[derive(Clone)]
pub(super) enum Renewed {
    Token(TokenInUse),
    /// Another process fetches, or nobody waited any more: those who still need a token begin anew.
    LeftToOthers,
}

type Outcome<E> = Result<Renewed, TokenError<E>>;

/// A renewal under way, as those see it who wait for it.
pub(super) struct Flight<E> {
    outcome: watch::Receiver<Option<Outcome<E>>>,
    alive: Arc<Mutex<Instant>>,
    task: AbortHandle,
}

/// How the wait for a flight ended.
pub(super) enum Landed<E> {
    With(Outcome<E>),
    /// Its runtime ended, or sleeps.
    Lost,
    TooLate,
}

impl<E: Send + Sync + 'static> Flight<E> {
    /// `None`: there is no runtime.
    pub(super) fn start(cache: &Arc<TokenCache<E>>, fetch: Arc<dyn FetchToken<E>>, urgency: Urgency) -> Option<Self> {
        let (sender, outcome) = watch::channel(None);
        let alive = Arc::new(Mutex::new(Instant::now()));
        let (cache, signs) = (cache.clone(), alive.clone());
        let task = async move {
            let Some(origin) = &cache.origin else { return };
            // One receiver stays with the cache.
            let waited_for = || sender.receiver_count() > 1;
            let renewal = pin!(cache.renew(origin, &*fetch, urgency, &waited_for));
            let ticking = pin!(async {
                loop {
                    sleep(SIGN_OF_LIFE).await;
                    *signs.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
                }
            });
            let outcome = match select(renewal, ticking).await {
                futures_util::future::Either::Left((outcome, _)) => outcome,
                futures_util::future::Either::Right((never, _)) => never,
            };
            let _ = sender.send(Some(outcome));
        };
        let task = Handle::try_current().ok()?.spawn(task).abort_handle();
        Some(Flight { outcome, alive, task })
    }

    /// Whether it is worth waiting for.
    pub(super) fn is_under_way(&self) -> bool {
        self.outcome.has_changed().is_ok() && self.outcome.borrow().is_none() && !self.is_lost()
    }

    fn is_lost(&self) -> bool {
        let alive = *self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        Instant::now().saturating_duration_since(alive) > LOST
    }

    /// Its runtime sleeps: should it wake up, it has nothing more to do.
    pub(super) fn give_up(self) {
        self.task.abort();
    }

    pub(super) async fn landed(mut self, deadline: Instant) -> Landed<E> {
        loop {
            let look = deadline.min(Instant::now() + LOST / 5);
            let outcome =
                timeout_at(look, self.outcome.wait_for(Option::is_some)).await.map(|outcome| outcome.map(|outcome| outcome.clone()));
            match outcome {
                Ok(Ok(outcome)) => return outcome.map_or(Landed::Lost, Landed::With),
                Ok(Err(_)) => return Landed::Lost,
                Err(_) if look >= deadline => return Landed::TooLate,
                Err(_) if self.is_lost() => return Landed::Lost,
                Err(_) => {}
            }
        }
    }
}

impl<E> Clone for Flight<E> {
    fn clone(&self) -> Self {
        Flight { outcome: self.outcome.clone(), alive: self.alive.clone(), task: self.task.clone() }
    }
}
