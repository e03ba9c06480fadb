//! Puts what a layout finds in order: sections, labels, tables, examples.

mod code;
mod grids;
mod head;
mod title;

use std::collections::HashSet;

use scrm_schema::model::Place;

use crate::lexicon::{self, Column, Heading, Label};
use crate::lines::Line;
use crate::page::{ErrorRow, ExampleText, Located, Page, Side};
use crate::table::is_code;
use head::{letters, method_and_path};
use title::fits_title;

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
    /// The last line that was no heading and no table: the caption of what follows, perhaps.
    above: Option<Located<String>>,
    /// Names of the fields of the last table.
    row_names: HashSet<String>,
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
            above: None,
            row_names: HashSet::new(),
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
        (self.pending, self.above) = (None, None);
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
            // `Body` behind the headers: the fields go on.
            Heading::Empty if self.mode == Mode::Headers && !matches!(bare.as_str(), "..." | "…") => {
                self.mode = if self.side.is_some() { Mode::Fields } else { Mode::Start };
            }
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
            // What follows a table of headers is another table.
            if self.mode == Mode::Headers {
                self.mode = Mode::Start;
            }
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

    /// A block of code begins that nothing ends.
    pub(crate) fn open_fence(&mut self) {
        self.mode = match self.mode {
            Mode::Fields | Mode::Start => Mode::Example(self.side),
            mode => mode,
        };
    }

    /// Takes a line that is neither heading nor label nor table.
    pub(crate) fn text(&mut self, line: &Line) {
        let text = line.trimmed();
        self.above = Some(Located::new(lexicon::bare(text), line.number));
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
        if self.mode == Mode::Fields && self.values_of_a_field(line.number, text) {
            return;
        }
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

fn is_push(text: &str) -> bool {
    text.contains("推送参数")
        || text.ends_with("推送")
        || text.contains("消息推送")
        || text.contains("推送解密")
        || text.contains("回调参数")
}

/// `the request`, `the answer`.
pub(crate) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Request => "the request",
        Side::Response => "the answer",
    }
}
