//! Tables with bars: fields, labels of the operation, error codes, code in a cell, and those without a header.

use scrm_schema::model::Place;

use crate::choices;
use crate::lexicon::{self, Column};
use crate::lines::Line;
use crate::page::{CodeList, Concern, Located, Row, Side, Table};
use crate::pipes::Grid;
use crate::table::{self, is_code};
use crate::types;

use super::{Mode, PageBuilder, side_name};

/// Labels that only a table may shorten so far.
fn label_in_a_cell(label: &str) -> String {
    let label = lexicon::bare(label);
    match label.to_lowercase().as_str() {
        "uri" | "地址" | "路径" | "接口" => "URL".to_owned(),
        "方法" | "方式" => "请求方式".to_owned(),
        "描述" | "名称" | "功能" => "接口描述".to_owned(),
        _ => label,
    }
}

impl PageBuilder {
    /// Takes a table with bars.
    pub(crate) fn grid(&mut self, grid: &Grid) {
        // A block of code inside a table keeps the bars of columns that it never had.
        let lone = grid.header.iter().skip(1).all(|cell| cell.trim().is_empty());
        let is_code = lone && grid.header.first().is_some_and(|cell| lexicon::bare(cell) == "代码块" || cell.starts_with("信息"));
        if grid.header.len() == 1 || is_code {
            let mut whole = grid.clone();
            whole.header.truncate(1);
            whole.rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
            return self.one_cell(&whole);
        }
        let Some(columns) = table::columns(&grid.header) else { return self.headless(grid) };
        self.begun = true;
        self.fields_grid(columns, grid);
    }

    /// A table of two columns that says of the operation what labels say elsewhere; false if it is none.
    fn labelled_grid(&mut self, grid: &Grid) -> bool {
        let pairs: Vec<(usize, String)> = std::iter::once((grid.line, &grid.header))
            .chain(grid.rows.iter().map(|(line, cells)| (*line, cells)))
            .filter_map(|(line, cells)| match cells.as_slice() {
                [label, value] => Some((line, format!("{}: {}", label_in_a_cell(label), lexicon::bare(value)))),
                _ => None,
            })
            .collect();
        let labels = pairs.iter().filter(|(_, text)| lexicon::label(text).is_some()).count();
        if labels < 2 {
            return false;
        }
        for (number, text) in pairs {
            let line = Line { number, text };
            if !self.labels(&line) {
                self.text(&line);
            }
        }
        true
    }

    /// A table of values and what they mean, below a caption that says whose they are; false if it is none.
    fn values_grid(&mut self, grid: &Grid) -> bool {
        const VALUES: [&str; 10] = ["值", "取值", "枚举", "枚举值", "可选值", "代码", "编码", "状态值", "value", "选项"];
        const MEANINGS: [&str; 10] = ["含义", "说明", "描述", "名称", "释义", "意义", "中文", "解释", "meaning", "description"];
        let titles: Vec<String> = grid.header.iter().map(|title| lexicon::bare(title).to_lowercase()).collect();
        let [first, second, ..] = titles.as_slice() else { return false };
        let fits = VALUES.contains(&first.as_str()) && MEANINGS.contains(&second.as_str()) && titles.len() <= 3;
        let values: Vec<(String, String)> = grid
            .rows
            .iter()
            .filter_map(|(_, cells)| Some((cells.first()?.trim().trim_matches('`').to_owned(), cells.get(1)?.trim().to_owned())))
            .filter(|(value, _)| !value.is_empty())
            .collect();
        if !fits || values.is_empty() || self.mode == Mode::Errors {
            return false;
        }
        let caption = self.above.take().map_or_else(String::new, |above| above.value);
        self.page.unread.retain(|line| lexicon::bare(&line.value) != caption);
        self.page.code_lists.push(CodeList { caption, values, line: grid.line });
        true
    }

    /// `sort 可选 asc、desc`, below the table of fields: the values of the field that the sentence begins with; false if it says no values.
    pub(super) fn values_of_a_field(&mut self, line: usize, text: &str) -> bool {
        let name = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
        let known = self.row_names.contains(name);
        let values: Vec<(String, String)> =
            if known { choices::read(text).into_iter().map(|choice| (choice.value, choice.label)).collect() } else { Vec::new() };
        if values.is_empty() {
            return false;
        }
        self.page.code_lists.push(CodeList { caption: name.to_owned(), values, line });
        true
    }

    /// Takes a list of values, one a line, below a caption.
    pub(crate) fn values(&mut self, caption: &Line, values: Vec<(String, String)>) {
        self.page.code_lists.push(CodeList { caption: lexicon::bare(&caption.text), values, line: caption.number });
    }

    fn fields_grid(&mut self, columns: Vec<Option<Column>>, grid: &Grid) {
        if table::is_error_table(&columns) {
            if columns.contains(&Some(Column::Reference)) {
                for line in &grid.lines {
                    self.set_aside(*line, "HTTP status codes");
                }
                return;
            }
            table::error_rows(&columns, grid, &mut self.page);
            return;
        }
        for (title, column) in grid.header.iter().zip(&columns) {
            if column.is_none() && !title.is_empty() {
                self.page.remark(Concern::Decide, grid.line, format!("the column `{}` is not known: not read", table::short(title)));
            }
        }
        let (mut rows, depth_lost) = table::field_rows(&columns, grid, self.place, &mut self.page);
        rows.retain(|row| {
            let is_header = row.place == Some(Place::Header);
            if is_header {
                self.page.headers.push(Located::new(row.name.clone(), row.line));
            }
            !is_header
        });
        // `body | body | object`, and its members below: the body itself is no field. A tool that names it after its type gives every row a place.
        let at_top = rows.iter().filter(|row| row.depth == 0);
        let only = at_top.clone().all(|row| row.place.is_some()) && at_top.filter(|row| row.place == Some(Place::Body)).count() == 1;
        let known = &self.context.known;
        let is_body = |row: &Row| {
            row.place == Some(Place::Body)
                && row.depth == 0
                && (row.name == "body" || (only && row.reference.is_some() && !known.contains(&row.name)))
        };
        if rows.iter().any(|row| row.depth > 0)
            && let Some(whole) = rows.iter().position(is_body)
        {
            let body = rows.remove(whole);
            if body.name != "body" {
                let text = format!("`{}` is the whole body by its place and its type: its members are the fields", body.name);
                self.page.remark(Concern::Assumed, body.line, text);
            }
            let below = rows.iter().skip(whole).take_while(|row| row.depth > 0).count();
            for row in rows.iter_mut().skip(whole).take(below) {
                row.depth -= 1;
            }
        }
        let bodies: Vec<&Row> = rows.iter().filter(|row| row.place == Some(Place::Body)).collect();
        if let [row] = bodies.as_slice() {
            let text = format!("`{}` is the only parameter in the body: read as a field of it, but it may be the whole body", row.name);
            self.page.remark(Concern::Decide, row.line, text);
        }
        let has_marks = table::has_marks(&columns);
        if has_marks && self.side != Some(Side::Response) {
            table::report_lost_marks(&rows, true, grid.line, self);
        }
        self.last_columns = columns;
        self.table(rows, depth_lost, grid.line, has_marks);
    }

    /// Takes a table whose rows are read.
    pub(crate) fn table(&mut self, rows: Vec<Row>, depth_lost: bool, line: usize, has_marks: bool) {
        self.begun = true;
        // A header is a text: what holds members is something else, whatever stands above it.
        let holds = |row: &Row| row.depth > 0 || types::read_cell(&row.printed_type).is_some_and(|printed| printed.shape.is_container());
        if self.mode == Mode::Headers && rows.iter().any(holds) {
            self.page.remark(Concern::Decide, line, "a table below the headers has fields with members: read as fields");
            self.mode = Mode::Fields;
        }
        if self.mode == Mode::Headers {
            for row in rows {
                self.header(row.line, &row.name);
            }
            return;
        }
        self.above = None;
        self.row_names = rows.iter().map(|row| row.name.clone()).collect();
        let side = self.side_of(has_marks, line);
        self.references.extend(rows.iter().filter_map(|row| row.reference.clone()));
        self.references.extend(rows.iter().filter_map(|row| types::read_cell(&row.printed_type).and_then(|printed| printed.reference)));
        let (parent, caption, first) = (self.parent.clone(), self.caption.take(), self.tables == 0);
        self.page.tables.push(Table { side, parent, caption, first, rows, depth_lost, attached: false, line });
        self.tables += 1;
    }

    fn side_of(&mut self, has_marks: bool, line: usize) -> Side {
        self.side.unwrap_or_else(|| {
            let side = if has_marks { Side::Request } else { Side::Response };
            let reason = if side == Side::Request { "it has a column of required marks" } else { "it has no column of required marks" };
            self.page.remark(
                Concern::Decide,
                line,
                format!("the table stands under no known heading: read as {}, because {reason}", side_name(side)),
            );
            side
        })
    }

    /// The head of a permission, or a block of code in a cell.
    fn one_cell(&mut self, grid: &Grid) {
        let heading = Line { number: grid.line, text: grid.header.first().cloned().unwrap_or_default() };
        let is_code_block = lexicon::bare(&heading.text) == "代码块";
        if !is_code_block && !self.heading(&heading) && !self.labels(&heading) {
            self.text(&heading);
        }
        for (number, cells) in &grid.rows {
            let text = cells.join("|");
            if is_code_block || text.trim_start().starts_with(['{', '[']) {
                self.code(*number, &text);
            } else if !text.trim().is_empty() {
                let line = Line { number: *number, text };
                if !self.labels(&line) {
                    self.text(&line);
                }
            }
        }
    }

    /// A table whose first line is no header: it goes on with the table before it, or is not understood.
    fn headless(&mut self, grid: &Grid) {
        if self.mode == Mode::Headers && grid.rows.iter().all(|(_, cells)| cells.first().is_some_and(|name| lexicon::is_name(name.trim())))
        {
            // Names and values of headers: the values are not kept.
            for (line, cells) in &grid.rows {
                self.header(*line, cells.first().map_or("", String::as_str));
            }
            return;
        }
        if self.labelled_grid(grid) || self.values_grid(grid) {
            return;
        }
        let fits = !grid.ruled
            && self.mode == Mode::Fields
            && self.last_columns.len() == grid.header.len()
            && grid.header.first().is_some_and(|name| lexicon::is_name(name));
        if fits {
            let mut whole = grid.clone();
            whole.rows.insert(0, (grid.line, grid.header.clone()));
            whole.header.clear();
            return self.fields_grid(self.last_columns.clone(), &whole);
        }
        if self.mode == Mode::Errors && grid.header.len() == 2 {
            let mut whole = grid.clone();
            if grid.header.first().is_some_and(|code| is_code(code)) {
                whole.rows.insert(0, (grid.line, grid.header.clone()));
            }
            return table::error_rows(&[Some(Column::Code), Some(Column::Meaning)], &whole, &mut self.page);
        }
        self.unread(grid.line, &grid.header.join(" | "));
        for (line, cells) in &grid.rows {
            self.unread(*line, &cells.join(" | "));
        }
    }
}
