//! Streams of pages and rows.

use acme_client::person::{Person, PersonVisitList};
use futures_util::StreamExt as _;
use scrm_core::{
    Completeness, Error, ErrorKind, Page, RawPaging, RejectSink, Sent, Summary,
    paging::{Rejected, RejectedPage},
};
use serde_json::{Value, json};

use crate::acme::{Act, client, persons};

fn page(ids: &[&str], total: impl Into<Value>) -> Act {
    let rows: Vec<Value> = ids.iter().map(|id| json!({"user_id": id})).collect();
    Act::ok(&json!({"list": rows, "total": total.into()}).to_string())
}

fn id(row: Result<Person, Error>) -> String {
    row.map_or_else(|error| format!("{:?}", error.kind()), |user| user.user_id.unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn all_rows_come_once_and_no_page_too_many_is_asked_for() {
    let (client, script) = client([page(&["a", "b"], 5), page(&["c", "d"], 5), page(&["e"], 5)]);
    let items = client.call(persons()).paginate().items();
    let ids: Vec<String> = items.map(id).collect().await;
    assert_eq!(ids, ["a", "b", "c", "d", "e"]);
    let pages: Vec<Value> = script.bodies().iter().map(|body| body["page"].clone()).collect();
    assert_eq!(pages, [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn pages_know_their_number_and_the_total() {
    let (client, _script) = client([page(&["a", "b"], 3), page(&["c"], 3)]);
    let mut pages = client.call(persons()).paginate().pages();
    assert_eq!(pages.total(), None);
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.number, first.total, first.rows.len(), pages.total()), (Some(1), Some(3), 2, Some(3)));
    assert_eq!(pages.next().await.unwrap().unwrap().number, Some(2));
    assert!(pages.next().await.unwrap().is_none() && pages.next().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn after_an_error_the_same_page_is_asked_for_again() {
    let broken = Act::Fail(scrm_core::transport::TransportErrorKind::Broken, Sent::Unknown);
    let (client, _script) = client([page(&["a", "b"], 3), broken, page(&["c"], 3)]);
    let mut items = client.call(persons()).retries(0).paginate().items();
    let next = |row: Result<Option<Person>, Error>| row.transpose().map(id);
    assert_eq!((next(items.next().await), next(items.next().await)), (Some("a".into()), Some("b".into())));
    let error = items.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().starts_with("acme person_list: page 2: "), "{error}");
    assert_eq!((next(items.next().await), next(items.next().await)), (Some("c".into()), None));
}

#[tokio::test(start_paused = true)]
async fn an_error_that_would_come_again_ends_the_stream() {
    let (client, _script) = client([Act::code(12), Act::code(12)]);
    let kinds: Vec<String> = client.call(persons()).paginate().items().map(id).collect().await;
    assert_eq!(kinds, ["Token"]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_against_the_total_is_no_quiet_end() {
    let (client, _script) = client([page(&["a", "b"], 4), page(&[], 4), page(&["c", "d"], 4)]);
    let mut items = client.call(persons()).paginate().items();
    let ids: Vec<String> = items.by_ref().map(id).collect().await;
    assert_eq!((ids, items.summary().second_looks), (["a", "b", "c", "d"].map(str::to_owned).to_vec(), 1));
    assert!(items.summary().is_complete());
}

#[tokio::test(start_paused = true)]
async fn rows_that_never_come_are_an_error_with_the_numbers() {
    let (client, _script) = client([page(&["a", "b"], 4), page(&[], 4), page(&[], 4), page(&[], 4)]);
    let mut items = client.call(persons()).paginate().items();
    let mut all: Vec<Result<Person, Error>> = items.by_ref().collect().await;
    let error = all.pop().unwrap().unwrap_err();
    assert_eq!((all.len(), error.kind()), (2, ErrorKind::Paging));
    assert!(error.to_string().contains("the vendor counted 4 rows before and 4 after, but 2 came; page 2 is empty"), "{error}");
    let summary = items.summary();
    assert_eq!((summary.missing, summary.ended, summary.is_complete()), (2, true, false));
}

#[tokio::test(start_paused = true)]
async fn a_bad_row_comes_in_its_place_with_its_raw_json() {
    let bad = r#"{"user_id":{"no":"id"},"phone":"13800138000"}"#;
    let rows = format!(r#"{{"list":[{bad},{{"user_id":"b"}}],"total":3}}"#);
    let other = r#"{"user_id":{"no":"name"},"phone":"13800138000"}"#;
    let last = format!(r#"{{"list":[{other}],"total":3}}"#);
    let (client, _script) = client([Act::ok(&rows), Act::ok(&last)]);
    let items: Vec<_> = client.call(persons()).paginate().items().collect().await;
    assert_eq!(items.len(), 3);
    assert_eq!(items[1].as_ref().unwrap().user_id.as_deref(), Some("b"));
    for (at, bad) in [(0, bad), (2, other)] {
        let error = items[at].as_ref().unwrap_err();
        assert_eq!((error.kind(), error.json_path()), (ErrorKind::Decode, Some("/data/list/0/user_id")));
        assert_eq!(&*error.bad_row().unwrap().raw, bad);
        assert!(!format!("{error:?} {error}").contains("13800138000"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_goes_on_repeating_is_an_error_and_ends_the_stream() {
    let (client, _script) = client((0..7).map(|_| page(&["a", "b"], 6)));
    let all: Vec<Result<Person, Error>> = client.call(persons()).paginate().items().collect().await;
    let errors: Vec<String> = all.iter().filter_map(|row| row.as_ref().err()).map(ToString::to_string).collect();
    assert_eq!((all.len(), errors.len()), (7, 5));
    assert!(errors[0].contains("page 2 holds the same 2 rows as the page before"), "{errors:?}");
    assert!(errors[4].contains("given up after 5 failures in a row"), "{errors:?}");
}

#[tokio::test(start_paused = true)]
async fn cursors_go_from_the_last_row_to_the_next_request() {
    let (client, script) = client([page(&["a", "b"], Value::Null), page(&["c"], Value::Null), page(&[], Value::Null)]);
    let ids: Vec<String> = client.call(PersonVisitList::new().with_size(2)).paginate().items().map(id).collect().await;
    assert_eq!(ids, ["a", "b", "c"]);
    let cursors: Vec<Value> = script.bodies().iter().map(|body| body["after"].clone()).collect();
    assert_eq!(cursors, [Value::Null, json!("b"), json!("c")]);
}

#[tokio::test(start_paused = true)]
async fn what_stands_beside_the_rows_reaches_the_caller() {
    let rows = r#"{"list":[{"user_id":"a"},{"user_id":"b"}],"total":2,"header":[{"key":"c1"}]}"#;
    let body = format!(r#"{{"code":0,"msg":"ok","data":{rows},"request_id":"r-1"}}"#);
    let (client, _script) = client([Act::Body(200, body)]);
    let page = client.call(persons()).collect_drift().paginate().pages().next().await.unwrap().unwrap();
    assert_eq!((page.rows.len(), page.data.list.len(), page.data.total), (2, 0, Some(2)));
    assert_eq!(page.data.extra.get("header"), Some(&json!([{"key": "c1"}])));
    assert_eq!(page.extra.get("request_id"), Some(&json!("r-1")));
    assert_eq!(page.drift.iter().map(|drift| drift.path.as_str()).collect::<Vec<_>>(), ["/data/header"]);
}

#[tokio::test(start_paused = true)]
async fn the_options_of_the_call_hold_for_each_page() {
    let odd = r#"{"list":[{"user_id":"c","odd":1}],"total":3}"#;
    let (client, _script) = client([page(&["a", "b"], 3), Act::ok(odd), Act::ok(odd), Act::ok(odd), Act::ok(odd), Act::ok(odd)]);
    let all: Vec<Result<Person, Error>> = client.call(persons()).strict(true).paginate().items().collect().await;
    assert_eq!(all.iter().filter(|row| row.is_ok()).count(), 2);
    assert!(all[2].as_ref().unwrap_err().to_string().contains("strict mode"), "{:?}", all[2]);

    let (client, script) = crate::acme::client([Act::Hang]);
    let mut items = client.call(persons()).timeout(crate::acme::seconds(3)).retries(0).paginate().items();
    assert_eq!((items.next().await.unwrap_err().kind(), script.seen().len()), (ErrorKind::Timeout, 1));
}

/// What a sink was told of rows and pages.
#[derive(Default)]
struct Sink(std::sync::Mutex<Vec<(Option<i64>, String)>>);

impl RejectSink for Sink {
    fn reject(&self, rejected: &Rejected<'_>) {
        self.0.lock().unwrap().push((rejected.page, rejected.row.raw.to_string()));
    }
    fn reject_page(&self, rejected: &RejectedPage<'_>) {
        assert!(!format!("{rejected:?}").contains("13800138000"));
        self.0.lock().unwrap().push((rejected.page, String::from_utf8_lossy(rejected.raw).into_owned()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_stays_undecodable_is_told_with_its_bytes_and_skipped_if_asked_to() {
    let broken = r#"{"code":0,"data":{"list":[{"user_id":"c","phone":"13800138000"}"#;
    let script = || [page(&["a", "b"], 6), Act::Body(200, broken.into()), Act::Body(200, broken.into()), page(&["e", "f"], 6)];
    let (client, _script) = client(script());
    let sink = std::sync::Arc::new(Sink::default());
    let mut items = client.call(persons()).retries(0).paginate().rejects(sink.clone()).skip_undecodable(true).items();
    let all: Vec<Result<Person, Error>> = items.by_ref().collect().await;
    let summary = items.summary();
    assert_eq!(
        (summary.rows, summary.skipped_pages, summary.completeness, summary.missing),
        (4, 1, Completeness::Incomplete, 2),
        "{summary}"
    );
    let ids: Vec<String> = all.into_iter().map(id).collect();
    // Asked for again when the stream is polled on; then skipped; in the end the total does not agree.
    assert_eq!(ids, ["a", "b", "Decode", "e", "f", "Paging"]);
    assert_eq!(*sink.0.lock().unwrap(), [(Some(2), broken.to_owned())]);

    let (client, _script) = crate::acme::client(script());
    let ids: Vec<String> = client.call(persons()).retries(0).paginate().skip_undecodable(true).items().map(id).collect().await;
    assert_eq!(ids, ["a", "b", "Decode", "Decode", "e", "f", "Paging"]);

    let (client, _script) = crate::acme::client(script());
    let ids: Vec<String> = client.call(persons()).retries(0).paginate().items().map(id).take(4).collect().await;
    assert_eq!(ids, ["a", "b", "Decode", "Decode"], "without being asked to, the pull stays where it is");
}

#[tokio::test(start_paused = true)]
async fn a_pull_that_was_broken_off_goes_on_from_its_token() {
    let broken = || Act::Fail(scrm_core::transport::TransportErrorKind::Broken, Sent::Unknown);
    let (client, _script) = client(
        [page(&["a", "b"], 3)].into_iter().chain(std::iter::repeat_with(broken).take(5)).chain([page(&["a", "b"], 3), page(&["c"], 3)]),
    );
    let mut pages = client.call(persons()).retries(0).paginate().pages();
    let errors = pages.by_ref().filter(|page| std::future::ready(page.is_err())).count().await;
    assert_eq!((errors, pages.summary().completeness), (5, Completeness::Incomplete));
    let mut rest = client.call(persons()).paginate().resume_from(&pages.resume()).unwrap().items();
    assert_eq!(rest.next().await.unwrap().unwrap().user_id.as_deref(), Some("c"));
    assert!(rest.next().await.unwrap().is_none() && rest.summary().is_complete(), "{}", rest.summary());
}

#[tokio::test(start_paused = true)]
async fn rows_that_share_an_id_all_come_and_the_id_is_told() {
    let named = |rows: &str| Act::ok(&format!(r#"{{"list":[{rows}],"total":5}}"#));
    let (client, script) = client([
        named(r#"{"user_id":"a","points":1},{"user_id":"b"}"#),
        named(r#"{"user_id":"a","points":2},{"points":3}"#),
        named(r#"{"user_id":"","points":4}"#),
    ]);
    let mut items = client.call(persons()).paginate().items();
    assert_eq!(items.by_ref().count().await, 5);
    let summary = items.summary();
    assert_eq!((summary.shared_ids, &*summary.shared_id_examples, summary.rows_without_id), (1, &["a".to_owned()][..], 2));
    assert!(summary.is_complete() && script.seen().len() == 3, "{summary}");
    assert!(summary.to_string().ends_with("; 2 rows without an id; 1 rows with an id that came before: a"), "{summary}");
}

#[tokio::test(start_paused = true)]
async fn rows_that_are_no_rows_cost_no_second_look() {
    for bad in ["null", "7", "[]", "{}", r#""x""#, r#"{"user_id":[1]}"#, r#"{"user_id":null}"#] {
        let first = Act::ok(&format!(r#"{{"list":[{bad},{{"user_id":"b"}}],"total":4}}"#));
        let second = Act::ok(&format!(r#"{{"list":[{{"user_id":"c"}},{bad}],"total":4}}"#));
        let (client, script) = client([first, second]);
        let mut items = client.call(persons()).paginate().items();
        let came = items.by_ref().count().await;
        assert_eq!((came, items.summary().completeness, script.seen().len()), (4, Completeness::Complete, 2), "{bad}: {}", items.summary());
        let summary = items.summary();
        assert_eq!(summary.rows_without_id + summary.bad_rows, 2, "a bad row is none without an id: {bad}: {summary}");
    }
}

fn raw_paging() -> RawPaging {
    RawPaging::page_number("page", "/data/rows").size("size").total("/data/count").id("id")
}

#[tokio::test(start_paused = true)]
async fn an_operation_without_a_schema_pages_when_told_how() {
    let rows =
        |ids: &[u32]| Act::ok(&json!({"rows": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(), "count": "3"}).to_string());
    let (client, script) = client([rows(&[1, 2]), rows(&[3])]);
    let mut pages = client.call_raw("new/list", json!({"page": "1", "size": 2, "shop": "s"})).paginate(raw_paging()).pages();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.rows[1]["id"].clone(), first.number, first.total), (json!(2), Some(1), Some(3)));
    assert_eq!(first.data, json!({"rows": null, "count": "3"}));
    assert_eq!(pages.next().await.unwrap().unwrap().rows, [json!({"id": 3})]);
    assert!(pages.next().await.unwrap().is_none() && pages.summary().is_complete(), "{}", pages.summary());
    let asked: Vec<Value> = script.bodies().iter().map(|body| json!([body["page"], body["size"], body["shop"]])).collect();
    assert_eq!(asked, [json!(["1", 2, "s"]), json!(["2", 2, "s"])]);
    let other = client.call_raw("new/list", json!({"size": 2})).paginate(raw_paging()).resume_from(first.resume());
    assert_eq!(other.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test(start_paused = true)]
async fn an_operation_without_a_schema_pages_by_cursor() {
    let rows = |ids: &[u32]| Act::ok(&json!(ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()).to_string());
    let (client, script) = client([rows(&[1, 2]), rows(&[3]), Act::ok("null")]);
    let paging = RawPaging::cursor("after", "id", "/data").size("size");
    let mut items = client.call_raw("new/list", json!({"size": 2})).paginate(paging).items();
    assert_eq!(items.by_ref().count().await, 3);
    assert_eq!(items.summary().completeness, Completeness::Unknown);
    let cursors: Vec<Value> = script.bodies().iter().map(|body| body["after"].clone()).collect();
    assert_eq!(cursors, [Value::Null, json!(2), json!(3)]);
}

#[tokio::test(start_paused = true)]
async fn rows_that_stand_elsewhere_are_an_error_and_not_an_empty_list() {
    let (client, _script) = client(vec![Act::ok(r#"{"list":[]}"#); 5]);
    let mut pages = client.call_raw("new/list", json!({})).paginate(raw_paging()).pages();
    let error = pages.next().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Paging && error.to_string().contains("the response has no list at /data/rows"), "{error}");
}

#[test]
fn a_page_and_a_summary_can_be_made_in_a_test_and_kept_as_json() {
    let mut page = Page::<Person, u8>::default();
    page.rows.push(Person::default());
    assert!(client([]).0.call(persons()).paginate().resume_from(page.resume()).is_err());
    let mut summary = Summary::default();
    (summary.rows, summary.completeness, summary.total_before) = (3, Completeness::Unknown, Some(3));
    let text = serde_json::to_string(&summary).unwrap();
    assert!(text.starts_with(r#"{"completeness":"unknown","rows":3,"#), "{text}");
    assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
    assert_eq!(serde_json::from_str::<Summary>("{}").unwrap(), Summary::default());
}
