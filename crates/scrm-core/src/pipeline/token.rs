//! Getting a token: a call of the vendor's token operation, through the same pipeline.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::{
    client::{ApiClient, CallOptions, ResponseMeta},
    encode::RequestBody,
    error::{Error, ErrorKind},
    hooks::Hooks,
    spec::{TokenParameter, TokenSpec},
    token::{FetchToken, Token},
};

/// Bounds of the time that a call for a token may take.
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(60);

/// A call for one kind of token of one shop.
pub(super) struct TokenCall {
    pub(super) core: ApiClient,
    pub(super) spec: &'static TokenSpec,
}

#[async_trait]
impl FetchToken<Error> for TokenCall {
    async fn fetch(&self) -> Result<Token, Error> {
        let mut data = None::<Value>;
        let parameters = self.parameters()?;
        // Many wait for it: it has a time of its own, however short a call the client allows.
        let timeout = self.core.shared().timeout.clamp(SHORTEST, LONGEST);
        let options = CallOptions { timeout: Some(timeout), ..CallOptions::default() };
        let reply = self.core.execute(RequestBody::Raw(&parameters), self.spec.operation, &options, &mut data).await?;
        let at = |pointer| at(pointer, self.core.vendor().envelope.data, data.as_ref(), &reply);
        let token = match at(self.spec.value) {
            Some(Value::String(token)) if !token.is_empty() => Token::new(token.as_str()),
            _ => return Err(self.failed(ErrorKind::Token, "the answer holds no token").pointing(self.spec.value)),
        };
        Ok(match self.spec.expires_in.and_then(at).and_then(seconds) {
            Some(life) => token.with_expires_in(life),
            None => token,
        })
    }

    fn hooks(&self) -> &dyn Hooks {
        &*self.core.shared().hooks
    }
}

impl TokenCall {
    fn parameters(&self) -> Result<Map<String, Value>, Error> {
        let credentials = self.core.credentials();
        let mut parameters = Map::new();
        for (name, parameter) in self.spec.parameters {
            let value = match parameter {
                TokenParameter::Constant(text) => *text,
                TokenParameter::Credential(credential) => match credentials.get(credential) {
                    Some(value) => value.expose(),
                    None => return Err(self.failed(ErrorKind::Config, &format!("credential {credential} is missing"))),
                },
            };
            parameters.insert((*name).to_owned(), Value::from(value));
        }
        Ok(parameters)
    }

    fn failed(&self, kind: ErrorKind, detail: &str) -> Error {
        let operation = self.spec.operation;
        Error::new(kind, self.core.vendor(), detail).of(operation, operation.name)
    }
}

/// What stands at a pointer into the whole answer, whose parts are by now in `data` and `reply`.
fn at<'a>(pointer: &str, data_key: &str, data: Option<&'a Value>, reply: &'a ResponseMeta) -> Option<&'a Value> {
    let pointer = pointer.strip_prefix('/')?;
    let (first, rest) = pointer.split_at(pointer.find('/').unwrap_or(pointer.len()));
    let top = if first == data_key { data } else { reply.extra.get(first) };
    top?.pointer(rest)
}

fn seconds(life: &Value) -> Option<Duration> {
    let seconds = life.as_f64().or_else(|| life.as_str()?.trim().parse().ok())?;
    if seconds.is_nan() {
        return None;
    }
    // The cache shortens what cannot be meant.
    Some(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
}
