//! Many shops in one process, many calls at once, many quotas, and a quota that processes share.
//!
//! What is counted in memory is what the process has in it: each figure comes of a process of its own, so that nothing of another's is used again.

mod calls;
mod keys;
mod shared_quota;
mod shops;

use std::{
    collections::BTreeMap,
    env, fs,
    process::{Command, ExitCode, Stdio},
};

use crate::{
    report::{Figure, Goal, Report},
    server::Server,
};

/// First argument of the process that measures one thing.
pub const COMMAND: &str = "scale-part";

/// What a process of its own measured, by name.
type Figures = BTreeMap<String, f64>;

/// Measures all.
///
/// # Errors
/// A process does not start, or a call fails.
pub fn run(report: &mut Report) -> Result<(), String> {
    shops::run(report)?;
    calls::run(report)?;
    keys::run(report)?;
    shared_quota::run(report)
}

/// What the process of its own does: prints its figures.
#[allow(clippy::print_stdout, clippy::print_stderr)]
pub fn child() -> ExitCode {
    let argument = |at| env::args().nth(at).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let measured = runtime.map_err(|error| error.to_string()).and_then(|runtime| match argument(2).as_str() {
        shops::PART => runtime.block_on(shops::measure(&argument(3))),
        calls::PART => runtime.block_on(calls::measure(&argument(3), &argument(4))),
        keys::PART => keys::measure(&runtime),
        other => Err(format!("{other:?} is not measured here")),
    });
    match measured.map(|figures| serde_json::to_string(&figures).unwrap_or_default()) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a process of its own.
fn in_process(arguments: &[&str]) -> Result<Figures, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(&program).arg(COMMAND).args(arguments).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{COMMAND} {}: {error}", arguments.join(" ")))
}

/// Memory of this process that is in use, in bytes; 0 where the system does not tell.
fn resident() -> f64 {
    const PAGE: f64 = 4096.0;
    let told = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    told.split_whitespace().nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or_default() * PAGE
}

fn kilobytes(bytes: f64) -> String {
    format!("{:.2} kB", bytes / 1000.0)
}

/// Memory against a goal in kB.
fn memory(report: &mut Report, benchmark: &str, variant: &str, bytes: f64, at_most: Option<f64>) {
    let goal = at_most.map(|at_most| Goal { value: bytes / 1000.0, at_most });
    report.push(Figure { goal, ..Figure::plain(benchmark, variant, kilobytes(bytes)) });
}

/// One of the figures; 0 where it was not measured.
fn figure(figures: &Figures, name: &str) -> f64 {
    figures.get(name).copied().unwrap_or_default()
}

/// A server, and what a process of its own measures against it.
fn against_server(part: &str, more: &[&str]) -> Result<Figures, String> {
    let server = Server::start()?;
    in_process(&[&[part, server.url.as_str()], more].concat())
}
