//! The project's own commands: `cargo xtask codegen`, `cargo xtask import`, `cargo xtask openapi`; `--help` has the rest.

mod bench;
mod codegen;
mod coverage;
mod explore;
mod import;
mod openapi;
mod trial;

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generates the vendors' clients from the schema files
    Codegen {
        /// Only one vendor's files (`xiaoe`), or those of one of its areas (`xiaoe/order`)
        #[arg(value_name = "VENDOR[/AREA]")]
        part: Option<codegen::Part>,
        /// Writes nothing; fails if a generated file is missing, changed or left over
        #[arg(long)]
        check: bool,
        /// Folder of the schema files
        #[arg(long, value_name = "DIR", default_value_os_t = root().join("schemas"))]
        schemas: PathBuf,
        /// Folder that holds `crates/`
        #[arg(long, value_name = "DIR", default_value_os_t = root())]
        out: PathBuf,
    },
    /// Writes what is known of the vendors and how much of it is typed: `docs/coverage.md`, and the table of operations in the READMEs
    Coverage {
        /// Writes nothing; fails if the page or a table is stale
        #[arg(long)]
        check: bool,
        /// Writes nothing; prints the lines of the table
        #[arg(long, conflicts_with = "check")]
        summary: bool,
        /// Folder of the schema files
        #[arg(long, value_name = "DIR", default_value_os_t = root().join("schemas"))]
        schemas: PathBuf,
        /// Folder that holds `docs/` and the READMEs
        #[arg(long, value_name = "DIR", default_value_os_t = root())]
        out: PathBuf,
    },
    /// Reads a vendor's documented page into a schema file, or compares the page with a committed schema
    Import(import::Arguments),
    /// Writes the vendors as OpenAPI 3.1 documents: one vendor's to standard output, otherwise one file a vendor
    Openapi {
        /// Only this vendor
        vendor: Option<String>,
        /// Folder for the files; `target/openapi` for all vendors unless told
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Folder of the schema files
        #[arg(long, value_name = "DIR", default_value_os_t = root().join("schemas"))]
        schemas: PathBuf,
    },
    /// Draws new cases for the property tests and runs the fuzz targets, until the time is up or something breaks
    Explore {
        /// Part of the name of a package, a property test or a fuzz target; `fuzz`: all fuzz targets
        name: Option<String>,
        /// How long
        #[arg(long, value_name = "N", default_value_t = 10)]
        minutes: u64,
    },
    /// Measures, prints a table with the goals beside the figures: `bench <decode|request|pull|scale|codegen|tree|compile|catalogue|peers|all> [--gate] [--json FILE]`
    #[command(disable_help_flag = true)]
    Bench {
        /// Handed on to the benchmarks; `--help` for more
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        arguments: Vec<String>,
    },
}

/// The root of the repository.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Codegen { part, check: true, schemas, out } => codegen::check(&schemas, &out, part.as_ref()),
        Command::Codegen { part, check: false, schemas, out } => codegen::write(&schemas, &out, part.as_ref()),
        Command::Coverage { summary: true, schemas, .. } => coverage::summary(&schemas),
        Command::Coverage { check: true, schemas, out, .. } => coverage::check(&schemas, &out),
        Command::Coverage { schemas, out, .. } => coverage::write(&schemas, &out),
        Command::Import(arguments) => return import::run(&arguments),
        Command::Openapi { vendor: Some(vendor), out: None, schemas } => openapi::print(&schemas, &vendor),
        Command::Openapi { vendor, out, schemas } => {
            openapi::write(&schemas, vendor.as_deref(), &out.unwrap_or_else(|| root().join("target/openapi")))
        }
        Command::Explore { name, minutes } => explore::run(&root(), name.as_deref(), minutes),
        Command::Bench { arguments } => bench::run(&root(), &arguments),
    };
    report(outcome)
}

/// Prints what was done, or what is wrong. A reader that has seen enough (`| head`) is no failure.
#[allow(clippy::print_stderr)]
fn report(outcome: Result<String, String>) -> ExitCode {
    match outcome {
        Ok(done) => match writeln!(io::stdout(), "{done}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => report(Err(format!("standard output: {error}"))),
            _ => ExitCode::SUCCESS,
        },
        Err(wrong) => {
            eprintln!("{wrong}");
            ExitCode::FAILURE
        }
    }
}
