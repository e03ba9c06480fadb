//! Reading: folders to texts, texts to JSON.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::Problems;
use crate::pointer;

/// How many folders deep a file may stand below its vendor's, so that one which stands too deep is still found and told.
const DEEPEST: usize = 2;
/// What a file says where somebody has still to decide.
const UNFINISHED: &str = "TODO";

/// Texts of all files `<vendor>/<file>.json` and `<vendor>/<area>/<file>.json` below a folder, by path with `/`.
pub(crate) fn read(folder: &Path, problems: &mut Problems) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for vendor in entries(folder, "", problems) {
        if folder.join(&vendor).is_dir() {
            read_below(folder, &vendor, &mut files, problems);
        }
    }
    files
}

fn read_below(folder: &Path, below: &str, files: &mut Vec<(String, String)>, problems: &mut Problems) {
    for name in entries(&folder.join(below), below, problems) {
        let file = format!("{below}/{name}");
        let path = folder.join(&file);
        if path.is_dir() {
            if file.matches('/').count() <= DEEPEST {
                read_below(folder, &file, files, problems);
            }
        } else if path.extension().is_some_and(|extension| extension == "json") {
            match fs::read_to_string(path) {
                Ok(text) => files.push((file, text)),
                Err(error) => problems.add(&file, "", format!("cannot be read: {error}"), "make it a readable UTF-8 file"),
            }
        }
    }
}

fn entries(folder: &Path, file: &str, problems: &mut Problems) -> Vec<String> {
    let listed =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<Vec<_>, _>>());
    match listed {
        Ok(names) => {
            let mut names: Vec<String> =
                names.into_iter().filter_map(|name| name.into_string().ok()).filter(|name| !name.starts_with('.')).collect();
            names.sort();
            names
        }
        Err(error) => {
            problems.add(
                file,
                "",
                format!("the folder {} cannot be read: {error}", folder.display()),
                "name the folder that holds the vendors' folders",
            );
            Vec::new()
        }
    }
}

/// One vendor's files as JSON.
#[derive(Debug, Default)]
pub(crate) struct VendorFolder {
    /// `vendor.json`, if it could be parsed.
    pub(crate) vendor: Option<Value>,
    /// `known.json`, if there is one.
    pub(crate) known: Option<Value>,
    /// Operation files by path, those of the areas and those beside `vendor.json`.
    pub(crate) operations: BTreeMap<String, Value>,
    /// What the operations of an area share, by area.
    pub(crate) definitions: BTreeMap<String, Value>,
    /// What the vendor sends on its own, by folder.
    pub(crate) channels: BTreeMap<String, ChannelFolder>,
}

/// The files of one folder of pushes or callbacks as JSON.
#[derive(Debug, Default)]
pub(crate) struct ChannelFolder {
    /// `delivery.json`, if it could be parsed.
    pub(crate) delivery: Option<Value>,
    /// What the pushes of the folder share.
    pub(crate) definitions: Option<Value>,
    /// The others by path.
    pub(crate) pushes: BTreeMap<String, Value>,
}

/// Folders that hold what the vendor sends on its own; no area is called so.
pub(crate) const CHANNELS: [&str; 2] = ["callback", "push"];

/// Parses the texts and sorts them by folder. Files outside of a vendor's folder, and files that are not JSON by name, are no part of the tree.
pub(crate) fn parse(
    files: impl IntoIterator<Item = (String, String)>,
    problems: &mut Problems,
    unfinished: &mut Problems,
) -> BTreeMap<String, VendorFolder> {
    let mut texts = BTreeMap::new();
    for (file, text) in files {
        if texts.insert(file.clone(), text).is_some() {
            problems.add(&file, "", "is given twice", "give each file once");
        }
    }
    let mut folders: BTreeMap<String, VendorFolder> = BTreeMap::new();
    for (file, text) in texts {
        let Some((vendor, name)) = file.split_once('/') else { continue };
        if !name.ends_with(".json") {
            continue;
        }
        let (area, name) = name.split_once('/').map_or((None, name), |(area, name)| (Some(area), name));
        if name.contains('/') {
            problems.add(&file, "", "stands too deep", "move it to `<vendor>/<area>/<operation-with-dashes>.json`");
            continue;
        }
        let folder = folders.entry(vendor.to_owned()).or_default();
        let Some(value) = parse_one(&file, &text, problems) else { continue };
        todos(&file, &value, &mut String::new(), unfinished);
        match (area, name) {
            (Some(channel), name) if CHANNELS.contains(&channel) => {
                let channel = folder.channels.entry(channel.to_owned()).or_default();
                match name {
                    "delivery.json" => channel.delivery = Some(value),
                    "definitions.json" => channel.definitions = Some(value),
                    _ => drop(channel.pushes.insert(file, value)),
                }
            }
            (None, "vendor.json") => folder.vendor = Some(value),
            (None, "known.json") => folder.known = Some(value),
            (None, "definitions.json") => {
                problems.add(&file, "", "stands in no area", "move it into the folder of the area whose operations share it");
            }
            (Some(area), "definitions.json") => drop(folder.definitions.insert(area.to_owned(), value)),
            _ => drop(folder.operations.insert(file, value)),
        }
    }
    folders
}

/// Adds every text and every key that says `TODO`. `at` is as before when it returns.
fn todos(file: &str, value: &Value, at: &mut String, unfinished: &mut Problems) {
    let advice = "write what is meant, in your own words, or take it out";
    let mut below = |step: &str, value: &Value| {
        let length = at.len();
        pointer::push(at, step);
        if is_unfinished(step) {
            unfinished.add(file, at.as_str(), format!("the key says `{UNFINISHED}`"), advice);
        }
        todos(file, value, at, unfinished);
        at.truncate(length);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(number, item)| below(&number.to_string(), item)),
        Value::String(text) if is_unfinished(text) => unfinished.add(file, at.as_str(), format!("says `{UNFINISHED}`"), advice),
        _ => {}
    }
}

/// Whether the word stands there, by itself.
fn is_unfinished(text: &str) -> bool {
    text.match_indices(UNFINISHED).any(|(at, word)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let inside = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
        !inside(before) && !inside(after)
    })
}

fn parse_one(file: &str, text: &str, problems: &mut Problems) -> Option<Value> {
    let trail = Trail::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = Reader(&trail).deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    for twice in trail.twice.into_inner() {
        problems.add(file, twice, "this key occurs twice in its object", "keep one of the two");
    }
    match parsed {
        Ok(value) => Some(value),
        Err(error) => {
            problems.add(file, "", format!("is no JSON: {error}"), "repair the syntax there");
            None
        }
    }
}

/// Where the reader stands, and the keys it met twice.
#[derive(Default)]
struct Trail {
    here: RefCell<String>,
    twice: RefCell<Vec<String>>,
}

/// Reads any JSON, and remembers keys that occur twice: `serde_json` alone would keep the last one silently.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a Trail);

impl Reader<'_> {
    /// Runs `inside` one step deeper.
    fn below<T>(self, step: &str, inside: impl FnOnce() -> T) -> T {
        let length = self.0.here.borrow().len();
        pointer::push(&mut self.0.here.borrow_mut(), step);
        let result = inside();
        self.0.here.borrow_mut().truncate(length);
        result
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = self.below(&list.len().to_string(), || items.next_element_seed(self))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = self.below(&key, || {
                if map.contains_key(&key) {
                    self.0.twice.borrow_mut().push(self.0.here.borrow().clone());
                }
                entries.next_value_seed(self)
            })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_counts_where_it_stands_by_itself() {
        for text in ["TODO", "TODO (line 12)", "/TODO", "写TODO。", "a_TODO_b"] {
            assert!(is_unfinished(text), "{text}");
        }
        for text in ["", "todo", "TODOS", "AUTODOC", "METODO"] {
            assert!(!is_unfinished(text), "{text}");
        }
    }

    #[test]
    fn values_are_those_of_serde_json() {
        let text = r#"{"b": [1, -2, 3.5, null, true, "x", {}], "a": 18446744073709551615}"#;
        let mut problems = Problems::default();
        assert_eq!(parse_one("acme/x.json", text, &mut problems), serde_json::from_str(text).ok());
        assert_eq!(problems.len(), 0);
    }
}
