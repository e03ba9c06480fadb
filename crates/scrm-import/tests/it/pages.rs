//! Each page as a whole: what is written, what is reported, and that it loads.

use scrm_import::{Imported, Layout, Options, import};
use scrm_schema::model::VendorFile;
use serde_json::{Value, json};

pub(crate) const GITBOOK_FLAT: &str = include_str!("../pages/gitbook-flat.txt");
pub(crate) const GITBOOK_PIPES: &str = include_str!("../pages/gitbook-pipes.txt");
pub(crate) const CONFLUENCE: &str = include_str!("../pages/confluence.txt");
pub(crate) const CONFLUENCE_CELLS: &str = include_str!("../pages/confluence-cells.txt");
pub(crate) const APIFOX: &str = include_str!("../pages/apifox.txt");
pub(crate) const KANCLOUD: &str = include_str!("../pages/kancloud.txt");
pub(crate) const MARKDOWN: &str = include_str!("../pages/markdown.txt");
pub(crate) const SWAGGER: &str = include_str!("../pages/swagger.txt");

pub(crate) const ALL: [(Layout, &str); 8] = [
    (Layout::GitBookFlat, GITBOOK_FLAT),
    (Layout::GitBookPipes, GITBOOK_PIPES),
    (Layout::Confluence, CONFLUENCE),
    (Layout::ConfluenceCells, CONFLUENCE_CELLS),
    (Layout::Apifox, APIFOX),
    (Layout::Kancloud, KANCLOUD),
    (Layout::Markdown, MARKDOWN),
    (Layout::Swagger, SWAGGER),
];

/// A made-up vendor: the token in a body field, in the query, or in a header, and code 0 or "200".
pub(crate) fn vendor(layout: Layout) -> VendorFile {
    serde_json::from_value(vendor_json(layout)).unwrap()
}

pub(crate) fn vendor_json(layout: Layout) -> Value {
    let (place, name) = match layout {
        Layout::Confluence | Layout::Swagger | Layout::ConfluenceCells => ("header", "X-Token"),
        Layout::Apifox => ("query", "access_token"),
        _ => ("body", "access_token"),
    };
    let success = if layout == Layout::Confluence { json!("200") } else { json!(0) };
    json!({
        "$schema": "../vendor.schema.json",
        "vendor": "acme",
        "title": { "zh": "艾克米", "en": "Acme" },
        "docs": "https://docs.acme.example",
        "source": { "page": "docs.acme.example, basics", "read": "2026-11-22" },
        "base_url": "https://api.acme.example/open",
        "areas": [{ "name": "all", "zh": "全部", "en": "Everything" }],
        "envelope": { "code": "code", "message": ["msg"], "data": "data", "success": [success], "success_message": "ok" },
        "credentials": [{ "name": "app_id", "env": "ACME_APP_ID", "zh": "应用编号", "en": "Id of the application" }],
        "tokens": [{
            "name": "access", "operation": "token", "parameters": { "app_id": { "credential": "app_id" } },
            "value": "/data/token", "lifetime": 7200, "place": { "in": place, "name": name }
        }],
        "untyped": { "method": "POST", "body": "json" },
        "errors": [{ "code": success_like(layout), "zh": "令牌无效", "en": "the token is not valid", "action": "refresh_token" }]
    })
}

fn success_like(layout: Layout) -> Value {
    if layout == Layout::Confluence { json!("11") } else { json!(11) }
}

fn token_operation(layout: Layout) -> Value {
    let field = |kind: &str| json!({ "type": kind, "description": "A field.", "x-zh": "字段。" });
    let code = if layout == Layout::Confluence { field("string") } else { field("integer") };
    json!({
        "$schema": "../operation.schema.json",
        "operation": "token",
        "title": { "zh": "令牌", "en": "Token" },
        "source": { "page": "docs.acme.example, token", "read": "2026-11-22" },
        "http": { "method": "GET", "path": "/token", "body": "query" },
        "token": false,
        "access": "read",
        "request": { "type": "object", "required": ["app_id"], "properties": { "app_id": field("string") } },
        "response": { "type": "object", "properties": {
            "code": code, "msg": field("string"),
            "data": { "type": "object", "description": "The token.", "x-zh": "令牌。", "properties": { "token": {
                "type": "string", "description": "The token.", "x-zh": "令牌。", "x-sensitive": "secret"
            } } }
        } }
    })
}

pub(crate) fn options(vendor: Option<&VendorFile>) -> Options<'_> {
    Options { vendor, operation: None, layout: None, pick: None, page: "docs.acme.example, page", url: None, read: "2026-11-22" }
}

pub(crate) fn imported(layout: Layout, text: &str) -> Imported {
    import(text, &options(Some(&vendor(layout)))).unwrap()
}

pub(crate) fn schema(layout: Layout, text: &str) -> Value {
    serde_json::from_str(&imported(layout, text).schema).unwrap()
}

/// What the loader has to say about an imported page.
pub(crate) fn load(layout: Layout, imported: &Imported) -> Result<(), String> {
    load_with(&vendor_json(layout), layout, imported)
}

/// The same with another vendor file.
pub(crate) fn load_with(vendor: &Value, layout: Layout, imported: &Imported) -> Result<(), String> {
    let files = [
        ("acme/vendor.json".to_owned(), vendor.to_string()),
        ("acme/token.json".to_owned(), token_operation(layout).to_string()),
        (format!("acme/all/{}", imported.file), imported.schema.clone()),
    ];
    scrm_schema::load_files(files).map(|_| ()).map_err(|errors| errors.to_string())
}

/// The field schemas of a side, one line each.
fn outline(schema: &Value) -> String {
    fn walk(name: &str, schema: &Value, depth: usize, into: &mut String) {
        let kind =
            schema.get("type").or_else(|| schema.get("$ref")).map_or_else(|| "any".to_owned(), |kind| kind.to_string().replace('"', ""));
        let mut parts = vec![kind];
        for key in [
            "default",
            "minimum",
            "maximum",
            "maxLength",
            "maxItems",
            "x-type",
            "x-documented-type",
            "x-wire",
            "x-in",
            "x-unit",
            "x-time",
            "x-sensitive",
            "x-evidence",
        ] {
            if let Some(value) = schema.get(key) {
                parts.push(format!("{key}={}", value.to_string().trim_matches('"')));
            }
        }
        if let Some(values) = schema.pointer("/x-enum/values").and_then(Value::as_array) {
            let name = schema.pointer("/x-enum/name").and_then(Value::as_str).unwrap();
            let show = |value: &Value| format!("{}:{}:{}", value["value"], value["name"].as_str().unwrap(), value["zh"].as_str().unwrap());
            parts.push(format!("{name}[{}]", values.iter().map(show).collect::<Vec<_>>().join(" ")));
        }
        if let Some(required) = schema.get("required") {
            parts.push(format!("required={required}"));
        }
        into.push_str(&format!("{}{name}: {}\n", "  ".repeat(depth), parts.join(" ")));
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            walk(name, schema, depth + 1, into);
        }
        for (name, schema) in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            walk(name, schema, depth + 1, into);
        }
        if let Some(items) = schema.get("items") {
            walk("[]", items, depth + 1, into);
        }
    }
    let mut text = String::new();
    for side in ["request", "response"] {
        walk(side, &schema[side], 0, &mut text);
    }
    for (name, definition) in schema.get("definitions").and_then(Value::as_object).into_iter().flatten() {
        walk(name, definition, 0, &mut text);
    }
    text
}

fn shown(layout: Layout, text: &str) -> String {
    let imported = imported(layout, text);
    let schema: Value = serde_json::from_str(&imported.schema).unwrap();
    let head: Vec<String> = ["title", "http", "token", "access", "permission", "quota", "paging", "rules", "errors", "errata", "examples"]
        .iter()
        .filter_map(|key| schema.get(*key).map(|value| (key, value)))
        .flat_map(|(key, value)| match value {
            Value::Array(entries) => entries.iter().map(|entry| format!("{key}: {entry}")).collect::<Vec<_>>(),
            value => vec![format!("{key}: {value}")],
        })
        .collect();
    format!("{}\n\n{}\n{}", head.join("\n"), outline(&schema), imported.report.text())
}

#[test]
fn each_layout_is_recognised() {
    for (layout, text) in ALL {
        assert_eq!(imported(layout, text).report.layout, layout);
    }
}

#[test]
fn what_is_imported_loads() {
    for (layout, text) in ALL {
        if let Err(errors) = load(layout, &imported(layout, text)) {
            panic!("{layout}: {errors}");
        }
    }
}

#[test]
fn pages_are_read_as_they_are_meant() {
    for (layout, text) in ALL {
        insta::assert_snapshot!(layout.name(), shown(layout, text));
    }
}

#[test]
fn a_schema_file_has_its_keys_in_order() {
    insta::assert_snapshot!(imported(Layout::Confluence, CONFLUENCE).schema);
}

#[test]
fn the_report_is_there_for_programs_too() {
    insta::assert_snapshot!(format!("{:#}", imported(Layout::GitBookPipes, GITBOOK_PIPES).report.json()));
}
