//! What happened: every call, masked, and counters.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::{Map, Value};

use scrm_schema::model::{Field, Object, Operation, Type};

use crate::request::Parameters;

/// Calls that are kept whole; counters count all.
const KEPT: usize = 10_000;
/// What stands for a masked value.
const MASK: &str = "***";

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// Counts from 1.
    pub number: u64,
    /// Milliseconds on the mock's elapsed clock when the call came.
    pub at: i64,
    /// The vendor; empty when the path means none.
    pub vendor: String,
    /// The operation; empty when the path means none.
    pub operation: String,
    /// Which of the vendor's shops, from 0; `None`: the call did not show.
    pub shop: Option<usize>,
    /// HTTP method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// The parameters; personal and secret ones, and those no schema knows, are masked.
    pub parameters: Value,
    /// HTTP status; 0: the connection was cut.
    pub status: u16,
    /// The vendor's code as text; empty when there was no such answer.
    pub code: String,
    /// The faults that struck, by name.
    pub faults: Vec<String>,
    /// The answer shows only what every answer of this operation has, for no document shows more.
    pub unverified: bool,
}

/// Records and counters.
#[derive(Debug, Default)]
pub(crate) struct Records {
    kept: VecDeque<Record>,
    number: u64,
    calls: BTreeMap<String, u64>,
    codes: BTreeMap<String, u64>,
    tokens: BTreeMap<String, u64>,
}

impl Records {
    pub(crate) fn add(&mut self, mut record: Record) {
        self.number += 1;
        record.number = self.number;
        count(&mut self.calls, &format!("{}/{}", record.vendor, record.operation));
        if !record.code.is_empty() {
            count(&mut self.codes, &format!("{}/{}/{}", record.vendor, record.operation, record.code));
        }
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(record);
    }

    pub(crate) fn token_given(&mut self, vendor: &str) {
        count(&mut self.tokens, vendor);
    }

    pub(crate) fn kept(&self) -> Vec<Record> {
        self.kept.iter().cloned().collect()
    }

    /// Calls by `vendor/operation`.
    pub(crate) fn calls(&self) -> &BTreeMap<String, u64> {
        &self.calls
    }

    /// Answers by `vendor/operation/code`.
    pub(crate) fn codes(&self) -> &BTreeMap<String, u64> {
        &self.codes
    }

    /// Tokens handed out by vendor.
    pub(crate) fn tokens(&self) -> &BTreeMap<String, u64> {
        &self.tokens
    }

    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}

fn count(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => {
            counts.insert(key.to_owned(), 1);
        }
    }
}

/// The parameters as they may be shown.
pub(crate) fn masked(operation: &Operation, parameters: &Parameters) -> Value {
    let shown = parameters.iter().map(|(name, given)| (name.clone(), masked_field(operation, &operation.request, name, &given.value)));
    Value::Object(shown.collect())
}

fn masked_field(operation: &Operation, object: &Object, name: &str, value: &Value) -> Value {
    match object.fields.iter().find(|field| field.name == name) {
        Some(field) if field.sensitive.is_none() => masked_value(operation, field, &field.ty, value),
        _ => Value::String(MASK.to_owned()),
    }
}

fn masked_value(operation: &Operation, field: &Field, ty: &Type, value: &Value) -> Value {
    match (ty, value) {
        (Type::Object(name), Value::Object(map)) => match operation.objects.get(name) {
            Some(object) => {
                let shown: Map<String, Value> =
                    map.iter().map(|(name, value)| (name.clone(), masked_field(operation, object, name, value))).collect();
                Value::Object(shown)
            }
            None => Value::String(MASK.to_owned()),
        },
        (Type::List(item), Value::Array(items)) => {
            Value::Array(items.iter().map(|value| masked_value(operation, field, item, value)).collect())
        }
        (Type::Object(_) | Type::Map(_) | Type::Any, _) => Value::String(MASK.to_owned()),
        _ => value.clone(),
    }
}
