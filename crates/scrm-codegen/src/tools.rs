//! `tools.rs` of a client: what programs look up by name.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Operation, Vendor};

use crate::{
    address, docs,
    error::Error,
    format::{File, doc},
    kind::Kind,
    names,
};

/// The file.
pub(crate) fn file(vendor: &Vendor) -> Result<File, Error> {
    let from = format!("{}/", vendor.file.vendor);
    let mut file = File::new(
        &from,
        "For programs that meet operations by name, and for those that encode and decode without a client. Typed calls use nothing of this.\n\n\
         供按名称查找接口的程序，以及不经客户端而自行编码、解码的程序使用。",
    );
    file.add(lookups(vendor)).map_err(|problem| Error::new(&from, "", problem))?;
    Ok(file)
}

/// What names the types of all operations is inline: so the code of all of them is made in the program that asks by name, and not in every build of the client.
fn lookups(vendor: &Vendor) -> TokenStream {
    let statics: Vec<TokenStream> = vendor
        .operations
        .iter()
        .filter(|operation| operation.area.is_some())
        .map(|operation| {
            let name = address::static_path(operation);
            quote!(&#name)
        })
        .collect();
    let payloads = vendor.operations.iter().map(|operation| {
        let (name, data) = (&operation.name, inspected(operation));
        quote!(#name => Box::<#data>::default(),)
    });
    let columns = vendor.operations.iter().filter_map(|operation| row_columns(operation, &vendor.file.envelope.data));
    let docs = doc(&format!(
        "Every operation of {} that has a schema, area by area. Those that answer tokens are not among them: see `VENDOR.tokens`.",
        docs::escape(&vendor.file.title.en)
    ));
    quote! {
        #[doc(inline)]
        pub use scrm_core::{decode, encode, explain};

        #docs
        pub static OPERATIONS: &[&scrm_core::spec::OperationSpec] = &[#(#statics),*];

        /// An operation by name, those that answer tokens included.
        #[must_use]
        pub fn spec(operation: &str) -> Option<&'static scrm_core::spec::OperationSpec> {
            let tokens = super::VENDOR.tokens.iter().map(|token| token.operation);
            OPERATIONS.iter().copied().chain(tokens).find(|known| known.name == operation)
        }

        /// An empty answer of an operation, to decode into.
        #[inline]
        #[must_use]
        pub fn payload(operation: &str) -> Option<Box<dyn scrm_core::table::Inspect>> {
            Some(match operation {
                #(#payloads)*
                _ => return None,
            })
        }

        /// The columns of an operation's rows: of the rows of a page, of a list, or of the one object it answers.
        #[inline]
        #[must_use]
        pub fn columns(operation: &str) -> Option<Vec<scrm_core::Column>> {
            match operation {
                #(#columns)*
                _ => None,
            }
        }
    }
}

/// The columns of an operation's rows; `None`: it answers no object.
fn row_columns(operation: &Operation, data_key: &str) -> Option<TokenStream> {
    let (name, module) = (&operation.name, address::module(operation));
    let row = match (&operation.paging, operation.data.as_ref().map(|data| Kind::of(&data.ty))) {
        // Rows that are values have no columns.
        (Some(_), _) if operation.row(data_key).is_none() => return None,
        (Some(_), _) => {
            let request = request(operation);
            quote!(<#request as scrm_core::PagedOperation>::Row)
        }
        (None, Some(Kind::Objects(row) | Kind::Object { name: row, .. })) => {
            let row = names::ident(&row);
            quote!(super::#module::#row)
        }
        _ => return None,
    };
    Some(quote!(#name => Some(<#row as scrm_core::Tabular>::columns()),))
}

/// The data type, seen from a file beside the areas.
fn inspected(operation: &Operation) -> TokenStream {
    let request = request(operation);
    quote!(<#request as scrm_core::Operation>::Data)
}

/// The request, seen from a file beside the areas.
fn request(operation: &Operation) -> TokenStream {
    let (module, request) = (address::module(operation), names::ident(&operation.request.name));
    quote!(super::#module::#request)
}
