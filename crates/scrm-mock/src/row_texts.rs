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
/// Rows of people with greater numbers are not kept.
const MOST_NUMBERS: usize = 10_000_000;
/// Stands for the rows in a body until they are put in as text. No value made from a schema holds such signs.
const MARK: &str = "\u{1}rows\u{1}";

/// Whose rows: the operation, the shop, and whether only the fields that every answer has are shown.
pub(crate) type Kind = (Target, usize, bool);

/// The texts of rows by kind and number of the person. A person never changes, so that a text stays true.
#[derive(Debug, Default)]
pub(crate) struct RowTexts(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    kinds: HashMap<Kind, Vec<Option<Arc<[u8]>>>>,
    rows: usize,
}

impl RowTexts {
    /// Writes the rows of these people behind each other, and commas between them.
    fn write<'p>(&self, kind: Kind, people: impl Iterator<Item = &'p Person>, row: impl Fn(&Person) -> Value, into: &mut Vec<u8>) {
        // looked up once for a whole page
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        if kept.rows >= KEPT {
            *kept = Kept::default();
        }
        let texts = kept.kinds.entry(kind).or_default();
        for (place, person) in people.enumerate() {
            if place > 0 {
                into.push(b',');
            }
            // numbers count from 0, and none is left out
            let Some(number) = usize::try_from(person.number).ok().filter(|number| *number < MOST_NUMBERS) else {
                into.extend(serde_json::to_vec(&row(person)).unwrap_or_default());
                continue;
            };
            if texts.len() <= number {
                texts.resize(number + 1, None);
            }
            let Some(text) = texts.get_mut(number) else { continue };
            let text = text.get_or_insert_with(|| {
                kept.rows += 1;
                serde_json::to_vec(&row(person)).unwrap_or_default().into()
            });
            into.extend_from_slice(text);
        }
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
        self.texts.write(self.kind, people, row, &mut rows);
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
