//! Pages of an operation that is met by name: what its description says of paging, applied to views of what was decoded.

use std::{any::Any, fmt, sync::Arc, time::SystemTime};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{
    Paged,
    fetch::{given, in_order, print, row_key, text_of},
    plan::{Ask, At, Facts},
    planner::Course,
    prefetch::{Arrived, Source},
    resume::Owner,
};
use crate::{
    call::{NamedCall, NamedRequest, descend, value_at},
    client::{Response, ResponseMeta},
    encode,
    error::{Error, ErrorKind},
    serialize,
    spec::{OperationSpec, PagingSpec, PagingStyle},
    table::{Extra, Inspect, ReadFields, View},
    time::Day,
};

/// One row of a pull of an operation that is met by name. It shares its page with the page's other rows: cheap to clone.
#[derive(Clone)]
pub struct NamedRow {
    page: Arc<dyn Inspect>,
    rows: &'static str,
    at: usize,
}

impl NamedRow {
    /// Its fields.
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
            None => serializer.serialize_none(),
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
}

impl NamedFetch {
    pub(super) fn new(call: NamedCall, paging: &'static PagingSpec) -> Self {
        NamedFetch { call, paging }
    }

    fn spec(&self) -> &'static OperationSpec {
        self.call.spec
    }

    fn text(&self, field: &str) -> Option<String> {
        text_of(self.call.request.get(field)?).filter(|text| !text.is_empty())
    }

    pub(super) fn course(&self) -> Course {
        let number = |field: &str| self.text(field).and_then(|number| number.trim().parse::<i64>().ok());
        let (page, midway) = match self.paging.style {
            PagingStyle::Number { field, .. } => (number(field), false),
            PagingStyle::Cursor { field, .. } => (None, self.call.request.get(field).is_some()),
        };
        let size = self.paging.size.and_then(number).and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0);
        let range = self.paging.split_by.map(|split| (self.text(split.start), self.text(split.end))).unwrap_or_default();
        Course { page, size, range, midway, today: Day::today(SystemTime::now()), ..Course::of(self.paging) }
    }

    pub(super) fn owner(&self) -> Owner {
        let request = given(serde_json::to_value(encode::OnTheWire(&self.call.request)).unwrap_or_default());
        Owner::of_operation(self.call.core.vendor().name, self.spec(), self.paging, &request)
    }

    fn asking(&self, ask: &Ask) -> NamedRequest {
        let mut request = self.call.request.clone();
        if let (Some((start, end)), Some(split)) = (&ask.range, self.paging.split_by) {
            request.set(split.start, start.as_str().into());
            request.set(split.end, end.as_str().into());
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
        let count = match descend(data.shown(), path) {
            Some(View::List(list)) => list.count(),
            Some(View::Map(map)) => map.count(),
            _ => 0,
        };
        let rows: Vec<NamedRow> = (0..count).map(|at| NamedRow { page: data.clone(), rows: path, at }).collect();
        let id = self.paging.id;
        let keys = rows.iter().filter_map(NamedRow::fields).map(|row| row_key(id.and_then(|id| id_of(row, id)).as_deref(), row));
        let keys = in_order(keys, &bad_rows, id);
        let cursor = match self.paging.style {
            PagingStyle::Cursor { from, .. } => rows.iter().rev().find_map(|row| value_at(row.fields()?, from)),
            PagingStyle::Number { .. } => None,
        };
        let facts = Facts {
            rows: keys.len() as u64,
            print: print(&keys),
            keys: id.map(|_| keys),
            total: self.paging.total.and_then(|pointer| total(&*data, &extra, key, pointer)),
            cursor,
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
        id_of(rows.downcast_ref::<Vec<NamedRow>>()?.get(at)?.fields()?, self.paging.id?)
    }
}

fn id_of(row: &dyn ReadFields, id: &str) -> Option<String> {
    text_of(&value_at(row, id)?)
}

/// What of a pointer stands below the data key.
fn below(pointer: &'static str, key: &str) -> Option<&'static str> {
    pointer.strip_prefix('/')?.strip_prefix(key).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn total(data: &dyn Inspect, extra: &Extra, key: &str, pointer: &'static str) -> Option<u64> {
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
