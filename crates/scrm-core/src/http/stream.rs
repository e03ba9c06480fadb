//! What bytes go through.

use std::{
    io::{self, IoSlice, Read as _},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// A connection's bytes, encrypted or not; encrypted in another where a proxy is reached over TLS.
pub(super) enum Stream {
    Plain(TcpStream, Look),
    #[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
    Encrypted(Box<super::tls::TlsStream<Stream>>),
}

/// Makes a connection's next reads ask the system itself. What the runtime knows of a connection is as old as its last turn: while a program was busy, the
/// server may have closed it, or said what nobody asked for.
#[derive(Clone, Default)]
pub(super) struct Look(Arc<AtomicBool>);

impl Look {
    pub(super) fn afresh(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// What the system has; `None`: nothing yet, or nobody wanted to know.
    fn read(&self, tcp: &TcpStream, buffer: &mut ReadBuf<'_>) -> Option<io::Result<()>> {
        /// Most often there is nothing, and the space is made ready for nothing.
        const SOME: usize = 512;
        if !self.0.load(Ordering::Relaxed) {
            return None;
        }
        let space = buffer.initialize_unfilled_to(SOME.min(buffer.remaining()));
        match (&*SockRef::from(tcp)).read(space) {
            Ok(read) => {
                buffer.advance(read);
                Some(Ok(()))
            }
            Err(error) => {
                self.0.store(false, Ordering::Relaxed);
                let is_nothing = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted);
                (!is_nothing).then_some(Err(error))
            }
        }
    }
}

impl Stream {
    pub(super) fn plain(tcp: TcpStream) -> Self {
        Stream::Plain(tcp, Look::default())
    }

    /// That of the connection at the bottom.
    pub(super) fn look(&self) -> Look {
        match self {
            Stream::Plain(_, look) => look.clone(),
            #[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
            Stream::Encrypted(stream) => super::tls::below(stream).look(),
        }
    }
}

macro_rules! each {
    ($me:expr, $stream:ident => $call:expr) => {
        match $me {
            Stream::Plain($stream, _) => $call,
            #[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
            Stream::Encrypted($stream) => $call,
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        if let Stream::Plain(tcp, look) = stream
            && let Some(outcome) = look.read(tcp, buffer)
        {
            return Poll::Ready(outcome);
        }
        each!(stream, stream => Pin::new(stream).poll_read(context, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_write(context, buffer))
    }

    fn poll_write_vectored(self: Pin<&mut Self>, context: &mut Context<'_>, buffers: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_write_vectored(context, buffers))
    }

    fn is_write_vectored(&self) -> bool {
        each!(self, stream => stream.is_write_vectored())
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self.get_mut(), stream => Pin::new(stream).poll_shutdown(context))
    }
}
