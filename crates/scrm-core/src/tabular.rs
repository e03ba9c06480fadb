//! The columns of requests and answers at run time: for programs that print, store or translate rows of which they know no type.

use serde_json::Value;

pub use crate::table::ColumnKind;
use crate::{
    documented::Documented,
    flat::Flat,
    path::Scope,
    serialize,
    spec::Label,
    table::{self, DYNAMIC, EXTRA, PERSONAL, REQUIRED, ReadFields, SECRET, Table, View},
};

/// A struct of a request or an answer as a row of a table. All generated ones are.
pub trait Tabular: Documented {
    /// Its columns, in the order in which serde sees them.
    fn columns() -> Vec<Column>
    where
        Self: Sized;

    /// What stands in a column, by its wire name: documented fields, dynamic columns (`Score-20408`), undocumented keys. `None`: nothing.
    ///
    /// Values come as their type says, not as they are written on the wire.
    fn cell(&self, name: &str) -> Option<Value>
    where
        Self: Sized,
    {
        get(self, name)
    }

    /// The row for CSV and other tables whose cells are texts.
    fn flat(&self) -> Flat<&Self>
    where
        Self: Sized,
    {
        Flat(self)
    }
}

/// What the documentation says of one column.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Column {
    /// Wire name; serde's name, too.
    pub name: &'static str,
    /// What one value is.
    pub kind: ColumnKind,
    /// How many values there are.
    pub shape: Shape,
    /// The unit, as the schema names it: `yuan`, `points`, `seconds`.
    pub unit: Option<&'static str>,
    /// Whether it may be shown.
    pub sensitivity: Sensitivity,
    /// Of an answer: the vendor promises it. Of a request: it must be given.
    pub required: bool,
    /// What it is, in both languages; empty where nobody says.
    pub label: Label,
    /// The columns of [`ColumnKind::Object`].
    pub nested: Option<fn() -> Vec<Column>>,
}

/// How many values a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// One or none.
    One,
    /// A list.
    List,
    /// Values by key, the keys being data.
    Map,
}

/// Whether a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sensitivity {
    /// To anybody.
    Plain,
    /// It tells of a person: masked in `Debug` and logs.
    Personal,
    /// Never, not even its length.
    Secret,
}

/// A column of the tenant's own, as an answer announces it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TenantColumn {
    /// Its name in the rows.
    pub name: String,
    /// What the tenant calls it; empty where the answer does not say.
    pub label: String,
}

/// What stands for undocumented keys.
const EXTRA_LABEL: Label = Label { zh: "文档没有说明的字段", en: "Keys that the documentation does not name" };

/// What the documentation says of a struct's fields, for those who ask at run time.
#[doc(hidden)]
pub struct Notes {
    /// A line for each field, then for dynamic columns: the English and the Chinese text, those of the label where it differs, and the unit if it has one,
    /// with tabs between. One text, for that is the least work for the compiler.
    pub texts: &'static str,
    /// The columns of those fields that hold objects.
    pub nested: &'static [fn() -> Vec<Column>],
    /// A struct with nothing in it, whose views tell what its fields are.
    pub blank: fn() -> Box<dyn ReadFields>,
}

/// The columns of a type, from its table and its notes.
pub(crate) fn columns(table: &'static Table, notes: &Notes) -> Vec<Column> {
    let blank = (notes.blank)();
    let fields = table.fields.iter().enumerate().map(|(number, field)| (field.name(), field.flags, blank.view(number)));
    let dynamic = table.dynamic.map(|columns| (columns.name, 0, blank.view(DYNAMIC)));
    let (mut texts, mut nested) = (notes.texts.lines(), notes.nested.iter());
    let mut columns: Vec<Column> = fields
        .chain(dynamic)
        .map(|(name, flags, view)| {
            let (kind, shape) = kind(&view);
            let nested = if kind == ColumnKind::Object { nested.next().copied() } else { None };
            let (label, unit) = note(texts.next().unwrap_or_default());
            Column { name, kind, shape, unit, sensitivity: sensitivity(flags), required: flags & REQUIRED != 0, label, nested }
        })
        .collect();
    let extra = blank.view(EXTRA);
    if let View::Extra(_) = extra {
        let (kind, shape) = kind(&extra);
        // what is unknown may be personal
        let sensitivity = Sensitivity::Personal;
        let (name, label) = (table.extra_name(), EXTRA_LABEL);
        columns.push(Column { name, kind, shape, unit: None, sensitivity, required: false, label, nested: None });
    }
    columns
}

/// The label and the unit of one field, from its line of [`Notes::texts`].
fn note(line: &'static str) -> (Label, Option<&'static str>) {
    match *line.split('\t').collect::<Vec<_>>() {
        [en, zh] | [_, _, en, zh] => (Label { zh, en }, None),
        [en, zh, unit] | [_, _, en, zh, unit] => (Label { zh, en }, Some(unit)),
        _ => (Label { zh: "", en: "" }, None),
    }
}

fn sensitivity(flags: u8) -> Sensitivity {
    match flags {
        flags if flags & SECRET != 0 => Sensitivity::Secret,
        flags if flags & PERSONAL != 0 => Sensitivity::Personal,
        _ => Sensitivity::Plain,
    }
}

/// What the values of a view are, whatever it holds at the moment.
fn kind(view: &View<'_>) -> (ColumnKind, Shape) {
    match view {
        View::I64(_) => (ColumnKind::Integer, Shape::One),
        View::F64(_) => (ColumnKind::Number, Shape::One),
        View::Bool(_) => (ColumnKind::Boolean, Shape::One),
        View::Str(_) => (ColumnKind::Text, Shape::One),
        View::Open(_) => (ColumnKind::Code, Shape::One),
        View::Any(_) => (ColumnKind::Any, Shape::One),
        View::Typed(value) => (value.kind(), Shape::One),
        View::Obj(_) | View::Root(_) => (ColumnKind::Object, Shape::One),
        View::List(_) => (ColumnKind::Object, Shape::List),
        View::Strs(_) => (ColumnKind::Text, Shape::List),
        View::Ints(_) => (ColumnKind::Integer, Shape::List),
        View::Opens(_) => (ColumnKind::Code, Shape::List),
        View::Typeds(values) => (values.kind(), Shape::List),
        View::Map(entries) => (entries.kind(), Shape::Map),
        View::Nullable(value) => match value.kind() {
            (kind, true) => (kind, Shape::List),
            (kind, false) => (kind, Shape::One),
        },
        View::Dynamic(_) => (ColumnKind::Integer, Shape::Map),
        View::Extra(_) => (ColumnKind::Any, Shape::Map),
    }
}

/// A value as JSON text, as its type says and without what is not there; `None` where there is nothing.
#[must_use]
pub fn json_text(view: &View<'_>) -> Option<String> {
    if view.is_empty() { None } else { serialize::to_text(view) }
}

/// The tenant's own columns that an answer announces for rows of this table, in its order; `data` is what stands under the envelope's data key.
/// Columns without a name are left out.
#[must_use]
pub fn tenant_columns(data: &View<'_>, row: &Table) -> Vec<TenantColumn> {
    let (Some(announced), View::Root(data)) = (row.announced, data) else { return Vec::new() };
    let mut columns = Vec::new();
    Scope::Record(*data).walk(announced.list, &mut |list| {
        list.scopes(&mut |_, _, item| {
            let text = |name: &str| {
                let mut text = String::new();
                item.walk(name, &mut |found| found.scalars(&mut |_, value| text = value.to_text()));
                text
            };
            let name = text(announced.key);
            if !name.is_empty() {
                columns.push(TenantColumn { name, label: text(announced.label) });
            }
        });
    });
    columns
}

/// What a row holds in the tenant's column that the answer announces under this display name.
#[must_use]
pub fn announced(data: &View<'_>, row: &dyn ReadFields, label: &str) -> Option<Value> {
    let columns = tenant_columns(data, row.table());
    get(row, &columns.into_iter().find(|column| column.label == label)?.name)
}

/// Any column by its wire name: documented fields, dynamic columns, undocumented keys. `None`: not there, or empty.
///
/// Values come as their type says, not as they are written on the wire: a list that travels as a joined text is an array here.
#[must_use]
pub fn get(record: &dyn ReadFields, name: &str) -> Option<Value> {
    match table::look_up(record, name) {
        table::Entry::Field(_, view) if view.is_empty() => None,
        table::Entry::Field(_, view) => serialize::to_value(&view),
        table::Entry::Column(value) => Some(Value::from(*value)),
        table::Entry::Extra(value) => Some(value.clone()),
        table::Entry::Nothing => None,
    }
}
