//! SOCKS proxies.

use std::{
    future::{Ready, ready},
    io,
    task::{Context, Poll},
};

use http::Uri;
use hyper_util::{client::legacy::connect::proxy::SocksV5, rt::TokioIo};
use tower_service::Service;

use super::{proxy::ProxyUrl, stream::Stream};

/// Asks a proxy for a way to `to`, host and port.
///
/// # Errors
/// What went wrong, without the credentials.
pub(super) async fn shake_hands(proxy: &ProxyUrl, to: &str, stream: Stream) -> Result<Stream, String> {
    let url = |authority: &str| Uri::try_from(format!("http://{authority}/")).map_err(|error| error.to_string());
    let mut socks = SocksV5::new(url(&format!("{}:{}", proxy.host(), proxy.port()))?, Connected(Some(stream)));
    if let Some((user, password)) = proxy.credentials() {
        socks = socks.with_auth(user, password);
    }
    socks.call(url(to)?).await.map(TokioIo::into_inner).map_err(|error| super::chain(&error))
}

/// Hands over a connection that is there.
struct Connected(Option<Stream>);

impl Service<Uri> for Connected {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = Ready<io::Result<TokioIo<Stream>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().map(TokioIo::new).ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected)))
    }
}
