//! Masked text: `Debug` of generated types, and what stands for a value that must not be shown.

use std::fmt;

use serde_json::Value;

use crate::{
    mask::{self, characters},
    table::{Atom, Code, DYNAMIC, EXTRA, Extra, Nullable, PERSONAL, ReadFields, SECRET, View},
};

/// Stands for a value that must not be shown.
pub(crate) struct Mask<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) flags: u8,
}

impl fmt::Display for Mask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.view {
            _ if self.flags & SECRET != 0 => f.write_str("<secret>"),
            View::Str(Some(text)) => f.write_str(&characters(text)),
            View::Typed(value) => match value.get() {
                Some(Atom::Text(text)) => f.write_str(&characters(text)),
                _ => f.write_str("<masked>"),
            },
            _ => f.write_str("<masked>"),
        }
    }
}

/// Masked `Debug`: personal fields show their length only, undocumented keys their names only, untyped JSON its kind only.
///
/// # Errors
/// Those of the formatter.
pub fn debug(shown: &dyn ReadFields, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let table = shown.table();
    let mut out = f.debug_struct(table.name);
    for (number, field) in table.fields.iter().enumerate() {
        let view = shown.view(number);
        if view.is_empty() {
            continue;
        }
        if field.flags & (PERSONAL | SECRET) != 0 {
            out.field(field.name(), &format_args!("{}", Mask { view: &view, flags: field.flags }));
        } else {
            out.field(field.name(), &Printed(&view));
        }
    }
    if let Some(dynamic) = table.dynamic
        && let View::Dynamic(columns) = shown.view(DYNAMIC)
        && !columns.is_empty()
    {
        out.field(dynamic.name, &columns);
    }
    if let View::Extra(extra) = shown.view(EXTRA)
        && !extra.is_empty()
    {
        out.field("extra", extra);
    }
    out.finish()
}

/// A value that is not personal, for `Debug`.
struct Printed<'a>(&'a View<'a>);

impl fmt::Debug for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            View::I64(Some(value)) => value.fmt(f),
            View::F64(Some(value)) => value.fmt(f),
            View::Bool(Some(value)) => value.fmt(f),
            View::Str(Some(value)) => value.fmt(f),
            View::Strs(value) => value.fmt(f),
            View::Ints(value) => value.fmt(f),
            View::Any(Some(value)) => f.write_str(kind(value)),
            View::Open(value) => value.get().map_or(Ok(()), |code| print_code(code, f)),
            View::Opens(value) => f.write_str("[").and_then(|()| {
                for at in 0..value.count() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    value.get(at).map_or(Ok(()), |code| print_code(code, f))?;
                }
                f.write_str("]")
            }),
            View::Typed(value) => value.get().map_or(Ok(()), |atom| print_atom(atom, f)),
            View::Typeds(value) => f.debug_list().entries((0..value.count()).filter_map(|at| value.get(at)).map(PrintedAtom)).finish(),
            View::Obj(value) => value.get().map_or(Ok(()), |shown| debug(shown, f)),
            View::Root(shown) => debug(*shown, f),
            View::List(value) => f.debug_list().entries((0..value.count()).filter_map(|row| value.get(row)).map(PrintedRecord)).finish(),
            View::Map(value) => write!(f, "<{} entries>", value.count()),
            View::Nullable(value) => match value.get() {
                Nullable::Value(value) => write!(f, "{value}"),
                Nullable::Absent | Nullable::Null => f.write_str("null"),
            },
            View::Dynamic(value) => value.fmt(f),
            View::Extra(value) => value.fmt(f),
            View::I64(None) | View::F64(None) | View::Bool(None) | View::Str(None) | View::Any(None) => f.write_str("None"),
        }
    }
}

struct PrintedRecord<'a>(&'a dyn ReadFields);

impl fmt::Debug for PrintedRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self.0, f)
    }
}

fn print_code(code: Code<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match code {
        Code::Int(value) => fmt::Debug::fmt(&value, f),
        Code::Text(value) => fmt::Debug::fmt(value, f),
    }
}

struct PrintedAtom<'a>(Atom<'a>);

impl fmt::Debug for PrintedAtom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print_atom(self.0, f)
    }
}

fn print_atom(atom: Atom<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match atom {
        // Vendors put phone numbers into fields of dates, too.
        Atom::Text(value) if mask::is_time_or_amount(value) => fmt::Debug::fmt(value, f),
        Atom::Text(value) => f.write_str(&characters(value)),
        Atom::Int(value) => fmt::Debug::fmt(&value, f),
        Atom::Decimal(value) => fmt::Debug::fmt(&value, f),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "<true or false>",
        Value::Number(_) => "<number>",
        Value::String(_) => "<string>",
        Value::Array(_) => "<array>",
        Value::Object(_) => "<object>",
    }
}

/// Names only: what is unknown may be personal.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| mask::Masker::default().text(&mask::key(name), mask::WORD_CAP))).finish()
    }
}
