//! Rows, pages and errors made by hand.

use xiaoe_client::{Error, ErrorKind, Page, VENDOR, Yuan, user::User};

/// The code under test: what the users of a page have paid; `None` where that is more than any amount holds.
fn paid<D>(page: &Page<User, D>) -> Option<Yuan> {
    page.rows.iter().filter_map(|user| user.pay_sum).sum()
}

/// The code under test: whether a job should be put off rather than given up.
fn later(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Connect | ErrorKind::Quota)
}

fn user(paid: &str) -> User {
    let mut user = User::default();
    user.pay_sum = paid.parse().ok();
    user
}

#[test]
fn a_page_adds_up() {
    let mut page = Page::<User>::default();
    page.rows = vec![user("19.90"), user("0.10"), User::default()];
    assert_eq!(paid(&page), "20".parse().ok());
}

#[test]
fn a_timeout_is_put_off() {
    assert!(later(&Error::new(ErrorKind::Timeout, &VENDOR, "made up")));
    assert!(!later(&Error::new(ErrorKind::Config, &VENDOR, "made up")));
}
