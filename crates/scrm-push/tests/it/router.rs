//! The ready router, over a real socket.

use acme_client::push::Event;
use scrm_push::{Receiver, queue};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::receiver::{now, seal, user_add};

async fn said(address: std::net::SocketAddr, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn pushes_and_checks_of_the_address_are_answered() {
    let (sink, mut out) = queue(10);
    let receiver = Receiver::<Event>::builder(seal(), sink).build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = receiver.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let sealed = user_add("1");
    let answer = said(address, "POST", &format!("/?{}", sealed.query), &sealed.body).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\nsuccess"), "{answer}");
    let named = user_add("2");
    let answer = said(address, "POST", &format!("/user-add?{}", named.query), &named.body).await;
    assert!(answer.ends_with("success"), "{answer}");
    let check = seal().seal_check("123", now(), "n", [0; 16]);
    assert!(said(address, "GET", &format!("/?{check}"), "").await.ends_with("\r\n\r\n123"));
    assert!(said(address, "POST", "/", "<x/>").await.starts_with("HTTP/1.1 401"));
    assert!(said(address, "POST", "/", &"x".repeat(1024 * 1024 + 1)).await.starts_with("HTTP/1.1 413"));
    assert_eq!(out.next().await.unwrap().id.as_deref(), Some("1"));
    assert_eq!(out.next().await.unwrap().id.as_deref(), Some("2"));
}
