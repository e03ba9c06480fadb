//! The dependency tree of a client against that of the HTTP library alone.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use crate::report::{Figure, Goal, Report};

const TARGET: &str = "x86_64-unknown-linux-gnu";
/// What somebody has who calls the vendor by hand: the HTTP library as the client configures it.
const BARE: &str = "[package]\nname = \"bare\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nreqwest = { version = \"0.13\", default-features = false, features = [\"http2\", \"rustls\"] }\n";

/// Counts crates, the package itself included.
///
/// # Errors
/// Cargo fails.
pub fn run(report: &mut Report, root: &Path, work: &Path) -> Result<(), String> {
    let ours = crates(root, &["--package", "xiaoe-client"])?;
    let bare = work.join("bare");
    let wrote = fs::create_dir_all(bare.join("src"))
        .and_then(|()| fs::write(bare.join("src/lib.rs"), ""))
        .and_then(|()| fs::write(bare.join("Cargo.toml"), BARE))
        .and_then(|()| fs::copy(root.join("Cargo.lock"), bare.join("Cargo.lock")));
    wrote.map_err(|error| format!("{}: {error}", bare.display()))?;
    let mut theirs = crates(&bare, &[])?;
    theirs.retain(|name| !name.starts_with("bare "));
    let more: Vec<&str> = ours.difference(&theirs).filter_map(|name| name.split(' ').next()).collect();
    report.push(Figure::plain("crates in the tree", "reqwest with rustls", theirs.len().to_string()));
    #[allow(clippy::cast_precision_loss)]
    let goal = Goal { value: ours.len() as f64, at_most: 65.0 };
    report.push(Figure::goal("crates in the tree", "xiaoe-client, default features", ours.len().to_string(), goal));
    let named = format!("+{} ({})", more.len(), more.join(", "));
    report.push(Figure::plain("crates in the tree", "of them not in reqwest's", named));
    Ok(())
}

fn crates(folder: &Path, arguments: &[&str]) -> Result<BTreeSet<String>, String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--target", TARGET])
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("cargo tree: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| Some(line.split(" (").next()?.trim().to_owned())).filter(|line| !line.is_empty()).collect())
}
