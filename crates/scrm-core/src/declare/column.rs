//! What a field's slot and type say of its column, one function for each kind of slot.

#![allow(non_snake_case, reason = "they are named like the slots")]

use serde_json::Value;

use crate::{
    table::{Keyed, Nullable, Typed as TypedValue},
    tabular::{Column, ColumnKind, FieldNote, Tabular},
};

macro_rules! plain {
    ($($slot:ident => $note:expr),* $(,)?) => {$(
        /// A field in a slot of this kind.
        #[must_use]
        pub const fn $slot<F>() -> FieldNote {
            $note
        }
    )*};
}
plain! {
    I64 => FieldNote::new(ColumnKind::Integer),
    F64 => FieldNote::new(ColumnKind::Number),
    Bool => FieldNote::new(ColumnKind::Boolean),
    Str => FieldNote::new(ColumnKind::Text),
    Open => FieldNote::new(ColumnKind::Code),
    Any => FieldNote::new(ColumnKind::Any),
    Strs => FieldNote::new(ColumnKind::Text).list(),
    Ints => FieldNote::new(ColumnKind::Integer).list(),
    Opens => FieldNote::new(ColumnKind::Code).list(),
}

/// An amount or a time.
#[must_use]
pub const fn Typed<F: Holds<Held: TypedValue>>() -> FieldNote {
    FieldNote::new(F::Held::KIND)
}

/// Amounts or times.
#[must_use]
pub const fn Typeds<F: Holds<Held: TypedValue>>() -> FieldNote {
    Typed::<F>().list()
}

/// An object.
#[must_use]
pub const fn Obj<F: Holds<Held: Tabular>>() -> FieldNote {
    FieldNote::new(ColumnKind::Object).nested(<F::Held as Tabular>::columns)
}

/// Objects.
#[must_use]
pub const fn List<F: Holds<Held: Tabular>>() -> FieldNote {
    Obj::<F>().list()
}

/// Values by key.
#[must_use]
pub const fn Map<F: Holds<Held: InMap>>() -> FieldNote {
    F::Held::NOTE.map()
}

/// A value, `null`, or nothing.
#[must_use]
pub const fn Nullable<F: Holds<Held: InNullable>>() -> FieldNote {
    F::Held::NOTE
}

/// A field that holds one or more of these.
pub trait Holds {
    /// What it holds.
    type Held;
}

impl<T> Holds for Option<T> {
    type Held = T;
}

impl<T> Holds for Vec<T> {
    type Held = T;
}

impl<T> Holds for Keyed<T> {
    type Held = T;
}

impl<T> Holds for Nullable<T> {
    type Held = T;
}

impl<R: Tabular> Tabular for Box<R> {
    fn columns() -> Vec<Column> {
        R::columns()
    }
}

/// What a map may hold.
pub trait InMap {
    /// Its column.
    const NOTE: FieldNote;
}

impl<R: Tabular> InMap for R {
    const NOTE: FieldNote = FieldNote::new(ColumnKind::Object).nested(R::columns);
}

macro_rules! notes {
    ($trait:ident: $($type:ty => $note:expr),* $(,)?) => {$(
        impl $trait for $type {
            const NOTE: FieldNote = $note;
        }
    )*};
}
notes! { InMap:
    Option<i64> => I64::<Self>(),
    Option<String> => Str::<Self>(),
    Option<Value> => Any::<Self>(),
}

/// What a three-state field may hold.
pub trait InNullable {
    /// Its column.
    const NOTE: FieldNote;
}
notes! { InNullable:
    String => Str::<Self>(),
    i64 => I64::<Self>(),
    f64 => F64::<Self>(),
    bool => Bool::<Self>(),
    Vec<String> => Strs::<Self>(),
    Vec<i64> => Ints::<Self>(),
}

macro_rules! typed_nullables {
    ($($type:ty),* $(,)?) => {$(
        impl InNullable for $type {
            const NOTE: FieldNote = FieldNote::new(<$type as TypedValue>::KIND);
        }
        impl InNullable for Vec<$type> {
            const NOTE: FieldNote = FieldNote::new(<$type as TypedValue>::KIND).list();
        }
    )*};
}
typed_nullables!(
    crate::money::Yuan,
    crate::money::Fen,
    crate::time::DateTime,
    crate::time::Date,
    crate::time::OffsetDateTime,
    crate::time::Month,
    crate::time::UnixSeconds,
    crate::time::UnixMillis,
);
