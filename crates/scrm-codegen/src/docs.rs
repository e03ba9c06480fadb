//! Documentation of what is generated: English first, then Chinese, then what a caller must know.

use scrm_schema::model::{Columns, Enum, Evidence, Field, Label, Object, TimeFormat, Wire};
use serde_json::Value;

use crate::{format::quoted, kind, kind::Kind, names};

/// Text that rustdoc shows as it is: nothing in it is markup but a word between two backticks, and an address becomes a link. One line comes out.
pub(crate) fn escape(text: &str) -> String {
    let text = one_line(text);
    let text = text.trim();
    let quotes = text.matches('`').count();
    let in_pairs = quotes.is_multiple_of(2) && !text.contains("``");
    let mut out = String::new();
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            out += if in_pairs { "`" } else { "\\`" };
        }
        if in_pairs && at % 2 == 1 {
            // A pipe would end a table's cell even inside of backticks.
            out += &part.replace('|', "\\|");
        } else {
            prose(part, &mut out);
        }
    }
    begin(&out)
}

/// Without line breaks, and without the letters that steer terminals or turn the direction of writing.
pub(crate) fn one_line(text: &str) -> String {
    let steers = |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().filter(|letter| !steers(*letter)).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Words outside of backticks.
fn prose(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(start) = rest.find("https://").into_iter().chain(rest.find("http://")).min() {
        let (before, link) = rest.split_at(start);
        let end =
            link.find(|letter: char| !letter.is_ascii_graphic() || matches!(letter, '<' | '>' | '"' | '|' | '\\')).unwrap_or(link.len());
        let address = link.split_at(end).0.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        words(before, out);
        *out += &format!("<{address}>");
        rest = &link[address.len()..];
    }
    words(rest, out);
}

fn words(text: &str, out: &mut String) {
    let letters: Vec<char> = text.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let beside =
            |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_ascii_alphanumeric() || *letter == '_');
        let special = match letter {
            '<' | '>' | '[' | ']' | '*' | '|' | '\\' | '&' => true,
            // inside of a word it means nothing
            '_' => !(beside(at.checked_sub(1)) && beside(Some(at + 1))),
            '~' => letters.get(at + 1) == Some(&'~'),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(letter);
    }
}

/// What would begin a heading, a list, a rule or a block at the start of a line.
fn begin(text: &str) -> String {
    let number = text.find(|letter: char| !letter.is_ascii_digit()).filter(|at| *at > 0);
    if let Some(at) = number
        && text[at..].starts_with(['.', ')'])
    {
        return format!("{}\\{}", &text[..at], &text[at..]);
    }
    if text.starts_with(['#', '-', '+', '=', '~']) { format!("\\{text}") } else { text.to_owned() }
}

/// `English · 中文`, for a cell of a table.
pub(crate) fn both(label: &Label) -> String {
    let (en, zh) = (escape(&label.en), escape(&label.zh));
    match (en.is_empty(), zh.is_empty()) {
        (false, false) if en == zh => en,
        (false, false) => format!("{en} · {zh}"),
        (true, _) => zh,
        (_, true) => en,
    }
}

/// An English and a Chinese paragraph; one, if they are the same.
pub(crate) fn paragraphs(label: &Label) -> String {
    let (en, zh) = (escape(&label.en), escape(&label.zh));
    match (en.is_empty(), zh.is_empty()) {
        (false, false) if en == zh => en,
        (false, false) => format!("{en}\n\n{zh}"),
        (true, _) => zh,
        (_, true) => en,
    }
}

/// A text in backticks.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'").replace('|', "\\|"))
}

/// What an object is.
pub(crate) fn object(object: &Object) -> String {
    let mut text = paragraphs(&object.doc);
    if text.is_empty() {
        text = code(&object.name);
    }
    if let Some(announced) = &object.announced {
        text += &format!("\n\nThe tenant's own columns are kept in `extra`; the response announces them under {}.", code(&announced.list));
    }
    text
}

/// A field's texts as literals, and its notes.
pub(crate) fn field(field: &Field, kind: &Kind) -> String {
    let facts = facts(field, kind);
    literals(&field.doc, &field.name, facts)
}

/// Texts as the macros take them: English and Chinese, the labels in parentheses where these are escaped for rustdoc or the same, and the notes.
fn literals(doc: &Label, name: &str, notes: impl IntoIterator<Item = String>) -> String {
    let (zh, en) = (one_line(doc.zh.trim()), one_line(doc.en.trim()));
    let (mut shown_en, mut shown_zh) = (escape(&en), escape(&zh));
    if shown_en.is_empty() && shown_zh.is_empty() {
        shown_en = code(name);
    } else if shown_en == shown_zh {
        shown_zh.clear();
    }
    let mut text = format!("{} {}", quoted(&shown_en), quoted(&shown_zh));
    if shown_en != en || shown_zh != zh {
        text += &format!(" ({} {})", quoted(&en), quoted(&zh));
    }
    for note in notes {
        text += " ";
        text += &quoted(&note);
    }
    text
}

fn facts(field: &Field, kind: &Kind) -> Vec<String> {
    let mut facts = Vec::new();
    if names::snake(field.rust_name()) != field.name {
        facts.push(format!("On the wire {}.", code(&field.name)));
    }
    if field.evidence == Evidence::Unverified {
        facts.push("**Unverified**: seen in an example or in other people's code only.".into());
    }
    if let Some(unit) = &field.unit {
        facts.push(format!("Unit: {}.", escape(unit)));
    }
    if let Some(time) = field.time {
        facts.push(format!("Written as {}.", time_format(time)));
    }
    facts.extend(limits(field));
    if let Some(default) = &field.default {
        facts.push(format!("The vendor's default: {}.", code(&plain(default))));
    }
    if field.empty_means_no_filter {
        facts.push("Empty switches this filter off.".into());
    }
    if let Some(written) = wire(kind::wire(field)) {
        facts.push(format!("Sent and answered as {written}."));
    }
    if let Some(documented) = &field.documented_type {
        facts.push(format!("The page prints the type as {}.", code(documented)));
    }
    if matches!(kind, Kind::Any) && !matches!(field.ty, scrm_schema::model::Type::Any) {
        facts.push("Undocumented as JSON.".into());
    }
    facts
}

fn limits(field: &Field) -> Vec<String> {
    [
        bounds("", field.minimum, field.maximum, ""),
        bounds("", field.min_length, field.max_length, " characters"),
        bounds("", field.min_items, field.max_items, " items"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn bounds<N: std::fmt::Display>(before: &str, least: Option<N>, most: Option<N>, after: &str) -> Option<String> {
    match (least, most) {
        (Some(least), Some(most)) => Some(format!("{before}{least} to {most}{after}.")),
        (Some(least), None) => Some(format!("{before}At least {least}{after}.")),
        (None, Some(most)) => Some(format!("{before}At most {most}{after}.")),
        (None, None) => None,
    }
}

/// How a time is written, in words.
pub(crate) fn time_format(format: TimeFormat) -> &'static str {
    match format {
        TimeFormat::DateTime => "`YYYY-MM-DD HH:MM:SS`, China time",
        TimeFormat::Date => "`YYYY-MM-DD`, a day in China time",
        TimeFormat::OffsetDateTime => "`YYYY-MM-DDTHH:MM:SS` with an offset (ISO 8601)",
        TimeFormat::Month => "`YYYY_MM`",
        TimeFormat::Seconds => "Unix seconds",
        TimeFormat::Milliseconds => "Unix milliseconds",
    }
}

fn wire(wire: Wire) -> Option<&'static str> {
    match wire {
        Wire::Plain => None,
        Wire::Text => Some("a text"),
        Wire::Digit => Some("`0` or `1`"),
        Wire::DigitText => Some("`\"0\"` or `\"1\"`"),
        Wire::Comma => Some("one text, joined by commas"),
        Wire::Bars => Some("one text, joined by `\\|\\|`"),
        Wire::Json => Some("JSON inside a text"),
    }
}

/// A scalar as it would be printed without quotes.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What dynamic columns are.
pub(crate) fn columns(columns: &Columns) -> String {
    let name = code(&format!("{}<number>", columns.prefix));
    literals(&columns.doc, &columns.name, [format!("The columns {name}, each as (number, value), in the order they came.")])
}

/// What an enum is.
pub(crate) fn enumeration(enumeration: &Enum) -> String {
    let text = paragraphs(&enumeration.doc);
    if text.is_empty() { code(&enumeration.name) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rustdoc_would_read_as_markup_is_escaped() {
        for (text, shown) in [
            ("a <b> [c] `x<y>` d|e f_g\nh", "a \\<b\\> \\[c\\] `x<y>` d\\|e f_g h"),
            ("an `open", "an \\`open"),
            ("``` fence", "\\`\\`\\` fence"),
            ("# no heading", "\\# no heading"),
            ("1. no list", "1\\. no list"),
            ("- no list", "\\- no list"),
            ("_this_ and __that__", "\\_this\\_ and \\__that_\\_"),
            ("&lt; ~~x~~", "\\&lt; \\~~x\\~~"),
            ("see https://a.example/x_y?z=1, or (http://b.example).", "see <https://a.example/x_y?z=1>, or (<http://b.example>)."),
            ("a\rb\u{202e}c\0d", "a bc d"),
            ("    indented", "indented"),
            ("手机号 `a|b`", "手机号 `a\\|b`"),
        ] {
            assert_eq!(escape(text), shown, "{text}");
        }
    }

    #[test]
    fn one_language_is_enough() {
        let label = |zh: &str, en: &str| Label { zh: zh.into(), en: en.into() };
        assert_eq!(both(&label("手机号", "Phone")), "Phone · 手机号");
        assert_eq!(both(&label("", "Phone")), "Phone");
        assert_eq!(both(&label("QQ", "QQ")), "QQ");
        assert_eq!(paragraphs(&label("手机号", "Phone")), "Phone\n\n手机号");
        assert_eq!(paragraphs(&label("QQ", "QQ")), "QQ");
    }
}
