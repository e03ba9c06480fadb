//! What is stored of a setter's parameter.

use crate::{
    money::{Fen, Yuan},
    table::{Keyed, Nullable},
    time::{Date, DateTime, Month, OffsetDateTime, UnixMillis, UnixSeconds},
};

/// A field that can be given a value of this type.
pub trait Given<V> {
    /// The field with the value in it.
    fn given(value: V) -> Self;
}

impl<T, V: Into<T>> Given<V> for Option<T> {
    #[inline]
    fn given(value: V) -> Self {
        Some(value.into())
    }
}

impl<T, V: IntoIterator<Item: Into<T>>> Given<V> for Vec<T> {
    #[inline]
    fn given(values: V) -> Self {
        values.into_iter().map(Into::into).collect()
    }
}

impl<T> Given<Keyed<T>> for Keyed<T> {
    #[inline]
    fn given(entries: Keyed<T>) -> Self {
        entries
    }
}

impl<T, V: IntoIterator<Item: Into<T>>> Given<V> for Nullable<Vec<T>> {
    #[inline]
    fn given(values: V) -> Self {
        Nullable::Value(Given::given(values))
    }
}

macro_rules! nullable_scalars {
    ($($scalar:ty),*) => {$(
        impl<V: Into<$scalar>> Given<V> for Nullable<$scalar> {
            #[inline]
            fn given(value: V) -> Self {
                Nullable::Value(value.into())
            }
        }
    )*};
}
nullable_scalars!(String, i64, f64, bool, Yuan, Fen, DateTime, Date, OffsetDateTime, Month, UnixSeconds, UnixMillis);
