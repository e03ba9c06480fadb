//! Writes what goes over the wire, masked.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use scrm_core::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use scrm_schema::model::Tree;

use super::{
    RecordingError,
    call::{RecordedAnswer, RecordedBody, RecordedCall, headers},
    catalogue::find,
    mask,
    values::Values,
};

/// A file that calls are recorded into. Clones write into the same file, so that one recording can hold several clients' calls.
#[derive(Clone, Debug)]
pub struct Recorder {
    tree: Arc<Tree>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    file: File,
    values: Values,
    number: u64,
    /// Why the file is no longer written.
    broken: Option<std::io::Error>,
}

impl Recorder {
    /// A new recording; a file of that name is replaced. What is personal is told by the schemas that are built in.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, RecordingError> {
        Self::with_tree(path.into(), crate::mock::built_in()?)
    }

    /// The same with the schemas of a folder.
    ///
    /// # Errors
    /// When the file cannot be made or schema files are wrong.
    pub fn create_with_schemas(path: impl Into<PathBuf>, schemas: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Self::with_tree(path.into(), scrm_schema::load(schemas.as_ref())?)
    }

    fn with_tree(path: PathBuf, tree: Tree) -> Result<Self, RecordingError> {
        let file = File::create(&path).map_err(|error| RecordingError::file(&path, error))?;
        let state = State { file, values: Values::default(), number: 0, broken: None };
        Ok(Self { tree: Arc::new(tree), state: Arc::new(Mutex::new(state)) })
    }

    /// Goes around a transport: for `Builder::wrap_transport` of a client.
    #[must_use]
    pub fn around(&self, inner: Arc<dyn Transport>) -> Arc<dyn Transport> {
        Arc::new(Recording { inner, recorder: self.clone() })
    }

    /// How many calls were recorded.
    ///
    /// # Errors
    /// When one could not be written: the calls themselves go on without being recorded.
    pub fn finish(self) -> Result<u64, std::io::Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.broken.take() {
            Some(error) => Err(error),
            None => Ok(state.number),
        }
    }

    fn record(&self, request: &HttpRequest, outcome: &Result<HttpResponse, TransportError>) {
        let found = find(&self.tree, request);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        if state.broken.is_some() {
            return;
        }
        let parameters = mask::parameters(&found, &mut state.values);
        let answer = match outcome {
            Ok(response) => {
                let body = match serde_json::from_slice(&response.body) {
                    Ok(value) => RecordedBody::Json(mask::answer(found.vendor, found.operation, &value, &mut state.values)),
                    Err(_) => RecordedBody::Text(state.values.redacted(&String::from_utf8_lossy(&response.body))),
                };
                RecordedAnswer::Response { status: response.status, headers: headers(response), body }
            }
            Err(error) => RecordedAnswer::failure(error),
        };
        let (method, path) = (found.incoming.method.clone(), found.path());
        let call = RecordedCall { number: state.number + 1, operation: found.name(), method, path, parameters, answer };
        match state.file.write_all(&line(&call)) {
            Ok(()) => state.number += 1,
            Err(error) => state.broken = Some(error),
        }
    }
}

/// The call with its line end, so that one write brings the whole line or, at worst, one that is seen to be cut.
fn line(call: &RecordedCall) -> Vec<u8> {
    let mut line = serde_json::to_vec(call).unwrap_or_default();
    line.push(b'\n');
    line
}

struct Recording {
    inner: Arc<dyn Transport>,
    recorder: Recorder,
}

#[scrm_core::async_trait]
impl Transport for Recording {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let outcome = self.inner.send(request.clone()).await;
        self.recorder.record(&request, &outcome);
        outcome
    }
}
