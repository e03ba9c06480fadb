//! Elements to lines of Markdown.

use std::collections::VecDeque;

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use super::around::{is_around, is_removed};
use super::text::{cell_text, collapse, inline, preformatted};
use super::{element, has_class, is};

/// A cell that spans more columns or rows than this is a fault.
pub(super) const WIDEST: usize = 64;

pub(super) const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "tr",
    "td",
    "th",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "figure",
    "form",
    "details",
    "summary",
    "body",
    "html",
    "table",
    "tbody",
    "center",
];

#[derive(Default)]
pub(super) struct Writer {
    pub(super) lines: Vec<String>,
    inline: String,
    /// How far the item of a list that is being written stands in.
    indent: usize,
    pub(super) compares: bool,
}

impl Writer {
    pub(super) fn end_line(&mut self) {
        let text = collapse(&self.inline);
        self.inline.clear();
        if !text.is_empty() {
            self.lines.push(format!("{}{text}", " ".repeat(std::mem::take(&mut self.indent))));
        }
    }

    pub(super) fn walk(&mut self, root: NodeRef<'_, Node>) {
        let mut at = root;
        loop {
            if self.enter(at)
                && let Some(child) = at.first_child()
            {
                at = child;
                continue;
            }
            loop {
                self.leave(at);
                if at.id() == root.id() {
                    return;
                }
                if let Some(next) = at.next_sibling() {
                    at = next;
                    break;
                }
                let Some(parent) = at.parent() else { return };
                at = parent;
            }
        }
    }

    /// Whether to look inside.
    fn enter(&mut self, node: NodeRef<'_, Node>) -> bool {
        match node.value() {
            Node::Text(text) => {
                self.text(text);
                false
            }
            Node::Element(element) => self.element(node, element),
            _ => true,
        }
    }

    /// A table with bars inside a text keeps its lines.
    fn text(&mut self, text: &str) {
        if text.contains("\n|") || text.contains("|\n") {
            for line in text.split('\n') {
                self.inline.push_str(line);
                self.end_line();
            }
        } else {
            self.inline.push_str(text);
        }
    }

    fn element(&mut self, node: NodeRef<'_, Node>, element: &Element) -> bool {
        if is_removed(element) {
            self.compares = true;
            return false;
        }
        if is_around(element) {
            return false;
        }
        match element.name() {
            "br" => self.end_line(),
            "hr" => self.end_line(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_line();
                let level = element.name().as_bytes().get(1).map_or(1, |digit| usize::from(digit - b'0'));
                let text = inline(node);
                if !text.is_empty() {
                    self.lines.push(format!("{} {text}", "#".repeat(level)));
                }
                return false;
            }
            "pre" => {
                self.end_line();
                self.fenced(&preformatted(node));
                return false;
            }
            "table" => {
                self.end_line();
                if has_class(element, &["syntaxhighlighter"]) || node.descendants().take(200).any(|below| is_highlighted_line(below)) {
                    self.fenced(&highlighted(node));
                    return false;
                }
                if is_grid(node) {
                    self.table(node);
                    return false;
                }
            }
            "li" => {
                self.end_line();
                self.indent = 2 * node.ancestors().filter(|above| is(*above, "li")).take(WIDEST).count();
                self.inline.push_str("- ");
            }
            "strong" | "b" => self.inline.push_str("**"),
            "span" if is_cell(element) => self.end_line(),
            name if BLOCKS.contains(&name) => self.end_line(),
            _ => {}
        }
        true
    }

    fn leave(&mut self, node: NodeRef<'_, Node>) {
        let Some(element) = element(node).filter(|element| !is_around(element) && !is_removed(element)) else { return };
        match element.name() {
            "strong" | "b" => self.inline.push_str("**"),
            "li" => self.end_line(),
            "span" if is_cell(element) => self.end_line(),
            name if BLOCKS.contains(&name) => self.end_line(),
            _ => {}
        }
    }

    fn fenced(&mut self, code: &str) {
        let code = code.trim_matches('\n');
        if code.trim().is_empty() {
            return;
        }
        self.lines.push("```".to_owned());
        self.lines.extend(code.split('\n').map(|line| line.trim_end().to_owned()));
        self.lines.push("```".to_owned());
    }

    /// A table of fields: every row on its line, and behind it the tables that describe members inside its cells.
    fn table(&mut self, table: NodeRef<'_, Node>) {
        let mut waiting = VecDeque::from([(String::new(), table)]);
        while let Some((owner, table)) = waiting.pop_front() {
            if !owner.is_empty() {
                self.lines.push(format!("**{owner} 字段**"));
            }
            let mut rows = Rows::default();
            for row in rows_of(table) {
                let Some((cells, nested)) = rows.cells(row, &mut self.compares) else { continue };
                let name = crate::table::name(cells.first().map_or("", String::as_str)).0;
                let below = if owner.is_empty() { name } else { format!("{owner}.{name}") };
                waiting.extend(nested.into_iter().map(|table| (below.clone(), table)));
                let is_first = rows.written == 0;
                rows.written += 1;
                self.lines.push(format!("| {} |", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | ")));
                if is_first {
                    self.lines.push(format!("|{}", "---|".repeat(cells.len())));
                }
            }
            self.lines.push(String::new());
        }
    }
}

/// The rows of one table, and the cells that reach down from those above.
#[derive(Default)]
struct Rows {
    spans: Vec<(usize, String)>,
    written: usize,
}

impl Rows {
    /// The texts of a row's cells, and the tables of fields in them; `None`: it has none, or the older version of a comparison had it.
    fn cells<'a>(&mut self, row: NodeRef<'a, Node>, compares: &mut bool) -> Option<(Vec<String>, Vec<NodeRef<'a, Node>>)> {
        let (mut cells, mut nested) = (Vec::new(), Vec::new());
        let mut removed = 0;
        for cell in row.children().filter(|node| is(*node, "td") || is(*node, "th")) {
            let Some(element) = element(cell) else { continue };
            if is_removed(element) || element_above(cell, row).is_some_and(is_removed) {
                *compares = true;
                removed += 1;
                continue;
            }
            fill_spans(&mut cells, &mut self.spans);
            let mut text = cell_text(cell, compares);
            for inner in inner_tables(cell) {
                if has_columns(inner) {
                    nested.push(inner);
                } else {
                    text = format!("{text} {}", in_one_line(inner)).trim().to_owned();
                }
            }
            let span = |name: &str| element.attr(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1usize).clamp(1, WIDEST);
            let rows = span("rowspan");
            for column in 0..span("colspan") {
                let text = if column == 0 { text.clone() } else { String::new() };
                // The name of a field is not repeated for the rows beside it.
                let below = if cells.is_empty() { String::new() } else { text.clone() };
                remember(&mut self.spans, cells.len(), rows, below);
                cells.push(text);
            }
        }
        fill_spans(&mut cells, &mut self.spans);
        let gone = removed > 0 && cells.iter().all(|cell| cell.trim().is_empty());
        (!cells.is_empty() && !gone).then_some((cells, nested))
    }
}

/// The rows of a table, not those of the tables inside it.
fn rows_of<'a>(table: NodeRef<'a, Node>) -> impl Iterator<Item = NodeRef<'a, Node>> {
    table.children().flat_map(|section| {
        let own = is(section, "tr").then_some(section);
        let inside = ["thead", "tbody", "tfoot"].iter().any(|name| is(section, name)).then(|| section.children());
        own.into_iter().chain(inside.into_iter().flatten().filter(|node| is(*node, "tr")))
    })
}

/// The tables directly inside a cell, not those inside them.
fn inner_tables<'a>(cell: NodeRef<'a, Node>) -> Vec<NodeRef<'a, Node>> {
    let mut found = Vec::new();
    let mut open: Vec<NodeRef<'a, Node>> = cell.children().rev().collect();
    while let Some(node) = open.pop() {
        if is(node, "table") {
            found.push(node);
        } else {
            open.extend(node.children().rev());
        }
    }
    found
}

/// Whether the first row of a table names columns of fields.
fn has_columns(table: NodeRef<'_, Node>) -> bool {
    let titles =
        rows_of(table).next().map(|row| row.children().filter(|node| is(*node, "td") || is(*node, "th")).map(inline).collect::<Vec<_>>());
    titles.is_some_and(|titles| crate::table::columns(&titles).is_some())
}

/// A small table of values and labels, as a text that says the same.
fn in_one_line(table: NodeRef<'_, Node>) -> String {
    let row =
        |row: NodeRef<'_, Node>| row.children().filter(|node| is(*node, "td") || is(*node, "th")).map(inline).collect::<Vec<_>>().join(":");
    rows_of(table).map(row).collect::<Vec<_>>().join("; ")
}

/// Name, type and mark of a field, which a viewer of schemas sets side by side without a table.
fn is_cell(element: &Element) -> bool {
    element.classes().any(|class| {
        let class = class.to_ascii_lowercase();
        matches!(class.as_str(), "method" | "path")
            || ["property", "schema", "field-name", "field-type", "required"].iter().any(|word| class.contains(word))
    })
}

fn element_above<'a>(cell: NodeRef<'a, Node>, row: NodeRef<'a, Node>) -> Option<&'a Element> {
    cell.parent().filter(|above| above.id() == row.id()).and_then(element)
}

/// Notes that a cell reaches into the rows below.
fn remember(spans: &mut Vec<(usize, String)>, column: usize, rows: usize, text: String) {
    while spans.len() <= column && spans.len() <= WIDEST {
        spans.push((0, String::new()));
    }
    if let Some(span) = spans.get_mut(column) {
        *span = (rows - 1, text);
    }
}

/// Puts in the cells that reach down from rows above.
fn fill_spans(cells: &mut Vec<String>, spans: &mut [(usize, String)]) {
    while let Some((rows, text)) = spans.get_mut(cells.len()).filter(|(rows, _)| *rows > 0) {
        *rows -= 1;
        cells.push(text.clone());
    }
}

/// A table whose cells hold headings, code or tables is there for the layout of the page, unless its first row names columns of fields.
fn is_grid(table: NodeRef<'_, Node>) -> bool {
    let holds = |wanted: &dyn Fn(&str, NodeRef<'_, Node>) -> bool| {
        table.descendants().skip(1).any(|node| element(node).is_some_and(|element| wanted(element.name(), node)))
    };
    !holds(&|name, node| matches!(name, "h1" | "h2" | "h3") || (name == "pre" && preformatted(node).trim().contains('\n')))
        && (!holds(&|name, _| name == "table") || has_columns(table))
}

fn is_highlighted_line(node: NodeRef<'_, Node>) -> bool {
    element(node).is_some_and(|element| has_class(element, &["container"]) && node.parent().is_some_and(|above| is(above, "td")))
        && node.children().any(|line| element(line).is_some_and(|line| has_class(line, &["line"])))
}

/// The lines of code that a highlighter made a table of.
fn highlighted(table: NodeRef<'_, Node>) -> String {
    let lines = table.descendants().filter(|node| {
        element(*node).is_some_and(|element| has_class(element, &["line"]))
            && !node.ancestors().any(|above| element(above).is_some_and(|above| has_class(above, &["gutter"])))
    });
    lines.map(|line| preformatted(line).trim_end_matches('\n').to_owned()).collect::<Vec<_>>().join("\n")
}
