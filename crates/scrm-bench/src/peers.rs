//! Other generators' clients of the same document: what a call costs, and what their code costs to check.
//!
//! progenitor comes from crates.io, openapi-generator (which needs Java) with a package from PyPI; both are built apart from this workspace and its lock file. What cannot
//! be had is told and left out. Both are given the document as OpenAPI 3.0, without the rules that their types cannot say.

mod document;

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    measure::median,
    report::{Figure, Report, time},
    server::{PAGE, PAIR, Server},
    usage,
};

const ROUNDS: usize = 41;
const CALLS: u32 = 100;
/// How long a generator may take.
const PATIENCE: Duration = Duration::from_secs(180);
/// Version of the package that holds openapi-generator.
const OPENAPI_GENERATOR: &str = "openapi-generator-cli==7.26.0";
const BY_HAND: &str = "by-hand";
const OURS: &str = "ours";

/// A generator of others.
struct Peer {
    name: &'static str,
    /// Name of its crate.
    package: &'static str,
    generate: fn(&Folders) -> Result<(), String>,
    /// What the program calls it by.
    client: &'static str,
    call: &'static str,
}

const PEERS: [Peer; 2] = [
    Peer {
        name: "progenitor",
        package: "by_progenitor",
        generate: progenitor,
        client: "by_progenitor::Client::new_with_client(base, http)",
        call: "let request: by_progenitor::types::UserListRequest = serde_json::from_value(request!())?;
            client.user_list(&request).await?.into_inner().data.map_or(0, |data| data.list.len())",
    },
    Peer {
        name: "openapi-generator",
        package: "by_openapi_generator",
        generate: openapi_generator,
        client: "by_openapi_generator::apis::configuration::Configuration { base_path: base.to_owned(), client: http, user_agent: None, ..Default::default() }",
        call: "let request: by_openapi_generator::models::UserListRequest = serde_json::from_value(request!())?;
            by_openapi_generator::apis::user_api::user_list(&client, request).await?.data.map_or(0, |data| data.list.len())",
    },
];

/// Where things stand.
struct Folders {
    root: PathBuf,
    work: PathBuf,
    document: PathBuf,
}

/// Generates, builds and measures.
///
/// # Errors
/// The schemas cannot be read, files cannot be written, or a call fails. What is missing on this machine is no error.
pub fn run(report: &mut Report, root: &Path, work: &Path) -> Result<(), String> {
    let work = work.join("peers");
    let folders = Folders { root: root.to_owned(), document: work.join("document.json"), work };
    write(&folders.document, &document::of(&root.join("schemas"), "xiaoe")?)?;
    let mut built = Vec::new();
    for peer in &PEERS {
        match (peer.generate)(&folders).and_then(|()| folders.cargo(peer.package, &["check", "--lib"]).map(drop)) {
            Ok(()) => built.push(peer),
            Err(problem) => {
                report.push(Figure::plain("other generators' clients", &format!("{}: not measured", peer.name), shortened(&problem)))
            }
        }
    }
    if built.is_empty() {
        return Ok(());
    }
    checks(report, &folders, &built)?;
    calls(report, &folders, &built)
}

fn shortened(problem: &str) -> String {
    let line = problem.lines().find(|line| line.contains("error")).or(problem.lines().next()).unwrap_or_default();
    line.chars().take(200).collect::<String>().replace('|', "/")
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(|error| format!("{}: {error}", path.display()))
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n[profile.dev]\nincremental = false\n"
    )
}

impl Folders {
    /// Runs cargo in one of the folders; the processor time that it and its compilers took.
    fn cargo(&self, package: &str, arguments: &[&str]) -> Result<f64, String> {
        let before = usage::children();
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--quiet", "--target-dir"])
            .arg(self.work.join("target"))
            .current_dir(self.work.join(package))
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        if output.status.success() { Ok(usage::children() - before) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }
}

/// Ends a program that takes too long.
fn in_time(command: &mut Command) -> Result<Vec<u8>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(|error| format!("{name}: {error}"))?;
    let errors = child.stderr.take().map(|mut errors| {
        thread::spawn(move || {
            let mut text = Vec::new();
            let _ = std::io::Read::read_to_end(&mut errors, &mut text);
            text
        })
    });
    let began = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if began.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{name}: error: not done in {} s", PATIENCE.as_secs()));
            }
        }
    };
    let errors = errors.and_then(|errors| errors.join().ok()).unwrap_or_default();
    if status.success() { Ok(errors) } else { Err(format!("{name}: {status}: {}", String::from_utf8_lossy(&errors))) }
}

fn progenitor(folders: &Folders) -> Result<(), String> {
    let tool = folders.work.join("progenitor");
    let needs = "openapiv3 = \"2\"\nprettyplease = \"0.2\"\nprogenitor-impl = \"0.15\"\nserde_json = \"1\"\nsyn = \"2\"\n";
    write(&tool.join("Cargo.toml"), &manifest("progenitor-tool", needs))?;
    write(&tool.join("src/main.rs"), include_str!("peers/progenitor.rs.txt"))?;
    folders.cargo("progenitor", &["build"])?;
    let package = folders.work.join("by_progenitor");
    let needs = "progenitor-client = \"0.15\"\nregress = \"0.12\"\nreqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"query\", \"stream\"] }\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";
    write(&package.join("Cargo.toml"), &manifest("by_progenitor", needs))?;
    write(&package.join("src/lib.rs"), "")?;
    let program = folders.work.join("target/debug/progenitor-tool");
    in_time(Command::new(program).arg(&folders.document).arg(package.join("src/lib.rs"))).map(drop)
}

fn openapi_generator(folders: &Folders) -> Result<(), String> {
    let home = folders.work.join("python");
    let program = home.join("bin/openapi-generator-cli");
    if !program.exists() {
        in_time(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        in_time(Command::new(home.join("bin/python")).args(["-m", "pip", "install", "--quiet", OPENAPI_GENERATOR]))?;
    }
    let package = folders.work.join("by_openapi_generator");
    let mut generate = Command::new(program);
    generate.args(["generate", "--generator-name", "rust", "--library", "reqwest", "--skip-validate-spec", "--input-spec"]);
    generate
        .arg(&folders.document)
        .arg("--output")
        .arg(&package)
        .args(["--additional-properties", "packageName=by_openapi_generator,packageVersion=0.0.0"]);
    in_time(&mut generate)?;
    // Its own has TLS by default, and no end of the workspace above it.
    let needs = "reqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"multipart\", \"query\", \"form\"] }\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\nserde_repr = \"0.1\"\nserde_with = { version = \"3.8\", default-features = false, features = [\"base64\", \"std\", \"macros\"] }\nurl = \"2.5\"\n";
    write(&package.join("Cargo.toml"), &manifest("by_openapi_generator", needs).replace("2024", "2021"))
}

/// Processor time of a check of the clients alone; this crate's is that of the whole vendor, too. Each is checked once, for it is long.
fn checks(report: &mut Report, folders: &Folders, built: &[&Peer]) -> Result<(), String> {
    let (core, source) = (folders.root.join("crates/scrm-core"), folders.root.join("crates/xiaoe-client/src"));
    let needs = format!("scrm-core = {{ path = {core:?}, default-features = false, features = [\"http\"] }}\n");
    let features = "\n[features]\nhttp = []\n\n[lib]\n";
    let ours = format!("{}{features}path = {:?}\n", manifest("by_this_generator", &needs), source.join("lib.rs"));
    write(&folders.work.join("by_this_generator/Cargo.toml"), &ours)?;
    let measured = |package: &str| {
        folders.cargo(package, &["check", "--lib"])?;
        folders.cargo(package, &["clean", "--package", package])?;
        folders.cargo(package, &["check", "--lib"])
    };
    let benchmark = "cargo check of a client of the whole vendor, the client alone";
    let base = measured("by_this_generator")?;
    report.push(Figure { ratio: Some(1.0), ..Figure::plain(benchmark, "this generator", format!("{base:.1} s CPU")) });
    for peer in built {
        let cost = measured(peer.package)?;
        report.push(Figure { ratio: Some(cost / base), ..Figure::plain(benchmark, peer.name, format!("{cost:.1} s CPU")) });
    }
    Ok(())
}

/// A process that calls by the peers and by hand.
struct Callers {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Callers {
    fn start(folders: &Folders, base: &str, built: &[&Peer]) -> Result<Self, String> {
        let ours = folders.root.join("crates/xiaoe-client");
        let mut needs = "nix = { version = \"0.31\", default-features = false, features = [\"resource\"] }\nreqwest = { version = \"0.13\", default-features = false, features = [\"json\"] }\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\ntokio = { version = \"1\", features = [\"macros\", \"net\", \"rt\", \"time\"] }\n".to_owned();
        needs.push_str(&format!("xiaoe-client = {{ path = {ours:?}, default-features = false, features = [\"http\"] }}\n"));
        let mut program = include_str!("peers/callers.rs.txt").to_owned();
        for Peer { name, package, client, call, .. } in built {
            needs.push_str(&format!("{package} = {{ path = \"../{package}\" }}\n"));
            let arm = format!(
                "        \"{name}\" => {{\n            let client = {client};\n            timed!(times, {{\n            {call}\n            }})\n        }}\n        // more\n"
            );
            program = program.replace("        // more\n", &arm);
        }
        write(&folders.work.join("callers/Cargo.toml"), &manifest("callers", &needs))?;
        write(&folders.work.join("callers/src/main.rs"), &program)?;
        folders.cargo("callers", &["build", "--release"])?;
        // It inherits the processor, which is another than the server's.
        usage::pin(1);
        let process =
            Command::new(folders.work.join("target/release/callers")).arg(base).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        usage::pin_none();
        let mut process = process.map_err(|error| format!("callers: {error}"))?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Callers { process, questions, answers: BufReader::new(answers) }),
            _ => Err("callers: no pipes".to_owned()),
        }
    }

    /// Processor seconds of a call.
    fn call(&mut self, who: &str) -> Result<f64, String> {
        let mut answer = String::new();
        let told = writeln!(self.questions, "{who} {CALLS}").and_then(|()| self.answers.read_line(&mut answer));
        told.map_err(|error| format!("{who}: {error}"))?;
        answer.trim().parse().map_err(|_| format!("{who}: {answer:?}"))
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn calls(report: &mut Report, folders: &Folders, built: &[&Peer]) -> Result<(), String> {
    let server = Server::start()?;
    let names: Vec<&str> = [BY_HAND, OURS].into_iter().chain(built.iter().map(|peer| peer.name)).collect();
    for (path, benchmark) in [
        (PAGE, "client CPU per call of a client from our document, 50-user page"),
        (PAIR, "client CPU per call of a client from our document, 1 kB answer"),
    ] {
        let mut callers = Callers::start(folders, &format!("{}/{path}", server.url), built)?;
        let mut costs = vec![Vec::new(); names.len()];
        for round in 0..=ROUNDS {
            for step in 0..names.len() {
                let at = (step + round) % names.len();
                let cost = callers.call(names[at])?;
                // the first round warms up
                if round > 0 {
                    costs[at].push(cost);
                }
            }
        }
        for (name, cost) in names.iter().zip(&costs) {
            let ratio = median(cost.iter().zip(&costs[0]).map(|(one, base)| one / base).collect());
            let shown = match *name {
                BY_HAND => "reqwest by hand, strict structs",
                OURS => "this crate, all layers on but a quota",
                peer => peer,
            };
            report.push(Figure { ratio: Some(ratio), ..Figure::plain(benchmark, shown, time(median(cost.clone()))) });
        }
    }
    Ok(())
}
