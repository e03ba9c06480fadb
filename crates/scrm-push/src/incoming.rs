//! A request that came, and what is answered.

use crate::declare::{Delivery, ReplyText};

/// A request of a vendor, as any HTTP framework can hand it over.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Headers; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The query of the URL, without the question mark.
    pub query: &'a str,
    /// The body as it came.
    pub body: &'a [u8],
    /// Name of the kind in snake case, where the caller knows it, as from the path of the URL. Of a request that is signed, only what is signed tells the kind.
    pub kind: Option<&'a str>,
}

impl<'a> Incoming<'a> {
    /// With nothing known of its kind.
    #[must_use]
    pub fn new(headers: &'a [(&'a str, &'a str)], query: &'a str, body: &'a [u8]) -> Self {
        Incoming { headers, query, body, kind: None }
    }

    /// Known to be of a kind: `prize_won`.
    #[must_use]
    pub fn of_kind(mut self, kind: &'a str) -> Self {
        self.kind = Some(kind);
        self
    }

    /// A parameter of the query, decoded; of a repeated one, the first.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Value of the header `content-type`.
    pub content_type: &'static str,
    /// Body.
    pub body: Vec<u8>,
}

const PLAIN: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

impl Reply {
    pub(crate) fn success(delivery: &Delivery) -> Self {
        Reply::of(200, delivery.success)
    }

    pub(crate) fn failure(delivery: &Delivery, status: u16) -> Self {
        Reply::of(status, delivery.failure)
    }

    pub(crate) fn json(body: Vec<u8>) -> Self {
        Reply { status: 200, content_type: JSON, body }
    }

    pub(crate) fn text(body: String) -> Self {
        Reply { status: 200, content_type: PLAIN, body: body.into_bytes() }
    }

    fn of(status: u16, text: ReplyText) -> Self {
        let (content_type, text) = match text {
            ReplyText::Text(text) => (PLAIN, text),
            ReplyText::Json(text) => (JSON, text),
        };
        Reply { status, content_type, body: text.as_bytes().to_vec() }
    }
}
