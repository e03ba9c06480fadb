//! Processor time of the client for one call over the loopback, all layers on, against the HTTP library used by hand.

use std::time::Duration;

use rabbitpre_client::CustomerLookup;
use scrm_core::spec::QuotaSpec;
use serde::{Serialize, de::DeserializeOwned};
use xiaoe_client::UserList;

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

/// Runs both answers.
///
/// # Errors
/// The server or a client does not start, or a call fails.
pub fn run(report: &mut Report) -> Result<(), String> {
    let server = Server::start()?;
    usage::pin(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let outcome = runtime.block_on(measure(report, &server.url));
    usage::pin_none();
    outcome
}

async fn measure(report: &mut Report, url: &str) -> Result<(), String> {
    let credentials = xiaoe_client::Credentials::new("app", "xop", "secret");
    let builder = xiaoe_client::Client::builder(credentials).base_url(format!("{url}/{PAGE}")).token(TOKEN);
    let xiaoe = builder.quota("user_list", QUOTA).build().map_err(|error| error.to_string())?;
    let credentials = rabbitpre_client::Credentials::new("id", "secret");
    let builder = rabbitpre_client::Client::builder(credentials).base_url(format!("{url}/{SMALL}")).token(TOKEN);
    let rabbitpre = builder.quota("customer_lookup", QUOTA).build().map_err(|error| error.to_string())?;
    let http = reqwest::Client::new();
    // as a client has it that must not hang
    let timeout = Duration::from_secs(30);
    let with_timeout = reqwest::Client::builder().timeout(timeout).read_timeout(timeout).build().map_err(|error| error.to_string())?;
    let pages = format!("{url}/{PAGE}/xe.user.batch.get/1.0.0");
    let lookups = format!("{url}/{SMALL}/api/audience/getInfoByPhoneAndOpenid");

    let (mut by_hand, mut patient, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let request = Page { access_token: TOKEN, page: 1, page_size: 50 };
        let hand = cost(async || raw::<_, strict::Users>(&http, &pages, &request).await).await?;
        let timed = cost(async || raw::<_, strict::Users>(&with_timeout, &pages, &request).await).await?;
        let own = cost(async || {
            let answer = xiaoe.user_list(UserList::new()).await;
            answer.map(|answer| answer.data.list.len() == 50).map_err(|error| error.to_string())
        })
        .await?;
        note(round, [(&mut by_hand, hand), (&mut patient, timed), (&mut ours, own)]);
    }
    push(report, "client CPU per call, 50-user page", [&by_hand, &patient, &ours], 0.70);

    let (mut by_hand, mut patient, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let request = Lookup { access_token: TOKEN, phone: PHONE };
        let hand = cost(async || raw::<_, strict::Customers>(&http, &lookups, &request).await).await?;
        let timed = cost(async || raw::<_, strict::Customers>(&with_timeout, &lookups, &request).await).await?;
        let own = cost(async || {
            let answer = rabbitpre.customer_lookup(CustomerLookup::new().with_phone(PHONE)).await;
            answer.map(|answer| answer.data.len() == 1).map_err(|error| error.to_string())
        })
        .await?;
        note(round, [(&mut by_hand, hand), (&mut patient, timed), (&mut ours, own)]);
    }
    push(report, "client CPU per call, 1 kB answer", [&by_hand, &patient, &ours], 1.00);
    Ok(())
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

/// Processor time of one call, in seconds.
async fn cost(call: impl AsyncFn() -> Result<bool, String>) -> Result<f64, String> {
    let before = usage::own();
    for _ in 0..CALLS {
        if !call().await? {
            return Err("an answer is not what it should be".to_owned());
        }
    }
    Ok((usage::own() - before) / f64::from(CALLS))
}

/// The first round warms up.
fn note(round: usize, costs: [(&mut Vec<f64>, f64); 3]) {
    if round > 0 {
        for (all, cost) in costs {
            all.push(cost);
        }
    }
}

fn push(report: &mut Report, benchmark: &str, costs: [&[f64]; 3], at_most: f64) {
    let names = ["reqwest by hand, .json().send().json(), no timeout", "the same with a timeout", "this crate, all layers on"];
    let goals = [None, None, Some(at_most)];
    for ((name, cost), goal) in names.into_iter().zip(costs).zip(goals) {
        let ratio = median(cost.iter().zip(costs[0]).map(|(one, base)| one / base).collect());
        let goal = goal.map(|at_most| Goal { value: ratio, at_most });
        report.push(Figure { ratio: Some(ratio), goal, ..Figure::plain(benchmark, name, time(median(cost.to_vec()))) });
    }
}
