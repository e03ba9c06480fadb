//! The only part of a pull that knows the types of an operation: from a request to a page, and from a page to rows.

use std::{any::Any, io::Write as _, marker::PhantomData};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::{
    by_name::{course, cursor, id_of, text_of, total, walk},
    plan::{Ask, At, Facts, Keep, RowKey},
    planner::Course,
    prefetch::{Arrived, Source},
    resume::Owner,
    seen_rows::{Content, key},
};
use crate::{
    call::{Call, value_at},
    client::{ApiClient, CallOptions, Response, ResponseMeta},
    customer::earliest,
    decode::BadRow,
    encode,
    error::{Error, ErrorKind},
    operation::{PagedOperation, Row},
    path::Scope,
    spec::{PagingSpec, TimeFormat},
    time::Moment,
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
            (fetch.walked, fetch.time) = walk(spec, &|field| fetch.given(field));
        }
        fetch
    }

    /// What the planner must know of the request. `Err`: what is missing in it, so that nothing can be sent.
    pub(super) fn course(&self, spec: &PagingSpec) -> Result<Course, String> {
        course(spec, &|field| self.given(field))
    }

    fn given(&self, field: &str) -> Option<Value> {
        value_at(&self.request, field)
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
            At::Cursor(Some(cursor)) => {
                if !request.set_cursor(cursor) {
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
                0 => Ok(arrived::<O>(response, core.vendor().envelope.data, time)),
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
        id_of(rows.downcast_ref::<Vec<O::Row>>()?.get(at)?, O::spec().paging?.id?)
    }
}

/// A filter that is not there is not there, whether or not its field is documented as required.
pub(super) fn given(mut request: Value) -> Value {
    if let Value::Object(fields) = &mut request {
        fields.retain(|_, value| !value.is_null());
    }
    request
}

/// `time`: where rows tell their times, if these matter.
fn arrived<O: PagedOperation>(response: Response<O::Data>, key: &str, time: Option<Clock>) -> Arrived {
    let paging = O::spec().paging;
    let id = paging.and_then(|paging| paging.id);
    let Response { mut data, meta } = response;
    let ResponseMeta { bad_rows, drifts, extra, .. } = meta;
    let total = paging.and_then(|paging| total(&data, &extra, key, paging.total?));
    let rows = O::take_rows(&mut data);
    let keys = rows.iter().map(|row| row_key(id.and_then(|id| id_of(row, id)).as_deref(), row));
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
        cursor: paging.and_then(|paging| cursor(&rows, paging.style)),
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
