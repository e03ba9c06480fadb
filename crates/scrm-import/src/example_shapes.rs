//! What the examples show of each field.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::sample::{Sample, SampleValue};
use crate::types::Shape;

/// How often a field was seen as what.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ExampleShape {
    pub(crate) nulls: usize,
    pub(crate) booleans: usize,
    pub(crate) integers: usize,
    pub(crate) fractions: usize,
    pub(crate) texts: usize,
    /// Texts that hold a number.
    pub(crate) number_texts: usize,
    /// Texts that hold nothing.
    pub(crate) empty_texts: usize,
    /// Integers that are neither 0 nor 1.
    pub(crate) other_integers: usize,
    pub(crate) lists: usize,
    pub(crate) objects: usize,
    /// Members of the objects, in order of first sight.
    pub(crate) members: IndexMap<String, ExampleShape>,
    /// All items of the lists.
    pub(crate) item: Option<Box<ExampleShape>>,
    /// How often it was there at all.
    pub(crate) times: usize,
    /// Line of its first sight.
    pub(crate) line: usize,
    /// Largest integer.
    pub(crate) largest: i64,
    /// Texts that are not empty: all of one written form of a time, or `None` once another text was seen.
    time: Option<Clock>,
    other_text: bool,
}

/// How a text writes a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// `2024-01-02`
    Date,
    /// `2024-01-02 03:04:05`
    DateTime,
}

impl ExampleShape {
    pub(crate) fn of<'a>(samples: impl IntoIterator<Item = &'a Sample>) -> Self {
        let mut seen = Self::default();
        for sample in samples {
            seen.see(sample);
        }
        seen
    }

    fn see(&mut self, sample: &Sample) {
        if self.times == 0 {
            self.line = sample.line;
        }
        self.times += 1;
        match &sample.value {
            SampleValue::Null => self.nulls += 1,
            SampleValue::Bool(_) => self.booleans += 1,
            SampleValue::Number(number) => match number.as_i64() {
                Some(number) => {
                    self.integers += 1;
                    self.other_integers += usize::from(!(0..=1).contains(&number));
                    self.largest = self.largest.max(number);
                }
                None => self.fractions += 1,
            },
            SampleValue::Text(text) => self.see_text(text),
            SampleValue::List(items) => {
                self.lists += 1;
                let item = self.item.get_or_insert_default();
                items.iter().for_each(|sample| item.see(sample));
            }
            SampleValue::Object(members) => {
                self.objects += 1;
                for (name, sample) in members {
                    self.members.entry(name.clone()).or_default().see(sample);
                }
            }
            SampleValue::Placeholder => {}
        }
    }

    fn see_text(&mut self, text: &str) {
        self.texts += 1;
        self.empty_texts += usize::from(text.trim().is_empty());
        if text.parse::<f64>().is_ok() && text.bytes().any(|b| b.is_ascii_digit()) {
            self.number_texts += 1;
        }
        match clock(text) {
            _ if text.is_empty() => {}
            Some(clock) if self.time.is_none_or(|known| known == clock) => self.time = Some(clock),
            _ => self.other_text = true,
        }
    }

    /// The form of time that every text has.
    pub(crate) fn clock(&self) -> Option<Clock> {
        self.time.filter(|_| !self.other_text)
    }

    /// What it looks like; `None`: nothing that tells.
    pub(crate) fn shape(&self) -> Option<Shape> {
        let item = || self.item.as_ref().and_then(|item| item.shape()).unwrap_or(Shape::Any);
        Some(if self.objects > 0 {
            Shape::Object
        } else if self.lists > 0 {
            Shape::list_of(item())
        } else if self.texts > 0 {
            Shape::Text
        } else if self.fractions > 0 {
            Shape::Number
        } else if self.integers > 0 {
            Shape::Integer
        } else if self.booleans > 0 {
            Shape::Boolean
        } else {
            return None;
        })
    }

    /// The objects that members are looked for in: itself, or the items of its lists.
    pub(crate) fn innermost(&self) -> &ExampleShape {
        match &self.item {
            Some(item) if self.objects == 0 => item.innermost(),
            _ => self,
        }
    }

    /// What was seen along a path of names.
    pub(crate) fn at<'a>(&'a self, path: impl IntoIterator<Item = &'a String>) -> Option<&'a ExampleShape> {
        path.into_iter().try_fold(self.innermost(), |seen, name| seen.members.get(name).map(ExampleShape::innermost))
    }
}

fn clock(text: &str) -> Option<Clock> {
    let fits = |pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted })
    };
    if fits("0000-00-00") {
        Some(Clock::Date)
    } else if fits("0000-00-00 00:00:00") {
        Some(Clock::DateTime)
    } else {
        None
    }
}

/// Where each name occurs in the examples: paths of the objects that hold it.
#[derive(Debug, Default)]
pub(crate) struct NameIndex {
    places: HashMap<String, Vec<Vec<String>>>,
}

/// Paths kept of each name.
const PLACES: usize = 32;
/// Deeper than this nothing is looked for.
const DEEPEST: usize = 16;

impl NameIndex {
    pub(crate) fn of(shape: &ExampleShape) -> Self {
        let mut index = Self::default();
        let mut open: Vec<(Vec<String>, &ExampleShape)> = vec![(Vec::new(), shape.innermost())];
        while let Some((path, shape)) = open.pop() {
            for (name, member) in &shape.members {
                let places = index.places.entry(name.clone()).or_default();
                if places.len() < PLACES {
                    places.push(path.clone());
                }
                if path.len() < DEEPEST && !member.innermost().members.is_empty() {
                    open.push((path.iter().cloned().chain([name.clone()]).collect(), member.innermost()));
                }
            }
        }
        for places in index.places.values_mut() {
            places.sort_by_key(Vec::len);
        }
        index
    }

    /// Paths of the objects that hold a name, the outermost first.
    pub(crate) fn places(&self, name: &str) -> &[Vec<String>] {
        self.places.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the examples show anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Paths of all objects in which one of some names occurs, with how many of them do, the best first.
    pub(crate) fn homes<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<(Vec<String>, usize)> {
        let mut counts: HashMap<&Vec<String>, usize> = HashMap::new();
        for place in names.flat_map(|name| self.places(name)) {
            *counts.entry(place).or_default() += 1;
        }
        let mut homes: Vec<(Vec<String>, usize)> = counts.into_iter().map(|(path, count)| (path.clone(), count)).collect();
        homes.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.len().cmp(&other.0.len())).then(one.0.cmp(&other.0)));
        homes
    }
}
