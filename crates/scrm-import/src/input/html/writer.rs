//! Elements to lines of Markdown.

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
    pub(super) compares: bool,
}

impl Writer {
    pub(super) fn end_line(&mut self) {
        let text = collapse(&self.inline);
        self.inline.clear();
        if !text.is_empty() {
            self.lines.push(text);
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
                self.inline.push_str("- ");
            }
            "strong" | "b" => self.inline.push_str("**"),
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

    /// A table of fields: every row on its line.
    fn table(&mut self, table: NodeRef<'_, Node>) {
        let mut spans: Vec<(usize, String)> = Vec::new();
        let mut first = true;
        for row in table.descendants().filter(|node| is(*node, "tr")) {
            let mut cells: Vec<String> = Vec::new();
            let mut removed = 0;
            for cell in row.children().filter(|node| is(*node, "td") || is(*node, "th")) {
                let Some(element) = element(cell) else { continue };
                if is_removed(element) || element_above(cell, row).is_some_and(is_removed) {
                    self.compares = true;
                    removed += 1;
                    continue;
                }
                fill_spans(&mut cells, &mut spans);
                let text = cell_text(cell, &mut self.compares);
                let span = |name: &str| element.attr(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1usize).clamp(1, WIDEST);
                let rows = span("rowspan");
                for column in 0..span("colspan") {
                    let text = if column == 0 { text.clone() } else { String::new() };
                    // The name of a field is not repeated for the rows beside it.
                    let below = if cells.is_empty() { String::new() } else { text.clone() };
                    remember(&mut spans, cells.len(), rows, below);
                    cells.push(text);
                }
            }
            fill_spans(&mut cells, &mut spans);
            if cells.is_empty() || (removed > 0 && cells.iter().all(|cell| cell.trim().is_empty())) {
                continue;
            }
            self.lines.push(format!("| {} |", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | ")));
            if first {
                self.lines.push(format!("|{}", "---|".repeat(cells.len())));
                first = false;
            }
        }
        self.lines.push(String::new());
    }
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

/// A table whose cells hold headings, tables or code is there for the layout of the page.
fn is_grid(table: NodeRef<'_, Node>) -> bool {
    !table.descendants().skip(1).any(|node| {
        element(node).is_some_and(|element| {
            matches!(element.name(), "table" | "h1" | "h2" | "h3") || (element.name() == "pre" && preformatted(node).trim().contains('\n'))
        })
    })
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
