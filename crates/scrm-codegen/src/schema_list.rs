//! `files.rs` of the crate that carries the schema files: for programs that run without the repository.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::Tree;

use crate::{error::Error, format::File};

/// The file.
pub(crate) fn file(tree: &Tree) -> Result<File, Error> {
    let mut file = File::new("", "");
    let mut paths: Vec<String> = Vec::new();
    for vendor in &tree.vendors {
        paths.push(format!("{}/vendor.json", vendor.file.vendor));
        if !vendor.known.is_empty() {
            paths.push(format!("{}/known.json", vendor.file.vendor));
        }
        for channel in &vendor.channels {
            paths.push(channel.file.clone());
        }
        for operation in vendor.operations.iter().chain(vendor.pushes().map(|(_, push)| &push.operation)) {
            paths.push(operation.file.clone());
            let shared = operation.objects.values().any(|object| object.is_shared()) || operation.enums.values().any(|one| one.is_shared());
            paths.extend(shared.then(|| scrm_schema::locate(&operation.file, "definitions.json#").0));
        }
    }
    paths.sort_unstable();
    paths.dedup();
    let entries = paths.iter().map(|path| -> TokenStream { quote!((#path, include_str!(#path))) });
    file.add(quote! {
        /// The vendors' files: path below the schema folder, and text.
        pub static FILES: &[(&str, &str)] = &[#(#entries),*];
    })
    .map_err(|problem| Error::new("", "", problem))?;
    Ok(file)
}
