//! Where files stand, and that no two of them are called the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{FileProblems, Problems};
use crate::files::CHANNELS;
use crate::model::{Operation, Vendor};
use crate::names;

/// Vendors of one tree: programs use several of them at once, so that no two may read the same variable.
pub(super) fn vendors(vendors: &[Vendor], problems: &mut Problems) {
    let mut variables: BTreeMap<String, &str> = BTreeMap::new();
    for vendor in vendors {
        let name = vendor.file.vendor.as_str();
        let path = format!("{name}/vendor.json");
        let credentials = vendor.file.credentials.iter().enumerate();
        let credentials = credentials.map(|(number, credential)| (format!("/credentials/{number}/env"), credential.env.clone()));
        let base_urls = vendor.file.base_urls.iter().enumerate();
        let base_urls =
            base_urls.map(|(number, base_url)| (format!("/base_urls/{number}/name"), names::base_url_variable(name, Some(&base_url.name))));
        let usual = ("/vendor".to_owned(), names::base_url_variable(name, None));
        for (at, variable) in credentials.chain([usual]).chain(base_urls) {
            if let Some(other) = variables.insert(variable.clone(), name)
                && (other != name || !at.starts_with("/credentials"))
            {
                problems.add(
                    &path,
                    at,
                    format!("`{variable}` is read by the vendor `{other}` too"),
                    "begin it with the name of the vendor",
                );
            }
        }
    }
}

/// Folders, files and names of one vendor.
pub(super) fn check(vendor: &Vendor, problems: &mut Problems) {
    areas(vendor, problems);
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut paths: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for operation in &vendor.operations {
        let mut problems = FileProblems { file: &operation.file, all: problems };
        place(vendor, operation, &mut problems);
        if let Some(other) = names.insert(&operation.name, &operation.file) {
            problems.add("/operation", format!("`{}` is described in {other} too", operation.name), "keep one of the two files");
        }
        if let Some(other) = paths.insert((&operation.path, format!("{:?}", operation.method)), &operation.file) {
            problems.add("/http/path", format!("{other} has the same method and path"), "keep one of the two files, or correct the path");
        }
    }
}

fn areas(vendor: &Vendor, problems: &mut Problems) {
    let path = format!("{}/vendor.json", vendor.file.vendor);
    let mut seen = BTreeSet::new();
    for (number, area) in vendor.file.areas.iter().enumerate() {
        let at = format!("/areas/{number}/name");
        if !seen.insert(area.name.as_str()) {
            problems.add(&path, at.as_str(), format!("`{}` occurs twice", area.name), "give each its own");
        } else if CHANNELS.contains(&area.name.as_str()) {
            let what = format!("`{}` is the folder of what the vendor sends on its own", area.name);
            problems.add(&path, at.as_str(), what, "give the area another name");
        } else if names::DEVICES.contains(&area.name.as_str()) {
            problems.add(&path, at.as_str(), format!("no folder can be called `{}` on Windows", area.name), "give the area another name");
        }
        // Where a file of the area is broken, that is told.
        let folder = format!("{}/{}/", vendor.file.vendor, area.name);
        if vendor.area(&area.name).next().is_none() && !problems.touch(&folder) {
            let what = format!("no operation stands in schemas/{folder}");
            problems.add(&path, at, what, "describe one there, or take the area out");
        }
    }
}

/// The operation has a name that its file can have.
pub(super) fn name(operation: &Operation, problems: &mut FileProblems<'_>) {
    if let Some(why) = names::forbidden(&operation.name) {
        problems.add("/operation", why, "give the operation another name");
    }
}

/// The file stands where its name and the vendor file say.
fn place(vendor: &Vendor, operation: &Operation, problems: &mut FileProblems<'_>) {
    let (name, folder) = (&operation.name, &vendor.file.vendor);
    let area = operation.area.as_ref().map(|area| format!("{area}/")).unwrap_or_default();
    let wanted = format!("{folder}/{area}{}.json", name.replace('_', "-"));
    if operation.file != wanted {
        problems.add(
            "/operation",
            format!("`{name}` does not match the name of its file"),
            format!("call the file schemas/{wanted}, or correct the name"),
        );
    }
    self::name(operation, problems);
    let of_token = vendor.file.tokens.iter().any(|token| token.operation == *name);
    match &operation.area {
        Some(area) if !vendor.file.areas.iter().any(|known| known.name == *area) => {
            problems.add("", format!("the vendor has no area `{area}`"), format!("add it to `areas` in schemas/{folder}/vendor.json"));
        }
        Some(_) if of_token => {
            problems.add("", "it answers a token and stands in an area", format!("move it beside schemas/{folder}/vendor.json"));
        }
        None if !of_token => {
            problems.add(
                "",
                "it stands in no area and answers no token",
                format!("move it into the folder of its area, schemas/{folder}/<area>/"),
            );
        }
        _ => {}
    }
}
