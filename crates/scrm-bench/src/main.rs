//! Measures, prints a table, and tells whether the goals are met.

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use scrm_bench::{
    allocations, builds, catalogue, codegen, compile, decode, hostile, hot, peers, pull, repeat, report::Report, request, scale, server,
    tree,
};

/// Measures, prints a table, and tells whether the goals are met.
#[derive(Parser)]
struct Arguments {
    /// What to measure.
    group: Group,
    /// Exit with 1 when a goal is missed.
    #[arg(long)]
    gate: bool,
    /// Write the figures as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Root of the repository.
    #[arg(long, value_name = "DIR", default_value_os_t = root())]
    root: PathBuf,
    /// Where crates are written and built that are measured.
    #[arg(long, value_name = "DIR", default_value_os_t = root().join("target/bench"))]
    work: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// From text to typed data.
    Decode,
    /// One call through all layers, and its parts.
    Request,
    /// Whole pulls: through latency, and by the program into files and a database.
    Pull,
    /// Thousands of shops, calls and quotas in one process, and a quota that processes share.
    Scale,
    /// Schemas to sources.
    Codegen,
    /// Building generated code.
    Compile,
    /// What a whole catalogue costs those who call five operations.
    Catalogue,
    /// First builds of a user's program, and checks after a change.
    Builds,
    /// Clients of other generators, from our own document.
    Peers,
    /// Dependencies.
    Tree,
    /// Everything.
    All,
}

impl Group {
    fn includes(self, other: Group) -> bool {
        self == Group::All || self == other
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

#[allow(clippy::print_stdout, clippy::print_stderr)]
fn main() -> ExitCode {
    match env::args().nth(1).as_deref() {
        Some(server::COMMAND) => return server::serve(),
        Some(hostile::COMMAND) => return hostile::child(),
        Some(pull::COMMAND) => return pull::child(),
        Some(scale::COMMAND) => return scale::child(),
        Some(repeat::COMMAND) => return repeat::repeat(),
        _ => {}
    }
    let arguments = Arguments::parse();
    let mut report = Report::default();
    let outcome = measure(&arguments, &mut report);
    print!("{}", report.table());
    if let Err(error) = outcome.and_then(|()| write(&arguments, &report)) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let missed = report.missed().count();
    if missed > 0 {
        eprintln!("{missed} goals missed");
    }
    if arguments.gate && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The builds last: what comes before wants a quiet machine.
fn measure(arguments: &Arguments, report: &mut Report) -> Result<(), String> {
    let Arguments { group, root, work, .. } = arguments;
    if group.includes(Group::Decode) {
        decode::run(report);
        allocations::run(report)?;
        hostile::run(report)?;
    }
    if group.includes(Group::Request) {
        hot::run(report);
        request::run(report)?;
    }
    if group.includes(Group::Pull) {
        pull::run(report, work)?;
    }
    if group.includes(Group::Scale) {
        scale::run(report)?;
    }
    if group.includes(Group::Codegen) {
        codegen::run(report, root)?;
    }
    if group.includes(Group::Tree) {
        tree::run(report, root, work)?;
    }
    if group.includes(Group::Compile) {
        compile::run(report, root, work)?;
    }
    if group.includes(Group::Catalogue) {
        catalogue::run(report, root, work)?;
    }
    if group.includes(Group::Builds) {
        builds::run(report, root, work)?;
    }
    if group.includes(Group::Peers) {
        peers::run(report, root, work)?;
    }
    Ok(())
}

fn write(arguments: &Arguments, report: &Report) -> Result<(), String> {
    let Some(path) = &arguments.json else { return Ok(()) };
    let written = serde_json::to_vec_pretty(report).map_err(std::io::Error::from).and_then(|text| std::fs::write(path, text));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
