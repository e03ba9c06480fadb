//! hyper's connections: one of HTTP/1.1 that a call has for itself, and one of HTTP/2 that many share.

use std::{
    error::Error as _,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame};
use hyper::{
    body::Incoming as Body,
    client::conn::{TrySendError, http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::task::unconstrained;

use super::{
    body::Outgoing,
    settings::Pings,
    stream::{Look, Stream},
};

/// What comes of a request that was given to a connection.
pub(super) type Answered = Result<Response<Body>, TrySendError<Request<Outgoing>>>;

/// HTTP/1.1. No task drives it: the call that has it does.
pub(super) struct Exclusive {
    sender: http1::SendRequest<Outgoing>,
    /// `None`: it is over. Then it is dropped at once, for it may hold the request unsent, and the call would wait for it.
    connection: Driven,
    look: Look,
}

impl Exclusive {
    pub(super) async fn open(stream: Stream) -> Result<Self, hyper::Error> {
        let look = stream.look();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Exclusive { sender, connection: Some(connection), look })
    }

    /// Until the head of the answer is there.
    pub(super) async fn send(&mut self, request: Request<Outgoing>) -> Answered {
        // However much the task did before: what is put off for its sake wakes nobody here.
        let mut answered = pin!(unconstrained(self.sender.try_send_request(request)));
        driven(&mut self.connection, || answered.as_mut().poll(&mut deaf())).await
    }

    /// The next piece of the answer's body.
    pub(super) async fn frame(&mut self, body: &mut Body) -> Option<Result<Frame<Bytes>, hyper::Error>> {
        let mut frame = || Pin::new(&mut *body).poll_frame(&mut deaf());
        match frame() {
            Poll::Ready(frame) => frame,
            Poll::Pending => driven(&mut self.connection, frame).await,
        }
    }

    /// Whether it can be used again, after the whole answer came. The next call looks first whether it still can: hyper reads before it writes, and gives the
    /// request back when anything comes.
    pub(super) fn is_reusable(&mut self) -> bool {
        if !self.sender.is_ready() {
            // Once more, so that it sees that the answer is over.
            drive(&mut self.connection, &mut deaf());
        }
        self.look.afresh();
        self.connection.is_some() && self.sender.is_ready()
    }
}

type Driven = Option<http1::Connection<TokioIo<Stream>, Outgoing>>;

/// What `poll` gives, where nothing but the connection can make it ready: that is driven, and no waker is needed but its own.
///
/// A connection wakes whom it last knew also for what the call itself does to it, such as dropping an answer's body, and each time the runtime would come round
/// once more. So it learns of the call's waker only when nothing is left to do but to wait for the server.
async fn driven<T>(connection: &mut Driven, mut poll: impl FnMut() -> Poll<T>) -> T {
    poll_fn(|context| {
        let mut turn = |context: &mut Context<'_>| {
            drive(connection, context);
            poll()
        };
        match turn(&mut deaf()) {
            Poll::Pending => turn(context),
            ready => ready,
        }
    })
    .await
}

fn drive(connection: &mut Driven, context: &mut Context<'_>) {
    if let Some(driven) = connection
        && Pin::new(driven).poll(context).is_ready()
    {
        *connection = None;
    }
}

/// For what is woken by the connection alone: a wake-up would only make the runtime come round once more.
fn deaf() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// HTTP/2. A task drives it, and ends when nobody has it any more.
#[derive(Clone)]
pub(super) struct Shared {
    sender: http2::SendRequest<Outgoing>,
    state: Arc<State>,
}

struct State {
    number: u64,
    life: AtomicU64,
}

impl Shared {
    /// Opens one on the current runtime.
    pub(super) async fn open(stream: Stream, pings: Option<Pings>) -> Result<Self, hyper::Error> {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new());
        if let Some(pings) = pings {
            builder.keep_alive_interval(pings.interval).keep_alive_timeout(pings.timeout).keep_alive_while_idle(true);
        }
        let (sender, connection) = builder.handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // What goes wrong, the calls are told.
            let _ = connection.await;
        });
        let state = State { number: NUMBERS.fetch_add(1, Ordering::Relaxed), life: AtomicU64::new(0) };
        Ok(Shared { sender, state: Arc::new(state) })
    }

    /// Until the head of the answer is there.
    pub(super) async fn send(&mut self, request: Request<Outgoing>) -> Answered {
        self.sender.try_send_request(request).await
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// When the server last gave a sign of life.
    pub(super) fn life(&self) -> &AtomicU64 {
        &self.state.life
    }

    pub(super) fn is(&self, other: &Shared) -> bool {
        self.state.number == other.state.number
    }
}

/// What an error says of a request that went out over HTTP/2.
pub(super) struct Fate {
    /// The server may have looked at it.
    pub(super) was_looked_at: bool,
    /// The server takes no more requests on this connection.
    pub(super) connection_ends: bool,
}

impl Fate {
    pub(super) fn of(error: &hyper::Error) -> Self {
        let error = error.source().and_then(|source| source.downcast_ref::<h2::Error>()).filter(|error| error.is_remote());
        let connection_ends = error.is_some_and(h2::Error::is_go_away);
        // A connection that ends names the last request that was looked at; only those after it fail like this.
        let is_refused = error.is_some_and(|error| error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM));
        Fate { was_looked_at: !connection_ends && !is_refused, connection_ends }
    }
}
