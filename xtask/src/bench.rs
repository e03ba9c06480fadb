//! `cargo xtask bench`: builds the benchmark programs and runs one of them; what and how is theirs to say.

use std::{env, path::Path, process::Command};

/// What is built: the benchmarks, and the counter of allocations that they start.
const BUILD: [&str; 5] = ["build", "--profile", "bench", "--package", "scrm-bench"];
/// The program `scrm`, which the groups of this name start besides.
const PROGRAM: [&str; 5] = ["build", "--profile", "bench", "--package", "scrm-cli"];
const OF_THE_PROGRAM: [&str; 2] = ["pull", "all"];
const RUN: [&str; 8] = ["run", "--profile", "bench", "--quiet", "--package", "scrm-bench", "--bin", "scrm-bench"];

/// Runs the benchmarks with these arguments.
///
/// # Errors
/// They cannot be built or started, fail, or, with `--gate`, miss a goal.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<String, String> {
    if arguments.iter().any(|argument| OF_THE_PROGRAM.contains(&argument.as_str())) {
        cargo(root, &PROGRAM, &[])?;
    }
    cargo(root, &BUILD, &[])?;
    cargo(root, &RUN, arguments)?;
    Ok("done".to_owned())
}

fn cargo(root: &Path, command: &[&str], arguments: &[String]) -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command_line = Command::new(cargo);
    command_line.args(command).current_dir(root);
    if !arguments.is_empty() {
        command_line.arg("--").args(arguments);
    }
    let status = command_line.status().map_err(|error| format!("cargo {}: {error}", command.join(" ")))?;
    if status.success() { Ok(()) } else { Err("the benchmarks failed, or missed a goal that was to be kept".to_owned()) }
}
