//! The documented rules of a request: those of single fields in the document's order, then those between fields.

use indexmap::IndexMap;
use scrm_schema::model::{Field, Object, Operation, Rule, TimeFormat, Type};

use crate::{docs, error::Error, format::quoted, variants::time_format};

/// How deep rules follow nested objects; a recursive object has no end.
const DEPTH: usize = 8;

/// One rule: as code, and in words for the documentation.
pub(crate) struct Written {
    pub(crate) code: String,
    pub(crate) words: String,
    /// Whether the field's own documentation says it already.
    pub(crate) of_field: bool,
}

/// All rules of an operation.
pub(crate) fn rules(operation: &Operation) -> Result<Vec<Written>, Error> {
    let mut rules = Vec::new();
    let size = operation.paging.as_ref().and_then(|paging| paging.size.as_deref());
    of_object(&operation.request, "", &Among { objects: &operation.objects, size }, 0, &mut rules);
    for (number, rule) in operation.rules.iter().enumerate() {
        rules.push(between(operation, number, rule)?);
    }
    Ok(rules)
}

/// What the rules of a field depend on beside the field.
struct Among<'a> {
    objects: &'a IndexMap<String, Object>,
    /// The field that asks for the size of a page.
    size: Option<&'a str>,
}

fn of_object(object: &Object, path: &str, among: &Among<'_>, depth: usize, rules: &mut Vec<Written>) {
    for field in &object.fields {
        let name = format!("{path}{}", field.name);
        of_field(field, &name, among, rules);
        if depth < DEPTH
            && let Some(inner) = inner_object(&field.ty).and_then(|inner| among.objects.get(inner))
        {
            of_object(inner, &format!("{name}/"), among, depth + 1, rules);
        }
    }
}

fn inner_object(ty: &Type) -> Option<&str> {
    match ty {
        Type::Object(name) => Some(name),
        Type::List(item) => inner_object(item),
        _ => None,
    }
}

fn of_field(field: &Field, name: &str, among: &Among<'_>, rules: &mut Vec<Written>) {
    // No document has to say that a page of no rows cannot be meant.
    let smallest_page = (among.size == Some(name) && field.minimum.is_none()).then_some(1);
    let smallest_page_words = smallest_page.map(|least| format!("{} is at least {least}.", docs::code(name)));
    let mut add = |code: String| rules.push(Written { code, words: String::new(), of_field: true });
    let name = quoted(name);
    // A three-state field is required as a key: `null` is an answer too, and an empty list is a filter.
    if field.required {
        add(format!("required({name})"));
    }
    if field.empty_means_no_filter && !field.nullable && matches!(field.ty, Type::Text) {
        add(format!("not_empty({name})"));
    }
    let minimum = field.minimum.or(smallest_page);
    if minimum.is_some() || field.maximum.is_some() {
        add(format!("range({name}, {minimum:?}, {:?})", field.maximum));
    }
    if field.min_length.is_some() || field.max_length.is_some() {
        add(format!("length({name}, {:?}, {:?})", field.min_length, field.max_length));
    }
    if field.min_items.is_some() || field.max_items.is_some() {
        add(format!("items({name}, {:?}, {:?})", field.min_items, field.max_items));
    }
    if let (Some(format), Type::Text) = (field.time, &field.ty) {
        add(format!("format({name}, TimeFormat::{})", time_format(format)));
    }
    // The range is the last: an integer has neither length nor items nor format.
    if let (Some(words), Some(range)) = (smallest_page_words, rules.last_mut()) {
        (range.words, range.of_field) = (words, false);
    }
}

fn between(operation: &Operation, number: usize, rule: &Rule) -> Result<Written, Error> {
    let (code, words) = match rule {
        Rule::AtLeastOne(fields) => (format!("at_least_one({})", slice(fields)), format!("At least one of {}.", listed(fields))),
        Rule::ExactlyOne(fields) => (format!("exactly_one({})", slice(fields)), format!("Exactly one of {}.", listed(fields))),
        Rule::AtMostOne(fields) => (format!("at_most_one({})", slice(fields)), format!("At most one of {}.", listed(fields))),
        Rule::Together(fields) => (format!("together({})", slice(fields)), format!("All or none of {}.", listed(fields))),
        Rule::RequiredIf { field, other, values } => {
            let when = if values.is_empty() { "given".to_owned() } else { listed(values) };
            (
                format!("required_if({}, {}, {})", quoted(field), quoted(other), slice(values)),
                format!("{} is required when {} is {when}.", docs::code(field), docs::code(other)),
            )
        }
        Rule::Span { start, end, strict, max_seconds, .. } => {
            let format = format_of(operation, start).ok_or_else(|| {
                Error::new(
                    &operation.file,
                    &format!("/rules/{number}/span/start"),
                    format!("`{start}` is no field with `x-time`; a span needs one"),
                )
            })?;
            let variant = time_format(format);
            let (start, end) = (start.as_str(), end.as_str());
            (
                format!(
                    "{}({}, {}, TimeFormat::{variant}, {max_seconds:?})",
                    if *strict { "strict_span" } else { "span" },
                    quoted(start),
                    quoted(end)
                ),
                span_words(start, end, *strict, *max_seconds),
            )
        }
    };
    Ok(Written { code, words, of_field: false })
}

fn span_words(start: &str, end: &str, strict: bool, longest: Option<u64>) -> String {
    let order = format!("{} {} {}", docs::code(start), if strict { "lies before" } else { "is not after" }, docs::code(end));
    match longest {
        None => format!("{order}."),
        Some(seconds) if seconds % 86_400 == 0 => format!("{order}, and both are at most {} days apart.", seconds / 86_400),
        Some(seconds) => format!("{order}, and both are at most {seconds} seconds apart."),
    }
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| docs::code(name)).collect::<Vec<_>>().join(", ")
}

/// `&["a", "b"]`
pub(crate) fn slice(names: &[String]) -> String {
    format!("&[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

/// How the field at a path is written.
pub(crate) fn format_of(operation: &Operation, path: &str) -> Option<TimeFormat> {
    let mut object = &operation.request;
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let field = object.fields.iter().find(|field| field.name == segment)?;
        if segments.peek().is_none() {
            return field.time;
        }
        object = operation.objects.get(inner_object(&field.ty)?)?;
    }
    None
}
