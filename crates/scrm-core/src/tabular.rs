//! The columns of requests and answers at run time: for programs that print, store or translate rows of which they know no type.

use serde_json::Value;

pub use crate::table::ColumnKind;
use crate::{
    flat::Flat,
    path::Scope,
    serialize,
    spec::Label,
    table::{self, PERSONAL, REQUIRED, ReadFields, SECRET, Table, View},
};

/// A struct of a request or an answer as a row of a table.
pub trait Tabular: ReadFields {
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

/// What the documentation says of a field beside what its [`table::Field`] holds. In a static of its own, which a program that never asks does not carry.
#[derive(Clone, Copy, Debug)]
pub struct FieldNote {
    kind: ColumnKind,
    shape: Shape,
    unit: Option<&'static str>,
    label: Label,
    nested: Option<fn() -> Vec<Column>>,
}

impl FieldNote {
    /// One value of this kind.
    #[must_use]
    pub const fn new(kind: ColumnKind) -> Self {
        FieldNote { kind, shape: Shape::One, unit: None, label: Label { zh: "", en: "" }, nested: None }
    }
    /// Dynamic columns.
    #[must_use]
    pub const fn integers_by_number() -> Self {
        FieldNote::new(ColumnKind::Integer).map()
    }
    /// With the English and the Chinese text: the last two of these.
    #[must_use]
    pub const fn label(mut self, texts: &[&'static str]) -> Self {
        if let [.., en, zh] = *texts {
            self.label = Label { zh, en };
        }
        self
    }
    /// A list of such values.
    #[must_use]
    pub const fn list(mut self) -> Self {
        self.shape = Shape::List;
        self
    }
    /// Such values by key.
    #[must_use]
    pub const fn map(mut self) -> Self {
        self.shape = Shape::Map;
        self
    }
    /// With a unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }
    /// With the columns of the objects it holds.
    #[must_use]
    pub const fn nested(mut self, columns: fn() -> Vec<Column>) -> Self {
        self.nested = Some(columns);
        self
    }

    fn column(self, name: &'static str, flags: u8) -> Column {
        let FieldNote { kind, shape, unit, label, nested } = self;
        let sensitivity = match flags {
            flags if flags & SECRET != 0 => Sensitivity::Secret,
            flags if flags & PERSONAL != 0 => Sensitivity::Personal,
            _ => Sensitivity::Plain,
        };
        Column { name, kind, shape, unit, sensitivity, required: flags & REQUIRED != 0, label, nested }
    }
}

/// What stands for undocumented keys.
const EXTRA: FieldNote = FieldNote::new(ColumnKind::Any).label(&["Keys that the documentation does not name", "文档没有说明的字段"]).map();

/// Behind [`Tabular::columns`]: `notes` are those of the table's fields, then of its dynamic columns. `extra`: undocumented keys have a place.
#[must_use]
pub fn columns(table: &'static Table, notes: &[FieldNote], extra: bool) -> Vec<Column> {
    let fields = table.fields.iter().map(|field| (field.name(), field.flags));
    let dynamic = table.dynamic.map(|columns| (columns.name, 0));
    let mut columns: Vec<Column> = fields.chain(dynamic).zip(notes).map(|((name, flags), note)| note.column(name, flags)).collect();
    if extra {
        // what is unknown may be personal
        columns.push(EXTRA.column(table.extra_name(), PERSONAL));
    }
    columns
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
