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

use std::{
    collections::BTreeMap,
    num::NonZero,
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use scrm_schema::model::{Tree, Vendor};

pub use crate::error::{Error, Errors};
use crate::{error::Faults, operation::Made};

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
