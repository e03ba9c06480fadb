//! The server's own clock: it can be moved on, and its wall time can be made to jump.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// China time is eight hours ahead of UTC all year.
const CHINA_OFFSET: i64 = 8 * 3600;
/// A clock is moved no farther than a thousand years, in milliseconds, so that no sum of times overflows.
const FARTHEST: i64 = 1000 * 366 * 86_400 * 1000;

/// The clock of a mock.
///
/// Tokens and the times in answers follow the wall time; quotas follow the elapsed time, which never jumps.
#[derive(Debug)]
pub struct Clock {
    begun: Instant,
    begun_wall: i64,
    advanced: AtomicI64,
    stepped: AtomicI64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { begun: Instant::now(), begun_wall: millis(wall), advanced: AtomicI64::new(0), stepped: AtomicI64::new(0) }
    }

    /// Lets time pass at once, a thousand years at most: tokens age and quota windows empty.
    pub fn advance(&self, time: Duration) {
        move_on(&self.advanced, millis(time));
    }

    /// Sets the wall time forward (or back, when negative) by so many seconds, as a wrong clock would, a thousand years at most; quotas do not notice.
    pub fn step(&self, seconds: i64) {
        move_on(&self.stepped, seconds.saturating_mul(1000));
    }

    /// Takes back every `advance` and `step`.
    pub fn reset(&self) {
        self.advanced.store(0, Ordering::SeqCst);
        self.stepped.store(0, Ordering::SeqCst);
    }

    /// Milliseconds since the mock began, with what was advanced.
    pub fn elapsed_millis(&self) -> i64 {
        millis(self.begun.elapsed()).saturating_add(self.advanced.load(Ordering::SeqCst))
    }

    /// Unix time in milliseconds, with what was advanced and stepped.
    pub fn wall_millis(&self) -> i64 {
        self.begun_wall.saturating_add(self.elapsed_millis()).saturating_add(self.stepped.load(Ordering::SeqCst))
    }

    /// Unix time in seconds.
    pub fn wall_seconds(&self) -> i64 {
        self.wall_millis().div_euclid(1000)
    }
}

fn move_on(offset: &AtomicI64, by: i64) {
    let moved = |now: i64| Some(now.saturating_add(by).clamp(-FARTHEST, FARTHEST));
    // The closure always gives a value, so that nothing is refused.
    offset.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved).ok();
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 4)
}

/// `YYYY-MM-DD HH:MM:SS` in China time.
pub(crate) fn date_time(unix: i64) -> String {
    let day = unix.saturating_add(CHINA_OFFSET).rem_euclid(86_400);
    format!("{} {:02}:{:02}:{:02}", date(unix), day / 3600, day / 60 % 60, day % 60)
}

/// `YYYY-MM-DDTHH:MM:SS+08:00`
pub(crate) fn offset_date_time(unix: i64) -> String {
    format!("{}+08:00", date_time(unix).replace(' ', "T"))
}

/// `YYYY-MM-DD` in China time.
pub(crate) fn date(unix: i64) -> String {
    let (year, month, day) = civil(unix.saturating_add(CHINA_OFFSET).div_euclid(86_400));
    format!("{year:04}-{month:02}-{day:02}")
}

/// `YYYY_MM` in China time.
pub(crate) fn month(unix: i64) -> String {
    let (year, month, _) = civil(unix.saturating_add(CHINA_OFFSET).div_euclid(86_400));
    format!("{year:04}_{month:02}")
}

/// Year, month and day of a day number counted from 1970-01-01 (the usual civil-from-days algorithm).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The first and the last second that a text stands for: a date is a whole day, a month a whole month, a date and time one second.
pub(crate) fn seconds_of(text: &str) -> Option<(i64, i64)> {
    if let Ok(moment) = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text) {
        return unix(moment).map(|at| (at, at));
    }
    if let Some(at) = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second) {
        return Some((at, at));
    }
    if let Ok(day) = jiff::civil::Date::strptime("%Y-%m-%d", text) {
        return unix(day.at(0, 0, 0, 0)).map(|at| (at, at + 86_399));
    }
    let first = jiff::civil::Date::strptime("%Y_%m_%d", format!("{text}_01")).ok()?;
    let next = first.checked_add(jiff::Span::new().months(1)).ok()?;
    Some((unix(first.at(0, 0, 0, 0))?, unix(next.at(0, 0, 0, 0))? - 1))
}

fn unix(moment: jiff::civil::DateTime) -> Option<i64> {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    moment.to_zoned(zone).ok().map(|zoned| zoned.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_and_reading_agree() {
        for unix in [0, 951_782_399, 951_782_400, 1_709_164_800, 1_766_332_799, 4_102_444_800] {
            assert_eq!(seconds_of(&date_time(unix)), Some((unix, unix)));
            assert_eq!(seconds_of(&offset_date_time(unix)), Some((unix, unix)));
        }
        assert_eq!(date_time(0), "1970-01-01 08:00:00");
        assert_eq!(date_time(1_709_222_400), "2024-03-01 00:00:00");
        assert_eq!(date(1_709_222_399), "2024-02-29");
        assert_eq!(month(1_709_222_400), "2024_03");
    }

    #[test]
    fn a_day_and_a_month_have_a_beginning_and_an_end() {
        assert_eq!(seconds_of("2024-02-29"), Some((1_709_136_000, 1_709_222_399)));
        assert_eq!(seconds_of("2024_02"), Some((1_706_716_800, 1_709_222_399)));
        for wrong in ["", "2024", "2024-02-30", "2024-2-x", "2024_13", "2024-02-29 25:00:00"] {
            assert_eq!(seconds_of(wrong), None, "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_second_is_read_back(unix in -60_000_000_000_i64..200_000_000_000) {
            proptest::prop_assert_eq!(seconds_of(&date_time(unix)), Some((unix, unix)));
        }

        #[test]
        fn no_text_is_too_odd(text in ".{0,24}") {
            let _ = seconds_of(&text);
        }
    }

    #[test]
    fn a_step_moves_the_wall_but_not_the_elapsed_time() {
        let clock = Clock::new();
        let (wall, elapsed) = (clock.wall_seconds(), clock.elapsed_millis());
        clock.step(-3600);
        assert!(clock.wall_seconds() <= wall - 3599);
        assert!(clock.elapsed_millis() >= elapsed);
        clock.advance(Duration::from_secs(10));
        assert!(clock.elapsed_millis() >= elapsed + 10_000);
        clock.reset();
        assert!(clock.wall_seconds() >= wall);
    }
}
