//! JSONL and CSV: files of lines. A pull of all rows is written beside and takes the old file's place when it is whole; a pull of what is new grows the file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scrm_core::NamedRow;

use super::{Done, Setup, Sink, Stored, There, files};
use crate::{
    columns::{self, Cell, FlatColumn, RowOf},
    failure::Failure,
    language::{Both, Language, both},
    pull::{rejects::Rejects, state::State},
};

/// How a row becomes a line.
pub(crate) enum Format {
    /// The row's own JSON, nested as it is.
    Json,
    /// Cells under headings.
    Csv(Headings),
}

/// What stands in a CSV's first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Headings {
    Names,
    English,
    Chinese,
}

/// A file of lines.
pub(crate) struct Lines {
    path: PathBuf,
    state_path: PathBuf,
    columns: Vec<FlatColumn>,
    format: Format,
    file: Option<files::Growing>,
    adds: bool,
    buffer: Vec<u8>,
    _lock: files::Lock,
}

impl Lines {
    pub(crate) fn open(path: &Path, setup: Setup, format: Format) -> Result<Self, Failure> {
        let lock = files::Lock::of(path)?;
        let state_path = setup.state_path.unwrap_or_else(|| files::beside(path, ".scrm-state.json"));
        Ok(Lines {
            path: path.to_owned(),
            state_path,
            columns: setup.columns,
            format,
            file: None,
            adds: false,
            buffer: Vec::new(),
            _lock: lock,
        })
    }

    /// Where the lines of this run go.
    fn working(&self) -> PathBuf {
        if self.adds { self.path.clone() } else { files::beside(&self.path, ".part") }
    }

    fn heading(&self) -> Option<Vec<u8>> {
        let Format::Csv(headings) = self.format else { return None };
        let names = match headings {
            Headings::Names => self.columns.iter().map(|column| column.name.clone()).collect(),
            Headings::English => columns::headings(&self.columns, Language::English),
            Headings::Chinese => columns::headings(&self.columns, Language::Chinese),
        };
        // a spreadsheet takes the file for another encoding without it
        let mark = if headings == Headings::Names { "" } else { "\u{feff}" };
        let mut line = mark.as_bytes().to_vec();
        line.extend(csv_line(names.iter()));
        Some(line)
    }
}

impl Sink for Lines {
    fn load(&mut self) -> Result<Option<State>, Failure> {
        let Some(mut state) = super::read_state(&self.state_path)? else { return Ok(None) };
        if state.marks.publishing {
            let fresh = files::beside(&self.path, ".part");
            if fresh.exists() {
                files::publish(&fresh, &self.path)?;
            }
            state.marks.publishing = false;
            files::replace(&self.state_path, state.text().as_bytes())?;
        }
        Ok(Some(state))
    }

    fn check(&mut self, state: &State, adds: bool) -> Result<(), Failure> {
        let grows = adds && self.path.exists();
        let names = self.columns.iter().map(|column| &column.name);
        if grows && matches!(self.format, Format::Csv(_)) && !state.columns.is_empty() && !state.columns.iter().eq(names) {
            return Err(files::other_columns(&self.path));
        }
        if grows {
            let length = fs::metadata(&self.path).map_err(|error| files::broken(&self.path, &error))?.len();
            if length != state.marks.rows || files::tail(&self.path, length) != state.marks.tail {
                let (shown, state) = (self.path.display(), self.state_path.display());
                return Err(Failure::wrong_use(both!(
                    "{shown} is not as this program left it; move it and {state} away, and the pull begins anew",
                    "{shown} 被改动过；把它和 {state} 移走，就会重新取数"
                )));
            }
        }
        Ok(())
    }

    fn begin(&mut self, state: &mut State, adds: bool) -> Result<(), Failure> {
        self.adds = adds;
        if !(adds && self.path.exists()) {
            (state.marks.rows, state.marks.tail) = (0, String::new());
        }
        state.columns = self.columns.iter().map(|column| column.name.clone()).collect();
        self.file = Some(files::Growing::open(&self.working(), state.marks.rows, files::Secrecy::Usual)?);
        Ok(())
    }

    fn resume(&mut self, state: &State) -> Result<(), Failure> {
        self.adds = state.run.as_ref().is_some_and(|run| run.adds);
        let working = self.working();
        if state.marks.rows > 0 && files::tail(&working, state.marks.rows) != state.marks.tail {
            let (shown, state) = (working.display(), self.state_path.display());
            return Err(Failure::wrong_use(both!(
                "{shown} is not as this program left it; move it and {state} away, and the pull begins anew",
                "{shown} 被改动过；把它和 {state} 移走，就会重新取数"
            )));
        }
        self.file = Some(files::Growing::open(&working, state.marks.rows, files::Secrecy::Usual)?);
        Ok(())
    }

    fn append(&mut self, rows: &[NamedRow], _: i64, _: &mut Rejects) -> Result<Stored, Failure> {
        for row in rows {
            match self.format {
                Format::Json => {
                    serde_json::to_writer(&mut self.buffer, row)
                        .map_err(|error| Failure::failed(both!("a row cannot be written: {error}", "有一行无法写出：{error}")))?;
                    self.buffer.push(b'\n');
                }
                Format::Csv(headings) => {
                    let row = RowOf::new(row);
                    let cells = self.columns.iter().map(|column| column.cell(&row));
                    let texts = cells.map(|cell| if headings == Headings::Names { cell.into_text() } else { harmless(cell) });
                    self.buffer.extend(csv_line(texts));
                }
            }
        }
        Ok(Stored { rows: rows.len() as u64, known: 0 })
    }

    fn commit(&mut self, state: &mut State) -> Result<(), Failure> {
        let heading = if state.marks.rows == 0 { self.heading() } else { None };
        let working = self.working();
        let Some(file) = &mut self.file else { return Ok(()) };
        if let Some(heading) = heading {
            file.write(&heading)?;
        }
        file.write(&self.buffer)?;
        self.buffer.clear();
        state.marks.rows = file.sync()?;
        state.marks.tail = files::tail(&working, state.marks.rows);
        files::replace(&self.state_path, state.text().as_bytes())
    }

    fn finish(&mut self, state: &mut State, _: bool, _: bool) -> Result<Done, Failure> {
        self.commit(state)?;
        self.file = None;
        if !self.adds {
            state.marks.publishing = true;
            files::replace(&self.state_path, state.text().as_bytes())?;
            files::publish(&self.working(), &self.path)?;
            state.marks.publishing = false;
            files::replace(&self.state_path, state.text().as_bytes())?;
        }
        Ok(Done::default())
    }

    fn keeps_versions(&self) -> bool {
        true
    }

    fn there(&mut self) -> Result<There, Failure> {
        let there = self.path.try_exists().map_err(|error| files::broken(&self.path, &error))?;
        Ok(if there { There::Rows } else { There::Nothing })
    }

    fn forget(&self) -> Both {
        super::forget_file(&self.state_path)
    }
}

/// A text that a spreadsheet would take for a formula stands behind an apostrophe: whoever chose a nickname chose it.
fn harmless(cell: Cell<'_>) -> String {
    let is_text = matches!(cell, Cell::Text(_) | Cell::Unreadable(_));
    let text = cell.into_text();
    if is_text && text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

fn csv_line<T: AsRef<[u8]>>(cells: impl Iterator<Item = T>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    // into memory
    _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_formula_and_a_number_stays_one() {
        assert_eq!(harmless(Cell::Text("=1+1".into())), "'=1+1");
        assert_eq!(harmless(Cell::Text("王小明".into())), "王小明");
        assert_eq!(harmless(Cell::Integer(-5)), "-5");
    }
}
