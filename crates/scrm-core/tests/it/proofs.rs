//! Calls that prove in different ways who calls: several kinds of token, a signature, several base URLs.

use std::{
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use acme_client::{
    Client, VENDOR,
    member::{MemberFileGet, MemberMerge, PartnerList},
};
use scrm_core::{
    Builder, CredentialSet, Error, ErrorKind, MemoryStore, Sent, SigningInputs, Token, TokenSource, async_trait, sign::sha1_hex,
    token::BoxError, transport::TransportErrorKind as Wire,
};
use serde_json::{Value, json};

use crate::acme::{Act, SECRET, Script, credentials, persons};

/// What the usual token and the older signature are made with.
fn usual() -> CredentialSet {
    credentials("app-1")
}

fn all() -> CredentialSet {
    let partner = usual().with("partner_id", "p-1").with("partner_secret", "partner-s3cret-01");
    partner.with("gateway_key", "key-1").with("gateway_secret", GATEWAY_SECRET)
}

const GATEWAY_SECRET: &str = "s1gning-secret-of-acme";

fn builder(credentials: CredentialSet, script: &Arc<Script>) -> Builder<Client> {
    Builder::new(credentials).transport(script.clone())
}

fn client(credentials: CredentialSet, acts: impl IntoIterator<Item = Act>) -> (Client, Arc<Script>) {
    let script = Script::new(acts);
    (builder(credentials, &script).build().unwrap(), script)
}

/// Signed with the usual credentials, in the body, at another base URL.
fn merge() -> MemberMerge {
    MemberMerge::new(["m_1"])
}

/// Signed with the gateway's credentials, in headers.
fn file() -> MemberFileGet {
    MemberFileGet::new("m_1")
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
    let (client, script) = client(all(), vec![Act::ok("{}"), Act::ok("{}"), Act::code(12), Act::ok("{}"), Act::ok("{}")]);
    client.call(persons()).await.unwrap();
    client.call(PartnerList::new()).await.unwrap();
    assert_eq!(client.call(PartnerList::new()).await.unwrap().meta.attempts, 2);
    client.call(persons()).await.unwrap();
    assert_eq!(script.tokens_sent(), ["t0ken-of-acme-1", "t0ken-of-acme-1"]);
    assert_eq!(script.headers("X-Acme-Partner"), ["t0ken-of-acme-2", "t0ken-of-acme-2", "t0ken-of-acme-3"]);
    assert_eq!(script.tokens(), 3);
}

#[tokio::test(start_paused = true)]
async fn many_callers_fetch_each_kind_once() {
    let (client, script) = client(all(), vec![Act::ok("{}"); 40]);
    let usual = (0..20).map(|_| client.call(persons()).send());
    let partners = (0..20).map(|_| client.call(PartnerList::new()).send());
    let (usual, partners) = tokio::join!(futures_util::future::join_all(usual), futures_util::future::join_all(partners));
    assert!(usual.iter().all(Result::is_ok) && partners.iter().all(Result::is_ok));
    assert_eq!(script.tokens(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_configured_is_told_before_anything_is_sent() {
    let (client, script) = client(usual(), []);
    let error = client.call(PartnerList::new()).await.unwrap_err();
    insta::assert_snapshot!(error);
    assert_eq!((error.kind(), error.sent(), error.attempts()), (ErrorKind::Config, Sent::No, 0));
    insta::assert_snapshot!(client.call(file()).await.unwrap_err());
    assert_eq!((script.seen().len(), script.tokens()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_client_can_be_for_one_proof_alone() {
    let signing = CredentialSet::new(&VENDOR).with("gateway_key", "key-1").with("gateway_secret", GATEWAY_SECRET);
    let (client, script) = client(signing.clone(), [Act::ok("{}")]);
    client.call(file()).await.unwrap();
    assert_eq!(script.tokens(), 0);
    insta::assert_snapshot!(client.call(persons()).await.unwrap_err());
    // A half is no whole, and a slip in what is required is told.
    for missing in [CredentialSet::new(&VENDOR).with("gateway_key", "key-1"), signing.with("app_id", "app-1"), CredentialSet::new(&VENDOR)]
    {
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
    client.call(persons()).await.unwrap();
    client.call(PartnerList::new()).await.unwrap();
    let client = builder(usual(), &script).token_for("partner", "theirs").token_source_for("partner", service.clone()).build().unwrap();
    client.call(PartnerList::new()).await.unwrap();
    assert_eq!(script.tokens_sent(), ["mine"]);
    assert_eq!(script.headers("X-Acme-Partner"), ["of the service", "theirs"]);
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
        client.call(persons()).await.unwrap();
    }
    assert_eq!(script.tokens(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_signed_anew_and_goes_to_its_own_base_url() {
    let script = Script::new([Act::code(10), Act::Fail(Wire::Broken, Sent::No), Act::ok("true")]);
    let client = builder(all(), &script).signing_inputs(Arc::new(Counted::default())).build().unwrap();
    let response = client.call(merge().with_remark("王小明")).await.unwrap();
    assert_eq!((response.meta.attempts, script.tokens()), (3, 0));
    for (number, (request, body)) in script.seen().iter().zip(script.bodies()).enumerate() {
        assert_eq!(request.url, "https://files.acme.example/v2/member/merge");
        // The clock is asked after the nonce was drawn.
        let time = 1_700_000_000_000_u64 + (number as u64 + 1) * 1000;
        let text = format!("app_id=app-1&member_ids=[\"m_1\"]&nonce={number:06}&remark=王小明&secret={SECRET}&timestamp={time}");
        let wanted = json!({
            "signature": sha1_hex(text.as_bytes()), "app_id": "app-1", "nonce": format!("{number:06}"), "timestamp": time.to_string(),
            "member_ids": ["m_1"], "remark": "王小明"
        });
        assert_eq!(body, wanted);
        assert!(request.headers.iter().all(|(name, _)| !name.starts_with("X-")));
    }
}

#[test]
fn what_is_shown_before_it_is_sent_holds_no_signature() {
    let (client, _script) = client(all(), []);
    let shown = client.call(merge().with_remark("a")).encode().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&shown.body).unwrap(), json!({ "member_ids": ["m_1"], "remark": "a" }));
    assert_eq!(shown.url, "https://files.acme.example/v2/member/merge");
}

/// The base URLs that a usual and a signed call go to.
fn urls(builder: Builder<Client>) -> [String; 2] {
    let client = builder.build().unwrap();
    [client.call(persons()).encode().unwrap().url, client.call(merge()).encode().unwrap().url]
}

#[test]
fn one_base_url_stands_for_all_and_one_of_a_name_goes_before_it() {
    let plain = || Builder::<Client>::new(all());
    assert_eq!(urls(plain()), ["https://api.acme.example/open/v1/person/list", "https://files.acme.example/v2/member/merge"]);
    assert_eq!(
        urls(plain().base_url("http://127.0.0.1:1/box")),
        ["http://127.0.0.1:1/box/person/list", "http://127.0.0.1:1/box/member/merge"]
    );
    let both = plain().base_url_for("files", "http://127.0.0.1:2").base_url("http://127.0.0.1:1");
    assert_eq!(urls(both), ["http://127.0.0.1:1/person/list", "http://127.0.0.1:2/member/merge"]);
    let refused = |builder: Builder<Client>| builder.build().map(|_| ()).map_err(|error: Error| error.to_string()).unwrap_err();
    let unknown = refused(plain().base_url_for("fles", "http://127.0.0.1:2"));
    assert!(unknown.contains("no base URL of the name \"fles\"") && unknown.contains("files"), "{unknown}");
    let open = refused(plain().base_url_for("files", "http://files.acme.example"));
    assert!(open.contains("the base URL \"files\" cannot be used") && open.contains("allow_plain_http"), "{open}");
    urls(plain().base_url_for("files", "http://files.acme.example").allow_plain_http());
}

#[test]
fn the_environment_names_base_urls_too() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "proofs::child_with_two_base_urls", "--test-threads=1"])
        .envs([("ACME_BASE_URL", "http://127.0.0.1:1"), ("ACME_FILES_BASE_URL", "http://127.0.0.1:2"), ("SCRM_TEST_CHILD", "1")])
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
    assert_eq!(urls(plain()), ["http://127.0.0.1:1/person/list", "http://127.0.0.1:2/member/merge"]);
    assert_eq!(urls(plain().base_url("http://127.0.0.1:3")), ["http://127.0.0.1:3/person/list", "http://127.0.0.1:3/member/merge"]);
}

/// Everything that can be printed of an error.
fn tell(error: &Error) -> String {
    let chain = format!("{error} {error:?} {error:#?} {:?} {:?}", error.vendor_message(), error.raw_body());
    chain + &serde_json::to_string(error).unwrap()
}

#[tokio::test(start_paused = true)]
async fn neither_signature_nor_secret_is_shown() {
    let build = |script: &Arc<Script>| builder(all(), script).signing_inputs(Arc::new(Fixed)).build().unwrap();
    let script = Script::new([Act::ok("true")]);
    build(&script).call(merge()).await.unwrap();
    let signature = script.bodies()[0]["signature"].as_str().unwrap().to_owned();
    let upper: String = signature.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let echo = format!("{signature} {upper} {SECRET}");
    let body = format!(r#"{{"code":7,"msg":"{echo}","data":{{"signature":"{echo}","{echo}":1}}}}"#);
    let page = |status| Act::Body(status, format!("<html>{echo}</html>"));
    for act in [Act::Body(200, body), page(200), page(401), page(502), Act::Body(200, format!("{{\"code\":0,\"data\":{{\"x\":\"{echo}"))] {
        let script = Script::new(vec![act; 5]);
        let client = build(&script);
        let error = client.call(merge()).strict(true).await.unwrap_err();
        let told = format!("{} {client:?} {:?} {:?}", tell(&error), script.seen(), client.drift());
        for canary in [signature.as_str(), &upper, SECRET] {
            assert!(!told.contains(canary), "{canary} in {told}");
        }
    }
}
