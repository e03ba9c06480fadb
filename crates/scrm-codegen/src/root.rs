//! `mod.rs` of a client: modules, re-exports, and what tools look up by name.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{BodyKind, Operation, Place, Vendor};

use crate::{
    docs,
    error::Error,
    format::{File, doc},
    kind::Kind,
    names,
    operation::{Made, module, static_name},
};

/// The file.
pub(crate) fn file(vendor: &Vendor, made: &[(&Operation, Made)]) -> Result<File, Error> {
    let from = format!("{}/", vendor.file.vendor);
    let broken = |problem: String| Error::new(&from, "", problem);
    let mut file = File::new(&from, "");
    file.add(modules(vendor, made)).map_err(broken)?;
    file.add(quote! {
        pub use self::client::{Client, Credentials};
        pub use self::vendor::VENDOR;
    })
    .map_err(broken)?;
    for (operation, made) in made {
        let (module, mut items) = (module(&operation.name), made.public.iter().map(|name| names::ident(name)).collect::<Vec<_>>());
        items.sort_unstable();
        file.add(quote!(pub use self::#module::{#(#items),*};)).map_err(broken)?;
    }
    file.add(lookups(vendor)).map_err(broken)?;
    Ok(file)
}

fn modules(vendor: &Vendor, made: &[(&Operation, Made)]) -> TokenStream {
    let operations = made.iter().map(|(operation, _)| {
        let module = module(&operation.name);
        quote!(pub mod #module;)
    });
    let sent = needs_sent(vendor).then(|| {
        quote!(
            #[cfg(test)]
            #[allow(dead_code)]
            mod sent;
        )
    });
    quote! {
        mod client;
        #(#operations)*
        #sent
        mod vendor;
    }
}

/// Whether a test has to read something other than a JSON body.
pub(crate) fn needs_sent(vendor: &Vendor) -> bool {
    vendor
        .operations
        .iter()
        .filter(|operation| operation.examples.iter().any(|example| example.request.is_some()))
        .any(|operation| operation.body != BodyKind::Json || operation.request.fields.iter().any(|field| field.place == Place::Query))
}

fn lookups(vendor: &Vendor) -> TokenStream {
    let statics: Vec<TokenStream> = vendor
        .operations
        .iter()
        .map(|operation| {
            let (module, name) = (module(&operation.name), static_name(&operation.name));
            quote!(&self::#module::#name)
        })
        .collect();
    let payloads = vendor.operations.iter().map(|operation| {
        let (name, data) = (&operation.name, inspected(operation));
        quote!(#name => Box::<#data>::default(),)
    });
    let columns: Vec<TokenStream> = vendor.operations.iter().filter_map(row_columns).collect();
    let columns =
        if columns.is_empty() { quote!(let _ = operation; None) } else { quote!(Some(match operation { #(#columns)* _ => return None, })) };
    let docs =
        doc(&format!("Every operation of {} that has a schema. Typed calls do not use this list.", docs::escape(&vendor.file.title.en)));
    quote! {
        #docs
        pub static OPERATIONS: &[&scrm_core::spec::OperationSpec] = &[#(#statics),*];

        /// An operation by name; for tools.
        #[inline]
        #[must_use]
        pub fn spec(operation: &str) -> Option<&'static scrm_core::spec::OperationSpec> {
            OPERATIONS.iter().copied().find(|known| known.name == operation)
        }

        /// An empty answer of an operation, to decode into; for tools.
        #[inline]
        #[must_use]
        pub fn payload(operation: &str) -> Option<Box<dyn scrm_core::table::Inspect>> {
            Some(match operation {
                #(#payloads)*
                _ => return None,
            })
        }

        /// The columns of an operation's rows: of the rows of a page, of a list, or of the one object it answers; for tools.
        #[inline]
        #[must_use]
        pub fn columns(operation: &str) -> Option<Vec<scrm_core::Column>> { #columns }
    }
}

/// The columns of an operation's rows; `None`: it answers no object.
fn row_columns(operation: &Operation) -> Option<TokenStream> {
    let (name, module) = (&operation.name, module(&operation.name));
    let row = match (&operation.paging, operation.data.as_ref().map(|data| Kind::of(&data.ty))) {
        (Some(_), _) => {
            let request = module_request(operation);
            quote!(<#request as scrm_core::operation::PagedOperation>::Row)
        }
        (None, Some(Kind::Objects(row) | Kind::Object { name: row, .. })) => {
            let row = names::ident(&row);
            quote!(self::#module::#row)
        }
        _ => return None,
    };
    Some(quote!(#name => <#row as scrm_core::Tabular>::columns(),))
}

/// The data type, seen from outside of the operation's file.
fn inspected(operation: &Operation) -> TokenStream {
    let request = module_request(operation);
    quote!(<#request as scrm_core::operation::Operation>::Data)
}

/// The request, seen from outside of the operation's file.
fn module_request(operation: &Operation) -> TokenStream {
    let (module, request) = (module(&operation.name), names::ident(&operation.request.name));
    quote!(self::#module::#request)
}
