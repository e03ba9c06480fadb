//! The text inside elements: on one line, as it stands, and of a cell with its indent and its pictures.

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use super::around::{is_around, is_removed};
use super::writer::{BLOCKS, WIDEST};
use super::{element, has_class};

/// Text as it stands, with its line ends.
pub(super) fn preformatted(node: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    for below in node.descendants() {
        match below.value() {
            Node::Text(part)
                if !below
                    .ancestors()
                    .any(|above| element(above).is_some_and(|above| is_removed(above) || has_class(above, &["line-numbers"]))) =>
            {
                text.push_str(part);
            }
            Node::Element(element) if element.name() == "br" => text.push('\n'),
            Node::Element(element) if matches!(element.name(), "div" | "p" | "li") && !text.is_empty() && !text.ends_with('\n') => {
                text.push('\n')
            }
            _ => {}
        }
    }
    text.replace('\u{a0}', " ")
}

/// Text on one line.
pub(super) fn inline(node: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    collect(node, &mut text, &mut false, &mut None);
    collapse(&text)
}

/// Text of a cell: its marks of nesting kept as blanks and a sign, and a picture that stands for a required mark as its word.
pub(super) fn cell_text(cell: NodeRef<'_, Node>, compares: &mut bool) -> String {
    let (mut text, mut sign) = (String::new(), None);
    collect(cell, &mut text, compares, &mut sign);
    let indent = indent(cell);
    let kept: String = text
        .chars()
        .skip_while(|c| matches!(c, '\n' | '\r' | '\t' | ' '))
        .take_while(|c| matches!(c, '\u{a0}' | '\u{2003}' | '\u{2002}' | '\u{3000}'))
        .collect();
    let plain = collapse(&text);
    if plain.is_empty() {
        return sign.map_or_else(String::new, |yes| if yes { "是" } else { "否" }.to_owned());
    }
    if indent > 0 {
        return format!("{}└─{plain}", " ".repeat(indent));
    }
    format!("{}{plain}", " ".repeat(kept.chars().count()))
}

/// Adds the text below a node; notes a picture that says yes or no.
pub(super) fn collect(node: NodeRef<'_, Node>, text: &mut String, compares: &mut bool, sign: &mut Option<bool>) {
    let mut at = node;
    loop {
        let mut inside = true;
        match at.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) => match element.name() {
                "br" => text.push(' '),
                // Tables inside a cell are read by themselves.
                "table" if at.id() != node.id() => inside = false,
                "s" | "strike" | "del" if !is_removed(element) => text.push_str("~~"),
                _ if is_removed(element) => {
                    *compares = true;
                    inside = false;
                }
                _ if at.id() != node.id() && (is_around(element) || element.name() == "img" || element.name() == "i") => {
                    *sign = sign.or_else(|| meaning(at, element));
                    inside = !is_around(element);
                }
                "input" => *sign = sign.or(Some(element.attr("checked").is_some())),
                name if BLOCKS.contains(&name) || name == "li" => text.push(' '),
                _ => {}
            },
            _ => {}
        }
        if inside && let Some(child) = at.first_child() {
            at = child;
            continue;
        }
        loop {
            if element(at).is_some_and(|element| matches!(element.name(), "s" | "strike" | "del") && !is_removed(element)) {
                text.push_str("~~");
            }
            if at.id() == node.id() {
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

/// What a picture in a column of required marks says.
pub(super) fn meaning(node: NodeRef<'_, Node>, element: &Element) -> Option<bool> {
    let mut words = String::new();
    for name in ["alt", "title", "aria-label", "class", "src", "data-emoji-short-name", "href"] {
        words.push_str(element.attr(name).unwrap_or(""));
        words.push(' ');
    }
    for below in node.descendants().take(16).filter_map(self::element) {
        words.push_str(below.attr("href").or(below.attr("xlink:href")).or(below.attr("data-icon")).unwrap_or(""));
        words.push(' ');
    }
    let words = words.to_ascii_lowercase();
    let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
    if has(&["uncheck", "cross", "close", "error", "false", "否", "no.", "icon-no", "optional", "times"]) {
        Some(false)
    } else if has(&["check", "tick", "success", "true", "是", "yes", "required", "right", "correct"]) {
        Some(true)
    } else {
        None
    }
}

/// How deep a cell is set in, by the marks of the usual tables.
pub(super) fn indent(cell: NodeRef<'_, Node>) -> usize {
    for node in cell.descendants().take(12) {
        let Some(element) = element(node) else { continue };
        let level = element
            .classes()
            .find_map(|class| class.strip_prefix("indent-level-").or_else(|| class.strip_prefix("level-"))?.parse::<usize>().ok());
        let style = element.attr("style").unwrap_or("");
        let pixels = ["padding-left:", "margin-left:", "text-indent:"].iter().find_map(|property| {
            let (_, rest) = style.split_once(property)?;
            let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<usize>().ok()
        });
        let is_cell = node.id() == cell.id();
        // A cell's own padding is the table's; only a deeper one than usual says something.
        let pixels = pixels.filter(|pixels| !is_cell || *pixels > 12).map_or(0, |pixels| pixels.div_ceil(8));
        let found = level.map_or(pixels, |level| level * 4);
        if found > 0 {
            return found.min(WIDEST);
        }
    }
    0
}

/// One blank for every run of them, none at the ends.
pub(super) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for letter in text.chars() {
        if letter.is_whitespace() {
            if !blank {
                out.push(' ');
            }
            blank = true;
        } else if !matches!(letter, '\u{200b}' | '\u{feff}') {
            out.push(letter);
            blank = false;
        }
    }
    out.truncate(out.trim_end().len());
    // An empty pair of bold marks is left of an icon.
    out.replace("****", "")
}
