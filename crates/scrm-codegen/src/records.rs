//! Structs as the core's macros take them: one line for a field's texts, one for what is known of it.

use std::fmt::Write as _;

use quote::ToTokens;
use scrm_schema::model::{Announced, Field, Operation, Place, Sensitive, Wire};

use crate::{
    docs,
    format::{comment, quoted, spelled},
    kind, names, request,
    types::{Member, Record},
};

/// The struct. `rows` is the field whose items are the rows of a page; `page` its documentation, where that is more than the object's own.
pub(crate) fn record(operation: &Operation, record: &Record<'_>, rows: Option<&str>, page: &str) -> String {
    let object = record.object;
    let name = names::ident(&object.name);
    let macro_name = if record.is_request { "request" } else { "record" };
    let docs = if page.is_empty() { docs::object(object) } else { page.to_owned() };
    let mut text = format!("declare::{macro_name}! {{\n{}    pub struct {name} {{\n", comment(4, "///", &docs));
    for member in &record.members {
        text += &lines(operation, record, member, rows);
    }
    let numbers: Vec<String> = (0..record.members.len()).map(|number| number.to_string()).collect();
    let _ = writeln!(text, "    }}\n    numbers({})", numbers.join(" "));
    if let Some(columns) = &object.columns {
        let (name, texts) = (names::ident(&columns.name), docs::columns(columns));
        let _ = write!(text, "    columns {{\n        {texts}\n        {name} = {};\n    }}\n", quoted(&columns.prefix));
    }
    if let Some(Announced { list, key, label, .. }) = &object.announced {
        let below = list.splitn(3, '/').nth(2).unwrap_or_default();
        let _ = write!(text, "    announced {{\n        {} {} {};\n    }}\n", quoted(below), quoted(key), quoted(label));
    }
    if object.used.request && object.open {
        text += "    open(extra)\n";
    }
    if object.used.request {
        text += &request::new(operation, record);
    }
    text + "}\n"
}

/// The two lines of a field.
fn lines(operation: &Operation, record: &Record<'_>, member: &Member<'_>, rows: Option<&str>) -> String {
    let Member { field, name, kind } = member;
    let (ty, slot) = (spelled(&kind.rust().into_token_stream()), kind.slot());
    let nested = kind.nested().map(|name| format!("({})", names::ident(name))).unwrap_or_default();
    let marks = marks(field, rows, record.object.used.response);
    let unit = field.unit.as_ref().map(|unit| format!(" [{}]", quoted(unit))).unwrap_or_default();
    let setter = if record.object.used.request { format!(", {}", request::setter(member)) } else { String::new() };
    let start = request::start(operation, record, member).map(|start| format!(" = {start}")).unwrap_or_default();
    let texts = docs::field(field, kind);
    format!("        {texts}\n        {name}: {ty} as {slot}{nested} = {}, {marks}{unit}{setter}{start};\n", quoted(&field.name))
}

/// The words of `generated::marks`.
fn marks(field: &Field, rows: Option<&str>, answered: bool) -> String {
    let mut words = vec![match (answered, field.required) {
        (true, true) => "always",
        (true, false) => "maybe",
        (false, true) => "required",
        (false, false) => "optional",
    }];
    words.extend(field.nullable.then_some("nullable"));
    words.extend(match field.sensitive {
        Some(Sensitive::Personal) => Some("personal"),
        Some(Sensitive::Secret) => Some("secret"),
        None => None,
    });
    words.extend((rows == Some(field.name.as_str())).then_some("rows"));
    words.extend(match kind::wire(field) {
        Wire::Plain => None,
        Wire::Text => Some("text"),
        Wire::Digit => Some("digit"),
        Wire::DigitText => Some("digit_text"),
        Wire::Comma => Some("comma"),
        Wire::Bars => Some("bars"),
        Wire::Json => Some("json"),
    });
    words.extend(match field.place {
        Place::Body => None,
        Place::Query => Some("query"),
        Place::Header => Some("header"),
    });
    words.join(" ")
}
