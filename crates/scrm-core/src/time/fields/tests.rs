use serde_json::json;

use super::*;

#[test]
fn what_was_written_is_kept_and_a_moment_told_where_there_is_one() {
    let at = DateTime::from("2024-05-01 12:00:00");
    assert_eq!((at.as_str(), at.to_string().as_str(), at.len()), ("2024-05-01 12:00:00", "2024-05-01 12:00:00", 19));
    assert_eq!(at.moment().unwrap().to_string(), "2024-05-01T12:00:00+08:00");
    assert_eq!(at.day(), Day::parse("2024-05-01"));
    for never in ["", "0", "0000-00-00 00:00:00", "2024-05-01", "last week"] {
        assert_eq!((DateTime::from(never).moment(), DateTime::from(never).as_str()), (None, never));
    }
    assert_eq!(Month::from("2024_05").day(), Day::parse("2024-05-01"));
    assert_eq!((UnixSeconds::from(0_i64).moment(), UnixMillis::from(i64::MAX).day()), (None, None));
    assert_eq!(UnixMillis::from(1_714_536_000_000_i64).moment(), at.moment());
}

#[test]
fn days_and_moments_are_written_as_the_field_wants_them() {
    let day = Day::parse("2024-05-01").unwrap();
    let moment = DateTime::from("2024-05-01 12:34:56").moment().unwrap();
    let texts = (Date::from(day), Date::from(moment), DateTime::from(day), DateTime::from(moment), Month::from(moment));
    assert_eq!(
        (texts.0.as_str(), texts.1.as_str(), texts.2.as_str(), texts.3.as_str(), texts.4.as_str()),
        ("2024-05-01", "2024-05-01", "2024-05-01 00:00:00", "2024-05-01 12:34:56", "2024_05")
    );
    assert_eq!((UnixSeconds::from(moment).get(), UnixMillis::from(day).moment()), (moment.unix_seconds(), Some(day.start())));
}

#[test]
fn serde_keeps_what_was_written() {
    let value = json!(["2024-05-01", "never", 5, 7]);
    let read: (Date, DateTime, UnixSeconds, UnixMillis) = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), value);
    let read: (Month, UnixSeconds) = serde_json::from_value(json!([202_405, " 5 "])).unwrap();
    assert_eq!((read.0.as_str(), read.1.get()), ("202405", 5));
    assert!(serde_json::from_value::<UnixSeconds>(json!("never")).is_err());
    let moment = DateTime::from("2024-05-01 12:00:00").moment().unwrap();
    assert_eq!(serde_json::to_value((moment, Day::of(moment))).unwrap(), json!(["2024-05-01T12:00:00+08:00", "2024-05-01"]));
    assert_eq!(
        serde_json::from_value::<(Moment, Day)>(json!(["2024-05-01T04:00:00.0001Z", "2024-05-01"])).unwrap(),
        (moment, Day::of(moment))
    );
    for bad in ["2024-05-01 12:00:00", "", "0000-01-01T00:00:00Z", "99999-01-01T00:00:00Z"] {
        assert!(bad.parse::<Moment>().is_err(), "{bad}");
    }
}
