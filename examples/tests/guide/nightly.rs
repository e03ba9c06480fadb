//! "A nightly pull".

use std::error::Error;

use rusqlite::{Connection, OptionalExtension as _, params};
use scrm_mock::Mock;
use xiaoe_client::{
    Client, Summary,
    user::{UserListV2, UserV2},
};

/// The table, and beside it where the pull stands: one transaction holds both.
struct Store(Connection);

impl Store {
    fn open(path: &str) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS users (user_id TEXT PRIMARY KEY, nickname TEXT, paid_fen INTEGER);
             CREATE TABLE IF NOT EXISTS place (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), token TEXT NOT NULL);",
        )?;
        Ok(Store(connection))
    }

    fn place(&self) -> rusqlite::Result<Option<String>> {
        self.0.query_row("SELECT token FROM place", [], |row| row.get(0)).optional()
    }

    fn add(&mut self, rows: &[UserV2], place: &str) -> rusqlite::Result<()> {
        let transaction = self.0.transaction()?;
        for user in rows {
            let paid_fen = user.pay_sum.and_then(|paid| paid.whole());
            transaction.execute(
                "INSERT INTO users VALUES (?1, ?2, ?3)
                 ON CONFLICT (user_id) DO UPDATE SET nickname = excluded.nickname, paid_fen = excluded.paid_fen",
                params![user.user_id, user.user_nickname, paid_fen],
            )?;
        }
        transaction.execute("INSERT INTO place VALUES (1, ?1) ON CONFLICT (only_row) DO UPDATE SET token = excluded.token", [place])?;
        transaction.commit()
    }

    fn finish(&self) -> rusqlite::Result<()> {
        self.0.execute("DELETE FROM place", []).map(drop)
    }
}

async fn nightly(client: &Client, store: &mut Store) -> Result<Summary, Box<dyn Error>> {
    let mut pull = client.user().list_v2(UserListV2::new()).paginate();
    if let Some(place) = store.place()? {
        pull = pull.resume_from(&place.parse()?)?;
    }
    let mut pages = pull.pages();
    while let Some(page) = pages.next().await? {
        store.add(&page.rows, &page.resume().to_string())?;
    }
    store.finish()?;
    Ok(pages.summary())
}

#[tokio::test]
async fn a_pull_that_was_broken_off_goes_on() {
    let mock = Mock::builder().customers(300).start().await.unwrap();
    let client = crate::client(&mock);
    let mut store = Store::open(":memory:").unwrap();
    {
        let mut pages = client.user().list_v2(UserListV2::new()).paginate().pages();
        let page = pages.next().await.unwrap().unwrap();
        store.add(&page.rows, &page.resume().to_string()).unwrap();
    }
    let before = mock.calls("xiaoe/user_list_v2");
    let summary = nightly(&client, &mut store).await.unwrap();
    assert!(summary.rows < 300, "the first page came once: {summary}");
    assert!(mock.calls("xiaoe/user_list_v2") > before);
    let count: u32 = store.0.query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 300);
    assert_eq!(store.place().unwrap(), None, "the next night begins at the front");
}
