//! What the box sends on its own, against the real receiver.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use acme_client::{callback, push};
use scrm_mock::{PushError, PushState, Subscription};
use scrm_push::{BoxError, Events, Message, ParameterSeal, Receiver, Sink, WechatSeal, async_trait, queue};
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{Box as Boxed, builder};

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const TOKEN: &str = "token_made_up_01";

async fn serve<E: Events>(receiver: &Receiver<E>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = receiver.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Takes nothing the first two times.
#[derive(Clone, Default)]
struct Reluctant {
    refused: Arc<AtomicUsize>,
    taken: Arc<Mutex<BTreeMap<String, usize>>>,
}

#[async_trait]
impl Sink<push::Event> for Reluctant {
    async fn take(&self, message: &Arc<Message<push::Event>>) -> Result<(), BoxError> {
        if self.refused.fetch_add(1, Ordering::SeqCst) < 2 {
            return Err("not now".into());
        }
        *self.taken.lock().unwrap().entry(message.id.clone().unwrap()).or_default() += 1;
        Ok(())
    }
}

#[tokio::test]
async fn a_call_that_succeeds_pushes_what_follows_from_it() {
    let a = Boxed::new().await;
    let (sink, mut out) = queue(10);
    let seal = WechatSeal::new(TOKEN.to_owned(), KEY, a.mock.credentials("acme")["app_id"].clone()).unwrap();
    let receiver = Receiver::<push::Event>::builder(seal, sink).build();
    let url = format!("http://{}/", serve(&receiver).await);
    a.mock.subscribe(Subscription::new("acme", url).sealed(TOKEN, KEY)).unwrap();
    let call = a.http.post(a.url("/user/add")).header("x-acme-token", &a.token).json(&json!({ "phone": "13800138777" }));
    assert_eq!(call.send().await.unwrap().status(), 200);
    let message = out.next().await.unwrap();
    let push::Event::UserAdd(user) = &message.event else { panic!("{message:?}") };
    assert_eq!(user.phone.as_deref(), Some("13800138777"));
    assert!(message.bad_fields.is_empty() && message.id.is_some(), "{message:?}");
    assert_eq!(message.sender.as_deref(), Some(a.mock.credentials("acme")["app_id"].as_str()));
    assert!(a.mock.pushes_settled(Duration::from_secs(10)).await);
    assert_eq!(a.mock.pushes()[0].state, PushState::Taken);
}

#[tokio::test]
async fn what_is_not_taken_comes_again_by_the_documented_clock_and_is_dropped_in_the_end() {
    let mock = builder().customers(5).start().await.unwrap();
    let sink = Reluctant::default();
    let seal = || WechatSeal::new(TOKEN.to_owned(), KEY, "x").unwrap().any_id();
    let receiver = Receiver::builder(seal(), sink.clone()).build();
    let url = format!("http://{}/", serve(&receiver).await);
    mock.subscribe(Subscription::new("acme", url).sealed(TOKEN, KEY).speed(100.0)).unwrap();
    let id = mock.push("acme/stream_change", json!({ "stream": "s-9" })).unwrap();
    assert!(mock.pushes_settled(Duration::from_secs(20)).await);
    let record = mock.pushes().remove(0);
    assert_eq!(
        (record.message_id.as_str(), record.attempts.as_slice(), record.reply.as_str()),
        (id.as_str(), [503, 503, 200].as_slice(), "success")
    );
    assert_eq!(sink.taken.lock().unwrap().get(&id), Some(&1));
    receiver.close().await;
    mock.push("door_open", json!({})).unwrap();
    assert!(mock.pushes_settled(Duration::from_secs(20)).await);
    let dropped = mock.pushes().remove(1);
    assert_eq!((dropped.state, dropped.attempts), (PushState::Dropped, vec![503, 503, 503]));
}

#[tokio::test]
async fn doubled_damaged_foreign_and_shuffled_ones_are_taken_once_each() {
    let mock = builder().customers(5).start().await.unwrap();
    let sink = Reluctant::default();
    sink.refused.store(2, Ordering::SeqCst);
    let seal = WechatSeal::new(TOKEN.to_owned(), KEY, "x").unwrap().any_id();
    let receiver = Receiver::builder(seal, sink.clone()).build();
    let url = format!("http://{}/", serve(&receiver).await);
    mock.subscribe(Subscription::new("acme", url).sealed(TOKEN, KEY).speed(100.0).nasty(0.5)).unwrap();
    let ids: Vec<String> = (0..60).map(|_| mock.push("acme/door_open", json!({})).unwrap()).collect();
    assert!(mock.pushes_settled(Duration::from_secs(60)).await);
    let taken = sink.taken.lock().unwrap();
    assert_eq!(taken.len(), ids.len());
    assert!(ids.iter().all(|id| taken.get(id) == Some(&1)), "{taken:?}");
}

#[tokio::test]
async fn callbacks_are_json_signed_and_answered() {
    let mock = builder().customers(5).start().await.unwrap();
    let (sink, mut out) = queue(10);
    let receiver = Receiver::<callback::Event>::builder(ParameterSeal::new(TOKEN.to_owned()), sink).build();
    let url = format!("http://{}/", serve(&receiver).await);
    mock.subscribe(Subscription::new("acme", url).sealed(TOKEN, "")).unwrap();
    let id = mock.push("acme/prize_won", json!({ "kind": "big" })).unwrap();
    let message = out.next().await.unwrap();
    assert_eq!((message.kind.as_str(), message.id.as_deref()), ("prize_won", Some(id.as_str())));
}

#[tokio::test]
async fn what_cannot_be_pushed_says_why() {
    let mock = builder().customers(5).start().await.unwrap();
    let here = Subscription::new("acme", "http://127.0.0.1:1/");
    assert_eq!(mock.push("acme/door_open", json!({})), Err(PushError::NotSubscribed("acme".into())));
    assert_eq!(mock.push("acme/nothing", json!({})), Err(PushError::UnknownPush("acme/nothing".into())));
    for far in ["https://127.0.0.1/", "http://example.com/", "http://127.0.0.1.example.com/", "ftp://x", ""] {
        assert_eq!(mock.subscribe(Subscription::new("acme", far)), Err(PushError::NotHere(far.into())));
    }
    assert_eq!(mock.subscribe(Subscription::new("apex", "http://127.0.0.1:1/")), Err(PushError::UnknownVendor("apex".into())));
    assert_eq!(mock.subscribe(here.clone().sealed(TOKEN, "short")), Err(PushError::InvalidKey));
    assert!(!format!("{:?}", here.sealed(TOKEN, KEY)).contains(TOKEN));
}
