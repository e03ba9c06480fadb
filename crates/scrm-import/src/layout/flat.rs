//! Tables copied as text with blanks between the cells; pictures that stood for required marks are lost.

use crate::document;
use crate::lexicon::{self, Column};
use crate::lines::Line;
use crate::page::{ErrorRow, Row};
use crate::page_builder::PageBuilder;
use crate::table;
use crate::types;

/// A type may have so many words: `array of object`, `string / array`.
const TYPE_WORDS: usize = 4;

/// The columns of a header line.
pub(crate) fn header(line: &Line) -> Option<Vec<Option<Column>>> {
    if line.text.len() > 120 || line.text.contains('|') {
        return None;
    }
    let titles: Vec<String> = line.text.split_whitespace().map(str::to_owned).collect();
    let titles = joined_titles(titles);
    let columns = table::columns(&titles)?;
    columns.iter().all(Option::is_some).then_some(columns)
}

/// `Parameter Name Type`: two words may be one title.
fn joined_titles(words: Vec<String>) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for word in words {
        let pair = titles.last().map(|last| format!("{last} {word}")).filter(|pair| lexicon::column(pair).is_some());
        match (pair, titles.last_mut()) {
            (Some(pair), Some(last)) => *last = pair,
            _ => titles.push(word),
        }
    }
    titles
}

/// Reads the table whose header stands at a line; gives the index of the line after it.
pub(crate) fn read(lines: &[Line], at: usize, columns: &[Option<Column>], page: &mut PageBuilder) -> usize {
    if table::is_error_table(columns) {
        return read_errors(lines, at + 1, page);
    }
    read_table(lines, at + 1, columns, page)
}

fn read_table(lines: &[Line], start: usize, columns: &[Option<Column>], page: &mut PageBuilder) -> usize {
    let mut rows: Vec<Row> = Vec::new();
    let mut indents = Vec::new();
    let mut at = start;
    while let Some(line) = lines.get(at) {
        if let Some((row, indent)) = read_row(line, columns, page) {
            rows.push(row);
            indents.push(indent);
        } else if line.is_blank() {
            // A blank line may stand inside a table.
            if lines.get(at + 1).is_none_or(|next| read_row(next, columns, page).is_none()) {
                break;
            }
        } else if ends_table(line) || rows.is_empty() {
            break;
        } else {
            table::go_on(line, &mut rows, page);
        }
        at += 1;
    }
    let depth_lost = table::set_depths(&mut rows, &indents);
    table::settle_marks(columns, &mut rows);
    let has_marks = table::has_marks(columns);
    let line = lines.get(start - 1).map_or(0, |line| line.number);
    table::report_lost_marks(&rows, has_marks, line, page);
    page.table(rows, depth_lost, line, has_marks);
    at
}

fn ends_table(line: &Line) -> bool {
    lexicon::heading(&line.text).is_some() || lexicon::label(&line.text).is_some() || document::begins_code(line) || header(line).is_some()
}

/// `name [required] type description`, in the order of the columns.
fn read_row(line: &Line, columns: &[Option<Column>], page: &PageBuilder) -> Option<(Row, Option<usize>)> {
    let text = line.text.as_str();
    let start = text.find(|c: char| c.is_ascii_alphanumeric() || c == '_')?;
    let length = text.get(start..)?.find(' ').unwrap_or(text.len() - start);
    let (name, indent) = table::name(text.get(..start + length)?);
    let rest = text.get(start + length..)?.trim_start();
    if !lexicon::is_name(&name) {
        return None;
    }
    let place = |column| columns.iter().position(|known| *known == Some(column));
    let described_first = place(Column::Description).zip(place(Column::Type)).is_some_and(|(description, kind)| description < kind);
    let mut row = Row { name, line: line.number, ..Row::default() };
    let read = if described_first { described(rest, &mut row) } else { typed(rest, &mut row) };
    if read {
        return Some((row, indent));
    }
    // A row whose type is not known is still one, when an example names its field.
    let known = page.knows(&row.name) && !rest.is_empty();
    if !known {
        return None;
    }
    row.description = rest.to_owned();
    Some((row, indent))
}

/// `[required] type [required] description`
fn typed(rest: &str, row: &mut Row) -> bool {
    let mut rest = rest;
    if let Some(required) = lexicon::required(first_word(rest)) {
        row.required = required;
        rest = after_words(rest, 1);
    }
    let Some(count) = (1..=TYPE_WORDS).rev().find(|count| words(rest, *count).is_some_and(|text| types::read(text).is_some())) else {
        return false;
    };
    row.printed_type = words(rest, count).unwrap_or("").to_owned();
    rest = after_words(rest, count);
    if row.required == crate::page::Required::Unknown
        && let Some(required) = lexicon::required(first_word(rest))
    {
        row.required = required;
        rest = after_words(rest, 1);
    }
    row.description = rest.trim_end_matches("...").trim().to_owned();
    true
}

/// `description type [required]`
fn described(rest: &str, row: &mut Row) -> bool {
    let mut end = rest.trim_end();
    let last = |text: &str| text.rsplit(' ').next().map_or(0, str::len);
    let mark = end.get(end.len() - last(end)..).and_then(lexicon::required);
    if let Some(mark) = mark {
        row.required = mark;
        end = end.get(..end.len() - last(end)).unwrap_or("").trim_end();
    }
    let printed = end.get(end.len() - last(end)..).unwrap_or("");
    if types::read(printed).is_none() {
        return typed(rest, row);
    }
    row.printed_type = printed.to_owned();
    row.description = end.get(..end.len() - last(end)).unwrap_or("").trim().to_owned();
    true
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("")
}

/// The first words of a text, if there are so many.
fn words(text: &str, count: usize) -> Option<&str> {
    let text = text.trim_start();
    let mut end = 0;
    for _ in 0..count {
        let rest = text.get(end..)?;
        let blank = rest.len() - rest.trim_start().len();
        let word = rest.split_whitespace().next()?;
        end += blank + word.len();
    }
    text.get(..end)
}

fn after_words(text: &str, count: usize) -> &str {
    let text = text.trim_start();
    words(text, count).and_then(|head| text.get(head.len()..)).map_or("", str::trim_start)
}

fn read_errors(lines: &[Line], start: usize, page: &mut PageBuilder) -> usize {
    let mut at = start;
    while let Some(line) = lines.get(at).filter(|line| !line.is_blank() && !ends_table(line)) {
        let (code, meaning) = (first_word(&line.text), after_words(&line.text, 1));
        if table::is_code(code) && !meaning.is_empty() {
            page.page().errors.push(ErrorRow { code: code.to_owned(), meaning: meaning.trim().to_owned(), line: line.number });
        } else {
            page.unread(line.number, &line.text);
        }
        at += 1;
    }
    at
}
