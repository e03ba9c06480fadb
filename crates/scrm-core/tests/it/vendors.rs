//! Many vendors through one trait.

use std::sync::{Arc, LazyLock};

use acme_client::{VENDOR, member::MemberList, person::PersonList};
use futures_util::StreamExt as _;
use scrm_core::{
    CallOptions, CustomerKey, ErasedCall, Error, ErrorKind, ResponseMeta, VendorClient, VendorClientExt as _, async_trait,
    customer::KeyKind,
    operation::{Operation, Vendor},
    spec::{EnvelopeSpec, Label, Method, OperationSpec, VendorSpec},
    vendor_client,
};
use serde_json::json;

use crate::acme::{Act, client, persons};

/// A client of which nothing is asked but what a trait object must answer.
struct Bare;

#[async_trait]
impl VendorClient for Bare {
    fn vendor(&self) -> &'static VendorSpec {
        &VENDOR
    }
    fn operations(&self) -> &'static [&'static OperationSpec] {
        static ONE: LazyLock<[&OperationSpec; 1]> = LazyLock::new(|| [PersonList::spec()]);
        &*ONE
    }
    async fn execute(&self, call: ErasedCall<'_>) -> Result<ResponseMeta, Error> {
        Err(Error::new(ErrorKind::Unsupported, &VENDOR, call.operation()))
    }
}

/// An operation of nobody.
#[derive(Clone)]
struct Foreign(PersonList);

impl scrm_core::table::ReadFields for Foreign {
    fn table(&self) -> &'static scrm_core::table::Table {
        scrm_core::table::ReadFields::table(&self.0)
    }
    fn view(&self, field: usize) -> scrm_core::table::View<'_> {
        scrm_core::table::ReadFields::view(&self.0, field)
    }
}

static FOREIGN: OperationSpec = OperationSpec::new("foreign", Method::Post, "/foreign");

/// Another vendor.
enum Nobody {}

impl Vendor for Nobody {
    fn spec() -> &'static VendorSpec {
        static ENVELOPE: EnvelopeSpec = EnvelopeSpec::new("code", &["msg"], "data", &["0"]);
        static SPEC: VendorSpec = VendorSpec::new("nobody", Label::new("Nobody", "无"), "https://nobody.example", ENVELOPE, &FOREIGN);
        &SPEC
    }
}

impl Operation for Foreign {
    type Vendor = Nobody;
    type Data = Option<String>;
    fn spec() -> &'static OperationSpec {
        &FOREIGN
    }
}

#[tokio::test(start_paused = true)]
async fn typed_calls_go_through_the_trait_object() {
    let (client, script) = client([Act::ok(r#"{"total":3}"#)]);
    let own = client.core().clone();
    let vendor: Arc<dyn VendorClient> = Arc::new(client);
    assert_eq!(vendor.call(persons()).await.unwrap().data.total, Some(3));
    let error = vendor.call(Foreign(persons())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("foreign is not an operation of this vendor, but of nobody"), "{error}");
    let sent = script.bodies().len();
    assert_eq!(own.call(Foreign(persons())).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(own.call(Foreign(persons())).encode().unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(script.bodies().len(), sent, "nothing was sent");
}

/// A fake of the vendor, without a transport, a token or a table.
struct Fake;

#[async_trait]
impl VendorClient for Fake {
    fn vendor(&self) -> &'static VendorSpec {
        &VENDOR
    }
    async fn execute(&self, call: ErasedCall<'_>) -> Result<ResponseMeta, Error> {
        match call.request_json()?["phone"].as_str() {
            Some("13800138000") => call.answer(json!({ "list": [{ "user_id": "u_1" }, "no row"], "total": "1" })),
            Some("broken") => call.answer(json!({ "list": 7 })),
            _ => Err(Error::new(ErrorKind::Timeout, &VENDOR, "made up")),
        }
    }
}

#[tokio::test]
async fn a_fake_answers_with_json_and_is_decoded_as_a_vendor_is() {
    let fake: Arc<dyn VendorClient> = Arc::new(Fake);
    let asking = |phone: &str| persons().with_phone(phone);
    let found = fake.call(asking("13800138000")).await.unwrap();
    assert_eq!((found.data.list.len(), found.data.total, found.meta.bad_rows.len(), found.meta.attempts), (1, Some(1), 1, 1));
    assert!(found.meta.drifts.is_empty());

    let mut options = CallOptions::default();
    options.collect_drift = true;
    let found = fake.call_with(asking("13800138000"), options.clone()).await.unwrap();
    assert!(!found.meta.drifts.is_empty(), "the total is in quotes");
    options.strict = Some(true);
    let error = fake.call_with(asking("13800138000"), options).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("person_list")));

    let error = fake.call(asking("broken")).await.unwrap_err();
    assert_eq!((error.kind(), error.json_path()), (ErrorKind::Decode, Some("/data/list")), "{error}");
    assert_eq!(fake.call(persons()).await.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(fake.operations().is_empty());
}

/// Members of a month, whose rules allow no phone number alone.
fn members() -> MemberList {
    MemberList::new("person", "u_op").with_since("2026-01-01").with_until("2026-01-31").with_page_size(2)
}

#[tokio::test(start_paused = true)]
async fn a_loose_search_is_filtered_again_over_all_pages() {
    let first = r#"{"list":[{"id":"u_1","contacts":[{"phone":"13800138000"}]},{"id":"u_2","contacts":[{"phone":"138001380001"}]}],"page":{"total":3}}"#;
    let second = r#"{"list":[{"id":"u_3","contacts":[{"phone":"13800138000"}]}],"page":{"total":3}}"#;
    let (client, script) = client([Act::ok(first), Act::ok(second)]);
    let key = CustomerKey::phone("13800138000");
    let found = vendor_client::find_in_pages(client.core(), members().with_phone(key.value()), &key, false).await.unwrap();
    let ids: Vec<_> = found.iter().filter_map(|customer| customer.id.as_deref()).collect();
    assert_eq!(ids, ["u_1", "u_3"]);
    assert_eq!(script.bodies()[0]["phone"], "13800138000");
}

#[tokio::test(start_paused = true)]
async fn a_lookup_finds_one_or_none() {
    let (client, _script) = client([Act::ok(r#"{"user_id":"u_1","name":"李雷"}"#), Act::ok("[]"), Act::ok("null")]);
    let key = CustomerKey::open_id("o_made_up_0001");
    let found = client.find_customers(&key).await.unwrap();
    assert_eq!((found.len(), found[0].names.as_slice()), (1, &["李雷".to_owned()][..]));
    assert!(client.find_customers(&key).await.unwrap().is_empty());
    assert!(client.find_customers(&key).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn customers_are_listed_over_all_pages() {
    let page = r#"{"list":[{"id":"u_1"},{"id":"u_2"}],"page":{"total":3}}"#;
    let (client, _script) = client([Act::ok(page), Act::ok(r#"{"list":[{"id":"u_3"}],"page":{"total":3}}"#)]);
    let members = vendor_client::list(client.core(), members().with_tags(["vip"]));
    let ids: Vec<_> = members.map(|customer| customer.unwrap().id.unwrap()).collect().await;
    assert_eq!(ids, ["u_1", "u_2", "u_3"]);
}

#[tokio::test]
async fn what_a_vendor_lacks_is_said_with_what_it_has() {
    let error = vendor_client::cannot_find(&VENDOR, KeyKind::Email, &[KeyKind::Phone, KeyKind::Id]);
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("cannot be found by mail address: it finds by phone number, id"), "{error}");

    let error = Bare.find_customers(&CustomerKey::phone("13800138000")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let errors: Vec<_> = Bare.list_customers().collect().await;
    assert_eq!(errors.len(), 1);
    assert!(errors[0].as_ref().unwrap_err().to_string().contains("there is person_list"), "{errors:?}");
}
