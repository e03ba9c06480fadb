//! XML onto the slots of a record: as JSON that says what the record's slots want, so that the one decoder does the rest.

use scrm_core::table::{EXTRA, Field, Form, Slot, Wire, WriteFields};
use serde_json::{Map, Number, Value};

use crate::xml::Element;

/// The content as JSON. `record` is a scratch one: only its slots are asked what they hold.
pub(crate) fn json(content: &Element, record: &mut dyn WriteFields) -> Map<String, Value> {
    let mut map = Map::new();
    let fields = record.table().fields;
    for (name, alike) in grouped(content) {
        let number = fields.iter().position(|field| field.name() == name);
        let value = match number.and_then(|number| fields.get(number).map(|field| (number, field))) {
            Some((number, field)) => value(record.slot(number), Some(field), &alike),
            None => value(record.slot(EXTRA), None, &alike),
        };
        map.insert(name.to_owned(), value);
    }
    map
}

/// An element's children by name, in the order of first appearance.
fn grouped(element: &Element) -> Vec<(&str, Vec<&Element>)> {
    let mut groups: Vec<(&str, Vec<&Element>)> = Vec::new();
    let mut places: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for child in &element.children {
        let place = *places.entry(child.name.as_str()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, alike)) => alike.push(child),
            None => groups.push((&child.name, vec![child])),
        }
    }
    groups
}

/// What elements of one name are, in a slot.
fn value(slot: Slot<'_>, field: Option<&Field>, alike: &[&Element]) -> Value {
    let wire = field.map_or(Wire::Plain, |field| field.wire);
    if wire != Wire::Plain {
        return wired(wire, alike);
    }
    let items = || alike.iter().filter(|element| alike.len() > 1 || !element.is_empty());
    match (slot, alike) {
        (Slot::List(list), _) => {
            let row = list.grow(0);
            let rows =
                items().map(|element| if element.children.is_empty() { untyped(element) } else { Value::Object(json(element, row)) });
            let rows = rows.collect();
            list.pop();
            rows
        }
        (Slot::Strs(_) | Slot::Opens(_) | Slot::Typeds(_), _) => items().map(|element| untyped(element)).collect(),
        (Slot::Ints(_), _) => items().map(|element| number(element)).collect(),
        (Slot::Obj(object), [one]) if !one.children.is_empty() => {
            let value = json(one, object.begin());
            object.clear();
            Value::Object(value)
        }
        (Slot::Obj(_) | Slot::Map(_), [one]) if one.is_empty() => Value::Object(Map::new()),
        (Slot::I64(_) | Slot::F64(_) | Slot::Bool(_), [one]) => number(one),
        (Slot::Open(open), [one]) if open.wants_int() => number(one),
        (Slot::Typed(typed), [one]) if typed.form() != Form::Text => number(one),
        (_, [one]) => untyped(one),
        (_, several) => several.iter().map(|element| untyped(element)).collect(),
    }
}

/// A value that is documented to be written in another way than its type suggests: all are texts but `0` and `1`.
fn wired(wire: Wire, alike: &[&Element]) -> Value {
    match alike {
        [one] if wire == Wire::Digit => number(one),
        [one] => untyped(one),
        several => several.iter().map(|element| untyped(element)).collect(),
    }
}

/// A number where the text is one; nothing where it is empty; else what it is.
fn number(element: &Element) -> Value {
    if element.is_empty() {
        return Value::Null;
    }
    let is_plain = element.children.is_empty() && element.text.len() <= 40;
    let number = if is_plain { serde_json::from_str::<Number>(element.text.trim()).ok() } else { None };
    number.map_or_else(|| untyped(element), Value::Number)
}

/// An element of which nothing is known: a text, or an object.
pub(crate) fn untyped(element: &Element) -> Value {
    if element.children.is_empty() {
        return Value::String(element.text.clone());
    }
    let values = grouped(element).into_iter().map(|(name, alike)| {
        let value = match alike.as_slice() {
            [one] => untyped(one),
            several => several.iter().map(|element| untyped(element)).collect(),
        };
        (name.to_owned(), value)
    });
    Value::Object(values.collect())
}
