//! The examples of the schemas: unit tests beside the generated types, and the call shown in the documentation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use scrm_schema::model::{BodyKind, Example, Field, Filling, Operation, Place, Type, Vendor};
use serde_json::{Map, Value};

use crate::{
    asserts, docs,
    error::Error,
    format::{File, doc},
    kind::Kind,
    literals::Types,
    names,
    operation::static_name,
    request::{paging_default, starts_as_null},
    types::Record,
};

/// The example shown in the documentation, as an expression; of the first example, or of anything that has the right types. An operation that
/// answers a token is given the credentials in `given`.
pub(crate) fn call(vendor: &Vendor, types: Types<'_>) -> String {
    let Some(request) = types.records.first() else { return String::new() };
    let shown = types.operation.examples.iter().find_map(|example| example.request.as_ref()?.as_object());
    let mut shown = shown.cloned().unwrap_or_default();
    // Where a pull stands is no business of an example: a request begins at the beginning.
    if let Some(paging) = &types.operation.paging {
        shown.retain(|name, _| ![&paging.page, &paging.size, &paging.cursor].contains(&&Some(name.clone())));
    }
    let token = vendor.file.tokens.iter().find(|token| token.operation == types.operation.name);
    for (parameter, filling) in token.iter().flat_map(|token| &token.parameters) {
        let value = match filling {
            Filling::Credential(name) => format!("given:{name}"),
            Filling::Constant(constant) => constant.clone(),
        };
        shown.insert(parameter.clone(), Value::from(value));
    }
    let text = expression(&types.built(request, &shown));
    vendor
        .file
        .credentials
        .iter()
        .fold(text, |text, credential| text.replace(&format!("\"given:{}\"", credential.name), &format!("&given[\"{}\"]", credential.name)))
}

/// The names that [`call`] needs.
pub(crate) fn imports(vendor: &Vendor, types: Types<'_>) -> String {
    let call = call(vendor, types);
    let enums = types.operation.enums.keys().filter(|name| call.contains(&format!("{name}::")));
    let objects = types.records.iter().map(|record| &record.object.name).filter(|name| call.contains(&format!("{name}::new")));
    let mut names: Vec<&str> = enums.chain(objects).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [only] => (*only).to_owned(),
        names => format!("{{{}}}", names.join(", ")),
    }
}

/// An expression as prettyplease writes it.
fn expression(tokens: &TokenStream) -> String {
    let plain = || tokens.to_string();
    let Ok(file) = syn::parse2::<syn::File>(quote!(const X: X = #tokens;)) else { return plain() };
    let text = prettyplease::unparse(&file);
    text.strip_prefix("const X: X = ").and_then(|text| text.trim_end().strip_suffix(';')).map_or_else(plain, str::to_owned)
}

/// `tests.rs` of an operation; `None`: it has no examples.
pub(crate) fn tests(vendor: &Vendor, types: Types<'_>) -> Result<Option<File>, Error> {
    let operation = types.operation;
    let broken = |problem: String| Error::new(&operation.file, "/examples", problem);
    let mut file = File::new(&operation.file, "");
    file.add(quote!(
        use super::*;
    ))
    .map_err(broken)?;
    let mut tests = 0;
    for (number, example) in operation.examples.iter().enumerate() {
        for test in [sends(types, number + 1, example), reads(vendor, types, number + 1, example)].into_iter().flatten() {
            file.add(test).map_err(broken)?;
            tests += 1;
        }
    }
    Ok((tests > 0).then_some(file))
}

/// The documented request comes out of the typed one.
fn sends(types: Types<'_>, number: usize, example: &Example) -> Option<TokenStream> {
    let given = example.request.as_ref()?.as_object()?;
    let request = types.records.first()?;
    let (name, docs) = (format_ident!("sends_example_{number}"), doc(&docs::escape(&example.title)));
    let (built, statics) = (types.built(request, given), static_name(&types.operation.name));
    let expected = expected(types.operation, request, given);
    let compared = compared(types.operation, &expected);
    Some(quote! {
        #docs
        #[test]
        fn #name() {
            let request = #built;
            assert_eq!(scrm_core::check::check(&request, #statics.rules), Ok(()));
            let sent = scrm_core::encode::encode(
                scrm_core::encode::RequestBody::Typed(&request), &#statics, None, "https://api.example", #statics.path,
            ).unwrap();
            #compared
        }
    })
}

/// What should be sent: the example, and the page and size that a request starts with.
fn expected(operation: &Operation, request: &Record<'_>, given: &Map<String, Value>) -> Map<String, Value> {
    let mut expected = Map::new();
    for member in &request.members {
        let null = starts_as_null(member).then_some(Value::Null);
        let start = paging_default(operation.paging.as_ref(), &member.field.name).map(|start| written(member.field, start)).or(null);
        let value = given.get(&member.field.name).filter(|value| !value.is_null() || matches!(member.kind, Kind::Nullable(_)));
        if let Some(value) = value.cloned().or(start) {
            expected.insert(member.field.name.clone(), value);
        }
    }
    if request.has_extra() {
        for (key, value) in given.iter().filter(|(key, _)| request.member(key).is_none()) {
            expected.insert(key.clone(), value.clone());
        }
    }
    expected
}

fn written(field: &Field, number: i64) -> Value {
    let quoted = field.ty == Type::Text || field.wire == scrm_schema::model::Wire::Text;
    if quoted { Value::from(number.to_string()) } else { Value::from(number) }
}

fn compared(operation: &Operation, expected: &Map<String, Value>) -> TokenStream {
    let place = |name: &str| operation.request.fields.iter().find(|field| field.name == name).map_or(Place::Body, |field| field.place);
    let body: Map<String, Value> =
        expected.iter().filter(|(name, _)| place(name) == Place::Body).map(|(name, value)| (name.clone(), value.clone())).collect();
    let aside = expected.iter().filter(|(name, _)| place(name) != Place::Body).map(|(name, value)| {
        let value = docs::plain(value);
        match place(name) {
            Place::Header => quote!(assert!(sent.headers.iter().any(|(name, value)| name.eq_ignore_ascii_case(#name) && value == #value));),
            _ => quote!(assert!(crate::generated::test_support::query(&sent).contains(&(#name.to_owned(), #value.to_owned())));),
        }
    });
    let pairs = || {
        let pairs = body.iter().map(|(name, value)| {
            let value = docs::plain(value);
            quote!((#name.to_owned(), #value.to_owned()))
        });
        quote!(vec![#(#pairs),*])
    };
    let main = match operation.body {
        BodyKind::Json => {
            let text = raw(&Value::Object(body.clone()));
            quote! {
                let body: serde_json::Value = serde_json::from_slice(&sent.body).unwrap();
                assert_eq!(body, serde_json::from_str::<serde_json::Value>(#text).unwrap());
            }
        }
        BodyKind::Query => {
            let pairs = pairs();
            quote!(assert_eq!(crate::generated::test_support::query(&sent), #pairs);)
        }
        BodyKind::Form => {
            let pairs = pairs();
            quote!(assert_eq!(crate::generated::test_support::form(&sent), #pairs);)
        }
        BodyKind::Multipart => {
            let pairs = pairs();
            quote!(assert_eq!(crate::generated::test_support::multipart(&sent), #pairs);)
        }
    };
    quote!(#main #(#aside)*)
}

/// JSON as a raw string literal of readable lines.
fn raw(value: &Value) -> TokenStream {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let fence = "#".repeat(1 + text.split('"').map(|part| part.len() - part.trim_start_matches('#').len()).max().unwrap_or(0));
    format!("r{fence}\"{text}\"{fence}").parse().unwrap_or_else(|_| quote!(#text))
}

/// Every field of the documented answer is read.
fn reads(vendor: &Vendor, types: Types<'_>, number: usize, example: &Example) -> Option<TokenStream> {
    let answer = example.response.as_ref()?;
    let (name, docs) = (format_ident!("reads_example_{number}"), doc(&docs::escape(&example.title)));
    let (body, request) = (raw(answer), names::ident(&types.operation.request.name));
    let envelope = &vendor.file.envelope;
    let code = answer.get(&envelope.code).map(docs::plain).unwrap_or_default();
    let success = envelope.success.iter().any(|success| docs::plain(success) == code);
    let checks = if success { asserts::data(types, answer.get(&envelope.data)) } else { quote!() };
    let data = success.then(|| quote!(let data = decoded.data;));
    let verdict = if success {
        quote!(assert!(decoded.head.is_success(&crate::VENDOR.envelope));)
    } else {
        quote!(assert!(!decoded.head.is_success(&crate::VENDOR.envelope));)
    };
    Some(quote! {
        #docs
        #[test]
        fn #name() {
            let body = #body;
            let options = scrm_core::decode::DecodeOptions::default();
            let decoded =
                scrm_core::decode::decode::<<#request as scrm_core::operation::Operation>::Data>(body.as_bytes(), &crate::VENDOR.envelope, &options).unwrap();
            assert_eq!(decoded.head.code.as_deref(), Some(#code));
            assert!(decoded.head.bad_rows.is_empty());
            #verdict
            #data
            #checks
        }
    })
}
