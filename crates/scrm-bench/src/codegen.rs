//! The generator: schema texts in memory to source texts in memory, on all processors; by the clock on the wall, which is what a maintainer waits for.

use std::path::Path;

use crate::{
    measure::{Clock, Rounds, Variant, compare},
    report::{Figure, Goal, Report, time},
    synthetic::Schemas,
};

/// Runs the comparison of twice as many operations.
///
/// # Errors
/// The schemas cannot be read or generated from.
pub fn run(report: &mut Report, root: &Path) -> Result<(), String> {
    let half = Schemas::with_operations(&root.join("schemas"), 200)?;
    let whole = Schemas::with_operations(&root.join("schemas"), 400)?;
    generated(&half)?;
    generated(&whole)?;
    let rounds = Rounds { rounds: 7, sample_seconds: 0.0, clock: Clock::Wall };
    let timings = compare(
        rounds,
        vec![
            Variant::new("200 operations: read, check, generate, format", || generated(&half).is_ok()),
            Variant::new("400 operations", || generated(&whole).is_ok()),
        ],
    );
    for timing in &timings {
        report.push(Figure::timed("codegen", timing));
    }
    if let [_, whole] = timings.as_slice() {
        report.push(Figure::goal("codegen", "400 operations, seconds", time(whole.seconds), Goal { value: whole.seconds, at_most: 1.0 }));
        report.push(Figure::goal("codegen", "400 operations to 200", String::new(), Goal { value: whole.ratio, at_most: 2.2 }));
    }
    Ok(())
}

fn generated(schemas: &Schemas) -> Result<usize, String> {
    let tree = schemas.tree()?;
    scrm_codegen::generate(&tree).map(|files| files.len()).map_err(|errors| errors.to_string())
}
