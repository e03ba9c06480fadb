//! Links between the pages, and from the pages into the code, lead somewhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::pages::files;

/// Where the repository is read; pages that leave their book or their package name it.
const HOME: &str = "https://github.com/scrm-clients/scrm-clients/";

struct Link {
    text: String,
    target: String,
}

/// The links of a page, outside of code.
fn links(page: &str) -> Vec<Link> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let mut rest = if fenced { "" } else { line };
        while let Some(at) = rest.find("](") {
            let text = rest[..at].rfind('[').map_or("", |start| &rest[start + 1..at]).to_owned();
            rest = &rest[at + 2..];
            let (target, after) = match rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
                Some(bracketed) => bracketed,
                None => rest.split_once(')').unwrap_or((rest, "")),
            };
            found.push(Link { text, target: target.to_owned() });
            rest = after;
        }
    }
    found
}

/// The anchors of a page, as GitHub and mdBook make them of its headings.
fn anchors(page: &str) -> Vec<String> {
    let mut fenced = false;
    let headings = page.lines().filter(|line| {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        !fenced && line.starts_with('#')
    });
    let anchor = |heading: &str| -> String {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_'));
        kept.map(|sign| if sign == ' ' { '-' } else { sign }).collect()
    };
    headings.map(anchor).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// What is wrong with a link of this page, if anything is.
fn fault(root: &Path, page: &Path, own: &str, link: &Link) -> Option<String> {
    let (target, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
    let at_home = target.strip_prefix(HOME).and_then(|path| path.strip_prefix("blob/main/").or(path.strip_prefix("tree/main/")));
    let path = match at_home {
        Some(path) => root.join(path),
        None if target.contains("://") || target.starts_with("mailto:") => return None,
        None if target.is_empty() => page.to_owned(),
        None => {
            let path = page.parent()?.join(target);
            // A book and a package are read without the repository around them.
            let alone = page.starts_with(root.join("docs/guide"))
                || page.starts_with(root.join("crates"))
                || page.starts_with(root.join("schemas"));
            if alone && target.contains("..") {
                return Some(format!("leads out of what is read alone; write {HOME}blob/main/…"));
            }
            path
        }
    };
    if !path.exists() {
        return Some("there is no such file".to_owned());
    }
    if path.is_dir() {
        return None;
    }
    let text = if path == page { own.to_owned() } else { fs::read_to_string(&path).unwrap_or_default() };
    if path.extension().is_some_and(|kind| kind == "rs") {
        // What the text of a link names in code is the file that it leads to, or stands in it.
        let named = link.text.trim_matches('`').trim_end_matches("()").rsplit("::").next().unwrap_or_default();
        let is_code = link.text.starts_with('`') && !named.contains(['/', '.']);
        return (is_code && !text.contains(named) && !target.contains(named)).then(|| format!("`{named}` does not stand there"));
    }
    (!anchor.is_empty() && !anchors(&text).iter().any(|there| there == anchor)).then(|| format!("no heading makes the anchor #{anchor}"))
}

#[test]
fn every_link_leads_somewhere() {
    let root = root();
    let mut pages: Vec<PathBuf> = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "schemas/README.md"]
        .map(|name| root.join(name))
        .into();
    pages.extend(files(&root.join("docs"), ".md"));
    pages.extend(
        fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path().join("README.md")).filter(|page| page.exists()),
    );
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in &pages {
        let own = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for link in links(&own) {
            seen += 1;
            if let Some(fault) = fault(&root, page, &own, &link) {
                wrong.push(format!("{}: [{}]({}): {fault}", page.strip_prefix(&root).unwrap().display(), link.text, link.target));
            }
        }
    }
    assert!(seen > 100, "{seen} links");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_told() {
    let root = root();
    let page = root.join("docs/guide/en/src/introduction.md");
    let told =
        |text: &str, target: &str| fault(&root, &page, "# One heading\n", &Link { text: text.to_owned(), target: target.to_owned() });
    assert_eq!(told("x", "#one-heading"), None);
    assert!(told("x", "#another").is_some());
    assert!(told("x", "nowhere.md").is_some());
    assert!(told("x", "../../../coverage.md").is_some_and(|fault| fault.contains("read alone")));
    assert_eq!(told("x", &format!("{HOME}blob/main/docs/coverage.md")), None);
    assert!(told("x", &format!("{HOME}blob/main/docs/nowhere.md")).is_some());
    assert_eq!(told("`paging::planner`", &format!("{HOME}blob/main/crates/scrm-core/src/paging.rs")), None);
    assert!(told("`no_such_function`", &format!("{HOME}blob/main/crates/scrm-core/src/paging.rs")).is_some());
    assert_eq!(links("[a](<b c>) `x` [d](e)\n```\n[f](g)\n```\n").len(), 2);
}
