//! From the body of an answer to typed data, forgivingly and in one pass.
//!
//! [`decode`] reads the envelope and whatever stands under its data key into the slots of a generated type.
//! What differs from the page but can be understood is accepted: numbers in quotes, integers written `3.0`, `null` and absence,
//! `[]` or `""` for an empty object, `{}` or `""` for an empty list, lists as PHP writes them when filtered (`{"0": …, "2": …}`),
//! undocumented enum values, undocumented keys. Damage inside a string (bytes that are no UTF-8, raw control characters, halves of surrogate pairs)
//! costs that string at most, and a row that cannot be understood costs only itself. Whatever the body is: what is told of it is bounded, and what is
//! read into does not grow out of proportion to it. No I/O happens here.

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

use crate::{
    scan::{Readable, Scan},
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
    let text = readable(body)?;
    let mut head = Envelope::default();
    let mut notes = Notes::new(options.collect_drift, options.rows);
    if text.mark() > 0 {
        notes.note(0, DriftKind::ByteOrderMark);
    }
    let mut fill = Fill::new(Scan::of(&text), &mut notes);
    let outcome = fill.envelope(envelope, &mut head, data);
    let scan = fill.scan;
    match outcome {
        Ok(()) => {
            notes.tell(&scan, envelope.data, &mut head);
            Ok(head)
        }
        Err(stop) => Err(notes.error(&scan, *stop)),
    }
}

/// One object on its own, without an envelope, as it stands on the wire; and how it departs from what its fields say.
pub(crate) fn record_from_wire(text: &str, record: &mut dyn WriteFields) -> Result<Vec<Drift>, DecodeError> {
    let mut notes = Notes::new(true, 0);
    let mut fill = Fill::new(Scan::lax(text), &mut notes);
    let outcome = fill.object(record).and_then(|()| fill.scan.end());
    let scan = fill.scan;
    match outcome {
        Ok(()) => {
            let mut head = Envelope::default();
            notes.tell(&scan, "", &mut head);
            Ok(head.drifts)
        }
        Err(stop) => Err(notes.error(&scan, *stop)),
    }
}

/// Decodes one value without an envelope, such as what a vendor sends on its own, as forgivingly as an answer's data. `data` should be fresh.
///
/// What is told of it stands in the result: drifts and bad rows; it has no code and no message. Paths begin at the value.
///
/// # Errors
/// This is no JSON, or a value outside the rows of a page cannot be understood.
pub fn decode_bare(body: &[u8], options: &DecodeOptions, data: &mut dyn Payload) -> Result<Envelope, DecodeError> {
    let text = readable(body)?;
    let mut notes = Notes::new(options.collect_drift, options.rows);
    if text.mark() > 0 {
        notes.note(0, DriftKind::ByteOrderMark);
    }
    let mut fill = Fill::new(Scan::of(&text), &mut notes);
    let outcome = fill.bare(data);
    let scan = fill.scan;
    match outcome {
        Ok(()) => {
            let mut told = Envelope::default();
            notes.tell(&scan, "", &mut told);
            Ok(told)
        }
        Err(stop) => Err(notes.error(&scan, *stop)),
    }
}

/// One object on its own, without an envelope, as serde wrote it or as it came.
pub(crate) fn record_from_text(text: &str, record: &mut dyn WriteFields) -> Result<(), DecodeError> {
    let mut notes = Notes::default();
    let mut fill = Fill::new(Scan::lax(text), &mut notes);
    fill.typed = true;
    let outcome = fill.object(record).and_then(|()| fill.scan.end());
    let scan = fill.scan;
    outcome.map_err(|stop| notes.error(&scan, *stop))
}

/// The body as text, if it looks like JSON at all.
fn readable(body: &[u8]) -> Result<Readable<'_>, DecodeError> {
    let refuse = |reason: &str| Err(DecodeError { path: String::new(), reason: reason.into(), offset: 0 });
    match body.trim_ascii_start() {
        [] => refuse("the body is empty"),
        [b'<', ..] | [0xEF, 0xBB, 0xBF, b'<', ..] => refuse("the body is HTML or XML, not JSON"),
        [0x1F, 0x8B, ..] => refuse("the body is compressed (gzip), not JSON"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, b'{', ..] | [b'{', 0, ..] => refuse("the body is UTF-16, not UTF-8"),
        _ => Ok(Readable::new(body)),
    }
}
