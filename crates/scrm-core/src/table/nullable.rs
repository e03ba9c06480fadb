//! Fields where absent, `null` and empty mean three things.

use std::fmt;

use serde_json::Value;

use super::ColumnKind;

/// A field where absent, `null` and empty mean three things.
#[derive(Clone, Default, PartialEq)]
pub enum Nullable<T> {
    /// Not sent.
    #[default]
    Absent,
    /// Sent as `null`.
    Null,
    /// Sent, even if empty.
    Value(T),
}

/// Never shows the value: it may be personal.
impl<T> fmt::Debug for Nullable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Nullable::Absent => "Absent",
            Nullable::Null => "Null",
            Nullable::Value(_) => "Value(<masked>)",
        })
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Nullable::Value(value)
    }
}

/// A three-state field, for writing.
pub trait NullableSlot: Send + Sync {
    /// `null`.
    fn null(&mut self);
    /// A value; `false`: of another type.
    fn put(&mut self, value: &Value) -> bool;
}

/// A three-state field, for reading.
pub trait NullableView: Send + Sync {
    /// Whether it is not sent.
    fn is_absent(&self) -> bool;
    /// What a column of such values is, and whether each is a list.
    fn kind(&self) -> (ColumnKind, bool);
    /// The value as JSON.
    fn get(&self) -> Nullable<Value>;
}

/// What a [`Nullable`] may hold.
pub trait Plain: Clone + Send + Sync + Sized {
    /// What a column of such values is.
    const KIND: ColumnKind;
    /// Whether a value is a list.
    const IS_LIST: bool = false;
    /// As JSON.
    fn to_value(&self) -> Value;
    /// From JSON; numbers may come in quotes.
    fn from_value(value: &Value) -> Option<Self>;
}

impl<T: Plain> NullableSlot for Nullable<T> {
    fn null(&mut self) {
        *self = Nullable::Null;
    }
    fn put(&mut self, value: &Value) -> bool {
        match T::from_value(value) {
            Some(value) => {
                *self = Nullable::Value(value);
                true
            }
            None => false,
        }
    }
}

impl<T: Plain> NullableView for Nullable<T> {
    fn is_absent(&self) -> bool {
        matches!(self, Nullable::Absent)
    }
    fn kind(&self) -> (ColumnKind, bool) {
        (T::KIND, T::IS_LIST)
    }
    fn get(&self) -> Nullable<Value> {
        match self {
            Nullable::Absent => Nullable::Absent,
            Nullable::Null => Nullable::Null,
            Nullable::Value(value) => Nullable::Value(value.to_value()),
        }
    }
}

impl Plain for String {
    const KIND: ColumnKind = ColumnKind::Text;
    fn to_value(&self) -> Value {
        Value::String(self.clone())
    }
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

impl Plain for i64 {
    const KIND: ColumnKind = ColumnKind::Integer;
    fn to_value(&self) -> Value {
        Value::from(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }
}

impl<T: Plain> Plain for Vec<T> {
    const KIND: ColumnKind = T::KIND;
    const IS_LIST: bool = true;
    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(T::to_value).collect())
    }
    fn from_value(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_value).collect()
    }
}

impl Plain for f64 {
    const KIND: ColumnKind = ColumnKind::Number;
    fn to_value(&self) -> Value {
        Value::from(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
    }
}

impl Plain for bool {
    const KIND: ColumnKind = ColumnKind::Boolean;
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
    fn from_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}
