//! The project's own commands: `cargo xtask codegen`, `cargo xtask import`, `cargo xtask openapi`; `--help` has the rest.

mod bench;
mod codegen;
mod import;
mod openapi;
mod trial;

use std::{path::PathBuf, process::ExitCode};

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
    /// Measures, prints a table with the goals beside the figures: `bench <decode|request|pull|codegen|tree|compile|all> [--gate] [--json FILE]`
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
        Command::Codegen { check: true, schemas, out } => codegen::check(&schemas, &out),
        Command::Codegen { check: false, schemas, out } => codegen::write(&schemas, &out),
        Command::Import(arguments) => return import::run(&arguments),
        Command::Openapi { vendor: Some(vendor), out: None, schemas } => openapi::print(&schemas, &vendor),
        Command::Openapi { vendor, out, schemas } => {
            openapi::write(&schemas, vendor.as_deref(), &out.unwrap_or_else(|| root().join("target/openapi")))
        }
        Command::Bench { arguments } => bench::run(&root(), &arguments),
    };
    report(outcome)
}

/// Prints what was done, or what is wrong.
#[allow(clippy::print_stdout, clippy::print_stderr)]
fn report(outcome: Result<String, String>) -> ExitCode {
    match outcome {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            ExitCode::FAILURE
        }
    }
}
