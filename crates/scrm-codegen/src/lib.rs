//! Generates the vendors' clients from the schema model: a model in, a map from path to text out. No input or output of its own, and nothing
//! but the model decides the result.
//!
//! | module | what it writes |
//! |---|---|
//! | `types` | the structs: typify makes them, a pass over its syntax tree makes them ours |
//! | `records`, `enums` | slot tables, open enums |
//! | `request`, `rules` | constructors, setters, checks |
//! | `operation`, `paging`, `announced` | the operation's specification and traits |
//! | `vendor`, `client`, `customers`, `root` | what a vendor's operations have in common |
//! | `docs`, `operation_docs`, `errors` | documentation |
//! | `examples`, `asserts`, `literals`, `sent` | unit tests from the schemas' examples, in files of their own |
//! | `stand_in` | the list of schema files in the stand-in server |

mod announced;
mod asserts;
mod client;
mod collisions;
mod customers;
mod docs;
mod enums;
mod error;
mod errors;
mod examples;
mod format;
mod kind;
mod literals;
mod names;
mod operation;
mod operation_docs;
mod paging;
mod path;
mod records;
mod request;
mod root;
mod rules;
mod sent;
mod stand_in;
mod types;
mod vendor;

use std::collections::BTreeMap;

use scrm_schema::model::{Tree, Vendor};

pub use crate::error::{Error, Errors};
use crate::{error::Faults, format::File};

/// The generated files by path from the root of the repository.
///
/// # Errors
/// Everything in the schemas that loads but cannot be generated from: names that meet, shapes that no slot holds.
pub fn generate(tree: &Tree) -> Result<BTreeMap<String, String>, Errors> {
    let mut faults = Faults::default();
    let mut files = BTreeMap::new();
    for vendor in &tree.vendors {
        collisions::check(vendor, &mut faults);
        for (name, file) in self::vendor(vendor, &mut faults) {
            files.insert(format!("crates/{}-client/src/generated/{name}.rs", vendor.file.vendor), file.text());
        }
    }
    for (name, file) in [("mod", stand_in::root()), ("schemas", stand_in::list(tree))] {
        if let Some(file) = faults.take(file) {
            files.insert(format!("{}/{name}.rs", stand_in::FOLDER), file.text());
        }
    }
    faults.finish()?;
    Ok(files)
}

/// The files of a vendor by module name.
fn vendor(vendor: &Vendor, faults: &mut Faults) -> Vec<(String, File)> {
    let mut made = Vec::new();
    for operation in &vendor.operations {
        if let Some(file) = faults.take(operation::make(vendor, operation)) {
            made.push((operation, file));
        }
    }
    let mut files = Vec::new();
    files.extend(faults.take(root::file(vendor, &made)).map(|file| ("mod".to_owned(), file)));
    files.extend(faults.take(client::file(vendor)).map(|file| ("client".to_owned(), file)));
    files.extend(faults.take(vendor::file(vendor)).map(|file| ("vendor".to_owned(), file)));
    if root::needs_sent(vendor) {
        files.extend(faults.take(sent::file(vendor)).map(|file| ("sent".to_owned(), file)));
    }
    for (operation, made) in made {
        let name = names::snake(&operation.name);
        files.extend(made.tests.map(|tests| (format!("{name}/tests"), tests)));
        files.push((name, made.file));
    }
    files
}
