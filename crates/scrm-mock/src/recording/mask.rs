//! Replaces what is personal or secret in parameters and answers, by the marks of the schemas.

use serde_json::{Map, Value, json};

use scrm_schema::model::{Field, Object, Operation, TimeFormat, Type, Vendor, Wire};

use super::{catalogue::Found, values::Values};
use crate::fill::plain;

/// Longest number, in digits, that is kept where no schema tells what it is: codes and counts.
const LONGEST_NUMBER: usize = 6;

/// The call's parameters without the token, as they may be shown.
pub(super) fn parameters(found: &Found<'_>, values: &mut Values) -> Value {
    let Some(operation) = found.operation else {
        let body = serde_json::from_slice(&found.incoming.body).unwrap_or(Value::Null);
        return unknown("value", &body, values);
    };
    let Ok(parameters) = found.incoming.parameters(operation) else { return Value::Null };
    let token = found.token().map(|token| &token.place);
    if let Some(text) = token.and_then(|place| found.incoming.at(place.place, &place.name, &parameters)) {
        // So that it is known wherever an answer should repeat it.
        values.of("secret", &text);
    }
    let given = parameters.into_iter().filter(|(name, _)| token.is_none_or(|place| place.name != *name));
    let given: Map<String, Value> = given.map(|(name, given)| (name, given.value)).collect();
    Value::Object(Masker { operation, values }.object(&operation.request, &given))
}

/// An answer's body, as it may be shown.
pub(super) fn answer(vendor: Option<&Vendor>, operation: Option<&Operation>, body: &Value, values: &mut Values) -> Value {
    // Once to learn what is personal, so that it is also found in texts that stand before it.
    masked_answer(vendor, operation, body, values);
    masked_answer(vendor, operation, body, values)
}

fn masked_answer(vendor: Option<&Vendor>, operation: Option<&Operation>, body: &Value, values: &mut Values) -> Value {
    let (Some(vendor), Value::Object(map)) = (vendor, body) else { return unknown("value", body, values) };
    let envelope = &vendor.file.envelope;
    let masked = map.iter().map(|(key, value)| {
        let plain = *key == envelope.code || envelope.message.contains(key) || envelope.others.contains_key(key);
        let masked = match operation.and_then(|operation| Some((operation, operation.data.as_ref()?))) {
            _ if plain && !value.is_array() && !value.is_object() => kept(value, values),
            Some((operation, data)) if *key == envelope.data => Masker { operation, values: &mut *values }.typed(&data.ty, key, value),
            _ => unknown(key, value, values),
        };
        (key.clone(), masked)
    });
    Value::Object(masked.collect())
}

struct Masker<'a> {
    operation: &'a Operation,
    values: &'a mut Values,
}

impl Masker<'_> {
    fn object(&mut self, object: &Object, map: &Map<String, Value>) -> Map<String, Value> {
        let masked = map.iter().map(|(name, value)| {
            let masked = match object.fields.iter().find(|field| field.name == *name) {
                Some(field) => self.field(field, value),
                None if is_column(object, name) && value.is_number() => value.clone(),
                None => unknown(name, value, self.values),
            };
            (name.clone(), masked)
        });
        masked.collect()
    }

    fn field(&mut self, field: &Field, value: &Value) -> Value {
        if field.sensitive.is_some() {
            return self.sensitive(field, value);
        }
        match value {
            Value::String(text) if field.wire == Wire::Json => match serde_json::from_str::<Value>(text) {
                Ok(inner) => json!(self.typed(&field.ty, &field.name, &inner).to_string()),
                Err(_) => unknown(&field.name, value, self.values),
            },
            _ => self.typed(&field.ty, &field.name, value),
        }
    }

    /// A value that the schema does not mark, though something inside of it may be.
    fn typed(&mut self, ty: &Type, name: &str, value: &Value) -> Value {
        match (ty, value) {
            (Type::Object(object), Value::Object(map)) => match self.operation.objects.get(object) {
                Some(object) => Value::Object(self.object(object, map)),
                None => unknown(name, value, self.values),
            },
            (Type::List(item), Value::Array(items)) => items.iter().map(|value| self.typed(item, name, value)).collect(),
            (Type::List(item) | Type::Map(item), Value::Object(map)) => {
                let masked = map.iter().map(|(key, value)| (self.values.redacted(key), self.typed(item, name, value)));
                Value::Object(masked.collect())
            }
            (Type::Any | Type::Object(_) | Type::Map(_), _) | (_, Value::Array(_) | Value::Object(_)) => unknown(name, value, self.values),
            _ => kept(value, self.values),
        }
    }

    fn sensitive(&mut self, field: &Field, value: &Value) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::Bool(_) => json!(false),
            Value::Array(items) => items.iter().map(|value| self.sensitive(field, value)).collect(),
            Value::Object(map) => map.iter().map(|(key, value)| (self.values.redacted(key), self.sensitive(field, value))).collect(),
            Value::String(text) if text.is_empty() => value.clone(),
            _ if field.time.is_some() => some_time(field, value),
            Value::String(text) => match self.first_of(&field.ty) {
                Some(first) => first,
                None => json!(self.values.of(kind(field), text)),
            },
            Value::Number(number) => self.first_of(&field.ty).unwrap_or_else(|| masked_number(&number.to_string(), self.values)),
        }
    }

    /// An enum's first value.
    fn first_of(&self, ty: &Type) -> Option<Value> {
        let Type::Enum(name) = ty else { return None };
        self.operation.enums.get(name)?.values.first().map(|listed| listed.value.clone())
    }
}

fn is_column(object: &Object, name: &str) -> bool {
    let number = object.columns.as_ref().and_then(|columns| name.strip_prefix(columns.prefix.as_str()));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// What a sensitive value is called in the file.
fn kind(field: &Field) -> &str {
    match field.sample.as_deref() {
        _ if field.sensitive == Some(scrm_schema::model::Sensitive::Secret) => "secret",
        Some(sample) if sample.contains("phone") => "phone",
        Some(sample) => sample,
        None => &field.name,
    }
}

/// Somebody's day, as the field writes it.
fn some_time(field: &Field, value: &Value) -> Value {
    let unix = 946_656_000_i64;
    match (field.time, value) {
        (Some(TimeFormat::Milliseconds), Value::Number(_)) => json!(unix * 1000),
        (_, Value::Number(_)) => json!(unix),
        (Some(TimeFormat::DateTime), _) => json!("2000-01-01 00:00:00"),
        (Some(TimeFormat::OffsetDateTime), _) => json!("2000-01-01T00:00:00+08:00"),
        (Some(TimeFormat::Month), _) => json!("2000_01"),
        (Some(TimeFormat::Milliseconds), _) => json!((unix * 1000).to_string()),
        (Some(TimeFormat::Seconds), _) => json!(unix.to_string()),
        _ => json!("2000-01-01"),
    }
}

/// A value that may be shown, but for what is known to be somebody's.
fn kept(value: &Value, values: &mut Values) -> Value {
    match value {
        Value::String(text) => json!(values.redacted(text)),
        _ => value.clone(),
    }
}

/// A value that no schema knows: only its shape is kept, and numbers too short to mean a person.
fn unknown(name: &str, value: &Value, values: &mut Values) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Array(items) => items.iter().map(|value| unknown(name, value, values)).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (values.redacted(key), unknown(key, value, values))).collect(),
        Value::Number(number) => masked_number(&number.to_string(), values),
        Value::String(text) if is_short_number(text) => value.clone(),
        Value::String(text) => json!(values.of(name, text)),
    }
}

fn is_short_number(text: &str) -> bool {
    text.len() <= LONGEST_NUMBER && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
}

fn masked_number(text: &str, values: &mut Values) -> Value {
    let made_up = if is_short_number(text) { text.to_owned() } else { values.of("number", text) };
    // While requests are matched, what stands for nothing yet is no number.
    serde_json::from_str(&made_up).unwrap_or(Value::String(made_up))
}

/// Whether parameters that were asked for (masked by the same rules) can be the recorded ones.
pub(super) fn bind(asked: &Value, recorded: &Value, values: &Values, bindings: &mut Vec<(String, String)>) -> bool {
    match (asked, recorded) {
        (Value::Object(asked), Value::Object(recorded)) => {
            asked.len() == recorded.len()
                && asked.iter().all(|(key, value)| recorded.get(key).is_some_and(|other| bind(value, other, values, bindings)))
        }
        (Value::Array(asked), Value::Array(recorded)) => {
            asked.len() == recorded.len() && asked.iter().zip(recorded).all(|(value, other)| bind(value, other, values, bindings))
        }
        (Value::String(asked), Value::String(_) | Value::Number(_)) => values.bind(asked, &plain(recorded), bindings),
        _ => asked == recorded,
    }
}
