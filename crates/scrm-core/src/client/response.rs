//! What a call answers.

use std::{any::Any, fmt, time::Duration};

use serde_json::Value;

use crate::{
    decode::{BadRow, Drift},
    error::redact::{MESSAGE_CAP, Redactor},
    table::Extra,
};

/// All of an answer but its data.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ResponseMeta {
    /// Rows that could not be understood.
    pub bad_rows: Vec<BadRow>,
    /// The vendor's message.
    pub message: Option<String>,
    /// Keys beside code, message and data.
    pub extra: Extra,
    /// Whether the vendor said that this write had been done before; there is no data then.
    pub already_done: bool,
    /// How often the request was sent.
    pub attempts: u32,
    /// How long the call waited for its quota, its token and between attempts.
    pub waited: Duration,
    /// Drifts from the schema, where the call asked for them.
    pub drifts: Vec<Drift>,
}

/// A successful answer.
///
/// `Debug` masks what `T` masks; of data without a schema (any JSON, a bare text) it shows only the type.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Response<T> {
    /// What stood under the envelope's data key.
    pub data: T,
    /// Rows that could not be understood. They are not in `data`.
    pub bad_rows: Vec<BadRow>,
    /// The vendor's message.
    pub message: Option<String>,
    /// Keys beside code, message and data.
    pub extra: Extra,
    /// Whether the vendor said that this write had been done before; `data` is the type's default then.
    pub already_done: bool,
    /// How often the request was sent; 1 unless it was repeated.
    pub attempts: u32,
    /// How long the call waited for its quota, its token and between attempts.
    pub waited: Duration,
    /// Drifts from the schema, where the call asked for them.
    pub drifts: Vec<Drift>,
}

impl<T> Response<T> {
    pub(crate) fn new(data: T, reply: ResponseMeta) -> Self {
        let ResponseMeta { bad_rows, message, extra, already_done, attempts, waited, drifts } = reply;
        Response { data, bad_rows, message, extra, already_done, attempts, waited, drifts }
    }

    /// The same answer with other data.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        let Response { data, bad_rows, message, extra, already_done, attempts, waited, drifts } = self;
        Response { data: change(data), bad_rows, message, extra, already_done, attempts, waited, drifts }
    }
}

/// A message as it may be shown.
fn shown(message: Option<&String>) -> Option<Box<str>> {
    message.map(|message| Redactor::default().text(message, MESSAGE_CAP))
}

impl fmt::Debug for ResponseMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseMeta")
            .field("bad_rows", &self.bad_rows)
            .field("message", &shown(self.message.as_ref()))
            .field("extra", &self.extra)
            .field("already_done", &self.already_done)
            .field("attempts", &self.attempts)
            .field("drifts", &self.drifts)
            .finish_non_exhaustive()
    }
}

impl<T: fmt::Debug + 'static> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data: &dyn Any = &self.data;
        let bare = data.is::<Value>() || data.is::<Option<Value>>() || data.is::<Option<String>>();
        let mut out = f.debug_struct("Response");
        if bare {
            out.field("data", &format_args!("<{}>", std::any::type_name::<T>()));
        } else {
            out.field("data", &self.data);
        }
        out.field("bad_rows", &self.bad_rows)
            .field("message", &shown(self.message.as_ref()))
            .field("extra", &self.extra)
            .field("already_done", &self.already_done)
            .field("attempts", &self.attempts)
            .field("drifts", &self.drifts)
            .finish_non_exhaustive()
    }
}
