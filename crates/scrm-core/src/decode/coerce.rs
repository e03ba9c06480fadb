//! What a scalar type makes of the scalars of JSON.

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
    /// A number with a fraction or an exponent, and its digits as they came.
    fn float(_: f64, _digits: &str) -> Take<Self> {
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
    fn float(value: f64, _: &str) -> Take<i64> {
        bent(integral(value))
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

impl Scalar for u64 {
    const WANT: &'static str = "an integer from 0 up";

    fn int(value: i64) -> Take<u64> {
        value.try_into().map_or(No, Exact)
    }
    fn uint(value: u64) -> Take<u64> {
        Exact(value)
    }
    fn float(value: f64, _: &str) -> Take<u64> {
        bent(integral(value).and_then(|value| value.try_into().ok()))
    }
    fn text(text: &str) -> Take<u64> {
        match text.trim() {
            "" => Nothing,
            text => bent(text.parse().ok().or_else(|| finite(text).and_then(integral)?.try_into().ok())),
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
    #[inline]
    fn float(value: f64, _: &str) -> Take<f64> {
        Exact(value)
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
    fn float(value: f64, _: &str) -> Take<bool> {
        integral(value).map_or(No, Self::int)
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
    fn float(_: f64, digits: &str) -> Take<String> {
        Bent(digits.to_owned())
    }
    fn bool(value: bool) -> Take<String> {
        Bent(value.to_string())
    }
}
