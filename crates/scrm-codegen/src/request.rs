//! How a request is built: `new` with what is required, a `with_…` for the rest.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use scrm_schema::model::{Field, Object, Operation, Paging, PagingStyle, Type, Wire};
use serde_json::{Map, Value};

use crate::{
    docs,
    format::{comment, quoted, spelled},
    kind::Kind,
    names,
    types::{Member, Record},
};

/// What a request starts with so that paging begins at the first page and takes the largest pages.
pub(crate) fn paging_default(paging: Option<&Paging>, wire: &str) -> Option<i64> {
    let paging = paging?;
    if paging.style == PagingStyle::PageNumber && paging.page.as_deref() == Some(wire) {
        return Some(paging.first.unwrap_or(1));
    }
    if paging.size.as_deref() == Some(wire) {
        return paging.max_size.or(paging.default_size).map(i64::from);
    }
    None
}

/// Whether `new` takes this field.
pub(crate) fn is_parameter(operation: &Operation, record: &Record<'_>, member: &Member<'_>) -> bool {
    member.field.required && start(operation, record, member).is_none()
}

/// What a field of the request starts with where the caller gives none.
pub(crate) fn start(operation: &Operation, record: &Record<'_>, member: &Member<'_>) -> Option<String> {
    begun(operation, record, member).map(|begun| begun.code)
}

/// The same as it is sent.
pub(crate) fn starts_as(operation: &Operation, record: &Record<'_>, member: &Member<'_>) -> Option<Value> {
    begun(operation, record, member).map(|begun| begun.sent)
}

/// What a field starts with: as an expression, and as JSON.
struct Begun {
    code: String,
    sent: Value,
}

fn begun(operation: &Operation, record: &Record<'_>, member: &Member<'_>) -> Option<Begun> {
    if !record.is_request {
        return None;
    }
    if starts_as_null(member) {
        return Some(Begun { code: "scrm_core::Nullable::Null".to_owned(), sent: Value::Null });
    }
    begun_at(operation, record.object, member.field, &member.field.name)
}

fn begun_at(operation: &Operation, owner: &Object, field: &Field, path: &str) -> Option<Begun> {
    let paging = operation.paging.as_ref();
    let kind = Kind::of_field(field, owner);
    if let Some(number) = paging_default(paging, path) {
        return literal(field, &kind, &Value::from(number));
    }
    let inside = paging.is_some_and(|paging| {
        [&paging.page, &paging.size].into_iter().flatten().any(|name| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    });
    if let (true, Kind::Object { name, .. }) = (inside, &kind) {
        return object(operation, name, path);
    }
    let default = field.default.as_ref().filter(|default| field.required && !default.is_null())?;
    literal(field, &kind, default)
}

/// An object of which only what has a start is given; `None`: that is not all that it needs.
fn object(operation: &Operation, name: &str, path: &str) -> Option<Begun> {
    let object = operation.objects.get(name)?;
    let (mut code, mut sent) = (String::new(), Map::new());
    for field in &object.fields {
        match begun_at(operation, object, field, &format!("{path}/{}", field.name)) {
            Some(begun) => {
                code += &format!("{}: {}, ", names::field(field.rust_name()), begun.code);
                sent.insert(field.name.clone(), begun.sent);
            }
            None if field.required => return None,
            None => {}
        }
    }
    Some(Begun { code: format!("Some({} {{ {code}..Default::default() }})", names::ident(name)), sent: Value::Object(sent) })
}

/// A single value that is sent as it is, or in quotes.
fn literal(field: &Field, kind: &Kind, value: &Value) -> Option<Begun> {
    let quotes = matches!(field.ty, Type::Text) || field.wire == Wire::Text;
    if !quotes && field.wire != Wire::Plain {
        return None;
    }
    let code = match (kind, value) {
        (Kind::Integer, Value::Number(_)) => format!("Some({value})"),
        (Kind::Number, Value::Number(number)) => format!("Some({:?})", number.as_f64()?),
        (Kind::Boolean, Value::Bool(_)) => format!("Some({value})"),
        (Kind::Text, _) => format!("Some({}.to_owned())", quoted(&docs::plain(value))),
        _ => return None,
    };
    let sent = if quotes { Value::from(docs::plain(value)) } else { value.clone() };
    Some(Begun { code, sent })
}

/// Whether a field must be sent, and is sent as `null` by the vendor's own default.
pub(crate) fn starts_as_null(member: &Member<'_>) -> bool {
    member.field.required && member.field.default == Some(Value::Null) && matches!(member.kind, Kind::Nullable(_))
}

/// `/// With what is required: `name`.`, `new(name: impl Into<String>)`
pub(crate) fn new(operation: &Operation, record: &Record<'_>) -> String {
    let parameters: Vec<&Member<'_>> = record.members.iter().filter(|member| is_parameter(operation, record, member)).collect();
    let mut docs = match parameters.as_slice() {
        [] => "Nothing is required.".to_owned(),
        some => format!(
            "With what is required: {}.",
            some.iter().map(|member| docs::code(member.name.to_string().trim_start_matches("r#"))).collect::<Vec<_>>().join(", ")
        ),
    };
    docs.extend(paging_start(operation, record).map(|start| format!(" {start}")));
    for member in record.members.iter().filter(|member| record.is_request && starts_as_null(member)) {
        docs += &format!(" Sends {} as `null`.", docs::code(&member.field.name));
    }
    for member in record.members.iter().filter(|member| record.is_request && starts_with_default(operation, member)) {
        let default = member.field.default.as_ref().map(docs::plain).unwrap_or_default();
        docs += &format!(" Sends {} as {}, unless told otherwise.", docs::code(&member.field.name), docs::code(&default));
    }
    let given = parameters.iter().map(|member| format!("{}: {}", member.name, spelled(&parameter(&member.kind)))).collect::<Vec<_>>();
    format!("{}    new({})\n", comment(4, "///", &docs), given.join(", "))
}

/// Whether a field must be sent, and is sent with its default.
fn starts_with_default(operation: &Operation, member: &Member<'_>) -> bool {
    let paged = paging_default(operation.paging.as_ref(), &member.field.name).is_some();
    let default = member.field.default.as_ref().filter(|default| member.field.required && !paged && !default.is_null());
    default.is_some_and(|default| literal(member.field, &member.kind, default).is_some())
}

fn paging_start(operation: &Operation, record: &Record<'_>) -> Option<String> {
    let paging = operation.paging.as_ref().filter(|_| record.is_request)?;
    let first = paging.page.as_deref().and_then(|page| paging_default(Some(paging), page));
    let size = paging.size.as_deref().and_then(|size| paging_default(Some(paging), size));
    match (first, size) {
        (Some(first), Some(size)) => Some(format!("Asks for page {first} with {size} rows.")),
        (Some(first), None) => Some(format!("Asks for page {first}.")),
        (None, Some(size)) => Some(format!("Asks for {size} rows from the start.")),
        (None, None) => None,
    }
}

/// `with_phone(impl Into<String>)`
pub(crate) fn setter(member: &Member<'_>) -> String {
    let (method, ty) = (names::setter(member.field.rust_name(), ""), spelled(&parameter(&member.kind)));
    match &member.kind {
        Kind::Nullable(_) => format!("{method}({ty}) or {}", names::setter(member.field.rust_name(), "_null")),
        _ => format!("{method}({ty})"),
    }
}

/// The type of a parameter.
fn parameter(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Text => quote!(impl Into<String>),
        Kind::Any => quote!(impl Into<scrm_core::Value>),
        Kind::Typed(_) => {
            let ty = kind.bare();
            quote!(impl Into<#ty>)
        }
        Kind::Typeds(meaning) => {
            let ty = Kind::Typed(*meaning).bare();
            quote!(impl IntoIterator<Item = impl Into<#ty>>)
        }
        Kind::Texts => quote!(impl IntoIterator<Item = impl Into<String>>),
        Kind::Integers => quote!(impl IntoIterator<Item = i64>),
        Kind::Enums(name) | Kind::Objects(name) => {
            let name = names::ident(name);
            quote!(impl IntoIterator<Item = #name>)
        }
        Kind::Map(_) => kind.rust().into_token_stream(),
        Kind::Nullable(inner) => parameter(inner),
        other => other.bare().into_token_stream(),
    }
}
