//! How a request is built: `new` with what is required, a `with_…` for the rest.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use scrm_schema::model::{Operation, Paging, PagingStyle};
use serde_json::Value;

use crate::{
    docs,
    format::doc,
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

/// The value a field of the request starts with where the caller gives none.
fn start(operation: &Operation, record: &Record<'_>, member: &Member<'_>) -> Option<TokenStream> {
    if !record.is_request {
        return None;
    }
    if starts_as_null(member) {
        return Some(quote!(table::Nullable::Null));
    }
    let value = paging_default(operation.paging.as_ref(), &member.field.name)?;
    let number = proc_macro2::Literal::i64_unsuffixed(value);
    let text = value.to_string();
    match &member.kind {
        Kind::Integer => Some(quote!(Some(#number))),
        Kind::Text => Some(quote!(Some(#text.to_owned()))),
        Kind::Number => {
            let number: TokenStream = format!("{value}.0").parse().ok()?;
            Some(quote!(Some(#number)))
        }
        _ => None,
    }
}

/// Whether a field must be sent, and is sent as `null` by the vendor's own default.
pub(crate) fn starts_as_null(member: &Member<'_>) -> bool {
    member.field.required && member.field.default == Some(Value::Null) && matches!(member.kind, Kind::Nullable(_))
}

/// The constructor, the setters, and `Default` where nothing is required.
pub(crate) fn building(operation: &Operation, record: &Record<'_>) -> TokenStream {
    let name = names::ident(&record.object.name);
    let (new, default) = (new(operation, record), default(operation, record));
    let setters = record.members.iter().map(setter);
    let extra = record.has_extra().then(|| {
        quote! {
            /// A parameter that the page does not name.
            #[inline]
            #[must_use]
            pub fn with_extra(mut self, name: impl Into<Box<str>>, value: impl Into<scrm_core::Value>) -> Self {
                self.extra.push(name.into(), value.into());
                self
            }
        }
    });
    quote! {
        impl #name {
            #new
            #(#setters)*
            #extra
        }
        #default
    }
}

fn new(operation: &Operation, record: &Record<'_>) -> TokenStream {
    let parameters: Vec<&Member<'_>> = record.members.iter().filter(|member| is_parameter(operation, record, member)).collect();
    let text = match parameters.as_slice() {
        [] => "Nothing is required.".to_owned(),
        some => format!(
            "With what is required: {}.",
            some.iter().map(|member| docs::code(member.name.to_string().trim_start_matches("r#"))).collect::<Vec<_>>().join(", ")
        ),
    };
    let nulls = record.members.iter().filter(|member| record.is_request && starts_as_null(member));
    let nulls: String = nulls.map(|member| format!(" Sends {} as `null`.", docs::code(&member.field.name))).collect();
    let text = match paging_start(operation, record) {
        Some(start) => format!("{text} {start}{nulls}"),
        None => format!("{text}{nulls}"),
    };
    let docs = doc(&text);
    let many = (parameters.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let given = parameters.iter().map(|member| {
        let (name, ty) = (&member.name, parameter(&member.kind));
        quote!(#name: #ty)
    });
    let body = if record.is_request { literal(operation, record) } else { filled(&parameters) };
    quote! {
        #docs
        #many
        #[inline]
        #[must_use]
        pub fn new(#(#given),*) -> Self { #body }
    }
}

/// A request: every field named, for there is no `Default` to fill it from.
fn literal(operation: &Operation, record: &Record<'_>) -> TokenStream {
    let fields = record.members.iter().map(|member| {
        let name = &member.name;
        if is_parameter(operation, record, member) {
            let value = value(&member.kind, name);
            return quote!(#name: #value,);
        }
        match start(operation, record, member) {
            Some(value) => quote!(#name: #value,),
            None => {
                let empty = empty(&member.kind);
                quote!(#name: #empty,)
            }
        }
    });
    let extra = record.has_extra().then(|| quote!(extra: Default::default(),));
    quote!(Self { #(#fields)* #extra })
}

fn empty(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Nullable(_) => quote!(table::Nullable::Absent),
        Kind::Map(_) => quote!(table::Keyed(Vec::new())),
        kind if kind.is_option() => quote!(None),
        _ => quote!(Vec::new()),
    }
}

/// An object inside a request.
fn filled(parameters: &[&Member<'_>]) -> TokenStream {
    if parameters.is_empty() {
        return quote!(Self::default());
    }
    let fields = parameters.iter().map(|member| {
        let (name, value) = (&member.name, value(&member.kind, &member.name));
        quote!(#name: #value,)
    });
    quote!(Self { #(#fields)* ..Self::default() })
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

fn default(operation: &Operation, record: &Record<'_>) -> Option<TokenStream> {
    let optional = record.members.iter().all(|member| !is_parameter(operation, record, member));
    let name = names::ident(&record.object.name);
    (record.is_request && optional).then(|| {
        quote! {
            impl Default for #name {
                #[inline]
                fn default() -> Self { Self::new() }
            }
        }
    })
}

fn setter(member: &Member<'_>) -> TokenStream {
    let (field, kind) = (&member.name, &member.kind);
    let (method, ty, value) = (names::joined("with_", member.field.rust_name(), ""), parameter(kind), value(kind, field));
    let docs = doc(&docs::field(member.field, kind));
    let null = matches!(kind, Kind::Nullable(_)).then(|| {
        let method = names::joined("with_", member.field.rust_name(), "_null");
        let docs = doc(&format!("Sends {} as `null`, which is not the same as leaving it out.", docs::code(&member.field.name)));
        quote! {
            #docs
            #[inline]
            #[must_use]
            pub fn #method(mut self) -> Self {
                self.#field = table::Nullable::Null;
                self
            }
        }
    });
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn #method(mut self, #field: #ty) -> Self {
            self.#field = #value;
            self
        }
        #null
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

/// What is stored of a parameter.
fn value(kind: &Kind, name: &proc_macro2::Ident) -> TokenStream {
    match kind {
        Kind::Nullable(inner) => {
            let inner = bare(inner, name);
            quote!(table::Nullable::Value(#inner))
        }
        kind if kind.is_option() => {
            let inner = bare(kind, name);
            quote!(Some(#inner))
        }
        kind => bare(kind, name),
    }
}

fn bare(kind: &Kind, name: &proc_macro2::Ident) -> TokenStream {
    match kind {
        Kind::Text | Kind::Any | Kind::Typed(_) => quote!(#name.into()),
        Kind::Texts | Kind::Typeds(_) => quote!(#name.into_iter().map(Into::into).collect()),
        Kind::Integers | Kind::Enums(_) | Kind::Objects(_) => quote!(#name.into_iter().collect()),
        Kind::Object { boxed: true, .. } => quote!(Box::new(#name)),
        _ => quote!(#name),
    }
}
