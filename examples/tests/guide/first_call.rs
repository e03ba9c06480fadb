//! "First call".

use scrm_mock::Mock;

mod program {
    #![allow(dead_code, reason = "it wants the environment of `scrm box`")]

    use xiaoe_client::{Client, Credentials, user::UserList};

    #[tokio::main]
    async fn main() -> Result<(), Box<dyn std::error::Error>> {
        let client = Client::builder(Credentials::from_env()?).build()?;

        let first = client.user().list(UserList::new().with_page_size(3)).await?;
        println!("{:?} users in all", first.data.total);
        for user in &first.data.list {
            println!("{:?} {:?} paid {:?}", user.user_id, user.user_nickname, user.pay_sum);
        }
        Ok(())
    }
}

use xiaoe_client::{Client, Error, RawPaging, user::UserList};

async fn every_user(client: &Client) -> Result<u64, Error> {
    let mut users = client.user().list(UserList::new()).paginate().items();
    while let Some(user) = users.next().await? {
        println!("{:?}", user.user_id);
    }
    println!("{}", users.summary());
    Ok(users.summary().rows)
}

async fn untyped(client: &Client) -> Result<u64, Error> {
    let answer = client.call_raw("xe.user.batch.get/1.0.0", serde_json::json!({ "page": 1, "page_size": 3 })).await?;
    println!("{}", answer.data);

    let paging = RawPaging::page_number("page", "/data/list").size("page_size").total("/data/total");
    let request = serde_json::json!({ "page_size": 50 });
    let mut rows = client.call_raw("xe.user.batch.get/1.0.0", request).paginate(paging).items();
    while let Some(row) = rows.next().await? {
        println!("{row}");
    }
    Ok(rows.summary().rows)
}

#[tokio::test]
async fn every_row_comes_typed_or_not() {
    let mock = Mock::builder().customers(120).start().await.unwrap();
    let client = crate::client(&mock);
    assert_eq!(every_user(&client).await.unwrap(), 120);
    assert_eq!(untyped(&client).await.unwrap(), 120);
}
