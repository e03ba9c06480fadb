//! What is told about an odd answer.

use acme_client::{VENDOR, person::PersonList};
use scrm_core::{explain::explain, operation::Operation as _};

use crate::tables::{Member, Page};

const ODD: &str = r#"{"code":"0","msg":"ok","shop":"13800138000","data":{"list":[{"id":1,"name":"韩梅梅","phone":"13800138000","new":{"13800138000":"x","k":[7]}},
    {"id":[],"phone":"13800138000"}],"total":"2"}}"#;

fn told(body: &str, plain: bool) -> (String, bool) {
    let explanation = explain(&mut Page::default(), PersonList::spec(), &VENDOR, body.as_bytes(), plain);
    assert!(!format!("{explanation:?}").contains("13800138000"));
    (explanation.text, explanation.ok)
}

#[test]
fn an_odd_answer_is_told_whole_and_masked() {
    let (text, ok) = told(ODD, false);
    assert!(!ok, "a row was bad");
    assert!(!text.contains("13800138000") && !text.contains("韩梅梅"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn plain_text_hides_nothing() {
    let (text, _) = told(ODD, true);
    insta::assert_snapshot!(text);
}

#[test]
fn a_failure_is_told_with_its_meaning() {
    let (text, ok) = told(r#"{"code":30,"msg":"no","data":{"phone":"13800138000"}}"#, false);
    assert!(!ok);
    insta::assert_snapshot!(text, @r#"
    code: 30
    message: no
    result: failure
    meaning: the list is sealed / 名单已封存
    action: FixRequest
    data as it came: {"phone":"<11 characters>"}
    bad rows: 0
    drifts from the page: 0
    "#);
    let (text, ok) = told(r#"{"code":20,"msg":"slow"}"#, false);
    assert!(!ok && text.contains("meaning: quota used up / 配额已用完\naction: Wait"), "{text}");
    let (text, ok) = told(r#"{"code":31337}"#, false);
    assert!(!ok && text.contains("the code is not documented"), "{text}");
}

#[test]
fn what_cannot_be_decoded_is_told_with_its_place() {
    for (body, expected) in [
        ("<html>", "not decoded: the body: the body is HTML or XML, not JSON (byte 0)\n"),
        (r#"{"code":0,"data":{"total":[]}}"#, "not decoded: /data/total: expected an integer, found a list (byte 26)\n"),
    ] {
        assert_eq!(told(body, false), (expected.to_owned(), false));
    }
}

#[test]
fn a_good_answer_is_good() {
    let explanation = explain(&mut Vec::<Member>::new(), PersonList::spec(), &VENDOR, br#"{"code":0,"msg":"ok","data":[{"id":1}]}"#, false);
    assert!(explanation.ok, "{explanation}");
    assert!(explanation.text.contains("drifts from the page: 0"), "{explanation}");
}
