//! Reading from disk.

use std::fs;

use crate::acme;

#[test]
fn a_folder_loads_like_its_texts_and_other_files_are_no_part_of_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (file, text) in acme::files() {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    fs::write(folder.path().join("README.md"), "# no schema").expect("a file");
    fs::write(folder.path().join("operation.schema.json"), "{}").expect("a file");
    fs::write(folder.path().join("acme/notes.txt"), "no schema").expect("a file");
    fs::write(folder.path().join("acme/.hidden.json"), "no schema").expect("a file");
    assert_eq!(scrm_schema::load(folder.path()), scrm_schema::load_files(acme::files()));
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = scrm_schema::load(&folder.path().join("nowhere")).expect_err("there is no such folder");
    assert!(missing.to_string().contains("nowhere cannot be read"), "{missing}");

    fs::create_dir_all(folder.path().join("acme")).expect("a folder");
    fs::write(folder.path().join("acme/vendor.json"), [0xff, 0xfe]).expect("a file");
    let broken = scrm_schema::load(folder.path()).expect_err("the file is no UTF-8");
    assert!(broken.to_string().starts_with("schemas/acme/vendor.json#: cannot be read: "), "{broken}");
}
