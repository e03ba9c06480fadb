//! Receives: verified, decoded, claimed, handed over, answered; in this order.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use scrm_core::BoxError;
use tokio::sync::RwLock;

use crate::{
    declare::{Answerer, Delivery, Events, PushSpec},
    incoming::{Incoming, Reply},
    message::Message,
    read::read,
    seal::{Opened, Seal},
    seen::{Claim, MemorySeen, SeenStore},
    sink::Sink,
};

/// Bytes of a body, unless told.
const LARGEST: usize = 1024 * 1024;

/// What was made of a request.
#[derive(Debug)]
pub struct Received<E> {
    /// What came of it.
    pub outcome: Outcome<E>,
    /// What to answer.
    pub reply: Reply,
}

/// What came of a request.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<E> {
    /// The sink has it.
    Taken(Arc<Message<E>>),
    /// It was taken before; answered as taken.
    Repeated {
        /// The message's id.
        id: String,
    },
    /// It asked for an answer of its own, and got it. No sink sees it.
    Answered(Arc<Message<E>>),
    /// The vendor checked the address.
    Checked,
    /// Nobody has it; answered so that the vendor comes again.
    Refused(Refusal),
}

impl<E> Received<E> {
    /// The message, where it was taken or answered now.
    #[must_use]
    pub fn message(&self) -> Option<&Arc<Message<E>>> {
        match &self.outcome {
            Outcome::Taken(message) | Outcome::Answered(message) => Some(message),
            _ => None,
        }
    }
}

/// Why a request was refused.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// It does not come from the vendor, or not for this receiver.
    Unverified,
    /// The body is longer than this receiver takes.
    TooLong,
    /// The body is not written as the vendor writes.
    Unreadable(String),
    /// Another receiver is just handing it over.
    Busy,
    /// The sink did not take it.
    NotTaken(BoxError),
    /// The store of ids could not be asked.
    NoStore(BoxError),
    /// It asks for an answer of its own, and nobody gives one, or could not.
    NotAnswered(BoxError),
    /// The receiver is closed.
    Closed,
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Refusal::Unverified => 401,
            Refusal::TooLong => 413,
            Refusal::Unreadable(_) => 400,
            Refusal::NotAnswered(_) => 500,
            Refusal::Busy | Refusal::NotTaken(_) | Refusal::NoStore(_) | Refusal::Closed => 503,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Unverified => {
                f.write_str("the request is not verified to come from the vendor; check token, key and id in the vendor's console")
            }
            Refusal::TooLong => f.write_str("the body is longer than this receiver takes"),
            Refusal::Unreadable(reason) => write!(f, "the body cannot be read: it {reason}"),
            Refusal::Busy => f.write_str("another receiver is just handing it over"),
            Refusal::NotTaken(error) => write!(f, "the sink did not take it: {error}"),
            Refusal::NoStore(error) => write!(f, "the store of ids cannot be asked: {error}"),
            Refusal::NotAnswered(error) => write!(f, "it asks for an answer of its own, and there is none: {error}"),
            Refusal::Closed => f.write_str("the receiver is closed"),
        }
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Refusal::NotTaken(error) | Refusal::NoStore(error) | Refusal::NotAnswered(error) => Some(&**error),
            _ => None,
        }
    }
}

/// Receives what a vendor sends by one channel; `E` is the channel's `Event`.
///
/// * A message is given to the sink *before* it is answered. What the sink does not take is refused, so that the vendor comes again.
/// * A message with an id is given once: its id is remembered for two days, in memory or in a store of your own. While one receiver hands it over, others that get it too
///   refuse it for now.
/// * Handing over goes on when the caller gives up, as when the vendor hangs up after its five seconds: the vendor's next attempt then finds it done.
/// * The order in which messages come is the order of nothing: a repetition comes a day later than what happened after it. Compare times inside.
pub struct Receiver<E> {
    inner: Arc<Inner<E>>,
}

struct Inner<E> {
    seal: Box<dyn Seal>,
    seen: Box<dyn SeenStore>,
    sink: Box<dyn Sink<E>>,
    answerer: Option<Box<dyn Answerer<E>>>,
    sender: Option<String>,
    largest: usize,
    closed: AtomicBool,
    /// Held for reading while a message is handed over.
    open: Arc<RwLock<()>>,
    owner: String,
}

/// Settings of a receiver.
pub struct ReceiverBuilder<E> {
    inner: Inner<E>,
}

impl<E: Events> Receiver<E> {
    /// With what verifies requests, and where messages go.
    pub fn builder(seal: impl Seal, sink: impl Sink<E>) -> ReceiverBuilder<E> {
        let owner = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        ReceiverBuilder {
            inner: Inner {
                seal: Box::new(seal),
                seen: Box::new(MemorySeen::default()),
                sink: Box::new(sink),
                answerer: None,
                sender: None,
                largest: LARGEST,
                closed: AtomicBool::new(false),
                open: Arc::default(),
                owner,
            },
        }
    }

    /// Receives a request from any HTTP framework. Must be called inside of a tokio runtime.
    pub async fn receive(&self, headers: &[(&str, &str)], query: &str, body: &[u8]) -> Received<E> {
        self.receive_incoming(&Incoming::new(headers, query, body)).await
    }

    /// The same, where the kind may be known from elsewhere.
    pub async fn receive_incoming(&self, incoming: &Incoming<'_>) -> Received<E> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        match self.open(incoming, now) {
            Ok(Verified::Check(echo)) => Received { outcome: Outcome::Checked, reply: Reply::text(echo) },
            Ok(Verified::Message(message)) => self.hand_over(message).await,
            Err(refusal) => refused(E::DELIVERY, refusal),
        }
    }

    /// Verifies and decodes a request without handing anything over. `now`: Unix time in seconds.
    ///
    /// # Errors
    /// [`Refusal::Unverified`], [`Refusal::TooLong`] or [`Refusal::Unreadable`].
    pub fn open(&self, incoming: &Incoming<'_>, now: u64) -> Result<Verified<E>, Refusal> {
        if incoming.body.len() > self.inner.largest {
            return Err(Refusal::TooLong);
        }
        let body = match self.inner.seal.open(incoming, now).map_err(|_| Refusal::Unverified)? {
            Opened::Check(echo) => return Ok(Verified::Check(echo)),
            Opened::Body(body) => body,
        };
        let message = read::<E>(&body, incoming.kind).map_err(Refusal::Unreadable)?;
        match (&self.inner.sender, &message.sender) {
            (Some(own), sender) if sender.as_ref() != Some(own) => Err(Refusal::Unverified),
            _ => Ok(Verified::Message(message)),
        }
    }

    /// Takes no more messages, waits for those that are being handed over, then closes the sink. Nothing that was answered is lost by it.
    pub async fn close(&self) {
        self.inner.closed.store(true, Ordering::SeqCst);
        let handed_over = self.inner.open.write().await;
        self.inner.sink.close();
        drop(handed_over);
    }

    async fn hand_over(&self, message: Message<E>) -> Received<E> {
        let guard = Arc::clone(&self.inner.open).read_owned().await;
        if self.inner.closed.load(Ordering::SeqCst) {
            return refused(E::DELIVERY, Refusal::Closed);
        }
        let inner = Arc::clone(&self.inner);
        // It outlives a caller that gives up: what a sink began it should end.
        let task = tokio::spawn(async move {
            let received = inner.give(Arc::new(message)).await;
            drop(guard);
            received
        });
        task.await.unwrap_or_else(|error| refused(E::DELIVERY, Refusal::NotTaken(error.into())))
    }
}

/// What a verified request holds.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verified<E> {
    /// A message.
    Message(Message<E>),
    /// The vendor checks the address, and wants this text back.
    Check(String),
}

fn refused<E>(delivery: &Delivery, refusal: Refusal) -> Received<E> {
    let reply = Reply::failure(delivery, refusal.status());
    Received { outcome: Outcome::Refused(refusal), reply }
}

impl<E: Events> Inner<E> {
    async fn give(&self, message: Arc<Message<E>>) -> Received<E> {
        if E::PUSHES.iter().any(|push: &PushSpec| push.answers && push.name == message.kind) {
            return self.answer(message).await;
        }
        let Some(key) = key(&message) else {
            return match self.sink.take(&message).await {
                Ok(()) => taken(message),
                Err(error) => refused(E::DELIVERY, Refusal::NotTaken(error)),
            };
        };
        // A claim of its own: two requests with one id in one process are two, too.
        let owner = format!("{}{:016x}", self.owner, fastrand::u64(..));
        match self.seen.claim(&key, &owner).await {
            Ok(Claim::Yours) => {}
            Ok(Claim::Busy) => return refused(E::DELIVERY, Refusal::Busy),
            Ok(Claim::Done) => {
                let id = message.id.clone().unwrap_or_default();
                return Received { outcome: Outcome::Repeated { id }, reply: Reply::success(E::DELIVERY) };
            }
            Err(error) => return refused(E::DELIVERY, Refusal::NoStore(error)),
        }
        match self.sink.take(&message).await {
            Ok(()) => {
                // It is taken, whatever the store says: at the worst a repetition is given once more.
                self.seen.done(&key, &owner).await.ok();
                taken(message)
            }
            Err(error) => {
                self.seen.release(&key, &owner).await.ok();
                refused(E::DELIVERY, Refusal::NotTaken(error))
            }
        }
    }

    async fn answer(&self, message: Arc<Message<E>>) -> Received<E> {
        let asked = self.answerer.as_ref().and_then(|answerer| answerer.answer(&message.event));
        let answer = match asked {
            Some(answer) => answer.await,
            None => Err("the receiver was built without `answering`, or the callback cannot be understood".into()),
        };
        match answer {
            Ok(body) => Received { outcome: Outcome::Answered(Arc::clone(&message)), reply: Reply::json(body) },
            Err(error) => refused(E::DELIVERY, Refusal::NotAnswered(error)),
        }
    }
}

fn taken<E: Events>(message: Arc<Message<E>>) -> Received<E> {
    Received { outcome: Outcome::Taken(message), reply: Reply::success(E::DELIVERY) }
}

/// Under which a message is remembered; `None`: it has no id.
fn key<E: Events>(message: &Message<E>) -> Option<String> {
    let id = message.id.as_deref()?;
    let sender = message.sender.as_deref().unwrap_or_default();
    let delivery = E::DELIVERY;
    // Ids of documented length stand as they are; a longer one could fill a store's memory.
    let id = if id.len() <= 128 { id.to_owned() } else { crate::wechat::signature(&[id]) };
    let sender = if sender.len() <= 128 { sender.to_owned() } else { crate::wechat::signature(&[sender]) };
    Some(format!("{}:{}:{sender}:{id}", delivery.vendor, delivery.channel))
}

impl<E: Events> ReceiverBuilder<E> {
    /// Where ids are remembered: in memory unless told.
    #[must_use]
    pub fn seen(mut self, seen: impl SeenStore) -> Self {
        self.inner.seen = Box::new(seen);
        self
    }

    /// What answers the callbacks that ask for an answer of their own: an `Answering` of the client's module.
    #[must_use]
    pub fn answering(mut self, answerer: impl Answerer<E>) -> Self {
        self.inner.answerer = Some(Box::new(answerer));
        self
    }

    /// Messages about others than this shop or enterprise are refused as not verified.
    #[must_use]
    pub fn sender(mut self, sender: impl Into<String>) -> Self {
        self.inner.sender = Some(sender.into());
        self
    }

    /// The largest body that is taken, in bytes: a megabyte unless told.
    #[must_use]
    pub fn largest_body(mut self, bytes: usize) -> Self {
        self.inner.largest = bytes;
        self
    }

    /// The receiver.
    #[must_use]
    pub fn build(self) -> Receiver<E> {
        Receiver { inner: Arc::new(self.inner) }
    }
}

#[cfg(feature = "axum")]
impl<E> Receiver<E> {
    pub(crate) fn largest(&self) -> usize {
        self.inner.largest
    }
}

impl<E> Clone for Receiver<E> {
    fn clone(&self) -> Self {
        Receiver { inner: Arc::clone(&self.inner) }
    }
}

impl<E> fmt::Debug for Receiver<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("sender", &self.inner.sender).field("largest_body", &self.inner.largest).finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for ReceiverBuilder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiverBuilder").field("sender", &self.inner.sender).finish_non_exhaustive()
    }
}
