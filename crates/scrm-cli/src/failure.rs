//! What ends the program early, and its exit codes.

use std::process::ExitCode;

/// Something failed: the vendor, the network, a file.
pub(crate) const FAILED: u8 = 1;
/// Called wrongly; nothing was sent.
pub(crate) const WRONG_USE: u8 = 2;
/// A pull came to its end, and rows are missing or could not be stored.
pub(crate) const INCOMPLETE: u8 = 3;
/// A pull came to its end, and nobody can know whether it is complete (with `--strict`).
pub(crate) const NOT_KNOWN: u8 = 4;
/// Interrupted; what was committed stands.
pub(crate) const INTERRUPTED: u8 = 130;

/// A sentence for people and an exit code for programs.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    code: u8,
}

impl Failure {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: FAILED }
    }

    pub(crate) fn wrong_use(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: WRONG_USE }
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl From<scrm_core::Error> for Failure {
    fn from(error: scrm_core::Error) -> Self {
        let code = match error.kind() {
            scrm_core::ErrorKind::InvalidRequest | scrm_core::ErrorKind::Unsupported => WRONG_USE,
            _ => FAILED,
        };
        Failure { message: error.to_string(), code }
    }
}
