//! Operations: which request, which data, which vendor, and what is known of them.

use serde_json::Value;

use crate::{
    table::{Nullable, Plain},
    time::{Date, DateTime, Month, OffsetDateTime, UnixMillis, UnixSeconds},
};

/// An operation: its traits, and the static that holds what is known of it, one fact a line. The names of `spec` are in scope.
#[doc(hidden)]
#[macro_export]
macro_rules! operation {
    (
        impl Operation for $request:ident, of $vendor:ty, answers $data:ty;
        $vis:vis static $spec:ident = $facts:expr;
    ) => {
        impl $crate::operation::Operation for $request {
            type Vendor = $vendor;
            type Data = $data;
            #[inline]
            fn spec() -> &'static $crate::spec::OperationSpec {
                &$spec
            }
        }
        #[doc = concat!("What is known of [`", stringify!($request), "`] beside the types of its fields.")]
        $vis static $spec: $crate::spec::OperationSpec = {
            #[allow(unused_imports)]
            use $crate::spec::*;
            $facts.request(<$request as $crate::declare::Documented>::TABLE)
        };
    };
}

/// How an operation goes through its pages: where the rows stand, and which fields of the request move it on. A place in the answer is `data.list`, or
/// `data/page.list` through optional objects; one in the request is `request.page` or `request/data.page`. `declare` is in scope where it stands.
#[doc(hidden)]
#[macro_export]
macro_rules! pages {
    (
        impl PagedOperation for $request:ident, row $row:ty;
        rows data $(/ $holder:ident)* $(. $rows:ident)?;
        $(page request $(/ $page_holder:ident)* . $page:ident;)?
        $(size request $(/ $size_holder:ident)* . $size:ident;)?
        $(cursor request . $cursor:ident;)?
        $(object_cursor request . $object:ident;)?
        $(range $number:literal request $(/ $start_holder:ident)* . $start:ident to request $(/ $end_holder:ident)* . $end:ident;)*
    ) => {
        impl $crate::operation::PagedOperation for $request {
            type Row = $row;
            #[inline]
            fn take_rows(data: &mut Self::Data) -> declare::Vec<Self::Row> {
                let held = data;
                $(let declare::Option::Some(held) = &mut held.$holder else { return declare::Vec::new() };)*
                declare::Rows::rows(declare::take(&mut (*held)$(.$rows)?))
            }
            $(
                #[inline]
                fn set_page(&mut self, page: i64) {
                    self$(.$page_holder.get_or_insert_with(declare::Default::default))*.$page = declare::Number::of(page);
                }
            )?
            $(
                #[inline]
                fn set_size(&mut self, size: i64) {
                    self$(.$size_holder.get_or_insert_with(declare::Default::default))*.$size = declare::Number::of(size);
                }
            )?
            $(
                #[inline]
                fn set_cursor(&mut self, cursor: &$crate::Value) -> bool {
                    declare::Cursor::set(&mut self.$cursor, cursor)
                }
            )?
            $(
                #[inline]
                fn set_cursor(&mut self, cursor: &$crate::Value) -> bool {
                    declare::set_object_cursor(&mut self.$object, cursor)
                }
            )?
            $crate::ranges!($($number: $(/ $start_holder)* . $start, $(/ $end_holder)* . $end;)*);
        }
    };
}

/// The range filters of [`pages!`].
#[doc(hidden)]
#[macro_export]
macro_rules! ranges {
    () => {};
    ($($number:literal: $(/ $start_holder:ident)* . $start:ident, $(/ $end_holder:ident)* . $end:ident;)+) => {
        #[inline]
        fn set_range(&mut self, number: usize, start: &str, end: &str) {
            match number {
                $($number => {
                    self$(.$start_holder.get_or_insert_with(declare::Default::default))*.$start = declare::Bound::at(start);
                    self$(.$end_holder.get_or_insert_with(declare::Default::default))*.$end = declare::Bound::at(end);
                })+
                _ => {}
            }
        }
    };
}

/// The tenant's own columns of a row, as the answer that holds it announces them.
#[doc(hidden)]
#[macro_export]
macro_rules! announced {
    ($row:ident in $data:ident;) => {
        impl $data {
            /// The tenant's own columns of the rows, as this response announces them.
            #[inline]
            #[must_use]
            pub fn tenant_columns(&self) -> ::std::vec::Vec<$crate::tabular::TenantColumn> {
                $crate::tabular::tenant_columns(&$crate::table::View::Root(self), <$row as $crate::declare::Documented>::TABLE)
            }
            /// What a row holds in the column that this response announces under a display name.
            #[inline]
            #[must_use]
            pub fn column(&self, row: &$row, label: &str) -> ::std::option::Option<$crate::Value> {
                $crate::tabular::announced(&$crate::table::View::Root(self), row, label)
            }
        }
    };
}

/// A field that holds the rows of a page.
pub trait Rows<R> {
    /// The rows.
    fn rows(self) -> Vec<R>;
}

impl<R> Rows<R> for Vec<R> {
    fn rows(self) -> Vec<R> {
        self
    }
}

/// Of rows that are not described: a list, or an object that stands for one.
impl Rows<Value> for Option<Value> {
    fn rows(self) -> Vec<Value> {
        match self {
            Some(Value::Array(rows)) => rows,
            Some(Value::Object(rows)) => rows.into_iter().map(|(_, row)| row).collect(),
            _ => Vec::new(),
        }
    }
}

/// A field of a request that holds a page's number or size.
pub trait Number {
    /// The field with a number in it.
    fn of(number: i64) -> Self;
}

impl Number for Option<i64> {
    fn of(number: i64) -> Self {
        Some(number)
    }
}

impl Number for Option<String> {
    fn of(number: i64) -> Self {
        Some(number.to_string())
    }
}

/// A field of a request that is an end of a range of time.
pub trait Bound {
    /// The field with this end in it.
    fn at(text: &str) -> Self;
}

macro_rules! bounds {
    (texts $($text:ty),*; numbers $($number:ty),*) => {
        $(impl Bound for Option<$text> {
            fn at(text: &str) -> Self {
                Some(text.into())
            }
        })*
        $(impl Bound for Option<$number> {
            fn at(text: &str) -> Self {
                text.parse::<i64>().ok().map(Into::into)
            }
        })*
    };
}
bounds!(texts String, Date, DateTime, OffsetDateTime, Month; numbers i64, UnixSeconds, UnixMillis);

/// A field of a request that goes on behind a row.
pub trait Cursor {
    /// Goes on there; `false`: it takes no such value.
    fn set(&mut self, cursor: &Value) -> bool;
}

/// Puts a cursor into a field, if it can be one.
fn put<F>(field: &mut F, cursor: Option<F>) -> bool {
    cursor.map(|cursor| *field = cursor).is_some()
}

macro_rules! cursors {
    ($($field:ty: $read:expr),* $(,)?) => {$(
        impl Cursor for $field {
            fn set(&mut self, cursor: &Value) -> bool {
                put(self, $read(cursor))
            }
        }
    )*};
}
cursors! {
    Option<Value>: |cursor: &Value| Some(Some(cursor.clone())),
    Option<String>: |cursor: &Value| String::from_value(cursor).map(Some),
    Option<i64>: |cursor: &Value| i64::from_value(cursor).map(Some),
    Vec<String>: Vec::from_value,
    Vec<i64>: Vec::from_value,
}

impl<T: Plain> Cursor for Nullable<T> {
    fn set(&mut self, cursor: &Value) -> bool {
        put(self, T::from_value(cursor).map(Nullable::Value))
    }
}

/// [`Cursor`] for a field that is an object.
pub fn set_object_cursor<T: serde::de::DeserializeOwned>(field: &mut Option<T>, cursor: &Value) -> bool {
    put(field, T::deserialize(cursor).ok().map(Some))
}
