//! What a scalar type makes of the scalars of JSON.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{self, Unexpected, Visitor},
};

use crate::decimal::Decimal;

/// What a scalar makes of a value.
pub(crate) enum Take<T> {
    /// It is of the type.
    Exact(T),
    /// It is of another type, and can be understood.
    Bent(T),
    /// An empty text: no value.
    Nothing,
    /// It cannot be understood.
    No,
}
use Take::{Bent, Exact, No, Nothing};

/// A type that a scalar slot holds. What a type does not take it refuses.
pub(crate) trait Scalar: Sized {
    /// What it wants, for error messages.
    const WANT: &'static str;

    fn int(_: i64) -> Take<Self> {
        No
    }
    /// An integer beyond `i64`.
    fn uint(_: u64) -> Take<Self> {
        No
    }
    /// An integer beyond `u64`.
    fn wide(_digits: &str) -> Take<Self> {
        No
    }
    /// A number with a fraction or an exponent, as it came. One beyond the range of `f64` is none.
    fn float(_digits: &str) -> Take<Self> {
        No
    }
    fn bool(_: bool) -> Take<Self> {
        No
    }
    fn text(_: &str) -> Take<Self> {
        No
    }
}

/// The integer that a float stands for. Beyond 2^53 a float no longer says which integer was meant.
pub(crate) fn integral(value: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)] // exact within the bounds
    (value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0).then_some(value as i64)
}

/// `nan` and `inf` parse as `f64`; they are no numbers here.
fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn bent<T>(value: Option<T>) -> Take<T> {
    value.map_or(No, Bent)
}

impl Scalar for i64 {
    const WANT: &'static str = "an integer";

    #[inline]
    fn int(value: i64) -> Take<i64> {
        Exact(value)
    }
    fn float(digits: &str) -> Take<i64> {
        bent(finite(digits).and_then(integral))
    }
    fn text(text: &str) -> Take<i64> {
        if let Ok(value) = text.parse() {
            return Bent(value);
        }
        match text.trim() {
            "" => Nothing,
            text => bent(text.parse().ok().or_else(|| finite(text).and_then(integral))),
        }
    }
}

#[allow(clippy::cast_precision_loss)] // what a float is
impl Scalar for f64 {
    const WANT: &'static str = "a number";

    #[inline]
    fn int(value: i64) -> Take<f64> {
        Exact(value as f64)
    }
    fn uint(value: u64) -> Take<f64> {
        Exact(value as f64)
    }
    fn wide(digits: &str) -> Take<f64> {
        finite(digits).map_or(No, Exact)
    }
    fn float(digits: &str) -> Take<f64> {
        finite(digits).map_or(No, Exact)
    }
    fn text(text: &str) -> Take<f64> {
        if let Some(value) = finite(text) {
            return Bent(value);
        }
        match text.trim() {
            "" => Nothing,
            text => bent(finite(text)),
        }
    }
}

impl Scalar for Decimal {
    const WANT: &'static str = "a number of at most 18 digits";

    #[inline]
    fn int(value: i64) -> Take<Decimal> {
        Exact(Decimal::new(value))
    }
    fn wide(digits: &str) -> Take<Decimal> {
        Decimal::parse(digits).map_or(No, Exact)
    }
    fn float(digits: &str) -> Take<Decimal> {
        Decimal::parse(digits).map_or(No, Exact)
    }
    fn text(text: &str) -> Take<Decimal> {
        match text.trim() {
            "" => Nothing,
            text => bent(Decimal::parse(text)),
        }
    }
}

impl Scalar for bool {
    const WANT: &'static str = "true or false";

    fn bool(value: bool) -> Take<bool> {
        Exact(value)
    }
    fn int(value: i64) -> Take<bool> {
        match value {
            0 => Bent(false),
            1 => Bent(true),
            _ => No,
        }
    }
    fn float(digits: &str) -> Take<bool> {
        finite(digits).and_then(integral).map_or(No, Self::int)
    }
    fn text(text: &str) -> Take<bool> {
        match text.trim() {
            "" => Nothing,
            "0" | "false" => Bent(false),
            "1" | "true" => Bent(true),
            _ => No,
        }
    }
}

impl Scalar for String {
    const WANT: &'static str = "a string";

    #[inline]
    fn text(text: &str) -> Take<String> {
        Exact(text.to_owned())
    }
    fn int(value: i64) -> Take<String> {
        Bent(value.to_string())
    }
    fn uint(value: u64) -> Take<String> {
        Bent(value.to_string())
    }
    fn wide(digits: &str) -> Take<String> {
        Bent(digits.to_owned())
    }
    fn float(digits: &str) -> Take<String> {
        bent(finite(digits).map(|_| digits.to_owned()))
    }
    fn bool(value: bool) -> Take<String> {
        Bent(value.to_string())
    }
}

/// A scalar from any self-describing format, as forgiving as [`super::decode`].
pub(crate) fn lenient<'de, T: Scalar, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Any(PhantomData))
}

struct Any<T>(PhantomData<T>);

impl<T: Scalar> Any<T> {
    fn of<E: de::Error>(self, take: Take<T>, found: Unexpected<'_>) -> Result<T, E> {
        match take {
            Exact(value) | Bent(value) => Ok(value),
            Nothing | No => Err(E::invalid_value(found, &self)),
        }
    }
}

impl<T: Scalar> Visitor<'_> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WANT)
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        self.of(T::bool(value), Unexpected::Bool(value))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        self.of(T::int(value), Unexpected::Signed(value))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        self.of(i64::try_from(value).map_or_else(|_| T::uint(value), T::int), Unexpected::Unsigned(value))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        self.of(T::float(&value.to_string()), Unexpected::Float(value))
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        self.of(T::text(value), Unexpected::Str(value))
    }
}
