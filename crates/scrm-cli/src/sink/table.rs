//! What tables in databases have in common: a key for each row, and two columns of our own.

use scrm_core::NamedRow;

use super::{Setup, key};
use crate::columns::{Cell, FlatColumn, RowOf};

/// The row's id; where it has none, a hash of all of it and how often it came in this run.
pub(super) const KEY: &str = "_scrm_key";
/// The run that brought the row, or found it again.
pub(super) const RUN: &str = "_scrm_run";
/// The table of states.
pub(super) const STATES: &str = "_scrm_state";

/// A table's columns and how its rows are told apart.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) title: &'static str,
    pub(super) columns: Vec<FlatColumn>,
    id: Option<usize>,
    pub(super) came: key::Occurrences,
}

impl Table {
    pub(super) fn new(setup: Setup) -> Self {
        let id = setup.id.and_then(|id| setup.columns.iter().position(|column| column.name == id));
        Table { name: setup.table, title: setup.title, columns: setup.columns, id, came: key::Occurrences::default() }
    }

    /// What tells a row from all others of the table.
    pub(super) fn key(&mut self, row: &NamedRow, cells: &RowOf<'_>) -> String {
        let id = self.id.and_then(|id| self.columns.get(id)).map(|column| column.cell(cells));
        match id {
            Some(Cell::Text(id)) if !id.is_empty() => id.into_owned(),
            Some(Cell::Integer(id)) => id.to_string(),
            _ => {
                let content = key::content(row);
                let times = self.came.count(content);
                format!("#{content:032x}-{times}")
            }
        }
    }

    /// Takes over the keys of a run under way: rows without an id are counted on.
    pub(super) fn came_before(&mut self, key: &str) {
        let content =
            key.strip_prefix('#').and_then(|key| key.split_once('-')).and_then(|(content, _)| u128::from_str_radix(content, 16).ok());
        if let Some(content) = content {
            self.came.count(content);
        }
    }
}

/// A name in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
