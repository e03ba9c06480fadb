//! One operation of a vendor, without its types.

use futures_util::future::BoxFuture;
use scrm_core::{
    ApiClient, Drift, Error, Operation, ResponseMeta,
    declare::Blank,
    operation::Vendor as _,
    spec::{OperationSpec, VendorSpec},
    table::WriteFields,
};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a request reads and writes, and how it departs from what was read.
type Written = Result<(Value, Vec<Drift>), String>;

/// One operation of a vendor.
pub struct Case {
    vendor: fn() -> &'static VendorSpec,
    spec: fn() -> &'static OperationSpec,
    read: fn(&str) -> Written,
    send: for<'a> fn(&'a ApiClient, &str) -> BoxFuture<'a, Result<ResponseMeta, Error>>,
}

impl Case {
    /// The operation of this request.
    #[must_use]
    pub const fn of<O: Operation + Blank + WriteFields + Serialize>() -> Case {
        Case { vendor: O::Vendor::spec, spec: O::spec, read: written::<O>, send: sent::<O> }
    }

    /// Its vendor.
    #[must_use]
    pub fn vendor(&self) -> &'static VendorSpec {
        (self.vendor)()
    }

    /// What is known of it.
    #[must_use]
    pub fn spec(&self) -> &'static OperationSpec {
        (self.spec)()
    }

    /// The request as the typed one writes it after reading it, and what was not as its fields are.
    pub(crate) fn read(&self, request: &Map<String, Value>) -> Written {
        (self.read)(&text(request))
    }

    /// Sends the typed request that reads so.
    pub(crate) async fn send(&self, client: &ApiClient, request: &Map<String, Value>) -> Result<ResponseMeta, Error> {
        (self.send)(client, &text(request)).await
    }
}

fn text(request: &Map<String, Value>) -> String {
    serde_json::to_string(request).unwrap_or_default()
}

fn typed<O: Blank + WriteFields>(text: &str) -> Result<(O, Vec<Drift>), String> {
    let mut request = O::blank();
    let drifts = scrm_core::declare::read(text, &mut request).map_err(|error| format!("{error:?}"))?;
    Ok((request, drifts))
}

fn written<O: Operation + Blank + WriteFields + Serialize>(text: &str) -> Written {
    let (request, drifts) = typed::<O>(text)?;
    let value = serde_json::to_value(&request).map_err(|error| error.to_string())?;
    Ok((value, drifts))
}

fn sent<'a, O: Operation + Blank + WriteFields>(client: &'a ApiClient, text: &str) -> BoxFuture<'a, Result<ResponseMeta, Error>> {
    let request = typed::<O>(text).map_or_else(|_| O::blank(), |(request, _)| request);
    Box::pin(async move { client.call(request).collect_drift().send().await.map(|response| response.meta) })
}
