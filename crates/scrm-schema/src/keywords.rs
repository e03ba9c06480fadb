//! Which keywords may stand where. A keyword that nothing reads would be a silent mistake.

use serde_json::{Map, Value};

use crate::error::FileProblems;
use crate::pointer::join;

/// Where a field schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// A property.
    Field,
    /// The data of the answer.
    Data,
    /// An item of a list, a value of a map, or a definition: it has no name of its own.
    Unnamed,
    /// The dynamic columns.
    Columns,
}

/// Keywords that say what a value is made of.
const STRUCTURE: [&str; 13] = [
    "type",
    "$ref",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "patternProperties",
    "description",
    "x-zh",
    "x-type",
    "x-enum",
    "x-announced-by",
    "x-cut-after",
];
/// Keywords of objects.
const OF_OBJECTS: [&str; 7] =
    ["properties", "required", "additionalProperties", "patternProperties", "x-type", "x-announced-by", "x-cut-after"];
/// Keywords that a reference replaces.
const OF_TYPES: [&str; 8] = ["type", "properties", "required", "items", "additionalProperties", "patternProperties", "x-type", "x-enum"];

/// Adds a problem for each keyword that says nothing where it stands.
pub(crate) fn check(schema: &Map<String, Value>, ty: Option<&str>, position: Position, pointer: &str, problems: &mut FileProblems<'_>) {
    for keyword in schema.keys().map(String::as_str) {
        let at = || join(pointer, keyword);
        if !allowed(keyword, position) {
            problems.add(at(), format!("`{keyword}` says nothing {}", place(position)), advice(position));
        } else if schema.contains_key("$ref") && OF_TYPES.contains(&keyword) {
            problems.add(at(), format!("`{keyword}` says nothing beside `$ref`"), "write it in the definition");
        } else if !schema.contains_key("$ref") && OF_OBJECTS.contains(&keyword) && ty != Some("object") {
            problems.add(at(), format!("`{keyword}` is for objects"), "take it out, or say `\"type\": \"object\"`");
        } else if keyword == "items" && ty != Some("array") {
            problems.add(at(), "`items` is for lists", "take it out, or say `\"type\": \"array\"`");
        }
    }
    if position == Position::Unnamed && schema.get("type").is_some_and(Value::is_array) {
        problems.add(
            join(pointer, "type"),
            format!("null is not known {}", place(position)),
            "allow null for the whole field, or leave out `type` for any JSON",
        );
    }
}

fn allowed(keyword: &str, position: Position) -> bool {
    match position {
        Position::Field => true,
        Position::Data => STRUCTURE.contains(&keyword) || matches!(keyword, "x-documented-type" | "x-nullable" | "x-evidence"),
        Position::Unnamed => STRUCTURE.contains(&keyword),
        Position::Columns => matches!(keyword, "type" | "x-name" | "description" | "x-zh"),
    }
}

fn place(position: Position) -> &'static str {
    match position {
        Position::Field => "on a field",
        Position::Data => "on the data of the answer",
        Position::Unnamed => "in items, in a map's values or in a definition",
        Position::Columns => "on dynamic columns",
    }
}

fn advice(position: Position) -> &'static str {
    match position {
        Position::Unnamed => "write it on the field",
        Position::Field => "use it under `patternProperties` only",
        Position::Data | Position::Columns => "take it out",
    }
}
