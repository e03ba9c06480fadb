//! `mod.rs` of a client, which is the root of its crate: areas, client, and the runtime's face.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::Vendor;

use crate::{address, error::Error, format::File, names};

/// What users name of the runtime; the crate's root shows it whole. Nothing stands here that only generated code names.
#[rustfmt::skip]
pub(crate) const RUNTIME: [&str; 84] = [
    "Action", "BadRow", "BoxError", "Builder", "Call", "CallOptions", "Column", "ColumnKind", "Completeness", "Customer", "CustomerKey",
    "CustomerStream", "Date", "DateTime", "Day", "Decimal", "Drift", "DriftEntry", "DriftKind", "DriftReport", "ErasedCall", "Error", "ErrorKind", "Extra", "Fen",
    "FileStore", "Flat", "Hooks", "HttpRequest", "HttpResponse", "Items", "KeyKind", "Keyed", "Label", "Maybe", "MemoryStore", "Moment", "Month",
    "NotAnAmount", "Nullable", "OffsetDateTime", "Operation", "Page", "PagedOperation", "Pages", "Paginator", "Profile", "QuotaSpec", "RawCall", "RawPaging",
    "RejectSink", "Rejected", "RejectedPage", "Response", "ResponseMeta", "ResumeToken", "ResumeTokenError", "RetryPolicy", "Secret", "Sensitivity",
    "Sent", "Shape", "SharedQuota", "SigningInputs", "StoredToken", "Summary", "SystemSigningInputs", "Tabular", "TenantColumn", "Token", "TokenSource", "TokenStore", "Transport",
    "TransportError", "TransportErrorKind", "Undocumented", "UnixMillis", "UnixSeconds", "Value", "VendorClient", "VendorClientExt", "VendorId",
    "Violation", "Yuan",
];
/// Modules and macros of the runtime that stand at the root too.
pub(crate) const RUNTIME_MODULES: [&str; 3] = ["async_trait", "hooks", "spec"];

/// The file. `areas` are the names of the areas that have operations.
pub(crate) fn file(vendor: &Vendor) -> Result<File, Error> {
    let from = format!("{}/", vendor.file.vendor);
    let broken = |problem: String| Error::new(&from, "", problem);
    let mut file = File::new(&from, "");
    let areas = vendor.file.areas.iter().map(|area| names::field(&area.name));
    let channels = vendor.channels.iter().map(|channel| {
        let (name, module) = (&channel.name, names::field(&channel.name));
        quote!(
            #[cfg(feature = #name)]
            pub mod #module;
        )
    });
    let token = vendor.token_operations().next().map(|_| {
        let token = names::ident(address::TOKEN);
        quote!(pub mod #token;)
    });
    let marker = crate::address::marker(vendor);
    file.add(quote! {
        #(pub mod #areas;)*
        #(#channels)*
        #token
        pub mod tools;
        #[cfg(feature = "blocking")]
        pub mod blocking;
        mod client;
        #[cfg(test)]
        mod every_operation;
        mod vendor;
        pub use self::client::{Client, Credentials};
        pub use self::vendor::{#marker, VENDOR};
    })
    .map_err(broken)?;
    file.add(runtime()).map_err(broken)?;
    Ok(file)
}

fn runtime() -> TokenStream {
    let (modules, types) = (RUNTIME_MODULES.map(names::ident), RUNTIME.map(names::ident));
    quote! {
        #[doc(inline)]
        pub use scrm_core::{#(#modules,)* #(#types),*};
    }
}
