//! What a field is in Rust: the type in the struct, and the slot it is read and written through.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Field, Object, TimeFormat, Type, Wire};
use syn::{AngleBracketedGenericArguments, GenericArgument, Path, PathArguments, PathSegment, Token, TypePath};

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
    Object {
        name: String,
        boxed: bool,
    },
    Texts,
    Integers,
    Enums(String),
    Objects(String),
    Map(Box<Kind>),
    Nullable(Box<Kind>),
    /// An amount or a time.
    Typed(Meaning),
    Typeds(Meaning),
}

/// What a value means beyond its JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Yuan,
    Fen,
    DateTime,
    Date,
    OffsetDateTime,
    Month,
    UnixSeconds,
    UnixMillis,
}

impl Meaning {
    /// What the schema says of a value of this type.
    fn of(field: &Field, ty: &Type) -> Option<Self> {
        let amount = match field.unit.as_deref() {
            Some("yuan") => Some(Meaning::Yuan),
            Some("fen") => Some(Meaning::Fen),
            _ => None,
        };
        match (ty, field.time) {
            (Type::Text, Some(TimeFormat::DateTime)) => Some(Meaning::DateTime),
            (Type::Text, Some(TimeFormat::Date)) => Some(Meaning::Date),
            (Type::Text, Some(TimeFormat::OffsetDateTime)) => Some(Meaning::OffsetDateTime),
            (Type::Text, Some(TimeFormat::Month)) => Some(Meaning::Month),
            (Type::Text | Type::Integer, Some(TimeFormat::Seconds)) => Some(Meaning::UnixSeconds),
            (Type::Text | Type::Integer, Some(TimeFormat::Milliseconds)) => Some(Meaning::UnixMillis),
            (Type::Text | Type::Integer | Type::Number, None) => amount,
            _ => None,
        }
    }

    /// The type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Meaning::Yuan => "Yuan",
            Meaning::Fen => "Fen",
            Meaning::DateTime => "DateTime",
            Meaning::Date => "Date",
            Meaning::OffsetDateTime => "OffsetDateTime",
            Meaning::Month => "Month",
            Meaning::UnixSeconds => "UnixSeconds",
            Meaning::UnixMillis => "UnixMillis",
        }
    }

    /// Whether its values are written as texts.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Meaning::DateTime | Meaning::Date | Meaning::OffsetDateTime | Meaning::Month)
    }

    pub(crate) fn is_amount(self) -> bool {
        matches!(self, Meaning::Yuan | Meaning::Fen)
    }
}

/// How a field is written: a number that is documented as a text travels in quotes.
pub(crate) fn wire(field: &Field) -> Wire {
    let in_text = matches!(&field.ty, Type::Text) && Meaning::of(field, &field.ty).is_some_and(|meaning| !meaning.is_text());
    if in_text && field.wire == Wire::Plain { Wire::Text } else { field.wire }
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
        let kind = match &field.ty {
            Type::List(item) => match (Meaning::of(field, item), &**item) {
                // numbers that come in a list of texts stay texts
                (Some(meaning), Type::Text) if !meaning.is_text() => Kind::Texts,
                (Some(meaning), Type::Text | Type::Integer) => Kind::Typeds(meaning),
                _ => Kind::of(&field.ty),
            },
            single => Meaning::of(field, single).map_or_else(|| Kind::of(single), Kind::Typed),
        };
        if owner.used.request && field.nullable { Kind::Nullable(Box::new(kind)) } else { kind }
    }

    /// The type of the struct's field.
    pub(crate) fn rust(&self) -> syn::Type {
        match self {
            Kind::Texts => holding(&["Vec"], Kind::Text.bare()),
            Kind::Integers => holding(&["Vec"], Kind::Integer.bare()),
            Kind::Enums(name) | Kind::Objects(name) => holding(&["Vec"], named(&[name])),
            Kind::Typeds(meaning) => holding(&["Vec"], Kind::Typed(*meaning).bare()),
            Kind::Map(value) => holding(&["scrm_core", "Keyed"], value.cell()),
            Kind::Nullable(inner) => holding(&["scrm_core", "Nullable"], inner.bare()),
            Kind::Object { name, boxed: true } => holding(&["Option"], holding(&["Box"], named(&[name]))),
            single => holding(&["Option"], single.bare()),
        }
    }

    /// The type without `Option`.
    pub(crate) fn bare(&self) -> syn::Type {
        match self {
            Kind::Text => named(&["String"]),
            Kind::Integer => named(&["i64"]),
            Kind::Number => named(&["f64"]),
            Kind::Boolean => named(&["bool"]),
            Kind::Any => named(&["scrm_core", "Value"]),
            Kind::Enum(name) | Kind::Object { name, .. } => named(&[name]),
            Kind::Typed(meaning) => named(&["scrm_core", meaning.name()]),
            other => other.rust(),
        }
    }

    /// The type of a map's value.
    pub(crate) fn cell(&self) -> syn::Type {
        match self {
            Kind::Object { .. } => self.bare(),
            other => other.rust(),
        }
    }

    /// The object that it is or holds.
    pub(crate) fn nested(&self) -> Option<&str> {
        match self {
            Kind::Object { name, .. } | Kind::Objects(name) => Some(name),
            Kind::Map(value) => value.nested(),
            _ => None,
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
            Kind::Typed(_) => quote!(Typed),
            Kind::Typeds(_) => quote!(Typeds),
        }
    }
}

/// The type at a path. Put together, for there is one to each field, and parsing it is a hundred times the work.
fn named(path: &[&str]) -> syn::Type {
    let segments = path.iter().map(|name| PathSegment::from(ident(name))).collect();
    syn::Type::Path(TypePath { attrs: Vec::new(), qself: None, path: Path { leading_colon: None, segments } })
}

/// The same with a type in angle brackets behind it.
fn holding(path: &[&str], inner: syn::Type) -> syn::Type {
    let mut outer = named(path);
    if let syn::Type::Path(outer) = &mut outer
        && let Some(last) = outer.path.segments.last_mut()
    {
        last.arguments = PathArguments::AngleBracketed(AngleBracketedGenericArguments {
            colon2_token: None,
            lt_token: <Token![<]>::default(),
            args: std::iter::once(GenericArgument::Type(inner)).collect(),
            gt_token: <Token![>]>::default(),
        });
    }
    outer
}
