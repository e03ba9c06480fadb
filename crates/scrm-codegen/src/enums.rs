//! Open enums: the documented values by name, anything else kept as it came.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use scrm_schema::model::{Enum, EnumValue};
use serde_json::Value;

use crate::{docs, format::doc, names};

/// A code as it stands on the wire.
pub(crate) enum Code<'a> {
    Int(i64),
    Text(&'a str),
}

/// The code of a documented value; `None`: neither an integer nor a text.
pub(crate) fn code(value: &Value) -> Option<Code<'_>> {
    value.as_i64().map(Code::Int).or_else(|| value.as_str().map(Code::Text))
}

/// The variant's name.
pub(crate) fn variant(value: &EnumValue) -> Ident {
    names::ident(&names::pascal(&value.name))
}

/// The enum and all that belongs to it.
pub(crate) fn enumeration(enumeration: &Enum) -> TokenStream {
    let name = names::ident(&enumeration.name);
    let docs = doc(&docs::enumeration(enumeration));
    let variants = enumeration.values.iter().map(|value| {
        let (docs, name) = (doc(&docs::enum_value(value)), variant(value));
        quote!(#docs #name,)
    });
    let (open, labels, conversions) = (open(enumeration), labels(enumeration), conversions(enumeration));
    quote! {
        #docs
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// Not documented; as it came.
            Undocumented(table::Undocumented),
        }
        #open
        scrm_core::open!(#name);
        #labels
        #conversions
    }
}

fn open(enumeration: &Enum) -> TokenStream {
    let name = names::ident(&enumeration.name);
    let codes = enumeration.values.iter().filter_map(|value| code(&value.value)).map(|code| match code {
        Code::Int(code) => {
            let code = Literal::i64_unsuffixed(code);
            quote!(table::Code::Int(#code))
        }
        Code::Text(code) => quote!(table::Code::Text(#code)),
    });
    let of = match enumeration.values.iter().map(variant).collect::<Vec<_>>().as_slice() {
        [] => quote!(let _ = position; Self::Undocumented(table::Undocumented::Int(0))),
        [only] => quote!(let _ = position; Self::#only),
        [most @ .., last] => {
            let numbers = (0..most.len()).map(Literal::usize_unsuffixed);
            quote!(match position { #(#numbers => Self::#most,)* _ => Self::#last, })
        }
    };
    let back = enumeration.values.iter().enumerate().map(|(position, value)| {
        let (position, variant) = (Literal::usize_unsuffixed(position), variant(value));
        quote!(Self::#variant => Ok(#position),)
    });
    quote! {
        impl table::Open for #name {
            const CODES: &'static [table::Code<'static>] = &[#(#codes),*];
            #[inline]
            fn of(position: usize) -> Self { #of }
            #[inline]
            fn other(kept: table::Undocumented) -> Self { Self::Undocumented(kept) }
            #[inline]
            fn position(&self) -> Result<usize, &table::Undocumented> {
                match self {
                    #(#back)*
                    Self::Undocumented(kept) => Err(kept),
                }
            }
        }
    }
}

fn labels(enumeration: &Enum) -> TokenStream {
    let name = names::ident(&enumeration.name);
    let arms = enumeration.values.iter().map(|value| {
        let (variant, zh, en) = (variant(value), &value.zh, &value.en);
        quote!(Self::#variant => Some(spec::Label { zh: #zh, en: #en }),)
    });
    quote! {
        impl #name {
            /// The documented meaning in both languages; `None` for `Undocumented`.
            #[inline]
            #[must_use]
            pub fn label(&self) -> Option<spec::Label> {
                match self {
                    #(#arms)*
                    Self::Undocumented(_) => None,
                }
            }
            /// The documented meaning in Chinese; `None` for `Undocumented`.
            #[inline]
            #[must_use]
            pub fn label_zh(&self) -> Option<&'static str> {
                spec::Label::zh_of(self.label())
            }
            /// The documented meaning in English; `None` for `Undocumented`.
            #[inline]
            #[must_use]
            pub fn label_en(&self) -> Option<&'static str> {
                spec::Label::en_of(self.label())
            }
        }
    }
}

/// From a code to the value, for the types of code that are documented.
fn conversions(enumeration: &Enum) -> TokenStream {
    let name = names::ident(&enumeration.name);
    let has = |wanted: fn(&Code<'_>) -> bool| enumeration.values.iter().filter_map(|value| code(&value.value)).any(|code| wanted(&code));
    let from_int = has(|code| matches!(code, Code::Int(_))).then(|| {
        quote! {
            /// By the code on the wire.
            impl From<i64> for #name {
                #[inline]
                fn from(code: i64) -> Self { table::documented(table::Code::Int(code)) }
            }
        }
    });
    let from_text = has(|code| matches!(code, Code::Text(_))).then(|| {
        quote! {
            /// By the code on the wire.
            impl From<&str> for #name {
                #[inline]
                fn from(code: &str) -> Self { table::documented(table::Code::Text(code)) }
            }
        }
    });
    quote!(#from_int #from_text)
}
