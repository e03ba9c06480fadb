//! One call: its steps, its options, its answer.

use std::sync::Arc;
use std::sync::Mutex;

use scrm_core::{ApiClient, Call, ErrorKind, RawCall, Sent, Value, hooks, spec::QuotaSpec, transport::TransportErrorKind};
use serde_json::json;
use tokio::time::Instant;

use crate::acme::{Act, Client, Script, UserList, builder, client, credentials, operations::Lookup, seconds};

fn send<T: Send>(_: &T) {}
fn send_sync<T: Send + Sync>() {}

#[test]
fn clients_calls_and_futures_go_anywhere() {
    send_sync::<ApiClient>();
    send_sync::<Call<UserList>>();
    send_sync::<RawCall>();
    send_sync::<scrm_core::Error>();
    let (client, _script) = client([]);
    send(&client.0.call(UserList::new()).send());
    send(&client.0.call_raw("x", json!({})).send());
    send(&client.0.call(UserList::new()).paginate().items());
}

#[tokio::test(start_paused = true)]
async fn a_call_carries_its_token_and_gives_typed_data() {
    let (client, script) = client([Act::Body(
        200,
        r#"{"code":0,"msg":"ok","request_id":"r","data":{"list":[{"user_id":"u_1","points":"7"}],"total":1}}"#.into(),
    )]);
    let response = client.0.call(UserList::new().with_phone("13800138000")).await.unwrap();
    assert_eq!(response.data.list[0].points, Some(7));
    assert_eq!((response.meta.attempts, response.meta.already_done, response.meta.message.as_deref()), (1, false, Some("ok")));
    assert_eq!(response.meta.extra.get("request_id"), Some(&json!("r")));
    let seen = script.seen();
    assert_eq!(seen[0].url, "https://api.acme.example/v1/user/list");
    assert_eq!(script.bodies(), [json!({"phone": "13800138000", "page": 1, "page_size": 2, "access_token": "t0ken-of-acme-1"})]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_when_a_rule_is_broken() {
    let (client, script) = client([]);
    let error = client.0.call(UserList::new().with_page_size(51)).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.attempts()), (ErrorKind::InvalidRequest, Sent::No, 0));
    assert_eq!((error.violations().len(), error.violations()[0].field.as_str()), (1, "page_size"));
    assert!(error.to_string().contains("page_size") && error.to_string().contains("51"), "{error}");
    assert_eq!((script.seen().len(), script.tokens()), (0, 0));
}

#[tokio::test]
async fn what_would_be_sent_can_be_seen_without_token_and_without_io() {
    let (client, script) = client([]);
    let request = client.0.call(UserList::new()).encode().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), json!({"page": 1, "page_size": 2}));
    assert_eq!(client.0.call(UserList::new().with_page_size(0)).encode().unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(script.tokens(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_everything() {
    let (client, _script) = client([Act::Hang]);
    let began = Instant::now();
    let error = client.0.call(UserList::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.attempts(), began.elapsed()), (ErrorKind::Timeout, Sent::Unknown, 1, seconds(60)));

    let (impatient, _script) = crate::acme::client([Act::Hang]);
    let began = Instant::now();
    let error = impatient.0.call(UserList::new()).timeout(seconds(2)).await.unwrap_err();
    assert_eq!((error.kind(), began.elapsed()), (ErrorKind::Timeout, seconds(2)));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_the_token_too() {
    let (client, script) = client([]);
    script.token_acts.lock().unwrap().push_back(Act::Hang);
    let began = Instant::now();
    let error = client.0.call(UserList::new()).timeout(seconds(3)).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.attempts(), began.elapsed()), (ErrorKind::Timeout, Sent::No, 0, seconds(3)));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_outlasts_the_deadline_is_not_begun() {
    let (client, _script) = client([Act::After(503, "30", "busy".into())]);
    let began = Instant::now();
    let error = client.0.call(UserList::new()).timeout(seconds(20)).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status(), began.elapsed()), (ErrorKind::Http, Some(503), seconds(0)));
}

#[tokio::test(start_paused = true)]
async fn the_quota_holds_calls_back_and_gives_up_before_sending() {
    let script = Script::new([Act::ok("{}"), Act::ok("{}")]);
    let client: Client = builder(&script).quota("user_list", QuotaSpec { calls: 1, seconds: 10 }).build().unwrap();
    client.0.call(UserList::new()).await.unwrap();
    let error = client.0.call(UserList::new()).timeout(seconds(5)).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), script.seen().len()), (ErrorKind::Quota, Sent::No, 1));
    let began = Instant::now();
    let response = client.0.call(UserList::new()).await.unwrap();
    assert_eq!((response.meta.attempts, response.meta.waited), (1, began.elapsed()));
    assert!(began.elapsed() > seconds(1), "{:?}", began.elapsed());

    let free: Client = builder(&Script::new([Act::ok("{}"), Act::ok("{}")]))
        .quota("user_list", QuotaSpec { calls: 1, seconds: 10 })
        .without_quota()
        .build()
        .unwrap();
    let began = Instant::now();
    free.0.call(UserList::new()).await.unwrap();
    free.0.call(UserList::new()).await.unwrap();
    assert_eq!(began.elapsed(), seconds(0));
}

#[tokio::test(start_paused = true)]
async fn a_quota_slot_whose_request_never_left_is_free_at_once() {
    let script = Script::new([Act::Fail(TransportErrorKind::Connect, Sent::No), Act::ok("{}")]);
    let client: Client = builder(&script).quota("user_list", QuotaSpec { calls: 1, seconds: 10 }).build().unwrap();
    let began = Instant::now();
    assert_eq!(client.0.call(UserList::new()).await.unwrap().meta.attempts, 2);
    assert!(began.elapsed() < seconds(1), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn untyped_calls_go_the_same_way() {
    let (client, script) = client([Act::code(4001), Act::ok(r#"{"x":[1]}"#)]);
    let response = client.0.call_raw("some/new/1.0", json!({"a": 1})).await.unwrap();
    assert_eq!((response.data, response.meta.attempts), (json!({"x": [1]}), 2));
    assert_eq!(script.seen()[1].url, "https://api.acme.example/v1/some/new/1.0");
    assert_eq!(script.bodies()[1], json!({"a": 1, "access_token": "t0ken-of-acme-2"}));

    let error = client.0.call_raw("some/new/1.0", json!([1])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test(start_paused = true)]
async fn an_untyped_failure_names_the_path_without_its_query() {
    let (client, _script) = client([Act::code(3000)]);
    let error = client.0.call_raw("some/new?key=abc", json!({})).await.unwrap_err();
    assert_eq!(error.operation(), Some("some/new"));
}

#[tokio::test(start_paused = true)]
async fn strict_mode_turns_departures_into_errors() {
    let odd = r#"{"list":[{"user_id":"u_1","points":"7","new_field":1}],"total":1}"#;
    let (client, _script) = client([Act::ok(odd), Act::ok(odd), Act::ok(odd)]);
    let lax = client.0.call(UserList::new()).await.unwrap();
    assert!(lax.meta.drifts.is_empty());
    let told = client.0.call(UserList::new()).collect_drift().await.unwrap();
    assert_eq!(told.meta.drifts.len(), 2, "{told:?}");
    let error = client.0.call(UserList::new()).strict(true).await.unwrap_err();
    assert_eq!((error.kind(), error.json_path(), error.sent()), (ErrorKind::Decode, Some("/data/list/0/points"), Sent::Yes));
}

#[tokio::test(start_paused = true)]
async fn a_bad_row_comes_out_beside_the_rows() {
    let (client, _script) = client([Act::ok(r#"{"list":[{"user_id":"u_1"},{"user_id":{"a":1}},{"user_id":"u_3"}],"total":3}"#)]);
    let response = client.0.call(UserList::new()).await.unwrap();
    assert_eq!(response.data.list.len(), 2);
    assert_eq!((response.meta.bad_rows.len(), response.meta.bad_rows[0].row), (1, 1));
}

#[test]
fn what_is_missing_is_named() {
    let bare = scrm_core::CredentialSet::new(&crate::acme::VENDOR).with("app_id", "a");
    let error = scrm_core::Builder::<Client>::new(bare).transport(Script::new([])).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.to_string(), "acme: credentials missing: secret (environment variable ACME_SECRET)");
    let error = builder(&Script::new([])).base_url("api.acme.example").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test(start_paused = true)]
async fn shops_share_the_transport_but_no_token() {
    let (first, script) = client([Act::ok("{}"), Act::ok("{}"), Act::ok("{}")]);
    let second = first.0.with_credentials(credentials("app-2"));
    first.0.call(UserList::new()).await.unwrap();
    second.call(UserList::new()).await.unwrap();
    first.0.call(UserList::new()).await.unwrap();
    let tokens: Vec<_> = script.bodies().iter().map(|body| body["access_token"].clone()).collect();
    assert_eq!(tokens, ["t0ken-of-acme-1", "t0ken-of-acme-2", "t0ken-of-acme-1"]);
    assert_eq!(first.0.token_life(), Some(seconds(7200)));
}

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Told {
    fn push(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }
}

impl hooks::Hooks for Told {
    fn start(&self, event: &hooks::Start<'_>) {
        self.push(format!("start {}", event.operation));
    }
    fn attempt(&self, event: &hooks::Attempt<'_>) {
        self.push(format!("attempt {} {} {} {:?} {:?}", event.operation, event.server, event.attempt, event.status, event.code));
    }
    fn retry(&self, event: &hooks::Retry<'_>) {
        self.push(format!("retry {} {} {}", event.operation, event.error, event.refresh));
    }
    fn end(&self, event: &hooks::End<'_>) {
        self.push(format!("end {} {} {:?}", event.operation, event.attempts, event.error));
    }
}

#[tokio::test(start_paused = true)]
async fn hooks_are_told_the_story() {
    let told = Arc::new(Told::default());
    let client: Client = builder(&Script::new([Act::code(4001), Act::code(3000)])).hooks(told.clone()).build().unwrap();
    client.0.call(Lookup::new("u_1")).await.unwrap_err();
    let story: Vec<String> = told.0.lock().unwrap().clone();
    assert_eq!(
        story,
        [
            "start lookup",
            "start token_get",
            "attempt token_get api.acme.example 1 Some(200) None",
            "end token_get 1 None",
            "attempt lookup api.acme.example 1 Some(200) Some(\"4001\")",
            "retry lookup token true",
            "start token_get",
            "attempt token_get api.acme.example 1 Some(200) None",
            "end token_get 1 None",
            "attempt lookup api.acme.example 2 Some(200) Some(\"3000\")",
            "end lookup 2 Some(\"vendor\")",
        ]
    );
}
