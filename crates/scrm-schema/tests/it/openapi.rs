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
fn what_vendors_send_stands_there_as_webhooks() {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let tree = scrm_schema::load(&schemas).unwrap_or_else(|errors| panic!("{errors}"));
    let acme = scrm_schema::load_files(crate::acme::all()).unwrap_or_else(|errors| panic!("{errors}"));
    let mut seen = (0, 0);
    for vendor in tree.vendors.iter().chain(&acme.vendors) {
        let document = scrm_schema::openapi::document(vendor);
        let webhooks = document.get("webhooks").and_then(Value::as_object).cloned().unwrap_or_default();
        let names: Vec<String> = vendor.pushes().map(|(channel, push)| format!("{}.{}", channel.name, push.operation.name)).collect();
        assert_eq!(webhooks.keys().collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
        let operations: Vec<&str> = operations(&document).iter().map(|(name, _)| *name).collect();
        for (name, webhook) in &webhooks {
            seen.0 += 1;
            let (post, body) = (&webhook["post"], &document["components"]["schemas"][name]);
            assert!(!operations.contains(&name.as_str()) && post["operationId"] == *name, "{name}");
            assert!(document["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag["name"] == post["tags"][0])), "{name}");
            let media = post["requestBody"]["content"].as_object().and_then(|content| content.values().next()).expect("a body");
            let sealed = media.pointer("/schema/properties/Encrypt/contentSchema");
            assert_eq!(sealed.unwrap_or(&media["schema"])["$ref"], format!("#/components/schemas/{name}"));
            let in_clear = body["examples"].as_array().cloned().unwrap_or_default();
            let bodies =
                media["examples"].as_object().into_iter().flat_map(|examples| examples.values()).map(|example| example["value"].clone());
            for example in in_clear.into_iter().chain(bodies) {
                fits(&document, body, &example).unwrap_or_else(|wrong| panic!("{name}: {wrong}\n{example}"));
                seen.1 += 1;
            }
            for status in ["200", "default"] {
                let content =
                    post["responses"][status]["content"].as_object().and_then(|content| content.values().next()).expect("an answer");
                for example in content["examples"].as_object().into_iter().flat_map(|examples| examples.values()) {
                    fits(&document, &content["schema"], &example["value"]).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
                }
                fits(&document, &content["schema"], &json!([])).expect_err("no answer is a list");
            }
        }
    }
    assert_eq!(seen.0, 29 + 5);
    assert!(seen.1 >= seen.0, "{seen:?}");
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
