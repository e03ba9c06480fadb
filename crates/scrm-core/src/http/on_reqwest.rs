//! Sending over reqwest.

mod connections;

use http::Request;
use reqwest::Client;

pub(super) use self::connections::Pool;
use super::{
    Bounds,
    body::{Incoming, Outgoing},
    chain,
    target::Target,
    texts, tls, too_slow,
};
use crate::transport::{HttpResponse, Sent, TransportError, TransportErrorKind as Kind};

/// Over the pool's clients.
///
/// # Errors
/// When no whole answer came.
pub(super) async fn over_pool(
    pool: &Pool,
    target: &Target,
    request: Request<Outgoing>,
    bounds: &Bounds,
) -> Result<HttpResponse, TransportError> {
    let request = ready(target, request)?;
    let (client, mut watch) = pool.client(target, bounds.whole).await.map_err(unsent)?;
    let outcome = exchange(&client, request, bounds, || watch.life()).await;
    match &outcome {
        Err(error) if error.kind == Kind::Timeout => watch.silent(),
        _ => watch.done(),
    }
    outcome
}

/// Over the caller's client.
///
/// # Errors
/// When no whole answer came.
pub(super) async fn over_own(
    client: &Client,
    target: &Target,
    request: Request<Outgoing>,
    bounds: &Bounds,
) -> Result<HttpResponse, TransportError> {
    let request = ready(target, request)?;
    crate::runtime::current().map_err(|reason| unsent(reason.to_owned()))?;
    exchange(client, request, bounds, || ()).await
}

fn ready(target: &Target, request: Request<Outgoing>) -> Result<reqwest::Request, TransportError> {
    let url = target.url().map_err(|reason| unsent(format!("not a URL: {reason}")))?;
    let (head, body) = request.into_parts();
    let mut ready = reqwest::Request::new(head.method, url.clone());
    *ready.headers_mut() = head.headers;
    *ready.body_mut() = body.into_inner().map(Into::into);
    Ok(ready)
}

async fn exchange(
    client: &Client,
    request: reqwest::Request,
    bounds: &Bounds,
    mut alive: impl FnMut(),
) -> Result<HttpResponse, TransportError> {
    let response = bounds.wait(client.execute(request)).await.ok_or_else(|| too_slow(Sent::Unknown))?;
    let mut response = response.map_err(|error| failed(error, false))?;
    alive();
    let (status, headers) = (response.status().as_u16(), texts(response.headers()));
    let announced = response.content_length().unwrap_or(0);
    let mut whole = Incoming::new(usize::try_from(announced).unwrap_or(usize::MAX), bounds.max_response_bytes)?;
    loop {
        let piece = bounds.wait(response.chunk()).await.ok_or_else(|| too_slow(Sent::Yes))?;
        let Some(piece) = piece.map_err(|error| failed(error, true))? else { break };
        alive();
        whole.push(piece)?;
    }
    Ok(HttpResponse { status, headers, body: whole.whole() })
}

fn unsent(reason: String) -> TransportError {
    TransportError::new(Kind::Request, Sent::No, reason)
}

/// `answered`: the head of an answer had come.
fn failed(error: reqwest::Error, answered: bool) -> TransportError {
    let (kind, sent) = match (&error, answered) {
        (_, false) if error.is_builder() => (Kind::Request, Sent::No),
        (_, false) if error.is_connect() => (Kind::Connect, Sent::No),
        _ if error.is_timeout() => (Kind::Timeout, if answered { Sent::Yes } else { Sent::Unknown }),
        _ => (Kind::Broken, if answered { Sent::Yes } else { Sent::Unknown }),
    };
    let mut message = chain(&error.without_url());
    if kind == Kind::Connect && message.to_ascii_lowercase().contains("certificate") {
        message = format!("{message}; {}", tls::TRUST);
    }
    TransportError::new(kind, sent, message)
}
