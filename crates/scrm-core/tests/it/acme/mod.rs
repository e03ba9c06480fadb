//! Clients of the made-up vendor, the vendor as a server, and a transport that answers by script.

pub mod loopback;
pub mod script;

use std::{sync::Arc, time::Duration};

use acme_client::{Client, VENDOR, person::PersonList};
use scrm_core::{Builder, CredentialSet};

pub use self::script::{Act, Script};

pub const SECRET: &str = "s3cr3t-of-acme-0001";

pub fn credentials(app_id: &str) -> CredentialSet {
    CredentialSet::new(&VENDOR).with("app_id", app_id).with("app_secret", SECRET)
}

pub fn builder(script: &Arc<Script>) -> Builder<Client> {
    Builder::new(credentials("app-1")).transport(script.clone())
}

/// A client over a script.
pub fn client(acts: impl IntoIterator<Item = Act>) -> (Client, Arc<Script>) {
    let script = Script::new(acts);
    (builder(&script).build().unwrap(), script)
}

/// A list without a quota of its own, in pages that are short to write.
pub fn persons() -> PersonList {
    PersonList::new().with_page_size(2)
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
