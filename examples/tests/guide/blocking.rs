//! "Without tokio".

use scrm_mock::Mock;
use xiaoe_client::{Credentials, Error, blocking::Client, user::UserList};

fn names(client: &Client) -> Result<Vec<String>, Error> {
    let first = client.user().list(UserList::new().with_page_size(3)).send()?; // `send()` where async code says `.await`
    println!("{:?} users in all", first.data.total);

    let mut names = Vec::new();
    for user in client.user().list(UserList::new()).paginate().items() {
        names.extend(user?.user_nickname);
    }
    Ok(names)
}

fn client(credentials: Credentials, base_url: String) -> Result<Client, Error> {
    Client::builder(credentials).base_url(base_url).build()
}

#[test]
fn a_program_without_async_has_the_same_calls() {
    let mock = Mock::builder().customers(120).start_blocking().unwrap();
    let client = client(crate::credentials(&mock, 0), mock.base_url("xiaoe")).unwrap();
    assert_eq!(names(&client).unwrap().len(), 120);
}
