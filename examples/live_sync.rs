//! A table of users that stays fresh: a pull fills it, pushes keep it so, and a kill at any time loses nothing.
//!
//! `cargo run --example live_sync [users.sqlite]` needs no key and no network: the vendor in a box pushes what happens in it. With `XIAOE_APP_ID` and the other credentials
//! in the environment it syncs that shop: name `XIAOE_PUSH_TOKEN` and `XIAOE_PUSH_KEY` of the vendor's console, and `PORT`, where the vendor's pushes come in.
//!
//! * Pushes are received first, then the pull begins, so that nothing falls between the two.
//! * A push is answered once its transaction is committed, and the transaction holds the push's id: whatever dies when, each counts once.
//! * What came while nobody listened is pulled by the time window since the last whole pull. Pushes that were not answered come again besides, for 32 hours.

#![allow(clippy::print_stdout)]

use std::{
    env,
    error::Error,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use scrm_mock::{Customer, Mock, Subscription};
use tokio::net::TcpListener;
use xiaoe_client::{
    Client, Credentials, async_trait,
    push::{BoxError, Event, Message, Receiver, Sink, WechatSeal},
    user::{User, UserList},
};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let file = env::args().nth(1).unwrap_or_else(|| "live_sync.sqlite".to_owned());
    let store = Store::open(Path::new(&file))?;
    if env::var("XIAOE_APP_ID").is_err() {
        return in_the_box(&store).await;
    }
    let setting = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let client = Client::builder(Credentials::from_env()?).build()?;
    let seal = WechatSeal::new(setting("XIAOE_PUSH_TOKEN")?, &setting("XIAOE_PUSH_KEY")?, setting("XIAOE_APP_ID")?)?;
    let (receiver, _) = listen(&store, seal, setting("PORT")?.parse()?).await?;
    catch_up(&client, &store).await?;
    println!("{} users; pushes keep them fresh until this is interrupted", store.count()?);
    tokio::signal::ctrl_c().await?;
    receiver.close().await;
    Ok(())
}

/// Everything at once on this machine: a pull of 200 users, then three who come and are pushed.
async fn in_the_box(store: &Store) -> Outcome<()> {
    let mock = Mock::builder().customers(200).start().await?;
    let given = mock.credentials("xiaoe");
    let credentials = Credentials::new(&given["app_id"], &given["client_id"], &given["secret_key"]);
    let client = Client::builder(credentials).base_url(mock.base_url("xiaoe")).build()?;
    let (token, key) = ("token_made_up_01", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG");
    let (receiver, port) = listen(store, WechatSeal::new(token.to_owned(), key, &given["app_id"])?, 0).await?;
    mock.subscribe(Subscription::new("xiaoe", format!("http://127.0.0.1:{port}/")).sealed(token, key).nasty(0.3))?;
    catch_up(&client, store).await?;
    println!("{} users pulled", store.count()?);
    for number in 0..3 {
        let phone = format!("1990000000{number}");
        mock.add_customers([Customer::new().with("phone", phone.as_str())]);
        mock.push("xiaoe/user_register", serde_json::json!({ "phone": phone }))?;
    }
    mock.pushes_settled(Duration::from_secs(10)).await;
    receiver.close().await;
    println!("{} users after three registered", store.count()?);
    Ok(())
}

/// Receives pushes on a port; 0 takes any that is free.
async fn listen(store: &Store, seal: WechatSeal, port: u16) -> Outcome<(Receiver<Event>, u16)> {
    let receiver = Receiver::builder(seal, store.clone()).build();
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let port = listener.local_addr()?.port();
    let router = receiver.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((receiver, port))
}

/// Pulls what came since the last whole pull; all, at the first time.
async fn catch_up(client: &Client, store: &Store) -> Outcome<()> {
    let (since, pushes_before) = store.pulled_until()?;
    let mut request = UserList::new();
    if let Some(day) = since.as_deref() {
        request = request.with_user_created_start(day);
    }
    let mut pages = client.user().list(request).paginate().pages();
    let mut newest = since;
    while let Some(page) = pages.next().await? {
        newest = newest.max(store.pulled(&page.rows, pushes_before)?);
    }
    if pages.summary().is_complete() {
        store.whole_pull(newest)?;
    }
    Ok(())
}

/// The table, the ids of pushes that are in it, and how far it was pulled.
#[derive(Clone)]
struct Store(Arc<Mutex<Connection>>);

impl Store {
    fn open(file: &Path) -> Outcome<Self> {
        let connection = Connection::open(file)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE IF NOT EXISTS users (user_id TEXT PRIMARY KEY, phone TEXT, nickname TEXT, created_at TEXT, phone_at TEXT, push INTEGER NOT NULL DEFAULT 0);
             CREATE TABLE IF NOT EXISTS pushes (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS pulled (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), until TEXT NOT NULL);",
        )?;
        Ok(Store(Arc::new(Mutex::new(connection))))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) -> Outcome<u32> {
        Ok(self.connection().query_row("SELECT count(*) FROM users", [], |row| row.get(0))?)
    }

    /// The day up to which all was pulled, and the last push until now.
    fn pulled_until(&self) -> Outcome<(Option<String>, i64)> {
        let connection = self.connection();
        let until = connection.query_row("SELECT until FROM pulled", [], |row| row.get(0)).optional()?;
        let last = connection.query_row("SELECT coalesce(max(number), 0) FROM pushes", [], |row| row.get(0))?;
        Ok((until, last))
    }

    /// A page in one transaction. A user whom a push changed since the pull began stays as the push said. Gives the newest user's day.
    fn pulled(&self, rows: &[User], pushes_before: i64) -> Outcome<Option<String>> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let mut newest = None;
        for user in rows {
            let created = user.user_created_at.as_ref().map(ToString::to_string);
            let phone = user.bind_phone.as_ref().filter(|phone| !phone.is_empty()).or(user.collect_phone.as_ref());
            transaction.execute(
                "INSERT INTO users (user_id, phone, nickname, created_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (user_id) DO UPDATE SET phone = excluded.phone, nickname = excluded.nickname, created_at = excluded.created_at WHERE push <= ?5",
                params![user.user_id, phone, user.user_nickname, created, pushes_before],
            )?;
            newest = newest.max(created.and_then(|created| created.get(..10).map(str::to_owned)));
        }
        transaction.commit()?;
        Ok(newest)
    }

    fn whole_pull(&self, until: Option<String>) -> Outcome<()> {
        if let Some(until) = until {
            self.connection()
                .execute("INSERT INTO pulled VALUES (1, ?1) ON CONFLICT (only_row) DO UPDATE SET until = excluded.until", [until])?;
        }
        Ok(())
    }

    /// A push in one transaction with its id; one that is there already changes nothing.
    fn pushed(&self, message: &Message<Event>) -> Outcome<()> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let id = message.id.as_deref().or(message.signature.as_deref()).ok_or("nothing tells this push from others")?;
        if transaction.execute("INSERT OR IGNORE INTO pushes (id, kind) VALUES (?1, ?2)", params![id, message.kind])? == 1 {
            let number = transaction.last_insert_rowid();
            apply(&transaction, &message.event, number)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// What an event does to the table. Pushes come in any order: the times inside decide.
fn apply(transaction: &Transaction<'_>, event: &Event, number: i64) -> Outcome<()> {
    match event {
        Event::UserRegister(user) => {
            let created = user.register_time.as_ref().map(ToString::to_string);
            transaction.execute(
                "INSERT INTO users (user_id, phone, nickname, created_at, push) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (user_id) DO UPDATE SET nickname = excluded.nickname, created_at = excluded.created_at, push = excluded.push",
                params![user.user_id, user.phone, user.wx_nickname, created, number],
            )?;
        }
        Event::UserPhoneChange(change) => {
            transaction.execute(
                "INSERT INTO users (user_id, phone, phone_at, push) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (user_id) DO UPDATE SET phone = excluded.phone, phone_at = excluded.phone_at, push = excluded.push
                 WHERE phone_at IS NULL OR phone_at <= excluded.phone_at",
                params![change.user_id, change.phone, change.update_at, number],
            )?;
        }
        _ => {}
    }
    Ok(())
}

#[async_trait]
impl Sink<Event> for Store {
    async fn take(&self, message: &Arc<Message<Event>>) -> Result<(), BoxError> {
        self.pushed(message)
    }
}
