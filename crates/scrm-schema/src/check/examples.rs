//! Examples must fit their schema: they become tests.

use serde_json::{Map, Value};

use super::Context;
use crate::error::FileProblems;
use crate::model::{BodyKind, Enum, Field, Object, Operation, Type, Wire};
use crate::pointer::join;

pub(super) fn check(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    let operation = context.operation;
    for (number, example) in operation.examples.iter().enumerate() {
        let at = format!("/examples/{number}");
        if let Some(Value::Object(request)) = &example.request {
            let mut reader = Reader { operation, texts: operation.body != BodyKind::Json, problems };
            reader.object(&operation.request, request, &join(&at, "request"));
        }
        if let Some(Value::Object(response)) = &example.response {
            answer(context, response, &join(&at, "response"), problems);
        }
    }
}

fn answer(context: &Context<'_>, response: &Map<String, Value>, at: &str, problems: &mut FileProblems<'_>) {
    let envelope = &context.vendor.envelope;
    let documented = context.operation.raw.pointer("/response/properties");
    for (key, value) in response {
        let at = join(at, key);
        let Some(schema) = documented.and_then(|documented| documented.get(key)) else {
            problems.add(at, "is not in the schema of the answer", "describe it, or take it out of the example");
            continue;
        };
        let wanted = schema.get("type").and_then(Value::as_str);
        if *key != envelope.data
            && !matches!((wanted, value), (Some("string"), Value::String(_)) | (Some("integer"), Value::Number(_)) | (None, _))
        {
            problems.add(at, format!("{value} is not of the type the schema gives"), "correct one of the two");
        }
    }
    let Some(code) = response.get(&envelope.code) else {
        problems.add(at, format!("the code `{}` is missing", envelope.code), "add it");
        return;
    };
    // What a failure holds under the key of the data is documented nowhere.
    if !envelope.success.contains(code) {
        return;
    }
    let at = join(at, &envelope.data);
    match (&context.operation.data, response.get(&envelope.data)) {
        (Some(data), Some(value)) => {
            if value.is_null() && data.nullable {
                return;
            }
            let mut reader = Reader { operation: context.operation, texts: false, problems };
            reader.value(&data.ty, Wire::Plain, value, &at);
        }
        (Some(_), None) => problems.add(at, "is missing although the answer is a success", "add it"),
        (None, _) => {}
    }
}

pub(super) struct Reader<'a, 'p, 'f> {
    pub(super) operation: &'a Operation,
    /// Values travel as texts whatever their type: queries and forms.
    pub(super) texts: bool,
    pub(super) problems: &'p mut FileProblems<'f>,
}

impl<'a> Reader<'a, '_, '_> {
    pub(super) fn object(&mut self, object: &'a Object, given: &Map<String, Value>, at: &str) {
        for field in object.fields.iter().filter(|field| field.required && !given.contains_key(&field.name)) {
            self.problems.add(at, format!("the required `{}` is missing", field.name), "add it, or take it out of `required`");
        }
        for (key, value) in given {
            let at = join(at, key);
            if let Some(field) = object.field(key) {
                self.field(field, value, &at);
            } else if let Some(columns) = object.columns.as_ref().filter(|columns| is_column(&columns.prefix, key)) {
                if value.as_i64().is_none() {
                    self.problems.add(at, format!("{value} is no integer, as `{}<number>` is", columns.prefix), "correct the example");
                }
            } else if !object.open {
                self.problems.add(at, format!("`{}` has no such field", object.name), "describe it, or take it out of the example");
            }
        }
    }

    fn field(&mut self, field: &'a Field, value: &Value, at: &str) {
        if value.is_null() {
            if !field.nullable {
                self.problems.add(at, "is null, which the schema does not allow", "say `[\"…\", \"null\"]` there, or correct the example");
            }
            return;
        }
        self.value(&field.ty, field.wire, value, at);
    }

    fn value(&mut self, ty: &'a Type, wire: Wire, value: &Value, at: &str) {
        let operation = self.operation;
        match (ty, wire, value) {
            (_, Wire::Json, Value::String(text)) => match serde_json::from_str::<Value>(text) {
                Ok(inner) => self.value(ty, Wire::Plain, &inner, at),
                Err(_) => self.problems.add(at, "holds no JSON", "write JSON inside the text, as `x-wire` says"),
            },
            (Type::Object(name), Wire::Plain, Value::Object(map)) => {
                if let Some(object) = operation.objects.get(name) {
                    self.object(object, map, at);
                }
            }
            (Type::Map(item), Wire::Plain, Value::Object(map)) => {
                for (key, value) in map {
                    self.value(item, Wire::Plain, value, &join(at, key));
                }
            }
            (Type::List(item), Wire::Plain, Value::Array(items)) => {
                for (number, value) in items.iter().enumerate() {
                    self.value(item, Wire::Plain, value, &format!("{at}/{number}"));
                }
            }
            _ => {
                let fits = is_scalar(operation, ty, wire, value) || (self.texts && is_text_of(operation, ty, wire, value));
                if !fits {
                    self.problems.add(
                        at,
                        format!("{value} is not what the schema says ({})", said(ty, wire)),
                        "correct the example, or the schema (with an erratum)",
                    );
                }
            }
        }
    }
}

fn is_column(prefix: &str, key: &str) -> bool {
    key.strip_prefix(prefix).is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

fn is_scalar(operation: &Operation, ty: &Type, wire: Wire, value: &Value) -> bool {
    let text = value.as_str();
    match (ty, wire) {
        (Type::Any, _) => true,
        (Type::List(_), Wire::Comma | Wire::Bars) | (Type::Text, Wire::Plain) => text.is_some(),
        (Type::Integer, Wire::Plain) => value.is_i64() || value.is_u64(),
        (Type::Integer, Wire::Text) => text.is_some_and(|text| text.parse::<i64>().is_ok()),
        (Type::Number, Wire::Plain) => value.is_number(),
        (Type::Number, Wire::Text) => text.is_some_and(|text| text.parse::<f64>().is_ok()),
        (Type::Boolean, Wire::Plain) => value.is_boolean(),
        (Type::Boolean, Wire::Text) => matches!(text, Some("true" | "false")),
        (Type::Boolean, Wire::Digit) => matches!(value.as_i64(), Some(0 | 1)),
        (Type::Boolean, Wire::DigitText) => matches!(text, Some("0" | "1")),
        (Type::Enum(name), wire) => match operation.enums.get(name).is_some_and(is_integer) && wire == Wire::Plain {
            true => value.is_i64(),
            false => text.is_some(),
        },
        _ => false,
    }
}

/// In a query or a form, what is no text by its type is written as one.
fn is_text_of(operation: &Operation, ty: &Type, wire: Wire, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    match (ty, wire) {
        (Type::Integer | Type::Enum(_), _) => text.parse::<i64>().is_ok(),
        (Type::Number, _) => text.parse::<f64>().is_ok(),
        (Type::Boolean, Wire::Plain) => is_scalar(operation, ty, Wire::Text, value),
        (Type::Boolean, _) => is_scalar(operation, ty, Wire::DigitText, value),
        (Type::Object(_) | Type::Map(_) | Type::List(_), _) => serde_json::from_str::<Value>(text).is_ok(),
        _ => false,
    }
}

fn is_integer(one: &Enum) -> bool {
    one.values.iter().all(|value| value.value.is_i64())
}

fn said(ty: &Type, wire: Wire) -> String {
    let name = match ty {
        Type::Text => "string".to_owned(),
        Type::Integer => "integer".to_owned(),
        Type::Number => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Any => "any JSON".to_owned(),
        Type::Enum(name) => format!("a code of `{name}`"),
        Type::Object(name) => format!("an object `{name}`"),
        Type::List(_) => "a list".to_owned(),
        Type::Map(_) => "a map".to_owned(),
    };
    match wire {
        Wire::Plain => name,
        Wire::Text => format!("{name} in quotes"),
        Wire::Digit => format!("{name} as 0 or 1"),
        Wire::DigitText => format!("{name} as \"0\" or \"1\""),
        Wire::Comma => format!("{name} joined by commas"),
        Wire::Bars => format!("{name} joined by ||"),
        Wire::Json => format!("{name} as JSON inside a text"),
    }
}
