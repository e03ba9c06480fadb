//! Pushes and callbacks: that each can be told from the others, and that their examples show every field.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Context, errata, examples::Reader, fields, source};
use crate::error::{FileProblems, Problems};
use crate::model::{Channel, Object, Push, PushFormat, Type, Vendor};
use crate::names;

/// Checks a folder of pushes.
pub(super) fn check(vendor: &Vendor, channel: &Channel, problems: &mut Problems) {
    if channel.pushes.is_empty() && !problems.touch(&format!("{}/{}/", vendor.file.vendor, channel.name)) {
        problems.add(&channel.file, "", "nothing is delivered", "describe a push beside it, or take it out");
    }
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    for push in &channel.pushes {
        let mut problems = FileProblems { file: &push.operation.file, all: problems };
        place(vendor, channel, push, &mut problems);
        told_apart(channel, push, &mut words, &mut problems);
        keys(push, &mut problems);
        let context = Context { vendor: &vendor.file, operation: &push.operation };
        source::check(&push.operation, &mut problems);
        fields::check(&context, &mut problems);
        errata::check(&push.operation, &mut problems);
        examples(channel, push, &mut problems);
        for (number, operation) in push.follows.iter().enumerate() {
            if !vendor.operations.iter().any(|known| known.name == *operation) {
                problems.add(format!("/follows/{number}"), format!("there is no operation `{operation}`"), "correct the name");
            }
        }
    }
}

fn place(vendor: &Vendor, channel: &Channel, push: &Push, problems: &mut FileProblems<'_>) {
    let name = &push.operation.name;
    let wanted = format!("{}/{}/{}.json", vendor.file.vendor, channel.name, name.replace('_', "-"));
    if push.operation.file != wanted {
        let advice = format!("call the file schemas/{wanted}, or correct the name");
        problems.add("/push", format!("`{name}` does not match the name of its file"), advice);
    }
    if names::DEVICES.contains(&name.as_str()) {
        problems.add("/push", format!("no file can be called `{name}` on Windows"), "give it another name");
    }
}

/// By its kind or by its keys.
fn told_apart<'a>(channel: &Channel, push: &'a Push, words: &mut BTreeMap<&'a str, &'a str>, problems: &mut FileProblems<'_>) {
    let by_kind = channel.delivery.envelope.kind.is_some();
    if by_kind && push.kinds.is_empty() {
        problems.add("/kinds", "is missing", "say what stands under the key of the kind in delivery.json");
    }
    if !by_kind && push.recognized.is_none() {
        problems.add("/recognized", "is missing", "say which keys tell it from the others, for delivery.json names no key of the kind");
    }
    if by_kind == push.recognized.is_some() {
        problems.add("/recognized", "says nothing beside a key of the kind", "take it out, or the key of the kind in delivery.json");
    }
    for (number, word) in push.kinds.iter().enumerate() {
        if let Some(other) = words.insert(word, &push.operation.name) {
            problems.add(format!("/kinds/{number}"), format!("`{word}` is the kind of `{other}` too"), "keep one of the two");
        }
    }
}

/// Names of fields that stand outside of the field schemas.
fn keys(push: &Push, problems: &mut FileProblems<'_>) {
    let Some(content) = push.content() else { return };
    if let Some(id) = &push.id
        && content.field(id).is_none_or(|field| field.ty != Type::Text && field.ty != Type::Integer)
    {
        problems.add("/id", format!("the content has no text or integer `{id}`"), "name the field that tells one push from another");
    }
    if let Some(nested) = &push.nested
        && content.field(nested).is_some()
    {
        problems.add("/nested", format!("`{nested}` is a field of its own"), "take one of the two out");
    }
}

fn examples(channel: &Channel, push: &Push, problems: &mut FileProblems<'_>) {
    let Some(content) = push.content() else { return };
    let mut shown = BTreeSet::new();
    for (number, example) in push.examples.iter().enumerate() {
        let at = format!("/examples/{number}");
        let is_xml = channel.delivery.format == PushFormat::Xml;
        if example.body.is_string() != is_xml {
            problems.add(format!("{at}/body"), "is not written as delivery.json says", "XML is a text, JSON an object");
        }
        if is_xml && example.content.is_none() {
            problems.add(format!("{at}/content"), "is missing", "say as JSON what the content of the XML is");
        }
        let place = if example.content.is_some() { "content" } else { "body" };
        let mut reader = Reader { operation: &push.operation, texts: false, problems };
        if let Value::Object(given) = example.content() {
            reader.object(content, given, &format!("{at}/{place}"));
            present(push, content, given, &mut shown);
        }
        match &example.answer {
            Some(Value::Object(given)) if push.answers => reader.object(&push.operation.request, given, &format!("{at}/answer")),
            Some(_) => problems.add(format!("{at}/answer"), "no answer is described", "describe it under `answer`, or take it out"),
            None => {}
        }
    }
    for field in std::iter::once(content).chain(inside(push, content)).flat_map(|object| &object.fields) {
        if !shown.contains(field.pointer.as_str()) {
            problems.add(&field.pointer, "stands in no example", "show it in one, with a made-up value: examples are the tests");
        }
    }
}

/// The objects below the content.
fn inside<'a>(push: &'a Push, content: &'a Object) -> impl Iterator<Item = &'a Object> {
    push.operation.objects.values().filter(move |object| object.used.response && object.name != content.name)
}

/// Notes the fields that an example shows.
fn present<'a>(push: &'a Push, object: &'a Object, given: &serde_json::Map<String, Value>, shown: &mut BTreeSet<&'a str>) {
    for field in &object.fields {
        let Some(value) = given.get(&field.name) else { continue };
        shown.insert(&field.pointer);
        let (ty, values) = match (&field.ty, value) {
            (Type::List(item), Value::Array(values)) => (&**item, values.as_slice()),
            (ty, value) => (ty, std::slice::from_ref(value)),
        };
        let Type::Object(name) = ty else { continue };
        let Some(inner) = push.operation.objects.get(name) else { continue };
        for value in values.iter().filter_map(Value::as_object) {
            present(push, inner, value, shown);
        }
    }
}
