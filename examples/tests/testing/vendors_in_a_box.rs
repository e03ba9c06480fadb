//! The vendors in a box: a server that answers as their pages say.

use scrm_mock::{Fault, Mock};
use xiaoe_client::{Client, Credentials, Error, user::UserList};

/// The code under test: everybody's id.
async fn ids(client: &Client) -> Result<Vec<String>, Error> {
    let mut users = client.user().list(UserList::new()).paginate().items();
    let mut ids = Vec::new();
    while let Some(user) = users.next().await? {
        ids.extend(user.user_id);
    }
    Ok(ids)
}

#[tokio::test]
async fn everybody_comes_though_a_gateway_fails() {
    let mock = Mock::builder().customers(120).start().await.unwrap();
    let given = mock.credentials("xiaoe");
    let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    let client = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build().unwrap();
    mock.fault(Fault::Status { status: 503, retry_after: None }).on("user_list").times(1);

    assert_eq!(ids(&client).await.unwrap().len(), 120);
    assert!(mock.calls("xiaoe/user_list") > 1);
    mock.assert_quota_kept();
}
