//! The structs: typify makes them from a plain structural schema, and each field is held against what the model says.
//!
//! typify is given structure only. Enums, ranges, `null` and patterns come out of it too strict for answers, so they are written by the core's macros from the
//! model; what typify finds out besides, where a recursive type needs a box, is taken from it.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use scrm_schema::model::{Field, Object, Operation};
use serde_json::{Map, Value, json};
use syn::{
    Attribute, GenericArgument, ItemStruct, PathArguments, Token, Type,
    parse::{ParseStream, Parser},
    token::Brace,
};

use crate::{
    error::Error,
    kind::{Kind, Meaning},
    names,
};

/// A struct to generate.
pub(crate) struct Record<'a> {
    pub(crate) object: &'a Object,
    pub(crate) members: Vec<Member<'a>>,
    /// Whether this is the operation's request rather than an object in it.
    pub(crate) is_request: bool,
}

/// A field of a struct.
#[derive(Clone)]
pub(crate) struct Member<'a> {
    pub(crate) field: &'a Field,
    pub(crate) name: Ident,
    pub(crate) kind: Kind,
}

impl Record<'_> {
    /// Whether keys that the page does not name have a place here: always in what is answered, on request in what is sent.
    pub(crate) fn has_extra(&self) -> bool {
        has_extra(self.object, self.is_request)
    }

    pub(crate) fn member(&self, wire: &str) -> Option<&Member<'_>> {
        self.members.iter().find(|member| member.field.name == wire)
    }
}

fn has_extra(object: &Object, is_request: bool) -> bool {
    !is_request || object.open
}

/// The structs of an operation, the request first.
pub(crate) fn records(operation: &Operation) -> Result<Vec<Record<'_>>, Error> {
    let objects: Vec<&Object> = std::iter::once(&operation.request).chain(operation.objects.values()).collect();
    let made = typified(operation, &objects)?;
    objects.iter().map(|object| record(operation, object, &made)).collect()
}

/// typify's structs by lower-case name: it respells names such as `VIPUser`.
fn typified(operation: &Operation, objects: &[&Object]) -> Result<IndexMap<String, ItemStruct>, Error> {
    let failed = |problem: String| Error::new(&operation.file, "", format!("typify cannot make the types: {problem}"));
    let mut definitions = Vec::new();
    for object in objects {
        let schema = serde_json::from_value(structure(object)).map_err(|error| failed(error.to_string()))?;
        definitions.push((object.name.clone(), schema));
    }
    let mut space = typify::TypeSpace::default();
    space.add_ref_types(definitions).map_err(|error| failed(error.to_string()))?;
    let structs = Parser::parse2(structs, space.to_stream()).map_err(|error| failed(error.to_string()))?;
    Ok(structs.into_iter().map(|item| (folded(&item.ident.to_string()), item)).collect())
}

/// The structs of a file. Other items, such as typify's error type, are no concern of ours and are read over without looking into them.
fn structs(input: ParseStream<'_>) -> syn::Result<Vec<ItemStruct>> {
    let mut structs = Vec::new();
    while !input.is_empty() {
        let attributes = input.call(Attribute::parse_outer)?;
        if input.peek(Token![pub]) && input.peek2(Token![struct]) {
            let mut item: ItemStruct = input.parse()?;
            item.attrs = attributes;
            structs.push(item);
        } else {
            read_over(input)?;
        }
    }
    Ok(structs)
}

/// Moves behind an item: it ends with braces or a semicolon.
fn read_over(input: ParseStream<'_>) -> syn::Result<()> {
    loop {
        let braces = input.peek(Brace);
        match input.parse()? {
            TokenTree::Group(_) if braces => return Ok(()),
            TokenTree::Punct(punct) if punct.as_char() == ';' => return Ok(()),
            _ => {}
        }
    }
}

fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// An object as draft-07 structure without any constraint. Every field is required: that it may be missing all the same is said by our own types,
/// and typify need not say it too, in types and serde's attributes that would only be thrown away.
fn structure(object: &Object) -> Value {
    let properties: Map<String, Value> =
        object.fields.iter().map(|field| (field.name.clone(), shape(&Kind::of_field(field, object)))).collect();
    let required: Vec<&String> = object.fields.iter().map(|field| &field.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn shape(kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Enum(_) => json!({ "type": "string" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Any => json!({}),
        Kind::Object { name, .. } => json!({ "$ref": format!("#/definitions/{name}") }),
        Kind::Texts | Kind::Enums(_) => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Integers => json!({ "type": "array", "items": { "type": "integer" } }),
        Kind::Objects(name) => json!({ "type": "array", "items": { "$ref": format!("#/definitions/{name}") } }),
        Kind::Map(value) => json!({ "type": "object", "additionalProperties": shape(value) }),
        Kind::Nullable(inner) => shape(inner),
        Kind::Typed(meaning) => shape(&written(*meaning)),
        Kind::Typeds(meaning) => json!({ "type": "array", "items": shape(&written(*meaning)) }),
    }
}

/// What typify takes an amount or a time for.
fn written(meaning: Meaning) -> Kind {
    match meaning {
        meaning if meaning.is_text() => Kind::Text,
        meaning if meaning.is_amount() => Kind::Number,
        _ => Kind::Integer,
    }
}

fn record<'a>(operation: &Operation, object: &'a Object, made: &IndexMap<String, ItemStruct>) -> Result<Record<'a>, Error> {
    let failed = |pointer: &str, problem: String| Error::new(&operation.file, pointer, problem);
    let item = made
        .get(&folded(&object.name))
        .ok_or_else(|| failed(&object.pointer, format!("typify made no struct `{}`; choose another `x-type`", object.name)))?;
    let fields = by_wire_name(item);
    let mut members = Vec::new();
    for field in &object.fields {
        let made = fields.get(&field.name).ok_or_else(|| failed(&field.pointer, format!("typify dropped the field `{}`", field.name)))?;
        let kind = checked(Kind::of_field(field, object), &made.ty)
            .map_err(|found| failed(&field.pointer, format!("typify made `{found}` of it, which no slot holds")))?;
        if let Kind::Nullable(inner) = &kind
            && !matches!(
                **inner,
                Kind::Text | Kind::Integer | Kind::Number | Kind::Boolean | Kind::Texts | Kind::Integers | Kind::Typed(_) | Kind::Typeds(_)
            )
        {
            return Err(failed(
                &field.pointer,
                "only scalars and lists of texts, integers or times can be sent as `null`; drop \"null\" from `type`".into(),
            ));
        }
        members.push(Member { field, name: names::field(field.rust_name()), kind });
    }
    let mut methods = HashSet::new();
    for member in members.iter().filter(|_| object.used.request) {
        let null = matches!(member.kind, Kind::Nullable(_)).then(|| names::setter(member.field.rust_name(), "_null"));
        for method in std::iter::once(names::setter(member.field.rust_name(), "")).chain(null) {
            if !methods.insert(method.to_string()) {
                return Err(failed(
                    &member.field.pointer,
                    format!("another field has the setter `{method}`, too; give one of them an `x-name`"),
                ));
            }
        }
    }
    let is_request = std::ptr::eq(object, &raw const operation.request);
    Ok(Record { object, members, is_request })
}

/// The fields that typify made, by wire name: their `serde(rename)`, or their own name.
fn by_wire_name(item: &ItemStruct) -> HashMap<String, &syn::Field> {
    item.fields.iter().map(|field| (wire_name(field), field)).collect()
}

fn wire_name(field: &syn::Field) -> String {
    let renamed = field.attrs.iter().find_map(|attribute| renamed(&attribute.meta.require_list().ok()?.tokens));
    renamed.unwrap_or_else(|| field.ident.as_ref().map(Ident::to_string).unwrap_or_default().trim_start_matches("r#").to_owned())
}

/// The name in `rename = "name"`, among the other keys of serde's attribute.
fn renamed(keys: &TokenStream) -> Option<String> {
    let mut keys = keys.clone().into_iter();
    keys.find(|key| matches!(key, TokenTree::Ident(key) if key == "rename"))?;
    let name = keys.nth(1)?;
    syn::parse2::<syn::LitStr>(name.into()).ok().map(|name| name.value())
}

/// Holds what typify made against what the model says; learns from it where recursion needs a box.
fn checked(kind: Kind, made: &Type) -> Result<Kind, String> {
    let found = spelled(made);
    let bare = match &kind {
        Kind::Nullable(inner) => (**inner).clone(),
        other => other.clone(),
    };
    if let Kind::Object { name, .. } = &bare
        && folded(&found) == folded(&format!("Box{name}"))
    {
        return Ok(Kind::Object { name: name.clone(), boxed: true });
    }
    if folded(&found) == folded(&expected(&bare)) { Ok(kind) } else { Err(found) }
}

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Text | Kind::Enum(_) => "String".into(),
        Kind::Integer => "i64".into(),
        Kind::Number => "f64".into(),
        Kind::Boolean => "bool".into(),
        Kind::Any => "Value".into(),
        Kind::Object { name, .. } => name.clone(),
        Kind::Texts | Kind::Enums(_) => "Vec<String>".into(),
        Kind::Integers => "Vec<i64>".into(),
        Kind::Objects(name) => format!("Vec<{name}>"),
        Kind::Map(value) => match &**value {
            Kind::Text => "HashMap<String, String>".into(),
            Kind::Integer => "HashMap<String, i64>".into(),
            Kind::Object { name, .. } => format!("HashMap<String, {name}>"),
            _ => "Map<String, Value>".into(),
        },
        Kind::Nullable(inner) => expected(inner),
        Kind::Typed(meaning) => expected(&written(*meaning)),
        Kind::Typeds(meaning) => format!("Vec<{}>", expected(&written(*meaning))),
    }
}

/// A type by the last segments of its paths: `::std::vec::Vec<::std::string::String>` → `Vec<String>`.
fn spelled(ty: &Type) -> String {
    let Type::Path(path) = ty else { return quote!(#ty).to_string() };
    let Some(last) = path.path.segments.last() else { return String::new() };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return last.ident.to_string() };
    let arguments: Vec<String> = arguments
        .args
        .iter()
        .map(|argument| match argument {
            GenericArgument::Type(ty) => spelled(ty),
            other => quote!(#other).to_string(),
        })
        .collect();
    format!("{}<{}>", last.ident, arguments.join(", "))
}
