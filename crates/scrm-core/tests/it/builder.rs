//! What is refused when a client is built, and what keeps a call from being sent.

use std::{
    future::{Future, IntoFuture},
    pin::pin,
    process::Command,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use acme_client::Client;
use futures_util::StreamExt as _;
use scrm_core::{Builder, Error, ErrorKind, HttpTransport, VendorClient as _, transport::Header};
use serde_json::json;

use crate::acme::{Act, Script, builder, client, credentials, persons};

fn refused(builder: Builder<Client>) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    error.to_string()
}

fn plain() -> Builder<Client> {
    Builder::new(credentials("app-1"))
}

#[test]
fn a_base_url_that_cannot_be_meant_is_refused() {
    for base_url in
        ["", "api.acme.example", "ftp://a.example", "https://", "https://a.example/?a=1", "https://a.example/#a", "https://a.example/.."]
    {
        let error = refused(plain().base_url(base_url));
        assert!(error.contains("the base URL cannot be used"), "{base_url}: {error}");
    }
    let error = refused(plain().base_url("https://us3r:p4ss@a.example"));
    assert!(error.contains("user name or a password") && !error.contains("p4ss") && !error.contains("us3r"), "{error}");
}

#[test]
fn plain_http_needs_consent_where_it_leaves_this_machine() {
    let error = refused(plain().base_url("http://acme.example"));
    assert!(error.contains("allow_plain_http"), "{error}");
    let error = refused(builder(&Script::new([])).base_url("http://10.0.0.7:8080"));
    assert!(error.contains("allow_plain_http"), "whatever carries it: {error}");
    plain().base_url("http://acme.example").allow_plain_http().build().unwrap();
    for local in ["http://localhost:1/x", "http://127.0.0.1:1", "http://[::1]"] {
        plain().base_url(local).build().unwrap();
    }
}

#[test]
fn settings_that_cannot_be_meant_are_refused_by_name() {
    for (setting, builder) in [
        ("`timeout`", plain().timeout(Duration::ZERO)),
        ("`read_timeout`", plain().http(|http| http.read_timeout(Duration::ZERO))),
        ("`max_response_bytes`", plain().http(|http| http.max_response_bytes(0))),
        ("`proxy`", plain().http(|http| http.proxy("us3r:p4ss@"))),
        ("`user_agent`", plain().user_agent("a\nb")),
        ("`http` and `transport`", builder(&Script::new([])).http(|http| http.gzip(true))),
    ] {
        let error = refused(builder.base_url("http://127.0.0.1:1"));
        assert!(error.contains(setting) && !error.contains("p4ss"), "{error}");
    }
}

#[test]
fn one_transport_serves_several_clients() {
    let transport = Arc::new(HttpTransport::builder().proxy("http://us3r:p4ss@10.0.0.7:3128").build().unwrap());
    for app in ["app-1", "app-2"] {
        Builder::<Client>::new(credentials(app)).transport(transport.clone()).build().unwrap();
    }
    assert!(!format!("{transport:?}").contains("p4ss"));
}

#[tokio::test]
async fn an_error_names_the_proxy_but_not_its_credentials() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let proxy = format!("http://us3r:p4ss@{free}");
    let client: Client = plain().base_url("https://api.acme.example").http(|http| http.proxy(proxy)).build().unwrap();
    let error = client.call(persons()).retries(0).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert_eq!(error.kind(), ErrorKind::Connect, "{text}");
    assert!(text.contains(&format!("through the proxy http://{free}")), "{text}");
    assert!(!text.contains("us3r") && !text.contains("p4ss") && !text.contains(crate::acme::SECRET), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_path_that_leads_elsewhere_is_refused_before_anything_is_sent() {
    let (client, script) = client([]);
    for path in ["../../evil", "//evil.example/x", "a/%2e%2E/%2e%2e/evil", "a\\..\\..\\evil", "a\r\nx", "a%0ab"] {
        let error = client.call_raw(path, json!({})).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{path:?}: {error}");
        assert_eq!(client.call_raw(path, json!({})).encode().unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!((script.seen().len(), script.tokens()), (0, 0));
}

/// Polls once, outside of any runtime.
fn polled<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn outside_of_a_runtime_there_is_an_error_that_says_what_to_do() {
    let over_the_wire: Client = plain().base_url("http://127.0.0.1:9").build().unwrap();
    let over_a_script: Client = builder(&Script::new([])).build().unwrap();
    for client in [over_the_wire, over_a_script] {
        let core = client.core();
        let errors: [Error; 6] = [
            polled(core.call(persons()).into_future()).unwrap_err(),
            polled(core.call(persons()).timeout(Duration::MAX).send()).unwrap_err(),
            polled(core.call_raw("x", json!({})).into_future()).unwrap_err(),
            polled(core.call(persons()).paginate().items().next()).unwrap_err(),
            polled(core.call(persons()).paginate().pages().next()).unwrap_err(),
            polled(client.list_customers().next()).unwrap().unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0), "{error}");
            assert!(error.to_string().contains("tokio runtime"), "{error}");
        }
    }
}

fn headers(name: &'static str, value: &'static str) -> Vec<Header> {
    vec![(name.into(), value.into())]
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_a_strange_encoding_is_named_and_not_asked_for_again() {
    for (headers, body, named) in [
        (headers("content-encoding", "br"), &b"\x0b\x02\x80"[..], "content-encoding br"),
        (headers("content-type", "application/json; charset=GBK"), b"{\"code\":0,\"msg\":\"\xd6\xd0\"}", "charset=gbk"),
    ] {
        let (client, script) = client([Act::Whole(200, headers, body.into())]);
        let error = client.call(persons()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts(), error.http_status()), (ErrorKind::Decode, 1, Some(200)), "{error}");
        assert!(error.to_string().contains(named), "{error}");
        assert_eq!(script.seen().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_web_page_is_named_and_asked_for_again_once() {
    let page = |status| Act::Whole(status, headers("content-type", "text/html"), b"<html><title>Log in</title></html>".into());
    let (passing, _script) = client([page(200), Act::ok("{}")]);
    assert_eq!(passing.call(persons()).await.unwrap().meta.attempts, 2, "being serviced, say");
    let (lasting, _script) = client([page(200), page(200)]);
    let error = lasting.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.http_status()), (ErrorKind::Decode, 2, Some(200)), "{error}");
    assert!(error.to_string().contains("content-type text/html"), "{error}");
    let (gateway, _script) = client([page(502), page(502), Act::ok("{}")]);
    assert_eq!(gateway.call(persons()).await.unwrap().meta.attempts, 3, "the status says that it passes");
    let (lost, _script) = client([page(404)]);
    let error = lost.call(persons()).await.unwrap_err().to_string();
    assert!(error.contains("does not know the path") && error.contains("content-type text/html") && error.contains("HTTP 404"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_answer_and_will_not_be_one_is_not_asked_for_three_times() {
    let utf16: Vec<u8> = "\u{feff}{\"code\":0}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let warning = b"<br />\n<b>Warning</b>: x in y.php on line 3\n{\"code\":0}".to_vec();
    for (body, attempts) in [(utf16, 1), (warning, 2), (b"\xef\xbb\xbf <html></html>".to_vec(), 2)] {
        let (client, script) = client((0..3).map(|_| Act::Whole(200, Vec::new(), body.clone())));
        let error = client.call(persons()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts(), script.seen().len()), (ErrorKind::Decode, attempts, attempts as usize), "{error}");
    }
}

#[test]
fn an_empty_token_is_refused() {
    for token in ["", " "] {
        assert!(refused(plain().token(token)).contains("the token that is given is empty"));
    }
}

/// Marks a process that [`run`] started.
const CHILD: &str = "SCRM_TEST_CHILD";

/// Tests called `child_…` look at their environment, which only [`run`] sets for them; elsewhere they have nothing to look at.
fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Runs a test of this module in a process of its own.
fn run(test: &str, environment: &[(&str, &str)]) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("builder::{test}"), "--test-threads=1"])
        .envs(environment.iter().copied())
        .env(CHILD, "1")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}{}", String::from_utf8_lossy(&child.stderr));
}

#[test]
fn the_environments_base_url_is_used_and_named() {
    run("child_with_a_base_url", &[("ACME_BASE_URL", "http://127.0.0.1:1/box")]);
    run("child_with_a_broken_base_url", &[("ACME_BASE_URL", "https://us3r:p4ss@acme.example")]);
    run("child_with_a_broken_base_url", &[("ACME_BASE_URL", "http://acme.example")]);
    run("child_with_an_empty_base_url", &[("ACME_BASE_URL", " ")]);
    run("child_without_certificates", &[("SSL_CERT_FILE", "/no/such/file"), ("SSL_CERT_DIR", "/no/such/folder")]);
}

fn url(builder: Builder<Client>) -> String {
    builder.build().unwrap().call_raw("x", json!({})).encode().unwrap().url
}

#[test]
fn child_with_a_base_url() {
    if !is_child() {
        return;
    }
    assert_eq!(url(plain()), "http://127.0.0.1:1/box/x");
    assert_eq!(url(plain().base_url("http://127.0.0.1:2")), "http://127.0.0.1:2/x", "what is said in the program goes before it");
}

#[test]
fn child_with_an_empty_base_url() {
    if !is_child() {
        return;
    }
    assert_eq!(url(plain()), "https://api.acme.example/open/v1/x");
}

#[test]
fn child_with_a_broken_base_url() {
    if !is_child() {
        return;
    }
    let error = refused(plain());
    assert!(error.contains("environment variable ACME_BASE_URL") && !error.contains("p4ss"), "{error}");
    plain().base_url("http://127.0.0.1:2").build().unwrap();
}

#[test]
fn child_without_certificates() {
    if !is_child() {
        return;
    }
    plain().base_url("http://127.0.0.1:2").build().unwrap();
    let error = refused(plain().base_url("https://acme.example"));
    assert!(error.contains("ca-certificates") && error.contains("SSL_CERT_FILE"), "{error}");
}
