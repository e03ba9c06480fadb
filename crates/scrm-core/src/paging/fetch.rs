//! The only part of a pull that knows the types of an operation: from a request to a page, and from a page to rows.

use std::{any::Any, io::Write as _, marker::PhantomData, time::SystemTime};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{
    plan::{Ask, At, Facts, Keep, RowKey},
    planner::Course,
    prefetch::{Arrived, Source},
    resume::Owner,
    seen_rows::{Content, key},
};
use crate::{
    call::Call,
    client::{ApiClient, CallOptions, Response, ResponseMeta},
    decode::BadRow,
    encode,
    error::{Error, ErrorKind},
    operation::PagedOperation,
    spec::{PagingSpec, PagingStyle},
    table::{self, ReadFields},
    time::Day,
    transport::Sent,
};

/// Pages of one request.
pub(super) struct Fetch<O> {
    core: ApiClient,
    request: O,
    options: CallOptions,
    operation: PhantomData<fn() -> O>,
}

impl<O: PagedOperation> Fetch<O> {
    pub(super) fn new(call: Call<O>) -> Self {
        Fetch { core: call.core, request: call.request, options: call.options, operation: PhantomData }
    }

    /// What the planner must know of the request.
    pub(super) fn course(&self, spec: &PagingSpec) -> Course {
        let midway = match spec.style {
            PagingStyle::Cursor { field, .. } => table::get(&self.request, field).is_some_and(|cursor| !cursor.is_null()),
            PagingStyle::Number { .. } => false,
        };
        let (start, end) = self.request.range();
        Course {
            page: self.request.page(),
            size: self.request.size().and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0),
            range: (start.map(str::to_owned), end.map(str::to_owned)),
            midway,
            today: Day::today(SystemTime::now()),
            ..Course::of(spec)
        }
    }

    /// What a resume token of this request belongs to.
    pub(super) fn owner(&self, spec: &PagingSpec) -> Owner {
        let filter = serde_json::to_value(encode::OnTheWire(&self.request)).unwrap_or_default();
        Owner::of_operation(self.core.vendor().name, O::spec(), spec, &given(filter))
    }

    fn asking(&self, ask: &Ask) -> Option<O> {
        let mut request = self.request.clone();
        if let Some((start, end)) = &ask.range {
            request.set_range(start, end);
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
        let core = self.core.clone();
        Box::pin(async move {
            let response = call.send().await?;
            match response.meta.bad_rows_left_out {
                0 => Ok(arrived::<O>(response)),
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

fn arrived<O: PagedOperation>(response: Response<O::Data>) -> Arrived {
    let id = O::spec().paging.and_then(|paging| paging.id);
    let Response { mut data, meta } = response;
    let ResponseMeta { bad_rows, drifts, extra, .. } = meta;
    let total = O::total(&data);
    let rows = O::take_rows(&mut data);
    let keys = rows.iter().map(|row| row_key(id.and_then(|_| O::id(row)).as_deref(), row));
    let keys = in_order(keys, &bad_rows, id);
    let facts = Facts {
        rows: keys.len() as u64,
        print: print(&keys),
        keys: id.map(|_| keys),
        total,
        cursor: rows.iter().rev().find_map(O::cursor),
    };
    Arrived { facts, rows: Box::new(rows), data: Box::new(data), bad_rows, drifts, extra }
}

/// What identifies a row.
pub(super) fn row_key(id: Option<&str>, row: &dyn ReadFields) -> RowKey {
    let mut content = Content::default();
    // Nothing that is written into memory fails.
    _ = serde_json::to_writer(&mut content, &encode::OnTheWire(row));
    keyed(id, &content)
}

/// The key of a row with this content; an empty id is none.
pub(super) fn keyed(id: Option<&str>, content: &Content) -> RowKey {
    let content = content.finish();
    RowKey { id: id.filter(|id| !id.is_empty()).map_or(content, |id| key(id.as_bytes())), content }
}

/// The same for a row that could not be understood.
fn bad_key(bad: &BadRow, id: Option<&str>) -> RowKey {
    let mut content = Content::default();
    _ = content.write_all(bad.raw.as_bytes());
    let id = id.and_then(|id| text_of(serde_json::from_str::<Value>(&bad.raw).unwrap_or_default().get(id)?));
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

/// The keys of rows and bad rows as they stood on the page.
pub(super) fn in_order(rows: impl Iterator<Item = RowKey>, bad_rows: &[BadRow], id: Option<&str>) -> Vec<RowKey> {
    let mut keys = Vec::with_capacity(rows.size_hint().0 + bad_rows.len());
    let mut bad = bad_rows.iter().peekable();
    for row in rows {
        while let Some(bad) = bad.next_if(|bad| bad.row <= keys.len()) {
            keys.push(bad_key(bad, id));
        }
        keys.push(row);
    }
    keys.extend(bad.map(|bad| bad_key(bad, id)));
    keys
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
