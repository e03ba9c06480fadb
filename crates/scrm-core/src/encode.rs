//! From a request value to what goes over the wire.
use serde_json::{Map, Value};

use crate::{
    spec::{OperationSpec, TokenSpec},
    table::Shown,
    transport::HttpRequest,
};

/// What is to be sent.
#[derive(Clone, Copy)]
pub enum Outgoing<'a> {
    /// A typed request.
    Typed(&'a dyn Shown),
    /// Parameters by wire name, written as they are.
    Raw(&'a Map<String, Value>),
}

/// A request that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
#[non_exhaustive]
pub struct EncodeError {
    /// Wire name of the field; `base_url`, `path` or `token` where it is one of these.
    pub field: String,
    /// What is wrong and what to do. Never holds the value.
    pub reason: String,
}

/// Writes a request. No I/O.
///
/// # Errors
/// When a value cannot be written where it must go.
pub fn encode(
    _outgoing: Outgoing<'_>,
    _spec: &OperationSpec,
    _token: Option<(&TokenSpec, &str)>,
    _base_url: &str,
    _path: &str,
) -> Result<HttpRequest, EncodeError> {
    Err(EncodeError { field: String::new(), reason: String::new() })
}
