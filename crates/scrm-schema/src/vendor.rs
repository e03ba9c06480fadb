//! One vendor's files to the model.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{FileProblems, Problems};
use crate::files::VendorFolder;
use crate::meta::{self, Kind};
use crate::model::{
    Access, BodyKind, Customer, Erratum, ErrorRule, Example, Known, Label, Method, Operation, Paging, Quota, Rule, Source, Used, Vendor,
    VendorFile,
};
use crate::push;
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
    #[serde(default)]
    signature: Option<String>,
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

/// A `known.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownFile {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    known: Vec<Known>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Http {
    method: Method,
    path: String,
    body: BodyKind,
    #[serde(default)]
    base_url: Option<String>,
}

/// Which kind of token an operation needs.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum TokenChoice {
    /// The vendor's first; none, where the operation is signed.
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
    let definitions: BTreeMap<String, Option<Map<String, Value>>> =
        folder.definitions.into_iter().map(|(area, value)| (area.clone(), definitions(name, &area, value, problems))).collect();
    let Some(value) = folder.vendor else {
        problems.add(&path, "", "is missing or no JSON", "describe the vendor there: base URL, envelope, credentials, tokens, errors");
        return None;
    };
    if !meta::validate(Kind::Vendor, &path, &value, problems) {
        return None;
    }
    let mut file: VendorFile = read(&path, value, problems)?;
    if file.vendor != name {
        problems.add(&path, "/vendor", format!("the vendor is called `{}`, its folder `{name}`", file.vendor), "give both the same name");
        // What else is wrong is told of the files that are there.
        name.clone_into(&mut file.vendor);
    }
    let none = Map::new();
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut operations = Vec::new();
    for (path, value) in valid {
        let area = path.split('/').rev().nth(1).filter(|_| path.matches('/').count() > 1).map(str::to_owned);
        // An area whose definitions are broken cannot be read.
        let Some(shared) = area.as_ref().and_then(|area| definitions.get(area)).map_or(Some(&none), Option::as_ref) else { continue };
        let used = used.entry(area.clone().unwrap_or_default()).or_default();
        operations.extend(operation(&file, path, area, value, shared, used, problems));
    }
    for (area, shared) in &definitions {
        let used = used.remove(area).unwrap_or_default();
        shared.iter().for_each(|shared| unused(&format!("{name}/{area}"), shared, &used, problems));
    }
    let place =
        |operation: &Operation| file.areas.iter().position(|area| Some(&area.name) == operation.area.as_ref()).unwrap_or(usize::MAX);
    operations.sort_by(|one, other| (place(one), &one.name).cmp(&(place(other), &other.name)));
    for area in &file.areas {
        share_use(operations.iter_mut().filter(|operation| operation.area.as_ref() == Some(&area.name)).collect());
    }
    let known = folder.known.map(|value| known(name, value, problems)).unwrap_or_default();
    let channels = folder.channels.into_iter().filter_map(|(channel, folder)| push::channel(name, channel, folder, problems)).collect();
    Some(Vendor { file, operations, known, channels })
}

/// What is known of the vendor and not typed; nothing, where the file is broken.
fn known(vendor: &str, value: Value, problems: &mut Problems) -> Vec<Known> {
    let path = format!("{vendor}/known.json");
    if !meta::validate(Kind::Known, &path, &value, problems) {
        return Vec::new();
    }
    read::<KnownFile>(&path, value, problems).map(|file| file.known).unwrap_or_default()
}

/// The definitions of an area, or of a folder of pushes, by name; `None`: broken.
pub(crate) fn definitions(vendor: &str, area: &str, value: Value, problems: &mut Problems) -> Option<Map<String, Value>> {
    let path = format!("{vendor}/{area}/definitions.json");
    if !meta::validate(Kind::Definitions, &path, &value, problems) {
        return None;
    }
    let Value::Object(mut map) = value else { return None };
    map.shift_remove("$schema");
    Some(map)
}

/// Tells which definitions of a folder nobody uses.
pub(crate) fn unused(folder: &str, shared: &Map<String, Value>, used: &BTreeSet<String>, problems: &mut Problems) {
    for definition in shared.keys().filter(|name| !used.contains(*name)) {
        problems.add(
            &format!("{folder}/definitions.json"),
            format!("/{definition}"),
            "is used nowhere in its area",
            "remove it, or refer to it with `\"$ref\": \"definitions.json#/…\"`",
        );
    }
}

/// What the operations of an area share is used in the directions in which any of them uses it.
pub(crate) fn share_use(mut of_area: Vec<&mut Operation>) {
    let mut used: BTreeMap<String, Used> = BTreeMap::new();
    for operation in &of_area {
        let objects = operation.objects.values().filter(|object| object.is_shared()).map(|object| (&object.name, object.used));
        let enums = operation.enums.values().filter(|one| one.is_shared()).map(|one| (&one.name, one.used));
        for (name, here) in objects.chain(enums) {
            let so_far = used.entry(name.clone()).or_default();
            *so_far = Used { request: so_far.request || here.request, response: so_far.response || here.response };
        }
    }
    for operation in &mut of_area {
        let objects = operation.objects.values_mut().filter(|object| object.is_shared()).map(|object| (&object.name, &mut object.used));
        let enums = operation.enums.values_mut().filter(|one| one.is_shared()).map(|one| (&one.name, &mut one.used));
        for (name, here) in objects.chain(enums) {
            *here = used.get(name).copied().unwrap_or_default();
        }
    }
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(file: &str, value: Value, problems: &mut Problems) -> Option<T> {
    match T::deserialize(value) {
        Ok(read) => Some(read),
        Err(error) => {
            problems.add(file, "", error.to_string(), "write it as schemas/README.md shows");
            None
        }
    }
}

/// An operation that stands in no area yet, so that it shares nothing.
pub(crate) fn alone(vendor: &VendorFile, file: &str, value: Value, problems: &mut Problems) -> Option<Operation> {
    operation(vendor, file.to_owned(), None, value, &Map::new(), &mut BTreeSet::new(), problems)
}

fn operation(
    vendor: &VendorFile,
    path: String,
    area: Option<String>,
    value: Value,
    shared: &Map<String, Value>,
    used: &mut BTreeSet<String>,
    problems: &mut Problems,
) -> Option<Operation> {
    let file: OperationFile = read(&path, value, problems)?;
    let source = shape::Source {
        operation: &file.operation,
        title: &file.title,
        data: &vendor.envelope.data,
        request: &file.request,
        response: &file.response,
        definitions: &file.definitions,
        shared,
    };
    let Shapes { request, data, objects, enums, shared: names } = shape::shapes(&source, &mut FileProblems { file: &path, all: problems });
    let token = match file.token {
        TokenChoice::Usual if file.signature.is_some() => None,
        TokenChoice::Usual => vendor.tokens.first().map(|token| token.name.clone()),
        TokenChoice::Named(name) => Some(name),
        TokenChoice::None(_) => None,
    };
    let shared = shared.iter().filter(|(name, _)| names.contains(*name)).map(|(name, schema)| (name.clone(), schema.clone())).collect();
    used.extend(names);
    Some(Operation {
        file: path,
        area,
        name: file.operation,
        title: file.title,
        description: file.description,
        source: file.source,
        method: file.http.method,
        path: file.http.path,
        base_url: file.http.base_url.or_else(|| vendor.signature(file.signature.as_ref()?)?.base_url.clone()),
        body: file.http.body,
        token,
        signature: file.signature,
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
        raw: object([
            ("request", file.request),
            ("response", file.response),
            ("definitions", Value::Object(file.definitions)),
            ("shared", Value::Object(shared)),
        ]),
    })
}

pub(crate) fn object<const ENTRIES: usize>(entries: [(&str, Value); ENTRIES]) -> Value {
    Value::Object(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
