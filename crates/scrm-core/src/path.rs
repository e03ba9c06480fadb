//! Values of a record by path: wire names joined by `/`; a path through a list means each of its items.

use serde_json::Value;

use crate::table::{Atom, Code, Entry, NULLABLE, Nullable, REQUIRED, ReadFields, View, look_up};

/// An object in which names can be looked up.
#[derive(Clone, Copy)]
pub(crate) enum Scope<'a> {
    Record(&'a dyn ReadFields),
    Json(&'a serde_json::Map<String, Value>),
}

/// What stands at the end of a path.
pub(crate) struct Found<'a> {
    /// Path of the object it stands in, with indexes, and a `/` at its end unless it is the root.
    pub(crate) prefix: &'a str,
    pub(crate) name: &'a str,
    /// Its own flags and those of all it stands in.
    pub(crate) flags: u8,
    pub(crate) held: Held<'a>,
}

pub(crate) enum Held<'a> {
    View(View<'a>),
    Json(&'a Value),
    /// The value of a dynamic column.
    Column(i64),
    Nothing,
}

/// A single value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    Int(i128),
    Float(f64),
    Bool(bool),
    Text(&'a str),
}

impl Scalar<'_> {
    pub(crate) fn to_text(self) -> String {
        match self {
            Scalar::Int(value) => value.to_string(),
            Scalar::Float(value) => value.to_string(),
            Scalar::Bool(value) => value.to_string(),
            Scalar::Text(value) => value.to_owned(),
        }
    }
}

impl<'a> Scope<'a> {
    /// Calls `visit` with what stands at a path, once for each item of the lists on the way. Nothing is visited behind an absent object.
    pub(crate) fn walk(self, path: &str, visit: &mut dyn FnMut(Found<'_>)) {
        self.walk_from("", 0, path, visit);
    }

    pub(crate) fn walk_from(self, prefix: &str, flags: u8, path: &str, visit: &mut dyn FnMut(Found<'_>)) {
        let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let (held, own) = self.look_up(name);
        let found = Found { prefix, name, flags: flags | own, held };
        match rest {
            None => visit(found),
            Some(rest) => found.scopes(&mut |prefix, flags, scope| scope.walk_from(prefix, flags, rest, visit)),
        }
    }

    fn look_up(self, name: &str) -> (Held<'a>, u8) {
        match self {
            Scope::Record(record) => {
                let held = match look_up(record, name) {
                    Entry::Field(at, view) => return (Held::View(view), record.table().fields[at].flags),
                    Entry::Column(value) => Held::Column(*value),
                    Entry::Extra(value) => Held::Json(value),
                    Entry::Nothing => Held::Nothing,
                };
                (held, 0)
            }
            Scope::Json(object) => (object.get(name).map_or(Held::Nothing, Held::Json), 0),
        }
    }
}

impl Found<'_> {
    /// Its path with indexes.
    pub(crate) fn at(&self) -> String {
        format!("{}{}", self.prefix, self.name)
    }

    /// The objects it is or holds, each with the prefix and flags for what stands in it.
    pub(crate) fn scopes(&self, visit: &mut dyn FnMut(&str, u8, Scope<'_>)) {
        let flags = self.flags & !REQUIRED;
        let visit = &mut |at: &str, scope: Scope<'_>| visit(&format!("{at}/"), flags, scope);
        match &self.held {
            Held::View(view) => view_scopes(view, &self.at(), visit),
            Held::Json(value) => json_scopes(value, &self.at(), visit),
            Held::Column(_) | Held::Nothing => {}
        }
    }

    /// The single values it is or holds, each with its index if it stands in a list.
    pub(crate) fn scalars(&self, visit: &mut dyn FnMut(Option<usize>, Scalar<'_>)) {
        match &self.held {
            Held::View(view) => view_scalars(view, visit),
            Held::Json(value) => json_scalars(value, visit),
            Held::Column(value) => visit(None, Scalar::Int((*value).into())),
            Held::Nothing => {}
        }
    }

    /// Whether there is something in it: a text that is not empty, a list with an item, not `null`.
    pub(crate) fn is_filled(&self) -> bool {
        match &self.held {
            Held::View(view) => is_filled(view),
            Held::Json(value) => json_is_filled(value),
            Held::Column(_) => true,
            Held::Nothing => false,
        }
    }

    /// Whether the caller gave it: filled, or deliberately sent as `null` or as an empty list.
    pub(crate) fn is_given(&self) -> bool {
        let deliberate = match &self.held {
            Held::View(View::Nullable(nullable)) => !nullable.is_absent(),
            Held::View(View::Any(Some(Value::Null))) => self.flags & NULLABLE != 0,
            Held::View(_) => self.flags & REQUIRED != 0 && self.count().is_some(),
            Held::Json(value) => value.is_null() || value.is_array(),
            Held::Column(_) | Held::Nothing => false,
        };
        deliberate || self.is_filled()
    }

    /// How many items the list has; `None` where it is none.
    pub(crate) fn count(&self) -> Option<usize> {
        match &self.held {
            Held::View(View::List(list)) => Some(list.count()),
            Held::View(View::Strs(list)) => Some(list.len()),
            Held::View(View::Ints(list)) => Some(list.len()),
            Held::View(View::Opens(list)) => Some(list.count()),
            Held::View(View::Typeds(list)) => Some(list.count()),
            Held::View(View::Nullable(nullable)) => match nullable.get() {
                Nullable::Value(value) => value.as_array().map(Vec::len),
                Nullable::Absent | Nullable::Null => None,
            },
            Held::View(View::Any(Some(value))) => value.as_array().map(Vec::len),
            Held::Json(value) => value.as_array().map(Vec::len),
            Held::View(_) | Held::Column(_) | Held::Nothing => None,
        }
    }
}

fn view_scopes(view: &View<'_>, at: &str, visit: &mut dyn FnMut(&str, Scope<'_>)) {
    match view {
        View::Root(record) => visit(at, Scope::Record(*record)),
        View::Obj(object) => {
            if let Some(record) = object.get() {
                visit(at, Scope::Record(record));
            }
        }
        View::List(list) => {
            for row in 0..list.count() {
                if let Some(record) = list.get(row) {
                    visit(&format!("{at}[{row}]"), Scope::Record(record));
                }
            }
        }
        View::Map(map) => {
            for entry in 0..map.count() {
                if let Some((key, view)) = map.get(entry) {
                    view_scopes(&view, &format!("{at}/{key}"), visit);
                }
            }
        }
        View::Nullable(nullable) => {
            if let Nullable::Value(value) = nullable.get() {
                json_scopes(&value, at, visit);
            }
        }
        View::Any(Some(value)) => json_scopes(value, at, visit),
        _ => {}
    }
}

fn json_scopes(value: &Value, at: &str, visit: &mut dyn FnMut(&str, Scope<'_>)) {
    match value {
        Value::Object(object) => visit(at, Scope::Json(object)),
        Value::Array(items) => {
            for (row, item) in items.iter().enumerate() {
                json_scopes(item, &format!("{at}[{row}]"), visit);
            }
        }
        _ => {}
    }
}

fn view_scalars(view: &View<'_>, visit: &mut dyn FnMut(Option<usize>, Scalar<'_>)) {
    match view {
        View::I64(Some(value)) => visit(None, Scalar::Int((*value).into())),
        View::F64(Some(value)) => visit(None, Scalar::Float(*value)),
        View::Bool(Some(value)) => visit(None, Scalar::Bool(*value)),
        View::Str(Some(value)) => visit(None, Scalar::Text(value)),
        View::Open(open) => {
            if let Some(code) = open.get() {
                visit(None, code.into());
            }
        }
        View::Typed(typed) => {
            if let Some(atom) = typed.get() {
                visit(None, atom.into());
            }
        }
        View::Typeds(items) => {
            for at in 0..items.count() {
                if let Some(atom) = items.get(at) {
                    visit(Some(at), atom.into());
                }
            }
        }
        View::Strs(items) => items.iter().enumerate().for_each(|(at, item)| visit(Some(at), Scalar::Text(item))),
        View::Ints(items) => items.iter().enumerate().for_each(|(at, item)| visit(Some(at), Scalar::Int((*item).into()))),
        View::Opens(items) => {
            for at in 0..items.count() {
                if let Some(code) = items.get(at) {
                    visit(Some(at), code.into());
                }
            }
        }
        View::Nullable(nullable) => {
            if let Nullable::Value(value) = nullable.get() {
                json_scalars(&value, visit);
            }
        }
        View::Any(Some(value)) => json_scalars(value, visit),
        _ => {}
    }
}

fn json_scalars(value: &Value, visit: &mut dyn FnMut(Option<usize>, Scalar<'_>)) {
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                if let Some(scalar) = scalar(item) {
                    visit(Some(at), scalar);
                }
            }
        }
        single => {
            if let Some(scalar) = scalar(single) {
                visit(None, scalar);
            }
        }
    }
}

fn scalar(value: &Value) -> Option<Scalar<'_>> {
    match value {
        Value::String(text) => Some(Scalar::Text(text)),
        Value::Bool(value) => Some(Scalar::Bool(*value)),
        Value::Number(number) => {
            let int = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            int.map(Scalar::Int).or_else(|| number.as_f64().map(Scalar::Float))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl<'a> From<Atom<'a>> for Scalar<'a> {
    fn from(atom: Atom<'a>) -> Self {
        match atom {
            Atom::Text(value) => Scalar::Text(value),
            Atom::Int(value) => Scalar::Int(value.into()),
            Atom::Decimal(number) => number.whole().map_or_else(|| Scalar::Float(number.as_f64()), |whole| Scalar::Int(whole.into())),
        }
    }
}

impl<'a> From<Code<'a>> for Scalar<'a> {
    fn from(code: Code<'a>) -> Self {
        match code {
            Code::Int(value) => Scalar::Int(value.into()),
            Code::Text(value) => Scalar::Text(value),
        }
    }
}

fn is_filled(view: &View<'_>) -> bool {
    match view {
        View::I64(value) => value.is_some(),
        View::F64(value) => value.is_some(),
        View::Bool(value) => value.is_some(),
        View::Str(value) => value.as_deref().is_some_and(|text| !text.is_empty()),
        View::Open(open) => !matches!(open.get(), None | Some(Code::Text(""))),
        View::Typed(typed) => !matches!(typed.get(), None | Some(Atom::Text(""))),
        View::Obj(object) => object.get().is_some(),
        View::List(list) => list.count() > 0,
        View::Strs(items) => !items.is_empty(),
        View::Ints(items) => !items.is_empty(),
        View::Opens(items) => items.count() > 0,
        View::Typeds(items) => items.count() > 0,
        View::Map(map) => map.count() > 0,
        View::Nullable(nullable) => matches!(nullable.get(), Nullable::Value(value) if json_is_filled(&value)),
        View::Any(value) => value.as_ref().is_some_and(json_is_filled),
        View::Dynamic(columns) => !columns.is_empty(),
        View::Extra(extra) => !extra.is_empty(),
        View::Root(_) => true,
    }
}

fn json_is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
pub(crate) mod sample;
