//! A year of orders, each once, and what they come to.
//!
//! `cargo run --example orders [folder]` pulls the orders of 2025 through 小鹅通's order list 2.0 into `orders.jsonl`, and adds up in fen what was paid. The vendor
//! answers 31 days at a time, and shortens a longer range without a word; the pull goes from window to window by itself. Kill the program whenever you like: called
//! again, it goes on behind the last page that it stored. With credentials in the environment (`XIAOE_APP_ID` …) it asks the vendor, else a stand-in on this machine.

#![allow(clippy::print_stdout)]

use std::{
    env,
    error::Error,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use scrm_mock::Mock;
use xiaoe_client::{
    Client, Credentials, Fen,
    order::{OrderListV2, OrderV2},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).map_or_else(|| env::temp_dir().join("orders-of-2025"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    let (client, _stand_in) = client().await?;

    let mut store = Store::open(&folder)?;
    let year = OrderListV2::new().with_created_time_start("2025-01-01 00:00:00").with_created_time_end("2025-12-31 23:59:59");
    let mut pull = client.order().list_v2(year).paginate().concurrency(4);
    if let Some(token) = &store.state.token {
        pull = pull.resume_from(&token.parse()?)?;
        println!("going on behind {} orders", store.state.orders);
    }
    let mut pages = pull.pages();
    while let Some(page) = pages.next().await? {
        store.add(&page.rows, page.resume().to_string())?;
    }

    let State { orders, without_amount, paid, .. } = &store.state;
    println!("{}", pages.summary());
    println!("{orders} orders came to {paid} fen; {without_amount} of them tell no amount");
    println!("{}", folder.join("orders.jsonl").display());
    Ok(())
}

/// Whom to ask: the vendor, or a stand-in that lives as long as it is held.
async fn client() -> Result<(Client, Option<Mock>), Box<dyn Error>> {
    if let Ok(credentials) = Credentials::from_env() {
        return Ok((Client::builder(credentials).build()?, None));
    }
    let mock = Mock::builder().customers(10_000).start().await?;
    let given = mock.credentials("xiaoe");
    let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    let client = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build()?;
    Ok((client, Some(mock)))
}

/// What is known of the orders in the file. It is replaced as a whole, after they were written.
struct State {
    /// Length of the file in bytes: what stands behind was written by a process that died before it could say so.
    length: u64,
    orders: u64,
    without_amount: u64,
    paid: Fen,
    /// Where the pull stands.
    token: Option<String>,
}

impl State {
    /// One line.
    fn line(&self) -> String {
        let State { length, orders, without_amount, paid, token } = self;
        format!("{length} {orders} {without_amount} {paid} {}\n", token.as_deref().unwrap_or_default())
    }

    fn read(line: &str) -> Option<Self> {
        let [length, orders, without_amount, paid, token] =
            <[&str; 5]>::try_from(line.trim_end().splitn(5, ' ').collect::<Vec<_>>()).ok()?;
        Some(State {
            length: length.parse().ok()?,
            orders: orders.parse().ok()?,
            without_amount: without_amount.parse().ok()?,
            paid: Fen::parse(paid)?,
            token: Some(token.to_owned()),
        })
    }
}

struct Store {
    folder: PathBuf,
    file: File,
    state: State,
}

impl Store {
    fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let state = match fs::read_to_string(folder.join("orders.state")) {
            Ok(line) => State::read(&line).ok_or("orders.state is damaged: delete it, and the pull begins anew")?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                State { length: 0, orders: 0, without_amount: 0, paid: Fen::new(0), token: None }
            }
            Err(error) => return Err(error.into()),
        };
        let file = OpenOptions::new().create(true).append(true).open(folder.join("orders.jsonl"))?;
        file.set_len(state.length)?;
        Ok(Store { folder: folder.to_owned(), file, state })
    }

    /// Adds a page of orders, and then where the pull stands behind it.
    fn add(&mut self, orders: &[OrderV2], token: String) -> Result<(), Box<dyn Error>> {
        let mut lines = Vec::new();
        for order in orders {
            serde_json::to_writer(&mut lines, order)?;
            lines.push(b'\n');
            self.state.orders += 1;
            match order.order_info.as_ref().and_then(|info| info.actual_fee) {
                Some(fee) => self.state.paid = self.state.paid.checked_add(fee).ok_or("the sum is too large")?,
                None => self.state.without_amount += 1,
            }
        }
        self.file.write_all(&lines)?;
        self.file.sync_data()?;
        self.state.length += lines.len() as u64;
        self.state.token = Some(token);
        let new = self.folder.join("orders.state.new");
        fs::write(&new, self.state.line())?;
        fs::rename(new, self.folder.join("orders.state"))?;
        Ok(())
    }
}
