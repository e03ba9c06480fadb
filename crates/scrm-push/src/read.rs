//! From a body that is verified and decrypted to a typed message.

use std::{borrow::Cow, collections::HashSet};

use scrm_core::{
    Drift, DriftKind,
    declare::lax_document,
    decode::{DecodeOptions, decode_bare},
    table::{Payload, Slot, WriteFields},
};
use serde_json::{Map, Value};

use crate::{
    content,
    declare::{Delivery, Events, Format, PushSpec},
    message::{BadField, Message, Unknown},
    xml::{self, Element},
};

/// Fields of one push that may be bad. With more, the push as a whole is not understood.
const MOST_BAD: usize = 16;

/// Reads a body. `kind` is the name of a kind where the caller knows it, as from the path of the URL.
///
/// # Errors
/// The body is not written as the delivery says at all: no XML, no JSON object.
pub(crate) fn read<E: Events>(body: &[u8], kind: Option<&str>) -> Result<Message<E>, String> {
    match E::DELIVERY.format {
        Format::Xml => {
            let text = String::from_utf8_lossy(body);
            let tree = xml::read(&text)?;
            let mut message = from_xml(&text, &tree, kind);
            if matches!(text, Cow::Owned(_)) {
                message.drifts.push(Drift::new("", DriftKind::NotUtf8));
            }
            Ok(message)
        }
        Format::Json => match lax_document(body) {
            Some(Value::Object(top)) => Ok(from_json(body, top, kind)),
            Some(_) => Err("is JSON but no object".to_owned()),
            None => Err("is no JSON".to_owned()),
        },
    }
}

/// The push that a word on the wire, or a name that the caller knows, stands for.
fn by_word<E: Events>(word: &str) -> Option<(usize, &'static PushSpec)> {
    E::PUSHES.iter().enumerate().find(|(_, push)| push.kinds.contains(&word))
}

fn by_name<E: Events>(name: &str) -> Option<(usize, &'static PushSpec)> {
    E::PUSHES.iter().enumerate().find(|(_, push)| push.name == name)
}

fn from_xml<E: Events>(text: &str, tree: &Element, kind: Option<&str>) -> Message<E> {
    let delivery = E::DELIVERY;
    // The root is left out in about half of what is documented.
    let has_kind = |element: &Element| delivery.kind.is_none_or(|key| element.child(key).is_some());
    let top = match tree.children.as_slice() {
        [root] if !has_kind(tree) || delivery.kind.is_none() => root,
        _ => tree,
    };
    let said = |key: Option<&str>| key.and_then(|key| top.child(key)).map(|element| element.text.trim().to_owned());
    let word = said(delivery.kind).unwrap_or_default();
    let head = Head { id: said(delivery.id), sender: said(delivery.sender), attempt: said(delivery.attempt) };
    let Some((number, push)) = kind.and_then(by_name::<E>).or_else(|| by_word::<E>(&word)) else {
        return head.message(word.clone(), E::unknown(Unknown { kind: word, raw: text.into(), reason: None }), Told::default());
    };
    let mut content = match delivery.content.and_then(|key| top.child(key)) {
        Some(content) if !push.flat => Cow::Borrowed(content),
        _ => Cow::Borrowed(top),
    };
    let beside = std::ptr::eq(&raw const *content, &raw const *top);
    if let Some(inner) = push.nested.and_then(|key| content.child(key)).filter(|inner| !inner.children.is_empty()) {
        content = Cow::Owned(raised(&content, inner));
    }
    let mut told = Told::default();
    let event = E::filled(number, &mut |data| {
        let Slot::Root(record) = data.root() else { return false };
        let mut map = content::json(&content, record);
        if beside {
            leave_envelope(delivery, record, &mut map);
        }
        data.reset();
        told = fill(None, map, data);
        // Nothing is null in XML: an empty tag is how an empty value is documented to come.
        told.drifts.retain(|drift| drift.what != DriftKind::UnexpectedNull);
        told.reason.is_none()
    });
    head.finish(push, event, word, text, told)
}

/// The fields of an inner element in place of it; where both have one, the outer.
fn raised(content: &Element, inner: &Element) -> Element {
    let outer = content.children.iter().filter(|child| child.name != inner.name);
    let names: HashSet<&str> = outer.clone().map(|child| child.name.as_str()).collect();
    let added = inner.children.iter().filter(|child| !names.contains(child.name.as_str()));
    let children = outer.chain(added).cloned().collect();
    Element { name: content.name.clone(), text: String::new(), children }
}

fn from_json<E: Events>(body: &[u8], top: Map<String, Value>, kind: Option<&str>) -> Message<E> {
    let delivery = E::DELIVERY;
    let said = |key: Option<&str>| key.and_then(|key| top.get(key)).map(plain);
    let word = said(delivery.kind).unwrap_or_default();
    let mut head = Head { id: said(delivery.id), sender: said(delivery.sender), attempt: said(delivery.attempt) };
    let text = || String::from_utf8_lossy(body);
    let Some((number, push)) = kind.and_then(by_name::<E>).or_else(|| by_word::<E>(&word)).or_else(|| recognized::<E>(&top)) else {
        return head.message(word.clone(), E::unknown(Unknown { kind: word, raw: text().into(), reason: None }), Told::default());
    };
    head.id = head.id.or_else(|| said(push.id).filter(|id| !id.is_empty()));
    let whole = push.flat || delivery.content.is_none();
    let content = match delivery.content.filter(|_| !whole).map(|key| top.get(key)) {
        None => top,
        Some(Some(Value::Object(content))) => content.clone(),
        Some(_) => Map::new(),
    };
    let own = (whole && !has_envelope(delivery)).then_some(body);
    let mut told = Told::default();
    let event = E::filled(number, &mut |data| {
        let Slot::Root(record) = data.root() else { return false };
        let mut content = content.clone();
        if whole {
            leave_envelope(delivery, record, &mut content);
        }
        told = fill(own, content, data);
        told.reason.is_none()
    });
    head.finish(push, event, word, &text(), told)
}

/// Takes the envelope's keys out of a content that stands beside them, but for those that are its fields, too.
fn leave_envelope(delivery: &Delivery, record: &dyn WriteFields, content: &mut Map<String, Value>) {
    let fields = record.table().fields;
    content.retain(|key, _| !delivery.is_own(key) || fields.iter().any(|field| field.name() == key));
}

fn has_envelope(delivery: &Delivery) -> bool {
    [delivery.kind, delivery.id, delivery.sender, delivery.attempt, delivery.content].iter().any(Option::is_some)
}

/// The push that the most keys speak for.
fn recognized<E: Events>(top: &Map<String, Value>) -> Option<(usize, &'static PushSpec)> {
    let alike = E::PUSHES.iter().enumerate().filter_map(|(number, push)| Some((push.resemblance(top)?, number, push)));
    alike.max_by_key(|(weight, number, _)| (*weight, usize::MAX - number)).map(|(_, number, push)| (number, push))
}

/// A scalar as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What the envelope says.
struct Head {
    id: Option<String>,
    sender: Option<String>,
    attempt: Option<String>,
}

/// What is told of a content.
#[derive(Default)]
struct Told {
    drifts: Vec<Drift>,
    bad: Vec<BadField>,
    /// Why it was not understood at all.
    reason: Option<String>,
}

impl Head {
    fn message<E>(self, kind: String, event: E, told: Told) -> Message<E> {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        Message {
            event,
            kind,
            id: filled(self.id),
            signature: None,
            sender: filled(self.sender),
            attempt: self.attempt.and_then(|attempt| attempt.parse().ok()),
            drifts: told.drifts,
            bad_fields: told.bad,
        }
    }

    fn finish<E: Events>(self, push: &PushSpec, event: Option<E>, word: String, text: &str, mut told: Told) -> Message<E> {
        let reason = told.reason.take();
        let event = event.unwrap_or_else(|| E::unknown(Unknown { kind: word, raw: text.into(), reason }));
        self.message(push.name.to_owned(), event, told)
    }
}

/// Decodes the content; a field that cannot be understood is left out, and told. `own`: the content as it came, where it is the whole body.
fn fill(own: Option<&[u8]>, mut content: Map<String, Value>, data: &mut dyn Payload) -> Told {
    let options = DecodeOptions { rows: 0, collect_drift: true };
    let mut bad: Vec<BadField> = Vec::new();
    loop {
        let text = match own.filter(|_| bad.is_empty()) {
            Some(body) => Cow::Borrowed(body),
            None => Cow::Owned(serde_json::to_vec(&content).unwrap_or_default()),
        };
        data.reset();
        let failed = match decode_bare(&text, &options, data) {
            Ok(told) => {
                bad.extend(told.bad_rows.into_iter().map(|row| BadField::new(row.path, row.reason, row.raw.into())));
                return Told { drifts: told.drifts, bad, reason: None };
            }
            Err(failed) => failed,
        };
        let first = failed.path.trim_start_matches('/').split('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
        match content.remove(&first) {
            Some(value) if bad.len() < MOST_BAD => bad.push(BadField::new(failed.path, failed.reason, value.to_string())),
            _ => return Told { drifts: Vec::new(), bad, reason: Some(failed.to_string()) },
        }
    }
}
