use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use redis::{AsyncConnectionConfig, Client, ErrorKind, FromRedisValue, RedisError, Script, ScriptInvocation, aio::MultiplexedConnection};
use tokio::sync::Mutex;

/// How long Redis may take to connect, and to answer. Shorter than the second that a client waits for a store or a quota.
const PATIENCE: Duration = Duration::from_millis(700);

/// One connection to one server, made when it is needed and made anew when it was lost.
pub(crate) struct Connection {
    client: Client,
    open: Mutex<Option<Open>>,
}

#[derive(Clone)]
struct Open {
    connection: MultiplexedConnection,
    number: u64,
}

impl Connection {
    pub(crate) fn new(url: &str) -> Result<Self, Error> {
        if has_raw_password(url) {
            return Err(Error(NOT_ENCODED.to_owned()));
        }
        let client = Client::open(url).map_err(|error| Error(url_refused(url, &error).to_owned()))?;
        #[cfg(feature = "rustls")]
        if url.starts_with("rediss:") && rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(Error("TLS to Redis needs a crypto provider: install one of rustls's for the process first".to_owned()));
        }
        Ok(Connection { client, open: Mutex::default() })
    }

    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Error> {
        let mut open = self.open().await?;
        let error = match script.invoke_async(&mut open.connection).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if !lost(&error) {
            return Err(Error::from(&error));
        }
        self.close(open.number).await;
        if error.is_timeout() {
            return Err(Error::from(&error));
        }
        // Redis was restarted, or had closed an idle connection.
        let mut open = self.open().await?;
        script.invoke_async(&mut open.connection).await.map_err(|error| Error::from(&error))
    }

    /// Asks for some keys, as the scripts do, so that a node of a cluster says that they are elsewhere.
    pub(crate) async fn ping(&self, prefix: &str) -> Result<(), Error> {
        let script = Script::new("return redis.call('EXISTS', KEYS[1])");
        for number in 0..8 {
            let _: u8 = self.run(&script.key(format!("{prefix}:ping:{number}"))).await?;
        }
        Ok(())
    }

    async fn open(&self) -> Result<Open, Error> {
        let mut open = self.open.lock().await;
        if let Some(open) = &*open {
            return Ok(open.clone());
        }
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let made = Open { connection: connection.map_err(|error| Error::from(&error))?, number: NUMBERS.fetch_add(1, Ordering::Relaxed) };
        *open = Some(made.clone());
        Ok(made)
    }

    /// Forgets a connection, unless another caller has replaced it.
    async fn close(&self, number: u64) {
        let mut open = self.open.lock().await;
        if open.as_ref().is_some_and(|open| open.number == number) {
            *open = None;
        }
    }
}

static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// Whether a failure is the connection's. A server that has become a replica does not take writes: the one that does is found by connecting anew.
fn lost(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error() || error.code() == Some("READONLY")
}

/// What is said of an address whose password is written as it is: the part behind one of its characters would be taken for a path.
const NOT_ENCODED: &str =
    "the password in the URL of the Redis server must be percent-encoded: / as %2F, ? as %3F, # as %23, @ as %40, % as %25";

/// Whether an `@` stands behind what the URL's grammar takes for the host. Paths of sockets may have one.
fn has_raw_password(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let host_ends = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    matches!(scheme, "redis" | "rediss" | "valkey" | "valkeys") && rest[host_ends..].contains('@')
}

fn url_refused(url: &str, error: &RedisError) -> &'static str {
    if url.starts_with("rediss:") && error.kind() == ErrorKind::InvalidClientConfig {
        "TLS to Redis is not built in: turn on one of the features rustls and native-tls"
    } else {
        "this is no URL of a Redis server; one looks like redis://user:password@host:6379/0"
    }
}

/// Why Redis did not do what it was asked. It holds no URL, no password, no key and no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl From<&RedisError> for Error {
    /// The server's own words may repeat what it was sent, so only its code is taken.
    fn from(error: &RedisError) -> Self {
        Error(match error.code() {
            _ if error.is_timeout() => "Redis did not answer in time".to_owned(),
            _ if error.is_connection_refusal() => "Redis cannot be reached: connection refused".to_owned(),
            _ if error.kind() == ErrorKind::AuthenticationFailed => {
                "Redis does not accept user and password of the URL (special characters in them must be percent-encoded)".to_owned()
            }
            Some(code @ ("MOVED" | "ASK" | "CROSSSLOT" | "CLUSTERDOWN")) => {
                format!(
                    "this Redis is a node of a cluster ({code}), and clusters are not supported: give the URL of a single server, or of one with replicas"
                )
            }
            Some(code) => format!("Redis refused: {code}"),
            None => format!("Redis failed: {}", error.category()),
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}
