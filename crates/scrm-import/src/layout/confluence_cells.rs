//! The Confluence export with one line per cell: header words glued together, blank lines between cells, short rows collapsed into one line.
//! The indent before `└─` survives here.

use crate::document;
use crate::lexicon;
use crate::lines::Line;
use crate::page::{Concern, Page, Row};
use crate::page_builder::PageBuilder;
use crate::table;
use crate::types;

/// Titles a header is glued from.
const TITLES: [&str; 6] = ["parameter", "field", "type", "required", "description", "since"];

pub(super) fn shows(lines: &[Line]) -> bool {
    lines.iter().any(|line| header(line).is_some())
}

/// Whether the header has required marks; `None`: the line is no header.
fn header(line: &Line) -> Option<bool> {
    let lower = line.trimmed().to_ascii_lowercase();
    if lower.len() > 60 || !(lower.starts_with("parameter") || lower.starts_with("field")) {
        return None;
    }
    let mut rest = lower.as_str();
    let mut titles = Vec::new();
    while !rest.is_empty() {
        let title = TITLES.iter().find(|title| rest.starts_with(**title))?;
        titles.push(*title);
        rest = rest.get(title.len()..)?.trim_start();
    }
    (titles.len() >= 3).then(|| titles.contains(&"required"))
}

pub(super) fn read(lines: &[Line]) -> Page {
    let mut page = PageBuilder::new(false);
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at = match header(line) {
            Some(has_marks) => read_table(lines, at, has_marks, &mut page),
            None => document::step(lines, at, &mut page),
        };
    }
    page.finish()
}

fn read_table(lines: &[Line], start: usize, has_marks: bool, page: &mut PageBuilder) -> usize {
    let mut end = start + 1;
    while lines.get(end).is_some_and(|line| !ends_table(line)) {
        end += 1;
    }
    let cells: Vec<&Line> = lines.get(start + 1..end).unwrap_or_default().iter().filter(|line| !line.is_blank()).collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut indents = Vec::new();
    let mut at = 0;
    while let Some(cell) = cells.get(at) {
        if let Some((row, indent, next)) = read_row(&cells, at) {
            rows.push(row);
            indents.push(indent);
            at = next;
            continue;
        }
        if let Some((row, indent)) = read_glued(cell, has_marks) {
            page.page().remark(
                Concern::Assumed,
                cell.number,
                format!("the cells of row `{}` are glued together: taken apart at its type", row.name),
            );
            rows.push(row);
            indents.push(indent);
        } else {
            describe(cell, &mut rows, page);
        }
        at += 1;
    }
    let depth_lost = table::set_depths(&mut rows, &indents);
    page.table(rows, depth_lost, lines.get(start).map_or(0, |line| line.number), has_marks);
    end
}

fn ends_table(line: &Line) -> bool {
    !line.is_blank()
        && (lexicon::heading(&line.text)
            .is_some_and(|heading| !matches!(heading, lexicon::Heading::Members { .. } | lexicon::Heading::Empty))
            || lexicon::label(&line.text).is_some()
            || document::begins_code(line)
            || header(line).is_some())
}

/// A name on one line, its type and its required mark on the next ones.
fn read_row(cells: &[&Line], at: usize) -> Option<(Row, Option<usize>, usize)> {
    let first = cells.get(at)?;
    let (name, indent) = table::name(&first.text);
    let printed_type = cells.get(at + 1)?.trimmed();
    if !lexicon::is_name(&name) || types::read(printed_type).is_none() {
        return None;
    }
    let mut row = Row { name, printed_type: printed_type.to_owned(), line: first.number, ..Row::default() };
    let mut next = at + 2;
    if let Some(required) = cells.get(next).and_then(|cell| lexicon::required(cell.trimmed())) {
        row.required = required;
        next += 1;
    }
    Some((row, indent, next))
}

/// Words of a type that can stand inside a glued row.
const TYPES: [&str; 14] =
    ["string", "integer", "int64", "int32", "int", "long", "boolean", "bool", "float", "double", "number", "object", "array", "list"];

/// `openidfalsestringtext`, `orgIdstringtext`: a row in one piece.
fn read_glued(line: &Line, has_marks: bool) -> Option<(Row, Option<usize>)> {
    let (text, indent) = table::name(&line.text);
    if text.len() > 200 || !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let glued = (1..lower.len().min(60)).find_map(|split| {
        let rest = lower.get(split..)?;
        let type_at = |text: &str| TYPES.iter().find_map(|word| text.strip_prefix(word).map(|rest| (word.len(), rest.len())));
        let mark_at = |text: &str| ["true", "false"].iter().find_map(|word| text.strip_prefix(word).map(|rest| (word.len(), rest.len())));
        let tail = |left: usize| rest.get(rest.len() - left..);
        if let Some((length, left)) = mark_at(rest)
            && let Some((type_length, left)) = type_at(tail(left)?)
        {
            return Some((split, split..split + length, split + length..split + length + type_length, left));
        }
        let (length, left) = type_at(rest)?;
        match mark_at(tail(left)?) {
            Some((mark_length, left)) => Some((split, split + length..split + length + mark_length, split..split + length, left)),
            // Without marks nothing tells a type inside a name from a type after it, except that a description follows in Chinese or not at all.
            None if !has_marks && tail(left).is_some_and(|rest| rest.is_empty() || !rest.is_ascii()) => {
                Some((split, 0..0, split..split + length, left))
            }
            None => None,
        }
    });
    let (name_end, mark, printed_type, left) = glued?;
    let name = text.get(..name_end)?;
    let row = Row {
        name: name.to_owned(),
        printed_type: text.get(printed_type)?.to_owned(),
        required: lexicon::required(text.get(mark)?).unwrap_or_default(),
        description: text.get(text.len() - left..)?.to_owned(),
        line: line.number,
        ..Row::default()
    };
    lexicon::is_name(name).then_some((row, indent))
}

fn describe(cell: &Line, rows: &mut [Row], page: &mut PageBuilder) {
    let text = cell.trimmed();
    if matches!(text, "-" | "—") {
        return;
    }
    match rows.last_mut().filter(|row| row.description.len() < 4000) {
        Some(row) => {
            if !row.description.is_empty() {
                row.description.push(' ');
            }
            row.description.push_str(text);
        }
        None => page.unread(cell.number, text),
    }
}
