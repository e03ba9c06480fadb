//! The older generation's signatures and the platform's token, against the box.

use rabbitpre_client::{
    Client, Credentials, ErrorKind, Sent,
    auth::AuthCompanyCode,
    customer::CustomerLookup,
    tag::{TagThirdDelete, ThirdTagDeletion, ThirdTagValueKey},
    task::TaskGet,
    work::WorkUpdate,
};
use scrm_mock::Mock;

fn client(mock: &Mock, credentials: Credentials) -> Client {
    Client::builder(credentials).base_url(mock.base_url("rabbitpre")).build().unwrap()
}

fn signing(mock: &Mock) -> Credentials {
    let given = mock.credentials("rabbitpre");
    Credentials::for_open_platform(&given["opfid"], &given["signing_secret"])
}

#[tokio::test]
async fn signed_calls_need_no_token() {
    let mock = Mock::start().await;
    let client = client(&mock, signing(&mock));
    client.task().get(TaskGet::new(2001, 1)).await.unwrap();
    // Another host of the vendor's, and an object among the parameters.
    client
        .work()
        .update(WorkUpdate::new("app-made-up-1", "示例 作品", "a&b=c", "https://example.com/1.png", "uid-made-up-1"))
        .await
        .unwrap();
    let values = [ThirdTagValueKey::new("v-made-up-1")];
    let what = ThirdTagDeletion::new().with_third_tag_value_list(values);
    client.tag().third_delete(TagThirdDelete::new(what)).await.unwrap();
    assert_eq!(mock.token_fetches("rabbitpre"), 0);
    let error = client.customer().lookup(CustomerLookup::new().with_phone("13800138000")).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Config, Sent::No));
    assert_eq!(mock.calls("rabbitpre/customer_lookup"), 0);
}

#[tokio::test]
async fn a_wrong_secret_is_a_failure_and_is_not_tried_again() {
    let mock = Mock::start().await;
    let wrong = Credentials::for_open_platform(&mock.credentials("rabbitpre")["opfid"], "made-up-secret");
    let error = client(&mock, wrong).task().get(TaskGet::new(2001, 1)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.vendor_code()), (ErrorKind::Vendor, 1, Some("100100")), "{error}");
    assert!(!error.to_string().contains("made-up-secret"));
}

#[tokio::test]
async fn the_platforms_token_is_its_own() {
    let mock = Mock::start().await;
    let given = mock.credentials("rabbitpre");
    let alone = client(&mock, Credentials::for_component(&given["component_appid"], &given["component_secret"]));
    let code = || AuthCompanyCode::new("C-made-up-1", "示例公司");
    assert!(alone.auth().company_code(code()).await.unwrap().data.auth_code.is_some());
    let credentials = Credentials::new(&given["instance_appid"], &given["instance_secret"]);
    let both = client(
        &mock,
        credentials.clone().with_component_appid(&given["component_appid"]).with_component_secret(&given["component_secret"]),
    );
    both.auth().company_code(code()).await.unwrap();
    both.customer().lookup(CustomerLookup::new().with_phone("13800138000")).await.unwrap();
    // The clients of one process share the platform's token, though one has more credentials than the other.
    assert_eq!((mock.calls("rabbitpre/platform_token"), mock.calls("rabbitpre/token")), (1, 1));
    let error = client(&mock, credentials).auth().company_code(code()).await.unwrap_err().to_string();
    assert!(error.contains("with_component_appid") && error.contains("RABBITPRE_COMPONENT_SECRET"), "{error}");
}
