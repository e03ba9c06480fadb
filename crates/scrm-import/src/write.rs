//! Writes a schema file.

use std::collections::{HashMap, HashSet};

use scrm_schema::model::{BodyKind, Method, Place, TimeFormat, VendorFile};
use scrm_schema::names;
use serde_json::{Map, Value, json};

use crate::choices::Choice;
use crate::page::{Concern, Page, Required, Side};
use crate::reconcile::Contradiction;
use crate::tree::{Field, Origin};
use crate::types::Shape;
use crate::{draft, drop_unsupported, paging, sensitive};

/// What goes into a schema file.
pub(crate) struct Draft<'a> {
    pub(crate) page: &'a mut Page,
    pub(crate) vendor: Option<&'a VendorFile>,
    pub(crate) operation: String,
    pub(crate) source: Value,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) base_url: Option<String>,
    pub(crate) body: BodyKind,
    pub(crate) signature: Option<String>,
    pub(crate) token: Option<Value>,
    pub(crate) reads: bool,
    pub(crate) request: Field,
    pub(crate) response: Field,
    pub(crate) paging: Option<Value>,
    pub(crate) rules: Vec<Value>,
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) examples: Vec<Value>,
}

/// The definitions that fields which hold themselves need, by the paths of those fields.
type Repeated = HashMap<Vec<String>, String>;

/// A label longer than this is a sentence, and sentences are not copied.
const LABEL: usize = 16;
/// So many names are tried for a type before the last one is taken.
const TRIES: usize = 256;

/// `TODO (line 12)`
fn todo(line: usize) -> String {
    format!("TODO (line {line})")
}

/// What a person must still write, with a draft where there is one.
fn todo_with(draft: Option<String>, line: usize) -> String {
    draft.map_or_else(|| todo(line), |draft| format!("{}, draft: {draft}.", todo(line)))
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LABEL && !text.contains([',', '。', ';', '\n'])
}

/// The vendor's own words when they are a label, else a note for a person.
fn label(text: &str, line: usize) -> String {
    if is_label(text) { text.to_owned() } else { todo(line) }
}

/// The label of a documented value, whole with what stands in brackets.
fn value_label(text: &str, line: usize) -> String {
    let short = !text.is_empty() && text.chars().count() <= LABEL * 2 && !text.contains(['。', ';', '\n']);
    if short { text.to_owned() } else { todo(line) }
}

/// Drafts of a field's description in both languages.
fn described(name: &str, field: &Field) -> (String, String) {
    let first = field.text.split([',', '。', ';', ':', '(', '\n']).next().unwrap_or("").trim();
    let chinese = Some(first).filter(|text| is_label(text) && !text.is_ascii()).map(str::to_owned);
    (todo_with(draft::field(name, first), field.line), todo_with(chinese, field.line))
}

/// The schema file of a draft, keys in the order of the format.
pub(crate) fn schema(draft: Draft<'_>) -> Value {
    let Draft {
        page,
        vendor,
        operation,
        source,
        method,
        path,
        base_url,
        body,
        signature,
        token,
        reads,
        request,
        response,
        paging,
        rules,
        contradictions,
        examples,
    } = draft;
    let mut file = Map::new();
    let mut put = |key: &str, value: Value| {
        file.insert(key.to_owned(), value);
    };
    let title = page.title.as_ref().map_or_else(|| (todo(0), 0), |title| (title.value.clone(), title.line));
    put("$schema", json!("../../operation.schema.json"));
    put("operation", json!(operation));
    let english = todo_with(draft::english(&title.0), title.1);
    put("title", json!({ "zh": title.0, "en": english }));
    put("source", source);
    let mut http = json!({ "method": method_name(method), "path": path, "body": body_name(body) });
    if let (Some(http), Some(base_url)) = (http.as_object_mut(), base_url) {
        http.insert("base_url".to_owned(), json!(base_url));
    }
    put("http", http);
    if let Some(signature) = signature {
        put("signature", json!(signature));
    }
    if let Some(token) = token {
        put("token", token);
    }
    put("access", json!(if reads { "read" } else { "write" }));
    if let Some(permission) = &page.permission {
        put("permission", json!(permission.value));
    }
    if let Some(quota) = &page.quota {
        put("quota", json!({ "calls": quota.value.calls, "seconds": quota.value.seconds }));
    }
    let cursor = paging.as_ref().and_then(|paging| paging.get("cursor")).and_then(Value::as_str).map(str::to_owned);
    let rows = paging.as_ref().and_then(|paging| paging.get("rows")).and_then(Value::as_str).unwrap_or("");
    let shared = cursor.filter(|name| request.members.get(name).is_some_and(|field| field.shape == Shape::Object)).map(|name| {
        let row = paging::path_of(rows).into_iter().chain([name.clone()]).collect();
        [vec![name], row]
    });
    if let Some(paging) = paging {
        put("paging", paging);
    }
    if !rules.is_empty() {
        put("rules", Value::Array(rules));
    }
    let errors = errors(page, vendor);
    if !errors.is_empty() {
        put("errors", Value::Array(errors));
    }
    let mut taken = HashSet::new();
    let repeated = [&request, &response].map(|root| repeated(root, &names::pascal(&operation), &mut taken));
    let types = shared
        .iter()
        .flatten()
        .filter_map(|path| path.last())
        .map(|name| format!("{}{}", names::pascal(&operation), names::pascal(name)))
        .chain(taken)
        .collect();
    let mut writer = Writer {
        shared,
        repeated: &repeated,
        definitions: Map::new(),
        page,
        operation: names::pascal(&operation),
        masked: Vec::new(),
        types,
        enums: HashMap::new(),
        side: Side::Request,
        query_body: body == BodyKind::Query,
    };
    // The answer first: a cursor that is an object is described by the rows.
    writer.side = Side::Response;
    let response_schema = writer.object(&response, &[]);
    writer.side = Side::Request;
    let request_schema = writer.object(&request, &[]);
    let definitions = std::mem::take(&mut writer.definitions);
    let masked = std::mem::take(&mut writer.masked);
    if !masked.is_empty() {
        page.remark(Concern::Assumed, 0, format!("by their names these are not to be shown: {}", masked.join(", ")));
    }
    let schemas = json!({ "request": request_schema, "response": response_schema });
    let mut all = schemas.clone();
    if let Some(object) = all.as_object_mut() {
        object.insert("definitions".to_owned(), Value::Object(definitions.clone()));
    }
    let errata = errata(&contradictions, &request, &response, &all, &repeated);
    if !errata.is_empty() {
        file.insert("errata".to_owned(), Value::Array(errata));
    }
    if let Value::Object(schemas) = schemas {
        file.extend(schemas);
    }
    if !definitions.is_empty() {
        file.insert("definitions".to_owned(), Value::Object(definitions));
    }
    if !examples.is_empty() {
        file.insert("examples".to_owned(), Value::Array(examples));
    }
    Value::Object(file)
}

fn errors(page: &mut Page, vendor: Option<&VendorFile>) -> Vec<Value> {
    let success = |code: &str| match vendor {
        Some(vendor) => vendor.envelope.success.iter().any(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned) == code),
        None => code == "0",
    };
    let as_number = drop_unsupported::codes_are_numbers(vendor);
    let known = |code: &str| {
        vendor.is_some_and(|vendor| {
            vendor.errors.iter().any(|rule| rule.code.as_ref().is_some_and(|known| crate::diff::plain(known) == code))
        })
    };
    let rows: Vec<_> = page.errors.iter().filter(|row| !success(&row.code) && !known(&row.code)).cloned().collect();
    if let Some(first) = rows.first() {
        page.remark(Concern::Decide, first.line, "what to do about each error code is not on the page: written as `fail`");
    }
    rows.into_iter()
        .map(|row| {
            let code = row.code.parse::<i64>().ok().filter(|_| as_number).map_or_else(|| json!(row.code), |code| json!(code));
            json!({ "code": code, "zh": label(&row.meaning, row.line), "en": todo_with(draft::english(&row.meaning), row.line), "action": "fail" })
        })
        .collect()
}

fn errata(contradictions: &[Contradiction], request: &Field, response: &Field, schemas: &Value, repeated: &[Repeated; 2]) -> Vec<Value> {
    let mut met = HashSet::new();
    contradictions
        .iter()
        .filter(|contradiction| !contradiction.documented.is_empty())
        .filter_map(|contradiction| {
            let [sent, answered] = repeated;
            let (root, start, repeated) = match contradiction.side {
                Side::Request => (request, "/request", sent),
                Side::Response => (response, "/response", answered),
            };
            let at = pointer(root, start, &contradiction.path, repeated)?;
            let Contradiction { kind, documented, wire, seen, .. } = contradiction;
            if !applies(schemas, &at, contradiction)? {
                return None;
            }
            // The other name may stand there after all: every answer of the vendor has it.
            let beside = at.rsplit_once('/').map(|(parent, _)| format!("{parent}/{}", documented.replace('~', "~0").replace('/', "~1")));
            if *kind == "name" && beside.is_some_and(|beside| schemas.pointer(&beside).is_some()) {
                return None;
            }
            if !met.insert((at.clone(), *kind, wire)) {
                return None;
            }
            Some(json!({ "at": at, "kind": kind, "documented": documented, "wire": wire, "seen": seen }))
        })
        .collect()
}

/// Whether the field is written as the contradiction says; `None` if it is not written. It may come from a copy of the page that is not the one that counts.
fn applies(schemas: &Value, at: &str, contradiction: &Contradiction) -> Option<bool> {
    let written = schemas.pointer(at)?;
    let types = written["type"].as_array().map_or_else(Vec::new, |types| types.iter().filter_map(Value::as_str).collect());
    let parent = at.rsplit_once("/properties/").and_then(|(parent, _)| schemas.pointer(parent));
    let names = parent.and_then(|parent| parent["required"].as_array()).into_iter().flatten();
    let required = contradiction.path.last().is_some_and(|last| names.into_iter().any(|name| name == last));
    let wire = contradiction.wire.as_str();
    Some(match (contradiction.kind, wire) {
        ("type", _) => {
            let other = if written.get("$ref").is_some() { "object" } else { "any" };
            let kind = types.first().copied().or(written["type"].as_str()).unwrap_or(other);
            written["x-documented-type"] == contradiction.documented.as_str() && kind == wire
        }
        ("presence", "required") => required,
        ("presence", "optional" | "absent") => !required,
        ("presence", "nullable") => types.contains(&"null") || written.get("x-nullable").is_some(),
        _ => true,
    })
}

/// JSON pointer of a field in the file that is written.
fn pointer(root: &Field, start: &str, path: &[String], repeated: &Repeated) -> Option<String> {
    let mut pointer = start.to_owned();
    let mut field = root;
    for (depth, name) in path.iter().enumerate() {
        if let Some(definition) = path.get(..depth).and_then(|above| repeated.get(above)) {
            pointer = format!("/definitions/{definition}");
        } else {
            let mut shape = &field.shape;
            while let Shape::List(item) = shape {
                pointer.push_str("/items");
                shape = item;
            }
        }
        pointer.push_str("/properties/");
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        field = field.members.get(name)?;
    }
    Some(pointer)
}

/// Objects that a member of theirs repeats: each becomes a definition.
fn repeated(root: &Field, operation: &str, taken: &mut HashSet<String>) -> Repeated {
    let mut found = Repeated::new();
    let mut open: Vec<(Vec<String>, &Field)> = vec![(Vec::new(), root)];
    while let Some((path, field)) = open.pop() {
        for (name, member) in &field.members {
            let below: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            let above = member.repeats.and_then(|levels| below.len().checked_sub(levels)).filter(|length| *length > 0);
            if let Some(above) = above.and_then(|length| below.get(..length)) {
                let name = format!("{operation}{}", names::pascal(above.last().map_or("", String::as_str)));
                if !found.contains_key(above) {
                    let numbered = (2..TRIES).map(|number| format!("{name}{number}"));
                    let free = [name.clone()].into_iter().chain(numbered).find(|name| taken.insert(name.clone()));
                    found.insert(above.to_vec(), free.unwrap_or(name));
                }
            }
            open.push((below, member));
        }
    }
    found
}

struct Writer<'a> {
    page: &'a mut Page,
    /// The operation's name as a type.
    operation: String,
    /// Where the cursor stands in the request and in the answer, when it is an object: both share its definition.
    shared: Option<[Vec<String>; 2]>,
    /// Objects that hold themselves, of request and answer.
    repeated: &'a [Repeated; 2],
    definitions: Map<String, Value>,
    /// Fields that are masked because of their names.
    masked: Vec<String>,
    /// Names of types that are used.
    types: HashSet<String>,
    /// Values of each enum that is written.
    enums: HashMap<String, Value>,
    side: Side,
    /// The whole request travels in the query, so that no field needs to say so.
    query_body: bool,
}

impl Writer<'_> {
    /// `type`, `required`, `properties` of an object.
    fn object(&mut self, field: &Field, path: &[String]) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (name, member) in &field.members {
            let below = [path, std::slice::from_ref(name)].concat();
            properties.insert(name.clone(), self.field(name, member, &below));
            if member.required == Required::Yes {
                required.push(json!(name));
            }
        }
        let mut object = Map::new();
        object.insert("type".to_owned(), json!("object"));
        if !required.is_empty() {
            object.insert("required".to_owned(), Value::Array(required));
        }
        if let Some(prefix) = &field.columns {
            if !properties.is_empty() {
                object.insert("properties".to_owned(), Value::Object(properties));
            }
            let column = json!({ "type": "integer", "x-name": drop_unsupported::column_name(prefix), "description": todo(field.line), "x-zh": todo(field.line) });
            object.insert("patternProperties".to_owned(), json!({ format!("^{prefix}[0-9]+$"): column }));
        } else if properties.is_empty() && !path.is_empty() {
            object.insert("additionalProperties".to_owned(), json!({}));
        } else {
            object.insert("properties".to_owned(), Value::Object(properties));
        }
        Value::Object(object)
    }

    fn field(&mut self, name: &str, field: &Field, path: &[String]) -> Value {
        let is_cursor =
            self.shared.as_ref().is_some_and(|[request, row]| if self.side == Side::Request { path == request } else { path == row });
        if is_cursor {
            return self.shared_field(name, field, path);
        }
        let mut schema = match self.definition_of(field, path) {
            Some(definition) => by_reference(&field.shape, &definition),
            None => self.shape(&field.shape, field, path),
        };
        if field.nullable {
            match schema.get("type").cloned() {
                Some(kind) => schema.insert("type".to_owned(), json!([kind, "null"])),
                None => schema.insert("x-nullable".to_owned(), json!(true)),
            };
        }
        self.limits(field, &mut schema);
        let (english, chinese) = described(name, field);
        schema.insert("description".to_owned(), json!(english));
        schema.insert("x-zh".to_owned(), json!(chinese));
        if matches!(field.shape, Shape::Object | Shape::Map)
            && (schema.contains_key("properties") || schema.contains_key("patternProperties"))
        {
            self.name_type(path, &mut schema);
        }
        self.choices(name, field, path, &mut schema);
        if field.retyped && !field.printed_type.is_empty() {
            schema.insert("x-documented-type".to_owned(), json!(field.printed_type));
        }
        if field.number_in_text {
            schema.insert("x-wire".to_owned(), json!("text"));
        } else if let Some(digit) = field.digit.filter(|_| field.shape == Shape::Boolean) {
            schema.insert("x-wire".to_owned(), json!(digit));
        } else if field.json_text && field.shape == Shape::Text {
            self.page.remark(
                Concern::Decide,
                field.line,
                format!("`{name}` is JSON inside a text: say what it holds, with `\"x-wire\": \"json\"`"),
            );
        }
        if self.side == Side::Request && path.len() == 1 && field.place == Some(Place::Query) && !self.query_body {
            if matches!(field.shape.innermost(), Shape::Object | Shape::Map | Shape::Any) {
                self.page.remark(
                    Concern::Decide,
                    field.line,
                    format!("`{name}` stands in the query but is no scalar: written into the body"),
                );
            } else {
                schema.insert("x-in".to_owned(), json!("query"));
            }
        }
        if let Some(unit) = field.facts.unit.filter(|_| matches!(field.shape, Shape::Integer | Shape::Number | Shape::Text)) {
            schema.insert("x-unit".to_owned(), json!(unit));
        }
        if let Some(time) = field.time().and_then(|time| time_name(time, &field.shape)) {
            schema.insert("x-time".to_owned(), json!(time));
        }
        if let Some(mask) = sensitive::of(name).filter(|_| matches!(field.shape, Shape::Text | Shape::Integer)) {
            self.masked.push(path.join("."));
            schema.insert("x-sensitive".to_owned(), json!(mask));
        }
        if field.origin == Origin::Example {
            schema.insert("x-evidence".to_owned(), json!("unverified"));
        }
        Value::Object(schema)
    }

    /// The definition that a field refers to because it holds itself, or is held again further down. The first to need it writes it.
    fn definition_of(&mut self, field: &Field, path: &[String]) -> Option<String> {
        let [sent, answered] = self.repeated;
        let repeated = if self.side == Side::Request { sent } else { answered };
        if let Some(levels) = field.repeats {
            let above = path.len().checked_sub(levels).and_then(|length| path.get(..length));
            let found = above.and_then(|above| repeated.get(above)).cloned();
            if found.is_none() {
                self.page.remark(
                    Concern::Decide,
                    field.line,
                    format!("`{}` holds what stands above it, which cannot be said here: written as any JSON", path.join(".")),
                );
            }
            return found;
        }
        let name = repeated.get(path)?.clone();
        if !self.definitions.contains_key(&name) {
            self.types.insert(name.clone());
            self.definitions.insert(name.clone(), Value::Null);
            if let Value::Object(mut object) = self.object(field, path) {
                let (english, chinese) = described(path.last().map_or("", String::as_str), field);
                object.insert("description".to_owned(), json!(english));
                object.insert("x-zh".to_owned(), json!(chinese));
                self.definitions.insert(name.clone(), Value::Object(object));
            }
        }
        Some(name)
    }

    /// A field that refers to the definition of the cursor, which its first sight in the rows makes.
    fn shared_field(&mut self, name: &str, field: &Field, path: &[String]) -> Value {
        let definition = format!("{}{}", self.operation, names::pascal(name));
        if !self.definitions.contains_key(&definition) {
            let Value::Object(mut object) = self.object(field, path) else { return Value::Null };
            object.insert("description".to_owned(), json!(todo(field.line)));
            object.insert("x-zh".to_owned(), json!(todo(field.line)));
            if object.get("additionalProperties").is_some() {
                object.insert("additionalProperties".to_owned(), json!(true));
            }
            self.definitions.insert(definition.clone(), Value::Object(object));
        }
        let mut reference =
            json!({ "$ref": format!("#/definitions/{definition}"), "description": todo(field.line), "x-zh": todo(field.line) });
        if let Some(reference) = reference.as_object_mut().filter(|_| field.nullable) {
            reference.insert("x-nullable".to_owned(), json!(true));
        }
        reference
    }

    fn shape(&mut self, shape: &Shape, field: &Field, path: &[String]) -> Map<String, Value> {
        let mut schema = Map::new();
        match shape {
            Shape::Any => {}
            Shape::Object | Shape::Map => {
                if let Value::Object(object) = self.object(field, path) {
                    schema = object;
                }
            }
            Shape::List(item) => {
                schema.insert("type".to_owned(), json!("array"));
                let mut items = self.shape(item, field, path);
                if items.contains_key("properties") || items.contains_key("patternProperties") {
                    self.name_type(path, &mut items);
                }
                schema.insert("items".to_owned(), Value::Object(items));
            }
            scalar => {
                schema.insert("type".to_owned(), json!(scalar.json_name()));
            }
        }
        schema
    }

    /// Names an object's type where its usual name is taken.
    fn name_type(&mut self, path: &[String], schema: &mut Map<String, Value>) {
        let last = path.last().map_or("", String::as_str);
        let usual = format!("{}{}", self.operation, names::pascal(last));
        if self.types.insert(usual.clone()) && usual != self.operation {
            return;
        }
        let whole = format!("{}{}", self.operation, path.iter().map(|name| names::pascal(name)).collect::<String>());
        let side = if self.side == Side::Request { "Request" } else { "Answer" };
        let candidates = [whole.clone(), format!("{whole}{side}")].into_iter().chain((2..).map(|number| format!("{whole}{side}{number}")));
        for name in candidates.take(TRIES) {
            if self.types.insert(name.clone()) {
                schema.insert("x-type".to_owned(), json!(name));
                return;
            }
        }
    }

    fn limits(&self, field: &Field, schema: &mut Map<String, Value>) {
        let facts = &field.facts;
        let default = facts.default.as_ref().map(|default| match field.shape {
            Shape::Integer => default.parse::<i64>().map_or(Value::Null, |value| json!(value)),
            Shape::Boolean => json!(default == "true"),
            _ => json!(default),
        });
        let limits = [
            ("default", default),
            ("minimum", facts.minimum.map(|limit| json!(limit))),
            ("maximum", facts.maximum.map(|limit| json!(limit))),
            ("maxLength", facts.max_length.map(|limit| json!(limit))),
            ("maxItems", facts.max_items.filter(|_| matches!(field.shape, Shape::List(_))).map(|limit| json!(limit))),
        ];
        for (key, limit) in limits {
            if let Some(limit) = limit {
                schema.insert(key.to_owned(), limit);
            }
        }
    }

    fn choices(&mut self, name: &str, field: &Field, path: &[String], schema: &mut Map<String, Value>) {
        let choices = &field.facts.choices;
        if choices.is_empty() || field.shape == Shape::Boolean {
            return;
        }
        let mut taken = HashSet::new();
        let values = choices
            .iter()
            .map(|choice| {
                let number = choice.value.parse::<i64>().ok().filter(|_| field.shape == Shape::Integer);
                let value = number.map_or_else(|| json!(choice.value), |number| json!(number));
                let name = value_name(choice, &mut taken);
                json!({ "value": value, "name": name, "zh": value_label(&choice.label, field.line), "en": todo_with(draft::english(&choice.label), field.line) })
            })
            .collect();
        let values = Value::Array(values);
        let enum_name = self.enum_name(name, path, &values);
        schema.insert("x-enum".to_owned(), json!({ "name": enum_name, "values": values }));
    }

    fn enum_name(&mut self, name: &str, path: &[String], values: &Value) -> String {
        let short = format!("{}{}", self.operation, names::pascal(name));
        let long = format!("{}{}Code", self.operation, path.iter().map(|name| names::pascal(name)).collect::<String>());
        let numbered = (2..).map(|number| format!("{long}{number}"));
        let free = [short.clone(), long.clone()].into_iter().chain(numbered).take(TRIES).find(|name| match self.enums.get(name) {
            Some(known) => known == values,
            None => !self.types.contains(name),
        });
        let chosen = free.unwrap_or(long);
        self.enums.insert(chosen.clone(), values.clone());
        self.types.insert(chosen.clone());
        chosen
    }
}

/// A reference to a definition, in as many lists as the shape has.
fn by_reference(shape: &Shape, definition: &str) -> Map<String, Value> {
    let mut schema = Map::new();
    match shape {
        Shape::List(item) => {
            schema.insert("type".to_owned(), json!("array"));
            schema.insert("items".to_owned(), Value::Object(by_reference(item, definition)));
        }
        _ => {
            schema.insert("$ref".to_owned(), json!(format!("#/definitions/{definition}")));
        }
    }
    schema
}

/// The name of an enum's value: its label or itself as a word of the Latin alphabet, else a number. `other` stands for what is not documented.
fn value_name(choice: &Choice, taken: &mut HashSet<String>) -> String {
    let word = |text: &String| {
        let latin = text.is_ascii() && text.starts_with(|c: char| c.is_ascii_alphabetic());
        Some(names::field(text)).filter(|name| latin && !name.is_empty() && !matches!(name.as_str(), "other" | "self"))
    };
    let spelt = names::field(&choice.value.replace('-', "minus_"));
    // A value may be empty, or Chinese: then its number is its name.
    let plain = match spelt.trim_start_matches("field_") {
        "" => format!("value_{}", taken.len() + 1),
        spelt => format!("value_{spelt}"),
    };
    let words = [word(&choice.label), word(&choice.value), Some(plain.clone())].into_iter().flatten();
    let numbered = (2..TRIES).map(|number| format!("{plain}_v{number}"));
    let name = words.chain(numbered).find(|name| !taken.contains(&names::pascal(name))).unwrap_or(plain);
    taken.insert(names::pascal(&name));
    name
}

pub(crate) fn time_name(time: TimeFormat, shape: &Shape) -> Option<&'static str> {
    match (time, shape) {
        (TimeFormat::DateTime, Shape::Text) => Some("date_time"),
        (TimeFormat::Date, Shape::Text) => Some("date"),
        (TimeFormat::Month, Shape::Text) => Some("month"),
        (TimeFormat::Seconds, Shape::Integer) => Some("seconds"),
        (TimeFormat::Milliseconds, Shape::Integer) => Some("milliseconds"),
        _ => None,
    }
}

/// `GET` and so on.
pub(crate) fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}

/// `query`, `json`, `form`, `multipart`.
pub(crate) fn body_name(body: BodyKind) -> &'static str {
    match body {
        BodyKind::Query => "query",
        BodyKind::Json => "json",
        BodyKind::Form => "form",
        BodyKind::Multipart => "multipart",
    }
}
