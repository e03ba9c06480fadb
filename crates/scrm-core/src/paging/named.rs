//! Pages of an operation that is met by name: what its description says of paging, applied to views of what was decoded.

use std::{any::Any, fmt, sync::Arc};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{
    Paged,
    by_name::{below, course, cursor, ends, id_of, total, walk},
    fetch::{Clock, bad_key, bad_time, given, in_order, print, row_key, row_time},
    plan::{Ask, At, Facts},
    planner::Course,
    prefetch::{Arrived, Source},
    resume::Owner,
};
use crate::{
    call::{NamedCall, NamedRequest, descend},
    client::{Response, ResponseMeta},
    encode,
    error::{Error, ErrorKind},
    operation::Row,
    serialize,
    spec::{OperationSpec, PagingSpec, PagingStyle},
    table::{Inspect, ReadFields, View},
};

/// One row of a pull of an operation that is met by name. It shares its page with the page's other rows: cheap to clone.
#[derive(Clone)]
pub struct NamedRow {
    page: Arc<dyn Inspect>,
    rows: &'static str,
    at: usize,
}

impl NamedRow {
    /// Its fields; `None`: it is a value.
    #[must_use]
    pub fn fields(&self) -> Option<&dyn ReadFields> {
        match descend(self.page.shown(), self.rows)? {
            View::List(list) => list.get(self.at),
            View::Map(map) => match map.get(self.at)?.1 {
                View::Root(record) => Some(record),
                _ => None,
            },
            _ => None,
        }
    }

    /// As JSON, where it has no fields.
    #[must_use]
    pub fn value(&self) -> Value {
        let value = match descend(self.page.shown(), self.rows) {
            Some(View::Strs(items)) => items.get(self.at).map(|item| item.as_str().into()),
            Some(View::Ints(items)) => items.get(self.at).map(|item| (*item).into()),
            Some(View::Any(Some(Value::Array(rows)))) => rows.get(self.at).cloned(),
            Some(View::Any(Some(Value::Object(rows)))) => rows.values().nth(self.at).cloned(),
            Some(View::Map(map)) => map.get(self.at).and_then(|(_, view)| serialize::to_value(&view)),
            _ => None,
        };
        value.unwrap_or_default()
    }
}

/// How many rows stand here.
fn count(rows: Option<View<'_>>) -> usize {
    match rows {
        Some(View::List(list)) => list.count(),
        Some(View::Map(map)) => map.count(),
        Some(View::Strs(items)) => items.len(),
        Some(View::Ints(items)) => items.len(),
        Some(View::Any(Some(Value::Array(rows)))) => rows.len(),
        Some(View::Any(Some(Value::Object(rows)))) => rows.len(),
        _ => 0,
    }
}

impl Row for NamedRow {
    fn fields(&self) -> Option<&dyn ReadFields> {
        self.fields()
    }

    fn value(&self) -> Value {
        self.value()
    }
}

/// Shows no value.
impl fmt::Debug for NamedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedRow").field("at", &self.at).finish_non_exhaustive()
    }
}

impl serde::Serialize for NamedRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.fields() {
            Some(row) => serialize::serialize(row, serializer),
            None => self.value().serialize(serializer),
        }
    }
}

impl Paged for NamedCall {
    type Row = NamedRow;
    type Data = ();
}

/// Pages of one request.
#[derive(Clone)]
pub(super) struct NamedFetch {
    call: NamedCall,
    paging: &'static PagingSpec,
    /// Number of the range filter that the planner narrows, and where a row tells the time that it is about.
    walked: usize,
    time: Option<Clock>,
}

impl NamedFetch {
    pub(super) fn new(call: NamedCall, paging: &'static PagingSpec) -> Self {
        let mut fetch = NamedFetch { call, paging, walked: paging.windows.len(), time: None };
        (fetch.walked, fetch.time) = walk(paging, &|field| fetch.call.request.get(field).cloned());
        fetch
    }

    fn spec(&self) -> &'static OperationSpec {
        self.call.spec
    }

    /// What the planner must know of the request. `Err`: what is missing in it, so that nothing can be sent.
    pub(super) fn course(&self) -> Result<Course, String> {
        course(self.paging, &|field| self.call.request.get(field).cloned())
    }

    pub(super) fn owner(&self) -> Owner {
        let request = given(serde_json::to_value(encode::OnTheWire(&self.call.request)).unwrap_or_default());
        Owner::of_operation(self.call.core.vendor().name, self.spec(), self.paging, &request)
    }

    fn asking(&self, ask: &Ask) -> NamedRequest {
        let mut request = self.call.request.clone();
        if let (Some((start, end)), Some(fields)) = (&ask.range, ends(self.paging, self.walked)) {
            for (field, text) in [(fields.0, start), (fields.1, end)] {
                // Unix seconds are numbers, or stay strings where the request has them so
                request.set(field, text.parse::<i64>().map_or_else(|_| text.as_str().into(), Value::from));
            }
        }
        match (&ask.at, self.paging.style) {
            (At::Number { page, size }, PagingStyle::Number { field, .. }) => {
                if let (Some(field), Some(size)) = (self.paging.size, size) {
                    request.set(field, (*size).into());
                }
                request.set(field, (*page).into());
            }
            (At::Cursor(Some(cursor)), PagingStyle::Cursor { field, .. }) => request.set(field, cursor.clone()),
            _ => {}
        }
        request
    }

    fn arrived(&self, response: Response<Arc<dyn Inspect>>) -> Result<Arrived, Error> {
        let Response { data, meta: ResponseMeta { bad_rows, bad_rows_left_out, drifts, extra, .. } } = response;
        if bad_rows_left_out > 0 {
            let bad = bad_rows.len() as u64 + bad_rows_left_out;
            let detail = format!("{bad} rows of one page cannot be understood, too many to be told one by one");
            return Err(self.error(ErrorKind::Decode, detail));
        }
        let key = self.call.core.vendor().envelope.data;
        let path = below(self.paging.rows, key).unwrap_or_default();
        let rows: Vec<NamedRow> =
            (0..count(descend(data.shown(), path))).map(|at| NamedRow { page: data.clone(), rows: path, at }).collect();
        let id = self.paging.id;
        let keys = rows.iter().map(|row| row_key(id.and_then(|id| id_of(row, id)).as_deref(), row));
        let keys = in_order(keys, &bad_rows, |bad| bad_key(bad, id));
        let times = self.time.map_or_else(Vec::new, |clock| {
            let times = in_order(rows.iter().map(|row| row_time(row, clock)), &bad_rows, |bad| bad_time(bad, clock));
            keys.iter().copied().zip(times).collect()
        });
        let facts = Facts {
            rows: keys.len() as u64,
            print: print(&keys),
            keys: id.map(|_| keys),
            total: self.paging.total.and_then(|pointer| total(&*data, &extra, key, pointer)),
            cursor: cursor(&rows, self.paging.style),
            times,
        };
        Ok(Arrived { facts, rows: Box::new(rows), data: Box::new(()), bad_rows, drifts, extra })
    }
}

impl Source for NamedFetch {
    fn fetch(&self, ask: &Ask) -> BoxFuture<'static, Result<Arrived, Error>> {
        let call = self.call.asking(self.asking(ask), ask.at.number());
        let source = self.clone();
        Box::pin(async move { call.send().await.and_then(|response| source.arrived(response)) })
    }

    fn error(&self, kind: ErrorKind, detail: String) -> Error {
        self.call.error(kind, detail)
    }

    fn operation(&self) -> &str {
        self.spec().name
    }

    fn id(&self, rows: &(dyn Any + Send), at: usize) -> Option<String> {
        id_of(rows.downcast_ref::<Vec<NamedRow>>()?.get(at)?, self.paging.id?)
    }
}
