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

/// How an operation goes through its pages, the fields by name. A place in the answer is `data.list`, or `data/page.list` through optional objects; one in the
/// request is `request.page` or `request/data.page`; one in a row `row.id` or `row/order_info.order_id`.
#[doc(hidden)]
#[macro_export]
macro_rules! pages {
    (
        impl PagedOperation for $request:ident, row $row:ty;
        rows data $(/ $holder:ident)* $(. $rows:ident)?;
        $(total data $(/ $total_holder:ident)* . $total:ident;)?
        $(page request $(/ $page_holder:ident)* . $page:ident;)?
        $(size request $(/ $size_holder:ident)* . $size:ident;)?
        $(cursor $cursor:ident from $from:literal;)?
        $(value_cursor $value_cursor:ident;)?
        $(object_cursor $object:ident from $object_from:literal;)?
        $(id row $(/ $id_holder:ident)* . $id:ident;)?
        $(range $number:literal request $(/ $start_holder:ident)* . $start:ident to request $(/ $end_holder:ident)* . $end:ident;)*
    ) => {
        impl $crate::operation::PagedOperation for $request {
            type Row = $row;
            #[inline]
            fn take_rows(data: &mut Self::Data) -> ::std::vec::Vec<Self::Row> {
                let held = data;
                $(let ::std::option::Option::Some(held) = &mut held.$holder else { return ::std::vec::Vec::new() };)*
                $crate::declare::Rows::rows(::std::mem::take(&mut (*held)$(.$rows)?))
            }
            $(
                #[inline]
                fn total(data: &Self::Data) -> ::std::option::Option<u64> {
                    let held = data;
                    $(let ::std::option::Option::Some(held) = &held.$total_holder else { return ::std::option::Option::None };)*
                    $crate::declare::Total::total(&held.$total)
                }
            )?
            $(
                #[inline]
                fn page(&self) -> ::std::option::Option<i64> {
                    let held = self;
                    $(let ::std::option::Option::Some(held) = &held.$page_holder else { return ::std::option::Option::None };)*
                    $crate::declare::Number::number(&held.$page)
                }
                #[inline]
                fn set_page(&mut self, page: i64) {
                    self$(.$page_holder.get_or_insert_with(::std::default::Default::default))*.$page = $crate::declare::Number::of(page);
                }
            )?
            $(
                #[inline]
                fn size(&self) -> ::std::option::Option<i64> {
                    let held = self;
                    $(let ::std::option::Option::Some(held) = &held.$size_holder else { return ::std::option::Option::None };)*
                    $crate::declare::Number::number(&held.$size)
                }
                #[inline]
                fn set_size(&mut self, size: i64) {
                    self$(.$size_holder.get_or_insert_with(::std::default::Default::default))*.$size = $crate::declare::Number::of(size);
                }
            )?
            $(
                #[inline]
                fn cursor(row: &Self::Row) -> ::std::option::Option<$crate::Value> {
                    $crate::tabular::get(row, $from)
                }
                #[inline]
                fn set_cursor(&mut self, cursor: ::std::option::Option<&$crate::Value>) -> bool {
                    $crate::declare::Cursor::set(&mut self.$cursor, cursor)
                }
            )?
            $(
                #[inline]
                fn cursor(row: &Self::Row) -> ::std::option::Option<$crate::Value> {
                    ::std::option::Option::Some($crate::operation::Row::value(row))
                }
                #[inline]
                fn set_cursor(&mut self, cursor: ::std::option::Option<&$crate::Value>) -> bool {
                    $crate::declare::Cursor::set(&mut self.$value_cursor, cursor)
                }
                #[inline]
                fn id(row: &Self::Row) -> ::std::option::Option<::std::string::String> {
                    ::std::option::Option::Some(row.to_string())
                }
            )?
            $(
                #[inline]
                fn cursor(row: &Self::Row) -> ::std::option::Option<$crate::Value> {
                    $crate::tabular::get(row, $object_from)
                }
                #[inline]
                fn set_cursor(&mut self, cursor: ::std::option::Option<&$crate::Value>) -> bool {
                    $crate::declare::set_object_cursor(&mut self.$object, cursor)
                }
            )?
            $(
                #[inline]
                fn id(row: &Self::Row) -> ::std::option::Option<::std::string::String> {
                    let held = row;
                    $(let ::std::option::Option::Some(held) = &held.$id_holder else { return ::std::option::Option::None };)*
                    $crate::declare::RowId::row_id(&held.$id)
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
        fn range(&self, number: usize) -> (::std::option::Option<::std::string::String>, ::std::option::Option<::std::string::String>) {
            match number {
                $($number => (
                    'start: {
                        let held = self;
                        $(let ::std::option::Option::Some(held) = &held.$start_holder else { break 'start ::std::option::Option::None };)*
                        $crate::declare::Bound::bound(&held.$start)
                    },
                    'end: {
                        let held = self;
                        $(let ::std::option::Option::Some(held) = &held.$end_holder else { break 'end ::std::option::Option::None };)*
                        $crate::declare::Bound::bound(&held.$end)
                    },
                ),)+
                _ => (::std::option::Option::None, ::std::option::Option::None),
            }
        }
        #[inline]
        fn set_range(&mut self, number: usize, start: &str, end: &str) {
            match number {
                $($number => {
                    self$(.$start_holder.get_or_insert_with(::std::default::Default::default))*.$start = $crate::declare::Bound::at(start);
                    self$(.$end_holder.get_or_insert_with(::std::default::Default::default))*.$end = $crate::declare::Bound::at(end);
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

/// A field that tells how many rows there are in all.
pub trait Total {
    /// The number; a negative one is none.
    fn total(&self) -> Option<u64>;
}

impl Total for Option<i64> {
    fn total(&self) -> Option<u64> {
        self.and_then(|told| u64::try_from(told).ok())
    }
}

impl Total for Option<f64> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is not negative, and a cast stops at the greatest number"
    )]
    fn total(&self) -> Option<u64> {
        self.filter(|told| *told >= 0.0).map(|told| told as u64)
    }
}

impl Total for Option<String> {
    fn total(&self) -> Option<u64> {
        self.as_deref().and_then(|told| told.trim().parse().ok())
    }
}

/// A field of a request that holds a page's number or size.
pub trait Number {
    /// The number.
    fn number(&self) -> Option<i64>;
    /// The field with a number in it.
    fn of(number: i64) -> Self;
}

impl Number for Option<i64> {
    fn number(&self) -> Option<i64> {
        *self
    }
    fn of(number: i64) -> Self {
        Some(number)
    }
}

impl Number for Option<String> {
    fn number(&self) -> Option<i64> {
        self.as_deref().and_then(|text| text.trim().parse().ok())
    }
    fn of(number: i64) -> Self {
        Some(number.to_string())
    }
}

/// A field that identifies a row.
pub trait RowId {
    /// As a text.
    fn row_id(&self) -> Option<String>;
}

impl RowId for Option<String> {
    fn row_id(&self) -> Option<String> {
        self.clone()
    }
}

impl RowId for Option<i64> {
    fn row_id(&self) -> Option<String> {
        self.map(|id| id.to_string())
    }
}

/// A field of a request that is an end of a range of time. An empty one is none.
pub trait Bound {
    /// As a text.
    fn bound(&self) -> Option<String>;
    /// The field with this end in it.
    fn at(text: &str) -> Self;
}

macro_rules! bounds {
    (texts $($text:ty),*; numbers $($number:ty),*) => {
        $(impl Bound for Option<$text> {
            fn bound(&self) -> Option<String> {
                self.as_ref().map(ToString::to_string).filter(|text| !text.is_empty())
            }
            fn at(text: &str) -> Self {
                Some(text.into())
            }
        })*
        $(impl Bound for Option<$number> {
            fn bound(&self) -> Option<String> {
                self.map(|number| number.to_string())
            }
            fn at(text: &str) -> Self {
                text.parse::<i64>().ok().map(Into::into)
            }
        })*
    };
}
bounds!(texts String, Date, DateTime, OffsetDateTime, Month; numbers i64, UnixSeconds, UnixMillis);

/// A field of a request that goes on behind a row.
pub trait Cursor {
    /// Goes on there (`None`: from the start); `false`: it takes no such value.
    fn set(&mut self, cursor: Option<&Value>) -> bool;
}

/// Puts a cursor into a field; without one, the field is emptied.
fn put<F: Default>(field: &mut F, cursor: Option<&Value>, read: impl FnOnce(&Value) -> Option<F>) -> bool {
    let value = cursor.map_or_else(|| Some(F::default()), read);
    let taken = value.is_some();
    if let Some(value) = value {
        *field = value;
    }
    taken
}

macro_rules! cursors {
    ($($field:ty: $read:expr),* $(,)?) => {$(
        impl Cursor for $field {
            fn set(&mut self, cursor: Option<&Value>) -> bool {
                put(self, cursor, $read)
            }
        }
    )*};
}
cursors! {
    Option<Value>: |cursor| Some(Some(cursor.clone())),
    Option<String>: |cursor| String::from_value(cursor).map(Some),
    Option<i64>: |cursor| i64::from_value(cursor).map(Some),
    Vec<String>: Vec::from_value,
    Vec<i64>: Vec::from_value,
}

impl<T: Plain> Cursor for Nullable<T> {
    fn set(&mut self, cursor: Option<&Value>) -> bool {
        put(self, cursor, |cursor| T::from_value(cursor).map(Nullable::Value))
    }
}

/// [`Cursor`] for a field that is an object.
pub fn set_object_cursor<T: serde::de::DeserializeOwned>(field: &mut Option<T>, cursor: Option<&Value>) -> bool {
    put(field, cursor, |cursor| T::deserialize(cursor).ok().map(Some))
}
