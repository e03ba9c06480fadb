//! Connections, kept where they can be used: those of one runtime to one server are apart from all others.
//!
//! What wakes a connection is the runtime that opened it. On another runtime it would stand still whenever that one does, and break when it ends.

use std::{
    ops::Deref,
    sync::{
        Arc, LazyLock, Mutex, OnceLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    runtime::{Handle, Id},
    task::AbortHandle,
    time::sleep,
};

use super::{settings::lock, target::Origin};

/// Servers to which connections are kept at once, over all runtimes: beyond, the longest unused go.
const SERVERS: usize = 256;

/// What is kept for one runtime and one server.
pub(super) trait Kept: Send + Sync + 'static {
    /// Lets go of what was unused for too long, where `unused` is how long no call was there. When to look again; `None`: nothing is left.
    fn tidy(&self, unused: Duration) -> Option<Duration>;
}

/// All places of a pool.
pub(super) struct Places<T>(Mutex<Vec<Arc<Place<T>>>>);

/// One runtime and one server.
pub(super) struct Place<T> {
    runtime: Id,
    origin: Arc<Origin>,
    pub(super) kept: T,
    /// When a call was last there, as [`now`] counts.
    used: AtomicU64,
    keeper: OnceLock<AbortHandle>,
}

/// A place with a call.
pub(super) struct Visit<T>(Arc<Place<T>>);

impl<T: Kept> Places<T> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Places(Mutex::default()))
    }

    /// The place for these two.
    ///
    /// # Errors
    /// Those of `make`, which makes what is kept there.
    pub(super) fn visit<E>(
        self: &Arc<Self>,
        runtime: &Handle,
        origin: &Arc<Origin>,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Visit<T>, E> {
        let id = runtime.id();
        let (place, old) = {
            let mut places = lock(&self.0);
            let is_it = |place: &&Arc<Place<T>>| place.runtime == id && (Arc::ptr_eq(&place.origin, origin) || place.origin == *origin);
            if let Some(place) = places.iter().find(is_it) {
                return Ok(Visit(place.clone()));
            }
            let used = AtomicU64::new(now());
            let place = Arc::new(Place { runtime: id, origin: origin.clone(), kept: make()?, used, keeper: OnceLock::new() });
            let old = if places.len() < SERVERS { None } else { longest_unused(&places).map(|at| places.swap_remove(at)) };
            places.push(place.clone());
            (place, old)
        };
        // Not under the lock: both may end a task, which takes the lock.
        drop(old);
        let end = End { places: Arc::downgrade(self), place: Arc::downgrade(&place) };
        let _ = place.keeper.set(runtime.spawn(keep(end)).abort_handle());
        Ok(Visit(place))
    }

    /// No later call gets what is kept there. Calls under way keep it.
    pub(super) fn forget(&self, gone: *const Place<T>) {
        let place = {
            let mut places = lock(&self.0);
            places.iter().position(|place| Arc::as_ptr(place) == gone).map(|at| places.swap_remove(at))
        };
        drop(place);
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        lock(&self.0).len()
    }
}

fn longest_unused<T>(places: &[Arc<Place<T>>]) -> Option<usize> {
    (0..places.len()).min_by_key(|at| places.get(*at).map(|place| place.used.load(Ordering::Relaxed)))
}

impl<T> Place<T> {
    /// Since when no call was there. Zero while one is.
    fn unused(this: &Arc<Self>) -> Duration {
        // The list and whoever asks have it, too.
        if Arc::strong_count(this) > 2 {
            return Duration::ZERO;
        }
        Duration::from_millis(now().saturating_sub(this.used.load(Ordering::Relaxed)))
    }
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        if let Some(task) = self.keeper.get() {
            task.abort();
        }
    }
}

impl<T> Visit<T> {
    pub(super) fn place(&self) -> &Arc<Place<T>> {
        &self.0
    }

    /// Notes that a call is there; gives how long none was.
    #[cfg(feature = "reqwest")]
    pub(super) fn begin(&self) -> Duration {
        let now = now();
        Duration::from_millis(now.saturating_sub(self.0.used.swap(now, Ordering::Relaxed)))
    }
}

impl<T> Deref for Visit<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.kept
    }
}

impl<T> Drop for Visit<T> {
    fn drop(&mut self) {
        self.0.used.store(now(), Ordering::Relaxed);
    }
}

/// Held by a task of a runtime, which drops its tasks when it ends.
struct End<T: Kept> {
    places: Weak<Places<T>>,
    place: Weak<Place<T>>,
}

impl<T: Kept> Drop for End<T> {
    fn drop(&mut self) {
        if let Some(places) = self.places.upgrade() {
            places.forget(self.place.as_ptr());
        }
    }
}

/// Tidies a place until nothing is left there; then, or when the runtime ends, the place goes.
async fn keep<T: Kept>(end: End<T>) {
    while let Some(place) = end.place.upgrade() {
        let next = place.kept.tidy(Place::unused(&place));
        drop(place);
        match next {
            Some(next) => sleep(next.max(Duration::from_millis(10))).await,
            None => return,
        }
    }
}

/// Milliseconds since the first call of this function.
pub(super) fn now() -> u64 {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(BEGAN.elapsed().as_millis()).unwrap_or(u64::MAX)
}
