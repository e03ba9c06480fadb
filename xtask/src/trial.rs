//! `cargo xtask import --try DIR`: reads a folder of pages beside their truths, and says how much of them is right, wrong in the open, wrong in silence.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use scrm_import::{
    Options, decode, import,
    trial::{Score, Truth, score},
};

use crate::import::say;

/// What the pages of one form sum up to.
#[derive(Default)]
struct Total {
    pages: usize,
    read: usize,
    right: usize,
    open: usize,
    silent: usize,
}

impl Total {
    fn add(&mut self, score: &Score) {
        self.pages += 1;
        self.read += usize::from(score.read);
        self.right += score.right;
        self.open += score.open;
        self.silent += score.silent;
    }
}

/// Whether nothing is wrong in silence and every page was read.
pub(crate) fn run(folder: &Path, faults: bool, json: bool) -> Result<bool, String> {
    let mut pages = pages(folder)?;
    pages.sort();
    if pages.is_empty() {
        return Err(format!("{} holds no page beside its truth (`page.txt` and `page.txt.truth.json`)", folder.display()));
    }
    let mut totals: BTreeMap<String, Total> = BTreeMap::new();
    let mut whole = Total::default();
    let mut entries = Vec::new();
    for path in pages {
        let truth = fs::read_to_string(truth_of(&path)).map_err(|error| format!("{}: {error}", truth_of(&path).display()))?;
        let truth = Truth::read(&truth).map_err(|error| format!("{}: {error}", truth_of(&path).display()))?;
        let options = Options { vendor: None, operation: None, layout: None, pick: None, page: "page", url: None, read: "2026-01-01" };
        let bytes = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let outcome = decode(&bytes).and_then(|text| import(&text, &options));
        let score = score(&truth, &outcome);
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        totals.entry(truth.form.clone()).or_default().add(&score);
        whole.add(&score);
        if json {
            entries.push(serde_json::json!({ "page": name, "form": truth.form, "read": score.read, "right": score.right, "open": score.open, "silent": score.silent, "faults": score.faults }));
            continue;
        }
        let read = if score.read { "read" } else { "NOT READ" };
        say(
            &mut io::stdout(),
            &format!("{name}: {read}, {} right, {} wrong in the open, {} wrong in silence", score.right, score.open, score.silent),
        );
        for fault in score.faults.iter().filter(|_| faults) {
            say(&mut io::stdout(), &format!("    {fault}"));
        }
    }
    if json {
        say(&mut io::stdout(), &format!("{:#}", serde_json::Value::Array(entries)));
    } else {
        say(&mut io::stdout(), &table(&totals, &whole));
    }
    Ok(whole.silent == 0 && whole.read == whole.pages)
}

/// The totals as a table of Markdown.
fn table(totals: &BTreeMap<String, Total>, whole: &Total) -> String {
    let mut lines = vec![
        String::new(),
        "| form | pages | read | right | wrong in the open | wrong in silence |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    let row = |name: &str, total: &Total| {
        format!("| {name} | {} | {} | {} | {} | {} |", total.pages, total.read, total.right, total.open, total.silent)
    };
    lines.extend(totals.iter().map(|(form, total)| row(form, total)));
    lines.push(row("**all**", whole));
    let all = whole.right + whole.open + whole.silent;
    let share = if all == 0 { 0.0 } else { 100.0 * whole.right as f64 / all as f64 };
    lines.push(String::new());
    lines.push(format!("{share:.1} of 100 right."));
    lines.join("\n")
}

fn truth_of(page: &Path) -> PathBuf {
    let mut name = page.as_os_str().to_owned();
    name.push(".truth.json");
    PathBuf::from(name)
}

/// Pages of a folder and the folders in it that have a truth beside them.
fn pages(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    let mut pages = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            pages.extend(self::pages(&path)?);
        } else if truth_of(&path).exists() {
            pages.push(path);
        }
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# 取名单\n\n- 请求方式: POST\n- 请求地址: /a/b\n\n请求参数\n\n| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n| page | 是 | int | 页码 |\n";

    fn tried(truth: &str) -> Result<bool, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("form")).unwrap();
        fs::write(folder.path().join("form/1.md"), PAGE).unwrap();
        fs::write(folder.path().join("form/1.md.truth.json"), truth).unwrap();
        run(folder.path(), true, false)
    }

    #[test]
    fn a_page_is_held_against_the_truth_beside_it() {
        let truth = |kind: &str| {
            format!(
                r#"{{ "form": "made-up", "title": "取名单", "request": {{ "page": {{ "type": "{kind}", "required": true }} }}, "response": {{}} }}"#
            )
        };
        assert_eq!(tried(&truth("integer")), Ok(true));
        assert_eq!(tried(&truth("string")), Ok(false));
        assert!(tried("{}").unwrap_err().contains("1.md.truth.json: it names no form"));
    }

    #[test]
    fn a_folder_without_pages_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(run(folder.path(), false, false).unwrap_err().contains("holds no page beside its truth"));
        assert!(run(&folder.path().join("nothing"), false, true).unwrap_err().contains("cannot be read"));
    }
}
