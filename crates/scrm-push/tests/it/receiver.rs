//! Verified, once each, and not answered before it is taken.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use acme_client::push::{DELIVERY, Event};
use scrm_push::{
    BoxError, Claim, KEEP, MemorySeen, Message, Outcome, Plain, Receiver, Refusal, Sealed, SeenStore, Sink, WechatSeal, async_trait, queue,
};
use tokio::sync::Notify;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

pub(crate) fn seal() -> WechatSeal {
    WechatSeal::new("token_made_up_01".to_owned(), KEY, "shop-1").unwrap()
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub(crate) fn user_add(id: &str) -> Sealed {
    let body = format!(
        "<doc><type>user_add</type><app_id>shop-1</app_id><message_id>{id}</message_id><retry_times>0</retry_times><data><user_id>u-{id}</user_id></data></doc>"
    );
    seal().seal(body.as_bytes(), now(), "nonce", [7; 16])
}

/// Counts how often each id is taken.
#[derive(Clone, Default)]
struct Counts {
    taken: Arc<Mutex<BTreeMap<String, usize>>>,
    broken: Arc<AtomicBool>,
    slow: Option<Duration>,
}

impl Counts {
    fn of(&self, id: &str) -> usize {
        self.taken.lock().unwrap().get(id).copied().unwrap_or(0)
    }
}

#[async_trait]
impl Sink<Event> for Counts {
    async fn take(&self, message: &Arc<Message<Event>>) -> Result<(), BoxError> {
        if let Some(slow) = self.slow {
            tokio::time::sleep(slow).await;
        }
        if self.broken.load(Ordering::SeqCst) {
            return Err("the table is locked".into());
        }
        *self.taken.lock().unwrap().entry(message.id.clone().unwrap()).or_default() += 1;
        Ok(())
    }
}

#[tokio::test]
async fn a_push_is_taken_once_and_its_repetitions_are_answered() {
    let counts = Counts::default();
    let receiver = Receiver::builder(seal(), counts.clone()).sender("shop-1").build();
    let sealed = user_add("1");
    let first = receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await;
    assert_eq!((first.reply.status, first.reply.body.as_slice()), (200, b"success".as_slice()));
    let message = first.message().unwrap();
    let Event::UserAdd(user) = &message.event else { panic!("{message:?}") };
    assert_eq!(
        (user.user_id.as_deref(), message.id.as_deref(), message.sender.as_deref(), message.attempt),
        (Some("u-1"), Some("1"), Some("shop-1"), Some(0))
    );
    for _ in 0..3 {
        let again = receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await;
        assert!(matches!(&again.outcome, Outcome::Repeated(message) if message.id.as_deref() == Some("1")));
        assert_eq!(again.reply.body, b"success");
    }
    assert_eq!(counts.of("1"), 1);
}

#[tokio::test]
async fn whatever_is_not_the_vendors_gets_the_same_answer_and_reaches_nobody() {
    let counts = Counts::default();
    let receiver = Receiver::builder(seal(), counts.clone()).sender("shop-1").build();
    let good = user_add("1");
    let foreign = seal().seal(b"<doc><type>user_add</type><app_id>shop-2</app_id><message_id>9</message_id></doc>", now(), "n", [1; 16]);
    let old = seal().seal(b"<doc><type>user_add</type><app_id>shop-1</app_id></doc>", now() - 49 * 3600, "n", [1; 16]);
    for (query, body) in [
        (good.query.replace("msg_signature=", "msg_signature=0"), good.body.clone()),
        (good.query.clone(), good.body.replacen("CDATA[", "CDATA[A", 1)),
        (String::new(), good.body.clone()),
        (foreign.query, foreign.body),
        (old.query, old.body),
    ] {
        let received = receiver.receive(&[], &query, body.as_bytes()).await;
        assert!(matches!(received.outcome, Outcome::Refused(Refusal::Unverified)), "{:?}", received.outcome);
        assert_eq!((received.reply.status, received.reply.body.as_slice()), (401, b"fail".as_slice()));
    }
    assert!(counts.taken.lock().unwrap().is_empty());
    let check = seal().seal_check("echo", now(), "n", [5; 16]);
    assert_eq!(receiver.receive(&[], &check, b"").await.reply.body, b"echo");
    let long = receiver.receive(&[], "", &vec![b'x'; 1024 * 1024 + 1]).await;
    assert!(matches!(long.outcome, Outcome::Refused(Refusal::TooLong)));
}

#[tokio::test]
async fn what_the_sink_does_not_take_is_refused_and_taken_at_the_next_attempt() {
    let counts = Counts::default();
    counts.broken.store(true, Ordering::SeqCst);
    let receiver = Receiver::builder(seal(), counts.clone()).build();
    let sealed = user_add("1");
    let refused = receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await;
    assert!(matches!(&refused.outcome, Outcome::Refused(Refusal::NotTaken(error)) if error.to_string() == "the table is locked"));
    assert_eq!(refused.reply.status, 503);
    counts.broken.store(false, Ordering::SeqCst);
    assert!(matches!(receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await.outcome, Outcome::Taken(_)));
    assert_eq!(counts.of("1"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_push_many_times_at_once_is_taken_once() {
    let counts = Counts { slow: Some(Duration::from_millis(20)), ..Counts::default() };
    let receiver = Receiver::builder(seal(), counts.clone()).build();
    let sealed = Arc::new(user_add("1"));
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (receiver, sealed) = (receiver.clone(), Arc::clone(&sealed));
            tokio::spawn(async move { receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await.outcome })
        })
        .collect();
    let mut taken = 0;
    for task in tasks {
        match task.await.unwrap() {
            Outcome::Taken(_) => taken += 1,
            Outcome::Repeated(_) | Outcome::Refused(Refusal::Busy) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((taken, counts.of("1")), (1, 1));
}

#[tokio::test]
async fn a_vendor_that_hangs_up_finds_it_done_next_time() {
    let counts = Counts { slow: Some(Duration::from_millis(50)), ..Counts::default() };
    let receiver = Receiver::builder(seal(), counts.clone()).build();
    let sealed = user_add("1");
    let hung_up = tokio::time::timeout(Duration::from_millis(1), receiver.receive(&[], &sealed.query, sealed.body.as_bytes())).await;
    assert!(hung_up.is_err());
    receiver.close().await;
    assert_eq!(counts.of("1"), 1);
}

#[tokio::test]
async fn a_full_queue_refuses_and_a_closed_receiver_gives_all_it_answered() {
    let (sink, mut out) = queue(2);
    let receiver = Receiver::<Event>::builder(seal(), sink).build();
    let mut answered = Vec::new();
    for id in ["1", "2", "3"] {
        let sealed = user_add(id);
        let received = receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await;
        answered.push(received.reply.status);
    }
    assert_eq!(answered, [200, 200, 503]);
    assert_eq!(out.next().await.unwrap().id.as_deref(), Some("1"));
    let sealed = user_add("3");
    assert_eq!(receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await.reply.status, 200);
    receiver.close().await;
    let sealed = user_add("4");
    let late = receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await;
    assert!(matches!(late.outcome, Outcome::Refused(Refusal::Closed)));
    let mut rest = Vec::new();
    while let Some(message) = out.next().await {
        rest.push(message.id.clone().unwrap());
    }
    assert_eq!(rest, ["2", "3"]);
}

#[tokio::test]
async fn a_signed_push_without_an_id_is_taken_once_too() {
    let (sink, mut out) = queue(10);
    let receiver = Receiver::<Event>::builder(seal(), sink).build();
    let body = "<doc><type>user_add</type><app_id>shop-1</app_id><data><user_id>u-1</user_id></data></doc>";
    let sealed = seal().seal(body.as_bytes(), now(), "nonce", [7; 16]);
    let first = receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await;
    let message = first.message().unwrap();
    assert_eq!((message.id.as_deref(), message.signature.as_ref().map(String::len)), (None, Some(40)));
    // written in another way, it is the same request still
    for query in [
        sealed.query.clone(),
        format!("a=b&{}&c=d", sealed.query),
        sealed
            .query
            .to_uppercase()
            .replace("MSG_SIGNATURE", "msg_signature")
            .replace("TIMESTAMP", "timestamp")
            .replace("NONCE=NONCE", "nonce=nonce"),
    ] {
        let again = receiver.receive(&[("x", "y")], &query, sealed.body.as_bytes()).await;
        assert!(matches!(again.outcome, Outcome::Repeated(_)), "{query}: {:?}", again.outcome);
        assert_eq!(again.reply.body, b"success");
    }
    // the same event sealed anew is another request
    let other = seal().seal(body.as_bytes(), now(), "other", [7; 16]);
    assert!(matches!(receiver.receive(&[], &other.query, other.body.as_bytes()).await.outcome, Outcome::Taken(_)));
    // where nothing is signed, nothing tells a repetition
    let (sink, _unsigned) = queue(10);
    let plain = Receiver::<Event>::builder(Plain, sink).build();
    for _ in 0..2 {
        let received = plain.receive(&[], "", body.as_bytes()).await;
        assert!(matches!(&received.outcome, Outcome::Taken(message) if message.signature.is_none()), "{:?}", received.outcome);
    }
    receiver.close().await;
    assert!(out.next().await.is_some() && out.next().await.is_some() && out.next().await.is_none());
}

/// Keys, and for how long they are kept.
type Kept = (Vec<String>, Duration);

/// What the receiver asks of a store.
#[derive(Clone, Default)]
struct Watched {
    seen: Arc<MemorySeen>,
    claims: Arc<Mutex<Vec<String>>>,
    kept: Arc<Mutex<Vec<Kept>>>,
    claimed: Arc<Notify>,
}

#[async_trait]
impl SeenStore for Watched {
    async fn claim(&self, keys: &[String], owner: &str) -> Result<Claim, BoxError> {
        self.claims.lock().unwrap().push(owner.to_owned());
        self.claimed.notify_one();
        self.seen.claim(keys, owner).await
    }
    async fn done(&self, keys: &[String], owner: &str, keep: Duration, answer: Option<&[u8]>) -> Result<(), BoxError> {
        self.kept.lock().unwrap().push((keys.to_vec(), keep));
        self.seen.done(keys, owner, keep, answer).await
    }
    async fn release(&self, keys: &[String], owner: &str) -> Result<(), BoxError> {
        self.seen.release(keys, owner).await
    }
    fn lease(&self) -> Duration {
        Duration::from_millis(30)
    }
}

/// Takes a message only after its claim was renewed three times.
struct Slow(Watched);

#[async_trait]
impl Sink<Event> for Slow {
    async fn take(&self, _: &Arc<Message<Event>>) -> Result<(), BoxError> {
        while self.0.claims.lock().unwrap().len() < 4 {
            self.0.claimed.notified().await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_claim_is_renewed_for_as_long_as_the_sink_works() {
    let watched = Watched::default();
    let receiver = Receiver::<Event>::builder(seal(), Slow(watched.clone())).seen(watched.clone()).build();
    let sealed = user_add("1");
    assert!(matches!(receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await.outcome, Outcome::Taken(_)));
    let claims = watched.claims.lock().unwrap().clone();
    assert!(claims.len() >= 4 && claims.iter().all(|owner| *owner == claims[0]), "{claims:?}");
    // and no longer than that
    receiver.close().await;
    let after = watched.claims.lock().unwrap().len();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(watched.claims.lock().unwrap().len(), after);
}

#[tokio::test]
async fn ids_and_signatures_are_remembered_for_as_long_as_a_request_is_accepted() {
    let repeats: u64 = DELIVERY.repeats.iter().map(|seconds| u64::from(*seconds)).sum();
    for (window, least) in
        [(60, KEEP), (100 * 3600, Duration::from_secs(100 * 3600 + 600 + repeats)), (u64::MAX, Duration::from_secs(30 * 24 * 3600))]
    {
        let watched = Watched::default();
        let seal = seal().window(Duration::from_secs(window));
        let receiver = Receiver::<Event>::builder(seal, Counts::default()).seen(watched.clone()).build();
        let sealed = user_add("1");
        receiver.receive(&[], &sealed.query, sealed.body.as_bytes()).await;
        // a repetition that is signed anew is remembered, too, and the id for longer
        let body = "<doc><type>user_add</type><app_id>shop-1</app_id><message_id>1</message_id><retry_times>1</retry_times></doc>";
        let again = self::seal().seal(body.as_bytes(), now() - 30, "later", [8; 16]);
        assert!(matches!(receiver.receive(&[], &again.query, again.body.as_bytes()).await.outcome, Outcome::Repeated(_)));
        let kept = watched.kept.lock().unwrap().clone();
        let [(first, one), (second, other)] = kept.as_slice() else { panic!("{kept:?}") };
        assert!(*one >= least && one == other, "{one:?}");
        assert!(first.len() == 2 && second.len() == 2 && first[0] == second[0] && first[1] != second[1], "{kept:?}");
    }
}

#[test]
fn the_delivery_is_declared() {
    assert_eq!((DELIVERY.vendor, DELIVERY.channel, DELIVERY.seconds, DELIVERY.repeats), ("acme", "push", 5, [2, 4].as_slice()));
}
