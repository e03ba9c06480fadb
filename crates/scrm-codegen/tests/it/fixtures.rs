//! The schema files of the made-up vendor. What is generated from them is a member of the workspace: it is compiled, and its examples are run, with everything else.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// File texts by path below the schema folder.
pub(crate) fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../acme-client/schemas"), "acme", &mut files);
    files
}

fn read(root: &Path, below: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{below}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            read(root, &path, files);
        } else {
            files.insert(path, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

/// What is generated of these files, by path.
pub(crate) fn generated(files: impl IntoIterator<Item = (String, String)>) -> Result<BTreeMap<String, String>, String> {
    let tree = scrm_schema::load_files(files).map_err(|errors| errors.to_string())?;
    scrm_codegen::generate(&tree).map_err(|errors| errors.to_string())
}
