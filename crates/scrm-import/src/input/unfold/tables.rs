//! Tables on one line, row by row.

use crate::{lexicon, table};

use super::prose::headings;

pub(super) enum Part<'a> {
    Row(String),
    Text(&'a str),
}

/// A cell between two bars, as bytes of the text.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

pub(super) fn cells(text: &str) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut start = 0;
    for (place, _) in text.match_indices('|') {
        if text.as_bytes().get(place.wrapping_sub(1)) == Some(&b'\\') {
            continue;
        }
        cells.push(Cell { start, end: place, text: text.get(start..place).unwrap_or("") });
        start = place + 1;
    }
    cells.push(Cell { start, end: text.len(), text: text.get(start..).unwrap_or("") });
    cells
}

pub(super) fn is_dashes(cell: &Cell<'_>) -> bool {
    let text = cell.text.trim();
    text.contains('-') && text.chars().all(|c| matches!(c, '-' | ':'))
}

/// Runs of cells that rule a header off, by first cell and the one after the last.
pub(super) fn rules<'a>(cells: &'a [Cell<'a>]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < cells.len() {
            let run = cells.iter().skip(at).take_while(|cell| is_dashes(cell)).count();
            if run > 0 {
                let found = (at, at + run);
                at += run;
                return Some(found);
            }
            at += 1;
        }
        None
    })
}

/// The tables of a line, row by row, and the text between them.
pub(super) fn tables(text: &str) -> Vec<Part<'_>> {
    let cells = cells(text);
    let mut parts = Vec::new();
    let mut done = 0;
    let all: Vec<(usize, usize)> = rules(&cells).collect();
    for (number, (from, to)) in all.iter().copied().enumerate() {
        let Some((header_at, header)) = header(&cells, from, to - from, done) else { continue };
        let limit = all.get(number + 1).map_or(cells.len(), |(next, _)| *next);
        parts.push(Part::Text(text.get(done..header_at).unwrap_or("")));
        let width = to - from;
        parts.push(Part::Row(row(&header)));
        parts.push(Part::Row(format!("|{}", "---|".repeat(width))));
        let (rows, end, rest) = rows(&cells, to, width, limit);
        parts.extend(rows.into_iter().map(Part::Row));
        done = end;
        if let Some(rest) = rest {
            parts.push(Part::Text(rest));
        }
    }
    parts.push(Part::Text(text.get(done..).unwrap_or("")));
    parts
}

pub(super) fn row(cells: &[&str]) -> String {
    format!("| {} |", cells.iter().map(|cell| cell.strip_prefix(' ').unwrap_or(cell).trim_end()).collect::<Vec<_>>().join(" | "))
}

/// The header above a rule: where it begins, and its titles.
pub(super) fn header<'a>(cells: &[Cell<'a>], rule: usize, width: usize, done: usize) -> Option<(usize, Vec<&'a str>)> {
    let mut last = rule.checked_sub(1)?;
    if cells.get(last)?.text.trim().is_empty() {
        last = last.checked_sub(1)?;
    }
    let first = (last + 1).checked_sub(width)?;
    let mut titles: Vec<&str> = cells.get(first..=last)?.iter().map(|cell| cell.text).collect();
    let cell = cells.get(first)?;
    let mut start = cell.start;
    let begin = cell.text.trim_end().rfind(char::is_whitespace).map_or(0, |place| place + 1);
    let last_word = cell.text.get(begin..).unwrap_or("");
    let known = lexicon::column(cell.text.trim()).is_some();
    if (!known || first == 0) && lexicon::column(last_word.trim()).is_some() {
        // Without a bar in front, text stands before the first title.
        start = cell.start + begin;
        *titles.first_mut()? = last_word;
    } else if first > 0 && !cell.text.trim().is_empty() && (known || cell.text.trim().chars().count() <= 24) {
        start = start.saturating_sub(1);
    } else {
        return None;
    }
    if start < done || (width == 1 && !titles.first()?.contains("权限")) {
        return None;
    }
    Some((start, titles))
}

/// The rows below a rule, where the text goes on, and what stands after the last row inside its last cell.
pub(super) fn rows<'a>(cells: &[Cell<'a>], from: usize, width: usize, limit: usize) -> (Vec<String>, usize, Option<&'a str>) {
    let mut rows = Vec::new();
    let mut at = from;
    let mut end = cells.get(from.saturating_sub(1)).map_or(0, |cell| cell.end + 1);
    let mut rest = None;
    loop {
        let seam = cells.get(at).is_some_and(|cell| cell.text.trim().is_empty()) && at + 1 < cells.len();
        let first = at + usize::from(seam);
        let Some(begin) =
            cells.get(first).filter(|cell| begins_row(cell.text) || (width == 1 && rows.is_empty() && !cell.text.trim().is_empty()))
        else {
            break;
        };
        // The title of the next table ends this one.
        if first >= limit || (lexicon::column(begin.text.trim()).is_some() && first + width >= limit) {
            break;
        }
        let whole = first + width <= cells.len();
        let mut texts: Vec<&str> =
            cells.get(first..(first + width).min(cells.len())).unwrap_or_default().iter().map(|cell| cell.text).collect();
        let is_last_of_line = first + width >= cells.len();
        if let Some(last) = texts.last_mut()
            && let Some(cut) = headings(last).into_iter().find(|cut| *cut > 0)
        {
            rest = last.get(cut..);
            *last = last.get(..cut).unwrap_or(last);
        }
        // Without a bar behind it the text ends inside the row.
        let open = is_last_of_line && rest.is_none();
        let text = row(&texts);
        rows.push(if open { text.trim_end_matches(['|', ' ']).to_owned() } else { text });
        at = (first + width).min(cells.len());
        end = cells.get(at.saturating_sub(1)).map_or(end, |cell| cell.end + 1);
        if rest.is_some() || !whole || is_last_of_line {
            break;
        }
    }
    (rows, end, rest)
}

pub(super) fn begins_row(cell: &str) -> bool {
    // Bold text and headings stand behind a table, not in it.
    if cell.trim().starts_with(['#', '*']) {
        return false;
    }
    let (name, _) = table::name(cell);
    let name = name.trim_matches('~');
    lexicon::is_name(name) || table::is_code(name)
}
