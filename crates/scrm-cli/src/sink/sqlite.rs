//! SQLite: rows and state in one transaction.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params_from_iter, types::Value};
use scrm_core::NamedRow;

use super::{
    Done, Setup, Sink, Stored, There, files,
    table::{KEY, RUN, STATES, Table, quoted},
};
use crate::{
    columns::{Cell, FlatColumn, Kind, RowOf},
    failure::Failure,
    language::{Both, both},
    pull::{rejects::Rejects, state::State},
};

/// A table in a file of SQLite's.
pub(crate) struct Sqlite {
    path: PathBuf,
    /// There was no file before, and nothing was written yet.
    is_new: bool,
    connection: Connection,
    table: Table,
    insert: String,
    _lock: files::Lock,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, setup: Setup) -> Result<Self, Failure> {
        // tables of one file can be filled one after the other only
        let lock = files::Lock::of(path)?;
        let failed = |error: rusqlite::Error| broken(path, &error);
        let is_new = !path.exists();
        let connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(std::time::Duration::from_secs(30)).map_err(failed)?;
        let table = Table::new(setup);
        let names = table.columns.iter().map(|column| column.name.as_str()).chain([KEY, RUN]);
        let names: Vec<String> = names.map(quoted).collect();
        let places = vec!["?"; names.len()].join(", ");
        let insert = format!("INSERT OR REPLACE INTO {} ({}) VALUES ({places})", quoted(&table.name), names.join(", "));
        Ok(Sqlite { path: path.to_owned(), is_new, connection, table, insert, _lock: lock })
    }

    fn failed(&self, error: &rusqlite::Error) -> Failure {
        broken(&self.path, error)
    }

    fn execute(&self, sql: &str) -> Result<(), Failure> {
        self.connection.execute_batch(sql).map_err(|error| self.failed(&error))
    }

    /// What makes the table, or gives one of an earlier version the columns that it lacks.
    fn missing(&self) -> Result<String, Failure> {
        let name = quoted(&self.table.name);
        let columns = |name: &str| -> rusqlite::Result<Vec<String>> {
            let mut statement = self.connection.prepare("SELECT name FROM pragma_table_info(?)")?;
            statement.query_map([name], |row| row.get(0))?.collect()
        };
        let there = columns(&self.table.name).map_err(|error| self.failed(&error))?;
        let declared = |column: &FlatColumn| format!("{} {}", quoted(&column.name), declared(column.kind));
        if there.is_empty() {
            let list: Vec<String> = self.table.columns.iter().map(declared).collect();
            let comma = if list.is_empty() { "" } else { ", " };
            return Ok(format!("CREATE TABLE {name} ({}{comma}{KEY} TEXT PRIMARY KEY, {RUN} INTEGER NOT NULL);", list.join(", ")));
        }
        if !there.iter().any(|column| column == KEY) {
            let (path, table) = (self.path.display(), &self.table.name);
            return Err(Failure::wrong_use(both!(
                "{path} has a table {table} that this program did not make; name another with --table",
                "{path} 里的表 {table} 不是这个程序建的；请用 --table 换一个"
            )));
        }
        let missing = self.table.columns.iter().filter(|column| !there.iter().any(|name| name.eq_ignore_ascii_case(&column.name)));
        Ok(missing.map(|column| format!("ALTER TABLE {name} ADD COLUMN {};", declared(column))).collect())
    }

    fn make(&self) -> Result<(), Failure> {
        self.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        self.execute(&format!("CREATE TABLE IF NOT EXISTS {STATES} (\"table\" TEXT PRIMARY KEY, state TEXT NOT NULL)"))?;
        self.execute(&self.missing()?)
    }

    fn write_state(&self, state: &State) -> Result<(), Failure> {
        let sql = format!("INSERT OR REPLACE INTO {STATES} (\"table\", state) VALUES (?, ?)");
        self.connection.execute(&sql, [&self.table.name, &state.text()]).map(drop).map_err(|error| self.failed(&error))
    }

    fn transaction(&self) -> Result<(), Failure> {
        if self.connection.is_autocommit() { self.execute("BEGIN IMMEDIATE") } else { Ok(()) }
    }
}

impl Sink for Sqlite {
    fn load(&mut self) -> Result<Option<State>, Failure> {
        let there = self.connection.table_exists(None, STATES).map_err(|error| self.failed(&error))?;
        if !there {
            return Ok(None);
        }
        let sql = format!("SELECT state FROM {STATES} WHERE \"table\" = ?");
        let text: Option<String> =
            self.connection.query_row(&sql, [&self.table.name], |row| row.get(0)).optional().map_err(|error| self.failed(&error))?;
        text.map(|text| State::read(&text, &format!("the table {STATES} of {}", self.path.display()))).transpose()
    }

    fn check(&mut self, _: &State, _: bool) -> Result<(), Failure> {
        self.missing().map(drop)
    }

    fn begin(&mut self, _: &mut State, _: bool) -> Result<(), Failure> {
        self.is_new = false;
        self.make()
    }

    fn resume(&mut self, state: &State) -> Result<(), Failure> {
        self.is_new = false;
        self.make()?;
        let run = state.run.as_ref().map_or(0, |run| run.number);
        let sql = format!("SELECT {KEY} FROM {} WHERE {RUN} = ? AND {KEY} LIKE '#%'", quoted(&self.table.name));
        let keys = || -> rusqlite::Result<Vec<String>> { self.connection.prepare(&sql)?.query_map([run], |row| row.get(0))?.collect() };
        for key in keys().map_err(|error| self.failed(&error))? {
            self.table.came_before(&key);
        }
        Ok(())
    }

    fn append(&mut self, rows: &[NamedRow], run: i64, rejects: &mut Rejects) -> Result<Stored, Failure> {
        self.transaction()?;
        let Sqlite { path, connection, table, insert, .. } = self;
        let mut statement = connection.prepare(insert).map_err(|error| broken(path, &error))?;
        let mut stored = Stored::default();
        for row in rows {
            let cells = RowOf::new(row);
            let key = table.key(row, &cells);
            let mut values: Vec<Value> = Vec::with_capacity(table.columns.len() + 2);
            for column in &table.columns {
                values.push(value(column, column.cell(&cells), &key, rejects));
            }
            values.extend([Value::Text(key), Value::Integer(run)]);
            statement.execute(params_from_iter(values)).map_err(|error| broken(path, &error))?;
            stored.rows += 1;
        }
        Ok(stored)
    }

    fn commit(&mut self, state: &mut State) -> Result<(), Failure> {
        self.transaction()?;
        self.write_state(state)?;
        self.execute("COMMIT")
    }

    fn finish(&mut self, state: &mut State, adds: bool, complete: bool) -> Result<Done, Failure> {
        self.transaction()?;
        let mut done = Done::default();
        if complete && !adds {
            let sql = format!("DELETE FROM {} WHERE {RUN} < ?", quoted(&self.table.name));
            done.removed = self.connection.execute(&sql, [state.runs]).map_err(|error| self.failed(&error))? as u64;
        }
        self.write_state(state)?;
        self.execute("COMMIT")?;
        Ok(done)
    }

    fn keeps_versions(&self) -> bool {
        false
    }

    fn there(&mut self) -> Result<There, Failure> {
        let there = self.connection.table_exists(None, self.table.name.as_str()).map_err(|error| self.failed(&error))?;
        if !there {
            return Ok(There::Nothing);
        }
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", quoted(&self.table.name));
        let filled = self.connection.query_row(&sql, [], |row| row.get(0)).map_err(|error| self.failed(&error))?;
        Ok(if filled { There::Rows } else { There::Empty })
    }

    fn forget(&self) -> Both {
        super::forget_row(&self.table.name)
    }
}

/// A file into which nothing was written goes.
impl Drop for Sqlite {
    fn drop(&mut self) {
        if self.is_new && std::fs::metadata(&self.path).is_ok_and(|file| file.len() == 0) {
            _ = std::fs::remove_file(&self.path);
        }
    }
}

fn declared(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer | Kind::Boolean => "INTEGER",
        Kind::Number => "REAL",
        // exact: SQLite's numbers are floats
        Kind::Decimal | Kind::Text | Kind::Moment(_) | Kind::Day | Kind::Json => "TEXT",
    }
}

fn value(column: &FlatColumn, cell: Cell<'_>, key: &str, rejects: &mut Rejects) -> Value {
    match cell {
        Cell::Nothing => Value::Null,
        Cell::Text(text) => Value::Text(text.into_owned()),
        Cell::Json(text) => Value::Text(text),
        Cell::Integer(value) => Value::Integer(value),
        Cell::Number(value) => Value::Real(value),
        Cell::Boolean(value) => Value::Integer(value.into()),
        Cell::Decimal(value) => Value::Text(value.to_string()),
        Cell::Moment(value) => Value::Text(value.to_string()),
        Cell::Day(value) => Value::Text(value.to_string()),
        Cell::Unreadable(text) => {
            rejects.value(&column.name, &text, Some(key));
            Value::Null
        }
    }
}

fn broken(path: &Path, error: &rusqlite::Error) -> Failure {
    let shown = path.display();
    let (advice, told) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (
            "make room and run the same command again: nothing that was committed is lost",
            "磁盘已满：腾出空间后重新运行同一命令，已提交的不会丢失",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ("another program writes to it: run the same command again when it is done", "另一个程序正在写入它：等它结束后重新运行同一命令")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            ("the program may not write there", "程序没有那里的写权限")
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            ("it is no file of SQLite's, or damaged", "它不是 SQLite 的文件，或已损坏")
        }
        _ => files::STANDS,
    };
    let told = both!("{shown}: {error}; {advice}", "{shown}：{told}（{error}）");
    match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::NotADatabase) => Failure::wrong_use(told),
        _ => Failure::failed(told),
    }
}
