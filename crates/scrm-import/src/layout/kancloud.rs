//! Kancloud Markdown: bold section heads, bullets with code spans, `{% api %}` blocks of the try-it panel, the book's menu at the end.

use crate::document;
use crate::lexicon;
use crate::lines::Line;
use crate::page::{Concern, Page};
use crate::page_builder::PageBuilder;

pub(super) fn shows(lines: &[Line]) -> bool {
    (0..lines.len()).any(|at| begins_panel(lines, at))
}

/// `{% api`, on one line or on two.
fn begins_panel(lines: &[Line], at: usize) -> bool {
    lines.get(at).is_some_and(|line| {
        let next = || lines.get(at + 1).is_some_and(|next| next.trimmed().split(' ').next() == Some("api"));
        line.text.contains("{% api") || (line.trimmed() == "{%" && next())
    })
}

pub(super) fn read(lines: &[Line], mut page: PageBuilder) -> Page {
    let end = menu_start(lines);
    for line in lines.get(end..).unwrap_or_default().iter().filter(|line| !line.is_blank()) {
        page.set_aside(line.number, "menu of the book");
    }
    let lines = lines.get(..end).unwrap_or_default();
    let (mut kept, mut panel) = (Vec::new(), Vec::new());
    let mut inside = false;
    for (at, line) in lines.iter().enumerate() {
        inside = inside || begins_panel(lines, at);
        if inside {
            page.set_aside(line.number, "try-it panel");
            panel.push(line);
            inside = !line.text.contains("{% endapi");
        } else {
            kept.push(line.clone());
        }
    }
    document::read(&kept, &mut page);
    let mut page = page.finish();
    compare(&panel, &mut page);
    page
}

/// Where the trailing list of links begins.
fn menu_start(lines: &[Line]) -> usize {
    let is_item = |line: &Line| {
        let text = line.trimmed();
        line.is_blank()
            || ((text.starts_with("* ") || text.starts_with("- ") || text.starts_with("+ "))
                && lexicon::label(text).is_none()
                && lexicon::heading(text).is_none())
    };
    let items = lines.iter().rev().take_while(|line| is_item(line)).count();
    let start = lines.len() - items;
    let links = lines.get(start..).unwrap_or_default().iter().filter(|line| !line.is_blank()).count();
    if links >= 3 { start } else { lines.len() }
}

/// Takes the address from the panel when the page has no other; says when they differ.
fn compare(panel: &[&Line], page: &mut Page) {
    for line in panel {
        let Some((_, rest)) = line.text.split_once("url=\"") else { continue };
        let address = rest.split('"').next().unwrap_or("");
        let address = address.split_once("url=").map_or(address, |(_, inner)| inner);
        let known = page.url.as_ref().map(|url| url.value.trim().to_owned());
        match known {
            Some(known) if address.trim().ends_with(known.trim_start_matches("http://").trim_start_matches("https://")) => {}
            Some(known) => {
                let remark =
                    format!("the try-it panel calls another address than `{known}`: its parameters may belong to another operation");
                page.remark(Concern::Decide, line.number, remark);
            }
            None => page.remark(Concern::Decide, line.number, "only the try-it panel names an address: not taken"),
        }
    }
}
