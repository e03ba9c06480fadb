//! Older descriptions in the words of OpenAPI 3.1, which is what the library reads.

use serde_json::{Map, Value, json};

/// Brings a document to 3.1.
pub(super) fn to_3_1(document: &mut Value) {
    if document.get("swagger").is_some() {
        from_2_0(document);
    }
    schemas(document);
}

/// Mends what schemas of 3.0, and hands that write them, say otherwise.
pub(super) fn schemas(value: &mut Value) {
    match value {
        Value::Object(object) => {
            schema(object);
            for (key, below) in object.iter_mut() {
                // What stands in examples and defaults is data.
                if !matches!(key.as_str(), "example" | "examples" | "default" | "enum" | "const" | "x-apifox-enum") {
                    schemas(below);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(schemas),
        _ => {}
    }
}

fn schema(object: &mut Map<String, Value>) {
    if object.get("nullable").and_then(Value::as_bool) == Some(true)
        && let Some(kind) = object.get("type").and_then(Value::as_str).map(str::to_owned)
    {
        object.insert("type".to_owned(), json!([kind, "null"]));
    }
    let is_schema = object.contains_key("properties")
        || object.contains_key("items")
        || object.get("type").is_some_and(|kind| kind.is_string() || kind.is_array());
    if !is_schema {
        return;
    }
    for key in ["exclusiveMinimum", "exclusiveMaximum"] {
        if object.get(key).is_some_and(Value::is_boolean) {
            object.remove(key);
        }
    }
    if object.get("required").is_some_and(|required| !required.is_array()) && !object.contains_key("in") && !object.contains_key("content")
    {
        object.remove("required");
    }
    for key in ["title", "description", "format", "pattern", "discriminator"] {
        if object.get(key).is_some_and(|value| value.is_null() || (key == "discriminator" && value.is_string())) {
            object.remove(key);
        }
    }
    for key in ["minLength", "maxLength", "minItems", "maxItems"] {
        if object.get(key).is_some_and(|limit| limit.as_u64().is_none()) {
            object.remove(key);
        }
    }
    for key in ["minimum", "maximum"] {
        if object.get(key).is_some_and(|limit| !limit.is_number()) {
            object.remove(key);
        }
    }
    if object.get("examples").is_some_and(|examples| !examples.is_array()) {
        object.remove("examples");
    }
    if let Some(Value::Array(items)) = object.get("items") {
        let first = items.first().cloned().unwrap_or_else(|| json!({}));
        object.insert("items".to_owned(), first);
    }
    if let Some(kind) = object.get("type").and_then(Value::as_str) {
        let kind = match kind {
            "int" | "long" | "int32" | "int64" => "integer",
            "float" | "double" | "decimal" => "number",
            "bool" => "boolean",
            "file" | "date" | "datetime" | "text" => "string",
            "list" => "array",
            "map" | "json" => "object",
            "string" | "integer" | "number" | "boolean" | "array" | "object" | "null" => return,
            _ => {
                object.remove("type");
                return;
            }
        };
        object.insert("type".to_owned(), json!(kind));
    }
}

/// Swagger 2.0: bodies among the parameters, schemas directly below answers.
fn from_2_0(document: &mut Value) {
    let text = document.to_string().replace("\"#/definitions/", "\"#/components/schemas/");
    let Ok(mut moved) = serde_json::from_str::<Value>(&text) else { return };
    let base = moved.get("basePath").and_then(Value::as_str).unwrap_or("").trim_end_matches('/').to_owned();
    let consumes = moved.pointer("/consumes/0").and_then(Value::as_str).map(str::to_owned);
    if let Some(host) = moved.get("host").and_then(Value::as_str) {
        let scheme = moved.pointer("/schemes/0").and_then(Value::as_str).unwrap_or("https");
        moved["servers"] = json!([{ "url": format!("{scheme}://{host}{base}") }]);
    }
    let definitions = moved.get_mut("definitions").map(Value::take).unwrap_or_else(|| json!({}));
    moved["components"] = json!({ "schemas": definitions });
    let items = moved.get_mut("paths").and_then(Value::as_object_mut);
    let operations =
        items.into_iter().flat_map(|items| items.values_mut()).filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    for operation in operations.filter_map(Value::as_object_mut) {
        operation_from_2_0(operation, consumes.as_deref());
    }
    *document = moved;
}

fn operation_from_2_0(operation: &mut Map<String, Value>, consumes: Option<&str>) {
    let media = operation
        .get("consumes")
        .and_then(|consumes| consumes.get(0))
        .and_then(Value::as_str)
        .or(consumes)
        .unwrap_or("application/json")
        .to_owned();
    let parameters = operation.remove("parameters");
    let (mut kept, mut form, mut wanted) = (Vec::new(), Map::new(), Vec::new());
    for parameter in parameters.as_ref().and_then(Value::as_array).into_iter().flatten() {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or("").to_owned();
        match parameter.get("in").and_then(Value::as_str) {
            Some("body") => {
                let schema = parameter.get("schema").cloned().unwrap_or_else(|| json!({}));
                operation.insert("requestBody".to_owned(), json!({ "content": { media.as_str(): { "schema": schema } } }));
            }
            Some("formData") => {
                if parameter.get("required").and_then(Value::as_bool) == Some(true) {
                    wanted.push(json!(name));
                }
                let mut schema = parameter.clone();
                if let Some(schema) = schema.as_object_mut() {
                    schema.retain(|key, _| !matches!(key.as_str(), "in" | "name" | "required"));
                }
                form.insert(name, schema);
            }
            _ => {
                let mut moved = parameter.clone();
                if let Some(object) = moved.as_object_mut().filter(|object| !object.contains_key("schema")) {
                    let mut schema = object.clone();
                    schema
                        .retain(|key, _| matches!(key.as_str(), "type" | "format" | "items" | "enum" | "default" | "minimum" | "maximum"));
                    object.retain(|key, _| matches!(key.as_str(), "in" | "name" | "required" | "description"));
                    object.insert("schema".to_owned(), Value::Object(schema));
                }
                kept.push(moved);
            }
        }
    }
    if !form.is_empty() {
        let media = if media.contains("multipart") { media.as_str() } else { "application/x-www-form-urlencoded" };
        operation.insert(
            "requestBody".to_owned(),
            json!({ "content": { media: { "schema": { "type": "object", "required": wanted, "properties": form } } } }),
        );
    }
    operation.insert("parameters".to_owned(), Value::Array(kept));
    for response in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flat_map(|responses| responses.values_mut()) {
        if let Some(schema) = response.get("schema").cloned() {
            let example = response.pointer("/examples/application~1json").cloned();
            let mut content = json!({ "schema": schema });
            if let Some(example) = example {
                content["example"] = example;
            }
            response["content"] = json!({ "application/json": content });
        }
        if let Some(object) = response.as_object_mut() {
            object.retain(|key, _| matches!(key.as_str(), "description" | "content" | "$ref"));
        }
    }
}
