//! Pulls of whole shops over a socket: complete, each row once, through both versions of the user list.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use scrm_core::{
    operation::PagedOperation,
    paging::{Pages, Paginator, ResumeToken},
};
use scrm_mock::{Customer, Mock};
use xiaoe_client::{
    Call, Client,
    points::PointsList,
    user::{UserList, UserListV2},
};

use crate::pulling::{Numbered, Outcome, client, number, numbers, pull, take};

const ALL: u32 = 123_456;

async fn shop(customers: u32) -> Mock {
    Mock::builder().customers(customers).start().await.unwrap()
}

/// Complete and each once, by the rows and by its own account.
fn assert_whole(outcome: &Outcome, all: &HashSet<u64>) {
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    assert!(outcome.set() == *all, "{} of {} came; {}", outcome.rows.len(), all.len(), outcome.summary);
    assert!(outcome.summary.is_complete(), "{}", outcome.summary);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_shop_is_pulled_complete_and_each_user_once() {
    let mock = shop(ALL).await;
    let client = client(&mock);
    let (split, cursor) = tokio::join!(
        pull(client.user().list(UserList::new()).paginate().concurrency(16)),
        pull(client.user().list_v2(UserListV2::new()).paginate().concurrency(2)),
    );
    // Ids that differ, as many as there are people, and the same from both versions. (To make up all people here would take seconds.)
    let all = cursor.set();
    assert_eq!((all.len(), mock.customer_count()), (ALL as usize, ALL as usize));
    assert!(mock.customers(60_000, 5000).iter().all(|customer| all.contains(&number(customer.text("union_id")))));
    assert_whole(&split, &all);
    assert_whole(&cursor, &all);
    assert!(split.summary.pieces > 12, "{}", split.summary);
    assert_eq!(cursor.summary.pieces, 0);
    mock.assert_quota_kept();
}

/// Lets people come and go, by a seed, each time after so many calls at most, until the pulls are over.
async fn stir(mock: &Mock, seed: u64, every: u64, over: &AtomicBool) -> u64 {
    let mut random = fastrand::Rng::with_seed(seed);
    let calls = || mock.calls("user_list") + mock.calls("user_list_v2");
    let (mut due, mut changes) = (calls() + random.u64(1..every), 0);
    while !over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        if calls() < due {
            continue;
        }
        due = calls() + random.u64(1..every);
        changes += 1;
        if random.bool() {
            mock.remove_some(random.u32(1..60));
        } else {
            mock.add_customers((0..random.u32(1..60)).map(|_| Customer::new()));
        }
    }
    changes
}

/// Pulls while people come and go; also says who was there before and after.
async fn stirred<O: PagedOperation>(mock: &Mock, call: Paginator<O>, seed: u64, every: u64) -> (Outcome, HashSet<u64>)
where
    O::Row: Numbered,
{
    let before = numbers(mock);
    let over = AtomicBool::new(false);
    let pulled = async {
        let outcome = pull(call).await;
        over.store(true, Ordering::Relaxed);
        outcome
    };
    let (outcome, changes) = tokio::join!(pulled, stir(mock, seed, every, &over));
    assert!(changes >= 3, "{changes} changes are no test");
    let after = numbers(mock);
    (outcome, before.intersection(&after).copied().collect())
}

/// Whoever was there throughout came, or the pull says how many did not.
fn assert_honest(outcome: &Outcome, throughout: &HashSet<u64>, what: &str) {
    let lost = throughout.difference(&outcome.set()).count();
    let summary = &outcome.summary;
    assert!(summary.ended, "{what}: {summary}");
    assert_eq!(outcome.errors.len() as u64, summary.problems, "{what}: {summary}; {:?}", outcome.errors);
    if summary.is_complete() {
        assert_eq!(lost, 0, "{what}: {summary}");
    } else {
        assert!(summary.problems > 0 && lost as u64 <= summary.missing, "{what}: {lost} lost; {summary}");
    }
}

/// Both versions, one after the other, while people come and go.
async fn large_shop_is_stirred(customers: u32, every: u64) {
    let mock = shop(customers).await;
    let client = client(&mock);
    let (split, there) = stirred(&mock, client.user().list(UserList::new()).paginate().concurrency(16).thorough(true), 1, every).await;
    assert_honest(&split, &there, "1.0.0");
    assert!(split.summary.pieces > 1, "{}", split.summary);
    let (cursor, there) = stirred(&mock, client.user().list_v2(UserListV2::new()).paginate().concurrency(2), 2, every).await;
    assert_honest(&cursor, &there, "2.0.0");
    assert!(cursor.summary.is_complete(), "{}", cursor.summary);
    mock.assert_quota_kept();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_shop_is_pulled_while_people_come_and_go() {
    large_shop_is_stirred(ALL, 300).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_shops_are_pulled_while_people_come_and_go() {
    let mut complete = 0;
    for seed in 0..4 {
        let mock = Mock::builder().customers(1500).seed(seed);
        let mock = if seed % 2 == 0 { mock.newest_first() } else { mock }.start().await.unwrap();
        let client = client(&mock);
        let (numbered, there) = stirred(&mock, client.user().list(UserList::new()).paginate().thorough(true), seed, 10).await;
        assert_honest(&numbered, &there, &format!("1.0.0, seed {seed}"));
        complete += u32::from(numbered.summary.is_complete());
        let (cursor, there) = stirred(&mock, client.user().list_v2(UserListV2::new()).paginate(), seed, 10).await;
        assert_honest(&cursor, &there, &format!("2.0.0, seed {seed}"));
        complete += u32::from(cursor.summary.is_complete());
    }
    assert!(complete >= 6, "only {complete} of 8 pulls came to a good end");
}

/// Pulls some pages at a time, each time with a new client and with nothing but the token's text, until all have come.
async fn in_goes<O, C>(mock: &Mock, seed: u64, call: C) -> Vec<u64>
where
    O: PagedOperation,
    O::Row: Numbered,
    C: Fn(&Client) -> Call<O>,
{
    let mut random = fastrand::Rng::with_seed(seed);
    let mut rows = Vec::new();
    let mut stored: Option<String> = None;
    for go in 0.. {
        let mut call = call(&client(mock)).paginate().concurrency(random.usize(1..8));
        if let Some(text) = &stored {
            call = call.resume_from(&text.parse::<ResumeToken>().unwrap()).unwrap();
        }
        let mut pages: Pages<O> = call.pages();
        if !take(&mut pages, random.usize(1..120), &mut rows).await {
            assert!(go > 1 && pages.summary().is_complete(), "{}", pages.summary());
            break;
        }
        stored = Some(pages.resume().to_string());
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pull_that_was_killed_goes_on_without_loss_or_repeat() {
    let mock = shop(12_345).await;
    let all = numbers(&mock);
    let (split, cursor) = tokio::join!(
        in_goes(&mock, 3, |client| client.user().list(UserList::new())),
        in_goes(&mock, 4, |client| client.user().list_v2(UserListV2::new())),
    );
    for (rows, version) in [(split, "1.0.0"), (cursor, "2.0.0")] {
        assert_eq!(rows.len(), all.len(), "{version}");
        assert!(rows.into_iter().collect::<HashSet<u64>>() == all, "{version}");
    }
    mock.assert_quota_kept();
}

#[tokio::test]
async fn page_numbers_that_travel_as_text_are_counted_as_numbers() {
    let mock = shop(1234).await;
    let mut accounts = client(&mock).points().list(PointsList::new()).paginate().concurrency(4).items();
    let mut ids = HashSet::new();
    while let Some(account) = accounts.next().await.unwrap() {
        assert!(ids.insert(account.user_id.unwrap()));
    }
    assert_eq!(ids.len(), 1234);
    assert!(accounts.summary().is_complete(), "{}", accounts.summary());
    assert_eq!(mock.calls("points_list"), 25);
}
