//! Every block of Rust code in the READMEs stands here word for word, and so is compiled.

#![allow(dead_code, unused_variables, unused_mut, clippy::print_stdout, reason = "blocks show what can be written; they are not run")]

use std::{error::Error, sync::Arc};

type Outcome = Result<(), Box<dyn Error>>;

async fn use_one_vendor() -> Outcome {
    use xiaoe_client::{Client, Credentials, user::UserList};

    let client = Client::builder(Credentials::from_env()?).build()?;

    // one call
    let found = client.user().list(UserList::new().with_phone("13800138000")).await?;
    println!("{:?}", found.data.list);

    // every row
    let mut users = client.user().list(UserList::new()).paginate().items();
    while let Some(user) = users.next().await? {
        println!("{:?}", user.user_id);
    }

    // an operation nobody typed yet shares tokens, quotas, retries and errors
    let reply = client.call_raw("xe.some.new.endpoint/1.0.0", serde_json::json!({ "page": 1 })).await?;
    Ok(())
}

use xiaoe_client::{
    Client, Credentials, RawPaging,
    user::{User, UserList, UserListV2},
};

#[rustfmt::skip]
fn several_processes() -> Outcome {
    let redis = "redis://127.0.0.1:6379";
    let client = Client::builder(Credentials::from_env()?)
        .token_store(Arc::new(scrm_redis::RedisStore::new(redis)?)) // on one machine: xiaoe_client::FileStore
        .shared_quota(Arc::new(scrm_redis::RedisQuota::new(redis)?))
        .build()?;
    Ok(())
}

#[rustfmt::skip]
fn behind_a_proxy() -> Outcome {
    let client = Client::builder(Credentials::from_env()?)
        .http(|http| http.proxy("http://user:password@10.0.0.7:3128").gzip(true))
        .build()?;
    Ok(())
}

#[rustfmt::skip]
async fn pulls(client: Client, stored: String, store: impl Fn(User, String)) -> Outcome {
    let mut users = client.user().list(UserList::new()).paginate().concurrency(16).items(); // 16 pages ahead, in order, inside the quota
    while let Some(user) = users.next().await? {
        store(user, users.resume().to_string()); // where the pull stands: a line of text
    }
    assert!(users.summary().is_complete(), "{}", users.summary());

    let rest = client.user().list(UserList::new()).paginate().resume_from(&stored.parse()?)?.items(); // after a restart
    println!("{}", client.drift()); // what came otherwise than documented
    Ok(())
}

fn raw_pulls(client: Client) {
    let paging = RawPaging::page_number("page", "/data/list").size("page_size").total("/data/total");
    let mut rows = client.call_raw("xe.some.new.list/1.0.0", serde_json::json!({ "page_size": 50 })).paginate(paging).items();
}

async fn rows_into_a_table(client: Client) -> Outcome {
    use xiaoe_client::Tabular as _;

    let mut table = csv::Writer::from_path("users.csv")?;
    let mut users = client.user().list_v2(UserListV2::new()).paginate().items();
    while let Some(user) = users.next().await? {
        table.serialize(user.flat())?; // lists and objects become JSON text; a row without them goes in as it is
    }
    table.flush()?;
    Ok(())
}

async fn all_vendors(xiaoe: Client, rabbitpre: rabbitpre_client::Client, beschannels: beschannels_client::Client) -> Outcome {
    use xiaoe_client::{CustomerKey, VendorClient};

    let vendors: Vec<Arc<dyn VendorClient>> = vec![Arc::new(xiaoe), Arc::new(rabbitpre), Arc::new(beschannels)];
    for vendor in &vendors {
        for customer in vendor.find_customers(&CustomerKey::phone("13800138000")).await? {
            println!("{customer}");
        }
    }
    Ok(())
}

/// The lines of code of every block marked as Rust: without indent and comments, which each language has of its own.
fn blocks(text: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let mut block: Option<Vec<String>> = None;
    for line in text.lines() {
        match &mut block {
            None if line.starts_with("```rust") => block = Some(Vec::new()),
            Some(_) if line.starts_with("```") => blocks.extend(block.take()),
            Some(block) => block.extend(code(line)),
            None => {}
        }
    }
    blocks
}

fn code(line: &str) -> Option<String> {
    let line = line.trim();
    let comment = line.find("// ").filter(|at| *at == 0 || line[..*at].ends_with(' '));
    let line = line[..comment.unwrap_or(line.len())].trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}

#[test]
fn every_block_is_compiled() {
    let here: Vec<String> = include_str!("readme.rs").lines().filter_map(code).collect();
    let english = blocks(include_str!("../../../README.md"));
    let chinese = blocks(include_str!("../../../README.zh-CN.md"));
    assert!(english.len() >= 7);
    assert_eq!(english, chinese, "both READMEs show the same code");
    for block in english {
        assert!(here.windows(block.len()).any(|lines| lines == block), "not compiled: {}", block.join("\n"));
    }
}
