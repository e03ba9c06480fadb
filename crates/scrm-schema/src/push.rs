//! A folder of pushes or callbacks to the model.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{FileProblems, Problems};
use crate::files::ChannelFolder;
use crate::meta::{self, Kind};
use crate::model::{Access, BodyKind, Channel, Erratum, Label, Method, Operation, Push, PushExample, Recognized, Source};
use crate::shape::{self, PushSource, Shapes};
use crate::vendor::{definitions, object, read, share_use, unused};

/// A push file before its field schemas are read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PushFile {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    push: String,
    title: Label,
    #[serde(default)]
    description: Option<Label>,
    source: Source,
    #[serde(default)]
    permission: Option<String>,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    recognized: Option<Recognized>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    flat: bool,
    #[serde(default)]
    nested: Option<String>,
    content: Value,
    #[serde(default)]
    answer: Option<Value>,
    #[serde(default)]
    definitions: Map<String, Value>,
    #[serde(default)]
    errata: Vec<Erratum>,
    #[serde(default)]
    follows: Vec<String>,
    examples: Vec<PushExample>,
}

/// Builds what can be built; `None`: how the pushes are delivered is not said, or not readable.
pub(crate) fn channel(vendor: &str, name: String, folder: ChannelFolder, problems: &mut Problems) -> Option<Channel> {
    let file = format!("{vendor}/{name}/delivery.json");
    let valid: BTreeMap<String, Value> =
        folder.pushes.into_iter().filter(|(file, value)| meta::validate(Kind::Push, file, value, problems)).collect();
    let Some(value) = folder.delivery else {
        problems.add(&file, "", "is missing or no JSON", "say there how what stands in this folder is delivered");
        return None;
    };
    if !meta::validate(Kind::Delivery, &file, &value, problems) {
        return None;
    }
    let delivery = read(&file, value, problems)?;
    let shared = match folder.definitions {
        Some(value) => definitions(vendor, &name, value, problems)?,
        None => Map::new(),
    };
    let mut used = BTreeSet::new();
    let mut pushes: Vec<Push> =
        valid.into_iter().filter_map(|(path, value)| push(path, &name, value, &shared, &mut used, problems)).collect();
    unused(&format!("{vendor}/{name}"), &shared, &used, problems);
    pushes.sort_by(|one, other| one.operation.name.cmp(&other.operation.name));
    share_use(pushes.iter_mut().map(|push| &mut push.operation).collect());
    Some(Channel { name, file, delivery, pushes })
}

fn push(
    path: String,
    channel: &str,
    value: Value,
    shared: &Map<String, Value>,
    used: &mut BTreeSet<String>,
    problems: &mut Problems,
) -> Option<Push> {
    let file: PushFile = read(&path, value, problems)?;
    let source = PushSource {
        push: &file.push,
        title: &file.title,
        content: &file.content,
        answer: file.answer.as_ref(),
        definitions: &file.definitions,
        shared,
    };
    let Shapes { request, data, objects, enums, shared: names } =
        shape::push_shapes(&source, &mut FileProblems { file: &path, all: problems });
    let shared = shared.iter().filter(|(name, _)| names.contains(*name)).map(|(name, schema)| (name.clone(), schema.clone())).collect();
    used.extend(names);
    let answers = file.answer.is_some();
    let operation = Operation {
        file: path,
        area: Some(channel.to_owned()),
        name: file.push,
        title: file.title,
        description: file.description,
        source: file.source,
        method: Method::Post,
        path: String::new(),
        body: BodyKind::Json,
        token: None,
        signature: None,
        base_url: None,
        access: Access::Read,
        permission: file.permission,
        quota: None,
        paging: None,
        customer: None,
        errors: Vec::new(),
        rules: Vec::new(),
        errata: file.errata,
        request,
        data,
        objects: objects.into_iter().collect::<IndexMap<_, _>>(),
        enums,
        examples: Vec::new(),
        raw: object([
            ("content", file.content),
            ("answer", file.answer.unwrap_or_default()),
            ("definitions", Value::Object(file.definitions)),
            ("shared", Value::Object(shared)),
            ("kinds", Value::from(file.kinds.clone())),
            ("nested", file.nested.clone().map_or(Value::Null, Value::from)),
            ("flat", Value::from(file.flat)),
        ]),
    };
    Some(Push {
        operation,
        kinds: file.kinds,
        recognized: file.recognized,
        id: file.id,
        flat: file.flat,
        nested: file.nested,
        answers,
        follows: file.follows,
        examples: file.examples,
    })
}
