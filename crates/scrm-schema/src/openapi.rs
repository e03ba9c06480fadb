//! A vendor as an OpenAPI 3.1 document, for other languages and tools.

mod webhooks;

use serde_json::{Map, Value, json};

use crate::model::{
    BodyKind, ClockUnit, ErrorRule, Method, Operation, Place, Rule, Signature, SignedFilling, Token, Type, Used, Vendor, Wire,
};
use crate::pointer::{SHARED, join};

/// The tag of operations that answer tokens and belong to no area.
const TOKENS: &str = "token";
/// What stands for a token in examples.
const TOKEN: &str = "a-token";
/// What stands for a signature in examples.
const SIGNATURE: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

/// In which direction a schema is read: a request takes what is documented, an answer may bring more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Sent,
    Answered,
}

/// The document of a vendor: every operation with its request, answer, errors and examples, and as `webhooks` what the vendor sends on its own; `servers` names the vendor's
/// own base URL.
///
/// Three things have no place of their own in OpenAPI and are told so: a token in the body is a required property there; what belongs to a signature is required wherever
/// it goes, and how it is made stands in its description; and a failure comes with HTTP status 200, so that each answer is either the documented one or a failure.
pub fn document(vendor: &Vendor) -> Value {
    let file = &vendor.file;
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas = Map::new();
    schemas.insert("Failure".to_owned(), failure(vendor));
    for operation in &vendor.operations {
        let path = format!("/{}", operation.path.trim_matches('/'));
        let verbs = paths.entry(path).or_insert_with(|| json!({}));
        if let Value::Object(verbs) = verbs {
            verbs.insert(verb(operation.method).to_owned(), described(vendor, operation));
        }
        components(vendor, operation, &mut schemas);
    }
    let webhooks = webhooks::all(vendor, &mut schemas);
    let mut components = Map::new();
    components.insert("schemas".to_owned(), Value::Object(schemas));
    let tokens = file.tokens.iter().filter_map(|token| Some((token.name.clone(), scheme(token)?)));
    let signatures = file.signatures.iter().map(|signature| (signature.name.clone(), signature_scheme(signature)));
    let schemes: Map<String, Value> = tokens.chain(signatures).collect();
    if !schemes.is_empty() {
        components.insert("securitySchemes".to_owned(), Value::Object(schemes));
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            // Tools make names of packages from it.
            "title": file.title.en,
            "version": file.source.read,
            "description": format!(
                "{}. Written from the documents at {}. A failure comes with HTTP status 200: `{}` tells.", file.title.zh, file.docs, file.envelope.code
            ),
        },
        "servers": [{ "url": file.base_url }],
        "tags": tags(vendor),
        "paths": paths,
        "components": components,
    });
    if let (Some(map), false) = (document.as_object_mut(), webhooks.is_empty()) {
        map.insert("webhooks".to_owned(), Value::Object(webhooks));
    }
    document
}

/// One tag an area, in their order; then one a folder of pushes.
fn tags(vendor: &Vendor) -> Vec<Value> {
    let areas = vendor.file.areas.iter().map(|area| json!({ "name": area.name, "description": format!("{} · {}", area.en, area.zh) }));
    let tokens = vendor.token_operations().next().map(|_| json!({ "name": TOKENS, "description": "Tokens · 令牌" }));
    areas.chain(tokens).chain(vendor.channels.iter().map(webhooks::tag)).collect()
}

fn verb(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Delete => "delete",
    }
}

/// A token that goes into the body has no scheme.
fn scheme(token: &Token) -> Option<Value> {
    let place = match token.place.place {
        Place::Header => "header",
        Place::Query => "query",
        Place::Body => return None,
    };
    Some(
        json!({ "type": "apiKey", "in": place, "name": token.place.name, "description": format!("Answered by `{}`; lives {} s.", token.operation, token.lifetime) }),
    )
}

/// A signature that goes with the fields is in the query where there is no body; in a body it is a property.
fn signature_scheme(signature: &Signature) -> Value {
    let place = if signature.place == Place::Header { "header" } else { "query" };
    json!({ "type": "apiKey", "in": place, "name": signature.signature, "description": how(signature) })
}

/// How a signature is made.
fn how(signature: &Signature) -> String {
    let named: Vec<String> = signature.parameters.keys().map(|name| format!("`{name}`")).collect();
    format!(
        "The SHA-1, in lower-case hexadecimal digits, over all parameters ({} among them) and the secret as `{}`, sorted by name, written `name=value` and joined by `&`. \
         The secret is not sent. {}",
        named.join(", "),
        signature.secret.name,
        signature.en
    )
}

fn signature_of<'a>(vendor: &'a Vendor, operation: &Operation) -> Option<&'a Signature> {
    vendor.file.signature(operation.signature.as_ref()?)
}

/// Where what belongs to an operation's signature goes.
fn signature_place(signature: &Signature, operation: &Operation) -> Place {
    match signature.place {
        Place::Body if operation.body == BodyKind::Query => Place::Query,
        place => place,
    }
}

/// What a parameter of a signature is, and one that could be.
fn signed(filling: &SignedFilling) -> (String, String) {
    match filling {
        SignedFilling::Credential(name) => (format!("The credential `{name}`."), format!("made-up-{name}").replace('_', "-")),
        SignedFilling::Nonce(length) => {
            (format!("{length} letters and digits by chance."), "a1B2c3D4".chars().cycle().take((*length).into()).collect())
        }
        SignedFilling::Clock(ClockUnit::Milliseconds) => ("Unix time in milliseconds.".into(), "1700000000123".into()),
        SignedFilling::Clock(ClockUnit::Seconds) => ("Unix time in seconds.".into(), "1700000000".into()),
    }
}

fn token_of<'a>(vendor: &'a Vendor, operation: &Operation) -> Option<&'a Token> {
    let kind = operation.token.as_ref()?;
    vendor.file.tokens.iter().find(|token| token.name == *kind)
}

fn described(vendor: &Vendor, operation: &Operation) -> Value {
    let mut map = Map::new();
    map.insert("operationId".to_owned(), json!(operation.name));
    map.insert("tags".to_owned(), json!([operation.area.as_deref().unwrap_or(TOKENS)]));
    map.insert("summary".to_owned(), json!(format!("{} · {}", operation.title.en, operation.title.zh)));
    map.insert("description".to_owned(), json!(description(operation)));
    if let Some(base_url) = &operation.base_url {
        map.insert("servers".to_owned(), json!([{ "url": vendor.file.base_url(Some(base_url)), "description": base_url }]));
    }
    if let Some(url) = &operation.source.url {
        map.insert("externalDocs".to_owned(), json!({ "url": url, "description": operation.source.page }));
    }
    if let Some(token) = token_of(vendor, operation)
        && token.place.place != Place::Body
    {
        map.insert("security".to_owned(), json!([{ token.name.as_str(): [] }]));
    }
    let mut parameters = parameters(operation);
    if let Some(signature) = signature_of(vendor, operation)
        && let place @ (Place::Query | Place::Header) = signature_place(signature, operation)
    {
        map.insert("security".to_owned(), json!([{ signature.name.as_str(): [] }]));
        let place = if place == Place::Header { "header" } else { "query" };
        parameters.extend(signature.parameters.iter().map(|(name, filling)| {
            let (description, example) = signed(filling);
            let schema = json!({ "type": "string", "minLength": 1 });
            json!({ "name": name, "in": place, "required": true, "description": description, "schema": schema, "example": example })
        }));
    }
    if !parameters.is_empty() {
        map.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if operation.body != BodyKind::Query {
        map.insert("requestBody".to_owned(), request_body(vendor, operation));
    }
    let reference = json!({ "anyOf": [{ "$ref": reference(operation, "answer") }, { "$ref": "#/components/schemas/Failure" }] });
    let content = media(reference, examples(operation, |example| example.response.clone()));
    map.insert(
        "responses".to_owned(),
        json!({ "200": { "description": "The answer, or a failure.", "content": { "application/json": content } } }),
    );
    Value::Object(map)
}

fn description(operation: &Operation) -> String {
    let mut lines = Vec::new();
    lines.extend(operation.description.iter().map(|text| text.en.clone()));
    lines.extend(operation.permission.iter().map(|permission| format!("Permission: {permission}.")));
    lines.extend(operation.quota.iter().map(|quota| format!("Quota: {} calls in {} s.", quota.calls, quota.seconds)));
    if let Some(cap) = operation.paging.as_ref().and_then(|paging| paging.row_cap) {
        lines.push(format!("No row beyond {cap} is given."));
    }
    lines.extend(codes(&operation.errors));
    lines.join("\n")
}

fn codes(errors: &[ErrorRule]) -> impl Iterator<Item = String> {
    errors.iter().map(|rule| match &rule.code {
        Some(code) => format!("- `{code}`: {}", rule.en),
        None => format!("- any code, with `{}` in the message: {}", rule.message.as_deref().unwrap_or_default(), rule.en),
    })
}

fn reference(operation: &Operation, name: &str) -> String {
    format!("#/components/schemas/{}.{name}", operation.name)
}

fn media(schema: Value, examples: Map<String, Value>) -> Value {
    if examples.is_empty() { json!({ "schema": schema }) } else { json!({ "schema": schema, "examples": examples }) }
}

fn examples(operation: &Operation, value: impl Fn(&crate::model::Example) -> Option<Value>) -> Map<String, Value> {
    let told = operation.examples.iter().enumerate().filter_map(|(number, example)| {
        let value = value(example)?;
        Some((format!("example{}", number + 1), json!({ "summary": example.title, "value": value })))
    });
    told.collect()
}

/// Fields of the query and of headers.
fn parameters(operation: &Operation) -> Vec<Value> {
    let example = operation.examples.iter().find_map(|example| example.request.as_ref());
    let listed = operation.request.fields.iter().filter_map(|field| {
        let place = match (field.place, operation.body) {
            (Place::Header, _) => "header",
            (Place::Query, _) | (Place::Body, BodyKind::Query) => "query",
            (Place::Body, _) => return None,
        };
        let schema = operation.raw.pointer(&field.pointer).map(|schema| converted(operation, schema, Way::Sent)).unwrap_or_default();
        let mut parameter =
            json!({ "name": field.name, "in": place, "required": field.required, "description": field.doc.en, "schema": schema });
        if let (Some(value), Value::Object(map)) = (example.and_then(|example| example.get(&field.name)), &mut parameter) {
            map.insert("example".to_owned(), value.clone());
        }
        Some(parameter)
    });
    listed.collect()
}

fn request_body(vendor: &Vendor, operation: &Operation) -> Value {
    let kind = match operation.body {
        BodyKind::Form => "application/x-www-form-urlencoded",
        BodyKind::Multipart => "multipart/form-data",
        BodyKind::Json | BodyKind::Query => "application/json",
    };
    let in_body = token_of(vendor, operation).filter(|token| token.place.place == Place::Body);
    let signed_body = signature_of(vendor, operation).filter(|signature| signature_place(signature, operation) == Place::Body);
    let elsewhere: Vec<&str> =
        operation.request.fields.iter().filter(|field| field.place != Place::Body).map(|field| field.name.as_str()).collect();
    let examples = examples(operation, |example| {
        let mut value = example.request.clone()?;
        if let Value::Object(map) = &mut value {
            map.retain(|name, _| !elsewhere.contains(&name.as_str()));
            if kind != "application/json" {
                numbers(operation, map);
            }
            if let Some(token) = in_body {
                map.insert(token.place.name.clone(), json!(TOKEN));
            }
            if let Some(signature) = signed_body {
                map.extend(signature.parameters.iter().map(|(name, filling)| (name.clone(), json!(signed(filling).1))));
                map.insert(signature.signature.clone(), json!(SIGNATURE));
            }
        }
        Some(value)
    });
    json!({ "required": true, "content": { kind: media(json!({ "$ref": reference(operation, "request") }), examples) } })
}

/// A form's numbers travel as texts, but the schema of a form calls them numbers; an empty one is none.
fn numbers(operation: &Operation, map: &mut Map<String, Value>) {
    map.retain(|name, value| {
        let number = operation
            .request
            .field(name)
            .is_some_and(|field| matches!(field.ty, Type::Integer | Type::Number) && field.wire == Wire::Plain);
        let Some(text) = value.as_str().filter(|_| number) else { return true };
        match serde_json::from_str::<Value>(text) {
            Ok(parsed) => *value = parsed,
            Err(_) => return false,
        }
        true
    });
}

/// Where a definition of the area stands in the document; `$ref` leads there.
fn shared(operation: &Operation, name: &str) -> String {
    format!("{}.shared.{name}", operation.area.as_deref().unwrap_or(TOKENS))
}

/// A `$ref` of a schema file, as the document has it.
fn referred(operation: &Operation, reference: &str) -> String {
    match reference.strip_prefix("#/definitions/") {
        Some(name) => self::reference(operation, name),
        None => {
            let name = reference.rsplit('/').next().unwrap_or_default();
            format!("#/components/schemas/{}", shared(operation, name))
        }
    }
}

/// In which direction a definition is read: one that is sent takes what is documented, unless it is an enum that is answered too.
fn way(operation: &Operation, pointer: &str) -> Way {
    let listed = join(pointer, "x-enum");
    let enums = operation.enums.values().any(|one| one.pointer == listed && one.used == Used { request: true, response: false });
    let objects = operation.objects.values().any(|object| object.pointer == pointer && object.used.request);
    if enums || objects { Way::Sent } else { Way::Answered }
}

/// Request, answer and definitions of an operation, each under a name of its own.
fn components(vendor: &Vendor, operation: &Operation, schemas: &mut Map<String, Value>) {
    if operation.body != BodyKind::Query {
        schemas.insert(format!("{}.request", operation.name), request(vendor, operation));
    }
    schemas.insert(format!("{}.answer", operation.name), answer(vendor, operation));
    definitions(operation, schemas);
}

/// What a file defines, under its name; what the area shares, under the area's.
fn definitions(operation: &Operation, schemas: &mut Map<String, Value>) {
    for (part, root) in [("definitions", "/definitions"), ("shared", SHARED)] {
        let definitions = operation.raw.get(part).and_then(Value::as_object);
        for (name, schema) in definitions.into_iter().flatten() {
            let key = if part == "shared" { shared(operation, name) } else { format!("{}.{name}", operation.name) };
            schemas.insert(key, converted(operation, schema, way(operation, &join(root, name))));
        }
    }
}

fn request(vendor: &Vendor, operation: &Operation) -> Value {
    let mut schema = operation.raw.get("request").map(|schema| converted(operation, schema, Way::Sent)).unwrap_or_default();
    let Value::Object(map) = &mut schema else { return schema };
    let elsewhere: Vec<&str> =
        operation.request.fields.iter().filter(|field| field.place != Place::Body).map(|field| field.name.as_str()).collect();
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        properties.retain(|name, _| !elsewhere.contains(&name.as_str()));
    }
    let mut required: Vec<Value> = map.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    required.retain(|name| name.as_str().is_none_or(|name| !elsewhere.contains(&name)));
    if let Some(token) = token_of(vendor, operation).filter(|token| token.place.place == Place::Body) {
        let description = format!("The token that `{}` answers.", token.operation);
        let property = json!({ "type": "string", "minLength": 1, "description": description, "x-token": token.name });
        let properties = map.entry("properties").or_insert_with(|| json!({}));
        if let Value::Object(properties) = properties {
            properties.insert(token.place.name.clone(), property);
        }
        required.push(json!(token.place.name));
    }
    if let Some(signature) = signature_of(vendor, operation).filter(|signature| signature_place(signature, operation) == Place::Body) {
        let own = signature
            .parameters
            .iter()
            .map(|(name, filling)| (name.clone(), json!({ "type": "string", "minLength": 1, "description": signed(filling).0 })));
        let sign = json!({ "type": "string", "minLength": 1, "description": how(signature), "x-signature": signature.name });
        let properties = map.entry("properties").or_insert_with(|| json!({}));
        if let Value::Object(properties) = properties {
            properties.extend(own.chain([(signature.signature.clone(), sign)]));
        }
        required.extend(signature.sent().map(|name| json!(name)));
    }
    if !required.is_empty() {
        map.insert("required".to_owned(), Value::Array(required));
    }
    let rules: Vec<Value> = operation.rules.iter().filter_map(rule).collect();
    if !rules.is_empty() {
        map.insert("allOf".to_owned(), Value::Array(rules));
    }
    schema
}

/// The rules that JSON Schema can say; names of nested fields and spans of time it cannot.
fn rule(rule: &Rule) -> Option<Value> {
    let each = |names: &[String]| names.iter().map(|name| json!({ "required": [name] })).collect::<Vec<_>>();
    let (names, schema) = match rule {
        Rule::AtLeastOne(names) => (names, json!({ "anyOf": each(names) })),
        Rule::ExactlyOne(names) => (names, json!({ "oneOf": each(names) })),
        Rule::AtMostOne(names) => {
            let mut ways = each(names);
            ways.push(json!({ "not": { "anyOf": each(names) } }));
            (names, json!({ "oneOf": ways }))
        }
        Rule::Together(names) => (names, json!({ "anyOf": [{ "required": names }, { "not": { "anyOf": each(names) } }] })),
        Rule::RequiredIf { .. } | Rule::Span { .. } => return None,
    };
    names.iter().all(|name| !name.contains('/')).then_some(schema)
}

fn answer(vendor: &Vendor, operation: &Operation) -> Value {
    let envelope = &vendor.file.envelope;
    let mut schema = operation
        .raw
        .get("response")
        .map(|schema| converted(operation, schema, Way::Answered))
        .unwrap_or_else(|| json!({ "type": "object" }));
    if let Some(Value::Object(properties)) = schema.get_mut("properties")
        && let Some(Value::Object(code)) = properties.get_mut(&envelope.code)
    {
        code.insert("enum".to_owned(), Value::Array(envelope.success.clone()));
    }
    schema
}

/// A failure: any code that is no success.
fn failure(vendor: &Vendor) -> Value {
    let envelope = &vendor.file.envelope;
    let first = "A failure; it comes with HTTP status 200.".to_owned();
    let description = std::iter::once(first).chain(codes(&vendor.file.errors)).collect::<Vec<_>>().join("\n");
    let ty = if envelope.success.iter().any(Value::is_string) { "string" } else { "integer" };
    let mut properties = Map::new();
    properties
        .insert(envelope.code.clone(), json!({ "type": ty, "not": { "enum": envelope.success }, "description": "Code of the failure." }));
    for name in &envelope.message {
        properties.insert(name.clone(), json!({ "type": "string", "description": "What failed." }));
    }
    json!({ "type": "object", "description": description, "required": [envelope.code], "properties": properties })
}

/// A field schema in the words of JSON Schema 2020-12: references point into the document, keywords of ours become plain ones where there are such.
fn converted(operation: &Operation, schema: &Value, way: Way) -> Value {
    let Value::Object(map) = schema else { return schema.clone() };
    let mut out = Map::new();
    for (keyword, value) in map {
        match keyword.as_str() {
            "$ref" => {
                out.insert("$ref".to_owned(), json!(referred(operation, value.as_str().unwrap_or_default())));
            }
            "properties" | "patternProperties" => {
                let each = value.as_object().into_iter().flatten().map(|(name, schema)| (name.clone(), converted(operation, schema, way)));
                out.insert(keyword.clone(), Value::Object(each.collect()));
            }
            "items" | "additionalProperties" => drop(out.insert(keyword.clone(), converted(operation, value, way))),
            // The document's own keywords; those of ours that only steer generator and stand-in stay out.
            "type" | "required" | "description" | "default" | "minimum" | "maximum" | "minLength" | "maxLength" | "minItems"
            | "maxItems" => {
                out.insert(keyword.clone(), value.clone());
            }
            _ => {}
        }
    }
    enumerated(map, way, &mut out);
    written(map, way, &mut out);
    if map.get("x-sensitive").and_then(Value::as_str) == Some("secret") && way == Way::Sent {
        out.insert("format".to_owned(), json!("password"));
    }
    if map.get("x-nullable") == Some(&Value::Bool(true)) && out.contains_key("$ref") {
        let description = out.shift_remove("description").unwrap_or_else(|| json!(""));
        return json!({ "description": description, "anyOf": [Value::Object(out), { "type": "null" }] });
    }
    Value::Object(out)
}

/// A request takes the listed values; an answer may bring new ones, so that they are only described.
fn enumerated(map: &Map<String, Value>, way: Way, out: &mut Map<String, Value>) {
    let Some(values) = map.get("x-enum").and_then(|listed| listed.get("values")).and_then(Value::as_array) else { return };
    let label = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let told: Vec<String> = values
        .iter()
        .map(|value| format!("`{}` {} ({})", value.get("value").unwrap_or(&Value::Null), label(value, "en"), label(value, "zh")))
        .collect();
    let before = out.get("description").and_then(Value::as_str).unwrap_or_default();
    out.insert("description".to_owned(), json!(format!("{before} Values: {}.", told.join(", ")).trim()));
    if way == Way::Sent {
        out.insert("enum".to_owned(), values.iter().filter_map(|value| value.get("value").cloned()).collect());
    }
}

/// How a value is written on the wire, where its type alone does not say.
fn written(map: &Map<String, Value>, way: Way, out: &mut Map<String, Value>) {
    let integer = map.get("type").is_some_and(|ty| ty == "integer" || ty.as_array().is_some_and(|types| types.contains(&json!("integer"))));
    let as_text = |out: &mut Map<String, Value>| {
        for keyword in
            ["items", "properties", "required", "additionalProperties", "minItems", "maxItems", "minimum", "maximum", "$ref", "default"]
        {
            out.shift_remove(keyword);
        }
        out.insert("type".to_owned(), json!("string"));
    };
    match map.get("x-wire").and_then(Value::as_str) {
        Some("text") => {
            as_text(out);
            if integer {
                let least = map.get("minimum").and_then(Value::as_i64).unwrap_or(i64::MIN);
                out.insert("pattern".to_owned(), json!(if least >= 1 { "^[1-9][0-9]{0,17}$" } else { "^-?[0-9]{1,18}$" }));
            }
            if let Some(Value::Array(values)) = out.get_mut("enum") {
                values.iter_mut().filter(|value| !value.is_string()).for_each(|value| *value = json!(value.to_string()));
            }
        }
        Some("digit") => {
            out.insert("type".to_owned(), json!("integer"));
            out.insert("enum".to_owned(), json!([0, 1]));
            if let Some(default @ Value::Bool(_)) = out.get_mut("default") {
                *default = json!(u8::from(*default == json!(true)));
            }
        }
        Some("digit_text") => {
            out.insert("type".to_owned(), json!("string"));
            out.insert("enum".to_owned(), json!(["0", "1"]));
            if let Some(default @ Value::Bool(_)) = out.get_mut("default") {
                *default = json!(u8::from(*default == json!(true)).to_string());
            }
        }
        Some("comma" | "bars" | "json") => as_text(out),
        _ => {}
    }
    if way == Way::Sent && out.get("type") == Some(&json!("string")) {
        let pattern = match map.get("x-time").and_then(Value::as_str) {
            Some("date_time") => "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]) ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$",
            Some("date") => "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
            Some("offset_date_time") => {
                "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
            }
            Some("month") => "^[0-9]{4}_(0[1-9]|1[0-2])$",
            _ => return,
        };
        // Lists of dates are joined by other signs.
        if !matches!(map.get("x-wire").and_then(Value::as_str), Some("comma" | "bars")) {
            out.insert("pattern".to_owned(), json!(pattern));
        }
    }
}
