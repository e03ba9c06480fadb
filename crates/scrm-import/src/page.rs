//! The table model that every layout is read into.

use std::fmt;

use scrm_schema::model::{BodyKind, Method, Place, Quota};

/// A value and the line of the page it was read from, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Line of the page.
    pub line: usize,
}

impl<T> Located<T> {
    /// A value with its line.
    pub fn new(value: T, line: usize) -> Self {
        Self { value, line }
    }
}

/// The layouts that are recognised, by the tool that published the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// GitBook copied as text: cells separated by blanks, the column of required marks often lost.
    GitBookFlat,
    /// GitBook as pipe tables, its bullets run together.
    GitBookPipes,
    /// Confluence export: no leading bar, a trailing bar, rows broken over lines.
    Confluence,
    /// The same export with one line per cell.
    ConfluenceCells,
    /// Apifox: one line per cell, between menus and the try-it panel.
    Apifox,
    /// Kancloud Markdown with `{% api %}` blocks and the book's menu at the end.
    Kancloud,
    /// Markdown written again by somebody else: headings with `#`, padded tables.
    Markdown,
    /// Swagger tables in Markdown, sub-objects apart or nested by `└─`, often all on one line.
    Swagger,
}

impl Layout {
    /// Every layout, in the order in which they are tried.
    pub const ALL: [Self; 8] = [
        Self::Kancloud,
        Self::Apifox,
        Self::ConfluenceCells,
        Self::Swagger,
        Self::Confluence,
        Self::Markdown,
        Self::GitBookPipes,
        Self::GitBookFlat,
    ];

    /// The name the command line takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitBookFlat => "gitbook-flat",
            Self::GitBookPipes => "gitbook-pipes",
            Self::Confluence => "confluence",
            Self::ConfluenceCells => "confluence-cells",
            Self::Apifox => "apifox",
            Self::Kancloud => "kancloud",
            Self::Markdown => "markdown",
            Self::Swagger => "swagger",
        }
    }

    /// The layout of a [name](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name)
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Required {
    /// The page says so.
    Yes,
    /// The page says it may be absent.
    No,
    /// The page does not say, or its layout lost it.
    #[default]
    Unknown,
}

/// One row of a table of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Name as printed, without nesting marks.
    pub name: String,
    /// Levels below the table's own level, by nesting marks; 0 without any.
    pub depth: usize,
    /// The type as printed; empty when the cell is.
    pub printed_type: String,
    /// The required mark.
    pub required: Required,
    /// The description as printed.
    pub description: String,
    /// The remarks as printed.
    pub note: String,
    /// Where a request puts it, when the page says.
    pub place: Option<Place>,
    /// Name of the sub-table that describes its members.
    pub reference: Option<String>,
    /// The default as printed in a cell of its own.
    pub default: Option<String>,
    /// Line of the page.
    pub line: usize,
}

/// Which side of the exchange a table or example describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is sent.
    Request,
    /// What is answered.
    Response,
}

/// A table of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it describes.
    pub side: Side,
    /// The field or type whose members it lists; `None`: the request or answer itself.
    pub parent: Option<String>,
    /// Its rows in order.
    pub rows: Vec<Row>,
    /// The layout prints nested fields without showing the depth.
    pub depth_lost: bool,
    /// Its rows found their place among the fields.
    pub attached: bool,
    /// Line of its heading or first row.
    pub line: usize,
}

/// An example as it stands on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleText {
    /// What it shows.
    pub side: Side,
    /// The text, not repaired.
    pub text: String,
    /// Line of its first character.
    pub line: usize,
}

/// One row of a table of error codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    /// The code as printed.
    pub code: String,
    /// Its meaning as printed.
    pub meaning: String,
    /// Line of the page.
    pub line: usize,
}

/// What kind of remark the importer makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// A person must decide this.
    Decide,
    /// Taken to be so, with the reason.
    Assumed,
    /// Mended while reading.
    Repaired,
}

/// A remark of the importer about a line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of remark.
    pub concern: Concern,
    /// Line of the page; 0: the page as a whole.
    pub line: usize,
    /// The remark, in plain English.
    pub text: String,
}

/// A page, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The layout it was read as.
    pub layout: Option<Layout>,
    /// Its title.
    pub title: Option<Located<String>>,
    /// HTTP method.
    pub method: Option<Located<Method>>,
    /// Address or path.
    pub url: Option<Located<String>>,
    /// Names of documented headers; their values are not kept.
    pub headers: Vec<Located<String>>,
    /// How the request travels.
    pub body: Option<Located<BodyKind>>,
    /// The permission, in the vendor's words.
    pub permission: Option<Located<String>>,
    /// Calls allowed in a window.
    pub quota: Option<Located<Quota>>,
    /// Sentences about the operation.
    pub notes: Vec<Located<String>>,
    /// Tables of fields.
    pub tables: Vec<Table>,
    /// Examples.
    pub examples: Vec<ExampleText>,
    /// Error codes.
    pub errors: Vec<ErrorRow>,
    /// Lines that were not understood.
    pub unread: Vec<Located<String>>,
    /// Lines known to say nothing about the operation: menus, residue of the tool.
    pub set_aside: Vec<Located<&'static str>>,
    /// Remarks made while reading.
    pub findings: Vec<Finding>,
}

impl Page {
    /// Adds a remark.
    pub(crate) fn remark(&mut self, concern: Concern, line: usize, text: impl Into<String>) {
        self.findings.push(Finding { concern, line, text: text.into() });
    }
}
