//! The only part of a pull that knows the types of an operation: from a request to a page, and from a page to rows.

use std::{any::Any, io::Write as _, marker::PhantomData, time::SystemTime};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::{
    plan::{Ask, At, Facts, Keep, RowKey},
    planner::Course,
    prefetch::{Arrived, Source},
    resume::Owner,
    seen_rows::{Content, key},
    windows::Era,
};
use crate::{
    call::Call,
    client::{ApiClient, CallOptions, Response, ResponseMeta},
    customer::earliest,
    decode::BadRow,
    encode,
    error::{Error, ErrorKind},
    operation::{PagedOperation, Row},
    path::Scope,
    spec::{PagingSpec, PagingStyle, TimeFormat, WindowSpec},
    tabular,
    time::{self, Day, Moment},
    transport::Sent,
};

/// Pages of one request.
pub(super) struct Fetch<O> {
    core: ApiClient,
    request: O,
    options: CallOptions,
    /// Number of the range filter that the planner narrows, and where a row tells the time that it is about.
    walked: usize,
    time: Option<Clock>,
    operation: PhantomData<fn() -> O>,
}

/// Where a row tells its time; `None`: nowhere.
pub(super) type Clock = Option<(&'static str, TimeFormat)>;

impl<O: PagedOperation> Fetch<O> {
    pub(super) fn new(call: Call<O>) -> Self {
        let mut fetch =
            Fetch { core: call.core, request: call.request, options: call.options, walked: 0, time: None, operation: PhantomData };
        if let Some(spec) = O::spec().paging {
            let window = fetch.window(spec).ok().flatten();
            fetch.walked = window.map_or(spec.windows.len(), |(at, _)| at);
            fetch.time = window.map(|(_, window)| window.field);
        }
        fetch
    }

    /// What the planner must know of the request. `Err`: what is missing in it, so that nothing can be sent.
    pub(super) fn course(&self, spec: &PagingSpec) -> Result<Course, String> {
        let midway = match spec.style {
            PagingStyle::Cursor { field, .. } => tabular::get(&self.request, field).is_some_and(|cursor| !cursor.is_null()),
            PagingStyle::Number { .. } => false,
        };
        let now = SystemTime::now();
        let window = self.window(spec)?;
        Ok(Course {
            page: self.request.page(),
            size: self.request.size().and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0),
            range: self.request.range(spec.windows.len()),
            era: window.and_then(|(at, window)| era(&self.request.range(at), window, Moment::from_system_time(now)?)),
            midway,
            today: Day::today(now),
            split: window.map(|(_, window)| window.format).or(spec.split_by.map(|split| split.format)),
            ..Course::of(spec)
        })
    }

    /// The range filter that is walked through in windows, with its number: the first that the request gives an end of. `None`: none is, and the vendor does
    /// not mind.
    fn window(&self, spec: &PagingSpec) -> Result<Option<(usize, &'static WindowSpec)>, String> {
        walked(spec, |at| self.request.range(at))
    }

    /// What a resume token of this request belongs to.
    pub(super) fn owner(&self, spec: &PagingSpec) -> Owner {
        let filter = serde_json::to_value(encode::OnTheWire(&self.request)).unwrap_or_default();
        Owner::of_operation(self.core.vendor().name, O::spec(), spec, &given(filter))
    }

    fn asking(&self, ask: &Ask) -> Option<O> {
        let mut request = self.request.clone();
        if let Some((start, end)) = &ask.range {
            request.set_range(self.walked, start, end);
        }
        match &ask.at {
            At::Number { page, size } => {
                if let Some(size) = size {
                    request.set_size(i64::try_from(*size).ok()?);
                }
                request.set_page(*page);
            }
            At::Cursor(None) => {}
            At::Cursor(cursor) => {
                if !request.set_cursor(cursor.as_ref()) {
                    return None;
                }
            }
        }
        Some(request)
    }
}

impl<O: PagedOperation> Source for Fetch<O> {
    fn fetch(&self, ask: &Ask) -> BoxFuture<'static, Result<Arrived, Error>> {
        let Some(request) = self.asking(ask) else {
            let error = self.error(ErrorKind::Unsupported, "the cursor of the last row does not fit the request".to_owned());
            return Box::pin(std::future::ready(Err(error)));
        };
        let options = CallOptions { page: ask.at.number(), ..self.options.clone() };
        let call = self.core.call(request).with_options(options);
        let (core, time) = (self.core.clone(), self.time);
        Box::pin(async move {
            let response = call.send().await?;
            match response.meta.bad_rows_left_out {
                0 => Ok(arrived::<O>(response, time)),
                more => {
                    let bad = response.meta.bad_rows.len() as u64 + more;
                    let detail = format!("{bad} rows of one page cannot be understood, too many to be told one by one");
                    Err(Error::new(ErrorKind::Decode, core.vendor(), detail).of(O::spec(), O::spec().name).with_sent(Sent::Yes))
                }
            }
        })
    }

    fn error(&self, kind: ErrorKind, detail: String) -> Error {
        Error::new(kind, self.core.vendor(), detail).of(O::spec(), O::spec().name)
    }

    fn operation(&self) -> &str {
        O::spec().name
    }

    fn id(&self, rows: &(dyn Any + Send), at: usize) -> Option<String> {
        rows.downcast_ref::<Vec<O::Row>>()?.get(at).and_then(O::id)
    }
}

/// A filter that is not there is not there, whether or not its field is documented as required.
pub(super) fn given(mut request: Value) -> Value {
    if let Value::Object(fields) = &mut request {
        fields.retain(|_, value| !value.is_null());
    }
    request
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

/// `time`: where rows tell their times, if these matter.
fn arrived<O: PagedOperation>(response: Response<O::Data>, time: Option<Clock>) -> Arrived {
    let id = O::spec().paging.and_then(|paging| paging.id);
    let Response { mut data, meta } = response;
    let ResponseMeta { bad_rows, drifts, extra, .. } = meta;
    let total = O::total(&data);
    let rows = O::take_rows(&mut data);
    let keys = rows.iter().map(|row| row_key(id.and_then(|_| O::id(row)).as_deref(), row));
    let keys = in_order(keys, &bad_rows, |bad| bad_key(bad, id));
    let times = time.map_or_else(Vec::new, |clock| {
        let times = in_order(rows.iter().map(|row| row_time(row, clock)), &bad_rows, |bad| bad_time(bad, clock));
        keys.iter().copied().zip(times).collect()
    });
    let facts = Facts {
        rows: keys.len() as u64,
        print: print(&keys),
        keys: id.map(|_| keys),
        total,
        cursor: rows.iter().rev().find_map(O::cursor),
        times,
    };
    Arrived { facts, rows: Box::new(rows), data: Box::new(data), bad_rows, drifts, extra }
}

/// What identifies a row.
pub(super) fn row_key<R: Row>(id: Option<&str>, row: &R) -> RowKey {
    let mut content = Content::default();
    // Nothing that is written into memory fails.
    _ = match row.fields() {
        Some(row) => serde_json::to_writer(&mut content, &encode::OnTheWire(row)),
        None => serde_json::to_writer(&mut content, &row.value()),
    };
    keyed(id, &content)
}

pub(super) fn row_time<R: Row>(row: &R, clock: Clock) -> Option<Moment> {
    let (path, format) = clock?;
    earliest(Scope::Record(row.fields()?), path, format)
}

/// The same for a row that could not be understood.
pub(super) fn bad_time(bad: &BadRow, clock: Clock) -> Option<Moment> {
    let (path, format) = clock?;
    let row: Map<String, Value> = serde_json::from_str(&bad.raw).ok()?;
    earliest(Scope::Json(&row), path, format)
}

/// The key of a row with this content; an empty id is none.
pub(super) fn keyed(id: Option<&str>, content: &Content) -> RowKey {
    let content = content.finish();
    RowKey { id: id.filter(|id| !id.is_empty()).map_or(content, |id| key(id.as_bytes())), content }
}

/// The same for a row that could not be understood.
pub(super) fn bad_key(bad: &BadRow, id: Option<&str>) -> RowKey {
    let mut content = Content::default();
    _ = content.write_all(bad.raw.as_bytes());
    let id = id.and_then(|id| text_of(serde_json::from_str::<Value>(&bad.raw).unwrap_or_default().pointer(&format!("/{id}"))?));
    keyed(id.as_deref(), &content)
}

/// An id as text.
pub(super) fn text_of(id: &Value) -> Option<String> {
    match id {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// What is known of rows and bad rows, as they stood on the page.
pub(super) fn in_order<T>(rows: impl Iterator<Item = T>, bad_rows: &[BadRow], known: impl Fn(&BadRow) -> T) -> Vec<T> {
    let mut all = Vec::with_capacity(rows.size_hint().0 + bad_rows.len());
    let mut bad = bad_rows.iter().peekable();
    for row in rows {
        while let Some(bad) = bad.next_if(|bad| bad.row <= all.len()) {
            all.push(known(bad));
        }
        all.push(row);
    }
    all.extend(bad.map(known));
    all
}

/// Hash of a whole page.
pub(super) fn print(keys: &[RowKey]) -> Option<u64> {
    let mut all = Content::default();
    for key in keys {
        _ = all.write_all(&key.content.to_le_bytes());
    }
    (!keys.is_empty()).then(|| all.finish())
}

/// The rows that are kept; `places`: in front of which of them each bad row stood.
pub(super) struct Sorted<R> {
    pub(super) rows: Vec<R>,
    pub(super) bad_rows: Vec<BadRow>,
    pub(super) places: Vec<usize>,
}

/// Leaves out what came before.
pub(super) fn sorted<R>(mut rows: Vec<R>, bad: Vec<BadRow>, keep: &Keep) -> Sorted<R> {
    let (mut places, mut position, mut kept, mut next) = (Vec::new(), 0, 0, 0);
    let mut skip_bad = |position: &mut usize, kept: usize| {
        while let Some(row) = bad.get(next).filter(|bad| bad.row <= *position) {
            if keep.keeps(row.row) {
                places.push(kept);
            }
            next += 1;
            *position += 1;
        }
    };
    rows.retain(|_| {
        skip_bad(&mut position, kept);
        let keeps = keep.keeps(position);
        kept += usize::from(keeps);
        position += 1;
        keeps
    });
    position = usize::MAX / 2;
    skip_bad(&mut position, kept);
    let bad_rows = bad.into_iter().filter(|bad| keep.keeps(bad.row)).collect();
    Sorted { rows, bad_rows, places }
}

#[cfg(test)]
mod tests {
    use super::*;

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
