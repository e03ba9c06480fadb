//! Which rows are there already: for pulls of what is new into files, whose windows of time overlap.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scrm_core::NamedRow;

use super::state::State;
use crate::{
    failure::Failure,
    sink::{
        files,
        key::{self, Occurrences},
    },
};

/// Bytes of one key.
const WIDTH: usize = 16;

/// The rows that the file holds and those of this run, by a hash of all of a row: so many bytes of memory for each row of the file.
pub(crate) struct KnownRows {
    file: files::Growing,
    before: Occurrences,
    now: Occurrences,
    waiting: Vec<u8>,
    /// The file of the run before, until this one's first commit.
    old: Option<PathBuf>,
}

impl KnownRows {
    /// Goes on with a run, or begins a new one: what all before it brought is then what is there already.
    ///
    /// Each run has a file of its own, so that a program that is killed before the new run's first commit finds the old one.
    pub(crate) fn open(base: &Path, state: &mut State, is_new: bool) -> Result<KnownRows, Failure> {
        let path = |run: i64| files::beside(base, &format!(".scrm-keys-{run}"));
        let old = path(state.marks.keys_file);
        let bytes = match fs::read(&old) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && state.marks.keys == 0 => Vec::new(),
            Err(error) => return Err(files::broken(&old, &error)),
        };
        let at = |mark: u64| usize::try_from(mark).unwrap_or(usize::MAX).min(bytes.len());
        let (run, end) = (at(state.marks.keys_of_run), at(state.marks.keys));
        if !is_new {
            let file = files::Growing::open(&old, state.marks.keys, files::Secrecy::Private)?;
            let before = counted(bytes.get(..run).unwrap_or_default());
            let now = counted(bytes.get(run..end).unwrap_or_default());
            return Ok(KnownRows { file, before, now, waiting: Vec::new(), old: None });
        }
        let kept = together(bytes.get(..run).unwrap_or_default(), bytes.get(run..end).unwrap_or_default());
        let fresh = path(state.runs);
        files::replace(&fresh, &kept)?;
        (state.marks.keys, state.marks.keys_of_run, state.marks.keys_file) = (kept.len() as u64, kept.len() as u64, state.runs);
        let file = files::Growing::open(&fresh, state.marks.keys, files::Secrecy::Private)?;
        Ok(KnownRows {
            file,
            before: counted(&kept),
            now: Occurrences::default(),
            waiting: Vec::new(),
            old: Some(old).filter(|old| *old != fresh),
        })
    }

    /// The rows that are not there yet.
    pub(crate) fn fresh(&mut self, rows: Vec<NamedRow>) -> Vec<NamedRow> {
        rows.into_iter()
            .filter(|row| {
                let content = key::content(row);
                self.waiting.extend(content.to_le_bytes());
                self.now.count(content) > self.before.of(content)
            })
            .collect()
    }

    /// Makes the keys last, before the rows are.
    pub(crate) fn commit(&mut self, state: &mut State) -> Result<(), Failure> {
        self.file.write(&self.waiting)?;
        self.waiting.clear();
        state.marks.keys = self.file.sync()?;
        Ok(())
    }

    /// The new run's keys are committed: the old ones may go.
    pub(crate) fn committed(&mut self) {
        if let Some(old) = self.old.take() {
            _ = fs::remove_file(old);
        }
    }
}

/// The keys of what is there after a run: each row as often as it came before, or in the run, whichever is more.
fn together(before: &[u8], run: &[u8]) -> Vec<u8> {
    let (known, mut came) = (counted(before), Occurrences::default());
    let mut all = before.to_vec();
    for key in run.chunks_exact(WIDTH) {
        let content = u128::from_le_bytes(key.try_into().unwrap_or_default());
        if came.count(content) > known.of(content) {
            all.extend_from_slice(key);
        }
    }
    all
}

fn counted(bytes: &[u8]) -> Occurrences {
    let mut occurrences = Occurrences::default();
    for key in bytes.chunks_exact(WIDTH) {
        occurrences.count(u128::from_le_bytes(key.try_into().unwrap_or_default()));
    }
    occurrences
}
