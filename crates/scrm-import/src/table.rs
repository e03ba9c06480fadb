//! From a grid of cells to rows of fields.

use scrm_schema::model::Place;

use crate::lexicon::{self, Column};
use crate::lines::Line;
use crate::page::{Concern, Doubt, ErrorRow, Located, Page, Required, Row};
use crate::page_builder::PageBuilder;
use crate::pipes::Grid;
use crate::types::Shape;

/// What the columns of a grid hold; `None`: it is no table that is known.
pub(crate) fn columns(header: &[String]) -> Option<Vec<Option<Column>>> {
    let mut columns: Vec<Option<Column>> = header.iter().map(|title| lexicon::column(title)).collect();
    one_of_each(&mut columns);
    levels(header, &mut columns);
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

/// A second column of names is one of labels, a second one of descriptions holds remarks.
fn one_of_each(columns: &mut [Option<Column>]) {
    let (mut names, mut descriptions) = (0, 0);
    for column in columns.iter_mut() {
        match column {
            Some(Column::Name) => {
                names += 1;
                if names > 1 {
                    *column = Some(Column::Note);
                }
            }
            Some(Column::Description) => {
                descriptions += 1;
                if descriptions > 1 {
                    *column = Some(Column::Note);
                }
            }
            _ => {}
        }
    }
}

/// A title that spans several columns leaves those behind it without one: names of deeper fields stand there.
fn levels(header: &[String], columns: &mut [Option<Column>]) {
    let Some(first) = columns.iter().position(|column| *column == Some(Column::Name)) else { return };
    for (title, column) in header.iter().zip(columns).skip(first + 1) {
        if !title.trim().is_empty() || column.is_some() {
            return;
        }
        *column = Some(Column::Level);
    }
}

/// Whether a column says which fields must be there.
pub(crate) fn has_marks(columns: &[Option<Column>]) -> bool {
    columns.iter().any(|column| matches!(column, Some(Column::Required | Column::Optional)))
}

/// What the column of marks means for each row: `是` below `允许为空` is no mark of a required field.
pub(crate) fn settle_marks(columns: &[Option<Column>], rows: &mut [Row]) {
    if columns.contains(&Some(Column::Optional)) {
        for row in rows {
            row.required = match row.required {
                Required::Yes => Required::No,
                Required::No => Required::Yes,
                Required::Unknown => Required::Unknown,
            };
        }
    }
}

/// The columns of a grid whose names stand in another column than the first that could hold them: `名称 | 参数 | 类型`.
fn by_cells(columns: &[Option<Column>], grid: &Grid) -> Vec<Option<Column>> {
    let mut columns = columns.to_vec();
    let names = |column: usize| {
        let filled = grid.rows.iter().filter_map(|(_, cells)| cells.get(column)).filter(|cell| !cell.trim().is_empty());
        let (all, fitting) = filled.fold((0, 0), |(all, fitting), cell| (all + 1, fitting + usize::from(lexicon::is_name(&name(cell).0))));
        all > 0 && fitting * 2 > all
    };
    let Some(first) = columns.iter().position(|column| *column == Some(Column::Name)) else { return columns };
    if !names(first)
        && let Some(other) = (first + 1..columns.len()).find(|column| columns.get(*column) == Some(&Some(Column::Note)) && names(*column))
    {
        columns.swap(first, other);
    }
    columns
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
    let columns = &by_cells(columns, grid);
    let mut rows: Vec<Row> = Vec::new();
    let (mut indents, mut set_in): (Vec<Option<usize>>, Vec<usize>) = (Vec::new(), Vec::new());
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
        } else if cells.len() < columns.len() && lexicon::required(&row.name).is_some() {
            let text = format!("the row `{}` has lost the name of its field: left out", short(&cells.join(" | ")));
            page.remark(Concern::Decide, *line, text);
        } else {
            let several = in_one_row(&row, page);
            if several.is_empty() {
                page.unread.push(Located::new(cells.join(" | "), *line));
            }
            for mut row in several {
                below_its_parent(columns, cells, &mut row, &rows);
                rows.push(row);
                indents.push(indent);
                set_in.push(blanks(columns, cells));
            }
        }
    }
    for (first, last) in &grid.broken {
        page.remark(Concern::Repaired, *first, format!("a table row is broken over lines {first} to {last}: joined"));
    }
    blank_indents(&set_in, &rows, &mut indents);
    let depth_lost = set_depths(&mut rows, &indents);
    settle_marks(columns, &mut rows);
    settle_stars(columns, &mut rows, page);
    settle_labels(columns, &mut rows, page);
    marks_in_descriptions(columns, &mut rows, page);
    letters_for_types(columns, &mut rows, page);
    (rows, depth_lost)
}

/// Rows that are set in by blanks alone, behind one that can have members.
fn blank_indents(blanks: &[usize], rows: &[Row], indents: &mut [Option<usize>]) {
    if indents.iter().any(Option::is_some) || blanks.first() != Some(&0) {
        return;
    }
    let container = |row: &Row| crate::types::read_cell(&row.printed_type).is_some_and(|printed| printed.shape.is_container());
    let mut steps_in = blanks.windows(2).zip(rows).filter(|(pair, _)| pair.first() < pair.get(1)).peekable();
    if steps_in.peek().is_some() && steps_in.all(|(_, above)| container(above)) {
        for (indent, blanks) in indents.iter_mut().zip(blanks) {
            *indent = (*blanks > 0).then_some(*blanks);
        }
    }
}

/// The blanks before the name in a row.
fn blanks(columns: &[Option<Column>], cells: &[String]) -> usize {
    let name = columns.iter().zip(cells).find(|(column, _)| **column == Some(Column::Name));
    name.map_or(0, |(_, cell)| cell.chars().take_while(|c| c.is_whitespace()).count())
}

/// Where some names bear a star and no column says which fields are required, the star does.
fn settle_stars(columns: &[Option<Column>], rows: &mut [Row], page: &mut Page) {
    let Some(first) = rows.iter().find(|row| row.starred).filter(|_| !has_marks(columns)).map(|row| row.line) else { return };
    for row in rows {
        row.required = if row.starred { Required::Yes } else { Required::No };
    }
    page.remark(Concern::Assumed, first, "names that bear a star are required, the others are not");
}

/// Where some names bear the label `optional` and none `required`, the others are required.
fn settle_labels(columns: &[Option<Column>], rows: &mut [Row], page: &mut Page) {
    let optional = rows.iter().find(|row| row.required == Required::No).map(|row| row.line);
    let starred = rows.iter().any(|row| row.starred);
    let Some(first) = optional.filter(|_| !has_marks(columns) && !starred && rows.iter().all(|row| row.required != Required::Yes)) else {
        return;
    };
    for row in rows.iter_mut().filter(|row| row.required == Required::Unknown) {
        row.required = Required::Yes;
    }
    page.remark(Concern::Assumed, first, "names that bear the label `optional` may be absent, the others are required");
}

/// A parent stands no more rows above its member than this.
const ABOVE: usize = 512;
/// Most fields that one row describes.
const TOGETHER: usize = 4;

/// The row, or one for each of the fields that it names: `start_time、end_time`. None where its name is no name.
fn in_one_row(row: &Row, page: &mut Page) -> Vec<Row> {
    if lexicon::is_name(&row.name) {
        return vec![row.clone()];
    }
    let parts = |text: &str| text.split(['、', ',', '/', ';']).map(|part| undressed(part.trim())).collect::<Vec<_>>();
    let (names, types) = (parts(&row.name), parts(&row.printed_type));
    if !(2..=TOGETHER).contains(&names.len()) || !names.iter().all(|name| lexicon::is_name(name)) {
        return Vec::new();
    }
    page.remark(Concern::Decide, row.line, format!("one row names {} fields: {}", names.len(), names.join(", ")));
    let each = types.len() == names.len();
    let of = |(place, name): (usize, String)| {
        let printed_type = types.get(place).filter(|_| each).unwrap_or(&row.printed_type).clone();
        Row { name, printed_type, ..row.clone() }
    };
    names.into_iter().enumerate().map(of).collect()
}

/// A column may name the field that a row is a member of: the nearest of that name above it.
fn below_its_parent(columns: &[Option<Column>], cells: &[String], row: &mut Row, above: &[Row]) {
    let parent =
        columns.iter().zip(cells).find(|(column, _)| **column == Some(Column::Parent)).map(|(_, cell)| undressed(&plain_cell(cell)));
    let Some(parent) = parent.filter(|parent| lexicon::is_name(parent)) else { return };
    let is_parent = |name: &str| name == parent || name.strip_suffix(parent.as_str()).is_some_and(|before| before.ends_with('.'));
    let whole = above.iter().rev().take(ABOVE).map(|row| row.name.as_str()).find(|name| is_parent(name)).unwrap_or(&parent);
    row.name = format!("{whole}.{}", row.name);
}

/// Where no column holds the marks, a description may: `必填,令牌`, `【选填】日期`, `年龄,非必填`.
fn marks_in_descriptions(columns: &[Option<Column>], rows: &mut [Row], page: &mut Page) {
    const YES: [&str; 6] = ["必填", "必传", "必选", "必须", "必填项", "必需"];
    const NO: [&str; 10] = ["选填", "可选", "非必填", "非必传", "非必选", "非必须", "不必填", "不必填写", "选传", "可不填"];
    if has_marks(columns) {
        return;
    }
    let mut first = None;
    for row in rows.iter_mut().filter(|row| row.required == Required::Unknown) {
        let mut clauses = row.description.split([',', '。', ';', '、', '(', ')', '[', ']', '【', '】', ' ', ':', '\n']).map(str::trim);
        let mark = clauses.find_map(|clause| match clause {
            yes if YES.contains(&yes) => Some(Required::Yes),
            no if NO.contains(&no) => Some(Required::No),
            _ => None,
        });
        if let Some(mark) = mark {
            row.required = mark;
            first = first.or(Some(row.line));
        }
    }
    if let Some(first) = first {
        page.remark(Concern::Assumed, first, "no column says which fields are required: the words in their descriptions do");
    }
}

/// Tables of banks print one letter for a type: `C` for characters, `N` for a number, whole or not.
fn letters_for_types(columns: &[Option<Column>], rows: &mut [Row], page: &mut Page) {
    let letter = |row: &Row| matches!(row.printed_type.trim(), "C" | "N" | "c" | "n");
    let letters = rows.iter().filter(|row| letter(row)).count();
    if letters < 2 || letters * 2 < rows.len() || !columns.contains(&Some(Column::SetAside)) {
        return;
    }
    if let Some(first) = rows.iter().find(|row| letter(row)) {
        page.remark(
            Concern::Assumed,
            first.line,
            "the types `C` and `N` are read as characters and numbers: which numbers are whole is not told",
        );
    }
    for row in rows.iter_mut().filter(|row| letter(row)) {
        if row.printed_type.trim().eq_ignore_ascii_case("C") {
            row.printed_type = format!("string({})", row.printed_type.trim());
        } else {
            row.printed_type = format!("number({})", row.printed_type.trim());
            row.doubts.push(Doubt::Type);
        }
    }
}

/// The row, and the indent of its nesting mark if it has one.
fn read_row(columns: &[Option<Column>], cells: &[String], line: usize, place: Option<Place>) -> Option<(Row, Option<usize>)> {
    let mut row = Row { line, place, ..Row::default() };
    let (mut indent, mut numbered, mut level) = (None, None, 0);
    let mut item = String::new();
    for (column, cell) in columns.iter().zip(cells) {
        match column {
            Some(Column::Name) => {
                (row.name, indent) = name(cell);
                row.starred = is_starred(cell);
                if let Some((bare, mark)) = labelled(&row.name) {
                    (row.name, row.required) = (bare, mark);
                }
            }
            Some(Column::Level) => {
                level += 1;
                if row.name.is_empty() && !cell.trim().is_empty() {
                    row.name = name(cell).0;
                    indent = Some(level * LEVEL);
                }
            }
            Some(Column::Number) => numbered = numbered.or_else(|| dots(cell)),
            Some(Column::Depth) => {
                numbered = cell.trim().parse().ok().filter(|depth| (2..=DEEPEST).contains(depth)).map(|depth| (depth - 1) * LEVEL)
            }
            Some(Column::Type) => row.printed_type = plain_cell(cell).trim_matches('`').to_owned(),
            Some(Column::Required | Column::Optional) => {
                let mark = plain_cell(cell).replace(['`', '*'], "");
                row.required = lexicon::required(&mark).unwrap_or(Required::Unknown);
                if lexicon::required_sometimes(&mark) {
                    row.required = Required::No;
                    row.doubts.push(Doubt::Required);
                    row.note = format!("{} {mark}", row.note).trim().to_owned();
                }
            }
            Some(Column::Description | Column::Meaning) => row.description = plain_cell(cell),
            Some(Column::Note) => row.note = format!("{} {}", row.note, plain_cell(cell)).trim().to_owned(),
            Some(Column::Sample) => row.sample = plain_cell(cell),
            Some(Column::Place) => row.place = place_of(cell).or(place),
            Some(Column::Reference) => {
                row.reference = reference(cell);
                item = plain_cell(cell);
            }
            Some(Column::Default) => row.default = Some(plain_cell(cell)).filter(|text| !text.is_empty()),
            Some(Column::Parent | Column::Code | Column::SetAside) | None => {}
        }
    }
    // The column of schemas gives the items of a list: `array` beside `integer(int32)`.
    let is_list = |text: &str| crate::types::read(text).is_some_and(|printed| printed.shape == Shape::list_of(Shape::Any));
    if is_list(&row.printed_type) && crate::types::read(&item).is_some_and(|item| !item.shape.is_container()) {
        row.printed_type = format!("{}[{item}]", row.printed_type);
    }
    // A dotted name says itself how deep it stands.
    let numbered = numbered.filter(|_| !row.name.contains('.'));
    (!row.name.is_empty()).then_some((row, indent.or(numbered)))
}

/// A name with the label that a page of apidoc sets behind it: `lang optional`.
fn labelled(name: &str) -> Option<(String, Required)> {
    let (bare, label) = name.rsplit_once(' ')?;
    let mark = match label.trim_matches(['(', ')', '[', ']']) {
        "optional" => Required::No,
        "required" => Required::Yes,
        _ => return None,
    };
    lexicon::is_name(bare.trim()).then(|| (bare.trim().to_owned(), mark))
}

/// What a level of nesting counts, against a blank.
const LEVEL: usize = 1000;
/// Deeper than this no row stands.
const DEEPEST: usize = 16;

/// How deep a numbered row stands: `2.1` one level below `2`.
fn dots(cell: &str) -> Option<usize> {
    let text = cell.trim();
    let fits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.starts_with(|c: char| c.is_ascii_digit());
    let depth = text.trim_end_matches('.').matches('.').count();
    (fits && depth > 0).then_some(depth * LEVEL)
}

/// `*page`, `page*`: a star that stands for the mark of a required field; two of them are bold text.
fn is_starred(cell: &str) -> bool {
    let text = cell.trim().replace("**", "");
    text.matches('*').count() == 1 && (text.starts_with('*') || text.ends_with('*'))
}

/// `UserVO`, `` `UserVO` ``, `[客户标签](#客户标签)`.
fn reference(cell: &str) -> Option<String> {
    let text = plain_cell(cell);
    let text = text.split_once("](").map_or(text.as_str(), |(name, _)| name);
    let name = text.trim_matches(['`', '#', '[', ']']).trim();
    let fits = !name.is_empty() && name.chars().count() <= 40 && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    (fits && crate::types::read(name).is_none()).then(|| name.to_owned())
}

fn place_of(cell: &str) -> Option<Place> {
    match cell.trim().trim_matches('`').to_ascii_lowercase().as_str() {
        "query" => Some(Place::Query),
        "header" => Some(Place::Header),
        "body" | "formdata" | "form" | "form-data" | "data" => Some(Place::Body),
        _ => None,
    }
}

/// A name without its nesting marks, and how far it is indented: marks count more than the blanks before them.
pub(crate) fn name(cell: &str) -> (String, Option<usize>) {
    const DRAWN: [char; 8] = ['└', '├', '│', '─', '┗', '∟', '↳', '➥'];
    const TYPED: [char; 6] = ['»', '>', '-', '+', '•', '·'];
    let start = cell.find(|c: char| !c.is_whitespace() && !DRAWN.contains(&c) && !TYPED.contains(&c)).unwrap_or(cell.len());
    let before = cell.get(..start).unwrap_or("");
    let drawn = before.chars().filter(|c| matches!(c, '└' | '├' | '┗' | '∟' | '↳' | '➥')).count();
    let marks = if drawn > 0 { drawn } else { before.chars().filter(|c| TYPED.contains(c)).count() };
    let indent = before.chars().filter(|c| c.is_whitespace()).count();
    let name = undressed(cell.get(start..).unwrap_or(""));
    // A blank behind each sign is no indent: `» » id`.
    let indent = if drawn > 0 { indent } else { 0 };
    (name, (marks > 0).then(|| marks.saturating_sub(1) * LEVEL + indent))
}

/// A name without what a page dresses it in: `` `page` ``, `[page](#page)`, `page(页码)`, `page/页码`; `a->b` and `a/b` are `a.b`.
fn undressed(text: &str) -> String {
    let dress = ['`', '*', '"', '\'', ' '];
    let text = text.trim_matches(dress);
    let text = text.strip_prefix('[').and_then(|rest| rest.split_once("](")).map_or(text, |(name, _)| name).trim_matches(dress);
    let note =
        text.find(['(', '/', ' ']).filter(|place| text.get(place + 1..).is_some_and(|rest| rest.starts_with(|c: char| !c.is_ascii())));
    let text = note.map_or(text, |place| text.get(..place).unwrap_or(text)).trim_matches(dress);
    let joined = text.replace("->", ".");
    let parts = joined.matches('/').count();
    let is_path = parts > 0 && joined.split('/').all(|part| !part.is_empty() && lexicon::is_name(part));
    if is_path { joined.replace('/', ".") } else { joined }
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
    // A cell that is a type beside one that is a name is a row that is not understood, and no description.
    let strange = filled.iter().any(|cell| crate::types::read(cell).is_some())
        && filled.iter().any(|cell| cell.len() > 1 && lexicon::is_name(cell) && crate::types::read(cell).is_none());
    if columns.len() < 3
        || strange
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

/// A line that is no row goes on with the description before it.
pub(crate) fn go_on(line: &Line, rows: &mut [Row], page: &mut PageBuilder) {
    let Some(previous) = rows.last_mut().filter(|row| row.description.len() < 4000) else { return page.unread(line.number, &line.text) };
    previous.description.push(' ');
    previous.description.push_str(line.trimmed());
    let text = format!("the line goes on with the description of `{}`: joined", previous.name);
    page.page().remark(Concern::Repaired, line.number, text);
}

/// Says that a column of required marks lost them.
pub(crate) fn report_lost_marks(rows: &[Row], has_marks: bool, line: usize, page: &mut PageBuilder) {
    let marked = rows.iter().filter(|row| row.required != Required::Unknown).count();
    if has_marks && marked < rows.len() {
        let text = format!("the required marks of {} of {} fields are lost: unknown", rows.len() - marked, rows.len());
        page.page().remark(Concern::Decide, line, text);
    }
}

/// At most forty characters of a text.
pub(crate) fn short(text: &str) -> String {
    let mut short: String = text.trim().chars().take(40).collect();
    if short.len() < text.trim().len() {
        short.push('…');
    }
    short
}
