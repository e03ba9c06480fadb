//! Streams of pages and rows.

use futures_util::StreamExt as _;
use scrm_core::{Error, ErrorKind, Sent};
use serde_json::{Value, json};

use crate::acme::{Act, User, UserList, VisitList, client};

fn page(ids: &[&str], total: impl Into<Value>) -> Act {
    let rows: Vec<Value> = ids.iter().map(|id| json!({"user_id": id})).collect();
    Act::ok(&json!({"list": rows, "total": total.into()}).to_string())
}

fn id(row: Result<User, Error>) -> String {
    row.map_or_else(|error| format!("{:?}", error.kind()), |user| user.user_id.unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn all_rows_come_once_and_no_page_too_many_is_asked_for() {
    let (client, script) = client([page(&["a", "b"], 5), page(&["c", "d"], 5), page(&["e"], 5)]);
    let items = client.0.call(UserList::new()).items();
    let ids: Vec<String> = items.map(id).collect().await;
    assert_eq!(ids, ["a", "b", "c", "d", "e"]);
    let pages: Vec<Value> = script.bodies().iter().map(|body| body["page"].clone()).collect();
    assert_eq!(pages, [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn pages_know_their_number_and_the_total() {
    let (client, _script) = client([page(&["a", "b"], 3), page(&["c"], 3)]);
    let mut pages = client.0.call(UserList::new()).pages();
    assert_eq!(pages.total(), None);
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.number, first.total, first.rows.len(), pages.total()), (Some(1), Some(3), 2, Some(3)));
    assert_eq!(pages.next().await.unwrap().unwrap().number, Some(2));
    assert!(pages.next().await.is_none() && pages.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn after_an_error_the_same_page_is_asked_for_again() {
    let broken = Act::Fail(scrm_core::transport::TransportErrorKind::Broken, Sent::Unknown);
    let (client, _script) = client([page(&["a", "b"], 3), broken, page(&["c"], 3)]);
    let mut items = client.0.call(UserList::new()).retries(0).items();
    assert_eq!((id(items.next().await.unwrap()), id(items.next().await.unwrap())), ("a".into(), "b".into()));
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().starts_with("acme user_list: page 2: "), "{error}");
    assert_eq!(id(items.next().await.unwrap()), "c");
    assert!(items.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_error_that_would_come_again_ends_the_stream() {
    let (client, _script) = client([Act::code(4001), Act::code(4001)]);
    let kinds: Vec<String> = client.0.call(UserList::new()).items().map(id).collect().await;
    assert_eq!(kinds, ["Token"]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_against_the_total_is_no_quiet_end() {
    let (client, _script) = client([page(&["a", "b"], 4), page(&[], 4), page(&["c", "d"], 4)]);
    let mut items = client.0.call(UserList::new()).items().skip(2);
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging);
    assert!(error.to_string().contains("page 2 is empty after 2 rows, but the vendor counts 4"), "{error}");
    let rest: Vec<String> = items.map(id).collect().await;
    assert_eq!(rest, ["c", "d"]);
}

#[tokio::test(start_paused = true)]
async fn a_bad_row_comes_in_its_place_with_its_raw_json() {
    let bad = r#"{"user_id":{"no":"id"},"phone":"13800138000"}"#;
    let rows = format!(r#"{{"list":[{bad},{{"user_id":"b"}}],"total":3}}"#);
    let last = format!(r#"{{"list":[{bad}],"total":3}}"#);
    let (client, _script) = client([Act::ok(&rows), Act::ok(&last)]);
    let items: Vec<_> = client.0.call(UserList::new()).items().collect().await;
    assert_eq!(items.len(), 3);
    assert_eq!(items[1].as_ref().unwrap().user_id.as_deref(), Some("b"));
    for at in [0, 2] {
        let error = items[at].as_ref().unwrap_err();
        assert_eq!((error.kind(), error.json_path()), (ErrorKind::Decode, Some("/data/list/0/user_id")));
        assert_eq!(&*error.bad_row().unwrap().raw, bad);
        assert!(!format!("{error:?} {error}").contains("13800138000"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeated_page_is_an_error() {
    let (client, _script) = client([page(&["a", "b"], 6), page(&["a", "b"], 6)]);
    let kinds: Vec<String> = client.0.call(UserList::new()).items().take(3).map(id).collect().await;
    assert_eq!(kinds, ["a", "b", "Paging"]);
}

#[tokio::test(start_paused = true)]
async fn cursors_go_from_the_last_row_to_the_next_request() {
    let (client, script) = client([page(&["a", "b"], Value::Null), page(&["c"], Value::Null)]);
    let ids: Vec<String> = client.0.call(VisitList::new()).items().map(id).collect().await;
    assert_eq!(ids, ["a", "b", "c"]);
    let cursors: Vec<Value> = script.bodies().iter().map(|body| body["after"].clone()).collect();
    assert_eq!(cursors, [Value::Null, json!("b")]);
}
