//! `lib.rs` of the crate that carries the schema files: for programs that run without the repository.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::Tree;

use crate::{error::Error, format::File};

/// The file.
pub(crate) fn file(tree: &Tree) -> Result<File, Error> {
    let mut file = File::new("", "The vendors' schema files, for programs that run without the repository.");
    let mut paths: Vec<String> = Vec::new();
    for vendor in &tree.vendors {
        paths.push(format!("{}/vendor.json", vendor.file.vendor));
        for operation in &vendor.operations {
            paths.push(operation.file.clone());
            let shared = operation.objects.values().any(|object| object.is_shared()) || operation.enums.values().any(|one| one.is_shared());
            paths.extend(shared.then(|| scrm_schema::locate(&operation.file, "definitions.json#").0));
        }
    }
    paths.sort_unstable();
    paths.dedup();
    let entries = paths.iter().map(|path| -> TokenStream { quote!((#path, include_str!(#path))) });
    file.add(quote! {
        /// The meta-schema of an operation file (JSON Schema, draft 2020-12).
        pub const OPERATION_META_SCHEMA: &str = include_str!("operation.schema.json");
        /// The meta-schema of a file of definitions (JSON Schema, draft 2020-12).
        pub const DEFINITIONS_META_SCHEMA: &str = include_str!("definitions.schema.json");
        /// The meta-schema of a vendor file (JSON Schema, draft 2020-12).
        pub const VENDOR_META_SCHEMA: &str = include_str!("vendor.schema.json");
        /// The vendors' files: path below the schema folder, and text.
        #[cfg(feature = "vendors")]
        pub static FILES: &[(&str, &str)] = &[#(#entries),*];
    })
    .map_err(|problem| Error::new("", "", problem))?;
    Ok(file)
}
