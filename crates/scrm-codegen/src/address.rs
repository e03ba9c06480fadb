//! Where generated things stand: their modules, methods and statics.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use scrm_schema::model::{Operation, Vendor};

use crate::names;

/// The module of operations that answer tokens and belong to no area.
pub(crate) const TOKEN: &str = "token";

/// The module that an operation's types are reached through: its area's.
pub(crate) fn module(operation: &Operation) -> Ident {
    names::field(operation.area.as_deref().unwrap_or(TOKEN))
}

/// The module of an operation, inside of its area's.
pub(crate) fn operation_module(operation: &str) -> Ident {
    names::field(operation)
}

/// The method that makes a call of an operation: of its area's handle, without the area's name in front; of the client itself, where it answers a token.
pub(crate) fn method(operation: &Operation) -> Ident {
    let Some(area) = &operation.area else { return names::joined("fetch_", &operation.name, "") };
    let rest = operation.name.strip_prefix(area.as_str()).and_then(|rest| rest.strip_prefix('_'));
    names::field(rest.filter(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic())).unwrap_or(&operation.name))
}

/// `user().list`
pub(crate) fn path(operation: &Operation) -> String {
    let method = method(operation);
    operation.area.as_ref().map_or_else(|| method.to_string(), |area| format!("{}().{method}", names::field(area)))
}

/// The static of the operation's specification.
pub(crate) fn static_name(operation: &str) -> Ident {
    names::ident(&names::shout(operation))
}

/// The static of an operation's specification, seen from a file beside the areas.
pub(crate) fn static_path(operation: &Operation) -> TokenStream {
    let (area, module, name) = (module(operation), operation_module(&operation.name), static_name(&operation.name));
    quote!(super::#area::#module::#name)
}

/// The static of a kind of token.
pub(crate) fn token_name(token: &str) -> Ident {
    names::ident(&format!("TOKEN_{}", names::shout(token)))
}

/// The type that stands for the vendor.
pub(crate) fn marker(vendor: &Vendor) -> Ident {
    names::ident(&names::pascal(&vendor.file.vendor))
}
