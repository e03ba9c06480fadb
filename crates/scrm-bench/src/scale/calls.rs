//! What a call costs that waits for its answer: all of the process's memory, with the connection and the task that it runs in.

use std::time::{Duration, Instant};

use scrm_core::spec::QuotaSpec;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};
use xiaoe_client::{Client, Credentials, user::UserList};

use super::{Figures, against_server, figure, memory, resident};
use crate::{
    report::{Figure, Report},
    server::{COUNT, HELD, RELEASE},
    usage,
};

pub(super) const PART: &str = "calls";
const CALLS: usize = 10_000;
/// Files that a process has open besides.
const OTHER_FILES: usize = 100;
/// So many are begun before the next ones: as many as a listener has room for.
const AT_ONCE: usize = 500;
const PATIENCE: Duration = Duration::from_secs(120);
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// More than are used here.
const QUOTA: QuotaSpec = QuotaSpec { calls: 1_000_000, seconds: 10 };

pub(super) fn run(report: &mut Report) -> Result<(), String> {
    usage::allow_files();
    for (by, variant, at_most) in
        [("reqwest", "memory of one, reqwest by hand", None), ("ours", "memory of one, this crate, all layers on", Some(12.0))]
    {
        let figures = against_server(PART, &[by])?;
        let benchmark = format!("{} calls in flight at once", figure(&figures, "calls"));
        memory(report, &benchmark, variant, figure(&figures, "bytes"), at_most);
        if by == "ours" {
            let tasks = figure(&figures, "tasks") / figure(&figures, "calls");
            report.push(Figure::plain(&benchmark, "tasks of one, the caller's among them", format!("{tasks:.2}")));
        }
    }
    Ok(())
}

/// Begins the calls, waits until the server has all of them, and lets it answer.
#[allow(clippy::cast_precision_loss)]
pub(super) async fn measure(url: &str, by: &str) -> Result<Figures, String> {
    let calls = CALLS.min(usage::allow_files().saturating_sub(OTHER_FILES));
    let caller = Caller::new(url, by)?;
    let mut under_way = JoinSet::new();
    let before = resident();
    while under_way.len() < calls {
        for _ in 0..AT_ONCE.min(calls - under_way.len()) {
            under_way.spawn(caller.clone().call());
        }
        until_held(url, under_way.len()).await?;
    }
    let bytes = (resident() - before) / calls as f64;
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    ask(url, RELEASE).await?;
    while let Some(outcome) = under_way.join_next().await {
        outcome.map_err(|error| error.to_string())??;
    }
    Ok([("calls", calls as f64), ("bytes", bytes), ("tasks", tasks as f64)].map(|(name, value)| (name.to_owned(), value)).into())
}

#[derive(Clone)]
enum Caller {
    Ours(Client),
    ByHand(reqwest::Client, String),
}

impl Caller {
    fn new(url: &str, by: &str) -> Result<Self, String> {
        let url = format!("{url}/{HELD}");
        if by == "reqwest" {
            return Ok(Caller::ByHand(reqwest::Client::new(), format!("{url}/xe.user.batch.get/1.0.0")));
        }
        let builder = Client::builder(Credentials::new("app", "xop", "secret")).base_url(url).token(TOKEN);
        builder.quota("user_list", QUOTA).timeout(PATIENCE).build().map(Caller::Ours).map_err(|error| error.to_string())
    }

    async fn call(self) -> Result<(), String> {
        match self {
            Caller::Ours(client) => client.user().list(UserList::new()).await.map(drop).map_err(|error| error.to_string()),
            Caller::ByHand(http, url) => {
                let request = json!({ "access_token": TOKEN, "page": 1, "page_size": 50 });
                let answer = http.post(url).json(&request).send().await.map_err(|error| error.to_string())?;
                answer.json::<serde_json::Value>().await.map(drop).map_err(|error| error.to_string())
            }
        }
    }
}

async fn until_held(url: &str, calls: usize) -> Result<(), String> {
    let began = Instant::now();
    loop {
        let held = ask(url, COUNT).await?;
        match held.parse::<usize>() {
            Ok(held) if held >= calls => return Ok(()),
            _ if began.elapsed() > PATIENCE / 2 => return Err(format!("the server has {held} of {calls} calls")),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Asks the server with as little memory as can be.
async fn ask(url: &str, path: &str) -> Result<String, String> {
    let address = url.trim_start_matches("http://");
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(format!("GET /{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = asked.await.map_err(|error| error.to_string())?;
    Ok(answer.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned()))
}
