//! The vendors' schema files as a checked model in memory.
//!
//! [`load`] reads a folder, [`load_files`] takes texts that are already in memory. Both parse the files, validate them against the meta-schemas, build the
//! [`model`] and check what a meta-schema cannot say. The result is a [`model::Tree`], or all problems at once.
//!
//! The format is explained in `schemas/README.md`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod check;
mod error;
mod files;
pub mod filled;
mod keywords;
mod meta;
pub mod model;
pub mod names;
pub mod openapi;
mod pointer;
mod push;
mod shape;
mod vendor;

use std::path::Path;

pub use error::{Errors, Problem};
pub use pointer::{Found, locate};

use error::Problems;
use model::{Tree, VendorFile};
use serde_json::Value;

pub use scrm_vendor_schemas::{
    DEFINITIONS_META_SCHEMA, DELIVERY_META_SCHEMA, KNOWN_META_SCHEMA, OPERATION_META_SCHEMA, PUSH_META_SCHEMA, VENDOR_META_SCHEMA,
};

/// Reads `<folder>/<vendor>/*.json` and `<folder>/<vendor>/<area>/*.json`. Other files are no part of the tree.
///
/// # Errors
/// All problems found, in files that cannot be read, are no JSON, break the meta-schema, or contradict themselves. A file that breaks the meta-schema is
/// not looked at further, so that mending it may bring up new problems.
pub fn load(folder: &Path) -> Result<Tree, Errors> {
    let mut problems = Problems::default();
    let files = files::read(folder, &mut problems);
    build(files, problems)
}

/// Takes the files by path below the schema folder (`acme/user/user-list.json`) and text. Their order does not matter.
///
/// # Errors
/// As [`load`].
pub fn load_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Tree, Errors> {
    build(files, Problems::default())
}

/// What is wrong with the file of one operation by itself, such as a draft that stands in no folder yet: all that [`load`] would find in it but what other files
/// have a say in, such as two operations of one name. `file` is its path below the schema folder. Sorted by pointer; empty: nothing is wrong.
#[must_use]
pub fn check_operation(vendor: &VendorFile, file: &str, schema: &Value) -> Vec<Problem> {
    let mut problems = Problems::default();
    if meta::validate(meta::Kind::Operation, file, schema, &mut problems)
        && let Some(operation) = vendor::alone(vendor, file, schema.clone(), &mut problems)
    {
        check::operation(vendor, &operation, &mut problems);
    }
    problems.sorted()
}

fn build(files: impl IntoIterator<Item = (String, String)>, mut problems: Problems) -> Result<Tree, Errors> {
    let mut tree = Tree::default();
    let mut unfinished = Problems::default();
    for (name, folder) in files::parse(files, &mut problems, &mut unfinished) {
        tree.vendors.extend(vendor::build(&name, folder, &mut problems));
    }
    check::tree(&tree, &mut problems);
    tree.unfinished = unfinished.sorted();
    problems.or(tree)
}
