//! Kinds of fault that real pages showed: one a test, on a page made up for it.

use scrm_import::page::{Concern, Doubt, Required};
use scrm_import::{Committed, Confidence, Layout, Options, Report, diff, import, import_all, import_copies};
use serde_json::json;

use crate::forms::{HEAD, codes, paths, report, request, schema};
use crate::pages::{self, options};

/// A page with a table of the answer, and what follows it.
fn answer(rows: &str, rest: &str) -> String {
    format!("{HEAD}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n{rows}\n{rest}\n")
}

fn decide(report: &Report) -> String {
    let asked = report.findings.iter().filter(|finding| finding.concern == Concern::Decide);
    asked.map(|finding| finding.text.clone()).collect::<Vec<_>>().join("\n")
}

fn required(report: &Report, name: &str) -> Required {
    report.fields.iter().find(|field| field.path == name).unwrap().required
}

/// The rows of a flat table stood in something that only the example names, and went nowhere.
#[test]
fn rows_inside_what_only_an_example_names_are_kept() {
    let page = answer(
        "| id | string | 号 |\n| mail | string | 邮箱 |",
        "返回示例\n{\"code\": 0, \"data\": {\"people\": [{\"id\": \"a\", \"mail\": \"b\"}]}}",
    );
    let report = report(&page);
    let sure: Vec<&str> =
        report.fields.iter().filter(|field| field.confidence == Confidence::Sure).map(|field| field.path.as_str()).collect();
    assert_eq!(sure, ["data.people.id", "data.people.mail"]);
}

#[test]
fn a_row_that_lost_its_name_makes_no_field() {
    let page =
        format!("{HEAD}请求参数\n参数 | 必选 | 类型 | 说明 |\n---|---|---|---|\ntrue | string | 作品编号 |\nsize | false | int | 大小 |\n");
    let report = report(&page);
    assert_eq!(paths(&report), ["Request size integer"]);
    assert!(decide(&report).contains("has lost the name of its field"), "{}", decide(&report));
}

#[test]
fn code_with_the_numbers_of_its_lines_is_an_example() {
    let page =
        answer("| code | int | 码 |\n| total | int | 数 |", "返回示例\n1{\n2  \"code\": 0,\n3  \"total\": 12,\n4  \"next\": \"a\"\n5}");
    assert_eq!(paths(&report(&page)), ["Response code integer", "Response total integer", "Response next string"]);
}

#[test]
fn what_a_comparison_leaves_out_of_an_example_is_no_part_of_it() {
    let page = answer("| code | int | 码 |", "返回示例\n{\n...\n\"code\": 0,\n...\n\"data\":\n...\n{\n\"id\": \"a\"\n...\n}\n...\n}");
    assert_eq!(paths(&report(&page)), ["Response code integer", "Response data object", "Response data.id string"]);
}

#[test]
fn the_panel_of_kancloud_may_begin_on_two_lines() {
    let page = format!(
        "# 取名单\n- 请求方式:`POST`\n- 接口地址:`https://api.acme.example/a/b`\n{{%\napi\nmethod=\"POST\",\ndata={{\n\"page\": 1\n}},\nurl=\"https://doc.acme.example/_agent?url=https://api.acme.example/a/b\" %}}\n{{% endapi %}}\n{}",
        "**请求参数**\n| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n| page | 是 | int | 页码 |\n"
    );
    let report = report(&page);
    assert_eq!(paths(&report), ["Request page integer"]);
    assert_eq!((report.layout.name(), report.unread.len()), ("kancloud", 0));
}

#[test]
fn a_description_that_reads_like_a_type_is_no_type() {
    // Apifox: the title of `time_stamp` is a word for a type in other tools.
    let page = "一页\nPOST\n/a/b\n请求参数\nBody 参数application/json\nkind\nstring\n必需\n种类\n返回响应\n🟢200成功\napplication/json\nBody\ncode\ninteger\n码\ntime_stamp\nstring\n时间戳\nowner\nstring\n主人\n";
    assert_eq!(
        paths(&report(page)),
        ["Request kind string", "Response code integer", "Response time_stamp string", "Response owner string"]
    );
    // One cell a line: a description that could be a name, before a field that is called like a type.
    let page = "访问路径:/a/b\nHTTP请求方式:POST\n请求参数\n参数名\n必选\n类型\n说明\napiKey\n是\nstring\nApiKey\ntimestamp\n是\nstring\n时间戳(秒)\n";
    assert_eq!(paths(&report(page)), ["Request apiKey string", "Request timestamp string"]);
}

#[test]
fn a_heading_below_the_title_of_html_is_no_title() {
    let page = "<html><head><title>取名单 - 文档</title></head><body><h5>简要描述</h5><ul><li>取</li></ul><h5>请求 URL</h5>\
                <ul><li><code>https://api.acme.example/a/b</code></li></ul><h5>请求方式</h5><ul><li>GET</li></ul><h5>参数</h5>\
                <table><tr><th>参数名</th><th>必选</th><th>类型</th><th>说明</th></tr><tr><td>page</td><td>是</td><td>int</td><td>页码</td></tr></table></body></html>";
    let report = report(page);
    assert_eq!((report.title.as_deref(), report.call.as_str()), (Some("取名单"), "GET /a/b"));
}

#[test]
fn one_title_of_several_lines_is_told() {
    let report = report(&format!("客户\n\n{}", request("| a | 是 | int | 甲 |")));
    assert_eq!(report.title.as_deref(), Some("取名单"));
    assert!(decide(&report).contains("the last is taken for its title: `取名单`, not `客户`"), "{}", decide(&report));
}

#[test]
fn a_mark_the_other_way_round_is_turned() {
    let page =
        format!("{HEAD}请求参数\n| 参数名 | 类型 | 是否可空 | 说明 |\n|---|---|---|---|\n| a | int | 否 | 甲 |\n| b | int | 是 | 乙 |\n");
    let report = report(&page);
    assert_eq!((required(&report, "a"), required(&report, "b")), (Required::Yes, Required::No));
}

#[test]
fn a_star_before_a_name_is_a_mark() {
    let page = format!("{HEAD}请求参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| *a | int | 甲 |\n| **b** | int | 乙 |\n");
    let report = report(&page);
    assert_eq!((required(&report, "a"), required(&report, "b")), (Required::Yes, Required::No));
}

#[test]
fn a_list_joined_in_a_text_has_no_largest_value() {
    let field = schema(&request("| ids | 是 | string | 编号,逗号分隔,最多100个 |"))["request"]["properties"]["ids"].clone();
    assert_eq!((field.get("maximum"), field.get("maxItems")), (None, None));
    let page = format!("{}请求示例\n{{\"ids\": [1, 2]}}\n", request("| ids | 是 | int | 编号,最多100个 |"));
    assert_eq!(schema(&page)["request"]["properties"]["ids"]["maxItems"], json!(100));
}

#[test]
fn a_list_that_its_name_marks_agrees_with_its_draft() {
    let page = request("| ids[] | 是 | string | 编号 |\n| parts[] | 是 | object | 件 |\n| parts[].id | 是 | int | 号 |");
    assert_eq!(paths(&report(&page)), ["Request ids array<string>", "Request parts array<object>", "Request parts.id integer"]);
    let draft = import(&page, &options(None)).unwrap().schema;
    let found = diff(&page, &options(None), &Committed { schema: &draft, ..Committed::default() }).unwrap();
    assert_eq!(found, []);
}

#[test]
fn a_type_with_a_length_takes_no_more_of_its_row() {
    let page = format!("{HEAD}请求参数\n参数名 类型 必填 说明\nname VARCHAR(100) 是 名称\nstate CHAR(1) 否 状态 N-正常 C-关闭\n");
    let report = report(&page);
    assert_eq!((required(&report, "name"), required(&report, "state")), (Required::Yes, Required::No));
    assert_eq!(codes(&report, "state"), ["N", "C"]);
}

#[test]
fn values_of_the_items_of_a_list_are_told() {
    let report = report(&request("| kinds | 否 | array | 舱位,可多选:1-头等 2-二等 |\n| sort | 否 | int | 1. 按价格 2. 按时间 |"));
    for name in ["kinds", "sort"] {
        assert!(report.fields.iter().any(|field| field.path == name && field.doubts.contains(&Doubt::Codes)), "{name}");
    }
}

#[test]
fn a_heading_with_an_addition_in_brackets_is_known() {
    let page = format!(
        "{}返回参数(成功)\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n\n返回参数(失败)\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| reason | string | 原因 |\n",
        request("| a | 是 | array | 甲 |")
    );
    assert_eq!(paths(&report(&page)), ["Request a array<any>", "Response code integer", "Response reason string"]);
}

#[test]
fn an_example_below_a_heading_in_english_is_the_answers() {
    let page = "# 甲\n\n`PUT /a/b`\n\n## Headers\n\n| Name | Value |\n|---|---|\n| X-Token | xxx |\n\n## Request Body\n\n| Name | Type | Description |\n|---|---|---|\n| level* | number | 水位 |\n\n## Response\n\n```json\n{ \"code\": 0 }\n```\n";
    let report = report(page);
    assert_eq!(
        (paths(&report), report.headers),
        (vec!["Request level number".to_owned(), "Response code integer".to_owned()], vec!["X-Token".to_owned()])
    );
}

#[test]
fn a_path_with_blanks_in_its_braces_is_whole() {
    let page = request("| a | 是 | int | 甲 |").replace("/acme.list/1.0", "/acme/{ id }/list");
    assert_eq!(report(&page).call, "POST /acme/{id}/list");
}

#[test]
fn a_get_whose_parameters_all_stand_in_the_query_is_a_query() {
    let page = "一页\nGET\n/a/b\n请求参数\nQuery 参数\npage\ninteger\n必需\n页码\n示例代码\nShell\ncurl --location --request GET 'https://api.acme.example/a/b' \\\n--header 'Content-Type: application/json'\n返回响应\n🟢200成功\napplication/json\nBody\ncode\ninteger\n必需\n码\n";
    assert_eq!(schema(page)["http"]["body"], json!("query"));
}

/// Captions as the vendors' pages print them above a table of members.
#[test]
fn every_caption_of_a_sub_table_finds_its_owner() {
    for caption in [
        "返回数据data",
        "数据列表data",
        "结果集 data",
        "请求结果data",
        "data 参数结构",
        "`data` **参数结构**",
        "**data**",
        "返回data字段参数",
        "data 说明",
        "data数据:",
        "其中 data 包含:",
        "data 的每一项为:",
        "2.1 data 结构",
    ] {
        let page = answer(
            "| code | int | 码 |\n| data | object | 果 |\n| more | object | 余 |",
            &format!("\n{caption}\n\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| id | int | 号 |\n"),
        );
        let report = report(&page);
        assert!(paths(&report).contains(&"Response data.id integer".to_owned()), "{caption}: {:?}", paths(&report));
    }
    let page = answer(
        "| code | int | 码 |\n| data | object | 果 |\n| data.users | array | 人 |",
        "\ndata.users\n\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| id | int | 号 |\n",
    );
    assert!(paths(&report(&page)).contains(&"Response data.users.id integer".to_owned()));
}

#[test]
fn titles_of_columns_in_other_words() {
    let page = format!(
        "{HEAD}请求参数\n| 属性 | 类型 | 必填 | 长度 | 示例 | 说明 | 备注(示例) |\n|---|---|---|---|---|---|---|\n| kind | int32 | Y | 4 | 1 | 种类 | 1-甲、2-乙 |\n| name | string | N | 20 | 某 | 名 | ... |\n"
    );
    let report = report(&page);
    assert_eq!(paths(&report), ["Request kind integer", "Request name string"]);
    assert_eq!((codes(&report, "kind"), required(&report, "name")), (vec!["1".to_owned(), "2".to_owned()], Required::No));
}

#[test]
fn the_items_of_a_list_are_what_its_description_says() {
    for (text, kind) in
        [("字符串数组", "array<string>"), ("元素为整数", "array<integer>"), ("对象数组", "array<object>"), ("名单", "array<any>")]
    {
        let report = report(&request(&format!("| ids | 是 | array | {text} |")));
        assert_eq!(paths(&report), [format!("Request ids {kind}")], "{text}");
    }
}

/// A push shows its message before it is decrypted, too: a shell that says nothing of its fields.
#[test]
fn a_push_is_read_from_what_is_decrypted() {
    let page = "等级变更推送\n\n推送参数\n\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| type | string | 类型 |\n| xe_data | object | 数据 |\n\n\
                推送解密前示例\n\n<xml>\n<ToUserName>a</ToUserName>\n<Encrypt>b</Encrypt>\n</xml>\n\n\
                推送解密后示例\n\n<xml>\n<type>level</type>\n<xe_data>\n<user_id>u_1</user_id>\n</xe_data>\n</xml>\n";
    let report = report(page);
    assert_eq!(paths(&report), ["Request type string", "Request xe_data object", "Request xe_data.user_id any"]);
    assert!(report.findings.iter().any(|finding| finding.text.contains("before it is decrypted")));
    assert!(decide(&report).contains("a message that the vendor sends"));
}

#[test]
fn an_old_version_in_the_history_of_confluence_has_its_own_title() {
    let page = "<html><head><title>取名单 - 文档</title></head><body><div id=\"main\"><h1 id=\"title-text\"><a>取名单</a></h1>\
                <div class=\"page-metadata\">正在查看旧版本 (v. 3)</div><p>正在查看旧版本。 与当前比较</p><p>查看页面历史</p>\
                <div id=\"main-content\" class=\"wiki-content\"><p>请求方式:POST</p><p>接口地址:/a/b</p><h3>请求参数</h3>\
                <table class=\"confluenceTable\"><tr><th>参数名</th><th>必选</th><th>类型</th><th>说明</th></tr><tr><td>a</td><td>是</td><td>int</td><td>甲</td></tr></table></div></div></body></html>";
    let report = report(page);
    assert_eq!((report.title.as_deref(), paths(&report)), (Some("取名单"), vec!["Request a integer".to_owned()]));
}

#[test]
fn openapi_of_either_version_says_the_same() {
    let document = |version: &str, nullable: serde_json::Value| {
        json!({
            "openapi": version, "info": { "title": "甲", "version": "1" },
            "paths": { "/acme.do": { "post": { "summary": "做",
                "requestBody": { "content": { "application/json": { "schema": { "type": "object", "required": ["a"], "properties": { "a": nullable } } } } },
                "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "type": "object", "properties": { "code": { "type": "integer" } } } } } } } } } }
        })
        .to_string()
    };
    let (old, new) =
        (document("3.0.1", json!({ "type": "string", "nullable": true })), document("3.1.0", json!({ "type": ["string", "null"] })));
    assert_eq!(schema(&old)["request"], schema(&new)["request"]);
    assert_eq!(schema(&new)["request"]["properties"]["a"]["type"], json!(["string", "null"]));
}

/// Of two names that are one in Rust the code or the message of the answer was left out, and the draft did not load.
#[test]
fn what_every_answer_has_is_kept_beside_what_looks_like_it() {
    let layout = scrm_import::Layout::GitBookPipes;
    for name in ["Msg", "msg_", "MSG", "Code", "code_", "Data"] {
        let page = answer(&format!("| {name} | string | 像 |\n| code | int | 码 |\n| msg | string | 文字 |\n| data | object | 果 |"), "");
        let imported = crate::pages::imported(layout, &page);
        crate::pages::load(layout, &imported).unwrap_or_else(|errors| panic!("{name}: {errors}\n{}", imported.schema));
        assert!(decide(&imported.report).contains(&format!("`{name}` is left out")), "{name}");
    }
}

/// A bracket that nothing closes took the whole table below it for its example.
#[test]
fn a_stray_bracket_swallows_no_table() {
    let cells = "参数 |\n类型 |\n说明 |\ncode |\nint |\n码 |\ntotal |\nint |\n数 |\n";
    let bars = "| 参数 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| total | int | 数 |\n";
    let flat = "参数 类型 说明\ncode int 码\ntotal int 数\n";
    for table in [cells, bars, flat] {
        let report = report(&format!("{HEAD}返回参数\n  {{\n\n{table}"));
        assert_eq!(paths(&report), ["Response code integer", "Response total integer"], "{table}");
        assert!(report.errata == 0, "{table}");
    }
}

/// A key of an example that is empty stood in `cut_after` as a path that no schema takes.
#[test]
fn a_page_that_is_cut_ends_after_a_field_that_is_written() {
    let page = format!(
        "{HEAD}请求参数\n| 参数名 | 类型 |\n|---|---|\n| a | int |\n\n返回参数\n| 参数名 | 类型 |\n|---|---|\n| data | object |\n| openids | array |\n\n返回示例\n{{\"\": {{\"openids\": [\"a\"]}}, \"data\": "
    );
    let written = schema(&page);
    assert!(!written["source"]["cut_after"].as_str().unwrap_or("").contains("//"), "{}", written["source"]);
}

/// A number inside of a row was taken for the total of the rows, at a pointer that leads nowhere.
#[test]
fn what_counts_inside_of_a_row_is_no_total() {
    let layout = scrm_import::Layout::GitBookPipes;
    let page = format!(
        "{}返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| msg | string | 话 |\n| data | array | 列 |\n| data.id | string | 号 |\n| data.count | int | 数 |\n| data.week | object | 周 |\n| data.week.count | int | 数 |\n",
        request("| page | 是 | int | 页码 |\n| page_size | 是 | int | 最大50条 |")
    );
    let imported = crate::pages::imported(layout, &page);
    crate::pages::load(layout, &imported).unwrap_or_else(|errors| panic!("{errors}\n{}", imported.schema));
    let written: serde_json::Value = serde_json::from_str(&imported.schema).unwrap();
    assert_eq!((&written["paging"]["rows"], written["paging"].get("total")), (&json!("/data"), None));
}

/// A value without a letter or digit of the Latin alphabet got the name `value_`, which no schema takes.
#[test]
fn values_without_latin_letters_have_names() {
    let layout = scrm_import::Layout::GitBookPipes;
    for values in [json!(["", "a"]), json!(["男", "女", "未知"]), json!(["-", "*", "1"])] {
        let property = json!({ "type": "string", "description": "种类", "enum": values });
        let document = json!({
            "openapi": "3.0.1", "info": { "title": "甲", "version": "1" },
            "paths": { "/acme.do": { "post": { "summary": "做",
                "requestBody": { "content": { "application/json": { "schema": { "type": "object", "properties": { "kind": property } } } } },
                "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "type": "object", "properties": { "code": { "type": "integer" } } } } } } } } } }
        });
        let imported = crate::pages::imported(layout, &document.to_string());
        crate::pages::load(layout, &imported).unwrap_or_else(|errors| panic!("{errors}\n{}", imported.schema));
    }
}

/// A cursor that is an object is described once, by the rows: a default of the request's was lost, and then missed by the comparison.
#[test]
fn a_cursor_that_is_an_object_agrees_with_its_draft() {
    let page = format!(
        "{HEAD}请求参数\n| 参数名 | 必选 | 类型 | 说明 | 默认值 |\n|---|---|---|---|---|\n| es_skip | 否 | object | 游标 | |\n| es_skip.id | 否 | string | 号 | |\n| es_skip.size | 否 | int | 数 | 10 |\n\n\
         返回参数\n| 参数名 | 类型 | 说明 |\n|---|---|---|\n| code | int | 码 |\n| data.list | array | 列 |\n| data.list.name | string | 名 |\n| data.list.es_skip | object | 游标 |\n| data.list.es_skip.id | string | 号 |\n"
    );
    let draft = import(&page, &options(None)).unwrap().schema;
    assert!(draft.contains("\"cursor\": \"es_skip\""), "{draft}");
    assert_eq!(diff(&page, &options(None), &Committed { schema: &draft, ..Committed::default() }).unwrap(), []);
}

/// The last word of the path is the name of a file that no operation can have.
#[test]
fn an_operation_is_never_called_like_the_definitions_of_its_area() {
    let page = answer("| code | int | 码 |", "");
    let (_, path) = page.split_once("https://").and_then(|(_, rest)| rest.split_once('/')).unwrap();
    let path = path.split_whitespace().next().unwrap();
    for (last, file) in [("definitions", "definitions-operation.json"), ("con", "con-operation.json")] {
        let imported = pages::imported(Layout::GitBookPipes, &page.replace(path, &format!("open/{last}")));
        assert_eq!((imported.file.as_str(), pages::load(Layout::GitBookPipes, &imported)), (file, Ok(())));
    }
}

/// What the importer writes is held against the checks of schema files: the part that breaks one is taken out and asked about, the rest stays.
#[test]
fn what_would_not_load_is_taken_out_and_told() {
    let document = json!({
        "openapi": "3.0.1", "info": { "title": "甲", "version": "1" },
        "paths": { "/acme.do": { "post": { "summary": "做",
            "requestBody": { "content": { "application/json": { "schema": { "type": "object", "properties": { "kind": {
                "type": "string", "description": "种类", "enum": ["a", "a"] } } } } } },
            "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "type": "object", "properties": { "code": { "type": "integer" } } } } } } } } } }
    });
    let imported = import(&document.to_string(), &options(None)).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&imported.schema).unwrap();
    let field = &schema["request"]["properties"]["kind"];
    assert_eq!((&field["type"], field.get("x-enum")), (&json!("string"), None));
    let asked = decide(&imported.report);
    assert!(asked.contains("`/request/properties/kind/x-enum` is taken out, because the draft would not load with it"), "{asked}");
}

/// What the file does not get, because no answer can hold it, was new on the same page when the two were compared.
#[test]
fn error_codes_that_no_answer_can_hold_are_in_neither_the_file_nor_the_differences() {
    let codes = "错误码说明\n| 错误码 | 说明 |\n|---|---|\n| 00 | 也好 |\n| 12345678901234567890123 | 无 |\n| 12 | 别的 |\n| 012 | 又是别的 |\n| 13 | 还有 |\n| 13 | 还有 |";
    let page = answer("| code | int | 码 |\n| msg | string | 文字 |", codes);
    let imported = pages::imported(Layout::GitBookPipes, &page);
    assert_eq!(pages::load(Layout::GitBookPipes, &imported), Ok(()));
    let schema: serde_json::Value = serde_json::from_str(&imported.schema).unwrap();
    assert_eq!(schema["errors"].as_array().unwrap().iter().map(|rule| rule["code"].clone()).collect::<Vec<_>>(), [json!(12), json!(13)]);
    let asked = decide(&imported.report);
    assert!(
        asked.contains("`12345678901234567890123` is none") && asked.contains("12 stands twice: `别的` is kept, not `又是别的`"),
        "{asked}"
    );
    let vendor = pages::vendor(Layout::GitBookPipes);
    let committed = Committed { schema: &imported.schema, definitions: None, others: &[] };
    let differences = diff(&page, &options(Some(&vendor)), &committed).unwrap();
    assert!(differences.is_empty(), "{differences:?}");
}

#[test]
fn a_draft_that_cannot_be_mended_is_refused_in_each_way_to_make_one() {
    let page = answer("| code | int | 码 |", "");
    let named = Options { operation: Some("definitions"), ..options(None) };
    let told = [
        import(&page, &named).unwrap_err().to_string(),
        import_all(&page, &named).unwrap_err().to_string(),
        import_copies(&[("one", &page), ("other", &page)], &named).unwrap_err().to_string(),
    ];
    for told in told {
        assert!(told.contains("definitions.json would not load") && told.contains("/operation: "), "{told}");
    }
}

/// Ten thousand rows, with as many values, are held against the checks in no more time than they are read in.
#[test]
fn a_large_draft_is_checked_to_its_end() {
    let values = (0..10_000).map(|number| format!("{number}-甲{number}")).collect::<Vec<_>>().join("、");
    let lists = (0..40).map(|list| format!("| o{list} | object | 物 |\n")).collect::<String>();
    let rows = (0..10_000).map(|row| format!("| o{}.f{row} | int | 号 |\n", row % 40)).collect::<String>();
    let report = report(&answer(&format!("| code | int | 码 |\n| kind | int | 类型:{values} |\n{lists}{rows}"), ""));
    assert!(report.fields.len() > 10_000, "{}", report.fields.len());
}
