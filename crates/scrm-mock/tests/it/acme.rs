//! The answers, checks and rules of the made-up vendor.

use std::collections::BTreeSet;
use std::time::Duration;

use scrm_mock::{Customer, TokenRule};
use serde_json::{Value, json};

use crate::support::{Box, builder, ids};

#[tokio::test]
async fn pages_follow_each_other_up_to_the_ceiling() {
    let a = Box::new().await;
    let mut all = Vec::new();
    for page in 1..=4 {
        let answer = a.page(page, 50).await;
        assert_eq!(answer["data"]["total"], 300);
        assert_eq!(answer["data"]["page"], json!({ "current": page, "size": "50", "last": 6 }));
        all.extend(ids(&answer, "user_id"));
    }
    assert_eq!(all.len(), 120, "no row beyond the ceiling is given");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 120);
}

#[tokio::test]
async fn a_cursor_walks_to_the_end_also_when_its_row_is_gone() {
    let a = Box::new().await;
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let mut form = vec![("size", "50".to_owned())];
        if !after.is_null() {
            form.push(("after", after.to_string()));
        }
        let call = a.http.post(a.url("/user/scroll")).header("x-acme-token", &a.token).form(&form);
        let answer: Value = call.send().await.unwrap().json().await.unwrap();
        let rows = answer["data"]["list"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let Some(last) = rows.last() else { break };
        after = last["cursor"].clone();
        let phone = last["phone"].as_str().or(last["second_phone"].as_str()).unwrap().to_owned();
        all.extend(ids(&answer, "user_id"));
        assert_eq!(a.mock.remove_customers(|customer| customer.text("phone") == phone), 1);
    }
    assert_eq!(all.len(), 300);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 300);
}

#[tokio::test]
async fn a_cursor_of_nobody_goes_on_by_its_time() {
    let a = Box::new().await;
    let all = ids(&a.page(1, 50).await, "user_id");
    let middle = a.page(1, 50).await["data"]["list"][20]["cursor"]["at"].clone();
    let call =
        |after: Value| a.http.post(a.url("/user/scroll")).header("x-acme-token", &a.token).form(&[("after", after.to_string())]).send();
    let answer: Value = call(json!({ "id": "u_nobody", "at": middle })).await.unwrap().json().await.unwrap();
    assert_eq!(ids(&answer, "user_id")[0], all[21]);
    let wrong: Value = call(json!({ "at": middle })).await.unwrap().json().await.unwrap();
    assert_eq!((&wrong["code"], wrong["msg"].as_str().unwrap()), (&json!(18), "parameter missing: after/id is required"));
}

#[tokio::test]
async fn everybody_is_found_by_phone() {
    let a = Box::start(builder().customers(40).without_quotas()).await;
    let mut elsewhere = 0;
    for customer in a.mock.customers(0, 40) {
        let phone = customer.text("phone");
        let answer = a.list(json!({ "page": 1, "page_size": 5, "phone": phone })).await;
        assert_eq!(answer["data"]["total"], 1, "{answer}");
        let row = &answer["data"]["list"][0];
        assert_eq!(row["union_id"], customer.text("union_id"));
        if row["phone"].is_null() {
            assert_eq!(row["second_phone"], phone);
            elsewhere += 1;
        } else {
            assert_eq!((&row["phone"], &row["second_phone"]), (&json!(phone), &json!("")));
        }
        let found = a.http.get(a.url("/lead/find")).header("x-acme-token", &a.token).query(&[("phone", phone)]);
        let found: Value = found.send().await.unwrap().json().await.unwrap();
        assert_eq!(found["data"][0]["union_id"], customer.text("union_id"), "{found}");
    }
    assert!(elsewhere > 0, "some people gave their phone in the other place");
    assert_eq!(a.list(json!({ "page": 1, "page_size": 5, "phone": "15000000000" })).await["data"]["total"], 0);
    assert_eq!(a.list(json!({ "page": 1, "page_size": 5, "phone": "" })).await["data"]["total"], 40);
}

#[tokio::test]
async fn filters_agree_with_the_rows() {
    let a = Box::start(builder().customers(100).without_quotas()).await;
    let all: Vec<Value> =
        [a.page(1, 50).await, a.page(2, 50).await].iter().flat_map(|page| page["data"]["list"].as_array().unwrap().clone()).collect();
    let count = |test: &dyn Fn(&Value) -> bool| all.iter().filter(|row| test(row)).count();
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let id = text(&all[17], "user_id");
    let cases = [
        (json!({ "from": 2 }), count(&|row| row["source"] == "门店")),
        (json!({ "min_visits": 12 }), count(&|row| row["visits"].as_i64().unwrap() >= 12)),
        (json!({ "nickname": "云" }), count(&|row| text(row, "nickname").contains('云'))),
        (json!({ "ids": [id, "nobody"] }), 1),
        (json!({ "ids": [] }), 0),
        (json!({ "ids": null }), 100),
        (json!({ "created_from": "2022-01-01", "created_to": "2022-12-31" }), count(&|row| text(row, "created_at").starts_with("2022-"))),
        (
            json!({ "created_from": "2022-01-01", "created_to": "2022-12-31", "from": 1 }),
            count(&|row| text(row, "created_at").starts_with("2022-") && row["source"] == "网页"),
        ),
    ];
    for (mut request, expected) in cases {
        request["page"] = json!(1);
        request["page_size"] = json!(50);
        let answer = a.list(request.clone()).await;
        assert_eq!(answer["data"]["total"], expected, "{request} {answer}");
    }
    assert!(
        count(&|row| row["source"] == "门店") > 0
            && count(&|row| row["note"].is_null()) > 0
            && count(&|row| row.get("remark").is_none()) > 0
    );
}

#[tokio::test]
async fn what_breaks_the_document_is_refused() {
    let a = Box::start(builder().customers(3).without_quotas()).await;
    let cases = [
        (json!({ "page_size": 5 }), 18, "page is required"),
        (json!({ "page": "1", "page_size": 5 }), 19, "page must be an integer, not this text"),
        (json!({ "page": 0, "page_size": 5 }), 19, "page must be 1 or more, not 0"),
        (json!({ "page": 1, "page_size": 51 }), 19, "page_size must be 50 or less, not 51"),
        (json!({ "page": 1, "page_size": 5, "from": 9 }), 19, "from must be one of 1, 2"),
        (json!({ "page": 1, "page_size": 5, "ids": ["a", "b", "c", "d"] }), 19, "ids must have 0 to 3 items, not 4"),
        (json!({ "page": 1, "page_size": 5, "created_from": "2022-1-1" }), 19, "created_from must be written YYYY-MM-DD"),
        (json!({ "page": 1, "page_size": 5, "phone": "13800138000", "nickname": "a" }), 19, "at most one of phone, nickname"),
        (
            json!({ "page": 1, "page_size": 5, "created_from": "2022-02-01", "created_to": "2022-01-01" }),
            19,
            "created_from must be before created_to",
        ),
        (
            json!({ "page": 1, "page_size": 5, "created_from": "2020-01-01", "created_to": "2022-01-01" }),
            19,
            "created_to is more than 31622400 seconds after",
        ),
        (json!([]), 19, "the body is no JSON object"),
    ];
    for (request, code, part) in cases {
        let answer = a.list(request.clone()).await;
        assert_eq!(answer["code"], code, "{request} {answer}");
        assert!(answer["msg"].as_str().unwrap().contains(part), "{request} {answer}");
        assert_eq!((&answer["data"], &answer["trace"]), (&Value::Null, &json!("")));
    }
    let none: Value = a.http.get(a.url("/lead/find")).header("x-acme-token", &a.token).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&none["code"], none["msg"].as_str().unwrap()),
        (&json!(18), "parameter missing: at least one of phone, union_id is required")
    );
}

#[tokio::test]
async fn addresses_and_methods_are_told_apart() {
    let a = Box::new().await;
    let get = |path: String| async { a.http.get(path).send().await.unwrap() };
    assert_eq!(get(a.url("/user/nothing")).await.json::<Value>().await.unwrap()["code"], 16);
    assert_eq!(get(a.url("/user/list")).await.json::<Value>().await.unwrap()["code"], 17);
    assert_eq!(get(format!("{}/elsewhere", a.mock.url())).await.status(), 404);
    for path in ["/acme/open/v1/user/list", "/open/v1/user/list", "/user/list"] {
        let call =
            a.http.post(format!("{}{path}", a.mock.url())).header("x-acme-token", &a.token).json(&json!({ "page": 1, "page_size": 1 }));
        assert_eq!(call.send().await.unwrap().json::<Value>().await.unwrap()["code"], 0, "{path}");
    }
}

#[tokio::test]
async fn tokens_are_needed_and_end_as_documented() {
    let mut a = Box::new().await;
    let first = std::mem::take(&mut a.token);
    assert_eq!(a.page(1, 1).await["code"], 11);
    a.token = "tk_nobody".to_owned();
    assert_eq!(a.page(1, 1).await["code"], 12);
    a.token = first;
    assert_eq!(a.page(1, 1).await["code"], 0);
    a.fetch_token(0).await;
    a.mock.clock().advance(Duration::from_secs(240));
    assert_eq!(a.page(1, 1).await["code"], 0);
    a.mock.clock().advance(Duration::from_secs(60));
    assert_eq!(a.page(1, 1).await["code"], 12);
    assert_eq!(a.mock.token_fetches("acme"), 2);

    let rule = TokenRule { lifetime: 100, renew_below: 20, overlap: 20 };
    let b = Box::start(builder().customers(1).token_rule("acme", rule)).await;
    b.mock.clock().advance(Duration::from_secs(70));
    let again = b.ask_token(0).await;
    assert_eq!(again["data"]["token"], b.token);
    assert!((21..=30).contains(&again["data"]["life"].as_i64().unwrap()), "{again}");
    b.mock.clock().step(-3600);
    assert!(b.ask_token(0).await["data"]["life"].as_i64().unwrap() > 3600, "the clock went back");
}

#[tokio::test]
async fn wrong_credentials_have_their_codes_and_fetches_a_quota() {
    let a = Box::new().await;
    let good = a.mock.credentials("acme");
    let call = |key: String, secret: String| {
        let query = [("app_id", key), ("app_secret", secret), ("grant", "client".to_owned())];
        a.http.get(a.url("/token")).query(&query).send()
    };
    let wrong: Value = call("nobody".to_owned(), good["app_secret"].clone()).await.unwrap().json().await.unwrap();
    assert_eq!(wrong["code"], 13, "{wrong}");
    let wrong: Value = call(good["app_id"].clone(), "wrong".to_owned()).await.unwrap().json().await.unwrap();
    assert_eq!(wrong["code"], 14, "{wrong}");
    let partner = || async {
        let form = [("partner_id", &good["partner_id"]), ("partner_secret", &good["partner_secret"])];
        a.http.post(a.url("/partner/token")).form(&form).send().await.unwrap().json::<Value>().await.unwrap()["code"].clone()
    };
    for _ in 0..5 {
        assert_eq!(partner().await, 0);
    }
    assert_eq!(partner().await, 24, "a burst");
    a.mock.clock().advance(Duration::from_secs(61));
    assert_eq!(partner().await, 20, "a window that is full");
    a.mock.clock().advance(Duration::from_secs(540));
    assert_eq!(partner().await, 0);
}

#[tokio::test]
async fn shops_have_tokens_and_quotas_of_their_own() {
    let mut a = Box::start(builder().customers(5).shops(2)).await;
    for _ in 0..20 {
        assert_eq!(a.page(1, 1).await["code"], 0);
    }
    a.mock.assert_quota_kept();
    assert_eq!(a.page(1, 1).await["code"], 24, "a burst");
    a.mock.clock().advance(Duration::from_secs(5));
    assert_eq!(a.page(1, 1).await["code"], 20, "a window that is full");
    a.token = a.fetch_token(1).await;
    assert_eq!(a.page(1, 1).await["code"], 0);
    assert_eq!(a.mock.requests().last().unwrap().shop, Some(1));
}

#[tokio::test]
async fn permissions_can_be_taken_away() {
    let a = Box::new().await;
    a.mock.forbid("acme/user_list");
    let refused = a.page(1, 1).await;
    assert_eq!((&refused["code"], &refused["msg"]), (&json!(15), &json!("没有权限: users-read")));
    a.mock.permit("user_list");
    assert_eq!(a.page(1, 1).await["code"], 0);
}

#[tokio::test]
async fn an_undocumented_variant_is_marked_and_bare() {
    let a = Box::new().await;
    let call = |kind: &str| {
        let form = reqwest::multipart::Form::new().text("kind", kind.to_owned()).text("size", "").text("page", "2");
        a.http.post(a.url("/group/list")).header("x-acme-token", &a.token).multipart(form).send()
    };
    let documented = call("lead").await.unwrap();
    assert!(documented.headers().get(scrm_mock::UNVERIFIED_HEADER).is_none());
    let documented: Value = documented.json().await.unwrap();
    let rows = documented["data"]["list"].as_array().unwrap();
    assert_eq!(rows.len(), 10);
    let keys: BTreeSet<&String> = rows.iter().flat_map(|row| row.as_object().unwrap().keys()).collect();
    assert!(keys.iter().filter(|key| key.starts_with("Score-")).count() > 5);
    let announced: Vec<&str> =
        documented["data"]["header"].as_array().unwrap().iter().map(|column| column["prop"].as_str().unwrap()).collect();
    assert_eq!(announced, ["Name", "Position"]);

    let other = call("member").await.unwrap();
    assert!(other.headers().get(scrm_mock::UNVERIFIED_HEADER).is_some());
    let other: Value = other.json().await.unwrap();
    assert_eq!(other["data"]["list"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["row_id"]);
    assert!(a.mock.requests().last().unwrap().unverified);
}

#[tokio::test]
async fn a_write_is_done_once() {
    let a = Box::new().await;
    let call = |body: Value| a.http.post(a.url("/user/add")).header("x-acme-token", &a.token).json(&body).send();
    let code = |answer: Value| answer["code"].as_i64().unwrap();
    assert_eq!(code(call(json!({ "phone": "13800138001", "consent": 1 })).await.unwrap().json().await.unwrap()), 0);
    assert_eq!(code(call(json!({ "phone": "13800138001", "consent": 1 })).await.unwrap().json().await.unwrap()), 2504);
    assert_eq!(code(call(json!({ "phone": "13800138002", "consent": true })).await.unwrap().json().await.unwrap()), 19);
    assert_eq!(code(call(json!({ "phone": "1380013800" })).await.unwrap().json().await.unwrap()), 19);
}

#[tokio::test]
async fn own_people_are_answered_and_come_and_go() {
    let own = Customer::from_csv("phone,name,union_id,created_at\n13800138099,王小明,oUown,2024-05-06 07:08:09\n").unwrap();
    let a = Box::start(builder().own_customers(own)).await;
    let answer = a.list(json!({ "page": 1, "page_size": 9, "phone": "13800138099" })).await;
    assert_eq!(
        (&answer["data"]["list"][0]["union_id"], &answer["data"]["list"][0]["created_at"]),
        (&json!("oUown"), &json!("2024-05-06 07:08:09"))
    );
    assert_eq!(a.page(1, 9).await["data"]["total"], 1);
    a.mock.add_customers([Customer::new().with("phone", "13800138098")]);
    assert_eq!(a.list(json!({ "page": 1, "page_size": 9, "phone": "13800138098" })).await["data"]["total"], 1);
    a.mock.remove_customers(|customer| customer.text("phone") == "13800138099");
    assert_eq!(a.list(json!({ "page": 1, "page_size": 9, "phone": "13800138099" })).await["data"]["total"], 0);
    assert_eq!(a.mock.customer_count(), 1);
}
