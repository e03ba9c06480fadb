//! `blocking.rs` of a vendor's crate: the client for programs without async, around the asynchronous one.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Area, Operation, Vendor};

use crate::{
    address, client, docs,
    error::Error,
    format::{File, doc},
    names,
};

/// The file.
pub(crate) fn file(vendor: &Vendor) -> Result<File, Error> {
    let from = format!("{}/", vendor.file.vendor);
    let broken = |problem: String| Error::new(&from, "", problem);
    let mut file = File::new(
        &from,
        "For programs without async: the same calls, pulls and searches, each waiting on the thread that asks. Behind the feature `blocking`.\n\n\
         供不使用 async 的程序使用：接口、分页和查找都相同，在调用的线程上等待结果。需要启用 `blocking` 特性。",
    );
    file.add(quote!(
        #[doc(inline)]
        pub use scrm_core::blocking::{Call, Customers, Items, Pages, Paginator, RawCall, VendorClient};
    ))
    .map_err(broken)?;
    file.add(client(vendor)).map_err(broken)?;
    Ok(file)
}

fn client(vendor: &Vendor) -> TokenStream {
    let marker = crate::address::marker(vendor);
    let docs = doc(&format!(
        "A client of {} for one account, for programs without async. Cheap to clone; clones, and the asynchronous client, share connections, tokens and quotas.\n\n\
         {} 的阻塞式客户端，对应一个账号。克隆很便宜，各个克隆与异步客户端共用连接、令牌和配额。",
        docs::escape(&vendor.file.title.en),
        docs::escape(&vendor.file.title.zh)
    ));
    let handles = vendor.file.areas.iter().map(handle);
    let tokens = vendor.token_operations().map(|operation| token(vendor, operation));
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Client(super::Client);
        impl Client {
            /// Sets up a client; everything but the credentials has a default.
            pub fn builder(credentials: super::Credentials) -> scrm_core::Builder<Self> {
                scrm_core::Builder::new(credentials.into()).user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            }
            /// The asynchronous client that this one is around.
            #[inline]
            #[must_use]
            pub fn asynchronous(&self) -> &super::Client {
                &self.0
            }
            /// This client, for code over several vendors.
            #[must_use]
            pub fn vendor_client(&self) -> VendorClient {
                VendorClient::new(self.0.clone())
            }
            /// A client for another shop: connections and settings are shared, token and quotas are its own.
            #[must_use]
            pub fn shop(&self, credentials: super::Credentials) -> Self {
                Self(self.0.shop(credentials))
            }
            /// What the vendor answered otherwise than its pages say, so far.
            #[must_use]
            pub fn drift(&self) -> scrm_core::DriftReport {
                self.0.drift()
            }
            /// Calls an operation of this vendor; for generic code. The areas' methods do the same by name.
            #[inline]
            pub fn call<O: scrm_core::Operation<Vendor = super::#marker>>(&self, request: O) -> Call<O> {
                self.0.call(request).into()
            }
            /// Calls an operation that has no method here: `path` below the vendor's base URL, `request` a JSON object without the token.
            pub fn call_raw(&self, path: &str, request: scrm_core::Value) -> RawCall {
                self.0.call_raw(path, request).into()
            }
            /// The customers with this key: none, one or several.
            ///
            /// # Errors
            /// [`Unsupported`](scrm_core::ErrorKind::Unsupported), where the vendor cannot find by this kind of key; else as for any call.
            pub fn find_customers(&self, key: &scrm_core::CustomerKey) -> Result<Vec<scrm_core::Customer>, scrm_core::Error> {
                scrm_core::blocking::find_customers(&self.0, key)
            }
            /// All customers. Where the vendor cannot list them, the iterator holds one error of kind [`Unsupported`](scrm_core::ErrorKind::Unsupported).
            pub fn list_customers(&self) -> Customers<'_> {
                scrm_core::blocking::list_customers(&self.0)
            }
            /// Reads the tags of this vendor's customers among these and puts their names into [`Customer::tags`](scrm_core::Customer::tags).
            ///
            /// # Errors
            /// [`Unsupported`](scrm_core::ErrorKind::Unsupported), where the vendor has no operation for it; else as for any call.
            pub fn fill_tags(&self, customers: &mut [scrm_core::Customer]) -> Result<(), scrm_core::Error> {
                scrm_core::blocking::fill_tags(&self.0, customers)
            }
            #(#handles)*
            #(#tokens)*
        }
        impl From<super::Client> for Client {
            fn from(client: super::Client) -> Self {
                Self(client)
            }
        }
        impl scrm_core::declare::FromApiClient for Client {
            fn from_api_client(client: scrm_core::ApiClient) -> Self {
                Self(super::Client::from_api_client(client))
            }
        }
    }
}

fn handle(area: &Area) -> TokenStream {
    let module = names::field(&area.name);
    let docs = doc(&format!(
        "{}: see [`{}`](super::{}::BlockingHandle).\n\n{}。",
        docs::escape(&area.en),
        area.name,
        area.name,
        docs::escape(&area.zh)
    ));
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn #module(&self) -> super::#module::BlockingHandle<'_> {
            super::#module::BlockingHandle(self.0.core())
        }
    }
}

fn token(vendor: &Vendor, operation: &Operation) -> TokenStream {
    let (method, module, request) = (address::method(operation), address::module(operation), names::ident(&operation.request.name));
    let docs = client::token_docs(vendor, operation);
    quote! {
        #docs
        #[inline]
        pub fn #method(&self, request: super::#module::#request) -> Call<super::#module::#request> {
            self.0.#method(request).into()
        }
    }
}
