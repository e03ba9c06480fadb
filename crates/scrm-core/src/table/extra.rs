//! What the page does not name.

use std::fmt;

use serde_json::Value;

use crate::error::redact::Redactor;

/// Keys nobody documented, in wire order; eight bytes while there are none.
#[derive(Clone, Default, PartialEq)]
#[allow(clippy::box_collection)]
pub struct Extra(Option<Box<Entries>>);

type Entries = Vec<(Box<str>, Value)>;

impl Extra {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.iter().find(|(name, _)| **name == *key).map(|(_, value)| value)
    }
    /// All keys and values in wire order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Box<str>, Value)> {
        self.0.as_deref().map_or(&[][..], |entries| entries).iter()
    }
    /// Whether nothing unknown came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
    /// Adds a key.
    #[cold]
    pub fn push(&mut self, key: Box<str>, value: Value) {
        self.0.get_or_insert_default().push((key, value));
    }
}

/// Names only: what is unknown may be personal.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(key, _)| Redactor::default().text(key, 100))).finish()
    }
}
