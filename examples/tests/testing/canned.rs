//! Bodies by path: the whole client, without a server.

use std::sync::Arc;

use scrm_mock::Canned;
use xiaoe_client::{Client, Credentials, Error, user::UserList};

/// The code under test: how many users there are, or 0 where the shop may not ask.
async fn users(client: &Client) -> Result<i64, Error> {
    match client.user().list(UserList::new()).await {
        Ok(answer) => Ok(answer.data.total.unwrap_or_default()),
        Err(error) if error.vendor_code() == Some("2017") => Ok(0),
        Err(error) => Err(error),
    }
}

fn client(canned: &Arc<Canned>) -> Client {
    let credentials = Credentials::new("app_made_up", "xop_made_up", "made-up");
    Client::builder(credentials).token("made-up").transport(canned.clone()).build().unwrap()
}

#[tokio::test]
async fn users_are_counted_where_that_is_allowed() {
    let path = "/xe.user.batch.get/1.0.0";
    let canned = Canned::new()
        .answer(path, r#"{"code": 0, "msg": "success", "data": {"list": [], "total": 3}}"#)
        .answer(path, r#"{"code": 2017, "msg": "no permission"}"#);
    let canned = Arc::new(canned);
    let client = client(&canned);
    assert_eq!(users(&client).await.unwrap(), 3);
    assert_eq!(users(&client).await.unwrap(), 0);
    assert_eq!(canned.requests().len(), 2);
}
