//! What is read of requests and answers by name, as the description of their paging says.

use std::time::SystemTime;

use serde_json::Value;

use super::{fetch::Clock, planner::Course, windows::Era};
use crate::{
    call::value_at,
    operation::Row,
    spec::{PagingSpec, PagingStyle, WindowSpec},
    table::{Extra, Inspect, View},
    time::{self, Day, Moment},
};

/// What a request holds in a field, by its path; `None`: nothing.
pub(super) type Filled<'a> = &'a dyn Fn(&str) -> Option<Value>;

/// Number of the range filter that the planner narrows, and where a row tells the time that it is about.
pub(super) fn walk(spec: &'static PagingSpec, filled: Filled<'_>) -> (usize, Option<Clock>) {
    match walked(spec, |at| range(spec, at, filled)) {
        Ok(Some((at, window))) => (at, Some(window.field)),
        _ => (spec.windows.len(), None),
    }
}

/// What the planner must know of a request. `Err`: what is missing in it, so that nothing can be sent.
pub(super) fn course(spec: &PagingSpec, filled: Filled<'_>) -> Result<Course, String> {
    let number = |field: &str| text(filled, field).and_then(|number| number.trim().parse::<i64>().ok());
    let (page, midway) = match spec.style {
        PagingStyle::Number { field, .. } => (number(field), false),
        PagingStyle::Cursor { field, .. } => (None, filled(field).is_some_and(|cursor| !cursor.is_null())),
    };
    let now = SystemTime::now();
    let range = |at| range(spec, at, filled);
    let window = walked(spec, range)?;
    Ok(Course {
        page,
        size: spec.size.and_then(number).and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0),
        range: range(spec.windows.len()),
        era: window.and_then(|(at, window)| era(&range(at), window, Moment::from_system_time(now)?)),
        midway,
        today: Day::today(now),
        split: window.map(|(_, window)| window.format).or(spec.split_by.map(|split| split.format)),
        ..Course::of(spec)
    })
}

/// The fields of a range filter: of the windows by their numbers, and behind them the one along which a longer pull is split.
pub(super) fn ends(spec: &PagingSpec, number: usize) -> Option<(&'static str, &'static str)> {
    match spec.windows.get(number) {
        Some(window) => Some((window.start, window.end)),
        None => spec.split_by.map(|split| (split.start, split.end)),
    }
}

fn range(spec: &PagingSpec, number: usize, filled: Filled<'_>) -> (Option<String>, Option<String>) {
    ends(spec, number).map(|(start, end)| (text(filled, start), text(filled, end))).unwrap_or_default()
}

fn text(filled: Filled<'_>, field: &str) -> Option<String> {
    text_of(&filled(field)?).filter(|text| !text.is_empty())
}

/// The range filter that is walked through in windows, with its number: the first that the request, whose ends `range` tells, gives an end of.
pub(super) fn walked(
    spec: &PagingSpec,
    range: impl Fn(usize) -> (Option<String>, Option<String>),
) -> Result<Option<(usize, &'static WindowSpec)>, String> {
    let mut windows = spec.windows.iter().enumerate();
    let given = windows.clone().find(|(at, _)| {
        let (start, end) = range(*at);
        start.is_some() || end.is_some()
    });
    let Some((at, window)) = given.or_else(|| windows.find(|(_, window)| window.without_start.is_some())) else {
        let starts: Vec<&str> = spec.windows.iter().map(|window| window.start).collect();
        return if spec.windows.iter().any(|window| window.optional) || starts.is_empty() {
            Ok(None)
        } else {
            Err(format!("a pull needs {}: of a time without a beginning, the vendor answers only a part", starts.join(" or ")))
        };
    };
    if window.optional && range(at).0.is_none() {
        return Ok(None);
    }
    if window.without_start.is_none() && range(at).0.is_none() {
        return Err(format!(
            "a pull until {} needs {}: of a time without a beginning, the vendor answers only a part",
            window.end, window.start
        ));
    }
    Ok(Some((at, window)))
}

/// The time that a pull is about; `None`: the request's ends cannot be read, which the check of a call tells.
pub(super) fn era(range: &(Option<String>, Option<String>), window: &WindowSpec, now: Moment) -> Option<Era> {
    let read = |text: &String| time::parse(window.format, text);
    let until = match &range.1 {
        Some(end) => read(end)?,
        None => read(&time::write(window.format, now))?,
    };
    let since = match &range.0 {
        Some(start) => read(start)?,
        None => Moment::from_unix_millis(until.unix_millis() - i64::from(window.without_start?) * 1000)?,
    };
    Era::new(window.format, window.field.map(|(_, format)| format), window.max_seconds, since, until)
}

/// What the next request must carry to go on behind the last row that tells it; `None` where pages are numbered.
pub(super) fn cursor<R: Row>(rows: &[R], style: PagingStyle) -> Option<Value> {
    let PagingStyle::Cursor { from, .. } = style else { return None };
    rows.iter().rev().find_map(|row| match row.fields() {
        Some(fields) => value_at(fields, from),
        None => Some(row.value()).filter(|cursor| !cursor.is_null()),
    })
}

/// A row that is a value is its own id.
pub(super) fn id_of<R: Row>(row: &R, id: &str) -> Option<String> {
    match row.fields() {
        Some(fields) => text_of(&value_at(fields, id)?),
        None => text_of(&row.value()),
    }
}

/// What of a pointer stands below the data key.
pub(super) fn below(pointer: &'static str, key: &str) -> Option<&'static str> {
    pointer.strip_prefix('/')?.strip_prefix(key).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// How many rows there are in all, where the vendor tells: in the data, or beside it.
pub(super) fn total(data: &dyn Inspect, extra: &Extra, key: &str, pointer: &'static str) -> Option<u64> {
    let told = match below(pointer, key) {
        Some(path) => match data.shown() {
            View::Root(record) => value_at(record, path.strip_prefix('/')?)?,
            _ => return None,
        },
        None => {
            let inside = pointer.strip_prefix('/')?;
            let (name, rest) = inside.split_at(inside.find('/').unwrap_or(inside.len()));
            extra.get(name)?.pointer(rest)?.clone()
        }
    };
    number(&told)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is not negative, and a cast stops at the greatest number")]
fn number(told: &Value) -> Option<u64> {
    match told {
        Value::String(text) => text.trim().parse().ok(),
        told => told.as_u64().or_else(|| told.as_f64().filter(|told| *told >= 0.0).map(|told| told as u64)),
    }
}

/// An id as text.
pub(super) fn text_of(id: &Value) -> Option<String> {
    match id {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TimeFormat;

    const WEEK: WindowSpec = WindowSpec::new("from", "to", TimeFormat::Seconds, 604_800);

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_millis(seconds * 1000).unwrap()
    }

    fn ends(start: Option<&str>, end: Option<&str>, window: &WindowSpec) -> Option<(i64, i64)> {
        let now = Moment::from_unix_millis(1_000_500).unwrap();
        let era = era(&(start.map(str::to_owned), end.map(str::to_owned)), window, now)?;
        Some((era.since.unix_seconds(), era.until.unix_seconds()))
    }

    #[test]
    fn an_open_end_is_now_and_an_open_beginning_so_long_before_the_end() {
        assert_eq!(ends(Some("900"), Some("950"), &WEEK), Some((900, 950)));
        assert_eq!(ends(Some("900"), None, &WEEK), Some((900, 1000)));
        assert_eq!(ends(None, Some("950"), &WEEK), None);
        let day = WEEK.without_start(400);
        assert_eq!(ends(None, Some("950"), &day), Some((550, 950)));
        assert_eq!(ends(None, None, &day), Some((600, 1000)));
    }

    #[test]
    fn ends_that_mean_nothing_are_left_to_the_check_of_the_call() {
        assert_eq!(ends(Some("950"), Some("900"), &WEEK), None);
        assert_eq!(ends(Some("soon"), None, &WEEK), None);
        assert_eq!(ends(Some("900"), Some("late"), &WEEK), None);
        assert_eq!(Era::new(TimeFormat::Date, None, 3600, at(0), at(86_400)), None, "a window shorter than a day");
    }
}
