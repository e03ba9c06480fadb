//! Every leniency on its own, exactness, and failures with their paths.

use proptest::prelude::*;
use scrm_core::{
    decode::{DecodeError, DecodeOptions, Decoded, decode},
    table::{Keyed, Nullable, Payload, Undocumented},
};
use serde_json::{Value, json};

use crate::tables::{ENVELOPE, Level, Member, Page, Sex};

pub(crate) fn data<T: Payload + Default>(data: &str) -> Result<Decoded<T>, DecodeError> {
    decode(format!(r#"{{"code":0,"msg":"ok","data":{data}}}"#).as_bytes(), &ENVELOPE, &DecodeOptions { rows: 2, collect_drift: true })
}

pub(crate) fn member(value: &Value) -> Member {
    data(&value.to_string()).unwrap().data
}

fn refused(text: &str) -> DecodeError {
    data::<Member>(text).unwrap_err()
}

#[test]
fn integers_come_as_numbers_as_texts_and_as_integral_floats() {
    let id = |value: Value| member(&json!({ "id": value })).id;
    for three in [json!(3), json!("3"), json!(" 3 "), json!(3.0), json!("3.0"), json!("3e0")] {
        assert_eq!(id(three.clone()), Some(3), "{three}");
    }
    for none in [json!(""), json!("  "), Value::Null] {
        assert_eq!(id(none.clone()), None, "{none}");
    }
    assert_eq!(data::<Member>(r#"{"id":-0}"#).unwrap().data.id, Some(0));
    for bad in ["3.5", "\"x\"", "18446744073709551615", "1e18", "true", "[]", "{\"a\":1}", "[1]", "\"nan\"", "\"inf\"", "1e999", "\"1 2\""]
    {
        let error = refused(&format!(r#"{{"name":"n","id":{bad}}}"#));
        assert_eq!(error.path, "/data/id", "{bad}");
        assert!(error.reason.starts_with("expected an integer, found "), "{error:?}");
    }
}

#[test]
fn ids_of_64_bits_stay_exact() {
    for exact in [9_007_199_254_740_993_i64, i64::MAX, i64::MIN, -1, 999_999_999_999_999_999, 1_000_000_000_000_000_000] {
        assert_eq!(member(&json!({ "id": exact })).id, Some(exact));
        assert_eq!(member(&json!({ "id": exact.to_string() })).id, Some(exact));
        assert_eq!(member(&json!({ "created_at": exact })).created_at, Some(exact.to_string().into()));
    }
}

#[test]
fn amounts_are_exact_and_come_as_numbers_and_texts() {
    let price = |text: &str| data::<Member>(&format!(r#"{{"price":{text}}}"#)).unwrap().data.price.map(|price| price.to_string());
    for (came, is) in [
        ("7", "7"),
        ("-19.90", "-19.90"),
        ("0.30000000000000004", "0.30000000000000004"),
        (r#""19.9""#, "19.9"),
        (r#"" 5 ""#, "5"),
        ("2e3", "2000"),
        ("-0", "0"),
        ("9223372036854775807", "9223372036854775807"),
    ] {
        assert_eq!(price(came).as_deref(), Some(is), "{came}");
    }
    for none in [r#""""#, r#""  ""#, "null"] {
        assert_eq!(price(none), None, "{none}");
    }
    for bad in ["true", "[]", "{}", r#""x""#, r#""1,000""#, "1e300", "1e999", "18446744073709551615", r#""nan""#] {
        let error = refused(&format!(r#"{{"price":{bad}}}"#));
        assert_eq!(error.path, "/data/price", "{bad}");
        assert!(error.reason.starts_with("expected a number of at most 18 digits, found "), "{error:?}");
    }
}

#[test]
fn floats_truth_values_and_texts() {
    let money = |value: Value| member(&json!({ "money": value })).money;
    assert_eq!((money(json!(1)), money(json!("1.5")), money(json!(1.5)), money(json!(""))), (Some(1.0), Some(1.5), Some(1.5), None));
    assert_eq!(
        data::<Member>(r#"{"money":123456789012345678901234567890}"#).unwrap().data.money,
        Some(123_456_789_012_345_678_901_234_567_890.0)
    );
    for bad in ["\"nan\"", "\"inf\"", "\"1e999\"", "1e999", "true"] {
        assert_eq!(refused(&format!(r#"{{"money":{bad}}}"#)).path, "/data/money", "{bad}");
    }
    let vip = |value: Value| member(&json!({ "vip": value })).vip;
    for (value, expected) in [
        (json!(true), Some(true)),
        (json!(1), Some(true)),
        (json!("1"), Some(true)),
        (json!("true"), Some(true)),
        (json!(false), Some(false)),
        (json!(0), Some(false)),
        (json!("0"), Some(false)),
        (json!("false"), Some(false)),
        (json!(""), None),
        (Value::Null, None),
    ] {
        assert_eq!(vip(value.clone()), expected, "{value}");
    }
    for bad in ["2", "\"yes\"", "[]"] {
        assert_eq!(refused(&format!(r#"{{"vip":{bad}}}"#)).path, "/data/vip", "{bad}");
    }
    let name = |text: &str| data::<Member>(&format!(r#"{{"name":{text}}}"#)).unwrap().data.name;
    for (text, expected) in [
        ("7", "7"),
        ("1.50", "1.50"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("true", "true"),
        (r#""\u674e\n\ud83d\ude00""#, "李\n😀"),
        ("\"\"", ""),
    ] {
        assert_eq!(name(text).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(name("null"), None);
    assert_eq!(refused(r#"{"name":{"a":1}}"#).reason, "expected a string, found an object");
}

#[test]
fn dates_that_are_none_stay_as_they_came() {
    for zero in ["0000-00-00 00:00:00", "0", ""] {
        assert_eq!(member(&json!({ "created_at": zero })).created_at.as_deref(), Some(zero));
    }
}

#[test]
fn open_enums_keep_what_they_do_not_know() {
    let sex = |value: Value| member(&json!({ "sex": value })).sex;
    assert_eq!((sex(json!(1)), sex(json!("2")), sex(json!(1.0))), (Some(Sex::Male), Some(Sex::Female), Some(Sex::Male)));
    assert_eq!((sex(Value::Null), sex(json!(""))), (None, None));
    assert_eq!(sex(json!(9)), Some(Sex::Undocumented(Undocumented::Int(9))));
    assert_eq!(sex(json!("9")), Some(Sex::Undocumented(Undocumented::Text("9".into()))));
    assert_eq!(sex(json!("男")), Some(Sex::Undocumented(Undocumented::Text("男".into()))));
    assert_eq!(sex(json!(1.5)), Some(Sex::Undocumented(Undocumented::Text("1.5".into()))));
    let level = |value: Value| member(&json!({ "level": value })).level;
    assert_eq!((level(json!("gold")), level(json!(7)), level(Value::Null)), (Some(Level::Gold), Some(Level::Seven), None));
    assert_eq!(level(json!("tin")), Some(Level::Undocumented(Undocumented::Text("tin".into()))));
    assert_eq!(level(json!(8)), Some(Level::Undocumented(Undocumented::Int(8))));
    assert_eq!(member(&json!({"levels": ["gold", 8, null]})).levels, [Level::Gold, Level::Undocumented(Undocumented::Int(8))]);
    assert_eq!(refused(r#"{"level":["gold"]}"#).reason, "expected a string or an integer, found a list");
    assert_eq!(refused(r#"{"levels":["gold",{}]}"#).path, "/data/levels/1");
}

#[test]
fn empty_things_stand_for_objects_and_lists() {
    for none in ["[]", "{}", "\"\"", "null", "[ ]", "{ }"] {
        let body = format!(r#"{{"friends":{none},"tags":{none},"marks":{none},"levels":{none}}}"#);
        assert!(data::<Member>(&body).unwrap().data == Member::default(), "{none}");
        assert!(data::<Page>(&format!(r#"{{"list":{none}}}"#)).unwrap().data.list.is_empty(), "{none}");
        assert!(data::<Page>(none).unwrap().data == Page::default(), "{none}");
        assert!(data::<Vec<Member>>(none).unwrap().data.is_empty(), "{none}");
        assert!(data::<Keyed<Member>>(none).unwrap().data.0.is_empty(), "{none}");
    }
    for none in ["[]", "\"\"", "null"] {
        let body = format!(r#"{{"home":{none},"boss":{none},"by_shop":{none},"counts":{none}}}"#);
        assert!(data::<Member>(&body).unwrap().data == Member::default(), "{none}");
    }
    assert!(data::<Member>(r#"{"home":{}}"#).unwrap().data.home.is_some());
    for bad in ["[1]", "\"x\"", "0", "false"] {
        assert_eq!(refused(&format!(r#"{{"home":{bad}}}"#)).path, "/data/home", "{bad}");
        assert_eq!(refused(&format!(r#"{{"by_shop":{bad}}}"#)).path, "/data/by_shop", "{bad}");
    }
    for bad in [r#"{"a":1}"#, "\"x\"", "0"] {
        assert_eq!(refused(&format!(r#"{{"tags":{bad}}}"#)).path, "/data/tags", "{bad}");
        assert_eq!(refused(&format!(r#"{{"friends":{bad}}}"#)).path, "/data/friends", "{bad}");
    }
}

#[test]
fn filtered_php_lists_are_lists() {
    let page = data::<Page>(r#"{"list":{"0":{"id":1},"2":{"id":3}}}"#).unwrap().data;
    assert_eq!(page.list.iter().map(|row| row.id).collect::<Vec<_>>(), [Some(1), Some(3)]);
    let member = data::<Member>(r#"{"tags":{"1":"a","7":"b"},"marks":{"0":"5"},"levels":{"3":"gold"}}"#).unwrap().data;
    assert_eq!((member.tags, member.marks, member.levels), (vec!["a".to_owned(), "b".to_owned()], vec![5], vec![Level::Gold]));
}

#[test]
fn maps_keep_their_order_and_know_their_keys() {
    let member = data::<Member>(r#"{"by_shop":{"s2":{"city":"b"},"s1":{"city":"a"}},"counts":{"x":"1","y":null}}"#).unwrap().data;
    assert_eq!(
        member.by_shop.iter().map(|(key, home)| (key, home.city.as_deref())).collect::<Vec<_>>(),
        [("s2", Some("b")), ("s1", Some("a"))]
    );
    assert_eq!((member.counts.get("x"), member.counts.get("y"), member.counts.get("z")), (Some(&Some(1)), Some(&None), None));
    assert_eq!(refused(r#"{"by_shop":{"s~/1":{"zip":[1]}}}"#).path, "/data/by_shop/s~0~11/zip");
}

#[test]
fn absent_null_and_a_value_are_three_things() {
    assert!(member(&json!({})).ids == Nullable::Absent);
    assert!(member(&json!({"ids": null})).ids == Nullable::Null);
    assert!(member(&json!({"ids": []})).ids == Nullable::Value(vec![]));
    assert!(member(&json!({"ids": ["a", 7]})).ids == Nullable::Value(vec!["a".to_owned(), "7".to_owned()]));
    assert_eq!(refused(r#"{"ids":7}"#).path, "/data/ids");
}

#[test]
fn unknown_keys_and_odd_columns_are_kept() {
    let text = r#"{"id":1,"New":{"b":[1]},"Score-7":"20","Score-8":-3,"Score-9":"many","Score-07":1,"Score-+5":1,"Score-4294967296":1,
        "Score-":2,"Score-10":null,"Score-11":"","Score-4294967295":5,"Score-12" : 6,"Scor\u0065-13":7,"Score-14":1.0,"name":"n","\u006ew":1}"#;
    let member = data::<Member>(text).unwrap().data;
    assert_eq!(member.scores, [(7, 20), (8, -3), (4_294_967_295, 5), (12, 6), (13, 7), (14, 1)]);
    let extra: Vec<_> = member.extra.iter().map(|(key, _)| &**key).collect();
    assert_eq!(extra, ["New", "Score-9", "Score-07", "Score-+5", "Score-4294967296", "Score-", "Score-10", "Score-11", "nw"]);
    assert_eq!((member.extra.get("New"), member.extra.get("Score-9")), (Some(&json!({"b": [1]})), Some(&json!("many"))));
    assert_eq!((member.id, member.name.as_deref()), (Some(1), Some("n")));
    assert_eq!(size_of_val(&member.extra), 8);
}

#[test]
fn keys_come_in_any_order_spelling_and_number() {
    let member =
        data::<Member>("{ \"phone\" : \"1\" , \"i\\u0064\":2,\n\"name\":\"a\",\"name\":\"b\",\"id\":3,\"home\":{\"zip\":1},\"home\":{}}")
            .unwrap()
            .data;
    assert_eq!((member.phone.as_deref(), member.id, member.name.as_deref()), (Some("1"), Some(3), Some("b")));
    assert_eq!(member.home.unwrap().zip, None);
}

#[test]
fn a_bad_row_costs_only_itself() {
    let rows = r#"{"list":[{"id":1},{"id":2,"home":{"zip":{"x":1}}},7,{"id":3,"friends":[{"id":[1]}]},{"id":4}],"total":5}"#;
    let answer = data::<Page>(rows).unwrap();
    assert_eq!(answer.data.list.iter().map(|row| row.id).collect::<Vec<_>>(), [Some(1), Some(4)]);
    assert_eq!(answer.data.total, Some(5));
    let bad: Vec<_> = answer.head.bad_rows.iter().map(|bad| (bad.row, bad.path.as_str(), &*bad.raw, bad.reason.as_str())).collect();
    assert_eq!(
        bad,
        [
            (1, "/data/list/1/home/zip", r#"{"id":2,"home":{"zip":{"x":1}}}"#, "expected an integer, found an object"),
            (2, "/data/list/2", "7", "expected an object, found a number"),
            (3, "/data/list/3/friends/0/id", r#"{"id":3,"friends":[{"id":[1]}]}"#, "expected an integer, found a list"),
        ]
    );
    // a number that no value can hold is wrong only where it stands
    let answer = data::<Page>(r#"{"list":[{"id":1,"new":1e999},{"id":2}]}"#).unwrap();
    assert_eq!((answer.data.list.len(), answer.head.bad_rows[0].path.as_str()), (1, "/data/list/0/new"));
    // rows right under the data key, also as PHP writes them
    for rows in [r#"[{"id":[]},{"id":2}]"#, r#"{"0":{"id":[]},"5":{"id":2}}"#] {
        let answer = data::<Vec<Member>>(rows).unwrap();
        assert_eq!((answer.data.len(), answer.head.bad_rows.len()), (1, 1), "{rows}");
    }
}

#[test]
fn a_failure_outside_the_rows_says_where() {
    assert_eq!(data::<Page>(r#"{"list":[],"page":{"zip":"many"}}"#).unwrap_err().path, "/data/page/zip");
    assert_eq!(data::<Page>("[1]").unwrap_err().path, "/data");
    assert_eq!(refused(r#"{"boss":{"boss":{"boss":{"id":"x"}}}}"#).path, "/data/boss/boss/boss/id");
    assert_eq!(refused(r#"{"friends":[{},{"tags":["a",[]]}]}"#).path, "/data/friends/1/tags/1");
    let error = data::<Page>(r#"{"list":[{"id":1},]}"#).unwrap_err();
    assert_eq!((error.path.as_str(), error.reason.as_str(), error.offset), ("/data/list/1", "not JSON", 46));
    assert_eq!(error.to_string(), "/data/list/1: not JSON (byte 46)");
}

#[test]
fn depth_is_limited() {
    let deep = |levels: usize| format!("{}null{}", r#"{"boss":"#.repeat(levels), "}".repeat(levels));
    assert!(data::<Member>(&deep(126)).is_ok());
    assert_eq!(data::<Member>(&deep(127)).unwrap_err().reason, "nested deeper than 127 levels");
    assert!(data::<Member>(&format!(r#"{{"any":{}"#, "[".repeat(100_000))).is_err());
    assert!(data::<Page>(&format!(r#"{{"list":[{{"id":{}"#, "[".repeat(100_000))).is_err());
}

#[test]
fn scalars_lists_and_maps_stand_under_the_data_key() {
    assert_eq!(data::<Option<String>>("\"token\"").unwrap().data.as_deref(), Some("token"));
    assert_eq!(data::<Option<i64>>("\"7\"").unwrap().data, Some(7));
    assert_eq!(data::<Option<Value>>("[1,{}]").unwrap().data, Some(json!([1, {}])));
    assert_eq!(data::<Keyed<Member>>(r#"{"a":{"id":1}}"#).unwrap().data.get("a").and_then(|member| member.id), Some(1));
}

proptest! {
    /// No body makes the decoder panic, and what is refused says where it went wrong, inside the body.
    #[test]
    fn damaged_bodies_never_panic(at in 0usize..400, cut in 0usize..6, piece in prop::sample::select(PIECES), again in 0usize..400) {
        let mut text: Vec<char> = BODY.chars().collect();
        for at in [at % text.len(), again % text.len()] {
            let (at, end) = (at.min(text.len()), (at + cut).min(text.len()));
            text.splice(at..end, piece.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(error) = decode::<Page>(text.as_bytes(), &ENVELOPE, &DecodeOptions { rows: 0, collect_drift: true }) {
            prop_assert!(error.offset <= text.len());
        } else {
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
        }
    }
}

const PIECES: &[&str] =
    &["\"", "{", "}", "[", "]", ",", ":", "null", "true", "0", "-1", "1.5", "\"7\"", "\"\"", "[]", "{}", "\\", "\\u0041", " ", "é", "x"];
const BODY: &str = r#"{"code":0,"msg":"ok","data":{"list":[{"id":1,"name":"李雷","sex":1,"home":{"city":"a","zip":1},"tags":["a","b"],"Score-7":1,"Score-8":"2"},
    {"id":"2","friends":[{"id":3}],"by_shop":{"s":{"city":"b"}},"any":{"x":[1,2.5,null]},"levels":["gold","tin"],"new":true}],"total":2},"trace":"t"}"#;
