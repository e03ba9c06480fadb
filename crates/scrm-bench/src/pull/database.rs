//! A PostgreSQL server for the measurement, as its package sets it up.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

pub(super) struct Database {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Database {
    /// `None`: there is no server on this machine.
    pub(super) fn start() -> Result<Option<Self>, String> {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path().join("bin")));
        let Some(programs) = versions.filter(|bin| bin.join("initdb").exists()).max() else { return Ok(None) };
        // the server refuses to run as root, and its user cannot always read the target folder
        let folder = std::env::temp_dir().join(format!("scrm-bench-postgresql-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let user = unprivileged();
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
        }
        let command = |name: &str| {
            let mut command = Command::new(programs.join(name));
            if let Some((user, group)) = user {
                command.uid(user).gid(group);
            }
            command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let data = folder.join("data");
        let made = command("initdb").arg("-D").arg(&data).args(["-U", "scrm", "-A", "trust", "-E", "UTF8", "--locale=C"]).status();
        made.map_err(|error| error.to_string())
            .and_then(|status| if status.success() { Ok(()) } else { Err(format!("initdb: {status}")) })?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(|error| error.to_string())?.port();
        let mut server = command("postgres");
        server.arg("-D").arg(&data).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        let child = server.spawn().map_err(|error| error.to_string())?;
        let database = Database { child, folder, port };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                thread::sleep(Duration::from_millis(500));
                return Ok(Some(database));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err("PostgreSQL does not answer".to_owned())
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://scrm@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
        _ = fs::remove_dir_all(&self.folder);
    }
}

fn unprivileged() -> Option<(u32, u32)> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let mut fields = users.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    is_root.then(|| ids("postgres").or_else(|| ids("nobody")).unwrap_or((65_534, 65_534)))
}
