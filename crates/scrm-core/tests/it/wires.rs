//! Values that are written otherwise than their type suggests, there and back.

use scrm_core::{
    Day, UnixMillis, Yuan,
    table::{Nullable, Undocumented},
};
use serde_json::{Value, json};

use crate::{
    decoding::data,
    tables::{Sex, Wired},
};

/// As it stands on the wire.
fn wire(record: &Wired) -> String {
    String::from_utf8(scrm_core::encode::json(record).unwrap()).unwrap()
}

/// Serde has one nothing, and reads it as `null`.
fn nothing_is_null(mut wired: Wired) -> Wired {
    if wired.maybe == Nullable::Absent {
        wired.maybe = Nullable::Null;
    }
    wired
}

/// Decodes, and expects no drift and the same text again.
#[track_caller]
fn there_and_back(text: &str) -> Wired {
    let answer = data::<Wired>(text).unwrap();
    assert_eq!(answer.head.drifts, [], "{text}");
    assert_eq!(wire(&answer.data), text);
    let again: Wired = serde_json::from_str(text).unwrap();
    assert!(again == answer.data, "a recorded body is read, too");
    let again: Wired = serde_json::from_str(&serde_json::to_string(&answer.data).unwrap()).unwrap();
    assert!(again == nothing_is_null(answer.data.clone()), "and so is what serde wrote");
    answer.data
}

#[test]
fn numbers_and_truth_values_in_quotes() {
    let wired = there_and_back(r#"{"count":"-10","price":"19.90","sum":"1.5","yes":"true","digit":0,"digit_text":"1","sex":"2"}"#);
    assert_eq!((wired.count, wired.price, wired.sum), (Some(-10), Yuan::parse("19.9"), Some(1.5)));
    assert_eq!((wired.yes, wired.digit, wired.digit_text, wired.sex), (Some(true), Some(false), Some(true), Some(Sex::Female)));
    let odd = data::<Wired>(r#"{"sex":"9"}"#).unwrap();
    assert_eq!((odd.data.sex.clone(), wire(&odd.data).as_str()), (Some(Sex::Undocumented(Undocumented::Int(9))), r#"{"sex":"9"}"#));
    let plain = data::<Wired>(r#"{"count":-10,"price":1,"sum":1.5,"yes":true,"digit":"0","digit_text":1,"sex":2}"#).unwrap();
    assert_eq!(plain.head.drifts.len(), 7, "{:?}", plain.head.drifts);
    assert_eq!(
        (plain.data.count, plain.data.digit, plain.data.digit_text, plain.data.sex),
        (Some(-10), Some(false), Some(true), Some(Sex::Female))
    );
    let none = data::<Wired>(r#"{"count":"","price":null,"digit":null}"#).unwrap();
    assert_eq!((none.data.count, none.data.price, none.data.digit, none.head.drifts.len()), (None, None, None, 3));
    assert_eq!(data::<Wired>(r#"{"count":"x"}"#).unwrap_err().path, "/data/count");
    assert_eq!(data::<Wired>(r#"{"times":"1,x"}"#).unwrap_err().path, "/data/times");
    let at = there_and_back(r#"{"at":"1714536000"}"#).at.unwrap();
    assert_eq!((at.get(), at.moment().unwrap().to_string().as_str()), (1_714_536_000, "2024-05-01T12:00:00+08:00"));
}

#[test]
fn lists_joined_in_one_text() {
    let wired =
        there_and_back(r#"{"tags":"a,,b","ids":"1,-2","sexes":"1,2","span":"2026-01-01||2026-01-31","maybe":"3,4","times":"5,-6"}"#);
    assert_eq!((wired.tags.len(), wired.ids, wired.sexes, wired.span.len()), (3, vec![1, -2], vec![Sex::Male, Sex::Female], 2));
    assert!(wired.maybe == Nullable::Value(vec![3, 4]));
    assert_eq!((wired.span[1].day(), wired.times), (Day::parse("2026-01-31"), vec![UnixMillis::from(5), UnixMillis::from(-6)]));
    let none = data::<Wired>(r#"{"tags":"","ids":"","sexes":"","span":""}"#).unwrap();
    assert_eq!(none.head.drifts, []);
    assert!(none.data == Wired::default());
    let lists = data::<Wired>(r#"{"tags":["a"],"ids":[1],"sexes":[1],"span":["x"],"maybe":null}"#).unwrap();
    assert_eq!(lists.head.drifts.len(), 4, "{:?}", lists.head.drifts);
    assert_eq!((lists.data.tags.len(), lists.data.ids, lists.data.sexes), (1, vec![1], vec![Sex::Male]));
    assert_eq!(data::<Wired>(r#"{"ids":7}"#).unwrap().data.ids, [7]);
    assert_eq!(data::<Wired>(r#"{"ids":"1,x"}"#).unwrap_err().path, "/data/ids");
    assert_eq!(data::<Wired>(r#"{"sexes":"1,9"}"#).unwrap().head.drifts.len(), 1);
}

#[test]
fn json_inside_a_text() {
    let text = json!({
        "home": r#"{"city":"a","zip":1}"#, "homes": r#"[{"city":"b"}]"#, "map": r#"{"x":1}"#, "any": r#"[1,{"y":null}]"#, "inner": r#"{"home":"{\"city\":\"c\"}"}"#
    });
    let answer = data::<Wired>(&text.to_string()).unwrap();
    assert_eq!(answer.head.drifts, []);
    let wired = answer.data;
    assert_eq!(serde_json::from_str::<Value>(&wire(&wired)).unwrap(), text);
    assert_eq!(wired.home.as_ref().and_then(|home| home.zip), Some(1));
    assert_eq!((wired.homes.len(), wired.map.get("x"), wired.any.clone()), (1, Some(&Some(1)), Some(json!([1, {"y": null}]))));
    assert_eq!(wired.inner.and_then(|inner| inner.home).and_then(|home| home.city).as_deref(), Some("c"));
    // written plainly all the same
    let plain = data::<Wired>(r#"{"home":{"city":"a"},"homes":[],"map":{},"any":{"z":1}}"#).unwrap();
    assert_eq!((plain.head.drifts.len(), plain.data.any), (4, Some(json!({"z": 1}))));
    // nothing
    let none = data::<Wired>(r#"{"home":"","homes":"[]","map":"","any":"","inner":"null"}"#).unwrap();
    assert!(none.data == Wired::default());
}

#[test]
fn what_is_wrong_inside_a_json_text_has_a_path_and_costs_a_row_at_most() {
    let error = data::<Wired>(r#"{"inner":"{\"home\":\"{\\\"zip\\\":[1]}\"}"}"#).unwrap_err();
    assert_eq!((error.path.as_str(), error.reason.as_str()), ("/data/inner/home/zip", "expected an integer"));
    for broken in [r#"{"home":"{\"zip\":}"}"#, r#"{"home":"x"}"#, r#"{"homes":"[] x"}"#] {
        let error = data::<Wired>(broken).unwrap_err();
        assert_eq!(error.reason, "expected JSON inside a text", "{broken}");
    }
    let rows = data::<Vec<Wired>>(r#"[{"home":"{\"zip\":[1]}"},{"home":"{"},{"count":"1"}]"#).unwrap();
    assert_eq!(rows.data.len(), 1);
    assert_eq!(rows.head.bad_rows.iter().map(|bad| bad.path.as_str()).collect::<Vec<_>>(), ["/data/0/home/zip", "/data/1/home"]);
    assert_eq!(data::<Wired>(r#"{"any":"not json"}"#).unwrap().data.any, Some(Value::from("not json")));
}

#[test]
fn depth_counts_through_json_texts() {
    let mut text = "null".to_owned();
    for _ in 0..12 {
        text = json!({ "inner": text }).to_string();
    }
    assert!(data::<Wired>(&text).is_ok());
    let deep = json!({ "inner": format!(r#"{{"any":{}{}}}"#, "[".repeat(126), "]".repeat(126)) });
    assert!(data::<Wired>(&deep.to_string()).is_err());
}
