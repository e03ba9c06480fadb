//! One vendor's files to the model.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{FileProblems, Problems};
use crate::files::VendorFolder;
use crate::meta::{self, Kind};
use crate::model::{
    Access, BodyKind, Customer, Erratum, ErrorRule, Example, Label, Method, Operation, Paging, Quota, Rule, Source, Vendor, VendorFile,
};
use crate::shape::{self, Shapes};

/// An operation file before its field schemas are read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationFile {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    operation: String,
    title: Label,
    #[serde(default)]
    description: Option<Label>,
    source: Source,
    http: Http,
    #[serde(default)]
    token: TokenChoice,
    access: Access,
    #[serde(default)]
    permission: Option<String>,
    #[serde(default)]
    quota: Option<Quota>,
    #[serde(default)]
    paging: Option<Paging>,
    #[serde(default)]
    customer: Option<Customer>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    errors: Vec<ErrorRule>,
    #[serde(default)]
    errata: Vec<Erratum>,
    request: Value,
    response: Value,
    #[serde(default)]
    definitions: Map<String, Value>,
    #[serde(default)]
    examples: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Http {
    method: Method,
    path: String,
    body: BodyKind,
}

/// Which kind of token an operation needs.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum TokenChoice {
    /// The vendor's first.
    #[default]
    Usual,
    Named(String),
    /// `false`; the meta-schema allows nothing else.
    None(#[expect(dead_code, reason = "only its type tells")] bool),
}

/// Builds what can be built. `None` when the vendor file is missing or broken: the operations cannot be read without it.
pub(crate) fn build(name: &str, folder: VendorFolder, problems: &mut Problems) -> Option<Vendor> {
    let path = format!("{name}/vendor.json");
    let valid: Vec<(String, Value)> =
        folder.operations.into_iter().filter(|(file, value)| meta::validate(Kind::Operation, file, value, problems)).collect();
    let Some(value) = folder.vendor else {
        problems.add(&path, "", "is missing or no JSON", "describe the vendor there: base URL, envelope, credentials, tokens, errors");
        return None;
    };
    if !meta::validate(Kind::Vendor, &path, &value, problems) {
        return None;
    }
    let file: VendorFile = read(&path, value, problems)?;
    if file.vendor != name {
        problems.add(&path, "/vendor", format!("the vendor is called `{}`, its folder `{name}`", file.vendor), "give both the same name");
    }
    let mut operations: Vec<Operation> = valid.into_iter().filter_map(|(path, value)| operation(&file, path, value, problems)).collect();
    operations.sort_by(|one, other| one.name.cmp(&other.name));
    Some(Vendor { file, operations })
}

fn read<T: serde::de::DeserializeOwned>(file: &str, value: Value, problems: &mut Problems) -> Option<T> {
    match T::deserialize(value) {
        Ok(read) => Some(read),
        Err(error) => {
            problems.add(file, "", error.to_string(), "write it as schemas/README.md shows");
            None
        }
    }
}

fn operation(vendor: &VendorFile, path: String, value: Value, problems: &mut Problems) -> Option<Operation> {
    let file: OperationFile = read(&path, value, problems)?;
    let source = shape::Source {
        operation: &file.operation,
        title: &file.title,
        data: &vendor.envelope.data,
        request: &file.request,
        response: &file.response,
        definitions: &file.definitions,
    };
    let Shapes { request, data, objects, enums } = shape::shapes(&source, &mut FileProblems { file: &path, all: problems });
    let token = match file.token {
        TokenChoice::Usual => vendor.tokens.first().map(|token| token.name.clone()),
        TokenChoice::Named(name) => Some(name),
        TokenChoice::None(_) => None,
    };
    Some(Operation {
        file: path,
        name: file.operation,
        title: file.title,
        description: file.description,
        source: file.source,
        method: file.http.method,
        path: file.http.path,
        body: file.http.body,
        token,
        access: file.access,
        permission: file.permission,
        quota: file.quota,
        paging: file.paging,
        customer: file.customer,
        errors: file.errors,
        rules: file.rules,
        errata: file.errata,
        request,
        data,
        objects,
        enums,
        examples: file.examples,
        raw: object([("request", file.request), ("response", file.response), ("definitions", Value::Object(file.definitions))]),
    })
}

fn object<const ENTRIES: usize>(entries: [(&str, Value); ENTRIES]) -> Value {
    Value::Object(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
