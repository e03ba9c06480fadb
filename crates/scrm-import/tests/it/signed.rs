//! Operations that are signed: what belongs to the signature becomes the schema's `signature`, and no field.

use scrm_import::page::Concern;
use scrm_import::{Committed, Imported, Layout, Options, diff, import, import_copies};
use scrm_schema::model::VendorFile;
use serde_json::{Value, json};

use crate::pages::{load_with, options, vendor_json};

/// The made-up vendor with a signature of its own, as `schemas/README.md` shows one.
fn signing() -> Value {
    let mut vendor = vendor_json(Layout::GitBookPipes);
    vendor["base_urls"] = json!([{ "name": "files", "url": "https://files.acme.example", "zh": "文件", "en": "Files" }]);
    vendor["credentials"].as_array_mut().unwrap().push(
        json!({ "name": "app_secret", "env": "ACME_APP_SECRET", "zh": "应用密钥", "en": "Secret of the application", "secret": true }),
    );
    vendor["signatures"] = json!([{
        "name": "signed", "zh": "签名。", "en": "The signature.", "hash": "sha1",
        "parameters": { "app_id": { "credential": "app_id" }, "nonce": { "nonce": 6 }, "timestamp": { "clock": "milliseconds" } },
        "secret": { "name": "secret", "credential": "app_secret" },
        "signature": "signature", "in": "body", "base_url": "files"
    }]);
    vendor
}

fn file() -> VendorFile {
    serde_json::from_value(signing()).unwrap()
}

fn page(address: &str, rows: &str) -> String {
    format!(
        "# 删除文件\n\n- 请求方式: POST\n- 请求地址: {address}\n\n请求参数\n\n| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n{rows}| file_id | 是 | string | 文件编号 |\n\n\
         返回参数\n\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| msg | string | 文字 |\n"
    )
}

const SIGNATURE: &str = "| app_id | 是 | string | 应用编号 |\n| nonce | 是 | string | 随机串 |\n| timestamp | 是 | long | 毫秒时间戳 |\n| signature | 是 | string | 签名 |\n";

fn read(text: &str) -> (Imported, Value) {
    let vendor = file();
    let imported = import(text, &options(Some(&vendor))).unwrap();
    let schema: Value = serde_json::from_str(&imported.schema).unwrap();
    // What no operation uses has no place in a vendor file.
    let mut vendor = signing();
    if schema.get("signature").is_none() {
        vendor["signatures"] = json!([]);
    }
    if schema.get("signature").is_none() && schema["http"].get("base_url").is_none() {
        vendor["base_urls"] = json!([]);
    }
    load_with(&vendor, Layout::GitBookPipes, &imported).unwrap_or_else(|errors| panic!("{errors}\n{}", imported.schema));
    (imported, schema)
}

fn told(imported: &Imported, concern: Concern) -> String {
    let findings = imported.report.findings.iter().filter(|finding| finding.concern == concern);
    findings.map(|finding| finding.text.clone()).collect::<Vec<_>>().join("\n")
}

fn request(schema: &Value) -> Vec<&str> {
    schema["request"]["properties"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn rows_of_a_signature_become_the_keyword() {
    let text = page("https://files.acme.example/file/delete", SIGNATURE);
    let (imported, schema) = read(&text);
    assert_eq!((&schema["signature"], request(&schema)), (&json!("signed"), vec!["file_id"]));
    assert_eq!(schema["http"], json!({ "method": "POST", "path": "/file/delete", "body": "json" }));
    assert!(schema.get("token").is_none());
    assert!(!told(&imported, Concern::Decide).contains("token"), "{}", told(&imported, Concern::Decide));
    assert!(told(&imported, Concern::Assumed).contains("app_id, nonce, timestamp, signature are the signature `signed`"));
    let vendor = file();
    let compared = |schema: &str| diff(&text, &options(Some(&vendor)), &Committed { schema, ..Committed::default() }).unwrap();
    assert_eq!(compared(&imported.schema), []);
    let unsigned = imported.schema.replace("\"signature\": \"signed\",", "");
    assert_eq!(compared(&unsigned).iter().map(|found| found.at.as_str()).collect::<Vec<_>>(), ["/signature"]);
}

#[test]
fn the_secret_of_a_signature_is_no_field_and_an_example_shows_no_more_of_it() {
    let rows = format!("{SIGNATURE}| secret | 是 | string | 密钥，不传 |\n");
    let example = "\n请求示例\n\n{\"app_id\": \"a\", \"nonce\": \"a1B2c3\", \"timestamp\": 1700000000123, \"signature\": \"00\", \"file_id\": \"f_1\"}\n";
    let (_, schema) = read(&format!("{}{example}", page("/file/delete", &rows)));
    assert_eq!(request(&schema), ["file_id"]);
    assert_eq!(
        schema["examples"][0]["request"].as_object().map(|members| members.keys().collect::<Vec<_>>()),
        Some(vec![&"file_id".to_owned()])
    );
}

#[test]
fn a_signature_that_is_shown_in_part_is_asked_about() {
    let (imported, schema) = read(&page("/file/delete", &SIGNATURE.replace("| nonce | 是 | string | 随机串 |\n", "")));
    assert_eq!((&schema["signature"], request(&schema)), (&json!("signed"), vec!["file_id"]));
    assert!(told(&imported, Concern::Decide).contains("shows the signature `signed` without nonce"));
    // A person's signature line is none.
    let (imported, schema) = read(&page("/file/delete", "| signature | 否 | string | 个性签名 |\n"));
    assert_eq!((schema.get("signature"), request(&schema)), (None, vec!["signature", "file_id"]));
    assert!(told(&imported, Concern::Decide).contains("nothing else of it is on the page: is the operation signed?"));
    // Its other parameters without the digest are fields as any.
    let (_, schema) = read(&page("/file/delete", "| app_id | 否 | string | 应用 |\n"));
    assert_eq!((schema.get("signature"), request(&schema)), (None, vec!["app_id", "file_id"]));
}

#[test]
fn a_token_beside_a_signature_and_another_host_are_told() {
    let rows = format!("| access_token | 是 | string | 令牌 |\n{SIGNATURE}");
    let (imported, schema) = read(&page("https://api.acme.example/open/file/delete", &rows));
    assert_eq!((schema.get("token"), &schema["signature"], &schema["http"]["path"]), (None, &json!("signed"), &json!("/file/delete")));
    let asked = told(&imported, Concern::Decide);
    assert!(asked.contains("a signed operation has no token"), "{asked}");
    assert!(asked.contains("is not below `files`, where signed calls go"), "{asked}");
}

#[test]
fn another_base_url_is_named() {
    let (_, schema) = read(&page("https://files.acme.example/file/list", "| access_token | 是 | string | 令牌 |\n"));
    assert_eq!(schema["http"], json!({ "method": "POST", "path": "/file/list", "body": "json", "base_url": "files" }));
}

#[test]
fn a_copy_that_shows_the_signature_is_enough() {
    let (plain, whole) = (page("/file/delete", ""), page("/file/delete", SIGNATURE));
    let vendor = file();
    let imported = import_copies(&[("plain", &plain), ("whole", &whole)], &options(Some(&vendor))).unwrap();
    load_with(&signing(), Layout::GitBookPipes, &imported).unwrap();
    let schema: Value = serde_json::from_str(&imported.schema).unwrap();
    assert_eq!((&schema["signature"], request(&schema)), (&json!("signed"), vec!["file_id"]));
}

#[test]
fn without_a_signature_in_the_vendor_file_it_is_asked_about() {
    let imported = import(&page("/file/delete", SIGNATURE), &Options { vendor: None, ..options(None) }).unwrap();
    assert!(told(&imported, Concern::Decide).contains("`signature` beside `nonce` looks like a signed call"));
}
