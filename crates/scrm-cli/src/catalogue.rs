//! The schema files as the program carries them. Only the area that is asked for is read: the whole tree takes as long as a call.

use scrm_schema::model::{Operation, Tree, Vendor};

use crate::failure::Failure;

/// The whole tree.
pub(crate) fn all() -> Result<Tree, Failure> {
    load(|_| true)
}

/// One vendor with the area in which an operation stands.
pub(crate) fn around(vendor: &str, operation: &str) -> Result<Vendor, Failure> {
    let file = format!("/{}.json", operation.replace('_', "-"));
    let of_vendor = |path: &str| path.strip_prefix(vendor).is_some_and(|rest| rest.starts_with('/'));
    let home = scrm_vendor_schemas::FILES.iter().map(|(path, _)| *path).find(|path| of_vendor(path) && path.ends_with(&file));
    let folder = home.and_then(|path| path.rsplit_once('/')).map_or(vendor, |(folder, _)| folder);
    let tree = load(|path| path.rsplit_once('/').is_some_and(|(parent, _)| parent == folder || parent == vendor))?;
    tree.vendors.into_iter().next().ok_or_else(|| Failure::failed(format!("the program carries no schema of {vendor}")))
}

/// The operation of this name.
pub(crate) fn operation<'a>(vendor: &'a Vendor, name: &str) -> Result<&'a Operation, Failure> {
    let found = vendor.operations.iter().find(|operation| operation.name == name);
    found.ok_or_else(|| Failure::failed(format!("the program carries no schema of {name}")))
}

fn load(wanted: impl Fn(&str) -> bool) -> Result<Tree, Failure> {
    let files = scrm_vendor_schemas::FILES.iter().filter(|(path, _)| wanted(path));
    scrm_schema::load_files(files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
        .map_err(|errors| Failure::failed(format!("the schemas that the program carries are broken: {errors}")))
}
