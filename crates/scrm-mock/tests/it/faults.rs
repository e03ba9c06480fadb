//! Every kind of nastiness, as a client sees it.

use scrm_mock::{Fault, Situation};
use serde_json::{Value, json};

use crate::support::{Box, builder, ids};

async fn body(a: &Box) -> (u16, String) {
    let response = a.send(&json!({ "page": 1, "page_size": 3 })).await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn faults_of_the_wire() {
    let a = Box::start(builder().customers(5).without_quotas()).await;
    let request = json!({ "page": 1, "page_size": 3 });
    let (_, good) = body(&a).await;

    a.mock.fault(Fault::Status { status: 503, retry_after: Some(2) }).on("user_list").times(1);
    let response = a.send(&request).await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (503, "2"));
    assert_eq!(body(&a).await, (200, good.clone()), "once only");

    a.mock.fault(Fault::Html).times(1);
    assert!(body(&a).await.1.starts_with("<!DOCTYPE html>"));
    a.mock.fault(Fault::EmptyBody).times(1);
    assert_eq!(body(&a).await, (200, String::new()));
    a.mock.fault(Fault::WrongContentType).times(1);
    let response = a.send(&request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(response.text().await.unwrap(), good);
    a.mock.fault(Fault::Chunked { bytes: 7 }).times(1);
    let response = a.send(&request).await.unwrap();
    assert_eq!(response.headers().get("content-length"), None);
    assert_eq!(response.text().await.unwrap(), good);

    a.mock.fault(Fault::Truncated).times(1);
    let response = a.send(&request).await.unwrap();
    assert_eq!(response.headers()["content-length"].to_str().unwrap(), good.len().to_string());
    assert!(response.bytes().await.is_err());
    for fault in [Fault::CutBefore, Fault::CutAfter] {
        a.mock.fault(fault.clone()).times(1);
        assert!(a.send(&request).await.is_err(), "{fault:?}");
        assert_eq!(a.mock.requests().last().unwrap().status, 0);
    }
    assert_eq!(body(&a).await, (200, good));
}

#[tokio::test]
async fn faults_of_the_values() {
    let a = Box::start(builder().customers(5).without_quotas()).await;
    let answer = async |fault: Fault| {
        a.mock.fault(fault).times(1);
        a.page(1, 3).await
    };
    assert!(answer(Fault::NumbersAsText).await["data"]["total"].is_string());
    assert!(answer(Fault::TextAsNumbers).await["data"]["page"]["size"].is_number());
    assert_eq!(answer(Fault::ListsForObjects).await["data"]["list"][0]["detail"], json!([]));
    assert!(
        answer(Fault::Nulls).await["data"]["list"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["user_id"].is_null() || row["visits"].is_null() || row["level"].is_null())
    );
    assert_eq!(answer(Fault::NewEnumValues).await["data"]["list"][0]["level"], 987_654);
    assert!(answer(Fault::UnknownFields).await["data"]["list"][0]["x_never_documented"].is_object());
    let rows = answer(Fault::BadRow).await["data"]["list"].as_array().unwrap().clone();
    assert_eq!(rows.iter().filter(|row| !row.is_object() || row["user_id"].is_object()).count(), 1);
}

#[tokio::test]
async fn faults_of_the_rows() {
    let a = Box::start(builder().customers(9).without_quotas()).await;
    let first = ids(&a.page(1, 3).await, "user_id");
    a.mock.fault(Fault::RepeatedPage).on("acme/user_list").at_calls([1, 2]);
    assert_eq!(ids(&a.page(2, 3).await, "user_id"), first);
    assert_eq!(ids(&a.page(2, 3).await, "user_id"), first, "and again, for as long as it strikes");
    assert_ne!(ids(&a.page(2, 3).await, "user_id"), first);
    a.mock.fault(Fault::RowsAdded { count: 4 }).times(1);
    assert_eq!(a.page(1, 3).await["data"]["total"], 13);
    a.mock.fault(Fault::RowsRemoved { count: 2 }).times(1);
    assert!((11..13).contains(&a.page(1, 3).await["data"]["total"].as_i64().unwrap()));
}

#[tokio::test]
async fn faults_of_the_vendor() {
    let mut a = Box::start(builder().customers(5).without_quotas()).await;
    a.mock.fault(Fault::Code(Situation::QuotaExceeded)).on("user_list").times(1);
    assert_eq!(a.page(1, 1).await["code"], 20);
    a.mock.fault(Fault::TokenExpired).on("user_list").times(1);
    assert_eq!(a.page(1, 1).await["code"], 12);
    assert_eq!(a.page(1, 1).await["code"], 12, "it stays dead");
    a.token = a.fetch_token(0).await;
    assert_eq!(a.page(1, 1).await["code"], 0);
    a.mock.fault(Fault::ClockStep { seconds: 8000 }).on("user_list").times(1);
    assert_eq!(a.page(1, 1).await["code"], 12);
}

#[tokio::test]
async fn the_same_seed_strikes_the_same_calls() {
    let run = async |seed: u64| {
        let a = Box::start(builder().seed(seed).customers(2).without_quotas()).await;
        a.mock.fault(Fault::Status { status: 500, retry_after: None }).on("user_list").probability(0.5);
        let mut struck = Vec::new();
        for _ in 0..20 {
            struck.push(body(&a).await.0);
        }
        struck
    };
    assert_eq!(run(1).await, run(1).await);
    assert_ne!(run(1).await, run(2).await);
}

#[tokio::test]
async fn latency_delays_one_operation() {
    let a = Box::new().await;
    a.mock.fault(Fault::Latency { fixed_ms: 60, jitter_ms: 10 }).on("user_list").times(1);
    let begun = std::time::Instant::now();
    assert_eq!(a.page(1, 1).await["code"], 0);
    assert!(begun.elapsed().as_millis() >= 60);
}

#[tokio::test]
async fn other_languages_arm_faults_over_http() {
    let a = Box::new().await;
    let control = |path: &str| format!("{}/_control/{path}", a.mock.url());
    let post = async |path: &str, body: Value| a.http.post(control(path)).json(&body).send().await.unwrap();
    let armed =
        post("faults", json!({ "fault": { "status": { "status": 429, "retry_after": 1 } }, "on": "acme/user_list", "times": 1 })).await;
    assert_eq!(armed.status(), 200);
    assert_eq!(body(&a).await.0, 429);
    assert_eq!(
        post("faults", json!([{ "fault": "html" }, { "fault": "empty_body", "at_calls": [3] }])).await.json::<Value>().await.unwrap()["faults"],
        3
    );
    a.http.delete(control("faults")).send().await.unwrap();
    assert_eq!(body(&a).await.0, 200);
    assert_eq!(post("faults", json!({ "fault": "no_such_fault" })).await.status(), 400);
    assert_eq!(post("faults", json!({ "fault": "html", "on": "no_such_operation" })).await.status(), 400);

    post("permissions", json!({ "operation": "user_list", "allowed": false })).await;
    assert_eq!(a.page(1, 1).await["code"], 15);
    post("permissions", json!({ "operation": "user_list", "allowed": true })).await;
    let people: Value = post("customers", json!({ "add": 2, "customers": [{ "phone": "13800138777" }], "remove_phones": ["13800138000"] }))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(people["customers"], 302);
    post("quotas", json!({ "operation": "user_list", "quota": { "calls": 1, "seconds": 60 } })).await;
    a.page(1, 1).await;
    assert_eq!(a.page(1, 1).await["code"], 24);
    post("clock", json!({ "advance_seconds": 61 })).await;
    assert_eq!(a.page(1, 1).await["code"], 0);
    post("expire_tokens", json!({ "vendor": "acme" })).await;
    assert_eq!(a.page(1, 1).await["code"], 12);
    let credentials: Value = a.http.get(control("credentials")).send().await.unwrap().json().await.unwrap();
    assert_eq!(credentials["acme"][0]["app_id"], json!(a.mock.credentials("acme")["app_id"]));
    assert_eq!(post("nothing", json!({})).await.status(), 404);
}
