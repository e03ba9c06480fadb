//! Tables with one line per cell, as Confluence, EasyDoc and some copies of other tools print them: first the titles, then the cells of each row.
//! Empty cells may be lost, so a row begins where a name and its type stand.

use crate::document;
use crate::lexicon::{self, Column};
use crate::lines::Line;
use crate::page::{Concern, Required, Row};
use crate::page_builder::PageBuilder;
use crate::table;
use crate::types;

/// Lines between two titles.
const GAP: usize = 4;

/// A header of one title a line.
pub(crate) struct Header {
    pub(crate) columns: Vec<Option<Column>>,
    /// Index of the first line after it.
    pub(crate) next: usize,
}

/// The text of a line that holds one cell: without the bar that some copies leave at its end.
fn cell(line: &Line) -> &str {
    let text = line.text.trim_end();
    let text = text.strip_suffix('|').unwrap_or(text);
    let inner = text.trim_start().strip_prefix("| ").unwrap_or(text);
    if inner.contains('|') { line.text.as_str() } else { inner.trim_end() }
}

/// The header that begins at a line: at least two titles, one of them that of the names.
pub(crate) fn header(lines: &[Line], at: usize) -> Option<Header> {
    let title = |line: &Line| lexicon::column(cell(line).trim()).map(|_| cell(line).trim().to_owned());
    let mut titles = vec![title(lines.get(at)?)?];
    let mut next = at + 1;
    loop {
        let found = lines.iter().skip(next).take(GAP + 1).position(|line| !skipped(line)).map(|gap| next + gap);
        let Some((place, text)) = found.and_then(|place| Some((place, title(lines.get(place)?)?))) else { break };
        // The name of a field may read like a title.
        let mut below = lines.iter().skip(place + 1).take(2 * (GAP + 1)).filter(|line| !skipped(line)).map(|line| cell(line).trim());
        let (first, second) = (below.next().unwrap_or(""), below.next().unwrap_or(""));
        let typed = types::read(first).is_some() || (lexicon::required(first).is_some() && types::read(second).is_some());
        if titles.len() >= 3 && typed && lexicon::is_name(&text) {
            break;
        }
        titles.push(text);
        next = place + 1;
    }
    let columns = table::columns(&titles)?;
    let first = lines.iter().skip(next).find(|line| !skipped(line))?;
    let (name, _) = table::name(cell(first).trim());
    let fits =
        columns.first() == Some(&Some(Column::Name)) && titles.len() >= 2 && (lexicon::is_name(&name) || table::is_error_table(&columns));
    fits.then_some(Header { columns, next })
}

/// A line that holds nothing, or only the sign of a part left out.
fn skipped(line: &Line) -> bool {
    matches!(cell(line).trim(), "" | "...")
}

/// Reads the cells below a header; gives the index of the line after the table.
pub(crate) fn read(lines: &[Line], start: usize, header: &Header, page: &mut PageBuilder) -> usize {
    let mut end = header.next;
    while lines.get(end).is_some_and(|line| describes(lines, header.next.saturating_sub(1), end) || !ends_table(lines, end, line)) {
        end += 1;
    }
    let cells: Vec<Line> = lines
        .get(header.next..end)
        .unwrap_or_default()
        .iter()
        .filter(|line| !skipped(line))
        .map(|line| Line { number: line.number, text: cell(line).to_owned() })
        .collect();
    let line = lines.get(start).map_or(0, |line| line.number);
    rows(&cells, &header.columns, line, page);
    end
}

/// Reads rows out of cells and hands them over as a table.
pub(crate) fn rows(cells: &[Line], columns: &[Option<Column>], line: usize, page: &mut PageBuilder) {
    if table::is_error_table(columns) {
        return errors(cells, page);
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut indents = Vec::new();
    let mut at = 0;
    while let Some(cell) = cells.get(at) {
        if let Some((row, indent, next)) = row(cells, at, columns, &rows, page) {
            rows.push(row);
            indents.push(indent);
            at = next;
            continue;
        }
        if let Some((row, indent, certain)) = super::glued::row(cell, columns, page) {
            super::glued::report(&row, certain, page);
            rows.push(row);
            indents.push(indent);
        } else {
            describe(cell, columns, &mut rows, page);
        }
        at += 1;
    }
    let depth_lost = table::set_depths(&mut rows, &indents);
    table::settle_marks(columns, &mut rows);
    let has_marks = table::has_marks(columns);
    table::report_lost_marks(&rows, has_marks, line, page);
    page.table(rows, depth_lost, line, has_marks);
}

/// Whether a line stands where the description of a row stands, directly behind its type or mark: then it is one, though it reads like a heading.
pub(crate) fn describes(lines: &[Line], start: usize, at: usize) -> bool {
    let mut before = lines.get(start + 1..at).unwrap_or_default().iter().rev().filter(|line| !skipped(line)).map(|line| cell(line).trim());
    let (last, above) = (before.next().unwrap_or(""), before.next().unwrap_or(""));
    let is_type = |text: &str| types::read(text).is_some();
    let is_row = |name: &str| lexicon::is_name(&table::name(name).0);
    let behind_type = is_type(last) && (is_row(above) || lexicon::required(above).is_some());
    let behind_mark = lexicon::required(last).is_some() && is_type(above);
    // A field directly behind a type is the next row: its own type follows.
    let text = lines.get(at).map_or("", |line| cell(line).trim());
    (behind_type || behind_mark) && !text.is_ascii() && lines.get(at).is_some_and(|line| !document::begins_code(line))
}

fn ends_table(lines: &[Line], at: usize, line: &Line) -> bool {
    if skipped(line) {
        return false;
    }
    let text = cell(line);
    let heading = lexicon::heading(text)
        .is_some_and(|heading| !matches!(heading, lexicon::Heading::Members { .. } | lexicon::Heading::Empty | lexicon::Heading::Notes));
    heading
        || lexicon::label(text).is_some_and(|(label, _)| !matches!(label, lexicon::Label::Note | lexicon::Label::Method))
        || document::begins_code(line)
        || document::begins_xml(line)
        || super::glued::header(lines, at).is_some()
        || header(lines, at).is_some()
        || document::captions_table(lines, at)
}

/// A name, its mark and its type in the order of the columns; of a comparison of two versions the newer of each.
fn row(cells: &[Line], at: usize, columns: &[Option<Column>], rows: &[Row], page: &mut PageBuilder) -> Option<(Row, Option<usize>, usize)> {
    let first = cells.get(at)?;
    let (mut name, indent) = table::name(&first.text);
    if !lexicon::is_name(&name) {
        return None;
    }
    let mut next = at + 1;
    let text = |place: usize| cells.get(place).map_or("", |cell| cell.trimmed());
    let is_type = |place: usize| types::read(text(place)).is_some();
    let is_mark = |place: usize| lexicon::required(text(place)).is_some();
    let begins = |place: usize| is_type(place) || (is_mark(place) && is_type(place + 1));
    if !begins(next) && page.compares() && lexicon::is_name(text(next)) && begins(next + 1) {
        page.page().remark(
            Concern::Decide,
            first.number,
            format!("the page compares two versions: `{name}` became `{}`, which is taken", text(next)),
        );
        name = text(next).to_owned();
        next += 1;
    }
    if !begins(next) || (is_open(rows) && describes_rather(cells, at, columns)) {
        return None;
    }
    let mut row = Row { name, line: first.number, ..Row::default() };
    if let Some(required) = lexicon::required(text(next)).filter(|_| is_mark(next) && is_type(next + 1)) {
        row.required = required;
        next += 1;
    }
    row.printed_type = text(next).to_owned();
    next += 1;
    if page.compares() && is_type(next) {
        let (old, new) = (row.printed_type.clone(), text(next).to_owned());
        page.page().remark(
            Concern::Assumed,
            first.number,
            format!("the page compares two versions: the type of `{}` was `{old}` and is `{new}`", row.name),
        );
        row.printed_type = new;
        next += 1;
    }
    let place = |wanted: &[Column]| columns.iter().position(|known| known.is_some_and(|known| wanted.contains(&known)));
    let mark_follows = place(&[Column::Required, Column::Optional]).zip(place(&[Column::Type])).is_some_and(|(mark, kind)| mark > kind);
    if mark_follows
        && row.required == Required::Unknown
        && let Some(required) = lexicon::required(text(next))
    {
        row.required = required;
        next += 1;
    }
    Some((row, indent, next))
}

/// Whether the last row still waits for its description.
fn is_open(rows: &[Row]) -> bool {
    rows.last().is_some_and(|row| row.description.is_empty() && !row.printed_type.is_empty())
}

/// Whether a cell that could be a name is the description of the row before: the next cell is called like a type, and its own type follows.
fn describes_rather(cells: &[Line], at: usize, columns: &[Option<Column>]) -> bool {
    let text = |place: usize| cells.get(place).map_or("", |cell| cell.trimmed());
    let is_type = |place: usize| text(place).is_ascii() && types::read(text(place)).is_some();
    let is_mark = |place: usize| lexicon::required(text(place)).is_some();
    let typed = is_type(at + 2) || (table::has_marks(columns) && is_mark(at + 2) && is_type(at + 3));
    lexicon::is_name(text(at + 1)) && is_type(at + 1) && typed && columns.contains(&Some(Column::Description))
}

/// A cell that begins no row belongs to the row before it: its mark, or more of its description.
fn describe(cell: &Line, columns: &[Option<Column>], rows: &mut [Row], page: &mut PageBuilder) {
    let text = cell.trimmed();
    if matches!(text, "-" | "—" | "...") {
        return;
    }
    let Some(row) = rows.last_mut().filter(|row| row.description.len() < 4000) else { return page.unread(cell.number, text) };
    let last_is_mark = columns.last().is_some_and(|last| matches!(last, Some(Column::Required | Column::Optional)));
    if last_is_mark
        && row.required == Required::Unknown
        && let Some(required) = lexicon::required(text)
    {
        row.required = required;
        return;
    }
    if !row.description.is_empty() {
        row.description.push(' ');
    }
    row.description.push_str(text);
}

fn errors(cells: &[Line], page: &mut PageBuilder) {
    let mut at = 0;
    while let Some(cell) = cells.get(at) {
        let code = cell.trimmed();
        match cells.get(at + 1).filter(|next| table::is_code(code) && !table::is_code(next.trimmed())) {
            Some(meaning) => {
                let row = crate::page::ErrorRow { code: code.to_owned(), meaning: meaning.trimmed().to_owned(), line: cell.number };
                page.page().errors.push(row);
                at += 2;
            }
            None => {
                page.unread(cell.number, code);
                at += 1;
            }
        }
    }
}
