//! Measures, prints a table, and tells whether the goals are met.

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
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

/// Measures a group.
type Measure<'a> = dyn Fn(&mut Report) -> Result<(), String> + 'a;

/// The builds last: what comes before wants a quiet machine. How long each group took is told as it ends.
#[allow(clippy::print_stderr)]
fn measure(arguments: &Arguments, report: &mut Report) -> Result<(), String> {
    let Arguments { group, root, work, .. } = arguments;
    let groups: [(Group, &Measure<'_>); 10] = [
        (Group::Decode, &|report| {
            decode::run(report);
            allocations::run(report)?;
            hostile::run(report)
        }),
        (Group::Request, &|report| {
            hot::run(report);
            request::run(report)
        }),
        (Group::Pull, &|report| pull::run(report, work)),
        (Group::Scale, &scale::run),
        (Group::Codegen, &|report| codegen::run(report, root)),
        (Group::Tree, &|report| tree::run(report, root, work)),
        (Group::Compile, &|report| compile::run(report, root, work)),
        (Group::Catalogue, &|report| catalogue::run(report, root, work)),
        (Group::Builds, &|report| builds::run(report, root, work)),
        (Group::Peers, &|report| peers::run(report, root, work)),
    ];
    for (name, run) in groups.into_iter().filter(|(name, _)| group.includes(*name)) {
        let began = Instant::now();
        run(report)?;
        let name = name.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        eprintln!("{name}: {:.0} s", began.elapsed().as_secs_f64());
    }
    Ok(())
}

fn write(arguments: &Arguments, report: &Report) -> Result<(), String> {
    let Some(path) = &arguments.json else { return Ok(()) };
    let written = serde_json::to_vec_pretty(report).map_err(std::io::Error::from).and_then(|text| std::fs::write(path, text));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
