//! `cargo xtask bench program`: the program `scrm` beside the same pull by a short Python script: rows a second, and most memory.

#[cfg(unix)]
mod database;
mod null_client;

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

#[cfg(unix)]
use self::database::Database;
use crate::bench::cargo;

/// The script, and what it needs.
const SCRIPT: &str = include_str!("bench_program/pull.py");
const PACKAGES: [&str; 3] = ["requests", "pyarrow", "psycopg[binary]"];
/// Users of the shop.
const USERS: u32 = 200_000;

/// What is promised: rows a second, most memory in MB, how much faster than by hand, how much of its memory.
struct Goal {
    rows: f64,
    memory: f64,
}

/// One job, measured.
struct Figure {
    rows: f64,
    memory: f64,
    /// Seconds of a processor that it used itself, and that the stand-in used meanwhile.
    own: f64,
    stand_in: f64,
}

/// Pulls all users into Parquet and into PostgreSQL, by the program and by hand. `arguments`: `--users N`.
///
/// # Errors
/// Something cannot be built or started, or fails.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<String, String> {
    let users = match arguments {
        [] => USERS,
        [flag, number] if flag == "--users" => number.parse().map_err(|_| format!("--users {number}: a number is wanted"))?,
        _ => return Err("usage: cargo xtask bench program [--users N]".to_owned()),
    };
    cargo(root, &["build", "--profile", "bench", "--package", "scrm-cli"], &[])?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let work = target.join("bench-program");
    _ = fs::remove_dir_all(work.join("out"));
    fs::create_dir_all(work.join("out")).map_err(|error| format!("{}: {error}", work.display()))?;
    let bench = Bench { scrm: target.join("release").join("scrm"), python: python(&work)?, out: work.join("out"), users };
    bench.all()
}

/// A Python with the script's packages.
fn python(work: &Path) -> Result<PathBuf, String> {
    if let Some(python) = env::var_os("SCRM_BENCH_PYTHON") {
        return Ok(python.into());
    }
    let (home, done) = (work.join("python"), work.join("python/installed"));
    let python = home.join("bin/python");
    if !done.exists() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
        fs::write(done, "").map_err(|error| error.to_string())?;
    }
    Ok(python)
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}

struct Bench {
    scrm: PathBuf,
    python: PathBuf,
    out: PathBuf,
    users: u32,
}

impl Bench {
    fn all(&self) -> Result<String, String> {
        let stand_in = StandIn::start(self)?;
        let mut told =
            vec![format!("{:34} {:>9} {:>8}   processor seconds, goal", format!("{} users, list 2.0", self.users), "rows/s", "MB")];
        let alone = null_client::rows_per_second(&stand_in.variables, self.users)?;
        told.push(format!(
            "{:34} {alone:>9.0} {:>8}   what the stand-in alone allows, one page after the other",
            "nothing done with the rows", ""
        ));
        let script = self.out.join("pull.py");
        fs::write(&script, SCRIPT).map_err(|error| error.to_string())?;
        let parquet = Goal { rows: 60_000.0, memory: 120.0 };
        told.extend(self.pair(
            &stand_in,
            "Parquet",
            &script,
            &|who| self.out.join(format!("{who}.parquet")).display().to_string(),
            &parquet,
        )?);
        match self.postgres(&stand_in, &script)? {
            Some(lines) => told.extend(lines),
            None => told.push("PostgreSQL was not measured: no server in /usr/lib/postgresql/*/bin; apt-get install postgresql".to_owned()),
        }
        Ok(told.join("\n"))
    }

    #[cfg(unix)]
    fn postgres(&self, stand_in: &StandIn, script: &Path) -> Result<Option<Vec<String>>, String> {
        let Some(database) = Database::start()? else { return Ok(None) };
        let goal = Goal { rows: 25_000.0, memory: 120.0 };
        self.pair(stand_in, "PostgreSQL", script, &|_| database.url(), &goal).map(Some)
    }

    #[cfg(not(unix))]
    fn postgres(&self, _: &StandIn, _: &Path) -> Result<Option<Vec<String>>, String> {
        Ok(None)
    }

    /// The same job by the program and by hand.
    fn pair(&self, stand_in: &StandIn, name: &str, script: &Path, to: &dyn Fn(&str) -> String, goal: &Goal) -> Result<Vec<String>, String> {
        let target = to("scrm");
        let mut program = Command::new(&self.scrm);
        program.args(["pull", "xiaoe", "user_list_v2", "--quiet", "--quota", "none", "--to", &target]);
        let ours = self.measured(&mut program, stand_in)?;
        let mut hand = Command::new(&self.python);
        hand.arg(script).arg(to("python"));
        let theirs = self.measured(&mut hand, stand_in)?;
        let line = |who: &str, figure: &Figure, goal: String| {
            format!(
                "{:34} {:>9.0} {:>8.0}   {:.2} s + {:.2} s of the stand-in; {goal}",
                format!("{name}: {who}"),
                figure.rows,
                figure.memory,
                figure.own,
                figure.stand_in
            )
        };
        let (faster, share) = (ours.rows / theirs.rows, ours.memory / theirs.memory);
        Ok(vec![
            line("scrm", &ours, format!("at least {:.0} rows/s, at most {:.0} MB", goal.rows, goal.memory)),
            line("Python script", &theirs, format!("{faster:.1} times faster (goal 8), {share:.2} of the memory (goal 0.25)")),
        ])
    }

    fn measured(&self, command: &mut Command, stand_in: &StandIn) -> Result<Figure, String> {
        command.envs(&stand_in.variables).env("SCRM_TOKENS", "none").current_dir(&self.out).stdout(Stdio::null());
        let began = Instant::now();
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let before = processor_seconds(stand_in.child.id());
        let (mut memory, mut own): (f64, f64) = (0.0, 0.0);
        let status = loop {
            memory = memory.max(high_water(child.id()));
            own = own.max(processor_seconds(child.id()));
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        let took = began.elapsed().as_secs_f64();
        let stand_in = processor_seconds(stand_in.child.id()) - before;
        if status.success() {
            Ok(Figure { rows: f64::from(self.users) / took, memory, own, stand_in })
        } else {
            Err(format!("{command:?}: {status}"))
        }
    }
}

/// Most memory that a process has held so far, in MB; 0 where the system does not tell.
fn high_water(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

/// Seconds of a processor that a process has used so far, where the clock of `/proc` ticks a hundred times a second, as it does on Linux; 0 where the system does not tell.
fn processor_seconds(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // the name in front may hold anything
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// `scrm box` as a process of its own.
struct StandIn {
    child: Child,
    variables: BTreeMap<String, String>,
}

impl StandIn {
    fn start(bench: &Bench) -> Result<Self, String> {
        let mut command = Command::new(&bench.scrm);
        command.args(["box", "--without-quotas", "--customers", &bench.users.to_string()]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let mut variables = BTreeMap::new();
        let lines = child.stdout.take().map(|out| BufReader::new(out).lines()).into_iter().flatten();
        for line in lines.map_while(Result::ok) {
            match line.strip_prefix("export ").and_then(|line| line.split_once('=')) {
                Some((name, value)) => _ = variables.insert(name.to_owned(), value.trim_matches('\'').to_owned()),
                None => break,
            }
        }
        Ok(StandIn { child, variables })
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
