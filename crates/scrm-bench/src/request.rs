//! Processor time of the client for one call over the loopback, all layers on, against the HTTP library used by hand.

use std::time::Duration;

use rabbitpre_client::customer::CustomerLookup;
use scrm_core::spec::QuotaSpec;
use serde::{Serialize, de::DeserializeOwned};
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
}

/// In the order of the table; the first is the baseline.
const CALLERS: [Caller; 4] = [Caller::ByHand, Caller::Patient, Caller::Ours, Caller::OverReqwest];

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
    let outcome = runtime.block_on(async { work(&Callers::new(&server.url)?).await });
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
}

impl Callers {
    fn new(url: &str) -> Result<Self, String> {
        let timeout = Duration::from_secs(30);
        let patient = reqwest::Client::builder().timeout(timeout).read_timeout(timeout).build().map_err(|error| error.to_string())?;
        Ok(Callers {
            ours: Ours::new(url, |http| http)?,
            over_reqwest: Ours::new(url, scrm_core::HttpTransportBuilder::reqwest)?,
            http: reqwest::Client::new(),
            patient,
            pages: format!("{url}/{PAGE}/xe.user.batch.get/1.0.0"),
            lookups: format!("{url}/{SMALL}/api/audience/getInfoByPhoneAndOpenid"),
        })
    }

    async fn call(&self, caller: Caller, answer: Answer, times: u32) -> Result<(), String> {
        for _ in 0..times {
            let sound = match caller {
                Caller::ByHand => self.by_hand(&self.http, answer).await?,
                Caller::Patient => self.by_hand(&self.patient, answer).await?,
                Caller::Ours => self.ours.call(answer).await?,
                Caller::OverReqwest => self.over_reqwest.call(answer).await?,
            };
            if !sound {
                return Err("an answer is not what it should be".to_owned());
            }
        }
        Ok(())
    }

    async fn by_hand(&self, http: &reqwest::Client, answer: Answer) -> Result<bool, String> {
        match answer {
            Answer::Page => raw::<_, strict::Users>(http, &self.pages, &Page { access_token: TOKEN, page: 1, page_size: 50 }).await,
            Answer::Small => raw::<_, strict::Customers>(http, &self.lookups, &Lookup { access_token: TOKEN, phone: PHONE }).await,
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
    ];
    let goals = [None, None, Some(at_most), None];
    for ((name, cost), goal) in names.into_iter().zip(costs).zip(goals) {
        let ratio = median(cost.iter().zip(&costs[0]).map(|(one, base)| one / base).collect());
        let goal = goal.map(|at_most| Goal { value: ratio, at_most });
        report.push(Figure { ratio: Some(ratio), goal, ..Figure::plain(benchmark, name, time(median(cost.clone()))) });
    }
}
