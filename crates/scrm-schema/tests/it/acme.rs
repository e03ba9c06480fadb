//! A made-up vendor that uses every keyword.

use std::{fs, path::Path};

use serde_json::Value;

use crate::render::render;

/// The files of its area `member`, which use nearly every keyword: what is loaded many times should be small.
pub(crate) fn files() -> Vec<(String, String)> {
    let mut files = all();
    files.retain(|(file, _)| file.matches('/').count() == 1 || file.starts_with("acme/member/"));
    for (_, text) in files.iter_mut().filter(|(file, _)| file == "acme/vendor.json") {
        let mut vendor: Value = serde_json::from_str(text).expect("the file is JSON");
        vendor["areas"].as_array_mut().expect("the areas").retain(|area| area["name"] == "member");
        *text = format!("{vendor:#}");
    }
    files
}

/// All its files.
pub(crate) fn all() -> Vec<(String, String)> {
    let mut files = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../acme-client/schemas"), "acme", &mut files);
    files.sort();
    files
}

fn read(root: &Path, below: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(root.join(below)).expect("the folder of the made-up vendor") {
        let entry = entry.expect("an entry");
        let path = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(root, &path, files);
        } else {
            files.push((path, fs::read_to_string(entry.path()).expect("a file")));
        }
    }
}

/// The text of one file.
pub(crate) fn text(file: &str) -> String {
    files().into_iter().find(|(name, _)| name == file).map(|(_, text)| text).expect("a file of the made-up vendor")
}

#[test]
fn every_keyword_reaches_the_model() {
    let tree = scrm_schema::load_files(files()).unwrap_or_else(|errors| panic!("{errors}"));
    insta::assert_snapshot!(render(&tree));
}

#[test]
fn all_of_it_loads() {
    let tree = scrm_schema::load_files(all()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(tree.vendors.iter().all(|vendor| vendor.file.areas.iter().all(|area| vendor.area(&area.name).next().is_some())));
    assert_eq!(tree.unfinished, []);
}

#[test]
fn the_order_of_files_does_not_matter() {
    let mut reversed = files();
    reversed.reverse();
    assert_eq!(scrm_schema::load_files(files()), scrm_schema::load_files(reversed));
}

#[test]
fn it_uses_every_keyword_of_the_meta_schemas() {
    let texts: String = all().into_iter().map(|(_, text)| text).collect();
    for meta in [scrm_schema::OPERATION_META_SCHEMA, scrm_schema::DEFINITIONS_META_SCHEMA, scrm_schema::VENDOR_META_SCHEMA] {
        let meta: Value = serde_json::from_str(meta).expect("the meta-schema is JSON");
        for keyword in keywords(&meta) {
            assert!(texts.contains(&format!("\"{keyword}\"")), "no file of the made-up vendor uses `{keyword}`");
        }
    }
}

/// Names of all properties that the meta-schema allows anywhere.
pub(crate) fn keywords(meta: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match meta {
        Value::Object(map) => {
            if map.get("type").is_some_and(|ty| ty == "object")
                && let Some(Value::Object(properties)) = map.get("properties")
            {
                found.extend(properties.keys().cloned());
            }
            found.extend(map.values().flat_map(keywords));
        }
        Value::Array(items) => found.extend(items.iter().flat_map(keywords)),
        _ => {}
    }
    found
}
