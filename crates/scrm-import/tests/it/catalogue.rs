//! Operations of the committed schemas as pages in every form: two a form, each compared with its schema. A difference is a fault of the importer, or
//! the schema changed: then write the page anew, from what the schema says.

use std::fs;
use std::path::{Path, PathBuf};

use scrm_import::{Committed, Difference, Options, decode, diff, import};
use scrm_schema::model::VendorFile;
use serde_json::Value;

use crate::pages::options;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A page, and the schema of the operation that it documents.
struct Case {
    name: String,
    page: String,
    vendor: VendorFile,
    schema: String,
    definitions: Option<String>,
    others: Vec<String>,
}

impl Case {
    /// `xiaoe-exercise-list.html` documents the operation of `schemas/xiaoe/*/exercise-list.json`.
    fn read(page: &Path) -> Self {
        let stem = page.file_stem().unwrap().to_str().unwrap();
        let (vendor, operation) = stem.split_once('-').unwrap();
        let schemas = root().join("schemas").join(vendor);
        let areas = sorted(&schemas).into_iter().filter(|path| path.is_dir());
        let file = areas.map(|area| area.join(format!("{operation}.json"))).find(|file| file.exists());
        let file = file.unwrap_or_else(|| panic!("no area of {vendor} has the operation {operation}"));
        let beside = sorted(file.parent().unwrap());
        let is_shared = |path: &&PathBuf| path.file_name().is_some_and(|name| name == "definitions.json");
        Self {
            name: page.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap().display().to_string(),
            page: decode(&fs::read(page).unwrap()).unwrap(),
            vendor: serde_json::from_str(&text(&schemas.join("vendor.json"))).unwrap(),
            schema: text(&file),
            definitions: beside.iter().find(is_shared).map(|path| text(path)),
            others: beside.iter().filter(|path| **path != file && !is_shared(path)).map(|path| text(path)).collect(),
        }
    }

    fn options(&self) -> Options<'_> {
        options(Some(&self.vendor))
    }

    fn differences(&self, schema: &str) -> Vec<Difference> {
        let committed = Committed { schema, definitions: self.definitions.as_deref(), others: &self.others };
        diff(&self.page, &self.options(), &committed).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// The forms with their pages.
fn forms() -> Vec<(String, Vec<PathBuf>)> {
    let folders = sorted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue"));
    folders.iter().map(|folder| (folder.file_name().unwrap().to_str().unwrap().to_owned(), sorted(folder))).collect()
}

#[test]
fn two_operations_in_every_form_say_what_their_schemas_say() {
    let mut wrong = String::new();
    for (form, pages) in forms() {
        assert!(pages.len() >= 2, "{form} has {} pages", pages.len());
        for page in pages {
            let case = Case::read(&page);
            for difference in case.differences(&case.schema) {
                wrong.push_str(&format!("{}: {difference}\n", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_form_of_the_trials_has_its_operations() {
    // Pushes are no operations; a comparison of versions is the page of another form; the last two are collections of faults.
    const OTHERS: [&str; 4] = ["push", "confluence-comparison", "traps", "unseen"];
    let known: Vec<String> = forms().into_iter().map(|(form, _)| form).collect();
    for folder in sorted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/try")) {
        let form = folder.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(known.contains(&form) || OTHERS.contains(&form.as_str()), "{form} has no operation in tests/catalogue");
    }
}

/// A comparison that looks at nothing agrees with everything: without a field that the page has, the schema must differ.
#[test]
fn a_field_that_a_schema_has_not_is_missed_on_every_page() {
    for page in forms().into_iter().flat_map(|(_, pages)| pages) {
        let case = Case::read(&page);
        let schema: Value = serde_json::from_str(&case.schema).unwrap();
        for side in ["request", "response"] {
            let properties = schema.pointer(&format!("/{side}/properties")).and_then(Value::as_object);
            for name in properties.into_iter().flatten().map(|(name, _)| name.clone()).filter(|name| case.page.contains(name.as_str())) {
                let mut without = schema.clone();
                without[side]["properties"].as_object_mut().unwrap().shift_remove(&name);
                if let Some(errata) = without["errata"].as_array_mut() {
                    errata.retain(|erratum| !erratum["at"].as_str().unwrap().ends_with(&format!("/{name}")));
                }
                let added = |difference: &Difference| difference.at.ends_with(&format!("/{name}"));
                let renamed = schema["errata"].to_string().contains(&format!("\"wire\":\"{name}\""));
                assert!(
                    renamed || case.differences(&without.to_string()).iter().any(added),
                    "{}: {side} {name} is on the page and not in the schema, and nothing is said",
                    case.name
                );
            }
        }
    }
}

#[test]
fn each_page_becomes_a_draft() {
    for page in forms().into_iter().flat_map(|(_, pages)| pages) {
        let case = Case::read(&page);
        let draft = import(&case.page, &case.options()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let (draft, schema): (Value, Value) = (serde_json::from_str(&draft.schema).unwrap(), serde_json::from_str(&case.schema).unwrap());
        assert_eq!(draft["http"]["path"], schema["http"]["path"], "{}", case.name);
        assert!(draft["response"]["properties"].as_object().is_some_and(|fields| !fields.is_empty()), "{}", case.name);
    }
}
