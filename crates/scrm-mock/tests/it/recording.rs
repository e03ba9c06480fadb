//! Recordings: what is written, and what answers from it.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use scrm_core::{
    spec::Method,
    transport::{HttpRequest, HttpResponse, Sent, Transport, TransportError, TransportErrorKind},
};
use scrm_mock::{RecordedAnswer, RecordedBody, Recorder, RecordingError, Replay};
use serde_json::{Value, json};

/// Answers these one after the other.
struct Canned(Mutex<Vec<Result<HttpResponse, TransportError>>>);

#[scrm_core::async_trait]
impl Transport for Canned {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.lock().unwrap().remove(0)
    }
}

fn answer(body: impl ToString) -> Result<HttpResponse, TransportError> {
    let headers = [("content-type", "application/json"), ("set-cookie", "session=canary-cookie")];
    let headers = headers.map(|(name, value)| (name.into(), value.into())).to_vec();
    Ok(HttpResponse { status: 200, headers, body: body.to_string().into() })
}

fn request(method: Method, url: &str, body: Value) -> HttpRequest {
    let headers = vec![("X-Acme-Token".into(), "canary-token".into())];
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    HttpRequest {
        method,
        url: format!("https://api.acme.example/open/v1{url}"),
        headers,
        body: body.into(),
        timeout: Duration::from_secs(1),
    }
}

fn list(request_body: Value) -> HttpRequest {
    request(Method::Post, "/user/list", request_body)
}

fn schemas() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../acme-client/schemas")
}

struct Recorded {
    _folder: tempfile::TempDir,
    file: PathBuf,
    text: String,
}

/// Records these calls.
async fn record(calls: Vec<(HttpRequest, Result<HttpResponse, TransportError>)>) -> Recorded {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.jsonl");
    let recorder = Recorder::create_with_schemas(&file, schemas()).unwrap();
    let (requests, answers): (Vec<_>, Vec<_>) = calls.into_iter().unzip();
    let transport = recorder.around(Arc::new(Canned(Mutex::new(answers))));
    let count = requests.len() as u64;
    for request in requests {
        // What came goes on to the caller, failures too.
        let _ = transport.send(request).await;
    }
    assert_eq!(recorder.finish().unwrap(), count);
    let text = fs::read_to_string(&file).unwrap();
    Recorded { _folder: folder, file, text }
}

fn replay(recorded: &Recorded) -> Replay {
    Replay::open_with_schemas(&recorded.file, schemas()).unwrap()
}

fn json_of(response: HttpResponse) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

fn user(id: &str, phone: &str) -> Value {
    json!({ "user_id": id, "phone": phone, "nickname": "Li", "visits": 3, "tenant": "canary-tenant", "since": 1_600_000_000 })
}

async fn traffic() -> Recorded {
    let token = "/token?app_id=key&app_secret=canary-secret&grant=client";
    let rows = json!({ "list": [user("u_1", "13800138001"), user("u_2", "13800138002")], "total": 2 });
    record(vec![
        (
            request(Method::Get, token, Value::Null),
            answer(json!({ "code": 0, "msg": "ok", "data": { "token": "canary-token", "life": 7200 } })),
        ),
        (list(json!({ "page": 1, "page_size": 50 })), answer(json!({ "code": 0, "msg": "ok", "trace": "t", "data": rows }))),
        (
            list(json!({ "page": 1, "page_size": 50, "phone": "13800138002" })),
            answer(json!({ "code": 7, "msg": "canary-token: 13800138002 of u_2", "data": null })),
        ),
        (list(json!({ "page": 2, "page_size": 50 })), Err(TransportError::new(TransportErrorKind::Timeout, Sent::Unknown, "canary-token"))),
        (request(Method::Post, "/nobody/13800138009", json!({ "who": "canary-who", "n": 5 })), answer("<html>ask li@acme.example</html>")),
    ])
    .await
}

#[tokio::test]
async fn a_recording_is_readable_and_shows_nobody() {
    let recorded = traffic().await;
    for canary in ["canary", "1380013800", "li@acme"] {
        assert!(!recorded.text.contains(canary), "{canary}: {}", recorded.text);
    }
    let lines: Vec<Value> = recorded.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    let row = &lines[1]["response"]["body"]["json"]["data"]["list"][1];
    assert_eq!(
        row,
        &json!({ "user_id": "u_2", "phone": "19900000002", "nickname": "Li", "visits": 3, "tenant": "tenant-1", "since": 100_001 })
    );
    assert_eq!(
        lines[2],
        json!({
            "number": 3, "operation": "acme/user_list", "method": "POST", "path": "/user/list",
            "parameters": { "page": 1, "page_size": 50, "phone": "19900000002" },
            "response": {
                "status": 200,
                "headers": [["content-type", "application/json"]],
                "body": { "json": { "code": 7, "msg": "secret-2: 19900000002 of u_2", "data": null } },
            },
        })
    );
    assert_eq!(lines[3]["failure"], json!({ "kind": "timeout", "sent": "unknown" }));
    assert_eq!(lines[4]["path"], "/open/v1/nobody/***");
    assert_eq!(lines[4]["parameters"], json!({ "who": "who-1", "n": 5 }));
}

#[tokio::test]
async fn the_same_program_runs_from_the_recording() {
    let recorded = traffic().await;
    let replay = replay(&recorded);
    // Another secret and another phone stand for those of the recording.
    let token = replay.send(request(Method::Get, "/token?app_id=key&app_secret=mine&grant=client", Value::Null)).await.unwrap();
    assert_eq!(json_of(token)["data"]["token"], "secret-2");
    let rows = json_of(replay.send(list(json!({ "page": 1, "page_size": 50 }))).await.unwrap());
    let phone = rows["data"]["list"][1]["phone"].clone();
    let wrong = replay.send(list(json!({ "page": 3, "page_size": 50 }))).await.unwrap_err();
    assert_eq!(
        wrong.message,
        "the recording does not fit: asked is acme/user_list, call 3 of the recording is acme/user_list with other parameters"
    );
    assert_eq!((wrong.kind, wrong.sent), (TransportErrorKind::Request, Sent::No));
    let found = replay.send(list(json!({ "page": 1, "page_size": 50, "phone": phone }))).await.unwrap();
    assert_eq!(found.status, 200);
    let failed = replay.send(list(json!({ "page": 2, "page_size": 50 }))).await.unwrap_err();
    assert_eq!((failed.kind, failed.sent), (TransportErrorKind::Timeout, Sent::Unknown));
    assert_eq!(replay.unused().len(), 1);
    let other = replay.send(list(json!({ "page": 1, "page_size": 50 }))).await.unwrap_err();
    assert_eq!(other.message, "the recording does not fit: asked is acme/user_list, call 5 of the recording is POST /open/v1/nobody/***");
    assert!(replay.send(request(Method::Post, "/nobody/13800138009", json!({ "who": "me", "n": 5 }))).await.is_ok());
    let over = replay.send(list(json!({ "page": 1, "page_size": 50 }))).await.unwrap_err();
    assert_eq!(over.message, "the recording is used up: asked is acme/user_list");
}

#[tokio::test]
async fn without_order_the_parameters_decide_and_calls_may_be_repeated() {
    let recorded = traffic().await;
    let replay = replay(&recorded).in_any_order();
    for _ in 0..2 {
        let found = json_of(replay.send(list(json!({ "page": 1, "page_size": 50, "phone": "19900000002" }))).await.unwrap());
        assert_eq!(found["code"], 7);
        let rows = json_of(replay.send(list(json!({ "page": 1, "page_size": 50 }))).await.unwrap());
        assert_eq!(rows["data"]["total"], 2);
    }
    let none = replay.send(list(json!({ "page": 9, "page_size": 50 }))).await.unwrap_err();
    assert_eq!(none.message, "the recording has no call of acme/user_list with these parameters");
}

#[tokio::test]
async fn a_cut_last_line_is_left_out_and_a_wrong_one_is_told() {
    let recorded = traffic().await;
    let cut = recorded.text.trim_end().len() - 20;
    fs::write(&recorded.file, &recorded.text[..cut]).unwrap();
    let replay = replay(&recorded);
    assert_eq!(replay.calls().len(), 4);
    assert!(matches!(&replay.calls()[0].answer, RecordedAnswer::Response { status: 200, body: RecordedBody::Json(_), .. }));
    fs::write(&recorded.file, "{}\n").unwrap();
    let error = Replay::open_with_schemas(&recorded.file, schemas()).unwrap_err();
    assert!(matches!(&error, RecordingError::Line { line: 1, .. }), "{error}");
}
