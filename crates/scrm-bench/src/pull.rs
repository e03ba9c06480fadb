//! Whole pulls: many pages from a server that takes its time, several under way at once against one after the other; and rows that go somewhere.

mod by_hand;
#[cfg(unix)]
mod database;
mod null_client;
mod sinks;

use std::{path::Path, time::Instant};

use serde::Serialize;
use xiaoe_client::user::UserList;

pub use self::by_hand::{COMMAND, child};
use crate::{
    report::{Figure, Goal, Report, time},
    server::{LIST, LISTED, Server},
    strict,
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SIZE: i64 = 50;

#[derive(Serialize)]
struct Page {
    access_token: &'static str,
    page: i64,
    page_size: i64,
}

/// Pulls in all ways; `work`: a folder for what comes of it.
///
/// # Errors
/// A server does not start, a call fails, or a row is lost.
pub fn run(report: &mut Report, work: &Path) -> Result<(), String> {
    latency(report)?;
    sinks::run(report, work)
}

fn latency(report: &mut Report) -> Result<(), String> {
    let server = Server::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let (by_hand, ours) = runtime.block_on(async { Ok::<_, String>((in_turn(&server.url).await?, at_once(&server.url).await?)) })?;
    let benchmark = "pull of 9,950 users, 100 ms latency";
    report.push(Figure { ratio: Some(1.0), ..Figure::plain(benchmark, "one page after the other", time(by_hand)) });
    let goal = Some(Goal { value: ours / by_hand, at_most: 0.08 });
    report.push(Figure { ratio: Some(ours / by_hand), goal, ..Figure::plain(benchmark, "this crate, concurrency 16", time(ours)) });
    Ok(())
}

async fn in_turn(url: &str) -> Result<f64, String> {
    let (http, url) = (reqwest::Client::new(), format!("{url}/{LIST}/xe.user.batch.get/1.0.0"));
    let (started, mut rows) = (Instant::now(), 0);
    for page in 1.. {
        let request = Page { access_token: TOKEN, page, page_size: SIZE };
        let answer = http.post(&url).json(&request).send().await.map_err(|error| error.to_string())?;
        let users: strict::Users = answer.json().await.map_err(|error| error.to_string())?;
        rows += users.data.map_or(0, |data| data.list.len());
        if rows >= LISTED {
            break;
        }
    }
    Ok(started.elapsed().as_secs_f64())
}

async fn at_once(url: &str) -> Result<f64, String> {
    let credentials = xiaoe_client::Credentials::new("app", "xop", "secret");
    let builder = xiaoe_client::Client::builder(credentials).base_url(format!("{url}/{LIST}")).token(TOKEN);
    let client = builder.build().map_err(|error| error.to_string())?;
    let (started, mut rows) = (Instant::now(), 0);
    let mut users = client.user().list(UserList::new()).paginate().concurrency(16).items();
    while users.next().await.map_err(|error| error.to_string())?.is_some() {
        rows += 1;
    }
    if rows == LISTED { Ok(started.elapsed().as_secs_f64()) } else { Err(format!("{rows} rows instead of {LISTED}")) }
}
