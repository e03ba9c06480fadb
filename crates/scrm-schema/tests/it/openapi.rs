//! The OpenAPI documents: every example fits the schema that is exported for it.

use std::path::Path;

use serde_json::{Value, json};

fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let whole = json!({ "components": document["components"], "allOf": [schema] });
    let validator = jsonschema::draft202012::new(&whole).expect("the exported schema is a schema");
    let found: Vec<String> = validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

fn documents() -> Vec<(String, Value)> {
    let tree = scrm_schema::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap_or_else(|errors| panic!("{errors}"));
    tree.vendors.iter().map(|vendor| (vendor.file.vendor.clone(), scrm_schema::openapi::document(vendor))).collect()
}

fn operations(document: &Value) -> Vec<(&str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .values()
        .flat_map(|verbs| verbs.as_object().expect("verbs").values())
        .map(|operation| (operation["operationId"].as_str().expect("an id"), operation))
        .collect()
}

#[test]
fn examples_fit_what_is_exported() {
    let mut seen = 0;
    for (vendor, document) in documents() {
        for (name, operation) in operations(&document) {
            let sent = operation.pointer("/requestBody/content").and_then(Value::as_object).and_then(|content| content.values().next());
            let answered = operation.pointer("/responses/200/content/application~1json");
            for media in sent.into_iter().chain(answered) {
                for example in media["examples"].as_object().into_iter().flat_map(|examples| examples.values()) {
                    fits(&document, &media["schema"], &example["value"]).unwrap_or_else(|wrong| panic!("{vendor}/{name}: {wrong}"));
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn answers_are_either_a_success_or_a_failure() {
    for (_, document) in documents() {
        for (name, operation) in operations(&document) {
            let media = &operation["responses"]["200"]["content"]["application/json"];
            let Some(good) = media.pointer("/examples/example1/value") else { continue };
            let success = &media["schema"]["anyOf"][0];
            let mut failed = good.clone();
            failed["code"] = if good["code"].is_string() { json!("x") } else { json!(-12345) };
            assert!(fits(&document, success, good).is_ok(), "{name}");
            assert!(fits(&document, success, &failed).is_err(), "{name}");
            assert!(fits(&document, &media["schema"], &failed).is_ok(), "{name}");
        }
    }
}
