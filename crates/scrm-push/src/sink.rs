//! Where messages go before they are answered.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use scrm_core::{BoxError, async_trait};
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};

use crate::message::Message;

/// Takes messages. A message is answered as taken only once its sink has said so.
///
/// A sink that must not see a message twice, whatever dies when, writes [`Message::id`] (where there is none, [`Message::signature`]) in the same transaction as what it makes
/// of the message, and takes one that is there already for done.
///
/// It may take its time: the message is its own meanwhile, in this process and in others, for as long as the runtime gets to say so. A sink that blocks its thread for longer
/// than [`LEASE`](crate::LEASE) belongs into `spawn_blocking`.
#[async_trait]
pub trait Sink<E>: Send + Sync + 'static {
    /// Takes a message for good.
    ///
    /// # Errors
    /// It was not taken: the vendor is told so, and sends it again.
    async fn take(&self, message: &Arc<Message<E>>) -> Result<(), BoxError>;

    /// No message comes any more.
    fn close(&self) {}
}

/// A bounded queue in memory: what goes in, and what comes out.
///
/// A full queue refuses, so that the vendor comes again. What is in the queue when the process is killed is lost though it was answered: where that must not be, write a
/// [`Sink`] that stores messages, such as into a database.
#[must_use]
pub fn queue<E>(capacity: usize) -> (QueueSink<E>, Queue<E>) {
    let (sender, receiver) = channel(capacity.max(1));
    (QueueSink { sender: Mutex::new(Some(sender)) }, Queue { receiver })
}

/// The way into a [`queue`].
pub struct QueueSink<E> {
    sender: Mutex<Option<Sender<Arc<Message<E>>>>>,
}

/// The way out of a [`queue`].
pub struct Queue<E> {
    receiver: Receiver<Arc<Message<E>>>,
}

impl<E> Queue<E> {
    /// The next message; `None`: the receiver was closed, and all that it answered was given.
    pub async fn next(&mut self) -> Option<Arc<Message<E>>> {
        self.receiver.recv().await
    }
}

#[async_trait]
impl<E: Send + Sync + 'static> Sink<E> for QueueSink<E> {
    async fn take(&self, message: &Arc<Message<E>>) -> Result<(), BoxError> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or("the queue is closed")?;
        sender.try_send(Arc::clone(message)).map_err(|error| match error {
            TrySendError::Full(_) => BoxError::from("the queue is full"),
            TrySendError::Closed(_) => BoxError::from("nobody takes messages out of the queue any more"),
        })
    }

    fn close(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl<E> fmt::Debug for QueueSink<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueSink").finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for Queue<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}
