//! What is known of a struct's fields.

use std::ops::Deref;

use crate::scan::same;

/// One documented field: its wire name and what the page says of it. Reads as its [`Attributes`], too: `field.flags`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(
    /// Wire name.
    pub &'static str,
    /// What the page says of it.
    pub Attributes,
);

/// What a page says of a field beside its name and type.
///
/// Most fields have one of the constants: a table of literals is much less work for the compiler than one of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// [`PERSONAL`], [`SECRET`], [`REQUIRED`], [`NULLABLE`], [`ROWS`].
    pub flags: u8,
    /// How the value is written on the wire.
    pub wire: Wire,
    /// Where a request puts it.
    pub place: Place,
}

/// Masked wherever it could be shown.
pub const PERSONAL: u8 = 1;
/// Never shown, not even its length.
pub const SECRET: u8 = 2;
/// The page says it is always there: written even when empty, missed in strict mode.
pub const REQUIRED: u8 = 4;
/// The page (or its example) shows `null` here.
pub const NULLABLE: u8 = 8;
/// The rows of a page: a bad one costs only itself.
pub const ROWS: u8 = 16;

impl Attributes {
    /// Nothing.
    pub const PLAIN: Attributes = Attributes { flags: 0, wire: Wire::Plain, place: Place::Body };
    /// Always there.
    pub const REQUIRED: Attributes = Attributes::PLAIN.required();
    /// Masked wherever it could be shown.
    pub const PERSONAL: Attributes = Attributes::PLAIN.personal();
    /// May be `null`.
    pub const NULLABLE: Attributes = Attributes::PLAIN.nullable();

    /// Masked wherever it could be shown.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.flags |= PERSONAL;
        self
    }
    /// Never shown.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.flags |= SECRET;
        self
    }
    /// Always there.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.flags |= REQUIRED;
        self
    }
    /// May be `null`.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.flags |= NULLABLE;
        self
    }
    /// The rows of a page.
    #[must_use]
    pub const fn rows(mut self) -> Self {
        self.flags |= ROWS;
        self
    }
    /// Written in another way than its type suggests.
    #[must_use]
    pub const fn wire(mut self, wire: Wire) -> Self {
        self.wire = wire;
        self
    }
    /// Put elsewhere than the operation's other fields.
    #[must_use]
    pub const fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
}

impl Field {
    /// Wire name.
    #[inline]
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0
    }
}

impl Deref for Field {
    type Target = Attributes;
    #[inline]
    fn deref(&self) -> &Attributes {
        &self.1
    }
}

/// How a value is written on the wire, where its type alone does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wire {
    /// As its type suggests.
    Plain,
    /// A number or truth value in quotes: `"10"`, `"true"`.
    Text,
    /// A truth value as `0` or `1`.
    Digit,
    /// A truth value as `"0"` or `"1"`.
    DigitText,
    /// A list joined by commas in one text.
    Comma,
    /// A list joined by `||` in one text.
    Bars,
    /// JSON inside a text.
    Json,
}

/// Where a request puts a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// With the operation's other fields.
    Body,
    /// In the query of the URL.
    Query,
    /// In a header.
    Header,
}

/// The fields of one struct.
#[derive(Debug)]
#[non_exhaustive]
pub struct Table {
    /// Name of the struct.
    pub name: &'static str,
    /// Fields in the document's order; a field's number is its position here. At most 256.
    pub fields: &'static [Field],
    /// Columns whose names end in a number.
    pub dynamic: Option<DynamicColumns>,
    /// Where the answer announces the tenant's own columns.
    pub announced: Option<Announced>,
}

/// Columns whose names are a prefix and a number: `Score-20408`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicColumns {
    /// `Score-`
    pub prefix: &'static str,
    /// Name of the struct's field that holds them all.
    pub name: &'static str,
}

/// Where an answer announces the tenant's own columns of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Path of the list below the answer's data: wire names joined by `/`.
    pub list: &'static str,
    /// Field of its items that holds the key in the row.
    pub key: &'static str,
    /// Field of its items that holds the display name.
    pub label: &'static str,
}

impl Table {
    /// A struct with these fields and no other columns.
    #[must_use]
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Table { name, fields, dynamic: None, announced: None }
    }

    /// With columns `<prefix><number>`, all held by the field `name`.
    #[must_use]
    pub const fn dynamic(mut self, prefix: &'static str, name: &'static str) -> Self {
        self.dynamic = Some(DynamicColumns { prefix, name });
        self
    }

    /// With the tenant's own columns, which the answer announces in the list at this path below its data.
    #[must_use]
    pub const fn announced(mut self, list: &'static str, key: &'static str, label: &'static str) -> Self {
        self.announced = Some(Announced { list, key, label });
        self
    }

    /// Under which name serde sees the undocumented keys of a row.
    pub(crate) fn extra_name(&self) -> &'static str {
        if self.find("extra", 0).is_some() { "_extra" } else { "extra" }
    }

    /// The number of a field. Bodies are nearly always written in the page's order, perhaps with gaps: looks from `next` on, then from
    /// the start.
    pub(crate) fn find(&self, key: &str, next: usize) -> Option<usize> {
        let (before, after) = self.fields.split_at(next.min(self.fields.len()));
        let named = |field: &Field| field.name().len() == key.len() && same(field.name().as_bytes(), key.as_bytes());
        after.iter().position(named).map(|number| number + before.len()).or_else(|| before.iter().position(named))
    }

    /// The number of a dynamic column: `Score-20408` → 20408. Only what prints back the same: no sign, no leading zero, no overflow.
    pub(crate) fn column(&self, key: &str) -> Option<u32> {
        let digits = key.strip_prefix(self.dynamic?.prefix)?;
        let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        if plain { digits.parse().ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_from_the_expected_one_on_and_from_the_start() {
        static FIELDS: &[Field] = &[Field("a", Attributes::PLAIN), Field("b", Attributes::PLAIN), Field("c", Attributes::PLAIN)];
        let table = Table::new("T", FIELDS);
        for next in 0..5 {
            assert_eq!((table.find("a", next), table.find("c", next), table.find("d", next)), (Some(0), Some(2), None), "{next}");
        }
        assert_eq!(table.column("Score-1"), None);
    }

    #[test]
    fn columns_are_those_numbers_that_print_back_the_same() {
        let table = Table::new("T", &[]).dynamic("Score-", "scores");
        for (key, number) in [("Score-0", Some(0)), ("Score-20408", Some(20408)), ("Score-4294967295", Some(u32::MAX))] {
            assert_eq!(table.column(key), number, "{key}");
        }
        for key in ["Score-", "Score-07", "Score-+5", "Score--5", "Score-1 ", "Score-4294967296", "score-1", "1"] {
            assert_eq!(table.column(key), None, "{key}");
        }
    }
}
