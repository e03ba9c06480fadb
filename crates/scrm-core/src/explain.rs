//! What would the crate make of this body?

use crate::{
    spec::{OperationSpec, VendorSpec},
    table::Inspect,
};

/// What the crate makes of an answer, for people.
#[derive(Clone)]
pub struct Explanation {
    /// Many lines: the envelope, the typed data as JSON, bad rows, departures.
    pub text: String,
    /// `false`: not decoded, a failure by envelope, or a row was bad.
    pub ok: bool,
}

/// Decodes `body` into `data` and tells all about it. Personal data is masked unless `plain`.
pub fn explain(_data: &mut dyn Inspect, _operation: &OperationSpec, _vendor: &VendorSpec, _body: &[u8], _plain: bool) -> Explanation {
    Explanation { text: String::new(), ok: false }
}
