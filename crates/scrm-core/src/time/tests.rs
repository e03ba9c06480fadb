use proptest::prelude::*;

use super::*;

const FORMATS: [TimeFormat; 6] =
    [TimeFormat::DateTime, TimeFormat::Date, TimeFormat::OffsetDateTime, TimeFormat::Month, TimeFormat::Seconds, TimeFormat::Milliseconds];

#[test]
fn china_time_is_eight_hours_ahead() {
    let moment = parse(TimeFormat::DateTime, "2024-05-01 12:00:00").unwrap();
    assert_eq!(moment.unix_seconds(), 1_714_536_000);
    assert_eq!(moment.to_string(), "2024-05-01T12:00:00+08:00");
    assert_eq!(moment.to_system_time(), UNIX_EPOCH + Duration::from_secs(1_714_536_000));
    assert_eq!(Moment::from_system_time(moment.to_system_time()), Some(moment));
}

#[test]
fn milliseconds_show_only_where_there_are_some() {
    assert_eq!(Moment::from_unix_millis(1_714_536_000_007).unwrap().to_string(), "2024-05-01T12:00:00.007+08:00");
    assert_eq!(Moment::from_unix_millis(-1).unwrap().to_string(), "1970-01-01T07:59:59.999+08:00");
    assert_eq!(Moment::from_unix_millis(-1).unwrap().unix_seconds(), -1);
}

#[test]
fn a_day_begins_in_china() {
    assert_eq!(parse(TimeFormat::Date, "1970-01-02").unwrap().unix_seconds(), 57_600);
    assert_eq!(parse(TimeFormat::Month, "1970_02").unwrap(), parse(TimeFormat::Date, "1970-02-01").unwrap());
    assert_eq!(Day::today(UNIX_EPOCH + Duration::from_secs(57_599)).unwrap().to_string(), "1970-01-01");
    assert_eq!(Day::today(UNIX_EPOCH + Duration::from_secs(57_600)).unwrap().to_string(), "1970-01-02");
}

#[test]
fn never_is_no_time() {
    for text in ["", "0", "0000-00-00 00:00:00", "-0001-11-30 00:00:00", "0000-00-00", "0000_00", "0000-01-01", "0000_01"] {
        for format in FORMATS {
            assert_eq!(parse(format, text), None, "{text:?} as {format:?}");
        }
    }
    assert_eq!(from_number(TimeFormat::Seconds, 0), None);
    assert_eq!(from_number(TimeFormat::Milliseconds, 0), None);
}

#[test]
fn a_format_is_taken_by_the_letter() {
    let wrong = [
        (TimeFormat::DateTime, "2024-05-01"),
        (TimeFormat::DateTime, "2024-05-01T12:00:00"),
        (TimeFormat::DateTime, "2024-05-01 12:00"),
        (TimeFormat::DateTime, "2024-05-01 24:00:00"),
        (TimeFormat::DateTime, "2024-05-01 12:00:60"),
        (TimeFormat::DateTime, " 2024-05-01 12:00:00"),
        (TimeFormat::Date, "2024-5-1"),
        (TimeFormat::Date, "2024-05-01 "),
        (TimeFormat::Date, "2023-02-29"),
        (TimeFormat::Date, "2024-04-31"),
        (TimeFormat::Date, "2024-13-01"),
        (TimeFormat::Date, "2024/05/01"),
        (TimeFormat::Date, "２０24-05-01"),
        (TimeFormat::OffsetDateTime, "2024-05-01T12:00:00"),
        (TimeFormat::OffsetDateTime, "2024-05-01 12:00:00+08:00"),
        (TimeFormat::OffsetDateTime, "2024-05-01T25:00:00Z"),
        (TimeFormat::Month, "2024-05"),
        (TimeFormat::Month, "2024_13"),
        (TimeFormat::Seconds, "1714536000.5"),
        (TimeFormat::Seconds, "+1714536000"),
        (TimeFormat::Seconds, "-"),
        (TimeFormat::Seconds, "99999999999999999999"),
        (TimeFormat::Milliseconds, "1e3"),
    ];
    for (format, text) in wrong {
        assert_eq!(parse(format, text), None, "{text:?} as {format:?}");
    }
    let with_offset = |text| parse(TimeFormat::OffsetDateTime, text).unwrap().to_string();
    assert_eq!(with_offset("2024-05-01T04:00:00Z"), "2024-05-01T12:00:00+08:00");
    assert_eq!(with_offset("2024-05-01T00:00:00.123-04:00"), "2024-05-01T12:00:00.123+08:00");
    assert!(parse(TimeFormat::Date, "2024-02-29").is_some());
    assert_eq!(parse(TimeFormat::Seconds, "1714536000").unwrap().unix_millis(), 1_714_536_000_000);
    assert_eq!(parse(TimeFormat::Milliseconds, "-86400000").unwrap().to_string(), "1969-12-31T08:00:00+08:00");
}

#[test]
fn numbers_are_no_days() {
    for format in [TimeFormat::DateTime, TimeFormat::Date, TimeFormat::Month] {
        assert_eq!(from_number(format, 20_240_501), None);
    }
}

#[test]
fn the_ends_of_time_do_not_break_anything() {
    for number in [i64::MIN, i64::MIN / 1000, i64::MAX / 1000, i64::MAX] {
        assert_eq!(from_number(TimeFormat::Seconds, number), None);
    }
    assert_eq!(from_number(TimeFormat::Milliseconds, i64::MIN), None);
    assert_eq!(from_number(TimeFormat::Milliseconds, i64::MAX), None);
    let (first, last) = (Day::parse("0001-01-01").unwrap(), Day::parse("9999-12-29").unwrap());
    assert_eq!(first.start().to_string(), "0001-01-01T00:00:00+08:00");
    assert_eq!(last.start().to_string(), "9999-12-29T00:00:00+08:00");
    assert_eq!((first.plus(-1), last.plus(1)), (None, None));
    assert_eq!((first.plus(i64::MIN), first.plus(i64::MAX)), (None, None));
}

#[test]
fn ranges_of_days_split_in_the_middle() {
    let day = |text| Day::parse(text).unwrap();
    assert_eq!(day("2024-02-28").plus(2), Some(day("2024-03-01")));
    assert_eq!(day("2024-01-01").days_until(day("2025-01-01")), 366);
    assert_eq!(day("2025-01-01").days_until(day("2024-01-01")), -366);
    assert_eq!(day("2024-01-01").midpoint(day("2024-01-04")), day("2024-01-02"));
    assert_eq!(day("2024-01-01").midpoint(day("2024-01-02")), day("2024-01-01"));
}

/// Days since 1970-01-01 by counting years and months: slow, and independent of the calendar library.
fn days_by_counting(year: i64, month: i64, day: i64) -> i64 {
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let years: i64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + lengths.iter().take(usize::try_from(month - 1).unwrap()).sum::<i64>() + day - 1
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in ".*", digits in "-?[0-9]{0,25}", shaped in "[0-9]{4}[-_][0-9]{2}(-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?)?") {
        for format in FORMATS {
            for text in [&text, &digits, &shaped] {
                if let Some(moment) = parse(format, text) {
                    let again = parse(format, &write(format, moment));
                    prop_assert_eq!(again, Some(moment));
                }
            }
        }
    }

    #[test]
    fn what_is_read_is_what_was_written(year in 1970i64..2200, month in 1i64..=12, day in 1i64..=28, second in 0i64..86_400) {
        let text = format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        let moment = parse(TimeFormat::DateTime, &text).unwrap();
        prop_assert_eq!(moment.unix_seconds(), days_by_counting(year, month, day) * 86_400 + second - 8 * 3600);
        prop_assert_eq!(write(TimeFormat::DateTime, moment), text);
        prop_assert_eq!(Day::of(moment).to_string(), format!("{year:04}-{month:02}-{day:02}"));
    }

    #[test]
    fn any_number_is_a_moment_or_nothing(number: i64) {
        for format in FORMATS {
            if let Some(moment) = from_number(format, number) {
                prop_assert_eq!(parse(format, &number.to_string()), Some(moment));
                prop_assert_eq!(Moment::from_system_time(moment.to_system_time()), Some(moment));
            }
        }
    }

    #[test]
    fn days_add_up(start in 0i64..80_000, days in -30_000i64..30_000) {
        let start = Day::parse("1990-01-01").unwrap().plus(start).unwrap();
        let end = start.plus(days).unwrap();
        prop_assert_eq!(start.days_until(end), days);
        prop_assert_eq!(Day::parse(&end.to_string()), Some(end));
        let (first, last) = (start.min(end), start.max(end));
        let middle = first.midpoint(last);
        prop_assert!(first <= middle && (middle < last || first == last));
        prop_assert!((first.days_until(middle) - middle.days_until(last)).abs() <= 1);
    }
}
