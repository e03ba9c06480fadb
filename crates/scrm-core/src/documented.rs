//! Generated structs: what is generated of them, and what follows from it.

use crate::{
    table::{ReadFields, Slot, Table, View, WriteFields},
    tabular::{Column, Notes, Tabular, columns},
};

/// A generated struct. All that has a type in it is done here once for all of them, because each `impl` costs every user's compiler the same, however
/// little stands in it.
pub trait Documented: Send + Sync {
    /// Its fields.
    const TABLE: &'static Table;
    /// What the documentation says of them, in a constant of its own, which a program that never asks does not carry.
    const NOTES: Notes;
    /// Where to read a field from, by its position in the table.
    fn view(&self, field: usize) -> View<'_>;
}

/// A generated struct that is read from text.
pub trait Decoded: Documented {
    /// Where to write a field to, by its position in the table.
    fn slot(&mut self, field: usize) -> Slot<'_>;
}

impl<R: Documented> ReadFields for R {
    #[inline]
    fn table(&self) -> &'static Table {
        R::TABLE
    }
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        Documented::view(self, field)
    }
}

impl<R: Decoded> WriteFields for R {
    #[inline]
    fn table(&self) -> &'static Table {
        R::TABLE
    }
    #[inline]
    fn slot(&mut self, field: usize) -> Slot<'_> {
        Decoded::slot(self, field)
    }
}

impl<R: Documented> Tabular for R {
    fn columns() -> Vec<Column> {
        columns(R::TABLE, &R::NOTES)
    }
}

impl<R: Documented> Documented for &R {
    const TABLE: &'static Table = R::TABLE;
    const NOTES: Notes = R::NOTES;
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        Documented::view(&**self, field)
    }
}

impl<R: Documented> Documented for Box<R> {
    const TABLE: &'static Table = R::TABLE;
    const NOTES: Notes = R::NOTES;
    #[inline]
    fn view(&self, field: usize) -> View<'_> {
        Documented::view(&**self, field)
    }
}

impl<R: Decoded> Decoded for Box<R> {
    #[inline]
    fn slot(&mut self, field: usize) -> Slot<'_> {
        Decoded::slot(&mut **self, field)
    }
}

/// A struct with nothing in it, whatever its type, for [`Notes::blank`].
#[must_use]
pub fn blank<R: Documented + Default + 'static>() -> Box<dyn ReadFields> {
    Box::<R>::default()
}

/// Generated for tests: a request with nothing in it, not even what it starts with.
pub trait Blank {
    /// The request.
    fn blank() -> Self;
}
