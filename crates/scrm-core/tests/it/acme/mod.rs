//! A made-up vendor, its client, and a transport that answers by script.

pub mod loopback;
pub mod operations;
pub mod script;

use std::{sync::Arc, time::Duration};

use scrm_core::{
    ApiClient, Builder, CredentialSet, Customer, CustomerKey, CustomerStream, Error, KeyKind, RequestBody, ResponseMeta, VendorClient,
    async_trait, client::CallOptions, spec::*, table::Payload, vendor_client,
};

use self::operations::{LOOKUP, Lookup, TAG_SET, TOKEN_GET, UNTYPED, UPDATE, USER_LIST, VISIT_LIST};
pub use self::{
    operations::{Update, User, UserList, VisitList},
    script::{Act, Script},
};

pub const SECRET: &str = "s3cr3t-of-acme-0001";

pub static TOKEN: TokenSpec = ACCESS;
pub const ACCESS: TokenSpec = TokenSpec {
    name: "access",
    operation: &TOKEN_GET,
    parameters: &[
        ("app_id", TokenParameter::Credential("app_id")),
        ("secret", TokenParameter::Credential("secret")),
        ("grant", TokenParameter::Constant("client")),
    ],
    value: "/data/access_token",
    expires_in: Some("/data/expires_in"),
    lifetime: 7200,
    renew_below: 0,
    overlap: 300,
    place: TokenPlace::Body("access_token"),
};

const fn rule(code: &'static str, en: &'static str, action: Action) -> ErrorRule {
    ErrorRule { code: Some(code), message: None, meaning: Label { zh: "含义", en }, action, evidence: Evidence::Documented }
}

pub static VENDOR: VendorSpec = ACME;
pub const ACME: VendorSpec = VendorSpec {
    name: "acme",
    title: Label { zh: "艾克米", en: "Acme" },
    doc_url: "https://docs.acme.example",
    base_url: "https://api.acme.example/v1",
    envelope: EnvelopeSpec { code: "code", message: &["msg"], data: "data", success: &["0"], others: &["request_id"], code_is_text: false },
    tokens: &[&TOKEN],
    credentials: &[
        CredentialSpec { name: "app_id", env: "ACME_APP_ID", title: Label { zh: "应用", en: "App" }, secret: false, required: true },
        CredentialSpec { name: "secret", env: "ACME_SECRET", title: Label { zh: "密钥", en: "Secret" }, secret: true, required: true },
    ],
    errors: &[
        rule("4001", "token invalid", Action::RefreshToken),
        rule("4290", "too fast", Action::Wait),
        rule("4291", "a burst", Action::SlowDown),
        rule("5001", "nothing done", Action::Retry),
        rule("5002", "perhaps done", Action::RetryReads),
        rule("3000", "wrong parameter", Action::FixRequest),
        rule("3001", "no permission", Action::FixConfig),
        rule("9", "vendor's nine", Action::Fail),
        rule("7", "seven", Action::Fail),
        ErrorRule { message: Some("try later"), ..rule("7", "seven, later", Action::Retry) },
    ],
    untyped: &UNTYPED,
    operations: &["lookup", "tag_set", "token_get", "update", "user_list", "visit_list"],
};

pub static OPERATIONS: &[&OperationSpec] = &[&LOOKUP, &TAG_SET, &TOKEN_GET, &UPDATE, &USER_LIST, &VISIT_LIST];

/// As a generated client looks.
#[derive(Clone, Debug)]
pub struct Client(pub ApiClient);

impl From<ApiClient> for Client {
    fn from(core: ApiClient) -> Self {
        Client(core)
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
    async fn execute(
        &self,
        outgoing: RequestBody<'_>,
        spec: &'static OperationSpec,
        options: &CallOptions,
        data: &mut dyn Payload,
    ) -> Result<ResponseMeta, Error> {
        self.0.execute(outgoing, spec, options, data).await
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
