//! An exact decimal number.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
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
    pub(crate) fn shifted(self, places: i32) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_number_is_read_back_from_its_text(digits in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, decimals in 0..=18_u8) {
            let again = Decimal::parse(&Decimal { digits, decimals }.to_string()).unwrap();
            prop_assert_eq!((again.digits, again.decimals), (digits, decimals));
        }
    }
}
