//! Faults that spoil a good answer: its values here, its way over the wire in the server.

use serde_json::{Map, Value, json};

use crate::{chance::mix, faults::Fault};

/// Spoils the values of an answer. `data` is the envelope's key, `rows` the pointer of the rows, `chance` tells this call from others.
pub(crate) fn spoil(body: &mut Value, struck: &[Fault], data: &str, rows: Option<&str>, chance: u64) {
    for fault in struck {
        match fault {
            Fault::BadRow => bad_row(body, rows, chance),
            Fault::NumbersAsText => scalars(body, data, &mut |value| {
                if value.is_number() {
                    *value = Value::String(value.to_string());
                }
            }),
            Fault::TextAsNumbers => scalars(body, data, &mut |value| {
                let number = value.as_str().filter(|text| !text.starts_with('0') || *text == "0").and_then(|text| text.parse::<i64>().ok());
                if let Some(number) = number {
                    *value = json!(number);
                }
            }),
            Fault::Nulls => {
                let mut seen = chance;
                scalars(body, data, &mut |value| {
                    seen = mix(seen, 1);
                    if seen % 4 == 0 {
                        *value = Value::Null;
                    }
                });
            }
            Fault::ListsForObjects => inner_objects(body, data, rows, &mut |value| *value = json!([])),
            Fault::UnknownFields => objects(body, data, &mut |map| {
                map.insert("x_never_documented".to_owned(), json!({ "since": "today" }));
            }),
            _ => {}
        }
    }
}

/// Changes the values of these fields, wherever they stand below `data`, to one nobody documented.
pub(crate) fn new_enum_values(body: &mut Value, data: &str, fields: &[String]) {
    objects(body, data, &mut |map| {
        for (name, value) in map.iter_mut().filter(|(name, _)| fields.contains(name)) {
            *value = if value.is_number() { json!(987_654) } else { json!(format!("new_{name}")) };
        }
    });
}

fn bad_row(body: &mut Value, rows: Option<&str>, chance: u64) {
    let Some(Value::Array(rows)) = rows.and_then(|pointer| body.pointer_mut(pointer)) else { return };
    let count = rows.len().max(1);
    let place = usize::try_from(chance % count as u64).unwrap_or(0);
    let Some(row) = rows.get_mut(place) else { return };
    let first = row.as_object_mut().and_then(|map| map.values_mut().next());
    match first {
        Some(scalar) if mix(chance, 1) % 2 == 0 => *scalar = json!({ "unexpected": [1] }),
        _ => *row = json!("no row"),
    }
}

/// Every scalar below `data`.
fn scalars(body: &mut Value, data: &str, change: &mut dyn FnMut(&mut Value)) {
    if let Some(value) = body.get_mut(data) {
        each(value, change);
    }
}

fn each(value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Object(map) => map.values_mut().for_each(|value| each(value, change)),
        Value::Array(items) => items.iter_mut().for_each(|value| each(value, change)),
        scalar => change(scalar),
    }
}

/// Every object below `data`, `data` itself too.
fn objects(body: &mut Value, data: &str, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    fn walk(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
        match value {
            Value::Object(map) => {
                map.values_mut().for_each(|value| walk(value, change));
                change(map);
            }
            Value::Array(items) => items.iter_mut().for_each(|value| walk(value, change)),
            _ => {}
        }
    }
    if let Some(value) = body.get_mut(data) {
        walk(value, change);
    }
}

/// Objects that are fields of `data` or of a row.
fn inner_objects(body: &mut Value, data: &str, rows: Option<&str>, change: &mut dyn FnMut(&mut Value)) {
    let fields = |value: &mut Value, change: &mut dyn FnMut(&mut Value)| {
        if let Value::Object(map) = value {
            map.values_mut().filter(|value| value.is_object()).for_each(&mut *change);
        }
    };
    if let Some(value) = body.get_mut(data) {
        fields(value, change);
    }
    if let Some(Value::Array(rows)) = rows.and_then(|pointer| body.pointer_mut(pointer)) {
        rows.iter_mut().for_each(|row| fields(row, change));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> Value {
        json!({"code": 0, "data": {"list": [{"id": 5, "phone": "13800138000", "code": "007", "more": {"a": 1}}], "total": 1, "page": {"size": 2}}})
    }

    fn spoiled(fault: Fault, chance: u64) -> Value {
        let mut body = body();
        spoil(&mut body, &[fault], "data", Some("/data/list"), chance);
        body
    }

    #[test]
    fn values_change_their_type_below_data_only() {
        let text = spoiled(Fault::NumbersAsText, 0);
        assert_eq!((&text["code"], &text["data"]["total"], &text["data"]["list"][0]["id"]), (&json!(0), &json!("1"), &json!("5")));
        let numbers = spoiled(Fault::TextAsNumbers, 0);
        assert_eq!(
            (&numbers["data"]["list"][0]["phone"], &numbers["data"]["list"][0]["code"]),
            (&json!(13_800_138_000_i64), &json!("007"))
        );
    }

    #[test]
    fn objects_become_lists_but_rows_stay() {
        let body = spoiled(Fault::ListsForObjects, 0);
        assert_eq!(body["data"]["page"], json!([]));
        assert_eq!(body["data"]["list"][0]["more"], json!([]));
        assert_eq!(body["data"]["list"][0]["id"], 5);
    }

    #[test]
    fn a_bad_row_is_one_of_two_kinds() {
        let kinds: std::collections::BTreeSet<String> =
            (0..20).map(|chance| spoiled(Fault::BadRow, chance)["data"]["list"][0].to_string()).collect();
        assert_eq!(kinds.len(), 2);
    }

    #[test]
    fn unknown_fields_and_new_values_are_added() {
        assert!(spoiled(Fault::UnknownFields, 0)["data"]["list"][0].get("x_never_documented").is_some());
        let mut body = body();
        new_enum_values(&mut body, "data", &["id".to_owned(), "phone".to_owned()]);
        assert_eq!((&body["data"]["list"][0]["id"], &body["data"]["list"][0]["phone"]), (&json!(987_654), &json!("new_phone")));
        assert!((0..8).any(|chance| spoiled(Fault::Nulls, chance).to_string().contains("null")));
    }
}
