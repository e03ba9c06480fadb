//! What the data of an example answer is once it is typed and serialised: worked out from the schema alone, beside the decoder and for comparison with it.

use scrm_schema::model::Wire;
use serde_json::{Map, Value};

use crate::{
    kind::{Kind, Meaning},
    literals::{self, Types},
    names,
    types::Record,
};

/// The data of an answer.
pub(crate) fn data(types: Types<'_>, value: Option<&Value>) -> Value {
    let value = value.unwrap_or(&Value::Null);
    match types.operation.data.as_ref().map(|data| Kind::of(&data.ty)) {
        // data that is an object is there even where the answer has none
        Some(Kind::Object { name, .. }) => types.record(&name).map_or(Value::Null, |record| row(types, record, value)),
        Some(kind @ (Kind::Objects(_) | Kind::Map(_) | Kind::Text | Kind::Integer | Kind::Number | Kind::Boolean)) => {
            typed(types, &kind, Wire::Plain, value)
        }
        _ => value.clone(),
    }
}

/// A record: each column, what the columns by number hold, and what no column holds.
fn row(types: Types<'_>, record: &Record<'_>, value: &Value) -> Value {
    let empty = Map::new();
    let values = value.as_object().unwrap_or(&empty);
    let mut out = Map::new();
    for member in &record.members {
        let value = values.get(&member.field.name).unwrap_or(&Value::Null);
        out.insert(member.field.name.clone(), typed(types, &member.kind, member.field.wire, value));
    }
    let (mut numbered, mut extra) = (Map::new(), Map::new());
    for (key, value) in values.iter().filter(|(key, _)| record.member(key).is_none()) {
        let number = record.object.columns.as_ref().and_then(|columns| key.strip_prefix(columns.prefix.as_str()));
        match (number.and_then(|number| number.parse::<u32>().ok()), literals::integer(value)) {
            (Some(number), Some(value)) => drop(numbered.insert(number.to_string(), Value::from(value))),
            _ => drop(extra.insert(key.clone(), value.clone())),
        }
    }
    if let Some(columns) = &record.object.columns {
        out.insert(names::snake(&columns.name), Value::Object(numbered));
    }
    let rest = if record.member("extra").is_some() { "_extra" } else { "extra" };
    out.insert(rest.to_owned(), if extra.is_empty() { Value::Null } else { Value::Object(extra) });
    Value::Object(out)
}

fn typed(types: Types<'_>, kind: &Kind, wire: Wire, value: &Value) -> Value {
    match kind {
        Kind::Nullable(inner) if !value.is_null() => typed(types, inner, wire, value),
        Kind::Nullable(_) => Value::Null,
        Kind::Text if value.is_null() => Value::Null,
        Kind::Text => Value::from(literals::text(value)),
        Kind::Integer => literals::integer(value).into(),
        Kind::Number => literals::number(value).into(),
        Kind::Boolean => literals::truth(value).into(),
        Kind::Any => inside(wire, value).unwrap_or_else(|| value.clone()),
        Kind::Enum(name) => types.code(name, value),
        Kind::Typed(meaning) => with_meaning(*meaning, value),
        Kind::Object { name, .. } => {
            let inner = inside(wire, value);
            match (types.record(name), inner.as_ref().unwrap_or(value)) {
                (Some(record), value) if value.is_object() => row(types, record, value),
                _ => Value::Null,
            }
        }
        Kind::Objects(name) => objects(types, name, inside(wire, value).as_ref().unwrap_or(value)),
        Kind::Map(inner) => {
            let entries = value.as_object().into_iter().flatten();
            entries.map(|(key, value)| (key.clone(), typed(types, inner, Wire::Plain, value))).collect::<Map<_, _>>().into()
        }
        Kind::Texts => list(types, &Kind::Text, wire, value),
        Kind::Integers => list(types, &Kind::Integer, wire, value),
        Kind::Enums(name) => list(types, &Kind::Enum(name.clone()), wire, value),
        Kind::Typeds(meaning) => list(types, &Kind::Typed(*meaning), wire, value),
    }
}

/// JSON inside of a text.
fn inside(wire: Wire, value: &Value) -> Option<Value> {
    value.as_str().filter(|_| wire == Wire::Json).and_then(|text| serde_json::from_str(text).ok())
}

fn list(types: Types<'_>, item: &Kind, wire: Wire, value: &Value) -> Value {
    literals::items(wire, value).iter().map(|value| typed(types, item, Wire::Plain, value)).collect()
}

/// A list of objects; PHP writes a filtered one as an object with the positions as keys.
fn objects(types: Types<'_>, name: &str, value: &Value) -> Value {
    let rows: Vec<&Value> = match value {
        Value::Array(rows) => rows.iter().collect(),
        Value::Object(rows) => rows.values().collect(),
        _ => Vec::new(),
    };
    rows.into_iter().filter_map(|value| Some(row(types, types.record(name)?, value))).collect()
}

/// An amount or a time.
fn with_meaning(meaning: Meaning, value: &Value) -> Value {
    let nothing = value.is_null() || (!meaning.is_text() && value == "");
    match meaning {
        _ if nothing => Value::Null,
        meaning if meaning.is_text() => Value::from(literals::text(value)),
        Meaning::Yuan => literals::number(value).into(),
        _ => literals::integer(value).map(Value::from).or_else(|| literals::number(value).map(Value::from)).unwrap_or_default(),
    }
}
