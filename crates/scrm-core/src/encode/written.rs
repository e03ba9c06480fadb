//! What is written for one field, and as JSON.

use std::borrow::Cow;

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::{Number, Value};

use super::EncodeError;
use crate::decode::integral;
use crate::table::{
    Atom, Code, DYNAMIC, EXTRA, Field, ListView, MapView, Nullable, OpensView, REQUIRED, ReadFields, TypedsView, View, Wire,
};

/// What is written for one field.
pub(super) enum Written<'a> {
    Absent,
    Null,
    /// A literal: in JSON without quotes.
    Number(String),
    Bool(bool),
    Text(Cow<'a, str>),
    Nested(Nested<'a>, Wire),
}

/// A value that holds others.
pub(super) enum Nested<'a> {
    Record(&'a dyn ReadFields),
    Rows(&'a dyn ListView),
    Strs(&'a [String]),
    Ints(&'a [i64]),
    Opens(&'a dyn OpensView),
    Typeds(&'a dyn TypedsView),
    Map(&'a dyn MapView),
    Json(Cow<'a, Value>),
}

impl<'a> Written<'a> {
    /// What is written for a field of a record.
    pub(super) fn of(view: View<'a>, field: &Field) -> Result<Self, EncodeError> {
        let keep_empty = field.flags & REQUIRED != 0;
        Written::plain(view, keep_empty).and_then(|plain| plain.wired(field.wire)).map_err(|error| error.inside(field.name()))
    }

    fn plain(view: View<'a>, keep_empty: bool) -> Result<Self, EncodeError> {
        let list = |count: usize, nested| if count == 0 && !keep_empty { Written::Absent } else { Written::nested(nested) };
        Ok(match view {
            View::I64(value) => value.map_or(Written::Absent, |value| Written::Number(value.to_string())),
            View::F64(None) | View::Bool(None) | View::Str(None) | View::Any(None) | View::Dynamic(_) | View::Extra(_) => Written::Absent,
            View::F64(Some(value)) => Written::Number(float(*value)?),
            View::Bool(Some(value)) => Written::Bool(*value),
            View::Str(Some(text)) => Written::Text(text.into()),
            View::Any(Some(value)) => Written::json(Cow::Borrowed(value)),
            View::Open(open) => open.get().map_or(Written::Absent, Written::code),
            View::Typed(typed) => typed.get().map_or(Written::Absent, Written::atom),
            View::Obj(object) => object.get().map_or(Written::Absent, |record| Written::nested(Nested::Record(record))),
            View::Root(record) => Written::nested(Nested::Record(record)),
            View::List(rows) => list(rows.count(), Nested::Rows(rows)),
            View::Strs(items) => list(items.len(), Nested::Strs(items)),
            View::Ints(items) => list(items.len(), Nested::Ints(items)),
            View::Opens(items) => list(items.count(), Nested::Opens(items)),
            View::Typeds(items) => list(items.count(), Nested::Typeds(items)),
            View::Map(map) => list(map.count(), Nested::Map(map)),
            View::Nullable(nullable) => match nullable.get() {
                Nullable::Absent => Written::Absent,
                Nullable::Null => Written::Null,
                Nullable::Value(value) => Written::json(Cow::Owned(value)),
            },
        })
    }

    fn nested(nested: Nested<'a>) -> Self {
        Written::Nested(nested, Wire::Plain)
    }

    fn code(code: Code<'a>) -> Self {
        match code {
            Code::Int(value) => Written::Number(value.to_string()),
            Code::Text(text) => Written::Text(text.into()),
        }
    }

    fn atom(atom: Atom<'a>) -> Self {
        match atom {
            Atom::Text(text) => Written::Text(text.into()),
            Atom::Int(value) => Written::Number(value.to_string()),
            Atom::Decimal(number) => Written::Number(number.to_string()),
        }
    }

    /// What is written for any JSON.
    pub(super) fn json(value: Cow<'a, Value>) -> Self {
        match value {
            Cow::Borrowed(Value::String(text)) => Written::Text(text.into()),
            Cow::Owned(Value::String(text)) => Written::Text(text.into()),
            value => match &*value {
                Value::Null => Written::Null,
                Value::Bool(value) => Written::Bool(*value),
                Value::Number(number) => Written::Number(digits(number)),
                _ => Written::nested(Nested::Json(value)),
            },
        }
    }

    /// The same in the way its field wants it. For a list, what concerns single values concerns its items.
    fn wired(self, wire: Wire) -> Result<Self, EncodeError> {
        Ok(match (wire, self) {
            (Wire::Text | Wire::DigitText | Wire::Comma | Wire::Bars | Wire::Json, Written::Number(number)) => Written::Text(number.into()),
            (Wire::Text | Wire::Json, Written::Bool(value)) => Written::Text(value.to_string().into()),
            (Wire::Digit, Written::Bool(value)) => Written::Number(u8::from(value).to_string()),
            (Wire::DigitText, Written::Bool(value)) => Written::Text(u8::from(value).to_string().into()),
            (Wire::Comma, Written::Nested(list, _)) => Written::Text(joined(&list, ",")?.into()),
            (Wire::Bars, Written::Nested(list, _)) => Written::Text(joined(&list, "||")?.into()),
            (Wire::Json, Written::Nested(nested, _)) => Written::Text(json_text(&nested, Wire::Plain)?.into()),
            (wire, Written::Nested(nested, _)) => Written::Nested(nested, wire),
            (_, same) => same,
        })
    }

    /// As a text, for where there is nothing else; `None`: absent.
    pub(super) fn to_text(&self) -> Result<Option<Cow<'_, str>>, EncodeError> {
        Ok(Some(match self {
            Written::Absent => return Ok(None),
            Written::Null => "".into(),
            Written::Number(number) => number.as_str().into(),
            Written::Bool(value) => if *value { "true" } else { "false" }.into(),
            Written::Text(text) => Cow::Borrowed(text),
            Written::Nested(nested, wire) => json_text(nested, *wire)?.into(),
        }))
    }
}

/// The fields and columns of a record that its table does not name.
pub(super) fn undocumented(record: &dyn ReadFields) -> impl Iterator<Item = (Cow<'_, str>, Written<'_>)> {
    let table = record.table();
    let columns = match table.dynamic.map(|columns| (columns.prefix, record.view(DYNAMIC))) {
        Some((prefix, View::Dynamic(columns))) => Some((prefix, columns)),
        _ => None,
    };
    let columns = columns.into_iter().flat_map(|(prefix, columns)| {
        columns.iter().map(move |(number, value)| (Cow::Owned(format!("{prefix}{number}")), Written::Number(value.to_string())))
    });
    let extra = match record.view(EXTRA) {
        View::Extra(extra) => Some(extra),
        _ => None,
    };
    let extra =
        extra.into_iter().flat_map(|extra| extra.iter().map(|(name, value)| (Cow::Borrowed(&**name), Written::json(Cow::Borrowed(value)))));
    columns.chain(extra)
}

/// A JSON object of these.
pub(super) fn object(parts: &[(Cow<'_, str>, Written<'_>)]) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(256);
    out.push(b'{');
    for (name, written) in parts {
        push_member(&mut out, name, written)?;
    }
    out.push(b'}');
    Ok(out)
}

fn push_member(out: &mut Vec<u8>, name: &str, written: &Written<'_>) -> Result<(), EncodeError> {
    push_name(out, name)?;
    push(out, written).map_err(|error| error.inside(name))
}

/// The name of a member, with what stands before and behind it.
fn push_name(out: &mut Vec<u8>, name: &str) -> Result<(), EncodeError> {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    push_text(out, name)?;
    out.push(b':');
    Ok(())
}

fn push(out: &mut Vec<u8>, written: &Written<'_>) -> Result<(), EncodeError> {
    match written {
        Written::Absent | Written::Null => out.extend_from_slice(b"null"),
        Written::Number(number) => out.extend_from_slice(number.as_bytes()),
        Written::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Written::Text(text) => push_text(out, text)?,
        Written::Nested(nested, wire) => push_nested(out, nested, *wire)?,
    }
    Ok(())
}

fn push_nested(out: &mut Vec<u8>, nested: &Nested<'_>, wire: Wire) -> Result<(), EncodeError> {
    match nested {
        Nested::Record(record) => push_record(out, *record),
        Nested::Map(map) => push_map(out, *map, wire),
        Nested::Json(value) if !value.is_array() => push_json(out, value),
        list => {
            out.push(b'[');
            let mut first = true;
            each_item(list, &mut |item| {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                push(out, &item.wired(wire)?)
            })?;
            out.push(b']');
            Ok(())
        }
    }
}

pub(super) fn push_record(out: &mut Vec<u8>, record: &dyn ReadFields) -> Result<(), EncodeError> {
    out.push(b'{');
    for (at, field) in record.table().fields.iter().enumerate() {
        match Written::of(record.view(at), field)? {
            Written::Absent => {}
            written => push_member(out, field.name(), &written)?,
        }
    }
    for (name, written) in undocumented(record) {
        push_member(out, &name, &written)?;
    }
    out.push(b'}');
    Ok(())
}

fn push_map(out: &mut Vec<u8>, map: &dyn MapView, wire: Wire) -> Result<(), EncodeError> {
    out.push(b'{');
    for entry in 0..map.count() {
        if let Some((key, view)) = map.get(entry) {
            let written = Written::plain(view, true).and_then(|plain| plain.wired(wire)).map_err(|error| error.inside(key))?;
            push_member(out, key, &written)?;
        }
    }
    out.push(b'}');
    Ok(())
}

fn push_text(out: &mut Vec<u8>, text: &str) -> Result<(), EncodeError> {
    serde_json::to_writer(out, text).map_err(unwritable)
}

/// Any JSON. Not by way of `serde_json`'s writer: that would bring its tables for floats, 17 kB, into programs that send none.
fn push_json(out: &mut Vec<u8>, value: &Value) -> Result<(), EncodeError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Number(number) => out.extend_from_slice(digits(number).as_bytes()),
        Value::String(text) => push_text(out, text)?,
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                push_json(out, item)?;
            }
            out.push(b']');
        }
        Value::Object(entries) => {
            out.push(b'{');
            for (name, value) in entries {
                push_name(out, name)?;
                push_json(out, value)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// A number as JSON has it, in as few digits as bring it back.
fn digits(number: &Number) -> String {
    let float = match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(value), ..) => return value.to_string(),
        (_, Some(value), _) => return value.to_string(),
        (.., value) => format!("{:?}", value.unwrap_or_default()),
    };
    match float.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => float,
    }
}

/// The items of a list; an error for what is none.
fn each_item<'n>(nested: &'n Nested<'_>, visit: &mut dyn FnMut(Written<'n>) -> Result<(), EncodeError>) -> Result<(), EncodeError> {
    match nested {
        Nested::Rows(rows) => {
            (0..rows.count()).filter_map(|row| rows.get(row)).try_for_each(|row| visit(Written::nested(Nested::Record(row))))
        }
        Nested::Strs(items) => items.iter().try_for_each(|item| visit(Written::Text(item.into()))),
        Nested::Ints(items) => items.iter().try_for_each(|item| visit(Written::Number(item.to_string()))),
        Nested::Opens(items) => (0..items.count()).filter_map(|at| items.get(at)).try_for_each(|code| visit(Written::code(code))),
        Nested::Typeds(items) => (0..items.count()).filter_map(|at| items.get(at)).try_for_each(|atom| visit(Written::atom(atom))),
        Nested::Json(value) => match &**value {
            Value::Array(items) => items.iter().try_for_each(|item| visit(Written::json(Cow::Borrowed(item)))),
            _ => Err(EncodeError::new("", "it is no list; give a list")),
        },
        Nested::Record(_) | Nested::Map(_) => Err(EncodeError::new("", "it is no list; give a list")),
    }
}

fn json_text(nested: &Nested<'_>, wire: Wire) -> Result<String, EncodeError> {
    let mut out = Vec::new();
    push_nested(&mut out, nested, wire)?;
    String::from_utf8(out).map_err(unwritable)
}

/// The items in one text.
fn joined(list: &Nested<'_>, separator: &str) -> Result<String, EncodeError> {
    let mut text = String::new();
    let mut first = true;
    each_item(list, &mut |item| {
        let item = match &item {
            Written::Number(_) | Written::Bool(_) | Written::Text(_) => item.to_text()?.unwrap_or_default(),
            Written::Absent | Written::Null | Written::Nested(..) => {
                return Err(EncodeError::new("", "its items are joined in one text; give only texts and numbers"));
            }
        };
        if item.contains(separator) {
            return Err(EncodeError::new("", format!("its items are joined by `{separator}`; give items that do not contain it")));
        }
        if !std::mem::take(&mut first) {
            text.push_str(separator);
        }
        text.push_str(&item);
        Ok(())
    })?;
    Ok(text)
}

/// A record as serde sees what goes over the wire. The order and the forms are those of [`push_record`]; a number of many digits may lose some.
pub(crate) struct OnTheWire<'a>(pub(crate) &'a dyn ReadFields);

impl Serialize for OnTheWire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        for (at, field) in self.0.table().fields.iter().enumerate() {
            match Written::of(self.0.view(at), field).map_err(S::Error::custom)? {
                Written::Absent => {}
                written => out.serialize_entry(field.name(), &written)?,
            }
        }
        for (name, written) in undocumented(self.0) {
            out.serialize_entry(&*name, &written)?;
        }
        out.end()
    }
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Written::Absent | Written::Null => serializer.serialize_none(),
            Written::Number(number) => serde_json::from_str::<Number>(number).map_err(S::Error::custom)?.serialize(serializer),
            Written::Bool(value) => serializer.serialize_bool(*value),
            Written::Text(text) => serializer.serialize_str(text),
            Written::Nested(Nested::Record(record), _) => OnTheWire(*record).serialize(serializer),
            Written::Nested(Nested::Json(value), _) if !value.is_array() => value.serialize(serializer),
            Written::Nested(Nested::Map(map), wire) => {
                let mut out = serializer.serialize_map(Some(map.count()))?;
                for (key, view) in (0..map.count()).filter_map(|at| map.get(at)) {
                    out.serialize_entry(key, &Written::plain(view, true).and_then(|plain| plain.wired(*wire)).map_err(S::Error::custom)?)?;
                }
                out.end()
            }
            Written::Nested(list, wire) => {
                let mut items = Vec::new();
                let outcome = each_item(list, &mut |item| {
                    items.push(item.wired(*wire)?);
                    Ok(())
                });
                outcome.map_err(S::Error::custom)?;
                serializer.collect_seq(items)
            }
        }
    }
}

/// A number that is whole is written without a fraction: `10`, as most other languages write it.
fn float(value: f64) -> Result<String, EncodeError> {
    const EXACT: i64 = 1_000_000_000_000_000;
    let whole = integral(value).filter(|whole| whole.abs() < EXACT);
    match (Number::from_f64(value), whole) {
        (Some(_), Some(0)) if value.is_sign_negative() => Ok("-0".to_owned()),
        (Some(_), Some(whole)) => Ok(whole.to_string()),
        (Some(number), None) => Ok(digits(&number)),
        (None, _) => Err(EncodeError::new("", "it is not finite; give a number")),
    }
}

fn unwritable(error: impl std::fmt::Display) -> EncodeError {
    EncodeError::new("", format!("it cannot be written as JSON: {error}"))
}
