//! One line of a recording.

use bytes::Bytes;
use scrm_core::transport::{HttpResponse, Sent, TransportError, TransportErrorKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Headers of an answer that are kept: others may carry secrets, and no client looks at them.
const HEADERS: [&str; 2] = ["content-type", "retry-after"];

/// A call as it stands in a recording, masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedCall {
    /// Counts from 1, in the order in which answers came.
    pub number: u64,
    /// `acme/user_list`; empty: no schema has this path.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Path of the operation, or of the URL where no schema has it.
    pub path: String,
    /// Parameters by name, without the token, wherever the call carried them.
    pub parameters: Value,
    /// What came.
    #[serde(flatten)]
    pub answer: RecordedAnswer,
}

/// What came of a recorded call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedAnswer {
    /// An answer.
    Response {
        /// HTTP status.
        status: u16,
        /// `content-type` and `retry-after`, if they came.
        headers: Vec<(String, String)>,
        /// The body.
        body: RecordedBody,
    },
    /// No whole answer.
    Failure {
        /// `connect`, `timeout`, `too_large`, `request` or `broken`.
        kind: String,
        /// Whether the vendor may have seen the call: `no`, `unknown` or `yes`.
        sent: String,
    },
}

/// The body of a recorded answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedBody {
    /// JSON. Its spaces, and how its numbers were written, are not kept.
    Json(Value),
    /// Anything else.
    Text(String),
}

/// The kept headers of an answer.
pub(super) fn headers(response: &HttpResponse) -> Vec<(String, String)> {
    let kept = HEADERS.iter().filter_map(|name| response.header(name).map(|value| ((*name).to_owned(), value.to_owned())));
    kept.collect()
}

impl RecordedAnswer {
    pub(super) fn failure(error: &TransportError) -> Self {
        let kind = match error.kind {
            TransportErrorKind::Connect => "connect",
            TransportErrorKind::Timeout => "timeout",
            TransportErrorKind::TooLarge => "too_large",
            TransportErrorKind::Request => "request",
            _ => "broken",
        };
        let sent = match error.sent {
            Sent::No => "no",
            Sent::Unknown => "unknown",
            Sent::Yes => "yes",
        };
        Self::Failure { kind: kind.to_owned(), sent: sent.to_owned() }
    }

    /// The same once more.
    pub(super) fn again(&self) -> Result<HttpResponse, TransportError> {
        match self {
            Self::Response { status, headers, body } => {
                let body = match body {
                    RecordedBody::Json(value) => Bytes::from(value.to_string()),
                    RecordedBody::Text(text) => Bytes::from(text.clone()),
                };
                let headers = headers.iter().map(|(name, value)| (name.clone().into(), value.clone().into())).collect();
                Ok(HttpResponse { status: *status, headers, body })
            }
            Self::Failure { kind, sent } => {
                let kind = match kind.as_str() {
                    "connect" => TransportErrorKind::Connect,
                    "timeout" => TransportErrorKind::Timeout,
                    "too_large" => TransportErrorKind::TooLarge,
                    "request" => TransportErrorKind::Request,
                    _ => TransportErrorKind::Broken,
                };
                let sent = match sent.as_str() {
                    "no" => Sent::No,
                    "yes" => Sent::Yes,
                    _ => Sent::Unknown,
                };
                Err(TransportError::new(kind, sent, "this call failed when it was recorded"))
            }
        }
    }
}
