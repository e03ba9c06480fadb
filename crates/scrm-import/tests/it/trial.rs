//! Pages in every form against their truths: each is read, and nothing is wrong in silence.

use std::{collections::BTreeMap, fs, path::Path};

use scrm_import::trial::{Score, Truth, score};
use scrm_import::{decode, import};

use crate::pages::options;

/// Every page of the folder of trials, by form and number, with its truth.
fn trials() -> Vec<(String, Vec<u8>, Truth)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/try");
    let mut trials = Vec::new();
    for form in fs::read_dir(&root).unwrap() {
        for page in fs::read_dir(form.unwrap().path()).unwrap() {
            let path = page.unwrap().path();
            let truth = path.with_file_name(format!("{}.truth.json", path.file_name().unwrap().to_string_lossy()));
            if truth.exists() {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                trials.push((name, fs::read(&path).unwrap(), Truth::read(&fs::read_to_string(truth).unwrap()).unwrap()));
            }
        }
    }
    trials.sort_by(|one, other| one.0.cmp(&other.0));
    trials
}

/// The text of every trial, read once.
pub(crate) fn texts() -> &'static [String] {
    static TEXTS: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    TEXTS.get_or_init(|| trials().into_iter().map(|(_, bytes, _)| decode(&bytes).unwrap()).collect())
}

#[test]
fn every_page_is_read_and_nothing_is_wrong_in_silence() {
    let trials = trials();
    assert!(trials.len() >= 80, "{} pages", trials.len());
    let mut totals: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    let mut faults = String::new();
    for (name, bytes, truth) in &trials {
        let outcome = decode(bytes).and_then(|text| import(&text, &options(None)));
        // Held against the checks of schema files, each draft stands as it was written.
        let mended = outcome.as_ref().is_ok_and(|imported| imported.report.text().contains("the draft would not load with it"));
        assert!(!mended, "{name}: a part of its draft was taken out");
        let Score { read, right, open, silent, faults: found } = score(truth, &outcome);
        let total = totals.entry(truth.form.clone()).or_default();
        for (sum, more) in total.iter_mut().zip([1, usize::from(read), right, open, silent]) {
            *sum += more;
        }
        if !found.is_empty() {
            faults.push_str(&format!("{name}\n    {}\n", found.join("\n    ")));
        }
    }
    let table: String = totals
        .iter()
        .map(|(form, [pages, read, right, open, silent])| format!("| {form} | {pages} | {read} | {right} | {open} | {silent} |\n"))
        .collect();
    let unread = totals.values().map(|[pages, read, ..]| pages - read).sum::<usize>();
    let silent = totals.values().map(|[.., silent]| silent).sum::<usize>();
    assert_eq!((unread, silent), (0, 0), "\n{faults}{table}");
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/import.md")).unwrap();
    for row in table.lines() {
        assert!(docs.contains(row), "docs/import.md has another row than what is measured: {row}");
    }
}
