//! A page against a committed schema: what the vendor changed.

use std::collections::{HashMap, HashSet};
use std::fmt;

use scrm_schema::model::VendorFile;
use serde_json::Value;

use crate::ImportError;
use crate::page::{Located, Page, Required};
use crate::tree::{Field, Origin};
use crate::types::{self, Shape};

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The page has a field that the schema has not.
    Added,
    /// The schema has a field that the page has not.
    Removed,
    /// A type differs.
    Retyped,
    /// A required mark or a documented `null` differs.
    Presence,
    /// The page documents a value that the schema has not.
    NewValue,
    /// The schema has a value that the page no longer documents.
    ValueGone,
    /// A limit, default or largest page size differs.
    Limit,
    /// The quota differs.
    Quota,
    /// Title, method, path, encoding or permission differs.
    Head,
    /// The page documents an error code that neither operation nor vendor knows.
    NewError,
}

impl Change {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Retyped => "retyped",
            Self::Presence => "presence",
            Self::NewValue => "new_value",
            Self::ValueGone => "value_gone",
            Self::Limit => "limit",
            Self::Quota => "quota",
            Self::Head => "head",
            Self::NewError => "new_error",
        }
    }
}

/// One difference between page and schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind.
    pub change: Change,
    /// JSON pointer in the schema file, or where the field would stand.
    pub at: String,
    /// Line of the page; 0 when the page has nothing of it.
    pub line: usize,
    /// What differs, in plain English.
    pub text: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 { write!(f, "{} (line {}): {}", self.at, self.line, self.text) } else { write!(f, "{}: {}", self.at, self.text) }
    }
}

/// A committed schema, with what stands beside it in its area.
#[derive(Clone, Copy, Debug, Default)]
pub struct Committed<'a> {
    /// Text of the operation's file.
    pub schema: &'a str,
    /// Text of the area's `definitions.json`, if there is one.
    pub definitions: Option<&'a str>,
    /// Texts of the area's other operations: what they record as errata of the shared definitions counts, too.
    pub others: &'a [String],
}

impl Committed<'_> {
    /// One value with the shared definitions under a key of their own, and every erratum by the pointer of what it is about.
    pub(crate) fn read(&self) -> Result<(Value, Errata), ImportError> {
        let parse = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| ImportError::Schema(error.to_string()));
        let mut schema = parse(self.schema)?;
        let mut errata = Errata::new();
        note(&schema, |_| true, &mut errata);
        for other in self.others {
            note(&parse(other)?, |at| at.starts_with(SHARED_FILE), &mut errata);
        }
        if let (Some(text), Some(whole)) = (self.definitions, schema.as_object_mut()) {
            whole.insert(SHARED_FILE.to_owned(), parse(text)?);
        }
        match unresolved(&schema) {
            Some(reference) => Err(ImportError::NoDefinition { reference }),
            None => Ok((schema, errata)),
        }
    }
}

/// Errata by the pointer of what they are about.
pub(crate) type Errata = HashMap<String, Vec<Value>>;

/// The file of what the operations of an area share, and the key under which it stands beside a schema here.
const SHARED_FILE: &str = "definitions.json";

fn note(schema: &Value, wanted: impl Fn(&str) -> bool, into: &mut Errata) {
    for erratum in schema.get("errata").and_then(Value::as_array).into_iter().flatten() {
        let at = erratum.get("at").and_then(Value::as_str).unwrap_or("");
        if wanted(at) {
            into.entry(target("", at)).or_default().push(erratum.clone());
        }
    }
}

/// Where a reference leads that stands at a pointer.
fn target(from: &str, reference: &str) -> String {
    if let Some(rest) = reference.strip_prefix(SHARED_FILE).and_then(|rest| rest.strip_prefix('#')) {
        return format!("/{SHARED_FILE}{rest}");
    }
    match reference.strip_prefix('#') {
        Some(rest) if in_shared(from) => format!("/{SHARED_FILE}{rest}"),
        Some(rest) => rest.to_owned(),
        None => reference.to_owned(),
    }
}

fn in_shared(at: &str) -> bool {
    at.strip_prefix('/').is_some_and(|rest| rest.starts_with(SHARED_FILE))
}

/// A pointer as the schema files write it.
fn shown(at: &str) -> String {
    match at.strip_prefix('/').and_then(|rest| rest.strip_prefix(SHARED_FILE)) {
        Some(rest) => format!("{SHARED_FILE}#{rest}"),
        None => at.to_owned(),
    }
}

/// A reference that leads nowhere: below it nothing could be compared.
fn unresolved(schema: &Value) -> Option<String> {
    let mut open: Vec<(bool, &Value)> = vec![(false, schema)];
    while let Some((shared, value)) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (shared, item))),
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let from = if shared { format!("/{SHARED_FILE}") } else { String::new() };
                    if schema.pointer(&target(&from, reference)).is_none() {
                        return Some(reference.to_owned());
                    }
                }
                let data = |key: &str| matches!(key, "examples" | "default");
                open.extend(members.iter().filter(|(key, _)| !data(key)).map(|(key, value)| (shared || key == SHARED_FILE, value)));
            }
            _ => {}
        }
    }
    None
}

/// What the page says, ready to be compared.
pub(crate) struct Said<'a> {
    pub(crate) page: &'a Page,
    pub(crate) vendor: Option<&'a VendorFile>,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) base_url: Option<&'a str>,
    pub(crate) signature: Option<&'a Located<String>>,
    pub(crate) body: &'a str,
    pub(crate) request: &'a Field,
    pub(crate) response: &'a Field,
}

/// The differences between a page and a schema. What the schema records as an erratum is none.
pub(crate) fn compare(said: &Said<'_>, schema: &Value, errata: &Errata) -> Vec<Difference> {
    let mut comparer = Comparer { schema, errata, differences: Vec::new(), met: HashSet::new() };
    comparer.head(said);
    comparer.object(said.request, "/request", 0);
    comparer.object(said.response, "/response", 0);
    comparer.page_size(said);
    comparer.errors(said);
    comparer.differences
}

/// A value as text, without the quotes of a string.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

const DEEPEST: usize = 32;

struct Comparer<'a> {
    schema: &'a Value,
    /// Errata by what they are about.
    errata: &'a Errata,
    differences: Vec<Difference>,
    /// Definitions that were compared, by pointer and by the line of the field on the page.
    met: HashSet<(String, usize)>,
}

impl<'a> Comparer<'a> {
    fn report(&mut self, change: Change, at: &str, line: usize, text: String) {
        self.differences.push(Difference { change, at: shown(at), line, text });
    }

    /// Whether a person recorded a contradiction of one of these kinds there.
    fn recorded(&self, at: &str, kinds: &[&str]) -> bool {
        self.errata.get(at).is_some_and(|errata| {
            errata.iter().any(|erratum| erratum.get("kind").and_then(Value::as_str).is_some_and(|kind| kinds.contains(&kind)))
        })
    }

    fn head(&mut self, said: &Said<'_>) {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let page = said.page;
        let title = page.title.as_ref().map(|title| (title.value.as_str(), title.line));
        let method = Some((said.method, page.method.as_ref().map_or(0, |method| method.line)));
        let path = Some((said.path, page.url.as_ref().map_or(0, |url| url.line)));
        let body = Some((said.body, page.body.as_ref().map_or(0, |body| body.line)));
        let permission = page.permission.as_ref().map(|permission| (permission.value.as_str(), permission.line));
        let base_url = said.base_url.map(|name| (name, page.url.as_ref().map_or(0, |url| url.line)));
        let signature = said.signature.map(|signature| (signature.value.as_str(), signature.line));
        for (at, what, now) in [
            ("/title/zh", "title", title),
            ("/http/method", "method", method),
            ("/http/path", "path", path),
            ("/http/body", "encoding", body),
            ("/http/base_url", "base URL", base_url),
            ("/signature", "signature", signature),
            ("/permission", "permission", permission),
        ] {
            let before = self.schema.pointer(at).and_then(Value::as_str).unwrap_or("");
            let Some((now, line)) = now else { continue };
            let same = if at == "/http/path" { before == now } else { letters(before) == letters(now) };
            if !same && !self.recorded(at, &["value", "page"]) {
                self.report(Change::Head, at, line, format!("the {what} is `{now}` on the page, `{before}` in the schema"));
            }
        }
        self.quota(page);
    }

    fn quota(&mut self, page: &Page) {
        let number = |key: &str| self.schema.pointer(&format!("/quota/{key}")).and_then(Value::as_u64);
        let before = number("calls").zip(number("seconds"));
        let now = page.quota.as_ref().map(|quota| (u64::from(quota.value.calls), u64::from(quota.value.seconds)));
        if before == now || ["/quota", "/quota/calls", "/quota/seconds"].iter().any(|at| self.recorded(at, &["value", "page"])) {
            return;
        }
        let show =
            |quota: Option<(u64, u64)>| quota.map_or_else(|| "none".to_owned(), |(calls, seconds)| format!("{calls} calls in {seconds} s"));
        let text = format!("the quota is {} on the page, {} in the schema", show(now), show(before));
        self.report(Change::Quota, "/quota", page.quota.as_ref().map_or(0, |quota| quota.line), text);
    }

    /// Follows `$ref`: the schema it leads to, and its pointer.
    fn resolve(&self, at: &str) -> Option<(&'a Value, String)> {
        let (mut schema, mut at) = (self.schema.pointer(at)?, at.to_owned());
        for _ in 0..DEEPEST {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { break };
            at = target(&at, reference);
            schema = self.schema.pointer(&at)?;
        }
        Some((schema, at))
    }

    fn object(&mut self, field: &Field, at: &str, depth: usize) {
        let Some((mut schema, mut at)) = self.resolve(at) else { return };
        for _ in 0..DEEPEST {
            if schema.get("items").is_none() {
                break;
            }
            let Some(inner) = self.resolve(&format!("{at}/items")) else { return };
            (schema, at) = inner;
        }
        if depth >= DEEPEST || !self.met.insert((at.clone(), field.line)) {
            return;
        }
        let empty = serde_json::Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: HashSet<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let renamed = self.renamed(&at, properties);
        let mut here: HashSet<&str> = HashSet::new();
        for (name, member) in &field.members {
            let wire = renamed.get(name.as_str()).copied().filter(|_| !properties.contains_key(name)).unwrap_or(name.as_str());
            here.insert(wire);
            let below = format!("{at}/properties/{}", wire.replace('~', "~0").replace('/', "~1"));
            if properties.contains_key(wire) {
                self.field(member, &below, required.contains(wire), depth);
            } else if !dynamic(schema, name) && schema.get("additionalProperties").is_none_or(|open| !open.is_object()) {
                let how = if member.origin == Origin::Example { "stands in the example only" } else { "is new on the page" };
                self.report(Change::Added, &below, member.line, format!("`{name}` {how}"));
            }
        }
        if let Some(prefix) = field.columns.as_ref().filter(|prefix| !dynamic(schema, &format!("{prefix}1"))) {
            self.report(Change::Added, &at, field.line, format!("columns that begin with `{prefix}` are new on the page"));
        }
        if field.members.is_empty() && field.columns.is_none() && field.line > 0 {
            return;
        }
        for (name, property) in properties.iter().filter(|(name, _)| !here.contains(name.as_str())) {
            let below = format!("{at}/properties/{}", name.replace('~', "~0").replace('/', "~1"));
            let unverified = property.get("x-evidence").and_then(Value::as_str) == Some("unverified");
            if !unverified && !self.recorded(&below, &["name", "presence", "page"]) {
                self.report(Change::Removed, &below, 0, format!("`{name}` is no longer on the page"));
            }
        }
    }

    /// Wire names by the name the page prints, for the properties of one object.
    fn renamed<'b>(&self, at: &str, properties: &'b serde_json::Map<String, Value>) -> HashMap<&'a str, &'b str> {
        let mut renamed = HashMap::new();
        for name in properties.keys() {
            let below = format!("{at}/properties/{}", name.replace('~', "~0").replace('/', "~1"));
            for erratum in self.errata.get(below.as_str()).into_iter().flatten() {
                if erratum.get("kind").and_then(Value::as_str) == Some("name")
                    && let Some(documented) = erratum.get("documented").and_then(Value::as_str)
                {
                    renamed.insert(documented, name.as_str());
                }
            }
        }
        renamed
    }

    fn field(&mut self, field: &Field, at: &str, required: bool, depth: usize) {
        let Some(own) = self.schema.pointer(at) else { return };
        let Some((schema, target)) = self.resolve(at) else { return };
        self.kind(field, at, own, schema);
        let known = |key: &str| own.get(key).or_else(|| schema.get(key));
        let nullable = known("type").and_then(Value::as_array).is_some_and(|types| types.iter().any(|kind| kind == "null"))
            || known("x-nullable").is_some();
        let told = field.required != Required::Unknown && field.origin == Origin::Table;
        let marks_differ = told && (field.required == Required::Yes) != required;
        if (marks_differ || (field.nullable && !nullable)) && !self.recorded(at, &["presence", "value"]) {
            let now = if field.nullable && !nullable {
                "may be null"
            } else if field.required == Required::Yes {
                "is required"
            } else {
                "is optional"
            };
            self.report(Change::Presence, at, field.line, format!("it {now} on the page, but not in the schema"));
        }
        self.values(field, at, known("x-enum"), schema);
        self.limits(field, at, own);
        if field.shape.is_container() {
            let below = if own.get("$ref").is_some() { target } else { at.to_owned() };
            self.object(field, &below, depth + 1);
        }
    }

    fn kind(&mut self, field: &Field, at: &str, own: &Value, schema: &Value) {
        let committed = own.get("x-documented-type").or_else(|| schema.get("x-documented-type")).and_then(Value::as_str);
        let before = json_type(schema);
        let wire = own.get("x-wire").or_else(|| schema.get("x-wire")).and_then(Value::as_str);
        let wire_type = wire.map(|wire| if wire == "digit" { "integer" } else { "string" });
        let printed = types::read_cell(&field.printed_type).map(|printed| printed.shape);
        let agrees = match (&printed, committed.and_then(types::read_cell).map(|printed| printed.shape)) {
            (None, _) if field.origin == Origin::Table => true,
            (Some(now), Some(before)) => now.json_name() == before.json_name(),
            (Some(now), None) => before.is_none_or(|before| fits(now, before)) || wire_type == Some(now.json_name()),
            (None, _) => before.is_none_or(|before| fits(&field.shape, before)) || wire_type == Some(field.shape.json_name()),
        };
        let same_print = |erratum: &Value| {
            let documented =
                erratum.get("documented").and_then(Value::as_str).and_then(types::read_cell).map(|printed| printed.shape.json_name());
            erratum.get("kind").and_then(Value::as_str) == Some("type") && documented == printed.as_ref().map(Shape::json_name)
        };
        let explained = self.recorded(at, &["value"]) || self.errata.get(at).is_some_and(|errata| errata.iter().any(same_print));
        if !agrees && !explained {
            let now = if field.printed_type.is_empty() { field.shape.json_name() } else { &field.printed_type };
            let before = committed.or(before).unwrap_or("any");
            self.report(Change::Retyped, at, field.line, format!("its type is `{now}` on the page, `{before}` in the schema"));
        } else if field.retyped
            && before.is_some_and(|before| !fits(&field.shape, before))
            && wire_type != Some(field.shape.json_name())
            && !self.recorded(at, &["type", "value"])
        {
            let text = format!("the example shows {}, the schema says {}", field.shape.json_name(), before.unwrap_or("any"));
            self.report(Change::Retyped, at, field.line, text);
        }
    }

    fn values(&mut self, field: &Field, at: &str, known: Option<&Value>, schema: &Value) {
        if field.facts.choices.is_empty() || json_type(schema) == Some("boolean") || self.recorded(at, &["value"]) {
            return;
        }
        let before: Vec<String> = known
            .and_then(|known| known.get("values"))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|value| value.get("value"))
            .map(plain)
            .collect();
        let now: HashSet<&str> = field.facts.choices.iter().map(|choice| choice.value.as_str()).collect();
        let known: HashSet<&str> = before.iter().map(String::as_str).collect();
        for choice in field.facts.choices.iter().filter(|choice| !known.contains(choice.value.as_str())) {
            self.report(Change::NewValue, at, field.line, format!("the value `{}` ({}) is new on the page", choice.value, choice.label));
        }
        for value in before.iter().filter(|value| !now.contains(value.as_str())) {
            self.report(Change::ValueGone, at, field.line, format!("the value `{value}` is no longer on the page"));
        }
    }

    fn limits(&mut self, field: &Field, at: &str, own: &Value) {
        if field.origin != Origin::Table || self.recorded(at, &["value"]) {
            return;
        }
        let facts = &field.facts;
        let number = |limit: Option<u64>| limit.and_then(|limit| i64::try_from(limit).ok());
        let is_list = json_type(own) == Some("array");
        let is_number = matches!(field.shape, Shape::Integer | Shape::Number);
        // A smallest value of the schema may be common sense that the page does not print.
        for (key, what, now, both_ways) in [
            ("maximum", "largest value", facts.maximum.filter(|_| is_number), true),
            ("minimum", "smallest value", facts.minimum.filter(|_| is_number), false),
            ("maxLength", "greatest length", number(facts.max_length), true),
            ("maxItems", "largest number of items", number(facts.max_items).filter(|_| is_list), true),
        ] {
            let before = own.get(key).and_then(Value::as_i64);
            if before != now && (now.is_some() || both_ways) {
                let show = |limit: Option<i64>| limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
                self.report(
                    Change::Limit,
                    at,
                    field.line,
                    format!("the {what} is {} on the page, {} in the schema", show(now), show(before)),
                );
            }
        }
        if let Some(default) = &facts.default {
            let before = own.get("default").map(plain);
            if before.as_ref() != Some(default) {
                let before = before.unwrap_or_else(|| "none".to_owned());
                self.report(Change::Limit, at, field.line, format!("the default is {default} on the page, {before} in the schema"));
            }
        }
    }

    fn page_size(&mut self, said: &Said<'_>) {
        let Some(size) = self.schema.pointer("/paging/size").and_then(Value::as_str) else { return };
        let Some(field) = said.request.members.get(size) else { return };
        let before = self.schema.pointer("/paging/max_size").and_then(Value::as_i64);
        if field.facts.maximum != before && !self.recorded("/paging/max_size", &["value"]) {
            let show = |size: Option<i64>| size.map_or_else(|| "none".to_owned(), |size| size.to_string());
            let text = format!("the largest page size is {} on the page, {} in the schema", show(field.facts.maximum), show(before));
            self.report(Change::Limit, "/paging/max_size", field.line, text);
        }
    }

    fn errors(&mut self, said: &Said<'_>) {
        let own = self.schema.get("errors").and_then(Value::as_array).into_iter().flatten().filter_map(|rule| rule.get("code")).map(plain);
        let vendors = said
            .vendor
            .into_iter()
            .flat_map(|vendor| vendor.errors.iter().filter_map(|rule| rule.code.as_ref()).chain(&vendor.envelope.success))
            .map(plain);
        let known: HashSet<String> = own.chain(vendors).chain(["0".to_owned()]).collect();
        for row in said.page.errors.iter().filter(|row| !known.contains(&row.code)) {
            self.report(Change::NewError, "/errors", row.line, format!("the error code {} is new on the page", row.code));
        }
    }
}

/// The type of a schema without `null`.
fn json_type(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        other => other.as_str(),
    }
}

fn fits(shape: &Shape, json: &str) -> bool {
    *shape == Shape::Any || shape.json_name() == json || (*shape == Shape::Integer && json == "number")
}

fn dynamic(schema: &Value, name: &str) -> bool {
    schema.get("patternProperties").and_then(Value::as_object).is_some_and(|patterns| {
        patterns.keys().any(|pattern| {
            let prefix = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix("[0-9]+$"));
            prefix
                .and_then(|prefix| name.strip_prefix(prefix))
                .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        })
    })
}
