//! Examples for the schema file: the shape of the page's, with made-up people.

use serde_json::{Map, Value, json};

use crate::sample::{Sample, SampleValue};
use crate::tree::Field;

/// Rows kept of a list.
const ROWS: usize = 2;
const DEEPEST: usize = 40;

/// A made-up value of the same shape. Members that stand for anything, and members that `known` refuses, are left out.
pub(crate) fn made_up(sample: &Sample, field: &Field, top: bool) -> Value {
    object_or_value("", sample, Some(field), 0, top)
}

fn object_or_value(name: &str, sample: &Sample, field: Option<&Field>, depth: usize, top: bool) -> Value {
    match &sample.value {
        SampleValue::Object(members) if depth < DEEPEST => {
            let mut object = Map::new();
            for (name, sample) in members.iter().filter(|(_, sample)| sample.value != SampleValue::Placeholder) {
                let below = field.and_then(|field| field.members.get(name));
                let value = if top && is_scalar(sample) { envelope(sample) } else { object_or_value(name, sample, below, depth + 1, false) };
                object.insert(name.clone(), value);
            }
            Value::Object(object)
        }
        SampleValue::List(items) => {
            let items = items.iter().filter(|item| item.value != SampleValue::Placeholder).take(ROWS);
            Value::Array(items.map(|item| object_or_value(name, item, field, depth + 1, false)).collect())
        }
        SampleValue::Text(text) => json!(text_like(name, text, field)),
        SampleValue::Number(number) => match number.as_i64() {
            Some(number) => json!(number_like(number)),
            None => json!(1.5),
        },
        SampleValue::Bool(value) => json!(value),
        SampleValue::Null | SampleValue::Placeholder | SampleValue::Object(_) => Value::Null,
    }
}

fn is_scalar(sample: &Sample) -> bool {
    !matches!(sample.value, SampleValue::Object(_) | SampleValue::List(_))
}

/// Codes and messages of the envelope are the vendor's, not a person's: short ones stay.
fn envelope(sample: &Sample) -> Value {
    match &sample.value {
        SampleValue::Text(text) if text.chars().count() > 20 || text.bytes().filter(u8::is_ascii_digit).count() > 4 => json!("text"),
        _ => sample.to_json(),
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

fn text_like(name: &str, text: &str, field: Option<&Field>) -> String {
    let documented = field.is_some_and(|field| field.facts.choices.iter().any(|choice| choice.value == text));
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
        _ => format!("made-up-{}", if name.is_empty() { "value" } else { name }),
    }
}
