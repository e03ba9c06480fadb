//! From typed data to JSON and to masked text.

use std::fmt;

use serde::{
    Deserializer,
    de::{Deserialize, Error as _},
    ser::{Serialize, SerializeMap, Serializer},
};
use serde_json::Value;

use crate::{
    decode,
    mask::{Masked, characters},
    table::{Attributes, Code, DYNAMIC, EXTRA, Field, NULLABLE, Nullable, PERSONAL, REQUIRED, ReadFields, SECRET, View, Wire, WriteFields},
};

/// For whom a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// For the vendor: as it stands on the wire.
    Wire,
    /// For programs: as its type says, whatever the wire.
    Typed,
    /// For readers: as [`Style::Typed`], with personal and undocumented values masked.
    Masked,
}

/// A record as serde sees it: fields in the document's order, then dynamic columns, then what the page does not name.
///
/// A field without a value is left out unless the page says that it is always there, or may be `null`.
pub struct Json<'a> {
    shown: &'a dyn ReadFields,
    style: Style,
}

impl<'a> Json<'a> {
    /// As it stands on the wire.
    #[must_use]
    pub fn new(shown: &'a dyn ReadFields) -> Self {
        Json { shown, style: Style::Wire }
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let style = self.style;
        let table = self.shown.table();
        let mut map = serializer.serialize_map(None)?;
        for (number, field) in table.fields.iter().enumerate() {
            let view = self.shown.view(number);
            if field.flags & (REQUIRED | NULLABLE) != 0 || !view.is_empty() {
                if matches!(view, View::Nullable(value) if value.is_absent()) {
                    continue;
                }
                map.serialize_entry(field.name(), &Written { view: &view, field, style })?;
            }
        }
        if let Some(prefix) = table.dynamic
            && let View::Dynamic(columns) = self.shown.view(DYNAMIC)
        {
            for (number, value) in columns {
                map.serialize_entry(&format_args!("{prefix}{number}").to_string(), value)?;
            }
        }
        if let View::Extra(extra) = self.shown.view(EXTRA) {
            for (key, value) in extra.iter() {
                if style == Style::Masked { map.serialize_entry(&**key, &Masked(value))? } else { map.serialize_entry(&**key, value)? }
            }
        }
        map.end()
    }
}

/// As its type says; for what stands under the data key. Records inside are written as on the wire.
impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { view: self, field: &PLAIN, style: Style::Wire }.serialize(serializer)
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
        if self.style == Style::Masked && self.field.flags & (PERSONAL | SECRET) != 0 && !self.view.is_empty() {
            return serializer.collect_str(&Mask { view: self.view, flags: self.field.flags });
        }
        if self.style == Style::Wire && self.field.wire != Wire::Plain && !(self.view.is_empty() && self.field.flags & NULLABLE != 0) {
            return self.on_the_wire(serializer);
        }
        self.plain(serializer)
    }
}

impl Written<'_> {
    fn plain<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let style = self.style;
        match self.view {
            View::I64(value) => value.serialize(serializer),
            View::U64(value) => value.serialize(serializer),
            View::F64(Some(value)) => number(*value, serializer),
            View::F64(None) => serializer.serialize_unit(),
            View::Bool(value) => value.serialize(serializer),
            View::Str(value) => value.serialize(serializer),
            View::Strs(value) => value.serialize(serializer),
            View::Ints(value) => value.serialize(serializer),
            View::Any(Some(value)) if style == Style::Masked => Masked(value).serialize(serializer),
            View::Any(value) => value.serialize(serializer),
            View::Open(value) => code(value.get(), serializer),
            View::Obj(value) => match value.get() {
                Some(shown) => Json { shown, style }.serialize(serializer),
                None => serializer.serialize_unit(),
            },
            View::Root(shown) => Json { shown: *shown, style }.serialize(serializer),
            View::List(list) => {
                serializer.collect_seq((0..list.count()).filter_map(|row| list.get(row)).map(|shown| Json { shown, style }))
            }
            View::Opens(list) => serializer.collect_seq((0..list.count()).filter_map(|at| list.get(at)).map(WrittenCode)),
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
                Nullable::Value(value) => value.serialize(serializer),
                Nullable::Absent | Nullable::Null => serializer.serialize_unit(),
            },
            View::Dynamic(columns) => columns.serialize(serializer),
            View::Extra(extra) => serializer.collect_map(extra.iter().map(|(key, value)| (&**key, value))),
        }
    }

    fn on_the_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.field.wire, self.view) {
            (Wire::Digit, View::Bool(Some(value))) => serializer.serialize_u8(u8::from(*value)),
            (Wire::DigitText, View::Bool(Some(value))) => serializer.serialize_str(if *value { "1" } else { "0" }),
            (Wire::Text, View::I64(Some(value))) => serializer.collect_str(value),
            (Wire::Text, View::U64(Some(value))) => serializer.collect_str(value),
            (Wire::Text, View::F64(Some(value))) => serializer.collect_str(value),
            (Wire::Text, View::Bool(Some(value))) => serializer.collect_str(value),
            (Wire::Text, View::Open(value)) => match value.get() {
                Some(Code::Int(value)) => serializer.collect_str(&value),
                other => code(other, serializer),
            },
            (Wire::Comma, _) => self.joined(",", serializer),
            (Wire::Bars, _) => self.joined("||", serializer),
            (Wire::Json, View::Nullable(value)) if matches!(value.get(), Nullable::Null) => serializer.serialize_unit(),
            (Wire::Json, View::Obj(value)) if value.get().is_none() => serializer.serialize_str(""),
            (Wire::Json, View::Any(None)) => serializer.serialize_str(""),
            (Wire::Json, _) => {
                let inner = Written { view: self.view, field: &PLAIN, style: self.style };
                serializer.serialize_str(&serde_json::to_string(&inner).map_err(serde::ser::Error::custom)?)
            }
            _ => self.plain(serializer),
        }
    }

    fn joined<S: Serializer>(&self, separator: &str, serializer: S) -> Result<S::Ok, S::Error> {
        let parts: Vec<String> = match self.view {
            View::Strs(list) => return serializer.serialize_str(&list.join(separator)),
            View::Ints(list) => list.iter().map(i64::to_string).collect(),
            View::Opens(list) => (0..list.count()).filter_map(|at| list.get(at)).map(code_text).collect(),
            View::Nullable(value) => match value.get() {
                Nullable::Value(Value::Array(list)) => list.iter().map(text).collect(),
                _ => return self.plain(serializer),
            },
            _ => return self.plain(serializer),
        };
        serializer.serialize_str(&parts.join(separator))
    }
}

/// A scalar without quotes; anything else as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn code_text(code: Code<'_>) -> String {
    match code {
        Code::Int(value) => value.to_string(),
        Code::Text(value) => value.to_owned(),
    }
}

fn code<S: Serializer>(code: Option<Code<'_>>, serializer: S) -> Result<S::Ok, S::Error> {
    match code {
        Some(Code::Int(value)) => serializer.serialize_i64(value),
        Some(Code::Text(value)) => serializer.serialize_str(value),
        None => serializer.serialize_unit(),
    }
}

struct WrittenCode<'a>(Code<'a>);

impl Serialize for WrittenCode<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        code(Some(self.0), serializer)
    }
}

/// Whole numbers are written without a fraction, as the vendors write them.
fn number<S: Serializer>(value: f64, serializer: S) -> Result<S::Ok, S::Error> {
    match decode::integral(value) {
        Some(whole) if whole != 0 || value.is_sign_positive() => serializer.serialize_i64(whole),
        _ => serializer.serialize_f64(value),
    }
}

/// A value as its type says; `None` only where it cannot be JSON.
pub(crate) fn to_value(view: &View<'_>) -> Option<Value> {
    serde_json::to_value(Written { view, field: &PLAIN, style: Style::Typed }).ok()
}

/// Stands for a value that must not be shown.
struct Mask<'a> {
    view: &'a View<'a>,
    flags: u8,
}

impl fmt::Display for Mask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.view {
            _ if self.flags & SECRET != 0 => f.write_str("<secret>"),
            View::Str(Some(text)) => f.write_str(&characters(text)),
            _ => f.write_str("<masked>"),
        }
    }
}

/// Masked `Debug`: personal fields show their length only, undocumented keys their names only, untyped JSON its kind only.
///
/// # Errors
/// Those of the formatter.
pub fn debug(shown: &dyn ReadFields, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let table = shown.table();
    let mut out = f.debug_struct(table.name);
    for (number, field) in table.fields.iter().enumerate() {
        let view = shown.view(number);
        if view.is_empty() {
            continue;
        }
        if field.flags & (PERSONAL | SECRET) != 0 {
            out.field(field.name(), &format_args!("{}", Mask { view: &view, flags: field.flags }));
        } else {
            out.field(field.name(), &Printed(&view));
        }
    }
    if let Some(prefix) = table.dynamic
        && let View::Dynamic(columns) = shown.view(DYNAMIC)
        && !columns.is_empty()
    {
        out.field(prefix, &columns);
    }
    if let View::Extra(extra) = shown.view(EXTRA)
        && !extra.is_empty()
    {
        out.field("extra", extra);
    }
    out.finish()
}

/// A value that is not personal, for `Debug`.
struct Printed<'a>(&'a View<'a>);

impl fmt::Debug for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            View::I64(Some(value)) => value.fmt(f),
            View::U64(Some(value)) => value.fmt(f),
            View::F64(Some(value)) => value.fmt(f),
            View::Bool(Some(value)) => value.fmt(f),
            View::Str(Some(value)) => value.fmt(f),
            View::Strs(value) => value.fmt(f),
            View::Ints(value) => value.fmt(f),
            View::Any(Some(value)) => f.write_str(kind(value)),
            View::Open(value) => value.get().map_or(Ok(()), |code| print_code(code, f)),
            View::Opens(value) => f.write_str("[").and_then(|()| {
                for at in 0..value.count() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    value.get(at).map_or(Ok(()), |code| print_code(code, f))?;
                }
                f.write_str("]")
            }),
            View::Obj(value) => value.get().map_or(Ok(()), |shown| debug(shown, f)),
            View::Root(shown) => debug(*shown, f),
            View::List(value) => f.debug_list().entries((0..value.count()).filter_map(|row| value.get(row)).map(PrintedRecord)).finish(),
            View::Map(value) => write!(f, "<{} entries>", value.count()),
            View::Nullable(value) => match value.get() {
                Nullable::Value(value) => write!(f, "{value}"),
                Nullable::Absent | Nullable::Null => f.write_str("null"),
            },
            View::Dynamic(value) => value.fmt(f),
            View::Extra(value) => value.fmt(f),
            View::I64(None) | View::U64(None) | View::F64(None) | View::Bool(None) | View::Str(None) | View::Any(None) => {
                f.write_str("None")
            }
        }
    }
}

struct PrintedRecord<'a>(&'a dyn ReadFields);

impl fmt::Debug for PrintedRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self.0, f)
    }
}

fn print_code(code: Code<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match code {
        Code::Int(value) => fmt::Debug::fmt(&value, f),
        Code::Text(value) => fmt::Debug::fmt(value, f),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "<true or false>",
        Value::Number(_) => "<number>",
        Value::String(_) => "<string>",
        Value::Array(_) => "<array>",
        Value::Object(_) => "<object>",
    }
}

/// Behind the `Deserialize` of generated types: from any self-describing format, by way of text. For files and tests of users; answers
/// go through [`crate::decode`].
///
/// # Errors
/// Those of the format, and values that the type cannot take.
pub fn deserialize<'de, R: WriteFields + Default, D: Deserializer<'de>>(deserializer: D) -> Result<R, D::Error> {
    let text = Value::deserialize(deserializer)?.to_string();
    let mut record = R::default();
    decode::record_from_text(&text, &mut record).map_err(D::Error::custom)?;
    Ok(record)
}

/// Behind the `Serialize` of generated types: as it stands on the wire.
///
/// # Errors
/// Those of the format.
pub fn serialize<S: Serializer>(shown: &dyn ReadFields, serializer: S) -> Result<S::Ok, S::Error> {
    Json::new(shown).serialize(serializer)
}

/// `Debug` (masked), `Serialize` and `Deserialize` of a generated type that implements `WriteFields` and `ReadFields`.
#[macro_export]
macro_rules! record {
    ($type:ty) => {
        $crate::request!($type);
        impl<'de> $crate::__private::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: $crate::__private::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::deserialize(deserializer)
            }
        }
    };
}

/// `Debug` (masked) and `Serialize` of a generated type that implements `ReadFields`.
#[macro_export]
macro_rules! request {
    ($type:ty) => {
        impl ::std::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::__private::debug(self, f)
            }
        }
        impl $crate::__private::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::__private::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize(self, serializer)
            }
        }
    };
}
