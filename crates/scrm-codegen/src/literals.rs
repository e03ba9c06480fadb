//! Example requests as Rust expressions: `UserList::new().with_phone("…")`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use scrm_schema::model::{Operation, Wire};
use serde_json::{Map, Value};

use crate::{
    enums,
    enums::Code,
    kind::{Kind, Meaning},
    names, request,
    types::{Member, Record},
};

/// Where the types of an operation are looked up.
#[derive(Clone, Copy)]
pub(crate) struct Types<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) records: &'a [Record<'a>],
}

impl<'a> Types<'a> {
    pub(crate) fn record(self, name: &str) -> Option<&'a Record<'a>> {
        self.records.iter().find(|record| record.object.name == name)
    }

    /// A request, or an object in one, with these values; what is required and missing is filled with something of its type.
    pub(crate) fn built(self, record: &Record<'_>, values: &Map<String, Value>) -> TokenStream {
        let name = names::ident(&record.object.name);
        let (mut parameters, mut setters) = (Vec::new(), TokenStream::new());
        for member in &record.members {
            let given = values.get(&member.field.name);
            if request::is_parameter(self.operation, record, member) {
                let filled = sample(member);
                parameters.push(self.value(&member.kind, member.field.wire, given.filter(|given| !given.is_null()).unwrap_or(&filled)));
                if given.is_some_and(Value::is_null) && matches!(member.kind, Kind::Nullable(_)) {
                    let method = names::setter(member.field.rust_name(), "_null");
                    setters.extend(quote!(.#method()));
                }
            } else if let Some(given) = given {
                setters.extend(self.setter(member, given));
            }
        }
        if record.has_extra() {
            for (key, value) in values.iter().filter(|(key, _)| record.member(key).is_none()) {
                let value = json(value);
                setters.extend(quote!(.with_extra(#key, #value)));
            }
        }
        quote!(#name::new(#(#parameters),*) #setters)
    }

    fn setter(self, member: &Member<'_>, given: &Value) -> TokenStream {
        match (&member.kind, given) {
            (Kind::Nullable(_), Value::Null) => {
                let method = names::setter(member.field.rust_name(), "_null");
                quote!(.#method())
            }
            (_, Value::Null) => quote!(),
            (kind, given) => {
                let (method, value) = (names::setter(member.field.rust_name(), ""), self.value(kind, member.field.wire, given));
                quote!(.#method(#value))
            }
        }
    }

    /// A value as a parameter takes it.
    pub(crate) fn value(self, kind: &Kind, wire: Wire, given: &Value) -> TokenStream {
        let inside = given.as_str().filter(|_| wire == Wire::Json && *kind != Kind::Text);
        let inside = inside.and_then(|text| serde_json::from_str::<Value>(text).ok());
        let given = inside.as_ref().unwrap_or(given);
        match kind {
            Kind::Nullable(inner) => self.value(inner, wire, given),
            Kind::Text => {
                let text = text(given);
                quote!(#text)
            }
            Kind::Integer => {
                let number = Literal::i64_unsuffixed(integer(given).unwrap_or_default());
                quote!(#number)
            }
            Kind::Number => float(number(given).unwrap_or_default()),
            Kind::Boolean => {
                let truth = truth(given).unwrap_or_default();
                quote!(#truth)
            }
            Kind::Any => json(given),
            Kind::Typed(meaning) => typed(*meaning, given),
            Kind::Enum(name) => self.enum_value(name, given),
            Kind::Object { name, .. } => self.object(name, given),
            Kind::Map(value) => self.map(value, given),
            Kind::Texts | Kind::Integers | Kind::Enums(_) | Kind::Objects(_) | Kind::Typeds(_) => self.list(kind, wire, given),
        }
    }

    fn object(self, name: &str, given: &Value) -> TokenStream {
        let empty = Map::new();
        match self.record(name) {
            Some(record) => self.built(record, given.as_object().unwrap_or(&empty)),
            None => quote!(Default::default()),
        }
    }

    fn map(self, value: &Kind, given: &Value) -> TokenStream {
        let entries = given.as_object().into_iter().flatten().map(|(key, entry)| {
            let entry = self.value(value, Wire::Plain, entry);
            match value {
                Kind::Object { .. } => quote!((#key.into(), #entry)),
                Kind::Any => quote!((#key.into(), Some(#entry))),
                _ => quote!((#key.into(), Some(#entry.into()))),
            }
        });
        quote!(scrm_core::table::Keyed(vec![#(#entries),*]))
    }

    fn list(self, kind: &Kind, wire: Wire, given: &Value) -> TokenStream {
        let items = items(wire, given);
        let item = match kind {
            Kind::Texts => Kind::Text,
            Kind::Integers => Kind::Integer,
            Kind::Enums(name) => Kind::Enum(name.clone()),
            Kind::Typeds(meaning) => Kind::Typed(*meaning),
            Kind::Objects(name) => Kind::Object { name: name.clone(), boxed: false },
            _ => Kind::Any,
        };
        if items.is_empty() {
            let ty = item.bare();
            return quote!(Vec::<#ty>::new());
        }
        let items = items.iter().map(|given| self.value(&item, Wire::Plain, given));
        quote!([#(#items),*])
    }

    /// The code of a value; nothing, where an empty text stands for nothing.
    pub(crate) fn code(self, name: &str, given: &Value) -> Value {
        let values = self.operation.enums.get(name).map(|enumeration| enumeration.values.as_slice()).unwrap_or_default();
        match values.iter().find(|value| value.value == *given || text(&value.value) == text(given)) {
            Some(documented) if !given.is_null() => documented.value.clone(),
            _ if given == "" => Value::Null,
            _ => given.clone(),
        }
    }

    /// A documented value by name, any other by its code.
    pub(crate) fn enum_value(self, name: &str, given: &Value) -> TokenStream {
        let ident = names::ident(name);
        let values = self.operation.enums.get(name).map(|enumeration| enumeration.values.as_slice()).unwrap_or_default();
        if let Some(value) = values.iter().find(|value| value.value == *given || text(&value.value) == text(given)) {
            let variant = enums::variant(value);
            return quote!(#ident::#variant);
        }
        match enums::code(given) {
            Some(Code::Int(code)) => {
                let code = Literal::i64_unsuffixed(code);
                quote!(#ident::Undocumented(scrm_core::table::Undocumented::Int(#code)))
            }
            Some(Code::Text(code)) => quote!(#ident::Undocumented(scrm_core::table::Undocumented::Text(#code.into()))),
            None => quote!(#ident::Undocumented(scrm_core::table::Undocumented::Text("".into()))),
        }
    }
}

/// A time as its setter takes it, or an amount.
fn typed(meaning: Meaning, given: &Value) -> TokenStream {
    if meaning.is_text() {
        let text = text(given);
        return quote!(#text);
    }
    match integer(given) {
        Some(number) => {
            let number = Literal::i64_suffixed(number);
            quote!(#number)
        }
        None => {
            let (ty, text) = (Kind::Typed(meaning).bare(), text(given));
            quote!(#ty::parse(#text).unwrap_or_default())
        }
    }
}

/// Something of the field's type.
fn sample(member: &Member<'_>) -> Value {
    if let Some(default) = &member.field.default {
        return default.clone();
    }
    match &member.kind {
        Kind::Typed(meaning) if meaning.is_text() => Value::from("2026-01-01"),
        Kind::Integer | Kind::Number | Kind::Typed(_) => Value::from(member.field.minimum.unwrap_or(1)),
        Kind::Boolean => Value::Bool(true),
        Kind::Texts => Value::from(vec!["1"]),
        Kind::Integers => Value::from(vec![1]),
        Kind::Nullable(inner) if **inner == Kind::Texts => Value::from(vec!["1"]),
        _ => Value::from("1"),
    }
}

/// The items of a list, however it is written.
pub(crate) fn items(wire: Wire, given: &Value) -> Vec<Value> {
    let separator = match wire {
        Wire::Comma => ",",
        Wire::Bars => "||",
        _ => return given.as_array().cloned().unwrap_or_default(),
    };
    match given {
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => text.split(separator).map(Value::from).collect(),
        other => other.as_array().cloned().unwrap_or_default(),
    }
}

pub(crate) fn text(given: &Value) -> String {
    crate::docs::plain(given)
}

pub(crate) fn integer(given: &Value) -> Option<i64> {
    let exact = given.as_i64().or_else(|| given.as_str()?.trim().parse().ok());
    // A whole number written `3.0`.
    exact.or_else(|| number(given).filter(|number| number.fract() == 0.0).and_then(|number| format!("{number}").parse().ok()))
}

pub(crate) fn number(given: &Value) -> Option<f64> {
    given.as_f64().or_else(|| given.as_str()?.trim().parse().ok())
}

pub(crate) fn truth(given: &Value) -> Option<bool> {
    match given {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => Some(number.as_i64()? != 0),
        Value::String(text) => match text.as_str() {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// `1.5`, `-1.0`.
pub(crate) fn float(number: f64) -> TokenStream {
    let literal = Literal::f64_unsuffixed(number.abs());
    if number.is_sign_negative() { quote!(-#literal) } else { quote!(#literal) }
}

/// `serde_json::json!(…)`
pub(crate) fn json(value: &Value) -> TokenStream {
    let text = value.to_string();
    match text.parse::<TokenStream>() {
        Ok(tokens) => quote!(serde_json::json!(#tokens)),
        Err(_) => quote!(serde_json::from_str::<serde_json::Value>(#text)?),
    }
}
