//! `cargo xtask openapi`: the vendors as OpenAPI 3.1 documents.

use std::{fs, path::Path};

use scrm_schema::model::Vendor;

/// The document of one vendor.
pub(crate) fn print(schemas: &Path, vendor: &str) -> Result<String, String> {
    let tree = load(schemas)?;
    let found = tree.iter().find(|known| known.file.vendor == vendor).ok_or_else(|| unknown(&tree, vendor))?;
    Ok(text(found))
}

/// Writes `<vendor>.json` for one vendor or for all into a folder, which is made when it is missing.
pub(crate) fn write(schemas: &Path, vendor: Option<&str>, out: &Path) -> Result<String, String> {
    let tree = load(schemas)?;
    let chosen: Vec<&Vendor> = tree.iter().filter(|known| vendor.is_none_or(|name| known.file.vendor == name)).collect();
    if let (Some(name), true) = (vendor, chosen.is_empty()) {
        return Err(unknown(&tree, name));
    }
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let mut written = Vec::new();
    for vendor in chosen {
        let file = out.join(format!("{}.json", vendor.file.vendor));
        fs::write(&file, text(vendor) + "\n").map_err(|error| format!("{}: {error}", file.display()))?;
        written.push(file.display().to_string());
    }
    Ok(written.join("\n"))
}

fn load(schemas: &Path) -> Result<Vec<Vendor>, String> {
    scrm_schema::load(schemas).map(|tree| tree.vendors).map_err(|errors| errors.to_string())
}

fn unknown(tree: &[Vendor], vendor: &str) -> String {
    let known: Vec<&str> = tree.iter().map(|vendor| vendor.file.vendor.as_str()).collect();
    format!("there is no vendor `{vendor}` in the schemas; known: {}", known.join(", "))
}

fn text(vendor: &Vendor) -> String {
    format!("{:#}", scrm_schema::openapi::document(vendor))
}
