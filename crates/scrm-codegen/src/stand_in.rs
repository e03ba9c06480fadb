//! The list of schema files that the stand-in server carries.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::Tree;

use crate::{error::Error, format::File};

/// Where the files stand.
pub(crate) const FOLDER: &str = "crates/scrm-mock/src/generated";

/// The module above it.
pub(crate) fn root() -> Result<File, Error> {
    let mut file = File::new("", "What is made of the schema files.");
    file.add(quote!(
        pub(crate) mod schemas;
    ))
    .map_err(|problem| Error::new("", "", problem))?;
    Ok(file)
}

/// The list.
pub(crate) fn list(tree: &Tree) -> Result<File, Error> {
    let mut file = File::new("", "The schema files, for a program that runs without the repository.");
    let mut paths: Vec<String> = tree
        .vendors
        .iter()
        .flat_map(|vendor| {
            let own = format!("{}/vendor.json", vendor.file.vendor);
            std::iter::once(own).chain(vendor.operations.iter().map(|operation| operation.file.clone()))
        })
        .collect();
    paths.sort_unstable();
    let entries = paths.iter().map(|path| -> TokenStream {
        let from = format!("../../../../schemas/{path}");
        quote!((#path, include_str!(#from)))
    });
    file.add(quote! {
        /// Path below the schema folder, and text.
        pub(crate) static FILES: &[(&str, &str)] = &[#(#entries),*];
    })
    .map_err(|problem| Error::new("", "", problem))?;
    Ok(file)
}
