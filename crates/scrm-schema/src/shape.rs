//! Field schemas to the model: one object after the other, in order of first use.

use std::collections::{BTreeSet, HashSet};

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::FileProblems;
use crate::keywords::{self, Position};
use crate::model::{Announced, Columns, DataType, Enum, EnumValue, Evidence, Field, Filters, Label, Object, Type, Used, Wire};
use crate::names;
use crate::pointer::{SHARED, join};

/// What the field schemas of one operation say.
#[derive(Debug)]
pub(crate) struct Shapes {
    pub(crate) request: Object,
    pub(crate) data: Option<DataType>,
    pub(crate) objects: IndexMap<String, Object>,
    pub(crate) enums: IndexMap<String, Enum>,
    /// Names of the area's definitions that are used.
    pub(crate) shared: BTreeSet<String>,
}

/// The parts of a file that hold field schemas.
pub(crate) struct Source<'a> {
    pub(crate) operation: &'a str,
    pub(crate) title: &'a Label,
    /// The envelope's key of the data.
    pub(crate) data: &'a str,
    pub(crate) request: &'a Value,
    pub(crate) response: &'a Value,
    pub(crate) definitions: &'a Map<String, Value>,
    /// The definitions of the area.
    pub(crate) shared: &'a Map<String, Value>,
}

/// Reads request, response and definitions. Problems are added; what is returned is complete only when there are none.
pub(crate) fn shapes(source: &Source<'_>, problems: &mut FileProblems<'_>) -> Shapes {
    let operation = names::pascal(source.operation);
    let mut builder = Builder {
        operation: &operation,
        definitions: source.definitions,
        shared: source.shared,
        objects: IndexMap::new(),
        enums: IndexMap::new(),
        seen: BTreeSet::new(),
        seen_shared: BTreeSet::new(),
        problems,
    };
    let empty = Map::new();
    let request = source.request.as_object().unwrap_or(&empty);
    let request = builder.object(operation.clone(), "/request".to_owned(), request, source.title.clone());
    let data = source.response.get("properties").and_then(|properties| properties.get(source.data)).map(|schema| {
        let pointer = join("/response/properties", source.data);
        let doc = builder.doc(schema, &pointer, true);
        builder.keywords(schema, &pointer, Position::Data);
        DataType { ty: builder.ty(schema, &pointer, source.data, &doc), nullable: nullable(schema), doc }
    });
    if let Some(properties) = source.response.get("properties").and_then(Value::as_object) {
        for (name, schema) in properties.iter().filter(|(name, _)| *name != source.data) {
            builder.doc(schema, &join("/response/properties", name), true);
        }
    }
    for name in source.definitions.keys().filter(|name| !builder.seen.contains(*name)).cloned().collect::<Vec<_>>() {
        builder.problems.add(join("/definitions", &name), "is used nowhere", "remove it, or refer to it with `$ref`");
    }
    let Builder { objects, enums, seen_shared: shared, .. } = builder;
    let mut shapes = Shapes { request, data, objects, enums, shared };
    mark_use(&mut shapes);
    refuse_endless(&shapes, problems);
    shapes
}

/// The parts of a push's file that hold field schemas.
pub(crate) struct PushSource<'a> {
    pub(crate) push: &'a str,
    pub(crate) title: &'a Label,
    pub(crate) content: &'a Value,
    pub(crate) answer: Option<&'a Value>,
    pub(crate) definitions: &'a Map<String, Value>,
    /// The definitions of the folder.
    pub(crate) shared: &'a Map<String, Value>,
}

/// Reads content, answer and definitions of a push: the content becomes the data, an object of the push's own name; the answer becomes the request.
pub(crate) fn push_shapes(source: &PushSource<'_>, problems: &mut FileProblems<'_>) -> Shapes {
    let (name, none) = (names::pascal(source.push), Map::new());
    let mut builder = Builder {
        operation: &name,
        definitions: source.definitions,
        shared: source.shared,
        objects: IndexMap::new(),
        enums: IndexMap::new(),
        seen: BTreeSet::new(),
        seen_shared: BTreeSet::new(),
        problems,
    };
    let content = source.content.as_object().unwrap_or(&none);
    let content = builder.object(name.clone(), "/content".to_owned(), content, source.title.clone());
    let answer = source.answer.and_then(Value::as_object).unwrap_or(&none);
    let doc = Label { en: format!("The answer to [`{name}`]"), zh: format!("对 [`{name}`] 的应答") };
    let request = builder.object(format!("{name}Answer"), "/answer".to_owned(), answer, doc);
    for unused in source.definitions.keys().filter(|name| !builder.seen.contains(*name)).cloned().collect::<Vec<_>>() {
        builder.problems.add(join("/definitions", &unused), "is used nowhere", "remove it, or refer to it with `$ref`");
    }
    let Builder { mut objects, enums, seen_shared: shared, .. } = builder;
    objects.shift_insert(0, name.clone(), content);
    let data = Some(DataType { ty: Type::Object(name), nullable: false, doc: source.title.clone() });
    let mut shapes = Shapes { request, data, objects, enums, shared };
    mark_use(&mut shapes);
    refuse_endless(&shapes, problems);
    shapes
}

struct Builder<'a, 'p, 'f> {
    operation: &'a str,
    definitions: &'a Map<String, Value>,
    shared: &'a Map<String, Value>,
    objects: IndexMap<String, Object>,
    enums: IndexMap<String, Enum>,
    /// Definitions of the file that are used.
    seen: BTreeSet<String>,
    /// Definitions of the area that are used.
    seen_shared: BTreeSet<String>,
    problems: &'p mut FileProblems<'f>,
}

/// What a reference leads to.
#[derive(Clone, Copy)]
struct Definition<'a> {
    name: &'a str,
    schema: &'a Value,
    shared: bool,
}

impl<'a> Builder<'a, '_, '_> {
    fn object(&mut self, name: String, pointer: String, schema: &Map<String, Value>, doc: Label) -> Object {
        let required: BTreeSet<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        for missing in required.iter().filter(|name| !properties.contains_key(**name)) {
            self.problems.add(
                join(&pointer, "required"),
                format!("`{missing}` is required but is no property"),
                "describe it under `properties`, or take it out",
            );
        }
        let below = join(&pointer, "properties");
        let fields = properties
            .iter()
            .map(|(wire, schema)| self.field(wire, join(&below, wire), schema, required.contains(wire.as_str())))
            .collect();
        Object {
            columns: self.columns(&pointer, schema),
            open: schema.get("additionalProperties") == Some(&Value::Bool(true)),
            announced: read::<Announced>(schema.get("x-announced-by")),
            cut_after: schema.get("x-cut-after").and_then(Value::as_str).map(str::to_owned),
            name,
            pointer,
            doc,
            fields,
            used: Used::default(),
        }
    }

    fn columns(&mut self, pointer: &str, schema: &Map<String, Value>) -> Option<Columns> {
        let (pattern, column) = schema.get("patternProperties")?.as_object()?.iter().next()?;
        let prefix = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix("[0-9]+$")).unwrap_or_default();
        let pointer = join(&join(pointer, "patternProperties"), pattern);
        let doc = self.doc(column, &pointer, true);
        self.keywords(column, &pointer, Position::Columns);
        if column.get("type").and_then(Value::as_str) != Some("integer") {
            self.problems.add(&pointer, "dynamic columns hold integers", "say `\"type\": \"integer\"`");
        }
        let Some(name) = text(column, "x-name") else {
            self.problems.add(&pointer, "dynamic columns have no name", "say what they are called in Rust: `\"x-name\": \"scores\"`");
            return None;
        };
        Some(Columns { prefix: prefix.to_owned(), name, doc })
    }

    fn field(&mut self, wire: &str, pointer: String, schema: &Value, required: bool) -> Field {
        let doc = self.doc(schema, &pointer, true);
        self.keywords(schema, &pointer, Position::Field);
        Field {
            name: wire.to_owned(),
            ty: self.ty(schema, &pointer, wire, &doc),
            required,
            nullable: nullable(schema),
            documented_type: text(schema, "x-documented-type"),
            wire: read(schema.get("x-wire")).unwrap_or(Wire::Plain),
            place: read(schema.get("x-in")).unwrap_or_default(),
            unit: text(schema, "x-unit"),
            time: read(schema.get("x-time")),
            sensitive: read(schema.get("x-sensitive")),
            default: schema.get("default").cloned(),
            minimum: schema.get("minimum").and_then(Value::as_i64),
            maximum: schema.get("maximum").and_then(Value::as_i64),
            min_length: read(schema.get("minLength")),
            max_length: read(schema.get("maxLength")),
            min_items: read(schema.get("minItems")),
            max_items: read(schema.get("maxItems")),
            empty_means_no_filter: text(schema, "x-empty").as_deref() == Some("no_filter"),
            evidence: read(schema.get("x-evidence")).unwrap_or(Evidence::Documented),
            sample: text(schema, "x-sample"),
            filters: read::<Filters>(schema.get("x-filters")),
            documented_for: read(schema.get("x-documented-for")).unwrap_or_default(),
            called: text(schema, "x-name"),
            pointer,
            doc,
        }
    }

    fn keywords(&mut self, schema: &Value, pointer: &str, position: Position) {
        if let Some(map) = schema.as_object() {
            keywords::check(map, plain_type(schema), position, pointer, self.problems);
        }
    }

    /// The description in both languages; that of the definition, where a `$ref` has none of its own.
    fn doc(&mut self, schema: &Value, pointer: &str, wanted: bool) -> Label {
        let (en, zh) = (text(schema, "description"), text(schema, "x-zh"));
        match (en, zh) {
            (Some(en), Some(zh)) => return Label { zh, en },
            (Some(_), None) => self.problems.add(pointer, "has a `description` but no Chinese", "add `x-zh`, in your own words"),
            (None, Some(_)) => self.problems.add(pointer, "has `x-zh` but no English", "add `description`, in your own words"),
            (None, None) => {
                if let Some(definition) = self.described(schema, pointer) {
                    return self.doc(definition, pointer, false);
                }
                if wanted {
                    self.problems.add(pointer, "is not described", "add `description` and `x-zh`, in your own words");
                }
            }
        }
        Label::default()
    }

    /// The definition that a reference takes its description from.
    fn described(&self, schema: &Value, pointer: &str) -> Option<&'a Value> {
        let definition = self.definition(schema.get("$ref")?.as_str()?, pointer).ok()?;
        definition.schema.get("$ref").is_none().then_some(definition.schema)
    }

    /// What a reference leads to that stands at this pointer; else what is wrong with it, and advice.
    fn definition(&self, reference: &str, pointer: &str) -> Result<Definition<'a>, (String, &'static str)> {
        let inside = pointer.starts_with(SHARED);
        let of_area = reference.strip_prefix("definitions.json#/").or_else(|| reference.strip_prefix("#/").filter(|_| inside));
        let (name, definitions, place) = match (of_area, reference.strip_prefix("#/definitions/")) {
            (Some(name), _) => (name, self.shared, "in the area's definitions.json"),
            (None, Some(name)) => (name, self.definitions, "under `definitions`"),
            (None, None) => {
                let advice = "write `#/definitions/<Name>`, or `definitions.json#/<Name>` for what the area shares";
                return Err(("is no reference to a definition".to_owned(), advice));
            }
        };
        match definitions.get_key_value(name) {
            Some((name, schema)) => Ok(Definition { name, schema, shared: of_area.is_some() }),
            None => Err((format!("there is no `{name}` {place}"), "define it, or correct the name")),
        }
    }

    /// What inline types are called after: the operation, or the area's definition that they stand in.
    fn owner(&self, pointer: &str) -> String {
        let definition = pointer.strip_prefix(SHARED).and_then(|inside| inside.split('/').nth(1));
        definition.map_or_else(|| self.operation.to_owned(), names::pascal)
    }

    fn ty(&mut self, schema: &Value, pointer: &str, wire: &str, doc: &Label) -> Type {
        if let Some(reference) = schema.get("$ref") {
            return self.reference(reference, pointer);
        }
        if schema.get("x-enum").is_some() {
            return self.enumeration(schema, pointer, doc);
        }
        match plain_type(schema) {
            None => Type::Any,
            Some("string") => Type::Text,
            Some("integer") => Type::Integer,
            Some("number") => Type::Number,
            Some("boolean") => Type::Boolean,
            Some("array") => self.list(schema, pointer, wire, doc),
            Some("object") => self.inline_object(schema, pointer, wire, doc),
            Some(other) => {
                self.problems.add(join(pointer, "type"), format!("`{other}` is no type"), "use a type of JSON Schema");
                Type::Any
            }
        }
    }

    fn list(&mut self, schema: &Value, pointer: &str, wire: &str, doc: &Label) -> Type {
        let Some(items) = schema.get("items") else {
            self.problems.add(pointer, "is a list of nothing", "say what its `items` are (`{}`: any JSON)");
            return Type::List(Box::new(Type::Any));
        };
        let below = join(pointer, "items");
        self.keywords(items, &below, Position::Unnamed);
        let own = self.doc(items, &below, false);
        let doc = if own == Label::default() { doc.clone() } else { own };
        Type::List(Box::new(self.ty(items, &below, wire, &doc)))
    }

    fn inline_object(&mut self, schema: &Value, pointer: &str, wire: &str, doc: &Label) -> Type {
        let Some(map) = schema.as_object() else { return Type::Any };
        if let Some(values @ Value::Object(_)) = map.get("additionalProperties") {
            if map.contains_key("properties") || map.contains_key("patternProperties") {
                self.problems.add(
                    pointer,
                    "is a map and has named fields too",
                    "give it either `additionalProperties` with a schema, or `properties`",
                );
            }
            let below = join(pointer, "additionalProperties");
            self.keywords(values, &below, Position::Unnamed);
            return Type::Map(Box::new(self.ty(values, &below, wire, doc)));
        }
        if !map.contains_key("properties")
            && !map.contains_key("patternProperties")
            && map.get("additionalProperties") != Some(&Value::Bool(true))
        {
            self.problems.add(
                pointer,
                "is an object of nothing",
                "name its fields under `properties`, or its values under `additionalProperties` (`{}`: any JSON), or leave out `type` for any JSON",
            );
        }
        let name = text(schema, "x-type").unwrap_or_else(|| format!("{}{}", self.owner(pointer), names::pascal(wire)));
        self.add_object(name, pointer, map, doc)
    }

    /// Adds an object once; two places may share one name only through the same definition.
    fn add_object(&mut self, name: String, pointer: &str, schema: &Map<String, Value>, doc: &Label) -> Type {
        if name == self.operation {
            self.problems.add(
                pointer,
                format!("would be called `{name}`, like the operation's request"),
                "give it another `x-type`, or the definition another name",
            );
            return Type::Object(name);
        }
        if let Some(there) = self.objects.get(&name) {
            if there.pointer != pointer {
                let other = there.pointer.clone();
                self.problems.add(
                    pointer,
                    format!("would be called `{name}`, like the object at {other}"),
                    "give one of them an `x-type`, or share one definition",
                );
            }
            return Type::Object(name);
        }
        let placeholder = Object {
            name: name.clone(),
            pointer: pointer.to_owned(),
            doc: doc.clone(),
            fields: Vec::new(),
            columns: None,
            open: false,
            announced: None,
            cut_after: None,
            used: Used::default(),
        };
        self.objects.insert(name.clone(), placeholder);
        let object = self.object(name.clone(), pointer.to_owned(), schema, doc.clone());
        self.objects.insert(name.clone(), object);
        Type::Object(name)
    }

    fn reference(&mut self, reference: &Value, pointer: &str) -> Type {
        let Definition { name, schema, shared } = match self.definition(reference.as_str().unwrap_or_default(), pointer) {
            Ok(definition) => definition,
            Err((what, advice)) => {
                self.problems.add(join(pointer, "$ref"), what, advice);
                return Type::Any;
            }
        };
        let target = join(if shared { SHARED } else { "/definitions" }, name);
        let seen = if shared { &mut self.seen_shared } else { &mut self.seen };
        let first = seen.insert(name.to_owned());
        if first {
            self.keywords(schema, &target, Position::Unnamed);
        }
        if let Some(listed) = schema.get("x-enum") {
            if shared && listed.get("name").is_some_and(|called| called != name) {
                self.problems.add(
                    join(&join(&target, "x-enum"), "name"),
                    "is not the name of its definition",
                    "give both the same name: the area's definitions are types by their own names",
                );
            }
            let doc = self.doc(schema, &target, first);
            return self.enumeration(schema, &target, &doc);
        }
        match schema.as_object() {
            Some(map) if plain_type(schema) == Some("object") && !matches!(map.get("additionalProperties"), Some(Value::Object(_))) => {
                let doc = self.doc(schema, &target, first);
                self.add_object(name.to_owned(), &target, map, &doc)
            }
            _ => {
                self.problems.add(target, "is neither an object with fields nor an enum", "write it where it is used");
                Type::Any
            }
        }
    }

    fn enumeration(&mut self, schema: &Value, pointer: &str, doc: &Label) -> Type {
        let at = join(pointer, "x-enum");
        let wanted = schema.get("x-enum");
        let Some(name) = wanted.and_then(|wanted| text(wanted, "name")) else { return Type::Any };
        let values: Vec<EnumValue> = read(wanted.and_then(|wanted| wanted.get("values"))).unwrap_or_default();
        self.check_values(plain_type(schema), &values, &at);
        if let Some(there) = self.enums.get(&name) {
            if there.pointer != at && (there.is_shared() || at.starts_with(SHARED)) {
                let other = there.pointer.clone();
                self.problems.add(
                    at,
                    format!("the enum `{name}` stands at {other} too"),
                    "refer to it with `$ref`, or give it another name",
                );
            } else if there.values != values {
                let other = there.pointer.clone();
                self.problems.add(at, format!("the enum `{name}` has other values than at {other}"), "give one of them another name");
            }
            return Type::Enum(name);
        }
        self.enums.insert(name.clone(), Enum { name: name.clone(), pointer: at, doc: doc.clone(), values, used: Used::default() });
        Type::Enum(name)
    }

    fn check_values(&mut self, ty: Option<&str>, values: &[EnumValue], at: &str) {
        if !matches!(ty, Some("string" | "integer")) {
            self.problems.add(at, "an enum is of strings or of integers", "say `\"type\": \"string\"` or `\"type\": \"integer\"`");
        }
        let (mut known, mut called) = (HashSet::new(), HashSet::new());
        for (number, value) in values.iter().enumerate() {
            let at = format!("{at}/values/{number}");
            let name = names::pascal(&value.name);
            let fits = match ty {
                Some("integer") => value.value.is_i64(),
                Some("string") => value.value.is_string(),
                _ => true,
            };
            if !fits {
                self.problems.add(
                    join(&at, "value"),
                    format!("{} is not of the enum's type", value.value),
                    "write it as it stands on the wire",
                );
            }
            if !known.insert(&value.value) {
                self.problems.add(join(&at, "value"), format!("{} stands there twice", value.value), "keep one of the two");
            }
            if name == "Undocumented" {
                self.problems.add(
                    join(&at, "name"),
                    "`other` stands for values that are not documented",
                    "call it after what it means, such as `else_where`",
                );
            }
            if !called.insert(name) {
                self.problems.add(join(&at, "name"), format!("`{}` names two values", value.name), "give one of them another name");
            }
        }
    }
}

/// Marks objects and enums with the directions they are used in.
fn mark_use(shapes: &mut Shapes) {
    let mut sent = BTreeSet::new();
    let mut answered = BTreeSet::new();
    reach(&shapes.objects, shapes.request.fields.iter().map(|field| &field.ty), &mut sent);
    reach(&shapes.objects, shapes.data.iter().map(|data| &data.ty), &mut answered);
    shapes.request.used.request = true;
    let used = |name: &String| Used { request: sent.contains(name), response: answered.contains(name) };
    for (name, object) in &mut shapes.objects {
        object.used = used(name);
    }
    for (name, one) in &mut shapes.enums {
        one.used = used(name);
    }
}

fn reach<'a>(objects: &'a IndexMap<String, Object>, types: impl Iterator<Item = &'a Type>, names: &mut BTreeSet<String>) {
    let mut open: Vec<&Type> = types.collect();
    while let Some(ty) = open.pop() {
        match ty {
            Type::List(item) | Type::Map(item) => open.push(item),
            Type::Enum(name) => {
                names.insert(name.clone());
            }
            Type::Object(name) if names.insert(name.clone()) => {
                open.extend(objects.get(name).into_iter().flat_map(|object| object.fields.iter().map(|field| &field.ty)));
            }
            _ => {}
        }
    }
}

/// An object that holds itself other than through a list or map would have no end in Rust.
fn refuse_endless(shapes: &Shapes, problems: &mut FileProblems<'_>) {
    for (name, object) in &shapes.objects {
        let mut met: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&Object> = vec![object];
        while let Some(next) = open.pop() {
            for field in &next.fields {
                let Type::Object(inner) = &field.ty else { continue };
                if inner == name {
                    problems.add(
                        &field.pointer,
                        format!("`{name}` holds itself"),
                        "an object may hold itself only through a list or a map",
                    );
                }
                if met.insert(inner) {
                    open.extend(shapes.objects.get(inner));
                }
            }
        }
    }
}

fn plain_type(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        _ => None,
    }
}

fn nullable(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_array).is_some_and(|names| names.iter().any(|name| name == "null"))
        || schema.get("x-nullable") == Some(&Value::Bool(true))
}

fn text(schema: &Value, keyword: &str) -> Option<String> {
    schema.get(keyword)?.as_str().map(str::to_owned)
}

fn read<T: DeserializeOwned>(value: Option<&Value>) -> Option<T> {
    T::deserialize(value?).ok()
}
