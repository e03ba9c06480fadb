//! A made-up server with very many people, in memory, and the two ways to list them.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use acme_client::{
    Client,
    person::{PersonScroll, PersonSearch},
};
use scrm_core::{
    Builder, Sent, Transport, Value, async_trait,
    spec::QuotaSpec,
    transport::{HttpRequest, HttpResponse, TransportError, TransportErrorKind},
};
use serde_json::json;
use tokio::time::Instant;

use crate::acme::credentials;

pub fn list() -> PersonSearch {
    PersonSearch::new()
}

pub fn after() -> PersonScroll {
    PersonScroll::new()
}

#[derive(Clone, Copy, Debug)]
pub enum Fault {
    Status(u16),
    Closed,
    Truncated,
    Html,
    Empty,
    TokenExpired,
    QuotaCode,
    BadRow,
    Repeated,
}

/// What happens to the people.
#[derive(Default)]
pub struct Crowd {
    /// Number and day (counted from some day long ago), the oldest first.
    pub people: Vec<(u64, i64)>,
    pub next: u64,
    /// A repeated page.
    pub last: Value,
    pub calls: u64,
    pub faults: HashMap<u64, Fault>,
    /// Chances in 256 that somebody comes, and goes, before a call.
    pub coming: u8,
    pub going: u8,
    pub random: u64,
    pub gone: HashSet<u64>,
    pub times: Vec<Instant>,
}

/// The server.
pub struct People {
    pub crowd: Mutex<Crowd>,
    pub latency: Duration,
    under_way: AtomicUsize,
    pub most_under_way: AtomicUsize,
    pub answered: AtomicUsize,
}

const DAYS: i64 = 1000;

impl People {
    pub fn new(count: u64) -> Arc<Self> {
        Self::with(count, Crowd::default(), Duration::ZERO)
    }

    pub fn with(count: u64, crowd: Crowd, latency: Duration) -> Arc<Self> {
        let people = (0..count).map(|number| (number, today() - DAYS + 1 + number as i64 * DAYS / count.max(1) as i64)).collect();
        let crowd = Crowd { people, next: count, ..crowd };
        let (under_way, most_under_way, answered) = Default::default();
        Arc::new(People { crowd: Mutex::new(crowd), latency, under_way, most_under_way, answered })
    }

    pub fn client(self: &Arc<Self>) -> Client {
        let builder = Builder::new(credentials("app-1")).transport(self.clone()).timeout(Duration::from_secs(600));
        builder.quota("person_search", QuotaSpec { calls: 100, seconds: 1 }).build().unwrap()
    }

    /// Whom a pull must deliver: who was there from the beginning, and still is.
    pub fn constant(&self, count: u64) -> HashSet<String> {
        let crowd = self.crowd.lock().unwrap();
        (0..count).filter(|number| !crowd.gone.contains(number)).map(|number| format!("u_{number}")).collect()
    }

    pub fn calls(&self) -> u64 {
        self.crowd.lock().unwrap().calls
    }

    /// The most calls within any window of this length.
    pub fn fullest_window(&self, window: Duration) -> usize {
        let times = &self.crowd.lock().unwrap().times;
        (0..times.len()).map(|first| times[first..].iter().take_while(|time| **time < times[first] + window).count()).max().unwrap_or(0)
    }
}

/// Days since 1970 in China.
fn today() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    (now + 8 * 3600) / 86_400
}

fn day_number(text: &str) -> i64 {
    let first = scrm_core::time::Day::parse("1970-01-01").unwrap();
    first.days_until(scrm_core::time::Day::parse(text).unwrap())
}

impl Crowd {
    fn chance(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn change(&mut self) {
        if self.chance() % 256 < u64::from(self.coming) {
            self.people.push((self.next, today()));
            self.next += 1;
        }
        if self.chance() % 256 < u64::from(self.going) && !self.people.is_empty() {
            let at = self.chance() as usize % self.people.len();
            let (number, _) = self.people.remove(at);
            self.gone.insert(number);
        }
    }

    fn page(&mut self, path: &str, body: &Value) -> Value {
        let bound = |name: &str| body[name].as_str().map(day_number);
        let from = bound("start").map_or(0, |day| self.people.partition_point(|(_, of)| *of < day));
        let to = bound("end").map_or(self.people.len(), |day| self.people.partition_point(|(_, of)| *of <= day)).max(from);
        let all = &self.people[from..to];
        let page = if path.contains("/person/search") {
            let (page, size) = (body["page"].as_u64().unwrap() as usize, body["page_size"].as_u64().unwrap() as usize);
            let end = (page * size).min(all.len()).min(10_000);
            &all[((page - 1) * size).min(end)..end]
        } else {
            let size = body["size"].as_u64().unwrap() as usize;
            let after = body["after"]["id"].as_str().map(|id| id[2..].parse::<u64>().unwrap());
            let start = after.map_or(0, |after| all.partition_point(|(number, _)| *number <= after));
            &all[start..(start + size).min(all.len())]
        };
        let row = |(number, day): &(u64, i64)| {
            let id = format!("u_{number}");
            json!({"user_id": id, "points": day, "place": {"id": id, "points": day}})
        };
        let rows: Vec<Value> = page.iter().map(row).collect();
        json!({"list": rows, "total": all.len()})
    }

    fn answer(&mut self, request: &HttpRequest) -> Result<(u16, String), TransportError> {
        self.calls += 1;
        self.times.push(Instant::now());
        self.change();
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let fault = self.faults.get(&self.calls).copied();
        let broken = || TransportError::new(TransportErrorKind::Broken, Sent::Unknown, "the connection was closed");
        let mut data = self.page(&request.url, &body);
        let whole = |data: &Value| json!({"code": 0, "msg": "ok", "data": data}).to_string();
        let refused = |code: i64| (200, json!({"code": code, "msg": "sorry", "data": []}).to_string());
        let answer = match fault {
            None => (200, whole(&data)),
            Some(Fault::Status(status)) => (status, "<html>gateway</html>".into()),
            Some(Fault::Closed) => return Err(broken()),
            Some(Fault::Truncated) => {
                let text = whole(&data);
                (200, text[..text.len() / 2].to_owned())
            }
            Some(Fault::Html) => (200, "<html>maintenance</html>".into()),
            Some(Fault::Empty) => (200, String::new()),
            Some(Fault::TokenExpired) => refused(12),
            Some(Fault::QuotaCode) => refused(20),
            Some(Fault::BadRow) => {
                if let Some(row) = data["list"].as_array_mut().and_then(|rows| rows.first_mut()) {
                    row["points"] = json!({"bad": row["user_id"]});
                }
                (200, whole(&data))
            }
            Some(Fault::Repeated) => (200, whole(if self.last.is_null() { &data } else { &self.last })),
        };
        self.last = data;
        Ok(answer)
    }
}

#[async_trait]
impl Transport for People {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let found = |(status, body): (u16, String)| HttpResponse { status, headers: vec![], body: body.into() };
        if request.url.contains("/token?") {
            let token = json!({"code": 0, "msg": "ok", "data": {"token": "t0ken-of-people", "life": 7200}});
            return Ok(found((200, token.to_string())));
        }
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(under_way, Ordering::SeqCst);
        let answer = self.crowd.lock().unwrap().answer(&request);
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.answered.fetch_add(1, Ordering::SeqCst);
        answer.map(found)
    }
}
