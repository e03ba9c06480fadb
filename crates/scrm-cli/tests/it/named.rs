//! Calls and pulls by name are the typed ones: the same requests, rows, places to resume from and summaries.

use scrm_core::{ApiClient, operation::PagedOperation};
use serde_json::{Map, Value, json};
use xiaoe_client::{
    Client, Credentials,
    order::OrderListV2,
    tools,
    user::{UserList, UserListV2},
};

use crate::program::Program;

fn client(program: &Program) -> Client {
    let given = program.mock.credentials("xiaoe");
    let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    Client::builder(credentials).base_url(program.mock.base_url("xiaoe")).build().unwrap()
}

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Pulls both ways, page by page.
async fn same<O: PagedOperation>(client: &ApiClient, typed: O, name: &str, request: Value)
where
    O::Row: serde::Serialize,
    O::Data: scrm_core::table::Payload,
{
    let mut typed = client.call(typed).paginate().concurrency(4).pages();
    let mut named = client.call_named(tools::spec(name).unwrap(), fields(request), tools::payload).paginate().concurrency(4).pages();
    let mut pages = 0;
    loop {
        match (typed.next().await.unwrap(), named.next().await.unwrap()) {
            (Some(left), Some(right)) => {
                assert_eq!(serde_json::to_value(&left.rows).unwrap(), serde_json::to_value(&right.rows).unwrap());
                assert_eq!(left.resume().to_string(), right.resume().to_string(), "{name}: one goes on where the other stopped");
                assert_eq!((left.number, left.total), (right.number, right.total));
                pages += 1;
            }
            (None, None) => break,
            (left, right) => panic!("{name}: {} against {} after {pages} pages", left.is_some(), right.is_some()),
        }
    }
    assert!(pages > 2, "{name}: {pages} pages");
    assert_eq!(typed.summary(), named.summary());
}

#[test]
fn a_pull_by_name_is_the_typed_pull() {
    let program = Program::with(scrm_mock::Mock::builder().customers(12_000).without_quotas());
    let client = client(&program);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // beyond the vendor's ceiling, so that it is split
        same(client.core(), UserList::new(), "user_list", json!({ "page": 1, "page_size": 50 })).await;
        same(client.core(), UserListV2::new(), "user_list_v2", json!({ "page_size": 50 })).await;
        // longer than one window of time
        let typed = OrderListV2::new().with_created_time_start("2025-01-01 00:00:00").with_created_time_end("2025-04-01 00:00:00");
        let request = serde_json::to_value(&typed).unwrap();
        same(client.core(), typed, "order_list_v2", request).await;
    });
}

#[test]
fn a_request_by_name_is_written_as_a_typed_one() {
    let program = Program::new(1);
    let client = client(&program);
    let typed = client.call(UserListV2::new().with_tag_id(["1", "2"]).with_phone("13800138000")).encode().unwrap();
    let request = json!({ "page_size": 50, "phone": "13800138000", "tag_id": ["1", "2"] });
    let named = client.core().call_named(tools::spec("user_list_v2").unwrap(), fields(request), tools::payload).encode().unwrap();
    assert_eq!((typed.url, typed.body), (named.url, named.body));
    let broken = client.core().call_named(tools::spec("user_list").unwrap(), fields(json!({ "page": 1, "page_size": 51 })), tools::payload);
    assert!(broken.encode().unwrap_err().to_string().contains("page_size must be between 1 and 50"));
}

/// Two vendors have a `points_list`.
#[test]
fn an_operation_of_another_vendor_is_refused_before_anything_is_sent() {
    let program = Program::new(1);
    let foreign = rabbitpre_client::tools::spec("points_list").unwrap();
    let call = client(&program).core().call_named(foreign, Map::new(), rabbitpre_client::tools::payload);
    let error = call.encode().unwrap_err();
    assert!(error.to_string().contains("not an operation of this vendor"), "{error}");
    assert_eq!(error.kind(), scrm_core::ErrorKind::Unsupported);
}

/// Whatever the page shows as a request is one by name, too.
#[test]
fn every_example_of_a_request_is_written_back_as_it_is() {
    let program = Program::new(1);
    let client = client(&program);
    let tree =
        scrm_schema::load_files(scrm_vendor_schemas::FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))).unwrap();
    let xiaoe = tree.vendors.iter().find(|vendor| vendor.file.vendor == "xiaoe").unwrap();
    let mut examples = 0;
    for operation in xiaoe.operations.iter().filter(|operation| operation.area.is_some()) {
        let spec = tools::spec(&operation.name).unwrap();
        for example in operation.examples.iter().filter_map(|example| example.request.clone()) {
            let call = client.core().call_named(spec, fields(example.clone()), tools::payload);
            let written = call.request_json().unwrap();
            assert_eq!(text(&written), text(&example), "{}", operation.name);
            examples += 1;
        }
    }
    assert!(examples > 50, "{examples}");
}

/// Numbers in quotes and numbers are the same here: the table decides.
fn text(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), text(value))).collect::<Map<_, _>>().into(),
        other => other.clone(),
    }
}
