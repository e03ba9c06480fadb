//! A call without its types.

use std::fmt;

use serde_json::{Map, Value};

use crate::{
    client::{ApiClient, CallOptions, ResponseMeta},
    decode::{DecodeOptions, decode_into},
    encode::{self, RequestBody},
    error::{Error, ErrorKind},
    spec::{OperationSpec, VendorSpec},
    table::Payload,
};

/// A call on its way through a [`VendorClient`](super::VendorClient): which operation, with which request, and where its data goes. A client sends it
/// ([`send`](ErasedCall::send)), a fake answers it ([`answer`](ErasedCall::answer)).
pub struct ErasedCall<'a> {
    vendor: &'static VendorSpec,
    spec: &'static OperationSpec,
    request: RequestBody<'a>,
    options: &'a CallOptions,
    data: &'a mut dyn Payload,
}

impl<'a> ErasedCall<'a> {
    /// A call of an operation of this vendor; its data will be decoded into `data`.
    pub fn new(
        vendor: &'static VendorSpec,
        spec: &'static OperationSpec,
        request: RequestBody<'a>,
        options: &'a CallOptions,
        data: &'a mut dyn Payload,
    ) -> Self {
        ErasedCall { vendor, spec, request, options, data }
    }

    /// Name of the operation: `user_list`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.spec.name
    }

    /// What is known of the operation.
    #[must_use]
    pub fn spec(&self) -> &'static OperationSpec {
        self.spec
    }

    /// Options of the call.
    #[must_use]
    pub fn options(&self) -> &'a CallOptions {
        self.options
    }

    /// The request by wire name, as it would stand in a JSON body. Absent fields are left out.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`], when a value cannot be written: a number that is not finite.
    pub fn request_json(&self) -> Result<Value, Error> {
        match self.request {
            RequestBody::Raw(parameters) => Ok(Value::Object(parameters.clone())),
            RequestBody::Typed(request) => {
                let written = encode::json(request).map_err(|error| self.error(ErrorKind::InvalidRequest, error.to_string()))?;
                serde_json::from_slice(&written).map_err(|error| self.error(ErrorKind::InvalidRequest, error.to_string()))
            }
        }
    }

    /// Sends it: what a client does.
    ///
    /// # Errors
    /// Whatever keeps the data from being there; see [`ErrorKind`].
    pub async fn send(self, client: &ApiClient) -> Result<ResponseMeta, Error> {
        client.execute(self.request, self.spec, self.options, self.data).await
    }

    /// Answers it with what would stand under the envelope's data key of a success, as the vendor writes it: what a fake does. It is decoded as a vendor's would be.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], when the data is not what the operation answers; of a strict call, also when it drifts from the schema.
    pub fn answer(self, data: Value) -> Result<ResponseMeta, Error> {
        let envelope = &self.vendor.envelope;
        let code = envelope.success.first().copied().unwrap_or_default();
        let number = (!envelope.code_is_text).then(|| code.parse::<i64>().ok()).flatten();
        let mut body = Map::new();
        body.insert(envelope.code.to_owned(), number.map_or_else(|| code.into(), Value::from));
        body.insert(envelope.data.to_owned(), data);
        let body = Value::Object(body).to_string();
        let strict = self.options.strict == Some(true);
        let options = DecodeOptions { collect_drift: strict || self.options.collect_drift, ..DecodeOptions::default() };
        self.data.reset();
        let head = decode_into(body.as_bytes(), envelope, &options, &mut *self.data).map_err(|error| {
            self.error(ErrorKind::Decode, format!("the answer cannot be understood: {}", error.reason)).pointing(error.path)
        })?;
        if let Some(first) = head.drifts.first().filter(|_| strict) {
            return Err(self.error(ErrorKind::Decode, format!("strict mode: the answer drifts from the schema: {first}")));
        }
        let drifts = if self.options.collect_drift { head.drifts } else { Vec::new() };
        Ok(ResponseMeta { bad_rows: head.bad_rows, drifts, attempts: 1, ..ResponseMeta::default() })
    }

    fn error(&self, kind: ErrorKind, detail: String) -> Error {
        Error::new(kind, self.vendor, detail).of(self.spec, self.spec.name)
    }
}

/// Shows no value of the request.
impl fmt::Debug for ErasedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErasedCall")
            .field("vendor", &self.vendor.name)
            .field("operation", &self.spec.name)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
