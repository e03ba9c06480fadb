//! Machine-readable descriptions: OpenAPI 3.0 and 3.1 in JSON and YAML, alone or inside a page of Apifox, Swagger 2.0, and Apifox projects. The best source
//! there is: names, types, required marks and values stand there for a machine to read.

mod apifox_project;
mod fields;
mod upgrade;

use oas3::spec::{Operation, Spec};
use scrm_schema::model::{BodyKind, Method, Place};
use serde_json::{Map, Value, json};

use crate::limits;
use crate::page::{Concern, ExampleText, Layout, Located, Page, Row, Side, Table};
use crate::{ImportError, lexicon};

use fields::{Fields, Locator};

/// One operation as the file has it.
pub(crate) struct RawOperation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) value: Value,
}

/// What a file holds.
pub(crate) struct Document {
    pub(crate) layout: Layout,
    pub(crate) operations: Vec<RawOperation>,
    pub(crate) components: Value,
    /// Address that the paths stand below.
    pub(crate) server: Option<String>,
}

/// The operations of a text that is, or holds, a machine-readable description; `None`: it is none.
///
/// # Errors
/// [`ImportError::Api`].
pub(crate) fn pages(text: &str) -> Result<Option<Vec<Page>>, ImportError> {
    let Some((kind, values)) = values(text)? else { return Ok(None) };
    let mut pages = Vec::new();
    let mut failures = Vec::new();
    for value in values {
        let document = document(value);
        let (more, failed) = read(document, text);
        pages.extend(more);
        failures.extend(failed);
    }
    if pages.is_empty() {
        let reason = failures.first().cloned().unwrap_or_else(|| "it holds no operation".to_owned());
        return Err(ImportError::Api { kind, reason });
    }
    for page in &mut pages {
        for failure in &failures {
            page.remark(Concern::Decide, 0, format!("another operation of the file cannot be read: {failure}"));
        }
    }
    Ok(Some(pages))
}

/// The descriptions in a text, and what they are.
fn values(text: &str) -> Result<Option<(&'static str, Vec<Value>)>, ImportError> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\n', '\t']);
    if start.starts_with('{') {
        let kind = if text.contains("\"apifoxProject\"") || text.contains("\"apiCollection\"") {
            "a project of Apifox"
        } else if text.contains("\"openapi\"") || text.contains("\"swagger\"") {
            "OpenAPI"
        } else {
            return Ok(None);
        };
        return match serde_json::from_str::<Value>(start) {
            Ok(value)
                if value
                    .get("openapi")
                    .or(value.get("swagger"))
                    .or(value.get("apifoxProject"))
                    .or(value.get("apiCollection"))
                    .is_some() =>
            {
                Ok(Some((kind, vec![value])))
            }
            Ok(_) => Ok(None),
            Err(error) => Err(ImportError::Api { kind, reason: error.to_string() }),
        };
    }
    if begins_yaml(start) {
        let value = yaml(start).map_err(|reason| ImportError::Api { kind: "OpenAPI", reason })?;
        return Ok(Some(("OpenAPI", vec![value])));
    }
    // Blocks of YAML or JSON inside a page of Markdown.
    let mut values = Vec::new();
    for block in fenced(text) {
        if begins_yaml(block) {
            values.push(yaml(block).map_err(|reason| ImportError::Api { kind: "OpenAPI", reason })?);
        } else if block.starts_with('{')
            && block.contains("\"openapi\"")
            && let Ok(value) = serde_json::from_str::<Value>(block)
            && value.get("openapi").is_some()
        {
            values.push(value);
        }
    }
    Ok((!values.is_empty()).then_some(("OpenAPI", values)))
}

fn begins_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#') && *line != "---");
    lines.next().is_some_and(|line| line.starts_with("openapi:") || line.starts_with("swagger:"))
}

fn yaml(text: &str) -> Result<Value, String> {
    yaml_serde::from_str::<Value>(text).map_err(|error| error.to_string())
}

/// The text of each fenced block.
fn fenced(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("```") {
        let body = after.split_once('\n').map_or("", |(_, body)| body);
        let (block, after) = body.split_once("```").unwrap_or((body, ""));
        blocks.push(block.trim_start());
        rest = after;
    }
    blocks
}

fn document(mut value: Value) -> Document {
    if value.get("openapi").is_none() && (value.get("apifoxProject").is_some() || value.get("apiCollection").is_some()) {
        let mut document = apifox_project::document(&value);
        for operation in &mut document.operations {
            upgrade::schemas(&mut operation.value);
        }
        upgrade::schemas(&mut document.components);
        return document;
    }
    upgrade::to_3_1(&mut value);
    let server = value.pointer("/servers/0/url").and_then(Value::as_str).map(str::to_owned);
    let mut operations = Vec::new();
    for (path, item) in value.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let shared = item.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
        for method in ["get", "post", "put", "delete", "patch"] {
            let Some(operation) = item.get(method).filter(|operation| operation.is_object()) else { continue };
            let mut operation = operation.clone();
            if let (Some(object), false) = (operation.as_object_mut(), shared.is_empty()) {
                let own = object.entry("parameters").or_insert_with(|| json!([]));
                if let Some(own) = own.as_array_mut() {
                    own.extend(shared.iter().cloned());
                }
            }
            operations.push(RawOperation { method: method.to_owned(), path: path.clone(), value: operation });
        }
    }
    let components = value.get_mut("components").map(Value::take).unwrap_or_else(|| json!({}));
    Document { layout: Layout::OpenApi, operations, components, server }
}

/// Pages of a document, and why others of its operations could not be read.
fn read(document: Document, text: &str) -> (Vec<Page>, Vec<String>) {
    let Some(spec) = spec(document.components) else { return (Vec::new(), vec!["its components are not understood".to_owned()]) };
    let mut pages = Vec::new();
    let mut failures = Vec::new();
    let locator = Locator::new(text);
    for raw in document.operations {
        let call = format!("{} {}", raw.method.to_ascii_uppercase(), raw.path);
        match serde_json::from_value::<Operation>(raw.value.clone()) {
            Ok(operation) => {
                let mut page = page(&operation, &raw, &spec, document.server.as_deref(), &locator);
                page.layout = Some(document.layout);
                pages.push(page);
            }
            Err(error) => failures.push(format!("{call}: {error}")),
        }
    }
    (pages, failures)
}

/// A document with nothing but the components; a schema that is not understood is left out, not the whole.
fn spec(components: Value) -> Option<Spec> {
    let shell = |components: &Value| json!({ "openapi": "3.1.0", "info": { "title": "", "version": "" }, "components": components });
    if let Ok(spec) = serde_json::from_value::<Spec>(shell(&components)) {
        return Some(spec);
    }
    let mut kept = Map::new();
    for (name, schema) in components.get("schemas").and_then(Value::as_object).into_iter().flatten() {
        if serde_json::from_value::<oas3::spec::Schema>(schema.clone()).is_ok() {
            kept.insert(name.clone(), schema.clone());
        }
    }
    serde_json::from_value(shell(&json!({ "schemas": kept }))).ok()
}

fn page(operation: &Operation, raw: &RawOperation, spec: &Spec, server: Option<&str>, locator: &Locator<'_>) -> Page {
    let mut page = Page::default();
    let line = locator.operation(&raw.path);
    let title = operation.summary.clone().or_else(|| operation.operation_id.clone()).filter(|title| !title.trim().is_empty());
    page.title = title.map(|title| Located::new(crate::lines::plain(title.trim()), line));
    match lexicon::method(&raw.method) {
        Some(method) => page.method = Some(Located::new(method, line)),
        None => page.remark(Concern::Decide, line, format!("the method `{}` is none that a schema knows", raw.method)),
    }
    let server = server.filter(|server| server.starts_with("http")).map(|server| server.trim_end_matches('/'));
    let path = if raw.path.starts_with("http") {
        raw.path.clone()
    } else {
        format!("{}/{}", server.unwrap_or(""), raw.path.trim_start_matches('/'))
    };
    page.url = Some(Located::new(path, line));
    for note in operation.description.iter().flat_map(|text| text.lines()).map(crate::lines::plain).filter(|text| !text.trim().is_empty()) {
        if page.quota.is_none() {
            page.quota = limits::quota(&note).map(|quota| Located::new(quota, line));
        }
        page.notes.push(Located::new(note, line));
    }
    if operation.deprecated == Some(true) {
        page.remark(Concern::Decide, line, "the operation is marked as deprecated");
    }
    parameters(operation, spec, locator, line, &mut page);
    body(operation, spec, locator, line, &mut page);
    answer(operation, spec, locator, line, &mut page);
    page
}

fn parameters(operation: &Operation, spec: &Spec, locator: &Locator<'_>, line: usize, page: &mut Page) {
    use oas3::spec::ParameterIn;
    let mut rows = Vec::new();
    for parameter in operation.parameters.iter().filter_map(|parameter| parameter.resolve(spec).ok()) {
        let at = locator.line(&parameter.name, line);
        match parameter.location {
            ParameterIn::Header => page.headers.push(Located::new(parameter.name.clone(), at)),
            ParameterIn::Cookie => page.remark(Concern::Decide, at, format!("the cookie `{}` is left out", parameter.name)),
            ParameterIn::Path => {
                page.remark(
                    Concern::Decide,
                    at,
                    format!("`{}` is a part of the path, which a schema cannot say: left out", parameter.name),
                );
            }
            ParameterIn::Query => {
                let mut reader = Fields::new(spec, locator, at);
                let mut row = match &parameter.schema {
                    Some(schema) => reader.single(&parameter.name, schema),
                    None => Row { name: parameter.name.clone(), line: at, ..Row::default() },
                };
                row.required = required(parameter.required == Some(true));
                row.place = Some(Place::Query);
                if let Some(text) = &parameter.description {
                    row.description = crate::lines::plain(text);
                }
                rows.push(row);
            }
        }
    }
    push_table(rows, Side::Request, line, page);
}

fn required(yes: bool) -> crate::page::Required {
    if yes { crate::page::Required::Yes } else { crate::page::Required::No }
}

fn push_table(rows: Vec<Row>, side: Side, line: usize, page: &mut Page) {
    if !rows.is_empty() {
        page.tables.push(Table { side, parent: None, caption: None, first: true, rows, depth_lost: false, attached: false, line });
    }
}

fn body(operation: &Operation, spec: &Spec, locator: &Locator<'_>, line: usize, page: &mut Page) {
    let Ok(Some(body)) = operation.request_body(spec) else { return };
    let Some((media, content)) = preferred(body.content.iter()) else { return };
    let has_fields = content.schema.is_some();
    page.body = lexicon::body_kind(media)
        .map(|kind| Located::new(kind, line))
        .filter(|_| has_fields || page.method.as_ref().is_none_or(|method| method.value != Method::Get));
    let mut reader = Fields::new(spec, locator, line);
    let rows = content.schema.as_ref().map(|schema| reader.members(schema)).unwrap_or_default();
    for text in reader.doubts {
        page.remark(Concern::Decide, line, text);
    }
    let is_form = page.body.as_ref().is_some_and(|body| matches!(body.value, BodyKind::Form | BodyKind::Multipart));
    push_table(rows, Side::Request, line, page);
    if !is_form {
        page.examples.extend(examples(content, spec, Side::Request, line));
    }
}

/// The answer of success; others are only named.
fn answer(operation: &Operation, spec: &Spec, locator: &Locator<'_>, line: usize, page: &mut Page) {
    let responses = operation.responses(spec);
    let chosen = responses
        .iter()
        .find(|(code, _)| code.as_str() == "200")
        .or_else(|| responses.iter().find(|(code, _)| code.starts_with('2')))
        .or_else(|| responses.iter().next());
    let Some((chosen, response)) = chosen else { return page.remark(Concern::Decide, line, "the file says nothing of the answer") };
    for (code, other) in responses.iter().filter(|(code, _)| *code != chosen) {
        if !other.content.is_empty() {
            let name = other.description.as_deref().unwrap_or("");
            page.remark(Concern::Decide, line, format!("the answer `{code} {name}` has a body of its own: not read"));
        }
    }
    let Some((_, content)) = preferred(response.content.iter()) else { return };
    let mut reader = Fields::new(spec, locator, line);
    let rows = content.schema.as_ref().map(|schema| reader.members(schema)).unwrap_or_default();
    for text in reader.doubts {
        page.remark(Concern::Decide, line, text);
    }
    push_table(rows, Side::Response, line, page);
    page.examples.extend(examples(content, spec, Side::Response, line));
}

/// JSON before forms before the rest.
fn preferred<'a>(contents: impl Iterator<Item = (&'a String, &'a oas3::spec::MediaType)>) -> Option<(&'a str, &'a oas3::spec::MediaType)> {
    let mut all: Vec<(&str, &oas3::spec::MediaType)> = contents.map(|(media, content)| (media.as_str(), content)).collect();
    all.sort_by_key(|(media, _)| match *media {
        media if media.contains("json") => 0,
        media if media.contains("form") => 1,
        _ => 2,
    });
    all.into_iter().next()
}

fn examples(content: &oas3::spec::MediaType, spec: &Spec, side: Side, line: usize) -> Vec<ExampleText> {
    let single = match &content.examples {
        Some(oas3::spec::MediaTypeExamples::Example { example }) => vec![example.clone()],
        Some(examples) => examples.resolve_all(spec).into_iter().filter_map(|(_, example)| example.value).collect(),
        None => Vec::new(),
    };
    single
        .into_iter()
        .filter_map(|value| match value {
            Value::String(text) if text.trim_start().starts_with(['{', '[']) => Some(text),
            Value::Object(_) | Value::Array(_) => serde_json::to_string_pretty(&value).ok(),
            _ => None,
        })
        .map(|text| ExampleText { side, text, line })
        .collect()
}
