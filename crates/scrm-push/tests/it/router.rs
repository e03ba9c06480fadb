//! The ready router, over a real socket.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use acme_client::push::Event;
use scrm_push::{Outcome, Receiver, Refusal, queue};
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
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&told);
    let observer = move |outcome: &Outcome<Event>| {
        seen.lock().unwrap().push(match outcome {
            Outcome::Taken(message) => format!("took {}", message.id.as_deref().unwrap_or_default()),
            Outcome::Refused(refusal) => refusal.to_string(),
            other => format!("{other:?}"),
        });
    };
    let receiver = Receiver::<Event>::builder(seal(), sink).observe(observer).build();
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
    let unverified = "the request is not verified to come from the vendor; check token, key and id in the vendor's console";
    assert_eq!(*told.lock().unwrap(), ["took 1", "took 2", "Checked", unverified, "the body is longer than this receiver takes"]);
    assert_eq!(out.next().await.unwrap().id.as_deref(), Some("1"));
    assert_eq!(out.next().await.unwrap().id.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_body_that_does_not_come_to_its_end_is_not_waited_for() {
    let full = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&full);
    let observer = move |outcome: &Outcome<Event>| {
        let is_full = matches!(outcome, Outcome::Refused(Refusal::TooMany));
        seen.fetch_or(is_full, Ordering::SeqCst);
    };
    let receiver = Receiver::<Event>::builder(seal(), queue(1).0).observe(observer).build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let router = receiver.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let address = stream.peer_addr().unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 10\r\n\r\n<doc>").await.unwrap();
    // so many of them keep others out for a while, and no more is read into memory
    let mut others = Vec::new();
    for _ in 1..256 {
        let mut other = TcpStream::connect(address).await.unwrap();
        other.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n<doc>").await.unwrap();
        others.push(other);
    }
    while !full.load(Ordering::SeqCst) {
        let answer = said(address, "POST", "/", "<x/>").await;
        assert!(answer.starts_with("HTTP/1.1 401") || answer.starts_with("HTTP/1.1 503"), "{answer}");
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}
