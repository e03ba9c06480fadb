//! Rust identifiers. How a wire name is spelt in Rust is decided in `scrm_schema::names`, which the schema checks use too.

use proc_macro2::{Ident, Span};
pub(crate) use scrm_schema::names::{field as snake, pascal};

/// Keywords that no raw identifier can stand for.
const NEVER_RAW: [&str; 5] = ["self", "Self", "super", "crate", "_"];
/// Keywords that one can stand for, in use or reserved.
#[rustfmt::skip]
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try",
    "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// `user_list` → `USER_LIST`.
pub(crate) fn shout(wire: &str) -> String {
    snake(wire).to_uppercase()
}

/// An identifier; keywords become `r#type`, or `self_` where that is not allowed.
pub(crate) fn ident(name: &str) -> Ident {
    if NEVER_RAW.contains(&name) || name.is_empty() {
        return Ident::new(&format!("{name}_"), Span::call_site());
    }
    if KEYWORDS.contains(&name) { Ident::new_raw(name, Span::call_site()) } else { Ident::new(name, Span::call_site()) }
}

/// The Rust name of a field.
pub(crate) fn field(wire: &str) -> Ident {
    ident(&snake(wire))
}

/// The identifier of a field's setter, or of the one that sends `null`.
pub(crate) fn setter(wire: &str, after: &str) -> Ident {
    joined("with_", wire, after)
}

/// The identifier of `with_…` and the like; the prefix has made it no keyword.
pub(crate) fn joined(before: &str, wire: &str, after: &str) -> Ident {
    Ident::new(&format!("{before}{}{after}", snake(wire)), Span::call_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_those_of_syn() {
        // syn's list is older than edition 2024
        for keyword in KEYWORDS.iter().chain(&NEVER_RAW).filter(|keyword| **keyword != "gen") {
            assert!(syn::parse_str::<Ident>(keyword).is_err(), "{keyword}");
        }
        for name in ["auto", "catch", "default", "macro_rules", "raw", "safe", "union", "user"] {
            assert!(syn::parse_str::<Ident>(name).is_ok(), "{name}");
            assert_eq!(ident(name).to_string(), name);
        }
    }

    #[test]
    fn keywords() {
        for (wire, name) in
            [("type", "r#type"), ("self", "self_"), ("Self", "self_"), ("crate", "crate_"), ("from", "from"), ("async", "r#async")]
        {
            assert_eq!(field(wire).to_string(), name);
        }
        assert_eq!(joined("with_", "type", "").to_string(), "with_type");
        assert_eq!(shout("user_list"), "USER_LIST");
    }
}
