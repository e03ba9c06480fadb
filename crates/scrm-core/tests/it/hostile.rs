//! Answers that are damaged, or meant to do damage.

use scrm_core::decode::{BadRow, DecodeError, DecodeOptions, Decoded, Drift, DriftKind, decode};

use crate::tables::{ENVELOPE, Member, Page};

fn read(body: &[u8]) -> Result<Decoded<Page>, DecodeError> {
    decode(body, &ENVELOPE, &DecodeOptions { rows: 2, collect_drift: true })
}

fn drifts(answer: &Decoded<Page>) -> Vec<String> {
    answer.head.drifts.iter().map(ToString::to_string).collect()
}

fn page(rows: &[u8]) -> Vec<u8> {
    [br#"{"code":0,"msg":"ok","data":{"list":["#, rows, br#"],"total":3}}"#].concat()
}

#[test]
fn a_name_cut_in_the_middle_of_a_character_costs_that_name() {
    let answer =
        read(&page(b"{\"id\":1,\"name\":\"\xE9\x9F\xA9\xE6\xA2\"},{\"id\":2,\"name\":\"a\tb\"},{\"id\":3,\"name\":\"\\ud83d\"}")).unwrap();
    let rows: Vec<_> = answer.data.list.iter().map(|row| (row.id.unwrap(), row.name.as_deref().unwrap())).collect();
    assert_eq!(rows, [(1, "韩\u{fffd}"), (2, "a\tb"), (3, "\u{fffd}")]);
    let damage: Vec<_> = answer.head.drifts.iter().filter(|drift| drift.what != DriftKind::Missing).map(ToString::to_string).collect();
    assert_eq!(
        damage,
        [
            "/data/list/0/name: bytes that are not UTF-8",
            "/data/list/1/name: raw control character",
            "/data/list/2/name: half of a surrogate pair",
        ]
    );
}

#[test]
fn a_byte_order_mark_costs_nothing() {
    let answer = read(b"\xEF\xBB\xBF{\"code\":0,\"data\":{\"list\":[],\"total\":3}}").unwrap();
    assert_eq!((answer.data.total, drifts(&answer)), (Some(3), vec![": byte order mark in front".to_owned()]));
    // offsets are those of the body
    let error = read(b"\xEF\xBB\xBF{\"code\":0,\"data\":{\"total\":[]}}").unwrap_err();
    assert_eq!((error.path.as_str(), error.offset), ("/data/total", 29));
    let error = read(b"{\"code\":0,\"msg\":\"\xff\xff\",\"data\":{\"total\":[]}}").unwrap_err();
    assert_eq!((error.path.as_str(), error.offset), ("/data/total", 37));
}

#[test]
fn damage_is_kept_where_nobody_documented_anything() {
    let answer = read(&page(b"{\"id\":1,\"new\xff\":{\"a\":\"\\ud83d\",\"b\":\"c\x01\xff\"}},{\"id\":[],\"name\":\"\xff\"}")).unwrap();
    let extra: Vec<_> = answer.data.list[0].extra.iter().map(|(key, value)| format!("{key} {value}")).collect();
    assert_eq!(extra, ["new\u{fffd} {\"a\":\"\u{fffd}\",\"b\":\"c\\u0001\u{fffd}\"}"]);
    assert_eq!(&*answer.head.bad_rows[0].raw, "{\"id\":[],\"name\":\"\u{fffd}\"}");
}

#[test]
fn other_encodings_are_named() {
    for (body, reason) in [
        (&b"\x1f\x8b\x08\x00"[..], "the body is compressed (gzip), not JSON"),
        (b"\xff\xfe{\x00", "the body is UTF-16, not UTF-8"),
        (b"{\x00\"\x00", "the body is UTF-16, not UTF-8"),
        (b"\xEF\xBB\xBF<html>", "the body is HTML or XML, not JSON"),
        (b"\xff\xff", "not JSON"),
    ] {
        assert_eq!(read(body).unwrap_err().reason, reason);
    }
}

#[test]
fn what_is_told_is_bounded_and_counted() {
    const ROWS: usize = 12_000;
    let answer = read(&page(vec!["1"; ROWS].join(",").as_bytes())).unwrap();
    assert_eq!((answer.data.list.len(), answer.data.total), (0, Some(3)));
    assert_eq!((answer.head.bad_rows.len(), answer.head.bad_rows_left_out), (10_000, 2_000));
    assert_eq!((answer.head.drifts.len() as u64 + answer.head.drifts_left_out) as usize, ROWS);
    assert_eq!(answer.head.drifts.len(), 1_000);
    let answer = read(&page(vec![r#"{"x":"\ud83d","id":"1"}"#; 2_000].join(",").as_bytes())).unwrap();
    assert_eq!((answer.data.list.len(), answer.head.drifts.len()), (2_000, 1_000));
    // an unknown key, a number in quotes and a half surrogate in each; and what the page promises and is not there
    assert!(answer.head.drifts_left_out >= 5_000, "{}", answer.head.drifts_left_out);
}

#[test]
fn long_keys_do_not_multiply() {
    let deep = format!(r#"{{"{}":{{"new":[{}]}}}}"#, "k".repeat(1_000_000), vec!["{\"y\":1}"; 1000].join(","));
    let answer =
        read(format!(r#"{{"code":0,"data":{{"list":[{{"any":1,"x":{deep}}}]}},{}}}"#, &deep[1..deep.len() - 1]).as_bytes()).unwrap();
    assert!(answer.head.drifts.iter().all(|drift| drift.path.len() < 1100));
    let error = read(
        format!(r#"{{"code":0,"data":{{"list":[{{"by_shop":{{"{}":{{"zip":[1]}}}}}}],"total":{{}}, }}"#, "k".repeat(1_000_000)).as_bytes(),
    );
    assert!(error.unwrap_err().path.len() < 1100);
}

#[test]
fn many_rows_that_are_hardly_written_are_refused() {
    let few = read(&page(vec!["{}"; 2_000].join(",").as_bytes())).unwrap();
    assert_eq!(few.data.list.len(), 2_000);
    for element in ["{}", "null", "[]", "{\"friends\":[{},{},{},{}]}"] {
        let error = read(&page(vec![element; 400_000].join(",").as_bytes())).unwrap_err();
        assert_eq!(error.reason, "more elements than can be meant in an answer of this size", "{element}");
    }
    // what many elements share is not made anew for each
    let columns: Vec<String> = (0..50_000).map(|number| format!("\"Score-{number}\":1")).collect();
    let rows = [format!("{{{}}}", columns.join(","))].into_iter().chain(vec!["{\"Score-1\":1}".to_owned(); 2_000]);
    let answer = read(&page(rows.collect::<Vec<_>>().join(",").as_bytes())).unwrap();
    assert!(answer.data.list[1..].iter().all(|row| row.scores.capacity() < 300));
}

#[test]
fn whole_rows_are_never_refused() {
    // vendors name every field of a row, whether or not it has a value
    let row = r#"{"id":123456,"name":"a name","phone":"","sex":1,"home":{"city":"","zip":0},"boss":null,"friends":[],"tags":[],"marks":[],"ids":null,
        "by_shop":{},"counts":{},"any":null,"levels":[],"Score-7":1,"Score-8":2}"#;
    let answer = read(&page(vec![row; 50_000].join(",").as_bytes())).unwrap();
    assert_eq!(answer.data.list.len(), 50_000);
    assert_eq!(decode::<Vec<Member>>(b"{\"code\":0,\"data\":[{\"id\":1}]}", &ENVELOPE, &DecodeOptions::default()).unwrap().data.len(), 1);
}

#[test]
fn rows_and_drifts_can_be_stored() {
    let answer = read(&page(br#"{"id":[],"phone":"1"},{"id":1,"new":2}"#)).unwrap();
    let stored = serde_json::to_string(&(&answer.head.bad_rows, &answer.head.drifts)).unwrap();
    let again: (Vec<BadRow>, Vec<Drift>) = serde_json::from_str(&stored).unwrap();
    assert_eq!(again, (answer.head.bad_rows, answer.head.drifts));
    assert!(stored.contains(r#""what":"unknown_key","found":"integer""#), "{stored}");
}
