//! The model as a short text.

use std::fmt::Write;

use scrm_schema::model::{Field, Object, Operation, Tree, Type};

/// One line for each field, enum and part of the head.
pub(crate) fn render(tree: &Tree) -> String {
    let mut out = String::new();
    for vendor in &tree.vendors {
        line(&mut out, &format!("vendor {:#?}", vendor.file));
        for one in &vendor.operations {
            operation(&mut out, one);
        }
        for known in &vendor.known {
            line(&mut out, &format!("\nknown {known:?}"));
        }
    }
    out
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("writing to a String");
}

fn operation(out: &mut String, operation: &Operation) {
    line(
        out,
        &format!("\noperation {} ({}) {:?} {} {:?}", operation.name, operation.file, operation.method, operation.path, operation.body),
    );
    line(
        out,
        &format!(
            "  token {:?}, {:?}, permission {:?}, quota {:?}",
            operation.token, operation.access, operation.permission, operation.quota
        ),
    );
    for part in [
        operation.paging.as_ref().map(|paging| format!("{paging:?}")),
        operation.customer.as_ref().map(|customer| format!("{customer:?}")),
        operation
            .data
            .as_ref()
            .map(|data| format!("data: {}{} · {} · {}", ty(&data.ty), mark(data.nullable, "?"), data.doc.en, data.doc.zh)),
    ]
    .into_iter()
    .flatten()
    {
        line(out, &format!("  {part}"));
    }
    for rule in &operation.rules {
        line(out, &format!("  {rule:?}"));
    }
    line(out, &format!("  {} errors, {} errata, {} examples", operation.errors.len(), operation.errata.len(), operation.examples.len()));
    object(out, &operation.request);
    for one in operation.objects.values() {
        object(out, one);
    }
    for one in operation.enums.values() {
        let values: Vec<String> = one.values.iter().map(|value| format!("{}={}", value.value, value.name)).collect();
        line(out, &format!("  enum {}{} {}: {}", one.name, used(one.used.request, one.used.response), one.pointer, values.join(" ")));
    }
}

fn object(out: &mut String, object: &Object) {
    line(
        out,
        &format!(
            "  object {}{} {} {}",
            object.name,
            used(object.used.request, object.used.response),
            object.pointer,
            mark(object.open, "open")
        ),
    );
    for one in &object.fields {
        line(out, &format!("    {}", field(one)));
    }
    if let Some(columns) = &object.columns {
        line(out, &format!("    {columns:?}"));
    }
    if let Some(announced) = &object.announced {
        line(out, &format!("    {announced:?}"));
    }
}

fn field(field: &Field) -> String {
    let mut out = format!("{}: {}{}{}", field.name, ty(&field.ty), mark(field.nullable, "?"), mark(field.required, "!"));
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            write!(out, " {name}={value}").expect("writing to a String");
        }
    };
    add("documented", field.documented_type.clone());
    add("wire", (field.wire != Default::default()).then(|| format!("{:?}", field.wire)));
    add("in", (field.place != Default::default()).then(|| format!("{:?}", field.place)));
    add("unit", field.unit.clone());
    add("time", field.time.map(|time| format!("{time:?}")));
    add("sensitive", field.sensitive.map(|sensitive| format!("{sensitive:?}")));
    add("default", field.default.as_ref().map(ToString::to_string));
    add("minimum", field.minimum.map(|limit| limit.to_string()));
    add("maximum", field.maximum.map(|limit| limit.to_string()));
    let limits = [field.min_length, field.max_length, field.min_items, field.max_items];
    add("lengths", limits.iter().any(Option::is_some).then(|| format!("{limits:?}")));
    add("empty", field.empty_means_no_filter.then(|| "no_filter".to_owned()));
    add("evidence", (field.evidence != Default::default()).then(|| format!("{:?}", field.evidence)));
    add("sample", field.sample.clone());
    add("filters", field.filters.as_ref().map(|filters| format!("{:?} {:?}", filters.how, filters.fields)));
    add("documented_for", (!field.documented_for.is_empty()).then(|| format!("{:?}", field.documented_for)));
    out
}

fn ty(one: &Type) -> String {
    match one {
        Type::Enum(name) | Type::Object(name) => name.clone(),
        Type::List(item) => format!("[{}]", ty(item)),
        Type::Map(item) => format!("{{{}}}", ty(item)),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}

fn mark(there: bool, text: &str) -> &str {
    if there { text } else { "" }
}

fn used(request: bool, response: bool) -> String {
    format!("{}{}", mark(request, "→"), mark(response, "←"))
}
