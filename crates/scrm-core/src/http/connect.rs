//! New connections: names, addresses, proxies, TLS.

use std::{fmt, io, net::SocketAddr, pin::pin, time::Duration};

use futures_util::{
    StreamExt,
    future::{Either, select},
    stream::FuturesUnordered,
};
use http::{
    Method, Request, StatusCode, Uri,
    header::{HOST, PROXY_AUTHORIZATION},
};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{body::Outgoing, chain, pool::Pool, proxy::ProxyUrl, stream::Stream, target::Target, tls, wrong_credentials};
use crate::transport::{Sent, TransportError, TransportErrorKind as Kind};

/// How long an address has for itself before the next one is tried beside it, as RFC 8305 has it.
const HEAD_START: Duration = Duration::from_millis(250);
/// After so long a silence the system asks whether the other side is still there, so that nothing on the way forgets the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A connection, ready for HTTP.
pub(super) struct Opened {
    pub(super) stream: Stream,
    pub(super) is_http2: bool,
}

/// A new connection for a target, through its proxy if it has one.
///
/// # Errors
/// What went wrong. Nothing was sent to the target.
pub(super) async fn open(pool: &Pool, target: &Target) -> Result<Opened, TransportError> {
    if target.origin.encrypted {
        // Whatever is missing here, the server has nothing to do with it.
        pool.tls().map_err(untold)?;
    }
    let stream = match &target.proxy {
        None => Stream::plain(tcp(&target.origin.host, target.origin.port).await?),
        Some(proxy) => over_proxy(pool, target, proxy).await?,
    };
    if target.origin.encrypted {
        encrypted(pool, &target.origin.host, stream, Protocols::Any).await
    } else {
        Ok(Opened { stream, is_http2: false })
    }
}

async fn over_proxy(pool: &Pool, target: &Target, proxy: &ProxyUrl) -> Result<Stream, TransportError> {
    let mut stream = Stream::plain(tcp(proxy.host(), proxy.port()).await?);
    if proxy.is_socks() {
        return over_socks(target, proxy, stream).await;
    }
    if proxy.is_encrypted() {
        stream = encrypted(pool, proxy.host(), stream, Protocols::Http1).await?.stream;
    }
    if target.is_passed_on() { Ok(stream) } else { tunnel(target, proxy, stream).await }
}

/// What may be spoken.
#[derive(Clone, Copy)]
pub(super) enum Protocols {
    Any,
    Http1,
}

#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
async fn encrypted(pool: &Pool, host: &str, stream: Stream, protocols: Protocols) -> Result<Opened, TransportError> {
    let tls = pool.tls().map_err(untold)?;
    let (stream, is_http2) = tls.connect(host, stream, protocols).await.map_err(|reason| {
        let help = if reason.to_ascii_lowercase().contains("certificate") { tls::TRUST } else { "" };
        unconnected(format_args!("no TLS: {reason}{}{help}", if help.is_empty() { "" } else { "; " }))
    })?;
    Ok(Opened { stream: Stream::Encrypted(Box::new(stream)), is_http2 })
}

#[cfg(not(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls")))]
#[allow(clippy::unused_async)]
async fn encrypted(_: &Pool, _: &str, _: Stream, _: Protocols) -> Result<Opened, TransportError> {
    Err(untold(tls::NOT_BUILT_IN))
}

/// Asks a proxy for a way to the target.
async fn tunnel(target: &Target, proxy: &ProxyUrl, stream: Stream) -> Result<Stream, TransportError> {
    let authority = target.authority();
    let refused = |status: StatusCode| match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => TransportError::new(Kind::Request, Sent::No, wrong_credentials(proxy)),
        status => unconnected(format_args!("the proxy made no way to {authority}, it answered {status}")),
    };
    let failed = |error: hyper::Error| unconnected(chain(&error));
    let mut request = Request::new(Outgoing::default());
    *request.method_mut() = Method::CONNECT;
    let uri = Uri::try_from(&authority).map_err(unconnected)?;
    request.headers_mut().insert(HOST, authority.parse().map_err(unconnected)?);
    *request.uri_mut() = uri;
    if let Some(credentials) = proxy.authorization() {
        request.headers_mut().insert(PROXY_AUTHORIZATION, credentials);
    }
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let answered = async {
        let answer = sender.send_request(request).await.map_err(failed)?;
        let status = answer.status();
        if status.is_success() { hyper::upgrade::on(answer).await.map_err(failed) } else { Err(refused(status)) }
    };
    // The connection ends when it is handed over.
    let upgraded = match select(pin!(answered), pin!(connection.with_upgrades())).await {
        Either::Left((upgraded, _)) => upgraded?,
        Either::Right((_, answered)) => answered.await?,
    };
    match upgraded.downcast::<TokioIo<Stream>>() {
        Ok(parts) if parts.read_buf.is_empty() => Ok(parts.io.into_inner()),
        _ => Err(unconnected("the proxy sent more than the answer it was asked for")),
    }
}

#[cfg(feature = "socks")]
async fn over_socks(target: &Target, proxy: &ProxyUrl, stream: Stream) -> Result<Stream, TransportError> {
    let super::target::Origin { host, port, .. } = &*target.origin;
    let to = if proxy.looks_names_up() {
        target.authority()
    } else {
        let address = lookup_host((host.as_str(), *port)).await.map_err(unconnected)?.next();
        address.ok_or_else(|| unconnected("the host has no address"))?.to_string()
    };
    super::socks::shake_hands(proxy, &to, stream).await.map_err(unconnected)
}

#[cfg(not(feature = "socks"))]
#[allow(clippy::unused_async)]
async fn over_socks(_: &Target, _: &ProxyUrl, _: Stream) -> Result<Stream, TransportError> {
    Err(untold(super::proxy::NO_SOCKS))
}

/// A connection to whichever of the host's addresses answers first, the earlier ones ahead.
async fn tcp(host: &str, port: u16) -> Result<TcpStream, TransportError> {
    let addresses = lookup_host((host, port)).await.map_err(|error| unconnected(format_args!("the host's name was not found: {error}")))?;
    let stream = first_of(by_turns(addresses.collect())).await.map_err(unconnected)?;
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE));
    Ok(stream)
}

/// One family of addresses after the other, beginning with that of the first.
fn by_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v4 = addresses.first().is_some_and(SocketAddr::is_ipv4);
    let (mut one, mut other): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv4() == first_is_v4);
    one.reverse();
    other.reverse();
    let mut turns = Vec::with_capacity(one.len() + other.len());
    while !(one.is_empty() && other.is_empty()) {
        turns.extend(one.pop());
        turns.extend(other.pop());
    }
    turns
}

async fn first_of(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    let mut waiting = addresses.into_iter();
    let mut tried = FuturesUnordered::new();
    loop {
        tried.extend(waiting.next().map(TcpStream::connect));
        let outcome = match waiting.len() {
            0 => tried.next().await,
            _ => match timeout(HEAD_START, tried.next()).await {
                Ok(outcome) => outcome,
                Err(_) => continue,
            },
        };
        match outcome {
            Some(Ok(stream)) => return Ok(stream),
            Some(Err(error)) => failed = error,
            None => return Err(failed),
        }
    }
}

fn untold(reason: impl Into<String>) -> TransportError {
    TransportError::new(Kind::Request, Sent::No, reason)
}

pub(super) fn unconnected(reason: impl fmt::Display) -> TransportError {
    TransportError::new(Kind::Connect, Sent::No, format!("no connection: {reason}"))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn families_of_addresses_take_turns() {
        let addresses = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let given = addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "10.0.0.1:1", "10.0.0.2:1"]);
        assert_eq!(by_turns(given), addresses(&["[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1", "[::3]:1"]));
        assert_eq!(by_turns(addresses(&["10.0.0.1:1", "[::1]:1"])), addresses(&["10.0.0.1:1", "[::1]:1"]));
        assert!(by_turns(Vec::new()).is_empty());
    }

    #[tokio::test]
    async fn an_address_that_refuses_or_is_silent_does_not_keep_the_others_from_answering() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        // Nobody has this one; it is for documents.
        let silent = "192.0.2.1:9".parse().unwrap();
        for first in [refusing, silent] {
            let stream = first_of(vec![first, refusing, good]).await.unwrap();
            assert_eq!(stream.peer_addr().unwrap(), good);
        }
        assert_eq!(first_of(vec![refusing, refusing]).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(first_of(Vec::new()).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
