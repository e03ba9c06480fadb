//! `cargo xtask coverage`: what is known of the vendors, and how much of it is typed: `docs/coverage.md`, and the READMEs' table of operations.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use scrm_codegen::Language;

/// The page.
const PAGE: &str = "docs/coverage.md";
/// The texts that show the table of operations, each vendor a line.
const READMES: [(&str, Language); 2] = [("README.md", Language::English), ("README.zh-CN.md", Language::Chinese)];
/// The command that mends a stale page.
const MEND: &str = "cargo xtask coverage";

/// The lines of the READMEs' tables, the English ones first.
///
/// # Errors
/// The schemas are wrong.
pub(crate) fn summary(schemas: &Path) -> Result<String, String> {
    let tree = scrm_schema::load(schemas).map_err(|errors| errors.to_string())?;
    let lines = READMES.into_iter().flat_map(|(_, language)| scrm_codegen::coverage_summary(&tree, language));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// Compares page and tables below a root with what the schemas say; writes nothing.
///
/// # Errors
/// The schemas are wrong, a file cannot be read, or one says something else; one text for people.
pub(crate) fn check(schemas: &Path, root: &Path) -> Result<String, String> {
    let stale = stale(schemas, root)?;
    if stale.is_empty() {
        return Ok(format!("{PAGE} is up to date"));
    }
    let names: String = stale.iter().map(|(path, _)| format!("changed  {}\n", path.display())).collect();
    Err(format!("{names}what is told of the coverage is stale; run `{MEND}`"))
}

/// Brings page and tables below a root in line with the schemas.
///
/// # Errors
/// The schemas are wrong, or a file cannot be read or written.
pub(crate) fn write(schemas: &Path, root: &Path) -> Result<String, String> {
    let stale = stale(schemas, root)?;
    if stale.is_empty() {
        return Ok(format!("{PAGE} is up to date"));
    }
    let mut done = Vec::new();
    for (path, text) in stale {
        let file = root.join(&path);
        file.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&file, text))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        done.push(format!("changed  {}", path.display()));
    }
    Ok(done.join("\n"))
}

/// The files that say something else than the schemas, with what they should say.
fn stale(schemas: &Path, root: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let tree = scrm_schema::load(schemas).map_err(|errors| errors.to_string())?;
    let mut stale = Vec::new();
    let page = scrm_codegen::coverage(&tree);
    if read(root, PAGE)?.is_none_or(|found| found != page) {
        stale.push((PathBuf::from(PAGE), page));
    }
    for (name, language) in READMES {
        let lines = scrm_codegen::coverage_summary(&tree, language);
        let Some(found) = read(root, name)? else { continue };
        let wanted = with_lines(&found, &lines).map_err(|missing| format!("{name} has no line that begins with {missing:?}"))?;
        if wanted != found {
            stale.push((PathBuf::from(name), wanted));
        }
    }
    Ok(stale)
}

/// The text with each of its table's lines replaced by the one that begins alike; else the beginning that no line has.
fn with_lines(text: &str, lines: &[String]) -> Result<String, String> {
    let mut text: Vec<&str> = text.split('\n').collect();
    for line in lines {
        let end = line.match_indices(" | ").next().map_or(line.len(), |(at, _)| at + 3);
        let start = line.get(..end).unwrap_or_default();
        let there = text.iter_mut().find(|there| there.starts_with(start)).ok_or_else(|| start.to_owned())?;
        *there = line;
    }
    Ok(text.join("\n"))
}

/// A file's text with the line ends of this project; `None`: there is none.
fn read(root: &Path, path: &str) -> Result<Option<String>, String> {
    match fs::read_to_string(root.join(path)) {
        Ok(text) => Ok(Some(text.replace("\r\n", "\n"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{path}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_table_are_replaced_by_those_that_begin_alike() {
        let lines = ["| `a-client` | 甲 | **2** |".to_owned(), "| `b-client` | 乙 | **3** |".to_owned()];
        let text = "# Title\n\n| crate |\n|---|\n| `b-client` | old |\n| `a-client` | old |\n\nend\n";
        let wanted = "# Title\n\n| crate |\n|---|\n| `b-client` | 乙 | **3** |\n| `a-client` | 甲 | **2** |\n\nend\n";
        assert_eq!(with_lines(text, &lines).as_deref(), Ok(wanted));
        assert_eq!(with_lines("no table", &lines), Err("| `a-client` | ".to_owned()));
    }
}
