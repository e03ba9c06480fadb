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

use crate::error::Faults;
pub use crate::error::{Error, Errors};

/// The generated files by path from the root of the repository.
///
/// # Errors
/// Everything in the schemas that loads but cannot be generated from: names that meet, shapes that no slot holds.
pub fn generate(tree: &Tree) -> Result<BTreeMap<String, String>, Errors> {
    let mut faults = Faults::default();
    let mut files = BTreeMap::new();
    for vendor in &tree.vendors {
        collisions::check(vendor, &mut faults);
        for (name, text) in self::vendor(vendor, &mut faults) {
            files.insert(format!("crates/{}-client/src/generated/{name}.rs", vendor.file.vendor), text);
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

/// The texts of a vendor's files by module name.
fn vendor(vendor: &Vendor, faults: &mut Faults) -> Vec<(String, String)> {
    let mut made = Vec::new();
    for operation in &vendor.operations {
        if let Some(file) = faults.take(operation::make(vendor, operation)) {
            made.push((operation, file));
        }
    }
    let sent = root::needs_sent(vendor).then(|| ("sent", sent::file(vendor)));
    let common = [("mod", root::file(vendor, &made)), ("client", client::file(vendor)), ("vendor", vendor::file(vendor))];
    let mut texts = Vec::new();
    for (name, file) in common.into_iter().chain(sent) {
        texts.extend(faults.take(file).map(|file| (name.to_owned(), file.text())));
    }
    for (operation, made) in made {
        let name = names::snake(&operation.name);
        texts.extend(made.tests.map(|tests| (format!("{name}/tests"), tests)));
        texts.push((name, made.text));
    }
    texts
}
