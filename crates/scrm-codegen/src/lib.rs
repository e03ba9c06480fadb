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
//! | `pushes` | what a vendor sends on its own |
//! | `vendor`, `client`, `blocking`, `customers`, `tools`, `vendor_root` | what a vendor's operations have in common |
//! | `proofs` | kinds of token and signatures, and which credentials they take |
//! | `docs`, `operation_docs`, `errors` | documentation |
//! | `examples`, `expected`, `literals` | unit tests from the schemas' examples, in files of their own, which go through `scrm-test-support` |
//! | `every_operation` | the list of operations for the tests that call each |
//! | `coverage` | the page of what is known and typed |
//! | `schema_list` | the crate that carries the schema files |

mod address;
mod announced;
mod area;
mod blocking;
mod client;
mod collisions;
mod coverage;
mod customers;
mod definitions;
mod docs;
mod enums;
mod error;
mod errors;
mod every_operation;
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
mod proofs;
mod pushes;
mod records;
mod request;
mod rules;
mod schema_list;
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

use scrm_schema::model::{Area, Operation, Tree, Vendor};

pub use crate::{
    coverage::{Language, coverage, coverage_summary},
    error::{Error, Errors},
};
use crate::{error::Faults, format::File, operation::Made};

/// The generated files of the vendors' clients by path from the root of the repository.
///
/// # Errors
/// Everything in the schemas that loads but cannot be generated from: names that meet, shapes that no slot holds, files that are not finished.
pub fn generate(tree: &Tree) -> Result<BTreeMap<String, String>, Errors> {
    let mut faults = unfinished(tree);
    let mut files = BTreeMap::new();
    for vendor in &tree.vendors {
        collisions::check(vendor, &mut faults);
        files.extend(at_their_paths(vendor, self::vendor(vendor, &mut faults)));
        files.insert(format!("{}/areas.md", folder(vendor)), area::overview(vendor));
    }
    faults.finish()?;
    Ok(files)
}

/// Those of the generated files that stand in the folder of one area (or of what the vendor sends on its own) of one of the tree's vendors; none, where it has no such folder.
/// What the vendor's files say of all areas together is not among them.
///
/// # Errors
/// As [`generate`], of this folder, of names that meet anywhere at the vendor, and of files that are not finished.
pub fn generate_area(tree: &Tree, vendor: &Vendor, name: &str) -> Result<BTreeMap<String, String>, Errors> {
    let mut faults = unfinished(tree);
    collisions::check(vendor, &mut faults);
    let mut files = BTreeMap::new();
    for area in vendor.file.areas.iter().filter(|area| area.name == name) {
        let made = operations(vendor, vendor.area(name).collect(), &mut faults);
        files.extend(at_their_paths(vendor, self::area(vendor, area, &made, &mut faults)));
        files.extend(at_their_paths(vendor, made.into_iter().flat_map(of_operation)));
    }
    for channel in vendor.channels.iter().filter(|channel| channel.name == name) {
        let texts = pushes::files(vendor, channel, &mut faults).into_iter().map(|(name, file)| (name, file.text()));
        files.extend(at_their_paths(vendor, texts));
    }
    faults.finish()?;
    Ok(files)
}

/// The folder of a vendor's generated files, from the root of the repository.
#[must_use]
pub fn folder(vendor: &Vendor) -> String {
    format!("crates/{}-client/src/generated", vendor.file.vendor)
}

fn at_their_paths(vendor: &Vendor, texts: impl IntoIterator<Item = (String, String)>) -> impl Iterator<Item = (String, String)> {
    texts.into_iter().map(|(name, text)| (format!("{}/{name}.rs", folder(vendor)), text))
}

fn unfinished(tree: &Tree) -> Faults {
    let mut faults = Faults::default();
    for todo in &tree.unfinished {
        faults.add(Error::new(&todo.file, &todo.pointer, format!("{}; {}", todo.what, todo.advice)));
    }
    faults
}

/// `files.rs` of the crate that carries these schema files; it stands in their folder.
///
/// # Errors
/// None that a tree of schemas could cause.
pub fn schema_list(tree: &Tree) -> Result<String, Errors> {
    schema_list::file(tree).map(File::text).map_err(|error| Errors(vec![error]))
}

/// Generates operations of a vendor, each on whatever processor is free; what comes out, and in which order, does not depend on that.
fn operations<'v>(vendor: &'v Vendor, operations: Vec<&'v Operation>, faults: &mut Faults) -> Vec<(&'v Operation, Made)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let taken = || operations.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed));
        std::iter::from_fn(taken).map(|(at, operation)| (at, operation::make(vendor, operation))).collect::<Vec<_>>()
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get).min(operations.len());
    let mut made: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    made.sort_by_key(|(at, _)| *at);
    operations.into_iter().zip(made).filter_map(|(operation, (_, made))| Some((operation, faults.take(made)?))).collect()
}

/// The texts of a vendor's files by module name.
fn vendor(vendor: &Vendor, faults: &mut Faults) -> Vec<(String, String)> {
    let made = operations(vendor, vendor.operations.iter().collect(), faults);
    let mut texts = Vec::new();
    for area in &vendor.file.areas {
        texts.extend(self::area(vendor, area, &made, faults));
    }
    let mut write = |name: &str, file: Option<File>| texts.extend(file.map(|file| (name.to_owned(), file.text())));
    let of_tokens: Vec<_> = made.iter().filter(|(operation, _)| operation.area.is_none()).collect();
    if !of_tokens.is_empty() {
        write(&format!("{}/mod", address::TOKEN), faults.take(area::token_file(vendor, &of_tokens)));
    }
    for channel in &vendor.channels {
        for (name, file) in pushes::files(vendor, channel, faults) {
            write(&name, Some(file));
        }
    }
    write("mod", faults.take(vendor_root::file(vendor)));
    write("client", faults.take(client::file(vendor)));
    write("blocking", faults.take(blocking::file(vendor)));
    write("tools", faults.take(tools::file(vendor)));
    write("vendor", faults.take(vendor::file(vendor)));
    write("every_operation", Some(every_operation::file(vendor)));
    texts.extend(made.into_iter().flat_map(of_operation));
    texts
}

/// What an area's operations have in common. `made`: among others, the area's operations.
fn area(vendor: &Vendor, area: &Area, made: &[(&Operation, Made)], faults: &mut Faults) -> Vec<(String, String)> {
    let folder = names::snake(&area.name);
    let of_area: Vec<_> = made.iter().filter(|(operation, _)| operation.area.as_ref() == Some(&area.name)).collect();
    let (definitions, shared) = faults.take(definitions::file(vendor, &area.name)).flatten().unzip();
    let root = faults.take(area::file(vendor, area, &of_area, shared.as_deref()));
    let files = [("definitions", definitions), ("mod", root)];
    files.into_iter().filter_map(|(name, file)| Some((format!("{folder}/{name}"), file?.text()))).collect()
}

fn of_operation((operation, made): (&Operation, Made)) -> Vec<(String, String)> {
    let name = format!("{}/{}", names::snake(operation.area.as_deref().unwrap_or(address::TOKEN)), names::snake(&operation.name));
    let tests = made.tests.map(|tests| (format!("{name}/tests"), tests));
    tests.into_iter().chain([(name, made.text)]).collect()
}
