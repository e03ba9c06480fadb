//! What is remembered of a pull, committed together with its rows.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{failure::Failure, language::both};

/// The version of what is written.
const VERSION: u32 = 1;

/// What is remembered of one pull into one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    version: u32,
    /// `xiaoe/user_list_v2`
    pub(crate) pull: String,
    /// Hash of the account and of the filters, without those of time.
    pub(crate) filter: String,
    /// The columns, as they were stored last.
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    /// Runs that were begun.
    #[serde(default)]
    pub(crate) runs: i64,
    /// The run that is not at its end.
    #[serde(default)]
    pub(crate) run: Option<Run>,
    /// Up to here (RFC 3339) all rows were committed, by the filter of time `by`.
    #[serde(default)]
    pub(crate) mark: Option<String>,
    #[serde(default)]
    pub(crate) by: Option<(String, String)>,
    /// Whether there were rows when a run was last at its end.
    #[serde(default)]
    pub(crate) holds: bool,
    /// How far the files beside are committed.
    #[serde(default)]
    pub(crate) marks: Marks,
    /// The report of the last run that came to its end.
    #[serde(default)]
    pub(crate) last: Option<Value>,
}

/// A run under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) number: i64,
    /// Whether it adds to what is there, or takes its place.
    pub(crate) adds: bool,
    /// The ends of the filter of time, as they are sent.
    #[serde(default)]
    pub(crate) start: Option<String>,
    #[serde(default)]
    pub(crate) end: Option<String>,
    /// What the mark becomes.
    #[serde(default)]
    pub(crate) until: Option<String>,
    /// Where the pull stands; none: at its beginning.
    #[serde(default)]
    pub(crate) resume: Option<String>,
    pub(crate) counts: Counts,
}

/// What came so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Rows that were stored.
    pub(crate) rows: u64,
    /// Rows that were there already.
    pub(crate) known: u64,
    /// Rows that could not be understood.
    pub(crate) bad_rows: u64,
    /// Values that could not be stored in their column.
    pub(crate) unreadable: u64,
    /// Pages that could not be understood.
    pub(crate) skipped_pages: u64,
    /// Rows that the vendor counts and that did not come, and contradictions.
    pub(crate) missing: u64,
    pub(crate) problems: u64,
    /// Rows with an id that another row has; a table keeps the last one of each id.
    #[serde(default)]
    pub(crate) shared_ids: u64,
}

/// How far files are committed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Marks {
    /// Bytes of the file of rows.
    #[serde(default)]
    pub(crate) rows: u64,
    /// Hash of the last bytes in front of that mark.
    #[serde(default)]
    pub(crate) tail: String,
    /// Finished parts of a Parquet file.
    #[serde(default)]
    pub(crate) parts: u64,
    /// Bytes of the rejects.
    #[serde(default)]
    pub(crate) rejects: u64,
    /// Bytes of the keys of rows, and where the keys of this run begin.
    #[serde(default)]
    pub(crate) keys: u64,
    #[serde(default)]
    pub(crate) keys_of_run: u64,
    /// The run whose file the keys stand in.
    #[serde(default)]
    pub(crate) keys_file: i64,
    /// The new file is whole and takes the old one's place.
    #[serde(default)]
    pub(crate) publishing: bool,
}

impl State {
    pub(crate) fn new(pull: String, filter: String) -> Self {
        State {
            version: VERSION,
            pull,
            filter,
            columns: Vec::new(),
            runs: 0,
            run: None,
            mark: None,
            by: None,
            holds: false,
            marks: Marks::default(),
            last: None,
        }
    }

    /// Reads what was written; `place`: where it stood, for people.
    pub(crate) fn read(text: &str, place: &str) -> Result<State, Failure> {
        let state: State = serde_json::from_str(text).map_err(|error| {
            Failure::wrong_use(both!(
                "{place} is no state of a pull ({error}); it was changed or damaged. Move it and the rows it speaks of away, and the pull begins anew",
                "{place} 不是取数的状态（{error}），可能被改动或损坏。把它连同所记录的数据移走，就会重新取数"
            ))
        })?;
        if state.version == VERSION {
            return Ok(state);
        }
        let version = state.version;
        Err(Failure::wrong_use(both!(
            "{place} was written by another version of scrm ({version}); move it and the rows it speaks of away, and the pull begins anew",
            "{place} 是另一个版本的 scrm 写的（{version}）；把它连同所记录的数据移走，就会重新取数"
        )))
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written_and_nothing_else_is() {
        let mut state = State::new("acme/user_list".to_owned(), "f".to_owned());
        state.run = Some(Run { number: 3, resume: Some("pull3".to_owned()), ..Run::default() });
        assert_eq!(State::read(&state.text(), "state").unwrap(), state);
        for text in ["", "{}", "[]", &state.text().replace("\"version\":1", "\"version\":2"), &state.text()[..40]] {
            assert!(State::read(text, "state").unwrap_err().text(crate::language::Language::English).contains("begins anew"), "{text}");
        }
    }
}
