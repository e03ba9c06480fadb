//! Markdown with tables in HTML, as YApi exports it: the tables become tables with bars, the rest stays as it is.

use super::html;
use crate::ImportError;

/// A page with more tables, rows and cells than this is HTML rather.
const MOST: usize = 20_000;

/// Elements that are taken off the lines around the tables.
const DRESS: [&str; 14] = ["a", "b", "br", "code", "div", "em", "font", "i", "img", "p", "span", "strong", "u", "center"];

/// Whether a text is Markdown with tables in HTML: it begins with a heading or a line of text, and headings of Markdown stand between the tables.
pub(super) fn shows(text: &str) -> bool {
    !text.trim_start().starts_with('<')
        && find(text, "<table").is_some()
        && find(text, "</html>").is_none()
        && text.match_indices("<t").take(MOST + 1).count() <= MOST
        && text.lines().any(|line| line.starts_with("# ") || line.starts_with("## ") || line.starts_with("### "))
}

/// The text with bars instead of its tables.
///
/// # Errors
/// [`ImportError::TooDeep`].
pub(super) fn convert(text: &str) -> Result<String, ImportError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = find(rest, "<table") {
        let (before, table) = rest.split_at(start);
        let end = end_of_table(table);
        undress(before, &mut out);
        out.push('\n');
        out.push_str(&html::convert(table.get(..end).unwrap_or(table))?.text);
        out.push('\n');
        rest = table.get(end..).unwrap_or("");
    }
    undress(rest, &mut out);
    Ok(out)
}

/// The first place of a tag, whatever its case.
fn find(text: &str, wanted: &str) -> Option<usize> {
    text.match_indices('<')
        .map(|(place, _)| place)
        .find(|place| text.as_bytes().get(*place..*place + wanted.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(wanted.as_bytes())))
}

/// Where the table that a text begins with ends, with those inside it.
fn end_of_table(text: &str) -> usize {
    let mut depth = 0usize;
    for (place, _) in text.match_indices('<') {
        let is = |wanted: &str| {
            text.as_bytes().get(place..place + wanted.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        if is("<table") {
            depth += 1;
        } else if is("</table>") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return place + "</table>".len();
            }
        }
    }
    text.len()
}

/// Adds a text without the tags that only dress it.
fn undress(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        let name: String = tag.trim_start_matches('/').chars().take(8).take_while(char::is_ascii_alphanumeric).collect();
        let known = DRESS.iter().any(|dress| name.eq_ignore_ascii_case(dress));
        match tag
            .bytes()
            .take(512)
            .position(|byte| matches!(byte, b'>' | b'\n'))
            .filter(|end| known && tag.as_bytes().get(*end) == Some(&b'>'))
        {
            Some(end) => {
                if name.eq_ignore_ascii_case("br") {
                    out.push(' ');
                }
                rest = tag.get(end + 1..).unwrap_or("");
            }
            None => {
                out.push('<');
                rest = tag;
            }
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_bars_and_the_rest_stays() {
        let text = "## 取\n<a id=x> </a>\n说明 List<String>\n<TABLE><tr><th>参数名</th><th>类型</th></tr><tr><td>a</td><td>int</td></tr></TABLE>\n### 后\n";
        assert!(shows(text));
        assert_eq!(convert(text).unwrap(), "## 取\n \n说明 List<String>\n\n| 参数名 | 类型 |\n|---|---|\n| a | int |\n\n\n### 后\n");
        assert!(!shows("<div>## 取</div><table></table>"));
    }

    #[test]
    fn a_table_that_never_ends_is_read_to_the_end() {
        assert!(convert("# a\n<table><tr><td>x</td>").unwrap().contains('x'));
    }
}
