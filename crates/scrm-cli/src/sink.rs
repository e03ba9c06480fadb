//! Where rows go. A sink commits rows together with the pull's state, so that a program that is killed at any time goes on without a gap and without a double.

pub(crate) mod files;
pub(crate) mod key;
pub(crate) mod lines;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod table;

use std::path::{Path, PathBuf};

use scrm_core::NamedRow;

use self::lines::{Format, Headings, Lines};
use crate::{
    columns::FlatColumn,
    failure::Failure,
    language::{Both, both},
    pull::{rejects::Rejects, state::State},
};

/// What stands where the rows belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum There {
    /// No file, no table.
    Nothing,
    /// A table without rows.
    Empty,
    /// A file, or a table with rows.
    Rows,
}

/// What became of rows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stored {
    /// Stored.
    pub(crate) rows: u64,
    /// There already.
    pub(crate) known: u64,
}

/// What the end of a run did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Done {
    /// Rows of earlier runs that the list no longer holds, taken out.
    pub(crate) removed: u64,
}

/// A place for rows. In this order: `load`, `check` and `begin` or else `resume`, any number of `append` and `commit`, `finish`. Before `begin` nothing is made.
pub(crate) trait Sink {
    /// What was committed last; puts right what was half done.
    fn load(&mut self) -> Result<Option<State>, Failure>;
    /// Whether a new run can begin here; `adds`: to what is there. Changes nothing.
    fn check(&mut self, state: &State, adds: bool) -> Result<(), Failure>;
    /// A new run, once there is something to store.
    fn begin(&mut self, state: &mut State, adds: bool) -> Result<(), Failure>;
    /// Goes on with the run that the state tells.
    fn resume(&mut self, state: &State) -> Result<(), Failure>;
    /// Takes rows of the run of this number; nothing lasts before the next commit.
    fn append(&mut self, rows: &[NamedRow], run: i64, rejects: &mut Rejects) -> Result<Stored, Failure>;
    /// Makes rows and state last, both or none.
    fn commit(&mut self, state: &mut State) -> Result<(), Failure>;
    /// Ends a run, which the state no longer tells; `adds`: to what was there, `complete`: all rows came, so that others may go.
    fn finish(&mut self, state: &mut State, adds: bool, complete: bool) -> Result<Done, Failure>;
    /// Whether a row that changed is stored beside what it was, so that the pull must leave out what was there already.
    fn keeps_versions(&self) -> bool;
    /// What stands where the rows belong.
    fn there(&mut self) -> Result<There, Failure>;
    /// What makes the state forgotten, for people: it ends a sentence that begins with "to begin anew".
    fn forget(&self) -> Both;
}

/// What a sink must know.
pub(crate) struct Setup {
    pub(crate) columns: Vec<FlatColumn>,
    /// Column of the row's id, if there is one.
    pub(crate) id: Option<String>,
    /// Name of the table.
    pub(crate) table: String,
    /// The operation's title in Chinese.
    pub(crate) title: &'static str,
    pub(crate) headings: Headings,
    pub(crate) state_path: Option<PathBuf>,
}

/// A place by what `--to` says.
pub(crate) enum Target {
    Lines(PathBuf, bool),
    Parquet(PathBuf),
    Sqlite(PathBuf),
    Postgres(String),
}

impl Target {
    pub(crate) fn of(to: &str) -> Result<Target, Failure> {
        if to.starts_with("postgres://") || to.starts_with("postgresql://") {
            #[cfg(feature = "postgres")]
            postgres::config(to)?;
            return Target::Postgres(to.to_owned()).built();
        }
        let path = PathBuf::from(to);
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        match ending.as_str() {
            "jsonl" | "ndjson" => Ok(Target::Lines(path, false)),
            "csv" => Ok(Target::Lines(path, true)),
            "parquet" => Target::Parquet(path).built(),
            "db" | "sqlite" | "sqlite3" => Target::Sqlite(path).built(),
            _ => Err(Failure::wrong_use(both!(
                "--to {to:?}: a file that ends in .jsonl, .csv, .parquet or .db is wanted, or postgres://user@host/database",
                "--to {to:?}：应为以 .jsonl、.csv、.parquet 或 .db 结尾的文件，或者 postgres://用户@主机/数据库"
            ))),
        }
    }

    /// Refuses a place of a kind that this program was built without.
    fn built(self) -> Result<Target, Failure> {
        let built = match self {
            Target::Lines(..) => true,
            Target::Parquet(_) => cfg!(feature = "parquet"),
            Target::Sqlite(_) => cfg!(feature = "sqlite"),
            Target::Postgres(_) => cfg!(feature = "postgres"),
        };
        if built { Ok(self) } else { Err(not_built()) }
    }

    pub(crate) fn is_csv(&self) -> bool {
        matches!(self, Target::Lines(_, true))
    }

    pub(crate) fn is_database(&self) -> bool {
        matches!(self, Target::Sqlite(_) | Target::Postgres(_))
    }

    /// The path that other files of the pull stand beside.
    pub(crate) fn base(&self, table: &str) -> PathBuf {
        match self {
            Target::Lines(path, _) | Target::Parquet(path) => path.clone(),
            Target::Sqlite(path) => files::beside(path, &format!(".{table}")),
            Target::Postgres(_) => PathBuf::from(format!("{table}.postgres")),
        }
    }

    /// Opens the place.
    pub(crate) fn open(&self, setup: Setup) -> Result<Box<dyn Sink>, Failure> {
        match self {
            Target::Lines(path, csv) => {
                let format = if *csv { Format::Csv(setup.headings) } else { Format::Json };
                Ok(Box::new(Lines::open(path, setup, format)?))
            }
            #[cfg(feature = "parquet")]
            Target::Parquet(path) => Ok(Box::new(parquet::Parquet::open(path, setup)?)),
            #[cfg(feature = "sqlite")]
            Target::Sqlite(path) => Ok(Box::new(sqlite::Sqlite::open(path, setup)?)),
            #[cfg(feature = "postgres")]
            Target::Postgres(url) => Ok(Box::new(postgres::Postgres::open(url, setup)?)),
            #[allow(unreachable_patterns)]
            _ => Err(not_built()),
        }
    }
}

fn not_built() -> Failure {
    Failure::wrong_use(both!("this program was built without that kind of target", "这个程序编译时没有包含这种目标"))
}

/// What makes a state in a file forgotten.
fn forget_file(state: &Path) -> Both {
    let state = state.display();
    both!("remove {state}", "删除 {state}")
}

/// What makes a state in a database forgotten.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
fn forget_row(name: &str) -> Both {
    let (states, name) = (table::STATES, name.replace('\'', "''"));
    both!("run DELETE FROM {states} WHERE \"table\" = '{name}' there", "在其中执行 DELETE FROM {states} WHERE \"table\" = '{name}'")
}

/// The state in a file, if there is one.
fn read_state(path: &Path) -> Result<Option<State>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => State::read(&text, &path.display().to_string()).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(files::broken(path, &error)),
    }
}
