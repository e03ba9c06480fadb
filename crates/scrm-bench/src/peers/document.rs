//! The vendor's document as others' generators can read it.

use std::path::Path;

use serde_json::{Map, Value, json};

/// Rules about which fields stand together: beside the fields of an object, progenitor makes one type of each combination, which does not end.
const COMBINATIONS: [&str; 4] = ["allOf", "anyOf", "not", "oneOf"];

/// OpenAPI 3.0 of a vendor.
///
/// # Errors
/// The schemas are wrong, or there is no such vendor.
pub(super) fn of(schemas: &Path, vendor: &str) -> Result<String, String> {
    let tree = scrm_schema::load(schemas).map_err(|errors| errors.to_string())?;
    let vendor = tree.vendors.iter().find(|known| known.file.vendor == vendor).ok_or("no such vendor")?;
    let mut document = older(scrm_schema::openapi::document(vendor));
    document["openapi"] = json!("3.0.3");
    let operations = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in operations.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        // The answer, without the failure that may come in its place: they know no answer of two types.
        if let Some(schema) = operation.pointer_mut("/responses/200/content/application~1json/schema")
            && let Some(first) = schema.get("anyOf").and_then(|any| any.get(0)).cloned()
        {
            *schema = first;
        }
    }
    Ok(document.to_string())
}

fn older(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(older).collect(),
        Value::Object(members) => {
            let members = members.into_iter().filter(|(name, _)| name != "examples" && name != "webhooks");
            object(members.map(|(name, value)| (name, older(value))).collect())
        }
        other => other,
    }
}

fn object(mut members: Map<String, Value>) -> Value {
    match members.get("type").cloned() {
        Some(Value::Array(types)) => {
            let first = types.into_iter().find(|name| name != "null").unwrap_or_else(|| json!("string"));
            members.insert("type".to_owned(), first);
            members.insert("nullable".to_owned(), json!(true));
        }
        Some(Value::String(name)) if name == "null" => {
            members.remove("type");
            members.insert("nullable".to_owned(), json!(true));
        }
        _ => {}
    }
    if members.get("type").is_some_and(|name| name == "object") && members.get("properties").is_some_and(Value::is_object) {
        members.retain(|name, _| !COMBINATIONS.contains(&name.as_str()));
    }
    if let Some(bound) = members.get("exclusiveMinimum").filter(|bound| bound.is_number()).cloned() {
        members.insert("minimum".to_owned(), bound);
        members.insert("exclusiveMinimum".to_owned(), json!(true));
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_newer_version_can_say_is_said_in_the_older_way() {
        let newer = json!({
            "type": "object", "not": { "required": ["a", "b"] },
            "properties": { "a": { "type": ["string", "null"], "examples": ["x"] }, "b": { "type": "number", "exclusiveMinimum": 0 } },
        });
        let expected = json!({
            "type": "object",
            "properties": { "a": { "type": "string", "nullable": true }, "b": { "type": "number", "minimum": 0, "exclusiveMinimum": true } },
        });
        assert_eq!(older(newer), expected);
    }

    #[test]
    fn the_vendors_document_has_no_answer_of_two_types() {
        let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        let document: Value = serde_json::from_str(&of(&schemas, "xiaoe").unwrap()).unwrap();
        let answer = &document["paths"]["/xe.user.batch.get/1.0.0"]["post"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(answer["$ref"], "#/components/schemas/user_list.answer");
    }
}
