//! Names and texts are other people's: an operation made of all that could trip a compiler or spoil a page of documentation.

use serde_json::{Map, Value, json};

/// Names of fields: keywords of all editions, and what the generated code itself names.
const NAMES: [&str; 95] = [
    "abstract",
    "as",
    "async",
    "auto",
    "await",
    "become",
    "box",
    "break",
    "catch",
    "const",
    "continue",
    "crate",
    "default",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "macro_rules",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "raw",
    "ref",
    "return",
    "safe",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "new",
    "clone",
    "fmt",
    "eq",
    "hash",
    "drop",
    "table",
    "view",
    "slot",
    "spec",
    "columns",
    "number",
    "position",
    "request",
    "response",
    "data",
    "value",
    "field",
    "name",
    "list",
    "rows",
    "total",
    "page",
    "size",
    "std",
    "core",
    "alloc",
    "scrm_core",
    "serde",
    "serialize",
    "deserialize",
    "some",
    "none",
    "option",
    "string",
    "vec",
    "result",
];

/// Texts that a compiler or rustdoc could take for something else.
const TEXTS: [&str; 24] = [
    "plain",
    "two\nlines",
    "old\r\nMac\r",
    "turned \u{202e}round\u{202c}",
    "isolated \u{2066}text\u{2069}",
    "\u{feff}mark",
    "nul\u{0}",
    "see https://docs.acme.example/a_b?c=1&d=2, or http://x.example.",
    "[x] and [y](z) and [`Missing`]",
    "# heading",
    "1. list",
    "- dash",
    "> quote",
    "    indented",
    "``` fence",
    "~~~ fence",
    "`open",
    "<b>bold</b> &lt; <script>",
    "**bold** _it_ __init__",
    "| a | b |",
    "back\\slash and \"quotes\" and 'one'",
    "*/ and // and /* and #[x] and $y and {z}",
    "\"##",
    "",
];

fn text(at: usize) -> &'static str {
    TEXTS[at % TEXTS.len()]
}

/// A field of each name, each with another text.
fn properties() -> Map<String, Value> {
    let one = |(at, name): (usize, &&str)| {
        ((*name).to_owned(), json!({ "type": "string", "description": format!("{} .", text(at)), "x-zh": format!("{} 。", text(at + 1)) }))
    };
    NAMES.iter().enumerate().map(one).collect()
}

/// An enum with a value for each text, and names that are taken elsewhere.
fn choice(name: &str) -> Value {
    let names = ["self", "some", "none", "ok", "err", "default", "type", "gen", "option", "vec", "box", "code", "label", "all", "codes"];
    let values: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(at, name)| json!({ "value": format!("{at}`{}", text(at)), "name": name, "zh": format!("{}。", text(at)), "en": format!("{}.", text(at + 1)) }))
        .collect();
    json!({ "type": "string", "description": text(3), "x-zh": text(4), "x-enum": { "name": name, "values": values } })
}

/// The operation's file.
pub(crate) fn file() -> (String, String) {
    let mut request = properties();
    request.insert("choice".into(), choice("NastyChoice"));
    let mut data = properties();
    data.insert("answer_choice".into(), choice("Rule"));
    let example: Map<String, Value> = NAMES.iter().enumerate().map(|(at, name)| ((*name).to_owned(), Value::from(text(at)))).collect();
    let operation = json!({
        "$schema": "../../operation.schema.json",
        "operation": "nasty",
        "title": { "zh": text(2), "en": text(3) },
        "description": { "zh": text(14), "en": text(7) },
        "source": { "page": text(8), "url": "https://docs.acme.example/nasty", "read": "2026-01-02" },
        "http": { "method": "POST", "path": "/nasty", "body": "json" },
        "access": "read",
        "permission": text(17),
        "errors": [{ "code": 77, "zh": text(2), "en": text(3), "action": "fail" }],
        "rules": [{ "together": ["type", "gen"] }],
        "request": { "type": "object", "properties": request, "additionalProperties": true },
        "response": { "type": "object", "properties": {
            "code": { "type": "integer", "description": "Return code.", "x-zh": "返回码。" },
            "msg": { "type": "string", "description": "Message.", "x-zh": "消息。" },
            "data": { "type": "object", "x-type": "Source", "x-nullable": true, "description": text(9), "x-zh": text(10), "properties": data },
        }, "required": ["code"] },
        "examples": [
            { "title": text(3), "request": example, "response": { "code": 0, "msg": "ok", "data": example } },
            { "title": text(2), "response": { "code": 0, "msg": "ok", "data": null } },
        ],
    });
    ("acme/shape/nasty.json".to_owned(), operation.to_string())
}
