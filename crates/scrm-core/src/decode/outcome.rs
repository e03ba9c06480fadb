//! What is told beside the data: the head, bad rows, drifts, errors.

use std::{borrow::Cow, error, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    mask::{MESSAGE_CAP, Masker, ShownPath, Size, WORD_CAP},
    plain_serde::plain_serde,
    spec::EnvelopeSpec,
    table::Extra,
};

/// An answer taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded<T> {
    /// All but the data.
    pub head: Envelope,
    /// What stood under the data key; the type's default if nothing did, or if the envelope told a failure.
    pub data: T,
}

/// An answer without its data.
#[derive(Clone, Default, PartialEq)]
pub struct Envelope {
    /// The code as text, whatever its type on the wire; `None`: absent or `null`.
    pub code: Option<String>,
    /// The message as text.
    pub message: Option<String>,
    /// The other keys of the top level.
    pub extra: Extra,
    /// What stood under the data key of a failure, as it came. May hold personal data.
    pub raw_data: Option<Box<str>>,
    /// Rows that could not be understood, in wire order; at most 10,000.
    pub bad_rows: Vec<BadRow>,
    /// How many more there were.
    pub bad_rows_left_out: u64,
    /// Where the answer was not what the page says, in wire order; empty unless asked for; at most 1,000.
    pub drifts: Vec<Drift>,
    /// How many more there were.
    pub drifts_left_out: u64,
}

impl Envelope {
    /// Whether the code means success. An answer without a code is no success.
    #[must_use]
    pub fn is_success(&self, envelope: &EnvelopeSpec) -> bool {
        self.code.as_deref().is_some_and(|code| envelope.success.contains(&code))
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("code", &self.code.as_deref().map(|code| Masker::default().text(code, WORD_CAP)))
            .field("message", &self.message.as_deref().map(|message| Masker::default().text(message, MESSAGE_CAP)))
            .field("extra", &self.extra)
            .field("raw_data", &self.raw_data.as_deref().map(Size))
            .field("bad_rows", &self.bad_rows)
            .field("bad_rows_left_out", &self.bad_rows_left_out)
            .field("drifts", &self.drifts)
            .field("drifts_left_out", &self.drifts_left_out)
            .finish()
    }
}

/// A row that could not be understood. Serialises whole, `raw` unmasked, so that it can be stored and read again.
#[derive(Clone, PartialEq, Eq)]
pub struct BadRow {
    /// JSON pointer of the value that could not be understood. May hold keys that are personal data.
    pub path: String,
    /// Position of the row in its list, from 0, bad rows counted.
    pub row: usize,
    /// The row as it came, but for bytes that are no UTF-8. Holds personal data.
    pub raw: Box<str>,
    /// What was wrong; holds nothing of the row.
    pub reason: String,
}

plain_serde!(BadRow { path, row, raw, reason });
plain_serde!(Drift { path, what, found });

/// Says where and why; of the row itself only its size.
impl fmt::Debug for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BadRow")
            .field("path", &ShownPath(&self.path))
            .field("row", &self.row)
            .field("reason", &self.reason)
            .field("raw", &Size(&self.raw))
            .finish()
    }
}

/// One place where the answer was not what the page says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// JSON pointer; what is longer than a kilobyte is cut. May hold keys that are personal data.
    pub path: String,
    /// What was different.
    pub what: DriftKind,
    /// What stood there: a type (`string`, `null`), or an undocumented enum value that looks like a code or a label.
    pub found: Option<Cow<'static, str>>,
}

impl Drift {
    /// A drift, for tests.
    #[must_use]
    pub fn new(path: impl Into<String>, what: DriftKind) -> Self {
        Drift { path: path.into(), what, found: None }
    }
}

impl fmt::Debug for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", ShownPath(&self.path), self.what)
    }
}

/// In what way an answer was not what the page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DriftKind {
    /// A key the page does not name; kept.
    UnknownKey,
    /// Another type than documented, understood all the same; a dynamic column that is no integer is kept beside the unknown keys.
    OtherType,
    /// `null` where the page shows none.
    UnexpectedNull,
    /// A documented field that the page says is always there was not.
    Missing,
    /// `[]` or `""` where an object is documented.
    EmptyStandsForObject,
    /// `{}`, `""` or an object with number keys where a list is documented.
    EmptyStandsForList,
    /// A value that the enum does not document; kept.
    UndocumentedValue,
    /// A row that could not be understood.
    BadRow,
    /// A byte order mark in front of the answer; left out.
    ByteOrderMark,
    /// Bytes in a string that are no UTF-8, as where a text was cut in the middle of a character; U+FFFD stands in their place.
    NotUtf8,
    /// A raw control character in a string; kept.
    ControlCharacter,
    /// Half of a surrogate pair in a string; U+FFFD stands in its place.
    HalfSurrogate,
}

impl DriftKind {
    const ALL: [DriftKind; 12] = [
        DriftKind::UnknownKey,
        DriftKind::OtherType,
        DriftKind::UnexpectedNull,
        DriftKind::Missing,
        DriftKind::EmptyStandsForObject,
        DriftKind::EmptyStandsForList,
        DriftKind::UndocumentedValue,
        DriftKind::BadRow,
        DriftKind::ByteOrderMark,
        DriftKind::NotUtf8,
        DriftKind::ControlCharacter,
        DriftKind::HalfSurrogate,
    ];

    /// A short name, as it is serialised: `unknown_key`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DriftKind::UnknownKey => "unknown_key",
            DriftKind::OtherType => "other_type",
            DriftKind::UnexpectedNull => "unexpected_null",
            DriftKind::Missing => "missing",
            DriftKind::EmptyStandsForObject => "empty_stands_for_object",
            DriftKind::EmptyStandsForList => "empty_stands_for_list",
            DriftKind::UndocumentedValue => "undocumented_value",
            DriftKind::BadRow => "bad_row",
            DriftKind::ByteOrderMark => "byte_order_mark",
            DriftKind::NotUtf8 => "not_utf8",
            DriftKind::ControlCharacter => "control_character",
            DriftKind::HalfSurrogate => "half_surrogate",
        }
    }
}

impl Serialize for DriftKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DriftKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let kind = DriftKind::ALL.into_iter().find(|kind| kind.as_str() == name);
        kind.ok_or_else(|| D::Error::custom("not a kind of drift"))
    }
}

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DriftKind::UnknownKey => "undocumented key",
            DriftKind::OtherType => "another type than documented",
            DriftKind::UnexpectedNull => "null where none is documented",
            DriftKind::Missing => "missing",
            DriftKind::EmptyStandsForObject => "empty value in place of an object",
            DriftKind::EmptyStandsForList => "empty value or numbered object in place of a list",
            DriftKind::UndocumentedValue => "undocumented value",
            DriftKind::BadRow => "row not understood",
            DriftKind::ByteOrderMark => "byte order mark in front",
            DriftKind::NotUtf8 => "bytes that are not UTF-8",
            DriftKind::ControlCharacter => "raw control character",
            DriftKind::HalfSurrogate => "half of a surrogate pair",
        })
    }
}

/// The body is no JSON, or holds a value that cannot be understood.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// JSON pointer of the value, cut behind a kilobyte; empty: the body as a whole. May hold keys that are personal data.
    pub path: String,
    /// What was wrong; holds nothing of the body.
    pub reason: String,
    /// Where in the body, in bytes.
    pub offset: usize,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", ShownPath(&self.path))?;
        }
        write!(f, "{} (byte {})", self.reason, self.offset)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl error::Error for DecodeError {}
