//! No key and no value but the token's own shows a secret.

use std::time::Duration;

use crate::{
    acme::{SECRET, loopback::Loopback, persons},
    server::Redis,
    worker::client,
};

#[tokio::test(flavor = "multi_thread")]
async fn redis_holds_no_secret_but_the_token() {
    let Some(redis) = Redis::start() else { return };
    let vendor = Loopback::start(Duration::from_secs(3600), Duration::ZERO).await;
    let client = client(&vendor.url, &redis.url(), Some((100, 1)));
    for _ in 0..3 {
        client.call(persons().with_phone("13800138000")).await.unwrap();
    }
    let mut kinds = Vec::new();
    for (key, value) in redis.dump() {
        let account = key.strip_prefix("scrm:token:").or_else(|| key.strip_prefix("scrm:quota:{")).unwrap_or_else(|| panic!("{key}"));
        assert!(account.starts_with("acme:app-1:"), "{key}");
        for canary in [SECRET, "13800138000", &vendor.url] {
            assert!(!key.contains(canary) && !value.contains(canary), "{canary} in {key}: {value}");
        }
        assert!(!key.contains("t0ken"), "{key}");
        assert_eq!(value.contains("t0ken"), key.starts_with("scrm:token:"), "{key}: {value}");
        kinds.push(key.rsplit(':').next().unwrap().to_owned());
    }
    kinds.sort();
    assert!(["access", "members", "slots", "state"].iter().all(|kind| kinds.iter().any(|known| known == kind)), "{kinds:?}");
}
