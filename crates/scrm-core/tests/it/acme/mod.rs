//! A made-up vendor, its client, and a transport that answers by script.

pub mod loopback;
pub mod operations;
pub mod script;

use std::{sync::Arc, time::Duration};

use scrm_core::{
    ApiClient, Builder, CredentialSet, Customer, CustomerKey, CustomerStream, ErasedCall, Error, KeyKind, ResponseMeta, VendorClient,
    async_trait, declare::FromApiClient, operation::Vendor, spec::*, vendor_client,
};

use self::operations::{LOOKUP, Lookup, TAG_SET, TOKEN_GET, UNTYPED, UPDATE, USER_LIST, VISIT_LIST};
pub use self::{
    operations::{Update, User, UserList, VisitList},
    script::{Act, Script},
};

pub const SECRET: &str = "s3cr3t-of-acme-0001";

pub static TOKEN: TokenSpec = ACCESS;
pub const ACCESS: TokenSpec = TokenSpec::new("access", &TOKEN_GET, "/data/access_token", TokenPlace::Body("access_token"))
    .parameters(&[
        ("app_id", TokenParameter::Credential("app_id")),
        ("secret", TokenParameter::Credential("secret")),
        ("grant", TokenParameter::Constant("client")),
    ])
    .expires_in("/data/expires_in")
    .lifetime(7200)
    .overlap(300);

const fn rule(code: &'static str, en: &'static str, action: Action) -> ErrorRule {
    ErrorRule::code(code, action, en, "含义")
}

static TOKENS: &[&TokenSpec] = &[&TOKEN];

pub static VENDOR: VendorSpec = ACME;
pub const ENVELOPE: EnvelopeSpec = EnvelopeSpec::new("code", &["msg"], "data", &["0"]).others(&["request_id"]);
pub const ACME: VendorSpec = VendorSpec::new("acme", Label::new("Acme", "艾克米"), "https://api.acme.example/v1", ENVELOPE, &UNTYPED)
    .doc_url("https://docs.acme.example")
    .tokens(TOKENS)
    .credentials(&[
        CredentialSpec::new("app_id", "ACME_APP_ID", "App", "应用"),
        CredentialSpec::new("secret", "ACME_SECRET", "Secret", "密钥").secret(),
    ])
    .errors(&[
        rule("4001", "token invalid", Action::RefreshToken),
        rule("4290", "too fast", Action::Wait),
        rule("4291", "a burst", Action::SlowDown),
        rule("5001", "nothing done", Action::Retry),
        rule("5002", "perhaps done", Action::RetryReads),
        rule("3000", "wrong parameter", Action::FixRequest),
        rule("3001", "no permission", Action::FixConfig),
        rule("9", "vendor's nine", Action::Fail),
        rule("7", "seven", Action::Fail),
        rule("7", "seven, later", Action::Retry).message("try later"),
    ])
    .operations(&["lookup", "tag_set", "token_get", "update", "user_list", "visit_list"]);

/// The vendor, as a type.
pub enum Acme {}

impl Vendor for Acme {
    fn spec() -> &'static VendorSpec {
        &VENDOR
    }
}

pub static OPERATIONS: &[&OperationSpec] = &[&LOOKUP, &TAG_SET, &TOKEN_GET, &UPDATE, &USER_LIST, &VISIT_LIST];

/// As a generated client looks.
#[derive(Clone, Debug)]
pub struct Client(pub ApiClient);

impl FromApiClient for Client {
    fn from_api_client(client: ApiClient) -> Self {
        Client(client)
    }
}

#[async_trait]
impl VendorClient for Client {
    fn vendor(&self) -> &'static VendorSpec {
        &VENDOR
    }
    fn operations(&self) -> &'static [&'static OperationSpec] {
        OPERATIONS
    }
    async fn execute(&self, call: ErasedCall<'_>) -> Result<ResponseMeta, Error> {
        call.send(&self.0).await
    }
    async fn find_customers(&self, key: &CustomerKey) -> Result<Vec<Customer>, Error> {
        match key.kind() {
            KeyKind::Phone => vendor_client::find_in_pages(&self.0, UserList::new().with_phone(key.value()), key, false).await,
            KeyKind::Id => vendor_client::find(&self.0, Lookup::new(key.value()), key, true).await,
            other => Err(vendor_client::cannot_find(&VENDOR, other, &[KeyKind::Phone, KeyKind::Id])),
        }
    }
    fn list_customers(&self) -> CustomerStream<'_> {
        vendor_client::list(&self.0, UserList::new())
    }
}

pub fn credentials(app_id: &str) -> CredentialSet {
    CredentialSet::new(&VENDOR).with("app_id", app_id).with("secret", SECRET)
}

pub fn builder(script: &Arc<Script>) -> Builder<Client> {
    Builder::new(credentials("app-1")).transport(script.clone())
}

/// A client over a script.
pub fn client(acts: impl IntoIterator<Item = Act>) -> (Client, Arc<Script>) {
    let script = Script::new(acts);
    (builder(&script).build().unwrap(), script)
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
