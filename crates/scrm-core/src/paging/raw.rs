//! Pages of an operation without a schema: the caller says how it pages.

use std::{any::Any, io::Write as _, time::SystemTime};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::{
    by_name::text_of,
    fetch::{keyed, print},
    plan::{Ask, At, Facts, RowKey},
    planner::Course,
    prefetch::{Arrived, Source},
    resume::Owner,
    seen_rows::Content,
};
use crate::{
    call::RawCall,
    client::{Response, ResponseMeta},
    error::{Error, ErrorKind},
    spec::{PagingSpec, PagingStyle},
    table::Extra,
    time::Day,
};

/// How an operation without a schema pages, for [`RawCall::paginate`]. Fields of the request are top-level keys; places in the response are JSON pointers, as in
/// `/data/list`.
///
/// ```
/// use scrm_core::paging::RawPaging;
///
/// let by_number = RawPaging::page_number("page", "/data/list").size("page_size").total("/data/total").id("user_id");
/// let by_cursor = RawPaging::cursor("last_id", "id", "/data/rows").size("limit");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawPaging {
    style: RawStyle,
    rows: String,
    size: Option<String>,
    total: Option<String>,
    id: Option<String>,
    row_cap: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum RawStyle {
    Number { field: String, first: i64 },
    Cursor { field: String, from: String },
}

impl RawPaging {
    /// Pages have numbers, which go into this field of the request; the first is 1, unless [`RawPaging::first`] says otherwise. `rows`: where the rows stand.
    pub fn page_number(field: impl Into<String>, rows: impl Into<String>) -> Self {
        RawPaging::new(RawStyle::Number { field: field.into(), first: 1 }, rows.into())
    }

    /// The next page is named by what the field `from` of the last row says; it goes into `field` of the request. `rows`: where the rows stand.
    pub fn cursor(field: impl Into<String>, from: impl Into<String>, rows: impl Into<String>) -> Self {
        RawPaging::new(RawStyle::Cursor { field: field.into(), from: from.into() }, rows.into())
    }

    fn new(style: RawStyle, rows: String) -> Self {
        RawPaging { style, rows, size: None, total: None, id: None, row_cap: None }
    }

    /// Number of the first page. Without effect on pages by cursor.
    #[must_use]
    pub fn first(mut self, number: i64) -> Self {
        if let RawStyle::Number { first, .. } = &mut self.style {
            *first = number;
        }
        self
    }

    /// The field of the request that holds the page size. The request should give its value.
    #[must_use]
    pub fn size(mut self, field: impl Into<String>) -> Self {
        self.size = Some(field.into());
        self
    }

    /// Where the number of all rows stands. Without it, nobody can say whether all came.
    #[must_use]
    pub fn total(mut self, pointer: impl Into<String>) -> Self {
        self.total = Some(pointer.into());
        self
    }

    /// The field of a row that identifies it. Without it, pages that shift while they are read are not noticed.
    #[must_use]
    pub fn id(mut self, field: impl Into<String>) -> Self {
        self.id = Some(field.into());
        self
    }

    /// The vendor gives no row beyond this one.
    #[must_use]
    pub fn row_cap(mut self, rows: u32) -> Self {
        self.row_cap = Some(rows);
        self
    }
}

/// Pages of one untyped request.
#[derive(Clone)]
pub(super) struct RawFetch {
    call: RawCall,
    paging: RawPaging,
}

impl RawFetch {
    pub(super) fn new(call: RawCall, paging: RawPaging) -> Self {
        RawFetch { call, paging }
    }

    fn field(&self, name: Option<&String>) -> Option<i64> {
        integer(self.call.request().get(name?)?)
    }

    pub(super) fn course(&self) -> Course {
        let (page, midway) = match &self.paging.style {
            RawStyle::Number { field, .. } => (self.field(Some(field)), false),
            RawStyle::Cursor { field, .. } => (None, self.call.request().get(field).is_some_and(|cursor| !cursor.is_null())),
        };
        let style = match self.paging.style {
            RawStyle::Number { first, .. } => PagingStyle::Number { field: "", first },
            RawStyle::Cursor { .. } => PagingStyle::Cursor { field: "", from: "" },
        };
        let (size, max_size, total, id, split_by) = Default::default();
        let spec = PagingSpec { style, size, max_size, rows: "", total, id, row_cap: self.paging.row_cap, split_by, windows: &[] };
        Course {
            page,
            size: self.field(self.paging.size.as_ref()).and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0),
            midway,
            today: Day::today(SystemTime::now()),
            ..Course::of(&spec)
        }
    }

    pub(super) fn owner(&self) -> Owner {
        let RawPaging { style, size, id, .. } = &self.paging;
        let paging = match style {
            RawStyle::Number { field, first } => format!("raw page {field} from {first}, size {size:?}, id {id:?}"),
            RawStyle::Cursor { field, from } => format!("raw cursor {field} of {from}, size {size:?}, id {id:?}"),
        };
        Owner::new(self.call.vendor().name, self.call.path(), &paging, self.call.request())
    }

    fn asking(&self, ask: &Ask) -> Value {
        let mut request = self.call.request().clone();
        let Value::Object(fields) = &mut request else { return request };
        match (&self.paging.style, &ask.at) {
            (RawStyle::Number { field, .. }, At::Number { page, size }) => {
                if let (Some(field), Some(size)) = (&self.paging.size, size) {
                    set(fields, field, *size);
                }
                set(fields, field, *page);
            }
            (RawStyle::Cursor { field, .. }, At::Cursor(Some(cursor))) => _ = fields.insert(field.clone(), cursor.clone()),
            _ => {}
        }
        request
    }

    fn arrived(&self, response: Response<Value>) -> Result<Arrived, Error> {
        let Response { mut data, meta: ResponseMeta { bad_rows, drifts, extra, .. } } = response;
        let key = self.call.vendor().envelope.data;
        let total = self.paging.total.as_deref().and_then(|pointer| total(&data, &extra, key, pointer));
        let rows = self.rows(&mut data)?;
        let keys: Vec<RowKey> = rows.iter().map(|row| self.key(row)).collect();
        let cursor = match &self.paging.style {
            RawStyle::Cursor { from, .. } => rows.iter().rev().find_map(|row| row.get(from).filter(|cursor| !cursor.is_null())).cloned(),
            RawStyle::Number { .. } => None,
        };
        let facts = Facts {
            rows: rows.len() as u64,
            print: print(&keys),
            keys: self.paging.id.as_ref().map(|_| keys),
            total,
            cursor,
            times: Vec::new(),
        };
        Ok(Arrived { facts, rows: Box::new(rows), data: Box::new(data), bad_rows, drifts, extra })
    }

    /// The rows, taken out of the data. Empty values stand for an empty list.
    fn rows(&self, data: &mut Value) -> Result<Vec<Value>, Error> {
        let pointer = &self.paging.rows;
        let below = below(pointer, self.call.vendor().envelope.data);
        let empty = is_empty(data);
        match below.and_then(|below| data.pointer_mut(below)).map(Value::take) {
            Some(Value::Array(rows)) => Ok(rows),
            Some(other) if is_empty(&other) => Ok(Vec::new()),
            None if empty && below.is_some() => Ok(Vec::new()),
            _ => Err(self.error(ErrorKind::Paging, format!("the response has no list at {pointer}"))),
        }
    }

    fn key(&self, row: &Value) -> RowKey {
        let mut content = Content::default();
        _ = content.write_all(row.to_string().as_bytes());
        let id = self.paging.id.as_ref().and_then(|id| text_of(row.get(id)?));
        keyed(id.as_deref(), &content)
    }
}

impl Source for RawFetch {
    fn fetch(&self, ask: &Ask) -> BoxFuture<'static, Result<Arrived, Error>> {
        let call = self.call.asking(self.asking(ask), ask.at.number());
        let source = self.clone();
        Box::pin(async move { call.send().await.and_then(|response| source.arrived(response)) })
    }

    fn error(&self, kind: ErrorKind, detail: String) -> Error {
        self.call.error(kind, detail)
    }

    fn operation(&self) -> &str {
        self.call.path()
    }

    fn id(&self, rows: &(dyn Any + Send), at: usize) -> Option<String> {
        text_of(rows.downcast_ref::<Vec<Value>>()?.get(at)?.get(self.paging.id.as_ref()?)?)
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// What of a pointer stands below the data key.
fn below<'p>(pointer: &'p str, key: &str) -> Option<&'p str> {
    pointer.strip_prefix('/')?.strip_prefix(key).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn total(data: &Value, extra: &Extra, key: &str, pointer: &str) -> Option<u64> {
    let told = match below(pointer, key) {
        Some(below) => data.pointer(below)?,
        None => {
            let inside = pointer.strip_prefix('/')?;
            let (name, rest) = inside.split_at(inside.find('/').unwrap_or(inside.len()));
            extra.get(name)?.pointer(rest)?
        }
    };
    u64::try_from(integer(told)?).ok()
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Numbers stay strings where the request writes them so.
fn set(fields: &mut Map<String, Value>, name: &str, number: impl Into<Value> + ToString) {
    let value = match fields.get(name) {
        Some(Value::String(_)) => number.to_string().into(),
        _ => number.into(),
    };
    fields.insert(name.to_owned(), value);
}
