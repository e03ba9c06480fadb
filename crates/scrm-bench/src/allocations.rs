//! Allocations, counted in a program of its own: the counter would slow down what is timed here.

use std::{env, process::Command};

use crate::report::{Figure, Goal, Report};

/// The name of that program, which stands beside this one.
const COUNTER: &str = "scrm-bench-allocations";

/// One thing that was counted.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Counted {
    /// What was done.
    pub name: String,
    /// Per what.
    pub per: String,
    /// How many allocations.
    pub allocations: f64,
    /// How many there may be.
    pub at_most: Option<f64>,
}

/// Runs the counter and takes over its figures.
///
/// # Errors
/// The counter is not there, or fails.
pub fn run(report: &mut Report) -> Result<(), String> {
    let path = env::current_exe().map_err(|error| error.to_string())?.with_file_name(COUNTER);
    let output = Command::new(&path).output().map_err(|error| format!("{}: {error}", path.display()))?;
    let counted: Vec<Counted> = serde_json::from_slice(&output.stdout).map_err(|error| format!("{}: {error}", path.display()))?;
    for one in counted {
        let goal = one.at_most.map(|at_most| Goal { value: one.allocations, at_most });
        report.push(Figure { goal, ..Figure::plain("allocations", &one.name, format!("{:.2} per {}", one.allocations, one.per)) });
    }
    Ok(())
}
