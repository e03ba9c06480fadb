//! The only part of a pull that knows the types of an operation: from a request to a page, and from a page to rows.

use std::{marker::PhantomData, time::SystemTime};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{
    plan::{Ask, At, Facts, Keep},
    planner::Course,
    prefetch::{Arrived, Source},
    resume::Owner,
    seen_rows::key,
};
use crate::{
    call::Call,
    client::{ApiClient, CallOptions, Response},
    decode::BadRow,
    encode,
    error::{Error, ErrorKind},
    operation::PagedOperation,
    spec::{OperationSpec, PagingSpec, PagingStyle},
    table::{self, ReadFields},
    time::Day,
    transport::Sent,
};

/// For operations that are paged, but whose schema does not say how.
pub(super) static UNPAGED: PagingSpec = PagingSpec {
    style: PagingStyle::Cursor { field: "", from: "" },
    size: None,
    max_size: None,
    rows: "",
    total: None,
    id: None,
    row_cap: None,
    split_by: None,
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
    pub(super) fn course(request: &O, spec: &'static PagingSpec, overlap: bool) -> Course {
        let midway = match spec.style {
            PagingStyle::Cursor { field, .. } => table::get(request, field).is_some_and(|cursor| !cursor.is_null()),
            PagingStyle::Number { .. } => false,
        };
        let (start, end) = request.range();
        Course {
            spec,
            page: request.page(),
            size: request.size().and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0),
            range: (start.map(str::to_owned), end.map(str::to_owned)),
            midway,
            overlap,
            today: Day::today(SystemTime::now()),
        }
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
            let error = self.failed("the cursor of the last row does not fit the request".to_owned());
            return Box::pin(std::future::ready(Err(error.kind_as(ErrorKind::Unsupported))));
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

    fn failed(&self, detail: String) -> Error {
        Error::new(ErrorKind::Paging, self.core.vendor(), detail).of(O::spec(), O::spec().name)
    }
}

fn arrived<O: PagedOperation>(response: Response<O::Data>) -> Arrived {
    let id = O::spec().paging.and_then(|paging| paging.id);
    let (total, bad_rows) = (O::total(&response.data), response.meta.bad_rows);
    let rows = O::rows(&response.data);
    let cursor = rows.iter().rev().find_map(O::cursor);
    let keys = id.map(|id| in_order(rows.iter().map(|row| row_key(O::id(row), row)), &bad_rows, id));
    let facts = Facts { rows: (rows.len() + bad_rows.len()) as u64, keys, total, cursor };
    Arrived { facts, rows: Box::new(O::into_rows(response.data)), bad_rows }
}

/// What identifies a row: its id, or if it has none, all of it.
fn row_key(id: Option<String>, row: &dyn ReadFields) -> u64 {
    match id {
        Some(id) => key(id.as_bytes()),
        None => key(&encode::json(row).unwrap_or_default()),
    }
}

/// The same for a row that could not be understood.
pub(super) fn bad_key(bad: &BadRow, id: &str) -> u64 {
    let row: Value = serde_json::from_str(&bad.raw).unwrap_or_default();
    match row.get(id) {
        Some(Value::String(id)) => key(id.as_bytes()),
        Some(Value::Number(id)) => key(id.to_string().as_bytes()),
        _ => key(bad.raw.as_bytes()),
    }
}

/// The keys of rows and bad rows as they stood on the page.
fn in_order(rows: impl Iterator<Item = u64>, bad_rows: &[BadRow], id: &str) -> Vec<u64> {
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

/// The rows that are kept; `places`: in front of which of them each bad row stood.
pub(super) struct Sorted<R> {
    pub(super) rows: Vec<R>,
    pub(super) bad_rows: Vec<BadRow>,
    pub(super) places: Vec<usize>,
}

/// Leaves out what came before.
pub(super) fn sorted<R: 'static>(arrived: Arrived, keep: &Keep) -> Option<Sorted<R>> {
    let mut rows = *arrived.rows.downcast::<Vec<R>>().ok()?;
    let bad = arrived.bad_rows;
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
    Some(Sorted { rows, bad_rows, places })
}

/// What a resume token of this request belongs to.
pub(super) fn owner(vendor: &str, spec: &OperationSpec, request: &dyn ReadFields) -> Owner {
    let fields: Vec<&str> = spec.request.fields.iter().map(|field| field.name()).collect();
    let schema = format!("{} {:?} {} {fields:?}", spec.path, spec.paging, spec.source.read);
    Owner {
        vendor: vendor.to_owned(),
        operation: spec.name.to_owned(),
        filter: key(&encode::json(request).unwrap_or_default()),
        schema: key(schema.as_bytes()),
    }
}
