//! The schema files as the program carries them. Only the area that is asked for is read: the whole tree takes as long as a call.

use scrm_schema::model::{Operation, Tree, Vendor};
use serde_json::Value;

use crate::failure::Failure;

/// The whole tree.
pub(crate) fn all() -> Result<Tree, Failure> {
    load(scrm_vendor_schemas::FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
}

/// One vendor with the area in which an operation stands, as if it had no other.
pub(crate) fn around(vendor: &str, operation: &str) -> Result<Vendor, Failure> {
    let file = format!("/{}.json", operation.replace('_', "-"));
    // A push may be called like an operation.
    let pushes = [format!("{vendor}/push/"), format!("{vendor}/callback/")];
    let of_vendor = |path: &str| {
        path.strip_prefix(vendor).is_some_and(|rest| rest.starts_with('/')) && !pushes.iter().any(|folder| path.starts_with(folder))
    };
    let home = scrm_vendor_schemas::FILES.iter().map(|(path, _)| *path).find(|path| of_vendor(path) && path.ends_with(&file));
    let folder = home.and_then(|path| path.rsplit_once('/')).map_or(vendor, |(folder, _)| folder);
    let area = folder.rsplit_once('/').map(|(_, area)| area);
    let vendor_file = format!("{vendor}/vendor.json");
    let wanted = |path: &str| path.rsplit_once('/').is_some_and(|(parent, _)| parent == folder || parent == vendor);
    let files = scrm_vendor_schemas::FILES.iter().filter(|(path, _)| wanted(path));
    let tree = load(files.map(|(path, text)| match *path == vendor_file {
        true => ((*path).to_owned(), with_area(text, area)),
        false => ((*path).to_owned(), (*text).to_owned()),
    }))?;
    tree.vendors.into_iter().next().ok_or_else(|| Failure::failed(format!("the program carries no schema of {vendor}")))
}

/// A vendor's file that names one area only.
fn with_area(text: &str, area: Option<&str>) -> String {
    let mut file: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(areas) = file.get_mut("areas").and_then(Value::as_array_mut) {
        areas.retain(|known| known.get("name").and_then(Value::as_str) == area);
    }
    file.to_string()
}

/// The operation of this name.
pub(crate) fn operation<'a>(vendor: &'a Vendor, name: &str) -> Result<&'a Operation, Failure> {
    let found = vendor.operations.iter().find(|operation| operation.name == name);
    found.ok_or_else(|| Failure::failed(format!("the program carries no schema of {name}")))
}

fn load(files: impl Iterator<Item = (String, String)>) -> Result<Tree, Failure> {
    scrm_schema::load_files(files).map_err(|errors| Failure::failed(format!("the schemas that the program carries are broken: {errors}")))
}
