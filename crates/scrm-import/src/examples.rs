//! Examples for the schema file: the shape of the page's, with made-up people, and only what fits the schema, since examples become tests.

use serde_json::{Map, Value, json};

use crate::envelope::Keys;
use crate::page::Required;
use crate::sample::{Sample, SampleValue};
use crate::tree::Field;
use crate::types::Shape;

/// Rows kept of a list.
const ROWS: usize = 2;

/// One example of the first request and the first answer.
pub(crate) fn pair(
    request: Option<&Sample>,
    response: Option<&Sample>,
    request_fields: &Field,
    response_fields: &Field,
    keys: &Keys<'_>,
) -> Vec<Value> {
    let mut example = Map::new();
    example.insert("title".to_owned(), json!("the page's example with made-up people"));
    if let Some(request) = request.and_then(|sample| object(sample, request_fields)) {
        example.insert("request".to_owned(), request);
    }
    if let Some(response) = response.and_then(|sample| answer(sample, response_fields, keys)) {
        example.insert("response".to_owned(), response);
    }
    if example.len() > 1 { vec![Value::Object(example)] } else { Vec::new() }
}

/// An answer: code and message are the vendor's, not a person's, and stay as they are when they are short.
fn answer(sample: &Sample, fields: &Field, keys: &Keys<'_>) -> Option<Value> {
    let SampleValue::Object(members) = &sample.value else { return None };
    let mut made = Map::new();
    for (name, sample) in members {
        let Some(field) = fields.members.get(name) else { continue };
        let kept = if name == keys.data { value(name, sample, field) } else { short_scalar(sample, field) };
        if let Some(kept) = kept {
            made.insert(name.clone(), kept);
        }
    }
    let complete = made.contains_key(keys.code) && (made.contains_key(keys.data) || !fields.members.contains_key(keys.data));
    complete.then_some(Value::Object(made))
}

fn short_scalar(sample: &Sample, field: &Field) -> Option<Value> {
    match (&sample.value, &field.shape) {
        (SampleValue::Text(text), Shape::Text) if text.chars().count() > 20 || text.bytes().filter(u8::is_ascii_digit).count() > 4 => {
            Some(json!("text"))
        }
        (SampleValue::Text(text), Shape::Text) => Some(json!(text)),
        (SampleValue::Number(number), Shape::Integer) => number.as_i64().map(|number| json!(number)),
        _ => None,
    }
}

/// An object of the members that fit; `None` when a required one does not.
fn object(sample: &Sample, field: &Field) -> Option<Value> {
    let SampleValue::Object(members) = &sample.value else { return None };
    let mut made = Map::new();
    for (name, sample) in members {
        let known = field.members.get(name);
        let kept = match known {
            Some(field) => value(name, sample, field),
            None if field.columns.as_ref().is_some_and(|prefix| name.starts_with(prefix.as_str())) => column(sample),
            None => None,
        };
        if let Some(kept) = kept {
            made.insert(name.clone(), kept);
        }
    }
    let complete = field.members.iter().all(|(name, field)| field.required != Required::Yes || made.contains_key(name));
    complete.then_some(Value::Object(made))
}

fn column(sample: &Sample) -> Option<Value> {
    match &sample.value {
        SampleValue::Number(number) => number.as_i64().map(|number| json!(number_like(number))),
        _ => None,
    }
}

fn value(name: &str, sample: &Sample, field: &Field) -> Option<Value> {
    if sample.value == SampleValue::Null {
        return field.nullable.then_some(Value::Null);
    }
    shaped(name, sample, &field.shape, field)
}

fn shaped(name: &str, sample: &Sample, shape: &Shape, field: &Field) -> Option<Value> {
    match (shape, &sample.value) {
        (Shape::List(item), SampleValue::List(items)) => {
            let items = items.iter().filter(|item| !matches!(item.value, SampleValue::Placeholder | SampleValue::Null)).take(ROWS);
            Some(Value::Array(items.filter_map(|sample| shaped(name, sample, item, field)).collect()))
        }
        (Shape::Object | Shape::Map, SampleValue::Object(_)) if field.repeats.is_some() => None,
        (Shape::Object | Shape::Map, SampleValue::Object(_)) if !field.members.is_empty() || field.columns.is_some() => {
            object(sample, field)
        }
        (Shape::Object | Shape::Map, SampleValue::Object(_)) => Some(json!({})),
        (Shape::Text, SampleValue::Text(text)) => Some(json!(text_like(name, text, field))),
        (Shape::Text, SampleValue::Number(number)) => Some(json!(number.as_i64().map_or(0, number_like).to_string())),
        (Shape::Integer, SampleValue::Text(text)) if field.number_in_text => {
            text.parse::<i64>().ok().map(|number| json!(number_like(number).to_string()))
        }
        (Shape::Integer, SampleValue::Number(number)) if !field.number_in_text => number.as_i64().map(|number| json!(number_like(number))),
        (Shape::Number, SampleValue::Number(number)) => Some(number.as_i64().map_or(json!(1.5), |number| json!(number_like(number)))),
        (Shape::Boolean, SampleValue::Bool(value)) if field.digit.is_none() => Some(json!(value)),
        (Shape::Boolean, SampleValue::Number(number)) if field.digit == Some("digit") => {
            number.as_i64().filter(|digit| (0..=1).contains(digit)).map(|digit| json!(digit))
        }
        (Shape::Boolean, SampleValue::Text(text)) if field.digit == Some("digit_text") => {
            matches!(text.as_str(), "0" | "1").then(|| json!(text))
        }
        _ => None,
    }
}

fn number_like(number: i64) -> i64 {
    match number {
        -9999..=9999 => number,
        1_000_000_000..=9_999_999_999 => 1_700_000_000,
        1_000_000_000_000..=9_999_999_999_999 => 1_700_000_000_000,
        _ => 10_001,
    }
}

fn text_like(name: &str, text: &str, field: &Field) -> String {
    let documented = field.facts.choices.iter().any(|choice| choice.value == text);
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    match shape.as_str() {
        _ if text.is_empty() || documented => text.to_owned(),
        "0000-00-00" => "2024-01-02".to_owned(),
        "0000-00-00 00:00:00" => "2024-01-02 03:04:05".to_owned(),
        _ if digits && text.len() == 11 => "13800138000".to_owned(),
        _ if digits && text.len() > 4 => "10001".to_owned(),
        _ if digits => text.to_owned(),
        _ if text.starts_with("http") => "https://example.com/made-up".to_owned(),
        _ if text.contains('@') => "made-up@example.com".to_owned(),
        _ => format!("made-up-{name}"),
    }
}
