//! One assertion for each field of an example answer.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use scrm_schema::model::Wire;
use serde_json::{Map, Value};

use crate::{
    kind::{Kind, Meaning},
    literals::{self, Types},
    names,
    types::{Member, Record},
};

/// Assertions about `data`.
pub(crate) fn data(types: Types<'_>, value: Option<&Value>) -> TokenStream {
    let value = value.unwrap_or(&Value::Null);
    let place = quote!(data);
    match types.operation.data.as_ref().map(|data| Kind::of(&data.ty)) {
        Some(Kind::Object { name, .. }) => types.record(&name).map_or_else(TokenStream::new, |record| fields(types, record, &place, value)),
        Some(kind @ (Kind::Objects(_) | Kind::Map(_) | Kind::Text | Kind::Integer | Kind::Number | Kind::Boolean)) => {
            one(types, &kind, Wire::Plain, &place, value)
        }
        _ => one(types, &Kind::Any, Wire::Plain, &place, value),
    }
}

fn fields(types: Types<'_>, record: &Record<'_>, place: &TokenStream, value: &Value) -> TokenStream {
    let empty = Map::new();
    let values = value.as_object().unwrap_or(&empty);
    let mut checks = TokenStream::new();
    for member in &record.members {
        let name = &member.name;
        let value = values.get(&member.field.name);
        checks.extend(field(types, member, &quote!(#place.#name), value));
    }
    for (key, value) in values.iter().filter(|(key, _)| record.member(key).is_none()) {
        checks.extend(unnamed(record, place, key, value));
    }
    checks
}

fn field(types: Types<'_>, member: &Member<'_>, place: &TokenStream, value: Option<&Value>) -> TokenStream {
    match (&member.kind, value) {
        (Kind::Nullable(_), None) => quote!(assert_eq!(#place, table::Nullable::Absent);),
        (Kind::Nullable(_), Some(Value::Null)) => quote!(assert_eq!(#place, table::Nullable::Null);),
        (Kind::Nullable(inner), Some(value)) => {
            let value = bare(inner, value);
            quote!(assert_eq!(#place, table::Nullable::Value(#value));)
        }
        (kind, value) => one(types, kind, member.field.wire, place, value.unwrap_or(&Value::Null)),
    }
}

fn bare(kind: &Kind, value: &Value) -> TokenStream {
    match kind {
        Kind::Text => {
            let text = literals::text(value);
            quote!(#text.to_owned())
        }
        Kind::Texts => {
            let texts = literals::items(Wire::Plain, value).iter().map(literals::text).collect::<Vec<_>>();
            quote!(vec![#(#texts.to_owned()),*])
        }
        Kind::Integers => {
            let numbers = integers(Wire::Plain, value);
            quote!(vec![#(#numbers),*])
        }
        Kind::Typed(meaning) => typed(*meaning, value),
        Kind::Typeds(meaning) => {
            let values = literals::items(Wire::Plain, value).into_iter().map(|value| typed(*meaning, &value));
            quote!(vec![#(#values),*])
        }
        Kind::Number => literals::float(literals::number(value).unwrap_or_default()),
        Kind::Boolean => {
            let truth = literals::truth(value).unwrap_or_default();
            quote!(#truth)
        }
        _ => {
            let number = Literal::i64_unsuffixed(literals::integer(value).unwrap_or_default());
            quote!(#number)
        }
    }
}

fn one(types: Types<'_>, kind: &Kind, wire: Wire, place: &TokenStream, value: &Value) -> TokenStream {
    match kind {
        Kind::Text => match value {
            Value::Null => quote!(assert_eq!(#place, None);),
            value => {
                let text = literals::text(value);
                quote!(assert_eq!(#place.as_deref(), Some(#text));)
            }
        },
        Kind::Integer => same(place, literals::integer(value).map(Literal::i64_unsuffixed)),
        Kind::Number => same(place, literals::number(value).map(literals::float)),
        Kind::Boolean => same(place, literals::truth(value)),
        Kind::Any | Kind::Nullable(_) => same(place, (!value.is_null()).then(|| literals::json(value))),
        Kind::Enum(name) => same(place, (!value.is_null() && value != "").then(|| types.enum_value(name, value))),
        Kind::Typed(meaning) => {
            let nothing = value.is_null() || (!meaning.is_text() && value == "");
            same(place, (!nothing).then(|| typed(*meaning, value)))
        }
        Kind::Typeds(meaning) => list(place, &literals::items(wire, value).iter().map(|value| typed(*meaning, value)).collect::<Vec<_>>()),
        Kind::Object { name, .. } => object(types, name, wire, place, value),
        Kind::Texts => list(place, &literals::items(wire, value).iter().map(literals::text).collect::<Vec<_>>()),
        Kind::Integers => list(place, &integers(wire, value)),
        Kind::Enums(name) => {
            list(place, &literals::items(wire, value).iter().map(|value| types.enum_value(name, value)).collect::<Vec<_>>())
        }
        Kind::Objects(name) => rows(types, name, place, value),
        Kind::Map(inner) => map(types, inner, place, value),
    }
}

/// An amount or a time as it came.
fn typed(meaning: Meaning, value: &Value) -> TokenStream {
    let ty = Kind::Typed(meaning).bare();
    if meaning.is_text() {
        let text = literals::text(value);
        return quote!(#ty::from(#text));
    }
    if meaning.is_amount() {
        let text = literals::text(value);
        return quote!(#ty::parse(#text).unwrap());
    }
    let number = Literal::i64_suffixed(literals::integer(value).unwrap_or_default());
    quote!(#ty::from(#number))
}

fn same<T: quote::ToTokens>(place: &TokenStream, value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(assert_eq!(#place, Some(#value));),
        None => quote!(assert_eq!(#place, None);),
    }
}

fn integers(wire: Wire, value: &Value) -> Vec<Literal> {
    literals::items(wire, value).iter().filter_map(literals::integer).map(Literal::i64_unsuffixed).collect()
}

fn list<T: quote::ToTokens>(place: &TokenStream, values: &[T]) -> TokenStream {
    if values.is_empty() { quote!(assert!(#place.is_empty());) } else { quote!(assert_eq!(#place, [#(#values),*]);) }
}

fn object(types: Types<'_>, name: &str, wire: Wire, place: &TokenStream, value: &Value) -> TokenStream {
    let inner = value.as_str().filter(|_| wire == Wire::Json).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let value = inner.as_ref().unwrap_or(value);
    match (types.record(name), value.as_object()) {
        (Some(record), Some(_)) => fields(types, record, &quote!(#place.as_ref().unwrap()), value),
        _ => quote!(assert!(#place.is_none());),
    }
}

/// A list of objects; PHP writes a filtered one as an object with the positions as keys.
fn rows(types: Types<'_>, name: &str, place: &TokenStream, value: &Value) -> TokenStream {
    let rows: Vec<&Value> = match value {
        Value::Array(rows) => rows.iter().collect(),
        Value::Object(rows) => rows.values().collect(),
        _ => Vec::new(),
    };
    let count = Literal::usize_unsuffixed(rows.len());
    let mut checks = quote!(assert_eq!(#place.len(), #count););
    if let Some(record) = types.record(name) {
        for (position, row) in rows.into_iter().enumerate() {
            let position = Literal::usize_unsuffixed(position);
            checks.extend(fields(types, record, &quote!(#place[#position]), row));
        }
    }
    checks
}

fn map(types: Types<'_>, inner: &Kind, place: &TokenStream, value: &Value) -> TokenStream {
    let empty = Map::new();
    let entries = value.as_object().unwrap_or(&empty);
    let count = Literal::usize_unsuffixed(entries.len());
    let mut checks = quote!(assert_eq!(#place.0.len(), #count););
    for (position, (key, value)) in entries.iter().enumerate() {
        let position = Literal::usize_unsuffixed(position);
        checks.extend(quote!(assert_eq!(&*#place.0[#position].0, #key);));
        let place = quote!(#place.0[#position].1);
        checks.extend(match inner {
            Kind::Object { name, .. } => types.record(name).map_or_else(TokenStream::new, |record| fields(types, record, &place, value)),
            inner => one(types, inner, Wire::Plain, &place, value),
        });
    }
    checks
}

/// A key that no field names: a dynamic column, or kept beside the fields.
fn unnamed(record: &Record<'_>, place: &TokenStream, key: &str, value: &Value) -> TokenStream {
    if let Some(columns) = &record.object.columns
        && let Some(number) = key.strip_prefix(columns.prefix.as_str()).and_then(|number| number.parse::<u32>().ok())
        && let Some(value) = literals::integer(value)
    {
        let (name, number, value) = (names::ident(&columns.name), Literal::u32_unsuffixed(number), Literal::i64_unsuffixed(value));
        return quote!(assert!(#place.#name.contains(&(#number, #value))););
    }
    let value = literals::json(value);
    quote!(assert_eq!(#place.extra.get(#key), Some(&#value));)
}
