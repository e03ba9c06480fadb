//! The guide: what its pages show compiles and holds. One file a page, named alike; `pages` compares them.

#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests, and programs that print")]

mod blocking;
mod errors;
mod first_call;
mod links;
mod machines;
mod network;
mod nightly;
mod pages;
mod shops;
mod stand_in;

use scrm_mock::Mock;
use xiaoe_client::Credentials;

/// What a shop of the vendor in a box takes.
fn credentials(mock: &Mock, shop: usize) -> Credentials {
    let given = mock.shop_credentials("xiaoe", shop);
    Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"])
}

/// A client of the vendor in a box.
fn client(mock: &Mock) -> xiaoe_client::Client {
    xiaoe_client::Client::builder(credentials(mock, 0)).base_url(mock.base_url("xiaoe")).build().unwrap()
}
