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

/// The layouts that are recognised, by the tool that published the page or by what a copy of it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// GitBook copied as text: cells separated by blanks, the column of required marks often lost.
    GitBookFlat,
    /// Tables with bars without headings of Markdown: GitBook, VitePress, and HTML of any tool.
    GitBookPipes,
    /// Confluence export: no leading bar, a trailing bar, rows broken over lines.
    Confluence,
    /// The same export with one line per cell below a header in one piece.
    ConfluenceCells,
    /// One line per cell, titles too.
    Cells,
    /// A table that lost the borders of its cells.
    Glued,
    /// Apifox: one line per cell, between menus and the try-it panel.
    Apifox,
    /// Kancloud Markdown with `{% api %}` blocks and the book's menu at the end.
    Kancloud,
    /// Markdown: headings with `#`, padded tables.
    Markdown,
    /// Swagger tables in Markdown, sub-objects apart or nested by `└─`, often all on one line.
    Swagger,
    /// Fields as items of a list.
    Items,
    /// Headings and examples, but no table of fields.
    Examples,
    /// OpenAPI 3.0 or 3.1, alone or inside a page of Apifox.
    OpenApi,
    /// A project exported from Apifox.
    ApifoxProject,
}

impl Layout {
    /// The layouts that a text is tried for, in this order.
    pub const ALL: [Self; 12] = [
        Self::Kancloud,
        Self::Apifox,
        Self::ConfluenceCells,
        Self::Glued,
        Self::Swagger,
        Self::Confluence,
        Self::Markdown,
        Self::GitBookPipes,
        Self::GitBookFlat,
        Self::Cells,
        Self::Items,
        Self::Examples,
    ];

    /// The name the command line takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitBookFlat => "gitbook-flat",
            Self::GitBookPipes => "gitbook-pipes",
            Self::Confluence => "confluence",
            Self::ConfluenceCells => "confluence-cells",
            Self::Cells => "cells",
            Self::Glued => "glued",
            Self::Apifox => "apifox",
            Self::Kancloud => "kancloud",
            Self::Markdown => "markdown",
            Self::Swagger => "swagger",
            Self::Items => "items",
            Self::Examples => "examples",
            Self::OpenApi => "openapi",
            Self::ApifoxProject => "apifox-project",
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

/// What about a field is not certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Where its name ends.
    Name,
    /// How deep it stands, or what it belongs to.
    Place,
    /// Its type.
    Type,
    /// Whether it must be there.
    Required,
    /// Which values are documented.
    Codes,
}

impl Doubt {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Place => "place",
            Self::Type => "type",
            Self::Required => "required",
            Self::Codes => "codes",
        }
    }
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
    /// A value as it may be, as printed in a cell of its own.
    pub sample: String,
    /// Documented values that a machine wrote, with their labels.
    pub values: Vec<(String, String)>,
    /// Its name bears a star, which may be a required mark.
    pub starred: bool,
    /// What about it is not certain.
    pub doubts: Vec<Doubt>,
    /// It holds what the object so many levels above it holds.
    pub repeats: Option<usize>,
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
    /// What stands above it instead of a heading.
    pub caption: Option<String>,
    /// No other table stands between it and the heading of its section.
    pub first: bool,
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

/// Where a page that is not whole ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// In the middle of what.
    pub inside: &'static str,
    /// Line of the page.
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

/// Values that stand apart from their field, below a caption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeList {
    /// What stands above them.
    pub caption: String,
    /// The values as printed, with their labels.
    pub values: Vec<(String, String)>,
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
    /// What the text was taken out of: HTML, a page saved by a browser.
    pub wrapping: Option<&'static str>,
    /// It documents a message that the vendor sends, no operation.
    pub push: bool,
    /// The page was updated on this day, `YYYY-MM-DD`, as far as it says.
    pub updated: Option<String>,
    /// The page ends in the middle of a row or an example: what ends there.
    pub cut: Option<Cut>,
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
    /// Values of fields that stand apart from them.
    pub code_lists: Vec<CodeList>,
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
