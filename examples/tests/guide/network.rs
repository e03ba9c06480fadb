//! "Proxies and allow-lists".

use std::{error::Error, time::Duration};

use xiaoe_client::{Client, Credentials};

fn through_a_proxy(credentials: Credentials) -> Result<Client, Box<dyn Error>> {
    let client = Client::builder(credentials)
        .http(|http| http.proxy("http://user:password@10.0.0.7:3128").connect_timeout(Duration::from_secs(5)))
        .build()?;
    Ok(client)
}

fn through_one_that_looks_into_tls(credentials: Credentials, pem: Vec<u8>) -> Result<Client, Box<dyn Error>> {
    let client =
        Client::builder(credentials).http(|http| http.proxy_from_env().root_certificate(pem).header("x-department", "crm")).build()?;
    Ok(client)
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_when_the_client_is_built() {
    let given = Credentials::new("app_made_up", "client_made_up", "made-up");
    assert!(through_a_proxy(given.clone()).is_ok());
    assert!(through_one_that_looks_into_tls(given, b"no certificate".to_vec()).is_err());
}
