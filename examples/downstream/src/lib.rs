//! A program of a user of the clients: its production code knows the client alone.

pub mod table;

use xiaoe_client::{Client, Error, user::UserList};

/// The nickname of the user with this phone number.
///
/// # Errors
/// Those of the call.
pub async fn nickname(client: &Client, phone: &str) -> Result<Option<String>, Error> {
    let found = client.user().list(UserList::new().with_phone(phone)).await?;
    Ok(found.data.list.into_iter().next().and_then(|user| user.user_nickname))
}
