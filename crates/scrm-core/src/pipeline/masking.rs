//! What must not be shown of one call.

use std::sync::Arc;

use serde_json::Value;

use super::Job;
use crate::{
    encode::RequestBody,
    mask::Masker,
    secret::Secret,
    table::{PERSONAL, SECRET},
    tabular,
};

/// Masks the client's secrets, the tokens that were sent, and the personal values of the request. Made only when something failed.
pub(super) fn masker<'s>(job: &Job<'_>, tokens: impl Iterator<Item = &'s Arc<Secret>>) -> Masker {
    let credentials = job.core.credentials();
    let secret = job.core.vendor().credentials.iter().filter(|spec| spec.secret);
    let mut hidden: Vec<String> = secret.filter_map(|spec| Some(credentials.get(spec.name)?.expose().to_owned())).collect();
    hidden.extend(tokens.map(|token| token.expose().to_owned()));
    match job.outgoing {
        RequestBody::Typed(request) => {
            let marked = request.table().fields.iter().filter(|field| field.flags & (PERSONAL | SECRET) != 0);
            for value in marked.filter_map(|field| tabular::get(request, field.name())) {
                texts(&value, &mut hidden);
            }
        }
        // nobody knows which values are personal, but a word is none
        RequestBody::Raw(parameters) => {
            let mut found = Vec::new();
            parameters.values().for_each(|value| texts(value, &mut found));
            hidden.extend(found.into_iter().filter(|text| !text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        }
    }
    Masker::new(hidden)
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
