//! The vendors' schema files as a checked model in memory.
//!
//! [`load`] reads a folder, [`load_files`] takes texts that are already in memory. Both parse the files, validate them against the meta-schemas, build the
//! [`model`] and check what a meta-schema cannot say. The result is a [`model::Tree`], or all problems at once.
//!
//! The format is explained in `schemas/README.md`.

mod check;
mod error;
mod files;
mod keywords;
mod meta;
pub mod model;
pub mod names;
mod pointer;
mod shape;
mod vendor;

use std::path::Path;

pub use error::{Errors, Problem};
pub use pointer::Found;

use error::Problems;
use model::Tree;

/// The meta-schema of an operation file (JSON Schema, draft 2020-12).
pub const OPERATION_META_SCHEMA: &str = include_str!("../meta/operation.schema.json");
/// The meta-schema of a vendor file (JSON Schema, draft 2020-12).
pub const VENDOR_META_SCHEMA: &str = include_str!("../meta/vendor.schema.json");

/// Reads `<folder>/<vendor>/*.json`. Other files are no part of the tree.
///
/// # Errors
/// All problems found, in files that cannot be read, are no JSON, break the meta-schema, or contradict themselves. A file that breaks the meta-schema is
/// not looked at further, so that mending it may bring up new problems.
pub fn load(folder: &Path) -> Result<Tree, Errors> {
    let mut problems = Problems::default();
    let files = files::read(folder, &mut problems);
    build(files, problems)
}

/// Takes the files by path below the schema folder (`acme/user-list.json`) and text. Their order does not matter.
///
/// # Errors
/// As [`load`].
pub fn load_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Tree, Errors> {
    build(files, Problems::default())
}

fn build(files: impl IntoIterator<Item = (String, String)>, mut problems: Problems) -> Result<Tree, Errors> {
    let mut tree = Tree::default();
    for (name, folder) in files::parse(files, &mut problems) {
        tree.vendors.extend(vendor::build(&name, folder, &mut problems));
    }
    for vendor in &tree.vendors {
        check::vendor(vendor, &mut problems);
    }
    problems.or(tree)
}
