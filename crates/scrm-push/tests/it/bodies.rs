//! Bodies that are not as documented.

use acme_client::push::Event;
use proptest::prelude::*;
use scrm_push::{Incoming, Message, Plain, Receiver, Refusal, Verified, queue};
use serde_json::json;

fn receiver() -> Receiver<Event> {
    Receiver::builder(Plain, queue(1).0).build()
}

fn read(body: &[u8]) -> Result<Message<Event>, Refusal> {
    match receiver().open(&Incoming::new(&[], "", body), 0)? {
        Verified::Message(message) => Ok(message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_kind_that_nobody_documented_is_kept_whole() {
    let body = "<doc><type>moon_landing</type><message_id>m</message_id><data><x>1</x></data></doc>";
    let message = read(body.as_bytes()).unwrap();
    let Event::Unknown(unknown) = &message.event else { panic!("{message:?}") };
    assert_eq!((unknown.kind.as_str(), &*unknown.raw, &unknown.reason), ("moon_landing", body, &None));
    assert_eq!((message.kind.as_str(), message.id.as_deref()), ("moon_landing", Some("m")));
    assert!(!format!("{message:?}").contains("<x>"));
    assert_eq!(message.fields(), None);
}

#[test]
fn the_fields_as_json_are_typed() {
    let body = "<doc><type>user_add</type><data><user_id>u-1</user_id><age>30</age><tags>a</tags><novelty>x</novelty></data></doc>";
    let fields = read(body.as_bytes()).unwrap().fields().unwrap();
    let of = |name: &str| fields.get(name).cloned().unwrap_or_default();
    assert_eq!([of("user_id"), of("age"), of("tags"), of("extra")], ["u-1".into(), 30.into(), json!(["a"]), json!({ "novelty": "x" })]);
}

#[test]
fn a_bad_field_costs_only_itself() {
    let body = "<doc><type>user_add</type><data><user_id>u-1</user_id><age>very old</age><height><a>1</a></height><phone>13800138000</phone></data></doc>";
    let message = read(body.as_bytes()).unwrap();
    let Event::UserAdd(user) = &message.event else { panic!("{message:?}") };
    assert_eq!((user.user_id.as_deref(), user.age, user.phone.as_deref()), (Some("u-1"), None, Some("13800138000")));
    let bad: Vec<_> = message.bad_fields.iter().map(|bad| (bad.path.as_str(), &*bad.raw, bad.reason.as_str())).collect();
    assert_eq!(
        bad,
        [
            ("/age", "\"very old\"", "expected an integer, found a string"),
            ("/height", "{\"a\":\"1\"}", "expected a number, found an object")
        ]
    );
    assert!(!format!("{:?}", message.bad_fields).contains("very old"));
}

#[test]
fn departures_are_told_and_empty_tags_are_none() {
    let body = "<doc><type>user_add</type><data><user_id>u-1</user_id><phone/><age/><tags/><address/><created_at>2026-03-01 10:00:00</created_at><state>9</state><novelty>x</novelty></data></doc>";
    let message = read(body.as_bytes()).unwrap();
    let mut told: Vec<String> = message.drifts.iter().map(ToString::to_string).collect();
    told.sort();
    assert_eq!(told, ["/novelty: undocumented key", "/state: undocumented value"]);
    let Event::UserAdd(user) = &message.event else { panic!("{message:?}") };
    assert_eq!((user.phone.as_deref(), user.age, user.tags.len()), (Some(""), None, 0));
    assert_eq!(user.extra.get("novelty").and_then(|value| value.as_str()), Some("x"));
}

#[test]
fn bytes_that_are_no_utf8_cost_only_their_text() {
    let message = read(b"<doc><type>user_add</type><data><user_id>u-\xe4\xbd</user_id><phone/><created_at/></data></doc>").unwrap();
    let Event::UserAdd(user) = &message.event else { panic!("{message:?}") };
    assert_eq!(user.user_id.as_deref(), Some("u-\u{fffd}"));
    assert_eq!(message.drifts.iter().map(ToString::to_string).collect::<Vec<_>>(), [": bytes that are not UTF-8"]);
}

#[test]
fn what_is_no_xml_is_refused_and_nothing_is_fetched_or_blown_up() {
    for body in [
        "",
        "{}",
        "<doc>",
        "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><doc><type>user_add</type><data><user_id>&x;</user_id></data></doc>",
        &"<a>".repeat(10_000),
        &"<a/>".repeat(100_000),
    ] {
        assert!(matches!(read(body.as_bytes()), Err(Refusal::Unreadable(_))), "{}", &body[..body.len().min(40)]);
    }
    let many = format!(
        "<doc><type>user_add</type><data>{}</data></doc>",
        "<age>x</age><height>x</height><vip>x</vip><state>x</state>".repeat(4000)
    );
    assert!(read(many.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn no_body_breaks_it(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&body);
    }

    #[test]
    fn no_xml_breaks_it(pieces in prop::collection::vec(prop::sample::select(vec![
        "<doc>", "</doc>", "<type>user_add</type>", "<type>door_open</type>", "<data>", "</data>", "<user_id>", "</user_id>", "<tags>x</tags>", "<tags/>", "<children>", "</children>",
        "<name>a</name>", "<age>1</age>", "<age>x</age>", "<more>", "</more>", "&amp;", "&x;", "<![CDATA[", "]]>", "<address><city>c</city></address>", "text", "<sum>1e400</sum>",
    ]), 0..30)) {
        let _ = read(pieces.concat().as_bytes());
    }
}
