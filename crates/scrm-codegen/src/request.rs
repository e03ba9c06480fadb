//! How a request is built: `new` with what is required, a `with_…` for the rest.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use scrm_schema::model::{Operation, Paging, PagingStyle};
use serde_json::Value;

use crate::{
    docs,
    format::{comment, spelled},
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
    if !record.is_request {
        return None;
    }
    if starts_as_null(member) {
        return Some("scrm_core::Nullable::Null".to_owned());
    }
    let value = paging_default(operation.paging.as_ref(), &member.field.name)?;
    match &member.kind {
        Kind::Integer => Some(format!("Some({value})")),
        Kind::Text => Some(format!("Some(\"{value}\".to_owned())")),
        Kind::Number => Some(format!("Some({value}.0)")),
        _ => None,
    }
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
    let given = parameters.iter().map(|member| format!("{}: {}", member.name, spelled(&parameter(&member.kind)))).collect::<Vec<_>>();
    format!("{}    new({})\n", comment(4, "///", &docs), given.join(", "))
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
