//! The schema files of the made-up vendor: each file shows one feature.

use std::{collections::BTreeMap, fs, path::PathBuf};

/// File texts by path below the schema folder.
pub(crate) fn files() -> BTreeMap<String, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/acme");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (format!("acme/{}", entry.file_name().to_str().unwrap()), fs::read_to_string(entry.path()).unwrap())).collect()
}

/// What is generated of these files, by path.
pub(crate) fn generated(files: impl IntoIterator<Item = (String, String)>) -> Result<BTreeMap<String, String>, String> {
    let tree = scrm_schema::load_files(files).map_err(|errors| errors.to_string())?;
    scrm_codegen::generate(&tree).map_err(|errors| errors.to_string())
}
