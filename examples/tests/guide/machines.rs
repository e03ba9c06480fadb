//! "Several machines".

use std::{collections::BTreeMap, error::Error, sync::Arc, time::Duration};

use scrm_mock::Mock;
use xiaoe_client::{BoxError, Builder, Client, Credentials, FileStore, Token, TokenSource, async_trait, token, user::UserList};

/// Asks the company's own service, which alone fetches tokens.
struct OurService {
    client: Client,
    given: BTreeMap<String, String>,
}

#[async_trait]
impl TokenSource for OurService {
    async fn token(&self) -> Result<Token, BoxError> {
        let (token, seconds) = self.ask().await?;
        Ok(Token::new(token).with_expires_in(Duration::from_secs(seconds)))
    }
}

impl OurService {
    /// In this test the service is the vendor in a box itself.
    async fn ask(&self) -> Result<(String, u64), BoxError> {
        let given = &self.given;
        let grant = token::GrantType::ClientCredential;
        let request = token::Token::new(&given["app_id"], &given["client_id"], &given["secret_key"], grant);
        let answer = self.client.fetch_token(request).await?;
        Ok((answer.data.access_token.unwrap_or_default(), 7200))
    }
}

#[allow(dead_code, reason = "shows what can be written")]
fn on_one_machine(credentials: Credentials) -> Result<Builder<Client>, Box<dyn Error>> {
    let builder = Client::builder(credentials).token_store(Arc::new(FileStore::new("/var/lib/our-job/tokens")?));
    Ok(builder)
}

#[allow(dead_code, reason = "shows what can be written")]
async fn on_many_machines(credentials: Credentials) -> Result<Client, Box<dyn Error>> {
    let redis = "rediss://:password@10.0.0.9:6380";
    let store = scrm_redis::RedisStore::new(redis)?;
    store.ping().await?; // now, rather than at the first call: is it there, and no cluster?
    let client =
        Client::builder(credentials).token_store(Arc::new(store)).shared_quota(Arc::new(scrm_redis::RedisQuota::new(redis)?)).build()?;
    Ok(client)
}

fn from_a_service(builder: Builder<Client>, service: OurService) -> Builder<Client> {
    builder.token_source(Arc::new(service))
}

#[tokio::test]
async fn a_service_gives_the_token() {
    let mock = Mock::builder().customers(3).start().await.unwrap();
    let service = OurService { client: crate::client(&mock), given: mock.credentials("xiaoe") };
    let client = from_a_service(Client::builder(crate::credentials(&mock, 0)).base_url(mock.base_url("xiaoe")), service).build().unwrap();
    for _ in 0..3 {
        client.user().list(UserList::new()).await.unwrap();
    }
    assert_eq!(mock.token_fetches("xiaoe"), 1);
}
