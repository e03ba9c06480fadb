//! Rows as typed cells: the columns that the client documents, objects spread into columns of their own, and each row's values for them.

use std::borrow::Cow;

use scrm_core::{
    Column, ColumnKind, Day, Decimal, Label, Moment, NamedRow, Nullable, Sensitivity, Shape,
    spec::TimeFormat,
    table::{Atom, Code, DYNAMIC, EXTRA, ReadFields, View},
    tabular, time,
};
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::language::Language;

/// What a column of a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// An exact amount.
    Decimal,
    /// A moment.
    Moment(TimeFormat),
    /// A day in China.
    Day,
    /// JSON as text.
    Json,
}

impl Kind {
    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Decimal => "decimal",
            Kind::Moment(_) => "time",
            Kind::Day => "day",
            Kind::Json => "json",
        }
    }
}

/// One column of a table.
#[derive(Clone, Debug)]
pub(crate) struct FlatColumn {
    /// Wire name; inside of an object `order_info__order_id`.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) label: Label,
    pub(crate) unit: Option<&'static str>,
    pub(crate) required: bool,
    pub(crate) sensitive: bool,
    /// Positions of the fields on the way.
    path: Vec<usize>,
}

/// A row, looked up once for all of its columns.
#[derive(Clone, Copy)]
pub(crate) enum RowOf<'a> {
    Fields(&'a dyn ReadFields),
    /// It has no fields.
    Value(&'a NamedRow),
}

impl<'a> RowOf<'a> {
    pub(crate) fn new(row: &'a NamedRow) -> Self {
        row.fields().map_or(RowOf::Value(row), RowOf::Fields)
    }
}

/// Stands between the names of an object and of its field.
const JOINT: &str = "__";
/// Objects are spread no deeper than this.
const DEEPEST: usize = 4;

/// The columns of a table, objects spread into columns of their own.
pub(crate) fn flatten(columns: &[Column]) -> Vec<FlatColumn> {
    let mut flat = Vec::new();
    spread(columns, "", &[], true, &mut flat);
    flat
}

fn spread(columns: &[Column], prefix: &str, path: &[usize], required: bool, flat: &mut Vec<FlatColumn>) {
    for (at, column) in columns.iter().enumerate() {
        let mut path = path.to_vec();
        path.push(at);
        let name = format!("{prefix}{}", column.name);
        let required = required && column.required;
        match (column.shape, column.kind, column.nested) {
            (Shape::One, ColumnKind::Object, Some(nested)) if path.len() < DEEPEST => {
                spread(&nested(), &format!("{name}{JOINT}"), &path, required, flat);
            }
            _ => flat.push(FlatColumn {
                name,
                kind: kind(column),
                label: column.label,
                unit: column.unit,
                required,
                sensitive: column.sensitivity != Sensitivity::Plain,
                path,
            }),
        }
    }
}

/// Longest heading, in columns of a terminal: what is longer is a sentence.
const WIDEST: usize = 30;

/// What stands above each column for people: short, and no two the same.
pub(crate) fn headings(columns: &[FlatColumn], language: Language) -> Vec<String> {
    let short: Vec<String> = columns.iter().map(|column| heading(column, language)).collect();
    // of the same ones the first, which stands outermost, keeps it
    let named = |(at, column): (usize, &FlatColumn)| match (short.get(at), short.get(..at)) {
        (Some(text), Some(before)) if !before.contains(text) => text.clone(),
        (Some(text), _) if *text != column.name => format!("{text} ({})", column.name),
        _ => column.name.clone(),
    };
    columns.iter().enumerate().map(named).collect()
}

/// The first words of what the documentation says, or the name where these are a sentence.
fn heading(column: &FlatColumn, language: Language) -> String {
    let said = language.of_label(column.label);
    let first = said.split(['。', '，', '；', '：', '（', '.', ',', ';', ':', '(', '?', '？']).next().unwrap_or_default().trim();
    if first.is_empty() || first.width() > WIDEST { column.name.clone() } else { first.to_owned() }
}

fn kind(column: &Column) -> Kind {
    if column.shape != Shape::One {
        return Kind::Json;
    }
    match column.kind {
        ColumnKind::Integer => Kind::Integer,
        ColumnKind::Number => Kind::Number,
        ColumnKind::Boolean => Kind::Boolean,
        ColumnKind::Yuan | ColumnKind::Fen => Kind::Decimal,
        ColumnKind::DateTime => Kind::Moment(TimeFormat::DateTime),
        ColumnKind::OffsetDateTime => Kind::Moment(TimeFormat::OffsetDateTime),
        ColumnKind::UnixSeconds => Kind::Moment(TimeFormat::Seconds),
        ColumnKind::UnixMillis => Kind::Moment(TimeFormat::Milliseconds),
        ColumnKind::Date => Kind::Day,
        ColumnKind::Object | ColumnKind::Any => Kind::Json,
        // a code can be a number or a text, and a new one of either kind may come any day
        _ => Kind::Text,
    }
}

/// What stands in one column of one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Decimal(Decimal),
    Moment(Moment),
    Day(Day),
    Json(String),
    /// Text that is no value of the column's kind: `2026-13-45` for a day. What means "never" is nothing instead.
    Unreadable(Cow<'a, str>),
}

impl Cell<'_> {
    /// As a table of texts shows it; nothing is an empty one.
    pub(crate) fn into_text(self) -> String {
        match self {
            Cell::Nothing => String::new(),
            Cell::Text(text) | Cell::Unreadable(text) => text.into_owned(),
            Cell::Json(text) => text,
            Cell::Integer(value) => value.to_string(),
            Cell::Number(value) => value.to_string(),
            Cell::Boolean(value) => value.to_string(),
            Cell::Decimal(value) => value.to_string(),
            Cell::Moment(value) => value.to_string(),
            Cell::Day(value) => value.to_string(),
        }
    }
}

impl FlatColumn {
    /// The only column of rows that are values.
    pub(crate) fn value() -> Self {
        let label = Label { zh: "值", en: "The value" };
        FlatColumn { name: "value".to_owned(), kind: Kind::Text, label, unit: None, required: true, sensitive: true, path: Vec::new() }
    }

    /// What a row holds in this column.
    pub(crate) fn cell<'a>(&self, row: &RowOf<'a>) -> Cell<'a> {
        match (row, self.path.split_last()) {
            (RowOf::Fields(fields), Some((last, parents))) => self.field(*fields, *last, parents),
            (RowOf::Value(row), None) => match row.value() {
                Value::Null => Cell::Nothing,
                Value::String(text) => Cell::Text(text.into()),
                other => Cell::Text(other.to_string().into()),
            },
            _ => Cell::Nothing,
        }
    }

    fn field<'a>(&self, row: &'a dyn ReadFields, last: usize, parents: &[usize]) -> Cell<'a> {
        let mut record = row;
        for at in parents {
            match view(record, *at) {
                View::Obj(object) => match object.get() {
                    Some(inner) => record = inner,
                    None => return Cell::Nothing,
                },
                View::Root(inner) => record = inner,
                _ => return Cell::Nothing,
            }
        }
        cell(self.kind, view(record, last))
    }
}

/// The field at a position of `columns`: documented ones, then dynamic columns, then undocumented keys.
fn view(record: &dyn ReadFields, at: usize) -> View<'_> {
    let table = record.table();
    match at.checked_sub(table.fields.len()) {
        None => record.view(at),
        Some(0) if table.dynamic.is_some() => record.view(DYNAMIC),
        Some(_) => record.view(EXTRA),
    }
}

fn cell<'a>(kind: Kind, view: View<'a>) -> Cell<'a> {
    if view.is_empty() {
        return Cell::Nothing;
    }
    match view {
        View::Str(Some(text)) => of_text(kind, text),
        View::I64(Some(value)) => of_integer(kind, *value),
        View::F64(Some(value)) => {
            if kind == Kind::Number {
                Cell::Number(*value)
            } else {
                Cell::Text(value.to_string().into())
            }
        }
        View::Bool(Some(value)) => Cell::Boolean(*value),
        View::Open(open) => match open.get() {
            Some(Code::Int(value)) => Cell::Text(value.to_string().into()),
            Some(Code::Text(text)) => Cell::Text(text.into()),
            None => Cell::Nothing,
        },
        View::Typed(typed) => match typed.get() {
            Some(Atom::Text(text)) => of_text(kind, text),
            Some(Atom::Int(value)) => of_integer(kind, value),
            Some(Atom::Decimal(value)) => {
                if kind == Kind::Decimal {
                    Cell::Decimal(value)
                } else {
                    Cell::Text(value.to_string().into())
                }
            }
            None => Cell::Nothing,
        },
        View::Nullable(nullable) => match nullable.get() {
            Nullable::Value(value) => of_value(kind, &value),
            Nullable::Absent | Nullable::Null => Cell::Nothing,
        },
        view => tabular::json_text(&view).filter(|text| text != "null").map_or(Cell::Nothing, Cell::Json),
    }
}

fn of_value<'a>(kind: Kind, value: &Value) -> Cell<'a> {
    match value {
        Value::Null => Cell::Nothing,
        Value::Bool(value) => Cell::Boolean(*value),
        Value::String(text) => match of_text(kind, text) {
            Cell::Text(text) => Cell::Text(text.into_owned().into()),
            Cell::Unreadable(text) => Cell::Unreadable(text.into_owned().into()),
            Cell::Moment(moment) => Cell::Moment(moment),
            Cell::Day(day) => Cell::Day(day),
            Cell::Decimal(number) => Cell::Decimal(number),
            _ => Cell::Nothing,
        },
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => of_integer(kind, whole),
            (None, Some(number)) => Cell::Number(number),
            (None, None) => Cell::Nothing,
        },
        other => Cell::Json(other.to_string()),
    }
}

fn of_text(kind: Kind, text: &str) -> Cell<'_> {
    let read = match kind {
        Kind::Moment(format) => time::parse(format, text).map(Cell::Moment),
        Kind::Day => Day::parse(text).map(Cell::Day),
        Kind::Decimal => Decimal::parse(text).map(Cell::Decimal),
        _ => return Cell::Text(text.into()),
    };
    match read {
        Some(cell) => cell,
        None if is_never(text) => Cell::Nothing,
        None => Cell::Unreadable(text.into()),
    }
}

fn of_integer<'a>(kind: Kind, value: i64) -> Cell<'a> {
    match kind {
        Kind::Moment(_) if value == 0 => Cell::Nothing,
        Kind::Moment(format) => time::from_number(format, value).map_or_else(|| Cell::Unreadable(value.to_string().into()), Cell::Moment),
        Kind::Decimal => Cell::Decimal(Decimal::new(value)),
        Kind::Number | Kind::Integer => Cell::Integer(value),
        _ => Cell::Text(value.to_string().into()),
    }
}

/// How vendors write that there is no time.
fn is_never(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text == "0" || text.starts_with("0000-00-00") || text.starts_with("-0001-11-30")
}

/// An amount with a fixed number of decimals, in its smallest part; `None` where it has more or is too large.
pub(crate) fn scaled(value: Decimal, decimals: usize) -> Option<i128> {
    if let Some(whole) = value.whole() {
        return i128::from(whole).checked_mul(10_i128.checked_pow(u32::try_from(decimals).ok()?)?);
    }
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        return None;
    }
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_mean_never_are_nothing_and_others_are_told() {
        let moment = Kind::Moment(TimeFormat::DateTime);
        assert_eq!(of_text(moment, "0000-00-00 00:00:00"), Cell::Nothing);
        assert_eq!(of_text(moment, "soon"), Cell::Unreadable("soon".into()));
        assert!(matches!(of_text(moment, "2026-11-01 08:00:00"), Cell::Moment(_)));
        assert_eq!(of_integer(Kind::Moment(TimeFormat::Seconds), 0), Cell::Nothing);
        assert_eq!(of_value(Kind::Text, &"x".into()), Cell::Text("x".into()));
        assert_eq!(of_value(moment, &"2026-11-01 08:00:00".into()).into_text(), "2026-11-01T08:00:00+08:00");
    }

    #[test]
    fn amounts_are_exact() {
        let decimal = |text: &str| Decimal::parse(text).unwrap();
        assert_eq!(scaled(decimal("19.90"), 4), Some(199_000));
        assert_eq!(scaled(decimal("-0.0001"), 4), Some(-1));
        assert_eq!(scaled(decimal("0.00001"), 4), None);
    }

    #[test]
    fn headings_are_short_and_no_two_are_the_same() {
        for vendor in crate::vendors::all() {
            for operation in vendor.operations {
                let columns = (vendor.columns)(operation.name).map(|columns| flatten(&columns)).unwrap_or_default();
                for language in [Language::English, Language::Chinese] {
                    let headings = headings(&columns, language);
                    let all: std::collections::HashSet<&String> = headings.iter().collect();
                    assert_eq!(all.len(), columns.len(), "{}: {headings:?}", operation.name);
                    for (heading, column) in headings.iter().zip(&columns) {
                        let short = heading.strip_suffix(&format!(" ({})", column.name)).unwrap_or(heading);
                        assert!(short == column.name || short.width() <= WIDEST, "{}: {heading}", operation.name);
                    }
                }
            }
        }
    }

    #[test]
    fn objects_are_spread_into_columns() {
        let vendor = crate::vendors::named("xiaoe").unwrap();
        let columns = flatten(&(vendor.columns)("user_list_v2").unwrap());
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert!(names.contains(&"es_skip__user_created_at"), "{names:?}");
        let time = columns.iter().find(|column| column.name == "es_skip__user_created_at").unwrap();
        assert_eq!(time.kind, Kind::Moment(TimeFormat::Milliseconds));
    }
}
