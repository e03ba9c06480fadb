//! From the body of an answer to typed data, forgivingly and in one pass.
//!
//! [`decode`] reads the envelope and whatever stands under its data key into the slots of a generated type (see [`crate::table`]).
//! What differs from the page but can be understood is accepted: numbers in quotes, integers written `3.0`, `null` and absence,
//! `[]` or `""` for an empty object, `{}` or `""` for an empty list, lists as PHP writes them when filtered (`{"0": …, "2": …}`),
//! undocumented enum values, undocumented keys. A row that cannot be understood costs only itself. No I/O happens here.

mod report;

pub use report::{BadRow, DecodeError, Decoded, Departure, Head, What};

use crate::{spec::Envelope, table::Payload};

/// What the caller knows or wants beside the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeOptions {
    /// How many rows are expected (the page size asked for; 0: unknown). Room for them is made at once.
    pub rows: usize,
    /// Whether departures from the page are collected.
    pub departures: bool,
}

/// Decodes an answer.
///
/// A failure told by the envelope is no error here: see [`Head::is_success`].
///
/// # Errors
/// The body is not a JSON object, or a value outside the rows of a page cannot be understood.
pub fn decode<T: Payload + Default>(body: &[u8], envelope: &Envelope, options: &DecodeOptions) -> Result<Decoded<T>, DecodeError> {
    let mut data = T::default();
    let head = decode_into(body, envelope, options, &mut data)?;
    Ok(Decoded { head, data })
}

/// Decodes an answer into `data`, which should be fresh; compiled once for all types.
///
/// # Errors
/// As [`decode`].
pub fn decode_into(_body: &[u8], _envelope: &Envelope, _options: &DecodeOptions, _data: &mut dyn Payload) -> Result<Head, DecodeError> {
    Err(DecodeError { path: String::new(), reason: "not written yet".into(), offset: 0 })
}
