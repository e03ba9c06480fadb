//! Rows as text, kept from answer to answer: making and writing them is most of the work of a page.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;

use crate::{people::Person, world::Target};

/// Rows that are kept; at some 400 bytes a row, 100 MB.
const KEPT: usize = 250_000;
/// Stands for the rows in a body until they are put in as text. No value made from a schema holds such signs.
const MARK: &str = "\u{1}rows\u{1}";

/// Whose rows: the operation, the shop, and whether only the fields that every answer has are shown.
pub(crate) type Kind = (Target, usize, bool);

type Key = (Kind, u64);

/// The texts of rows by kind and number of the person. A person never changes, so that a text stays true.
#[derive(Debug, Default)]
pub(crate) struct RowTexts(Mutex<HashMap<Key, Arc<[u8]>>>);

impl RowTexts {
    fn get(&self, kind: Kind, person: &Person, make: impl FnOnce() -> Value) -> Arc<[u8]> {
        let key = (kind, person.number);
        if let Some(text) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(text);
        }
        let text: Arc<[u8]> = serde_json::to_vec(&make()).unwrap_or_default().into();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&text));
        text
    }
}

/// Collects the rows of one answer as text.
pub(crate) struct Writer<'a> {
    texts: &'a RowTexts,
    kind: Kind,
    rows: RefCell<Vec<u8>>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(texts: &'a RowTexts, kind: Kind) -> Self {
        Self { texts, kind, rows: RefCell::default() }
    }

    /// Writes the list of these people's rows; what it gives stands for the list in the body.
    pub(crate) fn list<'p>(&self, people: impl Iterator<Item = &'p Person>, row: impl Fn(&Person) -> Value) -> Value {
        let mut rows = self.rows.borrow_mut();
        rows.push(b'[');
        for (place, person) in people.enumerate() {
            if place > 0 {
                rows.push(b',');
            }
            rows.extend_from_slice(&self.texts.get(self.kind, person, || row(person)));
        }
        rows.push(b']');
        Value::String(MARK.to_owned())
    }

    /// The body with the rows in their place.
    pub(crate) fn body(self, body: &Value) -> Vec<u8> {
        let text = serde_json::to_vec(body).unwrap_or_default();
        let mark = Value::from(MARK).to_string();
        let found = text.windows(mark.len()).position(|window| window == mark.as_bytes());
        match found.map(|start| (text.get(..start), text.get(start + mark.len()..))) {
            Some((Some(before), Some(after))) => [before, &self.rows.into_inner(), after].concat(),
            _ => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_are_made_once_and_put_in_their_place() {
        let texts = RowTexts::default();
        let person = Person::nobody();
        for made in ["first", "second"] {
            let writer = Writer::new(&texts, ((0, 0), 0, false));
            let list = writer.list([&person, &person].into_iter(), |_| json!({ "id": made }));
            let body = writer.body(&json!({ "data": { "list": list, "total": 2 } }));
            assert_eq!(body, br#"{"data":{"list":[{"id":"first"},{"id":"first"}],"total":2}}"#);
        }
        let other = Writer::new(&texts, ((0, 0), 1, false));
        let list = other.list([&person].into_iter(), |_| json!(7));
        assert_eq!(other.body(&list), b"[7]");
        assert_eq!(Writer::new(&texts, ((0, 0), 1, false)).body(&json!({})), b"{}");
    }
}
