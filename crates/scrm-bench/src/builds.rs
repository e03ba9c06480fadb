//! What somebody waits for who builds a program on a client, beside the same program written by hand on the HTTP library alone.
//!
//! Each first build begins without a target folder and includes all dependencies. They are long, so each is made once; checks after a change are short, and made
//! several times in turn.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    builder::{self, Cost},
    measure::median,
    report::{Figure, Goal, Report},
};

/// The bound for first builds.
const FIRST_AT_MOST: f64 = 1.12;
/// So many checks after a change of the program.
const CHANGES: usize = 5;
const FIRST: [(&str, &[&str]); 3] =
    [("first cargo check", &["check"]), ("first cargo build", &["build"]), ("first cargo build --release", &["build", "--release"])];

/// Builds both programs, first and again.
///
/// # Errors
/// Files cannot be written, or a build fails.
pub fn run(report: &mut Report, root: &Path, work: &Path) -> Result<(), String> {
    let client = root.join("crates/xiaoe-client");
    let theirs = Program::new(work, root, "by-hand", BY_HAND, HAND_DEPENDENCIES)?;
    let ours = Program::new(work, root, "by-client", BY_CLIENT, &format!("xiaoe-client = {{ path = {client:?} }}\n"))?;
    for (benchmark, arguments) in FIRST {
        compare(report, benchmark, theirs.first(arguments)?, ours.first(arguments)?);
    }
    changed(report, &theirs, &ours)
}

fn compare(report: &mut Report, benchmark: &str, theirs: Cost, ours: Cost) {
    for (kind, theirs, ours) in [("processor", theirs.processor, ours.processor), ("wall", theirs.wall, ours.wall)] {
        let benchmark = format!("{benchmark}, {kind}");
        let ratio = ours / theirs;
        report.push(Figure { ratio: Some(1.0), ..Figure::plain(&benchmark, "on reqwest by hand", seconds(theirs)) });
        let goal = Some(Goal { value: ratio, at_most: FIRST_AT_MOST });
        report.push(Figure { ratio: Some(ratio), goal, ..Figure::plain(&benchmark, "on xiaoe-client", seconds(ours)) });
    }
}

/// A check after a change of the program. The bound of what the client may add is what the other program's checks differ among themselves.
fn changed(report: &mut Report, theirs: &Program, ours: &Program) -> Result<(), String> {
    let (mut bare, mut own) = (Vec::new(), Vec::new());
    for program in [theirs, ours] {
        program.cargo(&["check"])?;
    }
    for round in 0..CHANGES {
        bare.push(theirs.changed(round)?.processor);
        own.push(ours.changed(round)?.processor);
    }
    let noise = bare.iter().copied().fold(0.0, f64::max) - bare.iter().copied().fold(f64::INFINITY, f64::min);
    let (bare, own) = (median(bare), median(own));
    let benchmark = "cargo check after a change of the program, processor";
    report.push(Figure { ratio: Some(1.0), ..Figure::plain(benchmark, "on reqwest by hand", seconds(bare)) });
    let goal = Some(Goal { value: own - bare, at_most: (noise * 100.0).ceil() / 100.0 });
    let shown = format!("{}, {:+.2} s", seconds(own), own - bare);
    report.push(Figure {
        ratio: Some(own / bare),
        goal,
        ..Figure::plain(benchmark, "on xiaoe-client; goal: the other's noise, in s", shown)
    });
    Ok(())
}

fn seconds(value: f64) -> String {
    format!("{value:.2} s")
}

/// A program in a workspace of its own.
struct Program {
    folder: PathBuf,
    source: &'static str,
}

impl Program {
    fn new(work: &Path, root: &Path, name: &str, source: &'static str, dependencies: &str) -> Result<Self, String> {
        let program = Program { folder: work.join("builds").join(name), source };
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n"
        );
        builder::write(&program.folder, "Cargo.toml", &manifest)?;
        let lock = fs::read_to_string(root.join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
        builder::write(&program.folder, "Cargo.lock", &lock)?;
        builder::write(&program.folder, "src/main.rs", source)?;
        Ok(program)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Cost, String> {
        builder::cargo(&self.folder, arguments)
    }

    /// With nothing built before.
    fn first(&self, arguments: &[&str]) -> Result<Cost, String> {
        let target = self.folder.join("target");
        if target.exists() {
            fs::remove_dir_all(&target).map_err(|error| format!("{}: {error}", target.display()))?;
        }
        self.cargo(arguments)
    }

    /// A check after the user has changed a line.
    fn changed(&self, round: usize) -> Result<Cost, String> {
        let source = self.source.replace("page += 1;", &format!("page += 1; // {round}\n        println!(\"{round}: page {{page}}\");"));
        builder::write(&self.folder, "src/main.rs", &source)?;
        self.cargo(&["check"])
    }
}

const HAND_DEPENDENCIES: &str = "reqwest = { version = \"0.13\", default-features = false, features = [\"http2\", \"json\", \"rustls\"] }
serde = { version = \"1\", features = [\"derive\"] }
serde_json = \"1\"
";

/// A token, a list to its end, and the points of each user, as they are written in an afternoon.
const BY_HAND: &str = r#"use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Answer<T> {
    code: i64,
    msg: String,
    data: Option<T>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct Users {
    list: Vec<User>,
    total: u64,
}

#[derive(Deserialize)]
struct User {
    user_id: String,
    user_nickname: Option<String>,
    bind_phone: Option<String>,
    user_created_at: Option<String>,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn call<T: DeserializeOwned>(http: &reqwest::Client, path: &str, request: &Value) -> Result<T, Failure> {
    let answer: Answer<T> = http.post(format!("https://api.xiaoe-tech.com/{path}")).json(request).send().await?.json().await?;
    match answer.data {
        Some(data) if answer.code == 0 => Ok(data),
        _ => Err(format!("{}: {}", answer.code, answer.msg).into()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let http = reqwest::Client::new();
    let given = json!({ "app_id": "app", "client_id": "client", "secret_key": "secret", "grant_type": "client_credential" });
    let token: Token = call(&http, "token", &given).await?;
    let (mut page, mut seen) = (1, 0);
    loop {
        let request = json!({ "access_token": token.access_token, "page": page, "page_size": 50 });
        let users: Users = call(&http, "xe.user.batch.get/1.0.0", &request).await?;
        for user in &users.list {
            println!("{} {:?} {:?} {:?}", user.user_id, user.user_nickname, user.bind_phone, user.user_created_at);
            let request = json!({ "access_token": token.access_token, "user_ids": [user.user_id], "page": "1", "page_size": "50" });
            let points: Value = call(&http, "xe.account.info.batch/1.0.0", &request).await?;
            println!("{points}");
        }
        seen += users.list.len() as u64;
        if users.list.is_empty() || seen >= users.total {
            return Ok(());
        }
        page += 1;
    }
}
"#;

/// The same with the client.
const BY_CLIENT: &str = r#"use xiaoe_client::{Client, Credentials, points::PointsList, user::UserList};

#[tokio::main]
async fn main() -> Result<(), xiaoe_client::Error> {
    let client = Client::builder(Credentials::new("app", "client", "secret")).build()?;
    let mut page = 0;
    let mut pages = client.user().list(UserList::new()).paginate().pages();
    while let Some(users) = pages.next().await? {
        for user in &users.rows {
            println!("{:?} {:?} {:?} {:?}", user.user_id, user.user_nickname, user.bind_phone, user.user_created_at);
            let Some(id) = &user.user_id else { continue };
            let points = client.points().list(PointsList::new().with_user_ids([id.as_str()])).await?;
            println!("{:?}", points.data);
        }
        page += 1;
    }
    println!("{page} pages");
    Ok(())
}
"#;
