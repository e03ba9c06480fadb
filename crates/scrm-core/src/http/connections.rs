//! Connections, kept where they can be used: those of one runtime to one server are apart from all others.
//!
//! What drives a connection runs on the runtime that opened it. On another runtime it would stand still whenever that one does, and break when it ends.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, Url};
use tokio::{
    runtime::{Handle, Id},
    task::{AbortHandle, yield_now},
};

use super::{
    proxy::Proxies,
    tls::{Certificates, Tls},
};

/// Servers to which connections are kept at once, over all runtimes: beyond, the longest unused go.
const SERVERS: usize = 256;
/// After a pause like this the runtime may have stood still, and is given the chance to see that the server closed a connection.
const PAUSE: Duration = Duration::from_millis(50);
/// A caller who gave up after waiting so long did so because nothing came.
const SILENCE: Duration = Duration::from_secs(1);

/// How connections are made. Transports that say the same share them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConnectionSettings {
    pub(super) connect_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) pings: Option<Pings>,
    pub(super) proxies: Proxies,
    pub(super) certificates: Certificates,
}

/// HTTP/2 pings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pings {
    /// After so long a silence.
    pub(super) interval: Duration,
    /// For the answer.
    pub(super) timeout: Duration,
}

/// All connections of transports with the same settings.
pub(super) struct Pool {
    settings: ConnectionSettings,
    tls: Mutex<Option<Tls>>,
    no_tls: Mutex<Option<Tls>>,
    places: Mutex<Vec<Arc<Place>>>,
    began: Instant,
}

/// The connections of one runtime to one server.
struct Place {
    runtime: Id,
    server: Server,
    client: Client,
    /// When it was last used, in milliseconds since the pool began.
    used: AtomicU64,
    /// When the server last gave a sign of life.
    life: AtomicU64,
    end_of_runtime: OnceLock<AbortHandle>,
}

/// A server as a URL names it.
struct Server {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Server {
    fn of(url: &Url) -> Self {
        Server { scheme: url.scheme().to_owned(), host: url.host_str().unwrap_or_default().to_owned(), port: url.port() }
    }

    fn is_that_of(&self, url: &Url) -> bool {
        self.scheme == url.scheme() && self.port == url.port() && url.host_str().is_some_and(|host| host == self.host)
    }
}

impl Pool {
    /// The process's pool for these settings. The usual one stays for good, others as long as a transport has them.
    pub(super) fn shared(settings: ConnectionSettings, usual: &ConnectionSettings) -> Arc<Pool> {
        static USUAL: OnceLock<Arc<Pool>> = OnceLock::new();
        static OTHERS: Mutex<Vec<Weak<Pool>>> = Mutex::new(Vec::new());
        if settings == *usual {
            return USUAL.get_or_init(|| Arc::new(Pool::new(settings))).clone();
        }
        let mut others = lock(&OTHERS);
        others.retain(|pool| pool.strong_count() > 0);
        if let Some(pool) = others.iter().filter_map(Weak::upgrade).find(|pool| pool.settings == settings) {
            return pool;
        }
        let pool = Arc::new(Pool::new(settings));
        others.push(Arc::downgrade(&pool));
        pool
    }

    fn new(settings: ConnectionSettings) -> Self {
        Pool { settings, tls: Mutex::default(), no_tls: Mutex::default(), places: Mutex::default(), began: Instant::now() }
    }

    pub(super) fn proxies(&self) -> &Proxies {
        &self.settings.proxies
    }

    pub(super) fn settings(&self) -> &ConnectionSettings {
        &self.settings
    }

    /// TLS as the settings want it. What went wrong is tried anew: the system's certificates may be there the next time.
    pub(super) fn tls(&self) -> Result<Tls, String> {
        kept(&self.tls, || Tls::new(&self.settings.certificates))
    }

    /// A client with the connections of this runtime to the URL's server.
    ///
    /// # Errors
    /// When there is no runtime, or no client can be made.
    pub(super) async fn client(self: &Arc<Self>, url: &Url) -> Result<(Client, Watch), String> {
        let runtime = crate::runtime::current()?;
        let now = self.now();
        let place = self.place(&runtime, url)?;
        if now.saturating_sub(place.used.swap(now, Ordering::Relaxed)) >= millis(PAUSE) {
            yield_now().await;
        }
        Ok((place.client.clone(), Watch { pool: self.clone(), life: now, place, patience: SILENCE, done: false }))
    }

    fn place(self: &Arc<Self>, runtime: &Handle, url: &Url) -> Result<Arc<Place>, String> {
        let id = runtime.id();
        let (place, old) = {
            let mut places = lock(&self.places);
            if let Some(place) = places.iter().find(|place| place.runtime == id && place.server.is_that_of(url)) {
                return Ok(place.clone());
            }
            let now = self.now();
            let place = Arc::new(Place {
                runtime: id,
                server: Server::of(url),
                client: self.new_client(url)?,
                used: AtomicU64::new(now),
                life: AtomicU64::new(0),
                end_of_runtime: OnceLock::new(),
            });
            let old = if places.len() < SERVERS { None } else { longest_unused(&places).map(|at| places.swap_remove(at)) };
            places.push(place.clone());
            (place, old)
        };
        // Not under the lock: both may end a task, which takes the lock.
        drop(old);
        let end = EndOfRuntime { pool: Arc::downgrade(self), place: Arc::downgrade(&place) };
        let task = runtime.spawn(async move {
            let _end = end;
            std::future::pending::<()>().await;
        });
        let _ = place.end_of_runtime.set(task.abort_handle());
        Ok(place)
    }

    fn new_client(&self, url: &Url) -> Result<Client, String> {
        let proxy = self.settings.proxies.of(url);
        let encrypted = url.scheme() == "https" || proxy.is_some_and(super::proxy::ProxyUrl::is_encrypted);
        let tls = if encrypted { self.tls()? } else { kept(&self.no_tls, Tls::unused)? };
        let mut builder = tls
            .apply(Client::builder())
            .connect_timeout(self.settings.connect_timeout)
            .pool_idle_timeout(self.settings.idle_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        if let Some(proxy) = self.settings.proxies.for_reqwest() {
            builder = builder.proxy(proxy);
        }
        if let Some(pings) = self.settings.pings {
            builder =
                builder.http2_keep_alive_interval(pings.interval).http2_keep_alive_timeout(pings.timeout).http2_keep_alive_while_idle(true);
        }
        builder.build().map_err(|error| format!("no HTTP client could be made: {}", super::chain(error)))
    }

    /// No later call gets these connections. Those under way keep theirs.
    fn forget(&self, gone: *const Place) {
        let place = {
            let mut places = lock(&self.places);
            places.iter().position(|place| Arc::as_ptr(place) == gone).map(|at| places.swap_remove(at))
        };
        drop(place);
    }

    fn now(&self) -> u64 {
        millis(self.began.elapsed())
    }

    #[cfg(test)]
    pub(super) fn places(&self) -> usize {
        lock(&self.places).len()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(task) = self.end_of_runtime.get() {
            task.abort();
        }
    }
}

/// Held by a task of a runtime, which drops its tasks when it ends.
struct EndOfRuntime {
    pool: Weak<Pool>,
    place: Weak<Place>,
}

impl Drop for EndOfRuntime {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.forget(self.place.as_ptr());
        }
    }
}

/// Sees to it that connections which went silent are not used again: when a call is given up without a sign of life for anybody since the call's own
/// last one, no later call gets them. Which of several connections the call had is not known, so all to that server go.
pub(super) struct Watch {
    pool: Arc<Pool>,
    place: Arc<Place>,
    /// The call's last sign of life, or its beginning.
    life: u64,
    patience: Duration,
    done: bool,
}

impl Watch {
    /// The call may take so long.
    pub(super) fn for_at_most(mut self, patience: Duration) -> Self {
        self.patience = patience.min(SILENCE);
        self
    }

    /// Something came.
    pub(super) fn life(&mut self) {
        self.life = self.pool.now();
        self.place.life.fetch_max(self.life, Ordering::Relaxed);
    }

    /// All came, or the connection broke of itself.
    pub(super) fn done(&mut self) {
        self.done = true;
    }

    /// Too long nothing came.
    pub(super) fn silent(&mut self) {
        self.done = true;
        if self.place.life.load(Ordering::Relaxed) <= self.life {
            self.pool.forget(Arc::as_ptr(&self.place));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.place.used.store(self.pool.now(), Ordering::Relaxed);
        let silence = Duration::from_millis(self.pool.now().saturating_sub(self.life));
        // Whoever waits for the call until the same moment gives up a little before it does.
        if !self.done && silence + self.patience / 10 >= self.patience {
            self.silent();
        }
    }
}

/// Made once, for it takes long.
fn kept(kept: &Mutex<Option<Tls>>, make: impl FnOnce() -> Result<Tls, String>) -> Result<Tls, String> {
    let mut kept = lock(kept);
    match &*kept {
        Some(tls) => Ok(tls.clone()),
        None => Ok(kept.insert(make()?).clone()),
    }
}

fn longest_unused(places: &[Arc<Place>]) -> Option<usize> {
    (0..places.len()).min_by_key(|at| places.get(*at).map(|place| place.used.load(Ordering::Relaxed)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
