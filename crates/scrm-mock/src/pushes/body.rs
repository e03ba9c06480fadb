//! A push as its vendor writes it.

use serde_json::{Map, Value};

use scrm_schema::model::PushFormat;

use super::deliver::Parcel;

/// The body in clear, for an attempt counted from 0.
pub(super) fn clear(parcel: &Parcel, attempt: usize) -> Vec<u8> {
    let envelope = &parcel.delivery.envelope;
    let mut top = Map::new();
    let head = [
        (&envelope.kind, Value::from(parcel.kind.as_str())),
        (&envelope.sender, Value::from(parcel.sender.as_str())),
        (&envelope.id, Value::from(parcel.message_id.as_str())),
        (&envelope.attempt, Value::from(attempt)),
    ];
    for (key, value) in head {
        if let Some(key) = key {
            top.insert(key.clone(), value);
        }
    }
    let mut content = parcel.content.clone();
    if let Some(id) = &parcel.id {
        content.insert(id.clone(), Value::from(parcel.message_id.as_str()));
    }
    match &envelope.content {
        Some(key) if !parcel.flat => drop(top.insert(key.clone(), Value::Object(content))),
        _ => top.extend(content),
    }
    match parcel.delivery.format {
        PushFormat::Json => serde_json::to_vec(&top).unwrap_or_default(),
        // About half of what is documented has no root.
        PushFormat::Xml => {
            let mut text = String::new();
            top.iter().for_each(|(name, value)| element(name, value, &mut text));
            let rooted = if parcel.chance.is_multiple_of(2) { format!("<doc>{text}</doc>") } else { text };
            rooted.into_bytes()
        }
    }
}

/// An element; a list is one for each item, nothing is an empty tag.
fn element(name: &str, value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| element(name, item, out)),
        Value::Null => out.push_str(&format!("<{name}/>")),
        Value::String(text) if text.is_empty() => out.push_str(&format!("<{name}/>")),
        Value::String(text) => out.push_str(&format!("<{name}>{}</{name}>", escaped(text))),
        Value::Object(fields) => {
            out.push_str(&format!("<{name}>"));
            fields.iter().for_each(|(name, value)| element(name, value, out));
            out.push_str(&format!("</{name}>"));
        }
        scalar => out.push_str(&format!("<{name}>{scalar}</{name}>")),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
