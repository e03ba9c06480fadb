//! "Errors".

use scrm_mock::{Fault, Mock};
use xiaoe_client::{Action, Client, Error, ErrorKind, Sent, user::UserList};

/// What our job does about a failure.
#[derive(Debug, PartialEq)]
enum Then {
    TellTheAdministrator,
    TellTheProgrammer,
    ComeBackLater,
    LookBeforeRepeating,
}

fn then(error: &Error) -> Then {
    match error.kind() {
        ErrorKind::InvalidRequest => Then::TellTheProgrammer, // error.violations(): which field, which rule
        ErrorKind::Config | ErrorKind::Token => Then::TellTheAdministrator,
        ErrorKind::Vendor => match error.action() {
            Some(Action::FixConfig) => Then::TellTheAdministrator, // a permission, an address, a credential
            Some(Action::FixRequest) => Then::TellTheProgrammer,
            _ => Then::ComeBackLater,
        },
        ErrorKind::Timeout | ErrorKind::Transport if error.sent() == Sent::Unknown => Then::LookBeforeRepeating,
        _ => Then::ComeBackLater,
    }
}

async fn told(client: &Client) -> Option<Error> {
    let error = client.user().list(UserList::new()).await.err()?;
    println!("{error}"); // all of it in one line, without secrets and personal data
    println!("{:?} {:?} {:?}", error.vendor_code(), error.meaning(), error.action());
    println!("{:?} {} {:?}", error.http_status(), error.attempts(), error.raw_body());
    Some(error)
}

#[tokio::test]
async fn each_failure_says_what_to_do() {
    let mock = Mock::builder().customers(3).start().await.unwrap();
    let client = crate::client(&mock);
    assert!(told(&client).await.is_none());

    mock.forbid("xiaoe/user_list");
    assert_eq!(then(&told(&client).await.unwrap()), Then::TellTheAdministrator);
    mock.permit("xiaoe/user_list");

    mock.fault(Fault::Status { status: 503, retry_after: None }).on("user_list").times(9);
    assert_eq!(then(&told(&client).await.unwrap()), Then::ComeBackLater);
    mock.clear_faults();

    let error = client.user().list(UserList::new().with_page_size(5000)).await.unwrap_err();
    assert_eq!((then(&error), error.sent()), (Then::TellTheProgrammer, Sent::No));
    assert!(!error.violations().is_empty());
}
