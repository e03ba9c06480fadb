//! What a meta-schema cannot say.

use crate::error::Problems;
use crate::model::Vendor;

/// Checks one vendor and its operations.
pub(crate) fn vendor(_vendor: &Vendor, _problems: &mut Problems) {}
