//! One file for each command but `pull`.

pub(crate) mod call;
pub(crate) mod completions;
pub(crate) mod decode;
pub(crate) mod doctor;
pub(crate) mod operations;
pub(crate) mod show;
#[cfg(feature = "stand-in")]
pub(crate) mod stand_in;
pub(crate) mod token;
