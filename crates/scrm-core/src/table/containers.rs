//! Nested objects, lists and maps behind traits that do not name their type.

use std::fmt;

use serde_json::Value;

use super::{ColumnKind, ReadFields, Slot, View, WriteFields};

/// An optional nested object, for writing.
pub trait ObjSlot: Send + Sync {
    /// A fresh object in place of what was there.
    fn begin(&mut self) -> &mut dyn WriteFields;
    /// Nothing.
    fn clear(&mut self);
}

/// An optional nested object, for reading.
pub trait ObjView: Send + Sync {
    /// The object, if there is one.
    fn get(&self) -> Option<&dyn ReadFields>;
}

impl<R: WriteFields + Default> ObjSlot for Option<R> {
    fn begin(&mut self) -> &mut dyn WriteFields {
        self.insert(R::default())
    }
    fn clear(&mut self) {
        *self = None;
    }
}

impl<R: ReadFields> ObjView for Option<R> {
    fn get(&self) -> Option<&dyn ReadFields> {
        self.as_ref().map(|r| r as &dyn ReadFields)
    }
}

/// Memory that a list takes for its next element, in bytes: nothing, until it is full and doubles.
pub(crate) fn next_room<T>(list: &Vec<T>) -> usize {
    if list.len() == list.capacity() { list.len().max(4).saturating_mul(size_of::<T>()) } else { 0 }
}

/// By how many rows a full list grows: to twice its size, or when it is large by a quarter.
fn growth<R>(rows: &[R]) -> usize {
    const LARGE: usize = 1024 * 1024;
    let large = rows.len().saturating_mul(size_of::<R>()) > LARGE;
    if large { rows.len() / 4 } else { rows.len().max(4) }
}

/// A list of objects, for writing. Rows are made in place and filled there.
pub trait ListSlot: Send + Sync {
    /// A fresh row at the end; `spare` is how many are expected in all.
    fn grow(&mut self, spare: usize) -> &mut dyn WriteFields;
    /// Memory that the next row takes beyond what the list has, in bytes.
    fn next_room(&self) -> usize;
    /// Drops the last row.
    fn pop(&mut self);
    /// Drops all rows.
    fn clear(&mut self);
}

/// A list of objects, for reading.
pub trait ListView: Send + Sync {
    /// How many rows.
    fn count(&self) -> usize;
    /// A row.
    fn get(&self, row: usize) -> Option<&dyn ReadFields>;
}

impl<R: WriteFields + Default> ListSlot for Vec<R> {
    fn grow(&mut self, spare: usize) -> &mut dyn WriteFields {
        if self.capacity() == 0 {
            self.reserve_exact(spare);
        }
        if self.len() == self.capacity() {
            self.reserve_exact(growth(self));
        }
        self.push(R::default());
        let last = self.len() - 1;
        &mut self[last]
    }
    fn next_room(&self) -> usize {
        if self.len() == self.capacity() { growth(self).saturating_mul(size_of::<R>()) } else { 0 }
    }
    fn pop(&mut self) {
        Vec::pop(self);
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
}

impl<R: ReadFields> ListView for Vec<R> {
    fn count(&self) -> usize {
        self.len()
    }
    fn get(&self, row: usize) -> Option<&dyn ReadFields> {
        self.as_slice().get(row).map(|r| r as &dyn ReadFields)
    }
}

/// An object whose keys are data (`{"u_1": {…}, "u_2": {…}}`), in wire order.
#[derive(Clone, Default, PartialEq)]
pub struct Keyed<V>(pub Vec<(Box<str>, V)>);

/// The number of entries only: keys and values may be personal.
impl<V> fmt::Debug for Keyed<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} entries>", self.0.len())
    }
}

impl<V> Keyed<V> {
    /// The value of a key; of a repeated key, the last.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&V> {
        self.0.iter().rev().find(|(name, _)| **name == *key).map(|(_, value)| value)
    }
    /// Keys and values in wire order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }
}

/// What a [`Keyed`] map may hold.
pub trait Cell: Default + Send + Sync {
    /// What a column of such values is.
    const KIND: ColumnKind;
    /// For writing.
    fn slot(&mut self) -> Slot<'_>;
    /// For reading.
    fn view(&self) -> View<'_>;
}

impl<R: WriteFields + ReadFields + Default> Cell for R {
    const KIND: ColumnKind = ColumnKind::Object;
    fn slot(&mut self) -> Slot<'_> {
        Slot::Root(self)
    }
    fn view(&self) -> View<'_> {
        View::Root(self)
    }
}

impl Cell for Option<i64> {
    const KIND: ColumnKind = ColumnKind::Integer;
    fn slot(&mut self) -> Slot<'_> {
        Slot::I64(self)
    }
    fn view(&self) -> View<'_> {
        View::I64(self)
    }
}

impl Cell for Option<String> {
    const KIND: ColumnKind = ColumnKind::Text;
    fn slot(&mut self) -> Slot<'_> {
        Slot::Str(self)
    }
    fn view(&self) -> View<'_> {
        View::Str(self)
    }
}

impl Cell for Option<Value> {
    const KIND: ColumnKind = ColumnKind::Any;
    fn slot(&mut self) -> Slot<'_> {
        Slot::Any(self)
    }
    fn view(&self) -> View<'_> {
        View::Any(self)
    }
}

/// A map, for writing.
pub trait MapSlot: Send + Sync {
    /// A fresh entry at the end.
    fn entry(&mut self, key: Box<str>) -> Slot<'_>;
    /// Memory that the next entry takes beyond what the map has, in bytes.
    fn next_room(&self) -> usize;
    /// Drops all entries.
    fn clear(&mut self);
}

/// A map, for reading.
pub trait MapView: Send + Sync {
    /// What a column of such values is.
    fn kind(&self) -> ColumnKind;
    /// How many entries.
    fn count(&self) -> usize;
    /// An entry.
    fn get(&self, at: usize) -> Option<(&str, View<'_>)>;
}

impl<V: Cell> MapSlot for Keyed<V> {
    fn entry(&mut self, key: Box<str>) -> Slot<'_> {
        self.0.push((key, V::default()));
        let last = self.0.len() - 1;
        self.0[last].1.slot()
    }
    fn next_room(&self) -> usize {
        next_room(&self.0)
    }
    fn clear(&mut self) {
        self.0.clear();
    }
}

impl<V: Cell> MapView for Keyed<V> {
    fn kind(&self) -> ColumnKind {
        V::KIND
    }
    fn count(&self) -> usize {
        self.0.len()
    }
    fn get(&self, at: usize) -> Option<(&str, View<'_>)> {
        self.0.get(at).map(|(key, value)| (&**key, value.view()))
    }
}
