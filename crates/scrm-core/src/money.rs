//! Amounts of money that know their unit: [`Yuan`] and [`Fen`] (1 yuan = 100 fen).
//!
//! They are exact decimals, kept as the vendor wrote them: `0.1` and `0.2` are `0.3`, and `19.90` prints as `19.90`. One is made of the other only
//! in the open, by [`Yuan::to_fen`] and [`Fen::to_yuan`].

use std::{fmt, hash::Hash, iter::Sum, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use crate::decimal::Decimal;
use crate::{
    decode,
    table::{Atom, Form, Plain, Typed},
};

/// A text or a float that is no amount: not a number, or one of more than 18 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAmount;

impl fmt::Display for NotAnAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an amount: a number of at most 18 digits is wanted")
    }
}

impl std::error::Error for NotAnAmount {}

macro_rules! amount {
    ($(#[$docs:meta])* $type:ident, $other:ident, $convert:ident, $places:literal, $word:literal, $integral:literal) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Decimal);

        impl $type {
            #[doc = concat!("So many whole ", $word, ".")]
            #[must_use]
            pub const fn new(whole: i64) -> Self {
                $type(Decimal::new(whole))
            }

            /// Reads a number as JSON writes it (`-19.90`, `2e3`). `None` for anything else, and for what needs more than 18 digits.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Decimal::parse(text).map($type)
            }

            #[doc = concat!("The same amount in the other unit, exactly; `None` where that needs more than 18 digits.")]
            #[must_use]
            pub fn $convert(self) -> Option<$other> {
                self.0.shifted($places).map($other)
            }

            /// The number, where it is a whole one.
            #[must_use]
            pub fn whole(self) -> Option<i64> {
                self.0.whole()
            }

            /// The number as the nearest float.
            #[must_use]
            pub fn as_f64(self) -> f64 {
                self.0.as_f64()
            }

            /// The number, exactly.
            #[must_use]
            pub const fn decimal(self) -> Decimal {
                self.0
            }

            /// The exact sum; `None` where it needs more than 18 digits.
            #[must_use]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map($type)
            }

            /// The exact difference; `None` where it needs more than 18 digits.
            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map($type)
            }
        }

        /// The number without its unit, in as many decimals as it came with.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("{} ", $word), self.0)
            }
        }

        /// The exact sum; `None` where it needs more than 18 digits.
        impl Sum<$type> for Option<$type> {
            fn sum<I: Iterator<Item = $type>>(mut amounts: I) -> Self {
                amounts.try_fold($type::default(), $type::checked_add)
            }
        }

        impl From<i64> for $type {
            fn from(whole: i64) -> Self {
                $type::new(whole)
            }
        }

        impl From<i32> for $type {
            fn from(whole: i32) -> Self {
                $type::new(whole.into())
            }
        }

        impl From<u32> for $type {
            fn from(whole: u32) -> Self {
                $type::new(whole.into())
            }
        }

        impl From<Decimal> for $type {
            fn from(number: Decimal) -> Self {
                $type(number)
            }
        }

        /// In as few decimals as bring the float back.
        impl TryFrom<f64> for $type {
            type Error = NotAnAmount;
            fn try_from(number: f64) -> Result<Self, NotAnAmount> {
                Decimal::from_f64(number).map($type).ok_or(NotAnAmount)
            }
        }

        impl FromStr for $type {
            type Err = NotAnAmount;
            fn from_str(text: &str) -> Result<Self, NotAnAmount> {
                $type::parse(text).ok_or(NotAnAmount)
            }
        }

        /// As a number; beyond 15 digits as the nearest float.
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize(self.0, $integral, serializer)
            }
        }

        /// From a number, or a number in a text.
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                decode::lenient(deserializer).map($type)
            }
        }

        impl Typed for $type {
            const KIND: crate::table::ColumnKind = crate::table::ColumnKind::$type;
            const FORM: Form = if $integral { Form::WholeDecimal } else { Form::Decimal };
            fn of(atom: Atom<'_>) -> Option<Self> {
                match atom {
                    Atom::Decimal(number) => Some($type(number)),
                    Atom::Int(whole) => Some($type::new(whole)),
                    Atom::Text(text) => $type::parse(text),
                }
            }
            fn atom(&self) -> Atom<'_> {
                Atom::Decimal(self.0)
            }
        }

        impl Plain for $type {
            const KIND: crate::table::ColumnKind = <$type as Typed>::KIND;
            fn to_value(&self) -> Value {
                self.0.whole().map_or_else(|| Value::from(self.0.as_f64()), Value::from)
            }
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Number(number) => $type::parse(&number.to_string()),
                    Value::String(text) => $type::parse(text.trim()),
                    _ => None,
                }
            }
        }
    };
}

amount!(
    /// An amount in yuan.
    ///
    /// ```
    /// use scrm_core::{Fen, Yuan};
    ///
    /// let price: Yuan = "19.90".parse()?;
    /// assert_eq!((price.to_string().as_str(), price.to_fen()), ("19.90", Some(Fen::new(1990))));
    /// let sum: Option<Yuan> = [price, Yuan::new(80), "0.1".parse()?].into_iter().sum();
    /// assert_eq!(sum, Some(Yuan::new(100)));
    /// # Ok::<(), scrm_core::money::NotAnAmount>(())
    /// ```
    Yuan,
    Fen,
    to_fen,
    2,
    "yuan",
    false
);

amount!(
    /// An amount in fen, of which 100 are a yuan. A vendor may send a fraction of one all the same: see [`Fen::whole`].
    Fen,
    Yuan,
    to_yuan,
    -2,
    "fen",
    true
);

/// `integral`: a whole number is written as an integer, for that is what the unit is counted in.
pub(crate) fn serialize<S: Serializer>(number: Decimal, integral: bool, serializer: S) -> Result<S::Ok, S::Error> {
    match number.whole() {
        Some(whole) if integral => serializer.serialize_i64(whole),
        _ => serializer.serialize_f64(number.as_f64()),
    }
}

#[cfg(test)]
mod tests;
