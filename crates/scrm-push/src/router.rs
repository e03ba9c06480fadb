//! A ready router.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
    routing::any,
};

use crate::{
    declare::Events,
    incoming::{Incoming, Reply},
    receiver::Receiver,
};

impl<E: Events> Receiver<E> {
    /// A router that receives at `/`, and at `/{kind}`, with dashes as in `/prize-won`, where what is not signed is known by its address. Nest it where the vendor's console
    /// points to.
    pub fn router(&self) -> Router {
        Router::new().route("/", any(receive::<E>)).route("/{kind}", any(receive_kind::<E>)).with_state(self.clone())
    }
}

async fn receive<E: Events>(State(receiver): State<Receiver<E>>, request: Request) -> Response {
    answer(&receiver, None, request).await
}

async fn receive_kind<E: Events>(State(receiver): State<Receiver<E>>, Path(kind): Path<String>, request: Request) -> Response {
    let kind = kind.replace('-', "_");
    answer(&receiver, Some(&kind), request).await
}

async fn answer<E: Events>(receiver: &Receiver<E>, kind: Option<&str>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, receiver.largest()).await else {
        return respond(Reply::failure(E::DELIVERY, 413));
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
