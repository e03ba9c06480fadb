//! A page against a schema.

use scrm_import::{Change, Committed, Difference, ImportError, Layout, Options, diff};
use serde_json::{Value, json};

use crate::pages::{self, ALL, imported, options, schema, vendor};

fn compared(layout: Layout, text: &str, schema: &str) -> Vec<Difference> {
    diff(text, &options(Some(&vendor(layout))), &Committed { schema, ..Committed::default() }).unwrap()
}

/// Differences of the page of pipe tables, changed in places, to what was imported from it unchanged.
fn changed(changes: &[(&str, &str)]) -> Vec<(Change, String)> {
    changed_page(Layout::GitBookPipes, pages::GITBOOK_PIPES, changes)
}

fn changed_page(layout: Layout, text: &str, changes: &[(&str, &str)]) -> Vec<(Change, String)> {
    let committed = imported(layout, text).schema;
    let mut page = text.to_owned();
    for (before, after) in changes {
        assert!(page.contains(before), "{before}");
        page = page.replace(before, after);
    }
    compared(layout, &page, &committed).into_iter().map(|difference| (difference.change, difference.to_string())).collect()
}

fn only(change: Change, text: &str) -> Vec<(Change, String)> {
    vec![(change, text.to_owned())]
}

#[test]
fn a_page_agrees_with_what_was_imported_from_it() {
    for (layout, text) in ALL {
        assert_eq!(compared(layout, text, &imported(layout, text).schema), [], "{layout}");
    }
}

#[test]
fn a_new_field_is_found_in_the_table_and_in_the_example() {
    let table = changed(&[("| sort | 否", "| fresh | 否 | string | 新的 | ... |\n| sort | 否")]);
    assert_eq!(table, only(Change::Added, "/request/properties/fresh (line 20): `fresh` is new on the page"));
    let example = changed(&[("\"id\": 5,", "\"id\": 5,\n\"fresh\": 1,")]);
    let at = "/response/properties/data/properties/list/items/properties/fresh";
    assert_eq!(example, only(Change::Added, &format!("{at} (line 68): `fresh` stands in the example only")));
}

#[test]
fn a_field_that_went_away_is_found() {
    let found = changed(&[("| points | int | 积点 | ... |\n", ""), ("\"points\": 30,\n", "")]);
    let at = "/response/properties/data/properties/list/items/properties/points";
    assert_eq!(found, only(Change::Removed, &format!("{at}: `points` is no longer on the page")));
}

#[test]
fn another_type_is_found() {
    let found = changed(&[("| points | int |", "| points | string |"), ("\"points\": 30", "\"points\": \"x\"")]);
    let at = "/response/properties/data/properties/list/items/properties/points";
    assert_eq!(found, only(Change::Retyped, &format!("{at} (line 53): its type is `string` on the page, `integer` in the schema")));
}

#[test]
fn a_recorded_type_that_the_page_no_longer_prints_is_found() {
    let found = changed(&[("| data | 是 | string |", "| data | 是 | object |")]);
    assert_eq!(
        found,
        only(Change::Retyped, "/response/properties/data (line 42): its type is `object` on the page, `string` in the schema")
    );
}

#[test]
fn a_new_value_and_one_that_went_away_are_found() {
    let found = changed(&[("21-余额降序 22-余额升序", "21-余额降序 31-冻结降序")]);
    assert_eq!(
        found,
        [
            (Change::NewValue, "/request/properties/sort (line 20): the value `31` (冻结降序) is new on the page".to_owned()),
            (Change::ValueGone, "/request/properties/sort (line 20): the value `22` is no longer on the page".to_owned()),
        ]
    );
}

#[test]
fn another_limit_quota_mark_or_default_is_found() {
    assert_eq!(
        changed(&[("上限80", "上限60")]),
        only(Change::Limit, "/request/properties/ids (line 19): the largest number of items is 60 on the page, 80 in the schema")
    );
    assert_eq!(
        changed(&[("1分钟300次", "1分钟100次")]),
        only(Change::Quota, "/quota (line 10): the quota is 100 calls in 60 s on the page, 300 calls in 60 s in the schema")
    );
    assert_eq!(
        changed(&[("- 频率限制:\n1分钟300次", "- 注:\n无")]),
        only(Change::Quota, "/quota: the quota is none on the page, 300 calls in 60 s in the schema")
    );
    assert_eq!(
        changed(&[("| start | 否 |", "| start | 是 |")]),
        only(Change::Presence, "/request/properties/start (line 18): it is required on the page, but not in the schema")
    );
    let found = changed_page(Layout::GitBookFlat, pages::GITBOOK_FLAT, &[("最大40条,默认20", "最大30条,默认15")]);
    assert_eq!(
        found.iter().map(|(change, text)| (*change, text.as_str())).collect::<Vec<_>>(),
        [
            (Change::Limit, "/request/properties/page_size (line 32): the largest value is 30 on the page, 40 in the schema"),
            (Change::Limit, "/request/properties/page_size (line 32): the default is 15 on the page, 20 in the schema"),
            (Change::Limit, "/paging/max_size (line 32): the largest page size is 30 on the page, 40 in the schema"),
        ]
    );
}

#[test]
fn another_head_and_a_new_error_code_are_found() {
    assert_eq!(
        changed(&[("point.batch/1.0", "point.batch/2.0")]),
        only(Change::Head, "/http/path (line 9): the path is `/point.batch/2.0` on the page, `/point.batch/1.0` in the schema")
    );
    assert_eq!(changed(&[("| 7001 |", "| 7009 |")]), only(Change::NewError, "/errors (line 83): the error code 7009 is new on the page"));
    assert_eq!(
        changed(&[("积点-查询", "积点-全部")]),
        only(Change::Head, "/permission (line 4): the permission is `积点-全部` on the page, `积点-查询` in the schema")
    );
}

#[test]
fn a_null_and_new_dynamic_columns_are_found() {
    let found = changed(&[("\"points\": 30", "\"points\": null")]);
    let at = "/response/properties/data/properties/list/items/properties/points";
    assert_eq!(found, only(Change::Presence, &format!("{at} (line 53): it may be null on the page, but not in the schema")));
    let found = changed(&[("\"points\": 30", "\"points\": 30, \"Rank-1\": 1, \"Rank-2\": 1, \"Rank-3\": 1")]);
    let at = "/response/properties/data/properties/list/items";
    assert_eq!(found, only(Change::Added, &format!("{at} (line 46): columns that begin with `Rank-` are new on the page")));
}

/// The schema as a person would leave it: labels translated, definitions shared, decisions recorded as errata.
#[test]
fn what_a_person_decided_and_recorded_is_no_difference() {
    let mut schema = schema(Layout::GitBookPipes, pages::GITBOOK_PIPES);
    let row = schema.pointer_mut("/response/properties/data/properties/list/items").unwrap().take();
    schema["definitions"] = json!({ "Account": row });
    *schema.pointer_mut("/response/properties/data/properties/list/items").unwrap() = json!({ "$ref": "#/definitions/Account" });
    let start = schema.pointer_mut("/request/properties/start").unwrap();
    *start = json!({ "type": ["string", "null"], "description": "Start.", "x-zh": "起点。" });
    let flag = schema.pointer_mut("/definitions/Account/properties/points").unwrap();
    *flag = json!({ "type": "boolean", "x-wire": "digit", "description": "Points.", "x-zh": "积点。" });
    let extra = json!({ "type": "string", "x-evidence": "unverified", "description": "Seen in code.", "x-zh": "代码里见过。" });
    schema["definitions"]["Account"]["properties"]["seen_in_code"] = extra;
    schema["request"]["required"] = json!(["ids", "page_size", "page", "start"]);
    schema["quota"] = json!({ "calls": 10, "seconds": 1 });
    let record = |at: &str, kind: &str| json!({ "at": at, "kind": kind, "documented": "a", "wire": "b", "seen": "elsewhere" });
    let errata = schema["errata"].as_array_mut().unwrap();
    errata.retain(|erratum| !erratum["at"].as_str().unwrap().contains("/items/"));
    errata.push(record("/request/properties/start", "presence"));
    errata.push(record("/quota", "value"));
    let found = compared(Layout::GitBookPipes, pages::GITBOOK_PIPES, &schema.to_string());
    assert_eq!(found, []);
    errata_are_needed(schema);
}

fn errata_are_needed(mut schema: Value) {
    schema["errata"] = json!([]);
    let found = compared(Layout::GitBookPipes, pages::GITBOOK_PIPES, &schema.to_string());
    assert_eq!(found.iter().map(|difference| difference.at.as_str()).collect::<Vec<_>>(), ["/quota", "/request/properties/start"]);
}

#[test]
fn a_name_recorded_as_misprinted_is_one_field_without_an_example_too() {
    let committed = imported(Layout::GitBookFlat, pages::GITBOOK_FLAT).schema;
    let page = pages::GITBOOK_FLAT.split("返回示例").next().unwrap();
    assert_eq!(compared(Layout::GitBookFlat, page, &committed), []);
}

#[test]
fn a_broken_schema_is_a_clear_error() {
    let broken = Committed { schema: "{", ..Committed::default() };
    let error = diff(pages::CONFLUENCE, &Options { vendor: None, ..options(None) }, &broken).unwrap_err();
    assert!(matches!(error, ImportError::Schema(_)));
    insta::assert_snapshot!(error);
}

#[test]
fn a_schema_that_refers_to_itself_has_an_end() {
    let mut schema = schema(Layout::GitBookPipes, pages::GITBOOK_PIPES);
    *schema.pointer_mut("/response/properties/data/properties/list/items").unwrap() = json!({ "$ref": "#/definitions/Lists" });
    schema["definitions"] = json!({
        "Lists": { "type": "array", "items": { "$ref": "#/definitions/Lists" } },
        "Loop": { "$ref": "#/definitions/Loop" }
    });
    *schema.pointer_mut("/response/properties/data/properties/page").unwrap() = json!({ "$ref": "#/definitions/Loop" });
    assert!(!compared(Layout::GitBookPipes, pages::GITBOOK_PIPES, &schema.to_string()).is_empty());
}

/// What the operations of an area share stands in a file of its own; a comparison looks there, or says that it cannot.
#[test]
fn a_reference_into_the_shared_definitions_is_followed() {
    let mut schema = schema(Layout::GitBookPipes, pages::GITBOOK_PIPES);
    let row = schema.pointer_mut("/response/properties/data/properties/list/items").unwrap().take();
    *schema.pointer_mut("/response/properties/data/properties/list/items").unwrap() = json!({ "$ref": "definitions.json#/Account" });
    schema["errata"].as_array_mut().unwrap().retain(|erratum| !erratum["at"].as_str().unwrap().contains("/items/"));
    let compare = |definitions: Option<&str>, others: &[String]| {
        let text = schema.to_string();
        let committed = Committed { schema: &text, definitions, others };
        diff(pages::GITBOOK_PIPES, &options(Some(&vendor(Layout::GitBookPipes))), &committed)
    };
    let error = compare(None, &[]).unwrap_err();
    assert_eq!(error, ImportError::NoDefinition { reference: "definitions.json#/Account".to_owned() });
    assert_eq!(compare(Some(&json!({ "Account": row }).to_string()), &[]).unwrap(), []);

    let mut changed = row.clone();
    changed["properties"]["points"]["type"] = json!("string");
    let changed = json!({ "Account": changed }).to_string();
    let found = compare(Some(&changed), &[]).unwrap();
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["definitions.json#/Account/properties/points (line 53): its type is `int` on the page, `string` in the schema"]
    );
    // Another operation of the area has written it down.
    let at = "definitions.json#/Account/properties/points";
    let other = json!({ "errata": [{ "at": at, "kind": "value", "documented": "int", "wire": "string", "seen": "an answer" }] });
    assert_eq!(compare(Some(&changed), &[other.to_string()]).unwrap(), []);
}
