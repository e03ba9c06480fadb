//! The documented rules of a request: those of single fields in the document's order, then those between fields.

use indexmap::IndexMap;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use scrm_schema::model::{Field, Object, Operation, Rule, TimeFormat, Type};

use crate::{error::Error, records::time_format};

/// How deep rules follow nested objects; a recursive object has no end.
const DEPTH: usize = 8;

/// One rule: as code, and in words for the documentation.
pub(crate) struct Written {
    pub(crate) code: TokenStream,
    pub(crate) words: String,
    /// Whether the field's own documentation says it already.
    pub(crate) of_field: bool,
}

/// All rules of an operation.
pub(crate) fn rules(operation: &Operation) -> Result<Vec<Written>, Error> {
    let mut rules = Vec::new();
    of_object(&operation.request, "", &operation.objects, 0, &mut rules);
    for (number, rule) in operation.rules.iter().enumerate() {
        rules.push(between(operation, number, rule)?);
    }
    Ok(rules)
}

fn of_object(object: &Object, path: &str, objects: &IndexMap<String, Object>, depth: usize, rules: &mut Vec<Written>) {
    for field in &object.fields {
        let name = format!("{path}{}", field.name);
        of_field(field, &name, rules);
        if depth < DEPTH
            && let Some(inner) = inner_object(&field.ty).and_then(|inner| objects.get(inner))
        {
            of_object(inner, &format!("{name}/"), objects, depth + 1, rules);
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

fn of_field(field: &Field, name: &str, rules: &mut Vec<Written>) {
    let mut add = |code: TokenStream| rules.push(Written { code, words: String::new(), of_field: true });
    // A three-state field is required as a key: `null` is an answer too, and an empty list is a filter.
    if field.required {
        add(quote!(spec::Rule::Required { field: #name }));
    }
    if field.empty_means_no_filter && !field.nullable && matches!(field.ty, Type::Text) {
        add(quote!(spec::Rule::NotEmpty { field: #name }));
    }
    if field.minimum.is_some() || field.maximum.is_some() {
        let (min, max) = (option(field.minimum.map(Literal::i64_unsuffixed)), option(field.maximum.map(Literal::i64_unsuffixed)));
        add(quote!(spec::Rule::Range { field: #name, min: #min, max: #max }));
    }
    if field.min_length.is_some() || field.max_length.is_some() {
        let (min, max) = (option(field.min_length.map(Literal::u32_unsuffixed)), option(field.max_length.map(Literal::u32_unsuffixed)));
        add(quote!(spec::Rule::Length { field: #name, min: #min, max: #max }));
    }
    if field.min_items.is_some() || field.max_items.is_some() {
        let (min, max) = (option(field.min_items.map(Literal::u32_unsuffixed)), option(field.max_items.map(Literal::u32_unsuffixed)));
        add(quote!(spec::Rule::Items { field: #name, min: #min, max: #max }));
    }
    if let (Some(format), Type::Text) = (field.time, &field.ty) {
        let format = time_format(format);
        add(quote!(spec::Rule::Format { field: #name, format: spec::TimeFormat::#format }));
    }
}

/// `Some(…)` or `None`.
pub(crate) fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

fn between(operation: &Operation, number: usize, rule: &Rule) -> Result<Written, Error> {
    let (code, words) = match rule {
        Rule::AtLeastOne(fields) => {
            (quote!(spec::Rule::AtLeastOne { fields: &[#(#fields),*] }), format!("At least one of {}.", listed(fields)))
        }
        Rule::ExactlyOne(fields) => {
            (quote!(spec::Rule::ExactlyOne { fields: &[#(#fields),*] }), format!("Exactly one of {}.", listed(fields)))
        }
        Rule::AtMostOne(fields) => {
            (quote!(spec::Rule::AtMostOne { fields: &[#(#fields),*] }), format!("At most one of {}.", listed(fields)))
        }
        Rule::Together(fields) => (quote!(spec::Rule::Together { fields: &[#(#fields),*] }), format!("All or none of {}.", listed(fields))),
        Rule::RequiredIf { field, other, values } => {
            let when = if values.is_empty() { String::new() } else { format!(" is {}", listed(values)) };
            (
                quote!(spec::Rule::RequiredIf { field: #field, other: #other, values: &[#(#values),*] }),
                format!("`{field}` is required when `{other}`{when}{}.", if values.is_empty() { " is given" } else { "" }),
            )
        }
        Rule::Span { start, end, strict, max_seconds } => {
            let format = format_of(operation, start).ok_or_else(|| {
                Error::new(
                    &operation.file,
                    &format!("/rules/{number}/span/start"),
                    format!("`{start}` is no field with `x-time`; a span needs one"),
                )
            })?;
            let variant = time_format(format);
            let longest = option(max_seconds.map(Literal::u64_unsuffixed));
            (
                quote!(spec::Rule::Span { start: #start, end: #end, format: spec::TimeFormat::#variant, strict: #strict, max_seconds: #longest }),
                span_words(start, end, *strict, *max_seconds),
            )
        }
    };
    Ok(Written { code, words, of_field: false })
}

fn span_words(start: &str, end: &str, strict: bool, longest: Option<u64>) -> String {
    let order = if strict { format!("`{start}` lies before `{end}`") } else { format!("`{start}` is not after `{end}`") };
    match longest {
        None => format!("{order}."),
        Some(seconds) if seconds % 86_400 == 0 => format!("{order}, and both are at most {} days apart.", seconds / 86_400),
        Some(seconds) => format!("{order}, and both are at most {seconds} seconds apart."),
    }
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
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
