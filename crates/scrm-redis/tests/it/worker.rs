//! Processes that make calls: this test binary, run again with an order in its environment.

use std::{
    env,
    io::Read as _,
    process::{Child, Command, Stdio},
    sync::{
        Arc, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use acme_client::Client;
use scrm_core::{Builder, spec::QuotaSpec};
use scrm_redis::{RedisQuota, RedisStore};
use serde_json::{Value, json};

use crate::acme::{credentials, persons};

const ORDER: &str = "SCRM_TEST_WORKER_ORDER";

/// Tests that measure or load the machine hold it alone; the others share it.
pub static MACHINE: RwLock<()> = RwLock::new(());

/// What a process is to do.
pub struct Order {
    pub vendor: String,
    pub redis: String,
    /// Callers at once.
    pub callers: usize,
    /// Pause of a caller between two calls.
    pub pause: Duration,
    /// Calls that all callers make together.
    pub calls: usize,
    /// When to stop all the same.
    pub end: Duration,
    /// Calls in so many seconds, shared through Redis.
    pub quota: Option<(u32, u32)>,
}

impl Order {
    pub fn new(vendor: &str, redis: &str) -> Self {
        Order {
            vendor: vendor.into(),
            redis: redis.into(),
            callers: 4,
            pause: Duration::ZERO,
            calls: usize::MAX,
            end: Duration::from_secs(120),
            quota: None,
        }
    }

    pub fn start(&self) -> Process {
        let order = json!({
            "vendor": self.vendor, "redis": self.redis, "callers": self.callers, "pause": self.pause.as_millis() as u64,
            "calls": self.calls, "end": self.end.as_millis() as u64, "quota": self.quota,
        });
        let child = Command::new(env::current_exe().unwrap())
            .args(["worker::work", "--exact", "--nocapture"])
            .env(ORDER, order.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Process(child)
    }
}

pub struct Process(Child);

/// What became of a process's calls.
#[derive(Debug)]
pub struct Report {
    pub answered: usize,
    pub errors: Vec<Value>,
}

impl Process {
    /// `kill -9`.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    pub fn runs(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    pub async fn report(mut self) -> Report {
        tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            self.0.stdout.take().unwrap().read_to_string(&mut text).unwrap();
            let report = text.split("report: ").nth(1).unwrap_or_else(|| panic!("no report in {text}"));
            let report: Value = serde_json::from_str(report.lines().next().unwrap()).unwrap();
            Report { answered: report["answered"].as_u64().unwrap() as usize, errors: report["errors"].as_array().unwrap().clone() }
        })
        .await
        .unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A client as the processes have it.
pub fn client(vendor: &str, redis: &str, quota: Option<(u32, u32)>) -> Client {
    let builder = Builder::<Client>::new(credentials("app-1")).base_url(vendor).token_store(Arc::new(RedisStore::new(redis).unwrap()));
    let builder = match quota {
        None => builder,
        Some((calls, seconds)) => {
            builder.quota("person_list", QuotaSpec { calls, seconds }).shared_quota(Arc::new(RedisQuota::new(redis).unwrap()))
        }
    };
    builder.build().unwrap()
}

/// Not a test: the processes' work. Without an order there is none.
#[test]
fn work() {
    let Ok(order) = env::var(ORDER) else { return };
    let order: Value = serde_json::from_str(&order).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = runtime.block_on(calls(&order));
    println!("report: {}", json!({ "answered": report.answered, "errors": report.errors }));
}

async fn calls(order: &Value) -> Report {
    let number = |name: &str| order[name].as_u64().unwrap();
    let quota = order["quota"].as_array().map(|pair| (pair[0].as_u64().unwrap() as u32, pair[1].as_u64().unwrap() as u32));
    let client = client(order["vendor"].as_str().unwrap(), order["redis"].as_str().unwrap(), quota);
    let (left, answered) = (AtomicUsize::new(number("calls") as usize), AtomicUsize::new(0));
    let end = Instant::now() + Duration::from_millis(number("end"));
    let caller = async || {
        let mut errors = Vec::new();
        let take = |left: usize| left.checked_sub(1);
        while Instant::now() < end && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
            match client.call(persons()).await {
                Ok(_) => drop(answered.fetch_add(1, Ordering::Relaxed)),
                Err(error) => errors.push(Value::from(format!("{error}"))),
            }
            tokio::time::sleep(Duration::from_millis(number("pause"))).await;
        }
        errors
    };
    let errors = futures_util::future::join_all((0..number("callers")).map(|_| caller())).await.concat();
    Report { answered: answered.into_inner(), errors }
}
