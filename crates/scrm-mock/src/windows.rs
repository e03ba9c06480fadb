//! Of a long time, some vendors answer a part: what they make of the ends that a call gives, or does not give.

use scrm_schema::model::{Beyond, Field, Operation, Rule, TimeFormat, Type};
use serde_json::{Map, Value, json};

use crate::{
    check::{at, begins, put},
    clock,
};

/// The call as the vendor understands it at this second: without ranges that others go before, with a beginning where none was given, and with a nearer end
/// where it was too far away.
pub(crate) fn understood(operation: &Operation, mut given: Map<String, Value>, now: i64) -> Map<String, Value> {
    let windows = operation.paging.iter().flat_map(|paging| &paging.windows);
    let told = windows.clone().rev().find(|window| window.field.is_some());
    let mut counts = None;
    for window in windows.clone() {
        let is_given = at(&given, &window.start).is_some() || at(&given, &window.end).is_some();
        match counts {
            None if is_given => counts = Some(window),
            Some(_) => [&window.start, &window.end].into_iter().for_each(|path| leave_out(&mut given, path)),
            None => {}
        }
    }
    let counts = counts.or_else(|| windows.clone().find(|window| window.without_start.is_some()));
    if let Some(window) = counts
        && let Some(seconds) = window.without_start
        && at(&given, &window.start).is_none()
    {
        let end = at(&given, &window.end).and_then(begins).unwrap_or(now);
        set(operation, &mut given, &window.start, end - i64::from(seconds));
    }
    if let (Some(counts), Some(told)) = (counts.filter(|window| window.field.is_none()), told) {
        // No row tells this time: in the box, what is made is paid and settled at the same moment.
        for (from, to) in [(&counts.start, &told.start), (&counts.end, &told.end)] {
            if let Some(moment) = at(&given, from).cloned() {
                put(&mut given, to, moment);
            }
        }
    }
    for rule in &operation.rules {
        if let Rule::Span { start, end, max_seconds: Some(longest), beyond: Beyond::Shortened, .. } = rule
            && let (Some(from), Some(to)) = (at(&given, start).and_then(begins), at(&given, end).and_then(begins))
            && let Ok(longest) = i64::try_from(*longest)
            && to - from > longest
        {
            set(operation, &mut given, end, from + longest);
        }
    }
    given
}

fn leave_out(given: &mut Map<String, Value>, path: &str) {
    match path.split_once('/') {
        None => _ = given.remove(path),
        Some((step, rest)) => {
            if let Some(Value::Object(inner)) = given.get_mut(step) {
                leave_out(inner, rest);
            }
        }
    }
}

/// Writes a time as its field does.
fn set(operation: &Operation, given: &mut Map<String, Value>, path: &str, seconds: i64) {
    let Some(field) = operation.at_path(&operation.request, path) else { return };
    put(given, path, written(field, seconds));
}

fn written(field: &Field, seconds: i64) -> Value {
    match (field.time, &field.ty) {
        (Some(TimeFormat::Milliseconds), _) => json!(seconds * 1000),
        (Some(TimeFormat::OffsetDateTime), _) => json!(clock::offset_date_time(seconds)),
        (Some(TimeFormat::Date), _) => json!(clock::date(seconds)),
        (Some(TimeFormat::Seconds), Type::Integer) => json!(seconds),
        (Some(TimeFormat::Seconds), _) => json!(seconds.to_string()),
        _ => json!(clock::date_time(seconds)),
    }
}
