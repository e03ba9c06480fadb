//! Through proxies, on real sockets.

use super::*;

over_each! {
    async:
        plain_requests_go_to_the_proxy_with_its_credentials,
        of_an_encrypted_request_the_proxy_sees_the_host_alone,
        a_proxy_that_refuses_a_plain_request_is_named,
        a_proxy_that_is_not_there_is_named_without_its_credentials,
        this_machine_is_asked_directly,
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
