//! Many calls at once, many shops, and a vendor that fails at the worst moment; counted at the vendor.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use acme_client::{Client, person::PersonUpdate};
use futures_util::future::join_all;
use scrm_core::{
    ApiClient, Builder, CredentialSet, Error, ErrorKind, RequestBody, Sent, Value,
    client::CallOptions,
    hooks::{Hooks, QuotaWait},
    quota::{Memory, QuotaRule, SharedQuota, SharedWait, Take, Taken},
    spec::*,
    token::{BoxError, FileStore, MemoryStore, StoredToken, Token, TokenSource, TokenStore},
};
use tokio::time::{Instant, sleep};

use crate::acme::{
    Act, SECRET, Script, builder, credentials,
    loopback::{Fault, Loopback, Manner},
    persons, seconds,
};

const HOURS: Duration = Duration::from_secs(7200);

fn client(vendor: &Loopback) -> Builder<Client> {
    Builder::new(credentials("app-1")).base_url(vendor.url.clone()).transport(Arc::new(vendor.clone()))
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_of_a_cold_client_fetch_one_token() {
    let vendor = Loopback::new(Manner::new(HOURS, Duration::ZERO));
    let client = client(&vendor).build().unwrap();
    let calls: Vec<_> = (0..1000).map(|_| tokio::spawn(client.call(persons()).send())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!((vendor.fetches().len(), vendor.accepted().len()), (1, 1000));
}

/// What no one vendor can be: three with a code of success, a code for a bad token and a place for the token of their own, and one that gives its token again.
mod odd {
    use super::*;

    static TOKEN_GET: OperationSpec = OperationSpec::new("token", Method::Get, "/token").body(BodyKind::Query);
    static UNTYPED: OperationSpec = OperationSpec::new("call_raw", Method::Post, "");

    const fn token(place: TokenPlace) -> TokenSpec {
        TokenSpec::new("access", &TOKEN_GET, "/data/token", place)
            .parameters(&[("app_id", TokenParameter::Credential("app_id")), ("app_secret", TokenParameter::Credential("app_secret"))])
            .expires_in("/data/life")
            .lifetime(7200)
            .overlap(300)
    }

    const CREDENTIALS: &[CredentialSpec] = &[
        CredentialSpec::new("app_id", "ODD_APP_ID", "App", "应用"),
        CredentialSpec::new("app_secret", "ODD_APP_SECRET", "Secret", "密钥").secret(),
    ];

    const fn vendor(envelope: EnvelopeSpec, tokens: &'static [&'static TokenSpec]) -> VendorSpec {
        VendorSpec::new("odd", Label::new("Odd", "异"), "https://api.odd.example", envelope, &UNTYPED)
            .tokens(tokens)
            .credentials(CREDENTIALS)
    }

    const fn envelope(success: &'static [&'static str]) -> EnvelopeSpec {
        EnvelopeSpec::new("code", &["msg"], "data", success)
    }

    macro_rules! vendor {
        ($name:ident, $envelope:expr, $rejected:literal, $token:expr) => {
            pub mod $name {
                use super::*;

                static TOKEN: TokenSpec = $token;
                pub static LIST: OperationSpec = OperationSpec::new("list", Method::Post, "/list").token(&TOKEN);
                pub static VENDOR: VendorSpec =
                    vendor($envelope, &[&TOKEN]).errors(&[ErrorRule::code($rejected, Action::RefreshToken, "token invalid", "令牌不对")]);
            }
        };
    }

    vendor!(body, envelope(&["0"]), "2008", token(TokenPlace::Body("access_token")));
    vendor!(header, envelope(&["200"]).text_codes(), "100200", token(TokenPlace::Header("X-Token")));
    vendor!(query, envelope(&["0"]), "2", token(TokenPlace::Query("access_token")));
    vendor!(sticky, envelope(&["0"]), "12", token(TokenPlace::Body("access_token")).renew_below(1200));
}

async fn list(core: &ApiClient, list: &'static OperationSpec) -> Result<u32, Error> {
    let (nothing, options, mut data) = (serde_json::Map::new(), CallOptions::default(), None::<Value>);
    let reply = core.execute(RequestBody::Raw(&nothing), list, &options, &mut data).await?;
    Ok(reply.attempts)
}

#[tokio::test(start_paused = true)]
async fn a_rejection_of_five_hundred_calls_in_flight_makes_one_refresh_and_all_succeed() {
    let vendors = [
        (&odd::body::VENDOR, &odd::body::LIST, "0", "2008"),
        (&odd::header::VENDOR, &odd::header::LIST, "\"200\"", "\"100200\""),
        (&odd::query::VENDOR, &odd::query::LIST, "0", "2"),
    ];
    for (spec, operation, success, rejected) in vendors {
        let vendor = Loopback::new(Manner { success, rejected, ..Manner::new(HOURS, Duration::ZERO) });
        let credentials = CredentialSet::new(spec).with("app_id", "app-1").with("app_secret", SECRET);
        let builder: Builder<ApiClient> = Builder::new(credentials).base_url(vendor.url.clone()).transport(Arc::new(vendor.clone()));
        let core = builder.build().unwrap();
        assert_eq!(list(&core, operation).await.unwrap(), 1);
        sleep(seconds(60)).await;
        let calls = join_all((0..500).map(|_| list(&core, operation)));
        let revoke = async {
            sleep(Duration::from_millis(10)).await;
            vendor.revoke();
        };
        let (outcomes, ()) = futures_util::future::join(calls, revoke).await;
        assert!(outcomes.into_iter().all(|attempts| attempts.unwrap() == 2), "{rejected}");
        assert_eq!((vendor.fetches().len(), vendor.requests("/list")), (2, 1 + 500 + 500), "{rejected}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_rejected_for_good_ends_all_calls_after_one_refresh() {
    let vendor = Loopback::new(Manner::new(HOURS, Duration::ZERO));
    let client = client(&vendor).build().unwrap();
    vendor.reject_all();
    for error in join_all((0..500).map(|_| client.call(persons()).send())).await {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 2));
        assert!(error.to_string().contains("the vendor rejects a fresh token: code 12"), "{error}");
    }
    assert_eq!((vendor.fetches().len(), vendor.requests("/person/list")), (2, 1000));
    // A pull that goes on for an hour all the same does not use the token operation up.
    let began = Instant::now();
    while began.elapsed() < seconds(3600) {
        client.call(persons()).await.unwrap_err();
    }
    assert!(vendor.fetches().len() < 70, "{}", vendor.fetches().len());
}

#[tokio::test]
async fn no_write_is_sent_twice_when_nobody_knows_what_became_of_it() {
    for fault in [Fault::Cut, Fault::Status(502), Fault::Status(500), Fault::Hang] {
        let vendor = Loopback::start(HOURS, Duration::ZERO).await;
        let client: Client = Builder::new(credentials("app-1")).base_url(vendor.url.clone()).build().unwrap();
        // A connection that was used before, which an HTTP client might replace of its own accord.
        client.call(persons()).await.unwrap();
        vendor.fail([fault]);
        let error = client.call(PersonUpdate::new("u")).timeout(Duration::from_millis(500)).await.unwrap_err();
        assert_eq!((vendor.requests("/person/update"), error.attempts()), (1, 1), "{fault:?}: {error}");
        assert_ne!(error.sent(), Sent::No, "{fault:?}");
        if fault != Fault::Hang {
            vendor.fail([fault]);
            client.call(persons()).await.unwrap();
            assert_eq!(vendor.requests("/person/list"), 3, "a read is repeated: {fault:?}");
        }
        client.call(PersonUpdate::new("u")).await.unwrap();
        assert_eq!(vendor.requests("/person/update"), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_fails_for_a_while_costs_no_call() {
    let vendor = Loopback::new(Manner::new(HOURS, Duration::ZERO));
    let client = client(&vendor).build().unwrap();
    vendor.fail_tokens([Fault::Cut; 4]);
    for outcome in join_all((0..100).map(|_| client.call(persons()).send())).await {
        outcome.unwrap();
    }
    assert_eq!(vendor.fetches().len(), 5);
    // Where repeating is off, the first failure is the call's.
    vendor.revoke();
    sleep(seconds(60)).await;
    vendor.fail_tokens([Fault::Cut; 3]);
    let error = client.call(persons()).retries(0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
}

/// The same token again while it has more than twenty minutes left: asking earlier would be for nothing.
#[tokio::test(start_paused = true)]
async fn a_vendor_that_gives_the_same_token_again_is_asked_once_per_life() {
    let vendor = Loopback::new(Manner { sticky: Some(seconds(1200)), ..Manner::new(HOURS, seconds(1200)) });
    let credentials = CredentialSet::new(&odd::sticky::VENDOR).with("app_id", "app-1").with("app_secret", SECRET);
    let core: ApiClient = Builder::new(credentials).base_url(vendor.url.clone()).transport(Arc::new(vendor.clone())).build().unwrap();
    let began = Instant::now();
    while began.elapsed() < seconds(60_000) {
        assert_eq!(list(&core, &odd::sticky::LIST).await.unwrap(), 1, "no token was rejected");
        sleep(seconds(30)).await;
    }
    // From 6000 s on there is a new one, and at the latest ten minutes later it is asked for.
    assert!((10..=11).contains(&vendor.fetches().len()), "{}", vendor.fetches().len());
}

struct Central;

#[scrm_core::async_trait]
impl TokenSource for Central {
    async fn token(&self) -> Result<Token, BoxError> {
        Ok(Token::new("central"))
    }
}

#[tokio::test(start_paused = true)]
async fn an_explicit_token_goes_before_a_source_a_store_and_the_vendor() {
    let script = || Script::new(vec![Act::ok("{}"); 1]);
    let store = Arc::new(MemoryStore::new());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = u64::try_from(now.as_millis()).unwrap();
    let stored = StoredToken { value: "stored".into(), expires_at: now + 7_200_000, fetched_at: now };
    store.save(&format!("{}:access", credentials("app-1").account_key()), &stored).await.unwrap();
    let with_store = |script: &Arc<Script>| builder(script).token_store(store.clone());
    for (level, expected) in ["explicit", "central", "stored", "t0ken-of-acme-1"].into_iter().enumerate() {
        let script = script();
        let builder = match level {
            0 => with_store(&script).token("explicit").token_source(Arc::new(Central)),
            1 => with_store(&script).token_source(Arc::new(Central)),
            2 => with_store(&script),
            _ => builder(&script),
        };
        builder.build().unwrap().call(persons()).await.unwrap();
        assert_eq!(script.tokens_sent(), [expected]);
        assert_eq!(script.tokens(), u32::from(level == 3), "{expected}");
    }
}

#[tokio::test]
async fn many_shops_share_a_pool_and_nothing_else() {
    let vendor = Loopback::start(HOURS, Duration::ZERO).await;
    let first: Client = Builder::new(credentials("app-0"))
        .base_url(vendor.url.clone())
        .quota("person_list", QuotaSpec { calls: 2, seconds: 3600 })
        .build()
        .unwrap();
    let shops: Vec<ApiClient> = (0..50).map(|number| first.core().with_credentials(credentials(&format!("app-{number}")))).collect();
    for _ in 0..2 {
        for shop in &shops {
            shop.call(persons()).await.unwrap();
        }
    }
    // Fifty tokens that are valid beside each other, and fifty quotas that are used up.
    assert_eq!((vendor.fetches().len(), vendor.accepted().len()), (50, 100));
    assert_eq!(vendor.connections(), 1);
    for shop in &shops {
        let error = shop.call(persons()).timeout(seconds(1)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Quota);
    }
    assert_eq!(vendor.requests("/person/list"), 100);
    // Fifty shops are cheap; the credentials are all that is copied.
    shops[0].call(PersonUpdate::new("u")).await.unwrap();
    assert_eq!(vendor.fetches().len(), 50, "a shop's token serves all its operations");
}

#[tokio::test(start_paused = true)]
async fn the_token_file_shows_no_secret_in_its_name_and_no_second_token() {
    let folder = tempfile::tempdir().unwrap();
    let vendor = Loopback::new(Manner::new(HOURS, Duration::ZERO));
    let store = Arc::new(FileStore::new(folder.path()).unwrap());
    let client = client(&vendor).token_store(store).build().unwrap();
    client.call(persons()).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap()).collect();
    let (locks, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.path().extension().is_some_and(|end| end == "lock"));
    assert_eq!((files.len(), locks.len()), (1, 1), "{files:?}");
    assert_eq!(locks[0].metadata().unwrap().len(), 0);
    let name = files[0].file_name().into_string().unwrap();
    let text = std::fs::read_to_string(files[0].path()).unwrap();
    for canary in [SECRET, "app-1", "t0ken"] {
        assert!(!name.contains(canary), "{name}");
    }
    assert!(text.contains("t0ken-of-acme-1") && !text.contains(SECRET) && !text.contains("refr3sh"), "{text}");
}

/// A shared quota that always has a slot, and the hooks of the same client: what both were told.
#[derive(Default)]
struct Witness {
    rules: Mutex<Vec<QuotaRule>>,
    waits: AtomicUsize,
    busy: AtomicBool,
}

#[scrm_core::async_trait]
impl SharedQuota for Witness {
    async fn take(&self, key: &str, rule: &QuotaRule, take: &Take<'_>) -> Result<(Taken, Memory), BoxError> {
        assert_eq!(key, format!("{}:person_list", credentials("app-1").account_key()));
        self.rules.lock().unwrap().push(*rule);
        let busy = self.busy.swap(false, Ordering::Relaxed);
        let taken = if busy { Taken::Wait(seconds(3), SharedWait::UsedUp) } else { Taken::Slots((0..u64::from(take.want)).collect()) };
        Ok((taken, Memory::default()))
    }
}

impl Hooks for Witness {
    fn quota_wait(&self, event: &QuotaWait<'_>) {
        assert_eq!((event.waited, event.success, event.cause), (seconds(3), true, "shared_used_up"));
        self.waits.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_shared_quota_keeps_a_slot_as_long_as_a_call_may_last_and_only_true_waits_are_told() {
    let (vendor, witness) = (Loopback::new(Manner::new(HOURS, Duration::ZERO)), Arc::new(Witness::default()));
    let client = client(&vendor).quota("person_list", QuotaSpec { calls: 9, seconds: 10 }).timeout(seconds(90));
    let client = client.shared_quota(witness.clone()).hooks(witness.clone()).build().unwrap();
    client.call(persons()).await.unwrap();
    assert_eq!(witness.waits.load(Ordering::Relaxed), 0);
    witness.busy.store(true, Ordering::Relaxed);
    let response = client.call(persons()).await.unwrap();
    assert_eq!((witness.waits.load(Ordering::Relaxed), response.meta.waited), (1, seconds(3)));
    assert!(witness.rules.lock().unwrap().iter().all(|rule| rule.in_flight_grace == seconds(90)));
}
