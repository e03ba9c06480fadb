//! A Redis of the tests' own, on a free port, without persistence.

use std::{
    env,
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

pub struct Redis {
    port: u16,
    folder: TempDir,
    child: Child,
    arguments: Vec<String>,
}

impl Redis {
    /// `None` on a machine without Redis, after saying so. In CI that is a failure.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Option<Self> {
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).spawn().is_err() {
            assert!(env::var("CI").is_err(), "there is no redis-server on this machine, and in CI these tests must not be skipped");
            println!("SKIPPED: there is no redis-server on this machine");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let (port, child) = (0..20)
            .find_map(|_| {
                let port = free_port();
                Some((port, launch(port, &folder, &arguments)?))
            })
            .expect("redis-server does not start");
        Some(Redis { port, folder, child, arguments })
    }

    /// A server that listens with TLS, too, with `server.pem` and `server.key` of this folder.
    #[cfg(feature = "rustls")]
    pub fn start_with_tls(certificates: &std::path::Path) -> Option<Self> {
        let file = |name: &str| certificates.join(name).to_str().unwrap().to_owned();
        let (port, certificate, key, authority) = (free_port().to_string(), file("server.pem"), file("server.key"), file("authority.pem"));
        let names = ["--tls-port", &port, "--tls-cert-file", &certificate, "--tls-key-file", &key, "--tls-ca-cert-file", &authority];
        Self::start_with(&[names.as_slice(), &["--tls-auth-clients", "no"]].concat())
    }

    #[cfg(feature = "rustls")]
    pub fn tls_url(&self) -> String {
        let port = self.arguments.iter().position(|argument| argument == "--tls-port").unwrap() + 1;
        format!("rediss://localhost:{}", self.arguments[port])
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it at once; what it held is lost.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends it a signal: `STOP`, `CONT`.
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Starts it again, on the same port.
    pub fn restart(&mut self) {
        self.child = launch(self.port, &self.folder, &self.arguments).expect("redis-server does not start again");
    }

    pub fn connection(&self) -> redis::Connection {
        redis::Client::open(self.url()).unwrap().get_connection().unwrap()
    }

    /// Every key with all it holds, as text.
    pub fn dump(&self) -> Vec<(String, String)> {
        let mut connection = self.connection();
        let keys: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut connection).unwrap();
        let value = |key: &String, connection: &mut redis::Connection| -> String {
            let kind: String = redis::cmd("TYPE").arg(key).query(connection).unwrap();
            match &*kind {
                "hash" => redis::cmd("HGETALL").arg(key).query::<Vec<String>>(connection).unwrap().join(" "),
                "zset" => redis::cmd("ZRANGE").arg(key).arg(0).arg(-1).query::<Vec<String>>(connection).unwrap().join(" "),
                _ => redis::cmd("GET").arg(key).query(connection).unwrap(),
            }
        };
        keys.into_iter().map(|key| (key.clone(), value(&key, &mut connection))).collect()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on. Below those that the system gives to outgoing connections, and never the same twice in this process.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = || (20_000 + (std::process::id().wrapping_mul(97) + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000) as u16;
    std::iter::repeat_with(port).take(12_000).find(free).expect("a free port")
}

/// `None`: somebody else was quicker to take the port.
fn launch(port: u16, folder: &TempDir, arguments: &[String]) -> Option<Child> {
    let mut child = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"])
        .arg(folder.path())
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "redis-server does not start");
        sleep(Duration::from_millis(20));
    }
    // Another process may have answered: ours ends at once then.
    sleep(Duration::from_millis(100));
    child.try_wait().unwrap().is_none().then_some(child)
}

/// A prefix of keys for one test.
pub fn prefix() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("test{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
