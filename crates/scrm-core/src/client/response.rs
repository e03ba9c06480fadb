//! What a call answers.

use std::{any::Any, fmt, time::Duration};

use serde_json::Value;

use crate::{
    decode::{BadRow, Drift},
    mask::{MESSAGE_CAP, Masker},
    table::Extra,
};

/// All of an answer but its data.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ResponseMeta {
    /// Rows that could not be understood, in wire order; at most 10,000. They are not among the data.
    pub bad_rows: Vec<BadRow>,
    /// How many more rows could not be understood.
    pub bad_rows_left_out: u64,
    /// The vendor's message.
    pub message: Option<String>,
    /// Keys beside code, message and data.
    pub extra: Extra,
    /// Whether the vendor said that this write had been done before; the data is its type's default then.
    pub already_done: bool,
    /// How often the request was sent; 1 unless it was repeated.
    pub attempts: u32,
    /// How long the call waited for its quota, its token and between attempts.
    pub waited: Duration,
    /// Drifts from the schema, where the call asked for them; at most 1,000.
    pub drifts: Vec<Drift>,
    /// How many more drifts there were.
    pub drifts_left_out: u64,
}

/// A successful answer.
///
/// `Debug` masks what `T` masks; of data without a schema (any JSON, a bare text) it shows only the type.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Response<T> {
    /// What stood under the envelope's data key.
    pub data: T,
    /// All else.
    pub meta: ResponseMeta,
}

impl<T> Response<T> {
    /// An answer, as it comes of a call. For tests.
    #[must_use]
    pub fn new(data: T, meta: ResponseMeta) -> Self {
        Response { data, meta }
    }

    /// The same answer with other data.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { data: change(self.data), meta: self.meta }
    }
}

impl fmt::Debug for ResponseMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.as_deref().map(|message| Masker::default().text(message, MESSAGE_CAP));
        f.debug_struct("ResponseMeta")
            .field("bad_rows", &self.bad_rows)
            .field("bad_rows_left_out", &self.bad_rows_left_out)
            .field("message", &message)
            .field("extra", &self.extra)
            .field("already_done", &self.already_done)
            .field("attempts", &self.attempts)
            .field("waited", &self.waited)
            .field("drifts", &self.drifts)
            .field("drifts_left_out", &self.drifts_left_out)
            .finish()
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
        out.field("meta", &self.meta).finish()
    }
}
