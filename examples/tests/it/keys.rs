//! Customers are found by a key, or nobody is: an empty key must never find everybody.

use std::sync::Arc;

use scrm_core::{CustomerKey, ErrorKind, KeyKind, VendorClient};
use scrm_mock::Mock;

async fn vendors(mock: &Mock) -> Vec<Arc<dyn VendorClient>> {
    let given = |vendor: &str| mock.credentials(vendor);
    let (xiaoe, rabbitpre, beschannels) = (given("xiaoe"), given("rabbitpre"), given("beschannels"));
    let xiaoe = xiaoe_client::Credentials::new(&xiaoe["app_id"], &xiaoe["client_id"], &xiaoe["secret_key"]);
    let rabbitpre = rabbitpre_client::Credentials::new(&rabbitpre["instance_appid"], &rabbitpre["instance_secret"]);
    let beschannels =
        beschannels_client::Credentials::new(&beschannels["app_id"], &beschannels["app_secret"]).with_user_id(&beschannels["user_id"]);
    vec![
        Arc::new(xiaoe_client::Client::builder(xiaoe).base_url(mock.base_url("xiaoe")).build().unwrap()),
        Arc::new(rabbitpre_client::Client::builder(rabbitpre).base_url(mock.base_url("rabbitpre")).build().unwrap()),
        Arc::new(beschannels_client::Client::builder(beschannels).base_url(mock.base_url("beschannels")).build().unwrap()),
    ]
}

#[tokio::test]
async fn an_empty_key_finds_nobody_and_sends_nothing() {
    let mock = Mock::start().await;
    let mut empty: Vec<CustomerKey> = ["", " ", "-", "+86", "+86 - ", "0086", "()", "　"].into_iter().map(CustomerKey::phone).collect();
    for blank in ["", " ", "\t\n"] {
        empty.extend([CustomerKey::union_id(blank), CustomerKey::open_id(blank), CustomerKey::id(blank), CustomerKey::email(blank)]);
    }
    for vendor in vendors(&mock).await {
        for key in &empty {
            let error = vendor.find_customers(key).await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Unsupported), "{key:?}: {error}");
            if key.kind() == KeyKind::Phone {
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{key:?}: {error}");
                assert!(error.to_string().contains("is empty"), "{error}");
            }
        }
        let found = vendor.find_customers(&CustomerKey::phone("13800138000")).await.unwrap();
        assert!(!found.is_empty() && found.len() < 5, "{found:?}");
    }
    let before = mock.requests().len();
    assert!(before <= 3 * 4, "{before}");
}
