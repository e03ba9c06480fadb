//! PostgreSQL: rows are copied into a staging table and taken over by key, in one transaction with the state.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use postgres::{Client, Config, NoTls, config::SslMode, types::ToSql};
use rustls_platform_verifier::BuilderVerifierExt as _;
use scrm_core::NamedRow;

use super::{
    Done, Setup, Sink, Stored, There, files,
    table::{KEY, RUN, STATES, Table, quoted},
};
use crate::{
    columns::{Cell, FlatColumn, Kind, RowOf},
    failure::Failure,
    language::{Both, both},
    profile,
    pull::{rejects::Rejects, state::State},
};

/// Where the rows of a batch wait.
const STAGE: &str = "_scrm_stage";
/// How long another pull may take to go.
const PATIENCE: Duration = Duration::from_secs(5);

/// A table in a database.
pub(crate) struct Postgres {
    client: Client,
    /// Host and database, for people.
    place: String,
    table: Table,
    batch: Vec<u8>,
    rows: u64,
}

impl Postgres {
    pub(crate) fn open(url: &str, setup: Setup) -> Result<Self, Failure> {
        let mut config = config(url)?;
        if config.get_password().is_none()
            && let Some(password) = password(&config)?
        {
            config.password(password);
        }
        config.application_name("scrm");
        let place = place(&config);
        let client = connect(&config, &place)?;
        let mut sink = Postgres { client, place, table: Table::new(setup), batch: Vec::new(), rows: 0 };
        sink.lock()?;
        Ok(sink)
    }

    fn failed(&self, error: &postgres::Error) -> Failure {
        broken(&self.place, error)
    }

    fn execute(&mut self, sql: &str) -> Result<(), Failure> {
        self.client.batch_execute(sql).map_err(|error| broken(&self.place, &error))
    }

    /// Keeps other pulls into this table out, as long as the connection lives. Of a pull that was killed the server hears when it is done with what that had asked for last.
    fn lock(&mut self) -> Result<(), Failure> {
        let name = format!("scrm {}", self.table.name);
        let began = Instant::now();
        loop {
            let row = self.client.query_one("SELECT pg_try_advisory_lock(hashtext($1))", &[&name]).map_err(|error| self.failed(&error))?;
            if row.try_get(0).map_err(|error| self.failed(&error))? {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                let (place, table) = (&self.place, &self.table.name);
                return Err(Failure::failed(both!(
                    "{place}: another pull into the table {table} is running",
                    "{place}：另一个取数正在写入表 {table}"
                )));
            }
            std::thread::sleep(PATIENCE / 50);
        }
    }

    /// What makes the table with its comments, or gives one of an earlier version the columns that it lacks.
    fn missing(&mut self) -> Result<String, Failure> {
        let name = quoted(&self.table.name);
        let sql = "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped";
        let found = self.client.query(sql, &[&name]).map_err(|error| broken(&self.place, &error))?;
        let there: Vec<(String, String)> = found.iter().filter_map(|row| Some((row.try_get(0).ok()?, row.try_get(1).ok()?))).collect();
        let mut sql = String::new();
        if there.is_empty() {
            let list: Vec<String> = self.table.columns.iter().map(declared).collect();
            let comma = if list.is_empty() { "" } else { ", " };
            sql = format!("CREATE TABLE {name} ({}{comma}{KEY} text PRIMARY KEY, {RUN} bigint NOT NULL);", list.join(", "));
            _ = write!(sql, "COMMENT ON TABLE {name} IS {};", literal(self.table.title));
        } else if !there.iter().any(|(column, _)| column == KEY) {
            let (place, table) = (&self.place, &self.table.name);
            return Err(Failure::wrong_use(both!(
                "{place} has a table {table} that this program did not make; name another with --table",
                "{place} 里的表 {table} 不是这个程序建的；请用 --table 换一个"
            )));
        }
        for column in &self.table.columns {
            match there.iter().find(|(name, _)| *name == column.name) {
                Some((_, ty)) if ty == self::ty(column.kind) => {}
                Some((_, ty)) => {
                    let wanted = self::ty(column.kind);
                    let (place, column, table) = (&self.place, &column.name, &self.table.name);
                    return Err(Failure::wrong_use(both!(
                        "{place}: the column {column} of {table} is {ty}, and {wanted} is wanted: the table was changed. Name another with --table, or change it back",
                        "{place}：表 {table} 的列 {column} 是 {ty}，应为 {wanted}：表被改过。请用 --table 换一个，或改回来"
                    )));
                }
                None if there.is_empty() => {}
                None => _ = write!(sql, "ALTER TABLE {name} ADD COLUMN {};", declared(column)),
            }
            let comment = column.label.zh.trim_end_matches('。');
            if !comment.is_empty() && !there.iter().any(|(name, _)| *name == column.name) {
                _ = write!(sql, "COMMENT ON COLUMN {name}.{} IS {};", quoted(&column.name), literal(comment));
            }
        }
        Ok(sql)
    }

    fn make(&mut self) -> Result<(), Failure> {
        self.execute(&format!("CREATE TABLE IF NOT EXISTS {STATES} (\"table\" text PRIMARY KEY, state text NOT NULL)"))?;
        let missing = self.missing()?;
        self.execute(&missing)
    }

    fn names(&self) -> Vec<String> {
        self.table.columns.iter().map(|column| column.name.as_str()).chain([KEY, RUN]).map(quoted).collect()
    }

    /// Copies the batch, takes it over, and writes the state.
    fn transact(&mut self, state: &State, removing: bool) -> Result<u64, Failure> {
        let (name, names) = (quoted(&self.table.name), self.names());
        let list = names.join(", ");
        let updates: Vec<String> = names.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        let batch = std::mem::take(&mut self.batch);
        let place = &self.place;
        let (table, text) = (&self.table.name, state.text());
        let mut work = || -> Result<u64, postgres::Error> {
            let mut transaction = self.client.transaction()?;
            if !batch.is_empty() {
                transaction.batch_execute(&format!(
                    "CREATE TEMP TABLE {STAGE} ON COMMIT DROP AS SELECT {list}, 0::bigint AS _scrm_order FROM {name} WHERE false"
                ))?;
                let mut writer = transaction.copy_in(&format!("COPY {STAGE} ({list}, _scrm_order) FROM STDIN"))?;
                // an error of the server's comes out at the end
                _ = writer.write_all(&batch);
                writer.finish()?;
                transaction.batch_execute(&format!(
                    "INSERT INTO {name} ({list}) SELECT DISTINCT ON ({KEY}) {list} FROM {STAGE} ORDER BY {KEY}, _scrm_order DESC \
                     ON CONFLICT ({KEY}) DO UPDATE SET {}",
                    updates.join(", ")
                ))?;
            }
            let mut removed = 0;
            if removing {
                removed = transaction.execute(&format!("DELETE FROM {name} WHERE {RUN} < $1"), &[&state.runs])?;
            }
            let sql = format!(
                "INSERT INTO {STATES} (\"table\", state) VALUES ($1, $2) ON CONFLICT (\"table\") DO UPDATE SET state = excluded.state"
            );
            transaction.execute(&sql, &[table, &text])?;
            transaction.commit()?;
            Ok(removed)
        };
        let outcome = work();
        self.rows = 0;
        outcome.map_err(|error| broken(place, &error))
    }
}

impl Sink for Postgres {
    fn load(&mut self) -> Result<Option<State>, Failure> {
        self.execute("SET client_min_messages = warning")?;
        let there = self.client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&STATES]).map_err(|error| broken(&self.place, &error))?;
        if !there.try_get::<_, bool>(0).map_err(|error| self.failed(&error))? {
            return Ok(None);
        }
        let sql = format!("SELECT state FROM {STATES} WHERE \"table\" = $1");
        let row = self.client.query_opt(&sql, &[&self.table.name]).map_err(|error| broken(&self.place, &error))?;
        let Some(row) = row else { return Ok(None) };
        let text: String = row.try_get(0).map_err(|error| self.failed(&error))?;
        State::read(&text, &format!("the table {STATES} of {}", self.place)).map(Some)
    }

    fn check(&mut self, _: &State, _: bool) -> Result<(), Failure> {
        self.missing().map(drop)
    }

    fn begin(&mut self, _: &mut State, _: bool) -> Result<(), Failure> {
        self.make()
    }

    fn resume(&mut self, state: &State) -> Result<(), Failure> {
        self.make()?;
        let run = state.run.as_ref().map_or(0, |run| run.number);
        let sql = format!("SELECT {KEY} FROM {} WHERE {RUN} = $1 AND {KEY} LIKE '#%'", quoted(&self.table.name));
        let rows = self.client.query(&sql, &[&run]).map_err(|error| broken(&self.place, &error))?;
        for key in rows.iter().filter_map(|row| row.try_get::<_, String>(0).ok()) {
            self.table.came_before(&key);
        }
        Ok(())
    }

    fn append(&mut self, rows: &[NamedRow], run: i64, rejects: &mut Rejects) -> Result<Stored, Failure> {
        let mut stored = Stored::default();
        for row in rows {
            let cells = RowOf::new(row);
            let key = self.table.key(row, &cells);
            for column in &self.table.columns {
                push(&mut self.batch, column, column.cell(&cells), &key, rejects);
                self.batch.push(b'\t');
            }
            escape(&mut self.batch, &key);
            self.rows += 1;
            // writing into memory does not fail
            _ = writeln!(self.batch, "\t{run}\t{}", self.rows);
            stored.rows += 1;
        }
        Ok(stored)
    }

    fn commit(&mut self, state: &mut State) -> Result<(), Failure> {
        self.transact(state, false).map(drop)
    }

    fn finish(&mut self, state: &mut State, adds: bool, complete: bool) -> Result<Done, Failure> {
        let removing = complete && !adds;
        self.transact(state, removing).map(|removed| Done { removed })
    }

    fn keeps_versions(&self) -> bool {
        false
    }

    fn there(&mut self) -> Result<There, Failure> {
        let name = quoted(&self.table.name);
        let mut asked =
            |sql: &str, of: &[&(dyn ToSql + Sync)]| -> Result<bool, postgres::Error> { self.client.query_one(sql, of)?.try_get(0) };
        let there = match asked("SELECT to_regclass($1) IS NOT NULL", &[&name]) {
            Ok(true) => {
                asked(&format!("SELECT EXISTS (SELECT 1 FROM {name})"), &[]).map(|filled| if filled { There::Rows } else { There::Empty })
            }
            other => other.map(|_| There::Nothing),
        };
        there.map_err(|error| self.failed(&error))
    }

    fn forget(&self) -> Both {
        super::forget_row(&self.table.name)
    }
}

fn ty(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "bigint",
        Kind::Number => "double precision",
        Kind::Boolean => "boolean",
        Kind::Decimal => "numeric",
        Kind::Moment(_) => "timestamp with time zone",
        Kind::Day => "date",
        Kind::Json => "jsonb",
    }
}

fn declared(column: &FlatColumn) -> String {
    format!("{} {}", quoted(&column.name), ty(column.kind))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// One cell as COPY reads it. One that its column cannot hold must not cost the whole batch.
fn push(out: &mut Vec<u8>, column: &FlatColumn, cell: Cell<'_>, key: &str, rejects: &mut Rejects) {
    match (column.kind, cell) {
        (_, Cell::Nothing) => out.extend(b"\\N"),
        (Kind::Json, Cell::Json(text)) => escape(out, &storable(text)),
        (Kind::Json, Cell::Text(text)) => escape(out, &storable(serde_json::Value::from(&*text).to_string())),
        (Kind::Text, Cell::Text(text)) => escape(out, &text),
        (Kind::Text, cell) => escape(out, &cell.into_text()),
        (Kind::Boolean, Cell::Boolean(value)) => out.push(if value { b't' } else { b'f' }),
        // writing into memory does not fail
        (Kind::Integer | Kind::Number | Kind::Decimal, Cell::Integer(value)) => _ = write!(out, "{value}"),
        (Kind::Number, Cell::Number(value)) => _ = write!(out, "{value}"),
        (Kind::Decimal, Cell::Decimal(value)) => _ = write!(out, "{value}"),
        (Kind::Moment(_), Cell::Moment(value)) => _ = write!(out, "{value}"),
        (Kind::Day, Cell::Day(value)) => _ = write!(out, "{value}"),
        (_, other) => {
            rejects.value(&column.name, &other.into_text(), Some(key));
            out.extend(b"\\N");
        }
    }
}

/// The database holds no character 0.
fn escape(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    // all of these are one byte of UTF-8, and no part of another character
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r' | 0)) {
        let (plain, behind) = rest.split_at(at);
        out.extend_from_slice(plain);
        out.extend_from_slice(match behind.first() {
            Some(b'\\') => b"\\\\",
            Some(b'\t') => b"\\t",
            Some(b'\n') => b"\\n",
            Some(b'\r') => b"\\r",
            _ => "\u{fffd}".as_bytes(),
        });
        rest = behind.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// JSON without a character 0 in its strings, which `jsonb` refuses.
fn storable(text: String) -> String {
    if !text.contains("\\u0000") {
        return text;
    }
    fn without(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *text = text.replace('\0', "\u{fffd}"),
            serde_json::Value::Array(items) => items.iter_mut().for_each(without),
            serde_json::Value::Object(fields) => {
                *fields = std::mem::take(fields)
                    .into_iter()
                    .map(|(name, mut value)| {
                        without(&mut value);
                        (name.replace('\0', "\u{fffd}"), value)
                    })
                    .collect();
            }
            _ => {}
        }
    }
    serde_json::from_str(&text).map_or(text, |mut value| {
        without(&mut value);
        value.to_string()
    })
}

/// What a URL without a password says.
pub(super) fn config(url: &str) -> Result<Config, Failure> {
    if has_password(url) {
        return Err(Failure::wrong_use(both!(
            "--to holds a password, which everybody on this machine can read; leave it out and set PGPASSWORD, or write it into ~/.pgpass",
            "--to 里有密码，本机所有人都能看到；请去掉，改用 PGPASSWORD 或 ~/.pgpass"
        )));
    }
    url.parse().map_err(|error| Failure::wrong_use(both!("--to {url}: {error}", "--to {url}：写得不对（{error}）")))
}

fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    // a password may hold any letter that was not percent-encoded
    let in_user = rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    in_user || rest.contains("password=")
}

/// From `PGPASSWORD`, else from the user's file of passwords.
fn password(config: &Config) -> Result<Option<String>, Failure> {
    if let Ok(password) = std::env::var("PGPASSWORD") {
        return Ok(Some(password));
    }
    let path = std::env::var_os("PGPASSFILE").map(PathBuf::from).or_else(|| Some(profile::folder("HOME", "")?.join(".pgpass")));
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(None) };
    let text = profile::read_private(&path)?;
    let host = config.get_hosts().iter().find_map(|host| match host {
        postgres::config::Host::Tcp(host) => Some(host.clone()),
        #[cfg(unix)]
        postgres::config::Host::Unix(_) => None,
    });
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let user = config.get_user().unwrap_or_default();
    let wanted = [host.as_str(), &port, config.get_dbname().unwrap_or(user), user];
    Ok(text.lines().find_map(|line| password_in(line, wanted)))
}

/// The password of a line `host:port:database:user:password`, where it is about these.
fn password_in(line: &str, wanted: [&str; 4]) -> Option<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.trim_end().chars();
    while let Some(char) = chars.next() {
        match char {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut()?.extend(chars.next()),
            char => fields.last_mut()?.push(char),
        }
    }
    let fits = fields.len() == 5 && fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
    fits.then(|| fields.pop()).flatten()
}

fn place(config: &Config) -> String {
    let ports = config.get_ports();
    // one port is every host's
    let port = |at: usize| ports.get(at).or(ports.first()).copied().unwrap_or(5432);
    let hosts = config.get_hosts().iter().enumerate().map(|(at, host)| match host {
        postgres::config::Host::Tcp(host) => format!("{host}:{}", port(at)),
        #[cfg(unix)]
        postgres::config::Host::Unix(path) => path.display().to_string(),
    });
    let hosts: Vec<String> = hosts.collect();
    format!("PostgreSQL {}/{}", hosts.join(","), config.get_dbname().or(config.get_user()).unwrap_or_default())
}

/// Encrypted where the server can; with `sslmode=require` in the address, or not at all. Its certificate is checked against those of the system.
fn connect(config: &Config, place: &str) -> Result<Client, Failure> {
    let tls = match config.get_ssl_mode() {
        SslMode::Disable => None,
        SslMode::Prefer => tls().ok(),
        _ => Some(
            tls().map_err(|error| Failure::failed(both!("{place}: TLS cannot be set up: {error}", "{place}：无法建立 TLS：{error}")))?,
        ),
    };
    let client = match tls {
        Some(tls) => config.connect(tokio_postgres_rustls::MakeRustlsConnect::new(tls)),
        None => config.connect(NoTls),
    };
    client.map_err(|error| broken(place, &error))
}

fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_platform_verifier()?.with_no_client_auth())
}

fn broken(place: &str, error: &postgres::Error) -> Failure {
    let detail = match error.as_db_error() {
        Some(database) => format!("{} ({})", database.message(), database.code().code()),
        None => {
            let source = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
            format!("{error}{source}")
        }
    };
    let (advice, told) = files::STANDS;
    Failure::failed(both!("{place}: {detail}; {advice}", "{place}：{told}（{detail}）"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_stand_in_a_file_and_never_in_the_address() {
        assert!(has_password("postgres://me:secret@db/warehouse"));
        assert!(has_password("postgres://me:se/cr?t@db/warehouse"));
        assert!(has_password("postgres://me@db/warehouse?password=secret"));
        assert!(!has_password("postgres://me@db:5432/warehouse"));
        let wanted = ["db", "5432", "warehouse", "me"];
        assert_eq!(password_in("db:*:warehouse:me:pass\\:word", wanted), Some("pass:word".to_owned()));
        assert_eq!(password_in("other:*:*:me:x", wanted), None);
    }

    #[test]
    fn texts_are_copied_as_they_are_but_for_a_character_0() {
        let mut out = Vec::new();
        escape(&mut out, "a\tb\\c\nd\0王");
        assert_eq!(String::from_utf8(out).unwrap(), "a\\tb\\\\c\\nd\u{fffd}王");
        assert_eq!(storable(r#"{"a":"x\u0000","b":"\\u0000"}"#.to_owned()), "{\"a\":\"x\u{fffd}\",\"b\":\"\\\\u0000\"}");
    }
}
