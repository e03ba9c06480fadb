//! What a vendor sends on its own: pushes, and callbacks that ask for an answer.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::{Evidence, Label, Object, Operation, Source, Type};

/// One way in which a vendor sends on its own, with all it sends by it: a folder `push` or `callback`.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// The folder's name; becomes a module of the client.
    pub name: String,
    /// Path of its `delivery.json` below the schema folder.
    pub file: String,
    /// What all have in common.
    pub delivery: Delivery,
    /// Sorted by name.
    pub pushes: Vec<Push>,
}

/// A `delivery.json`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Meta-schema, for editors.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// What it is.
    pub title: Label,
    /// More about it, in our own words.
    #[serde(default)]
    pub description: Option<Label>,
    /// Where it was read.
    pub source: Source,
    /// How a body is written.
    pub format: PushFormat,
    /// Keys around the content.
    pub envelope: PushEnvelope,
    /// How it is protected.
    pub protection: Protection,
    /// How the protection is known.
    #[serde(default)]
    pub protection_evidence: Evidence,
    /// What the vendor wants to be answered.
    pub reply: Reply,
    /// How long the vendor waits for the answer, in seconds.
    #[serde(default)]
    pub seconds: Option<u32>,
    /// Seconds between attempts, one after the other.
    #[serde(default)]
    pub repeats: Vec<u32>,
}

/// How the body of a push is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushFormat {
    /// XML; repeated tags are a list.
    Xml,
    /// JSON.
    Json,
}

/// Keys of a push around its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushEnvelope {
    /// Key of the kind.
    #[serde(default)]
    pub kind: Option<String>,
    /// Key that tells one push from another.
    #[serde(default)]
    pub id: Option<String>,
    /// Key of the shop or enterprise.
    #[serde(default)]
    pub sender: Option<String>,
    /// Key of the number of repetitions so far.
    #[serde(default)]
    pub attempt: Option<String>,
    /// Key of the content; `None`: the fields stand at the top level.
    #[serde(default)]
    pub content: Option<String>,
}

/// How pushes are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Signed and encrypted as WeChat documents it.
    Wechat,
    /// A signature over sorted parameters.
    Parameters,
    /// Not at all.
    None,
}

/// What the vendor wants to be answered: a text, or a JSON object.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Taken.
    pub success: Value,
    /// Not taken.
    pub failure: Value,
}

/// One push or callback: all that its file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Push {
    /// Its fields in the terms of an operation: the content is the operation's data, the answer, if one is asked for, its request.
    pub operation: Operation,
    /// What stands under the envelope's key of the kind, the documented word first.
    pub kinds: Vec<String>,
    /// How it is told from the others, where the envelope has no key of the kind.
    pub recognized: Option<Recognized>,
    /// Field of the content that tells one push from another, where the envelope has no such key.
    pub id: Option<String>,
    /// The fields stand beside the envelope's keys.
    pub flat: bool,
    /// A key of the content under which the fields may stand instead.
    pub nested: Option<String>,
    /// Whether the vendor asks for an answer of its own: `operation.request` describes it.
    pub answers: bool,
    /// Operations after whose success the stand-in server sends it.
    pub follows: Vec<String>,
    /// Bodies as on the wire.
    pub examples: Vec<PushExample>,
}

impl Push {
    /// The object that its content is.
    #[must_use]
    pub fn content(&self) -> Option<&Object> {
        match &self.operation.data.as_ref()?.ty {
            Type::Object(name) => self.operation.objects.get(name),
            _ => None,
        }
    }
}

/// How a push is told from others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognized {
    /// Keys of the top level that must be there.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Keys of the top level with the text that stands there.
    #[serde(default)]
    pub values: IndexMap<String, String>,
}

/// A body as on the wire.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushExample {
    /// What it shows.
    pub title: String,
    /// A text of XML, or a JSON object.
    pub body: Value,
    /// What its content is; `None`: a body of JSON is the content itself.
    #[serde(default)]
    pub content: Option<Value>,
    /// What is answered.
    #[serde(default)]
    pub answer: Option<Value>,
}

impl PushExample {
    /// What its content is.
    #[must_use]
    pub fn content(&self) -> &Value {
        self.content.as_ref().unwrap_or(&self.body)
    }
}
