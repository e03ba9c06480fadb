//! Failures: what they mean, and what is repeated.

use acme_client::{
    Client,
    person::{PersonTagSet, PersonUpdate},
};
use scrm_core::{Action, ErrorKind, Sent, spec::QuotaSpec, transport::TransportErrorKind as Wire};
use tokio::time::Instant;

use crate::acme::{Act, Script, builder, client, persons, seconds};

#[tokio::test(start_paused = true)]
async fn a_failure_inside_200_is_a_failure_and_tells_all() {
    let (client, _script) = client([Act::says(19, "phone 13800138000 is wrong")]);
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.vendor(), error.operation()), (ErrorKind::Vendor, "acme", Some("person_list")));
    assert_eq!((error.vendor_code(), error.action(), error.http_status()), (Some("19"), Some(Action::FixRequest), Some(200)));
    assert_eq!((error.attempts(), error.sent(), error.doc_url()), (1, Sent::Yes, Some("https://docs.acme.example/people")));
    assert_eq!(
        error.to_string(),
        "acme person_list: the vendor answered: code 19 参数无效 (parameter invalid), the vendor says \"phone *** is wrong\"; HTTP 200; change the request; see https://docs.acme.example/people"
    );
    assert_eq!(error.raw_body(), Some(r#"{"code":19,"msg":"phone *** is wrong","data":[]}"#));
}

#[tokio::test(start_paused = true)]
async fn success_behind_a_failing_status_is_a_success() {
    let (client, _script) = client([Act::Body(500, r#"{"code":0,"data":{"total":4}}"#.into())]);
    assert_eq!(client.call(persons()).await.unwrap().data.total, Some(4));
}

#[tokio::test(start_paused = true)]
async fn rules_are_looked_up_from_the_particular_to_the_general() {
    let (client, script) = client([Act::code(30), Act::code(30), Act::says(31, "please try later"), Act::says(31, "no"), Act::code(77)]);
    let meaning = |error: scrm_core::Error| error.meaning().map(|meaning| meaning.en);
    assert_eq!(meaning(client.call(persons()).await.unwrap_err()), Some("the list is sealed"));
    assert_eq!(meaning(client.call(PersonUpdate::new("u")).await.unwrap_err()), Some("the account is sealed"));
    // The message makes it one to try again; the second answer does not say so.
    let seven = client.call(persons()).await.unwrap_err();
    assert_eq!((seven.attempts(), meaning(seven)), (2, Some("being maintained")));
    let unknown = client.call(persons()).await.unwrap_err();
    assert_eq!((unknown.vendor_code(), unknown.action(), unknown.attempts()), (Some("77"), Some(Action::Fail), 1));
    assert_eq!(script.seen().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn done_before_is_a_success_without_data() {
    let late = Act::Body(200, r#"{"data":{"user_id":"u"},"code":2504}"#.into());
    let (client, _script) = client([Act::code(2504), late]);
    for _ in 0..2 {
        let response = client.call(PersonUpdate::new("u")).await.unwrap();
        assert!(response.meta.already_done && response.data.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_quota_code_slows_all_calls_of_the_operation_down() {
    let script = Script::new([Act::code(20), Act::ok("{}")]);
    let client: Client = builder(&script).quota("person_list", QuotaSpec { calls: 100, seconds: 10 }).build().unwrap();
    client.call(persons()).retries(0).await.unwrap_err();
    let response = client.call(persons()).await.unwrap();
    assert!(response.meta.waited >= seconds(9), "{response:?}");
}

#[tokio::test(start_paused = true)]
async fn waits_as_long_as_the_vendor_asks() {
    let (client, _script) = client([Act::After(429, "7", "slow down".into()), Act::code(20), Act::ok("{}")]);
    let began = Instant::now();
    let response = client.call(PersonUpdate::new("u")).await.unwrap();
    assert_eq!((response.meta.attempts, response.meta.waited), (3, began.elapsed()));
    assert!(began.elapsed() >= seconds(7));
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_stays_used_up_is_an_error_of_its_own() {
    let (client, _script) = client([Act::code(20), Act::code(20), Act::code(20)]);
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Quota, 3));
}

/// How a failure is met by a read, a write, and a write that is safe to repeat: `true` if it was sent again.
async fn repeated(act: &Act) -> [bool; 3] {
    let (client, script) = client([act.clone(), Act::ok("{}"), act.clone(), Act::ok("{}"), act.clone(), Act::ok("{}")]);
    let read = client.call(persons()).await.is_ok_and(|response| response.meta.attempts == 2);
    let used = script.seen().len();
    let (other, _script) = crate::acme::client([act.clone(), Act::ok("{}")]);
    let write = other.call(PersonUpdate::new("u")).await.is_ok_and(|response| response.meta.attempts == 2);
    let (third, _script) = crate::acme::client([act.clone(), Act::ok("{}")]);
    let safe = third.call(PersonTagSet::new("u")).await.is_ok_and(|response| response.meta.attempts == 2);
    assert!(used <= 2);
    [read, write, safe]
}

#[tokio::test(start_paused = true)]
async fn writes_are_repeated_only_when_nothing_was_done() {
    let all = [true, true, true];
    let all_but_writes = [true, false, true];
    let none = [false, false, false];
    for (act, expected) in [
        (Act::code(10), all),
        (Act::code(12), all),
        (Act::code(20), all),
        (Act::status(429), all),
        (Act::status(401), all),
        (Act::Fail(Wire::Connect, Sent::No), all),
        (Act::code(25), all_but_writes),
        (Act::Fail(Wire::Broken, Sent::Unknown), all_but_writes),
        (Act::Fail(Wire::Broken, Sent::Yes), all_but_writes),
        (Act::Fail(Wire::Timeout, Sent::Unknown), all_but_writes),
        (Act::status(500), all_but_writes),
        (Act::status(502), all_but_writes),
        (Act::status(200), all_but_writes),
        (Act::Body(200, String::new()), all_but_writes),
        (Act::Body(200, r#"{"code":0,"data":{"list":[{"user_id":"u"#.into()), all_but_writes),
        (Act::Fail(Wire::TooLarge, Sent::Yes), none),
        (Act::status(403), none),
        (Act::status(404), none),
        (Act::status(302), none),
        (Act::code(19), none),
        (Act::code(77), none),
        (Act::Body(200, r#"{"hello":1}"#.into()), none),
    ] {
        assert_eq!(repeated(&act).await, expected, "{act:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn retries_are_bounded_and_can_be_switched_off() {
    let (client, script) = client([Act::status(502), Act::status(502), Act::status(502), Act::status(502)]);
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), script.seen().len()), (ErrorKind::Http, 3, 3));
    let error = client.call(persons()).retries(0).await.unwrap_err();
    assert_eq!((error.attempts(), error.http_status()), (1, Some(502)));
}

#[tokio::test(start_paused = true)]
async fn other_bodies_say_what_they_are() {
    let cases = [
        (Act::status(200), ErrorKind::Decode, "cannot be understood"),
        (Act::Body(200, r#"{"hello":1}"#.into()), ErrorKind::Decode, "the answer has no code"),
        (Act::status(403), ErrorKind::Http, "the server forbids the call; HTTP 403; check credentials"),
        (Act::status(302), ErrorKind::Http, "redirects"),
        (Act::Fail(Wire::TooLarge, Sent::Yes), ErrorKind::TooLarge, "the wire broke near ***"),
        (Act::Fail(Wire::Request, Sent::No), ErrorKind::Config, "the wire broke"),
    ];
    for (act, kind, text) in cases {
        let (client, _script) = client([act]);
        let error = client.call(persons()).retries(0).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn data_of_another_shape_names_its_place() {
    let (client, _script) = client([Act::ok(r#"{"list":[],"total":{"a":1}}"#)]);
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.json_path(), error.attempts()), (ErrorKind::Decode, Some("/data/total"), 1));
}
