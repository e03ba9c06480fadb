//! How connections are made, and the process's pools: transports that say the same share one.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
    time::Duration,
};

use super::{proxy::Proxies, tls::Certificates};

/// How connections are made.
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
pub(super) trait SharedPool: Sized {
    fn new(settings: ConnectionSettings) -> Self;
    fn settings(&self) -> &ConnectionSettings;
}

/// The process's pools of one kind.
pub(super) struct Pools<P> {
    usual: OnceLock<Arc<P>>,
    others: Mutex<Vec<Weak<P>>>,
}

impl<P: SharedPool> Pools<P> {
    pub(super) const fn new() -> Self {
        Pools { usual: OnceLock::new(), others: Mutex::new(Vec::new()) }
    }

    /// The pool for these settings. The usual one stays for good, others as long as a transport has them.
    pub(super) fn get(&self, settings: ConnectionSettings, usual: &ConnectionSettings) -> Arc<P> {
        if settings == *usual {
            return self.usual.get_or_init(|| Arc::new(P::new(settings))).clone();
        }
        let mut others = lock(&self.others);
        others.retain(|pool| pool.strong_count() > 0);
        if let Some(pool) = others.iter().filter_map(Weak::upgrade).find(|pool| *pool.settings() == settings) {
            return pool;
        }
        let pool = Arc::new(P::new(settings));
        others.push(Arc::downgrade(&pool));
        pool
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
