//! The way out: JSON as the wire has it, and `Debug` without personal data.

use scrm_core::table::{self, Keyed, Nullable};
use serde_json::{Value, json};

use crate::{
    decoding::{data, member},
    tables::{Member, Page, Wired},
};

const FULL: &str = r#"{"id":1,"big":2,"money":1.5,"vip":true,"name":"李雷","phone":null,"token":"t","level":"gold","sex":9,"home":{"city":"a","street":"s"},"friends":[{"id":2,"phone":null,"marks":[]}],"boss":{"id":3,"phone":null,"marks":[]},"tags":["x"],"marks":[5],"levels":["tin","gold"],"by_shop":{"s":{"city":"b"}},"counts":{"n":1},"ids":null,"any":{"k":[1.5,null]},"created_at":"","Score-3":-1,"Score-7":20,"new":{"z":1}}"#;

#[test]
fn json_comes_in_the_documents_order_and_round_trips() {
    let first: Member = data(FULL).unwrap().data;
    assert_eq!(serde_json::to_string(&first).unwrap(), FULL);
    let again: Member = serde_json::from_str(FULL).unwrap();
    assert!(first == again);
    let through_value: Member = serde_json::from_value(serde_json::to_value(&first).unwrap()).unwrap();
    assert!(first == through_value);
}

#[test]
fn absent_fields_are_left_out_unless_the_page_has_them_always_or_as_null() {
    assert_eq!(serde_json::to_string(&Member::default()).unwrap(), r#"{"id":null,"phone":null,"marks":[]}"#);
    assert_eq!(serde_json::to_string(&Page::default()).unwrap(), r#"{"list":[],"total":null}"#);
    let nullable = |ids| Member { ids, ..Member::default() };
    assert!(serde_json::to_string(&nullable(Nullable::Value(vec![]))).unwrap().ends_with(r#""ids":[]}"#));
    assert!(serde_json::to_string(&nullable(Nullable::Null)).unwrap().ends_with(r#""ids":null}"#));
}

#[test]
fn whole_floats_are_written_as_the_vendors_write_them() {
    let money = |value: f64| serde_json::to_value(Member { money: Some(value), ..Member::default() }).unwrap()["money"].to_string();
    assert_eq!(
        (money(1.0), money(0.0), money(1.5), money(-0.0), money(1e300)),
        ("1".into(), "0".into(), "1.5".into(), "-0.0".into(), "1e+300".into())
    );
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
        r#"Member { id: 1, name: <2 characters>, phone: <11 characters>, token: <secret>, sex: 1, home: Home { city: "a", street: <11 characters> }, levels: ["gold", "tin"], by_shop: <1 entries>, ids: ["x"], any: <object>, Score-: [(7, 1)], extra: ["id_card"] }"#
    );
}

/// Known values go in everywhere; none comes out of any `Debug` or `Display`.
#[test]
fn personal_values_never_show() {
    const CANARY: &str = "13800138000";
    let row = json!({
        "name": CANARY, "phone": CANARY, "token": CANARY, "home": {"street": CANARY}, "friends": [{"name": CANARY}], "boss": {"phone": CANARY},
        "by_shop": {CANARY: {"street": CANARY}}, "counts": {CANARY: 1}, "any": [CANARY, {"k": CANARY}], "new": CANARY
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
    let get = |name: &str| table::get(&shown, name);
    assert_eq!(
        (get("id"), get("sex"), get("Score-7"), get("new")),
        (Some(json!(1)), Some(json!(9)), Some(json!(20)), Some(json!({"z": 1})))
    );
    assert_eq!((get("home"), get("created_at")), (Some(json!({"city": "a", "street": "s"})), Some(json!(""))));
    assert_eq!((get("phone"), get("ids"), get("Score-8"), get("nothing")), (None, Some(Value::Null), None, None));
    let wired: Wired = data(r#"{"tags":"a,b","home":"{\"city\":\"c\"}","count":"1"}"#).unwrap().data;
    assert_eq!((table::get(&wired, "tags"), table::get(&wired, "count")), (Some(json!(["a", "b"])), Some(json!(1))));
    assert_eq!(table::get(&wired, "home"), Some(json!({"city": "c"})));
}
