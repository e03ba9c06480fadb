//! From a grid of cells to rows of fields.

use scrm_schema::model::Place;

use crate::lexicon::{self, Column};
use crate::page::{Concern, ErrorRow, Located, Page, Required, Row};
use crate::pipes::Grid;

/// What the columns of a grid hold; `None`: it is no table that is known.
pub(crate) fn columns(header: &[String]) -> Option<Vec<Option<Column>>> {
    let mut columns: Vec<Option<Column>> = header.iter().map(|title| lexicon::column(title)).collect();
    let has = |columns: &[Option<Column>], column| columns.contains(&Some(column));
    if has(&columns, Column::Code) && (columns.len() == 2 || !has(&columns, Column::Type)) {
        for column in &mut columns {
            if *column == Some(Column::Description) {
                *column = Some(Column::Meaning);
            }
        }
        return has(&columns, Column::Meaning).then_some(columns);
    }
    // Swagger calls its own description column like another's column of names.
    let fits = has(&columns, Column::Name) && (has(&columns, Column::Type) || has(&columns, Column::Description));
    fits.then_some(columns)
}

/// Whether the columns are those of a table of error codes.
pub(crate) fn is_error_table(columns: &[Option<Column>]) -> bool {
    columns.contains(&Some(Column::Meaning)) && columns.contains(&Some(Column::Code))
}

/// The rows of a table of error codes.
pub(crate) fn error_rows(columns: &[Option<Column>], grid: &Grid, page: &mut Page) {
    for (line, cells) in &grid.rows {
        let cell = |wanted| columns.iter().zip(cells).find_map(|(column, cell)| (*column == Some(wanted)).then(|| plain_cell(cell)));
        match (cell(Column::Code), cell(Column::Meaning)) {
            (Some(code), Some(meaning)) if is_code(&code) => page.errors.push(ErrorRow { code, meaning, line: *line }),
            _ => page.unread.push(Located::new(cells.join(" | "), *line)),
        }
    }
}

/// A code: a number, or a word in capitals.
pub(crate) fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !text.is_empty()
        && text.len() <= 24
        && (digits.bytes().all(|b| b.is_ascii_digit()) || text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'))
}

/// A cell without the signs that stand for nothing.
fn plain_cell(cell: &str) -> String {
    let text = cell.trim();
    let inner = text.trim_matches(['`', '*', ' ']);
    if matches!(inner, "" | "..." | "…" | "-" | "--" | "—" | "/" | "无") { String::new() } else { text.to_owned() }
}

/// The rows of a table of fields; true when nesting marks are there but their depth is lost.
pub(crate) fn field_rows(columns: &[Option<Column>], grid: &Grid, place: Option<Place>, page: &mut Page) -> (Vec<Row>, bool) {
    let mut rows: Vec<Row> = Vec::new();
    let mut indents: Vec<Option<usize>> = Vec::new();
    for (index, (line, cells)) in grid.rows.iter().enumerate() {
        let next = grid.rows.get(index + 1).and_then(|(_, cells)| cells.first()).map_or("", String::as_str);
        let Some((row, indent)) = read_row(columns, cells, *line, place) else {
            if !continues(columns, cells, "", &mut rows, *line, page) && cells.iter().any(|cell| !cell.trim().is_empty()) {
                page.unread.push(Located::new(cells.join(" | "), *line));
            }
            continue;
        };
        if row.name.starts_with("~~") || cells.iter().any(|cell| cell.trim().starts_with("~~")) {
            page.remark(Concern::Assumed, *line, format!("`{}` is struck out on the page: left out", row.name.trim_matches('~')));
        } else if indent.is_none() && continues(columns, cells, next, &mut rows, *line, page) {
        } else if !lexicon::is_name(&row.name) {
            page.unread.push(Located::new(cells.join(" | "), *line));
        } else {
            rows.push(row);
            indents.push(indent);
        }
    }
    for (first, last) in &grid.broken {
        page.remark(Concern::Repaired, *first, format!("a table row is broken over lines {first} to {last}: joined"));
    }
    let depth_lost = set_depths(&mut rows, &indents);
    (rows, depth_lost)
}

/// The row, and the indent of its nesting mark if it has one.
fn read_row(columns: &[Option<Column>], cells: &[String], line: usize, place: Option<Place>) -> Option<(Row, Option<usize>)> {
    let mut row = Row { line, place, ..Row::default() };
    let mut indent = None;
    for (column, cell) in columns.iter().zip(cells) {
        match column {
            Some(Column::Name) => (row.name, indent) = name(cell),
            Some(Column::Type) => row.printed_type = plain_cell(cell).trim_matches('`').to_owned(),
            Some(Column::Required) => {
                row.required = lexicon::required(&plain_cell(cell).replace(['`', '*'], "")).unwrap_or(Required::Unknown)
            }
            Some(Column::Description | Column::Meaning) => row.description = plain_cell(cell),
            Some(Column::Note) => row.note = plain_cell(cell),
            Some(Column::Place) => row.place = place_of(cell).or(place),
            Some(Column::Reference) => row.reference = reference(cell),
            Some(Column::Default) => row.default = Some(plain_cell(cell)).filter(|text| !text.is_empty()),
            Some(Column::Code | Column::SetAside) | None => {}
        }
    }
    (!row.name.is_empty()).then_some((row, indent))
}

/// `UserVO`, `` `UserVO` ``, `[UserVO](#uservo)`.
fn reference(cell: &str) -> Option<String> {
    let text = plain_cell(cell);
    let text = text.split_once("](").map_or(text.as_str(), |(name, _)| name);
    let name = text.trim_matches(['`', '#', '[', ']']);
    (lexicon::is_name(name) && crate::types::read(name).is_none()).then(|| name.to_owned())
}

fn place_of(cell: &str) -> Option<Place> {
    match cell.trim().trim_matches('`').to_ascii_lowercase().as_str() {
        "query" => Some(Place::Query),
        "header" => Some(Place::Header),
        "body" | "formdata" | "form" => Some(Place::Body),
        _ => None,
    }
}

/// A name without its nesting marks, and how far it is indented: marks count more than the blanks before them.
pub(crate) fn name(cell: &str) -> (String, Option<usize>) {
    const MARKS: [char; 8] = ['└', '├', '│', '─', '┗', '∟', '↳', '➥'];
    let marks = cell.chars().filter(|c| matches!(c, '└' | '├' | '┗' | '∟' | '↳' | '➥')).count();
    let start = cell.find(|c: char| !c.is_whitespace() && !MARKS.contains(&c)).unwrap_or(cell.len());
    let indent = cell.get(..start).map_or(0, |before| before.chars().filter(|c| c.is_whitespace()).count());
    let name = cell.get(start..).unwrap_or("").trim().trim_matches(['`', '*', '"']).trim();
    (name.to_owned(), (marks > 0).then(|| marks.saturating_sub(1) * 1000 + indent))
}

/// Turns indents into depths. True when rows are marked but all alike.
pub(crate) fn set_depths(rows: &mut [Row], indents: &[Option<usize>]) -> bool {
    let mut levels: Vec<usize> = indents.iter().flatten().copied().collect();
    levels.sort_unstable();
    levels.dedup();
    for (row, indent) in rows.iter_mut().zip(indents) {
        row.depth = indent.and_then(|indent| levels.binary_search(&indent).ok()).map_or(0, |level| level + 1);
    }
    levels.len() == 1
}

/// A row that only goes on with the description of the one before it.
fn continues(columns: &[Option<Column>], cells: &[String], next: &str, rows: &mut [Row], line: usize, page: &mut Page) -> bool {
    let filled: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let Some(previous) = rows.last_mut() else { return false };
    let name_only = filled.len() == 1 && cells.first().is_some_and(|cell| !cell.trim().is_empty());
    let nameless = !filled.is_empty() && cells.first().is_some_and(|cell| cell.trim().is_empty());
    let has_members = name_only && filled.first().is_some_and(|name| next.trim().starts_with(&format!("{name}.")) || next.contains('└'));
    if columns.len() < 3
        || has_members
        || !(nameless || (name_only && !previous.description.is_empty()))
        || previous.description.len() > 4000
    {
        return false;
    }
    let text = filled.join(" ");
    previous.description.push(' ');
    previous.description.push_str(&text);
    let name = previous.name.clone();
    page.remark(Concern::Repaired, line, format!("the row `{}` belongs to the description of `{name}`: joined", short(&text)));
    true
}

/// At most forty characters of a text.
pub(crate) fn short(text: &str) -> String {
    let mut short: String = text.trim().chars().take(40).collect();
    if short.len() < text.trim().len() {
        short.push('…');
    }
    short
}
