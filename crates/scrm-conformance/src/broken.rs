//! Requests that break one documented rule.

use std::sync::atomic::{AtomicBool, Ordering};

use scrm_core::{
    ApiClient, Error, ErrorKind, HttpRequest, HttpResponse, Sent, Transport, TransportError, TransportErrorKind, Violation, async_trait,
    spec::Rule,
};
use scrm_schema::{
    filled::{self, edit},
    model::{Field, Operation, Type, Wire},
};
use serde_json::{Map, Value, json};

use crate::{Case, Faults};

/// A transport that must not be used, and tells whether it was.
#[derive(Default)]
pub(crate) struct Silent(AtomicBool);

impl Silent {
    /// Whether it was used since this was asked.
    pub(crate) fn was_used(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

#[async_trait]
impl Transport for Silent {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.store(true, Ordering::Relaxed);
        Err(TransportError::new(TransportErrorKind::Connect, Sent::No, "nothing is to be sent"))
    }
}

/// How the violation of a rule reads.
struct Told {
    /// The field, or the fields joined by a comma.
    field: String,
    /// How the rule in words begins.
    rule: String,
    /// Whether it says what was given.
    given: bool,
}

/// Breaks a rule and sees to it that the error says so.
pub(crate) async fn check(client: &ApiClient, operation: &Operation, case: &Case, rule: &Rule, faults: &mut Faults) {
    let Some(told) = told(rule) else { return };
    let Some(request) = request(operation, rule) else { return };
    if matches!(rule, Rule::Format { .. }) && case.read(&request).is_err() {
        return; // its type holds nothing but times
    }
    let problem = match case.send(client, &request).await {
        Ok(_) => Some("the call was answered".to_owned()),
        Err(error) => problem(&error, &told),
    };
    faults.extend(problem.map(|what| format!("{}: {rule:?}: {what}; the request: {}", operation.name, Value::Object(request))));
}

fn problem(error: &Error, told: &Told) -> Option<String> {
    let fits = |violation: &&Violation| {
        plain(&violation.field) == told.field && violation.rule.starts_with(&told.rule) && (!told.given || violation.given.is_some())
    };
    if error.kind() != ErrorKind::InvalidRequest || error.sent() != Sent::No {
        return Some(format!("the error is another: {error}"));
    }
    let Some(violation) = error.violations().iter().find(fits) else {
        return Some(format!("no violation names {} and \"{}…\": {:?}", told.field, told.rule, error.violations()));
    };
    let text = error.to_string();
    (!text.contains(&violation.to_string())).then(|| format!("the text does not say \"{violation}\": {text}"))
}

/// A place without the numbers of items.
fn plain(field: &str) -> String {
    let mut inside = false;
    let keep = |letter: &char| {
        inside = *letter == '[' || (inside && *letter != ']');
        !inside && *letter != ']'
    };
    field.chars().filter(keep).collect()
}

fn told(rule: &Rule) -> Option<Told> {
    let one = |field: &str, rule: &str, given: bool| Some(Told { field: field.to_owned(), rule: rule.to_owned(), given });
    let between = |fields: &[&str], rule: &str| one(&fields.join(", "), rule, false);
    match *rule {
        Rule::Required { field, .. } => one(field, "given", false),
        Rule::NotEmpty { field, .. } => one(field, "left out or not empty", false),
        Rule::RequiredIf { field, .. } => one(field, "given when", false),
        Rule::AtLeastOne { fields, .. } => between(fields, "at least one of"),
        Rule::ExactlyOne { fields, .. } => between(fields, "exactly one of"),
        Rule::AtMostOne { fields, .. } => between(fields, "at most one of"),
        Rule::Together { fields, .. } => between(fields, "all or none of"),
        Rule::Range { field, .. } => one(field, "", true),
        Rule::Length { field, .. } => one(field, "a text of", true),
        Rule::Items { field, .. } => one(field, "a list of", true),
        Rule::Format { field, .. } => one(field, "a ", true),
        Rule::Span { start, strict, .. } => one(start, if strict { "before" } else { "not after" }, true),
        _ => None,
    }
}

/// A request that breaks the rule; `None`: its type allows none.
fn request(operation: &Operation, rule: &Rule) -> Option<Map<String, Value>> {
    let mut request = filled::all(operation);
    let field = |path: &str| operation.at_path(&operation.request, path);
    match *rule {
        // A list that must be given is always sent, if only an empty one.
        Rule::Required { field: path, .. } if matches!(field(path)?.ty, Type::List(_)) && !field(path)?.nullable => return None,
        Rule::Required { field, .. } => remove(&mut request, &[field]),
        Rule::NotEmpty { field, .. } => put(&mut request, field, &json!("")),
        Rule::RequiredIf { field: wanted, other, values, .. } => {
            if let Some(value) = values.first() {
                put(&mut request, other, &as_written(field(other)?, value));
            }
            remove(&mut request, &[wanted]);
        }
        Rule::AtLeastOne { fields, .. } | Rule::ExactlyOne { fields, .. } => remove(&mut request, fields),
        Rule::AtMostOne { .. } => {}
        Rule::Together { fields, .. } => remove(&mut request, fields.get(1..)?),
        Rule::Range { field: path, min, max, .. } => {
            let outside = max.and_then(|max| max.checked_add(1)).or_else(|| min?.checked_sub(1))?;
            put_item(&mut request, path, field(path)?, &as_written(field(path)?, &outside.to_string()));
        }
        Rule::Length { field: path, min, max, .. } => {
            let length = max.map(|max| max as usize + 1).or_else(|| (min? as usize).checked_sub(1).filter(|length| *length > 0))?;
            put_item(&mut request, path, field(path)?, &json!("x".repeat(length)));
        }
        Rule::Items { field: path, min, max, .. } => {
            let count = max.map(|max| max as usize + 1).or_else(|| (min? as usize).checked_sub(1).filter(|count| *count > 0))?;
            put(&mut request, path, &filled::list(operation, field(path)?, count));
        }
        Rule::Format { field: path, .. } => put_item(&mut request, path, field(path)?, &json!("no time")),
        Rule::Span { start, end, .. } => {
            let mut early = Value::Null;
            edit(&mut request, start, &mut |object, name| early = object.get(name).cloned().unwrap_or_default());
            let mut late = Value::Null;
            edit(&mut request, end, &mut |object, name| late = object.insert(name.to_owned(), early.clone()).unwrap_or_default());
            put(&mut request, start, &late);
        }
        _ => return None,
    }
    Some(request)
}

fn remove(request: &mut Map<String, Value>, paths: &[&str]) {
    for path in paths {
        edit(request, path, &mut |object, name| drop(object.remove(name)));
    }
}

fn put(request: &mut Map<String, Value>, path: &str, value: &Value) {
    edit(request, path, &mut |object, name| drop(object.insert(name.to_owned(), value.clone())));
}

/// Puts a single value, as the one item where the field is a list.
fn put_item(request: &mut Map<String, Value>, path: &str, field: &Field, value: &Value) {
    let list = matches!(field.ty, Type::List(_)) && !matches!(field.wire, Wire::Comma | Wire::Bars | Wire::Json);
    put(request, path, &if list { json!([value]) } else { value.clone() });
}

/// A scalar in the type of its field.
fn as_written(field: &Field, text: &str) -> Value {
    let numeric = matches!(field.ty, Type::Integer | Type::Number | Type::Enum(_)) && field.wire != Wire::Text;
    let digit = field.ty == Type::Boolean && field.wire == Wire::Digit;
    let number = text.parse::<i64>().ok().filter(|_| numeric || digit).map(Value::from);
    number.unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_compared_without_the_numbers_of_items() {
        assert_eq!(plain("data[12]/phones[0], data[12]/id"), "data/phones, data/id");
    }
}
