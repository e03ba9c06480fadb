//! Serde for the few structs of this crate that are stored: what the derive would make, without its cost for everybody who builds the crate.

/// `Serialize` and `Deserialize` of a struct by its fields; one that is missing reads as `null`.
macro_rules! plain_serde {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeStruct as _;
                let fields = [$(stringify!($field)),*].len();
                let mut out = serializer.serialize_struct(stringify!($type), fields)?;
                $(out.serialize_field(stringify!($field), &self.$field)?;)*
                out.end()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut fields = ::serde_json::Map::deserialize(deserializer)?;
                $(
                    let value = fields.remove(stringify!($field)).unwrap_or_default();
                    let $field = ::serde_json::from_value(value)
                        .map_err(|error| ::serde::de::Error::custom(format_args!("{}: {error}", stringify!($field))))?;
                )*
                Ok($type { $($field),* })
            }
        }
    };
}
pub(crate) use plain_serde;
