//! The same pull into nothing or into lines of JSON, as a program of its own: strict structs in a loop over reqwest, and the library's pull.

use std::{
    collections::BTreeMap,
    env,
    fs::File,
    io::{BufWriter, Write, sink},
    process::ExitCode,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use xiaoe_client::{Client, Credentials, user::UserListV2};

/// The first argument that makes this program pull; the second says how, a third where to.
pub const COMMAND: &str = "pull-by";
/// By strict structs.
pub(super) const STRICT: &str = "strict";
/// By the library.
pub(super) const OURS: &str = "ours";

#[derive(Deserialize)]
struct Answer<T> {
    code: i64,
    data: T,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct Page {
    list: Vec<User>,
}

#[derive(Serialize, Deserialize)]
struct User {
    user_id: String,
    user_nickname: String,
    bind_phone: Option<String>,
    collect_phone: String,
    avatar: String,
    from: String,
    pay_sum: Value,
    punch_count: i64,
    wx_union_id: String,
    wx_app_open_id: String,
    wx_open_id: String,
    user_created_at: String,
    #[serde(skip_serializing)]
    es_skip: Cursor,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    id: String,
    user_created_at: Value,
}

#[derive(Serialize)]
struct Request<'a> {
    access_token: &'a str,
    page_size: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    es_skip: Option<Cursor>,
}

/// Pulls.
#[allow(clippy::print_stderr)]
pub fn child() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let pulled = runtime.map_err(|error| error.to_string()).and_then(|runtime| match env::args().nth(2).as_deref() {
        Some(OURS) => runtime.block_on(ours()),
        _ => runtime.block_on(strict(env::args().nth(3))),
    });
    match pulled {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn ours() -> Result<(), String> {
    let credentials = Credentials::from_env().map_err(|error| error.to_string())?;
    let client = Client::builder(credentials).without_quota().build().map_err(|error| error.to_string())?;
    let mut users = client.user().list_v2(UserListV2::new()).paginate().items();
    while users.next().await.map_err(|error| error.to_string())?.is_some() {}
    if users.summary().is_complete() { Ok(()) } else { Err(users.summary().to_string()) }
}

/// `to`: a file; else nothing.
async fn strict(to: Option<String>) -> Result<(), String> {
    let given = |name: &str| env::var(name).unwrap_or_default();
    let base = given("XIAOE_BASE_URL");
    let http = reqwest::Client::new();
    let token = json!({
        "app_id": given("XIAOE_APP_ID"), "client_id": given("XIAOE_CLIENT_ID"), "secret_key": given("XIAOE_SECRET_KEY"),
        "grant_type": "client_credential",
    });
    let parameters: BTreeMap<String, String> = serde_json::from_value(token).map_err(|error| error.to_string())?;
    let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let token: Answer<Token> = read(http.get(format!("{base}/token?{}", query.join("&")))).await?;
    let mut out: Box<dyn Write> = match to {
        Some(path) => Box::new(BufWriter::new(File::create(&path).map_err(|error| format!("{path}: {error}"))?)),
        None => Box::new(sink()),
    };
    let writes = env::args().nth(3).is_some();
    let (url, mut es_skip) = (format!("{base}/xe.user.batch.get/2.0.0"), None);
    loop {
        let request = Request { access_token: &token.data.access_token, page_size: 50, es_skip };
        let page: Answer<Page> = read(http.post(&url).json(&request)).await?;
        for user in page.data.list.iter().filter(|_| writes) {
            serde_json::to_writer(&mut out, user).map_err(|error| error.to_string())?;
            out.write_all(b"\n").map_err(|error| error.to_string())?;
        }
        match page.data.list.into_iter().next_back() {
            Some(last) => es_skip = Some(last.es_skip),
            None => return out.flush().map_err(|error| error.to_string()),
        }
    }
}

async fn read<T: serde::de::DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<Answer<T>, String> {
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let answer: Answer<T> = answer.json().await.map_err(|error| format!("{error:?}"))?;
    if answer.code == 0 { Ok(answer) } else { Err(format!("code {}", answer.code)) }
}
