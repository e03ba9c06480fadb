//! Processor time of the client for one call over the loopback, all layers on, against the HTTP library used by hand.

use std::time::Duration;

use rabbitpre_client::customer::CustomerLookup;
use scrm_core::spec::QuotaSpec;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Mutex,
};
use xiaoe_client::user::UserList;

use crate::{
    measure::median,
    report::{Figure, Goal, Report, time},
    server::{PAGE, SMALL, Server},
    strict, usage,
};

const ROUNDS: usize = 101;
const CALLS: u32 = 150;
/// More than can be used up here; the quota is asked all the same.
const QUOTA: QuotaSpec = QuotaSpec { calls: 1_000_000, seconds: 1 };

/// What is answered.
#[derive(Clone, Copy)]
pub enum Answer {
    /// A page of 50 users.
    Page,
    /// One customer.
    Small,
}

impl Answer {
    /// All, with what the table calls the call and what it may cost at most, against the HTTP library by hand.
    pub const ALL: [(Answer, &str, f64); 2] =
        [(Answer::Page, "client CPU per call, 50-user page", 0.72), (Answer::Small, "client CPU per call, 1 kB answer", 0.85)];
}

/// Who calls.
#[derive(Clone, Copy)]
pub enum Caller {
    /// The HTTP library, as a person uses it.
    ByHand,
    /// The same with a timeout, as a client has it that must not hang.
    Patient,
    /// This crate, all layers on.
    Ours,
    /// The same over the HTTP library, its other transport.
    OverReqwest,
    /// Nobody: the bytes of the request are written to a socket and those of the answer read. What is left of a call when nothing is left to do.
    Bare,
}

/// In the order of the table; the first is the baseline.
const CALLERS: [Caller; 5] = [Caller::ByHand, Caller::Patient, Caller::Ours, Caller::OverReqwest, Caller::Bare];

/// Runs both answers.
///
/// # Errors
/// The server or a client does not start, or a call fails.
pub fn run(report: &mut Report) -> Result<(), String> {
    with_callers(async |callers| {
        for (answer, benchmark, at_most) in Answer::ALL {
            let mut costs = [const { Vec::new() }; CALLERS.len()];
            for round in 0..=ROUNDS {
                for step in 0..costs.len() {
                    let at = (step + round) % costs.len();
                    let before = usage::own();
                    callers.call(CALLERS[at], answer, CALLS).await?;
                    // the first round warms up
                    if round > 0 {
                        costs[at].push((usage::own() - before) / f64::from(CALLS));
                    }
                }
            }
            push(report, benchmark, &costs, at_most);
        }
        Ok(())
    })
}

/// Calls so often, for a profiler.
///
/// # Errors
/// As [`run`].
pub fn repeat(caller: Caller, answer: Answer, times: u32) -> Result<(), String> {
    with_callers(async |callers| callers.call(caller, answer, times).await)
}

/// Starts the server on one processor and runs `work` on another.
fn with_callers(work: impl AsyncFnOnce(&Callers) -> Result<(), String>) -> Result<(), String> {
    let server = Server::start()?;
    usage::pin(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let outcome = runtime.block_on(async { work(&Callers::new(&server.url).await?).await });
    usage::pin_none();
    outcome
}

struct Callers {
    ours: Ours,
    over_reqwest: Ours,
    http: reqwest::Client,
    patient: reqwest::Client,
    pages: String,
    lookups: String,
    bare: (Bare, Bare),
}

impl Callers {
    async fn new(url: &str) -> Result<Self, String> {
        let timeout = Duration::from_secs(30);
        let patient = reqwest::Client::builder().timeout(timeout).read_timeout(timeout).build().map_err(|error| error.to_string())?;
        let (pages, lookups) =
            (format!("{url}/{PAGE}/xe.user.batch.get/1.0.0"), format!("{url}/{SMALL}/api/audience/getInfoByPhoneAndOpenid"));
        Ok(Callers {
            bare: (Bare::new(&pages, &PAGE_REQUEST).await?, Bare::new(&lookups, &LOOKUP_REQUEST).await?),
            ours: Ours::new(url, |http| http)?,
            over_reqwest: Ours::new(url, scrm_core::HttpTransportBuilder::reqwest)?,
            http: reqwest::Client::new(),
            patient,
            pages,
            lookups,
        })
    }

    async fn call(&self, caller: Caller, answer: Answer, times: u32) -> Result<(), String> {
        for _ in 0..times {
            let sound = match caller {
                Caller::ByHand => self.by_hand(&self.http, answer).await?,
                Caller::Patient => self.by_hand(&self.patient, answer).await?,
                Caller::Ours => self.ours.call(answer).await?,
                Caller::OverReqwest => self.over_reqwest.call(answer).await?,
                Caller::Bare => match answer {
                    Answer::Page => self.bare.0.call().await?,
                    Answer::Small => self.bare.1.call().await?,
                },
            };
            if !sound {
                return Err("an answer is not what it should be".to_owned());
            }
        }
        Ok(())
    }

    async fn by_hand(&self, http: &reqwest::Client, answer: Answer) -> Result<bool, String> {
        match answer {
            Answer::Page => raw::<_, strict::Users>(http, &self.pages, &PAGE_REQUEST).await,
            Answer::Small => raw::<_, strict::Customers>(http, &self.lookups, &LOOKUP_REQUEST).await,
        }
    }
}

/// This crate's clients.
struct Ours {
    xiaoe: xiaoe_client::Client,
    rabbitpre: rabbitpre_client::Client,
}

impl Ours {
    fn new(url: &str, http: fn(scrm_core::HttpTransportBuilder) -> scrm_core::HttpTransportBuilder) -> Result<Self, String> {
        let credentials = xiaoe_client::Credentials::new("app", "xop", "secret");
        let builder = xiaoe_client::Client::builder(credentials).base_url(format!("{url}/{PAGE}")).token(TOKEN).http(http);
        let xiaoe = builder.quota("user_list", QUOTA).build().map_err(|error| error.to_string())?;
        let credentials = rabbitpre_client::Credentials::new("id", "secret");
        let builder = rabbitpre_client::Client::builder(credentials).base_url(format!("{url}/{SMALL}")).token(TOKEN).http(http);
        let rabbitpre = builder.quota("customer_lookup", QUOTA).build().map_err(|error| error.to_string())?;
        Ok(Ours { xiaoe, rabbitpre })
    }

    async fn call(&self, answer: Answer) -> Result<bool, String> {
        match answer {
            Answer::Page => self.xiaoe.user().list(UserList::new()).await.map(|answer| answer.data.list.len() == 50),
            Answer::Small => {
                self.rabbitpre.customer().lookup(CustomerLookup::new().with_phone(PHONE)).await.map(|answer| answer.data.len() == 1)
            }
        }
        .map_err(|error| error.to_string())
    }
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const PHONE: &str = "13800138000";

#[derive(Serialize)]
struct Page {
    access_token: &'static str,
    page: i64,
    page_size: i64,
}

#[derive(Serialize)]
struct Lookup {
    access_token: &'static str,
    phone: &'static str,
}

const PAGE_REQUEST: Page = Page { access_token: TOKEN, page: 1, page_size: 50 };
const LOOKUP_REQUEST: Lookup = Lookup { access_token: TOKEN, phone: PHONE };

/// A socket, and the bytes that are written to it.
struct Bare {
    stream: Mutex<(TcpStream, Vec<u8>)>,
    request: Vec<u8>,
}

impl Bare {
    async fn new(url: &str, request: &impl Serialize) -> Result<Self, String> {
        let (host, path) = url.trim_start_matches("http://").split_once('/').ok_or("no path")?;
        let stream = TcpStream::connect(host).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let body = serde_json::to_string(request).map_err(|error| error.to_string())?;
        let length = body.len();
        let request = format!(
            "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\naccept: */*\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        Ok(Bare { stream: Mutex::new((stream, Vec::with_capacity(64 << 10))), request: request.into_bytes() })
    }

    async fn call(&self) -> Result<bool, String> {
        let (stream, answer) = &mut *self.stream.lock().await;
        answer.clear();
        stream.write_all(&self.request).await.map_err(|error| error.to_string())?;
        while !is_whole(answer) {
            if stream.read_buf(answer).await.map_err(|error| error.to_string())? == 0 {
                return Err("the answer is cut off".to_owned());
            }
        }
        Ok(answer.starts_with(b"HTTP/1.1 200"))
    }
}

/// Whether head and body are there.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    length.is_some_and(|length| answer.len() - end - 4 >= length)
}

/// What a person writes.
async fn raw<Q: Serialize, T: DeserializeOwned>(http: &reqwest::Client, url: &str, request: &Q) -> Result<bool, String> {
    let answer = http.post(url).json(request).send().await.map_err(|error| error.to_string())?;
    answer.json::<T>().await.map(|_| true).map_err(|error| error.to_string())
}

fn push(report: &mut Report, benchmark: &str, costs: &[Vec<f64>; CALLERS.len()], at_most: f64) {
    let names = [
        "reqwest by hand, .json().send().json(), no timeout",
        "the same with a timeout",
        "this crate, all layers on",
        "this crate over reqwest, all layers on",
        "nobody: a socket, the bytes written and read",
    ];
    let goals = [None, None, Some(at_most), None, None];
    for ((name, cost), goal) in names.into_iter().zip(costs).zip(goals) {
        let ratio = median(cost.iter().zip(&costs[0]).map(|(one, base)| one / base).collect());
        let goal = goal.map(|at_most| Goal { value: ratio, at_most });
        report.push(Figure { ratio: Some(ratio), goal, ..Figure::plain(benchmark, name, time(median(cost.clone()))) });
    }
}
