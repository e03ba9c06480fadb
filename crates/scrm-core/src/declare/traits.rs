//! The traits of generated types, each a line into code that is written once.

/// `Debug` (masked), `PartialEq` (by what the fields show), `Serialize` and `Deserialize` of an object.
#[doc(hidden)]
#[macro_export]
macro_rules! record_traits {
    ($type:ident) => {
        $crate::shown_traits!($type);
        impl declare::Serialize for $type {
            fn serialize<S: declare::Serializer>(&self, serializer: S) -> declare::Result<S::Ok, S::Error> {
                declare::serialize(self, serializer)
            }
        }
        impl<'de> declare::Deserialize<'de> for $type {
            fn deserialize<D: declare::Deserializer<'de>>(deserializer: D) -> declare::Result<Self, D::Error> {
                declare::deserialize(deserializer)
            }
        }
    };
}

/// `Debug` (masked), `PartialEq` and `Serialize` (as on the wire) of a request.
#[doc(hidden)]
#[macro_export]
macro_rules! request_traits {
    ($type:ident) => {
        $crate::shown_traits!($type);
        impl declare::Serialize for $type {
            fn serialize<S: declare::Serializer>(&self, serializer: S) -> declare::Result<S::Ok, S::Error> {
                declare::serialize_request(self, serializer)
            }
        }
    };
}

/// What objects and requests have in common.
#[doc(hidden)]
#[macro_export]
macro_rules! shown_traits {
    ($type:ident) => {
        impl declare::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut declare::fmt::Formatter<'_>) -> declare::fmt::Result {
                declare::debug(self, f)
            }
        }
        impl declare::PartialEq for $type {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                declare::same(self, other)
            }
        }
    };
}

/// `Debug`, `Display`, `FromStr`, serde, `PartialEq`, `Eq` and `Hash` of a generated enum that implements `Open`.
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum_traits {
    ($type:ident) => {
        impl declare::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut declare::fmt::Formatter<'_>) -> declare::fmt::Result {
                declare::debug_value(self, f)
            }
        }
        /// The code as it stands on the wire.
        impl declare::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut declare::fmt::Formatter<'_>) -> declare::fmt::Result {
                f.pad(&declare::code_text(self))
            }
        }
        /// By the code on the wire; what is not documented is kept.
        impl declare::FromStr for $type {
            type Err = declare::Infallible;
            #[inline]
            fn from_str(code: &str) -> declare::Result<Self, declare::Infallible> {
                declare::Result::Ok(declare::from_text(code))
            }
        }
        /// As the code on the wire.
        impl declare::Serialize for $type {
            fn serialize<S: declare::Serializer>(&self, serializer: S) -> declare::Result<S::Ok, S::Error> {
                declare::serialize_code(self, serializer)
            }
        }
        /// From the code on the wire; what is not documented is kept.
        impl<'de> declare::Deserialize<'de> for $type {
            fn deserialize<D: declare::Deserializer<'de>>(deserializer: D) -> declare::Result<Self, D::Error> {
                declare::deserialize_code(deserializer)
            }
        }
        impl declare::PartialEq for $type {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                declare::same_value(self, other)
            }
        }
        impl declare::Eq for $type {}
        impl declare::Hash for $type {
            fn hash<H: declare::Hasher>(&self, state: &mut H) {
                declare::hash_value(self, state);
            }
        }
    };
}
