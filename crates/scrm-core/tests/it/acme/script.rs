//! A transport that answers by script, and remembers what it was given.

use std::{collections::VecDeque, sync::Mutex};

use scrm_core::{
    Sent, Transport, Value, async_trait,
    transport::{Header, HttpRequest, HttpResponse, TransportError, TransportErrorKind},
};

/// What happens to one request.
#[derive(Clone, Debug)]
pub enum Act {
    /// An answer with this status and body.
    Body(u16, String),
    /// An answer with these headers.
    Whole(u16, Vec<Header>, Vec<u8>),
    /// An answer with a `Retry-After` header.
    After(u16, &'static str, String),
    /// No answer.
    Fail(TransportErrorKind, Sent),
    /// Never an answer.
    Hang,
}

impl Act {
    pub fn ok(data: &str) -> Act {
        Act::Body(200, format!(r#"{{"code":0,"msg":"ok","data":{data}}}"#))
    }
    pub fn code(code: i64) -> Act {
        Act::says(code, "sorry")
    }
    pub fn says(code: i64, message: &str) -> Act {
        Act::Body(200, format!(r#"{{"code":{code},"msg":"{message}","data":[]}}"#))
    }
    pub fn status(status: u16) -> Act {
        Act::Body(status, "<html>gateway</html>".into())
    }
}

pub struct Script {
    acts: Mutex<VecDeque<Act>>,
    /// What token requests meet; when empty, each gets a new token.
    pub token_acts: Mutex<VecDeque<Act>>,
    seen: Mutex<Vec<HttpRequest>>,
    tokens: Mutex<u32>,
}

impl Script {
    pub fn new(acts: impl IntoIterator<Item = Act>) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Script {
            acts: Mutex::new(acts.into_iter().collect()),
            token_acts: Mutex::default(),
            seen: Mutex::default(),
            tokens: Mutex::new(0),
        })
    }

    /// Bodies of all requests but those for tokens.
    pub fn bodies(&self) -> Vec<Value> {
        self.seen().iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
    }

    /// A header of all requests that have it.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let header = |request: &HttpRequest| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_string());
        self.seen().iter().filter_map(header).collect()
    }

    /// The tokens of all requests.
    pub fn tokens_sent(&self) -> Vec<String> {
        self.headers("X-Acme-Token")
    }

    /// All requests but those for tokens.
    pub fn seen(&self) -> Vec<HttpRequest> {
        self.seen.lock().unwrap().clone()
    }

    /// How many tokens were given out.
    pub fn tokens(&self) -> u32 {
        *self.tokens.lock().unwrap()
    }

    fn act(&self, request: HttpRequest) -> Act {
        if request.url.split('?').next().is_some_and(|path| path.ends_with("/token")) {
            let mut tokens = self.tokens.lock().unwrap();
            *tokens += 1;
            let given = Act::ok(&format!(r#"{{"token":"t0ken-of-acme-{tokens}","life":7200}}"#));
            return self.token_acts.lock().unwrap().pop_front().unwrap_or(given);
        }
        self.seen.lock().unwrap().push(request);
        self.acts.lock().unwrap().pop_front().expect("the script is over, but another request came")
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let (status, headers, body) = match self.act(request) {
            Act::Body(status, body) => (status, vec![], body.into()),
            Act::Whole(status, headers, body) => (status, headers, body),
            Act::After(status, after, body) => (status, vec![("retry-after".into(), after.into())], body.into()),
            Act::Fail(kind, sent) => return Err(TransportError::new(kind, sent, "the wire broke near 13800138000")),
            Act::Hang => std::future::pending().await,
        };
        Ok(HttpResponse { status, headers, body: body.into() })
    }
}
