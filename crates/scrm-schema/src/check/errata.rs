//! Errata: each must still apply, and every documented type that differs must have one.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::error::{FileProblems, Problems};
use crate::model::{Erratum, ErratumKind, Operation};
use crate::pointer::{SHARED, join, push, steps};

/// Words for the presence of a value.
const PRESENCE: [&str; 6] = ["required", "optional", "nullable", "present", "absent", "unknown"];

pub(super) fn check(operation: &Operation, problems: &mut FileProblems<'_>) {
    let mut seen: Vec<(&str, ErratumKind, &Value)> = Vec::new();
    let mut typed: BTreeSet<&str> = BTreeSet::new();
    for (number, erratum) in operation.errata.iter().enumerate() {
        let at = format!("/errata/{number}");
        if seen.contains(&(&erratum.at, erratum.kind, &erratum.wire)) {
            problems.add(&at, "stands there twice", "keep one of the two");
        }
        seen.push((&erratum.at, erratum.kind, &erratum.wire));
        if erratum.documented == erratum.wire {
            problems.add(&at, "both sides are the same", "take it out: it contradicts nothing");
        }
        let Some(target) = resolve(operation, &erratum.at) else {
            problems.add(
                join(&at, "at"),
                format!("{} is nowhere in this file", erratum.at),
                "correct the pointer, or take the erratum out",
            );
            continue;
        };
        if let Some(what) = stale(operation, erratum, &target) {
            problems.add(&at, format!("no longer applies: {what}"), "mend the schema, or take the erratum out");
        }
        if erratum.kind == ErratumKind::Type {
            typed.insert(&erratum.at);
        }
    }
    let own = operation.raw.as_object().into_iter().flatten().filter(|(part, _)| *part != "shared");
    for (part, schema) in own {
        documented_types(schema, &mut format!("/{part}"), &typed, problems);
    }
}

/// The definitions of an area: any of its operations may have the erratum that explains a documented type.
pub(super) fn shared(operations: &[&Operation], problems: &mut Problems) {
    let errata = operations.iter().flat_map(|operation| &operation.errata);
    let typed: BTreeSet<&str> = errata.filter(|erratum| erratum.kind == ErratumKind::Type).map(|erratum| erratum.at.as_str()).collect();
    for operation in operations {
        let mut problems = FileProblems { file: &operation.file, all: problems };
        let shared = operation.raw.get("shared").and_then(Value::as_object);
        for (name, schema) in shared.into_iter().flatten() {
            documented_types(schema, &mut join(SHARED, name), &typed, &mut problems);
        }
    }
}

/// What stands in the schemas at a pointer of this file, or into what its area shares.
fn schema<'a>(operation: &'a Operation, pointer: &str) -> Option<&'a Value> {
    match pointer.strip_prefix(SHARED) {
        Some(inside) => operation.raw.get("shared")?.pointer(inside),
        None if pointer.starts_with("/shared") => None,
        None => operation.raw.pointer(pointer),
    }
}

/// What stands at a pointer of the file. Beside the field schemas only the scalars of the head can be named.
fn resolve(operation: &Operation, pointer: &str) -> Option<Value> {
    if let Some(value) = schema(operation, pointer) {
        return Some(value.clone());
    }
    match pointer {
        "/operation" => Some(Value::from(operation.name.as_str())),
        "/title" | "/source" => Some(Value::Null),
        "/http/method" => Some(Value::from(format!("{:?}", operation.method).to_uppercase())),
        "/http/path" => Some(Value::from(operation.path.as_str())),
        "/http/body" => Some(Value::from(format!("{:?}", operation.body).to_lowercase())),
        "/token" => Some(operation.token.as_deref().map_or(Value::Bool(false), Value::from)),
        "/permission" => operation.permission.as_deref().map(Value::from),
        "/quota/calls" => operation.quota.map(|quota| Value::from(quota.calls)),
        "/quota/seconds" => operation.quota.map(|quota| Value::from(quota.seconds)),
        "/paging/first" => operation.paging.as_ref()?.first.map(Value::from),
        "/paging/max_size" => operation.paging.as_ref()?.max_size.map(Value::from),
        "/paging/row_cap" => operation.paging.as_ref()?.row_cap.map(Value::from),
        _ => None,
    }
}

/// Why an erratum does not apply, if it does not.
fn stale(operation: &Operation, erratum: &Erratum, target: &Value) -> Option<String> {
    match erratum.kind {
        ErratumKind::Name => name(operation, erratum),
        ErratumKind::Type => wrong_type(erratum, target),
        ErratumKind::Presence => presence(operation, erratum, target),
        ErratumKind::Value => (*target != erratum.wire).then(|| format!("the value there is {target}, not {}", erratum.wire)),
        ErratumKind::Description | ErratumKind::Page => {
            let said = |side: &Value| side.as_str().is_none_or(|text| !text.trim().is_empty());
            (!said(&erratum.documented) || !said(&erratum.wire)).then(|| "one side says nothing".to_owned())
        }
    }
}

fn name(operation: &Operation, erratum: &Erratum) -> Option<String> {
    let (Some(documented), Some(wire)) = (erratum.documented.as_str(), erratum.wire.as_str()) else {
        return Some("both sides must be names".to_owned());
    };
    let steps = steps(erratum.at.trim_start_matches(SHARED))?;
    if steps.last().is_none_or(|last| last != wire) {
        return Some(format!("the field there is not called `{wire}`"));
    }
    let (parent, _) = erratum.at.rsplit_once('/')?;
    if !parent.ends_with("/properties") {
        return Some("it names no field".to_owned());
    }
    let sibling = schema(operation, &join(parent, documented)).is_some();
    sibling.then(|| format!("a field `{documented}` stands beside it"))
}

fn wrong_type(erratum: &Erratum, target: &Value) -> Option<String> {
    if target.get("x-documented-type") != Some(&erratum.documented) {
        return Some(format!("the `x-documented-type` there is not {}", erratum.documented));
    }
    let ty = match target.get("type") {
        Some(Value::Array(names)) => names.first().cloned().unwrap_or_default(),
        Some(name) => name.clone(),
        None if target.get("$ref").is_some() => Value::from("object"),
        None => Value::from("any"),
    };
    (ty != erratum.wire).then(|| format!("the type there is {ty}, not {}", erratum.wire))
}

fn presence(operation: &Operation, erratum: &Erratum, target: &Value) -> Option<String> {
    for side in [&erratum.documented, &erratum.wire] {
        if !side.as_str().is_some_and(|word| PRESENCE.contains(&word)) {
            return Some(format!("{side} is none of {}", PRESENCE.join(", ")));
        }
    }
    let (parent, field) = erratum.at.rsplit_once("/properties/")?;
    let list = schema(operation, &join(parent, "required")).and_then(Value::as_array);
    let required = list.is_some_and(|names| names.iter().any(|name| name == field));
    let nullable = target.get("type").and_then(Value::as_array).is_some_and(|names| names.iter().any(|name| name == "null"))
        || target.get("x-nullable").is_some();
    let held = match erratum.wire.as_str() {
        Some("required") => required,
        Some("optional" | "absent") => !required,
        Some("nullable") => nullable,
        _ => true,
    };
    let is = match (nullable, required) {
        (true, true) => "required and nullable",
        (true, false) => "optional and nullable",
        (false, true) => "required",
        (false, false) => "optional",
    };
    (!held).then(|| format!("the field there is {is}, not {}", erratum.wire))
}

/// Every `x-documented-type` must be explained by an erratum. `at` is as before when it returns.
fn documented_types(value: &Value, at: &mut String, typed: &BTreeSet<&str>, problems: &mut FileProblems<'_>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(documented)) = map.get("x-documented-type")
                && !typed.contains(at.as_str())
                && !at.ends_with("/properties")
            {
                problems.add(
                    &*at,
                    format!("the page prints `{documented}`, but no erratum says where the other type was seen"),
                    "add an erratum of kind `type` for it",
                );
            }
            for (key, value) in map {
                below(key, value, at, typed, problems);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                below(&number.to_string(), item, at, typed, problems);
            }
        }
        _ => {}
    }
}

fn below(step: &str, value: &Value, at: &mut String, typed: &BTreeSet<&str>, problems: &mut FileProblems<'_>) {
    if value.is_object() || value.is_array() {
        let length = at.len();
        push(at, step);
        documented_types(value, at, typed, problems);
        at.truncate(length);
    }
}
