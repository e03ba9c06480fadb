//! What a field is in Rust: the type in the struct, and the slot it is read and written through.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Field, Object, Type};

use crate::names::ident;

/// The type of a field, as the slot tables know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    Any,
    Enum(String),
    Object { name: String, boxed: bool },
    Texts,
    Integers,
    Enums(String),
    Objects(String),
    Map(Box<Kind>),
    Nullable(Box<Kind>),
}

impl Kind {
    /// The kind of a documented type. Lists that no slot holds (of numbers, of lists) are any JSON.
    pub(crate) fn of(ty: &Type) -> Kind {
        match ty {
            Type::Text => Kind::Text,
            Type::Integer => Kind::Integer,
            Type::Number => Kind::Number,
            Type::Boolean => Kind::Boolean,
            Type::Any => Kind::Any,
            Type::Enum(name) => Kind::Enum(name.clone()),
            Type::Object(name) => Kind::Object { name: name.clone(), boxed: false },
            Type::Map(value) => match Kind::of(value) {
                value @ (Kind::Text | Kind::Integer | Kind::Any | Kind::Object { .. }) => Kind::Map(Box::new(value)),
                _ => Kind::Any,
            },
            Type::List(item) => match &**item {
                Type::Text => Kind::Texts,
                Type::Integer => Kind::Integers,
                Type::Enum(name) => Kind::Enums(name.clone()),
                Type::Object(name) => Kind::Objects(name.clone()),
                _ => Kind::Any,
            },
        }
    }

    /// The kind of a field; three-state where an object that is sent documents `null`.
    pub(crate) fn of_field(field: &Field, owner: &Object) -> Kind {
        let kind = Kind::of(&field.ty);
        if owner.used.request && field.nullable { Kind::Nullable(Box::new(kind)) } else { kind }
    }

    /// The type of the struct's field.
    pub(crate) fn rust(&self) -> TokenStream {
        match self {
            Kind::Text => quote!(Option<String>),
            Kind::Integer => quote!(Option<i64>),
            Kind::Number => quote!(Option<f64>),
            Kind::Boolean => quote!(Option<bool>),
            Kind::Any => quote!(Option<scrm_core::Value>),
            Kind::Enum(name) => optional(name, false),
            Kind::Object { name, boxed } => optional(name, *boxed),
            Kind::Texts => quote!(Vec<String>),
            Kind::Integers => quote!(Vec<i64>),
            Kind::Enums(name) | Kind::Objects(name) => {
                let name = ident(name);
                quote!(Vec<#name>)
            }
            Kind::Map(value) => {
                let value = value.cell();
                quote!(table::Keyed<#value>)
            }
            Kind::Nullable(inner) => {
                let inner = inner.bare();
                quote!(table::Nullable<#inner>)
            }
        }
    }

    /// The type without `Option`.
    pub(crate) fn bare(&self) -> TokenStream {
        match self {
            Kind::Text => quote!(String),
            Kind::Integer => quote!(i64),
            Kind::Number => quote!(f64),
            Kind::Boolean => quote!(bool),
            Kind::Any => quote!(scrm_core::Value),
            Kind::Enum(name) | Kind::Object { name, .. } => {
                let name = ident(name);
                quote!(#name)
            }
            other => other.rust(),
        }
    }

    /// The type of a map's value.
    pub(crate) fn cell(&self) -> TokenStream {
        match self {
            Kind::Object { .. } => self.bare(),
            other => other.rust(),
        }
    }

    /// The variant of `Slot` and `View`.
    pub(crate) fn slot(&self) -> TokenStream {
        match self {
            Kind::Text => quote!(Str),
            Kind::Integer => quote!(I64),
            Kind::Number => quote!(F64),
            Kind::Boolean => quote!(Bool),
            Kind::Any => quote!(Any),
            Kind::Enum(_) => quote!(Open),
            Kind::Object { .. } => quote!(Obj),
            Kind::Texts => quote!(Strs),
            Kind::Integers => quote!(Ints),
            Kind::Enums(_) => quote!(Opens),
            Kind::Objects(_) => quote!(List),
            Kind::Map(_) => quote!(Map),
            Kind::Nullable(_) => quote!(Nullable),
        }
    }

    /// Whether absent is `None` rather than empty.
    pub(crate) fn is_option(&self) -> bool {
        matches!(self, Kind::Text | Kind::Integer | Kind::Number | Kind::Boolean | Kind::Any | Kind::Enum(_) | Kind::Object { .. })
    }
}

fn optional(name: &str, boxed: bool) -> TokenStream {
    let name = ident(name);
    if boxed { quote!(Option<Box<#name>>) } else { quote!(Option<#name>) }
}
