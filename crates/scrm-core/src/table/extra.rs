//! What the page does not name.

use std::sync::OnceLock;

use serde_json::Value;

use crate::scan;

/// Keys nobody documented, in wire order; eight bytes while there are none.
///
/// What came with an answer is kept as it came and parsed when it is first asked for: few programs ask.
#[derive(Clone, Default)]
pub struct Extra(Option<Box<Held>>);

type Entries = Vec<(Box<str>, Value)>;

#[derive(Clone, Default)]
struct Held {
    /// Members of an object as they came, `"key":value`, each with a comma behind it.
    text: String,
    /// What they are, with what was pushed.
    entries: OnceLock<Entries>,
}

impl Held {
    fn entries(&self) -> &Entries {
        self.entries.get_or_init(|| scan::members(&self.text))
    }

    fn push(&mut self, key: Box<str>, value: Value) {
        self.entries();
        if let Some(entries) = self.entries.get_mut() {
            entries.push((key, value));
        }
    }
}

impl Extra {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.iter().find(|(name, _)| **name == *key).map(|(_, value)| value)
    }
    /// All keys and values in wire order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Box<str>, Value)> {
        self.0.as_deref().map_or(&[][..], |held| held.entries()).iter()
    }
    /// Whether nothing unknown came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
    /// Adds a key.
    #[cold]
    pub fn push(&mut self, key: Box<str>, value: Value) {
        self.0.get_or_insert_default().push(key, value);
    }
    /// Adds a member as it came, `"key":value`, known to be JSON for a lax scanner whose numbers are in the range of `f64`. `room`: bytes to make room for at the first.
    pub(crate) fn keep(&mut self, member: &str, room: usize) {
        let held = self
            .0
            .get_or_insert_with(|| Box::new(Held { text: String::with_capacity(room.max(member.len() + 1)), entries: OnceLock::new() }));
        match held.entries.get_mut() {
            Some(entries) => entries.extend(scan::members(member)),
            None => {
                held.text.push_str(member);
                held.text.push(',');
            }
        }
    }
    /// Memory that [`Self::keep`] takes beyond the member itself, in bytes.
    pub(crate) fn next_room(&self, member: &str, room: usize) -> usize {
        if self.0.is_some() { 0 } else { size_of::<Held>() + room.saturating_sub(member.len()) }
    }
    /// How many bytes are kept as they came.
    pub(crate) fn kept(&self) -> usize {
        self.0.as_deref().map_or(0, |held| held.text.len())
    }
}

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_kept_as_they_came_are_what_they_would_be_if_pushed() {
        let (mut kept, mut pushed) = (Extra::default(), Extra::default());
        assert!(kept.is_empty());
        kept.keep(r#""a" : [1, {"b": null}]"#, 3);
        kept.keep(r#""\u0061":1.5"#, 0);
        pushed.push("a".into(), json!([1, { "b": null }]));
        pushed.push("a".into(), json!(1.5));
        assert_eq!((kept.clone(), kept.get("a")), (pushed.clone(), Some(&json!([1, { "b": null }]))));
        // asked for, then more comes
        kept.push("c".into(), json!(true));
        kept.keep(r#""d":"x""#, 0);
        pushed.push("c".into(), json!(true));
        assert_ne!(kept, pushed);
        pushed.push("d".into(), json!("x"));
        assert_eq!(kept, pushed);
        assert_eq!(kept.iter().map(|(key, _)| &**key).collect::<Vec<_>>(), ["a", "a", "c", "d"]);
    }
}
