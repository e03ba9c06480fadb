//! The fields of a request or an answer as a tree.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use scrm_schema::model::{Place, TimeFormat};

use crate::choices;
use crate::limits::{self, Facts};
use crate::page::{Doubt, Required, Row};
use crate::types::{self, Shape};

/// Fields by name, in the page's order.
pub(crate) type Fields = IndexMap<String, Field>;

/// Where a field was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A row of a table.
    #[default]
    Table,
    /// JSON inside the description of a row.
    Description,
    /// It holds fields that have rows, but has none itself.
    Implied,
    /// An example.
    Example,
}

/// One field with its members.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) origin: Origin,
    /// Line of its row, or of its first sight in an example.
    pub(crate) line: usize,
    /// The type as printed.
    pub(crate) printed_type: String,
    /// The shape, that of the wire where it differs from the printed one.
    pub(crate) shape: Shape,
    /// The wire differs from the printed type.
    pub(crate) retyped: bool,
    pub(crate) required: Required,
    pub(crate) nullable: bool,
    /// An integer that travels in quotes.
    pub(crate) number_in_text: bool,
    pub(crate) place: Option<Place>,
    pub(crate) facts: Facts,
    /// The description and remarks as printed; never written.
    pub(crate) text: String,
    /// The sub-table that describes its members.
    pub(crate) reference: Option<String>,
    pub(crate) members: Fields,
    /// Columns whose names are this prefix and a number.
    pub(crate) columns: Option<String>,
    /// What about it is not certain.
    pub(crate) doubts: BTreeSet<Doubt>,
    /// It holds objects like the one it is itself a member of: how many levels up.
    pub(crate) repeats: Option<usize>,
    /// JSON inside a text.
    pub(crate) json_text: bool,
    /// A truth value that travels as a digit: `digit` or `digit_text`.
    pub(crate) digit: Option<&'static str>,
    /// Copies of the page that show it, when there are several.
    pub(crate) copies: Vec<String>,
}

impl Field {
    /// A field without a row of its own.
    pub(crate) fn unnamed(origin: Origin, shape: Shape, line: usize) -> Self {
        Self {
            origin,
            line,
            printed_type: String::new(),
            shape,
            retyped: false,
            required: Required::Unknown,
            nullable: false,
            number_in_text: false,
            place: None,
            facts: Facts::default(),
            text: String::new(),
            reference: None,
            members: Fields::new(),
            columns: None,
            doubts: BTreeSet::new(),
            repeats: None,
            json_text: false,
            digit: None,
            copies: Vec::new(),
        }
    }

    /// The field of a row. The second value is false when its type is not understood.
    pub(crate) fn of_row(row: &Row) -> (Self, bool) {
        let printed = types::read_cell(&row.printed_type);
        let mut shape = printed.as_ref().map_or(Shape::Any, |printed| printed.shape.clone());
        let text = [row.description.as_str(), row.note.as_str()].join("\n").trim().to_owned();
        if shape == Shape::list_of(Shape::Any)
            && let Some(item) = limits::item_shape(&text)
        {
            shape = Shape::list_of(item);
        }
        let mut doubts: BTreeSet<Doubt> = row.doubts.iter().copied().collect();
        let mut facts = limits::read(&text, &shape);
        values(row, &text, &shape, &mut facts, &mut doubts);
        facts.default = row.default.clone().or(facts.default);
        let stamp = row.printed_type.to_ascii_lowercase();
        facts.time_stamp |= stamp.contains("timestamp") || stamp.contains("时间戳");
        facts.time = facts.time.or(printed.as_ref().and_then(|printed| printed.time));
        if printed.as_ref().is_some_and(|printed| printed.or_else.is_some()) {
            doubts.insert(Doubt::Type);
        }
        // `class` is printed for objects and for lists of them.
        if row.printed_type.trim().eq_ignore_ascii_case("class") {
            doubts.insert(Doubt::Type);
        }
        let understood = printed.is_some();
        let reference = row.reference.clone().or_else(|| printed.as_ref().and_then(|printed| printed.reference.clone()));
        let json_text = printed.as_ref().is_some_and(|printed| printed.json_text);
        let nullable = facts.null_allowed || printed.is_some_and(|printed| printed.nullable);
        let field = Self {
            printed_type: row.printed_type.clone(),
            required: row.required,
            nullable,
            place: row.place,
            facts,
            text,
            reference,
            doubts,
            json_text,
            repeats: row.repeats,
            ..Self::unnamed(Origin::Table, shape, row.line)
        };
        (field, understood)
    }

    /// The field along a path of names.
    pub(crate) fn at_mut(&mut self, path: &[String]) -> Option<&mut Field> {
        path.iter().try_fold(self, |field, name| field.members.get_mut(name))
    }

    /// The field along a path of names.
    pub(crate) fn at(&self, path: &[String]) -> Option<&Field> {
        path.iter().try_fold(self, |field, name| field.members.get(name))
    }

    /// How a time is written.
    pub(crate) fn time(&self) -> Option<TimeFormat> {
        self.facts.time
    }
}

/// The documented values of a row: those a machine wrote, else those of its description, else those of its example. Says so when a text looks like
/// values and none were read.
fn values(row: &Row, text: &str, shape: &Shape, facts: &mut Facts, doubts: &mut BTreeSet<Doubt>) {
    if !row.values.is_empty() {
        let labels = choices::read(text);
        facts.choices = row
            .values
            .iter()
            .map(|(value, label)| {
                let known = labels.iter().find(|choice| choice.value == *value).map(|choice| choice.label.clone());
                choices::Choice { value: value.clone(), label: if label.is_empty() { known.unwrap_or_default() } else { label.clone() } }
            })
            .collect();
        return;
    }
    // The values of a list's items have no place of their own here: a person gives them one.
    if matches!(shape, Shape::List(_)) && *shape.innermost() != Shape::Object && !choices::read(text).is_empty() {
        doubts.insert(Doubt::Codes);
    }
    if facts.choices.is_empty() && !shape.is_container() {
        facts.choices = choices::read(&row.sample);
    }
    if *shape == Shape::Boolean {
        // Its two values are what a truth value is, however they are printed.
        let plain = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "0" | "1" | "true" | "false");
        match facts.choices.iter().all(|choice| plain(&choice.value)) {
            true => facts.choices.clear(),
            false => drop(doubts.insert(Doubt::Codes)),
        }
        return;
    }
    let is_enum = row.printed_type.to_ascii_lowercase().contains("enum");
    if is_enum && facts.choices.is_empty() && *shape == Shape::Text {
        facts.choices = choices::of_enum(text);
    }
    if facts.choices.is_empty() && !shape.is_container() && (is_enum || choices::looks_like(text) || choices::looks_like(&row.sample)) {
        doubts.insert(Doubt::Codes);
    }
}
