//! "The vendors in a box".

use std::{error::Error, sync::Arc};

use scrm_mock::{Fault, Mock, Recorder, Replay};
use xiaoe_client::{Client, Credentials, user::UserList};

#[tokio::test]
async fn in_a_test() -> Result<(), Box<dyn Error>> {
    let mock = Mock::start().await;
    let given = mock.credentials("xiaoe");
    let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    let client = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build()?;
    // … use the client …
    mock.assert_quota_kept();

    mock.fault(Fault::Status { status: 503, retry_after: Some(2) }).on("user_list").at_calls([2]);
    client.user().list(UserList::new()).await?;
    assert_eq!(mock.calls("user_list"), 1);
    Ok(())
}

#[allow(dead_code, reason = "shows what can be written; `it/recording.rs` records and replays")]
fn record(credentials: Credentials, base_url: String) -> Result<Client, Box<dyn Error>> {
    let recorder = Recorder::create("calls.jsonl")?;
    let client = Client::builder(credentials).wrap_transport(move |inner| recorder.around(inner)).base_url(base_url).build()?;
    Ok(client)
}

#[allow(dead_code, reason = "shows what can be written; `it/recording.rs` records and replays")]
fn replay(credentials: Credentials) -> Result<Client, Box<dyn Error>> {
    let replay = Replay::open("calls.jsonl")?.in_any_order();
    let client = Client::builder(credentials).transport(Arc::new(replay)).build()?;
    Ok(client)
}
