//! What could not be understood or stored, with its reason: one JSON object a line, committed with the rows.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use scrm_core::{RejectSink, Rejected, RejectedPage};
use serde_json::{Value, json};

use super::state::{Counts, State};
use crate::{failure::Failure, sink::files};

/// The file of rejects.
pub(crate) struct Rejects {
    path: PathBuf,
    file: Option<files::Growing>,
    waiting: Vec<u8>,
    pub(crate) unreadable: u64,
    from_pages: FromPages,
}

/// What the client hands over while pages are fetched.
#[derive(Clone, Default)]
pub(crate) struct FromPages(Arc<Mutex<(Vec<Value>, u64)>>);

impl RejectSink for FromPages {
    fn reject(&self, rejected: &Rejected<'_>) {
        let row = rejected.row;
        let line = json!({ "operation": rejected.operation, "page": rejected.page, "row": row.row, "path": row.path, "reason": row.reason, "raw": raw(&row.raw) });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.push(line);
    }

    fn reject_page(&self, rejected: &RejectedPage<'_>) {
        let text = String::from_utf8_lossy(rejected.raw);
        let line =
            json!({ "operation": rejected.operation, "page": rejected.page, "reason": rejected.error.to_string(), "raw": raw(&text) });
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.0.push(line);
        waiting.1 += 1;
    }
}

/// As JSON where it is some.
fn raw(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

impl Rejects {
    pub(crate) fn new(path: PathBuf) -> Self {
        Rejects { path, file: None, waiting: Vec::new(), unreadable: 0, from_pages: FromPages::default() }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// What the client is to be given.
    pub(crate) fn sink(&self) -> Arc<dyn RejectSink> {
        Arc::new(self.from_pages.clone())
    }

    /// Goes on behind the mark. A file that was moved away begins anew.
    pub(crate) fn begin(&mut self, state: &mut State, is_new: bool) -> Result<(), Failure> {
        if is_new && !state.run.as_ref().is_some_and(|run| run.adds) || !self.path.exists() {
            state.marks.rejects = 0;
            if self.path.exists() {
                std::fs::remove_file(&self.path).map_err(|error| files::broken(&self.path, &error))?;
            }
            return Ok(());
        }
        self.file = Some(files::Growing::open(&self.path, state.marks.rejects, files::Secrecy::Private)?);
        Ok(())
    }

    /// A value that its column cannot hold; the row is stored without it.
    pub(crate) fn value(&mut self, column: &str, value: &str, key: Option<&str>) {
        self.unreadable += 1;
        self.line(&json!({ "column": column, "id": key, "reason": "no value of the column's kind", "raw": value }));
    }

    fn line(&mut self, line: &Value) {
        self.waiting.extend(line.to_string().as_bytes());
        self.waiting.push(b'\n');
    }

    /// Makes them last, before the rows are.
    pub(crate) fn commit(&mut self, state: &mut State, counts: &mut Counts) -> Result<(), Failure> {
        let (lines, pages) = std::mem::take(&mut *self.from_pages.0.lock().unwrap_or_else(PoisonError::into_inner));
        counts.bad_rows += lines.len() as u64 - pages;
        counts.skipped_pages += pages;
        counts.unreadable += std::mem::take(&mut self.unreadable);
        for line in &lines {
            self.line(line);
        }
        if self.waiting.is_empty() {
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(files::Growing::open(&self.path, 0, files::Secrecy::Private)?);
        }
        if let Some(file) = &mut self.file {
            file.write(&self.waiting)?;
            self.waiting.clear();
            state.marks.rejects = file.sync()?;
        }
        Ok(())
    }
}
