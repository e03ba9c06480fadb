//! Signatures, as a client makes them and as the box checks them.

use std::{collections::BTreeMap, time::Duration};

use scrm_schema::model::{ClockUnit, Signature, SignedFilling};
use serde_json::{Map, Value, json};
use sha1::{Digest as _, Sha1};

use crate::support::{Box, builder};

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a signature adds to these fields.
pub(crate) fn signed(
    signature: &Signature,
    credentials: &BTreeMap<String, String>,
    fields: &Map<String, Value>,
    now: i64,
) -> Vec<(String, String)> {
    let filled = signature.parameters.iter().map(|(name, filling)| {
        let value = match filling {
            SignedFilling::Credential(credential) => credentials[credential].clone(),
            SignedFilling::Nonce(length) => "a1B2c3D4".chars().cycle().take((*length).into()).collect(),
            SignedFilling::Clock(ClockUnit::Milliseconds) => now.to_string(),
            SignedFilling::Clock(ClockUnit::Seconds) => (now / 1000).to_string(),
        };
        (name.clone(), value)
    });
    let mut own: Vec<(String, String)> = filled.collect();
    let mut all: BTreeMap<String, String> = fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
    all.extend(own.iter().cloned());
    all.insert(signature.secret.name.clone(), credentials[&signature.secret.credential].clone());
    let text: Vec<String> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let digest: String = Sha1::digest(text.join("&")).iter().map(|byte| format!("{byte:02x}")).collect();
    own.push((signature.signature.clone(), digest));
    own
}

struct Signer {
    a: Box,
    signature: Signature,
}

impl Signer {
    async fn new(builder: scrm_mock::Builder) -> Self {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../acme-client/schemas");
        let tree = scrm_schema::load(&folder).unwrap();
        let signature = tree.vendors[0].file.signature("signed").unwrap().clone();
        Signer { a: Box::start(builder).await, signature }
    }

    /// The body of a call that a shop signed.
    fn body(&self, shop: usize) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("member_ids".into(), json!(["m1", "m2"]));
        body.insert("into".into(), json!({ "ratio": 0.5, "name": "王小明", "keep_tags": true }));
        body.insert("remark".into(), json!("一 人&x=1"));
        let now = self.a.mock.clock().wall_millis();
        let own = signed(&self.signature, &self.a.mock.shop_credentials("acme", shop), &body, now);
        body.extend(own.into_iter().map(|(name, value)| (name, json!(value))));
        body
    }

    async fn code(&self, body: &Map<String, Value>) -> i64 {
        let answer = self.a.http.post(self.a.url("/member/merge")).json(body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["code"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn a_call_is_taken_as_it_was_signed_and_no_other_way() {
    let s = Signer::new(builder().shops(2)).await;
    assert_eq!(s.code(&s.body(0)).await, 0);
    assert_eq!(s.code(&s.body(1)).await, 0);
    assert_eq!(s.a.mock.requests().last().unwrap().shop, Some(1));
    let changed = |name: &str, value: Value| {
        let mut body = s.body(0);
        body.insert(name.to_owned(), value);
        body
    };
    let other = json!(s.a.mock.shop_credentials("acme", 1)["app_id"]);
    for (name, value) in [
        ("remark", json!("一 人&x=2")),
        ("into", json!({ "ratio": 0.5, "name": "王大明", "keep_tags": true })),
        ("timestamp", json!((s.a.mock.clock().wall_millis() + 5_000).to_string())),
        ("nonce", json!("B1B2c3")),
        ("nonce", json!("short")),
        ("app_id", other),
        ("signature", json!("da39a3ee5e6b4b0d3255bfef95601890afd80709")),
        ("more", json!(1)),
    ] {
        assert_eq!(s.code(&changed(name, value)).await, 22, "{name}");
    }
    for name in s.signature.sent() {
        let mut body = s.body(0);
        body.remove(name);
        assert_eq!(s.code(&body).await, 21, "{name}");
    }
    let shown = serde_json::to_string(&s.a.mock.requests()).unwrap();
    let secret = &s.a.mock.credentials("acme")["app_secret"];
    let signature = s.body(0)["signature"].as_str().unwrap().to_owned();
    assert!(!shown.contains(secret.as_str()) && !shown.contains(&signature), "{shown}");
}

#[tokio::test]
async fn an_old_signature_is_refused_where_its_age_is_documented() {
    let s = Signer::new(builder()).await;
    let body = s.body(0);
    s.a.mock.clock().advance(Duration::from_secs(290));
    assert_eq!(s.code(&body).await, 0);
    s.a.mock.clock().advance(Duration::from_secs(20));
    assert_eq!(s.code(&body).await, 23);
    let ahead = s.body(0);
    s.a.mock.clock().step(-400);
    assert_eq!(s.code(&ahead).await, 23);
}

#[tokio::test]
async fn a_token_by_hand_stands_for_a_signature() {
    let s = Signer::new(builder().accept_token("by-hand")).await;
    let mut body = s.body(0);
    body.insert("signature".into(), json!("by-hand"));
    body.insert("timestamp".into(), json!("1"));
    assert_eq!(s.code(&body).await, 0);
}
