//! What a form of page does to its reader, one trap a test; and input that is no page at all.

use scrm_import::page::Doubt;
use scrm_import::{Confidence, ImportError, Options, Report, decode, import, import_all, import_copies, list};
use serde_json::{Value, json};

use crate::pages::options;

pub(crate) fn report(text: &str) -> Report {
    import(text, &options(None)).unwrap().report
}

pub(crate) fn schema(text: &str) -> Value {
    serde_json::from_str(&import(text, &options(None)).unwrap().schema).unwrap()
}

pub(crate) fn paths(report: &Report) -> Vec<String> {
    report.fields.iter().map(|field| format!("{:?} {} {}", field.side, field.path, field.kind)).collect()
}

pub(crate) fn codes(report: &Report, path: &str) -> Vec<String> {
    report.fields.iter().find(|field| field.path == path).map(|field| field.codes.clone()).unwrap_or_default()
}

pub(crate) const HEAD: &str = "取名单\n- 请求方式:POST\n- 接口地址:https://api.acme.example/acme.list/1.0\n";

pub(crate) fn request(rows: &str) -> String {
    format!("{HEAD}请求参数\n| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n{rows}\n")
}

fn field(rows: &str, name: &str) -> Value {
    schema(&request(rows))["request"]["properties"][name].clone()
}

#[test]
fn menus_and_search_are_never_titles() {
    for noise in
        ["Skip to content", "Appearance", "Menu", "搜索", "目录", "On this page", "results matching \"\"", "某某智能体 自动写作。 广告"]
    {
        let page = format!("{noise}\n\n{}| a | 是 | int | 甲 |\n", request(""));
        assert_eq!(report(&page).title.as_deref(), Some("取名单"), "{noise}");
    }
}

#[test]
fn a_heading_glued_to_a_block_of_code_ends_the_request() {
    let page = format!(
        "{}请求示例\n{{\n\"a\": 1\n}}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n",
        request("| a | 是 | int | 甲 |")
    );
    assert_eq!(paths(&report(&page)), ["Request a integer", "Response code integer"]);
}

#[test]
fn a_table_without_a_name_goes_where_the_example_shows_its_rows() {
    let page = format!(
        "{HEAD}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| data | object | 果 |\n\n列表信息\n\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| id | int | 号 |\n| name | string | 名 |\n\n\
         返回示例\n{{\"code\": 0, \"data\": {{\"list\": [{{\"id\": 1, \"name\": \"甲\"}}]}}}}\n"
    );
    assert_eq!(
        paths(&report(&page)),
        [
            "Response code integer",
            "Response data object",
            "Response data.list array<object>",
            "Response data.list.id integer",
            "Response data.list.name string"
        ]
    );
}

#[test]
fn a_table_without_a_name_or_an_example_is_doubtful_field_by_field() {
    let page = format!(
        "{HEAD}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| data | object | 果 |\n| extra_data | object | 余 |\n\n别的\n\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| id | int | 号 |\n"
    );
    let report = report(&page);
    let id = report.fields.iter().find(|field| field.path.ends_with("id")).unwrap();
    assert_eq!((id.confidence, id.doubts.as_slice()), (Confidence::Partly, [Doubt::Place].as_slice()));
    assert!(report.text().contains("nothing says what the table describes"));
}

#[test]
fn a_flat_table_and_a_nested_example_make_one_tree() {
    let page = format!(
        "{HEAD}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| data | object | 果 |\n| total | int | 数 |\n| list | array | 列 |\n| id | int | 号 |\n| owner | object | 主 |\n| name | string | 名 |\n\
         返回示例\n{{\"code\": 0, \"data\": {{\"total\": 1, \"list\": [{{\"id\": 1, \"owner\": {{\"name\": \"甲\"}}}}]}}}}\n"
    );
    let report = report(&page);
    assert_eq!(
        paths(&report),
        [
            "Response code integer",
            "Response data object",
            "Response data.total integer",
            "Response data.list array<object>",
            "Response data.list.id integer",
            "Response data.list.owner object",
            "Response data.list.owner.name string"
        ]
    );
    assert_eq!(report.count(Confidence::Sure), 7);
}

#[test]
fn codes_stand_in_every_notation_and_doubt_is_told() {
    for (text, expected) in [
        ("券类型 0 全部 1-满减券 2-折扣券", vec!["0", "1", "2"]),
        ("状态：0：未付；1：已付", vec!["0", "1"]),
        ("可选范围[1] ，1-手动", vec!["1"]),
        ("条件 0-任何人；1-买过(含赠送,不含退款)；2-付费", vec!["0", "1", "2"]),
    ] {
        let report = report(&request(&format!("| kind | 是 | int | {text} |")));
        assert_eq!(codes(&report, "kind"), expected, "{text}");
    }
    let unclear = report(&request("| sort | 否 | string | 排序 created_at 创建时间 learn_time 时长 |"));
    assert!(unclear.fields.iter().any(|field| field.path == "sort" && field.doubts.contains(&Doubt::Codes)));
    let whole = field("| kind | 是 | int | 0-任何人；1-买过(含赠送,不含退款) |", "kind");
    assert_eq!(whole["x-enum"]["values"][1]["zh"], json!("买过(含赠送,不含退款)"));
}

#[test]
fn flags_months_and_what_only_looks_like_a_secret() {
    let flag = field("| with_more | 否 | int | 是否返回更多 0-否 1-是 |", "with_more");
    assert_eq!((flag["type"].clone(), flag["x-wire"].clone()), (json!("boolean"), json!("digit")));
    assert_eq!(field("| month | 否 | string | 月份,如 2025_05 |", "month")["x-time"], json!("month"));
    assert!(field("| is_return_password | 否 | int | 返回密码 |", "is_return_password").get("x-sensitive").is_none());
    assert_eq!(field("| password | 否 | string | 密码 |", "password")["x-sensitive"], json!("secret"));
    let both = field("| level | 否 | string | 等级:0-全部,1-金卡 yyyy-MM-dd |", "level");
    assert!(both.get("x-enum").is_some() && both.get("x-time").is_none());
}

#[test]
fn rules_between_fields() {
    let rows = "| begin_time | 否 | string | 开始 yyyy-MM-dd，与end_time同时传或都不传 |\n| end_time | 否 | string | 结束 yyyy-MM-dd |\n| phone | 否 | string | 手机，phone和openid至少传一个 |\n| openid | 否 | string | 微信 |";
    let page = format!("{}注意事项\n时间跨度不能超过31天\n", request(rows));
    let rules = schema(&page)["rules"].clone();
    assert!(rules.as_array().unwrap().contains(&json!({ "together": ["begin_time", "end_time"] })), "{rules}");
    assert!(rules.as_array().unwrap().contains(&json!({ "at_least_one": ["phone", "openid"] })), "{rules}");
    let span = json!({ "span": { "start": "begin_time", "end": "end_time", "strict": false, "max_seconds": 2_678_400 } });
    assert!(rules.as_array().unwrap().contains(&span), "{rules}");
}

#[test]
fn an_object_that_holds_itself_is_a_definition() {
    let page = format!(
        "{HEAD}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| data | array | 部门 |\n\n返回data字段参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| id | int | 号 |\n| name | string | 名 |\n| children | array | 下级 |\n\n\
         返回示例\n{{\"code\": 0, \"data\": [{{\"id\": 1, \"name\": \"甲\", \"children\": [{{\"id\": 2, \"name\": \"乙\", \"children\": []}}]}}]}}\n"
    );
    let schema = schema(&page);
    assert_eq!(schema["response"]["properties"]["data"]["items"]["$ref"], json!("#/definitions/AcmeListData"));
    assert_eq!(schema["definitions"]["AcmeListData"]["properties"]["children"]["items"]["$ref"], json!("#/definitions/AcmeListData"));
}

#[test]
fn a_row_id_is_proposed_only_where_the_page_says_unique() {
    let page = |text: &str| {
        format!(
            "{}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| data.total | int | 数 |\n| data.list | array | 列 |\n| data.list.user_id | string | {text} |\n",
            request("| page | 是 | int | 页码 |\n| page_size | 是 | int | 最大50条 |")
        )
    };
    assert!(schema(&page("用户"))["paging"].get("id").is_none());
    assert_eq!(schema(&page("用户唯一标识"))["paging"]["id"], json!("user_id"));
}

#[test]
fn two_operations_on_one_page_are_listed_and_read_one_by_one() {
    let second = request("| b | 是 | int | 乙 |").replace("取名单", "改名单").replace("acme.list", "acme.change");
    let text = format!("{}返回示例\n{{\"code\": 0}}\n\n{second}", request("| a | 是 | int | 甲 |"));
    let options = options(None);
    assert_eq!(
        list(&text, &options).unwrap(),
        ["取名单 POST https://api.acme.example/acme.list/1.0", "改名单 POST https://api.acme.example/acme.change/1.0"]
    );
    assert_eq!(
        import_all(&text, &options).unwrap().iter().map(|imported| imported.file.as_str()).collect::<Vec<_>>(),
        ["acme-list.json", "acme-change.json"]
    );
    let picked = import(&text, &Options { pick: Some("acme.change"), ..options }).unwrap();
    assert_eq!(paths(&picked.report).first().map(String::as_str), Some("Request b integer"));
    assert!(report(&text).text().contains("the text holds 2 operations"));
    let error = import(&text, &Options { pick: Some("nothing"), ..options }).unwrap_err();
    assert!(matches!(error, ImportError::NoSuchOperation { .. }));
}

#[test]
fn a_page_that_is_cut_says_after_which_field() {
    let cut = format!("{}| b | 否", request("| a | 是 | int | 甲 |"));
    assert_eq!(schema(&cut)["source"]["cut_after"], json!("request/b"));
    let example = format!(
        "{}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| data.id | int | 号 |\n返回示例\n{{\n\"code\": 0,\n\"data\": {{\n\"id\": 1,\n\"na",
        request("| a | 是 | int | 甲 |")
    );
    let found = report(&example);
    assert_eq!(found.cut_after.as_deref(), Some("response/data/id"));
    assert!(found.text().contains("ends in the middle of an example"));
}

#[test]
fn copies_of_one_page_are_joined() {
    let old = format!("最后修改时间:2024-01-02 00:00:00\n{}", request("| a | 是 | int | 甲 |\n| b | 否 | string | 乙 0-丙 |"));
    let new = format!("最后修改时间:2025-01-02 00:00:00\n{HEAD}请求参数\n\n参数名必选类型说明\naint甲\ncstring丁\n");
    let imported = import_copies(&[("old.txt", &old), ("new.txt", &new)], &options(None)).unwrap();
    let fields: Vec<(String, Vec<String>)> =
        imported.report.fields.iter().map(|field| (field.path.clone(), field.copies.clone())).collect();
    assert_eq!(
        fields.iter().map(|(path, copies)| format!("{path}: {}", copies.join(", "))).collect::<Vec<_>>(),
        ["a: new.txt, old.txt", "c: new.txt", "b: old.txt"]
    );
    // The mark that the newest copy lost stands in the other one.
    let schema: Value = serde_json::from_str(&imported.schema).unwrap();
    assert_eq!(schema["request"]["required"], json!(["a"]));
    assert!(imported.report.text().contains("copy `new.txt` is the newest"));
}

#[test]
fn contradicting_copies_are_errata_and_the_newest_counts() {
    let old = format!("最后修改时间:2024-01-02\n{}", request("| a | 是 | int | 甲 |"));
    let new = format!("最后修改时间:2025-01-02\n{}", request("| a | 否 | string | 甲 |"));
    let imported = import_copies(&[("old", &old), ("new", &new)], &options(None)).unwrap();
    let schema: Value = serde_json::from_str(&imported.schema).unwrap();
    assert_eq!(schema["request"]["properties"]["a"]["type"], json!("string"));
    let errata: Vec<&str> = schema["errata"].as_array().unwrap().iter().filter_map(|erratum| erratum["documented"].as_str()).collect();
    assert_eq!(errata, ["type `int`", "required mark yes"]);
}

#[test]
fn a_project_of_apifox_lists_its_operations() {
    let project = include_str!("../try/apifox-project/1.json");
    assert_eq!(list(project, &options(None)).unwrap(), ["获取优惠券列表1.0 POST /acme.coupon.list/1.0.0"]);
}

#[test]
fn the_older_swagger_is_read_too() {
    let text = json!({
        "swagger": "2.0", "info": { "title": "", "version": "1" }, "host": "api.acme.example", "basePath": "/open", "consumes": ["application/json"],
        "paths": { "/acme.do": { "post": { "summary": "做", "parameters": [{ "in": "body", "name": "body", "schema": { "$ref": "#/definitions/In" } }],
            "responses": { "200": { "description": "ok", "schema": { "$ref": "#/definitions/Out" } } } } } },
        "definitions": {
            "In": { "type": "object", "required": ["a"], "properties": { "a": { "type": "integer", "enum": [1, 2] } } },
            "Out": { "type": "object", "properties": { "code": { "type": "integer" }, "data": { "type": "array", "items": { "$ref": "#/definitions/Node" } } } },
            "Node": { "type": "object", "properties": { "id": { "type": "string" }, "children": { "type": "array", "items": { "$ref": "#/definitions/Node" } } } }
        }
    });
    let found = report(&text.to_string());
    assert_eq!(
        paths(&found),
        [
            "Request a integer",
            "Response code integer",
            "Response data array<object>",
            "Response data.id string",
            "Response data.children array<object>"
        ]
    );
    assert_eq!(codes(&found, "a"), ["1", "2"]);
    assert!(schema(&text.to_string())["definitions"].get("AcmeDoData").is_some());
}

#[test]
fn what_is_no_page_is_a_clear_error() {
    for text in ["", "   \n\t", "随便一段话", "<html><body><p>什么都没有</p></body></html>", "{\"a\": 1}"] {
        assert!(import(text, &options(None)).is_err(), "{text}");
    }
    assert!(matches!(import("{\"openapi\": \"3.0.1\", \"paths\": ", &options(None)), Err(ImportError::Api { .. })));
    assert!(matches!(import("{\"openapi\": \"3.0.1\", \"paths\": {}}", &options(None)), Err(ImportError::Api { .. })));
    assert_eq!(decode(&vec![b' '; 100_000_000]).unwrap_err(), ImportError::TooLarge { bytes: 100_000_000, limit: scrm_import::LARGEST });
}

#[test]
fn hostile_input_has_an_end() {
    let deep = "<div>".repeat(200_000);
    assert!(matches!(import(&format!("<html>{deep}<table><tr><td>a</td></tr></table>"), &options(None)), Err(ImportError::TooDeep { .. })));
    let tables = "<table><tr><td>参数名</td><td>类型</td></tr></table>";
    assert_eq!(import(&format!("<html>{}", tables.repeat(20_000)), &options(None)), Err(ImportError::TooManyTables { limit: 10_000 }));
    for hostile in [
        format!("<html>{}", tables.repeat(2_000)),
        format!("<html>{}", "<table>".repeat(400)),
        format!("<html><p>{}</p>", "&amp;&lt;&#x41;".repeat(50_000)),
        format!(
            "<html><table><tr><td colspan=\"999999999\" rowspan=\"999999999\">参数名</td></tr>{}</table>",
            "<tr><td>a</td></tr>".repeat(5_000)
        ),
        format!("{{\"openapi\": \"3.0.1\", \"paths\": {}", "[".repeat(100_000)),
        format!("openapi: 3.0.1\npaths: {}", "[".repeat(20_000)),
        format!("{}\n返回示例\n{}", request("| a | 是 | int | 甲 |"), "{\"a\":[".repeat(20_000)),
        format!("{}\n返回示例\n{}", request("| a | 是 | int | 甲 |"), "<a>".repeat(20_000)),
        "请求参数 |参数名|类型|说明| |---|---|---| ".to_owned() + &"|a|int|甲| ".repeat(20_000),
        "参数名必选类型说明\n".to_owned() + &"aintbint".repeat(5_000),
        "# 甲 ".repeat(20_000),
        "**甲** ".repeat(20_000),
        "|---".repeat(20_000),
        "`".repeat(50_000),
    ] {
        let _ = import(&hostile, &options(None));
    }
}

#[test]
fn a_page_of_megabytes_on_one_line_is_read() {
    let row = "|field_|是|int|种类 0-甲、1-乙| ";
    let text = format!(
        "# 大页 **请求方式** `POST` **接口地址** `/a/b` **请求参数** |参数名|必选|类型|说明| |---|---|---|---| {}",
        row.repeat(30_000)
    );
    assert!(text.len() > 1_000_000);
    assert!(import(&text, &options(None)).is_ok());
}

/// `[]int` read like a description that goes on, and its row was swallowed by the one before it.
#[test]
fn a_list_type_in_front_swallows_no_row() {
    let wanted = ["Request name string", "Request ids array<integer>", "Request tags array<string>"];
    for (form, table) in [
        (
            "bars",
            "| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n| name | 否 | string | 名 |\n| ids | 否 | []int | 号 |\n| tags | 否 | []string | 签 |",
        ),
        ("blanks", "参数名 必选 类型 说明\nname 否 string 名\nids 否 []int 号\ntags 否 []string 签"),
        ("one piece", "参数名必选类型说明\nname否string名\nids否[]int号\ntags否[]string签"),
        ("one cell a line", "参数名\n必选\n类型\n说明\nname\n否\nstring\n名\nids\n否\n[]int\n号\ntags\n否\n[]string\n签"),
        ("tabs", "参数名\t必选\t类型\t说明\nname\t否\tstring\t名\nids\t否\t[]int\t号\ntags\t否\t[]string\t签"),
    ] {
        let report = report(&format!("{HEAD}请求参数\n\n{table}\n"));
        assert_eq!(paths(&report), wanted, "{form}");
    }
}

#[test]
fn menus_and_search_are_never_fields() {
    let plain = paths(&report(&request("| a | 是 | int | 甲 |")));
    for noise in [
        "Skip to content",
        "Appearance",
        "Menu",
        "Return to top",
        "On this page",
        "搜索",
        "目录",
        "results matching \"\"",
        "上一页\n\n下一页",
    ] {
        for page in [
            format!("{noise}\n\n{}", request("| a | 是 | int | 甲 |")),
            format!("{}\n{noise}\n", request("| a | 是 | int | 甲 |")),
            request("| a | 是 | int | 甲 |").replace("请求参数\n", &format!("请求参数\n{noise}\n")),
        ] {
            assert_eq!(paths(&report(&page)), plain, "{page}");
        }
    }
}

#[test]
fn an_empty_text_in_an_example_makes_no_text_of_a_number() {
    let page =
        format!("{}请求示例\n{{\"count\": \"\", \"since\": \"\"}}\n", request("| count | 否 | int | 数 |\n| since | 否 | object | 自 |"));
    let found = report(&page);
    assert_eq!(paths(&found), ["Request count integer", "Request since object"]);
    assert!(
        found.text().contains("`count` is a number by the table; the example shows an empty text: kept as a number"),
        "{}",
        found.text()
    );
    assert!(found.text().contains("`since` is documented as `object`; the example shows an empty text"), "{}", found.text());
}

#[test]
fn what_a_person_must_decide_stands_in_the_order_of_the_page() {
    let page = format!(
        "{}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| odd | wibble | 怪 |\n",
        request("| strange | 否 | wobble | 怪 |\n| sort | 否 | string | 排序 created_at 创建时间 learn_time 时长 |")
    );
    let lines: Vec<(scrm_import::page::Concern, usize)> =
        report(&page).findings.iter().map(|finding| (finding.concern, finding.line)).collect();
    assert!(lines.is_sorted() && lines.iter().filter(|(_, line)| *line > 0).count() >= 2, "{lines:?}");
}

/// A broken example made a text of an object; the other copy gave it members again, and the erratum of its type was lost.
#[test]
fn a_field_that_gets_its_members_from_another_copy_is_what_they_make_it() {
    let layout = scrm_import::Layout::GitBookPipes;
    let head = "返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| msg | string | 话 |\n";
    let example = "返回示例\n{\"code\": 0, \"msg\": \"好\", \"data\": \"records\"}\n";
    for printed in ["object", "string", "array"] {
        let one = format!("{}{head}| data | {printed} | 果 |\n{example}", request("| a | 是 | int | 甲 |"));
        let other = format!("{}{head}| data | object | 果 |\n| data.id | string | 号 |\n", request("| a | 是 | int | 甲 |"));
        let vendor = crate::pages::vendor(layout);
        let imported = import_copies(&[("one", &one), ("other", &other)], &options(Some(&vendor))).unwrap();
        crate::pages::load(layout, &imported).unwrap_or_else(|errors| panic!("{printed}: {errors}\n{}", imported.schema));
        let schema: Value = serde_json::from_str(&imported.schema).unwrap();
        assert_eq!(schema["response"]["properties"]["data"]["properties"]["id"]["type"], json!("string"), "{printed}");
    }
}
