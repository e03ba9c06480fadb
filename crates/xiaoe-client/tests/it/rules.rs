//! Each documented rule, broken by the caller, is an error that names field, rule and value before anything is sent.

use std::sync::Arc;

use scrm_core::{
    async_trait,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use xiaoe_client::{
    Client, Credentials, Error, ErrorKind, Sent,
    points::PointsList,
    user::{UserList, UserListV2},
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

fn client() -> Client {
    Client::builder(Credentials::new("app_made_up", "xop_made_up", "made-up")).transport(Arc::new(Silent)).build().unwrap()
}

async fn users(request: UserList) -> Vec<String> {
    broken(&client().user().list(request).await.unwrap_err())
}

async fn users_v2(request: UserListV2) -> Vec<String> {
    broken(&client().user().list_v2(request).await.unwrap_err())
}

async fn points(request: PointsList) -> Vec<String> {
    broken(&client().points().list(request).await.unwrap_err())
}

#[tokio::test]
async fn users_are_listed_by_page() {
    insta::assert_debug_snapshot!(
        [
            users(UserList::new().with_page(0)).await,
            users(UserList::new().with_page_size(51)).await,
            users(UserList::new().with_phone("13800138000").with_name("王小明")).await,
            users(UserList::new().with_user_created_start("2024/01/01")).await,
            users(UserList::new().with_user_created_start("2024-02-30")).await,
            users(UserList::new().with_user_created_start("2024-03-02").with_user_created_end("2024-03-01")).await,
            users(UserList::new().with_last_paytime_start("2024-03-02").with_last_paytime_end("2024-03-01")).await,
            users(UserList::new().with_page(0).with_page_size(51)).await,
        ]
        .concat()
    );
}

#[tokio::test]
async fn users_are_listed_by_cursor() {
    insta::assert_debug_snapshot!(
        [
            users_v2(UserListV2::new().with_page_size(51)).await,
            users_v2(UserListV2::new().with_phone("13800138000").with_nickname("小明")).await,
            users_v2(UserListV2::new().with_user_created_start("2024-03-01").with_user_created_end("2024-03-01")).await,
        ]
        .concat()
    );
}

#[tokio::test]
async fn points_are_listed() {
    let many = (0..101).map(|number| format!("u_made_up_{number}"));
    insta::assert_debug_snapshot!(
        [
            points(PointsList::new().with_user_ids(many)).await,
            points(PointsList::new().with_create_time_start("2024-03-01")).await,
            points(PointsList::new().with_create_time_start("2024-03-02 00:00:00").with_create_time_end("2024-03-01 00:00:00")).await,
        ]
        .concat()
    );
}
