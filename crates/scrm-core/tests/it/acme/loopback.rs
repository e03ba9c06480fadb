//! The made-up vendor as a server: it counts what it sees, its tokens end each other, and it fails on demand.

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use scrm_core::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What happens to one request instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is cut after the request was read.
    Cut,
    /// A gateway's page with this status.
    Status(u16),
    /// No answer.
    Hang,
}

#[derive(Default)]
struct State {
    /// How long a new token lives.
    life: Duration,
    /// How long the old token lives beside a new one.
    overlap: Duration,
    /// Tokens and when they end.
    tokens: Vec<(String, Instant)>,
    /// When each token was asked for.
    fetches: Vec<Instant>,
    /// When each accepted call came.
    accepted: Vec<Instant>,
    /// How often each path was asked for, whatever became of it.
    requests: HashMap<String, usize>,
    faults: VecDeque<Fault>,
    token_faults: VecDeque<Fault>,
}

/// A running server; it ends with its runtime.
#[derive(Clone)]
pub struct Loopback {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Loopback {
    pub async fn start(life: Duration, overlap: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Loopback { url, state: Arc::new(Mutex::new(State { life, overlap, ..State::default() })) };
        tokio::spawn({
            let server = server.clone();
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let server = server.clone();
                    tokio::spawn(async move { server.serve(socket).await });
                }
            }
        });
        server
    }

    /// What the next calls meet.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.extend(faults);
    }

    /// What the next requests for a token meet.
    pub fn fail_tokens(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().token_faults.extend(faults);
    }

    /// Ends all tokens.
    pub fn revoke(&self) {
        self.state().tokens.clear();
    }

    /// When each token was asked for.
    pub fn fetches(&self) -> Vec<Instant> {
        self.state().fetches.clone()
    }

    /// When each call came that was accepted.
    pub fn accepted(&self) -> Vec<Instant> {
        self.state().accepted.clone()
    }

    /// How often a path was asked for, whatever became of it.
    pub fn requests(&self, path: &str) -> usize {
        self.state().requests.get(path).copied().unwrap_or(0)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    async fn serve(&self, mut socket: TcpStream) -> io::Result<()> {
        socket.set_nodelay(true)?;
        let mut buffer = Vec::new();
        while let Some((path, body)) = read_request(&mut socket, &mut buffer).await? {
            let (status, answer) = match self.answer(&path, &body) {
                Ok(answer) => (200, answer),
                Err(Fault::Status(status)) => (status, "<html>gateway</html>".to_owned()),
                Err(Fault::Cut) => return Ok(()),
                Err(Fault::Hang) => std::future::pending().await,
            };
            let head = format!("HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", answer.len());
            socket.write_all((head + &answer).as_bytes()).await?;
        }
        Ok(())
    }

    fn answer(&self, path: &str, body: &[u8]) -> Result<String, Fault> {
        let (now, mut state) = (Instant::now(), self.state());
        *state.requests.entry(path.to_owned()).or_default() += 1;
        if path == "/token" {
            return state.give_token(now);
        }
        if let Some(fault) = state.faults.pop_front() {
            return Err(fault);
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let token = body["access_token"].as_str().unwrap_or_default();
        if !state.tokens.iter().any(|(known, end)| known == token && now < *end) {
            return Ok(r#"{"code":4001,"msg":"token invalid","data":[]}"#.to_owned());
        }
        state.accepted.push(now);
        Ok(r#"{"code":0,"msg":"ok","data":{"list":[],"total":0}}"#.to_owned())
    }
}

impl State {
    fn give_token(&mut self, now: Instant) -> Result<String, Fault> {
        self.fetches.push(now);
        if let Some(fault) = self.token_faults.pop_front() {
            return Err(fault);
        }
        let old_end = now + self.overlap;
        self.tokens.retain(|(_, end)| now < *end);
        self.tokens.iter_mut().for_each(|(_, end)| *end = old_end.min(*end));
        let token = format!("t0ken-of-acme-{}", self.fetches.len());
        self.tokens.push((token.clone(), now + self.life));
        Ok(format!(r#"{{"code":0,"data":{{"access_token":"{token}","expires_in":{}}}}}"#, self.life.as_secs_f64()))
    }
}

/// Path and body of the next request; `None`: the connection was closed.
async fn read_request(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<(String, Vec<u8>)>> {
    loop {
        if let Some((request, length)) = parse(buffer) {
            buffer.drain(..length);
            return Ok(Some(request));
        }
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// A whole request, and how many bytes it has.
fn parse(buffer: &[u8]) -> Option<((String, Vec<u8>), usize)> {
    let head_length = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&buffer[..head_length]).to_ascii_lowercase();
    let body_length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    let body = buffer.get(head_length..head_length + body_length)?.to_vec();
    let target = head.split(' ').nth(1)?;
    let path = target.split('?').next()?.to_owned();
    Some(((path, body), head_length + body_length))
}
