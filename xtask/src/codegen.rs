//! `cargo xtask codegen`: schema files in, `generated/` folders out.

mod part;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use scrm_schema::model::Tree;

pub(crate) use self::part::Part;

/// The list of the vendors' schema files, which programs carry that run without the repository.
const LIST: &str = "schemas/files.rs";
/// The command that mends a stale tree.
const MEND: &str = "cargo xtask codegen";

/// How the tree differs from what the schemas say. Paths from the root, with `/`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    missing: Vec<String>,
    changed: Vec<String>,
    orphans: Vec<String>,
}

impl Difference {
    fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.changed.is_empty() && self.orphans.is_empty()
    }

    /// One line a file.
    fn lines(&self, words: [&str; 3]) -> String {
        let groups = [&self.missing, &self.changed, &self.orphans];
        let lines = groups.into_iter().zip(words).flat_map(|(paths, word)| paths.iter().map(move |path| format!("{word:8} {path}\n")));
        lines.collect()
    }
}

/// What is generated.
struct Generated {
    /// Text by path from the root.
    files: BTreeMap<String, String>,
    /// Whose files these are all of: those of each path that begins so.
    within: String,
}

/// Compares the tree under `out`, or a part of it, with what the schemas say; writes nothing.
///
/// # Errors
/// The schemas are wrong, there is no such part, files cannot be read, or a file is missing, changed or left over; one text for people.
pub(crate) fn check(schemas: &Path, out: &Path, part: Option<&Part>) -> Result<String, String> {
    let generated = generate(schemas, out, part)?;
    let difference = compare(&generated, out)?;
    if difference.is_empty() {
        return Ok(up_to_date(&generated));
    }
    let mend = part.map_or(MEND.to_owned(), |part| format!("{MEND} {part}"));
    Err(format!("{}the generated files are stale; run `{mend}`", difference.lines(["missing", "changed", "orphan"])))
}

fn up_to_date(generated: &Generated) -> String {
    let whose = if generated.within.is_empty() { String::new() } else { format!(" of {}", generated.within.trim_end_matches('/')) };
    format!("{} generated files{whose} are up to date", generated.files.len())
}

/// Brings the tree under `out`, or a part of it, in line with the schemas.
///
/// # Errors
/// The schemas are wrong or there is no such part (nothing is written then), or files cannot be read or written.
pub(crate) fn write(schemas: &Path, out: &Path, part: Option<&Part>) -> Result<String, String> {
    let generated = generate(schemas, out, part)?;
    let difference = compare(&generated, out)?;
    for path in difference.missing.iter().chain(&difference.changed) {
        let text = generated.files.get(path).map(String::as_str).unwrap_or_default();
        replace(&out.join(path), text).map_err(|error| format!("{path}: {error}"))?;
    }
    for path in &difference.orphans {
        fs::remove_file(out.join(path)).map_err(|error| format!("{path}: {error}"))?;
    }
    if difference.is_empty() {
        return Ok(up_to_date(&generated));
    }
    Ok(difference.lines(["new", "changed", "removed"]).trim_end().to_owned())
}

/// What the schemas say, those of the vendors and those of the crates that bring some of their own.
fn generate(schemas: &Path, out: &Path, part: Option<&Part>) -> Result<Generated, String> {
    match part {
        Some(part) => part::generate(part, [schemas.to_owned()].into_iter().chain(brought(out)?.into_iter().map(|(_, schemas)| schemas))),
        None => Ok(Generated { files: all(schemas, out)?, within: String::new() }),
    }
}

fn all(schemas: &Path, out: &Path) -> Result<BTreeMap<String, String>, String> {
    let (tree, mut files) = tree(schemas)?;
    let list = scrm_codegen::schema_list(&tree).map_err(|errors| errors.to_string())?;
    files.insert(LIST.to_owned(), list);
    for (name, schemas) in brought(out)? {
        for (path, text) in self::tree(&schemas)?.1 {
            if files.insert(path.clone(), text).is_some() {
                return Err(format!("{path} is made from schemas/ and from crates/{name}/schemas/: rename one of the two vendors"));
            }
            if !path.starts_with(&format!("crates/{name}/")) {
                return Err(format!(
                    "crates/{name}/schemas/ has a vendor that would be written to {path}: call the crate after its vendor"
                ));
            }
        }
    }
    Ok(files)
}

/// Name and schemas of each crate under `out` that brings schemas of its own (`crates/<name>/schemas`): a made-up vendor for tests.
fn brought(out: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let crates = entries(&out.join("crates")).map_err(|error| format!("{}: {error}", out.display()))?;
    let named = |krate: PathBuf| Some((krate.file_name()?.to_str()?.to_owned(), krate.join("schemas")));
    Ok(crates.into_iter().filter_map(named).filter(|(_, schemas)| schemas.is_dir()).collect())
}

/// The schemas of a folder, and what is generated from them.
fn tree(schemas: &Path) -> Result<(Tree, BTreeMap<String, String>), String> {
    let tree = scrm_schema::load(schemas).map_err(|errors| errors.to_string())?;
    let files = scrm_codegen::generate(&tree).map_err(|errors| errors.to_string())?;
    Ok((tree, files))
}

fn compare(generated: &Generated, out: &Path) -> Result<Difference, String> {
    let Generated { files, within } = generated;
    let mut difference = Difference::default();
    for (path, text) in files {
        match fs::read(out.join(path)) {
            Ok(found) if same(&found, text) => {}
            Ok(_) => difference.changed.push(path.clone()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => difference.missing.push(path.clone()),
            Err(error) => return Err(format!("{path}: {error}")),
        }
    }
    let found = generated_files(out).map_err(|error| format!("{}: {error}", out.display()))?;
    difference.orphans = found.into_iter().filter(|path| path.starts_with(within) && !files.contains_key(path)).collect();
    Ok(difference)
}

/// Whether a file holds this text. A checkout may end its lines in the way of its system.
fn same(found: &[u8], text: &str) -> bool {
    found == text.as_bytes() || String::from_utf8_lossy(found).replace("\r\n", "\n") == text
}

/// Every file in a `generated/` folder of a crate.
fn generated_files(out: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for member in entries(&out.join("crates"))? {
        let Some(name) = member.file_name().and_then(|name| name.to_str()) else { continue };
        collect(&member.join("src/generated"), &format!("crates/{name}/src/generated"), &mut found)?;
    }
    Ok(found)
}

fn collect(folder: &Path, path: &str, found: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in entries(folder)? {
        let Some(name) = entry.file_name().and_then(|name| name.to_str()) else { continue };
        let path = format!("{path}/{name}");
        if entry.is_dir() {
            collect(&entry, &path, found)?;
        } else {
            found.insert(path);
        }
    }
    Ok(())
}

/// What a folder holds; nothing, if there is none.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Writes a file so that no reader ever sees half of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = path.with_extension("rs.new");
    fs::write(&fresh, text)?;
    fs::rename(&fresh, path)
}
