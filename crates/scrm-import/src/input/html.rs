//! HTML as browsers save it and `curl` fetches it: to lines of Markdown, so that it is read as any other page.
//!
//! What a site puts around its pages (menus, search, feet) is left out, tables become tables with bars, blocks of code are fenced. Of a comparison of
//! two versions the newer one counts.

use ego_tree::NodeRef;
use scraper::node::Element;
use scraper::{Html, Node};

use crate::ImportError;

/// Deeper than this is no page.
const DEEPEST: usize = 500;
/// A cell that spans more columns or rows than this is a fault.
const WIDEST: usize = 64;

/// A page that was HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Converted {
    /// As Markdown.
    pub(crate) text: String,
    /// The title that the page's head gives, without the site's name.
    pub(crate) title: Option<String>,
    /// The page compares two versions, and only the newer one was taken.
    pub(crate) compares: bool,
}

const BEGINNINGS: [&str; 17] = [
    "<!doctype",
    "<html",
    "<head",
    "<body",
    "<div",
    "<p>",
    "<p ",
    "<h1",
    "<h2",
    "<table",
    "<main",
    "<article",
    "<section",
    "<meta",
    "<!--",
    "<ul",
    "<ac:",
];

/// Whether a text is HTML.
pub(crate) fn shows(text: &str) -> bool {
    let start: String = text.trim_start_matches(['\u{feff}', ' ', '\n', '\t']).chars().take(16).collect::<String>().to_ascii_lowercase();
    if start.starts_with('{') || start.starts_with('[') {
        return false;
    }
    BEGINNINGS.iter().any(|beginning| start.starts_with(beginning))
        || (contains(text, "<td") && contains(text, "</t"))
        || contains(text, "</html>")
}

fn contains(text: &str, wanted: &str) -> bool {
    text.as_bytes().windows(wanted.len()).any(|bytes| bytes.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// The text of a page.
///
/// # Errors
/// [`ImportError::TooDeep`].
pub(crate) fn convert(text: &str) -> Result<Converted, ImportError> {
    if depth(text) > DEEPEST {
        return Err(ImportError::TooDeep { limit: DEEPEST });
    }
    let html = Html::parse_document(&without_cdata(text));
    let mut writer = Writer::default();
    let root = content(&html).unwrap_or_else(|| html.tree.root());
    writer.walk(root);
    writer.end_line();
    let first = headline(&html);
    let head = html.tree.nodes().find(|node| is(*node, "title")).map(|node| site_name_off(&inline(node)));
    let title = first.or(head).filter(|title| !title.is_empty());
    Ok(Converted { text: writer.lines.join("\n"), title, compares: writer.compares })
}

/// How deep the elements stand that are never closed by themselves: a bound on what the parser has to search through.
fn depth(text: &str) -> usize {
    const CLOSED_BY_THEMSELVES: [&str; 22] = [
        "p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option", "br", "img", "input", "meta", "link", "hr", "col",
        "wbr", "source", "path", "!--",
    ];
    let (mut depth, mut deepest) = (0usize, 0usize);
    for (place, _) in text.match_indices('<') {
        let rest = text.get(place + 1..).unwrap_or("");
        let closes = rest.starts_with('/');
        let name: String = rest
            .trim_start_matches('/')
            .chars()
            .take(16)
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '!'))
            .collect();
        if name.is_empty() || name.starts_with('!') || CLOSED_BY_THEMSELVES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            continue;
        }
        let end = rest.bytes().take(512).position(|byte| byte == b'>');
        let empty = end.is_some_and(|end| rest.as_bytes().get(end.wrapping_sub(1)) == Some(&b'/'));
        if closes {
            depth = depth.saturating_sub(1);
        } else if !empty {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// The storage format of Confluence keeps code in CDATA, which HTML takes for a comment.
fn without_cdata(text: &str) -> String {
    const OPEN: &str = "<![CDATA[";
    if !text.contains(OPEN) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (code, after) = after.split_once("]]>").unwrap_or((after, ""));
        out.push_str(before);
        out.push_str("<pre>");
        out.push_str(&code.replace('&', "&amp;").replace('<', "&lt;"));
        out.push_str("</pre>");
        rest = after;
    }
    out.push_str(rest);
    out
}

fn element<'a>(node: NodeRef<'a, Node>) -> Option<&'a Element> {
    node.value().as_element()
}

fn is(node: NodeRef<'_, Node>, name: &str) -> bool {
    element(node).is_some_and(|element| element.name() == name)
}

fn has_class(element: &Element, wanted: &[&str]) -> bool {
    element.classes().any(|class| wanted.iter().any(|wanted| class.eq_ignore_ascii_case(wanted)))
}

/// Where the page itself stands, when the site says so and there is a table or an example in it.
fn content(html: &Html) -> Option<NodeRef<'_, Node>> {
    let places: [&dyn Fn(&Element) -> bool; 4] = [
        &|element| {
            has_class(element, &["vp-doc", "theme-default-content", "markdown-section", "markdown-body", "wiki-content", "article-body"])
        },
        &|element| matches!(element.id(), Some("main-content" | "page-content")),
        &|element| element.name() == "article",
        &|element| element.name() == "main",
    ];
    places.into_iter().find_map(|fits| {
        let found = html.tree.nodes().find(|node| element(*node).is_some_and(fits))?;
        found.descendants().any(|node| is(node, "table") || is(node, "pre")).then_some(found)
    })
}

/// The first heading of the first order that is no part of a menu, or what Confluence calls the page's title.
fn headline(html: &Html) -> Option<String> {
    let by_id = html.tree.nodes().find(|node| element(*node).is_some_and(|element| element.id() == Some("title-text")));
    let first = || html.tree.nodes().find(|node| is(*node, "h1") && !node.ancestors().any(|above| element(above).is_some_and(is_around)));
    by_id.or_else(first).map(inline).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// `获取用户列表 | 开放平台`
fn site_name_off(title: &str) -> String {
    let end = [" | ", " - ", " · ", " – ", " — ", "_"].iter().filter_map(|sign| title.find(sign)).filter(|place| *place > 0).min();
    end.map_or(title, |end| title.get(..end).unwrap_or(title)).trim().to_owned()
}

const AROUND_TAGS: [&str; 15] = [
    "script", "style", "noscript", "template", "nav", "footer", "aside", "button", "select", "iframe", "object", "head", "svg", "textarea",
    "canvas",
];
const AROUND_CLASSES: [&str; 36] = [
    "vpnav",
    "vplocalnav",
    "vpsidebar",
    "vpdocaside",
    "vpdocfooter",
    "vpfooter",
    "vpskiplink",
    "header-anchor",
    "visually-hidden",
    "sr-only",
    "line-numbers",
    "line-numbers-wrapper",
    "book-summary",
    "book-header",
    "navigation",
    "search-results",
    "sidebar",
    "side-bar",
    "breadcrumbs",
    "breadcrumb",
    "toc",
    "page-metadata",
    "comment-section",
    "aui-sidebar",
    "acs-side-bar",
    "ia-secondary-container",
    "catalog",
    "page-footer",
    "page-nav",
    "menu",
    "copy",
    "code-copy",
    "ant-breadcrumb",
    "skip-link",
    "no-results",
    "diff-menu",
];
const AROUND_IDS: [&str; 8] = [
    "header",
    "footer",
    "navigation",
    "breadcrumbs",
    "breadcrumb-section",
    "comments-section",
    "likes-and-labels-container",
    "skip-to-content",
];

/// Whether an element is what a site puts around its pages.
fn is_around(element: &Element) -> bool {
    AROUND_TAGS.contains(&element.name())
        || has_class(element, &AROUND_CLASSES)
        || element.id().is_some_and(|id| AROUND_IDS.contains(&id))
        || element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element
            .attr("role")
            .is_some_and(|role| ["navigation", "search", "banner", "contentinfo", "complementary", "menu", "dialog"].contains(&role))
        || (element.name() == "span" && has_class(element, &["lang"]))
}

/// Whether an element is what the older of two compared versions had.
fn is_removed(element: &Element) -> bool {
    has_class(
        element,
        &["diff-html-removed", "diff-removed", "diff-deleted", "diff-line-removed", "diffremoved", "diffdeleted", "diff-block-removed"],
    ) || (element.name() == "del" && element.classes().any(|class| class.contains("diff")))
}

const BLOCKS: [&str; 24] = [
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
struct Writer {
    lines: Vec<String>,
    inline: String,
    compares: bool,
}

impl Writer {
    fn end_line(&mut self) {
        let text = collapse(&self.inline);
        self.inline.clear();
        if !text.is_empty() {
            self.lines.push(text);
        }
    }

    fn walk(&mut self, root: NodeRef<'_, Node>) {
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

/// Text as it stands, with its line ends.
fn preformatted(node: NodeRef<'_, Node>) -> String {
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
fn inline(node: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    collect(node, &mut text, &mut false, &mut None);
    collapse(&text)
}

/// Text of a cell: its marks of nesting kept as blanks and a sign, and a picture that stands for a required mark as its word.
fn cell_text(cell: NodeRef<'_, Node>, compares: &mut bool) -> String {
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
fn collect(node: NodeRef<'_, Node>, text: &mut String, compares: &mut bool, sign: &mut Option<bool>) {
    let mut at = node;
    loop {
        let mut inside = true;
        match at.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) => match element.name() {
                "br" => text.push(' '),
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
fn meaning(node: NodeRef<'_, Node>, element: &Element) -> Option<bool> {
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
fn indent(cell: NodeRef<'_, Node>) -> usize {
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
fn collapse(text: &str) -> String {
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
