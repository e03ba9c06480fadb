//! The main job: finds one customer by phone at all three vendors through the shared trait, prints one merged profile, then streams the first users, points and
//! leads.
//!
//! `cargo run --example quickstart [phone]` needs no key and no network: stand-ins of the vendors run on this machine. A vendor whose credentials stand in the
//! environment is called for real.

#![allow(clippy::print_stdout)]

use std::{env, error::Error, sync::Arc};

use scrm_core::{CustomerKey, Profile, VendorClient, spec::VendorSpec};
use scrm_mock::Mock;

/// How many rows of each kind are shown.
const SHOWN: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mock = Mock::start().await;
    let xiaoe = xiaoe(&mock)?;
    let rabbitpre = rabbitpre(&mock)?;
    let beschannels = beschannels(&mock)?;

    let phone = match env::args().nth(1) {
        Some(phone) => phone,
        None => mock.customers(0, 1).first().map(|customer| customer.text("phone").to_owned()).ok_or("the stand-in has no customers")?,
    };
    let vendors: Vec<Arc<dyn VendorClient>> = vec![Arc::new(xiaoe.clone()), Arc::new(rabbitpre), Arc::new(beschannels.clone())];
    find(&vendors, &phone).await?;
    first_users_and_points(&xiaoe).await?;
    first_leads(&beschannels).await
}

/// One customer at all vendors, as one profile.
async fn find(vendors: &[Arc<dyn VendorClient>], phone: &str) -> Result<(), Box<dyn Error>> {
    let mut found = Vec::new();
    for vendor in vendors {
        let title = vendor.vendor().title;
        let customers = vendor.find_customers(&CustomerKey::phone(phone)).await?;
        println!("{} ({}) knows {} customer(s) with the phone number {phone}", title.zh, title.en, customers.len());
        for customer in &customers {
            println!("  {customer}");
        }
        found.extend(customers);
    }
    for profile in Profile::group(found) {
        println!("\nOne profile over all vendors\n{profile}\n");
    }
    Ok(())
}

async fn first_users_and_points(client: &xiaoe_client::Client) -> Result<(), Box<dyn Error>> {
    println!("The first users");
    let mut users = client.user().list(xiaoe_client::user::UserList::new()).paginate().items();
    for _ in 0..SHOWN {
        let Some(user) = users.next().await? else { break };
        println!("  {} · {} · since {}", text(&user.user_id), text(&user.user_nickname), text(&user.user_created_at));
    }
    println!("The first points accounts");
    let mut accounts = client.points().list(xiaoe_client::points::PointsList::new()).paginate().items();
    for _ in 0..SHOWN {
        let Some(account) = accounts.next().await? else { break };
        println!("  {} · {} points, {} usable", text(&account.user_id), number(account.total_balance), number(account.balance));
    }
    Ok(())
}

async fn first_leads(client: &beschannels_client::Client) -> Result<(), Box<dyn Error>> {
    use beschannels_client::group::{GroupObject, GroupUserList};

    println!("The first leads");
    let Some(admin) = client.core().credentials().get("user_id") else {
        println!("  skipped: set BESCHANNELS_USER_ID to the admin whose data permissions apply");
        return Ok(());
    };
    let request = GroupUserList::new(admin.expose(), GroupObject::Leads);
    let mut leads = client.group().user_list(request).paginate().items();
    for _ in 0..SHOWN {
        let Some(lead) = leads.next().await? else { break };
        println!("  {} · {} · {} scores", text(&lead.full_name), text(&lead.company), lead.scores.len());
    }
    Ok(())
}

fn xiaoe(mock: &Mock) -> Result<xiaoe_client::Client, Box<dyn Error>> {
    use xiaoe_client::{Client, Credentials, VENDOR};

    if announced(&VENDOR) {
        return Ok(Client::builder(Credentials::from_env()?).build()?);
    }
    let given = mock.credentials(VENDOR.name);
    let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    Ok(Client::builder(credentials).base_url(mock.base_url(VENDOR.name)).build()?)
}

fn rabbitpre(mock: &Mock) -> Result<rabbitpre_client::Client, Box<dyn Error>> {
    use rabbitpre_client::{Client, Credentials, VENDOR};

    if announced(&VENDOR) {
        return Ok(Client::builder(Credentials::from_env()?).build()?);
    }
    let given = mock.credentials(VENDOR.name);
    let credentials = Credentials::new(&given["instance_appid"], &given["instance_secret"]);
    Ok(Client::builder(credentials).base_url(mock.base_url(VENDOR.name)).build()?)
}

fn beschannels(mock: &Mock) -> Result<beschannels_client::Client, Box<dyn Error>> {
    use beschannels_client::{Client, Credentials, VENDOR};

    if announced(&VENDOR) {
        return Ok(Client::builder(Credentials::from_env()?).build()?);
    }
    let given = mock.credentials(VENDOR.name);
    let credentials = Credentials::new(&given["app_id"], &given["app_secret"]).with_user_id(&given["user_id"]);
    Ok(Client::builder(credentials).base_url(mock.base_url(VENDOR.name)).build()?)
}

/// Whether any credential of the vendor stands in the environment; if so all required ones must.
fn announced(vendor: &VendorSpec) -> bool {
    let found = vendor.credentials.iter().any(|credential| env::var_os(credential.env).is_some());
    println!("{}: {}", vendor.title.zh, if found { "the real vendor" } else { "its stand-in on this machine" });
    found
}

fn text<T: std::ops::Deref<Target = str>>(value: &Option<T>) -> &str {
    value.as_deref().filter(|text| !text.is_empty()).unwrap_or("–")
}

fn number(value: Option<i64>) -> String {
    value.map_or_else(|| "–".to_owned(), |number| number.to_string())
}
