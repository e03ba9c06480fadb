//! TLS, certificates, and HTTP/2 connections that go silent.

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
        a_connection_without_calls_is_not_kept_for_ever_by_its_pings;
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
    let own = authority.certificate("client.example");
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
