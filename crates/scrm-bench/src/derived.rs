//! The baseline of the compile benchmarks: the same types as the generator's, written with serde derives, enums of integers included. Strict: no leniency, dynamic
//! columns and unknown fields are dropped, undocumented values of an enum are errors. It has no documentation, constructors, setters, labels or accessors of times,
//! and nothing is known of its operations: all that the generator writes beside the types is counted against the generator.

use std::fmt::Write;

use scrm_schema::{
    model::{Enum, Object, Operation, Type, Used, Vendor},
    names::{field, pascal},
};

/// The source of a library: one module per operation.
pub(crate) fn library(vendor: &Vendor) -> String {
    let mut out = String::from("#![allow(non_snake_case, clippy::all)]\nuse serde::{Deserialize, Serialize};\n");
    out.push_str("#[derive(Clone, Debug, Default, PartialEq, Deserialize)]\npub struct Envelope<T> { pub code: i64, pub msg: Option<String>, pub data: Option<T> }\n");
    for operation in &vendor.operations {
        let _ = writeln!(out, "pub mod {} {{ use super::*;", field(&operation.name));
        module(&mut out, operation);
        out.push_str("}\n");
    }
    out
}

fn module(out: &mut String, operation: &Operation) {
    object(out, &operation.request, Used { request: true, response: false });
    for one in operation.objects.values() {
        object(out, one, one.used);
    }
    for one in operation.enums.values() {
        enumeration(out, one);
    }
    let data = operation.data.as_ref().map_or_else(|| "String".to_owned(), |data| bare(&data.ty));
    let _ = writeln!(out, "pub type Data = {data};");
}

fn directions(used: Used) -> &'static str {
    match (used.request, used.response) {
        (true, true) => "Serialize, Deserialize",
        (true, false) => "Serialize",
        _ => "Deserialize",
    }
}

fn object(out: &mut String, object: &Object, used: Used) {
    let _ = writeln!(out, "#[derive(Clone, Debug, Default, PartialEq, {})]\npub struct {} {{", directions(used), object.name);
    for one in &object.fields {
        let ty = bare(&one.ty);
        let (ty, absent) = match one.ty {
            Type::List(_) | Type::Map(_) => (ty.clone(), format!("{}::is_empty", ty.split('<').next().unwrap_or_default())),
            _ => (format!("Option<{ty}>"), "Option::is_none".to_owned()),
        };
        let mut attributes = vec![format!("rename = {:?}", one.name)];
        if used.request {
            attributes.push(format!("skip_serializing_if = {absent:?}"));
        }
        if used.response {
            attributes.push("default".to_owned());
        }
        let _ = writeln!(out, "    #[serde({})]\n    pub r#{}: {ty},", attributes.join(", "), field(&one.name));
    }
    out.push_str("}\n");
}

fn enumeration(out: &mut String, one: &Enum) {
    let text = is_text(one);
    let by_code = if text { "" } else { "#[serde(into = \"i64\", try_from = \"i64\")]\n" };
    let _ =
        writeln!(out, "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, {})]\n{by_code}pub enum {} {{", directions(one.used), one.name);
    for value in &one.values {
        let rename = if text { format!("#[serde(rename = {})] ", value.value) } else { String::new() };
        let _ = writeln!(out, "    {rename}{},", pascal(&value.name));
    }
    out.push_str("}\n");
    if !text {
        conversions(out, one);
    }
}

/// Between an enum of integers and its codes: what serde's attributes ask for.
fn conversions(out: &mut String, one: &Enum) {
    let name = &one.name;
    let _ = writeln!(out, "impl From<{name}> for i64 {{ fn from(value: {name}) -> i64 {{ match value {{");
    for value in &one.values {
        let _ = writeln!(out, "    {name}::{} => {},", pascal(&value.name), value.value);
    }
    let _ = writeln!(
        out,
        "}} }} }}\nimpl TryFrom<i64> for {name} {{ type Error = String; fn try_from(code: i64) -> Result<{name}, String> {{ match code {{"
    );
    for value in &one.values {
        let _ = writeln!(out, "    {} => Ok({name}::{}),", value.value, pascal(&value.name));
    }
    let _ = writeln!(out, "    other => Err(format!(\"unknown code {{other}}\")),\n}} }} }}");
}

/// Whether its values are texts, which serde can derive; the others are read and written by their codes.
fn is_text(one: &Enum) -> bool {
    one.values.iter().all(|value| value.value.is_string())
}

fn bare(ty: &Type) -> String {
    match ty {
        Type::Text => "String".to_owned(),
        Type::Integer => "i64".to_owned(),
        Type::Number => "f64".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Any => "serde_json::Value".to_owned(),
        Type::Enum(name) | Type::Object(name) => name.clone(),
        Type::List(item) => format!("Vec<{}>", bare(item)),
        Type::Map(value) => format!("std::collections::BTreeMap<String, {}>", bare(value)),
    }
}
