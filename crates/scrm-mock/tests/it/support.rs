use std::path::Path;

use reqwest::Client;
use scrm_mock::{Builder, Mock};
use serde_json::{Value, json};

/// A mock of the made-up vendor, and what a caller needs.
pub(crate) struct Box {
    pub(crate) mock: Mock,
    pub(crate) http: Client,
    pub(crate) token: String,
}

pub(crate) fn builder() -> Builder {
    Mock::builder().seed(7).schemas(Path::new(env!("CARGO_MANIFEST_DIR")).join("../acme-client/schemas"))
}

impl Box {
    pub(crate) async fn start(builder: Builder) -> Self {
        let mut this = Self { mock: builder.start().await.unwrap(), http: Client::new(), token: String::new() };
        this.token = this.fetch_token(0).await;
        this
    }

    pub(crate) async fn new() -> Self {
        Self::start(builder().customers(300)).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.mock.base_url("acme"))
    }

    pub(crate) async fn fetch_token(&self, shop: usize) -> String {
        let answer = self.ask_token(shop).await;
        answer["data"]["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    pub(crate) async fn ask_token(&self, shop: usize) -> Value {
        let mut query: Vec<(String, String)> = self.mock.shop_credentials("acme", shop).into_iter().collect();
        query.push(("grant".to_owned(), "client".to_owned()));
        self.http.get(self.url("/token")).query(&query).send().await.unwrap().json().await.unwrap()
    }

    /// Calls `user_list` and takes the answer as it comes.
    pub(crate) async fn send(&self, request: &Value) -> Result<reqwest::Response, reqwest::Error> {
        self.http.post(self.url("/user/list")).header("x-acme-token", &self.token).json(request).send().await
    }

    pub(crate) async fn list(&self, request: Value) -> Value {
        self.send(&request).await.unwrap().json().await.unwrap()
    }

    /// A page of `user_list` without filters.
    pub(crate) async fn page(&self, page: i64, size: i64) -> Value {
        self.list(json!({ "page": page, "page_size": size })).await
    }
}

pub(crate) fn ids(answer: &Value, field: &str) -> Vec<String> {
    let rows = answer["data"]["list"].as_array().unwrap_or_else(|| panic!("{answer}"));
    rows.iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}
