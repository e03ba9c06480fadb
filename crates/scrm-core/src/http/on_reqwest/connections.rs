//! reqwest's clients: one for each runtime and server, for the pool of one does not tell runtimes apart.

use std::{
    sync::{Arc, Mutex, atomic::AtomicU64},
    time::Duration,
};

use reqwest::Client;
use tokio::task::yield_now;

use crate::http::{
    chain,
    places::{Kept, Places, Visit},
    settings::{ConnectionSettings, Pools, SharedPool, lock},
    silence::{Line, Watch},
    target::Target,
    tls::Tls,
};

/// After a pause like this the runtime may have stood still, and is given the chance to see that the server closed a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// All connections of transports with the same settings.
pub(in crate::http) struct Pool {
    settings: ConnectionSettings,
    tls: Mutex<Option<Tls>>,
    no_tls: Mutex<Option<Tls>>,
    places: Arc<Places<Connections>>,
}

/// The connections of one runtime to one server.
pub(in crate::http) struct Connections {
    client: Client,
    keep: Duration,
    /// When the server last gave a sign of life.
    life: AtomicU64,
}

impl Kept for Connections {
    fn tidy(&self, unused: Duration) -> Option<Duration> {
        // The client closes its connections itself.
        self.keep.checked_sub(unused).filter(|left| !left.is_zero())
    }
}

impl SharedPool for Pool {
    fn new(settings: ConnectionSettings) -> Self {
        Pool { settings, tls: Mutex::default(), no_tls: Mutex::default(), places: Places::new() }
    }

    fn settings(&self) -> &ConnectionSettings {
        &self.settings
    }
}

impl Pool {
    /// The process's pool for these settings.
    pub(in crate::http) fn shared(settings: ConnectionSettings, usual: &ConnectionSettings) -> Arc<Pool> {
        static POOLS: Pools<Pool> = Pools::new();
        POOLS.get(settings, usual)
    }

    /// TLS as the settings want it.
    pub(in crate::http) fn tls(&self) -> Result<Tls, String> {
        Tls::kept(&self.tls, &self.settings.certificates)
    }

    /// A client with the connections of this runtime to the target's server. No later call gets them if the watch finds them silent: which of several
    /// connections a call had is not known, so all go.
    ///
    /// # Errors
    /// When there is no runtime, or no client can be made.
    pub(super) async fn client(&self, target: &Target, patience: Duration) -> Result<(Client, Watch<AllLines>), String> {
        let runtime = crate::runtime::current()?;
        let visit = self.places.visit(&runtime, &target.origin, || {
            Ok::<_, String>(Connections { client: self.new_client(target)?, keep: self.settings.idle_timeout, life: AtomicU64::new(0) })
        })?;
        if visit.begin() >= PAUSE {
            yield_now().await;
        }
        let client = visit.client.clone();
        Ok((client, Watch::new(AllLines { places: self.places.clone(), visit }, patience)))
    }

    fn new_client(&self, target: &Target) -> Result<Client, String> {
        let encrypted = target.origin.encrypted || target.proxy.as_ref().is_some_and(crate::http::proxy::ProxyUrl::is_encrypted);
        let tls = if encrypted { self.tls()? } else { no_tls(&self.no_tls)? };
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
        builder.build().map_err(|error| format!("no HTTP client could be made: {}", chain(&error)))
    }

    #[cfg(test)]
    pub(in crate::http) fn places(&self) -> usize {
        self.places.count()
    }
}

/// All connections of a runtime to a server.
pub(super) struct AllLines {
    places: Arc<Places<Connections>>,
    visit: Visit<Connections>,
}

impl Line for AllLines {
    fn life(&self) -> &AtomicU64 {
        &self.visit.life
    }

    fn give_up(&self) {
        self.places.forget(Arc::as_ptr(self.visit.place()));
    }
}

/// Made once, for it takes long.
fn no_tls(kept: &Mutex<Option<Tls>>) -> Result<Tls, String> {
    let mut kept = lock(kept);
    match &*kept {
        Some(tls) => Ok(tls.clone()),
        None => Ok(kept.insert(Tls::unused()?).clone()),
    }
}
