//! HTML as browsers save it and `curl` fetches it: to lines of Markdown, so that it is read as any other page.
//!
//! What a site puts around its pages (menus, search, feet) is left out, tables become tables with bars, blocks of code are fenced. Of a comparison of
//! two versions the newer one counts.

mod around;
mod text;
mod writer;

use ego_tree::NodeRef;
use scraper::node::Element;
use scraper::{Html, Node};

use crate::ImportError;
use around::is_around;
use text::inline;
use writer::Writer;

/// Deeper than this is no page.
const DEEPEST: usize = 500;

/// More tables than this no page has.
const MOST_TABLES: usize = 10_000;

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
/// [`ImportError::TooDeep`], [`ImportError::TooManyTables`].
pub(crate) fn convert(text: &str) -> Result<Converted, ImportError> {
    if depth(text) > DEEPEST {
        return Err(ImportError::TooDeep { limit: DEEPEST });
    }
    if tables(text) > MOST_TABLES {
        return Err(ImportError::TooManyTables { limit: MOST_TABLES });
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

/// How many tables begin in a text, no more than one beyond what is read.
fn tables(text: &str) -> usize {
    const TAG: &str = "table";
    let begins =
        |place: usize| text.as_bytes().get(place + 1..place + 1 + TAG.len()).is_some_and(|name| name.eq_ignore_ascii_case(TAG.as_bytes()));
    text.match_indices('<').filter(|(place, _)| begins(*place)).take(MOST_TABLES + 1).count()
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
