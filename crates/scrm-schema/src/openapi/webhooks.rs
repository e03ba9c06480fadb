//! What a vendor sends on its own, as `webhooks`.

use serde_json::{Map, Value, json};

use super::{Way, converted, definitions, media};
use crate::model::{Channel, Evidence, Operation, Protection, Push, PushFormat, Vendor};

/// The webhooks of a vendor; schemas of their bodies and answers are added, each under `<channel>.<push>`.
pub(super) fn all(vendor: &Vendor, schemas: &mut Map<String, Value>) -> Map<String, Value> {
    let mut webhooks = Map::new();
    for (channel, push) in vendor.pushes() {
        // Operations may be called the same.
        let operation = Operation { name: format!("{}.{}", channel.name, push.operation.name), ..push.operation.clone() };
        schemas.insert(operation.name.clone(), message(channel, push, &operation));
        if push.answers {
            let answer = operation.raw.get("answer").map(|answer| converted(&operation, answer, Way::Sent)).unwrap_or_default();
            schemas.insert(format!("{}.answer", operation.name), answer);
        }
        definitions(&operation, schemas);
        webhooks.insert(operation.name.clone(), json!({ "post": described(channel, push, &operation) }));
    }
    webhooks
}

/// The tag of a folder of pushes.
pub(super) fn tag(channel: &Channel) -> Value {
    let delivery = &channel.delivery;
    let more = delivery.description.as_ref().map(|text| format!("\n\n{}\n\n{}", text.en, text.zh)).unwrap_or_default();
    json!({ "name": channel.name, "description": format!("{} · {}{more}", delivery.title.en, delivery.title.zh) })
}

fn described(channel: &Channel, push: &Push, operation: &Operation) -> Value {
    let mut map = Map::new();
    map.insert("operationId".to_owned(), json!(operation.name));
    map.insert("tags".to_owned(), json!([channel.name]));
    map.insert("summary".to_owned(), json!(format!("{} · {}", operation.title.en, operation.title.zh)));
    map.insert("description".to_owned(), json!(description(channel, push)));
    if let Some(url) = &operation.source.url {
        map.insert("externalDocs".to_owned(), json!({ "url": url, "description": operation.source.page }));
    }
    let sealed = channel.delivery.protection == Protection::Wechat;
    if sealed {
        map.insert("parameters".to_owned(), Value::Array(signature()));
    }
    let kind = match channel.delivery.format {
        PushFormat::Xml => "text/xml",
        PushFormat::Json => "application/json",
    };
    let reference = json!({ "$ref": format!("#/components/schemas/{}", operation.name) });
    let body = if sealed {
        let encrypted = json!({
            "type": "string", "description": "The message, encrypted, as base64.", "contentMediaType": kind, "contentSchema": reference,
        });
        media(
            json!({ "type": "object", "required": ["Encrypt"], "properties": { "Encrypt": encrypted }, "xml": { "name": "xml" } }),
            Map::new(),
        )
    } else {
        media(reference, examples(push, |example| example.body.is_object().then(|| example.body.clone())))
    };
    map.insert("requestBody".to_owned(), json!({ "required": true, "content": { kind: body } }));
    let failed = json!({ "description": format!("Not taken. {}", repeated(channel)), "content": reply(&channel.delivery.reply.failure) });
    let success = if push.answers {
        let schema = json!({ "$ref": format!("#/components/schemas/{}.answer", operation.name) });
        json!({ "application/json": media(schema, examples(push, |example| example.answer.clone())) })
    } else {
        reply(&channel.delivery.reply.success)
    };
    map.insert("responses".to_owned(), json!({ "200": { "description": "Taken.", "content": success }, "default": failed }));
    Value::Object(map)
}

fn description(channel: &Channel, push: &Push) -> String {
    let (operation, delivery) = (&push.operation, &channel.delivery);
    let mut lines = Vec::new();
    lines.extend(operation.description.iter().map(|text| text.en.clone()));
    lines.extend(operation.permission.iter().map(|permission| format!("Permission: {permission}.")));
    let code = |words: &[String]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
    if let (Some(key), false) = (&delivery.envelope.kind, push.kinds.is_empty()) {
        lines.push(format!("`{key}` is {}.", code(&push.kinds).join(" or ")));
    }
    if let Some(recognized) = &push.recognized {
        let values = recognized.values.iter().map(|(key, value)| format!("`{key}` = `{value}`"));
        let keys: Vec<String> = code(&recognized.keys).into_iter().chain(values).collect();
        lines.push(format!("Known by {}.", keys.join(" and ")));
    }
    let protection = match delivery.protection {
        Protection::Wechat => "Signed and encrypted as WeChat documents it",
        Protection::Parameters => {
            "Signed by `signature`, the SHA-1 over all parameters and the secret, sorted by name, written `name=value` and joined by `&`"
        }
        Protection::None => "Not protected",
    };
    let evidence = if delivery.protection_evidence == Evidence::Unverified { " (unverified)" } else { "" };
    lines.push(format!("{protection}{evidence}."));
    lines.extend(delivery.seconds.map(|seconds| format!("The vendor waits {seconds} s for the answer.")));
    lines.join("\n")
}

fn repeated(channel: &Channel) -> String {
    let repeats: Vec<String> = channel.delivery.repeats.iter().map(u32::to_string).collect();
    if repeats.is_empty() {
        return "Whether the vendor sends it again is not documented.".to_owned();
    }
    format!("The vendor sends it again after {} s, one after the other.", repeats.join(", "))
}

/// What the query says of a sealed request.
fn signature() -> Vec<Value> {
    let parameters = [
        ("msg_signature", "The SHA-1, in lower-case hexadecimal digits, over token, timestamp, nonce and ciphertext, sorted and joined."),
        ("timestamp", "Unix time in seconds."),
        ("nonce", "Some text by chance."),
    ];
    let described = parameters.map(|(name, description)| {
        json!({ "name": name, "in": "query", "required": true, "description": description, "schema": { "type": "string", "minLength": 1 } })
    });
    described.to_vec()
}

fn reply(value: &Value) -> Value {
    let kind = if value.is_string() { "text/plain" } else { "application/json" };
    json!({ kind: { "schema": { "const": value } } })
}

fn examples(push: &Push, value: impl Fn(&crate::model::PushExample) -> Option<Value>) -> Map<String, Value> {
    let told = push.examples.iter().enumerate().filter_map(|(number, example)| {
        Some((format!("example{}", number + 1), json!({ "summary": example.title, "value": value(example)? })))
    });
    told.collect()
}

/// A body in clear: the envelope around the content.
fn message(channel: &Channel, push: &Push, operation: &Operation) -> Value {
    let envelope = &channel.delivery.envelope;
    let mut content = operation.raw.get("content").map(|content| converted(operation, content, Way::Answered)).unwrap_or_default();
    let own = [
        (&envelope.kind, "string", "What happened."),
        (&envelope.id, "string", "Tells it from others; a repetition has the same."),
        (&envelope.sender, "string", "The shop or enterprise that it is about."),
        (&envelope.attempt, "integer", "How often it was sent before."),
    ];
    let own: Map<String, Value> = own
        .into_iter()
        .filter_map(|(key, ty, description)| Some((key.clone()?, json!({ "type": ty, "description": description }))))
        .collect();
    if own.is_empty() && envelope.content.is_none() {
        return content;
    }
    let mut message = match (&envelope.content, push.flat) {
        (Some(key), false) => {
            let mut properties = own;
            properties.insert(key.clone(), content);
            json!({ "type": "object", "properties": properties })
        }
        _ => {
            if let Some(Value::Object(properties)) = content.get_mut("properties") {
                for (key, schema) in own {
                    properties.entry(key).or_insert(schema);
                }
            }
            content
        }
    };
    if let Value::Object(map) = &mut message {
        let shown: Vec<Value> = push.examples.iter().map(|example| shown(channel, push, example.content())).collect();
        map.insert("examples".to_owned(), Value::Array(shown));
        if channel.delivery.format == PushFormat::Xml {
            map.insert("xml".to_owned(), json!({ "name": "doc" }));
        }
    }
    message
}

/// An example's content in its envelope.
fn shown(channel: &Channel, push: &Push, content: &Value) -> Value {
    let envelope = &channel.delivery.envelope;
    let mut message = Map::new();
    message.extend(envelope.kind.clone().zip(push.kinds.first().map(|kind| json!(kind))));
    match (&envelope.content, push.flat, content) {
        (Some(key), false, content) => drop(message.insert(key.clone(), content.clone())),
        (_, _, Value::Object(content)) => message.extend(content.clone()),
        _ => {}
    }
    Value::Object(message)
}
