//! A program without async: one customer by phone at two vendors, then all users of a shop and a place to go on from.
//!
//! `cargo run --example blocking` needs no key and no network: stand-ins of the vendors run on this machine.

#![allow(clippy::print_stdout)]

use std::error::Error;

use scrm_mock::Mock;
use xiaoe_client::{
    CustomerKey,
    blocking::{Client, VendorClient},
    user::{UserList, UserListV2},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mock = Mock::builder().start_blocking()?;
    let given = mock.credentials("xiaoe");
    let credentials = xiaoe_client::Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    let xiaoe = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build()?;
    let given = mock.credentials("rabbitpre");
    let credentials = rabbitpre_client::Credentials::new(&given["instance_appid"], &given["instance_secret"]);
    let rabbitpre = rabbitpre_client::blocking::Client::builder(credentials).base_url(mock.base_url("rabbitpre")).build()?;

    // One call.
    let first = xiaoe.user().list(UserList::new()).send()?;
    let phone = first.data.list.iter().find_map(|user| user.bind_phone.clone()).ok_or("nobody has a phone number")?;

    // Several vendors.
    for vendor in [xiaoe.vendor_client(), rabbitpre.vendor_client()] {
        show(&vendor, &CustomerKey::phone(&phone))?;
    }

    // Page after page; `items()` gives row after row.
    let mut pages = xiaoe.user().list_v2(UserListV2::new()).paginate().concurrency(2).pages();
    let mut users = 0;
    while let Some(page) = pages.next()? {
        users += page.rows.len();
    }
    println!("{users} users: {}", pages.summary());
    Ok(())
}

fn show(vendor: &VendorClient, key: &CustomerKey) -> Result<(), xiaoe_client::Error> {
    for customer in vendor.find_customers(key)? {
        println!("{}: {customer}", vendor.vendor().title.zh);
    }
    Ok(())
}
