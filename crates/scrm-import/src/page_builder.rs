//! Puts what a layout finds in order: sections, labels, tables, examples.

use std::collections::HashSet;

use scrm_schema::model::Place;

use crate::lexicon::{self, Column, Heading, Label};
use crate::limits;
use crate::lines::Line;
use crate::page::{Concern, ErrorRow, ExampleText, Located, Page, Row, Side, Table};
use crate::pipes::Grid;
use crate::table::{self, is_code};
use crate::{types, xml};

/// What the lines after a heading are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Start,
    Fields,
    Headers,
    Example(Option<Side>),
    Curl,
    Errors,
    Permission,
    Notes,
}

/// What is known of a page before its lines are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// Keys of the examples on the page.
    pub(crate) known: HashSet<String>,
    /// The page compares two versions of itself.
    pub(crate) compares: bool,
    /// The title that the HTML gives.
    pub(crate) title: Option<String>,
}

/// Builds a page line by line.
pub(crate) struct PageBuilder {
    page: Page,
    context: Context,
    mode: Mode,
    side: Option<Side>,
    parent: Option<String>,
    caption: Option<String>,
    /// Tables since the last heading of a section.
    tables: usize,
    place: Option<Place>,
    pending: Option<Label>,
    last_columns: Vec<Option<Column>>,
    /// The first section, label or table of the page was met: what stands above it may be the title.
    begun: bool,
    /// Lines that may be the title.
    titles: Vec<Located<String>>,
    /// Names of tables that rows refer to.
    references: HashSet<String>,
    /// The body of a curl call; an example of its own comes before it.
    curl_body: Option<ExampleText>,
}

/// A title is no longer than this, in letters.
const TITLE: usize = 60;

impl PageBuilder {
    pub(crate) fn new(context: Context) -> Self {
        let (page, last_columns) = (Page::default(), Vec::new());
        Self {
            page,
            context,
            mode: Mode::Start,
            side: None,
            parent: None,
            caption: None,
            tables: 0,
            place: None,
            pending: None,
            last_columns,
            begun: false,
            titles: Vec::new(),
            references: HashSet::new(),
            curl_body: None,
        }
    }

    /// Whether an example of the page has this key.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.context.known.contains(name)
    }

    /// Whether the page compares two versions of itself.
    pub(crate) fn compares(&self) -> bool {
        self.context.compares
    }

    pub(crate) fn page(&mut self) -> &mut Page {
        &mut self.page
    }

    pub(crate) fn finish(mut self) -> Page {
        self.page.examples.extend(self.curl_body.take());
        self.choose_title();
        self.page
    }

    /// The title of the HTML, else the last line above the first section, else the first words about the operation.
    fn choose_title(&mut self) {
        let html = self.context.title.take();
        let lines = std::mem::take(&mut self.titles);
        let agrees = html.as_ref().and_then(|title| lines.iter().position(|line| line.value == *title));
        let chosen = agrees.or_else(|| lines.len().checked_sub(1).filter(|_| html.is_none()));
        for (place, line) in lines.into_iter().enumerate() {
            if Some(place) == chosen && self.page.title.is_none() {
                self.page.title = Some(line);
            } else {
                self.set_aside(line.line, "text above the page");
            }
        }
        if self.page.title.is_none() {
            self.page.title = html.map(|title| Located::new(title, 0));
        }
        if self.page.title.is_none()
            && let Some(note) = self.page.notes.iter().find(|note| !note.value.is_ascii()).cloned()
        {
            let clause = lexicon::bare(note.value.split([',', '。', ';', ':', '\n']).next().unwrap_or(""));
            if (2..=TITLE).contains(&clause.chars().count()) {
                self.page.remark(
                    Concern::Decide,
                    note.line,
                    format!("the page has no title: `{clause}` is taken, the first words about the operation"),
                );
                self.page.title = Some(Located::new(clause, note.line));
            }
        }
    }

    pub(crate) fn side(&self) -> Option<Side> {
        self.side
    }

    pub(crate) fn has_side(&self) -> bool {
        self.side.is_some()
    }

    /// Where the fields of this section go, if not in the body.
    pub(crate) fn place(&self) -> Option<Place> {
        self.place
    }

    pub(crate) fn in_fields(&self) -> bool {
        self.mode == Mode::Fields
    }

    pub(crate) fn set_aside(&mut self, line: usize, why: &'static str) {
        self.page.set_aside.push(Located::new(why, line));
    }

    pub(crate) fn unread(&mut self, line: usize, text: &str) {
        self.page.unread.push(Located::new(text.trim().to_owned(), line));
    }

    /// Takes a heading; false if the line is none.
    pub(crate) fn heading(&mut self, line: &Line) -> bool {
        let bare = lexicon::bare(&line.text);
        if self.references.contains(&bare) && line.trimmed().starts_with(['#', '*']) {
            self.fields(self.side, Some(bare));
            return true;
        }
        let Some(heading) = lexicon::heading(&line.text) else { return self.title_heading(line) };
        // Before the first section, a name below a heading mark is the page's own.
        if !self.begun && matches!(heading, Heading::Members { .. }) && self.page.title.is_none() && line.trimmed().starts_with("# ") {
            return self.title_heading(line);
        }
        self.pending = None;
        self.begun = true;
        self.page.push |= is_push(&bare);
        match heading {
            Heading::Request { place, body } => {
                self.fields(Some(Side::Request), None);
                self.place = place.filter(|place| *place != Place::Body);
                if let Some(body) = body {
                    self.page.body = Some(Located::new(body, line.number));
                }
            }
            Heading::Response => self.fields(Some(Side::Response), None),
            Heading::Members { parent, side } => self.fields(side.or(self.side), Some(parent)),
            Heading::Headers => self.mode = Mode::Headers,
            Heading::Example(side) => {
                self.side = side.or(self.side);
                (self.parent, self.caption, self.tables) = (None, None, 0);
                self.mode = Mode::Example(side.or(self.side));
            }
            Heading::Curl => self.mode = Mode::Curl,
            Heading::Errors => self.mode = Mode::Errors,
            Heading::Permission => self.mode = Mode::Permission,
            Heading::Notes => self.mode = Mode::Notes,
            Heading::Empty => {}
        }
        true
    }

    fn fields(&mut self, side: Option<Side>, parent: Option<String>) {
        (self.side, self.parent, self.caption, self.place, self.mode, self.tables) = (side, parent, None, None, Mode::Fields, 0);
    }

    /// Takes a line that stands above a table and is no known heading: it may name what the table describes.
    pub(crate) fn caption(&mut self, line: &Line) {
        let bare = lexicon::bare(&line.text);
        if self.references.contains(&bare) {
            return self.fields(self.side, Some(bare));
        }
        let known = lexicon::heading(&line.text);
        if let Some(Heading::Members { parent, side }) = known {
            self.begun = true;
            return self.fields(side.or(self.side), Some(parent));
        }
        if self.side.is_none() {
            // Above the first section it is the title rather.
            if !self.title_heading(line) {
                self.text(line);
            }
            return;
        }
        let names = names_in(&bare);
        let place = self.place;
        match names.last() {
            Some(last) => {
                let joined = if names.len() > 1 && names.iter().all(|name| !name.contains('.')) { names.join(".") } else { last.clone() };
                self.fields(self.side, Some(joined));
            }
            None => {
                self.mode = Mode::Fields;
                self.parent = None;
            }
        }
        self.place = place;
        self.caption = Some(bare);
    }

    /// `# title`: the first heading that announces nothing else.
    fn title_heading(&mut self, line: &Line) -> bool {
        let text = lexicon::bare(&line.text);
        // `## POST title`: below the title of the whole document.
        if line.trimmed().starts_with('#')
            && let Some((method, title)) = text.split_once(' ')
            && method.bytes().all(|byte| byte.is_ascii_uppercase())
            && lexicon::method(method).is_some()
            && !title.starts_with('/')
            && self.page.tables.is_empty()
        {
            self.page.title = Some(Located::new(title.trim().to_owned(), line.number));
            let label = Line { number: line.number, text: format!("Method: {method}") };
            return self.labels(&label);
        }
        let is_heading = line.trimmed().starts_with('#') && lexicon::label(&line.text).is_none() && !lexicon::is_residue(&text);
        if is_heading && self.page.title.is_none() && !self.begun {
            self.title(line.number, &text);
            return true;
        }
        // Another heading that says nothing known.
        if is_heading && self.page.title.is_some() {
            self.page.notes.push(Located::new(text, line.number));
            return true;
        }
        if is_heading && self.page.title.is_none() {
            self.title(line.number, &text);
        }
        is_heading
    }

    /// Takes the title that a layout has found by itself.
    pub(crate) fn heading_title(&mut self, line: usize, text: &str) {
        self.begun = true;
        self.title(line, text);
    }

    pub(crate) fn title(&mut self, line: usize, text: &str) {
        if self.page.title.is_none() && !text.is_empty() && text.chars().count() <= TITLE {
            self.page.push |= is_push(text);
            self.page.title = Some(Located::new(text.to_owned(), line));
        }
    }

    /// Takes the day of the last change out of a line.
    pub(crate) fn updated(&mut self, text: &str) {
        let day = text.split(|c: char| !(c.is_ascii_digit() || c == '-')).find(|part| part.len() == 10 && part.matches('-').count() == 2);
        if let Some(day) = day.filter(|day| self.page.updated.as_deref().is_none_or(|known| known < *day)) {
            self.page.updated = Some(day.to_owned());
        }
    }

    /// A block of code begins that nothing ends.
    pub(crate) fn open_fence(&mut self) {
        self.mode = match self.mode {
            Mode::Fields | Mode::Start => Mode::Example(self.side),
            mode => mode,
        };
    }

    /// Takes one or several labels on a line, and the value a label before it is waiting for; false if there is nothing of the kind.
    pub(crate) fn labels(&mut self, line: &Line) -> bool {
        let mut pieces = vec![];
        let mut rest = line.trimmed();
        // Bullets run together: `POST - 请求头:`.
        while let Some((head, tail)) = rest.split_once(" - ").or_else(|| rest.split_once(" • ")) {
            if pieces.len() >= REACH || lexicon::label(tail).is_none() {
                break;
            }
            pieces.push(head);
            rest = tail;
        }
        pieces.push(rest);
        let mut taken = false;
        for piece in pieces {
            if let Some((label, value)) = lexicon::label(piece) {
                taken = true;
                self.begun = true;
                self.pending = value.is_empty().then_some(label);
                if !value.is_empty() {
                    self.value(line.number, label, &value);
                }
            } else if let Some(label) = self.pending.take() {
                taken = true;
                let value = piece.trim().trim_start_matches(['-', '•', '*', '·', '>']).trim();
                self.value(line.number, label, value);
            }
        }
        taken
    }

    fn value(&mut self, line: usize, label: Label, value: &str) {
        match label {
            Label::Method => match lexicon::method(value) {
                Some(method) => self.page.method = self.page.method.take().or(Some(Located::new(method, line))),
                None => self.unread(line, value),
            },
            Label::Url => self.url(line, value),
            Label::ContentType => self.content_type(line, value),
            Label::Headers => {
                let (name, value) = value.split_once(':').unwrap_or((value, ""));
                self.header(line, name);
                self.content_type(line, value);
            }
            Label::Quota => self.quota(line, value),
            Label::Permission => self.permission(line, value),
            Label::Description => {
                // It is the title where nothing else is: the end of the page decides.
                if value.chars().count() <= 40
                    && !value.contains([',', '。', ';'])
                    && self.titles.is_empty()
                    && self.context.title.is_none()
                {
                    self.title(line, value);
                }
                self.note(line, value);
            }
            Label::Note => self.note(line, value),
            Label::SetAside => {
                self.updated(value);
                self.set_aside(line, "who and when");
            }
        }
    }

    pub(crate) fn url(&mut self, line: usize, value: &str) {
        let value = value.split_whitespace().find(|part| lexicon::method(part).is_none() || part.contains('/')).unwrap_or("");
        let value = value.trim_matches(['`', '\'', '"', ',', '*', '<', '>']);
        let value = value.split(['?', '#']).next().unwrap_or("");
        // A variable of the tool stands for the base URL: `{{host}}/a/b`.
        let value = if value.starts_with("{{") { value.split_once("}}").map_or(value, |(_, rest)| rest) } else { value };
        let fits = value.starts_with("http") || value.starts_with('/') || (value.is_ascii() && value.contains('/'));
        match &self.page.url {
            _ if !fits => self.unread(line, value),
            None => self.page.url = Some(Located::new(value.to_owned(), line)),
            Some(first) if first.value.ends_with(value.trim_start_matches('/')) || value.ends_with(first.value.trim_start_matches('/')) => {
            }
            Some(first) => {
                let text = format!("the page prints two addresses: `{}` and `{value}`; the first counts", first.value);
                self.page.remark(Concern::Decide, line, text);
            }
        }
    }

    fn content_type(&mut self, line: usize, value: &str) {
        if let Some(body) = lexicon::body_kind(value) {
            self.page.body = self.page.body.take().or(Some(Located::new(body, line)));
        }
    }

    pub(crate) fn header(&mut self, line: usize, name: &str) {
        let name = name.trim().trim_matches(['`', '\'', '"']);
        if lexicon::is_name(name)
            && !self.page.headers.iter().any(|known| known.value.eq_ignore_ascii_case(name))
            && self.page.headers.len() < 40
        {
            self.page.headers.push(Located::new(name.to_owned(), line));
        }
    }

    pub(crate) fn quota(&mut self, line: usize, value: &str) {
        match limits::quota(value) {
            Some(quota) => self.page.quota = self.page.quota.take().or(Some(Located::new(quota, line))),
            None => self.unread(line, value),
        }
    }

    pub(crate) fn permission(&mut self, line: usize, value: &str) {
        let value = value.trim().trim_matches(['`', '*']);
        let same = |first: &str| letters(first) == letters(value);
        match &self.page.permission {
            None => self.page.permission = Some(Located::new(value.to_owned(), line)),
            Some(first) if same(&first.value) => {}
            Some(_) => self.unread(line, value),
        }
    }

    pub(crate) fn note(&mut self, line: usize, value: &str) {
        if self.page.quota.is_none()
            && let Some(quota) = limits::quota(value)
        {
            self.page.quota = Some(Located::new(quota, line));
        }
        self.page.notes.push(Located::new(value.to_owned(), line));
    }

    /// Takes a line that is neither heading nor label nor table.
    pub(crate) fn text(&mut self, line: &Line) {
        let text = line.trimmed();
        if lexicon::is_residue(text) {
            return self.set_aside(line.number, "residue of the tool");
        }
        if self.page.permission.as_ref().is_some_and(|first| letters(&first.value) == letters(text)) {
            return self.set_aside(line.number, "said before");
        }
        if let Some((method, path)) = method_and_path(text) {
            let label = Line { number: line.number, text: format!("Method: {method}") };
            self.labels(&label);
            return self.url(line.number, path);
        }
        let bulleted = text.starts_with(['•', '·', '*'])
            || text.starts_with("- ")
            || text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(". ");
        match self.mode {
            Mode::Start if !self.begun && !bulleted && fits_title(text) => self.titles.push(Located::new(lexicon::bare(text), line.number)),
            Mode::Start if !self.begun && bulleted => self.set_aside(line.number, "menu of the site"),
            Mode::Permission => {
                self.permission(line.number, text);
                self.mode = Mode::Start;
            }
            Mode::Notes => self.note(line.number, text),
            Mode::Errors => self.glued_error(line),
            Mode::Headers if text.contains(':') => self.header(line.number, text.split(':').next().unwrap_or("")),
            Mode::Start | Mode::Fields | Mode::Headers | Mode::Example(_) | Mode::Curl => self.unread(line.number, text),
        }
    }

    /// `-3` directly followed by its meaning.
    fn glued_error(&mut self, line: &Line) {
        let text = line.trimmed();
        let sign = usize::from(text.starts_with('-'));
        let digits = text.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
        let (code, meaning) = (text.get(..sign + digits).unwrap_or(""), text.get(sign + digits..).unwrap_or("").trim());
        if digits > 0 && !meaning.is_empty() && is_code(code) {
            self.page.errors.push(ErrorRow {
                code: code.to_owned(),
                meaning: meaning.trim_start_matches([':', '-', ' ']).to_owned(),
                line: line.number,
            });
        } else if text.starts_with("code") && text.contains("错误") {
            self.set_aside(line.number, "head of the error table");
        } else {
            self.unread(line.number, text);
        }
    }

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
                [label, value] => Some((line, format!("{}: {}", lexicon::bare(label), lexicon::bare(value)))),
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
        // `body | body | object`, and its members below: the body itself is no field.
        let is_body = |row: &Row| row.name == "body" && row.place == Some(Place::Body) && row.depth == 0;
        if rows.iter().any(|row| row.depth > 0)
            && let Some(whole) = rows.iter().position(is_body)
        {
            rows.remove(whole);
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
        let has_marks = columns.contains(&Some(Column::Required));
        if has_marks && self.side != Some(Side::Response) {
            table::report_lost_marks(&rows, true, grid.line, self);
        }
        self.last_columns = columns;
        self.table(rows, depth_lost, grid.line, has_marks);
    }

    /// Takes a table whose rows are read.
    pub(crate) fn table(&mut self, rows: Vec<Row>, depth_lost: bool, line: usize, has_marks: bool) {
        self.begun = true;
        if self.mode == Mode::Headers {
            for row in rows {
                self.header(row.line, &row.name);
            }
            return;
        }
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
        if self.labelled_grid(grid) {
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

    /// Takes a block of code.
    pub(crate) fn code(&mut self, line: usize, text: &str) {
        let start = text.trim_start();
        if start.starts_with("curl") {
            return self.curl(line, text);
        }
        self.begun = true;
        let side = match self.mode {
            Mode::Example(side) => side,
            _ => self.side,
        };
        match side {
            Some(side) if start.starts_with(['{', '[']) || xml::shows(start) => {
                self.page.examples.push(ExampleText { side, text: text.to_owned(), line })
            }
            _ => {
                for (text, line) in text.split('\n').zip(line..).filter(|(text, _)| !text.trim().is_empty()) {
                    self.unread(line, text);
                }
            }
        }
    }

    /// A curl call: its address, the names of its headers, its JSON body. Values of headers are not kept: they are secrets.
    pub(crate) fn curl(&mut self, line: usize, text: &str) {
        if let Some(start) = text.find("http") {
            let address = text.get(start..).unwrap_or("").split(['\'', '"', ' ', '?', '\n']).next().unwrap_or("");
            let known = self.page.url.as_ref().is_some_and(|url| address.ends_with(url.value.trim_start_matches('/')));
            match (&self.page.url, known) {
                (None, _) => self.url(line, address),
                (Some(_), true) => {}
                (Some(url), false) => {
                    let remark = format!("the curl call goes to another address than `{}`", url.value);
                    self.page.remark(Concern::Decide, line, remark);
                }
            }
        }
        for flag in ["-H ", "--header "] {
            for part in text.split(flag).skip(1).take(40) {
                let part = part.trim_start().trim_start_matches(['\'', '"']);
                let (name, value) = part.split_once(':').unwrap_or(("", ""));
                self.header(line, name);
                if name.eq_ignore_ascii_case("content-type") {
                    self.content_type(line, value.split(['\'', '"', '\n']).next().unwrap_or(""));
                }
            }
        }
        let body = ["--data-raw ", "--data ", "-d "]
            .iter()
            .find_map(|flag| text.split_once(flag))
            .map(|(_, body)| body.trim_start().trim_start_matches('\''));
        if let Some(body) = body.filter(|body| body.trim_start().starts_with('{')) {
            let end = body.rfind('}').map_or(body.len(), |end| end + 1);
            self.curl_body = Some(ExampleText { side: Side::Request, text: body.get(..end).unwrap_or("").to_owned(), line });
        }
    }
}

const REACH: usize = 8;

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a line above the first section can be a title: short, and no sentence.
fn fits_title(text: &str) -> bool {
    let letters = text.chars().count();
    let is_address = text.starts_with("http") || text.starts_with('/');
    let is_sentence =
        is_address || text.contains(['。', ';', '|', '<', '{', '=']) || text.ends_with([':', ',']) || (letters > 24 && text.contains(','));
    (2..=TITLE).contains(&letters) && !is_sentence
}

/// `POST /a/b` on one line.
fn method_and_path(text: &str) -> Option<(&str, &str)> {
    let (method, path) = text.trim_matches(['`', '*']).split_once(' ')?;
    let path = path.trim().trim_matches('`');
    let fits = method.bytes().all(|byte| byte.is_ascii_uppercase())
        && lexicon::method(method).is_some()
        && (path.starts_with('/') || path.starts_with("http"));
    (fits && !path.contains(' ')).then_some((method, path))
}

fn is_push(text: &str) -> bool {
    text.contains("推送参数")
        || text.ends_with("推送")
        || text.contains("消息推送")
        || text.contains("推送解密")
        || text.contains("回调参数")
}

/// Names of fields inside a caption: `data` and `list` of `返回data中的list`.
fn names_in(text: &str) -> Vec<String> {
    const GENERAL: [&str; 20] = [
        "json", "api", "http", "https", "body", "query", "string", "int", "object", "array", "get", "post", "response", "request", "id",
        "url", "vo", "dto", "null", "xml",
    ];
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '-')))
        .map(|part| part.trim_matches(['.', '-']))
        .filter(|part| lexicon::is_name(part) && !GENERAL.contains(&part.to_ascii_lowercase().as_str()))
        .map(str::to_owned)
        .collect()
}

/// `the request`, `the answer`.
pub(crate) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Request => "the request",
        Side::Response => "the answer",
    }
}
