//! Times as the vendors write them: China time without an offset, days, months, Unix seconds and milliseconds.
//!
//! China time is a fixed +08:00 here. The years that China changed its clocks (until 1991) are before any of these vendors.

//!
//! [`Moment`] and [`Day`] are points of the calendar. [`DateTime`], [`Date`], [`OffsetDateTime`], [`Month`], [`UnixSeconds`] and [`UnixMillis`] are what stands in the fields
//! of requests and answers: they keep what was written, whatever it is, and tell the moment where there is one.

mod fields;

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jiff::{Timestamp, civil, tz::Offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub use self::fields::{Date, DateTime, Month, OffsetDateTime, UnixMillis, UnixSeconds};
use crate::spec::TimeFormat;

/// China time.
const CHINA: Offset = Offset::constant(8);

/// A moment, exact to the millisecond, within the years 1 to 9999 of China time.
///
/// `Display` and serde write RFC 3339 in China time, `2024-05-01T12:00:00+08:00`; any offset is read, and what is below a millisecond is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The moment so many milliseconds after (or before) 1970-01-01T00:00:00Z; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Option<Moment> {
        let timestamp = Timestamp::from_millisecond(millis).ok()?;
        (CHINA.to_datetime(timestamp).year() >= 1).then_some(Moment(millis))
    }

    /// The moment of a system clock, cut to milliseconds; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn from_system_time(time: SystemTime) -> Option<Moment> {
        let millis = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).ok()?,
            Err(before) => i64::try_from(before.duration().as_millis()).ok()?.checked_neg()?,
        };
        Moment::from_unix_millis(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// As the standard library's time. Systems whose clock cannot go back that far (Windows before 1601) answer 1970 instead.
    #[must_use]
    pub fn to_system_time(self) -> SystemTime {
        let distance = Duration::from_millis(self.0.unsigned_abs());
        let moved = if self.0 < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
        moved.unwrap_or(UNIX_EPOCH)
    }

    /// What a clock in China shows.
    fn civil(self) -> civil::DateTime {
        CHINA.to_datetime(Timestamp::from_millisecond(self.0).unwrap_or_default())
    }

    fn of_civil(shown: civil::DateTime) -> Option<Moment> {
        Moment::from_unix_millis(CHINA.to_timestamp(shown).ok()?.as_millisecond())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.civil();
        let (date, time) = (shown.date(), shown.time());
        write!(f, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year(), date.month(), date.day(), time.hour(), time.minute(), time.second())?;
        if time.millisecond() != 0 {
            write!(f, ".{:03}", time.millisecond())?;
        }
        f.write_str("+08:00")
    }
}

/// A text that is not written as it should be, or names no day of the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATime(&'static str);

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a time: {} is wanted", self.0)
    }
}

impl std::error::Error for NotATime {}

impl FromStr for Moment {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, NotATime> {
        let timestamp: Option<Timestamp> = text.parse().ok();
        let moment = timestamp.and_then(|timestamp| Moment::from_unix_millis(timestamp.as_millisecond()));
        moment.ok_or(NotATime("RFC 3339, such as 2024-05-01T12:00:00+08:00,"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl FromStr for Day {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, NotATime> {
        Day::parse(text).ok_or(NotATime("a day as YYYY-MM-DD"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Reads a time written in exactly this format. A day means its first moment in China, a month the first moment of its first day.
///
/// `None` for anything else, and for what stands for "never": an empty text, `0`, and dates in the year 0 or before
/// (`0000-00-00 00:00:00`, `-0001-11-30 00:00:00`).
#[must_use]
pub fn parse(format: TimeFormat, text: &str) -> Option<Moment> {
    match format {
        TimeFormat::DateTime => {
            let (day, clock) = text.split_once(' ')?;
            let [hour, minute, second] = numbers(clock, b"00:00:00", [2, 2, 2])?;
            let time = civil::Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, 0).ok()?;
            Moment::of_civil(Day::parse(day)?.0.to_datetime(time))
        }
        TimeFormat::Date => Day::parse(text).map(Day::start),
        // A zero date has no moment there either.
        TimeFormat::OffsetDateTime => text.parse().ok().filter(|_| text.as_bytes().get(10) == Some(&b'T')),
        TimeFormat::Month => {
            let [year, month] = numbers(text, b"0000_00", [4, 2])?;
            Day::new(year, month, 1).map(Day::start)
        }
        TimeFormat::Seconds | TimeFormat::Milliseconds => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            from_number(format, text.parse().ok()?)
        }
    }
}

/// Reads a time that came as a number. `None` for 0 ("never"), for what lies outside the years 1 to 9999, and for formats that are texts.
#[must_use]
pub fn from_number(format: TimeFormat, number: i64) -> Option<Moment> {
    let millis = match format {
        TimeFormat::Seconds => number.checked_mul(1000)?,
        TimeFormat::Milliseconds => number,
        TimeFormat::DateTime | TimeFormat::Date | TimeFormat::OffsetDateTime | TimeFormat::Month => return None,
    };
    if millis == 0 { None } else { Moment::from_unix_millis(millis) }
}

/// Writes a moment in this format; what the format has no room for is cut off.
#[must_use]
pub fn write(format: TimeFormat, moment: Moment) -> String {
    let shown = moment.civil();
    let (date, time) = (shown.date(), shown.time());
    match format {
        TimeFormat::DateTime => format!("{} {:02}:{:02}:{:02}", Day(date), time.hour(), time.minute(), time.second()),
        TimeFormat::Date => Day(date).to_string(),
        TimeFormat::OffsetDateTime => moment.to_string(),
        TimeFormat::Month => format!("{:04}_{:02}", date.year(), date.month()),
        TimeFormat::Seconds => moment.unix_seconds().to_string(),
        TimeFormat::Milliseconds => moment.unix_millis().to_string(),
    }
}

/// A day of the calendar in China, of the years 1 to 9999; `Display` and serde write `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(civil::Date);

impl Day {
    fn new(year: i32, month: i32, day: i32) -> Option<Day> {
        let date = civil::Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
        Day::of_civil(date)
    }

    /// The last moments of the year 9999 are no [`Moment`], so its last two days are no `Day`.
    fn of_civil(date: civil::Date) -> Option<Day> {
        let last = civil::date(9999, 12, 29);
        (date.year() >= 1 && date <= last).then_some(Day(date))
    }

    /// Reads exactly `YYYY-MM-DD`; `None` for anything that is not a day of the calendar.
    #[must_use]
    pub fn parse(text: &str) -> Option<Day> {
        let [year, month, day] = numbers(text, b"0000-00-00", [4, 2, 2])?;
        Day::new(year, month, day)
    }

    /// The day it is in China at a moment.
    #[must_use]
    pub fn of(moment: Moment) -> Day {
        Day(moment.civil().date())
    }

    /// The day it is in China by this clock; `None` for a clock outside the years 1 to 9999.
    #[must_use]
    pub fn today(clock: SystemTime) -> Option<Day> {
        Moment::from_system_time(clock).map(Day::of)
    }

    /// Its first moment in China.
    #[must_use]
    pub fn start(self) -> Moment {
        Moment::of_civil(self.0.to_datetime(civil::Time::midnight())).unwrap_or(Moment(0))
    }

    /// The day so many days later (or earlier, if negative); `None` outside the years 1 to 9999.
    #[must_use]
    pub fn plus(self, days: i64) -> Option<Day> {
        let seconds = days.checked_mul(86_400)?;
        let moved = self.0.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()?;
        Day::of_civil(moved)
    }

    /// Days from this one to `later`; negative if `later` comes before.
    #[must_use]
    pub fn days_until(self, later: Day) -> i64 {
        self.0.duration_until(later.0).as_secs() / 86_400
    }

    /// The day halfway to `later`, rounded towards this one: it lies before `later` whenever the two differ.
    #[must_use]
    pub fn midpoint(self, later: Day) -> Day {
        self.plus(self.days_until(later) / 2).unwrap_or(self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

/// The numbers of a text of exactly this shape, where `0` stands for any digit and anything else for itself.
fn numbers<const N: usize>(text: &str, shape: &[u8], widths: [usize; N]) -> Option<[i32; N]> {
    let fits = |(have, want): (u8, &u8)| if *want == b'0' { have.is_ascii_digit() } else { have == *want };
    if text.len() != shape.len() || !text.bytes().zip(shape).all(fits) {
        return None;
    }
    let mut found = [0; N];
    let mut at = 0;
    for (number, width) in found.iter_mut().zip(widths) {
        *number = text.get(at..at + width)?.parse().ok()?;
        at += width + 1;
    }
    Some(found)
}

#[cfg(test)]
mod tests;
