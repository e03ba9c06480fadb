//! The pool of hyper's connections.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use http::{
    Request, Response,
    header::{HOST, PROXY_AUTHORIZATION},
};
use http_body::Body as _;
use hyper::body::Incoming as Body;
use tokio::time::{Instant, timeout_at};

use super::{
    Bounds,
    body::{Incoming, Outgoing},
    chain,
    connect::{self, Opened},
    connection::{Exclusive, Fate, Shared},
    places::{Kept, Place, Places, Visit},
    proxy::ProxyUrl,
    settings::{ConnectionSettings, Pools, SharedPool, lock},
    silence::{Line, Watch},
    target::Target,
    texts,
    tls::Tls,
    too_slow,
};
use crate::{
    patience::later,
    transport::{HttpResponse, Sent, TransportError, TransportErrorKind as Kind},
};

/// How often a request that a server would not look at is sent again.
const REFUSALS: u32 = 2;

/// All connections of transports with the same settings.
pub(super) struct Pool {
    settings: ConnectionSettings,
    tls: Mutex<Option<Tls>>,
    places: Arc<Places<Connections>>,
}

/// The connections of one runtime to one server.
struct Connections {
    keep: Duration,
    open: Mutex<Open>,
    /// Whether the server spoke HTTP/2 the last time, or was not asked yet.
    may_share: AtomicBool,
    opening: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Open {
    /// Each with the moment since when it is unused; the last used is last.
    exclusive: Vec<(Box<Exclusive>, Instant)>,
    shared: Option<Shared>,
}

enum Connection {
    Exclusive(Box<Exclusive>),
    Shared(Shared),
}

/// Why a request was not answered.
enum Failed {
    /// Nothing was sent, or nothing looked at: here it is.
    Unsent(Request<Outgoing>),
    /// As [`Failed::Unsent`], and the server said so.
    Refused(Request<Outgoing>),
    Error(TransportError),
}

impl From<TransportError> for Failed {
    fn from(error: TransportError) -> Self {
        Failed::Error(error)
    }
}

impl SharedPool for Pool {
    fn new(settings: ConnectionSettings) -> Self {
        Pool { settings, tls: Mutex::default(), places: Places::new() }
    }

    fn settings(&self) -> &ConnectionSettings {
        &self.settings
    }
}

impl Pool {
    /// The process's pool for these settings.
    pub(super) fn shared(settings: ConnectionSettings, usual: &ConnectionSettings) -> Arc<Pool> {
        static POOLS: Pools<Pool> = Pools::new();
        POOLS.get(settings, usual)
    }

    /// TLS as the settings want it. What went wrong is tried anew: the system's certificates may be there the next time.
    pub(super) fn tls(&self) -> Result<Tls, String> {
        Tls::kept(&self.tls, &self.settings.certificates)
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// When no whole answer came.
    pub(super) async fn send(
        &self,
        target: &Target,
        mut request: Request<Outgoing>,
        bounds: &Bounds,
    ) -> Result<HttpResponse, TransportError> {
        let place = self.visit(target)?;
        *request.uri_mut() = if target.is_passed_on() { target.absolute.clone() } else { target.path.clone() };
        if target.is_passed_on()
            && let Some(credentials) = target.proxy.as_ref().and_then(ProxyUrl::authorization)
        {
            request.headers_mut().insert(PROXY_AUTHORIZATION, credentials);
        }
        let mut refusals = 0;
        // A connection that nothing can be sent over is not there the next time, so that sooner or later a new one is opened.
        loop {
            let (connection, is_new) = match place.take() {
                Some(connection) => (connection, false),
                // Boxed, as is what goes over HTTP/2: what few calls do should not make every call's future large.
                None => Box::pin(place.open(self, target, bounds)).await?,
            };
            let failed = match connection {
                Connection::Exclusive(exclusive) => over_exclusive(&place, exclusive, request, bounds).await,
                Connection::Shared(shared) => Box::pin(over_shared(&place, shared, request, target, bounds)).await,
            };
            request = match failed {
                Ok(answer) => return Ok(answer),
                Err(Failed::Error(error)) => return Err(error),
                Err(Failed::Refused(request)) if refusals < REFUSALS => {
                    refusals += 1;
                    request
                }
                Err(Failed::Refused(_)) => {
                    return Err(TransportError::new(
                        Kind::Broken,
                        Sent::No,
                        "the server would not take the request, and says that it did not look at it",
                    ));
                }
                Err(Failed::Unsent(_)) if is_new => {
                    return Err(TransportError::new(Kind::Connect, Sent::No, "the connection was closed as soon as it was open"));
                }
                Err(Failed::Unsent(request)) => request,
            };
        }
    }

    fn visit(&self, target: &Target) -> Result<Visit<Connections>, TransportError> {
        let unsent = |reason: &str| TransportError::new(Kind::Request, Sent::No, reason);
        let runtime = crate::runtime::current().map_err(unsent)?;
        self.places.visit(&runtime, &target.origin, || Ok(Connections::new(self.settings.idle_timeout, target.origin.encrypted)))
    }

    #[cfg(test)]
    pub(super) fn places(&self) -> usize {
        self.places.count()
    }
}

impl Connections {
    fn new(keep: Duration, may_share: bool) -> Self {
        Connections { keep, open: Mutex::default(), may_share: AtomicBool::new(may_share), opening: tokio::sync::Mutex::default() }
    }

    /// One that is there.
    fn take(&self) -> Option<Connection> {
        let mut open = lock(&self.open);
        if open.shared.as_ref().is_some_and(Shared::is_closed) {
            open.shared = None;
        }
        if let Some(shared) = &open.shared {
            return Some(Connection::Shared(shared.clone()));
        }
        let (exclusive, since) = open.exclusive.pop()?;
        if since.elapsed() >= self.keep {
            // Those before it were unused even longer.
            open.exclusive.clear();
            return None;
        }
        Some(Connection::Exclusive(exclusive))
    }

    fn give(&self, exclusive: Box<Exclusive>) {
        lock(&self.open).exclusive.push((exclusive, Instant::now()));
    }

    /// A new one; or one that another call opened meanwhile. Whether it is new. Waiting for the other call is a part of the time to connect.
    async fn open(&self, pool: &Pool, target: &Target, bounds: &Bounds) -> Result<(Connection, bool), TransportError> {
        let opening = async {
            // Where many calls may share one, the first opens it and the others wait. Where it could not, they do not wait for one another.
            let mut turn = None;
            if self.may_share.load(Ordering::Relaxed) {
                turn = self.opening.try_lock().ok();
                if turn.is_none() {
                    drop(self.opening.lock().await);
                    if let Some(connection) = self.take() {
                        return Ok((connection, false));
                    }
                }
            }
            let connection = self.opened(connect::open(pool, target).await?, &pool.settings).await?;
            drop(turn);
            Ok((connection, true))
        };
        let patience = later(Instant::now(), pool.settings.connect_timeout);
        let too_late = || match patience < bounds.deadline {
            true => connect::unconnected("it took too long"),
            false => TransportError::new(Kind::Timeout, Sent::No, "there was no connection in time"),
        };
        timeout_at(patience.min(bounds.deadline), opening).await.unwrap_or_else(|_| Err(too_late()))
    }

    async fn opened(&self, opened: Opened, settings: &ConnectionSettings) -> Result<Connection, TransportError> {
        let unusable = |error: hyper::Error| TransportError::new(Kind::Connect, Sent::No, chain(&error));
        self.may_share.store(opened.is_http2, Ordering::Relaxed);
        if !opened.is_http2 {
            return Exclusive::open(opened.stream).await.map(Box::new).map(Connection::Exclusive).map_err(unusable);
        }
        let shared = Shared::open(opened.stream, settings.pings).await.map_err(unusable)?;
        // Of several that were opened at once the first is kept; the others end with their calls.
        lock(&self.open).shared.get_or_insert_with(|| shared.clone());
        Ok(Connection::Shared(shared))
    }

    fn abandon(&self, gone: &Shared) {
        let mut open = lock(&self.open);
        open.shared = open.shared.take().filter(|shared| !shared.is(gone));
    }
}

impl Kept for Connections {
    fn tidy(&self, unused: Duration) -> Option<Duration> {
        let mut open = lock(&self.open);
        open.exclusive.retain(|(_, since)| since.elapsed() < self.keep);
        let next = open.exclusive.first().map(|(_, since)| self.keep.saturating_sub(since.elapsed()));
        if unused < self.keep {
            return Some(next.unwrap_or(self.keep).min(self.keep.saturating_sub(unused)));
        }
        open.shared = None;
        next
    }
}

/// A connection that many share, as the watch over its silence sees it.
struct SharedLine {
    place: Arc<Place<Connections>>,
    shared: Shared,
}

impl Line for SharedLine {
    fn life(&self) -> &AtomicU64 {
        self.shared.life()
    }

    fn give_up(&self) {
        self.place.kept.abandon(&self.shared);
    }
}

async fn over_exclusive(
    place: &Connections,
    mut exclusive: Box<Exclusive>,
    request: Request<Outgoing>,
    bounds: &Bounds,
) -> Result<HttpResponse, Failed> {
    let answered = bounds.wait(exclusive.send(request)).await.ok_or_else(|| too_slow(Sent::Unknown))?;
    let answer = answered.map_err(|mut error| match error.take_message() {
        Some(request) => Failed::Unsent(request),
        None => broken(error.error(), Sent::Unknown).into(),
    })?;
    let (head, mut body) = answer.into_parts();
    let mut whole = incoming(&body, bounds)?;
    while !body.is_end_stream() {
        let frame = bounds.wait(exclusive.frame(&mut body)).await.ok_or_else(|| too_slow(Sent::Yes))?;
        let Some(frame) = frame else { break };
        if let Ok(piece) = frame.map_err(|error| broken(&error, Sent::Yes))?.into_data() {
            whole.push(piece)?;
        }
    }
    if exclusive.is_reusable() {
        place.give(exclusive);
    }
    Ok(HttpResponse { status: head.status.as_u16(), headers: texts(&head.headers), body: whole.whole() })
}

async fn over_shared(
    place: &Visit<Connections>,
    mut shared: Shared,
    request: Request<Outgoing>,
    target: &Target,
    bounds: &Bounds,
) -> Result<HttpResponse, Failed> {
    let line = SharedLine { place: place.place().clone(), shared: shared.clone() };
    let mut watch = Watch::new(line, bounds.whole);
    let Some(answered) = bounds.wait(shared.send(as_http2(&request, target))).await else {
        watch.silent();
        return Err(too_slow(Sent::Unknown).into());
    };
    match answered {
        Ok(answer) => {
            watch.life();
            let outcome = shared_body(answer, &mut watch, bounds).await;
            match &outcome {
                Err(error) if error.kind == Kind::Timeout => watch.silent(),
                _ => watch.done(),
            }
            Ok(outcome?)
        }
        Err(mut error) => {
            watch.done();
            let was_sent = error.take_message().is_none();
            let fate = Fate::of(error.error());
            if !was_sent || fate.connection_ends || shared.is_closed() {
                place.abandon(&shared);
            }
            Err(match (was_sent, fate.was_looked_at) {
                (false, _) => Failed::Unsent(request),
                (true, false) => Failed::Refused(request),
                (true, true) => broken(error.error(), Sent::Unknown).into(),
            })
        }
    }
}

async fn shared_body(answer: Response<Body>, watch: &mut Watch<SharedLine>, bounds: &Bounds) -> Result<HttpResponse, TransportError> {
    let (head, mut body) = answer.into_parts();
    let mut whole = incoming(&body, bounds)?;
    while !body.is_end_stream() {
        let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let frame = bounds.wait(frame).await.ok_or_else(|| too_slow(Sent::Yes))?;
        let Some(frame) = frame else { break };
        watch.life();
        if let Ok(piece) = frame.map_err(|error| broken(&error, Sent::Yes))?.into_data() {
            whole.push(piece)?;
        }
    }
    Ok(HttpResponse { status: head.status.as_u16(), headers: texts(&head.headers), body: whole.whole() })
}

fn incoming(body: &Body, bounds: &Bounds) -> Result<Incoming, TransportError> {
    let announced = body.size_hint().exact().unwrap_or(0);
    Incoming::new(usize::try_from(announced).unwrap_or(usize::MAX), bounds.max_response_bytes)
}

/// HTTP/2 names the server in the URL.
fn as_http2(request: &Request<Outgoing>, target: &Target) -> Request<Outgoing> {
    let mut request = request.clone();
    *request.uri_mut() = target.absolute.clone();
    request.headers_mut().remove(HOST);
    request
}

fn broken(error: &hyper::Error, sent: Sent) -> TransportError {
    TransportError::new(Kind::Broken, sent, chain(error))
}
