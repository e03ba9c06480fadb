//! The clients for programs without async, over real sockets.

use scrm_core::{CustomerKey, ErrorKind, ResumeToken, blocking::VendorClient, paging::RawPaging};
use scrm_mock::{Fault, Mock};
use serde_json::json;
use xiaoe_client::{
    Credentials,
    blocking::Client,
    user::{UserList, UserListV2},
};

fn credentials(mock: &Mock) -> Credentials {
    let given = mock.credentials("xiaoe");
    Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"])
}

fn client(mock: &Mock) -> Client {
    Client::builder(credentials(mock)).base_url(mock.base_url("xiaoe")).build().unwrap()
}

fn mock() -> Mock {
    Mock::builder().customers(130).start_blocking().unwrap()
}

#[test]
fn calls_wait_and_are_repeated_as_others_are() {
    let mock = mock();
    let client = client(&mock);
    mock.fault(Fault::Status { status: 503, retry_after: None }).on("user_list").times(1);
    let found = client.user().list(UserList::new()).send().unwrap();
    assert_eq!((found.data.total, found.meta.attempts), (Some(130), 2));
    let raw = client.call_raw("xe.user.batch.get/1.0.0", json!({ "page": 1, "page_size": 2 })).send().unwrap();
    assert_eq!(raw.data["list"].as_array().unwrap().len(), 2);
    let same = client.call(UserList::new()).retries(0).collect_drift().send().unwrap();
    assert_eq!(same.data, found.data);
    assert_eq!(mock.calls("xiaoe/token"), 1);
    mock.assert_quota_kept();
}

#[test]
fn pulls_by_number_and_cursor_give_every_row_and_a_place_to_go_on_from() {
    let mock = mock();
    let client = client(&mock);
    let mut rows = client.user().list(UserList::new()).paginate().concurrency(3).items();
    let mut came = 0;
    while rows.next().unwrap().is_some() {
        came += 1;
    }
    assert_eq!((came, rows.total()), (130, Some(130)));
    assert!(rows.summary().is_complete(), "{}", rows.summary());

    let mut pages = client.user().list_v2(UserListV2::new()).paginate().pages();
    let first = pages.next().unwrap().unwrap();
    let place: ResumeToken = first.resume().to_string().parse().unwrap();
    assert_eq!(pages.resume().to_string(), place.to_string());
    let rest = client.user().list_v2(UserListV2::new()).paginate().resume_from(&place).unwrap().items();
    let rest: Vec<_> = rest.collect::<Result<_, _>>().unwrap();
    assert_eq!(first.rows.len() + rest.len(), 130);

    let paging = RawPaging::page_number("page", "/data/list").size("page_size").total("/data/total").id("user_id");
    let raw = client.call_raw("xe.user.batch.get/1.0.0", json!({ "page": 1, "page_size": 50 })).paginate(paging).items();
    assert_eq!(raw.filter_map(Result::ok).count(), 130);
}

#[test]
fn customers_come_from_any_vendor() {
    let mock = mock();
    let given = mock.credentials("rabbitpre");
    let rabbitpre = rabbitpre_client::Credentials::new(&given["instance_appid"], &given["instance_secret"]);
    let rabbitpre = rabbitpre_client::blocking::Client::builder(rabbitpre).base_url(mock.base_url("rabbitpre")).build().unwrap();
    let vendors: Vec<VendorClient> = vec![client(&mock).vendor_client(), rabbitpre.vendor_client()];
    let phone = mock.customers(0, 1).remove(0).text("phone").to_owned();
    for vendor in &vendors {
        assert!(!vendor.find_customers(&CustomerKey::phone(&phone)).unwrap().is_empty(), "{vendor:?}");
    }
    assert_eq!(client(&mock).list_customers().map(Result::unwrap).count(), 130);
    assert_eq!(vendors[0].call(UserList::new()).unwrap().data.total, Some(130));
    assert_eq!(vendors[1].list_customers().map(Result::unwrap).count(), 130);
    let cannot = vendors[1].find_customers(&CustomerKey::email("xiaoming@example.com")).unwrap_err();
    assert_eq!(cannot.kind(), ErrorKind::Unsupported);
}

/// Told, and neither a panic nor a standstill; and from where waiting is allowed it goes.
#[tokio::test]
async fn inside_of_a_runtime_it_is_an_error_that_says_what_to_do() {
    let mock = mock();
    let client = client(&mock);
    let error = client.user().list(UserList::new()).send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("spawn_blocking"), "{error}");
    let mut rows = client.user().list(UserList::new()).paginate().items();
    assert_eq!(rows.next().unwrap_err().kind(), ErrorKind::Config);
    assert!(rows.next().unwrap().is_none(), "told once");
    assert!(!rows.summary().is_complete());
    assert_eq!(client.list_customers().filter_map(Result::err).map(|error| error.kind()).collect::<Vec<_>>(), [ErrorKind::Config]);
    assert!(client.find_customers(&CustomerKey::phone("13800138000")).is_err());
    assert_eq!(mock.requests().len(), 0);

    let there = client.clone();
    let found = tokio::task::spawn_blocking(move || there.user().list(UserList::new()).send()).await.unwrap().unwrap();
    assert_eq!(found.data.total, Some(130));
    // The asynchronous client beside it has the same token.
    let found = client.asynchronous().user().list(UserList::new()).await.unwrap();
    assert_eq!(found.data.total, Some(130));
    assert_eq!(mock.calls("xiaoe/token"), 1);
}

#[test]
fn many_threads_share_one_client() {
    let mock = mock();
    let client = client(&mock);
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..8).map(|_| scope.spawn(|| client.user().list(UserList::new()).send().unwrap().data.total)).collect();
        assert!(waiting.into_iter().all(|thread| thread.join().unwrap() == Some(130)));
    });
    assert_eq!((mock.calls("xiaoe/token"), mock.calls("xiaoe/user_list")), (1, 8));
}
