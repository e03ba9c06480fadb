//! Users of both versions of the list in one table, amounts in yuan throughout.

use std::{
    error::Error,
    io::{Read, Write},
};

use serde::{Deserialize, Serialize};
use xiaoe_client::{
    Client, DateTime, Yuan,
    user::{User, UserList, UserListV2, UserV2},
};

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Buyer {
    /// Which version of the list gave it.
    pub version: u8,
    /// Id of the user.
    pub user_id: Option<String>,
    /// Nickname.
    pub nickname: Option<String>,
    /// Where the user came from.
    pub source: Option<String>,
    /// Amount spent in all.
    pub paid_yuan: Option<Yuan>,
    /// When the user was created.
    pub created: Option<DateTime>,
}

impl From<User> for Buyer {
    fn from(user: User) -> Self {
        Buyer {
            version: 1,
            user_id: user.user_id,
            nickname: user.user_nickname,
            source: user.from.map(|source| source.to_string()),
            paid_yuan: user.pay_sum,
            created: user.user_created_at,
        }
    }
}

impl From<UserV2> for Buyer {
    fn from(user: UserV2) -> Self {
        Buyer {
            version: 2,
            user_id: user.user_id,
            nickname: user.user_nickname,
            source: user.from.map(|source| source.to_string()),
            paid_yuan: user.pay_sum.and_then(|fen| fen.to_yuan()), // this version counts in fen
            created: user.user_created_at,
        }
    }
}

/// Writes the users of both versions; how many there were.
///
/// # Errors
/// Those of the pulls, and those of the file.
pub async fn export(client: &Client, out: impl Write) -> Result<u64, Box<dyn Error>> {
    let mut writer = csv::Writer::from_writer(out);
    let mut rows = 0;
    let mut users = client.user().list(UserList::new()).paginate().items();
    while let Some(user) = users.next().await? {
        writer.serialize(Buyer::from(user))?;
        rows += 1;
    }
    let mut users = client.user().list_v2(UserListV2::new()).paginate().items();
    while let Some(user) = users.next().await? {
        writer.serialize(Buyer::from(user))?;
        rows += 1;
    }
    writer.flush()?;
    Ok(rows)
}

/// Reads the table back.
///
/// # Errors
/// Those of the file.
pub fn import(table: impl Read) -> Result<Vec<Buyer>, csv::Error> {
    csv::Reader::from_reader(table).into_deserialize().collect()
}
