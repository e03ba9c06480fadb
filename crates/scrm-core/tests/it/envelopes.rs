//! Code, message and data, wherever they stand and whatever they are.

use scrm_core::decode::{DecodeOptions, decode};
use serde_json::json;

use crate::tables::{ENVELOPE, Page};

const QUIET: DecodeOptions = DecodeOptions { rows: 0, collect_drift: false };

#[test]
fn the_order_of_the_keys_does_not_matter() {
    let list = r#"{"list":[{"id":1}]}"#;
    for body in [
        format!(r#"{{"code":0,"msg":"ok","data":{list},"trace":1}}"#),
        format!(r#"{{"data":{list},"msg":"ok","code":"0","trace":1}}"#),
        format!(r#" {{ "trace" : 1, "data" : {list}, "code" : 0.0, "message" : "ok" }} "#),
        format!(r#"{{"code":0,"data":{{"list":[{{"id":7}},{{"id":[]}}]}},"msg":"ok","trace":1,"data":{list}}}"#),
    ] {
        let answer = decode::<Page>(body.as_bytes(), &ENVELOPE, &QUIET).unwrap();
        assert!(answer.head.is_success(&ENVELOPE), "{body}");
        assert_eq!((answer.data.list.len(), answer.data.list[0].id, answer.head.bad_rows.len()), (1, Some(1), 0), "{body}");
        assert_eq!((answer.head.message.as_deref(), answer.head.extra.get("trace")), (Some("ok"), Some(&json!(1))), "{body}");
        assert_eq!(answer.head.raw_data, None);
    }
}

#[test]
fn a_failure_is_told_whatever_stands_in_data() {
    for data in ["null", "[]", "\"\"", "{}", "\"some text\"", "[7]", "{\"list\":7}", "1e999"] {
        for body in [format!(r#"{{"code":2008,"msg":"no","data":{data}}}"#), format!(r#"{{"data":{data},"msg":"no","code":"2008"}}"#)] {
            let answer = decode::<Page>(body.as_bytes(), &ENVELOPE, &QUIET).unwrap();
            assert!(!answer.head.is_success(&ENVELOPE));
            assert!(answer.data == Page::default());
            assert_eq!((answer.head.code.as_deref(), answer.head.raw_data.as_deref()), (Some("2008"), Some(data)), "{body}");
        }
    }
    let answer = decode::<Page>(br#"{"code":-1,"msg":{"zh":"no"}}"#, &ENVELOPE, &QUIET).unwrap();
    assert_eq!((answer.head.code.as_deref(), answer.head.message.as_deref()), (Some("-1"), Some(r#"{"zh":"no"}"#)));
    assert_eq!(answer.head.raw_data, None);
}

#[test]
fn the_last_code_counts() {
    let answer = decode::<Page>(br#"{"code":0,"data":{"list":[{"id":1},7]},"code":5}"#, &ENVELOPE, &QUIET).unwrap();
    assert!(!answer.head.is_success(&ENVELOPE) && answer.data == Page::default() && answer.head.bad_rows.is_empty());
    assert_eq!(answer.head.raw_data.as_deref(), Some(r#"{"list":[{"id":1},7]}"#));
}

#[test]
fn no_code_is_no_success() {
    for body in ["{}", r#"{"code":null,"data":{}}"#, r#"{"data":{"list":[]}}"#] {
        let answer = decode::<Page>(body.as_bytes(), &ENVELOPE, &QUIET).unwrap();
        assert!(answer.head.code.is_none() && !answer.head.is_success(&ENVELOPE), "{body}");
    }
}

#[test]
fn codes_may_be_texts_by_document() {
    let envelope = ENVELOPE.success(&["OK"]).text_codes();
    let answer =
        decode::<Page>(br#"{"code":"OK","data":{"total":3}}"#, &envelope, &DecodeOptions { rows: 0, collect_drift: true }).unwrap();
    assert!(answer.head.is_success(&envelope));
    assert_eq!(answer.data.total, Some(3));
    assert_eq!(answer.head.drifts.len(), 1, "{:?}", answer.head.drifts);
}

#[test]
fn what_is_no_answer_is_refused_clearly() {
    for (body, reason) in [
        (&b""[..], "the body is empty"),
        (b" \n ", "the body is empty"),
        (b"<html><body>502</body></html>", "the body is HTML or XML, not JSON"),
        (b"{\"code\":\xFF}", "not JSON"),
        (b"[1]", "expected an object, found a list"),
        (b"\"ok\"", "expected an object, found a string"),
        (b"null", "expected an object, found null"),
        (b"Bad Gateway", "not JSON"),
        (b"{\"code\":0,\"data\":{\"list\":[", "the JSON ends too early"),
        (b"{\"code\":0} x", "not JSON"),
        (b"{\"code\":01}", "not JSON"),
    ] {
        let error = decode::<Page>(body, &ENVELOPE, &QUIET).unwrap_err();
        assert_eq!(error.reason, reason, "{}", String::from_utf8_lossy(body));
    }
}
