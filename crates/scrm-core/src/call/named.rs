//! A call of an operation that is met by name: its request is JSON, its data whatever the operation's table says.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::{Map, Value};

use crate::{
    client::{ApiClient, CallOptions, Response},
    encode::{self, RequestBody},
    error::{Error, ErrorKind},
    pipeline::Job,
    spec::{OperationSpec, TokenSpec},
    table::{EXTRA, Extra, Inspect, NULLABLE, ReadFields, Table, View},
    tabular,
    transport::HttpRequest,
};

/// Makes an empty answer of the operation of this name, to decode into: a vendor's `tools::payload`.
pub type PayloadOf = fn(&str) -> Option<Box<dyn Inspect>>;

/// A request by wire name, for programs that meet operations at run time. It is checked and written by the operation's table, like a typed one: a number that
/// travels in quotes is put there, a list that travels as one string is joined. What stands inside of an object is written as it is.
#[derive(Clone)]
pub struct NamedRequest {
    table: &'static Table,
    values: Vec<Option<Value>>,
    extra: Extra,
}

impl NamedRequest {
    /// With these fields; names that the table does not know are kept and sent beside the others. `null` leaves a field out, unless it means something of its own.
    #[must_use]
    pub fn new(operation: &OperationSpec, fields: Map<String, Value>) -> Self {
        let table = operation.request;
        let mut request = NamedRequest { table, values: vec![None; table.fields.len()], extra: Extra::default() };
        for (name, value) in fields {
            match table.find(&name, 0) {
                Some(at) => {
                    let says_null = table.fields[at].flags & NULLABLE != 0;
                    request.values[at] = Some(value).filter(|value| says_null || !value.is_null());
                }
                None => request.extra.push(name.into(), value),
            }
        }
        request
    }

    /// The value of a field, by path: `page`, `data/page`.
    pub(crate) fn get(&self, path: &str) -> Option<&Value> {
        let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let value = self.values.get(self.table.find(name, 0)?)?.as_ref()?;
        match rest {
            None => Some(value),
            Some(rest) => rest.split('/').try_fold(value, |value, name| value.get(name)),
        }
    }

    /// Puts a value into a field, by path; objects on the way are made. A number becomes a string where a string stood.
    pub(crate) fn set(&mut self, path: &str, value: Value) {
        let value = match (self.get(path), value) {
            (Some(Value::String(_)), Value::Number(number)) => number.to_string().into(),
            (_, value) => value,
        };
        let mut names = path.split('/');
        let Some(at) = names.next().and_then(|name| self.table.find(name, 0)) else { return };
        let Some(field) = self.values.get_mut(at) else { return };
        let mut place = field.get_or_insert(Value::Null);
        for name in names {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[name];
        }
        *place = value;
    }
}

impl ReadFields for NamedRequest {
    fn table(&self) -> &'static Table {
        self.table
    }
    fn view(&self, field: usize) -> View<'_> {
        match field {
            EXTRA => View::Extra(&self.extra),
            field => View::Any(self.values.get(field).unwrap_or(&None)),
        }
    }
}

/// Names only: the values may be personal.
impl fmt::Debug for NamedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.table.fields.iter().zip(&self.values).filter(|(_, value)| value.is_some());
        f.debug_list().entries(given.map(|(field, _)| field.name())).finish()
    }
}

impl ApiClient {
    /// A call of an operation that is met by name, with its fields by wire name and without the token. `payload`: the `tools::payload` of the vendor's crate.
    pub fn call_named(&self, operation: &'static OperationSpec, request: Map<String, Value>, payload: PayloadOf) -> NamedCall {
        NamedCall {
            core: self.clone(),
            spec: operation,
            request: NamedRequest::new(operation, request),
            options: CallOptions::default(),
            payload,
        }
    }
}

/// A call of an operation that is met by name. It is checked, metered and decoded like a typed one.
#[derive(Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct NamedCall {
    pub(crate) core: ApiClient,
    pub(crate) spec: &'static OperationSpec,
    pub(crate) request: NamedRequest,
    pub(crate) options: CallOptions,
    payload: PayloadOf,
}

impl NamedCall {
    option_setters!();

    /// The request as a JSON object, as it would stand in a JSON body.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`], when a value cannot be written.
    pub fn request_json(&self) -> Result<Value, Error> {
        let broken = |detail: String| self.error(ErrorKind::InvalidRequest, detail);
        let written = encode::json(&self.request).map_err(|error| broken(error.to_string()))?;
        serde_json::from_slice(&written).map_err(|error| broken(error.to_string()))
    }

    /// What would be sent, without its token. Checks the request; no I/O.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`], when the request breaks a documented rule or cannot be written.
    pub fn encode(&self) -> Result<HttpRequest, Error> {
        self.belongs()?;
        let outgoing = RequestBody::Typed(&self.request);
        Job { core: &self.core, spec: self.spec, path: self.spec.path, outgoing, options: &self.options }.preview()
    }

    /// Sends it.
    ///
    /// # Errors
    /// Whatever keeps the data from being there; see [`ErrorKind`].
    pub async fn send(self) -> Result<Response<Arc<dyn Inspect>>, Error> {
        self.belongs()?;
        let mut data = (self.payload)(self.spec.name)
            .ok_or_else(|| self.error(ErrorKind::Unsupported, "the client has no type for what this operation answers".to_owned()))?;
        let reply = self.core.execute(RequestBody::Typed(&self.request), self.spec, &self.options, &mut *data).await?;
        Ok(Response::new(data.into(), reply))
    }

    /// The same call with another request, for a page of a pull.
    pub(crate) fn asking(&self, request: NamedRequest, page: Option<i64>) -> Self {
        let options = CallOptions { page, ..self.options.clone() };
        NamedCall { request, options, ..self.clone() }
    }

    pub(crate) fn error(&self, kind: ErrorKind, detail: String) -> Error {
        Error::new(kind, self.core.vendor(), detail).of(self.spec, self.spec.name)
    }

    /// Two vendors may have operations of one name, so that the token counts as well.
    fn belongs(&self) -> Result<(), Error> {
        let (vendor, spec) = (self.core.vendor(), self.spec);
        let known = vendor.operations.contains(&spec.name) || vendor.tokens.iter().any(|token| token.operation.name == spec.name);
        let same = |own: &TokenSpec, other: &TokenSpec| {
            std::ptr::eq(own, other) || (own.name, own.operation.path) == (other.name, other.operation.path)
        };
        let carried = spec.token.is_none_or(|token| vendor.tokens.iter().any(|own| same(own, token)));
        match known && carried {
            true => Ok(()),
            false => Err(self.error(ErrorKind::Unsupported, format!("this {} is not an operation of this vendor", spec.name))),
        }
    }
}

impl fmt::Debug for NamedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedCall")
            .field("operation", &self.spec.name)
            .field("request", &self.request)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// What stands at a path below a view: wire names joined by `/`, through objects.
pub(crate) fn descend<'a>(view: View<'a>, path: &str) -> Option<View<'a>> {
    path.split('/').filter(|name| !name.is_empty()).try_fold(view, |view, name| {
        let record = match view {
            View::Root(record) => record,
            View::Obj(object) => object.get()?,
            _ => return None,
        };
        Some(record.view(record.table().find(name, 0)?))
    })
}

/// The value at a path below a record; `None` where there is nothing.
pub(crate) fn value_at(record: &dyn ReadFields, path: &str) -> Option<Value> {
    match path.rsplit_once('/') {
        None => tabular::get(record, path),
        Some((parent, name)) => match descend(View::Root(record), parent)? {
            View::Obj(object) => tabular::get(object.get()?, name),
            View::Root(record) => tabular::get(record, name),
            _ => None,
        },
    }
}
