//! A project as Apifox exports it: folders of operations, and folders of schemas that they refer to by number.

use serde_json::{Map, Value, json};

use super::{Document, RawOperation};
use crate::page::Layout;

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 32;

pub(super) fn document(project: &Value) -> Document {
    let mut operations = Vec::new();
    for folder in list(project.get("apiCollection")) {
        collect(folder, 0, &mut |item| {
            if let Some(api) = item.get("api").filter(|api| api.is_object()) {
                operations.push(operation(item, api));
            }
        });
    }
    let mut schemas = Map::new();
    for folder in list(project.get("schemaCollection")) {
        collect(folder, 0, &mut |item| {
            let schema = item.pointer("/schema/jsonSchema").or_else(|| item.get("jsonSchema"));
            let id = item.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).unwrap_or_default();
            if let Some(schema) = schema {
                schemas.insert(id.trim_start_matches("#/definitions/").to_owned(), references(schema.clone()));
            }
        });
    }
    Document { layout: Layout::ApifoxProject, operations, components: json!({ "schemas": schemas }), server: None }
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn collect<'a>(item: &'a Value, depth: usize, take: &mut dyn FnMut(&'a Value)) {
    take(item);
    if depth < DEEPEST {
        for below in list(item.get("items")) {
            collect(below, depth + 1, take);
        }
    }
}

/// `#/definitions/123` becomes a reference into the components.
fn references(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .into_iter()
                .map(|(key, value)| match (&value, key.as_str()) {
                    (Value::String(text), "$ref") => (key, json!(text.replace("#/definitions/", "#/components/schemas/"))),
                    _ => (key, references(value)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(references).collect()),
        other => other,
    }
}

fn operation(item: &Value, api: &Value) -> RawOperation {
    let text = |key: &str| api.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let mut parameters = Vec::new();
    for place in ["query", "header", "path"] {
        for parameter in list(api.pointer(&format!("/parameters/{place}"))) {
            parameters.push(self::parameter(parameter, place));
        }
    }
    let mut operation = json!({
        "summary": item.get("name").cloned().unwrap_or(Value::Null),
        "description": text("description"),
        "parameters": parameters,
        "responses": responses(api),
    });
    if operation["summary"].is_null() {
        operation["summary"] = json!("");
    }
    if let Some(body) = body(api) {
        operation["requestBody"] = body;
    }
    RawOperation { method: text("method"), path: text("path"), value: operation }
}

fn parameter(parameter: &Value, place: &str) -> Value {
    let mut schema = parameter.get("schema").filter(|schema| schema.is_object()).cloned().unwrap_or_else(|| json!({}));
    for key in ["type", "enum", "format"] {
        if let (Some(value), None) = (parameter.get(key), schema.get(key)) {
            schema[key] = value.clone();
        }
    }
    json!({
        "name": parameter.get("name").and_then(Value::as_str).unwrap_or(""),
        "in": place,
        "required": parameter.get("required").and_then(Value::as_bool).unwrap_or(false) || place == "path",
        "description": parameter.get("description").and_then(Value::as_str).unwrap_or(""),
        "schema": references(schema),
    })
}

fn body(api: &Value) -> Option<Value> {
    let body = api.get("requestBody")?;
    let media = body.get("type").and_then(Value::as_str).unwrap_or("");
    if media.is_empty() || media == "none" {
        return None;
    }
    let mut content = Map::new();
    let fields: Vec<&Value> =
        list(body.get("parameters")).filter(|field| field.get("enable").and_then(Value::as_bool) != Some(false)).collect();
    if fields.is_empty() {
        if let Some(schema) = body.get("jsonSchema") {
            content.insert("schema".to_owned(), references(schema.clone()));
        }
    } else {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in fields {
            let name = field.get("name").and_then(Value::as_str).unwrap_or("").to_owned();
            if field.get("required").and_then(Value::as_bool) == Some(true) {
                required.push(json!(name));
            }
            let mut schema = parameter(field, "body").get("schema").cloned().unwrap_or_else(|| json!({}));
            schema["description"] = field.get("description").filter(|text| text.is_string()).cloned().unwrap_or_else(|| json!(""));
            properties.insert(name, schema);
        }
        content.insert("schema".to_owned(), json!({ "type": "object", "required": required, "properties": properties }));
    }
    let example = body.get("example").filter(|example| !example.is_null()).or_else(|| body.pointer("/examples/0/value"));
    if let Some(example) = example {
        content.insert("example".to_owned(), example.clone());
    }
    Some(json!({ "content": { media: content } }))
}

fn responses(api: &Value) -> Value {
    let mut responses = Map::new();
    for response in list(api.get("responses")) {
        let code =
            response.get("code").map_or_else(|| "200".to_owned(), |code| code.as_str().map_or_else(|| code.to_string(), str::to_owned));
        let mut content = Map::new();
        if let Some(schema) = response.get("jsonSchema") {
            content.insert("schema".to_owned(), references(schema.clone()));
        }
        let id = response.get("id");
        let shown = |example: &&Value| {
            id.is_none()
                || example.get("responseId").is_none_or(|of| {
                    Some(of) == id
                        || of.to_string().trim_matches('"') == id.map_or(String::new(), |id| id.to_string().trim_matches('"').to_owned())
                })
        };
        if let Some(example) = list(api.get("responseExamples")).find(shown).and_then(|example| example.get("data")) {
            content.insert("example".to_owned(), example.clone());
        }
        let name = response.get("name").and_then(Value::as_str).unwrap_or("");
        // Several answers may share a code; the first counts.
        responses.entry(code).or_insert_with(|| json!({ "description": name, "content": { "application/json": content } }));
    }
    Value::Object(responses)
}
