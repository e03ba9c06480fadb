//! Answers from a recording.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use scrm_core::transport::{HttpRequest, HttpResponse, Sent, Transport, TransportError, TransportErrorKind};
use scrm_schema::model::Tree;

use super::{
    RecordingError,
    call::RecordedCall,
    catalogue::{Found, find},
    mask,
    values::Values,
};

/// A transport that answers from a recording.
///
/// A call is answered by a recorded one of the same operation with the same parameters. Where the recording holds something made up, a program may ask with that, or
/// with a value of its own that from then on stands for it, as long as it asks in the order of the recording: so the program that was recorded runs unchanged.
///
/// Calls must come in the recorded order, unless [`Replay::in_any_order`] is said. A call that the recording has no answer to fails without being repeated.
#[derive(Debug)]
pub struct Replay {
    tree: Tree,
    calls: Vec<RecordedCall>,
    any_order: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    used: Vec<bool>,
    values: Values,
}

impl Replay {
    /// Reads a recording made with the schemas that are built in. A last line that was cut off, because the recording program was killed, is left out.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Self::with_tree(path.as_ref(), crate::mock::built_in()?)
    }

    /// The same with the schemas of a folder.
    ///
    /// # Errors
    /// As [`Replay::open`], and when schema files are wrong.
    pub fn open_with_schemas(path: impl AsRef<Path>, schemas: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Self::with_tree(path.as_ref(), scrm_schema::load(schemas.as_ref())?)
    }

    fn with_tree(path: &Path, tree: Tree) -> Result<Self, RecordingError> {
        let bytes = fs::read(path).map_err(|error| RecordingError::file(path, error))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut calls = Vec::new();
        for (number, line) in bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let call = serde_json::from_slice(line).map_err(|error| RecordingError::Line {
                path: PathBuf::from(path),
                line: number + 1,
                error,
            })?;
            calls.push(call);
        }
        let state = State { used: vec![false; calls.len()], values: Values::to_bind() };
        Ok(Self { tree, calls, any_order: false, state: Mutex::new(state) })
    }

    /// Calls may come in any order and more often than recorded: each is answered by the first fitting one that was not used yet, or else by the last fitting one again.
    #[must_use]
    pub fn in_any_order(mut self) -> Self {
        self.any_order = true;
        self
    }

    /// The recorded calls.
    pub fn calls(&self) -> &[RecordedCall] {
        &self.calls
    }

    /// The recorded calls that nobody asked for yet.
    pub fn unused(&self) -> Vec<&RecordedCall> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.calls.iter().zip(&state.used).filter(|(_, used)| !**used).map(|(call, _)| call).collect()
    }

    fn chosen(&self, request: &HttpRequest) -> Result<&RecordedCall, String> {
        let found = find(&self.tree, request);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        let asked = mask::parameters(&found, &mut state.values);
        let fits = |call: &RecordedCall, values: &Values| {
            let mut bindings = Vec::new();
            let same = call.operation == found.name() && call.method == found.incoming.method && call.path == found.path();
            (same && mask::bind(&asked, &call.parameters, values, &mut bindings)).then_some(bindings)
        };
        let unused = || state.used.iter().enumerate().filter(|(_, used)| !**used).map(|(place, _)| place);
        let fitting = |place: usize| Some((place, fits(self.calls.get(place)?, &state.values)?));
        let choice = if self.any_order {
            unused().find_map(fitting).or_else(|| (0..self.calls.len()).rev().find_map(fitting))
        } else {
            unused().next().and_then(fitting)
        };
        let Some((place, bindings)) = choice else {
            return Err(self.refusal(&found, unused().next()));
        };
        state.values.keep(bindings);
        if let Some(used) = state.used.get_mut(place) {
            *used = true;
        }
        self.calls.get(place).ok_or_else(String::new)
    }

    /// Says what was asked and what the recording has, without values.
    fn refusal(&self, found: &Found<'_>, next: Option<usize>) -> String {
        let named = |operation: &str, method: &str, path: &str| {
            if operation.is_empty() { format!("{method} {path}") } else { operation.to_owned() }
        };
        let asked = named(&found.name(), &found.incoming.method, &found.path());
        let next = next.and_then(|place| self.calls.get(place));
        match next {
            Some(call) if !self.any_order => {
                let wanted = named(&call.operation, &call.method, &call.path);
                let what = if wanted == asked { format!("{wanted} with other parameters") } else { wanted };
                format!("the recording does not fit: asked is {asked}, call {} of the recording is {what}", call.number)
            }
            None if !self.any_order => format!("the recording is used up: asked is {asked}"),
            _ => format!("the recording has no call of {asked} with these parameters"),
        }
    }
}

#[scrm_core::async_trait]
impl Transport for Replay {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        match self.chosen(&request) {
            Ok(call) => call.answer.again(),
            Err(message) => Err(TransportError::new(TransportErrorKind::Request, Sent::No, message)),
        }
    }
}
