//! The way out: JSON as the wire has it, and `Debug` without personal data.

use scrm_core::{
    table::{Keyed, Nullable},
    tabular,
};
use serde_json::{Value, json};

use crate::{
    decoding::{data, member},
    tables::{Member, Page, Wired},
};

const FULL: &str = r#"{"id":1,"price":2,"money":1.5,"vip":true,"name":"李雷","phone":null,"token":"t","level":"gold","sex":9,"home":{"city":"a","street":"s"},"friends":[{"id":2,"phone":null,"marks":[]}],"boss":{"id":3,"phone":null,"marks":[]},"tags":["x"],"marks":[5],"levels":["tin","gold"],"by_shop":{"s":{"city":"b"}},"counts":{"n":1},"ids":null,"any":{"k":[1.5,null]},"created_at":"","Score-3":-1,"Score-7":20,"new":{"z":1}}"#;

/// As it stands on the wire.
fn wire(record: &Member) -> String {
    String::from_utf8(scrm_core::encode::json(record).unwrap()).unwrap()
}

#[test]
fn what_is_answered_is_written_with_fixed_columns_in_the_documents_order() {
    let first: Member = data(FULL).unwrap().data;
    insta::assert_snapshot!(serde_json::to_string_pretty(&first).unwrap());
    insta::assert_snapshot!(serde_json::to_string_pretty(&Wired::default()).unwrap());
    let none = serde_json::to_string(&Member::default()).unwrap();
    assert_eq!(
        none,
        r#"{"id":null,"price":null,"money":null,"vip":null,"name":null,"phone":null,"token":null,"level":null,"sex":null,"home":null,"friends":[],"boss":null,"tags":[],"marks":[],"levels":[],"by_shop":{},"counts":{},"ids":null,"any":null,"created_at":null,"scores":{},"extra":null}"#
    );
}

/// Serde has one nothing; a field of three states reads it as `null`, any other as absent.
pub(crate) fn nothing_is_null(mut member: Member) -> Member {
    if member.ids == Nullable::Absent {
        member.ids = Nullable::Null;
    }
    member.any.take_if(|any| any.is_null());
    member.friends = member.friends.into_iter().map(nothing_is_null).collect();
    member.boss = member.boss.map(|boss| Box::new(nothing_is_null(*boss)));
    member
}

#[test]
fn what_serde_wrote_and_what_the_vendor_sent_are_read_back() {
    let first: Member = data(FULL).unwrap().data;
    let again: Member = serde_json::from_str(FULL).unwrap();
    assert!(first == again);
    let first = nothing_is_null(first);
    let again: Member = serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
    assert!(first == again);
    let through_value: Member = serde_json::from_value(serde_json::to_value(&first).unwrap()).unwrap();
    assert!(first == through_value);
    // keys of the vendor that are called like the columns of ours
    let clash: Member = data(r#"{"ids":null,"extra":{"a":1},"scores":5}"#).unwrap().data;
    let again: Member = serde_json::from_str(&serde_json::to_string(&clash).unwrap()).unwrap();
    assert!(clash == again);
}

#[test]
fn the_wire_comes_in_the_documents_order_without_what_is_absent() {
    let first: Member = data(FULL).unwrap().data;
    let wire = wire(&first);
    assert_eq!(serde_json::from_str::<Value>(&wire).unwrap()["Score-7"], json!(20));
    assert!(
        wire.starts_with(
            r#"{"id":1,"price":2,"money":1.5,"vip":true,"name":"李雷","token":"t","level":"gold","sex":9,"home":{"city":"a","#
        ),
        "{wire}"
    );
    assert!(wire.ends_with(r#""ids":null,"any":{"k":[1.5,null]},"created_at":"","Score-3":-1,"Score-7":20,"new":{"z":1}}"#), "{wire}");
}

#[test]
fn a_value_that_does_not_fit_is_an_error_that_names_it() {
    let error = serde_json::from_str::<Member>(r#"{"home":{"zip":[]}}"#).unwrap_err();
    assert!(error.to_string().contains("/home/zip: expected an integer, found a list"), "{error}");
}

#[test]
fn debug_masks() {
    let shown = member(&json!({
        "id": 1, "name": "李雷", "phone": "13800138000", "token": "t0ps3cret", "home": {"city": "a", "street": "Main Street"}, "any": {"p": "13800138000"},
        "sex": 1, "levels": ["gold", "tin"], "by_shop": {"13800138000": {}}, "ids": ["x"], "Score-7": 1, "id_card": "31010119900101123X"
    }));
    assert_eq!(
        format!("{shown:?}"),
        r#"Member { id: 1, name: <2 characters>, phone: <11 characters>, token: <secret>, sex: 1, home: Home { city: "a", street: <11 characters> }, levels: ["gold", "tin"], by_shop: <1 entries>, ids: ["x"], any: <object>, scores: [(7, 1)], extra: ["id_card"] }"#
    );
}

/// Known values go in everywhere; none comes out of any `Debug` or `Display`.
#[test]
fn personal_values_never_show() {
    const CANARY: &str = "13800138000";
    let row = json!({
        "name": CANARY, "phone": CANARY, "token": CANARY, "home": {"street": CANARY}, "friends": [{"name": CANARY}], "boss": {"phone": CANARY},
        "by_shop": {CANARY: {"street": CANARY}}, "counts": {CANARY: 1}, "any": [CANARY, {"k": CANARY}], "created_at": CANARY, "new": CANARY
    });
    let bad = json!({"phone": CANARY, "by_shop": {CANARY: {"zip": CANARY}, "x": {"zip": "x"}}});
    let answer = data::<Page>(&json!({"list": [row, bad], "total": 1, "odd": CANARY}).to_string()).unwrap();
    assert_eq!((answer.data.list.len(), answer.head.bad_rows.len()), (1, 1));
    let failure = scrm_core::decode::decode::<Page>(
        json!({"code": 1, "data": {"phone": CANARY}, "new": CANARY}).to_string().as_bytes(),
        &crate::tables::ENVELOPE,
        &scrm_core::decode::DecodeOptions { rows: 0, collect_drift: true },
    )
    .unwrap();
    let error = data::<Member>(&json!({"by_shop": {CANARY: {"street": CANARY, "zip": [CANARY]}}}).to_string()).unwrap_err();
    assert!(error.path.contains(CANARY), "the field itself is exact");
    let row = &answer.data.list[0];
    let texts = [
        format!("{answer:?} {answer:#?}"),
        format!("{failure:?}"),
        format!("{error:?} {error}"),
        answer.head.drifts.iter().map(ToString::to_string).collect(),
        format!("{:?} {:?} {:?}", row.by_shop, row.counts, row.extra),
        format!("{:?} {:?}", Nullable::Value(CANARY.to_owned()), Keyed(vec![(CANARY.into(), Some(CANARY.to_owned()))])),
        format!("{:?}", data::<Wired>(&json!({"home": json!({"street": CANARY}).to_string(), "any": CANARY}).to_string()).unwrap()),
    ];
    for text in texts {
        assert!(!text.contains(CANARY), "{text}");
    }
}

#[test]
fn any_column_is_reached_by_its_wire_name() {
    let shown: Member = data(FULL).unwrap().data;
    let get = |name: &str| tabular::get(&shown, name);
    assert_eq!(
        (get("id"), get("sex"), get("Score-7"), get("new")),
        (Some(json!(1)), Some(json!(9)), Some(json!(20)), Some(json!({"z": 1})))
    );
    assert_eq!((get("home"), get("created_at")), (Some(json!({"city": "a", "street": "s"})), Some(json!(""))));
    assert_eq!((get("phone"), get("ids"), get("Score-8"), get("nothing")), (None, Some(Value::Null), None, None));
    let wired: Wired = data(r#"{"tags":"a,b","home":"{\"city\":\"c\"}","count":"1"}"#).unwrap().data;
    assert_eq!((tabular::get(&wired, "tags"), tabular::get(&wired, "count")), (Some(json!(["a", "b"])), Some(json!(1))));
    assert_eq!(tabular::get(&wired, "home"), Some(json!({"city": "c"})));
}
