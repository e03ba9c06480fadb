//! Traps one by one, each on a page of its own or on a page of the other tests changed in one place.

use scrm_import::{Confidence, ImportError, Layout, Options, import};
use serde_json::{Value, json};

use crate::pages::{self, ALL, imported, options, schema};

/// A page of pipe tables with one request table and one answer table.
fn page(request: &str, response: &str, rest: &str) -> String {
    format!(
        "一页\n- 请求方式: POST\n- 接口地址: https://api.acme.example/open/one/page\n请求参数\n| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n{request}\n\
         返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 结果码 |\n| msg | string | 文字 |\n{response}\n{rest}\n"
    )
}

fn read(text: &str) -> Value {
    schema(Layout::GitBookPipes, text)
}

fn findings(text: &str) -> String {
    let report = imported(Layout::GitBookPipes, text).report;
    report.findings.iter().map(|finding| format!("{:?}: {}", finding.concern, finding.text)).collect::<Vec<_>>().join("\n")
}

fn errata(schema: &Value) -> Vec<String> {
    let entries = schema.get("errata").and_then(Value::as_array).into_iter().flatten();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    entries
        .map(|entry| format!("{} {} {} {}", text(entry, "at"), text(entry, "kind"), text(entry, "documented"), text(entry, "wire")))
        .collect()
}

#[test]
fn full_width_signs_are_signs() {
    for (layout, text) in ALL {
        let wide: String = text
            .chars()
            .map(|c| if matches!(c, ',' | '(' | ')' | ';') { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c })
            .collect();
        assert_eq!(imported(layout, &wide).schema, imported(layout, text).schema, "{layout}");
    }
}

#[test]
fn line_ends_and_marks_of_windows_change_nothing() {
    for (layout, text) in ALL {
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(imported(layout, &windows).schema, imported(layout, text).schema, "{layout}");
    }
}

#[test]
fn a_page_without_a_table_is_a_clear_error() {
    let error = import("一段话\n没有表\n", &options(None)).unwrap_err();
    assert_eq!(error, ImportError::NoTable { lines: 2, layout: None });
    insta::assert_snapshot!(error);
    let forced = Options { layout: Some(Layout::Apifox), ..options(None) };
    insta::assert_snapshot!(import("一段话\n", &forced).unwrap_err());
    assert!(import("", &options(None)).is_err());
}

#[test]
fn a_layout_can_be_forced() {
    let forced = Options { layout: Some(Layout::GitBookPipes), ..options(None) };
    assert_eq!(import(pages::MARKDOWN, &forced).unwrap().report.layout, Layout::GitBookPipes);
}

#[test]
fn a_list_that_is_wanted_and_may_be_null_is_a_contradiction_of_the_example() {
    let schema =
        read(&page("| ids | 是 | array | 名单 |", "| data | object | 结果 |", "返回示例\n{\"code\": 0, \"msg\": \"ok\", \"data\": null}"));
    assert_eq!(errata(&schema), ["/response/properties/data presence present nullable"]);
    assert!(schema.get("paging").is_none());
}

#[test]
fn flat_names_that_the_example_nests_are_moved_below_data() {
    let text = page(
        "| a | 是 | string | 甲 |\n| b | 否 | string | 乙 |",
        "| total | int | 总数 |",
        "请求示例\n{\"a\": \"1\", \"data\": {\"b\": \"x\"}}\n返回示例\n{\"code\": 0, \"msg\": \"ok\", \"data\": {\"total\": 3}}",
    );
    let schema = read(&text);
    assert_eq!(schema["request"]["properties"]["data"]["properties"]["b"]["type"], json!("string"));
    assert_eq!(schema["response"]["properties"]["data"]["properties"]["total"]["type"], json!("integer"));
}

#[test]
fn a_number_in_quotes_stays_a_number_and_is_recorded_on_both_sides() {
    let text = page(
        "| score | 是 | int | 分 |",
        "| data | object | 结果 |\n| data.id | long | 号 |",
        "请求示例\n{\"score\": \"100\"}\n返回示例\n{\"code\": 0, \"msg\": \"ok\", \"data\": {\"id\": \"90071992547409931\"}}",
    );
    assert_eq!(
        errata(&read(&text)),
        [
            "/request/properties/score page a number the number in quotes",
            "/response/properties/data/properties/id page a number the number in quotes"
        ]
    );
    assert_eq!(read(&text)["request"]["properties"]["score"]["type"], json!("integer"));
}

#[test]
fn a_form_sends_everything_as_text_so_quotes_contradict_nothing() {
    let text = page("| score | 是 | int | 分 |", "| data | string | 结果 |", "请求示例\n{\"score\": \"100\"}")
        .replace("- 请求方式", "- 请求头: Content-Type: multipart/form-data\n- 请求方式");
    let schema = read(&text);
    assert_eq!(schema["http"]["body"], json!("multipart"));
    assert_eq!(errata(&schema), Vec::<String>::new());
}

#[test]
fn an_object_that_is_an_empty_list_is_left_to_a_person() {
    let text = page(
        "| a | 是 | string | 甲 |",
        "| data | object | 结果 |\n| data.x | int | 号 |",
        "返回示例\n{\"code\": 0, \"msg\": \"ok\", \"data\": []}",
    );
    assert!(findings(&text).contains("Decide: `data` is documented as an object; the example shows an empty list"), "{}", findings(&text));
}

#[test]
fn a_list_written_as_an_object_is_left_to_a_person() {
    let text = page(
        "| a | 是 | string | 甲 |",
        "| data | array | 结果 |",
        "返回示例\n{\"code\": 0, \"msg\": \"ok\", \"data\": {\"0\": {\"x\": 1}, \"1\": {\"x\": 2}}}",
    );
    assert!(findings(&text).contains("a list that is written as an object?"), "{}", findings(&text));
}

#[test]
fn a_field_that_is_sometimes_absent_is_not_required() {
    let text = page(
        "| a | 是 | string | 甲 |",
        "| data | array | 结果 |",
        "返回data字段参数\n| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n| x | 是 | int | 号 |\n| y | 是 | int | 号 |\n返回示例\n{\"code\": 0, \"msg\": \"ok\", \"data\": [{\"x\": 1, \"y\": 1}, {\"x\": 2}]}",
    );
    let schema = read(&text);
    assert_eq!(errata(&schema), ["/response/properties/data/items/properties/y presence required optional"]);
    assert_eq!(schema["response"]["properties"]["data"]["items"]["required"], json!(["x"]));
}

#[test]
fn one_field_described_twice_is_reported() {
    let text = page("| a | 是 | string | 甲 |\n| a | 是 | int | 甲 |", "| data | object | 结果 |", "");
    assert!(
        findings(&text).contains("Decide: `a` is described twice, as `string` (line 7) and as `int`: the first counts"),
        "{}",
        findings(&text)
    );
}

#[test]
fn values_that_a_type_cannot_hold_are_left_to_a_person() {
    let text = page("| kind | 是 | int | 种类: big=大,small=小 |", "| data | object | 结果 |", "");
    assert!(findings(&text).contains("`kind` has documented values that its type `int` cannot hold"), "{}", findings(&text));
    assert!(read(&text)["request"]["properties"]["kind"].get("x-enum").is_none());
}

#[test]
fn limits_stand_in_descriptions() {
    let text = page(
        "| size | 否 | int | 行数,取值范围1-50,默认10 |\n| ids | 否 | array | 上限100 |\n| name | 否 | string | 不超过20个字符 |\n| day | 否 | string | yyyy-MM-dd |\n| month | 否 | string | 格式 YYYY_MM |\n| fee | 否 | int | 费用(分) |",
        "| data | object | 结果 |",
        "",
    );
    let schema = read(&text);
    let field = |name: &str, key: &str| schema["request"]["properties"][name][key].clone();
    assert_eq!((field("size", "minimum"), field("size", "maximum"), field("size", "default")), (json!(1), json!(50), json!(10)));
    assert_eq!((field("ids", "maxItems"), field("name", "maxLength")), (json!(100), json!(20)));
    assert_eq!((field("day", "x-time"), field("month", "x-time"), field("fee", "x-unit")), (json!("date"), json!("month"), json!("fen")));
}

#[test]
fn a_get_with_a_form_or_a_json_body_is_left_to_a_person() {
    let get = |media: &str| {
        page("| a | 是 | string | 甲 |", "| data | object | 结果 |", "")
            .replace("- 请求方式: POST", &format!("- 请求方式: GET\n- 请求头: Content-Type: {media}"))
    };
    assert_eq!(read(&get("application/x-www-form-urlencoded"))["http"]["body"], json!("query"));
    assert_eq!(read(&get("application/json"))["http"]["body"], json!("json"));
    assert!(findings(&get("application/json")).contains("Decide: a GET is documented with a JSON body"));
}

#[test]
fn secrets_and_people_of_a_page_go_nowhere() {
    for (layout, text) in ALL {
        let imported = imported(layout, text);
        let all = format!("{}{}{}", imported.schema, imported.report.text(), imported.report.json());
        for leak in ["made-up-secret", "王小明", "李文", "小兔", "1996-09-09", "t-1 "] {
            assert!(!all.contains(leak), "{layout}: {leak}");
        }
    }
}

#[test]
fn sentences_are_not_copied() {
    let schema = imported(Layout::GitBookPipes, pages::GITBOOK_PIPES).schema;
    assert!(!schema.contains("空名单也算条件") && !schema.contains("请分成几次查询再试"));
    assert!(schema.contains("总数降序") && schema.contains("TODO (line 84)"));
}

#[test]
fn an_unknown_line_is_reported_with_its_number() {
    let report = imported(Layout::GitBookFlat, pages::GITBOOK_FLAT).report;
    assert_eq!(report.unread.iter().map(|line| line.line).collect::<Vec<_>>(), [86]);
}

#[test]
fn every_line_is_read_set_aside_or_reported() {
    for (layout, text) in ALL.into_iter().filter(|(layout, _)| *layout != Layout::Swagger) {
        let number = text.lines().count() + 1;
        let strange = format!("{text}\n\n完全陌生的一行\n");
        let report = imported(layout, &strange).report;
        assert!(report.unread.iter().any(|line| line.line > number && line.value == "完全陌生的一行"), "{layout}: {:?}", report.unread);
    }
}

#[test]
fn an_expanded_page_shows_title_and_mark_of_a_field() {
    let text = "名册\nGET\n/people/list\n请求参数\nQuery 参数\nkeyword \nstring \n关键字\n可选\n用来找人\nlist\ninteger\n名单号\n必需\n示例值:\n12\n返回响应\n🟢200成功\napplication/json\nBody\ncode\ninteger\n结果码\n必需\n";
    let imported = imported(Layout::Apifox, text);
    let schema: Value = serde_json::from_str(&imported.schema).unwrap();
    assert_eq!(schema["request"]["required"], json!(["list"]));
    assert_eq!(schema["http"]["body"], json!("query"));
    assert_eq!(imported.report.count(Confidence::Partly), 0);
}

#[test]
fn lost_depth_without_an_example_is_left_to_a_person() {
    let text = pages::APIFOX.split("示例\n{").next().unwrap();
    let report = imported(Layout::Apifox, text).report;
    assert!(report.text().contains("the depth of `total` and of rows after it is lost, and no example shows it"), "{}", report.text());
}

#[test]
fn a_table_under_no_heading_is_read_and_doubted() {
    let text = "一页\n- 请求方式: POST\n- 接口地址: https://api.acme.example/open/one\n| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n| a | 是 | string | 甲 |\n";
    assert!(findings(text).contains("the table stands under no known heading: read as the request"));
}

#[test]
fn glued_rows_of_error_codes_are_taken_apart() {
    let text = page(
        "| a | 是 | string | 甲 |",
        "| data | object | 结果 |",
        "错误码说明\ncode错误码错误描述\n-3参数不对\n7001会员不存在\n-3参数不对",
    );
    assert_eq!(
        read(&text)["errors"].as_array().unwrap().iter().map(|rule| rule["code"].clone()).collect::<Vec<_>>(),
        [json!(-3), json!(7001)]
    );
}

#[test]
fn codes_the_vendor_file_knows_are_not_written_again() {
    let text = page(
        "| a | 是 | string | 甲 |",
        "| data | object | 结果 |",
        "错误码说明\n| 错误码 | 说明 |\n|---|---|\n| 0 | 好 |\n| 11 | 令牌不对 |\n| 12 | 别的 |",
    );
    assert_eq!(read(&text)["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn a_curl_body_is_an_example_when_there_is_no_other() {
    let text = pages::CONFLUENCE.split("Request-body-example").next().unwrap();
    let schema = schema(Layout::Confluence, text);
    assert_eq!(schema["examples"][0]["request"], json!({ "tenantId": "1" }));
}

#[test]
fn the_envelope_of_the_vendor_is_added_where_the_page_is_silent() {
    let text = pages::CONFLUENCE.split("Response-example").next().unwrap();
    let schema = schema(Layout::Confluence, text);
    assert_eq!(schema["response"]["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["code", "msg", "data"]);
    assert_eq!(schema["response"]["properties"]["code"]["x-evidence"], json!("unverified"));
}

#[test]
fn without_a_vendor_file_the_usual_names_are_looked_for() {
    let imported = import(pages::GITBOOK_FLAT, &options(None)).unwrap();
    let schema: Value = serde_json::from_str(&imported.schema).unwrap();
    assert_eq!(schema["http"]["path"], json!("/open/member.list/1.0"));
    assert!(schema["request"]["properties"].get("access_token").is_none());
}
