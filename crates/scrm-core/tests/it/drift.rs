//! What is told of an answer that is not what the page says.

use scrm_core::decode::{DecodeOptions, DriftKind, decode};

use crate::{
    decoding::data,
    tables::{ENVELOPE, Member, Page, Wired},
};

fn seen<T: scrm_core::table::Payload + Default>(text: &str) -> Vec<(String, DriftKind)> {
    data::<T>(text).unwrap().head.drifts.into_iter().map(|drift| (drift.path, drift.what)).collect()
}

#[track_caller]
fn sees<T: scrm_core::table::Payload + Default>(text: &str, expected: &[(&str, DriftKind)]) {
    let seen = seen::<T>(text);
    assert_eq!(seen.iter().map(|(path, what)| (path.as_str(), *what)).collect::<Vec<_>>(), expected);
}

#[test]
fn nothing_is_told_of_an_answer_as_documented() {
    let row = r#"{"id":1,"price":2,"money":1,"vip":true,"name":"n","phone":null,"level":"gold","sex":1,"home":{"city":"c","street":"s","zip":1},
        "friends":[{"id":2}],"boss":{"id":3},"tags":["a"],"marks":null,"levels":["bronze"],"by_shop":{"s":{"city":"c"}},"counts":{"x":1},"ids":null,
        "any":null,"created_at":"","Score-1":1}"#;
    sees::<Page>(&format!(r#"{{"list":[{row}],"total":1}}"#), &[]);
}

#[test]
fn every_departure_is_told_with_its_path() {
    let text = r#"{"list":[{"id":"7","money":"1","name":null,"new~/":1,"level":"tin","sex":"1","home":[],"friends":"","tags":["a",7,null],
        "by_shop":"","counts":{"x":"1"},"Score-1":"1","Score-2":"x","any":[]},{},{"id":[]},null],"page":{"zip":1.0},"odd":0}"#;
    sees::<Page>(
        text,
        &[
            ("/data/total", DriftKind::Missing),
            ("/data/list/0/id", DriftKind::OtherType),
            ("/data/list/0/money", DriftKind::OtherType),
            ("/data/list/0/name", DriftKind::UnexpectedNull),
            ("/data/list/0/new~0~1", DriftKind::UnknownKey),
            ("/data/list/0/level", DriftKind::UndocumentedValue),
            ("/data/list/0/sex", DriftKind::OtherType),
            ("/data/list/0/home", DriftKind::EmptyStandsForObject),
            ("/data/list/0/friends", DriftKind::EmptyStandsForList),
            ("/data/list/0/tags/1", DriftKind::OtherType),
            ("/data/list/0/tags/2", DriftKind::UnexpectedNull),
            ("/data/list/0/by_shop", DriftKind::EmptyStandsForObject),
            ("/data/list/0/counts/x", DriftKind::OtherType),
            ("/data/list/0/Score-1", DriftKind::OtherType),
            ("/data/list/0/Score-2", DriftKind::OtherType),
            ("/data/list/1/id", DriftKind::Missing),
            ("/data/list/2", DriftKind::BadRow),
            ("/data/list/3", DriftKind::UnexpectedNull),
            ("/data/page/city", DriftKind::Missing),
            ("/data/page/zip", DriftKind::OtherType),
            ("/data/odd", DriftKind::UnknownKey),
        ],
    );
    sees::<Page>(
        r#"{"list":{"0":{"id":1}},"total":""}"#,
        &[("/data/list", DriftKind::EmptyStandsForList), ("/data/total", DriftKind::OtherType)],
    );
    sees::<Vec<Member>>(r#"[{"id":1},{"id":2,"sex":null}]"#, &[("/data/1/sex", DriftKind::UnexpectedNull)]);
}

#[test]
fn the_envelope_departs_too() {
    let on = DecodeOptions { rows: 0, collect_drift: true };
    let head = decode::<Page>(br#"{"msg":7,"code":"5","other":1,"trace":2}"#, &ENVELOPE, &on).unwrap().head;
    let seen: Vec<_> = head.drifts.iter().map(ToString::to_string).collect();
    assert_eq!(seen, ["/msg: another type than documented", "/code: another type than documented", "/other: undocumented key"]);
    let head = decode::<Page>(b"{}", &ENVELOPE, &on).unwrap().head;
    assert_eq!(head.drifts.iter().map(ToString::to_string).collect::<Vec<_>>(), ["/code: missing"]);
}

#[test]
fn inside_json_texts_paths_go_on() {
    let text = r#"{"home":"{\"zip\":\"1\",\"new\":1}","inner":"{\"home\":\"{\\\"city\\\":7}\"}","homes":"[{\"city\":\"a\"},{}]"}"#;
    sees::<Wired>(
        text,
        &[
            ("/data/home/city", DriftKind::Missing),
            ("/data/home/zip", DriftKind::OtherType),
            ("/data/home/new", DriftKind::UnknownKey),
            ("/data/inner/home/city", DriftKind::OtherType),
            ("/data/homes/1/city", DriftKind::Missing),
        ],
    );
}

#[test]
fn nothing_is_collected_unless_asked_for() {
    let answer = decode::<Page>(br#"{"code":"0","data":{"odd":1,"list":[7]}}"#, &ENVELOPE, &DecodeOptions::default()).unwrap();
    assert_eq!((answer.head.drifts.len(), answer.head.bad_rows.len()), (0, 1));
}
