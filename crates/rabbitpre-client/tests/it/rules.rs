//! Each documented rule, broken by the caller, is an error that names field, rule and value before anything is sent.

use std::sync::Arc;

use rabbitpre_client::{Client, Credentials, Error, ErrorKind, Sent, customer::CustomerLookup};
use scrm_core::{
    async_trait,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};

/// A transport that must not be used.
struct Silent;

#[async_trait]
impl Transport for Silent {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        panic!("sent: {request:?}")
    }
}

/// The broken rules as `field: rule (given)`, one a line.
fn broken(error: &Error) -> Vec<String> {
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.sent(), Sent::No);
    error
        .violations()
        .iter()
        .map(|broken| format!("{}: {} ({})", broken.field, broken.rule, broken.given.as_deref().unwrap_or("nothing")))
        .collect()
}

#[tokio::test]
async fn a_customer_is_looked_up_by_something() {
    let client = Client::builder(Credentials::new("made-up", "made-up")).transport(Arc::new(Silent)).build().unwrap();
    let nothing = client.customer().lookup(CustomerLookup::new()).await.unwrap_err();
    let empty = client.customer().lookup(CustomerLookup::new().with_phone("").with_openid("")).await.unwrap_err();
    insta::assert_debug_snapshot!([broken(&nothing), broken(&empty)].concat());
}
