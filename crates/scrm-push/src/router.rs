//! A ready router.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
    routing::any,
};

use tokio::{sync::Semaphore, time::timeout};

use crate::{
    declare::Events,
    incoming::{Incoming, Reply},
    receiver::{Receiver, Refusal},
};

/// How long a body may take; the vendors give up after five seconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// Requests that are read or handed over at a time: strangers may send as many as they like, and each may be as long as the largest body.
const AT_ONCE: usize = 256;

/// A receiver, and how much room there is.
struct Served<E> {
    receiver: Receiver<E>,
    room: Arc<Semaphore>,
}

impl<E> Clone for Served<E> {
    fn clone(&self) -> Self {
        Served { receiver: self.receiver.clone(), room: Arc::clone(&self.room) }
    }
}

impl<E: Events> Receiver<E> {
    /// A router that reads at most 256 requests at a time, each for ten seconds at most, so that strangers cannot fill the memory. It receives at `/`, and at `/{kind}`, with dashes as in `/prize-won`, where what is not signed is known by its address. Nest it where the vendor's console
    /// points to.
    pub fn router(&self) -> Router {
        let served = Served { receiver: self.clone(), room: Arc::new(Semaphore::new(AT_ONCE)) };
        Router::new().route("/", any(receive::<E>)).route("/{kind}", any(receive_kind::<E>)).with_state(served)
    }
}

async fn receive<E: Events>(State(served): State<Served<E>>, request: Request) -> Response {
    answer(&served, None, request).await
}

async fn receive_kind<E: Events>(State(served): State<Served<E>>, Path(kind): Path<String>, request: Request) -> Response {
    let kind = kind.replace('-', "_");
    answer(&served, Some(&kind), request).await
}

async fn answer<E: Events>(Served { receiver, room }: &Served<E>, kind: Option<&str>, request: Request) -> Response {
    let Ok(_place) = room.try_acquire() else {
        return respond(receiver.refuse(Refusal::TooMany).reply);
    };
    let (head, body) = request.into_parts();
    let body = match timeout(PATIENCE, to_bytes(body, receiver.largest())).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return respond(receiver.refuse(Refusal::TooLong).reply),
        Err(_) => return respond(receiver.refuse(Refusal::TooSlow).reply),
    };
    let headers: Vec<(&str, &str)> = head.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    let incoming = Incoming { kind, ..Incoming::new(&headers, head.uri.query().unwrap_or_default(), &body) };
    respond(receiver.receive_incoming(&incoming).await.reply)
}

fn respond(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    response
}
