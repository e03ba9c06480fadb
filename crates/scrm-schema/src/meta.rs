//! The meta-schemas, and their findings in our words.

use std::sync::OnceLock;

use jsonschema::error::{ValidationError, ValidationErrorKind};
use jsonschema::{Draft, Registry, Validator};
use serde_json::Value;

use crate::error::Problems;
use crate::{
    DEFINITIONS_META_SCHEMA, DELIVERY_META_SCHEMA, KNOWN_META_SCHEMA, OPERATION_META_SCHEMA, PUSH_META_SCHEMA, VENDOR_META_SCHEMA,
};

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Operation,
    Definitions,
    Known,
    Vendor,
    Push,
    Delivery,
}

/// Whether the file obeys its meta-schema; what it breaks is added to the problems.
pub(crate) fn validate(kind: Kind, file: &str, value: &Value, problems: &mut Problems) -> bool {
    let validator = match validator(kind) {
        Ok(validator) => validator,
        Err(error) => {
            problems.add(file, "", format!("the meta-schema itself is broken: {error}"), "repair schemas/*.schema.json");
            return false;
        }
    };
    let before = problems.len();
    for error in validator.iter_errors(value) {
        let pointer = error.instance_path().as_str().to_owned();
        for (step, what, advice) in explain(&error) {
            let mut pointer = pointer.clone();
            if let Some(step) = step {
                crate::pointer::push(&mut pointer, &step);
            }
            problems.add(file, pointer, what, advice);
        }
    }
    problems.len() == before
}

fn validator(kind: Kind) -> &'static Result<Validator, String> {
    static OPERATION: OnceLock<Result<Validator, String>> = OnceLock::new();
    static DEFINITIONS: OnceLock<Result<Validator, String>> = OnceLock::new();
    static KNOWN: OnceLock<Result<Validator, String>> = OnceLock::new();
    static VENDOR: OnceLock<Result<Validator, String>> = OnceLock::new();
    static PUSH: OnceLock<Result<Validator, String>> = OnceLock::new();
    static DELIVERY: OnceLock<Result<Validator, String>> = OnceLock::new();
    let (cell, text) = match kind {
        Kind::Operation => (&OPERATION, OPERATION_META_SCHEMA),
        Kind::Definitions => (&DEFINITIONS, DEFINITIONS_META_SCHEMA),
        Kind::Known => (&KNOWN, KNOWN_META_SCHEMA),
        Kind::Vendor => (&VENDOR, VENDOR_META_SCHEMA),
        Kind::Push => (&PUSH, PUSH_META_SCHEMA),
        Kind::Delivery => (&DELIVERY, DELIVERY_META_SCHEMA),
    };
    cell.get_or_init(|| build(text))
}

/// A field is described once, in the meta-schema of operations; that of definitions refers to it.
fn build(text: &str) -> Result<Validator, String> {
    let parse = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
    let (schema, operation) = (parse(text)?, parse(OPERATION_META_SCHEMA)?);
    let id = operation.get("$id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let registry = Registry::new().add(id, operation).map_err(|error| error.to_string())?.prepare().map_err(|error| error.to_string())?;
    jsonschema::options().with_draft(Draft::Draft202012).with_registry(&registry).build(&schema).map_err(|error| error.to_string())
}

/// A finding as (step below the instance, what, advice).
type Finding = (Option<String>, String, String);

fn explain(error: &ValidationError<'_>) -> Vec<Finding> {
    let one = |what: String, advice: &str| vec![(None, what, advice.to_owned())];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| (Some(name.clone()), unknown(name), unknown_advice(name).to_owned())).collect()
        }
        ValidationErrorKind::Required { property } => {
            one(format!("`{}` is missing", property.as_str().unwrap_or_default()), "add it; schemas/README.md shows how")
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
            one(format!("{} is none of the words known here", short(error)), &format!("use one of {}", options.join(", ")))
        }
        ValidationErrorKind::Type { .. } => one(error.to_string(), "write it as schemas/README.md shows"),
        ValidationErrorKind::Constant { expected_value } => {
            one(format!("{} stands here", short(error)), &format!("the only value allowed is {expected_value}"))
        }
        ValidationErrorKind::Not { .. } => {
            one(format!("{} says nothing here", short(error)), "take it out, or say what schemas/README.md shows")
        }
        ValidationErrorKind::Pattern { pattern } => {
            one(format!("{} is not written as it must be", short(error)), &format!("write {}", in_words(pattern)))
        }
        ValidationErrorKind::PropertyNames { error: inner } => {
            let wanted = match inner.kind() {
                ValidationErrorKind::Pattern { pattern } => in_words(pattern),
                ValidationErrorKind::Enum { options } => format!("one of {options}"),
                _ => "it as schemas/README.md shows".to_owned(),
            };
            one(format!("the key {} is not written as it must be", short(inner)), &format!("write {wanted}"))
        }
        ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MinLength { .. } => {
            one("is empty or too short".to_owned(), "fill it, or leave it out")
        }
        ValidationErrorKind::MinProperties { .. } | ValidationErrorKind::MaxProperties { .. } => {
            one("has too few or too many keys".to_owned(), "say exactly what schemas/README.md shows for it")
        }
        _ => one(error.to_string(), "write it as schemas/README.md shows"),
    }
}

fn unknown(name: &str) -> String {
    if name == "enum" { "`enum` gives no labels".to_owned() } else { format!("the keyword `{name}` is not known here") }
}

fn unknown_advice(name: &str) -> &'static str {
    match name {
        "enum" => "use `x-enum`, with a name and both labels for each value",
        "oneOf" | "anyOf" | "allOf" | "not" | "if" | "pattern" | "const" => {
            "take it out: rules between fields stand in `rules`, other types in `errata`"
        }
        _ => "correct its spelling or take it out; schemas/README.md lists the keywords",
    }
}

/// The patterns of the meta-schemas for people.
fn in_words(pattern: &str) -> String {
    let words = match pattern {
        "^[a-z][a-z0-9]*(_[a-z0-9]+)*$" => "it in snake case: `user_list`",
        "^[A-Z][A-Za-z0-9]*$" => "it in Pascal case: `UserList`",
        "^[A-Z][A-Z0-9_]*$" => "it in capitals: `ACME_APP_ID`",
        "^(/([^~/]|~[01])*)+$" => "a JSON pointer: `/data/list`",
        "^\\^[A-Za-z0-9_-]+\\[0-9\\]\\+\\$$" => "a prefix and a number: `^Score-[0-9]+$`",
        "^((definitions\\.json)?#|#/definitions)/[A-Z][A-Za-z0-9]*$" => {
            "a reference: `#/definitions/User` into this file, `definitions.json#/User` to what the area shares"
        }
        "^(definitions\\.json#)?(/([^~/]|~[01])*)+$" => {
            "a JSON pointer: `/request/properties/phone`, `definitions.json#/User/properties/phone`"
        }
        "^\\d{4}-\\d{2}-\\d{2}$" => "a day: `2026-01-31`",
        "^https://" => "an address that begins with `https://`",
        "^https://.*[^/]$" => "an address that begins with `https://` and does not end with `/`",
        "^/" => "a path that begins with `/`",
        _ if pattern.starts_with("^(=.*|") => "one of the words schemas/README.md lists, or `=` and a fixed text",
        _ => return format!("it as `{pattern}`"),
    };
    words.to_owned()
}

/// The offending value, cut to a length that fits a line.
fn short(error: &ValidationError<'_>) -> String {
    let text = error.instance().to_string();
    if text.chars().count() <= 40 { text } else { format!("{}…", text.chars().take(40).collect::<String>()) }
}
