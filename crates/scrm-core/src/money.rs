//! Amounts of money that know their unit: [`Yuan`] and [`Fen`] (1 yuan = 100 fen).
//!
//! They are exact decimals, kept as the vendor wrote them: `0.1` and `0.2` are `0.3`, and `19.90` prints as `19.90`. One is made of the other only
//! in the open, by [`Yuan::to_fen`] and [`Fen::to_yuan`].

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    iter::Sum,
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{
    decode,
    table::{Atom, Form, Plain, Typed},
};

/// 10 to the power of this is the greatest that an `i64` holds.
const MOST_DECIMALS: u8 = 18;

/// An exact decimal number of at most 18 digits, as it was written: `19.90` keeps its zero, and equals `19.9`.
#[derive(Clone, Copy, Default)]
pub struct Decimal {
    digits: i64,
    decimals: u8,
}

impl Decimal {
    /// A whole number.
    #[must_use]
    pub const fn new(whole: i64) -> Self {
        Decimal { digits: whole, decimals: 0 }
    }

    /// A number of these digits, some of them behind the point; `None`: more than 18 of them.
    #[inline]
    pub(crate) fn short(digits: i64, decimals: usize) -> Option<Self> {
        let decimals = u8::try_from(decimals).ok().filter(|decimals| *decimals <= MOST_DECIMALS)?;
        Some(Decimal { digits, decimals })
    }

    /// Reads a number as JSON writes it (`-19.90`, `2e3`). `None` for anything else, and for what needs more than 18 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, number) = text.strip_prefix('-').map_or((false, text), |number| (true, number));
        if let Some((digits, decimals)) = plain_digits(number) {
            return Decimal::short(if negative { -digits } else { digits }, decimals);
        }
        let (number, exponent) = match number.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (number, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let fraction = if number.contains('.') { fraction } else { "" };
        // zeros that say nothing, where the number would not fit with them
        let excess = (whole.trim_start_matches('0').len() + fraction.len()).saturating_sub(usize::from(MOST_DECIMALS));
        let zeros = fraction.len() - fraction.trim_end_matches('0').len();
        let fraction = fraction.get(..fraction.len() - excess.min(zeros))?;
        let mut digits = 0_i64;
        for digit in whole.bytes().chain(fraction.bytes()) {
            digits = digits.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        }
        let decimals = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        Decimal::scaled(if negative { -digits } else { digits }.into(), decimals)
    }

    /// The number nearest to a float in as few digits as bring the float back. `None` for what is not finite, or needs more than 18 digits.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_finite() { Decimal::parse(&format!("{value}")) } else { None }
    }

    /// The nearest float.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.to_string().parse().unwrap_or_default()
    }

    /// The number, where it is a whole one.
    #[must_use]
    pub fn whole(self) -> Option<i64> {
        let plain = self.normalised();
        (plain.decimals == 0).then_some(plain.digits)
    }

    /// The exact sum; `None` where it needs more than 18 digits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let decimals = self.decimals.max(other.decimals);
        Decimal::scaled(self.at(decimals) + other.at(decimals), decimals.into())
    }

    /// The exact difference; `None` where it needs more than 18 digits.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Decimal { digits: other.digits.checked_neg()?, decimals: other.decimals })
    }

    /// The number with its point so many places further right.
    fn shifted(self, places: i32) -> Option<Self> {
        Decimal::scaled(self.digits.into(), i32::from(self.decimals) - places)
    }

    /// `digits` × 10^-`decimals`, if it fits.
    fn scaled(mut digits: i128, mut decimals: i32) -> Option<Self> {
        if digits == 0 {
            decimals = decimals.clamp(0, i32::from(MOST_DECIMALS));
        }
        while decimals > 0 && (decimals > i32::from(MOST_DECIMALS) || i64::try_from(digits).is_err()) && digits % 10 == 0 {
            (digits, decimals) = (digits / 10, decimals - 1);
        }
        if decimals < 0 {
            digits = digits.checked_mul(10_i128.checked_pow(decimals.unsigned_abs())?)?;
            decimals = 0;
        }
        let decimals = u8::try_from(decimals).ok().filter(|decimals| *decimals <= MOST_DECIMALS)?;
        Some(Decimal { digits: digits.try_into().ok()?, decimals })
    }

    /// The digits with so many decimals, which are no fewer than it has. At most 19 + 18 digits, which `i128` holds.
    fn at(self, decimals: u8) -> i128 {
        i128::from(self.digits) * 10_i128.pow(u32::from(decimals - self.decimals))
    }

    /// Without zeros at the end of the fraction.
    fn normalised(mut self) -> Self {
        while self.decimals > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.decimals -= 1;
        }
        self
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = usize::from(self.decimals) + 1;
        let digits = format!("{:0width$}", self.digits.unsigned_abs());
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(self.decimals));
        let point = if fraction.is_empty() { "" } else { "." };
        f.pad_integral(self.digits >= 0, "", &format!("{whole}{point}{fraction}"))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let decimals = self.decimals.max(other.decimals);
        self.at(decimals).cmp(&other.at(decimals))
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let plain = self.normalised();
        (plain.digits, plain.decimals).hash(state);
    }
}

/// The digits of a number and how many of them stand behind the point, where it is written as nearly all are: at most 18 digits, no exponent.
fn plain_digits(number: &str) -> Option<(i64, usize)> {
    if number.len() > usize::from(MOST_DECIMALS) {
        return None;
    }
    let (mut digits, mut point) = (0_i64, None);
    for (at, byte) in number.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && at > 0 => point = Some(at),
            _ => return None,
        }
    }
    let decimals = point.map_or(0, |point| number.len() - point - 1);
    if number.is_empty() || (point.is_some() && decimals == 0) { None } else { Some((digits, decimals)) }
}

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
            const KIND: crate::tabular::ColumnKind = crate::tabular::ColumnKind::$type;
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
