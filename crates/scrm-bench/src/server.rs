//! A server on the loopback that always answers the same: in a process of its own, so that its processor time is not the client's.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::{Router, http::Uri};
use bytes::Bytes;
use tokio::sync::watch;

use crate::{
    bodies::{self, Twist},
    usage,
};

/// The first argument that makes this program the server.
pub const COMMAND: &str = "serve";
/// Path prefix under which a page of 50 users is answered.
pub const PAGE: &str = "page";
/// Path prefix under which a page of two users is answered, which is a kilobyte.
pub const PAIR: &str = "pair";
/// Path prefix under which one customer is answered.
pub const SMALL: &str = "small";
/// Path prefix under which the pages of a list are answered, each after [`LATENCY`].
pub const LIST: &str = "list";
/// Path prefix under which a list without rows is answered.
pub const EMPTY: &str = "empty";
/// Path prefix under which the same is answered, but only after somebody asked for [`RELEASE`].
pub const HELD: &str = "held";
/// Path that is answered with how many requests are held.
pub const COUNT: &str = "count";
/// Path that lets the held requests be answered.
pub const RELEASE: &str = "release";
/// How many users the list has.
pub const LISTED: usize = 9_950;
/// How long the answer to a page of the list takes.
pub const LATENCY: Duration = Duration::from_millis(100);

/// Serves until the process is killed; prints its address first.
#[allow(clippy::print_stdout)]
pub fn serve() -> ExitCode {
    usage::pin(0);
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return ExitCode::FAILURE };
    let page = Bytes::from(bodies::users(50, Twist::default()));
    let pair = Bytes::from(bodies::users(2, Twist::default()));
    let small = Bytes::from(bodies::customer(Twist::default()));
    let answer = move |uri: Uri, request: Bytes| {
        let (page, pair, small) = (page.clone(), pair.clone(), small.clone());
        async move {
            let body = match uri.path().split('/').nth(1) {
                _ if uri.path().ends_with("/token") => Bytes::from_static(TOKEN),
                Some(PAGE) => page,
                Some(PAIR) => pair,
                Some(EMPTY) => Bytes::from_static(NOBODY),
                Some(HELD) => held().await,
                Some(COUNT) => Bytes::from(HOLDING.load(Ordering::Acquire).to_string()),
                Some(RELEASE) => {
                    RELEASED.send_replace(true);
                    Bytes::new()
                }
                Some(LIST) => {
                    tokio::time::sleep(LATENCY).await;
                    listed(&request)
                }
                _ => small,
            };
            ([("content-type", "application/json")], body)
        }
    };
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        axum::serve(listener, Router::new().fallback(answer)).await
    });
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A token as 小鹅通 gives it.
const TOKEN: &[u8] = br#"{"code":0,"msg":"success","data":{"access_token":"0123456789abcdef0123456789abcdef","expires_in":7200}}"#;
/// A list without rows.
const NOBODY: &[u8] = br#"{"code":0,"msg":"success","data":{"list":[],"total":0}}"#;
static HOLDING: AtomicUsize = AtomicUsize::new(0);
static RELEASED: std::sync::LazyLock<watch::Sender<bool>> = std::sync::LazyLock::new(|| watch::Sender::new(false));

async fn held() -> Bytes {
    HOLDING.fetch_add(1, Ordering::AcqRel);
    // The sender lives as long as the process.
    let _ = RELEASED.subscribe().wait_for(|released| *released).await;
    Bytes::from_static(NOBODY)
}

/// The page of the list that is asked for.
fn listed(request: &[u8]) -> Bytes {
    let asked: serde_json::Value = serde_json::from_slice(request).unwrap_or_default();
    let number = |key: &str| asked[key].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(1);
    let (page, size) = (number("page"), number("page_size"));
    let first = (page.max(1) - 1) * size;
    Bytes::from(bodies::listed_users(first..(first + size).min(LISTED).max(first), LISTED))
}

/// The server's process; ended when dropped.
pub struct Server {
    process: Child,
    /// Scheme, host and port.
    pub url: String,
}

impl Server {
    /// Starts it.
    ///
    /// # Errors
    /// The process does not start, or does not tell its address.
    pub fn start() -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| error.to_string())?;
        let mut process =
            Command::new(program).arg(COMMAND).stdout(Stdio::piped()).spawn().map_err(|error| format!("the server: {error}"))?;
        let mut url = String::new();
        let told = process.stdout.take().map(|out| BufReader::new(out).read_line(&mut url));
        let server = Server { process, url: url.trim().to_owned() };
        match told {
            Some(Ok(1..)) => Ok(server),
            _ => Err("the server did not tell its address".to_owned()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
