//! Receives: verified, decoded, claimed, handed over, answered; in this order.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use scrm_core::{BoxError, sign::sha1_hex};
use tokio::{sync::RwLock, task::JoinHandle};

use crate::{
    declare::{Answerer, Delivery, Events, PushSpec},
    incoming::{Incoming, Reply},
    message::Message,
    read::read,
    seal::{Opened, Seal},
    seen::{Claim, KEEP, MemorySeen, SeenStore},
    sink::Sink,
};

/// Bytes of a body, unless told.
const LARGEST: usize = 1024 * 1024;
/// Bytes of an answer that is remembered, for a repetition of what asked for it.
const LARGEST_ANSWER: usize = 1024;

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
    /// It was taken or answered before; answered as then.
    Repeated(Arc<Message<E>>),
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
    /// The body did not come to its end in time.
    TooSlow,
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
    /// It asked for an answer of its own before, with the same signature, and got one that was too long to be remembered: it is not asked again.
    AnsweredBefore,
    /// So many requests are under way that no more are read.
    TooMany,
    /// The receiver is closed.
    Closed,
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Refusal::Unverified => 401,
            Refusal::TooLong => 413,
            Refusal::TooSlow => 408,
            Refusal::Unreadable(_) => 400,
            Refusal::AnsweredBefore => 409,
            Refusal::NotAnswered(_) => 500,
            Refusal::Busy | Refusal::NotTaken(_) | Refusal::NoStore(_) | Refusal::TooMany | Refusal::Closed => 503,
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
            Refusal::TooSlow => f.write_str("the body did not come to its end in time"),
            Refusal::Unreadable(reason) => write!(f, "the body cannot be read: it {reason}"),
            Refusal::Busy => f.write_str("another receiver is just handing it over"),
            Refusal::NotTaken(error) => write!(f, "the sink did not take it: {error}"),
            Refusal::NoStore(error) => write!(f, "the store of ids cannot be asked: {error}"),
            Refusal::NotAnswered(error) => write!(f, "it asks for an answer of its own, and there is none: {error}"),
            Refusal::AnsweredBefore => f.write_str("it asked for an answer of its own before, and is not asked again"),
            Refusal::TooMany => f.write_str("too many requests are under way"),
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
/// * A message with an id or a signature is given once: both are remembered as long as a request that has them can be accepted, and two days at least, in memory or in a store
///   of your own. While one receiver hands it over, however long that takes, others that get it too refuse it for now. Without either, a repetition cannot be told from
///   something new.
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
    observer: Option<Observer<E>>,
    sender: Option<String>,
    largest: usize,
    /// How long a message is remembered.
    keep: Duration,
    closed: AtomicBool,
    /// Held for reading while a message is handed over.
    open: Arc<RwLock<()>>,
    owner: String,
}

type Observer<E> = Box<dyn Fn(&Outcome<E>) + Send + Sync>;

/// Settings of a receiver.
pub struct ReceiverBuilder<E> {
    inner: Inner<E>,
}

impl<E: Events> Receiver<E> {
    /// With what verifies requests, and where messages go.
    pub fn builder(seal: impl Seal, sink: impl Sink<E>) -> ReceiverBuilder<E> {
        let owner = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        // A repetition that is signed anew is as good for as long, and may be the last.
        let repeated = E::DELIVERY.repeats.iter().map(|seconds| u64::from(*seconds)).sum();
        let keep = seal.accepted_for().saturating_add(Duration::from_secs(repeated)).max(KEEP);
        ReceiverBuilder {
            inner: Inner {
                seal: Box::new(seal),
                seen: Box::new(MemorySeen::default()),
                sink: Box::new(sink),
                answerer: None,
                observer: None,
                sender: None,
                largest: LARGEST,
                keep,
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
            Ok(Verified::Check(echo)) => self.observed(Received { outcome: Outcome::Checked, reply: Reply::text(echo) }),
            Ok(Verified::Message(message)) => self.hand_over(message).await,
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Refuses what cannot be received at all.
    pub(crate) fn refuse(&self, refusal: Refusal) -> Received<E> {
        self.observed(refused(E::DELIVERY, refusal))
    }

    fn observed(&self, received: Received<E>) -> Received<E> {
        self.inner.observed(received)
    }

    /// Verifies and decodes a request without handing anything over. `now`: Unix time in seconds.
    ///
    /// # Errors
    /// [`Refusal::Unverified`], [`Refusal::TooLong`] or [`Refusal::Unreadable`].
    pub fn open(&self, incoming: &Incoming<'_>, now: u64) -> Result<Verified<E>, Refusal> {
        if incoming.body.len() > self.inner.largest {
            return Err(Refusal::TooLong);
        }
        let (body, signature) = match self.inner.seal.open(incoming, now).map_err(|_| Refusal::Unverified)? {
            Opened::Check(echo) => return Ok(Verified::Check(echo)),
            Opened::Body { body, signature } => (body, signature),
        };
        // Nobody signs the address: what it says of the kind counts only where nothing else is signed either.
        let kind = incoming.kind.filter(|_| signature.is_none());
        let mut message = read::<E>(&body, kind).map_err(Refusal::Unreadable)?;
        message.signature = signature;
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
            return self.refuse(Refusal::Closed);
        }
        let inner = Arc::clone(&self.inner);
        // It outlives a caller that gives up: what a sink began it should end.
        let task = tokio::spawn(async move {
            let received = inner.observed(inner.give(Arc::new(message)).await);
            drop(guard);
            received
        });
        task.await.unwrap_or_else(|error| self.refuse(Refusal::NotTaken(error.into())))
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
    fn observed(&self, received: Received<E>) -> Received<E> {
        if let Some(observer) = &self.observer {
            observer(&received.outcome);
        }
        received
    }

    async fn give(self: &Arc<Self>, message: Arc<Message<E>>) -> Received<E> {
        let asks = E::PUSHES.iter().any(|push: &PushSpec| push.answers && push.name == message.kind);
        let keys = keys(&message);
        // A claim of its own: two requests with one id in one process are two, too.
        let owner = format!("{}{:016x}", self.owner, fastrand::u64(..));
        if !keys.is_empty() {
            match self.seen.claim(&keys, &owner).await {
                Ok(Claim::Yours) => {}
                Ok(Claim::Busy) => return refused(E::DELIVERY, Refusal::Busy),
                Ok(Claim::Done(answer)) => return self.again(message, &keys, &owner, asks, answer).await,
                Err(error) => return refused(E::DELIVERY, Refusal::NoStore(error)),
            }
        }
        let renewal = (!keys.is_empty()).then(|| self.renew(&keys, &owner));
        let handed = if asks { self.answer(&message).await.map(Some) } else { self.sink.take(&message).await.map(|()| None) };
        drop(renewal);
        // What was taken is taken, whatever the store says: at the worst a repetition is given once more.
        match handed {
            Ok(answer) => {
                let short = answer.as_deref().filter(|answer| answer.len() <= LARGEST_ANSWER);
                if !keys.is_empty() {
                    self.seen.done(&keys, &owner, self.keep, short).await.ok();
                }
                match answer {
                    Some(body) => Received { outcome: Outcome::Answered(message), reply: Reply::json(body) },
                    None => Received { outcome: Outcome::Taken(message), reply: Reply::success(E::DELIVERY) },
                }
            }
            Err(error) => {
                if !keys.is_empty() {
                    self.seen.release(&keys, &owner).await.ok();
                }
                refused(E::DELIVERY, if asks { Refusal::NotAnswered(error) } else { Refusal::NotTaken(error) })
            }
        }
    }

    /// What was taken or answered before.
    async fn again(&self, message: Arc<Message<E>>, keys: &[String], owner: &str, asks: bool, answer: Option<Vec<u8>>) -> Received<E> {
        let reply = match (asks, answer) {
            (true, None) => return refused(E::DELIVERY, Refusal::AnsweredBefore),
            (true, Some(answer)) => Reply::json(answer),
            (false, _) => {
                // The same message may have come with another signature, and later than the first.
                self.seen.done(keys, owner, self.keep, None).await.ok();
                Reply::success(E::DELIVERY)
            }
        };
        Received { outcome: Outcome::Repeated(message), reply }
    }

    /// Keeps a claim for as long as the result lives.
    fn renew(self: &Arc<Self>, keys: &[String], owner: &str) -> Renewal {
        let (inner, keys, owner) = (Arc::clone(self), keys.to_vec(), owner.to_owned());
        let pause = (self.seen.lease() / 3).max(Duration::from_millis(1));
        Renewal(tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                // Where the store is away, the next time may be in time.
                inner.seen.claim(&keys, &owner).await.ok();
            }
        }))
    }

    async fn answer(&self, message: &Message<E>) -> Result<Vec<u8>, BoxError> {
        match self.answerer.as_ref().and_then(|answerer| answerer.answer(&message.event)) {
            Some(answer) => answer.await,
            None => Err("the receiver was built without `answering`, or the callback cannot be understood".into()),
        }
    }
}

/// Ends with what it is about.
struct Renewal(JoinHandle<()>);

impl Drop for Renewal {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Under which a message is remembered; none: it has neither id nor signature.
fn keys<E: Events>(message: &Message<E>) -> Vec<String> {
    let delivery = E::DELIVERY;
    // Ids as they are documented stand as they are; a longer one could fill a store's memory, and a colon make two keys one.
    let bounded = |text: &str| if text.len() <= 128 && !text.contains(':') { text.to_owned() } else { sha1_hex(text.as_bytes()) };
    let sender = message.sender.as_deref().map(bounded).unwrap_or_default();
    let id = message.id.as_deref().map(|id| format!("{}:{}:{sender}:{}", delivery.vendor, delivery.channel, bounded(id)));
    let signature =
        message.signature.as_deref().map(|signature| format!("{}:{}:signed::{}", delivery.vendor, delivery.channel, bounded(signature)));
    id.into_iter().chain(signature).collect()
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

    /// Is told what came of each request, right before the answer: to count, and to log refusals, which the vendor only hears as such. Not called again for a vendor that
    /// hung up, and not to be slow.
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Outcome<E>) + Send + Sync + 'static) -> Self {
        self.inner.observer = Some(Box::new(observer));
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
