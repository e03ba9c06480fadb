//! What generated code costs to build: a vendor crate with 200 synthetic operations and programs that call them, against the same types with serde derives.
//!
//! Processor time of the vendor crate and the program alone: dependencies are built before.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use scrm_schema::{
    model::Vendor,
    names::{field, pascal},
};

use crate::{
    builder, derived,
    measure::median,
    report::{Figure, Goal, Report},
    synthetic::{AREA, Schemas},
};

const OPERATIONS: usize = 200;
const FEW: usize = 5;
/// A check is short: the median of so many, taken in turn.
const CHECKS: usize = 3;

/// Builds both and compares.
///
/// # Errors
/// The schemas cannot be read or generated from, files cannot be written, or a build fails.
pub fn run(report: &mut Report, root: &Path, work: &Path) -> Result<(), String> {
    let tree = Schemas::with_operations(&root.join("schemas"), OPERATIONS)?.tree()?;
    let vendor = tree.vendors.first().ok_or("no vendor")?;
    let derived = Crate::new(
        work,
        root,
        "derived",
        &["serde", "serde_json"],
        "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n",
    )?;
    derived.write("src/lib.rs", &derived::library(vendor))?;
    derived.write("src/bin/all.rs", &program(vendor, OPERATIONS, Style::Derived))?;
    derived.write("src/bin/few.rs", &program(vendor, FEW, Style::Derived))?;
    let core = root.join("crates/scrm-core");
    let ours =
        Crate::new(work, root, "generated", &["scrm-core"], &format!("scrm-core = {{ path = {core:?}, default-features = false }}\n"))?;
    for (path, text) in scrm_codegen::generate(&tree).map_err(|errors| errors.to_string())? {
        if let Some(path) = path.strip_prefix("crates/acme-client/") {
            ours.write(path, &text)?;
        }
    }
    ours.write("src/lib.rs", "mod generated;\npub use generated::*;\n")?;
    ours.write("src/bin/all.rs", &program(vendor, OPERATIONS, Style::Generated))?;
    ours.write("src/bin/few.rs", &program(vendor, FEW, Style::Generated))?;
    measure(report, &derived, &ours)
}

fn measure(report: &mut Report, derived: &Crate, ours: &Crate) -> Result<(), String> {
    let (mut theirs, mut our_own) = (Vec::new(), Vec::new());
    for package in [derived, ours] {
        package.dependencies(&["check"])?;
    }
    for _ in 0..CHECKS {
        theirs.push(derived.check()?);
        our_own.push(ours.check()?);
    }
    pair(report, "cargo check, 200 operations", seconds, median(theirs), median(our_own), 0.28);
    let (theirs, our_own) = (derived.release()?, ours.release()?);
    pair(
        report,
        "release, library and a program that calls all 200",
        seconds,
        theirs.library + theirs.all,
        our_own.library + our_own.all,
        0.28,
    );
    pair(report, "the program that calls all 200, stripped", kilobytes, theirs.all_bytes, our_own.all_bytes, 0.40);
    pair(
        report,
        "release, library and a program that calls 5 of 200",
        seconds,
        theirs.library + theirs.few,
        our_own.library + our_own.few,
        0.32,
    );
    pair(report, "the program that calls 5 of 200, stripped", kilobytes, theirs.few_bytes, our_own.few_bytes, 1.00);
    Ok(())
}

fn seconds(value: f64) -> String {
    format!("{value:.1} s CPU")
}

fn kilobytes(value: f64) -> String {
    format!("{:.0} kB", value / 1000.0)
}

fn pair(report: &mut Report, benchmark: &str, shown: fn(f64) -> String, theirs: f64, ours: f64, at_most: f64) {
    let ratio = ours / theirs;
    report.push(Figure { ratio: Some(1.0), ..Figure::plain(benchmark, "serde derives, strict", shown(theirs)) });
    let goal = Some(Goal { value: ratio, at_most });
    report.push(Figure { ratio: Some(ratio), goal, ..Figure::plain(benchmark, "this generator", shown(ours)) });
}

/// What a release build cost and gave.
struct Release {
    library: f64,
    all: f64,
    few: f64,
    all_bytes: f64,
    few_bytes: f64,
}

struct Crate {
    name: &'static str,
    needs: &'static [&'static str],
    folder: PathBuf,
}

impl Crate {
    fn new(work: &Path, root: &Path, name: &'static str, needs: &'static [&'static str], dependencies: &str) -> Result<Self, String> {
        let one = Crate { name, needs, folder: work.join(name) };
        let _ = fs::remove_dir_all(one.folder.join("src"));
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n[profile.release]\nstrip = true\nincremental = false\n\n[profile.dev]\nincremental = false\n"
        );
        one.write("Cargo.toml", &manifest)?;
        let lock = fs::read_to_string(root.join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
        one.write("Cargo.lock", &lock)?;
        Ok(one)
    }

    fn write(&self, path: &str, text: &str) -> Result<(), String> {
        builder::write(&self.folder, path, text)
    }

    /// Runs cargo and gives the processor time that it and the compilers took, in seconds.
    fn cargo(&self, arguments: &[&str]) -> Result<f64, String> {
        builder::cargo(&self.folder, arguments).map(|cost| cost.processor)
    }

    /// Builds what it depends on, and nothing of itself.
    fn dependencies(&self, command: &[&str]) -> Result<(), String> {
        let packages = self.needs.iter().flat_map(|name| ["--package", name]);
        self.cargo(&command.iter().copied().chain(packages).collect::<Vec<_>>()).map(|_| ())
    }

    fn forget(&self, release: bool) -> Result<(), String> {
        let profile: &[&str] = if release { &["--release"] } else { &[] };
        self.cargo(&[&["clean", "--package", self.name], profile].concat()).map(|_| ())
    }

    fn check(&self) -> Result<f64, String> {
        self.forget(false)?;
        self.cargo(&["check", "--lib"])
    }

    fn release(&self) -> Result<Release, String> {
        self.dependencies(&["build", "--release"])?;
        self.forget(true)?;
        let library = self.cargo(&["build", "--release", "--lib"])?;
        let all = self.cargo(&["build", "--release", "--bin", "all"])?;
        let few = self.cargo(&["build", "--release", "--bin", "few"])?;
        Ok(Release { library, all, few, all_bytes: self.size("all")?, few_bytes: self.size("few")? })
    }

    fn size(&self, program: &str) -> Result<f64, String> {
        builder::size(&self.folder.join("target/release").join(program))
    }
}

#[derive(Clone, Copy)]
enum Style {
    Derived,
    Generated,
}

/// A program that writes the request and reads the answer of so many operations.
fn program(vendor: &Vendor, count: usize, style: Style) -> String {
    let (head, call): (&str, fn(&str) -> String) = match style {
        Style::Derived => (DERIVED, |name| format!("derived::{}::{}, derived::{}::Data", field(name), pascal(name), field(name))),
        Style::Generated => (GENERATED, |name| format!("generated::{AREA}::{}", pascal(name))),
    };
    let mut out = head.to_owned();
    out.push_str("fn main() {\n    let body = std::fs::read(std::env::args().nth(1).unwrap_or_default()).unwrap_or_default();\n    let mut sum = 0;\n");
    // the token's operation is one more; it is not among those that are called
    for operation in vendor.operations.iter().filter(|operation| operation.area.is_some()).step_by(OPERATIONS / count) {
        let new = match style {
            Style::Derived => "Default::default()".to_owned(),
            Style::Generated => format!("generated::{AREA}::{}::new()", pascal(&operation.name)),
        };
        let _ = writeln!(out, "    sum += call::<{}>({new}, &body);", call(&operation.name));
    }
    out.push_str("    println!(\"{sum}\");\n}\n");
    out
}

const DERIVED: &str = "fn call<Q: serde::Serialize, T: serde::de::DeserializeOwned>(request: Q, body: &[u8]) -> usize {
    serde_json::to_vec(&request).map_or(0, |sent| sent.len()) + usize::from(serde_json::from_slice::<derived::Envelope<T>>(body).is_ok())
}
";

const GENERATED: &str = "use scrm_core::{decode::{DecodeOptions, decode}, encode::{Authorization, RequestBody, encode}, Operation};
fn call<O: Operation>(request: O, body: &[u8]) -> usize {
    let spec = O::spec();
    encode(RequestBody::Typed(&request), spec, Authorization::None, \"https://acme.example\", spec.path).map_or(0, |sent| sent.body.len())
        + usize::from(decode::<O::Data>(body, &generated::VENDOR.envelope, &DecodeOptions::default()).is_ok())
}
";
