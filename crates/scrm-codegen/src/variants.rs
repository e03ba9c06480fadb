//! The variants of `scrm_core::spec` that words of the schemas become.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Access, BodyKind, Method, TimeFormat};

/// The variant of `spec::Method`.
pub(crate) fn method(method: Method) -> TokenStream {
    match method {
        Method::Get => quote!(Get),
        Method::Post => quote!(Post),
        Method::Put => quote!(Put),
        Method::Delete => quote!(Delete),
    }
}

/// The variant of `spec::BodyKind`.
pub(crate) fn body(body: BodyKind) -> TokenStream {
    match body {
        BodyKind::Query => quote!(Query),
        BodyKind::Json => quote!(Json),
        BodyKind::Form => quote!(Form),
        BodyKind::Multipart => quote!(Multipart),
    }
}

pub(crate) fn access(access: Access) -> &'static str {
    match access {
        Access::Read => "Read",
        Access::Write => "Write",
        Access::WriteSafeToRepeat => "WriteSafeToRepeat",
    }
}

/// The variant of `spec::TimeFormat`.
pub(crate) fn time_format(format: TimeFormat) -> TokenStream {
    match format {
        TimeFormat::DateTime => quote!(DateTime),
        TimeFormat::Date => quote!(Date),
        TimeFormat::OffsetDateTime => quote!(OffsetDateTime),
        TimeFormat::Month => quote!(Month),
        TimeFormat::Seconds => quote!(Seconds),
        TimeFormat::Milliseconds => quote!(Milliseconds),
    }
}
