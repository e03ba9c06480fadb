//! One call: its steps, its options, its answer.

use std::sync::Arc;
use std::sync::Mutex;

use acme_client::{
    Client,
    person::{PersonGet, PersonList},
};
use scrm_core::{ApiClient, Call, ErrorKind, RawCall, Sent, Value, hooks, spec::QuotaSpec, transport::TransportErrorKind};
use serde_json::json;
use tokio::time::Instant;

use crate::acme::{Act, Script, builder, client, credentials, persons, seconds};

fn send<T: Send>(_: &T) {}
fn send_sync<T: Send + Sync>() {}

#[test]
fn clients_calls_and_futures_go_anywhere() {
    send_sync::<ApiClient>();
    send_sync::<Call<PersonList>>();
    send_sync::<RawCall>();
    send_sync::<scrm_core::Error>();
    let (client, _script) = client([]);
    send(&client.call(persons()).send());
    send(&client.call_raw("x", json!({})).send());
    send(&client.call(persons()).paginate().items());
}

#[tokio::test(start_paused = true)]
async fn a_call_carries_its_token_and_gives_typed_data() {
    let (client, script) = client([Act::Body(
        200,
        r#"{"code":0,"msg":"ok","request_id":"r","data":{"list":[{"user_id":"u_1","points":"7"}],"total":1}}"#.into(),
    )]);
    let response = client.call(persons().with_phone("13800138000")).await.unwrap();
    assert_eq!(response.data.list[0].points, Some(7));
    assert_eq!((response.meta.attempts, response.meta.already_done, response.meta.message.as_deref()), (1, false, Some("ok")));
    assert_eq!(response.meta.extra.get("request_id"), Some(&json!("r")));
    let seen = script.seen();
    assert_eq!(seen[0].url, "https://api.acme.example/open/v1/person/list");
    assert_eq!(script.bodies(), [json!({"phone": "13800138000", "page": 1, "page_size": 2})]);
    assert_eq!(script.tokens_sent(), ["t0ken-of-acme-1"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_when_a_rule_is_broken() {
    let (client, script) = client([]);
    let error = client.call(persons().with_page_size(51)).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.attempts()), (ErrorKind::InvalidRequest, Sent::No, 0));
    assert_eq!((error.violations().len(), error.violations()[0].field.as_str()), (1, "page_size"));
    assert!(error.to_string().contains("page_size") && error.to_string().contains("51"), "{error}");
    assert_eq!((script.seen().len(), script.tokens()), (0, 0));
}

#[tokio::test]
async fn what_would_be_sent_can_be_seen_without_token_and_without_io() {
    let (client, script) = client([]);
    let request = client.call(persons()).encode().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), json!({"page": 1, "page_size": 2}));
    assert_eq!(client.call(persons().with_page_size(0)).encode().unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(script.tokens(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_everything() {
    let (client, _script) = client([Act::Hang]);
    let began = Instant::now();
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.attempts(), began.elapsed()), (ErrorKind::Timeout, Sent::Unknown, 1, seconds(60)));

    let (impatient, _script) = crate::acme::client([Act::Hang]);
    let began = Instant::now();
    let error = impatient.call(persons()).timeout(seconds(2)).await.unwrap_err();
    assert_eq!((error.kind(), began.elapsed()), (ErrorKind::Timeout, seconds(2)));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_the_token_too() {
    let (client, script) = client([]);
    script.token_acts.lock().unwrap().push_back(Act::Hang);
    let began = Instant::now();
    let error = client.call(persons()).timeout(seconds(3)).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.attempts(), began.elapsed()), (ErrorKind::Timeout, Sent::No, 0, seconds(3)));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_outlasts_the_deadline_is_not_begun() {
    let (client, _script) = client([Act::After(503, "30", "busy".into())]);
    let began = Instant::now();
    let error = client.call(persons()).timeout(seconds(20)).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status(), began.elapsed()), (ErrorKind::Http, Some(503), seconds(0)));
}

#[tokio::test(start_paused = true)]
async fn the_quota_holds_calls_back_and_gives_up_before_sending() {
    let script = Script::new([Act::ok("{}"), Act::ok("{}")]);
    let client: Client = builder(&script).quota("person_list", QuotaSpec { calls: 1, seconds: 10 }).build().unwrap();
    client.call(persons()).await.unwrap();
    let error = client.call(persons()).timeout(seconds(5)).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), script.seen().len()), (ErrorKind::Quota, Sent::No, 1));
    let began = Instant::now();
    let response = client.call(persons()).await.unwrap();
    assert_eq!((response.meta.attempts, response.meta.waited), (1, began.elapsed()));
    assert!(began.elapsed() > seconds(1), "{:?}", began.elapsed());

    let free: Client = builder(&Script::new([Act::ok("{}"), Act::ok("{}")]))
        .quota("person_list", QuotaSpec { calls: 1, seconds: 10 })
        .without_quota()
        .build()
        .unwrap();
    let began = Instant::now();
    free.call(persons()).await.unwrap();
    free.call(persons()).await.unwrap();
    assert_eq!(began.elapsed(), seconds(0));
}

#[tokio::test(start_paused = true)]
async fn a_quota_slot_whose_request_never_left_is_free_at_once() {
    let script = Script::new([Act::Fail(TransportErrorKind::Connect, Sent::No), Act::ok("{}")]);
    let client: Client = builder(&script).quota("person_list", QuotaSpec { calls: 1, seconds: 10 }).build().unwrap();
    let began = Instant::now();
    assert_eq!(client.call(persons()).await.unwrap().meta.attempts, 2);
    assert!(began.elapsed() < seconds(1), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn untyped_calls_go_the_same_way() {
    let (client, script) = client([Act::code(12), Act::ok(r#"{"x":[1]}"#)]);
    let response = client.call_raw("some/new/1.0", json!({"a": 1})).await.unwrap();
    assert_eq!((response.data, response.meta.attempts), (json!({"x": [1]}), 2));
    assert_eq!(script.seen()[1].url, "https://api.acme.example/open/v1/some/new/1.0");
    assert_eq!((script.bodies()[1].clone(), script.tokens_sent()[1].as_str()), (json!({"a": 1}), "t0ken-of-acme-2"));

    let error = client.call_raw("some/new/1.0", json!([1])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test(start_paused = true)]
async fn an_untyped_failure_names_the_path_without_its_query() {
    let (client, _script) = client([Act::code(19)]);
    let error = client.call_raw("some/new?key=abc", json!({})).await.unwrap_err();
    assert_eq!(error.operation(), Some("some/new"));
}

#[tokio::test(start_paused = true)]
async fn strict_mode_turns_departures_into_errors() {
    let odd = r#"{"list":[{"user_id":"u_1","points":"7","new_field":1}],"total":1}"#;
    let (client, _script) = client([Act::ok(odd), Act::ok(odd), Act::ok(odd)]);
    let lax = client.call(persons()).await.unwrap();
    assert!(lax.meta.drifts.is_empty());
    let told = client.call(persons()).collect_drift().await.unwrap();
    assert_eq!(told.meta.drifts.len(), 2, "{told:?}");
    let error = client.call(persons()).strict(true).await.unwrap_err();
    assert_eq!((error.kind(), error.json_path(), error.sent()), (ErrorKind::Decode, Some("/data/list/0/points"), Sent::Yes));
}

#[tokio::test(start_paused = true)]
async fn a_bad_row_comes_out_beside_the_rows() {
    let (client, _script) = client([Act::ok(r#"{"list":[{"user_id":"u_1"},{"user_id":{"a":1}},{"user_id":"u_3"}],"total":3}"#)]);
    let response = client.call(persons()).await.unwrap();
    assert_eq!(response.data.list.len(), 2);
    assert_eq!((response.meta.bad_rows.len(), response.meta.bad_rows[0].row), (1, 1));
}

#[test]
fn what_is_missing_is_named() {
    let bare = scrm_core::CredentialSet::new(&acme_client::VENDOR).with("app_id", "a");
    let error = scrm_core::Builder::<Client>::new(bare).transport(Script::new([])).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.to_string(), "acme: credentials missing: app_secret (environment variable ACME_APP_SECRET)");
    let error = builder(&Script::new([])).base_url("api.acme.example").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test(start_paused = true)]
async fn shops_share_the_transport_but_no_token() {
    let (first, script) = client([Act::ok("{}"), Act::ok("{}"), Act::ok("{}")]);
    let second = first.core().with_credentials(credentials("app-2"));
    first.call(persons()).await.unwrap();
    second.call(persons()).await.unwrap();
    first.call(persons()).await.unwrap();
    assert_eq!(script.tokens_sent(), ["t0ken-of-acme-1", "t0ken-of-acme-2", "t0ken-of-acme-1"]);
    assert_eq!(first.core().token_life(), Some(seconds(7200)));
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
    let client: Client = builder(&Script::new([Act::code(12), Act::code(19)])).hooks(told.clone()).build().unwrap();
    client.call(PersonGet::new("u_1")).await.unwrap_err();
    let story: Vec<String> = told.0.lock().unwrap().clone();
    assert_eq!(
        story,
        [
            "start person_get",
            "start token",
            "attempt token api.acme.example 1 Some(200) None",
            "end token 1 None",
            "attempt person_get api.acme.example 1 Some(200) Some(\"12\")",
            "retry person_get token true",
            "start token",
            "attempt token api.acme.example 1 Some(200) None",
            "end token 1 None",
            "attempt person_get api.acme.example 2 Some(200) Some(\"19\")",
            "end person_get 2 Some(\"vendor\")",
        ]
    );
}
