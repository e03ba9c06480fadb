//! TLS, certificates, and HTTP/2 connections that go silent.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use super::{
    server::{Authority, Encrypted, authority},
    *,
};

over_each! {
    async:
        an_authority_of_ones_own_is_trusted_where_it_is_given,
        a_client_certificate_is_shown,
        after_a_timeout_no_call_waits_on_the_silent_connection,
        a_call_that_its_caller_cuts_off_at_its_deadline_counts_as_a_timeout,
        a_caller_who_gave_up_after_long_silence_counts_as_a_timeout,
        one_slow_answer_does_not_cost_the_connection_of_all,
        pings_find_out_a_silent_connection_before_a_call_does,
        a_connection_without_calls_is_not_kept_for_ever_by_its_pings,
        what_the_server_speaks_is_spoken,
        without_time_to_connect_nothing_was_sent,
        those_who_wait_for_a_connection_that_fails_try_themselves,
        waiting_for_the_connection_of_another_call_is_a_part_of_the_time_to_connect,
        no_bound_is_too_long_for_the_clock,
        many_calls_share_one_connection,
        a_silence_under_load_costs_the_calls_under_way_alone,
        a_request_that_the_server_did_not_look_at_is_sent_again,
        a_server_that_takes_its_leave_costs_no_call,
        a_server_that_breaks_off_is_told;
}

fn trusting(over: Over, authority: &Authority) -> HttpTransportBuilder {
    over.builder().root_certificate(authority.pem.clone())
}

fn get(url: &str, milliseconds: u64) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Bytes::new(),
        timeout: Duration::from_millis(milliseconds),
    }
}

/// Long enough for whatever this machine does besides.
const LONG: u64 = 60_000;

async fn an_authority_of_ones_own_is_trusted_where_it_is_given(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let error = over.builder().build().unwrap().send(get(&server.url, LONG)).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{error}");
    assert!(error.message.contains("ca-certificates") && error.message.contains("root_certificate"), "{error}");
    let answer = trusting(over, &authority).build().unwrap().send(get(&server.url, LONG)).await.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (200, &b"ok"[..]));
}

async fn a_client_certificate_is_shown(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, true).await;
    trusting(over, &authority).build().unwrap().send(get(&server.url, LONG)).await.unwrap_err();
    let own = authority.certificate(&["client.example"]);
    let transport = trusting(over, &authority).client_certificate(own.pem, own.key).build().unwrap();
    assert_eq!(transport.send(get(&server.url, LONG)).await.unwrap().status, 200);
}

async fn after_a_timeout_no_call_waits_on_the_silent_connection(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let transport = trusting(over, &authority).build().unwrap();
    for round in 1..=3 {
        transport.send(get(&server.url, LONG)).await.unwrap();
        transport.send(get(&server.url, LONG)).await.unwrap();
        assert_eq!(server.opened(), round, "one connection for all");
        server.fall_silent();
        let error = transport.send(get(&server.url, 300)).await.unwrap_err();
        assert_eq!((error.kind, error.sent), (Kind::Timeout, Sent::Unknown), "{error}");
    }
    server.fall_silent();
    transport.send(get(&server.url, LONG)).await.unwrap();
}

async fn a_call_that_its_caller_cuts_off_at_its_deadline_counts_as_a_timeout(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let transport = trusting(over, &authority).build().unwrap();
    transport.send(get(&server.url, LONG)).await.unwrap();
    server.fall_silent();
    // As the pipeline may do: its own timer is set a little earlier.
    let deadline = Instant::now() + Duration::from_millis(855);
    let cut = timeout_at(deadline, transport.send(get(&server.url, 900))).await;
    // A busy machine may sleep past both moments, and the transport's comes first then.
    assert!(cut.as_ref().map_or(true, |outcome| outcome.as_ref().is_err_and(|error| error.kind == Kind::Timeout)), "{cut:?}");
    transport.send(get(&server.url, LONG)).await.unwrap();
    assert_eq!(server.opened(), 2);
}

async fn a_caller_who_gave_up_after_long_silence_counts_as_a_timeout(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let transport = trusting(over, &authority).build().unwrap();
    transport.send(get(&server.url, LONG)).await.unwrap();
    server.fall_silent();
    timeout(Duration::from_millis(1200), transport.send(get(&server.url, LONG))).await.unwrap_err();
    transport.send(get(&server.url, LONG)).await.unwrap();
    assert_eq!(server.opened(), 2);
}

async fn one_slow_answer_does_not_cost_the_connection_of_all(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let transport = trusting(over, &authority).build().unwrap();
    transport.send(get(&server.url, LONG)).await.unwrap();
    let slow_url = format!("{}/hang", server.url);
    let (slow, ()) = tokio::join!(transport.send(get(&slow_url, 500)), async {
        sleep(Duration::from_millis(100)).await;
        transport.send(get(&server.url, LONG)).await.unwrap();
    });
    assert_eq!(slow.unwrap_err().kind, Kind::Timeout);
    transport.send(get(&server.url, LONG)).await.unwrap();
    assert_eq!(server.opened(), 1);
}

async fn pings_find_out_a_silent_connection_before_a_call_does(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let (interval, patience) = (Duration::from_millis(100), Duration::from_millis(300));
    let transport = trusting(over, &authority).http2_pings(interval, patience).build().unwrap();
    transport.send(get(&server.url, LONG)).await.unwrap();
    server.fall_silent();
    server.wait_for_closed(1).await;
    transport.send(get(&server.url, LONG)).await.unwrap();
}

async fn a_connection_without_calls_is_not_kept_for_ever_by_its_pings(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let (interval, patience) = (Duration::from_millis(50), Duration::from_secs(30));
    let transport = trusting(over, &authority).http2_pings(interval, patience).idle_timeout(Duration::from_millis(500)).build().unwrap();
    transport.send(get(&server.url, LONG)).await.unwrap();
    server.wait_for_closed(1).await;
}

async fn what_the_server_speaks_is_spoken(over: Over) {
    let authority = authority();
    for (offered, spoken) in [(&["h2", "http/1.1"][..], "HTTP/2.0"), (&["http/1.1"], "HTTP/1.1"), (&[], "HTTP/1.1")] {
        let server = Encrypted::echoing(&authority, offered).await;
        let transport = trusting(over, &authority).build().unwrap();
        for size in [0, 1, 3_000_000] {
            let body = Bytes::from(vec![b'x'; size]);
            let sent = HttpRequest { method: Method::Post, body: body.clone(), ..get(&server.url, LONG) };
            let answer = transport.send(sent).await.unwrap();
            assert_eq!((answer.header("x-version"), answer.body.len()), (Some(spoken), size));
            assert!(answer.body == body);
        }
        assert_eq!(server.opened(), 1, "{spoken}: a connection is used again");
    }
}

async fn without_time_to_connect_nothing_was_sent(over: Over) {
    // The system takes the connection, and nobody shakes hands.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let authority = authority();
    let hasty = trusting(over, &authority).connect_timeout(Duration::from_millis(100)).build().unwrap();
    let error = hasty.send(get(&url, LONG)).await.unwrap_err();
    assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{error}");
    let patient = trusting(over, &authority).build().unwrap();
    let error = patient.send(get(&url, 100)).await.unwrap_err();
    // reqwest does not tell how far it came.
    let sent = if over == Over::Hyper { Sent::No } else { Sent::Unknown };
    assert_eq!((error.kind, error.sent), (Kind::Timeout, sent), "{error}");
}

async fn those_who_wait_for_a_connection_that_fails_try_themselves(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let transport = trusting(over, &authority).build().unwrap();
    // The first is given up while it shakes hands, or fails because nobody does.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("https://localhost:{}/", silent.local_addr().unwrap().port());
    let (first, others) = tokio::join!(
        timeout(Duration::from_millis(100), transport.send(get(&nowhere, LONG))),
        join_all((0..10).map(|_| transport.send(get(&nowhere, 500)))),
    );
    assert!(first.is_err());
    for outcome in others {
        assert_eq!(outcome.unwrap_err().kind, Kind::Timeout);
    }
    let (first, others) = tokio::join!(
        timeout(Duration::from_micros(1), transport.send(get(&server.url, LONG))),
        join_all((0..10).map(|_| transport.send(get(&server.url, LONG)))),
    );
    drop(first);
    assert!(others.into_iter().all(|answer| answer.unwrap().status == 200));
}

async fn waiting_for_the_connection_of_another_call_is_a_part_of_the_time_to_connect(over: Over) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let transport = trusting(over, &authority()).connect_timeout(Duration::from_secs(2)).build().unwrap();
    let both = join_all((0..2).map(|_| transport.send(get(&url, LONG))));
    for outcome in timeout(Duration::from_millis(3500), both).await.expect("nobody waits twice") {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind, error.sent), (Kind::Connect, Sent::No), "{error}");
    }
}

async fn no_bound_is_too_long_for_the_clock(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let most = Duration::MAX;
    for (interval, patience) in [(most, Duration::from_secs(1)), (Duration::from_millis(20), most), (most, most)] {
        let builder = trusting(over, &authority).http2_pings(interval, patience);
        let transport = builder.connect_timeout(most).read_timeout(most).idle_timeout(most).build().unwrap();
        for _ in 0..2 {
            let endless = HttpRequest { timeout: most, ..get(&server.url, LONG) };
            assert_eq!(transport.send(endless).await.unwrap().status, 200);
            sleep(Duration::from_millis(60)).await;
        }
    }
}

async fn many_calls_share_one_connection(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let transport = trusting(over, &authority).build().unwrap();
    let many = || join_all((0..100).map(|_| transport.send(get(&server.url, LONG))));
    for _ in 0..3 {
        assert!(many().await.into_iter().all(|answer| answer.unwrap().status == 200));
    }
    // reqwest opens some at once, and keeps one.
    if over == Over::Hyper {
        assert_eq!(server.opened(), 1);
    }
}

async fn a_silence_under_load_costs_the_calls_under_way_alone(over: Over) {
    let authority = authority();
    let server = Encrypted::start(&authority, false).await;
    let transport = trusting(over, &authority).build().unwrap();
    transport.send(get(&server.url, LONG)).await.unwrap();
    server.fall_silent();
    for outcome in join_all((0..100).map(|_| transport.send(get(&server.url, 500)))).await {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind, error.sent), (Kind::Timeout, Sent::Unknown), "{error}");
    }
    for outcome in join_all((0..100).map(|_| transport.send(get(&server.url, LONG)))).await {
        outcome.unwrap();
    }
    if over == Over::Hyper {
        assert_eq!(server.opened(), 2, "the first opens one, and the others wait for it");
    }
}

/// Answers each request as this says, which gets its number on the server, the connection that it came on, and the way to answer.
async fn http2_server(
    authority: &Authority,
    answer: impl Fn(
        usize,
        &mut h2::server::Connection<tokio_rustls::server::TlsStream<tokio::net::TcpStream>, Bytes>,
        h2::server::SendResponse<Bytes>,
    ) + Send
    + Sync
    + 'static,
) -> Encrypted {
    let (answer, requests) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    Encrypted::with(authority.acceptor(false, &["h2"]), move |stream| {
        let (answer, requests) = (answer.clone(), requests.clone());
        async move {
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((_, respond))) = connection.accept().await {
                answer(requests.fetch_add(1, Ordering::SeqCst), &mut connection, respond);
            }
        }
    })
    .await
}

fn ok(mut respond: h2::server::SendResponse<Bytes>) {
    let mut body = respond.send_response(::http::Response::new(()), false).unwrap();
    body.send_data(Bytes::from_static(b"ok"), true).unwrap();
}

async fn a_request_that_the_server_did_not_look_at_is_sent_again(over: Over) {
    let authority = authority();
    let server = http2_server(&authority, |number, _, mut respond| match number % 2 {
        0 => respond.send_reset(h2::Reason::REFUSED_STREAM),
        _ => ok(respond),
    })
    .await;
    let transport = trusting(over, &authority).build().unwrap();
    for _ in 0..5 {
        let sent = HttpRequest { method: Method::Post, body: Bytes::from_static(b"{}"), ..get(&server.url, LONG) };
        assert_eq!(&transport.send(sent).await.unwrap().body[..], b"ok");
    }
    let refusing = http2_server(&authority, |_, _, mut respond| respond.send_reset(h2::Reason::REFUSED_STREAM)).await;
    let error = transport.send(get(&refusing.url, LONG)).await.unwrap_err();
    // reqwest does not say why it gave up.
    let sent = if over == Over::Hyper { Sent::No } else { Sent::Unknown };
    assert_eq!((error.kind, error.sent), (Kind::Broken, sent), "{error}");
}

async fn a_server_that_takes_its_leave_costs_no_call(over: Over) {
    let authority = authority();
    let server = http2_server(&authority, |_, connection, respond| {
        ok(respond);
        connection.graceful_shutdown();
    })
    .await;
    let transport = trusting(over, &authority).build().unwrap();
    for _ in 0..20 {
        assert_eq!(transport.send(get(&server.url, LONG)).await.unwrap().status, 200);
    }
}

async fn a_server_that_breaks_off_is_told(over: Over) {
    let authority = authority();
    let server = http2_server(&authority, |number, connection, mut respond| match number {
        0 => respond.send_reset(h2::Reason::INTERNAL_ERROR),
        1 => {
            let mut body = respond.send_response(::http::Response::new(()), false).unwrap();
            body.send_data(Bytes::from_static(b"{"), false).unwrap();
            body.send_reset(h2::Reason::INTERNAL_ERROR);
        }
        2 => connection.abrupt_shutdown(h2::Reason::ENHANCE_YOUR_CALM),
        _ => ok(respond),
    })
    .await;
    let transport = trusting(over, &authority).build().unwrap();
    // The reset may come before the head is read, and then takes it away.
    for sents in [&[Sent::Unknown][..], &[Sent::Yes, Sent::Unknown], &[Sent::Unknown]] {
        let error = transport.send(get(&server.url, LONG)).await.unwrap_err();
        assert!(error.kind == Kind::Broken && sents.contains(&error.sent), "{error:?}");
    }
    transport.send(get(&server.url, LONG)).await.unwrap();
}
