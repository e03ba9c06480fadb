//! Real traffic as a file that can be shown, and back.
//!
//! A [`Recorder`] goes around a client's transport and writes every call into a file, one JSON object a line; a [`Replay`] takes the place of the transport and
//! answers from that file, without network, key or account.
//!
//! What the schemas mark as personal or secret, and every text that no schema knows, is replaced by something made up: the same value by the same thing throughout
//! the file, so that a recording still decodes and people can still be followed from call to call. Tokens, cookies and other headers are not written at all.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use scrm_mock::{Recorder, Replay, RecordingError};
//! # fn record(builder: scrm_core::Builder<scrm_core::ApiClient>, again: scrm_core::Builder<scrm_core::ApiClient>) -> Result<(), RecordingError> {
//! let recorder = Recorder::create("calls.jsonl")?;
//! let client = builder.wrap_transport(move |inner| recorder.around(inner)).build();
//! // … later, in a test …
//! let client = again.transport(Arc::new(Replay::open("calls.jsonl")?)).build();
//! # Ok(())
//! # }
//! ```

mod call;
mod catalogue;
mod mask;
mod recorder;
mod replay;
mod values;

use std::path::{Path, PathBuf};

pub use call::{RecordedAnswer, RecordedBody, RecordedCall};
pub use recorder::Recorder;
pub use replay::Replay;

/// Why a recording cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The file cannot be opened, read or written.
    #[error("{path}: {error}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A line is no recorded call.
    #[error("{path}:{line}: not a recorded call: {error}", path = path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// The schema files are wrong.
    #[error("the schema files cannot be used:\n{0}")]
    Schemas(#[from] scrm_schema::Errors),
}

impl RecordingError {
    fn file(path: &Path, error: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), error }
    }
}
