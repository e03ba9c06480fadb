//! Against real servers on the loopback.

/// What a test sends over: each test of the suite runs over everything that can.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Hyper,
    #[cfg(feature = "reqwest")]
    Reqwest,
}

impl Over {
    fn builder(self) -> HttpTransportBuilder {
        match self {
            Over::Hyper => HttpTransport::builder(),
            #[cfg(feature = "reqwest")]
            Over::Reqwest => HttpTransport::builder().reqwest(),
        }
    }

    fn knows_socks(self) -> bool {
        cfg!(feature = "socks") || self != Over::Hyper
    }
}

/// Makes tests of functions that take an [`Over`].
macro_rules! over_each {
    ($(async: $($on_tokio:ident),+ $(,)?;)? $(plain: $($plain:ident),+ $(,)?;)?) => {
        mod over_hyper {
            $($(#[tokio::test] async fn $on_tokio() { super::$on_tokio(super::Over::Hyper).await; })+)?
            $($(#[test] fn $plain() { super::$plain(super::Over::Hyper); })+)?
        }
        #[cfg(feature = "reqwest")]
        mod over_reqwest {
            $($(#[tokio::test] async fn $on_tokio() { super::$on_tokio(super::Over::Reqwest).await; })+)?
            $($(#[test] fn $plain() { super::$plain(super::Over::Reqwest); })+)?
        }
    };
}

mod connections;
mod encrypted;
mod environment;
mod proxies;
mod runtimes;
mod server;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

use super::{content::tests::gzip, *};

over_each! {
    async:
        sends_what_it_is_given,
        extra_headers_go_along_and_the_requests_own_go_first,
        answers_that_come_compressed_are_understood,
        follows_no_redirect,
        stops_at_the_size_limit_announced_or_not,
        a_cut_answer_is_broken_and_no_answer_is_unknown,
        refused_and_unknown_hosts_were_not_sent,
        silence_ends_in_a_timeout,
        what_cannot_be_sent_says_so_without_the_url,
        what_belongs_to_the_connection_cannot_be_set;
    plain:
        what_cannot_be_meant_is_refused_by_name;
}

/// What the server does with a connection once the request's head has come.
#[derive(Clone, Copy)]
enum Act {
    Answer(&'static str),
    /// Announces more than it sends.
    Cut,
    /// Closes without a word.
    Hang,
    Silence,
}

/// A server for one connection; gives its URL and the heads it reads.
async fn server(act: Act) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/path?access_token=tok-1", listener.local_addr().unwrap());
    let (heads, seen) = mpsc::channel(8);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let read = stream.read(&mut head).await.unwrap();
            heads.send(String::from_utf8_lossy(&head[..read]).into_owned()).await.unwrap();
            match act {
                Act::Answer(text) => stream.write_all(text.as_bytes()).await.unwrap(),
                Act::Cut => stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 60\r\n\r\n{").await.unwrap(),
                Act::Hang => {}
                Act::Silence => std::future::pending().await,
            }
        }
    });
    (url, seen)
}

fn settings(over: Over) -> HttpTransportBuilder {
    over.builder().max_response_bytes(64).user_agent("acme-client/1.2.3")
}

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        url: url.to_owned(),
        headers: vec![("X-Key".into(), "k".into())],
        body: Bytes::from_static(b"{}"),
        timeout: Duration::from_secs(20),
    }
}

async fn send(over: Over, act: Act) -> Result<HttpResponse, TransportError> {
    let (url, _seen) = server(act).await;
    settings(over).build().unwrap().send(request(&url)).await
}

async fn sends_what_it_is_given(over: Over) {
    let (url, mut seen) = server(Act::Answer("HTTP/1.1 200 OK\r\nX-Request-Id: 7\r\ncontent-length: 2\r\n\r\nok")).await;
    let response = settings(over).build().unwrap().send(request(&url)).await.unwrap();
    assert_eq!((response.status, &response.body[..], response.header("x-request-id")), (200, &b"ok"[..], Some("7")));
    let head = seen.recv().await.unwrap().to_lowercase();
    assert!(head.starts_with("post /path?access_token=tok-1 http/1.1"), "{head}");
    assert!(head.contains("user-agent: acme-client/1.2.3") && head.contains("x-key: k"), "{head}");
    assert!(!head.contains("accept-encoding"), "{head}");
}

async fn extra_headers_go_along_and_the_requests_own_go_first(over: Over) {
    let (url, mut seen) = server(Act::Answer("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let transport = settings(over).header("X-Gateway", "g4teway").header("X-Key", "other").gzip(true).build().unwrap();
    assert!(!format!("{transport:?}").contains("g4teway"));
    transport.send(request(&url)).await.unwrap();
    let head = seen.recv().await.unwrap().to_lowercase();
    assert!(head.contains("x-gateway: g4teway") && head.contains("x-key: k") && !head.contains("other"), "{head}");
    assert!(head.contains("accept-encoding: gzip\r"), "{head}");
}

fn what_cannot_be_meant_is_refused_by_name(over: Over) {
    let zero = Duration::ZERO;
    let second = Duration::from_secs(1);
    let key = server::authority().key;
    for (setting, builder) in [
        ("connect_timeout", settings(over).connect_timeout(zero)),
        ("read_timeout", settings(over).read_timeout(zero)),
        ("idle_timeout", settings(over).idle_timeout(zero)),
        ("http2_pings", settings(over).http2_pings(zero, second)),
        ("http2_pings", settings(over).http2_pings(second, zero)),
        ("max_response_bytes", settings(over).max_response_bytes(0)),
        ("user_agent", settings(over).user_agent("agent\n")),
        ("header", settings(over).header("no name", "s3cr3t")),
        ("header", settings(over).header("x-gateway", "s3cr3t\n")),
        ("header", settings(over).header("Host", "s3cr3t")),
        ("proxy", settings(over).proxy("gopher://user:s3cr3t@proxy.example")),
        ("root_certificate", settings(over).root_certificate("s3cr3t")),
        ("root_certificate", settings(over).root_certificate("-----BEGIN CERTIFICATE-----\ns3cr3t\n-----END CERTIFICATE-----\n")),
        ("client_certificate", settings(over).client_certificate("s3cr3t", key.clone())),
        ("client_certificate", settings(over).client_certificate(server::authority().pem, "s3cr3t")),
        ("client_certificate", settings(over).client_certificate(server::authority().pem, server::authority().key)),
    ] {
        assert!(!format!("{builder:?}").contains("s3cr3t"));
        let error = builder.build().expect_err(setting);
        assert_eq!(error.setting, setting, "{error}");
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
    }
}

async fn what_belongs_to_the_connection_cannot_be_set(over: Over) {
    let (url, mut seen) = server(Act::Answer("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let transport = settings(over).build().unwrap();
    for (name, value) in [
        ("Host", "evil.example"),
        ("content-length", "1"),
        ("transfer-encoding", "chunked"),
        ("Connection", "close"),
        ("upgrade", "h2c"),
        ("proxy-authorization", "Basic eA=="),
    ] {
        let mut request = request(&url);
        request.headers.push((name.into(), value.into()));
        let error = transport.send(request).await.expect_err(name);
        assert_eq!((error.kind, error.sent), (Kind::Request, Sent::No), "{error}");
        assert!(error.message.contains(&name.to_lowercase()) && !error.message.contains(value), "{error}");
    }
    assert!(seen.try_recv().is_err());
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn a_client_of_ones_own_sends_and_keeps_its_own_settings() {
    let over = Over::Reqwest;
    let (url, mut seen) = server(Act::Answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")).await;
    let own =
        || reqwest::Client::builder().default_headers(HeaderMap::from_iter([(reqwest::header::VIA, HeaderValue::from_static("own"))]));
    let transport = settings(over).client(own().build().unwrap()).build().unwrap();
    assert_eq!(transport.send(request(&url)).await.unwrap().status, 200);
    let head = seen.recv().await.unwrap().to_lowercase();
    assert!(head.contains("via: own") && head.contains("user-agent: acme-client/1.2.3"), "{head}");
    for both in [
        settings(over).proxy("http://proxy.example"),
        settings(over).connect_timeout(Duration::from_secs(1)),
        settings(over).root_certificate(""),
    ] {
        assert_eq!(both.client(own().build().unwrap()).build().unwrap_err().setting, "client");
    }
}

async fn answers_that_come_compressed_are_understood(over: Over) {
    let text = br#"{"code":0,"msg":"ok"}"#;
    let body = gzip(text);
    for header in ["content-encoding: gzip\r\n", ""] {
        let head = format!("HTTP/1.1 200 OK\r\n{header}content-length: {}\r\n\r\n", body.len());
        let (url, _) = server::raw([head.as_bytes(), &body].concat()).await;
        let response = settings(over).build().unwrap().send(request(&url)).await.unwrap();
        assert_eq!((&response.body[..], response.header("content-encoding")), (&text[..], None));
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 2\r\n\r\n\x0b\x02";
    let response = send(over, Act::Answer(head)).await.unwrap();
    assert_eq!((&response.body[..], response.header("content-encoding")), (&b"\x0b\x02"[..], Some("br")));
}

async fn follows_no_redirect(over: Over) {
    let response =
        send(over, Act::Answer("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n")).await.unwrap();
    assert_eq!(response.status, 302);
}

async fn stops_at_the_size_limit_announced_or_not(over: Over) {
    let long = "HTTP/1.1 200 OK\r\ncontent-length: 65\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n41\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n";
    for answer in [long, chunked] {
        let error = send(over, Act::Answer(answer)).await.unwrap_err();
        assert_eq!((error.kind, error.sent), (Kind::TooLarge, Sent::Yes));
        assert!(error.message.contains("64 bytes"), "{error}");
    }
}

#[test]
fn limits_are_written_so_that_nobody_takes_them_for_a_phone_number() {
    for (number, written) in [(0, "0"), (999, "999"), (1000, "1,000"), (16_777_216, "16,777,216")] {
        assert_eq!(super::grouped(number), written);
    }
}

async fn a_cut_answer_is_broken_and_no_answer_is_unknown(over: Over) {
    let cut = send(over, Act::Cut).await.unwrap_err();
    assert_eq!((cut.kind, cut.sent), (Kind::Broken, Sent::Yes));
    let hang = send(over, Act::Hang).await.unwrap_err();
    assert_eq!((hang.kind, hang.sent), (Kind::Broken, Sent::Unknown));
    for error in [cut, hang] {
        assert!(!error.to_string().contains("tok-1") && !error.to_string().contains("127.0.0.1"), "{error}");
    }
}

async fn refused_and_unknown_hosts_were_not_sent(over: Over) {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for url in [format!("http://{free}/?t=tok-1"), "http://no-such-host.invalid/?t=tok-1".into()] {
        let error = settings(over).build().unwrap().send(request(&url)).await.unwrap_err();
        assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{error}");
        assert!(!error.to_string().contains("tok-1"), "{error}");
    }
}

async fn silence_ends_in_a_timeout(over: Over) {
    let (url, _seen) = server(Act::Silence).await;
    let short = HttpRequest { timeout: Duration::from_millis(50), ..request(&url) };
    let error = settings(over).build().unwrap().send(short).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (Kind::Timeout, Sent::Unknown), "{error}");

    let impatient = settings(over).read_timeout(Duration::from_millis(50)).build().unwrap();
    let error = impatient.send(request(&url)).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (Kind::Timeout, Sent::Unknown), "{error}");
}

async fn what_cannot_be_sent_says_so_without_the_url(over: Over) {
    let transport = settings(over).build().unwrap();
    let mut bad_header = request("http://127.0.0.1:9/");
    bad_header.headers.push(("x".into(), "tok-1\n".into()));
    for request in [request("no url tok-1"), bad_header] {
        let error = transport.send(request).await.unwrap_err();
        assert_eq!((error.kind, error.sent), (Kind::Request, Sent::No));
        assert!(!error.to_string().contains("tok-1"), "{error}");
    }
}
