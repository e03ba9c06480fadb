//! TLS to a real server with a certificate of the tests' own authority.

use std::{env, path::Path, process::Command};

use scrm_core::token::TokenStore as _;
use scrm_redis::{RedisQuota, RedisStore};

use crate::server::Redis;

/// Tells the process that is started again which server it is to ask.
const SERVER: &str = "SCRM_TEST_TLS_SERVER";

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, and a certificate for the local host by it.
fn certificates(folder: &Path) {
    let key = "-newkey rsa:2048 -nodes";
    openssl(folder, &format!("req -x509 {key} -days 2 -subj /CN=authority -keyout authority.key -out authority.pem"));
    openssl(folder, &format!("req {key} -subj /CN=localhost -keyout server.key -out server.csr"));
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1").unwrap();
    openssl(
        folder,
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.pem",
    );
}

#[test]
fn tokens_and_quotas_go_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let Some(redis) = Redis::start_with_tls(folder.path()) else { return };
    // The authority is named in the environment, which a process must have from its start.
    let ask = |authority: &str| {
        let mut process = Command::new(env::current_exe().unwrap());
        process.args(["tls::ask", "--exact", "--nocapture"]).env(SERVER, redis.tls_url());
        process.env("SSL_CERT_FILE", folder.path().join(authority)).output().unwrap()
    };
    let output = ask("authority.pem");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Another's certificate is not taken.
    openssl(folder.path(), "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=another -keyout another.key -out another.pem");
    let output = ask("another.pem");
    assert!(!output.status.success());
}

/// Not a test: what the process does. Without a server it does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn ask() {
    let Ok(url) = env::var(SERVER) else { return };
    assert!(RedisStore::new(&url).unwrap_err().to_string().contains("crypto provider"), "none is installed yet");
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let store = RedisStore::new(&url).unwrap();
    store.ping().await.unwrap();
    RedisQuota::new(&url).unwrap().ping().await.unwrap();
    assert_eq!(store.load("key").await.unwrap(), None);
}
