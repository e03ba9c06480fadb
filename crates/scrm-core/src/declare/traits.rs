//! The traits of generated types, each a line into code that is written once.

/// `Debug` (masked), `PartialEq` (by what the fields show), `Serialize` and `Deserialize` of an object.
#[doc(hidden)]
#[macro_export]
macro_rules! record_traits {
    ($type:ident) => {
        $crate::shown_traits!($type);
        impl $crate::declare::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::declare::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::declare::serialize(self, serializer)
            }
        }
        impl<'de> $crate::declare::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: $crate::declare::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::declare::deserialize(deserializer)
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
        impl $crate::declare::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::declare::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::declare::serialize_request(self, serializer)
            }
        }
    };
}

/// What objects and requests have in common.
#[doc(hidden)]
#[macro_export]
macro_rules! shown_traits {
    ($type:ident) => {
        impl ::std::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::declare::debug(self, f)
            }
        }
        impl ::std::cmp::PartialEq for $type {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::declare::same(self, other)
            }
        }
    };
}

/// `as_str`, `Display`, `FromStr`, serde, `PartialEq`, `Eq` and `Hash` of a generated enum that implements `Open`.
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum_traits {
    ($type:ident) => {
        impl $type {
            /// The code as it stands on the wire, an integer in digits.
            #[inline]
            #[must_use]
            pub fn as_str(&self) -> ::std::borrow::Cow<'_, str> {
                $crate::declare::code_text(self)
            }
        }
        /// The code as it stands on the wire.
        impl ::std::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.as_str())
            }
        }
        /// By the code on the wire; what is not documented is kept.
        impl ::std::str::FromStr for $type {
            type Err = ::std::convert::Infallible;
            #[inline]
            fn from_str(code: &str) -> ::std::result::Result<Self, ::std::convert::Infallible> {
                ::std::result::Result::Ok($crate::declare::from_text(code))
            }
        }
        /// As the code on the wire.
        impl $crate::declare::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::declare::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::declare::serialize_code(self, serializer)
            }
        }
        /// From the code on the wire; what is not documented is kept.
        impl<'de> $crate::declare::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: $crate::declare::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::declare::deserialize_code(deserializer)
            }
        }
        impl ::std::cmp::PartialEq for $type {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::declare::same_value(self, other)
            }
        }
        impl ::std::cmp::Eq for $type {}
        impl ::std::hash::Hash for $type {
            #[inline]
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                $crate::declare::hash_value(self, state);
            }
        }
    };
}
