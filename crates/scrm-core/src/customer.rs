//! Customers as any vendor tells of them, and one profile of a person over several vendors.

mod profile;
mod serialize;

use std::fmt;

pub use self::profile::{Profile, VendorId};
use crate::{
    path::{Scalar, Scope},
    spec::{CustomerSpec, Label, TimeFormat, VendorSpec},
    table::ReadFields,
    time::{self, Moment},
};

/// What a customer can be found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// Phone number.
    Phone,
    /// WeChat union id.
    UnionId,
    /// WeChat open id.
    OpenId,
    /// The vendor's id.
    Id,
    /// Mail address.
    Email,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            KeyKind::Phone => "phone",
            KeyKind::UnionId => "union id",
            KeyKind::OpenId => "open id",
            KeyKind::Id => "id",
            KeyKind::Email => "email",
        })
    }
}

/// What to look for: one kind of key with its value. `Debug` shows only the value's length.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CustomerKey {
    kind: KeyKind,
    value: String,
}

impl CustomerKey {
    /// By phone number. `+86`, spaces, dashes and characters that nobody sees are dropped, and full-width digits become plain ones: the vendors store numbers without.
    #[must_use]
    pub fn phone(number: impl AsRef<str>) -> Self {
        CustomerKey { kind: KeyKind::Phone, value: plain_phone(number.as_ref()) }
    }

    /// By WeChat union id.
    #[must_use]
    pub fn union_id(value: impl Into<String>) -> Self {
        CustomerKey::of(KeyKind::UnionId, value.into())
    }

    /// By WeChat open id.
    #[must_use]
    pub fn open_id(value: impl Into<String>) -> Self {
        CustomerKey::of(KeyKind::OpenId, value.into())
    }

    /// By the vendor's own id.
    #[must_use]
    pub fn id(value: impl Into<String>) -> Self {
        CustomerKey::of(KeyKind::Id, value.into())
    }

    /// By mail address.
    #[must_use]
    pub fn email(value: impl Into<String>) -> Self {
        CustomerKey::of(KeyKind::Email, value.into())
    }

    fn of(kind: KeyKind, value: String) -> Self {
        CustomerKey { kind, value: value.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)).to_owned() }
    }

    /// Whether nothing is left of the value, or of a phone number no digit: such a key would find everybody, and is refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self.kind {
            KeyKind::Phone => !self.value.chars().any(|c| c.is_ascii_digit()),
            _ => self.value.is_empty(),
        }
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The value as it is sent to a vendor.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for CustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerKey").field("kind", &self.kind).field("value", &masked(&self.value)).finish()
    }
}

/// One customer as one vendor knows them: what all vendors have in common. The vendor's own row tells more.
///
/// `Display` is one line with everything in it, for the person who asked; `Debug` shows no personal data.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Customer {
    /// Short name of the vendor.
    pub vendor: &'static str,
    /// The vendor's own name.
    pub title: Label,
    /// The vendor's id of the customer.
    pub id: Option<String>,
    /// Names, the best first.
    pub names: Vec<String>,
    /// Phone numbers as the vendor writes them.
    pub phones: Vec<String>,
    /// Mail addresses.
    pub emails: Vec<String>,
    /// WeChat union ids: the same for a person in all apps of one company.
    pub union_ids: Vec<String>,
    /// WeChat open ids: one for each app.
    pub open_ids: Vec<String>,
    /// Addresses of pictures.
    pub avatars: Vec<String>,
    /// Tags that the vendor's row holds: names, or ids where it gives no names.
    pub tags: Vec<String>,
    /// When the vendor first knew the customer.
    pub created: Option<Moment>,
}

impl Customer {
    /// A customer of whom nothing is known yet; the fields are public.
    #[must_use]
    pub fn new(vendor: &'static str, title: Label) -> Self {
        Customer {
            vendor,
            title,
            id: None,
            names: Vec::new(),
            phones: Vec::new(),
            emails: Vec::new(),
            union_ids: Vec::new(),
            open_ids: Vec::new(),
            avatars: Vec::new(),
            tags: Vec::new(),
            created: None,
        }
    }

    /// Reads a row. Values are trimmed; empty ones, `null` and repetitions are left out.
    #[must_use]
    pub fn read(row: &dyn ReadFields, spec: &CustomerSpec, vendor: &VendorSpec) -> Self {
        Customer {
            id: texts(row, &[spec.id]).into_iter().next(),
            names: texts(row, spec.names),
            phones: distinct_phones(texts(row, spec.phones)),
            emails: texts(row, spec.emails),
            union_ids: texts(row, spec.union_ids),
            open_ids: texts(row, spec.open_ids),
            avatars: texts(row, spec.avatars),
            tags: texts(row, spec.tags),
            created: spec.created.and_then(|(path, format)| earliest(Scope::Record(row), path, format)),
            ..Customer::new(vendor.name, vendor.title)
        }
    }

    /// Whether this key is one of the customer's. Phone numbers are compared without `+86`, spaces and dashes, mail addresses without case.
    #[must_use]
    pub fn matches(&self, key: &CustomerKey) -> bool {
        if key.is_empty() {
            return false;
        }
        match key.kind {
            KeyKind::Phone => self.phones.iter().any(|phone| plain_phone(phone) == key.value),
            KeyKind::UnionId => self.union_ids.contains(&key.value),
            KeyKind::OpenId => self.open_ids.contains(&key.value),
            KeyKind::Id => self.id.as_ref() == Some(&key.value),
            KeyKind::Email => self.emails.iter().any(|email| email.eq_ignore_ascii_case(&key.value)),
        }
    }
}

impl Customer {
    /// Whether the customer is known to have other keys of this kind, and only others. Numbers that the vendor masks (`138****8000`) tell nothing.
    pub(crate) fn contradicts(&self, key: &CustomerKey) -> bool {
        let id: Vec<String> = self.id.iter().cloned().collect();
        let known = match key.kind {
            KeyKind::Phone => &self.phones,
            KeyKind::UnionId => &self.union_ids,
            KeyKind::OpenId => &self.open_ids,
            KeyKind::Id => &id,
            KeyKind::Email => &self.emails,
        };
        !known.is_empty() && !known.iter().any(|value| value.contains('*')) && !self.matches(key)
    }
}

impl fmt::Display for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title.en, self.names.first().map_or("(no name)".into(), |name| printable(name)))?;
        for (what, values) in [("phone", &self.phones), ("email", &self.emails), ("union id", &self.union_ids), ("open id", &self.open_ids)]
        {
            if !values.is_empty() {
                write!(f, ", {what} {}", listed(values))?;
            }
        }
        if !self.tags.is_empty() {
            write!(f, ", tags {}", listed(&self.tags))?;
        }
        if let Some(id) = &self.id {
            write!(f, ", id {}", printable(id))?;
        }
        if let Some(created) = self.created {
            write!(f, ", since {}", time::Day::of(created))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("vendor", &self.vendor)
            .field("id", &self.id.as_deref().map(masked))
            .field("names", &self.names.len())
            .field("phones", &self.phones.len())
            .field("emails", &self.emails.len())
            .field("union_ids", &self.union_ids.len())
            .field("open_ids", &self.open_ids.len())
            .field("avatars", &self.avatars.len())
            .field("tags", &self.tags.len())
            .field("created", &self.created)
            .finish()
    }
}

/// The texts at these paths, numbers included, in their order.
fn texts(row: &dyn ReadFields, paths: &[&str]) -> Vec<String> {
    let mut texts = Vec::new();
    for path in paths {
        Scope::Record(row).walk(path, &mut |found| {
            found.scalars(&mut |_, value| {
                let text = value.to_text().trim().to_owned();
                if !text.is_empty() && !texts.contains(&text) {
                    texts.push(text);
                }
            });
        });
    }
    texts
}

/// The earliest time at a path.
pub(crate) fn earliest(row: Scope<'_>, path: &str, format: TimeFormat) -> Option<Moment> {
    let mut earliest: Option<Moment> = None;
    row.walk(path, &mut |found| {
        found.scalars(&mut |_, value| {
            let moment = match value {
                Scalar::Int(number) => i64::try_from(number).ok().and_then(|number| time::from_number(format, number)),
                value => time::parse(format, value.to_text().trim()),
            };
            earliest = earliest.into_iter().chain(moment).min();
        });
    });
    earliest
}

/// A phone number without spaces, dashes and the prefix of mainland China, in plain digits.
fn plain_phone(number: &str) -> String {
    let seen = number.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c) && !matches!(c, '-' | '‐'..='―' | '－'));
    let bare: String = seen.map(half_width).collect();
    let after_86 = || bare.strip_prefix("86").filter(|rest| rest.is_empty() || is_mobile(rest));
    let local = bare.strip_prefix("+86").or_else(|| bare.strip_prefix("0086")).or_else(after_86);
    local.map_or_else(|| bare.clone(), str::to_owned)
}

/// A digit or a plus sign as Chinese keyboards write it becomes the plain one.
fn half_width(character: char) -> char {
    match character {
        '＋' => '+',
        '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10).unwrap_or(character),
        other => other,
    }
}

/// Marks of direction and joints, which come along when a number or an id is copied from an address book or a web page.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Eleven digits of which the first is 1: without it, `86` at the front may belong to the number itself.
fn is_mobile(number: &str) -> bool {
    number.len() == 11 && number.starts_with('1') && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Drops numbers that are one of the others written differently.
fn distinct_phones(phones: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    phones
        .into_iter()
        .filter(|phone| {
            let plain = plain_phone(phone);
            let is_new = !seen.contains(&plain);
            if is_new {
                seen.push(plain);
            }
            is_new
        })
        .collect()
}

fn masked(value: &str) -> String {
    format!("({} characters)", value.chars().count())
}

/// A vendor's text as it may go to a terminal: without control characters.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn listed(values: &[String]) -> String {
    values.iter().map(|value| printable(value)).collect::<Vec<_>>().join(" / ")
}

#[cfg(test)]
mod tests;
