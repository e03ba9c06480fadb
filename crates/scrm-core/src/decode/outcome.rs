//! What is told beside the data: the head, bad rows, drifts, errors.

use std::{error, fmt};

use crate::{spec::EnvelopeSpec, table::Extra};

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
    /// Rows that could not be understood, in wire order.
    pub bad_rows: Vec<BadRow>,
    /// Where the answer was not what the page says, in wire order; empty unless asked for.
    pub drifts: Vec<Drift>,
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
            .field("code", &self.code)
            .field("message", &self.message)
            .field("extra", &self.extra)
            .field("raw_data", &self.raw_data.as_deref().map(Size))
            .field("bad_rows", &self.bad_rows)
            .field("drifts", &self.drifts)
            .finish()
    }
}

/// A row that could not be understood.
#[derive(Clone, PartialEq, Eq)]
pub struct BadRow {
    /// JSON pointer of the value that could not be understood. May hold keys that are personal data.
    pub path: String,
    /// Position of the row in its list, from 0, bad rows counted.
    pub row: usize,
    /// The row as it came. Holds personal data.
    pub raw: Box<str>,
    /// What was wrong; holds nothing of the row.
    pub reason: String,
}

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
pub struct Drift {
    /// JSON pointer. May hold keys that are personal data.
    pub path: String,
    /// What was different.
    pub what: DriftKind,
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
        })
    }
}

/// The body is no JSON, or holds a value that cannot be understood.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// JSON pointer of the value; empty: the body as a whole. May hold keys that are personal data.
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

/// Stands for a text that must not be shown.
struct Size<'a>(&'a str);

impl fmt::Debug for Size<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

/// A JSON pointer without those keys that look like data: long ones, other than plain words, with seven digits in a row.
pub(crate) struct ShownPath<'a>(pub(crate) &'a str);

/// Whether a key is rather data than a name.
pub(crate) fn looks_like_data(key: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b"_-.~".contains(&b);
    let long_number = key.as_bytes().windows(7).any(|w| w.iter().all(u8::is_ascii_digit));
    key.len() > 40 || long_number || !key.bytes().all(word)
}

impl fmt::Display for ShownPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in self.0.split('/').skip(1) {
            if looks_like_data(key) {
                write!(f, "/<{} characters>", key.chars().count())?;
            } else {
                write!(f, "/{key}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for ShownPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
