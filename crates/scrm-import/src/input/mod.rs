//! From what was handed in to pages: HTML, saved pages, machine-readable files, pages on one line, several operations in one text.

mod bars;
pub(crate) mod encoding;
mod html;
mod islands;
mod mhtml;
mod operations;
mod tabs;
mod unfold;

use std::collections::HashSet;

use crate::lines::{self, Line};
use crate::openapi;
use crate::page::{Concern, Layout, Page};
use crate::page_builder::Context;
use crate::{ImportError, document, layout};

/// The pages of a text, one for each operation; `layout` where the caller knows it.
pub(crate) fn pages(text: &str, layout: Option<Layout>) -> Result<Given, ImportError> {
    let text = encoding::line_ends(text);
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let inside = mhtml::html(&text);
    let (text, wrapping) = match inside {
        Some(html) => (html, Some("a page saved by a browser")),
        None => (text, None),
    };
    if let Some(pages) = openapi::pages(&text)? {
        let lines = count(&text);
        return Ok(Given { pages, lines });
    }
    if islands::shows(&text) {
        return of_text(&islands::convert(&text)?, layout, None, false);
    }
    if html::shows(&text) {
        let converted = html::convert(&text)?;
        let mut given = of_text(&converted.text, layout, converted.title.clone(), converted.compares)?;
        for page in &mut given.pages {
            page.wrapping = wrapping.or(Some("HTML"));
        }
        return Ok(given);
    }
    of_text(&text, layout, None, false)
}

/// Pages, and how many lines that are not blank they were read from.
pub(crate) struct Given {
    pub(crate) pages: Vec<Page>,
    pub(crate) lines: usize,
}

fn count(text: &str) -> usize {
    text.lines().filter(|line| !line.trim().is_empty()).count()
}

fn of_text(text: &str, layout: Option<Layout>, title: Option<String>, compares: bool) -> Result<Given, ImportError> {
    let count = count(text);
    let raw: Vec<Line> = text.lines().zip(1..).map(|(text, number)| Line { number, text: lines::plain(text) }).collect();
    let mut lines = bars::with_outer_bars(tabs::with_bars(raw));
    for line in &mut lines {
        line.text = line.text.replace('\t', " ");
        line.text.truncate(line.text.trim_end().len());
    }
    let lines = unfold::unfold(without_line_numbers(lines));
    let compares = compares || lines.iter().any(|line| line.trimmed() == "版本比较" || line.text.contains("该行被添加"));
    let mut pages = Vec::new();
    let parts = operations::split(lines);
    let several = parts.len() > 1;
    for part in parts {
        let Some(found) = layout.or_else(|| layout::recognise(&part)) else {
            if several {
                continue;
            }
            return Err(ImportError::NoTable { lines: count, layout: None });
        };
        let context = Context { known: keys(&part), compares, title: title.clone().filter(|_| !several) };
        let mut page = layout::read(found, &part, context);
        if page.tables.iter().all(|table| table.rows.is_empty()) && page.examples.is_empty() {
            if several {
                continue;
            }
            return Err(ImportError::NoTable { lines: count, layout: Some(found) });
        }
        cut(&part, &mut page);
        if compares {
            page.remark(Concern::Decide, 0, "the page compares two versions of itself: where a cell stands twice the later one was taken, and parts that did not change may be left out of it");
        }
        pages.push(page);
    }
    if pages.is_empty() {
        return Err(ImportError::NoTable { lines: count, layout });
    }
    Ok(Given { pages, lines: count })
}

/// Code that was copied with the numbers of its lines: `1{`, `2 "code": 0`, `3}`.
fn without_line_numbers(mut lines: Vec<Line>) -> Vec<Line> {
    let after = |text: &str, number: usize| {
        let rest = text.trim_start().strip_prefix(number.to_string().as_str())?;
        (!rest.starts_with(|c: char| c.is_ascii_digit())).then(|| rest.to_owned())
    };
    let mut at = 0;
    while at < lines.len() {
        let opens = lines.get(at).and_then(|line| after(&line.text, 1)).is_some_and(|rest| matches!(rest.trim(), "{" | "[" | "[{"));
        let mut number = 1;
        while let Some(rest) = lines.get(at + number - 1).filter(|_| opens).and_then(|line| after(&line.text, number)) {
            if let Some(line) = lines.get_mut(at + number - 1) {
                line.text = rest;
            }
            number += 1;
        }
        at += number;
    }
    lines
}

/// Keys of the examples on a page: what is known to be a name.
fn keys(lines: &[Line]) -> HashSet<String> {
    let mut keys = HashSet::new();
    for line in lines {
        let text = line.text.as_str();
        for (place, _) in text.match_indices('"') {
            let rest = text.get(place + 1..).unwrap_or("");
            let length =
                rest.bytes().take(121).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
            let closed = rest.get(length..).and_then(|rest| rest.strip_prefix('"')).is_some_and(|rest| rest.trim_start().starts_with(':'));
            if closed && length > 0 {
                keys.extend(rest.get(..length).map(str::to_owned));
            }
        }
        if document::begins_xml(line) {
            let name: String =
                line.trimmed().trim_start_matches('<').chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            keys.insert(name);
        }
    }
    keys
}

/// Notes where a page ends that is not whole: inside an example, inside a row, or before its answer.
fn cut(lines: &[Line], page: &mut Page) {
    let Some(last) = lines.iter().rev().find(|line| !line.is_blank()) else { return };
    let open_example = page.examples.last().is_some_and(|example| {
        let ends = example.text.lines().count() + example.line;
        let value = example.text.trim_start();
        let closed = if value.starts_with('<') {
            crate::xml::read(value, 1).is_some_and(|(_, whole)| whole)
        } else {
            unfold::code_end(value).is_some()
        };
        !closed && ends > last.number.saturating_sub(1)
    });
    let bars = last.text.matches('|').count();
    let table = page.tables.last().and_then(|table| table.rows.last());
    let place = lines.iter().rposition(|line| !line.is_blank()).unwrap_or(0);
    let above = lines.get(..place).unwrap_or_default().iter().rev().find(|line| line.text.contains('|'));
    let width = above.map_or(0, |line| line.text.matches('|').count());
    let open_row = bars > 0
        && bars < width
        && !last.text.trim_end().ends_with('|')
        && table.is_some_and(|row| row.line >= last.number || row.line == last.number);
    let lone_name = table.is_some_and(|row| row.line < last.number && last.number - row.line <= 12)
        && page.unread.iter().any(|unread| unread.line == last.number)
        && crate::lexicon::is_name(last.trimmed());
    let inside = if open_example {
        "an example"
    } else if open_row || lone_name {
        "a row"
    } else {
        return;
    };
    page.cut = Some(crate::page::Cut { inside, line: last.number });
}
