//! The calls of the vendors' pages as curl sends them: only host, token and people are other ones.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use scrm_core::Value;
use scrm_mock::Mock;

const TOKEN: &str = "stand-in";

/// Sends a request as it stands here and reads the answer's body.
fn send(mock: &Mock, first_line: &str, headers: &[&str], body: &str) -> Value {
    let address = mock.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    write!(
        stream,
        "{first_line} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("content-type: application/json"), "{head}");
    body.parse().unwrap()
}

async fn mock() -> Mock {
    Mock::builder().accept_token(TOKEN).start().await.unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

const JSON: &str = "Content-Type: application/json";

#[tokio::test]
async fn users() {
    let answer = send(
        &mock().await,
        "POST /xe.user.batch.get/1.0.0",
        &[JSON],
        &format!(r#"{{"access_token": "{TOKEN}", "page": 1, "page_size": 3}}"#),
    );
    assert_eq!((&answer["code"], &answer["msg"]), (&Value::from(0), &Value::from("success")));
    assert_eq!(answer["data"]["list"].as_array().unwrap().len(), 3);
    assert!(answer["data"]["total"].is_number());
    let documented = [
        "user_id",
        "user_nickname",
        "bind_phone",
        "collect_phone",
        "avatar",
        "from",
        "pay_sum",
        "punch_count",
        "wx_union_id",
        "wx_app_open_id",
        "wx_open_id",
        "user_created_at",
    ];
    assert_eq!(keys(&answer["data"]["list"][0]), documented);
}

#[tokio::test]
async fn points() {
    let mock = mock().await;
    let call = |rest: &str| send(&mock, "POST /xe.account.info.batch/1.0.0", &[JSON], &format!(r#"{{"access_token": "{TOKEN}", {rest}}}"#));
    let between = r#""create_time_start": "2021-01-01 00:00:00", "create_time_end": "2021-12-31 00:00:00""#;
    let listed = call(&format!(r#"{between}, "user_ids": null, "sort_rule": 11, "page_size": "10", "page": "1""#));
    // The page prints a capital letter here, and small letters for other operations of the same vendor.
    assert!(listed["code"] == 0 && listed["msg"].as_str().unwrap().eq_ignore_ascii_case("Success"), "{listed}");
    assert_eq!(keys(&listed["data"]["list"][0]), ["id", "app_id", "user_id", "total_balance", "balance", "freeze_balance", "created_at"]);
    assert_eq!(keys(&listed["data"]["page"]), ["current_page", "last_page", "page_size", "total"]);
    let nobody = call(&format!(
        r#"{between}, "user_ids": ["user_id_1", "user_id_2", "user_id_3"], "sort_rule": 11, "page_size": "10", "page": "1""#
    ));
    assert_eq!(nobody["data"]["page"]["total"], 0);
}

#[tokio::test]
async fn a_customer() {
    let mock = mock().await;
    let call = |body: &str| {
        let headers = ["Content-Type: application/json; charset=utf-8", &format!("X-Token: {TOKEN}")];
        send(&mock, "POST /api/open/api/audience/getInfoByPhoneAndOpenid", &headers, body)
    };
    let found = call(r#"{ "companyId": "31", "phone": "13800138007" }"#);
    assert_eq!((&found["code"], &found["errorCode"], &found["msg"]), (&"200".into(), &"SUCCESS".into(), &"ok".into()));
    assert_eq!(found["data"][0]["phoneList"][0]["phone"], "13800138007");
    let nobody = call(r#"{ "companyId": "31", "phone": "13800138007", "openid": "31" }"#);
    assert_eq!((&nobody["code"], nobody["data"].as_array().unwrap().len()), (&"200".into(), 0));
}

#[tokio::test]
async fn users_of_a_group() {
    let mock = mock().await;
    let call = |user: &str, object: &str| {
        let fields = [
            ("user_id", user),
            ("page_num", ""),
            ("page_size", ""),
            ("search_str", ""),
            ("groupId", ""),
            ("group_obj", object),
            ("return_field_list", ""),
        ];
        let parts = fields.map(|(name, value)| {
            format!("--------------------------d74\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        });
        let body = format!("{}--------------------------d74--\r\n", parts.concat());
        let kind = "Content-Type: multipart/form-data; boundary=------------------------d74";
        send(&mock, &format!("POST /leads/open-api/group-user-list?access_token={TOKEN}"), &[kind], &body)
    };
    let listed = call("made-up-admin", "leads_schema_data");
    assert_eq!((&listed["code"], &listed["msg"]), (&Value::from(0), &Value::from("成功")));
    assert_eq!(keys(&listed["data"]), ["total", "list", "header"]);
    let row = keys(&listed["data"]["list"][0]);
    assert_eq!(row[..6], ["FullName", "MobilePhone", "Email", "Company", "IsLead", "CreatedTime"]);
    assert!(row.iter().any(|key| key.starts_with("Score-")), "{row:?}");
    let labels: Vec<&Value> = listed["data"]["header"].as_array().unwrap().iter().map(|column| &column["prop"]).collect();
    assert_eq!(labels[..6], row[..6]);
    // As the page prints it, all fields empty.
    assert!(call("", "")["code"].is_number());
}
