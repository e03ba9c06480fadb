//! Customers, profiles and keys as serde sees them.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
    ser::SerializeStruct,
};

use super::{Customer, CustomerKey, KeyKind, Profile, VendorId};
use crate::spec::Label;

const KINDS: [KeyKind; 5] = [KeyKind::Phone, KeyKind::UnionId, KeyKind::OpenId, KeyKind::Id, KeyKind::Email];

impl KeyKind {
    fn name(self) -> &'static str {
        match self {
            KeyKind::Phone => "phone",
            KeyKind::UnionId => "union_id",
            KeyKind::OpenId => "open_id",
            KeyKind::Id => "id",
            KeyKind::Email => "email",
        }
    }
}

/// `phone`, `union_id`, `open_id`, `id` or `email`.
impl Serialize for KeyKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for KeyKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let kind = KINDS.into_iter().find(|kind| kind.name() == name);
        kind.ok_or_else(|| D::Error::unknown_variant(&name, &["phone", "union_id", "open_id", "id", "email"]))
    }
}

/// `{"kind": "phone", "value": "13800138000"}`, in clear.
impl Serialize for CustomerKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("CustomerKey", 2)?;
        out.serialize_field("kind", &self.kind)?;
        out.serialize_field("value", &self.value)?;
        out.end()
    }
}

/// The value is cleaned as by the constructors.
impl<'de> Deserialize<'de> for CustomerKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("CustomerKey", &["kind", "value"], KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = CustomerKey;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key with `kind` and `value`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<CustomerKey, M::Error> {
        let (mut kind, mut value) = (None, None::<String>);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "kind" => kind = Some(map.next_value()?),
                "value" => value = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let value = value.ok_or_else(|| M::Error::missing_field("value"))?;
        Ok(match kind.ok_or_else(|| M::Error::missing_field("kind"))? {
            KeyKind::Phone => CustomerKey::phone(value),
            kind => CustomerKey::of(kind, value),
        })
    }
}

/// The fields under their names, all of them always there; `title` as `{"zh": …, "en": …}`, `created` as RFC 3339.
impl Serialize for Customer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Customer", 11)?;
        out.serialize_field("vendor", self.vendor)?;
        out.serialize_field("title", &self.title)?;
        out.serialize_field("id", &self.id)?;
        out.serialize_field("names", &self.names)?;
        out.serialize_field("phones", &self.phones)?;
        out.serialize_field("emails", &self.emails)?;
        out.serialize_field("union_ids", &self.union_ids)?;
        out.serialize_field("open_ids", &self.open_ids)?;
        out.serialize_field("avatars", &self.avatars)?;
        out.serialize_field("tags", &self.tags)?;
        out.serialize_field("created", &self.created)?;
        out.end()
    }
}

/// The fields under their names, all of them always there.
impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Profile", 8)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("phones", &self.phones)?;
        out.serialize_field("emails", &self.emails)?;
        out.serialize_field("union_ids", &self.union_ids)?;
        out.serialize_field("open_ids", &self.open_ids)?;
        out.serialize_field("ids", &self.ids)?;
        out.serialize_field("created", &self.created)?;
        out.serialize_field("customers", &self.customers)?;
        out.end()
    }
}

/// `{"vendor": …, "title": {"zh": …, "en": …}, "id": …}`
impl Serialize for VendorId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("VendorId", 3)?;
        out.serialize_field("vendor", self.vendor)?;
        out.serialize_field("title", &self.title)?;
        out.serialize_field("id", &self.id)?;
        out.end()
    }
}

/// `{"zh": …, "en": …}`
impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Label", 2)?;
        out.serialize_field("zh", self.zh)?;
        out.serialize_field("en", self.en)?;
        out.end()
    }
}
