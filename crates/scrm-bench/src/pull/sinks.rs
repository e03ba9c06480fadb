//! A whole pull by the program `scrm`, beside strict Rust by hand and a short Python script: rows a second, processor time and most memory, by where the rows go.
//!
//! Each is a process of its own, and so is the vendor's stand-in.

use std::{
    collections::BTreeMap,
    env, fs, io,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

#[cfg(unix)]
use super::database::Database;
use super::{by_hand, null_client};
use crate::report::{Figure, Goal, Report};

/// The program, which is built beside this one.
const PROGRAM: &str = "scrm";
/// The script, and what it needs.
const SCRIPT: &str = include_str!("pull.py");
const PACKAGES: [&str; 3] = ["requests", "pyarrow", "psycopg[binary]"];
/// Users of the shop: all ways pull the fewer, and only the quick ones the more.
const FEW: u32 = 50_000;
const MANY: u32 = 200_000;
/// How much faster than the script the program has to be, and how much of its memory it may take.
const TIME_OF_SCRIPT: f64 = 0.125;
const MEMORY_OF_SCRIPT: f64 = 0.25;
/// Most memory of the program, in MB, and how much more it may be for the longer pull.
const MOST_MEMORY: f64 = 120.0;
const FLAT: f64 = 1.15;

/// Where rows go.
struct Sink {
    name: &'static str,
    /// The place of one who writes there; `None`: there is no such place on this machine.
    place: fn(&Bench, who: &str) -> Option<String>,
    /// Whether strict Rust by hand writes there, too.
    by_hand: bool,
    /// Longest time for a row, in microseconds.
    at_most: f64,
}

const SINKS: [Sink; 3] = [
    Sink { name: "JSONL", place: |bench, who| Some(bench.file(who, "jsonl")), by_hand: true, at_most: 14.0 },
    Sink { name: "Parquet", place: |bench, who| Some(bench.file(who, "parquet")), by_hand: false, at_most: 17.0 },
    Sink { name: "PostgreSQL", place: |bench, _| bench.database.clone(), by_hand: false, at_most: 40.0 },
];

/// One job, measured.
struct Job {
    users: u32,
    seconds: f64,
    /// Most memory, in MB.
    memory: f64,
    /// Seconds of a processor that it used itself.
    own: f64,
}

impl Job {
    /// Seconds for a row.
    fn row(&self) -> f64 {
        self.seconds / f64::from(self.users)
    }
}

/// Pulls all users, in all ways.
///
/// # Errors
/// Something cannot be started, or fails.
pub(super) fn run(report: &mut Report, work: &Path) -> Result<(), String> {
    let program = env::current_exe().map_err(|error| error.to_string())?.with_file_name(PROGRAM);
    if !program.exists() {
        report.push(Figure::plain(
            "whole pulls",
            "not measured",
            format!("there is no {}: start it by `cargo xtask bench`", program.display()),
        ));
        return Ok(());
    }
    let work = work.join("pull");
    let python = python(&work).map_err(|problem| {
        report.push(Figure::plain("whole pulls", "by a Python script: not measured", problem));
    });
    let script = work.join("pull.py");
    fs::create_dir_all(&work).and_then(|()| fs::write(&script, SCRIPT)).map_err(|error| format!("{}: {error}", work.display()))?;
    let hand = python.ok().map(|python| (python, script));
    let short = Pulls::of(FEW, &program, &work, hand.as_ref())?;
    let long = Pulls::of(MANY, &program, &work, None)?;
    short.tell(report);
    long.tell_flat(&short, report);
    Ok(())
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
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    let last = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{program}: {}: {last}", output.status)) }
}

/// All that was pulled of one number of users.
struct Pulls {
    users: u32,
    /// Seconds for a row, by a client that does nothing with it.
    alone: f64,
    /// By where the rows went and who pulled.
    jobs: Vec<(&'static str, &'static str, Job)>,
    missing: Vec<&'static str>,
}

const OURS: &str = "the library's own pull";
const STRICT: &str = "strict Rust by hand";
const SCRM: &str = "scrm";
const PYTHON: &str = "Python script";
const NOWHERE: &str = "nothing";

impl Pulls {
    /// `hand`: the Python and its script, where these are to be measured, too.
    fn of(users: u32, program: &Path, work: &Path, hand: Option<&(PathBuf, PathBuf)>) -> Result<Self, String> {
        let out = work.join("out");
        _ = fs::remove_dir_all(&out);
        fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
        let stand_in = StandIn::start(program, users)?;
        #[cfg(unix)]
        let database = Database::start()?;
        #[cfg(unix)]
        let url = database.as_ref().map(Database::url);
        #[cfg(not(unix))]
        let url = None;
        let bench = Bench { out, users, stand_in, database: url };
        let alone = 1.0 / null_client::rows_per_second(&bench.stand_in.variables, users)?;
        let mut pulls = Pulls { users, alone, jobs: Vec::new(), missing: Vec::new() };
        let own = env::current_exe().map_err(|error| error.to_string())?;
        for (who, by) in [(STRICT, by_hand::STRICT), (OURS, by_hand::OURS)] {
            pulls.jobs.push((NOWHERE, who, bench.measured(Command::new(&own).args([by_hand::COMMAND, by]))?));
        }
        for sink in &SINKS {
            let Some(place) = (sink.place)(&bench, SCRM) else {
                pulls.missing.push(sink.name);
                continue;
            };
            let mut pull = Command::new(program);
            pull.args(["pull", "xiaoe", "user_list_v2", "--quiet", "--quota", "none", "--to", &place]);
            pulls.jobs.push((sink.name, SCRM, bench.measured(&mut pull)?));
            if let (true, Some(place)) = (sink.by_hand, (sink.place)(&bench, "strict")) {
                pulls.jobs.push((sink.name, STRICT, bench.measured(Command::new(&own).args([by_hand::COMMAND, by_hand::STRICT, &place]))?));
            }
            if let (Some((python, script)), Some(place)) = (hand, (sink.place)(&bench, "python")) {
                pulls.jobs.push((sink.name, PYTHON, bench.measured(Command::new(python).arg(script).arg(place))?));
            }
        }
        Ok(pulls)
    }

    fn job(&self, sink: &str, who: &str) -> Option<&Job> {
        self.jobs.iter().find(|(to, by, _)| *to == sink && *by == who).map(|(.., job)| job)
    }

    fn tell(&self, report: &mut Report) {
        let nothing = self.benchmark(NOWHERE);
        let alone = format!("{:.0} rows a second", 1.0 / self.alone);
        report.push(Figure::plain(&nothing, "what the stand-in alone allows, one page after the other", alone));
        for (sink, who, job) in &self.jobs {
            // A script's time is the measure, where there is one; else that of strict Rust.
            let base = self.job(sink, PYTHON).or_else(|| self.job(sink, STRICT));
            let ratio = base.map(|base| job.row() / base.row());
            let goal =
                ratio.filter(|_| *who == SCRM && self.job(sink, PYTHON).is_some()).map(|value| Goal { value, at_most: TIME_OF_SCRIPT });
            let measured = format!(
                "{:.0} rows a second, {:.2} s CPU for a million, {:.0} MB",
                1.0 / job.row(),
                job.own / job.row_millions(),
                job.memory
            );
            report.push(Figure { ratio, goal, ..Figure::plain(&self.benchmark(sink), who, measured) });
        }
        for sink in &SINKS {
            let (Some(ours), Some(script)) = (self.job(sink.name, SCRM), self.job(sink.name, PYTHON)) else { continue };
            let share = ours.memory / script.memory;
            // Lines of JSON need no library that could take memory.
            let goal = Some(Goal { value: share, at_most: MEMORY_OF_SCRIPT }).filter(|_| !sink.by_hand);
            let shown = format!("{:.0} of {:.0} MB", ours.memory, script.memory);
            report.push(Figure {
                ratio: Some(share),
                goal,
                ..Figure::plain(&self.benchmark(sink.name), "memory against the script", shown)
            });
        }
        for missing in &self.missing {
            let reason = "no server in /usr/lib/postgresql/*/bin; apt-get install postgresql".to_owned();
            report.push(Figure::plain(&self.benchmark(missing), "not measured", reason));
        }
    }

    /// The longer pulls, and how much more memory they took than the short ones.
    fn tell_flat(&self, short: &Pulls, report: &mut Report) {
        for (sink, who, job) in self.jobs.iter().filter(|(.., who, _)| *who != STRICT) {
            let benchmark = self.benchmark(sink);
            let row = job.row() * 1e6;
            let goal = SINKS.iter().find(|known| known.name == *sink).map(|sink| Goal { value: row, at_most: sink.at_most });
            let measured = format!("{row:.1} µs ({:.0} rows a second)", 1.0 / job.row());
            report.push(Figure { goal, ..Figure::plain(&benchmark, &format!("{who}: time of a row, in µs"), measured) });
            let goal = Goal { value: job.memory, at_most: MOST_MEMORY };
            report.push(Figure::goal(&benchmark, &format!("{who}: most memory, in MB"), format!("{:.0} MB", job.memory), goal));
            if let Some(before) = short.job(sink, who) {
                let more = job.memory / before.memory;
                let goal = Some(Goal { value: more, at_most: FLAT });
                let variant = format!("{who}: memory against that of {} users", short.users);
                report.push(Figure { ratio: Some(more), goal, ..Figure::plain(&benchmark, &variant, format!("{:.0} MB", before.memory)) });
            }
        }
    }

    fn benchmark(&self, sink: &str) -> String {
        format!("{} users into {sink}", self.users)
    }
}

impl Job {
    fn row_millions(&self) -> f64 {
        f64::from(self.users) / 1e6
    }
}

struct Bench {
    out: PathBuf,
    users: u32,
    stand_in: StandIn,
    /// URL of the server, where there is one.
    database: Option<String>,
}

impl Bench {
    fn file(&self, who: &str, ending: &str) -> String {
        self.out.join(format!("{who}.{ending}")).display().to_string()
    }

    fn measured(&self, command: &mut Command) -> Result<Job, String> {
        command.envs(&self.stand_in.variables).env("SCRM_TOKENS", "none").current_dir(&self.out).stdin(Stdio::null()).stdout(Stdio::null());
        let began = Instant::now();
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let (mut memory, mut own): (f64, f64) = (0.0, 0.0);
        let status = loop {
            memory = memory.max(high_water(child.id()));
            own = own.max(processor_seconds(child.id()));
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        let seconds = began.elapsed().as_secs_f64();
        if status.success() { Ok(Job { users: self.users, seconds, memory, own }) } else { Err(format!("{command:?}: {status}")) }
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
    fn start(program: &Path, users: u32) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.args(["box", "--without-quotas", "--customers", &users.to_string()]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let mut variables = BTreeMap::new();
        let lines = child.stdout.take().map(|out| BufReader::new(out).lines()).into_iter().flatten();
        for line in lines.map_while(io::Result::ok) {
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
