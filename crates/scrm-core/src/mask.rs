//! The one room that decides what may be shown: in errors, in `Debug`, in hooks, in reports.
//!
//! What the schema marks as personal or secret shows its length at most, what nobody documented its shape, and free text goes through a [`Masker`]:
//! it takes out the secrets it knows, in all encodings, and what looks like a phone number, an id or a mail address. Text is masked first, and then cut.

mod body;
mod secrets;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::Value;

use self::secrets::Secrets;
pub(crate) use crate::scan::cut;
use crate::{spec::EnvelopeSpec, table::Payload};

/// Longest answer that an error keeps to be shown, in bytes.
pub(crate) const BODY_CAP: usize = 2048;
/// Longest message of a vendor that is shown, in bytes.
pub(crate) const MESSAGE_CAP: usize = 300;
/// Longest header value, code or the like.
pub(crate) const WORD_CAP: usize = 64;
/// Longest key that is shown, in bytes.
const KEY_CAP: usize = 40;
/// Longest value that is shown as an example of what stands in a field, in characters.
const EXAMPLE_CAP: usize = 24;
/// Digits in a row that may be a phone number or an id.
const LONGEST_NUMBER: usize = 6;

/// Knows the secrets of one client at one moment.
#[derive(Default)]
pub(crate) struct Masker {
    secrets: Secrets,
}

impl Masker {
    /// Masks these values wherever they occur, besides what looks personal.
    pub(crate) fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Self {
        Masker { secrets: Secrets::new(secrets) }
    }

    /// The text, masked and then cut to `cap` bytes.
    pub(crate) fn text(&self, text: &str, cap: usize) -> Box<str> {
        let (masked, whole) = words::mask(&self.secrets, text, cap);
        let short = cut(&masked, cap);
        if whole && short.len() == masked.len() { masked.into() } else { format!("{short}…").into() }
    }

    /// A JSON pointer or a path, masked and then cut: keys that look like data show their length.
    pub(crate) fn path(&self, path: &str, cap: usize) -> Box<str> {
        self.text(&ShownPath(path).to_string(), cap)
    }

    /// An answer: what is JSON by the schema of its operation (`data` is what it would have been decoded into; it is left empty), the rest as text.
    pub(crate) fn body(&self, bytes: &[u8], envelope: &EnvelopeSpec, data: &mut dyn Payload) -> Box<str> {
        data.reset();
        let shown = body::shown(self, bytes, envelope, data);
        data.reset();
        shown
    }
}

/// Whether a key is rather data than a name: a long one, other than plain words, or with seven digits in a row.
pub(crate) fn looks_like_data(key: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b"_-.~".contains(&b);
    let long_number = key.as_bytes().windows(LONGEST_NUMBER + 1).any(|w| w.iter().all(u8::is_ascii_digit));
    key.len() > KEY_CAP || long_number || !key.bytes().all(word)
}

/// A key as it may be shown.
pub(crate) fn key(key: &str) -> String {
    if looks_like_data(key) { characters(key) } else { key.to_owned() }
}

/// A JSON pointer with `*` for positions in lists and for keys that look like data.
pub(crate) fn pattern(path: &str) -> String {
    let data = |key: &str| digits(key) == key.len() || digits(key) > LONGEST_NUMBER || looks_like_data(key);
    path.split('/').skip(1).fold(String::new(), |pattern, key| pattern + "/" + if data(key) { "*" } else { key })
}

/// The length of a text that must not be shown: `<11 characters>`.
pub(crate) fn characters(text: &str) -> String {
    format!("<{}>", length(text))
}

/// The same without brackets: `11 characters`.
pub(crate) fn length(text: &str) -> String {
    let length = text.chars().count();
    format!("{length} character{}", if length == 1 { "" } else { "s" })
}

/// An undocumented enum value, quoted, if it looks like a code or a label.
pub(crate) fn example(value: &str) -> Option<String> {
    let tame = digits(value) <= LONGEST_NUMBER
        && value.chars().count() <= EXAMPLE_CAP
        && value.chars().all(|c| c.is_alphanumeric() || "_- ".contains(c));
    tame.then(|| format!("{value:?}"))
}

/// A value that breaks a rule, in a field that is not marked: a short number or something like a date as it is, of all else the length. Whoever puts
/// a phone number into the field of a date should not read it in a log.
pub(crate) fn given(value: &str) -> String {
    let number = value.strip_prefix('-').unwrap_or(value);
    let short_number = digits(value) <= LONGEST_NUMBER && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if short_number || looks_like_a_time(value) || matches!(value, "true" | "false") {
        return value.to_owned();
    }
    length(value)
}

/// Whether a value has the shape of what belongs into a field of times or amounts, so that it is nobody's even where it is another.
pub(crate) fn is_time_or_amount(value: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let amount =
        || value.trim_start_matches('-').split_once('.').is_some_and(|(whole, part)| number(whole) && number(part) && part.len() <= 4);
    let seconds = || matches!(value.len(), 10 | 13) && number(value);
    let zone = || value.split_once('+').map_or(value, |(time, _)| time).trim_end_matches('Z');
    let short = || digits(value) <= LONGEST_NUMBER && value.bytes().all(|b| b.is_ascii_digit() || b"-/:. ".contains(&b));
    short() || amount() || seconds() || looks_like_a_time(zone())
}

/// `2026-11-27 08:30:00` and what people write in its place.
fn looks_like_a_time(value: &str) -> bool {
    let groups: Vec<&str> = value.split(|c: char| "-/._ T:年月日".contains(c)).filter(|group| !group.is_empty()).collect();
    let year = groups.first().is_some_and(|year| year.len() == 4 && ["19", "20", "0000"].iter().any(|begin| year.starts_with(begin)));
    let rest = groups.get(1..).unwrap_or_default();
    let short = rest.iter().all(|group| group.len() <= 2);
    year && short && (1..=5).contains(&rest.len()) && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_digit()))
}

fn digits(value: &str) -> usize {
    value.chars().filter(|c| words::is_digit(*c)).count()
}

/// A JSON pointer, or a path, without those keys that look like data.
pub(crate) struct ShownPath<'a>(pub(crate) &'a str);

impl fmt::Display for ShownPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, name) in self.0.split('/').enumerate() {
            let slash = if number == 0 { "" } else { "/" };
            write!(f, "{slash}{}", key(name))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ShownPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Stands for a text that must not be shown.
pub(crate) struct Size<'a>(pub(crate) &'a str);

impl fmt::Debug for Size<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

/// JSON that nobody documented: its keys, unless they look like data, and its shape without its values.
pub(crate) struct Masked<'a>(pub(crate) &'a Value);

impl Serialize for Masked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(_) | Value::Number(_) => serializer.serialize_str("<masked>"),
            Value::String(text) => serializer.serialize_str(&characters(text)),
            Value::Array(list) => {
                let mut seq = serializer.serialize_seq(Some(list.len()))?;
                for value in list {
                    seq.serialize_element(&Masked(value))?;
                }
                seq.end()
            }
            Value::Object(entries) => serializer.collect_map(entries.iter().map(|(name, value)| (key(name), Masked(value)))),
        }
    }
}
