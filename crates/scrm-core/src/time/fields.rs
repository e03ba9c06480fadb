//! Times as they stand in the fields of requests and answers: what was written is kept, whatever it is.

use std::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Day, Moment, from_number, parse, write};
use crate::{
    decode,
    spec::TimeFormat,
    table::{Atom, Form, Plain, Typed},
};

macro_rules! written_as_text {
    ($(#[$docs:meta])* $type:ident, $format:ident) => {
        $(#[$docs])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Box<str>);

        impl $type {
            /// The text as it came, or as it will be sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The point in time, the first one that is meant; `None` where the text is no date: empty, `0000-00-00`, or written otherwise.
            #[must_use]
            pub fn moment(&self) -> Option<Moment> {
                parse(TimeFormat::$format, &self.0)
            }

            /// The day in China, the first one that is meant; `None` where the text is no date.
            #[must_use]
            pub fn day(&self) -> Option<Day> {
                self.moment().map(Day::of)
            }
        }

        impl Deref for $type {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        /// The text as it is. A request with a text that is not written as documented is refused before it is sent.
        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                $type(text.into())
            }
        }

        /// The text as it is. A request with a text that is not written as documented is refused before it is sent.
        impl From<String> for $type {
            fn from(text: String) -> Self {
                $type(text.into())
            }
        }

        /// The text as it is.
        impl From<&String> for $type {
            fn from(text: &String) -> Self {
                $type(text.as_str().into())
            }
        }

        /// What the format has no room for is cut off.
        impl From<Moment> for $type {
            fn from(moment: Moment) -> Self {
                $type(write(TimeFormat::$format, moment).into())
            }
        }

        /// The first moment of the day in China.
        impl From<Day> for $type {
            fn from(day: Day) -> Self {
                day.start().into()
            }
        }

        /// As the text.
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                decode::lenient::<String, D>(deserializer).map($type::from)
            }
        }

        impl Typed for $type {
            const KIND: crate::tabular::ColumnKind = crate::tabular::ColumnKind::$type;
            const FORM: Form = Form::Text;
            fn of(atom: Atom<'_>) -> Option<Self> {
                match atom {
                    Atom::Text(text) => Some(text.into()),
                    Atom::Int(_) | Atom::Decimal(_) => None,
                }
            }
            fn atom(&self) -> Atom<'_> {
                Atom::Text(&self.0)
            }
        }

        impl Plain for $type {
            const KIND: crate::table::ColumnKind = <$type as Typed>::KIND;
            fn to_value(&self) -> Value {
                Value::from(&*self.0)
            }
            fn from_value(value: &Value) -> Option<Self> {
                String::from_value(value).map($type::from)
            }
        }
    };
}

written_as_text!(
    /// A time as `YYYY-MM-DD HH:MM:SS` in China time. Keeps the text as it came.
    DateTime,
    DateTime
);
written_as_text!(
    /// A day as `YYYY-MM-DD`. Keeps the text as it came.
    Date,
    Date
);
written_as_text!(
    /// A time in ISO 8601 with an offset, such as `2024-05-01T12:00:00+08:00`. Keeps the text as it came; written from a [`Moment`], it is in China time.
    OffsetDateTime,
    OffsetDateTime
);
written_as_text!(
    /// A month as `YYYY_MM`. Keeps the text as it came.
    Month,
    Month
);

macro_rules! written_as_number {
    ($(#[$docs:meta])* $type:ident, $format:ident, $get:ident) => {
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(i64);

        impl $type {
            /// The number as it came, or as it will be sent.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }

            /// The point in time; `None` for 0 ("never") and outside the years 1 to 9999.
            #[must_use]
            pub fn moment(self) -> Option<Moment> {
                from_number(TimeFormat::$format, self.0)
            }

            /// The day in China; `None` for 0 ("never") and outside the years 1 to 9999.
            #[must_use]
            pub fn day(self) -> Option<Day> {
                self.moment().map(Day::of)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl From<i64> for $type {
            fn from(number: i64) -> Self {
                $type(number)
            }
        }

        impl From<i32> for $type {
            fn from(number: i32) -> Self {
                $type(number.into())
            }
        }

        impl From<Moment> for $type {
            fn from(moment: Moment) -> Self {
                $type(moment.$get())
            }
        }

        /// The first moment of the day in China.
        impl From<Day> for $type {
            fn from(day: Day) -> Self {
                day.start().into()
            }
        }

        /// As the number.
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        /// From an integer, or one in a text.
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                decode::lenient(deserializer).map($type)
            }
        }

        impl Typed for $type {
            const KIND: crate::tabular::ColumnKind = crate::tabular::ColumnKind::$type;
            const FORM: Form = Form::Integer;
            fn of(atom: Atom<'_>) -> Option<Self> {
                match atom {
                    Atom::Int(number) => Some($type(number)),
                    Atom::Text(_) | Atom::Decimal(_) => None,
                }
            }
            fn atom(&self) -> Atom<'_> {
                Atom::Int(self.0)
            }
        }

        impl Plain for $type {
            const KIND: crate::table::ColumnKind = <$type as Typed>::KIND;
            fn to_value(&self) -> Value {
                Value::from(self.0)
            }
            fn from_value(value: &Value) -> Option<Self> {
                i64::from_value(value).map($type)
            }
        }
    };
}

written_as_number!(
    /// A time in seconds since 1970-01-01T00:00:00Z. Keeps the number as it came.
    UnixSeconds,
    Seconds,
    unix_seconds
);
written_as_number!(
    /// A time in milliseconds since 1970-01-01T00:00:00Z. Keeps the number as it came.
    UnixMillis,
    Milliseconds,
    unix_millis
);

#[cfg(test)]
mod tests;
