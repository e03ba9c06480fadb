//! A made-up vendor with any number of operations: the schemas of four real operations, copied under other names.

use std::{collections::BTreeMap, fs, path::Path};

use scrm_schema::model::Tree;
use serde_json::{Value, json};

/// The operations that are copied, one after the other: a wide object, a short one, a nested one, one with dynamic columns.
const SHAPES: [(&str, &str); 4] = [
    ("xiaoe/user", "user-list"),
    ("xiaoe/points", "points-list"),
    ("rabbitpre/customer", "customer-lookup"),
    ("beschannels/group", "group-user-list"),
];
/// The area that the copies stand in.
pub(crate) const AREA: &str = "all";
/// What comes with the vendor.
const VENDOR: [(&str, &str); 2] = [("xiaoe/vendor.json", "acme/vendor.json"), ("xiaoe/token.json", "acme/token.json")];

/// The schema files as texts, by path below the schema folder.
pub(crate) struct Schemas(BTreeMap<String, String>);

impl Schemas {
    /// A vendor with so many operations, beside the one that gives its token.
    ///
    /// # Errors
    /// A schema file cannot be read.
    pub(crate) fn with_operations(folder: &Path, count: usize) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for (from, to) in VENDOR {
            let mut file = read(folder, from)?;
            if let Some(vendor) = file.get_mut("vendor") {
                *vendor = json!("acme");
            }
            if let Some(areas) = file.get_mut("areas") {
                *areas = json!([{ "name": AREA, "zh": "全部", "en": "Everything" }]);
            }
            files.insert(to.to_owned(), file.to_string());
        }
        let shapes = SHAPES.map(|(area, name)| whole(folder, area, name));
        for number in 0..count {
            let shape = shapes[number % SHAPES.len()].as_ref().map_err(Clone::clone)?;
            let file = copy(shape, number);
            let name = file["operation"].as_str().unwrap_or_default().replace('_', "-");
            files.insert(format!("acme/{AREA}/{name}.json"), file.to_string());
        }
        Ok(Schemas(files))
    }

    /// The checked model of these files.
    ///
    /// # Errors
    /// What the schema checks find.
    pub(crate) fn tree(&self) -> Result<Tree, String> {
        scrm_schema::load_files(self.0.clone()).map_err(|errors| errors.to_string().lines().take(5).collect::<Vec<_>>().join("\n"))
    }
}

/// An operation that holds what its area shares, so that each copy has types of its own.
fn whole(folder: &Path, area: &str, name: &str) -> Result<Value, String> {
    let text = read(folder, &format!("{area}/{name}.json"))?.to_string();
    if !text.contains("definitions.json#/") {
        return read(folder, &format!("{area}/{name}.json"));
    }
    let shared = read(folder, &format!("{area}/definitions.json"))?.to_string().replace("\"#/", "\"#/definitions/");
    let parse = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| format!("{area}: {error}"));
    let mut file = parse(&text.replace("definitions.json#/", "#/definitions/"))?;
    let shared = parse(&shared)?;
    // What is shared may itself refer to what is shared.
    loop {
        let known = file.to_string();
        let wanted = |name: &str| known.contains(&format!("\"#/definitions/{name}\"")) && file["definitions"].get(name).is_none();
        let missing = shared.as_object().into_iter().flatten().filter(|(name, _)| wanted(name));
        let missing: Vec<(String, Value)> = missing.map(|(name, definition)| (name.clone(), definition.clone())).collect();
        if missing.is_empty() {
            return Ok(file);
        }
        for (name, definition) in missing {
            file["definitions"][name] = definition;
        }
    }
}

fn read(folder: &Path, file: &str) -> Result<Value, String> {
    let text = fs::read_to_string(folder.join(file)).map_err(|error| format!("{file}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))
}

/// The same operation under another name, all its types renamed, in the envelope of the made-up vendor. Nothing is required, so that every request is made alike.
fn copy(shape: &Value, number: usize) -> Value {
    let mut file = shape.clone();
    let Some(fields) = file.as_object_mut() else { return file };
    for key in ["token", "customer", "errata", "rules", "errors"] {
        fields.remove(key);
    }
    let name = format!("{}_{number}", fields["operation"].as_str().unwrap_or_default());
    fields.insert("operation".to_owned(), name.into());
    fields["http"]["path"] = format!("/synthetic/{number}").into();
    if let Some(request) = fields["request"].as_object_mut() {
        request.remove("required");
    }
    let mut answer = fields["response"]["properties"].take();
    if let Some(keys) = answer.as_object_mut() {
        keys.retain(|key, _| matches!(key.as_str(), "msg" | "data"));
        keys.insert("code".to_owned(), json!({ "type": "integer", "description": "Code.", "x-zh": "代码。" }));
    }
    fields["response"] = json!({ "type": "object", "properties": answer });
    for example in fields.get_mut("examples").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(answer) = example.get_mut("response").and_then(Value::as_object_mut) {
            answer.retain(|key, _| matches!(key.as_str(), "msg" | "data"));
            answer.insert("code".to_owned(), 0.into());
        }
    }
    if let Some(examples) = fields.get_mut("examples").and_then(Value::as_array_mut) {
        // the others are failures in the envelopes of their vendors
        examples.truncate(1);
    }
    rename(&mut file, number);
    file
}

/// Gives every type a name of its own.
fn rename(value: &mut Value, number: usize) {
    match value {
        Value::Object(fields) => {
            // would want an erratum
            fields.remove("x-documented-type");
            if let Some(Value::Object(definitions)) = fields.remove("definitions") {
                let renamed = definitions.into_iter().map(|(name, definition)| (format!("{name}{number}"), definition)).collect();
                fields.insert("definitions".to_owned(), Value::Object(renamed));
            }
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("$ref" | "x-type", Value::String(name)) => name.push_str(&number.to_string()),
                    ("x-enum", Value::Object(known)) => {
                        let name = format!("{}{number}", known["name"].as_str().unwrap_or_default());
                        known.insert("name".to_owned(), name.into());
                    }
                    (_, value) => rename(value, number),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, number)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_vendor_passes_the_checks_and_can_be_generated() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        let tree = Schemas::with_operations(&folder, 9).and_then(|schemas| schemas.tree()).unwrap();
        assert_eq!(tree.vendors[0].operations.len(), 10);
        scrm_codegen::generate(&tree).map_err(|errors| errors.to_string()).unwrap();
    }
}
