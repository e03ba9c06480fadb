//! What a catalogue costs those who call five of its operations: the largest vendor's client whole, against the same client with these five alone.
//!
//! The dependencies are the same builds for both, so that they are checked once, and each client alone several times in turn.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use scrm_schema::{
    model::{Operation, Tree, Vendor},
    names::pascal,
};

use crate::{
    builder,
    measure::median,
    report::{Figure, Goal, Report},
};

/// How many operations the small client has.
const FEW: usize = 5;
/// A check is short: the median of so many, taken in turn.
const CHECKS: usize = 5;
/// The bounds of the goals.
const CHECK_AT_MOST: f64 = 1.15;
const SIZE_AT_MOST: f64 = 1.05;

/// Checks both clients and builds a program on each.
///
/// # Errors
/// The schemas cannot be read or generated from, files cannot be written, or a build fails.
pub fn run(report: &mut Report, root: &Path, work: &Path) -> Result<(), String> {
    let tree = scrm_schema::load(&root.join("schemas")).map_err(|errors| errors.to_string())?;
    let largest = tree.vendors.iter().max_by_key(|vendor| vendor.operations.len()).ok_or("no vendor")?;
    let called = called(largest);
    if called.len() < FEW {
        return Err(format!("{} has fewer than {FEW} operations without required parameters", largest.file.vendor));
    }
    let folder = Workspace::new(work, root)?;
    folder.write("few", &only(largest, &called), &called)?;
    folder.write("all", largest, &called)?;
    check(report, &folder, largest.operations.len())?;
    size(report, &folder)
}

/// Operations that want no parameter, spread over the areas.
fn called(vendor: &Vendor) -> Vec<&Operation> {
    let free: Vec<&Operation> = vendor.operations.iter().filter(|operation| operation.area.is_some() && wants_nothing(operation)).collect();
    free.iter().step_by((free.len() / FEW).max(1)).take(FEW).copied().collect()
}

fn wants_nothing(operation: &Operation) -> bool {
    operation.request.fields.iter().filter(|field| field.required).all(|field| {
        operation.paging.as_ref().is_some_and(|paging| {
            let name = Some(&field.name);
            paging.page.as_ref() == name || (paging.size.as_ref() == name && (paging.max_size.is_some() || paging.default_size.is_some()))
        })
    })
}

/// The vendor with these operations alone, and what answers its tokens.
fn only(vendor: &Vendor, kept: &[&Operation]) -> Vendor {
    let mut few = vendor.clone();
    few.operations.retain(|operation| operation.area.is_none() || kept.iter().any(|kept| kept.name == operation.name));
    let areas: Vec<String> = few.operations.iter().filter_map(|operation| operation.area.clone()).collect();
    few.file.areas.retain(|area| areas.contains(&area.name));
    few
}

fn check(report: &mut Report, folder: &Workspace, count: usize) -> Result<(), String> {
    let whole = folder.check("few")?;
    folder.check("all")?;
    let (mut few, mut all) = (Vec::new(), Vec::new());
    for _ in 0..CHECKS {
        few.push(folder.check_again("few")?);
        all.push(folder.check_again("all")?);
    }
    let (few, all) = (median(few), median(all));
    let with_all = whole - few + all;
    let benchmark = "cargo check of a client and all it depends on, cold";
    let shown = |total: f64, own: f64| format!("{total:.1} s CPU, {own:.1} of these its own");
    report.push(Figure { ratio: Some(1.0), ..Figure::plain(benchmark, &format!("{FEW} operations and a token"), shown(whole, few)) });
    pushed(report, benchmark, &format!("{count} operations"), shown(with_all, all), with_all / whole, CHECK_AT_MOST);
    Ok(())
}

fn size(report: &mut Report, folder: &Workspace) -> Result<(), String> {
    let (few, all) = (folder.program("few")?, folder.program("all")?);
    let benchmark = "a program that calls five operations, release, stripped, without TLS";
    let shown = |bytes: f64| format!("{:.0} kB", bytes / 1000.0);
    report.push(Figure { ratio: Some(1.0), ..Figure::plain(benchmark, "on the client with these alone", shown(few)) });
    pushed(report, benchmark, "on the whole client", shown(all), all / few, SIZE_AT_MOST);
    Ok(())
}

fn pushed(report: &mut Report, benchmark: &str, variant: &str, measured: String, ratio: f64, at_most: f64) {
    let goal = Some(Goal { value: ratio, at_most });
    report.push(Figure { ratio: Some(ratio), goal, ..Figure::plain(benchmark, variant, measured) });
}

/// Two clients and a program on each, in one workspace, so that they share what they depend on.
struct Workspace(PathBuf);

const WORKSPACE: &str = "[workspace]\nresolver = \"3\"\nmembers = [\"few\", \"all\", \"few-program\", \"all-program\"]\n\n\
                         [profile.dev]\nincremental = false\n\n[profile.release]\nstrip = true\nincremental = false\n";

impl Workspace {
    /// A fresh one: nothing in it is built.
    fn new(work: &Path, root: &Path) -> Result<Self, String> {
        let folder = Workspace(work.join("catalogue"));
        let _ = fs::remove_dir_all(&folder.0);
        folder.put("Cargo.toml", WORKSPACE)?;
        let lock = fs::read_to_string(root.join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
        folder.put("Cargo.lock", &lock)?;
        let core = root.join("crates/scrm-core");
        for name in ["few", "all"] {
            let client = format!(
                "[features]\ndefault = [\"tls\"]\ntls = [\"scrm-core/rustls\"]\n\n[dependencies]\nscrm-core = {{ path = {core:?}, default-features = false }}\n"
            );
            folder.put(&format!("{name}/Cargo.toml"), &package(name, &client))?;
            folder.put(&format!("{name}/src/lib.rs"), "mod generated;\npub use generated::*;\n")?;
            let program = format!(
                "[dependencies]\n{name} = {{ path = \"../{name}\", default-features = false }}\ntokio = {{ version = \"1\", features = [\"rt\"] }}\n"
            );
            folder.put(&format!("{name}-program/Cargo.toml"), &package(&format!("{name}-program"), &program))?;
        }
        Ok(folder)
    }

    /// The client of this vendor, and a program that calls these of its operations.
    fn write(&self, name: &str, vendor: &Vendor, called: &[&Operation]) -> Result<(), String> {
        let tree = Tree { vendors: vec![vendor.clone()], ..Tree::default() };
        let below = format!("crates/{}-client/", vendor.file.vendor);
        for (path, text) in scrm_codegen::generate(&tree).map_err(|errors| errors.to_string())? {
            if let Some(path) = path.strip_prefix(&below) {
                self.put(&format!("{name}/{path}"), &text)?;
            }
        }
        self.put(&format!("{name}-program/src/main.rs"), &program(name, vendor, called))
    }

    fn put(&self, path: &str, text: &str) -> Result<(), String> {
        builder::write(&self.0, path, text)
    }

    /// Runs cargo and gives the processor time that it and the compilers took, in seconds.
    fn cargo(&self, arguments: &[&str]) -> Result<f64, String> {
        builder::cargo(&self.0, arguments).map(|cost| cost.processor)
    }

    fn check(&self, name: &str) -> Result<f64, String> {
        self.cargo(&["check", "--package", name])
    }

    /// Of the client alone.
    fn check_again(&self, name: &str) -> Result<f64, String> {
        self.cargo(&["clean", "--package", name])?;
        self.check(name)
    }

    fn program(&self, name: &str) -> Result<f64, String> {
        let program = format!("{name}-program");
        self.cargo(&["build", "--release", "--package", &program])?;
        builder::size(&self.0.join("target/release").join(program))
    }
}

fn package(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{rest}")
}

/// A program that sends these operations by a client, as its users do, over a transport of its own.
fn program(name: &str, vendor: &Vendor, called: &[&Operation]) -> String {
    let credentials = vendor.file.credentials.iter().filter(|credential| credential.required).map(|_| "\"made_up\"").collect::<Vec<_>>();
    let mut out = PROGRAM.replace("CLIENT", name).replace("CREDENTIALS", &credentials.join(", "));
    for operation in called {
        let area = operation.area.as_deref().unwrap_or_default();
        let _ = writeln!(out, "        println!(\"{{:?}}\", client.call({name}::{area}::{}::new()).await);", pascal(&operation.name));
    }
    out + "    });\n}\n"
}

const PROGRAM: &str = "struct Nowhere;
#[CLIENT::async_trait]
impl CLIENT::Transport for Nowhere {
    async fn send(&self, _: CLIENT::HttpRequest) -> Result<CLIENT::HttpResponse, CLIENT::TransportError> {
        Err(CLIENT::TransportError::new(CLIENT::TransportErrorKind::Connect, CLIENT::Sent::No, \"nowhere\"))
    }
}
fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let credentials = CLIENT::Credentials::new(CREDENTIALS);
        let client = CLIENT::Client::builder(credentials).transport(std::sync::Arc::new(Nowhere)).token(\"made_up\").build().unwrap();
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_client_has_what_is_called_and_can_be_generated() {
        let tree = scrm_schema::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap();
        let largest = tree.vendors.iter().max_by_key(|vendor| vendor.operations.len()).unwrap();
        let called = called(largest);
        let few = only(largest, &called);
        assert_eq!((called.len(), few.operations.len()), (FEW, FEW + largest.token_operations().count()));
        scrm_codegen::generate(&Tree { vendors: vec![few], ..Tree::default() }).map_err(|errors| errors.to_string()).unwrap();
    }
}
