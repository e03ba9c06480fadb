//! Tokens as the pipeline uses them.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use acme_client::Client;
use futures_util::future::join_all;
use scrm_core::{
    Builder, ErrorKind, Sent, async_trait,
    hooks::{Degraded, Hooks, QuotaPause},
    spec::QuotaSpec,
    token::{BoxError, FileStore, Token, TokenSource},
};
use tokio::time::Instant;

use crate::acme::{
    Act, Script, builder, client, credentials,
    loopback::{Loopback, Manner},
    persons, seconds,
};

#[tokio::test(start_paused = true)]
async fn one_token_serves_many_calls() {
    let (client, script) = client(vec![Act::ok("{}"); 50]);
    let calls = (0..50).map(|_| client.call(persons()).send());
    for outcome in futures_util::future::join_all(calls).await {
        outcome.unwrap();
    }
    assert_eq!(script.tokens(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_refreshed_once() {
    let (client, script) = client([Act::code(12), Act::ok("{}")]);
    let response = client.call(persons()).retries(0).await.unwrap();
    assert_eq!(response.meta.attempts, 2);
    assert_eq!(script.tokens_sent(), ["t0ken-of-acme-1", "t0ken-of-acme-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_rejected_for_good_ends_the_call() {
    let (client, script) = client([Act::code(12), Act::code(12)]);
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.vendor_code()), (ErrorKind::Token, 2, Some("12")));
    assert!(error.to_string().contains("the vendor rejects a fresh token: code 12"), "{error}");
    assert_eq!((script.tokens(), script.seen().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn an_explicit_token_is_used_and_never_refreshed() {
    let script = Script::new([Act::code(12)]);
    let client: Client = builder(&script).token("mine").build().unwrap();
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 1));
    assert_eq!((script.tokens_sent(), script.tokens()), (vec!["mine".to_owned()], 0));
}

struct Central(&'static str);

#[async_trait]
impl TokenSource for Central {
    async fn token(&self) -> Result<Token, BoxError> {
        if self.0.is_empty() { Err("central service away, call 13800138000".into()) } else { Ok(Token::new(self.0)) }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_source_is_asked_instead_of_the_vendor() {
    let script = Script::new([Act::ok("{}")]);
    let client: Client = builder(&script).token_source(Arc::new(Central("central"))).build().unwrap();
    client.call(persons()).await.unwrap();
    assert_eq!((script.tokens_sent(), script.tokens()), (vec!["central".to_owned()], 0));

    let away: Client = builder(&script).token_source(Arc::new(Central(""))).build().unwrap();
    let error = away.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Token, Sent::No));
    assert!(error.to_string().contains("central service away, call ***"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_request_tells_why() {
    let (client, script) = client([]);
    script.token_acts.lock().unwrap().push_back(Act::says(15, "wrong secret"));
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent(), error.attempts(), error.operation()), (ErrorKind::Token, Sent::No, 0, Some("person_list")));
    assert!(error.to_string().contains("no token from token: code 15 没有权限 (no permission)"), "{error}");
    // What a token operation answers is not shown: there may be a token in it.
    assert_eq!(error.raw_body(), None);
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_token_shows_nothing_of_itself() {
    let (client, script) = client([]);
    script.token_acts.lock().unwrap().push_back(Act::ok(r#"{"tokem":"t0ken-misspelt"}"#));
    let error = client.call(persons()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    assert!(error.to_string().contains("the answer holds no token at /data/token"), "{error}");
    assert!(!format!("{error:?}").contains("misspelt"));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_token_gives_its_quota_slot_back() {
    let script = Script::new([Act::ok("{}")]);
    script.token_acts.lock().unwrap().push_back(Act::code(15));
    let client: Client = builder(&script).quota("person_list", QuotaSpec { calls: 1, seconds: 3600 }).build().unwrap();
    assert_eq!(client.call(persons()).await.unwrap_err().kind(), ErrorKind::Token);
    tokio::time::sleep(seconds(60)).await;
    client.call(persons()).await.unwrap();
}

/// Thirty clients of one shop, each on its own: the process asks once.
#[tokio::test]
async fn clients_of_one_account_in_one_process_fetch_one_token_and_share_their_quota() {
    let vendor = Loopback::start(seconds(7200), Duration::ZERO).await;
    let quota = QuotaSpec { calls: 20, seconds: 3600 };
    let build =
        |app: &str, url: &str| -> Client { Builder::new(credentials(app)).base_url(url).quota("person_list", quota).build().unwrap() };
    let clients: Vec<_> = (0..30).map(|_| build("app-1", &vendor.url)).collect();
    let calls = join_all(clients.iter().map(|client| client.call(persons()).timeout(seconds(20)).send())).await;
    assert_eq!((vendor.fetches().len(), vendor.accepted().len(), calls.iter().filter(|call| call.is_ok()).count()), (1, 20, 20));
    for error in calls.into_iter().filter_map(Result::err) {
        assert!(error.to_string().contains("held back by this client: its own quota of 20 calls in 3600 s"), "{error}");
        assert_eq!((error.kind(), error.vendor_code(), error.http_status()), (ErrorKind::Quota, None, None));
    }
    // Another account, another server: another token.
    build("app-2", &vendor.url).call(persons()).await.unwrap();
    let elsewhere = Loopback::start(seconds(7200), Duration::ZERO).await;
    build("app-1", &elsewhere.url).call(persons()).await.unwrap();
    assert_eq!((vendor.fetches().len(), elsewhere.fetches().len()), (2, 1));
}

/// Each waits for less time than a token takes; a new one comes all the while.
#[tokio::test(start_paused = true)]
async fn callers_who_give_up_do_not_keep_the_token_from_coming() {
    let script = Script::new(vec![Act::ok("{}"); 300]);
    let slow = Slow(script.clone());
    let client: Client = Builder::new(credentials("app-1")).transport(Arc::new(slow)).timeout(Duration::from_millis(200)).build().unwrap();
    let mut served = 0;
    for _ in 0..245 {
        served += u32::from(client.call(persons()).await.is_ok());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(served >= 240, "{served}");
    assert_eq!(script.tokens(), 1);
}

/// A vendor whose token answers take 300 ms.
struct Slow(Arc<Script>);

#[async_trait]
impl scrm_core::Transport for Slow {
    async fn send(
        &self,
        request: scrm_core::transport::HttpRequest,
    ) -> Result<scrm_core::transport::HttpResponse, scrm_core::transport::TransportError> {
        if request.url.contains("/token?") {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        self.0.send(request).await
    }
}

const TOKEN_QUOTA: QuotaSpec = QuotaSpec { calls: 20, seconds: 600 };

/// One answer is no proof of a used-up window of ten minutes, and a burst is none at all.
#[tokio::test(start_paused = true)]
async fn one_quota_code_to_the_token_stops_nobody_for_its_window() {
    for (act, at_most) in
        [(Act::code(20), 15), (Act::code(24), 5), (Act::status(429), 15), (Act::After(429, "9999999999", String::new()), 15)]
    {
        let script = Script::new([Act::ok("{}")]);
        script.token_acts.lock().unwrap().push_back(act.clone());
        let client: Client = builder(&script).quota("token", TOKEN_QUOTA).build().unwrap();
        let began = Instant::now();
        client.call(persons()).await.unwrap();
        assert!(began.elapsed() <= seconds(at_most), "{act:?}: {:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_in_vain_for_a_token_is_told_what_the_vendor_said() {
    for (act, code, status, expected) in [
        (Act::code(20), Some("20"), Some(200), "code 20 配额已用完 (quota used up)"),
        (Act::status(429), None, Some(429), "too many calls; HTTP 429"),
    ] {
        let script = Script::new([]);
        script.token_acts.lock().unwrap().extend(vec![act; 50]);
        let client: Client = builder(&script).quota("token", TOKEN_QUOTA).build().unwrap();
        let began = Instant::now();
        while began.elapsed() < seconds(300) {
            let error = client.call(persons()).timeout(seconds(5)).await.unwrap_err();
            assert!(error.to_string().contains("no token") && error.to_string().contains("token"), "{error}");
            assert!(
                error.to_string().contains(expected) || error.to_string().contains("the vendor answered an earlier call with"),
                "{error}"
            );
            assert_eq!((error.vendor_code(), error.http_status(), error.sent()), (code, status, Sent::No), "{error}");
            tokio::time::sleep(seconds(1)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_refused_for_good_is_named_in_every_waiting_callers_error() {
    let script = Script::new(vec![Act::code(12); 1000]);
    let client: Client = builder(&script).build().unwrap();
    for _ in 0..3 {
        for error in join_all((0..100).map(|_| client.call(persons()).timeout(seconds(3)).send())).await {
            let error = error.unwrap_err();
            assert_eq!((error.kind(), error.vendor_code()), (ErrorKind::Token, Some("12")), "{error}");
            assert!(error.to_string().contains("code 12 令牌无效 (bad token)"), "{error}");
        }
    }
    assert!(script.tokens() < 10, "{}", script.tokens());
}

/// What the hooks were told of pauses and of what cannot be used.
#[derive(Default)]
struct Witness(Mutex<Vec<String>>);

impl Hooks for Witness {
    fn quota_pause(&self, event: &QuotaPause<'_>) {
        let QuotaPause { operation, pause, asked, status, code, .. } = event;
        self.0.lock().unwrap().push(format!("{operation} {pause:?} {asked:?} {status} {code:?}"));
    }
    fn degraded(&self, event: &Degraded<'_>) {
        self.0.lock().unwrap().push(format!("{} {}", event.part.as_str(), event.of));
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_cannot_be_meant_is_said_and_can_be_lifted() {
    let witness = Arc::new(Witness::default());
    let script =
        Script::new([Act::After(429, "9999999999", String::new()), Act::After(429, "3000", String::new()), Act::ok("{}"), Act::ok("{}")]);
    let client: Client =
        builder(&script).quota("person_list", QuotaSpec { calls: 100, seconds: 10 }).hooks(witness.clone()).build().unwrap();
    let error = client.call(persons()).retries(0).await.unwrap_err();
    assert!(error.to_string().contains("Retry-After asks for 9999999999 s, which cannot be meant"), "{error}");
    let error = client.call(persons()).timeout(seconds(2)).await.unwrap_err();
    assert!(
        error.to_string().contains("the vendor answered an earlier call with HTTP 429 (Retry-After asks for 9999999999 s, which cannot be meant and is left out of account)"),
        "{error}"
    );
    assert_eq!((error.kind(), error.http_status(), error.sent()), (ErrorKind::Quota, Some(429), Sent::No));
    // The default pause is over soon; what is then asked for can be meant, and is lifted by hand.
    tokio::time::sleep(seconds(11)).await;
    client.call(persons()).retries(0).await.unwrap_err();
    client.call(persons()).await.unwrap_err();
    assert!(
        client.core().resume_quota("person_list") && !client.core().resume_quota("person_list") && !client.core().resume_quota("nothing")
    );
    client.call(persons()).await.unwrap();
    let told = witness.0.lock().unwrap().clone();
    assert_eq!(told, ["person_list 10s Some(9999999999s) 429 None", "person_list 3000s Some(3000s) 429 None"]);
}

#[tokio::test(start_paused = true)]
async fn quotas_that_cannot_be_meant_are_refused_at_build() {
    let built =
        |operation: &str, calls, seconds| builder(&Script::new([])).quota(operation, QuotaSpec { calls, seconds }).build().map(|_| ());
    built("person_list", 1, 1).unwrap();
    built("call_raw", 1, 1).unwrap();
    for (operation, calls, seconds, expected) in [
        ("person_lits", 1, 1, "is of no operation; there are member_file_get, "),
        ("person_list", 0, 10, "allows no call"),
        ("person_list", 1, 0, "has a window of 0 s"),
    ] {
        let error = built(operation, calls, seconds).unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_timeout_is_too_long() {
    struct Generous;
    #[async_trait]
    impl scrm_core::quota::SharedQuota for Generous {
        async fn take(
            &self,
            _key: &str,
            rule: &scrm_core::quota::QuotaRule,
            take: &scrm_core::quota::Take<'_>,
        ) -> Result<(scrm_core::quota::Taken, scrm_core::quota::Memory), BoxError> {
            assert!(rule.longest_hold() <= seconds(10 + 600 + 1));
            Ok((scrm_core::quota::Taken::Slots((0..u64::from(take.want)).collect()), scrm_core::quota::Memory::default()))
        }
    }
    let script = Script::new(vec![Act::ok("{}"); 2]);
    let builder = builder(&script).quota("person_list", QuotaSpec { calls: 5, seconds: 10 }).shared_quota(Arc::new(Generous));
    let client: Client = builder.timeout(Duration::MAX).build().unwrap();
    client.call(persons()).await.unwrap();
    client.call(persons()).timeout(Duration::MAX).await.unwrap();
}

/// Bodies of token answers whose life nobody can mean.
#[tokio::test(start_paused = true)]
async fn an_absurd_life_of_a_token_stops_no_call() {
    for life in ["9223372036854775807", "1e300", "-1", "\"9999999999999999999999\"", "null"] {
        let script = Script::new(vec![Act::ok("{}"); 3]);
        script.token_acts.lock().unwrap().push_back(Act::ok(&format!(r#"{{"token":"t0ken","life":{life}}}"#)));
        let client: Client = builder(&script).build().unwrap();
        for _ in 0..3 {
            client.call(persons()).await.unwrap();
        }
        assert!(client.core().token_life().unwrap() <= seconds(30 * 86_400), "{life}");
        assert_eq!(script.tokens(), 1);
    }
}

/// A folder that cannot be used costs no call; it is told once.
#[tokio::test(start_paused = true)]
async fn a_token_folder_that_cannot_be_used_costs_no_call() {
    let (folder, witness) = (tempfile::tempdir().unwrap(), Arc::new(Witness::default()));
    let store = Arc::new(FileStore::new(folder.path().join("tokens")).unwrap());
    // A file stands where the folder would be made.
    std::fs::write(folder.path().join("tokens"), "").unwrap();
    let vendor = Loopback::new(Manner::new(seconds(7200), Duration::ZERO));
    let client: Client = Builder::new(credentials("app-1"))
        .base_url(vendor.url.clone())
        .transport(Arc::new(vendor.clone()))
        .token_store(store)
        .hooks(witness.clone())
        .build()
        .unwrap();
    for _ in 0..200 {
        client.call(persons()).await.unwrap();
        tokio::time::sleep(seconds(60)).await;
    }
    assert_eq!(*witness.0.lock().unwrap(), ["token_store access"]);
}
