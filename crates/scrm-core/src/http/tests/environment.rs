//! What the environment says. It is set for a child process, which runs one of the tests called `child_…`.

use std::process::Command;

use super::*;

over_each! {
    async:
        child_with_proxies,
        child_without_certificates;
    plain:
        child_with_a_broken_proxy;
}

/// Marks a process that [`run`] started.
const CHILD: &str = "SCRM_TEST_CHILD";

/// Tests called `child_…` look at their environment, which only [`run`] sets for them; elsewhere they have nothing to look at.
fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Runs a test of this module in a process of its own, over everything that sends.
fn run(test: &str, environment: &[(&str, &str)]) {
    run_over("over_hyper", test, environment);
    #[cfg(feature = "reqwest")]
    run_over("over_reqwest", test, environment);
}

fn run_over(over: &str, test: &str, environment: &[(&str, &str)]) {
    let name = format!("http::tests::environment::{over}::{test}");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--test-threads=1"])
        .env_clear()
        .envs(environment.iter().copied())
        .env(CHILD, "1")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}{}", String::from_utf8_lossy(&child.stderr));
}

#[test]
fn proxies_of_the_environment_are_obeyed_only_where_asked() {
    run("child_with_proxies", &[("http_proxy", "http://127.0.0.1:9"), ("ALL_PROXY", "http://us3r:p4ss@127.0.0.1:8")]);
    run("child_with_a_broken_proxy", &[("HTTPS_PROXY", "gopher://us3r:p4ss@127.0.0.1:9")]);
}

async fn child_with_proxies(over: Over) {
    if !is_child() {
        return;
    }
    let (url, _seen) = server::raw(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec()).await;
    let (usual, obeying) = (settings(over).build().unwrap(), settings(over).proxy_from_env().build().unwrap());
    for transport in [&usual, &obeying] {
        assert_eq!(transport.send(request(&url)).await.unwrap().status, 200);
    }
    let error = usual.send(request("http://no-such-host.invalid/")).await.unwrap_err();
    assert!(!error.message.contains("proxy"), "{error}");
    for (url, proxy) in [("http://api.acme.example/", "http://127.0.0.1:9"), ("https://203.0.113.9/", "http://127.0.0.1:8")] {
        let error = obeying.send(request(url)).await.unwrap_err();
        assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{error}");
        assert!(error.message.contains(&format!("through the proxy {proxy}")) && !error.message.contains("p4ss"), "{error}");
    }
}

fn child_with_a_broken_proxy(over: Over) {
    if !is_child() {
        return;
    }
    settings(over).build().unwrap();
    let error = settings(over).proxy_from_env().build().unwrap_err();
    assert_eq!(error.setting, "proxy_from_env");
    assert!(error.reason.contains("HTTPS_PROXY") && !error.reason.contains("p4ss"), "{error}");
}

#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
#[test]
fn without_certificates_only_https_fails() {
    run("child_without_certificates", &[("SSL_CERT_FILE", "/no/such/file"), ("SSL_CERT_DIR", "/no/such/folder")]);
}

async fn child_without_certificates(over: Over) {
    if !is_child() {
        return;
    }
    let (url, _seen) = server::raw(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec()).await;
    let transport = settings(over).build().unwrap();
    assert_eq!(transport.send(request(&url)).await.unwrap().status, 200);
    let reason = transport.check_tls().unwrap_err();
    assert!(reason.contains("ca-certificates") && reason.contains("SSL_CERT_FILE"), "{reason}");
    let error = transport.send(request("https://127.0.0.1:9/")).await.unwrap_err();
    assert_eq!((error.kind, error.sent, error.message), (Kind::Request, Sent::No, reason));
    // With an authority of one's own those of the system are not needed.
    let given = settings(over).root_certificate(server::authority().pem).build().unwrap();
    given.check_tls().unwrap();
}
