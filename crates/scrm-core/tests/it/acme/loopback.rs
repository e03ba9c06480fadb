//! The made-up vendor as a server, over sockets or as a transport: it counts what it sees, its tokens end each other, and it fails on demand.

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use scrm_core::{
    Sent, Transport, async_trait,
    transport::{HttpRequest, HttpResponse, TransportError, TransportErrorKind},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep},
};

/// Time of a request to the server, and of an answer back, where the server is a transport.
const WAY: Duration = Duration::from_millis(20);
/// Beginning of all tokens.
const TOKEN: &str = "t0ken-of-acme-";

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

/// How the vendor gives tokens, and how it answers.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// How long a new token lives.
    pub life: Duration,
    /// How long the old token lives beside a new one.
    pub overlap: Duration,
    /// While a token has more than this left, the same is given again; `None`: always a new one.
    pub sticky: Option<Duration>,
    /// Code of success, as JSON.
    pub success: &'static str,
    /// Code for a token that is not valid, as JSON.
    pub rejected: &'static str,
}

impl Manner {
    pub fn new(life: Duration, overlap: Duration) -> Self {
        Manner { life, overlap, sticky: None, success: "0", rejected: "12" }
    }
}

struct State {
    manner: Manner,
    /// App, token, and when it ends.
    tokens: Vec<(String, String, Instant)>,
    /// Whether no token is good enough any more.
    rejects_all: bool,
    /// When each token was asked for.
    fetches: Vec<Instant>,
    /// When each accepted call came.
    accepted: Vec<Instant>,
    /// How often each path was asked for, whatever became of it.
    requests: HashMap<String, usize>,
    connections: usize,
    faults: VecDeque<Fault>,
    token_faults: VecDeque<Fault>,
}

/// The server. Over sockets, it ends with its runtime.
#[derive(Clone)]
pub struct Loopback {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Loopback {
    /// Without sockets, for clients that take it as their transport.
    pub fn new(manner: Manner) -> Self {
        let state = State {
            manner,
            tokens: Vec::new(),
            rejects_all: false,
            fetches: Vec::new(),
            accepted: Vec::new(),
            requests: HashMap::new(),
            connections: 0,
            faults: VecDeque::new(),
            token_faults: VecDeque::new(),
        };
        Loopback { url: "https://acme.example".into(), state: Arc::new(Mutex::new(state)) }
    }

    pub async fn start(life: Duration, overlap: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Loopback { url, ..Loopback::new(Manner::new(life, overlap)) };
        tokio::spawn({
            let server = server.clone();
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let server = server.clone();
                    server.state().connections += 1;
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

    /// Ends all tokens, now and from now on.
    pub fn reject_all(&self) {
        self.state().rejects_all = true;
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.state().connections
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
        while let Some(request) = read_request(&mut socket, &mut buffer).await? {
            let (status, answer) = match self.answer(&request) {
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

    /// `request`: target and all else, as text.
    fn answer(&self, request: &str) -> Result<String, Fault> {
        let (now, mut state) = (Instant::now(), self.state());
        let target = request.split_whitespace().next().unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        *state.requests.entry(path.to_owned()).or_default() += 1;
        if path == "/token" {
            return state.give_token(target, now);
        }
        if let Some(fault) = state.faults.pop_front() {
            return Err(fault);
        }
        let token = request.find(TOKEN).map(|start| &request[start..]).unwrap_or_default();
        let token = token.split(|end: char| !end.is_ascii_alphanumeric() && end != '-').next().unwrap_or_default();
        let valid = state.tokens.iter().any(|(_, known, end)| known == token && now < *end);
        let Manner { success, rejected, .. } = state.manner;
        if !valid || state.rejects_all {
            return Ok(format!(r#"{{"code":{rejected},"msg":"token invalid","data":[]}}"#));
        }
        state.accepted.push(now);
        Ok(format!(r#"{{"code":{success},"msg":"ok","data":{{"list":[],"total":0}}}}"#))
    }
}

#[async_trait]
impl Transport for Loopback {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        sleep(WAY).await;
        let target = request.url.strip_prefix(&self.url).unwrap_or(&request.url);
        let text = format!("{target} {:?} {}", request.headers, String::from_utf8_lossy(&request.body));
        let (status, body) = match self.answer(&text) {
            Ok(answer) => (200, answer),
            Err(Fault::Status(status)) => (status, String::new()),
            Err(Fault::Cut) => return Err(TransportError::new(TransportErrorKind::Broken, Sent::Unknown, "cut")),
            Err(Fault::Hang) => std::future::pending().await,
        };
        sleep(WAY).await;
        Ok(HttpResponse { status, headers: vec![], body: body.into() })
    }
}

impl State {
    fn give_token(&mut self, target: &str, now: Instant) -> Result<String, Fault> {
        self.fetches.push(now);
        if let Some(fault) = self.token_faults.pop_front() {
            return Err(fault);
        }
        let Manner { life, overlap, sticky, success, .. } = self.manner;
        let app = target.split(['?', '&']).find(|part| part.starts_with("app_id=")).unwrap_or_default();
        self.tokens.retain(|(_, _, end)| now < *end);
        let given = self.tokens.iter().rev().find(|(owner, _, end)| owner == app && sticky.is_some_and(|sticky| *end - now > sticky));
        let (token, end) = match given {
            Some((_, token, end)) => (token.clone(), *end),
            None => {
                let old_end = now + overlap;
                self.tokens.iter_mut().filter(|(owner, _, _)| owner == app).for_each(|(_, _, end)| *end = old_end.min(*end));
                let token = format!("{TOKEN}{}", self.fetches.len());
                self.tokens.push((app.to_owned(), token.clone(), now + life));
                (token, now + life)
            }
        };
        let left = (end - now).as_secs_f64();
        Ok(format!(
            r#"{{"code":{success},"data":{{"token":"{token}","life":{left},"refresh_token":"refr3sh-{token}","refresh_expires_in":14400}}}}"#
        ))
    }
}

/// The next request, its target first; `None`: the connection was closed.
async fn read_request(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<String>> {
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

/// A whole request without its method, and how many bytes it has.
fn parse(buffer: &[u8]) -> Option<(String, usize)> {
    let head_length = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&buffer[..head_length]).to_ascii_lowercase();
    let body_length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    let request = String::from_utf8_lossy(buffer.get(..head_length + body_length)?).into_owned();
    Some((request.split_once(' ')?.1.to_owned(), head_length + body_length))
}
