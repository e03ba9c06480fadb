//! Bodies, out and in.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

use super::too_large;
use crate::transport::TransportError;

/// The body of a request: there as a whole, or none.
#[derive(Clone, Default)]
pub(super) struct Outgoing(Option<Bytes>);

impl Outgoing {
    pub(super) fn new(body: Bytes) -> Self {
        Outgoing(Some(body).filter(|body| !body.is_empty()))
    }

    #[cfg(feature = "reqwest")]
    pub(super) fn into_inner(self) -> Option<Bytes> {
        self.0
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|body| Ok(Frame::data(body))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |body| body.len() as u64))
    }
}

/// The body of an answer as it comes, up to a limit. Pieces are joined only where there is more than one.
pub(super) struct Incoming {
    limit: usize,
    announced: usize,
    first: Bytes,
    joined: BytesMut,
}

impl Incoming {
    /// For a body of the announced length; 0: none was.
    ///
    /// # Errors
    /// When the length is over the limit.
    pub(super) fn new(announced: usize, limit: usize) -> Result<Self, TransportError> {
        if announced > limit {
            return Err(too_large(limit));
        }
        Ok(Incoming { limit, announced, first: Bytes::new(), joined: BytesMut::new() })
    }

    /// # Errors
    /// When it becomes too large.
    pub(super) fn push(&mut self, piece: Bytes) -> Result<(), TransportError> {
        if self.first.len() + self.joined.len() + piece.len() > self.limit {
            return Err(too_large(self.limit));
        }
        if self.first.is_empty() && self.joined.is_empty() {
            self.first = piece;
            return Ok(());
        }
        if !self.first.is_empty() {
            self.joined.reserve(self.announced);
            self.joined.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.joined.extend_from_slice(&piece);
        Ok(())
    }

    pub(super) fn whole(self) -> Bytes {
        if self.joined.is_empty() { self.first } else { self.joined.freeze() }
    }
}
