//! The leads of a whole group over a socket, page by page in multipart forms.

use std::collections::HashSet;

use beschannels_client::{
    Client, Credentials,
    group::{GroupObject, GroupUserList},
};
use scrm_mock::{Fault, Mock};

#[tokio::test]
async fn a_group_is_pulled_complete_and_each_lead_once() {
    let mock = Mock::builder().customers(1234).start().await.unwrap();
    let given = mock.credentials("beschannels");
    let credentials = Credentials::new(&given["app_id"], &given["app_secret"]);
    let client = Client::builder(credentials).base_url(mock.base_url("beschannels")).build().unwrap();
    mock.fault(Fault::Status { status: 502, retry_after: None }).on("group_user_list").at_calls([7]);

    let mut leads = client.group().user_list(GroupUserList::new("user-made-up-1", GroupObject::Leads)).paginate().concurrency(4).items();
    let (mut ids, mut phones) = (HashSet::new(), HashSet::new());
    while let Some(lead) = leads.next().await.unwrap() {
        assert!(ids.insert(lead.identity_id.unwrap()));
        phones.extend(lead.mobile_phone);
    }
    let there: HashSet<String> = mock.customers(0, 2000).iter().map(|customer| customer.text("phone").to_owned()).collect();
    assert!(phones == there, "{} of {}", phones.len(), there.len());
    assert!(leads.summary().is_complete(), "{}", leads.summary());
    // 25 pages and one repetition.
    assert_eq!(mock.calls("group_user_list"), 26);
}
