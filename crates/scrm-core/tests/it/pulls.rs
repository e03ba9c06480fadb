//! Pulls of very many rows, from a server that changes, fails and is slow.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use acme_client::{Acme, Client, person::Person};
use futures_util::StreamExt as _;
use scrm_core::{
    Error, ErrorKind, RejectSink,
    operation::PagedOperation,
    paging::{Items, Rejected, ResumeToken, Summary},
};

use crate::people::{Crowd, Fault, People, after, list};

/// All rows; no error is allowed.
async fn all<O: PagedOperation<Row = Person, Vendor = Acme>>(mut items: Items<O>) -> (Vec<String>, Summary) {
    let mut ids = Vec::new();
    while let Some(row) = items.next().await.unwrap() {
        ids.push(row.user_id.unwrap());
    }
    (ids, items.summary())
}

fn once(ids: &[String], constant: &HashSet<String>) {
    let came: HashSet<&String> = ids.iter().collect();
    assert_eq!(came.len(), ids.len(), "rows came twice");
    assert_eq!(constant.iter().filter(|id| !came.contains(id)).count(), 0, "rows are missing");
}

const MANY: u64 = 123_456;

#[tokio::test(start_paused = true)]
async fn very_many_come_each_once_beyond_the_ceiling() {
    let people = People::new(MANY);
    let (ids, summary) = all(people.client().call(list()).paginate().concurrency(8).items()).await;
    once(&ids, &people.constant(MANY));
    assert!(summary.is_complete() && ids.len() as u64 == MANY, "{summary}");
    assert!(summary.pieces >= 13 && people.calls() < 2_800, "{summary}, {} calls", people.calls());
    assert_eq!((summary.total_before, summary.total_after), (Some(MANY), Some(MANY)));
}

#[tokio::test(start_paused = true)]
async fn very_many_come_each_once_by_cursor() {
    let people = People::new(MANY);
    let (ids, summary) = all(people.client().call(after()).paginate().concurrency(2).items()).await;
    once(&ids, &people.constant(MANY));
    assert!(summary.is_complete() && ids.len() as u64 == MANY, "{summary}");
}

#[tokio::test(start_paused = true)]
async fn while_people_come_and_go_those_who_stay_come_once() {
    for (random, coming, going, width) in [(1, 60, 20, 1), (2, 20, 60, 8), (3, 128, 128, 4), (4, 255, 255, 1)] {
        let count = 30_000;
        let crowd = || Crowd { random, coming, going, ..Crowd::default() };
        let people = People::with(count, crowd(), Duration::ZERO);
        let (ids, summary) = all(people.client().call(list()).paginate().concurrency(width).items()).await;
        once(&ids, &people.constant(count));
        assert!(summary.is_complete(), "{summary}");
        let people = People::with(count, crowd(), Duration::ZERO);
        let (ids, _) = all(people.client().call(after()).paginate().concurrency(width).items()).await;
        once(&ids, &people.constant(count));
    }
}

/// Pulls with a process that dies after a random number of rows, and goes on from its last token.
async fn with_deaths<O: PagedOperation<Row = Person, Vendor = Acme>>(client: &Client, request: O, random: &mut u64) -> (Vec<String>, u32) {
    let (mut ids, mut token, mut deaths) = (Vec::new(), None::<String>, 0);
    loop {
        let mut call = client.call(request.clone()).paginate().concurrency(1 + *random as usize % 4);
        if let Some(token) = &token {
            call = call.resume_from(&token.parse().unwrap()).unwrap();
        }
        let mut items = call.items();
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let life = (*random >> 33) % 700;
        for _ in 0..life {
            match items.next().await.unwrap() {
                Some(row) => ids.push(row.user_id.unwrap()),
                None => return (ids, deaths),
            }
        }
        token = Some(items.resume().to_string());
        deaths += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn killed_and_resumed_all_come_once() {
    let (count, mut deaths, mut random) = (12_000, 0, 7);
    while deaths < 200 {
        let people = People::new(count);
        let (ids, died) = with_deaths(&people.client(), list(), &mut random).await;
        once(&ids, &people.constant(count));
        deaths += died;
        let people = People::new(4_000);
        let (ids, died) = with_deaths(&people.client(), after(), &mut random).await;
        once(&ids, &people.constant(4_000));
        deaths += died;
    }
}

#[tokio::test(start_paused = true)]
async fn prefetch_is_fast_in_order_bounded_and_keeps_the_quota() {
    let count = 9_950;
    let latency = Duration::from_millis(100);
    let sequential = {
        let people = People::with(count, Crowd::default(), latency);
        let began = tokio::time::Instant::now();
        all(people.client().call(list()).paginate().items()).await;
        began.elapsed()
    };
    let people = People::with(count, Crowd::default(), latency);
    let began = tokio::time::Instant::now();
    let mut pages = people.client().call(list()).paginate().concurrency(16).pages();
    let (mut taken, mut waiting, mut ids) = (0, 0, Vec::new());
    while let Some(page) = pages.next().await.unwrap() {
        taken += 1;
        waiting = waiting.max(people.answered.load(Ordering::SeqCst) - taken);
        ids.extend(page.rows.into_iter().filter_map(|user| user.user_id));
    }
    let concurrent = began.elapsed();
    assert!(concurrent * 10 <= sequential, "{concurrent:?} against {sequential:?}");
    let expected: Vec<String> = (0..count).map(|number| format!("u_{number}")).collect();
    assert_eq!(ids, expected);
    let under_way = people.most_under_way.load(Ordering::SeqCst);
    assert!(under_way <= 16 && waiting <= 16, "{under_way} under way, {waiting} waiting");
    let fullest = people.fullest_window(Duration::from_secs(1));
    assert!((50..=100).contains(&fullest), "{fullest} calls in a window");
}

#[tokio::test(start_paused = true)]
async fn with_a_cursor_the_next_page_is_fetched_while_this_one_is_used() {
    let run = async |pages: usize| {
        let people = People::with(1_000, Crowd::default(), Duration::from_millis(100));
        let began = tokio::time::Instant::now();
        let mut stream = people.client().call(after()).paginate().concurrency(pages).pages();
        while stream.next().await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        began.elapsed()
    };
    let (one, ahead) = (run(1).await, run(2).await);
    assert!(ahead < one * 6 / 10 + Duration::from_millis(200), "{ahead:?} against {one:?}");
}

const FAULTS: [Fault; 12] = [
    Fault::Status(500),
    Fault::Status(502),
    Fault::Status(503),
    Fault::Status(429),
    Fault::Closed,
    Fault::Truncated,
    Fault::Html,
    Fault::Empty,
    Fault::TokenExpired,
    Fault::QuotaCode,
    Fault::BadRow,
    Fault::Repeated,
];

/// Rows and errors; goes on after errors.
async fn through_errors<O: PagedOperation<Row = Person, Vendor = Acme>>(mut items: Items<O>) -> (Vec<String>, Vec<Error>, Summary) {
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    loop {
        match items.next().await {
            Ok(Some(user)) => ids.push(user.user_id.unwrap()),
            Ok(None) => break,
            Err(error) => errors.push(error),
        }
    }
    (ids, errors, items.summary())
}

async fn survives<O: PagedOperation<Row = Person, Vendor = Acme>>(request: O, fault: Fault, call: u64, retries: u32, width: usize) {
    let count = 600;
    let crowd = Crowd { faults: [(call, fault)].into(), ..Crowd::default() };
    let people = People::with(count, crowd, Duration::ZERO);
    let items = people.client().call(request).retries(retries).paginate().concurrency(width).items();
    let (mut ids, errors, summary) = through_errors(items).await;
    let context = format!("{fault:?} at call {call}, {retries} retries, {errors:?}, {summary}");
    for error in &errors {
        match error.bad_row() {
            Some(bad) => ids.push(serde_json::from_str::<serde_json::Value>(&bad.raw).unwrap()["user_id"].as_str().unwrap().to_owned()),
            None => assert!(error.to_string().contains(": page "), "{context}"),
        }
    }
    assert!(errors.len() <= 1, "{context}");
    assert_eq!(ids.len() as u64, summary.rows + summary.bad_rows, "{context}");
    assert!(summary.is_complete(), "{context}");
    once(&ids, &people.constant(count));
}

#[tokio::test(start_paused = true)]
async fn whatever_fails_a_pull_is_complete_or_names_the_page() {
    for fault in FAULTS {
        for call in [1, 2, 5, 11, 12] {
            for (retries, width) in [(0, 1), (2, 1), (0, 4)] {
                survives(list(), fault, call, retries, width).await;
                survives(after(), fault, call, retries, width).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_down_ends_the_stream_with_its_page_named() {
    let faults = (4..100).map(|call| (call, Fault::Status(503))).collect();
    let people = People::with(600, Crowd { faults, ..Crowd::default() }, Duration::ZERO);
    let (ids, errors, summary) = through_errors(people.client().call(list()).retries(0).paginate().items()).await;
    assert_eq!((ids.len(), errors.len(), summary.ended, summary.is_complete()), (150, 5, false, false));
    assert!(errors[4].to_string().contains("page 4: the server failed (given up after 5 failures in a row)"), "{}", errors[4]);
}

#[tokio::test(start_paused = true)]
async fn bad_rows_can_go_to_a_sink() {
    #[derive(Default)]
    struct Sink(Mutex<Vec<(Option<i64>, String)>>);
    impl RejectSink for Sink {
        fn reject(&self, rejected: &Rejected<'_>) {
            self.0.lock().unwrap().push((rejected.page, rejected.row.path.clone()));
        }
    }
    let people = People::with(120, Crowd { faults: [(2, Fault::BadRow)].into(), ..Crowd::default() }, Duration::ZERO);
    let sink = Arc::new(Sink::default());
    let (ids, summary) = all(people.client().call(list()).paginate().rejects(sink.clone()).items()).await;
    assert_eq!((ids.len(), summary.bad_rows), (119, 1));
    assert_eq!(*sink.0.lock().unwrap(), [(Some(2), "/data/list/0/points".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_token_of_something_else_is_refused_with_the_reason() {
    let people = People::new(200);
    let client = people.client();
    let mut pages = client.call(list()).paginate().pages();
    let page = pages.next().await.unwrap().unwrap();
    let token = page.resume();
    assert!(token.to_string().len() < 1000 && token.path() == "/person/search", "{token}");
    let reason = |refused: Result<(), Error>| {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        error.to_string()
    };
    let other_operation = reason(client.call(after()).paginate().resume_from(token).map(|_| ()));
    assert!(other_operation.contains("belongs to acme /person/search, not to acme /person/scroll"), "{other_operation}");
    let other_filter = reason(client.call(list().with_page_size(20)).paginate().resume_from(token).map(|_| ()));
    assert!(other_filter.contains("belongs to a request with other parameters"), "{other_filter}");
    let text = token.to_string();
    assert!(text.len() <= ResumeToken::MAX_LEN);
    let newer = text.replace("pull3:", "pull4:").parse::<ResumeToken>().unwrap_err();
    assert_eq!(newer.to_string(), "the resume token was made by another version of this crate; begin the pull anew");
    for wrong in ["", "{}", "7", "pull3:0:{}", &text[1..], &text[..text.len() - 1], &text.replace("person", "persom")] {
        assert!(wrong.parse::<ResumeToken>().unwrap_err().to_string().contains("damaged"), "{wrong}");
    }
    assert_eq!(text.parse::<ResumeToken>().unwrap(), *token);
    assert_eq!(serde_json::from_str::<ResumeToken>(&serde_json::to_string(token).unwrap()).unwrap(), *token);
    assert!(!format!("{token:?}").contains("known"));
}

#[tokio::test(start_paused = true)]
async fn a_token_of_the_end_has_nothing_to_come() {
    let people = People::new(70);
    let mut items = people.client().call(list()).paginate().items();
    assert_eq!(items.by_ref().count().await, 70);
    let rest = people.client().call(list()).paginate().resume_from(&items.resume()).unwrap().items();
    let (ids, summary) = all(rest).await;
    assert!(ids.is_empty() && summary.is_complete(), "{summary}");
}

#[tokio::test(start_paused = true)]
async fn the_total_and_the_size_to_come_are_known_from_the_first_page() {
    use futures_util::Stream as _;
    let people = People::new(120);
    let mut items = people.client().call(list()).paginate().items();
    assert_eq!((items.total(), items.size_hint()), (None, (0, None)));
    items.next().await.unwrap().unwrap();
    assert_eq!((items.total(), items.size_hint()), (Some(120), (49, Some(119))));
    assert_eq!(items.by_ref().count().await, 119);
    assert_eq!(items.size_hint(), (0, Some(0)));
}

#[tokio::test(start_paused = true)]
async fn the_drift_of_a_pull_is_counted() {
    let people = People::with(300, Crowd { faults: [(2, Fault::BadRow)].into(), ..Crowd::default() }, Duration::ZERO);
    let client = people.client();
    through_errors(client.call(list()).paginate().items()).await;
    let report = client.drift().to_string();
    assert!(report.contains("person_search /data/list/*: row not understood (object), 1 times"), "{report}");
}
