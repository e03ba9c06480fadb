//! Rows of fields out of schemas.

use oas3::spec::{ObjectOrReference, ObjectSchema, Schema, SchemaType as Type, SchemaTypeSet as TypeSet, Spec};
use serde_json::Value;

use crate::lines::plain;
use crate::page::{Doubt, Required, Row};

/// Deeper than this nothing is read.
const DEEPEST: usize = 16;
/// So many rows one side of an operation has at most.
const MOST: usize = 4096;

/// Where names stand in the text of the file.
pub(super) struct Locator<'a> {
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
}

/// A name is looked for so many bytes behind the beginning of its operation.
const REACH: usize = 20_000;

impl<'a> Locator<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(place, _)| place + 1)).collect();
        Self { text, lines }
    }

    fn number(&self, place: usize) -> usize {
        self.lines.partition_point(|begin| *begin <= place)
    }

    /// The line on which the operation of a path begins.
    pub(super) fn operation(&self, path: &str) -> usize {
        self.text.find(path).map_or(1, |place| self.number(place))
    }

    /// The line on which a name stands first behind another line; that line, when it stands nowhere near.
    pub(super) fn line(&self, name: &str, from: usize) -> usize {
        let start = from.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or(0);
        let mut end = (start + REACH).min(self.text.len());
        while end > start && !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let near = self.text.get(start..end).unwrap_or("");
        let found = [format!("\"{name}\""), format!("{name}:"), format!("name: {name}")]
            .iter()
            .filter_map(|wanted| near.find(wanted.as_str()))
            .min();
        found.map_or(from, |place| self.number(start + place))
    }
}

/// Reads schemas into rows.
pub(super) struct Fields<'a> {
    spec: &'a Spec,
    locator: &'a Locator<'a>,
    line: usize,
    /// What cannot be said in rows.
    pub(super) doubts: Vec<String>,
    rows: Vec<Row>,
    /// References that are being followed, with the depth of what refers to them.
    open: Vec<(String, usize)>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(spec: &'a Spec, locator: &'a Locator<'a>, line: usize) -> Self {
        Self { spec, locator, line, doubts: Vec::new(), rows: Vec::new(), open: Vec::new() }
    }

    /// One field without its members.
    pub(super) fn single(&mut self, name: &str, schema: &Schema) -> Row {
        let found = self.resolved(schema);
        let mut row = Row { name: name.to_owned(), line: self.line, ..Row::default() };
        match found {
            Some((object, _)) => self.describe(&mut row, &object, 0),
            None => row.printed_type = "any".to_owned(),
        }
        row
    }

    /// The members of the object that a schema describes, and theirs.
    pub(super) fn members(&mut self, schema: &Schema) -> Vec<Row> {
        let Some((object, reference)) = self.resolved(schema) else { return Vec::new() };
        let object = self.merged(object, 0);
        if is(&object, Type::Array) {
            self.doubts.push("the body is a list, not an object: what a schema says of it has to be written by hand".to_owned());
        }
        if let Some(reference) = reference {
            self.open.push((reference, 0));
        }
        let inner = self.item(&object, 0).unwrap_or(object);
        self.object(&inner, 0);
        std::mem::take(&mut self.rows)
    }

    fn resolved(&self, schema: &Schema) -> Option<(ObjectSchema, Option<String>)> {
        match schema {
            Schema::Boolean(_) => None,
            Schema::Object(object) => match &**object {
                ObjectOrReference::Object(object) => Some((object.clone(), None)),
                ObjectOrReference::Ref { ref_path, .. } => {
                    let resolved = schema.resolve(self.spec).ok()?;
                    match resolved {
                        Schema::Object(object) => match *object {
                            ObjectOrReference::Object(object) => Some((object, Some(ref_path.clone()))),
                            ObjectOrReference::Ref { .. } => None,
                        },
                        Schema::Boolean(_) => None,
                    }
                }
            },
        }
    }

    /// What a list holds, when it is one of objects.
    fn item(&self, object: &ObjectSchema, depth: usize) -> Option<ObjectSchema> {
        if !is(object, Type::Array) || depth > DEEPEST {
            return None;
        }
        let (item, _) = self.resolved(object.items.as_ref()?)?;
        let item = self.merged(item, depth);
        if is(&item, Type::Array) { self.item(&item, depth + 1) } else { Some(item) }
    }

    /// With the members of everything it is made of.
    fn merged(&self, mut object: ObjectSchema, depth: usize) -> ObjectSchema {
        if depth > DEEPEST {
            return object;
        }
        let parts: Vec<Schema> = object.all_of.drain(..).collect();
        for part in parts {
            let Some((part, _)) = self.resolved(&part) else { continue };
            let part = self.merged(part, depth + 1);
            for (name, schema) in part.properties {
                if !object.properties.contains_key(&name) {
                    object.properties.insert(name, schema);
                }
            }
            object.required.extend(part.required);
            object.schema_type = object.schema_type.or(part.schema_type);
            object.description = object.description.or(part.description);
            object.items = object.items.or(part.items);
        }
        if object.properties.is_empty() && object.schema_type.is_none() {
            let choice = object
                .one_of
                .iter()
                .chain(&object.any_of)
                .find_map(|schema| self.resolved(schema).filter(|(schema, _)| !is(schema, Type::Null)));
            if let Some((choice, _)) = choice {
                let choice = self.merged(choice, depth + 1);
                let description = object.description.clone().or(choice.description.clone());
                return ObjectSchema { description, ..choice };
            }
        }
        object
    }

    fn object(&mut self, object: &ObjectSchema, depth: usize) {
        for (name, schema) in &object.properties {
            if self.rows.len() >= MOST || depth > DEEPEST {
                return;
            }
            self.line = self.locator.line(name, self.line);
            let mut row = Row { name: name.clone(), depth, line: self.line, ..Row::default() };
            row.required = if object.required.iter().any(|required| required == name) { Required::Yes } else { Required::No };
            let Some((member, reference)) = self.resolved(schema) else {
                row.printed_type = "any".to_owned();
                row.doubts.push(Doubt::Type);
                self.rows.push(row);
                continue;
            };
            if !member.one_of.is_empty() || !member.any_of.is_empty() {
                row.doubts.push(Doubt::Type);
            }
            let member = self.merged(member, 0);
            self.describe(&mut row, &member, depth);
            let item_reference = member.items.as_ref().and_then(|items| self.resolved(items)).and_then(|(_, reference)| reference);
            let reference = reference.or(item_reference);
            let again = reference.as_ref().and_then(|reference| self.open.iter().rev().find(|(open, _)| open == reference));
            row.repeats = again.map(|(_, of)| depth + 1 - of);
            let repeats = row.repeats.is_some();
            self.rows.push(row);
            if repeats {
                continue;
            }
            let pushed = reference.is_some();
            if let Some(reference) = reference {
                self.open.push((reference, depth + 1));
            }
            let inner = self.item(&member, 0);
            self.object(inner.as_ref().unwrap_or(&member), depth + 1);
            if pushed {
                self.open.pop();
            }
        }
    }

    fn describe(&mut self, row: &mut Row, schema: &ObjectSchema, depth: usize) {
        row.printed_type = self.printed(schema, 0);
        let texts = [schema.title.as_deref(), schema.description.as_deref()];
        row.description = texts.into_iter().flatten().map(plain).filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join(" ");
        row.default = schema.default.as_ref().filter(|default| !default.is_null() && !default.is_object() && !default.is_array()).map(text);
        let _ = depth;
        let mut limits = Vec::new();
        if let Some(limit) = schema.maximum.as_ref().and_then(serde_json::Number::as_i64) {
            limits.push(format!("最大{limit}"));
        }
        if let Some(limit) = schema.minimum.as_ref().and_then(serde_json::Number::as_i64).filter(|limit| *limit >= 0) {
            limits.push(format!("最小{limit}"));
        }
        if let Some(limit) = schema.max_items {
            limits.push(format!("最多{limit}个"));
        }
        if let Some(limit) = schema.max_length {
            limits.push(format!("最长{limit}字符"));
        }
        row.note = limits.join(" ");
        row.values = values(schema);
    }

    /// The type as a page would print it.
    fn printed(&self, schema: &ObjectSchema, depth: usize) -> String {
        let kind = match kind(schema) {
            Some(Type::Array) => {
                let item = schema.items.as_ref().and_then(|items| self.resolved(items)).map(|(item, _)| self.merged(item, depth));
                match item {
                    Some(item) if depth < DEEPEST => format!("array<{}>", self.printed(&item, depth + 1)),
                    _ => "array".to_owned(),
                }
            }
            Some(Type::Object) => match &schema.additional_properties {
                Some(Schema::Object(_)) if schema.properties.is_empty() => "map".to_owned(),
                _ => "object".to_owned(),
            },
            Some(Type::String) => match schema.format.as_deref() {
                Some(format @ ("date-time" | "date")) => format!("string({format})"),
                _ => "string".to_owned(),
            },
            Some(Type::Integer) => "integer".to_owned(),
            Some(Type::Number) => match schema.format.as_deref() {
                Some("int64" | "int32") => "integer".to_owned(),
                _ => "number".to_owned(),
            },
            Some(Type::Boolean) => "boolean".to_owned(),
            Some(Type::Null) | None => if schema.properties.is_empty() { "any" } else { "object" }.to_owned(),
        };
        let nullable = matches!(&schema.schema_type, Some(TypeSet::Multiple(set)) if set.contains(&Type::Null));
        if nullable { format!("{kind}|null") } else { kind }
    }
}

fn kind(schema: &ObjectSchema) -> Option<Type> {
    match &schema.schema_type {
        Some(TypeSet::Single(kind)) => Some(*kind),
        Some(TypeSet::Multiple(set)) => set.iter().find(|kind| **kind != Type::Null).copied(),
        None if !schema.properties.is_empty() => Some(Type::Object),
        None if schema.items.is_some() => Some(Type::Array),
        None => None,
    }
}

fn is(schema: &ObjectSchema, wanted: Type) -> bool {
    kind(schema) == Some(wanted)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Documented values with their labels, which tools keep under names of their own.
fn values(schema: &ObjectSchema) -> Vec<(String, String)> {
    let extension = |name: &str| schema.extensions.get(name).or_else(|| schema.extensions.get(&format!("x-{name}")));
    let labelled: Vec<(String, String)> = extension("apifox-enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let label =
                ["description", "name"].iter().find_map(|key| entry.get(*key).and_then(Value::as_str).filter(|label| !label.is_empty()));
            Some((text(entry.get("value")?), label.unwrap_or("").to_owned()))
        })
        .collect();
    if !labelled.is_empty() {
        return labelled;
    }
    let descriptions = extension("apifox")
        .and_then(|apifox| apifox.get("enumDescriptions"))
        .or_else(|| extension("enum-descriptions"))
        .or_else(|| extension("enumNames"));
    schema
        .enum_values
        .iter()
        .enumerate()
        .filter(|(_, value)| !value.is_null())
        .map(|(place, value)| {
            let value = text(value);
            let label =
                descriptions.and_then(|descriptions| descriptions.get(&value).or_else(|| descriptions.get(place))).and_then(Value::as_str);
            (value.clone(), plain(label.unwrap_or("")))
        })
        .collect()
}
