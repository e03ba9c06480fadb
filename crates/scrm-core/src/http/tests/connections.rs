//! How connections are used again, or not.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use fastrand::Rng;
use futures_util::future::join_all;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};

use super::*;

over_each! {
    async:
        calls_use_as_many_connections_as_are_under_way_at_once,
        a_connection_that_the_server_ends_is_not_used_again,
        a_connection_that_was_closed_gives_the_request_back_whole,
        an_answer_that_nobody_asked_for_is_nobodys,
        a_connection_without_calls_is_closed,
        sockets_go_with_their_calls,
        no_answer_is_taken_for_that_of_a_call_that_was_given_up,
        whatever_goes_wrong_under_load_is_told_truly,
        no_bytes_are_too_strange;
}

/// Serves each connection like this, which gets its number; gives the URL and how many there were.
async fn serving<F: Future<Output = ()> + Send + 'static>(
    serve: impl Fn(TcpStream, usize) -> F + Send + 'static,
) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let opened = Arc::new(AtomicUsize::new(0));
    tokio::spawn({
        let opened = opened.clone();
        async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, opened.fetch_add(1, Ordering::SeqCst)));
            }
        }
    });
    (url, opened)
}

/// One whole request: its head and its body; `None` when the connection ends before.
async fn one_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    loop {
        if let Some(end) = buffer.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
            if buffer.len() >= end + 4 + length {
                let body = buffer[end + 4..end + 4 + length].to_vec();
                buffer.drain(..end + 4 + length);
                return Some((head, body));
            }
        }
        if stream.read_buf(buffer).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}

fn answer(body: &[u8], more: &str) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{more}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

fn post(url: &str, body: impl Into<Bytes>) -> HttpRequest {
    HttpRequest { method: Method::Post, url: url.to_owned(), headers: Vec::new(), body: body.into(), timeout: Duration::from_secs(60) }
}

async fn calls_use_as_many_connections_as_are_under_way_at_once(over: Over) {
    let (url, opened) = serving(|mut stream, _| async move {
        let mut buffer = Vec::new();
        while let Some((_, body)) = one_request(&mut stream, &mut buffer).await {
            stream.write_all(&answer(&body, "")).await.unwrap();
        }
    })
    .await;
    let transport = over.builder().build().unwrap();
    for round in 0..20 {
        let calls = (0..32).map(|call| {
            let (transport, url) = (&transport, &url);
            async move {
                let body = format!("{round} {call}");
                assert_eq!(transport.send(post(url, body.clone())).await.unwrap().body, body);
            }
        });
        join_all(calls).await;
    }
    assert!(opened.load(Ordering::SeqCst) <= 32, "{opened:?}");
}

async fn a_connection_that_the_server_ends_is_not_used_again(over: Over) {
    let (url, opened) = serving(|mut stream, _| async move {
        let mut buffer = Vec::new();
        while let Some((_, body)) = one_request(&mut stream, &mut buffer).await {
            let _ = stream.write_all(&answer(&body, "connection: close\r\n")).await;
        }
    })
    .await;
    let transport = over.builder().build().unwrap();
    for _ in 0..10 {
        transport.send(post(&url, "{}")).await.unwrap();
    }
    assert_eq!(opened.load(Ordering::SeqCst), 10);
}

async fn a_connection_that_was_closed_gives_the_request_back_whole(over: Over) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (url, opened) = serving(move |mut stream, _| {
        let tell = tell.clone();
        async move {
            let (_, body) = one_request(&mut stream, &mut Vec::new()).await.unwrap();
            stream.write_all(&answer(body.len().to_string().as_bytes(), "")).await.unwrap();
            drop(stream);
            tell.send(()).unwrap();
        }
    })
    .await;
    let transport = over.builder().build().unwrap();
    for calls in 1..=20 {
        let sent = transport.send(post(&url, vec![b'x'; 300_000])).await.unwrap();
        assert_eq!(&sent.body[..], b"300000");
        told.recv().await.unwrap();
        // So that the runtime hears of the close, too.
        sleep(Duration::from_millis(60)).await;
        assert_eq!(opened.load(Ordering::SeqCst), calls);
    }
}

async fn an_answer_that_nobody_asked_for_is_nobodys(over: Over) {
    let (url, _) = serving(|mut stream, _| async move {
        let mut buffer = Vec::new();
        while let Some((_, body)) = one_request(&mut stream, &mut buffer).await {
            let _ = stream.write_all(&answer(&body, "")).await;
            let _ = stream.write_all(&answer(b"not yours", "")).await;
        }
    })
    .await;
    let transport = over.builder().build().unwrap();
    for call in 0..50 {
        // One may come to nothing where the other answer arrives just when it is sent.
        if let Ok(answer) = transport.send(post(&url, call.to_string())).await {
            assert_eq!(answer.body, call.to_string());
        }
        sleep(Duration::from_millis(call % 3)).await;
    }
}

async fn sockets_go_with_their_calls(over: Over) {
    let open = Arc::new(AtomicUsize::new(0));
    let count = open.clone();
    let (url, _) = serving(move |mut stream, number| {
        let open = count.clone();
        async move {
            open.fetch_add(1, Ordering::SeqCst);
            let mut buffer = Vec::new();
            while let Some((_, body)) = one_request(&mut stream, &mut buffer).await {
                match number % 4 {
                    0 => {}
                    1 => {
                        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
                    }
                    2 => {
                        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\nabc").await;
                    }
                    _ => {
                        let _ = stream.write_all(&answer(&body, "")).await;
                    }
                }
            }
            open.fetch_sub(1, Ordering::SeqCst);
        }
    })
    .await;
    let transport = over.builder().idle_timeout(Duration::from_millis(300)).build().unwrap();
    for round in 0..40 {
        let _ =
            timeout(Duration::from_millis(10), transport.send(post(&url, vec![b'x'; if round % 2 == 0 { 10 } else { 5_000_000 }]))).await;
    }
    let closed = async {
        while open.load(Ordering::SeqCst) > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(Duration::from_secs(10), closed).await.is_ok(), "{open:?}");
}

async fn a_connection_without_calls_is_closed(over: Over) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (url, _) = serving(move |mut stream, _| {
        let tell = tell.clone();
        async move {
            let mut buffer = Vec::new();
            while let Some((_, body)) = one_request(&mut stream, &mut buffer).await {
                stream.write_all(&answer(&body, "")).await.unwrap();
            }
            tell.send(()).unwrap();
        }
    })
    .await;
    let transport = over.builder().idle_timeout(Duration::from_millis(300)).build().unwrap();
    join_all((0..3).map(|_| transport.send(post(&url, "{}")))).await.into_iter().for_each(|answer| drop(answer.unwrap()));
    for _ in 0..3 {
        timeout(Duration::from_secs(60), told.recv()).await.unwrap();
    }
}

async fn no_answer_is_taken_for_that_of_a_call_that_was_given_up(over: Over) {
    let (url, _) = serving(|mut stream, number| async move {
        let (mut buffer, mut rng) = (Vec::new(), Rng::with_seed(number as u64));
        while let Some((_, body)) = one_request(&mut stream, &mut buffer).await {
            sleep(Duration::from_millis(rng.u64(0..6))).await;
            let whole = answer(&body, "");
            let (first, second) = whole.split_at(rng.usize(0..whole.len()));
            let _ = stream.write_all(first).await;
            sleep(Duration::from_millis(rng.u64(0..3))).await;
            let _ = stream.write_all(second).await;
        }
    })
    .await;
    let transport = over.builder().build().unwrap();
    let calls = (0..16).map(|caller: u64| {
        let (transport, url) = (&transport, &url);
        async move {
            let mut rng = Rng::with_seed(caller);
            for call in 0..20 {
                let body = format!("{caller} {call}");
                let sent = timeout(Duration::from_millis(rng.u64(0..10)), transport.send(post(url, body.clone())));
                if let Ok(answer) = sent.await {
                    assert_eq!(answer.unwrap().body, body);
                }
            }
        }
    });
    join_all(calls).await;
}

/// What a server does with a request in bad weather.
async fn in_bad_weather(stream: &mut TcpStream, body: &[u8], rng: &mut Rng) -> bool {
    let whole = answer(body, "");
    let said = match rng.u8(0..12) {
        0 => return false,
        1 => whole[..rng.usize(1..whole.len())].to_vec(),
        2 => b"HTTP/1.1 2000 OK\r\n\r\n".to_vec(),
        3 => [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", &b"zz\r\n"[..]].concat(),
        4 => {
            let _ = stream.set_zero_linger();
            return false;
        }
        5 => answer(&[b'x'; 100_000], ""),
        _ => {
            // In pieces, after a while, and after an answer that is none yet.
            let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await;
            sleep(Duration::from_millis(rng.u64(0..3))).await;
            let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n", body.len());
            let whole = if rng.bool() { whole } else { [chunked.as_bytes(), body, b"\r\n0\r\n\r\n"].concat() };
            for piece in whole.chunks(rng.usize(1..80)) {
                if stream.write_all(piece).await.is_err() {
                    return false;
                }
            }
            return rng.u8(0..5) > 0;
        }
    };
    let _ = stream.write_all(&said).await;
    false
}

async fn whatever_goes_wrong_under_load_is_told_truly(over: Over) {
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let (url, _) = serving({
        let seen = seen.clone();
        move |mut stream, number| {
            let seen = seen.clone();
            async move {
                let (mut buffer, mut rng) = (Vec::new(), Rng::with_seed(number as u64));
                while let Some((_, body)) = one_request(&mut stream, &mut buffer).await {
                    assert!(seen.lock().unwrap().insert(body.clone()), "nothing is sent twice");
                    if !in_bad_weather(&mut stream, &body, &mut rng).await {
                        return;
                    }
                }
            }
        }
    })
    .await;
    let transport = over.builder().max_response_bytes(50_000).build().unwrap();
    let calls = (0..24).map(|caller| {
        let (transport, url, seen) = (&transport, &url, &seen);
        async move {
            let mut answered = 0;
            for call in 0..25 {
                let body = Bytes::from(format!("{caller} {call}"));
                match transport.send(post(url, body.clone())).await {
                    Ok(answer) => {
                        assert_eq!(answer.body, body);
                        answered += 1;
                    }
                    Err(error) => {
                        let was_seen = seen.lock().unwrap().contains(&body[..]);
                        assert!(error.sent != Sent::No || !was_seen, "{error:?}");
                        assert!(error.sent != Sent::Yes || was_seen, "{error:?}");
                        assert!(matches!(error.kind, Kind::Broken | Kind::TooLarge | Kind::Connect), "{error:?}");
                    }
                }
            }
            answered
        }
    });
    let answered: usize = join_all(calls).await.into_iter().sum();
    assert!(answered > 24 * 25 / 4, "{answered}");
}

async fn no_bytes_are_too_strange(over: Over) {
    let pieces: [&[u8]; 14] = [
        b"HTTP/1.1 ",
        b"200",
        b" OK",
        b"\r\n",
        b"\n",
        b"content-length: ",
        b"-1",
        b"5",
        b"99999999999999999999",
        b"transfer-encoding: chunked",
        b"\r\n\r\n",
        b"ffffffffffffffff\r\n",
        b"\x00\xff",
        b"hello",
    ];
    let (url, _) = serving(move |mut stream, number| async move {
        let mut rng = Rng::with_seed(number as u64);
        let said: Vec<u8> = (0..rng.usize(0..12)).flat_map(|_| pieces[rng.usize(0..pieces.len())]).copied().collect();
        let said = if rng.bool() { [b"HTTP/1.1 200 OK\r\n", &said[..]].concat() } else { said };
        let _ = one_request(&mut stream, &mut Vec::new()).await;
        let _ = stream.write_all(&said).await;
    })
    .await;
    let transport = over.builder().max_response_bytes(64).build().unwrap();
    for _ in 0..300 {
        if let Err(error) = transport.send(post(&url, "{}")).await {
            assert!(error.sent != Sent::No && matches!(error.kind, Kind::Broken | Kind::TooLarge), "{error:?}");
        }
    }
}
