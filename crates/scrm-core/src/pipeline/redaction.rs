//! What must not be shown of one call.

use std::sync::Arc;

use serde_json::Value;

use super::Job;
use crate::{
    encode::RequestBody,
    error::redact::Redactor,
    secret::Secret,
    table::{self, PERSONAL, SECRET},
};

/// The secrets of one call. Made only when something failed.
pub(super) struct Redaction(Redactor);

impl Redaction {
    pub(super) fn none() -> Self {
        Redaction(Redactor::default())
    }

    /// The client's secrets, the tokens that were sent, and the personal values of the request.
    pub(super) fn of<'s>(job: &Job<'_>, tokens: impl Iterator<Item = &'s Arc<Secret>>) -> Self {
        let credentials = job.core.credentials();
        let secret = job.core.vendor().credentials.iter().filter(|spec| spec.secret);
        let mut hidden: Vec<String> = secret.filter_map(|spec| Some(credentials.get(spec.name)?.expose().to_owned())).collect();
        hidden.extend(tokens.map(|token| token.expose().to_owned()));
        if let RequestBody::Typed(request) = job.outgoing {
            let marked = request.table().fields.iter().filter(|field| field.flags & (PERSONAL | SECRET) != 0);
            for value in marked.filter_map(|field| table::get(request, field.name())) {
                texts(&value, &mut hidden);
            }
        }
        Redaction(Redactor::new(hidden))
    }

    pub(super) fn text(&self, text: &str, cap: usize) -> Box<str> {
        self.0.text(text, cap)
    }

    pub(super) fn bytes(&self, bytes: &[u8], cap: usize) -> Box<str> {
        self.0.bytes(bytes, cap)
    }
}

/// All texts in a value.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}
