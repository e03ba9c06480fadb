//! Users of both versions, pulled from the stand-in into one CSV file and read back.

use std::{collections::BTreeMap, fs, path::Path};

use downstream::table::{Buyer, export, import};
use xiaoe_client::{Client, Credentials, user::UserList};

#[tokio::test]
async fn both_versions_meet_in_one_table() {
    let mock = scrm_mock::Mock::builder().customers(230).start().await.unwrap();
    let [app, application, secret] = ["app_id", "client_id", "secret_key"].map(|name| mock.credentials("xiaoe")[name].clone());
    let client = Client::builder(Credentials::new(app, application, secret)).base_url(mock.base_url("xiaoe")).build().unwrap();

    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("buyers.csv");
    let written = export(&client, fs::File::create(&path).unwrap()).await.unwrap();
    let buyers = import(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!((written, buyers.len()), (460, 460));

    let (first, second): (Vec<Buyer>, Vec<Buyer>) = buyers.into_iter().partition(|buyer| buyer.version == 1);
    let by_id = |buyers: Vec<Buyer>| -> BTreeMap<_, _> { buyers.into_iter().map(|buyer| (buyer.user_id.clone().unwrap(), buyer)).collect() };
    let (first, second) = (by_id(first), by_id(second));
    assert_eq!((first.len(), second.len()), (230, 230));
    assert!(first.values().any(|buyer| buyer.paid_yuan.is_some_and(|paid| paid.as_f64() > 0.0)));
    for (id, buyer) in &first {
        let again = &second[id];
        // The one version tells yuan, the other fen: in the table they are the same amount.
        assert_eq!((&buyer.nickname, &buyer.paid_yuan, &buyer.created), (&again.nickname, &again.paid_yuan, &again.created), "{id}");
    }

    // What was read back is what the client gave.
    let page = client.user().list(UserList::new()).await.unwrap().data.list;
    assert!(!page.is_empty());
    for user in page {
        let buyer = Buyer::from(user);
        assert_eq!(first[buyer.user_id.as_ref().unwrap()], buyer);
    }
}
