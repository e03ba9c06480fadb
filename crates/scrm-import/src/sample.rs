//! Values of an example, with the lines they stand on.

use serde_json::Number;

/// A value of an example.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    /// The value.
    pub value: SampleValue,
    /// Line of the page.
    pub line: usize,
}

/// What an example can hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SampleValue {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as written.
    Number(Number),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Sample>),
    /// An object, keys in order.
    Object(Vec<(String, Sample)>),
    /// Something that stands for a value: `...`, `{{token}}`, a bare word. It says nothing about the type.
    Placeholder,
}

#[cfg(test)]
impl Sample {
    /// As JSON; a placeholder is `null`.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            SampleValue::Null | SampleValue::Placeholder => Value::Null,
            SampleValue::Bool(value) => Value::Bool(*value),
            SampleValue::Number(value) => Value::Number(value.clone()),
            SampleValue::Text(value) => Value::String(value.clone()),
            SampleValue::List(items) => items.iter().map(Sample::to_json).collect(),
            SampleValue::Object(members) => members.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
        }
    }
}
