//! The stand-in in a user's own test: three lines, and nothing of the client is switched on for it.

use std::process::Command;

use xiaoe_client::{Client, Credentials};

#[tokio::test]
async fn a_user_is_found_by_phone() {
    let mock = scrm_mock::Mock::start().await;
    let [app, application, secret] = ["app_id", "client_id", "secret_key"].map(|name| mock.credentials("xiaoe")[name].clone());
    let client = Client::builder(Credentials::new(app, application, secret)).base_url(mock.base_url("xiaoe")).build().unwrap();

    let person = mock.customers(0, 1).remove(0);
    let found = downstream::nickname(&client, person.text("phone")).await.unwrap();
    assert_eq!(found.as_deref(), Some(person.text("nickname")));
    assert_eq!(downstream::nickname(&client, "19900000000").await.unwrap(), None);
    assert_eq!(mock.calls("xiaoe/user_list"), 2);
    mock.assert_quota_kept();
}

/// What is shipped holds neither the stand-in nor anything that reads schemas.
#[test]
fn no_test_helper_is_in_the_production_tree() {
    let tree = |edges: &str| {
        let cargo = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--prefix", "none", "--edges", edges, "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
            .output()
            .unwrap();
        assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
        String::from_utf8(cargo.stdout).unwrap()
    };
    let helpers = ["scrm-mock", "scrm-schema", "scrm-codegen", "axum", "typify"];
    let shipped = tree("normal");
    assert!(shipped.contains("scrm-core"), "{shipped}");
    for helper in helpers {
        assert!(!shipped.lines().any(|line| line.starts_with(helper)), "{helper} is shipped:\n{shipped}");
    }
    assert!(tree("normal,dev").contains("scrm-mock"), "the check would see it");
}
