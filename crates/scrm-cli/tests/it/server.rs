//! A PostgreSQL server from Debian's package, in a folder of its own.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub struct Postgres {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Postgres {
    /// `None`: there is no server on this machine; under CI that is a failure.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let advice = "no PostgreSQL server found in /usr/lib/postgresql/*/bin; install it: apt-get install postgresql";
            assert!(std::env::var_os("CI").is_none(), "{advice}");
            eprintln!("not tested: {advice}");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        own(folder.path());
        let made = as_user(&programs.join("initdb"))
            .args(["-D"])
            .arg(&data)
            .args(["-U", "scrm", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = as_user(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Postgres { child, folder, port };
        let began = Instant::now();
        while postgres::Client::connect(&server.url(), postgres::NoTls).is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "the server does not answer: {}",
                fs::read_to_string(server.folder.path().join("log")).unwrap()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://scrm@127.0.0.1:{}/postgres", self.port)
    }

    pub fn client(&self) -> postgres::Client {
        postgres::Client::connect(&self.url(), postgres::NoTls).unwrap()
    }

    /// The ids in the table, sorted.
    pub fn ids(&self) -> Vec<String> {
        let rows = self.client().query("SELECT user_id FROM user_list_v2", &[]).unwrap();
        let mut ids: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        ids.sort();
        ids
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // its other processes end when it does
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The newest version's.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
    let newest = versions.max_by_key(version)?.join("bin");
    newest.join("initdb").exists().then_some(newest)
}

/// The server refuses to run as root.
fn unprivileged() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    is_root.then(|| ids("postgres").or_else(|| ids("nobody")).unwrap_or((65_534, 65_534)))
}

fn as_user(program: &Path) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(program);
    if let Some((user, group)) = unprivileged() {
        command.uid(user).gid(group).current_dir("/");
    }
    command
}

fn own(folder: &Path) {
    if let Some((user, group)) = unprivileged() {
        std::os::unix::fs::chown(folder, Some(user), Some(group)).unwrap();
    }
}
