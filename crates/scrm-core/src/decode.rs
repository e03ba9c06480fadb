//! From the body of an answer to typed data, forgivingly and in one pass.
//!
//! [`decode`] reads the envelope and whatever stands under its data key into the slots of a generated type (see [`crate::table`]).
//! What differs from the page but can be understood is accepted: numbers in quotes, integers written `3.0`, `null` and absence,
//! `[]` or `""` for an empty object, `{}` or `""` for an empty list, lists as PHP writes them when filtered (`{"0": …, "2": …}`),
//! undocumented enum values, undocumented keys. A row that cannot be understood costs only itself. No I/O happens here.

mod coerce;
mod decoder;
mod diagnostics;
mod envelope;
mod outcome;
mod slots;
mod typed;
mod wire_forms;

pub use outcome::{BadRow, DecodeError, Decoded, Drift, DriftKind, Envelope};

pub(crate) use coerce::{integral, lenient};
pub(crate) use outcome::{ShownPath, looks_like_data};

use crate::{
    scan::Scan,
    spec::EnvelopeSpec,
    table::{Payload, WriteFields},
};
use decoder::Fill;
use diagnostics::Notes;

/// What the caller knows or wants beside the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeOptions {
    /// How many rows are expected (the page size asked for; 0: unknown). Room for them is made at once.
    pub rows: usize,
    /// Whether drifts from the page are collected.
    pub collect_drift: bool,
}

/// Decodes an answer.
///
/// A failure told by the envelope is no error here: see [`Envelope::is_success`].
///
/// # Errors
/// The body is not a JSON object, or a value outside the rows of a page cannot be understood.
pub fn decode<T: Payload + Default>(body: &[u8], envelope: &EnvelopeSpec, options: &DecodeOptions) -> Result<Decoded<T>, DecodeError> {
    let mut data = T::default();
    let head = decode_into(body, envelope, options, &mut data)?;
    Ok(Decoded { head, data })
}

/// Decodes an answer into `data`, which should be fresh; compiled once for all types.
///
/// # Errors
/// As [`decode`].
pub fn decode_into(body: &[u8], envelope: &EnvelopeSpec, options: &DecodeOptions, data: &mut dyn Payload) -> Result<Envelope, DecodeError> {
    let text = text(body)?;
    let mut head = Envelope::default();
    let mut notes = Notes::new(options.collect_drift, options.rows);
    let outcome = Fill::new(Scan::new(text), &mut notes).envelope(envelope, &mut head, data);
    match outcome {
        Ok(()) => {
            notes.tell(text, &mut head);
            Ok(head)
        }
        Err(stop) => Err(notes.error(text, *stop)),
    }
}

/// One object on its own, without an envelope, as serde wrote it or as it came.
pub(crate) fn record_from_text(text: &str, record: &mut dyn WriteFields) -> Result<(), DecodeError> {
    let mut notes = Notes::default();
    let mut fill = Fill::new(Scan::new(text), &mut notes);
    fill.typed = true;
    let outcome = fill.object(record).and_then(|()| fill.scan.end());
    outcome.map_err(|stop| notes.error(text, *stop))
}

/// The body as text, if it looks like JSON at all.
fn text(body: &[u8]) -> Result<&str, DecodeError> {
    let refuse = |offset, reason: &str| Err(DecodeError { path: String::new(), reason: reason.into(), offset });
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => return refuse(error.valid_up_to(), "the body is not UTF-8"),
    };
    match body.trim_ascii_start() {
        [] => refuse(0, "the body is empty"),
        [b'<', ..] => refuse(0, "the body is HTML or XML, not JSON"),
        [0xEF, 0xBB, 0xBF, ..] => refuse(0, "the body begins with a byte order mark, which JSON does not allow"),
        _ => Ok(text),
    }
}
