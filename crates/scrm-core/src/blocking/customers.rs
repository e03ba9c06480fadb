//! Customers, and many vendors through one type.

use std::{fmt, sync::Arc};

use futures_util::StreamExt as _;

use super::wait::{Waiting, wait};
use crate::{
    client::{CallOptions, Response},
    customer::{Customer, CustomerKey},
    error::Error,
    operation::Operation,
    spec::{OperationSpec, VendorSpec},
    vendor_client::{self, CustomerStream, VendorClientExt as _},
};

/// The customers with this key: none, one or several. For the blocking clients of vendor crates.
///
/// # Errors
/// As [`VendorClient::find_customers`](vendor_client::VendorClient::find_customers); [`Config`](crate::ErrorKind::Config) inside of an async runtime.
pub fn find_customers(client: &dyn vendor_client::VendorClient, key: &CustomerKey) -> Result<Vec<Customer>, Error> {
    wait(client.vendor(), client.find_customers(key))
}

/// All customers. For the blocking clients of vendor crates.
pub fn list_customers(client: &dyn vendor_client::VendorClient) -> Customers<'_> {
    Customers { vendor: client.vendor(), stream: client.list_customers(), refused: false }
}

/// Reads the tags of customers. For the blocking clients of vendor crates.
///
/// # Errors
/// As [`VendorClient::fill_tags`](vendor_client::VendorClient::fill_tags); [`Config`](crate::ErrorKind::Config) inside of an async runtime.
pub fn fill_tags(client: &dyn vendor_client::VendorClient, customers: &mut [Customer]) -> Result<(), Error> {
    wait(client.vendor(), client.fill_tags(customers))
}

/// Customer after customer, each waited for. After an error it goes on, but for one of kind [`Config`](crate::ErrorKind::Config) inside of an async runtime.
#[must_use = "customers are asked for by the iterator"]
pub struct Customers<'a> {
    vendor: &'static VendorSpec,
    stream: CustomerStream<'a>,
    refused: bool,
}

impl Iterator for Customers<'_> {
    type Item = Result<Customer, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.refused {
            return None;
        }
        match Waiting::begin(self.vendor) {
            Ok(waiting) => waiting.until(self.stream.next()),
            Err(error) => {
                self.refused = true;
                Some(Err(error))
            }
        }
    }
}

impl fmt::Debug for Customers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customers").field("vendor", &self.vendor.name).finish_non_exhaustive()
    }
}

/// A client of some vendor, for code over several: any [`VendorClient`](vendor_client::VendorClient), waiting. Cheap to clone.
#[derive(Clone)]
pub struct VendorClient(Arc<dyn vendor_client::VendorClient>);

impl VendorClient {
    /// Around a client, which may be a fake.
    pub fn new(client: impl vendor_client::VendorClient + 'static) -> Self {
        VendorClient(Arc::new(client))
    }

    /// The vendor.
    #[must_use]
    pub fn vendor(&self) -> &'static VendorSpec {
        self.0.vendor()
    }

    /// The operations that are typed.
    #[must_use]
    pub fn operations(&self) -> &'static [&'static OperationSpec] {
        self.0.operations()
    }

    /// Sends a typed request and waits.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported), when the operation is not one of this vendor's; else as for any call.
    pub fn call<O: Operation>(&self, request: O) -> Result<Response<O::Data>, Error> {
        self.call_with(request, CallOptions::default())
    }

    /// Sends a typed request with options and waits.
    ///
    /// # Errors
    /// As [`VendorClient::call`].
    pub fn call_with<O: Operation>(&self, request: O, options: CallOptions) -> Result<Response<O::Data>, Error> {
        wait(self.vendor(), self.0.call_with(request, options))
    }

    /// The customers with this key: none, one or several.
    ///
    /// # Errors
    /// As [`VendorClient::find_customers`](vendor_client::VendorClient::find_customers); [`Config`](crate::ErrorKind::Config) inside of an async runtime.
    pub fn find_customers(&self, key: &CustomerKey) -> Result<Vec<Customer>, Error> {
        find_customers(&*self.0, key)
    }

    /// All customers. Where the vendor cannot list them, the iterator holds one error of kind [`Unsupported`](crate::ErrorKind::Unsupported).
    pub fn list_customers(&self) -> Customers<'_> {
        list_customers(&*self.0)
    }

    /// Reads the tags of this vendor's customers among these and puts their names into [`Customer::tags`].
    ///
    /// # Errors
    /// As [`VendorClient::fill_tags`](vendor_client::VendorClient::fill_tags); [`Config`](crate::ErrorKind::Config) inside of an async runtime.
    pub fn fill_tags(&self, customers: &mut [Customer]) -> Result<(), Error> {
        fill_tags(&*self.0, customers)
    }
}

impl fmt::Debug for VendorClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorClient").field("vendor", &self.vendor().name).finish_non_exhaustive()
    }
}
