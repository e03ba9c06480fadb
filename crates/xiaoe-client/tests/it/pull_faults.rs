//! Every fault of the stand-in server at some page of a pull: the pull is complete, or ends in an error that names the page.

use std::ops::Range;

use scrm_mock::{Fault, Mock, Situation};
use xiaoe_client::{
    Client, ErrorKind, RetryPolicy,
    user::{UserList, UserListV2},
};

use crate::pulling::{Outcome, builder, numbers, pull};

const ROWS: u32 = 3000;
const PAGES: u64 = 60;

/// Those that keep a page from coming.
const FAILURES: [Fault; 14] = [
    Fault::Status { status: 500, retry_after: None },
    Fault::Status { status: 502, retry_after: None },
    Fault::Status { status: 503, retry_after: None },
    Fault::Status { status: 503, retry_after: Some(0) },
    Fault::Status { status: 429, retry_after: Some(0) },
    Fault::CutBefore,
    Fault::CutAfter,
    Fault::Truncated,
    Fault::Html,
    Fault::EmptyBody,
    Fault::TokenExpired,
    Fault::Code(Situation::QuotaExceeded),
    Fault::Code(Situation::Burst),
    Fault::Code(Situation::SystemBusy),
];

async fn shop() -> Mock {
    Mock::builder().customers(ROWS).start().await.unwrap()
}

fn assert_whole(outcome: &Outcome, mock: &Mock, what: &str) {
    assert!(outcome.set() == numbers(mock), "{what}: {}", outcome.summary);
    assert!(outcome.summary.is_complete(), "{what}: {}", outcome.summary);
}

/// Every error says at which page.
fn assert_named(outcome: &Outcome, what: &str, page: u64) {
    for error in &outcome.errors {
        assert!(error.to_string().contains(&format!("page {page}")), "{what} at page {page}: {error}");
    }
}

/// A client that does not wait until a quota is full again when the vendor says that it is used up.
fn patient(mock: &Mock) -> Client {
    builder(mock).without_quota().build().unwrap()
}

/// A client that repeats nothing of its own accord.
fn hasty(mock: &Mock) -> Client {
    builder(mock).without_quota().retry(RetryPolicy::never()).build().unwrap()
}

/// A pull through the version whose turn it is, with a fault at these calls.
async fn struck(mock: &Mock, client: Client, turn: usize, fault: &Fault, calls: Range<u64>) -> Outcome {
    let numbered = turn.is_multiple_of(2);
    mock.fault(fault.clone()).on(if numbered { "user_list" } else { "user_list_v2" }).at_calls(calls);
    let outcome = match numbered {
        true => pull(client.user().list(UserList::new()).paginate()).await,
        false => pull(client.user().list_v2(UserListV2::new()).paginate()).await,
    };
    mock.clear_faults();
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_that_passes_costs_no_row() {
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(7));
    for (turn, fault) in FAILURES.iter().enumerate() {
        let page = random.u64(1..=PAGES);
        let what = format!("{fault:?} at page {page}");
        let outcome = struck(&mock, patient(&mock), turn, fault, page..page + 1).await;
        assert!(outcome.errors.is_empty(), "{what}: {:?}", outcome.errors);
        assert_whole(&outcome, &mock, &what);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_that_is_told_names_its_page_and_the_pull_goes_on() {
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(8));
    for (turn, fault) in FAILURES.iter().enumerate() {
        let page = random.u64(1..=PAGES);
        let what = format!("{fault:?}");
        let outcome = struck(&mock, hasty(&mock), turn + 1, fault, page..page + 1).await;
        // A token that ended is renewed whatever the policy.
        assert_eq!(outcome.errors.is_empty(), *fault == Fault::TokenExpired, "{what}: {:?}", outcome.errors);
        assert_named(&outcome, &what, page);
        assert_whole(&outcome, &mock, &what);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_that_stays_ends_the_pull_at_its_page() {
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(9));
    for (turn, fault) in FAILURES.iter().enumerate() {
        let page = random.u64(1..=PAGES / 3);
        let what = format!("{fault:?}");
        let outcome = struck(&mock, hasty(&mock), turn, fault, page..page + 100).await;
        assert!(!outcome.summary.is_complete() && !outcome.summary.ended, "{what}: {}", outcome.summary);
        assert!((1..=5).contains(&outcome.errors.len()), "{what}: {:?}", outcome.errors);
        assert_named(&outcome, &what, page);
        assert_eq!(outcome.set().len() as u64, (page - 1) * 50, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_row_costs_only_itself() {
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(10));
    for turn in 0..4 {
        let page = random.u64(1..=PAGES);
        let outcome = struck(&mock, patient(&mock), turn, &Fault::BadRow, page..page + 1).await;
        let summary = &outcome.summary;
        assert!(outcome.errors.is_empty() && summary.is_complete() && summary.bad_rows == 1, "page {page}: {summary}");
        assert_eq!(outcome.set().len() as u64, u64::from(ROWS) - 1, "page {page}: {summary}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_repeats_is_asked_for_again() {
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(11));
    for turn in 0..4 {
        let page = random.u64(2..=PAGES);
        let outcome = struck(&mock, patient(&mock), turn, &Fault::RepeatedPage, page..page + 1).await;
        assert_named(&outcome, "repeated", page);
        assert_whole(&outcome, &mock, "repeated");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_repeats_for_ever_ends_the_pull() {
    let mock = shop().await;
    for turn in 0..2 {
        let outcome = struck(&mock, patient(&mock), turn, &Fault::RepeatedPage, 20..1000).await;
        assert!(!outcome.errors.is_empty() && outcome.errors.iter().all(|error| error.kind() == ErrorKind::Paging), "{:?}", outcome.errors);
        assert_named(&outcome, "repeated for ever", 20);
        assert_eq!(outcome.set().len(), 19 * 50);
        assert!(!outcome.summary.is_complete());
    }
}
