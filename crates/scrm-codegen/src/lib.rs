//! Generates the vendors' clients from the schema model: a model in, a map from path to text out. No input or output of its own, and nothing
//! but the model decides the result.
//!
//! | module | what it writes |
//! |---|---|
//! | `types` | the structs: typify makes them, a pass over its syntax tree makes them ours |
//! | `records`, `enums` | slot tables, open enums |
//! | `request`, `rules` | constructors, setters, checks |
//! | `operation`, `paging`, `announced` | the operation's specification and traits |
//! | `area`, `definitions` | what an area's operations have in common |
//! | `vendor`, `client`, `blocking`, `customers`, `tools`, `vendor_root` | what a vendor's operations have in common |
//! | `docs`, `operation_docs`, `errors` | documentation |
//! | `examples`, `expected`, `literals`, `test_support` | unit tests from the schemas' examples, in files of their own |
//! | `schema_list` | the crate that carries the schema files |

mod address;
mod announced;
mod area;
mod blocking;
mod client;
mod collisions;
mod customers;
mod definitions;
mod docs;
mod enums;
mod error;
mod errors;
mod examples;
mod expected;
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
mod rules;
mod schema_list;
mod test_support;
mod tools;
mod types;
mod variants;
mod vendor;
mod vendor_root;

use std::{
    collections::BTreeMap,
    num::NonZero,
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use scrm_schema::model::{Tree, Vendor};

pub use crate::error::{Error, Errors};
use crate::{error::Faults, format::File, operation::Made};

/// The generated files of the vendors' clients by path from the root of the repository.
///
/// # Errors
/// Everything in the schemas that loads but cannot be generated from: names that meet, shapes that no slot holds, files that are not finished.
pub fn generate(tree: &Tree) -> Result<BTreeMap<String, String>, Errors> {
    let mut faults = Faults::default();
    let mut files = BTreeMap::new();
    for todo in &tree.unfinished {
        faults.add(Error::new(&todo.file, &todo.pointer, format!("{}; {}", todo.what, todo.advice)));
    }
    for vendor in &tree.vendors {
        collisions::check(vendor, &mut faults);
        for (name, text) in self::vendor(vendor, &mut faults) {
            files.insert(format!("crates/{}-client/src/generated/{name}.rs", vendor.file.vendor), text);
        }
    }
    faults.finish()?;
    Ok(files)
}

/// `files.rs` of the crate that carries these schema files; it stands in their folder.
///
/// # Errors
/// None that a tree of schemas could cause.
pub fn schema_list(tree: &Tree) -> Result<String, Errors> {
    schema_list::file(tree).map(File::text).map_err(|error| Errors(vec![error]))
}

/// Generates a vendor's operations, each on whatever processor is free; what comes out, and in which order, does not depend on that.
fn operations(vendor: &Vendor) -> Vec<Result<Made, Error>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let taken = || vendor.operations.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed));
        std::iter::from_fn(taken).map(|(at, operation)| (at, operation::make(vendor, operation))).collect::<Vec<_>>()
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get).min(vendor.operations.len());
    let mut made: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    made.sort_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, made)| made).collect()
}

/// The texts of a vendor's files by module name.
fn vendor(vendor: &Vendor, faults: &mut Faults) -> Vec<(String, String)> {
    let mut made = Vec::new();
    for (operation, file) in vendor.operations.iter().zip(operations(vendor)) {
        if let Some(file) = faults.take(file) {
            made.push((operation, file));
        }
    }
    let mut texts = Vec::new();
    let mut write = |name: &str, file: Option<File>| texts.extend(file.map(|file| (name.to_owned(), file.text())));
    for area in &vendor.file.areas {
        let folder = names::snake(&area.name);
        let of_area: Vec<_> = made.iter().filter(|(operation, _)| operation.area.as_ref() == Some(&area.name)).collect();
        let (definitions, shared) = faults.take(definitions::file(vendor, &area.name)).flatten().unzip();
        write(&format!("{folder}/definitions"), definitions);
        write(&format!("{folder}/mod"), faults.take(area::file(vendor, area, &of_area, shared.as_deref())));
    }
    let of_tokens: Vec<_> = made.iter().filter(|(operation, _)| operation.area.is_none()).collect();
    if !of_tokens.is_empty() {
        write(&format!("{}/mod", address::TOKEN), faults.take(area::token_file(vendor, &of_tokens)));
    }
    write("mod", faults.take(vendor_root::file(vendor)));
    write("client", faults.take(client::file(vendor)));
    write("blocking", faults.take(blocking::file(vendor)));
    write("tools", faults.take(tools::file(vendor)));
    write("vendor", faults.take(vendor::file(vendor)));
    if vendor_root::needs_test_support(vendor) {
        write("test_support", faults.take(test_support::file(vendor)));
    }
    for (operation, made) in made {
        let name = format!("{}/{}", names::snake(operation.area.as_deref().unwrap_or(address::TOKEN)), names::snake(&operation.name));
        texts.extend(made.tests.map(|tests| (format!("{name}/tests"), tests)));
        texts.push((name, made.text));
    }
    texts
}
