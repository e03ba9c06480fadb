//! Slot tables: a generated struct only *names* its fields; all that can be done to a field is written once, in this crate.
//!
//! A struct has a [`Table`], [`ReadFields`] (the way out) and, if it is read, [`WriteFields`] (the way in). [`crate::decode`] fills slots from
//! text; [`crate::encode`], `Serialize` and `Debug` read views.

mod containers;
mod extra;
mod field;
mod nullable;
mod open_enum;
mod payload;
mod typed;

use serde_json::Value;

pub(crate) use containers::next_room;
pub use containers::{Cell, Keyed, ListSlot, ListView, MapSlot, MapView, ObjSlot, ObjView};
pub use extra::Extra;
pub use field::{Announced, Attributes, DynamicColumns, Field, NULLABLE, PERSONAL, Place, REQUIRED, ROWS, SECRET, Table, Wire};
pub use nullable::{Nullable, NullableSlot, NullableView, Plain};
pub(crate) use open_enum::WrittenCode;
pub use open_enum::{
    Code, Open, OpenSlot, OpenView, OpensSlot, OpensView, Undocumented, Values, code_text, debug_value, deserialize_code, documented,
    from_text, hash_value, label, same_value, serialize_code,
};
pub use payload::{Inspect, Payload};
pub use typed::{Atom, ColumnKind, Form, Typed, TypedSlot, TypedView, TypedsSlot, TypedsView};

/// Field number of the dynamic columns.
pub const DYNAMIC: usize = usize::MAX - 1;
/// Field number of what the page does not name.
pub const EXTRA: usize = usize::MAX;

/// The way in. Field numbers are positions in `table().fields`.
pub trait WriteFields: Send + Sync {
    /// The fields.
    fn table(&self) -> &'static Table;
    /// Where to write a field to.
    fn slot(&mut self, field: usize) -> Slot<'_>;
}

/// The way out. A trait of its own, and no parent of [`WriteFields`]: a program that never prints what it decodes does not carry it.
pub trait ReadFields: Send + Sync {
    /// The fields.
    fn table(&self) -> &'static Table;
    /// Where to read a field from.
    fn view(&self, field: usize) -> View<'_>;
}

/// A typed place to write to. [`View`] is the same list for reading.
#[non_exhaustive]
pub enum Slot<'a> {
    /// A signed integer.
    I64(&'a mut Option<i64>),
    /// A number.
    F64(&'a mut Option<f64>),
    /// A truth value.
    Bool(&'a mut Option<bool>),
    /// A text.
    Str(&'a mut Option<String>),
    /// An open enum.
    Open(&'a mut dyn OpenSlot),
    /// An amount or a time.
    Typed(&'a mut dyn TypedSlot),
    /// A nested object.
    Obj(&'a mut dyn ObjSlot),
    /// A list of objects.
    List(&'a mut dyn ListSlot),
    /// A list of texts.
    Strs(&'a mut Vec<String>),
    /// A list of integers.
    Ints(&'a mut Vec<i64>),
    /// A list of open enums.
    Opens(&'a mut dyn OpensSlot),
    /// A list of amounts or times.
    Typeds(&'a mut dyn TypedsSlot),
    /// An object whose keys are data.
    Map(&'a mut dyn MapSlot),
    /// Absent, `null` and a value meaning three things.
    Nullable(&'a mut dyn NullableSlot),
    /// Any JSON.
    Any(&'a mut Option<Value>),
    /// Dynamic columns, by number.
    Dynamic(&'a mut Vec<(u32, i64)>),
    /// What the page does not name.
    Extra(&'a mut Extra),
    /// An object that is always there.
    Root(&'a mut dyn WriteFields),
}

/// A typed place to read from; see [`Slot`].
#[non_exhaustive]
pub enum View<'a> {
    /// A signed integer.
    I64(&'a Option<i64>),
    /// A number.
    F64(&'a Option<f64>),
    /// A truth value.
    Bool(&'a Option<bool>),
    /// A text.
    Str(&'a Option<String>),
    /// An open enum.
    Open(&'a dyn OpenView),
    /// An amount or a time.
    Typed(&'a dyn TypedView),
    /// A nested object.
    Obj(&'a dyn ObjView),
    /// A list of objects.
    List(&'a dyn ListView),
    /// A list of texts.
    Strs(&'a [String]),
    /// A list of integers.
    Ints(&'a [i64]),
    /// A list of open enums.
    Opens(&'a dyn OpensView),
    /// A list of amounts or times.
    Typeds(&'a dyn TypedsView),
    /// An object whose keys are data.
    Map(&'a dyn MapView),
    /// Absent, `null` and a value meaning three things.
    Nullable(&'a dyn NullableView),
    /// Any JSON.
    Any(&'a Option<Value>),
    /// Dynamic columns, by number.
    Dynamic(&'a [(u32, i64)]),
    /// What the page does not name.
    Extra(&'a Extra),
    /// An object that is always there.
    Root(&'a dyn ReadFields),
}

impl View<'_> {
    /// Whether nothing stands here: absent, an empty list or map. An explicit `null` and a text without characters are something.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            View::I64(value) => value.is_none(),
            View::F64(value) => value.is_none(),
            View::Bool(value) => value.is_none(),
            View::Str(value) => value.is_none(),
            View::Any(value) => value.is_none(),
            View::Open(value) => value.get().is_none(),
            View::Typed(value) => value.get().is_none(),
            View::Obj(value) => value.get().is_none(),
            View::List(value) => value.count() == 0,
            View::Strs(value) => value.is_empty(),
            View::Ints(value) => value.is_empty(),
            View::Opens(value) => value.count() == 0,
            View::Typeds(value) => value.count() == 0,
            View::Map(value) => value.count() == 0,
            View::Nullable(value) => value.is_absent(),
            View::Dynamic(value) => value.is_empty(),
            View::Extra(value) => value.is_empty(),
            View::Root(_) => false,
        }
    }
}

/// What stands under a wire name.
pub(crate) enum Entry<'a> {
    /// A documented field.
    Field(usize, View<'a>),
    /// A dynamic column.
    Column(&'a i64),
    /// An undocumented key.
    Extra(&'a Value),
    Nothing,
}

pub(crate) fn look_up<'a>(record: &'a dyn ReadFields, name: &str) -> Entry<'a> {
    let table = record.table();
    if let Some(number) = table.find(name, 0) {
        return Entry::Field(number, record.view(number));
    }
    if let Some(number) = table.column(name)
        && let View::Dynamic(columns) = record.view(DYNAMIC)
        && let Some((_, value)) = columns.iter().rev().find(|(column, _)| *column == number)
    {
        return Entry::Column(value);
    }
    match record.view(EXTRA) {
        View::Extra(extra) => extra.get(name).map_or(Entry::Nothing, Entry::Extra),
        _ => Entry::Nothing,
    }
}
