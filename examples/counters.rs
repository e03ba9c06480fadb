//! Counters of a client's work, for a monitoring system to collect.
//!
//! `cargo run --example counters` makes calls against the stand-in on this machine, some of them disturbed, and prints the counters in Prometheus's text format.

#![allow(clippy::print_stdout)]

use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::try_join_all;
use scrm_core::hooks::{Attempt, End, Hooks, QuotaWait, Retry, TokenFetch};
use scrm_mock::{Fault, Mock};
use xiaoe_client::{Client, Credentials, VENDOR, user::UserList};

/// Sums by name and labels.
#[derive(Default)]
struct Counters(Mutex<BTreeMap<(&'static str, String), f64>>);

impl Counters {
    fn add(&self, name: &'static str, labels: String, amount: f64) {
        *self.sums().entry((name, labels)).or_default() += amount;
    }

    fn sums(&self) -> MutexGuard<'_, BTreeMap<(&'static str, String), f64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Labels are names and codes only: what a client tells holds no value, no token and no URL.
impl Hooks for Counters {
    fn attempt(&self, event: &Attempt<'_>) {
        let outcome = event.code.or(event.error).unwrap_or("ok");
        self.add("requests_total", labels(event.vendor, event.operation, outcome), 1.0);
        self.add("request_seconds_total", labels(event.vendor, event.operation, outcome), event.took.as_secs_f64());
    }

    fn retry(&self, event: &Retry<'_>) {
        let reason = if event.refresh { "token" } else { event.error };
        self.add("retries_total", labels(event.vendor, event.operation, reason), 1.0);
    }

    fn token_fetch(&self, event: &TokenFetch<'_>) {
        let outcome = if event.success { "ok" } else { "failed" };
        let (vendor, from) = (event.vendor, event.from.as_str());
        self.add("token_fetches_total", format!("vendor=\"{vendor}\",from=\"{from}\",outcome=\"{outcome}\""), 1.0);
    }

    fn quota_wait(&self, event: &QuotaWait<'_>) {
        let outcome = if event.success { "ok" } else { "gave up" };
        self.add("quota_wait_seconds_total", labels(event.vendor, event.operation, outcome), event.waited.as_secs_f64());
    }

    fn end(&self, event: &End<'_>) {
        self.add("calls_total", labels(event.vendor, event.operation, event.error.unwrap_or("ok")), 1.0);
    }
}

fn labels(vendor: &str, operation: &str, outcome: &str) -> String {
    format!("vendor=\"{vendor}\",operation=\"{operation}\",outcome=\"{outcome}\"")
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = "";
        for ((name, labels), sum) in &*self.sums() {
            if *name != last {
                writeln!(f, "# TYPE scrm_{name} counter")?;
                last = name;
            }
            writeln!(f, "scrm_{name}{{{labels}}} {sum}")?;
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mock = Mock::start().await;
    let given = mock.credentials(VENDOR.name);
    let counters = Arc::new(Counters::default());
    let client = Client::builder(Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]))
        .base_url(mock.base_url(VENDOR.name))
        .hooks(counters.clone())
        .quota("user_list", scrm_core::spec::QuotaSpec { calls: 20, seconds: 1 })
        .build()?;

    client.user().list(UserList::new()).await?;
    // Two requests meet a gateway that fails, then the token is valid no more, and the last calls wait for the quota.
    mock.fault(Fault::Status { status: 503, retry_after: None }).on("user_list").times(2);
    try_join_all((0..4).map(|_| client.user().list(UserList::new()).send())).await?;
    mock.expire_tokens(VENDOR.name);
    try_join_all((0..20).map(|_| client.user().list(UserList::new()).timeout(Duration::from_secs(30)).send())).await?;
    print!("{counters}");
    Ok(())
}
