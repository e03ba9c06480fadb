//! What all vendors' clients have in common, as one small object-safe trait.

mod customers;
mod erased;

use std::{pin::Pin, sync::Arc};

use async_trait::async_trait;
use futures_core::Stream;
use futures_util::future::BoxFuture;

#[doc(hidden)]
pub use self::customers::{fill_tags, find, find_in_pages, list, list_by_ids, number};
pub use self::erased::ErasedCall;
use crate::{
    client::{CallOptions, Response, ResponseMeta},
    customer::{Customer, CustomerKey, KeyKind},
    encode::RequestBody,
    error::{Error, ErrorKind},
    operation::{self, Operation},
    spec::{OperationSpec, VendorSpec},
};

/// A stream of customers.
pub type CustomerStream<'a> = Pin<Box<dyn Stream<Item = Result<Customer, Error>> + Send + 'a>>;

/// A client of some vendor. Every vendor crate's `Client` is one; typed calls through it come from [`VendorClientExt`].
///
/// A fake for a test says which vendor it is and answers calls with the data that the vendor would give:
///
/// ```
/// # use scrm_core::{ErasedCall, Error, ResponseMeta, VendorClient, async_trait, spec::VendorSpec};
/// # use serde_json::json;
/// # struct Fake(&'static VendorSpec);
/// #[async_trait]
/// impl VendorClient for Fake {
///     fn vendor(&self) -> &'static VendorSpec {
///         self.0 // `&acme_client::VENDOR`
///     }
///     async fn execute(&self, call: ErasedCall<'_>) -> Result<ResponseMeta, Error> {
///         assert_eq!(call.operation(), "user_list");
///         call.answer(json!({ "list": [{ "user_id": "u_1" }], "total": 1 }))
///     }
/// }
/// ```
#[async_trait]
pub trait VendorClient: Send + Sync {
    /// The vendor.
    fn vendor(&self) -> &'static VendorSpec;

    /// The operations that are typed; a fake need not name any.
    fn operations(&self) -> &'static [&'static OperationSpec] {
        &[]
    }

    /// Takes a call to its response: [`ErasedCall::send`] or, in a fake, [`ErasedCall::answer`].
    ///
    /// # Errors
    /// Whatever keeps the data from being there; see [`ErrorKind`].
    async fn execute(&self, call: ErasedCall<'_>) -> Result<ResponseMeta, Error>;

    /// The customers with this key: none, one or several.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], where the vendor cannot find by this kind of key; else as for any call.
    async fn find_customers(&self, key: &CustomerKey) -> Result<Vec<Customer>, Error> {
        Err(cannot_find(self.vendor(), key.kind(), &[]))
    }

    /// All customers. Where the vendor cannot list them, the stream holds one error of kind [`ErrorKind::Unsupported`].
    fn list_customers(&self) -> CustomerStream<'_> {
        let error = cannot_list(self.vendor(), self.operations());
        Box::pin(futures_util::stream::iter([Err(error)]))
    }

    /// Reads the tags of this vendor's customers among these and puts their names into [`Customer::tags`], in as few calls as the vendor allows. Customers
    /// without an id, of other vendors, and those of whom the vendor tells nothing stay as they are. Where the vendor gives tags with the customers, or tells
    /// none at all, there is nothing to read.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], where the vendor has no operation for it; else as for any call. What was read before an error stays.
    async fn fill_tags(&self, customers: &mut [Customer]) -> Result<(), Error> {
        let _ = customers;
        Err(Error::new(ErrorKind::Unsupported, self.vendor(), "the vendor has no operation that tells the tags of customers"))
    }
}

/// For [`VendorClient::find_customers`]: this vendor finds by other keys only.
#[must_use]
pub fn cannot_find(vendor: &'static VendorSpec, asked: KeyKind, has: &[KeyKind]) -> Error {
    let has: Vec<&str> = has.iter().map(|kind| key_name(*kind)).collect();
    let instead =
        if has.is_empty() { "it has no operation that finds customers".to_owned() } else { format!("it finds by {}", has.join(", ")) };
    Error::new(ErrorKind::Unsupported, vendor, format!("customers cannot be found by {}: {instead}", key_name(asked)))
}

fn cannot_list(vendor: &'static VendorSpec, operations: &[&'static OperationSpec]) -> Error {
    let names: Vec<&str> = operations.iter().map(|operation| operation.name).collect();
    Error::new(ErrorKind::Unsupported, vendor, format!("customers cannot be listed; there is {}", names.join(", ")))
}

fn key_name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Phone => "phone number",
        KeyKind::UnionId => "WeChat union id",
        KeyKind::OpenId => "WeChat open id",
        KeyKind::Id => "id",
        KeyKind::Email => "mail address",
    }
}

/// Typed calls through any [`VendorClient`], `dyn` included.
pub trait VendorClientExt: VendorClient {
    /// Sends a typed request.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], when the operation is not one of this vendor's; else as for any call.
    fn call<O: Operation>(&self, request: O) -> BoxFuture<'_, Result<Response<O::Data>, Error>> {
        self.call_with(request, CallOptions::default())
    }

    /// Sends a typed request with options.
    ///
    /// # Errors
    /// As [`VendorClientExt::call`].
    fn call_with<O: Operation>(&self, request: O, options: CallOptions) -> BoxFuture<'_, Result<Response<O::Data>, Error>> {
        Box::pin(async move {
            operation::belongs::<O>(self.vendor())?;
            let mut data = O::Data::default();
            let call = ErasedCall::new(self.vendor(), O::spec(), RequestBody::Typed(&request), &options, &mut data);
            let reply = self.execute(call).await?;
            Ok(Response::new(data, reply))
        })
    }
}

impl<V: VendorClient + ?Sized> VendorClientExt for V {}

#[async_trait]
impl<V: VendorClient + ?Sized> VendorClient for Arc<V> {
    fn vendor(&self) -> &'static VendorSpec {
        (**self).vendor()
    }
    fn operations(&self) -> &'static [&'static OperationSpec] {
        (**self).operations()
    }
    async fn execute(&self, call: ErasedCall<'_>) -> Result<ResponseMeta, Error> {
        (**self).execute(call).await
    }
    async fn find_customers(&self, key: &CustomerKey) -> Result<Vec<Customer>, Error> {
        (**self).find_customers(key).await
    }
    fn list_customers(&self) -> CustomerStream<'_> {
        (**self).list_customers()
    }
    async fn fill_tags(&self, customers: &mut [Customer]) -> Result<(), Error> {
        (**self).fill_tags(customers).await
    }
}
