//! Many runtimes, one transport.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    thread,
};

use futures_util::future::{Either, select};
use tokio::{
    net::TcpStream,
    runtime::{Builder, Runtime},
    time::sleep,
};

use super::{
    server::{Encrypted, authority},
    *,
};

over_each! {
    async:
        the_number_of_servers_is_bounded;
    plain:
        a_runtime_that_stands_still_or_ends_harms_no_other,
        a_runtime_that_ends_amid_a_call_harms_no_call_of_another,
        a_connection_that_was_closed_while_the_runtime_stood_still_is_not_used,
        what_came_while_the_program_was_busy_is_seen_before_a_connection_is_used,
        the_same_holds_of_what_is_encrypted,
        a_call_of_a_task_that_does_much_besides_hears_of_the_end_of_its_connection,
        a_call_is_woken_by_its_answer_alone,
        transports_that_say_the_same_share_their_connections,
        without_a_runtime_there_is_an_error;
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Runs servers, whatever the runtimes of the test do.
fn servers() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// A server that keeps connections open; gives its URL.
async fn keeping() -> String {
    serving(|mut stream| async move { while answered(&mut stream).await {} }).await
}

/// A server that does this with each connection; gives its URL.
async fn serving<F: Future<Output = ()> + Send + 'static>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream));
        }
    });
    url
}

async fn answered(stream: &mut TcpStream) -> bool {
    let read = stream.read(&mut [0; 4096]).await.unwrap_or(0);
    read > 0 && stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.is_ok()
}

fn places(transport: &HttpTransport) -> usize {
    match &transport.carrier {
        Carrier::Pool(pool) => pool.places(),
        #[cfg(feature = "reqwest")]
        Carrier::Reqwest(pool) => pool.places(),
        #[cfg(feature = "reqwest")]
        Carrier::Own(_) => panic!("no pool"),
    }
}

fn a_runtime_that_stands_still_or_ends_harms_no_other(over: Over) {
    let servers = servers();
    let authority = authority();
    let (plain, encrypted) = servers.block_on(async { (keeping().await, Encrypted::start(&authority, false).await) });
    for url in [plain, encrypted.url] {
        let transport = over.builder().root_certificate(authority.pem.clone()).build().unwrap();
        let send = |runtime: &Runtime| runtime.block_on(transport.send(request(&url))).unwrap();
        let (first, second) = (current_thread(), current_thread());
        send(&first);
        send(&second);
        send(&first);
        assert_eq!(places(&transport), 2);
        drop(first);
        assert_eq!(places(&transport), 1, "what a runtime leaves behind is cleared away");
        send(&second);
        send(&servers);
        drop(second);
        for _ in 0..20 {
            send(&current_thread());
        }
        assert_eq!(places(&transport), 1);
    }
}

fn a_runtime_that_ends_amid_a_call_harms_no_call_of_another(over: Over) {
    let servers = servers();
    let url = servers.block_on(keeping());
    let transport = Arc::new(over.builder().idle_timeout(Duration::from_secs(91)).build().unwrap());
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let (transport, url) = (transport.clone(), url.clone());
            thread::spawn(move || {
                for _ in 0..20 {
                    let runtime = current_thread();
                    runtime.spawn({
                        let (transport, url) = (transport.clone(), url.clone());
                        async move { transport.send(request(&url)).await }
                    });
                    runtime.block_on(transport.send(request(&url))).unwrap();
                }
            })
        })
        .collect();
    calls.into_iter().for_each(|call| call.join().unwrap());
    assert_eq!(places(&transport), 0);
}

fn a_connection_that_was_closed_while_the_runtime_stood_still_is_not_used(over: Over) {
    let servers = servers();
    let (tell, told) = std::sync::mpsc::channel();
    let url = servers.block_on(serving(move |mut stream| {
        let tell = tell.clone();
        async move {
            answered(&mut stream).await;
            drop(stream);
            tell.send(()).unwrap();
        }
    }));
    let transport = over.builder().build().unwrap();
    let runtime = current_thread();
    for round in 0..20 {
        let answer = runtime.block_on(transport.send(request(&url)));
        assert!(answer.is_ok(), "round {round}: {answer:?}");
        told.recv().unwrap();
        thread::sleep(Duration::from_millis(60));
    }
}

/// The program is busy and never waits, and meanwhile the server closes, or says more than it was asked for.
fn what_came_while_the_program_was_busy_is_seen_before_a_connection_is_used(over: Over) {
    if over != Over::Hyper {
        return; // reqwest looks when its task comes round.
    }
    let servers = servers();
    for more in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nnot yours"] {
        let (tell, told) = std::sync::mpsc::channel();
        let url = servers.block_on(serving(move |mut stream| {
            let tell = tell.clone();
            async move {
                // Else the system keeps what comes second until the first is acknowledged.
                stream.set_nodelay(true).unwrap();
                answered(&mut stream).await;
                tokio::time::sleep(Duration::from_millis(5)).await;
                if more.is_empty() {
                    drop(stream);
                    tell.send(()).unwrap();
                } else {
                    stream.write_all(more.as_bytes()).await.unwrap();
                    tell.send(()).unwrap();
                    while answered(&mut stream).await {}
                }
            }
        }));
        let transport = over.builder().build().unwrap();
        current_thread().block_on(async {
            for round in 0..20 {
                let answer = transport.send(request(&url)).await;
                assert!(answer.as_ref().is_ok_and(|answer| &answer.body[..] == b"ok"), "{more:?}, round {round}: {answer:?}");
                told.recv().unwrap();
                thread::sleep(Duration::from_millis(1));
            }
        });
    }
}

fn the_same_holds_of_what_is_encrypted(over: Over) {
    if over != Over::Hyper {
        return;
    }
    let servers = servers();
    let authority = authority();
    let acceptor = authority.acceptor(false, &["http/1.1"]);
    let server = servers.block_on(Encrypted::with(acceptor, |mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        let _ = stream.shutdown().await;
    }));
    let transport = over.builder().root_certificate(authority.pem.clone()).build().unwrap();
    current_thread().block_on(async {
        for round in 0..10 {
            let answer = transport.send(request(&server.url)).await;
            assert!(answer.is_ok(), "round {round}: {answer:?}");
            thread::sleep(Duration::from_millis(40));
        }
    });
}

/// The runtime lets no task do more than so much at once. What a call waits for inside of itself must not be put off with nobody to wake it.
fn a_call_of_a_task_that_does_much_besides_hears_of_the_end_of_its_connection(over: Over) {
    let servers = servers();
    let url = servers.block_on(serving(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
    }));
    let transport = over.builder().build().unwrap();
    let runtime = current_thread();
    for besides in 110..128 {
        let (give, mut things) = mpsc::unbounded_channel();
        let mut call = transport.send(request(&url));
        let call = poll_fn(|context| {
            for thing in 0..besides {
                give.send(thing).unwrap();
                let _ = things.poll_recv(context);
            }
            call.as_mut().poll(context)
        });
        runtime.block_on(async {
            let late = pin!(sleep(Duration::from_secs(15)));
            let outcome = select(late, call).await;
            let Either::Right((outcome, _)) = outcome else { panic!("nobody woke a call of a task that did {besides} things besides") };
            assert_eq!(outcome.unwrap_err().kind, Kind::Broken);
        });
    }
}

fn a_call_is_woken_by_its_answer_alone(over: Over) {
    if over != Over::Hyper {
        return; // reqwest's task wakes it besides.
    }
    let servers = servers();
    let url = servers.block_on(keeping());
    let transport = over.builder().build().unwrap();
    let calls = 200;
    let woken_more = current_thread().block_on(async {
        let mut woken_more = 0;
        for _ in 0..calls {
            let mut call = transport.send(request(&url));
            let mut polls = 0;
            let answer = poll_fn(|context| {
                polls += 1;
                call.as_mut().poll(context)
            })
            .await;
            answer.unwrap();
            woken_more += usize::from(polls > 2);
        }
        woken_more
    });
    // The first connects; another may come in pieces.
    assert!(woken_more < calls / 10, "{woken_more} of {calls} calls");
}

fn transports_that_say_the_same_share_their_connections(over: Over) {
    let servers = servers();
    let url = servers.block_on(keeping());
    let build = || over.builder().idle_timeout(Duration::from_secs(92)).build().unwrap();
    let (one, other) = (build(), build());
    servers.block_on(one.send(request(&url))).unwrap();
    assert_eq!(places(&other), 1);
    drop((one, other));
    assert_eq!(places(&build()), 0, "they go with the last transport");
}

async fn the_number_of_servers_is_bounded(over: Over) {
    let transport = over.builder().idle_timeout(Duration::from_secs(93)).build().unwrap();
    for port in 1..=300 {
        // Nobody listens there; a place is made for each all the same.
        let _ = transport.send(request(&format!("http://127.0.0.1:{port}/"))).await;
    }
    assert_eq!(places(&transport), 256);
}

fn without_a_runtime_there_is_an_error(over: Over) {
    let transport = over.builder().build().unwrap();
    let sent = pin!(transport.send(request("http://127.0.0.1:9/")));
    let Poll::Ready(Err(error)) = sent.poll(&mut Context::from_waker(Waker::noop())) else { panic!("no error") };
    assert_eq!((error.kind, error.sent), (Kind::Request, Sent::No));
    assert!(error.message.contains("tokio"), "{error}");
}
