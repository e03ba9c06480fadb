//! Calls that prove in different ways who calls: several kinds of token, a signature, several base URLs.

use std::{
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use scrm_core::{
    ApiClient, Builder, CredentialSet, Error, ErrorKind, MemoryStore, Sent, SigningInputs, Token, TokenSource, async_trait, declare,
    declare::FromApiClient, operation::Vendor, spec::*, token::BoxError, transport::TransportErrorKind as Wire,
};
use serde_json::{Value, json};

use crate::acme::{Act, Script};

const SECRET: &str = "s1gning-secret-of-apex";

/// A digest without a crate of its own.
fn digest(text: &[u8]) -> String {
    hmac_sha256::Hash::hash(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

static TOKEN_GET: OperationSpec = OperationSpec::new("token_get", Method::Get, "/token").body(BodyKind::Query);
static PARTNER_TOKEN_GET: OperationSpec = OperationSpec::new("partner_token_get", Method::Get, "/partner/token").body(BodyKind::Query);
static ACCESS: TokenSpec = TokenSpec::new("access", &TOKEN_GET, "/data/access_token", TokenPlace::Header("X-Token"))
    .parameters(&[("app_id", TokenParameter::Credential("app_id")), ("secret", TokenParameter::Credential("app_secret"))])
    .lifetime(7200);
static PARTNER: TokenSpec = TokenSpec::new("partner", &PARTNER_TOKEN_GET, "/data/access_token", TokenPlace::Header("X-Partner"))
    .parameters(&[("id", TokenParameter::Credential("partner_id")), ("secret", TokenParameter::Credential("partner_secret"))])
    .lifetime(7200);
static SIGNED: SignatureSpec = SignatureSpec::new(
    "signed",
    digest,
    &[
        ("key", SignatureParameter::Credential("key")),
        ("nonce", SignatureParameter::Nonce(6)),
        ("timestamp", SignatureParameter::Milliseconds),
    ],
    ("secret", "signing_secret"),
    "sign",
);
static UNTYPED: OperationSpec = OperationSpec::new("call_raw", Method::Post, "").token(&ACCESS);
static VENDOR: VendorSpec = VendorSpec::new(
    "apex",
    Label::new("Apex", "示例"),
    "https://api.apex.example/v1",
    EnvelopeSpec::new("code", &["msg"], "data", &["0"]),
    &UNTYPED,
)
.base_urls(&BASE_URLS)
.tokens(&[&ACCESS, &PARTNER])
.signatures(&[&SIGNED])
.credentials(&[
    CredentialSpec::new("app_id", "APEX_APP_ID", "App", "应用"),
    CredentialSpec::new("app_secret", "APEX_APP_SECRET", "Secret", "密钥").secret(),
    CredentialSpec::new("operator", "APEX_OPERATOR", "Acting user", "操作人").optional(),
    CredentialSpec::new("partner_id", "APEX_PARTNER_ID", "Partner", "合作方").optional(),
    CredentialSpec::new("partner_secret", "APEX_PARTNER_SECRET", "Secret", "密钥").secret().optional(),
    CredentialSpec::new("key", "APEX_KEY", "Key", "编号").optional(),
    CredentialSpec::new("signing_secret", "APEX_SIGNING_SECRET", "Secret", "密钥").secret().optional(),
])
.errors(&[ErrorRule::code("401", Action::RefreshToken, "token invalid", "令牌无效"), ErrorRule::code("8", Action::Retry, "busy", "忙")]);
static BASE_URLS: [BaseUrlSpec; 1] = [BaseUrlSpec::new("files", "https://files.apex.example", "Files", "文件")];

/// The vendor, as a type.
pub enum Apex {}

impl Vendor for Apex {
    fn spec() -> &'static VendorSpec {
        &VENDOR
    }
}

/// A call with the usual token, with the partner's, and a signed one at another base URL.
macro_rules! operation {
    ($type:ident, $spec:ident, $facts:expr) => {
        declare::request! {
            /// Names somebody.
            pub struct $type {
                "Name." "名称。"
                name: Option<String> as Str = "name", optional, with_name(impl Into<String>);
            }
            numbers(0)
            /// Nothing is required.
            new()
        }
        declare::operation! {
            impl Operation for $type, of Apex, answers Option<Value>;
            pub static $spec = $facts;
        }
    };
}
operation!(Usual, USUAL, OperationSpec::new("usual", Method::Post, "/usual").token(&ACCESS));
operation!(Partners, PARTNERS, OperationSpec::new("partners", Method::Post, "/partners").token(&PARTNER));
operation!(
    Merge,
    MERGE,
    OperationSpec::new("merge", Method::Post, "/merge").base_url("files").signature(&SIGNED).access(Access::WriteSafeToRepeat)
);

#[derive(Clone, Debug)]
struct Client(ApiClient);

impl FromApiClient for Client {
    fn from_api_client(client: ApiClient) -> Self {
        Client(client)
    }
}

fn usual() -> CredentialSet {
    CredentialSet::new(&VENDOR).with("app_id", "app-1").with("app_secret", "app-s3cret-0001")
}

fn all() -> CredentialSet {
    let partner = usual().with("partner_id", "p-1").with("partner_secret", "partner-s3cret-01");
    partner.with("key", "key-1").with("signing_secret", SECRET)
}

fn builder(credentials: CredentialSet, script: &Arc<Script>) -> Builder<Client> {
    Builder::new(credentials).transport(script.clone())
}

fn client(credentials: CredentialSet, acts: impl IntoIterator<Item = Act>) -> (Client, Arc<Script>) {
    let script = Script::new(acts);
    (builder(credentials, &script).build().unwrap(), script)
}

fn headers(script: &Script, name: &str) -> Vec<String> {
    let header =
        |request: &scrm_core::HttpRequest| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_string());
    script.seen().iter().filter_map(header).collect()
}

/// A clock that goes on by a second each time it is asked, and nonces that are counted.
#[derive(Default)]
struct Counted(AtomicU64);

impl SigningInputs for Counted {
    fn unix_millis(&self) -> u64 {
        1_700_000_000_000 + self.0.load(Ordering::Relaxed) * 1000
    }
    fn nonce(&self, length: u8) -> String {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        format!("{number:0width$}", width = length.into())
    }
}

/// The same clock and nonce for ever.
struct Fixed;

impl SigningInputs for Fixed {
    fn unix_millis(&self) -> u64 {
        1_700_000_000_123
    }
    fn nonce(&self, length: u8) -> String {
        "A".repeat(length.into())
    }
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_token_is_got_kept_and_refreshed_on_its_own() {
    let (client, script) = client(all(), vec![Act::ok("{}"), Act::ok("{}"), Act::code(401), Act::ok("{}"), Act::ok("{}")]);
    client.0.call(Usual::new()).await.unwrap();
    client.0.call(Partners::new()).await.unwrap();
    assert_eq!(client.0.call(Partners::new()).await.unwrap().meta.attempts, 2);
    client.0.call(Usual::new()).await.unwrap();
    assert_eq!(headers(&script, "X-Token"), ["t0ken-of-acme-1", "t0ken-of-acme-1"]);
    assert_eq!(headers(&script, "X-Partner"), ["t0ken-of-acme-2", "t0ken-of-acme-2", "t0ken-of-acme-3"]);
    assert_eq!(script.tokens(), 3);
}

#[tokio::test(start_paused = true)]
async fn many_callers_fetch_each_kind_once() {
    let (client, script) = client(all(), vec![Act::ok("{}"); 40]);
    let usual = (0..20).map(|_| client.0.call(Usual::new()).send());
    let partners = (0..20).map(|_| client.0.call(Partners::new()).send());
    let (usual, partners) = tokio::join!(futures_util::future::join_all(usual), futures_util::future::join_all(partners));
    assert!(usual.into_iter().chain(partners).all(|outcome| outcome.is_ok()));
    assert_eq!(script.tokens(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_configured_is_told_before_anything_is_sent() {
    let (client, script) = client(usual(), []);
    let error = client.0.call(Partners::new()).await.unwrap_err();
    insta::assert_snapshot!(error);
    assert_eq!((error.kind(), error.sent(), error.attempts()), (ErrorKind::Config, Sent::No, 0));
    insta::assert_snapshot!(client.0.call(Merge::new()).await.unwrap_err());
    assert_eq!((script.seen().len(), script.tokens()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_client_can_be_for_one_proof_alone() {
    let signing = CredentialSet::new(&VENDOR).with("key", "key-1").with("signing_secret", SECRET);
    let (client, script) = client(signing.clone(), [Act::ok("{}")]);
    client.0.call(Merge::new()).await.unwrap();
    assert_eq!(script.tokens(), 0);
    insta::assert_snapshot!(client.0.call(Usual::new()).await.unwrap_err());
    // A half is no whole, and a slip in what is required is told.
    for missing in [CredentialSet::new(&VENDOR).with("key", "key-1"), signing.with("app_id", "app-1"), CredentialSet::new(&VENDOR)] {
        let error = Builder::<Client>::new(missing).build().unwrap_err().to_string();
        assert!(error.contains("app_secret"), "{error}");
    }
}

/// Gives a token that names its kind, and counts.
struct Service(&'static str, Mutex<u32>);

#[async_trait]
impl TokenSource for Service {
    async fn token(&self) -> Result<Token, BoxError> {
        *self.1.lock().unwrap() += 1;
        Ok(Token::new(self.0))
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_and_sources_are_given_by_kind() {
    let script = Script::new(vec![Act::ok("{}"); 4]);
    let service = Arc::new(Service("of the service", Mutex::default()));
    let client = builder(usual(), &script).token("mine").token_source_for("partner", service.clone()).build().unwrap();
    client.0.call(Usual::new()).await.unwrap();
    client.0.call(Partners::new()).await.unwrap();
    let client = builder(usual(), &script).token_for("partner", "theirs").token_source_for("partner", service.clone()).build().unwrap();
    client.0.call(Partners::new()).await.unwrap();
    assert_eq!(headers(&script, "X-Token"), ["mine"]);
    assert_eq!(headers(&script, "X-Partner"), ["of the service", "theirs"]);
    assert_eq!((script.tokens(), *service.1.lock().unwrap()), (0, 1));
    let refused = builder(usual(), &script).token_for("prtner", "x").build().unwrap_err();
    insta::assert_snapshot!(refused);
}

#[tokio::test(start_paused = true)]
async fn an_account_is_what_its_token_is_got_with() {
    // An optional credential more is no other account: its token must not end that of the program without it.
    let (script, store) = (Script::new(vec![Act::ok("{}"); 3]), Arc::new(MemoryStore::new()));
    for credentials in [usual(), usual().with("operator", "u-1"), all()] {
        let client = builder(credentials, &script).token_store(store.clone()).build().unwrap();
        client.0.call(Usual::new()).await.unwrap();
    }
    assert_eq!(script.tokens(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_signed_anew_and_goes_to_its_own_base_url() {
    let script = Script::new([Act::code(8), Act::Fail(Wire::Broken, Sent::No), Act::ok("true")]);
    let client = builder(all(), &script).signing_inputs(Arc::new(Counted::default())).build().unwrap();
    let response = client.0.call(Merge::new().with_name("王小明")).await.unwrap();
    assert_eq!((response.meta.attempts, script.tokens()), (3, 0));
    for (number, (request, body)) in script.seen().iter().zip(script.bodies()).enumerate() {
        assert_eq!(request.url, "https://files.apex.example/merge");
        // The clock is asked after the nonce was drawn.
        let time = 1_700_000_000_000_u64 + (number as u64 + 1) * 1000;
        let text = format!("key=key-1&name=王小明&nonce={number:06}&secret={SECRET}&timestamp={time}");
        let wanted = json!({ "sign": digest(text.as_bytes()), "key": "key-1", "nonce": format!("{number:06}"), "timestamp": time.to_string(), "name": "王小明" });
        assert_eq!(body, wanted);
        assert!(request.headers.iter().all(|(name, _)| !name.starts_with("X-")));
    }
}

#[test]
fn what_is_shown_before_it_is_sent_holds_no_signature() {
    let (client, _script) = client(all(), []);
    let shown = client.0.call(Merge::new().with_name("a")).encode().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&shown.body).unwrap(), json!({ "name": "a" }));
    assert_eq!(shown.url, "https://files.apex.example/merge");
}

/// The base URLs that a usual and a signed call go to.
fn urls(builder: Builder<Client>) -> [String; 2] {
    let client = builder.build().unwrap();
    [client.0.call(Usual::new()).encode().unwrap().url, client.0.call(Merge::new()).encode().unwrap().url]
}

#[test]
fn one_base_url_stands_for_all_and_one_of_a_name_goes_before_it() {
    let plain = || Builder::<Client>::new(all());
    assert_eq!(urls(plain()), ["https://api.apex.example/v1/usual", "https://files.apex.example/merge"]);
    assert_eq!(urls(plain().base_url("http://127.0.0.1:1/box")), ["http://127.0.0.1:1/box/usual", "http://127.0.0.1:1/box/merge"]);
    let both = plain().base_url_for("files", "http://127.0.0.1:2").base_url("http://127.0.0.1:1");
    assert_eq!(urls(both), ["http://127.0.0.1:1/usual", "http://127.0.0.1:2/merge"]);
    let refused = |builder: Builder<Client>| builder.build().map(|_| ()).map_err(|error: Error| error.to_string()).unwrap_err();
    let unknown = refused(plain().base_url_for("fles", "http://127.0.0.1:2"));
    assert!(unknown.contains("no base URL of the name \"fles\"") && unknown.contains("files"), "{unknown}");
    let open = refused(plain().base_url_for("files", "http://files.apex.example"));
    assert!(open.contains("the base URL \"files\" cannot be used") && open.contains("allow_plain_http"), "{open}");
    urls(plain().base_url_for("files", "http://files.apex.example").allow_plain_http());
}

#[test]
fn the_environment_names_base_urls_too() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proofs::child_with_two_base_urls", "--test-threads=1"])
        .envs([("APEX_BASE_URL", "http://127.0.0.1:1"), ("APEX_FILES_BASE_URL", "http://127.0.0.1:2"), ("SCRM_TEST_CHILD", "1")])
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}{}", String::from_utf8_lossy(&child.stderr));
}

#[test]
fn child_with_two_base_urls() {
    if std::env::var_os("SCRM_TEST_CHILD").is_none() {
        return;
    }
    let plain = || Builder::<Client>::new(all());
    assert_eq!(urls(plain()), ["http://127.0.0.1:1/usual", "http://127.0.0.1:2/merge"]);
    assert_eq!(urls(plain().base_url("http://127.0.0.1:3")), ["http://127.0.0.1:3/usual", "http://127.0.0.1:3/merge"]);
}

/// Everything that can be printed of an error.
fn tell(error: &Error) -> String {
    let chain = format!("{error} {error:?} {error:#?} {:?} {:?}", error.vendor_message(), error.raw_body());
    chain + &serde_json::to_string(error).unwrap()
}

#[tokio::test(start_paused = true)]
async fn neither_signature_nor_secret_is_shown() {
    let build = |script: &Arc<Script>| builder(all(), script).signing_inputs(Arc::new(Fixed)).build().unwrap();
    let script = Script::new([Act::ok("{}")]);
    build(&script).0.call(Merge::new()).await.unwrap();
    let signature = script.bodies()[0]["sign"].as_str().unwrap().to_owned();
    let upper: String = signature.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let echo = format!("{signature} {upper} {SECRET}");
    let body = format!(r#"{{"code":7,"msg":"{echo}","data":{{"sign":"{echo}","{echo}":1}}}}"#);
    let page = |status| Act::Body(status, format!("<html>{echo}</html>"));
    for act in [Act::Body(200, body), page(200), page(401), page(502), Act::Body(200, format!("{{\"code\":0,\"data\":{{\"x\":\"{echo}"))] {
        let script = Script::new(vec![act; 5]);
        let client = build(&script);
        let error = client.0.call(Merge::new()).strict(true).await.unwrap_err();
        let told = format!("{} {client:?} {:?} {:?}", tell(&error), script.seen(), client.0.drift());
        for canary in [signature.as_str(), &upper, SECRET] {
            assert!(!told.contains(canary), "{canary} in {told}");
        }
    }
}
