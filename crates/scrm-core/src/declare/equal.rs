//! Equality of generated types, by what their fields show.

use crate::table::{DYNAMIC, EXTRA, Nullable, NullableView, ReadFields, View};

/// Behind the `PartialEq` of generated types.
#[must_use]
pub fn same(one: &dyn ReadFields, other: &dyn ReadFields) -> bool {
    let table = one.table();
    (0..table.fields.len()).chain([DYNAMIC, EXTRA]).all(|field| same_view(&one.view(field), &other.view(field)))
}

#[allow(clippy::float_cmp, reason = "the same number is meant, as a derive would have it")]
fn same_view(one: &View<'_>, other: &View<'_>) -> bool {
    match (one, other) {
        (View::I64(one), View::I64(other)) => one == other,
        (View::F64(one), View::F64(other)) => one == other,
        (View::Bool(one), View::Bool(other)) => one == other,
        (View::Str(one), View::Str(other)) => one == other,
        (View::Open(one), View::Open(other)) => one.get() == other.get(),
        (View::Obj(one), View::Obj(other)) => same_objects(one.get(), other.get()),
        (View::List(one), View::List(other)) => {
            one.count() == other.count() && (0..one.count()).all(|row| same_objects(one.get(row), other.get(row)))
        }
        (View::Strs(one), View::Strs(other)) => one == other,
        (View::Ints(one), View::Ints(other)) => one == other,
        (View::Typed(one), View::Typed(other)) => one.get() == other.get(),
        (View::Typeds(one), View::Typeds(other)) => one.count() == other.count() && (0..one.count()).all(|at| one.get(at) == other.get(at)),
        (View::Opens(one), View::Opens(other)) => one.count() == other.count() && (0..one.count()).all(|at| one.get(at) == other.get(at)),
        (View::Map(one), View::Map(other)) => {
            let same_entry = |at| match (one.get(at), other.get(at)) {
                (Some((key, value)), Some((other_key, other))) => key == other_key && same_view(&value, &other),
                (one, other) => one.is_none() && other.is_none(),
            };
            one.count() == other.count() && (0..one.count()).all(same_entry)
        }
        (View::Nullable(one), View::Nullable(other)) => same_nullables(*one, *other),
        (View::Any(one), View::Any(other)) => one == other,
        (View::Dynamic(one), View::Dynamic(other)) => one == other,
        (View::Extra(one), View::Extra(other)) => one == other,
        (View::Root(one), View::Root(other)) => same(*one, *other),
        _ => false,
    }
}

fn same_objects(one: Option<&dyn ReadFields>, other: Option<&dyn ReadFields>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => same(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn same_nullables(one: &dyn NullableView, other: &dyn NullableView) -> bool {
    match (one.get(), other.get()) {
        (Nullable::Value(one), Nullable::Value(other)) => one == other,
        (Nullable::Null, Nullable::Null) | (Nullable::Absent, Nullable::Absent) => true,
        _ => false,
    }
}
