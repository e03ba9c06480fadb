//! What the box tells about the calls it got.

use scrm_mock::Mock;
use serde_json::{Value, json};

use crate::support::{Box, builder};

#[tokio::test]
async fn calls_are_counted_and_masked() {
    let a = Box::new().await;
    a.list(json!({ "page": 1, "page_size": 5, "phone": "13800138003", "unknown": "secret words" })).await;
    a.page(0, 5).await;
    assert_eq!(
        (a.mock.calls("user_list"), a.mock.calls("acme/user_list"), a.mock.calls("other/user_list"), a.mock.token_fetches("acme")),
        (2, 2, 0, 1)
    );
    let requests = a.mock.requests();
    assert_eq!(requests.iter().map(|request| request.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(requests[1].parameters, json!({ "page": 1, "page_size": 5, "phone": "***", "unknown": "***" }));
    assert_eq!((requests[1].code.as_str(), requests[2].code.as_str()), ("0", "19"));
    let shown = format!("{requests:?}{}", a.mock.stats());
    for hidden in ["13800138003", "secret words", &a.token, &a.mock.credentials("acme")["app_secret"]] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
    let stats: Value = a.http.get(format!("{}/_control/stats", a.mock.url())).send().await.unwrap().json().await.unwrap();
    assert_eq!(stats["calls"]["acme/user_list"], 2);
    assert_eq!(stats["fullest_windows"]["acme/user_list"], json!({ "calls": 2, "allowed": 20, "seconds": 10 }));
    a.mock.reset();
    assert_eq!((a.mock.calls("user_list"), a.mock.requests().len()), (0, 0));
    assert_eq!(a.page(1, 1).await["code"], 12, "tokens are forgotten too");
}

#[tokio::test]
#[should_panic(expected = "acme/user_list: 21 calls came within 10 s, 20 are allowed")]
async fn a_broken_quota_fails_the_test() {
    let a = Box::start(builder().customers(2).without_quotas()).await;
    for _ in 0..21 {
        a.page(1, 1).await;
    }
    a.mock.assert_quota_kept();
}

#[tokio::test]
async fn a_dropped_mock_gives_its_port_back() {
    let a = Box::new().await;
    let url = a.url("/user/list");
    let http = a.http.clone();
    drop(a);
    let mut stopped = false;
    for _ in 0..100 {
        stopped = http.post(&url).send().await.is_err();
        if stopped {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(stopped);
}

#[tokio::test]
#[should_panic(expected = "there is no operation `user_lst` in the schemas")]
async fn a_misspelt_operation_fails_the_test() {
    Box::new().await.mock.fault(scrm_mock::Fault::Html).on("user_lst");
}

#[tokio::test]
async fn wrong_settings_are_told() {
    let unknown = builder().quota("no_such_operation", None).start().await.unwrap_err();
    assert_eq!(unknown.to_string(), "there is no operation `no_such_operation` in the schemas");
    let nowhere = Mock::builder().schemas("no/such/folder").start().await.unwrap_err();
    assert!(nowhere.to_string().starts_with("the schema files cannot be used"), "{nowhere}");
}

#[tokio::test]
async fn the_openapi_document_names_this_server() {
    let a = Box::new().await;
    let document: Value = a.http.get(format!("{}/openapi/acme.json", a.mock.url())).send().await.unwrap().json().await.unwrap();
    assert_eq!(document["servers"][0]["url"], a.mock.base_url("acme"));
    assert_eq!(document["paths"]["/user/list"]["post"]["security"], json!([{ "access": [] }]));
    assert_eq!(a.http.get(format!("{}/openapi/nobody.json", a.mock.url())).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_token_for_calls_by_hand_never_ends() {
    let mut a = Box::start(builder().customers(2).accept_token("by-hand")).await;
    a.token = "by-hand".to_owned();
    a.mock.clock().advance(std::time::Duration::from_secs(100_000));
    assert_eq!(a.page(1, 1).await["code"], 0);
}
