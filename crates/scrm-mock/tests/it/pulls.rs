//! Pulls by the made-up vendor's client from the box: what the two make of the schemas must fit together.

use std::{collections::HashSet, sync::Arc};

use acme_client::{
    Client, Credentials, Customer, CustomerKey, ErrorKind, HttpRequest, HttpResponse, Sent, Transport, TransportError, TransportErrorKind,
    VendorClient as _,
    order::{OrderChangeList, OrderChangeQuery},
    user::{UserIdList, UserLogList},
};
use futures_util::StreamExt as _;
use scrm_core::{async_trait, spec::Method};
use scrm_mock::Mock;
use serde_json::json;

use crate::support::builder;

/// Any HTTP client will do.
struct Plain(reqwest::Client);

#[async_trait]
impl Transport for Plain {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let failed = |error: reqwest::Error| TransportError::new(TransportErrorKind::Broken, Sent::Unknown, error.to_string());
        let method = if request.method == Method::Get { reqwest::Method::GET } else { reqwest::Method::POST };
        let mut call = self.0.request(method, &request.url).body(request.body);
        for (name, value) in &request.headers {
            call = call.header(&**name, &**value);
        }
        let response = call.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        Ok(HttpResponse { status, headers: vec![], body: response.bytes().await.map_err(failed)? })
    }
}

async fn start(customers: u32) -> (Mock, Client) {
    let mock = builder().customers(customers).without_quotas().start().await.unwrap();
    let given = mock.credentials("acme");
    let credentials = Credentials::new(&given["app_id"], &given["app_secret"]);
    let client =
        Client::builder(credentials).base_url(mock.base_url("acme")).transport(Arc::new(Plain(reqwest::Client::new()))).build().unwrap();
    (mock, client)
}

/// A list in Unix seconds whose parameters stand in an object.
fn changes(from: i64, to: i64) -> OrderChangeList {
    OrderChangeList::new().with_data(OrderChangeQuery::new(1).with_page_size(20).with_from(from).with_to(to))
}

/// 2024, China time.
const YEAR: (i64, i64) = (1_704_038_400, 1_735_660_799);

#[tokio::test]
async fn a_year_is_walked_week_by_week_and_each_row_comes_once() {
    let (mock, client) = start(2_000).await;
    let expected: HashSet<String> = mock
        .customers(0, 2_000)
        .iter()
        .filter(|customer| customer.text("created_at").starts_with("2024-"))
        .map(|customer| customer.text("created_at").to_owned())
        .collect();
    for (concurrency, resumed) in [(1, false), (8, false), (3, true)] {
        let (mut times, mut token) = (Vec::new(), None::<String>);
        let summary = 'pull: loop {
            let mut pull = client.order().change_list(changes(YEAR.0, YEAR.1)).paginate().concurrency(concurrency);
            if let Some(token) = &token {
                pull = pull.resume_from(&token.parse().unwrap()).unwrap();
            }
            let mut rows = pull.items();
            for handed_out in 0.. {
                if resumed && handed_out == 77 {
                    token = Some(rows.resume().to_string());
                    break;
                }
                match rows.next().await.unwrap() {
                    Some(row) => times.push(row.change.unwrap().at.unwrap().to_string()),
                    None => break 'pull rows.summary(),
                }
            }
        };
        assert!(summary.is_complete(), "{summary}");
        assert_eq!((times.len(), times.iter().cloned().collect::<HashSet<_>>()), (expected.len(), expected.clone()), "{summary}");
        assert!(resumed || summary.windows == 53, "{summary}");
        assert!(resumed || summary.total_after == Some(expected.len() as u64), "{summary}");
    }
}

#[tokio::test]
async fn a_call_beyond_the_longest_window_is_refused_and_the_box_would_have_shortened_it() {
    let (mock, client) = start(2_000).await;
    let error = client.order().change_list(changes(YEAR.0, YEAR.1)).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), mock.calls("order_change_list")), (ErrorKind::InvalidRequest, Sent::No, 0));
    assert!(error.to_string().contains("data/from must be at most 7 days before data/to"), "{error}");

    let week = client.order().change_list(changes(YEAR.0, YEAR.0 + 604_800)).await.unwrap();
    let request = json!({ "kind": "any", "data": { "page": 1, "page_size": 20, "from": YEAR.0.to_string(), "to": YEAR.1.to_string() } });
    let year = client.call_raw("order/changes", request).await.unwrap();
    assert_eq!(year.data["total"].as_u64(), week.data.total.and_then(|total| u64::try_from(total).ok()));
}

#[tokio::test]
async fn without_a_beginning_the_last_day_is_meant_and_where_there_is_none_the_pull_is_refused() {
    let (mock, client) = start(2_000).await;
    let newest = mock.customers(1_999, 1).remove(0);
    let end = acme_client::DateTime::from(newest.text("created_at")).moment().unwrap().unix_seconds();
    let until = OrderChangeList::new().with_data(OrderChangeQuery::new(1).with_to(end));
    let mut rows = client.order().change_list(until.clone()).paginate().items();
    let mut came = 0;
    while rows.next().await.unwrap().is_some() {
        came += 1;
    }
    let one_call = client.order().change_list(until).await.unwrap();
    assert_eq!((came, rows.summary().windows), (one_call.data.total.unwrap(), 1));

    let paid = OrderChangeList::new().with_data(OrderChangeQuery::new(1).with_paid_to("2024-05-01"));
    let before = mock.calls("order_change_list");
    let mut rows = client.order().change_list(paid).paginate().items();
    let error = rows.next().await.unwrap_err();
    assert_eq!((error.kind(), mock.calls("order_change_list")), (ErrorKind::InvalidRequest, before));
    assert!(error.to_string().contains("a pull until data/paid_to needs data/paid_from"), "{error}");
    assert!(rows.next().await.unwrap().is_none() && !rows.summary().is_complete());
}

#[tokio::test]
async fn rows_that_are_values_come_by_cursor_and_by_number() {
    let (_mock, client) = start(230).await;
    let mut ids = client.user().id_list(UserIdList::new()).paginate().items();
    let mut came = Vec::new();
    let mut stored = None;
    while let Some(id) = ids.next().await.unwrap() {
        came.push(id);
        if came.len() == 150 {
            stored = Some(ids.resume());
            break;
        }
    }
    let mut rest = client.user().id_list(UserIdList::new()).paginate().resume_from(&stored.unwrap()).unwrap().items();
    while let Some(id) = rest.next().await.unwrap() {
        came.push(id);
    }
    let expected: Vec<i64> = (1001..1231).collect();
    assert_eq!(came, expected);

    let mut lines = client.user().log_list(UserLogList::new()).paginate().items();
    let mut count = 0;
    while let Some(line) = lines.next().await.unwrap() {
        assert!(line.is_object());
        count += 1;
    }
    assert_eq!((count, lines.summary().total_after), (230, Some(230)));
}

#[tokio::test]
async fn customers_are_found_by_nested_and_listed_keys_and_listed_by_their_ids() {
    let (mock, client) = start(50).await;
    let somebody = mock.customers(7, 1).remove(0);
    let (union_id, email) = (somebody.text("union_id").to_owned(), somebody.text("email").to_owned());
    for key in [CustomerKey::union_id(union_id), CustomerKey::email(email)] {
        let found = client.find_customers(&key).await.unwrap();
        assert_eq!((found.len(), found[0].matches(&key), found[0].tags.clone()), (1, true, vec!["常客".to_owned()]), "{key:?}");
    }
    assert!(client.find_customers(&CustomerKey::union_id("nobody")).await.unwrap().is_empty());

    let vendor = client.vendor();
    let mut known = vec![Customer::new(vendor.name, vendor.title); 30];
    for (number, customer) in known.iter_mut().enumerate().skip(1) {
        customer.id = Some((1001 + number).to_string());
    }
    known[2].id = Some("no number".to_owned());
    client.fill_tags(&mut known).await.unwrap();
    let tagged = known.iter().filter(|customer| customer.tags == ["常客"]).count();
    assert!(tagged > 5 && known[0].tags.is_empty() && known[2].tags.is_empty(), "{known:?}");
    assert_eq!(mock.calls("user_tag_list_batch"), 2);

    let mut listed = HashSet::new();
    let mut customers = client.list_customers();
    while let Some(customer) = customers.next().await {
        listed.extend(customer.unwrap().id);
    }
    let expected: HashSet<String> = (1001..1051).map(|number| number.to_string()).collect();
    assert_eq!((listed, mock.calls("user_detail_list")), (expected, 3 + 3));
}
