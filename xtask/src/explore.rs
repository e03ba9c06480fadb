//! `cargo xtask explore`: property tests with cases that nobody drew before, and the fuzz targets, until the time is up or something breaks.
//!
//! `cargo test` draws the same cases on every machine (`.cargo/config.toml`). What is found here becomes a test.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long one fuzz target runs before the others have their turn.
const FUZZ_SLICE: Duration = Duration::from_secs(60);

/// The property tests of a package.
#[derive(Debug, PartialEq, Eq)]
struct Properties {
    package: String,
    tests: Vec<String>,
}

/// Explores for so many minutes; `name` is a part of the name of a package, a test or a fuzz target.
///
/// # Errors
/// Nothing has that name, something cannot be built, or a case was found that breaks a test: the text says how to run it again.
pub(crate) fn run(root: &Path, name: Option<&str>, minutes: u64) -> Result<String, String> {
    let unreadable = |error: io::Error| format!("{}: {error}", root.display());
    let properties = properties(root, name).map_err(unreadable)?;
    let targets = fuzz_targets(root, name).map_err(unreadable)?;
    if properties.is_empty() && targets.is_empty() {
        return Err(format!("no package, property test or fuzz target is called like `{}`", name.unwrap_or_default()));
    }
    for found in &properties {
        cargo(root, &["test", "--quiet", "--no-run", "--tests", "--package", &found.package], None)?;
    }
    let began = Instant::now();
    let time = Duration::from_secs(minutes.saturating_mul(60));
    let left = || time.saturating_sub(began.elapsed());
    let (mut rounds, mut seed) = (0u64, fresh_seed());
    while rounds == 0 || !left().is_zero() {
        for found in &properties {
            seed = seed.wrapping_add(1);
            explore_properties(root, found, seed)?;
        }
        for target in &targets {
            fuzz(root, target, FUZZ_SLICE.min(left()))?;
        }
        rounds += 1;
    }
    let tests: usize = properties.iter().map(|found| found.tests.len()).sum();
    Ok(format!("{tests} property tests with new cases, {} fuzz targets, {rounds} rounds: nothing found", targets.len()))
}

fn explore_properties(root: &Path, found: &Properties, seed: u64) -> Result<(), String> {
    let mut command = vec!["test", "--quiet", "--package", &found.package, "--tests", "--"];
    command.extend(found.tests.iter().map(String::as_str));
    cargo(root, &command, Some(seed)).map_err(|wrong| {
        format!("{wrong}\nagain: PROPTEST_RNG_SEED={seed} cargo test --package {} -- {}", found.package, found.tests.join(" "))
    })
}

/// Without a sanitizer, so that the stable compiler will do: there is no unsafe code to watch.
fn fuzz(root: &Path, target: &str, time: Duration) -> Result<(), String> {
    let seconds = format!("-max_total_time={}", time.as_secs().max(1));
    let command = ["fuzz", "run", "--sanitizer", "none", target, "--", &seconds, "-rss_limit_mb=4096", "-print_final_stats=1"];
    let status = cargo_command(root, &command).env("RUSTC_BOOTSTRAP", "1").status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("the fuzz target {target} failed, or cargo-fuzz is missing (`cargo install cargo-fuzz`)")),
        Err(error) => Err(format!("cargo fuzz: {error}")),
    }
}

fn cargo(root: &Path, command: &[&str], seed: Option<u64>) -> Result<(), String> {
    let mut line = cargo_command(root, command);
    if let Some(seed) = seed {
        line.env("PROPTEST_RNG_SEED", seed.to_string());
    }
    let status = line.status().map_err(|error| format!("cargo {}: {error}", command.join(" ")))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", command.join(" "))) }
}

fn cargo_command(root: &Path, command: &[&str]) -> Command {
    let mut line = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    line.args(command).current_dir(root);
    line
}

fn fresh_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs().wrapping_mul(1_000_000_007).wrapping_add(u64::from(since.subsec_nanos()))
}

/// The property tests of every package, as their source names them.
fn properties(root: &Path, name: Option<&str>) -> io::Result<Vec<Properties>> {
    let mut found = Vec::new();
    for member in sorted(&root.join("crates"))? {
        let Some(package) = member.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
        let mut tests = Vec::new();
        for folder in ["src", "tests"] {
            collect(&member.join(folder), &mut tests)?;
        }
        if !name.is_none_or(|name| package.contains(name)) {
            tests.retain(|test| name.is_some_and(|name| test.contains(name)));
        }
        if !tests.is_empty() {
            found.push(Properties { package, tests });
        }
    }
    Ok(found)
}

fn collect(folder: &Path, tests: &mut Vec<String>) -> io::Result<()> {
    for entry in sorted(folder)? {
        if entry.is_dir() {
            collect(&entry, tests)?;
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            tests.extend(declared(&fs::read_to_string(entry)?));
        }
    }
    Ok(())
}

/// The names of the tests inside `proptest! { … }`.
fn declared(source: &str) -> Vec<String> {
    let mut tests = Vec::new();
    let mut indent = None;
    for line in source.lines() {
        let inner = line.trim_start();
        let depth = line.len() - inner.len();
        match indent {
            None if inner.starts_with("proptest! {") || inner.starts_with("proptest::proptest! {") => indent = Some(depth),
            Some(outer) if inner == "}" && depth == outer => indent = None,
            Some(_) => tests.extend(inner.strip_prefix("fn ").and_then(|rest| rest.split('(').next()).map(str::to_owned)),
            None => {}
        }
    }
    tests
}

fn fuzz_targets(root: &Path, name: Option<&str>) -> io::Result<Vec<String>> {
    let names = sorted(&root.join("fuzz/fuzz_targets"))?.into_iter().filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()));
    Ok(names.filter(|target| name.is_none_or(|name| target.contains(name) || name == "fuzz")).collect())
}

/// What a folder holds, sorted; nothing, if there is none.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_inside_the_macro_are_found_and_no_others() {
        let source = "fn helper() {}\nproptest! {\n    #![proptest_config(x)]\n    #[test]\n    fn one(a in 0..1) {\n        let b = {\n        };\n    }\n}\n#[test]\nfn plain() {}\nmod m {\n    proptest::proptest! {\n        #[test]\n        fn two(a: u8) {}\n    }\n}\n";
        assert_eq!(declared(source), ["one", "two"]);
    }

    #[test]
    fn every_property_test_of_the_project_is_known_by_name() {
        let root = crate::root();
        let all = properties(&root, None).unwrap_or_default();
        assert!(all.len() >= 4, "{all:?}");
        let one = properties(&root, Some("scrm-import")).unwrap_or_default();
        assert_eq!(one.iter().map(|found| found.package.as_str()).collect::<Vec<_>>(), ["scrm-import"]);
        assert!(!fuzz_targets(&root, None).unwrap_or_default().is_empty());
        assert_eq!(properties(&root, Some("nothing is called like this")).unwrap_or_default(), []);
    }
}
