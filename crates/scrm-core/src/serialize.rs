//! From typed data to serde, and back.
//!
//! What is answered is for people and their programs: `Serialize` writes what it means. A struct has fixed columns in the document's order,
//! each of them always there (`None` or an empty list where nothing came), dynamic columns in one map, undocumented keys in one map `extra`,
//! which is `None` where there are none. Lists are lists and truth values truth values, however they travel.
//!
//! What is sent is for the vendor: `Serialize` of a request writes what goes over the wire, absent fields left out, as [`crate::encode`] does.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{Deserialize, Error as _, MapAccess, Visitor},
    ser::{Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer},
};
use serde_json::Value;

use crate::{
    debug::Mask,
    decode, encode,
    mask::Masked,
    money,
    table::{
        Atom, Attributes, DYNAMIC, EXTRA, Extra, Field, Form, Keyed, NULLABLE, Nullable, PERSONAL, REQUIRED, ReadFields, SECRET, View,
        WriteFields, WrittenCode,
    },
};

/// For whom a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// For programs: fixed columns.
    Columns,
    /// For tables of texts: fixed columns, and what holds other values as its JSON text.
    Flat,
    /// The same without what is not there.
    Compact,
    /// For readers: as [`Style::Compact`], with personal and undocumented values masked.
    Masked,
}

/// A record as serde sees it.
pub(crate) struct Record<'a> {
    pub(crate) record: &'a dyn ReadFields,
    pub(crate) style: Style,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.style {
            Style::Columns | Style::Flat => self.columns(serializer),
            Style::Compact | Style::Masked => self.members(serializer),
        }
    }
}

impl Record<'_> {
    /// A struct of fixed columns.
    fn columns<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = self.record.table();
        let extra = self.record.view(EXTRA);
        let count = table.fields.len() + usize::from(table.dynamic.is_some()) + usize::from(matches!(extra, View::Extra(_)));
        let mut out = serializer.serialize_struct(table.name, count)?;
        for (number, field) in table.fields.iter().enumerate() {
            let view = self.record.view(number);
            out.serialize_field(field.name(), &Written { view: &view, field, style: self.style })?;
        }
        if let Some(columns) = table.dynamic {
            let view = self.record.view(DYNAMIC);
            out.serialize_field(columns.name, &Written { view: &view, field: &PLAIN, style: self.style })?;
        }
        if let View::Extra(extra) = extra {
            let view = View::Extra(extra);
            let written = Written { view: &view, field: &PLAIN, style: self.style };
            out.serialize_field(table.extra_name(), &Some(written).filter(|_| !extra.is_empty()))?;
        }
        out.end()
    }

    /// A map of what is there: fields, then dynamic columns, then undocumented keys under their own names.
    fn members<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (table, style) = (self.record.table(), self.style);
        let mut map = serializer.serialize_map(None)?;
        for (number, field) in table.fields.iter().enumerate() {
            let view = self.record.view(number);
            let absent = matches!(view, View::Nullable(value) if value.is_absent());
            if !absent && (field.flags & (REQUIRED | NULLABLE) != 0 || !view.is_empty()) {
                map.serialize_entry(field.name(), &Written { view: &view, field, style })?;
            }
        }
        if let Some(dynamic) = table.dynamic
            && let View::Dynamic(columns) = self.record.view(DYNAMIC)
        {
            for (number, value) in columns {
                map.serialize_entry(&format_args!("{}{number}", dynamic.prefix).to_string(), value)?;
            }
        }
        if let View::Extra(extra) = self.record.view(EXTRA) {
            for (key, value) in extra.iter() {
                if style == Style::Masked { map.serialize_entry(&**key, &Masked(value))? } else { map.serialize_entry(&**key, value)? }
            }
        }
        map.end()
    }
}

/// A field that nothing is known of.
pub(crate) static PLAIN: Field = Field("", Attributes::PLAIN);

/// One field's value, written as its field and the style want it.
pub(crate) struct Written<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) field: &'a Field,
    pub(crate) style: Style,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let style = self.style;
        if style == Style::Masked && self.field.flags & (PERSONAL | SECRET) != 0 && !self.view.is_empty() {
            return serializer.collect_str(&Mask { view: self.view, flags: self.field.flags });
        }
        if style == Style::Flat
            && let Some(text) = flat(self.view)
        {
            return text.map_err(S::Error::custom)?.serialize(serializer);
        }
        match self.view {
            View::I64(value) => value.serialize(serializer),
            View::F64(Some(value)) if matches!(style, Style::Columns | Style::Flat) => serializer.serialize_f64(*value),
            View::F64(Some(value)) => number(*value, serializer),
            View::F64(None) => serializer.serialize_none(),
            View::Bool(value) => value.serialize(serializer),
            View::Str(value) => value.serialize(serializer),
            View::Strs(value) => value.serialize(serializer),
            View::Ints(value) => value.serialize(serializer),
            View::Any(Some(value)) if style == Style::Masked => Masked(value).serialize(serializer),
            View::Any(value) => value.serialize(serializer),
            View::Open(value) => value.get().map(WrittenCode).serialize(serializer),
            View::Typed(value) => value.get().map(|atom| WrittenAtom(atom, value.form())).serialize(serializer),
            View::Obj(value) => value.get().map(|record| Record { record, style }).serialize(serializer),
            View::Root(record) => Record { record: *record, style }.serialize(serializer),
            View::List(list) => {
                let rows = (0..list.count()).filter_map(|row| list.get(row)).map(|record| Record { record, style });
                sequence(list.count(), rows, serializer)
            }
            View::Opens(list) => sequence(list.count(), (0..list.count()).filter_map(|at| list.get(at)).map(WrittenCode), serializer),
            View::Typeds(list) => {
                let form = list.form();
                sequence(list.count(), (0..list.count()).filter_map(|at| list.get(at)).map(|atom| WrittenAtom(atom, form)), serializer)
            }
            View::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.count()))?;
                for at in 0..entries.count() {
                    let Some((key, view)) = entries.get(at) else { continue };
                    let value = Written { view: &view, field: &PLAIN, style };
                    if style == Style::Masked {
                        map.serialize_entry(&format!("<key {at}>"), &value)?
                    } else {
                        map.serialize_entry(key, &value)?
                    }
                }
                map.end()
            }
            View::Nullable(value) => match value.get() {
                Nullable::Value(value) => serializer.serialize_some(&value),
                Nullable::Absent | Nullable::Null => serializer.serialize_none(),
            },
            View::Dynamic(columns) => serializer.collect_map(columns.iter().map(|(number, value)| (number, value))),
            View::Extra(extra) => extra.serialize(serializer),
        }
    }
}

/// What stands in a cell that can hold no more than a text. Outer `None`: the value is one already; inner `None`: nothing.
fn flat(view: &View<'_>) -> Option<Result<Option<String>, serde_json::Error>> {
    let holds_others = match view {
        View::Obj(_) | View::List(_) | View::Strs(_) | View::Ints(_) | View::Opens(_) | View::Typeds(_) => true,
        View::Map(_) | View::Dynamic(_) | View::Extra(_) | View::Root(_) => true,
        View::Any(value) => return Some(Ok(value.as_ref().filter(|value| !value.is_null()).map(cell))),
        View::Nullable(value) => matches!(value.get(), Nullable::Value(Value::Array(_))),
        _ => false,
    };
    if !holds_others {
        return None;
    }
    if view.is_empty() {
        return Some(Ok(None));
    }
    Some(serde_json::to_string(&Written { view, field: &PLAIN, style: Style::Compact }).map(Some))
}

/// Any JSON in a cell: a text as it is unless it could be taken for other JSON, and the rest as JSON text.
fn cell(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && serde_json::from_str::<Value>(text).is_err() => text.clone(),
        other => other.to_string(),
    }
}

fn sequence<S: Serializer>(count: usize, items: impl Iterator<Item = impl Serialize>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut seq = serializer.serialize_seq(Some(count))?;
    for item in items {
        seq.serialize_element(&item)?;
    }
    seq.end()
}

/// An amount or a time.
struct WrittenAtom<'a>(Atom<'a>, Form);

impl Serialize for WrittenAtom<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Atom::Text(value) => serializer.serialize_str(value),
            Atom::Int(value) => serializer.serialize_i64(value),
            Atom::Decimal(value) => money::serialize(value, self.1 == Form::WholeDecimal, serializer),
        }
    }
}

/// Whole numbers are written without a fraction, as the vendors write them.
fn number<S: Serializer>(value: f64, serializer: S) -> Result<S::Ok, S::Error> {
    match decode::integral(value) {
        Some(whole) if whole != 0 || value.is_sign_positive() => serializer.serialize_i64(whole),
        _ => serializer.serialize_f64(value),
    }
}

/// A value as its type says, without what is not there; `None` only where it cannot be JSON.
pub(crate) fn to_value(view: &View<'_>) -> Option<Value> {
    serde_json::to_value(Written { view, field: &PLAIN, style: Style::Compact }).ok()
}

/// The same as text.
pub(crate) fn to_text(view: &View<'_>) -> Option<String> {
    serde_json::to_string(&Written { view, field: &PLAIN, style: Style::Compact }).ok()
}

/// A value as `Serialize` of answers writes it.
pub(crate) fn columns(view: &View<'_>) -> Option<Value> {
    serde_json::to_value(Written { view, field: &PLAIN, style: Style::Columns }).ok()
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, value)| (&**key, value)))
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut extra = Extra::default();
        for (key, value) in Option::<serde_json::Map<String, Value>>::deserialize(deserializer)?.unwrap_or_default() {
            extra.push(key.into(), value);
        }
        Ok(extra)
    }
}

impl<V: Serialize> Serialize for Keyed<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Keyed<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
    type Value = Keyed<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Keyed<V>, M::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, V>()? {
            entries.push((key.into(), value));
        }
        Ok(Keyed(entries))
    }
}

/// Absent and `null` are both nothing here.
impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Nullable::Value(value) => serializer.serialize_some(value),
            Nullable::Absent | Nullable::Null => serializer.serialize_none(),
        }
    }
}

/// Nothing is `null`; a field that may be left out wants `#[serde(default)]`.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Nullable::Null, Nullable::Value))
    }
}

/// Behind the `Deserialize` of generated types: from any self-describing format, by way of text. Reads what `Serialize` wrote, and answers as
/// they came.
///
/// # Errors
/// Those of the format, and values that the type cannot take.
pub fn deserialize<'de, R: WriteFields + Default, D: Deserializer<'de>>(deserializer: D) -> Result<R, D::Error> {
    from_value(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

pub(crate) fn from_value<R: WriteFields + Default>(value: &Value) -> Result<R, decode::DecodeError> {
    let mut record = R::default();
    decode::record_from_text(&value.to_string(), &mut record)?;
    Ok(record)
}

/// Behind the `Serialize` of generated types that are answered: fixed columns.
///
/// # Errors
/// Those of the format.
pub fn serialize<S: Serializer>(record: &dyn ReadFields, serializer: S) -> Result<S::Ok, S::Error> {
    Record { record, style: Style::Columns }.serialize(serializer)
}

/// Behind the `Serialize` of generated requests: as it stands on the wire.
///
/// # Errors
/// Those of the format, and values that cannot be sent.
pub fn serialize_request<S: Serializer>(request: &dyn ReadFields, serializer: S) -> Result<S::Ok, S::Error> {
    encode::OnTheWire(request).serialize(serializer)
}
