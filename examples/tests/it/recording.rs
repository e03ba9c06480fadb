//! One recording of three clients: it shows nobody, and the same program runs from it without a server.

use std::{env, fs, process, sync::Arc};

use futures_util::TryStreamExt;
use scrm_core::{Builder, Customer, CustomerKey, Profile, VendorClient};
use scrm_mock::{Mock, Recorder, Replay};

fn builders(mock: &Mock) -> (Builder<xiaoe_client::Client>, Builder<rabbitpre_client::Client>, Builder<beschannels_client::Client>) {
    let given = |vendor: &str, name: &str| mock.credentials(vendor)[name].clone();
    let xiaoe = ["app_id", "client_id", "secret_key"].map(|name| given("xiaoe", name));
    let rabbitpre = ["instance_appid", "instance_secret"].map(|name| given("rabbitpre", name));
    let beschannels = ["app_id", "app_secret", "user_id"].map(|name| given("beschannels", name));
    let [app, application, secret] = xiaoe;
    let xiaoe = xiaoe_client::Client::builder(xiaoe_client::Credentials::new(app, application, secret));
    let [app, secret] = rabbitpre;
    let rabbitpre = rabbitpre_client::Client::builder(rabbitpre_client::Credentials::new(app, secret));
    let [app, secret, admin] = beschannels;
    let beschannels = beschannels_client::Client::builder(beschannels_client::Credentials::new(app, secret).with_user_id(admin));
    (
        xiaoe.base_url(mock.base_url("xiaoe")),
        rabbitpre.base_url(mock.base_url("rabbitpre")),
        beschannels.base_url(mock.base_url("beschannels")),
    )
}

/// Finds the second user of the list at all vendors.
async fn program(xiaoe: xiaoe_client::Client, others: [Arc<dyn VendorClient>; 2]) -> Vec<Customer> {
    let users: Vec<_> = xiaoe.user().list(xiaoe_client::user::UserList::new()).paginate().items().try_collect().await.unwrap();
    let phone = users[1].bind_phone.clone().unwrap();
    let mut found = xiaoe.find_customers(&CustomerKey::phone(phone.as_str())).await.unwrap();
    for other in others {
        found.extend(other.find_customers(&CustomerKey::phone(phone.as_str())).await.unwrap());
    }
    found
}

#[tokio::test]
async fn what_was_recorded_joins_decodes_and_shows_nobody() {
    let mock = Mock::builder().customers(60).start().await.unwrap();
    let file = env::temp_dir().join(format!("recording-{}.jsonl", process::id()));
    let recorder = Recorder::create(&file).unwrap();
    let around = || {
        let recorder = recorder.clone();
        move |inner| recorder.around(inner)
    };
    let (xiaoe, rabbitpre, beschannels) = builders(&mock);
    let rabbitpre = Arc::new(rabbitpre.wrap_transport(around()).build().unwrap());
    let beschannels = Arc::new(beschannels.wrap_transport(around()).build().unwrap());
    let real = program(xiaoe.wrap_transport(around()).build().unwrap(), [rabbitpre, beschannels]).await;
    assert_eq!((real.len(), Profile::group(real).len()), (3, 1), "one person at three vendors");

    let text = fs::read_to_string(&file).unwrap();
    let secrets = mock
        .vendors()
        .into_iter()
        .flat_map(|vendor| mock.credentials(&vendor))
        .filter(|(name, _)| name.contains("secret"))
        .map(|(_, value)| value);
    let people = mock.customers(0, 60);
    let personal = people
        .iter()
        .flat_map(|person| ["phone", "name", "nickname", "email", "union_id", "open_id"].map(|what| person.text(what).to_owned()));
    for canary in secrets.chain(personal).chain(["tk_".to_owned()]) {
        assert!(canary.is_empty() || !text.contains(&canary), "{canary} is in the recording");
    }

    let (xiaoe, rabbitpre, beschannels) = builders(&mock);
    drop(mock);
    let replay = Arc::new(Replay::open(&file).unwrap());
    fs::remove_file(&file).unwrap();
    let rabbitpre = Arc::new(rabbitpre.transport(replay.clone()).build().unwrap());
    let beschannels = Arc::new(beschannels.transport(replay.clone()).build().unwrap());
    let again = program(xiaoe.transport(replay.clone()).build().unwrap(), [rabbitpre, beschannels]).await;
    assert_eq!((again.len(), Profile::group(again).len()), (3, 1), "still one person");
    assert_eq!(replay.unused(), Vec::<&scrm_mock::RecordedCall>::new());
}
