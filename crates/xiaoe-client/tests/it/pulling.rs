//! What the tests of pulls share: clients of the stand-in server, and a pull to its very end.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use scrm_core::{
    operation::PagedOperation,
    paging::{Pages, Paginator, Summary},
};
use scrm_mock::Mock;
use xiaoe_client::{
    Builder, Client, Credentials, Error, RetryPolicy,
    user::{User, UserV2},
};

/// Rows that can be told apart by a number.
pub(crate) trait Numbered {
    /// Made from the union id, which each person of the mock has, the same in all answers.
    fn number(&self) -> u64;
}

/// The number of whoever has this union id.
pub(crate) fn number(union_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    union_id.hash(&mut hasher);
    hasher.finish()
}

impl Numbered for User {
    fn number(&self) -> u64 {
        number(self.wx_union_id.as_deref().unwrap())
    }
}

impl Numbered for UserV2 {
    fn number(&self) -> u64 {
        number(self.wx_union_id.as_deref().unwrap())
    }
}

/// A client of the mock that pauses a moment only before it repeats a call.
pub(crate) fn client(mock: &Mock) -> Client {
    builder(mock).build().unwrap()
}

pub(crate) fn builder(mock: &Mock) -> Builder<Client> {
    let given = mock.credentials("xiaoe");
    let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    let retry = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() };
    Client::builder(credentials).base_url(mock.base_url("xiaoe")).retry(retry)
}

/// The numbers of all people of the mock.
pub(crate) fn numbers(mock: &Mock) -> HashSet<u64> {
    mock.customers(0, usize::MAX).iter().map(|customer| number(customer.text("union_id"))).collect()
}

/// What came of a pull.
pub(crate) struct Outcome {
    pub(crate) rows: Vec<u64>,
    pub(crate) errors: Vec<Error>,
    pub(crate) summary: Summary,
}

impl Outcome {
    /// The rows as a set; fails the test when one came twice.
    pub(crate) fn set(&self) -> HashSet<u64> {
        let set: HashSet<u64> = self.rows.iter().copied().collect();
        assert_eq!(set.len(), self.rows.len(), "rows came twice; {}", self.summary);
        set
    }
}

/// Pulls to the end, whatever happens.
pub(crate) async fn pull<O: PagedOperation>(call: Paginator<O>) -> Outcome
where
    O::Row: Numbered,
{
    let mut pages = call.pages();
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    loop {
        match pages.next().await {
            Ok(None) => break,
            Ok(Some(page)) => rows.extend(page.rows.iter().map(Numbered::number)),
            Err(error) => errors.push(error),
        }
    }
    Outcome { rows, errors, summary: pages.summary() }
}

/// Takes so many pages; `false`: the pull ended before.
pub(crate) async fn take<O: PagedOperation>(pages: &mut Pages<O>, count: usize, rows: &mut Vec<u64>) -> bool
where
    O::Row: Numbered,
{
    for _ in 0..count {
        match pages.next().await.unwrap() {
            Some(page) => rows.extend(page.rows.iter().map(Numbered::number)),
            None => return false,
        }
    }
    true
}
