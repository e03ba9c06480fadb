//! What comes out of a push.

use std::fmt;

use scrm_core::{Drift, declare};
use serde_json::Value;

use crate::declare::Events;

/// One push, understood.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message<E> {
    /// What happened.
    pub event: E,
    /// Name of the kind in snake case; the word on the wire where it is not documented.
    pub kind: String,
    /// What tells it from others; a repetition has the same. Unique for its sender.
    pub id: Option<String>,
    /// The signature that was verified over all of it, in lower-case hexadecimal digits; a request that is sent once more as it is has the same. `None`: nothing was
    /// signed, and anybody may have sent it.
    pub signature: Option<String>,
    /// The shop or enterprise that it is about.
    pub sender: Option<String>,
    /// How often the vendor says it had sent it before; the first time has 0.
    pub attempt: Option<u32>,
    /// Where the content was not what the page says, with paths below the content; at most 1,000.
    pub drifts: Vec<Drift>,
    /// Fields that could not be understood; they are empty in the event.
    pub bad_fields: Vec<BadField>,
}

impl<E: Events> Message<E> {
    /// The event's fields as JSON, in the order of the documentation: typed values under the documented names, undocumented ones under `extra`, as the event's own
    /// `Serialize` writes it. `None`: it was not understood, and is an [`Unknown`].
    #[must_use]
    pub fn fields(&self) -> Option<Value> {
        declare::serialize(self.event.fields().ok()?, serde_json::value::Serializer).ok()
    }
}

impl<E> Message<E> {
    /// A message around an event, for tests.
    #[must_use]
    pub fn new(kind: impl Into<String>, event: E) -> Self {
        Message {
            event,
            kind: kind.into(),
            id: None,
            signature: None,
            sender: None,
            attempt: None,
            drifts: Vec::new(),
            bad_fields: Vec::new(),
        }
    }

    /// The same with an id, for tests.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}

/// A field that could not be understood. It costs only itself.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadField {
    /// JSON pointer below the content.
    pub path: String,
    /// What was wrong; holds nothing of the value.
    pub reason: String,
    /// The value as JSON. May be personal.
    pub raw: Box<str>,
}

impl BadField {
    pub(crate) fn new(path: String, reason: String, raw: String) -> Self {
        BadField { path, reason, raw: raw.into() }
    }
}

/// Says where and why; of the value only its size.
impl fmt::Debug for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BadField { path, reason, raw } = self;
        write!(f, "BadField({path}: {reason}, <{} bytes>)", raw.len())
    }
}

/// A push of a kind that is not documented, or whose content cannot be understood.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown {
    /// The word on the wire; empty where none was found.
    pub kind: String,
    /// The whole body once it was decrypted. May hold personal data.
    pub raw: Box<str>,
    /// Why it was not understood; `None`: the kind is not documented.
    pub reason: Option<String>,
}

impl Unknown {
    /// A push of a kind that nobody documented, for tests.
    #[must_use]
    pub fn new(kind: impl Into<String>, raw: impl Into<Box<str>>) -> Self {
        Unknown { kind: kind.into(), raw: raw.into(), reason: None }
    }
}

/// Says the kind and why; of the body only its size.
impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind: String = self.kind.chars().filter(|letter| letter.is_ascii_graphic()).take(64).collect();
        f.debug_struct("Unknown")
            .field("kind", &kind)
            .field("raw", &format_args!("<{} bytes>", self.raw.len()))
            .field("reason", &self.reason)
            .finish()
    }
}
