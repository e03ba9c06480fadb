//! Every fault of the stand-in server at some page of a pull: the pull is complete, or ends in an error that names the page.

use scrm_core::operation::PagedOperation;
use scrm_mock::{Fault, Mock, Situation};
use xiaoe_client::{Call, Client, ErrorKind, RetryPolicy, UserList, UserListV2};

use crate::pulling::{Numbered, Outcome, client, client_with, numbers, pull};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_that_passes_costs_no_row() {
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(7));
    let client = client(&mock);
    for fault in FAILURES {
        let page = random.u64(1..=PAGES);
        let what = format!("{fault:?} at page {page}");
        mock.fault(fault.clone()).on("user_list").at_calls([page]);
        let outcome = pull(client.user_list(UserList::new()).concurrency(4)).await;
        assert!(outcome.errors.is_empty(), "{what}: {:?}", outcome.errors);
        assert_whole(&outcome, &mock, &what);
        mock.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_that_is_told_names_its_page_and_the_pull_goes_on() {
    async fn once<O: PagedOperation>(mock: &Mock, fault: &Fault, operation: &str, page: u64, call: Call<O>)
    where
        O::Row: Numbered,
    {
        let what = format!("{operation}, {fault:?}");
        mock.fault(fault.clone()).on(operation).at_calls([page]);
        let outcome = pull(call).await;
        mock.clear_faults();
        // A token that ended is renewed whatever the policy.
        assert_eq!(outcome.errors.is_empty(), *fault == Fault::TokenExpired, "{what}: {:?}", outcome.errors);
        assert_named(&outcome, &what, page);
        assert_whole(&outcome, mock, &what);
    }
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(8));
    let client = client_with(&mock, RetryPolicy::never());
    for fault in FAILURES {
        once(&mock, &fault, "user_list", random.u64(1..=PAGES), client.user_list(UserList::new())).await;
        once(&mock, &fault, "user_list_v2", random.u64(1..=PAGES), client.user_list_v2(UserListV2::new())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_that_stays_ends_the_pull_at_its_page() {
    async fn stays<O: PagedOperation>(mock: &Mock, fault: &Fault, operation: &str, call: Call<O>, page: u64)
    where
        O::Row: Numbered,
    {
        let what = format!("{operation}, {fault:?}");
        mock.fault(fault.clone()).on(operation).at_calls(page..10_000);
        let outcome = pull(call).await;
        mock.clear_faults();
        assert!(!outcome.summary.is_complete() && !outcome.summary.ended, "{what}: {}", outcome.summary);
        assert!(!outcome.errors.is_empty() && outcome.errors.len() <= 5, "{what}: {:?}", outcome.errors);
        assert_named(&outcome, &what, page);
        assert_eq!(outcome.set().len() as u64, (page - 1) * 50, "{what}");
    }
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(9));
    for fault in FAILURES {
        let client: Client = client_with(&mock, RetryPolicy::never());
        let page = random.u64(1..=PAGES / 3);
        stays(&mock, &fault, "user_list", client.user_list(UserList::new()), page).await;
        stays(&mock, &fault, "user_list_v2", client.user_list_v2(UserListV2::new()), page).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_rows_cost_only_themselves() {
    let mock = shop().await;
    let client = client(&mock);
    mock.fault(Fault::BadRow).probability(0.2);
    for outcome in [pull(client.user_list(UserList::new())).await, pull(client.user_list_v2(UserListV2::new())).await] {
        let summary = &outcome.summary;
        assert!(outcome.errors.is_empty() && summary.bad_rows > 3, "{summary}");
        assert_eq!(outcome.set().len() as u64 + summary.bad_rows, u64::from(ROWS), "{summary}");
        assert!(summary.is_complete(), "{summary}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_repeat_are_asked_for_again_or_told() {
    let (mock, mut random) = (shop().await, fastrand::Rng::with_seed(10));
    let client = client(&mock);
    for _ in 0..5 {
        let page = random.u64(2..=PAGES);
        mock.fault(Fault::RepeatedPage).on("user_list").at_calls([page]);
        mock.fault(Fault::RepeatedPage).on("user_list_v2").at_calls([page]);
        for outcome in [pull(client.user_list(UserList::new())).await, pull(client.user_list_v2(UserListV2::new())).await] {
            assert_named(&outcome, "repeated", page);
            assert_whole(&outcome, &mock, "repeated");
        }
        mock.clear_faults();
    }
    mock.fault(Fault::RepeatedPage).on("user_list").at_calls(20..1000);
    let outcome = pull(client.user_list(UserList::new())).await;
    assert!(outcome.errors.iter().all(|error| error.kind() == ErrorKind::Paging) && !outcome.errors.is_empty());
    assert_named(&outcome, "repeated for ever", 20);
    assert_eq!(outcome.set().len(), 19 * 50);
    assert!(!outcome.summary.is_complete());
}
