//! One vendor's files, or one area's, for a short way from an edit to its outcome.

use std::{collections::BTreeMap, convert::Infallible, fmt, path::PathBuf, str::FromStr};

use scrm_schema::model::{Tree, Vendor};

use super::Generated;

/// How alike a name must be to be offered in the place of a wrong one, from 0 to 1.
const ALIKE: f64 = 0.7;

/// A vendor, or one of its areas: `xiaoe`, `xiaoe/order`.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    vendor: String,
    area: Option<String>,
}

impl FromStr for Part {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (vendor, area) = text.split_once('/').map_or((text, None), |(vendor, area)| (vendor, Some(area.trim_end_matches('/'))));
        Ok(Part { vendor: vendor.to_owned(), area: area.filter(|area| !area.is_empty()).map(str::to_owned) })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.vendor)?;
        self.area.iter().try_for_each(|area| write!(f, "/{area}"))
    }
}

/// The part's files. `folders`: of schemas, looked through until one has the vendor.
///
/// # Errors
/// The schemas are wrong, or there is no such vendor or area.
pub(super) fn generate(part: &Part, folders: impl Iterator<Item = PathBuf>) -> Result<Generated, String> {
    let mut names = Vec::new();
    for folder in folders {
        let tree = scrm_schema::load(&folder).map_err(|errors| errors.to_string())?;
        match tree.vendors.iter().find(|vendor| vendor.file.vendor == part.vendor) {
            Some(vendor) => return of(part, vendor, &tree),
            None => names.extend(tree.vendors.into_iter().map(|vendor| vendor.file.vendor)),
        }
    }
    Err(unknown(&format!("there is no vendor `{}` in the schemas", part.vendor), &part.vendor, &names))
}

fn of(part: &Part, vendor: &Vendor, tree: &Tree) -> Result<Generated, String> {
    let folder = scrm_codegen::folder(vendor);
    let (files, within) = match &part.area {
        Some(area) => (of_area(area, vendor, tree), format!("{folder}/{area}/")),
        None => {
            let only = Tree { vendors: vec![vendor.clone()], unfinished: tree.unfinished.clone() };
            (scrm_codegen::generate(&only).map_err(|errors| errors.to_string()), format!("{folder}/"))
        }
    };
    Ok(Generated { files: files?, within })
}

fn of_area(area: &str, vendor: &Vendor, tree: &Tree) -> Result<BTreeMap<String, String>, String> {
    let areas = vendor.file.areas.iter().map(|known| known.name.clone());
    let names: Vec<String> = areas.chain(vendor.channels.iter().map(|channel| channel.name.clone())).collect();
    if !names.iter().any(|known| known == area) {
        return Err(unknown(&format!("{} has no area `{area}`", vendor.file.vendor), area, &names));
    }
    scrm_codegen::generate_area(tree, vendor, area).map_err(|errors| errors.to_string())
}

/// What is wrong, and the names that look most like the wrong one; all of them where none does.
fn unknown(what: &str, wrong: &str, names: &[String]) -> String {
    let mut scored: Vec<(f64, &String)> = names.iter().map(|name| (strsim::jaro_winkler(wrong, name), name)).collect();
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let near: Vec<&str> = scored.iter().take_while(|(score, _)| *score >= ALIKE).take(4).map(|(_, name)| name.as_str()).collect();
    if near.is_empty() { format!("{what}; there are: {}", names.join(", ")) } else { format!("{what}; the nearest: {}", near.join(", ")) }
}
