//! One switch keeps what no page of the vendor was seen to document from being sent.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use scrm_core::{
    async_trait,
    hooks::Start,
    spec::Evidence,
    transport::{HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind},
};
use xiaoe_client::{
    Builder, Client, Credentials, Error, ErrorKind, Hooks, Sent, VendorClient, VendorClientExt as _,
    user::{UserList, UserListV2},
};

/// A transport that counts what it is given and sends nothing.
#[derive(Default)]
struct Counted(AtomicUsize);

#[async_trait]
impl Transport for Counted {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(TransportError::new(TransportErrorKind::Connect, Sent::No, "no network here"))
    }
}

fn builder(transport: &Arc<Counted>) -> Builder<Client> {
    let transport: Arc<dyn Transport> = transport.clone();
    let builder = Client::builder(Credentials::new("app_made_up", "xop_made_up", "made-up"));
    builder.base_url("https://api.example").transport(transport).token("made-up").retry(xiaoe_client::RetryPolicy::never())
}

fn refused(error: &Error) {
    assert_eq!((error.kind(), error.sent(), error.attempts()), (ErrorKind::Config, Sent::No, 0), "{error}");
    let text = error.to_string();
    for told in ["user_list_v2", "unverified", "`refuse_unverified(true)`"] {
        assert!(text.contains(told), "{told} is missing: {text}");
    }
}

#[tokio::test]
async fn an_unverified_operation_is_refused_on_every_way_and_a_documented_one_is_not() {
    let transport = Arc::new(Counted::default());
    let client = builder(&transport).refuse_unverified(true).build().unwrap();
    refused(&client.user().list_v2(UserListV2::new()).await.unwrap_err());
    refused(&client.call(UserListV2::new()).encode().unwrap_err());
    refused(&client.user().list_v2(UserListV2::new()).paginate().items().next().await.unwrap_err());
    let erased: Arc<dyn VendorClient> = Arc::new(client.clone());
    refused(&erased.call(UserListV2::new()).await.unwrap_err());
    let other = client.shop(Credentials::new("app_another", "xop_made_up", "made-up"));
    refused(&other.user().list_v2(UserListV2::new()).await.unwrap_err());
    assert_eq!(transport.0.load(Ordering::Relaxed), 0);

    assert_eq!(client.user().list(UserList::new()).await.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(client.call_raw("xe.user.batch.get/2.0.0", serde_json::json!({})).await.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(transport.0.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn without_the_switch_it_is_sent() {
    let transport = Arc::new(Counted::default());
    let client = builder(&transport).build().unwrap();
    assert_eq!(client.user().list_v2(UserListV2::new()).await.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(transport.0.load(Ordering::Relaxed), 1);
}

#[cfg(feature = "blocking")]
#[test]
fn the_client_without_async_keeps_to_it() {
    let transport: Arc<dyn Transport> = Arc::new(Counted::default());
    let builder = xiaoe_client::blocking::Client::builder(Credentials::new("app_made_up", "xop_made_up", "made-up"));
    let client = builder.base_url("https://api.example").transport(transport).token("made-up").refuse_unverified(true).build().unwrap();
    refused(&client.user().list_v2(UserListV2::new()).send().unwrap_err());
    refused(&client.user().list_v2(UserListV2::new()).paginate().items().next().unwrap_err());
}

/// Remembers how far the last call could be trusted.
#[derive(Default)]
struct Told(std::sync::Mutex<Vec<Evidence>>);

impl Hooks for Told {
    fn start(&self, event: &Start<'_>) {
        self.0.lock().unwrap().push(event.evidence);
    }
}

#[tokio::test]
async fn hooks_and_descriptor_tell_how_an_operation_is_known() {
    let (transport, told) = (Arc::new(Counted::default()), Arc::new(Told::default()));
    let client = builder(&transport).hooks(told.clone()).build().unwrap();
    let _ = client.user().list(UserList::new()).await;
    let _ = client.user().list_v2(UserListV2::new()).await;
    let told = told.0.lock().unwrap().clone();
    assert!(!told[0].is_unverified() && told[1].is_unverified(), "{told:?}");
    let known = client.operations().iter().find(|operation| operation.name == "user_list_v2").unwrap();
    assert_eq!(known.source.evidence, told[1]);
}
