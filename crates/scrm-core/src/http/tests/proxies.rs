//! Through proxies, on real sockets.

use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::TcpStream,
};

use super::{
    server::{Encrypted, authority},
    *,
};

over_each! {
    async:
        plain_requests_go_to_the_proxy_with_its_credentials,
        of_an_encrypted_request_the_proxy_sees_the_host_alone,
        a_proxy_that_refuses_a_plain_request_is_named,
        a_proxy_that_is_not_there_is_named_without_its_credentials,
        this_machine_is_asked_directly,
        an_encrypted_request_goes_through_a_tunnel,
        a_tunnel_is_refused_with_a_reason,
        a_tunnel_is_made_piece_by_piece,
        a_proxy_that_says_nothing_or_nonsense_is_named,
        a_proxy_is_reached_over_tls,
        an_encrypted_request_goes_through_socks,
        socks_proxies_get_user_password_and_name;
}

/// What a proxy answers to a plain request.
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const REFUSED: &str = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";

fn through(over: Over, proxy: &str) -> HttpTransport {
    settings(over).proxy(proxy).build().unwrap()
}

/// `host:port` of a server's URL.
fn address(url: &str) -> &str {
    url.trim_start_matches("http://").split('/').next().unwrap()
}

async fn plain_requests_go_to_the_proxy_with_its_credentials(over: Over) {
    let (url, mut seen) = server::raw(OK.into()).await;
    let transport = through(over, &format!("http://us3r:p%40ss@{}", address(&url)));
    let response = transport.send(request("http://api.acme.example/path")).await.unwrap();
    assert_eq!(&response.body[..], b"ok");
    let head = seen.recv().await.unwrap();
    assert!(head.starts_with("POST http://api.acme.example/path HTTP/1.1"), "{head}");
    assert!(head.to_lowercase().contains("proxy-authorization: basic "), "{head}");
    // us3r:p@ss
    assert!(head.contains("dXMzcjpwQHNz"), "{head}");
}

async fn of_an_encrypted_request_the_proxy_sees_the_host_alone(over: Over) {
    let (url, mut seen) = server::raw(REFUSED.into()).await;
    let transport = through(over, &format!("http://us3r:p4ss@{}", address(&url)));
    let error = transport.send(request("https://api.acme.example/path?secret_key=s3cr3t")).await.unwrap_err();
    let head = seen.recv().await.unwrap();
    assert!(head.starts_with("CONNECT api.acme.example:443 HTTP/1.1") && !head.contains("s3cr3t"), "{head}");
    assert_eq!((error.kind, error.sent), (Kind::Request, Sent::No), "{error}");
    assert!(error.message.contains(address(&url)) && error.message.contains("407"), "{error}");
    assert!(!error.message.contains("p4ss") && !error.message.contains("us3r"), "{error}");
}

async fn a_proxy_that_refuses_a_plain_request_is_named(over: Over) {
    let (url, _seen) = server::raw(REFUSED.into()).await;
    let error = through(over, &format!("http://{}", address(&url))).send(request("http://api.acme.example/")).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (Kind::Request, Sent::No), "{error}");
    assert!(error.message.contains(address(&url)), "{error}");
}

async fn a_proxy_that_is_not_there_is_named_without_its_credentials(over: Over) {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for scheme in ["http", "socks5", "socks5h"] {
        if scheme != "http" && !over.knows_socks() {
            continue;
        }
        let transport = through(over, &format!("{scheme}://us3r:p4ss@{free}"));
        for url in ["http://203.0.113.9/", "https://203.0.113.9/"] {
            let error = transport.send(request(url)).await.unwrap_err();
            assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{scheme} {url}: {error}");
            assert!(error.message.contains(&format!("through the proxy {scheme}://{free}")), "{error}");
            assert!(!error.message.contains("p4ss") && !error.message.contains("us3r"), "{error}");
        }
        assert!(!format!("{transport:?}").contains("p4ss"));
    }
}

async fn this_machine_is_asked_directly(over: Over) {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (url, _seen) = server::raw(OK.into()).await;
    for host in ["127.0.0.1", "localhost"] {
        let response = through(over, &format!("http://{free}")).send(request(&url.replace("127.0.0.1", host))).await.unwrap();
        assert_eq!(response.status, 200);
    }
}

/// A SOCKS proxy that answers itself what it is asked to pass on; gives its address and the host it was asked for.
async fn socks() -> (String, mpsc::UnboundedReceiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (asked, seen) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 512];
        stream.read_exact(&mut buffer[..2]).await.unwrap();
        let methods = usize::from(buffer[1]);
        stream.read_exact(&mut buffer[..methods]).await.unwrap();
        stream.write_all(&[5, 2]).await.unwrap();
        // version, user, password
        let read = stream.read(&mut buffer).await.unwrap();
        asked.send(buffer[..read].to_vec()).unwrap();
        stream.write_all(&[1, 0]).await.unwrap();
        let read = stream.read(&mut buffer).await.unwrap();
        asked.send(buffer[..read].to_vec()).unwrap();
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        let _ = stream.read(&mut buffer).await.unwrap();
        stream.write_all(OK.as_bytes()).await.unwrap();
    });
    (address, seen)
}

async fn socks_proxies_get_user_password_and_name(over: Over) {
    if !over.knows_socks() {
        let error = settings(over).proxy("socks5h://us3r:p4ss@proxy.example").build().unwrap_err();
        assert!(error.setting == "proxy" && error.reason.contains("feature socks"), "{error}");
        return;
    }
    let (address, mut seen) = socks().await;
    let response = through(over, &format!("socks5h://us3r:p4ss@{address}")).send(request("http://api.acme.example/")).await.unwrap();
    assert_eq!(&response.body[..], b"ok");
    assert_eq!(seen.recv().await.unwrap(), b"\x01\x04us3r\x04p4ss");
    let asked = seen.recv().await.unwrap();
    assert!(asked.windows(16).any(|name| name == b"api.acme.example"), "{asked:?}");
}

/// What a proxy answers to one who asks for a way.
const MADE: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

/// Reads a request's head, and all that came with it.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            break;
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Makes a way to a server, whatever it was asked for.
async fn make_way(mut stream: impl AsyncRead + AsyncWrite + Unpin, to: &str, heads: mpsc::UnboundedSender<String>) {
    let _ = heads.send(head(&mut stream).await);
    let _ = stream.write_all(MADE.as_bytes()).await;
    if let Ok(mut server) = TcpStream::connect(to).await {
        let _ = copy_bidirectional(&mut stream, &mut server).await;
    }
}

/// A proxy that makes ways to a server; gives its address and what it is asked.
async fn tunnelling(to: String) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (heads, seen) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (to, heads) = (to.clone(), heads.clone());
            tokio::spawn(async move { make_way(stream, &to, heads).await });
        }
    });
    (address, seen)
}

async fn an_encrypted_request_goes_through_a_tunnel(over: Over) {
    let authority = authority();
    for (offered, spoken) in [(&["h2"][..], "HTTP/2.0"), (&["http/1.1"], "HTTP/1.1")] {
        let server = Encrypted::echoing(&authority, offered).await;
        let (address, mut seen) = tunnelling(server.address()).await;
        let transport =
            settings(over).root_certificate(authority.pem.clone()).proxy(format!("http://us3r:p%40ss@{address}")).build().unwrap();
        for _ in 0..3 {
            let answer = transport.send(request("https://api.acme.example/path?secret_key=s3cr3t")).await.unwrap();
            assert_eq!((&answer.body[..], answer.header("x-version")), (&b"{}"[..], Some(spoken)));
        }
        let head = seen.recv().await.unwrap();
        assert!(head.starts_with("CONNECT api.acme.example:443 HTTP/1.1\r\n") && !head.contains("s3cr3t"), "{head}");
        // us3r:p@ss
        assert!(head.contains("dXMzcjpwQHNz"), "{head}");
        assert!(seen.try_recv().is_err(), "one way for all calls");
    }
}

async fn a_tunnel_is_made_piece_by_piece(over: Over) {
    let authority = authority();
    for said in [
        MADE,
        "HTTP/1.0 200 Connection established\r\nproxy-agent: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
    ] {
        if over != Over::Hyper && said.contains(" 100 ") {
            continue; // reqwest takes the first answer for the last.
        }
        let server = Encrypted::echoing(&authority, &["h2"]).await;
        let to = server.address();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            head(&mut stream).await;
            for piece in said.as_bytes().chunks(7) {
                stream.write_all(piece).await.unwrap();
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let mut server = TcpStream::connect(to).await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut server).await;
        });
        let transport = settings(over).root_certificate(authority.pem.clone()).proxy(proxy).build().unwrap();
        let answer = transport.send(request("https://api.acme.example/")).await.unwrap();
        assert_eq!(&answer.body[..], b"{}");
    }
}

async fn a_tunnel_is_refused_with_a_reason(over: Over) {
    let (url, _seen) = server::raw(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno".to_vec()).await;
    let error = through(over, &format!("http://us3r:p4ss@{}", address(&url))).send(request("https://api.acme.example/")).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{error}");
    assert!(error.message.contains(&format!("through the proxy http://{}", address(&url))), "{error}");
    assert!(!error.message.contains("p4ss"), "{error}");
    if over == Over::Hyper {
        assert!(error.message.contains("403 Forbidden") && error.message.contains("api.acme.example:443"), "{error}");
    }
}

async fn a_proxy_that_says_nothing_or_nonsense_is_named(over: Over) {
    for said in ["", "SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\nnonsense"] {
        let (url, _seen) = server::raw(said.into()).await;
        let transport =
            settings(over).proxy(format!("http://{}", address(&url))).connect_timeout(Duration::from_millis(500)).build().unwrap();
        let error = transport.send(request("https://api.acme.example/")).await.unwrap_err();
        assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{said:?}: {error}");
        assert!(error.message.contains(address(&url)), "{error}");
    }
    // It takes the connection, and that is all.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let transport = settings(over).proxy(format!("http://{silent}")).connect_timeout(Duration::from_millis(200)).build().unwrap();
    let error = transport.send(request("https://api.acme.example/")).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{error}");
}

async fn a_proxy_is_reached_over_tls(over: Over) {
    let authority = authority();
    let server = Encrypted::echoing(&authority, &["h2", "http/1.1"]).await;
    let (heads, mut seen) = mpsc::unbounded_channel();
    let to = server.address();
    // reqwest may take an offer of HTTP/2 that it cannot make use of.
    let offered: &[&str] = if over == Over::Hyper { &["h2", "http/1.1"] } else { &["http/1.1"] };
    let proxy = Encrypted::with(authority.acceptor(false, offered), move |stream| {
        let (to, heads) = (to.clone(), heads.clone());
        async move {
            if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
                make_way(stream, &to, heads).await;
            }
        }
    })
    .await;
    let url = proxy.url.replace("https://", "https://us3r:p4ss@");
    let transport = settings(over).root_certificate(authority.pem.clone()).proxy(url).build().unwrap();
    let answer = transport.send(request("https://api.acme.example/")).await.unwrap();
    assert_eq!((&answer.body[..], answer.header("x-version")), (&b"{}"[..], Some("HTTP/2.0")));
    assert!(seen.recv().await.unwrap().starts_with("CONNECT api.acme.example:443"));
    // What is not encrypted is passed on, over TLS as far as the proxy.
    let plain = Encrypted::with(authority.acceptor(false, offered), |mut stream| async move {
        let head = head(&mut stream).await;
        assert!(head.starts_with("POST http://api.acme.example/path HTTP/1.1\r\n") && head.contains("dXMzcjpwNHNz"), "{head}");
        let _ = stream.write_all(OK.as_bytes()).await;
    })
    .await;
    let url = plain.url.replace("https://", "https://us3r:p4ss@");
    let transport = settings(over).root_certificate(authority.pem.clone()).proxy(url).build().unwrap();
    assert_eq!(&transport.send(request("http://api.acme.example/path")).await.unwrap().body[..], b"ok");
    // Not trusted: nothing was said to it, and it is named.
    let error = through(over, &proxy.url).send(request("https://api.acme.example/")).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{error}");
    assert!(error.message.contains(&proxy.url) && error.message.contains("root_certificate"), "{error}");
}

async fn an_encrypted_request_goes_through_socks(over: Over) {
    if !over.knows_socks() {
        return;
    }
    let authority = authority();
    let server = Encrypted::echoing(&authority, &["h2"]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("socks5h://{}", listener.local_addr().unwrap());
    let to = server.address();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 512];
        stream.read_exact(&mut buffer[..3]).await.unwrap();
        stream.write_all(&[5, 0]).await.unwrap();
        // version, connect, reserved, name, its length, the name, port
        let asked = stream.read(&mut buffer).await.unwrap();
        assert_eq!(buffer[..asked], [&[5, 1, 0, 3, 16], &b"api.acme.example"[..], &443_u16.to_be_bytes()].concat());
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        let mut server = TcpStream::connect(to).await.unwrap();
        let _ = copy_bidirectional(&mut stream, &mut server).await;
    });
    let transport = settings(over).root_certificate(authority.pem.clone()).proxy(proxy).build().unwrap();
    let answer = transport.send(request("https://api.acme.example/")).await.unwrap();
    assert_eq!((&answer.body[..], answer.header("x-version")), (&b"{}"[..], Some("HTTP/2.0")));
}
