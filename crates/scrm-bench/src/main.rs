//! Benchmarks behind the figures in `docs/performance.md`. Run them by `cargo xtask bench`.

mod bodies;
mod decode;
mod measure;
mod report;
mod strict;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use report::Report;

/// Measures, prints a table, and tells whether the goals are met.
#[derive(Parser)]
struct Arguments {
    /// What to measure.
    group: Group,
    /// Exit with 1 when a goal is missed.
    #[arg(long)]
    gate: bool,
    /// Write the figures as JSON, too.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// From text to typed data.
    Decode,
    /// Everything.
    All,
}

impl Group {
    fn includes(self, other: Group) -> bool {
        self == Group::All || self == other
    }
}

#[allow(clippy::print_stdout, clippy::print_stderr)]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut report = Report::default();
    if arguments.group.includes(Group::Decode) {
        decode::run(&mut report);
    }
    print!("{}", report.table());
    if let Some(path) = &arguments.json
        && let Err(error) = serde_json::to_vec_pretty(&report).map_err(std::io::Error::from).and_then(|text| std::fs::write(path, text))
    {
        eprintln!("{}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    let missed = report.missed().count();
    if missed > 0 {
        eprintln!("{missed} goals missed");
    }
    if arguments.gate && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
