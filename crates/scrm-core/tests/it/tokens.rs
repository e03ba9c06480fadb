//! Tokens as the pipeline uses them.

use std::sync::Arc;

use scrm_core::{
    ErrorKind, Sent, async_trait,
    spec::QuotaSpec,
    token::{BoxError, Token, TokenSource},
};

use crate::acme::{Act, Client, Script, UserList, builder, client, seconds};

fn tokens(script: &Script) -> Vec<String> {
    script.bodies().iter().map(|body| body["access_token"].as_str().unwrap_or("none").to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn one_token_serves_many_calls() {
    let (client, script) = client(vec![Act::ok("{}"); 50]);
    let calls = (0..50).map(|_| client.0.call(UserList::new()).send());
    for outcome in futures_util::future::join_all(calls).await {
        outcome.unwrap();
    }
    assert_eq!(script.tokens(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_refreshed_once() {
    let (client, script) = client([Act::code(4001), Act::ok("{}")]);
    let response = client.0.call(UserList::new()).retries(0).await.unwrap();
    assert_eq!(response.meta.attempts, 2);
    assert_eq!(tokens(&script), ["t0ken-of-acme-1", "t0ken-of-acme-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_rejected_for_good_ends_the_call() {
    let (client, script) = client([Act::code(4001), Act::code(4001)]);
    let error = client.0.call(UserList::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.vendor_code()), (ErrorKind::Token, 2, Some("4001")));
    assert!(error.to_string().contains("the vendor rejects a fresh token: code 4001"), "{error}");
    assert_eq!((script.tokens(), script.seen().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn an_explicit_token_is_used_and_never_refreshed() {
    let script = Script::new([Act::code(4001)]);
    let client: Client = builder(&script).token("mine").build().unwrap();
    let error = client.0.call(UserList::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 1));
    assert_eq!((tokens(&script), script.tokens()), (vec!["mine".to_owned()], 0));
}

struct Central(&'static str);

#[async_trait]
impl TokenSource for Central {
    async fn token(&self) -> Result<Token, BoxError> {
        if self.0.is_empty() { Err("central service away, call 13800138000".into()) } else { Ok(Token::new(self.0)) }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_source_is_asked_instead_of_the_vendor() {
    let script = Script::new([Act::ok("{}")]);
    let client: Client = builder(&script).token_source(Arc::new(Central("central"))).build().unwrap();
    client.0.call(UserList::new()).await.unwrap();
    assert_eq!((tokens(&script), script.tokens()), (vec!["central".to_owned()], 0));

    let away: Client = builder(&script).token_source(Arc::new(Central(""))).build().unwrap();
    let error = away.0.call(UserList::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Token, Sent::No));
    assert!(error.to_string().contains("central service away, call ***"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_request_tells_why() {
    let (client, script) = client([]);
    script.token_acts.lock().unwrap().push_back(Act::says(3001, "wrong secret"));
    let error = client.0.call(UserList::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.attempts(), error.operation()), (ErrorKind::Token, Sent::No, 0, Some("user_list")));
    assert!(error.to_string().contains("no token from token_get: code 3001 含义 (no permission)"), "{error}");
    // What a token operation answers is not shown: there may be a token in it.
    assert_eq!(error.raw_body(), None);
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_token_shows_nothing_of_itself() {
    let (client, script) = client([]);
    script.token_acts.lock().unwrap().push_back(Act::ok(r#"{"access_tokem":"t0ken-misspelt"}"#));
    let error = client.0.call(UserList::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    assert!(error.to_string().contains("the answer holds no token at /data/access_token"), "{error}");
    assert!(!format!("{error:?}").contains("misspelt"));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_token_gives_its_quota_slot_back() {
    let script = Script::new([Act::ok("{}")]);
    script.token_acts.lock().unwrap().push_back(Act::code(3001));
    let client: Client = builder(&script).quota("user_list", QuotaSpec { calls: 1, seconds: 3600 }).build().unwrap();
    assert_eq!(client.0.call(UserList::new()).await.unwrap_err().kind(), ErrorKind::Token);
    tokio::time::sleep(seconds(60)).await;
    client.0.call(UserList::new()).await.unwrap();
}
