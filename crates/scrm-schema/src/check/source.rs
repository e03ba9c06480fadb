//! Where an operation was read.

use serde_json::Value;

use super::objects;
use crate::error::FileProblems;
use crate::model::Operation;
use crate::pointer::join;

/// References followed on the way to one field.
const DEEPEST: usize = 16;

/// The field that the copy ends with has to be there.
pub(super) fn check(operation: &Operation, problems: &mut FileProblems<'_>) {
    for object in objects(operation) {
        if let Some(path) = &object.cut_after
            && operation.at_path(object, path).is_none()
        {
            problems.add(
                join(&object.pointer, "x-cut-after"),
                format!("`{}` has no field `{path}`", object.name),
                "name the last field of it that the copy has: `id`, `tags/name`",
            );
        }
    }
    let Some(path) = &operation.source.cut_after else { return };
    if field(&operation.raw, path).is_none() {
        problems.add(
            "/source/cut_after",
            format!("there is no field `{path}`"),
            "name the last field that the copy has: `response/data/list/id`",
        );
    }
}

fn field<'a>(file: &'a Value, path: &str) -> Option<&'a Value> {
    let mut names = path.split('/');
    let mut at = file.get(names.next()?)?;
    for name in names {
        at = resolved(file, at)?.get("properties")?.get(name)?;
    }
    Some(at)
}

/// The object behind references and lists.
fn resolved<'a>(file: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    let mut at = schema;
    for _ in 0..DEEPEST {
        at = match (at.get("$ref").and_then(Value::as_str), at.get("items")) {
            (Some(reference), _) => match reference.strip_prefix('#') {
                Some(pointer) => file.pointer(pointer)?,
                // A definition of another file is not looked into.
                None => return None,
            },
            (None, Some(items)) => items,
            (None, None) => return Some(at),
        };
    }
    None
}
