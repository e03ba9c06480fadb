//! GitBook copied as text: the cells of a row separated by blanks, the column of required marks often lost.

use crate::document;
use crate::lexicon::{self, Column};
use crate::lines::Line;
use crate::page::{Concern, ErrorRow, Page, Required, Row};
use crate::page_builder::PageBuilder;
use crate::table;
use crate::types;

pub(super) fn shows(lines: &[Line]) -> bool {
    lines.iter().any(|line| header(line).is_some())
}

/// The columns of a header line.
fn header(line: &Line) -> Option<Vec<Option<Column>>> {
    if line.text.len() > 120 || line.text.contains('|') {
        return None;
    }
    let titles: Vec<String> = line.text.split_whitespace().map(str::to_owned).collect();
    let columns = table::columns(&titles)?;
    columns.iter().all(Option::is_some).then_some(columns)
}

pub(super) fn read(lines: &[Line]) -> Page {
    let mut page = PageBuilder::new(true);
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at = match header(line) {
            Some(columns) if table::is_error_table(&columns) => read_errors(lines, at + 1, &mut page),
            Some(columns) => read_table(lines, at + 1, &columns, &mut page),
            None => document::step(lines, at, &mut page),
        };
    }
    page.finish()
}

fn read_table(lines: &[Line], start: usize, columns: &[Option<Column>], page: &mut PageBuilder) -> usize {
    let mut rows: Vec<Row> = Vec::new();
    let mut indents = Vec::new();
    let mut at = start;
    while let Some(line) = lines.get(at) {
        if let Some((row, indent)) = read_row(line) {
            rows.push(row);
            indents.push(indent);
        } else if line.is_blank() {
            // A blank line may stand inside a table.
            if lines.get(at + 1).is_none_or(|next| read_row(next).is_none()) {
                break;
            }
        } else if ends_table(line) || rows.is_empty() {
            break;
        } else {
            go_on(line, &mut rows, page);
        }
        at += 1;
    }
    let depth_lost = table::set_depths(&mut rows, &indents);
    let has_marks = columns.contains(&Some(Column::Required));
    let marked = rows.iter().filter(|row| row.required != Required::Unknown).count();
    if has_marks && marked < rows.len() {
        let text = format!("the required marks of {} of {} fields are lost: unknown", rows.len() - marked, rows.len());
        page.page().remark(Concern::Decide, lines.get(start - 1).map_or(0, |line| line.number), text);
    }
    page.table(rows, depth_lost, lines.get(start - 1).map_or(0, |line| line.number), has_marks);
    at
}

fn ends_table(line: &Line) -> bool {
    lexicon::heading(&line.text).is_some() || lexicon::label(&line.text).is_some() || document::begins_code(line) || header(line).is_some()
}

/// A line that is no row goes on with the description before it.
fn go_on(line: &Line, rows: &mut [Row], page: &mut PageBuilder) {
    let Some(previous) = rows.last_mut().filter(|row| row.description.len() < 4000) else { return page.unread(line.number, &line.text) };
    previous.description.push(' ');
    previous.description.push_str(line.trimmed());
    let text = format!("the line goes on with the description of `{}`: joined", previous.name);
    page.page().remark(Concern::Repaired, line.number, text);
}

/// `name [required] type description`.
fn read_row(line: &Line) -> Option<(Row, Option<usize>)> {
    let text = line.text.as_str();
    let start = text.find(|c: char| c.is_ascii_alphanumeric() || c == '_')?;
    let length = text.get(start..)?.find(' ')?;
    let (name, indent) = table::name(text.get(..start + length)?);
    let mut rest = text.get(start + length..)?.trim_start();
    if !lexicon::is_name(&name) {
        return None;
    }
    let mut row = Row { name, line: line.number, ..Row::default() };
    if let Some(required) = lexicon::required(first_word(rest)) {
        row.required = required;
        rest = after_first_word(rest);
    }
    types::read(first_word(rest))?;
    row.printed_type = first_word(rest).to_owned();
    rest = after_first_word(rest);
    if row.required == Required::Unknown
        && let Some(required) = lexicon::required(first_word(rest))
    {
        row.required = required;
        rest = after_first_word(rest);
    }
    row.description = rest.trim_end_matches("...").trim().to_owned();
    Some((row, indent))
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("")
}

fn after_first_word(text: &str) -> &str {
    text.trim_start().split_once(' ').map_or("", |(_, rest)| rest.trim_start())
}

fn read_errors(lines: &[Line], start: usize, page: &mut PageBuilder) -> usize {
    let mut at = start;
    while let Some(line) = lines.get(at).filter(|line| !line.is_blank() && !ends_table(line)) {
        let (code, meaning) = (first_word(&line.text), after_first_word(&line.text));
        if table::is_code(code) && !meaning.is_empty() {
            page.page().errors.push(ErrorRow { code: code.to_owned(), meaning: meaning.trim().to_owned(), line: line.number });
        } else {
            page.unread(line.number, &line.text);
        }
        at += 1;
    }
    at
}
