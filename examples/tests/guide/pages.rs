//! What holds for all pages: their code is that of the tests, both languages have the same of it, and no page is lost.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files below a folder whose names end so, in order.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && entry.file_name().is_some_and(|name| name != "book" && name != "target") {
            found.extend(files(&entry, ending));
        } else if entry.to_string_lossy().ends_with(ending) {
            found.push(entry);
        }
    }
    found.sort();
    found
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).replace("\r\n", "\n")
}

/// The paragraphs of each block of code in this language, as they read without line breaks, indents and remarks: those differ by formatting and by language.
fn blocks(page: &Path, language: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text(page).lines() {
        match &mut block {
            None if line.trim_start().strip_prefix("```").is_some_and(|rest| rest.split(',').next() == Some(language)) => {
                block = Some(String::new());
            }
            Some(_) if line.trim_start().starts_with("```") => blocks.extend(block.take().map(|block| paragraphs(&block))),
            Some(block) => *block += &format!("{line}\n"),
            None => {}
        }
    }
    blocks
}

fn paragraphs(block: &str) -> Vec<String> {
    block.split("\n\n").map(dense).filter(|paragraph| !paragraph.is_empty()).collect()
}

/// Code without what formatting and language change.
fn dense(code: &str) -> String {
    let without_remark = |line: &str| {
        let line = line.trim();
        let remark = ["//", "# "].iter().filter_map(|mark| match line.starts_with(mark) {
            true => Some(0),
            false => line.find(&format!(" {mark}")),
        });
        line[..remark.min().unwrap_or(line.len())].split_whitespace().collect::<String>()
    };
    let joined: String = code.lines().map(without_remark).collect();
    joined.replace(",}", "}").replace(",)", ")").replace(",]", "]")
}

fn pages(language: &str) -> Vec<PathBuf> {
    files(&root().join("docs/guide").join(language).join("src"), ".md")
}

#[test]
fn every_block_of_rust_is_compiled() {
    let here: Vec<String> = files(&root().join("examples/tests"), ".rs").iter().map(|path| dense(&text(path))).collect();
    let mut seen = 0;
    for page in pages("en") {
        assert!(!text(&page).contains("```rust,"), "{}: a block that is not compiled", page.display());
        for paragraph in blocks(&page, "rust").iter().flatten() {
            assert!(here.iter().any(|file| file.contains(paragraph)), "{}: no test holds this:\n{paragraph}", page.display());
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen} paragraphs");
}

#[test]
fn the_python_program_is_the_one_that_runs() {
    let program = dense(&text(&root().join("examples/python/xiaoe.py")));
    let blocks = blocks(&root().join("docs/guide/en/src/other-languages.md"), "python");
    assert_eq!(blocks.len(), 1);
    for paragraph in blocks.iter().flatten() {
        assert!(program.contains(paragraph), "examples/python/xiaoe.py has no:\n{paragraph}");
    }
}

#[test]
fn both_languages_have_the_same_pages_and_code() {
    let (english, chinese) = (pages("en"), pages("zh"));
    let names = |pages: &[PathBuf]| pages.iter().map(|page| page.file_name().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&english), names(&chinese));
    for (english, chinese) in english.iter().zip(&chinese) {
        for language in ["rust", "toml", "json", "python"] {
            assert_eq!(blocks(english, language), blocks(chinese, language), "{} and {}", english.display(), chinese.display());
        }
    }
}

#[test]
fn the_table_of_contents_has_every_page() {
    for language in ["en", "zh"] {
        let folder = root().join("docs/guide").join(language).join("src");
        let summary = text(&folder.join("SUMMARY.md"));
        let listed: BTreeSet<&str> = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        let there: BTreeSet<String> = pages(language).iter().map(|page| page.file_name().unwrap().to_string_lossy().into_owned()).collect();
        let there: BTreeSet<&str> = there.iter().map(String::as_str).filter(|name| *name != "SUMMARY.md").collect();
        assert_eq!(listed, there);
    }
}

/// The file that "Adding an operation" shows, among those of its vendor.
#[test]
fn the_smallest_operation_file_is_one() {
    let page = text(&root().join("docs/guide/en/src/operation.md"));
    let (_, json) = page.split_once("```json\n").unwrap();
    let (json, _) = json.split_once("```").unwrap();
    let mut all: Vec<(String, String)> =
        scrm_vendor_schemas::FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    all.push(("xiaoe/user/user-made-up-hide.json".to_owned(), json.to_owned()));
    let tree = scrm_schema::load_files(all).unwrap_or_else(|errors| panic!("{errors}"));
    let xiaoe = tree.vendors.iter().find(|vendor| vendor.file.vendor == "xiaoe").unwrap();
    assert!(xiaoe.operations.iter().any(|operation| operation.name == "user_made_up_hide"));
    assert!(tree.unfinished.is_empty());
}
