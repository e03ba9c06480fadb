//! The schema tree of this repository.

use std::path::Path;

#[test]
fn the_schema_tree_loads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let tree = scrm_schema::load(&folder).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(tree.vendors.iter().all(|vendor| !vendor.operations.is_empty()));
    assert!(!tree.vendors.is_empty());
}
