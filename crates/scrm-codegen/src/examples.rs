//! The examples of the schemas: unit tests beside the generated types, and the call shown in the documentation.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{BodyKind, Example, Filling, Operation, Place, Vendor};
use serde_json::{Map, Value, json};

use crate::{
    docs,
    error::Error,
    expected,
    format::{File, quoted},
    kind::Kind,
    literals::Types,
    names, request,
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
        for path in [&paging.page, &paging.size, &paging.cursor].into_iter().flatten() {
            take_out(&mut shown, path);
        }
    }
    let token = vendor.file.tokens.iter().find(|token| token.operation == types.operation.name);
    for (parameter, filling) in token.iter().flat_map(|token| &token.parameters) {
        let value = match filling {
            Filling::Credential(name) => format!("given:{name}"),
            Filling::Constant(constant) => constant.clone(),
            Filling::Constants(_) => continue,
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

/// Takes a value out, and the objects that held nothing else.
fn take_out(values: &mut Map<String, Value>, path: &str) {
    match path.split_once('/') {
        None => _ = values.remove(path),
        Some((step, rest)) => {
            if let Some(Value::Object(inner)) = values.get_mut(step) {
                take_out(inner, rest);
                if inner.is_empty() {
                    values.remove(step);
                }
            }
        }
    }
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
    let Some(request) = types.records.first() else { return Ok(None) };
    let examples: Vec<TokenStream> = operation.examples.iter().filter_map(|example| checked(vendor, types, request, example)).collect();
    if examples.is_empty() {
        return Ok(None);
    }
    let name = names::ident(&request.object.name);
    let mut file = File::new(&operation.file, "");
    file.add(quote! {
        use super::*;

        /// The documented requests come out of the typed ones, and every field of the documented answers is read.
        #[test]
        fn examples() {
            crate::generated::test_support::check::<#name>(vec![#(#examples),*]);
        }
    })
    .map_err(|problem| Error::new(&operation.file, "/examples", problem))?;
    Ok(Some(file))
}

/// One example: what is sent and what is answered, with what is expected of each.
fn checked(vendor: &Vendor, types: Types<'_>, request: &Record<'_>, example: &Example) -> Option<TokenStream> {
    let title = docs::one_line(&example.title);
    let sends = example.request.as_ref().and_then(Value::as_object).map(|given| {
        let (built, expected) = (types.built(request, given), raw(&sent(types.operation, &expected(types.operation, request, given))));
        quote!((#built, #expected))
    });
    let answers = example.response.as_ref().map(|answer| {
        let (body, expected) = (raw(answer), raw(&answered(vendor, types, answer)));
        quote!((#body, #expected))
    });
    if sends.is_none() && answers.is_none() {
        return None;
    }
    let option = |value: Option<TokenStream>| value.map_or_else(|| quote!(None), |value| quote!(Some(#value)));
    let (sends, answers) = (option(sends), option(answers));
    Some(quote!(crate::generated::test_support::Example { title: #title, sends: #sends, answers: #answers }))
}

/// What is expected of an answer.
fn answered(vendor: &Vendor, types: Types<'_>, answer: &Value) -> Value {
    let envelope = &vendor.file.envelope;
    let code = answer.get(&envelope.code).map(docs::plain).unwrap_or_default();
    let success = envelope.success.iter().any(|success| docs::plain(success) == code);
    let data = if success { expected::data(types, answer.get(&envelope.data)) } else { Value::Null };
    json!({ "code": code, "success": success, "data": data })
}

/// What should be sent: the example, and the page and size that a request starts with.
fn expected(operation: &Operation, record: &Record<'_>, given: &Map<String, Value>) -> Map<String, Value> {
    let mut expected = Map::new();
    for member in &record.members {
        let start = request::starts_as(operation, record, member);
        let value = given.get(&member.field.name).filter(|value| !value.is_null() || matches!(member.kind, Kind::Nullable(_)));
        if let Some(value) = value.cloned().or(start) {
            expected.insert(member.field.name.clone(), value);
        }
    }
    if record.has_extra() {
        for (key, value) in given.iter().filter(|(key, _)| record.member(key).is_none()) {
            expected.insert(key.clone(), value.clone());
        }
    }
    expected
}

/// What is expected to be sent, by place: a body of JSON as it is, everything else as names and texts in order.
fn sent(operation: &Operation, expected: &Map<String, Value>) -> Value {
    let place = |name: &str| operation.request.fields.iter().find(|field| field.name == name).map_or(Place::Body, |field| field.place);
    let at = |wanted: Place| expected.iter().filter(move |(name, _)| place(name) == wanted);
    let pairs = |wanted: Place| at(wanted).map(|(name, value)| json!([name, docs::plain(value)])).collect::<Vec<_>>();
    let (mut query, mut body) = (pairs(Place::Query), Value::Null);
    match operation.body {
        BodyKind::Json => body = at(Place::Body).map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>().into(),
        BodyKind::Query => query = pairs(Place::Body),
        BodyKind::Form | BodyKind::Multipart => body = pairs(Place::Body).into(),
    }
    json!({ "body": body, "query": query, "headers": pairs(Place::Header) })
}

/// JSON as a raw string literal of readable lines.
fn raw(value: &Value) -> TokenStream {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let plain = text.chars().all(|letter| !letter.is_control() || letter == '\n')
        && !text.contains(['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}']);
    let fence = "#".repeat(1 + text.split('"').map(|part| part.len() - part.trim_start_matches('#').len()).max().unwrap_or(0));
    let literal = if plain { format!("r{fence}\"{text}\"{fence}") } else { quoted(&text) };
    literal.parse().unwrap_or_else(|_| quote!(#text))
}
