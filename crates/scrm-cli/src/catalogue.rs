//! The schema files as the program carries them. Only the area that is asked for is read: the whole tree takes as long as a call.

use std::collections::BTreeSet;

use scrm_schema::model::{Operation, Tree, Vendor};
use serde_json::Value;

use crate::{failure::Failure, language::both};

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
    // what answers a token stands in no area, and a vendor has at least one
    let folder = if folder == vendor { first_area(vendor) } else { folder };
    let area = folder.rsplit_once('/').map(|(_, area)| area);
    let vendor_file = format!("{vendor}/vendor.json");
    let wanted = |path: &str| path.rsplit_once('/').is_some_and(|(parent, _)| parent == folder || parent == vendor);
    let files: Vec<&(&str, &str)> = scrm_vendor_schemas::FILES.iter().filter(|(path, _)| wanted(path)).collect();
    let used = Used::by(files.iter().filter(|(path, _)| *path != vendor_file).map(|(_, text)| *text));
    let tree = load(files.into_iter().map(|(path, text)| match *path == vendor_file {
        true => ((*path).to_owned(), with_area(text, area, used.clone())),
        false => ((*path).to_owned(), (*text).to_owned()),
    }))?;
    tree.vendors.into_iter().next().ok_or_else(|| no_schema(vendor))
}

fn first_area(vendor: &str) -> &'static str {
    let operation = |path: &&str| {
        path.matches('/').count() == 2 && path.starts_with(vendor) && !path.contains("/push/") && !path.contains("/callback/")
    };
    let found = scrm_vendor_schemas::FILES.iter().map(|(path, _)| *path).find(operation);
    found.and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder)
}

/// What of the vendor's file some operations name.
#[derive(Clone, Default)]
struct Used {
    signatures: BTreeSet<String>,
    base_urls: BTreeSet<String>,
}

impl Used {
    fn by<'a>(operations: impl Iterator<Item = &'a str>) -> Self {
        let mut used = Used::default();
        for operation in operations.filter_map(|text| serde_json::from_str::<Value>(text).ok()) {
            used.signatures.extend(text(operation.get("signature")));
            used.base_urls.extend(text(operation.pointer("/http/base_url")));
        }
        used
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

/// A vendor's file that names one area only, and what this area's operations use.
fn with_area(file: &str, area: Option<&str>, mut used: Used) -> String {
    let mut file: Value = serde_json::from_str(file).unwrap_or_default();
    let mut keep = |list: &str, kept: &mut dyn FnMut(&Value) -> bool| {
        if let Some(entries) = file.get_mut(list).and_then(Value::as_array_mut) {
            entries.retain(kept);
        }
    };
    keep("areas", &mut |known| known.get("name").and_then(Value::as_str) == area);
    keep("signatures", &mut |known| {
        let kept = text(known.get("name")).is_some_and(|name| used.signatures.contains(&name));
        used.base_urls.extend(text(known.get("base_url")).filter(|_| kept));
        kept
    });
    keep("base_urls", &mut |known| text(known.get("name")).is_some_and(|name| used.base_urls.contains(&name)));
    file.to_string()
}

/// The operation of this name.
pub(crate) fn operation<'a>(vendor: &'a Vendor, name: &str) -> Result<&'a Operation, Failure> {
    let found = vendor.operations.iter().find(|operation| operation.name == name);
    found.ok_or_else(|| no_schema(name))
}

fn no_schema(name: &str) -> Failure {
    Failure::failed(both!("the program carries no schema of {name}", "程序没有带 {name} 的模式文件"))
}

fn load(files: impl Iterator<Item = (String, String)>) -> Result<Tree, Failure> {
    scrm_schema::load_files(files).map_err(|errors| {
        Failure::failed(both!("the schemas that the program carries are broken: {errors}", "程序自带的模式文件有误：{errors}"))
    })
}
