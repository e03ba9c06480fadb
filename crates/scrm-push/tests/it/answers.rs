//! Callbacks that ask for an answer of their own.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use acme_client::callback::{Answering, Answers, Event, StockAsk, StockAskAnswer, StockPage, StockRow};
use scrm_core::Yuan;
use scrm_push::{BoxError, Incoming, Outcome, ParameterSeal, Plain, Receiver, Refusal, queue};
use serde_json::{Value, json};

struct Shop;

impl Answers for Shop {
    async fn stock_ask(&self, asked: &StockAsk) -> Result<StockAskAnswer, BoxError> {
        if asked.sku.as_deref() != Some("k-1") {
            return Err("no such goods".into());
        }
        let row = StockRow::new("深圳").with_price(Yuan::parse("9.5").unwrap());
        Ok(StockAskAnswer::new("200").with_data(StockPage::new().with_left(3).with_rows([row])))
    }
}

#[tokio::test]
async fn they_are_answered_as_typed_and_a_failure_as_documented() {
    let receiver = Receiver::<Event>::builder(Plain, queue(1).0).answering(Answering(Shop)).build();
    let ask = |sku: &str| json!({ "sku": sku, "page": 1 }).to_string();
    let answered = receiver.receive(&[], "", ask("k-1").as_bytes()).await;
    assert!(matches!(answered.outcome, Outcome::Answered(_)));
    let body: Value = serde_json::from_slice(&answered.reply.body).unwrap();
    assert_eq!(body, json!({ "code": "200", "data": { "left": 3, "rows": [{ "place": "深圳", "price": 9.5 }] } }));
    let failed = receiver.receive(&[], "", ask("k-2").as_bytes()).await;
    assert!(matches!(&failed.outcome, Outcome::Refused(Refusal::NotAnswered(error)) if error.to_string() == "no such goods"));
    assert_eq!((failed.reply.status, failed.reply.body), (500, br#"{"code":"500","msg":"failed"}"#.to_vec()));
    let nobody = Receiver::<Event>::builder(Plain, queue(1).0).build();
    assert!(matches!(nobody.receive(&[], "", ask("k-1").as_bytes()).await.outcome, Outcome::Refused(Refusal::NotAnswered(_))));
}

#[tokio::test]
async fn a_notice_is_known_by_its_keys_or_by_its_address() {
    let (sink, mut out) = queue(5);
    let receiver = Receiver::<Event>::builder(Plain, sink).build();
    let taken = receiver.receive(&[], "", br#"{"notice": "n-1", "prize": "p-1", "kind": "big"}"#).await;
    assert_eq!((taken.reply.status, taken.reply.body.as_slice()), (200, br#"{"code":"200","msg":"ok"}"#.as_slice()));
    let again = receiver.receive(&[], "", br#"{"notice": "n-1", "prize": "p-1", "kind": "big"}"#).await;
    assert!(matches!(again.outcome, Outcome::Repeated(_)));
    let small = br#"{"notice": "n-2", "prize": "p-1", "kind": "small"}"#;
    let unknown = receiver.receive(&[], "", small).await;
    assert!(matches!(&unknown.message().unwrap().event, Event::Unknown(_)));
    let known = receiver.receive_incoming(&Incoming::new(&[], "", small).of_kind("prize_won")).await;
    assert_eq!(known.message().unwrap().kind, "prize_won");
    for expected in [Some("n-1"), None, Some("n-2")] {
        assert_eq!(out.next().await.unwrap().id.as_deref(), expected);
    }
}

#[tokio::test]
async fn signed_parameters_are_verified() {
    let seal = ParameterSeal::new("s3cret".to_owned());
    let (sink, _out) = queue(5);
    let receiver = Receiver::<Event>::builder(seal.clone(), sink).build();
    let Value::Object(mut body) = json!({ "notice": "n-1", "prize": "p-1", "kind": "big", "timestamp": crate::receiver::now() * 1000 })
    else {
        panic!()
    };
    let signature = seal.sign(&body);
    body.insert("signature".into(), json!(signature));
    let sent = |body: &serde_json::Map<String, Value>| serde_json::to_vec(body).unwrap();
    assert!(matches!(receiver.receive(&[], "", &sent(&body)).await.outcome, Outcome::Taken(_)));
    body.insert("prize".into(), json!("p-2"));
    assert!(matches!(receiver.receive(&[], "", &sent(&body)).await.outcome, Outcome::Refused(Refusal::Unverified)));
}

/// A body of these members, signed now.
fn signed(members: Value) -> Vec<u8> {
    let Value::Object(mut body) = members else { panic!() };
    body.insert("timestamp".into(), json!(crate::receiver::now() * 1000));
    let signature = ParameterSeal::new("s3cret".to_owned()).sign(&body);
    body.insert("signature".into(), json!(signature));
    serde_json::to_vec(&body).unwrap()
}

#[tokio::test]
async fn of_what_is_signed_only_that_tells_the_kind() {
    let receiver = Receiver::<Event>::builder(ParameterSeal::new("s3cret".to_owned()), queue(5).0).build();
    let body = signed(json!({ "notice": "n-1", "other": "x" }));
    let there = receiver.receive_incoming(&Incoming::new(&[], "", &body).of_kind("prize_won")).await;
    assert!(matches!(there.outcome, Outcome::Refused(Refusal::NotTaken(_))));
    let (sink, mut out) = queue(5);
    let receiver = Receiver::<Event>::builder(ParameterSeal::new("s3cret".to_owned()), sink).build();
    receiver.receive_incoming(&Incoming::new(&[], "", &body).of_kind("prize_won")).await;
    assert!(matches!(out.next().await.unwrap().event, Event::Unknown(_)));
    // whoever adds what makes it another kind changes what is signed
    let steered = String::from_utf8(body).unwrap().replacen('{', r#"{"prize":null,"kind":"big","#, 1);
    assert!(matches!(receiver.receive(&[], "", steered.as_bytes()).await.outcome, Outcome::Refused(Refusal::Unverified)));
}

/// Counts how often it is asked, and answers so long a text.
struct Counting(Arc<AtomicUsize>);

impl Answers for Counting {
    async fn stock_ask(&self, asked: &StockAsk) -> Result<StockAskAnswer, BoxError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        match asked.page {
            Some(0) => Err("no such page".into()),
            Some(page) => {
                let rows = (0..page * 100).map(|_| StockRow::new("深圳"));
                Ok(StockAskAnswer::new("200").with_data(StockPage::new().with_left(3).with_rows(rows)))
            }
            None => Ok(StockAskAnswer::new("200")),
        }
    }
}

#[tokio::test]
async fn what_was_asked_with_a_signature_is_asked_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let seal = ParameterSeal::new("s3cret".to_owned());
    let receiver = Receiver::<Event>::builder(seal, queue(1).0).answering(Answering(Counting(Arc::clone(&asked)))).build();
    let short = signed(json!({ "sku": "k-1" , "page": null }));
    let first = receiver.receive(&[], "", &short).await;
    assert!(matches!(first.outcome, Outcome::Answered(_)), "{:?}", first.outcome);
    let again = receiver.receive(&[], "", &short).await;
    assert!(matches!(again.outcome, Outcome::Repeated(_)), "{:?}", again.outcome);
    assert_eq!((again.reply, asked.load(Ordering::SeqCst)), (first.reply, 1));
    // an answer that is too long to be remembered
    let long = signed(json!({ "sku": "k-1", "page": 1 }));
    assert!(matches!(receiver.receive(&[], "", &long).await.outcome, Outcome::Answered(_)));
    let again = receiver.receive(&[], "", &long).await;
    assert!(matches!(again.outcome, Outcome::Refused(Refusal::AnsweredBefore)), "{:?}", again.outcome);
    assert_eq!((again.reply.status, asked.load(Ordering::SeqCst)), (409, 2));
    // what failed may be asked again
    let failing = signed(json!({ "sku": "k-1", "page": 0 }));
    for count in [3, 4] {
        assert!(matches!(receiver.receive(&[], "", &failing).await.outcome, Outcome::Refused(Refusal::NotAnswered(_))));
        assert_eq!(asked.load(Ordering::SeqCst), count);
    }
}
