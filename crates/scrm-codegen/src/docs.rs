//! Documentation of what is generated: English first, then Chinese, then what a caller must know.

use proc_macro2::{Ident, Literal, Span};
use scrm_schema::model::{Columns, Enum, EnumValue, Evidence, Field, Label, Object, Sensitive, TimeFormat, Wire};
use serde_json::Value;
use syn::{AttrStyle, Attribute, Expr, ExprLit, Lit, Meta, MetaNameValue, Token, token::Bracket};

use crate::{kind, kind::Kind, names};

/// Lines of text as doc attributes hold them.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Literal> {
    text.trim_end().lines().map(|line| if line.is_empty() { Literal::string("") } else { literal(line) })
}

/// A line as a raw literal where it can be one. It is printed as a comment either way, and nothing in it has to be escaped and unescaped.
fn literal(line: &str) -> Literal {
    format!("r##\" {line}\"##").parse().unwrap_or_else(|_| Literal::string(&format!(" {line}")))
}

/// Lines of text as doc attributes. Put together by hand: parsing them would be most of the work of a struct.
pub(crate) fn attributes(text: &str) -> Vec<Attribute> {
    lines(text).map(attribute).collect()
}

fn attribute(line: Literal) -> Attribute {
    Attribute {
        pound_token: Token![#](Span::call_site()),
        style: AttrStyle::Outer,
        bracket_token: Bracket::default(),
        meta: Meta::NameValue(MetaNameValue {
            path: Ident::new("doc", Span::call_site()).into(),
            eq_token: Token![=](Span::call_site()),
            value: Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::new(line) }),
        }),
    }
}

/// Text that rustdoc shows as it is: `<`, `[`, `*` and the like mean nothing outside of backticks.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for letter in text.chars() {
        if letter == '`' {
            code = !code;
        }
        let special = matches!(letter, '<' | '>' | '[' | ']' | '*' | '|' | '\\');
        if letter == '\n' {
            out.push(' ');
            continue;
        }
        // A pipe would end a table's cell even inside of backticks.
        if special && (!code || letter == '|') {
            out.push('\\');
        }
        out.push(letter);
    }
    if code {
        out.push('`');
    }
    out
}

/// `English · 中文`
pub(crate) fn both(label: &Label) -> String {
    let (en, zh) = (escape(label.en.trim()), escape(label.zh.trim()));
    match (en.is_empty(), zh.is_empty()) {
        (false, false) if en == zh => en,
        (false, false) => format!("{en} · {zh}"),
        (true, _) => zh,
        (_, true) => en,
    }
}

/// A text in backticks.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

/// What an object is.
pub(crate) fn object(object: &Object) -> String {
    let mut text = if object.doc.en.is_empty() && object.doc.zh.is_empty() { code(&object.name) } else { both(&object.doc) };
    if let Some(announced) = &object.announced {
        text += &format!("\n\nThe tenant's own columns are kept in `extra`; the answer announces them under {}.", code(&announced.list));
    }
    text
}

/// What a field is: its description, then its own name where Rust spells it otherwise, its marks and its limits.
pub(crate) fn field(field: &Field, kind: &Kind) -> String {
    let mut text = both(&field.doc);
    if text.is_empty() {
        text = code(&field.name);
    }
    let facts = facts(field, kind);
    if !facts.is_empty() {
        text += "\n\n";
        text += &facts.join(" ");
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
    match field.sensitive {
        Some(Sensitive::Personal) => facts.push("Personal: masked in `Debug`.".into()),
        Some(Sensitive::Secret) => facts.push("Secret: never shown in `Debug`.".into()),
        None => {}
    }
    if field.nullable {
        facts.push("May be `null`.".into());
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
    format!("{}\n\nThe columns `{}<number>`, each as (number, value), in the order they came.", both(&columns.doc), columns.prefix)
}

/// What an enum is.
pub(crate) fn enumeration(enumeration: &Enum) -> String {
    let text = both(&enumeration.doc);
    let text = if text.is_empty() { code(&enumeration.name) } else { text };
    format!("{text}\n\nOpen: a value that is not documented is kept in `Undocumented`.")
}

/// What one value of an enum is.
pub(crate) fn enum_value(value: &EnumValue) -> String {
    let label = Label { zh: value.zh.clone(), en: value.en.clone() };
    format!("{}: {}", code(&plain(&value.value)), both(&label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rustdoc_would_read_as_markup_is_escaped() {
        assert_eq!(escape("a <b> [c] `x<y>` d|e f_g\nh"), "a \\<b\\> \\[c\\] `x<y>` d\\|e f_g h");
        assert_eq!(escape("an `open"), "an `open`");
    }

    #[test]
    fn every_line_becomes_an_attribute() {
        let text = "a \"quote\"\n\nr##\"raw\"## and \\ and 手机号\n";
        let lines = attributes(text).into_iter().map(|attribute| match attribute.meta {
            Meta::NameValue(MetaNameValue { value: Expr::Lit(ExprLit { lit: Lit::Str(line), .. }), .. }) => Some(line.value()),
            _ => None,
        });
        assert_eq!(lines.collect::<Option<Vec<_>>>().unwrap(), [" a \"quote\"", "", " r##\"raw\"## and \\ and 手机号"]);
    }

    #[test]
    fn one_language_is_enough() {
        let label = |zh: &str, en: &str| Label { zh: zh.into(), en: en.into() };
        assert_eq!(both(&label("手机号", "Phone")), "Phone · 手机号");
        assert_eq!(both(&label("", "Phone")), "Phone");
        assert_eq!(both(&label("QQ", "QQ")), "QQ");
    }
}
