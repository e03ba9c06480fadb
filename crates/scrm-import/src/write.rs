//! Writes a schema file.

use std::collections::{HashMap, HashSet};

use scrm_schema::model::{BodyKind, Method, Place, TimeFormat, VendorFile};
use scrm_schema::names;
use serde_json::{Map, Value, json};

use crate::confront::Contradiction;
use crate::page::{Concern, Page, Required, Side};
use crate::sensitive;
use crate::tree::{Field, Origin};
use crate::types::Shape;

/// What goes into a schema file.
pub(crate) struct Draft<'a> {
    pub(crate) page: &'a mut Page,
    pub(crate) vendor: Option<&'a VendorFile>,
    pub(crate) operation: String,
    pub(crate) source: Value,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: BodyKind,
    pub(crate) token: Option<Value>,
    pub(crate) reads: bool,
    pub(crate) request: Field,
    pub(crate) response: Field,
    pub(crate) paging: Option<Value>,
    pub(crate) rules: Vec<Value>,
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) examples: Vec<Value>,
}

/// A label longer than this is a sentence, and sentences are not copied.
const LABEL: usize = 16;
/// More fields than this no object may have.
const MOST_FIELDS: usize = 256;

/// `TODO (line 12)`
fn todo(line: usize) -> String {
    format!("TODO (line {line})")
}

/// The vendor's own words when they are a label, else a note for a person.
fn label(text: &str, line: usize) -> String {
    let short = !text.is_empty() && text.chars().count() <= LABEL && !text.contains([',', '。', ';', '\n']);
    if short { text.to_owned() } else { todo(line) }
}

/// The schema file of a draft, keys in the order of the format.
pub(crate) fn schema(draft: Draft<'_>) -> Value {
    let Draft { page, vendor, operation, source, method, path, body, token, reads, request, response, paging, rules, contradictions, examples } = draft;
    let mut file = Map::new();
    let mut put = |key: &str, value: Value| {
        file.insert(key.to_owned(), value);
    };
    let title = page.title.as_ref().map_or_else(|| (todo(0), 0), |title| (title.value.clone(), title.line));
    put("$schema", json!("../operation.schema.json"));
    put("operation", json!(operation));
    put("title", json!({ "zh": title.0, "en": todo(title.1) }));
    put("source", source);
    put("http", json!({ "method": method_name(method), "path": path, "body": body_name(body) }));
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
    let mut writer = Writer { page, operation: names::pascal(&operation), types: HashSet::new(), enums: HashMap::new(), side: Side::Request, query_body: body == BodyKind::Query };
    let request_schema = writer.object(&request, &[]);
    writer.side = Side::Response;
    let response_schema = writer.object(&response, &[]);
    let schemas = json!({ "request": request_schema, "response": response_schema });
    let errata = errata(&contradictions, &request, &response, &schemas);
    if !errata.is_empty() {
        file.insert("errata".to_owned(), Value::Array(errata));
    }
    if let Value::Object(schemas) = schemas {
        file.extend(schemas);
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
    let as_number = vendor.is_none_or(|vendor| vendor.envelope.success.iter().any(Value::is_number));
    let known = |code: &str| vendor.is_some_and(|vendor| vendor.errors.iter().any(|rule| rule.code.as_ref().is_some_and(|known| crate::diff::plain(known) == code)));
    let mut met = HashSet::new();
    let rows: Vec<_> = page.errors.iter().filter(|row| !success(&row.code) && !known(&row.code) && met.insert(row.code.clone())).cloned().collect();
    if let Some(first) = rows.first() {
        page.remark(Concern::Decide, first.line, "what to do about each error code is not on the page: written as `fail`");
    }
    rows.into_iter()
        .map(|row| {
            let code = row.code.parse::<i64>().ok().filter(|_| as_number).map_or_else(|| json!(row.code), |code| json!(code));
            json!({ "code": code, "zh": label(&row.meaning, row.line), "en": todo(row.line), "action": "fail" })
        })
        .collect()
}

fn errata(contradictions: &[Contradiction], request: &Field, response: &Field, schemas: &Value) -> Vec<Value> {
    contradictions
        .iter()
        .filter_map(|contradiction| {
            let (root, start) = match contradiction.side {
                Side::Request => (request, "/request"),
                Side::Response => (response, "/response"),
            };
            let at = pointer(root, start, &contradiction.path)?;
            schemas.pointer(&at)?;
            let Contradiction { kind, documented, wire, seen, .. } = contradiction;
            Some(json!({ "at": at, "kind": kind, "documented": documented, "wire": wire, "seen": seen }))
        })
        .collect()
}

/// JSON pointer of a field in the file that is written.
pub(crate) fn pointer(root: &Field, start: &str, path: &[String]) -> Option<String> {
    let mut pointer = start.to_owned();
    let mut field = root;
    for name in path {
        let mut shape = &field.shape;
        while let Shape::List(item) = shape {
            pointer.push_str("/items");
            shape = item;
        }
        pointer.push_str("/properties/");
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        field = field.members.get(name)?;
    }
    Some(pointer)
}

struct Writer<'a> {
    page: &'a mut Page,
    /// The operation's name as a type.
    operation: String,
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
        let mut rust_names = HashSet::new();
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (name, member) in &field.members {
            let rust = names::field(name);
            let reason = if rust.is_empty() {
                "its name has no letter of the Latin alphabet"
            } else if rust == "extra" {
                "every struct has a field of this name already"
            } else if !rust_names.insert(rust) {
                "another field would have the same name in Rust"
            } else if properties.len() >= MOST_FIELDS {
                "the object has more fields than a struct may have"
            } else {
                let below = [path, std::slice::from_ref(name)].concat();
                let schema = self.field(name, member, &below);
                properties.insert(name.clone(), schema);
                if member.required == Required::Yes {
                    required.push(json!(name));
                }
                continue;
            };
            self.page.remark(Concern::Decide, member.line, format!("`{name}` is left out: {reason}"));
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
            let name = names::field(prefix);
            let name = if name.is_empty() { "columns".to_owned() } else { format!("{name}s") };
            let column = json!({ "type": "integer", "x-name": name, "description": todo(field.line), "x-zh": todo(field.line) });
            object.insert("patternProperties".to_owned(), json!({ format!("^{prefix}[0-9]+$"): column }));
        } else if properties.is_empty() && !path.is_empty() {
            object.insert("additionalProperties".to_owned(), json!({}));
        } else {
            object.insert("properties".to_owned(), Value::Object(properties));
        }
        Value::Object(object)
    }

    fn field(&mut self, name: &str, field: &Field, path: &[String]) -> Value {
        let mut schema = self.shape(&field.shape, field, path);
        if field.nullable
            && let Some(kind) = schema.get("type").cloned()
        {
            schema.insert("type".to_owned(), json!([kind, "null"]));
        }
        self.limits(field, &mut schema);
        schema.insert("description".to_owned(), json!(todo(field.line)));
        schema.insert("x-zh".to_owned(), json!(todo(field.line)));
        self.type_name(name, field, path, &mut schema);
        self.choices(name, field, path, &mut schema);
        if field.retyped {
            schema.insert("x-documented-type".to_owned(), json!(field.printed_type));
        }
        if self.side == Side::Request && field.place == Some(Place::Query) && !self.query_body {
            schema.insert("x-in".to_owned(), json!("query"));
        }
        if let Some(unit) = field.facts.unit.filter(|_| matches!(field.shape, Shape::Integer | Shape::Number | Shape::Text)) {
            schema.insert("x-unit".to_owned(), json!(unit));
        }
        if let Some(time) = field.time().and_then(|time| time_name(time, &field.shape)) {
            schema.insert("x-time".to_owned(), json!(time));
        }
        if let Some(mask) = sensitive::of(name).filter(|_| matches!(field.shape, Shape::Text | Shape::Integer)) {
            self.page.remark(Concern::Assumed, field.line, format!("`{}` is {mask}, by its name", path.join(".")));
            schema.insert("x-sensitive".to_owned(), json!(mask));
        }
        if field.origin == Origin::Example {
            schema.insert("x-evidence".to_owned(), json!("unverified"));
        }
        Value::Object(schema)
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
                if items.contains_key("properties") {
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

    /// Names an object's type where its own name is taken.
    fn type_name(&mut self, name: &str, field: &Field, path: &[String], schema: &mut Map<String, Value>) {
        let _ = name;
        if matches!(field.shape, Shape::Object | Shape::Map) && (schema.contains_key("properties") || schema.contains_key("patternProperties")) {
            self.name_type(path, schema);
        }
    }

    fn name_type(&mut self, path: &[String], schema: &mut Map<String, Value>) {
        let last = path.last().map_or("", String::as_str);
        let usual = format!("{}{}", self.operation, names::pascal(last));
        if self.types.insert(usual.clone()) && usual != self.operation {
            return;
        }
        let whole = format!("{}{}", self.operation, path.iter().map(|name| names::pascal(name)).collect::<String>());
        let side = if self.side == Side::Request { "Request" } else { "Answer" };
        let candidates = [whole.clone(), format!("{whole}{side}")].into_iter().chain((2..).map(|number| format!("{whole}{side}{number}")));
        for name in candidates.take(MOST_FIELDS) {
            if self.types.insert(name.clone()) {
                schema.insert("x-type".to_owned(), json!(name));
                return;
            }
        }
    }

    fn limits(&mut self, field: &Field, schema: &mut Map<String, Value>) {
        let facts = &field.facts;
        let number = matches!(field.shape, Shape::Integer | Shape::Number);
        if let Some(default) = facts.default.as_ref().filter(|_| self.side == Side::Request) {
            let value = match field.shape {
                Shape::Integer => default.parse::<i64>().ok().map(|value| json!(value)),
                Shape::Text => Some(json!(default)),
                Shape::Boolean => default.parse::<bool>().ok().map(|value| json!(value)),
                _ => None,
            };
            match value {
                Some(value) => {
                    schema.insert("default".to_owned(), value);
                }
                None => self.page.remark(Concern::Decide, field.line, format!("the default `{default}` does not fit its type: left out")),
            }
        }
        let limits = [
            ("minimum", facts.minimum.filter(|_| number).map(|limit| json!(limit))),
            ("maximum", facts.maximum.filter(|_| number).map(|limit| json!(limit))),
            ("maxLength", facts.max_length.filter(|_| field.shape == Shape::Text).map(|limit| json!(limit))),
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
        let whole = choices.iter().all(|choice| choice.value.parse::<i64>().is_ok());
        if !(field.shape == Shape::Text || (field.shape == Shape::Integer && whole)) {
            let text = format!("`{}` has documented values that its type `{}` cannot hold: left out", path.join("."), field.printed_type);
            return self.page.remark(Concern::Decide, field.line, text);
        }
        let mut used = HashSet::new();
        let values: Vec<Value> = choices
            .iter()
            .map(|choice| {
                let value = if field.shape == Shape::Integer { choice.value.parse::<i64>().map_or(Value::Null, |value| json!(value)) } else { json!(choice.value) };
                let plain = choice.value.replace('-', "minus_");
                let number = |used: &HashSet<String>| (2..).map(|count| format!("value_{plain}_{count}")).find(|name| !used.contains(name)).unwrap_or_default();
                let wanted = [&choice.label, &choice.value].into_iter().map(|text| value_name(text)).find(|name| !name.is_empty() && !used.contains(name));
                let value_name = wanted.or_else(|| Some(format!("value_{}", names::field(&plain).trim_start_matches("field_"))).filter(|name| !used.contains(name)));
                let value_name = value_name.unwrap_or_else(|| number(&used));
                used.insert(value_name.clone());
                json!({ "value": value, "name": value_name, "zh": label(&choice.label, field.line), "en": todo(field.line) })
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
        let free = [short.clone(), long.clone()].into_iter().chain(numbered).take(MOST_FIELDS).find(|name| match self.enums.get(name) {
            Some(known) => known == values,
            None => !self.types.contains(name),
        });
        let chosen = free.unwrap_or(long);
        self.enums.insert(chosen.clone(), values.clone());
        self.types.insert(chosen.clone());
        chosen
    }
}

/// The name of an enum's value: a word of the Latin alphabet, not `other`, which stands for what is not documented.
fn value_name(text: &str) -> String {
    let plain = text.is_ascii() && text.starts_with(|c: char| c.is_ascii_alphabetic());
    if plain { Some(names::field(text)).filter(|name| name != "other").unwrap_or_default() } else { String::new() }
}

fn time_name(time: TimeFormat, shape: &Shape) -> Option<&'static str> {
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
