//! "Many shops".

use futures_util::future::try_join_all;
use scrm_mock::Mock;
use xiaoe_client::{Client, Credentials, Error, user::UserListV2};

async fn pull(shop: Client) -> Result<u64, Error> {
    let mut users = shop.user().list_v2(UserListV2::new()).paginate().items();
    while let Some(user) = users.next().await? {
        println!("{:?}", user.user_id);
    }
    Ok(users.summary().rows)
}

async fn all_shops(client: &Client, shops: Vec<Credentials>) -> Result<Vec<u64>, Error> {
    try_join_all(shops.into_iter().map(|credentials| pull(client.shop(credentials)))).await
}

#[tokio::test]
async fn every_shop_has_its_own_token() {
    let mock = Mock::builder().customers(60).shops(3).start().await.unwrap();
    let shops = (0..3).map(|shop| crate::credentials(&mock, shop)).collect();
    assert_eq!(all_shops(&crate::client(&mock), shops).await.unwrap(), [60, 60, 60]);
    assert_eq!(mock.token_fetches("xiaoe"), 3);
}
