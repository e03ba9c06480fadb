mod stores;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::*;
use crate::{
    hooks::{Degraded, TokenFetch},
    spec::{Access, BodyKind, Evidence, Label, Method, OperationSpec, QuotaSpec, Source, TokenPlace, TokenSpec},
    table::Table,
};

const NAME: Label = Label { zh: "令牌", en: "Token" };
static FIELDS: Table = Table::new("Token", &[]);

static OPERATION: OperationSpec = OperationSpec {
    name: "token",
    title: NAME,
    source: Source { page: "docs.acme.example, token", url: None, read: "2026-11-22", evidence: Evidence::Documented },
    method: Method::Get,
    path: "/token",
    body: BodyKind::Query,
    access: Access::WriteSafeToRepeat,
    permission: None,
    quota: Some(QuotaSpec { calls: 100, seconds: 600 }),
    base_url: None,
    token: None,
    signature: None,
    paging: None,
    errors: &[],
    rules: &[],
    request: &FIELDS,
    customer: None,
};

const fn kind(renew_below: u32) -> TokenSpec {
    TokenSpec {
        name: "access",
        operation: &OPERATION,
        parameters: &[],
        value: "/data/access_token",
        expires_in: Some("/data/expires_in"),
        lifetime: 7200,
        renew_below,
        overlap: 300,
        place: TokenPlace::Query("access_token"),
    }
}

static ACCESS: TokenSpec = kind(0);
static STICKY: TokenSpec = kind(1200);

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn soon() -> Instant {
    Instant::now() + seconds(30)
}

fn options() -> TokenOptions {
    TokenOptions { vendor: "acme", spec: &ACCESS, account: "acme:app:0".into(), source: None, store: None }
}

fn cache() -> Arc<TokenCache<String>> {
    TokenCache::new(options())
}

fn cache_with(store: Arc<dyn TokenStore>) -> Arc<TokenCache<String>> {
    TokenCache::new(TokenOptions { store: Some(store), ..options() })
}

/// A vendor's token operation: counts its calls, takes a while, and may be made to fail.
#[derive(Clone)]
struct Vendor(Arc<VendorState>);

struct VendorState {
    calls: AtomicU32,
    fails: AtomicBool,
    takes: Mutex<Duration>,
    expires_in: Mutex<Option<Duration>>,
    begun: Mutex<Vec<Instant>>,
    /// Who was asked for a token, whether one was given, and whether its life was shortened.
    told: Mutex<Vec<(&'static str, bool, bool)>>,
    degraded: Mutex<Vec<String>>,
}

impl Hooks for VendorState {
    fn token_fetch(&self, event: &TokenFetch<'_>) {
        self.told.lock().unwrap().push((event.from.as_str(), event.success, event.life_shortened));
    }
    fn degraded(&self, event: &Degraded<'_>) {
        self.degraded.lock().unwrap().push(format!("{} of {}: {}", event.part.as_str(), event.of, event.reason));
    }
}

fn vendor() -> Vendor {
    Vendor(Arc::new(VendorState {
        calls: AtomicU32::new(0),
        fails: AtomicBool::new(false),
        takes: Mutex::new(Duration::from_millis(80)),
        expires_in: Mutex::new(Some(seconds(7200))),
        begun: Mutex::default(),
        told: Mutex::default(),
        degraded: Mutex::default(),
    }))
}

impl Vendor {
    fn calls(&self) -> u32 {
        self.0.calls.load(Ordering::SeqCst)
    }

    fn fail(&self, fails: bool) {
        self.0.fails.store(fails, Ordering::SeqCst);
    }

    fn take(&self, time: Duration) {
        *self.0.takes.lock().unwrap() = time;
    }
}

#[async_trait]
impl FetchToken<String> for VendorState {
    async fn fetch(&self) -> Result<Token, String> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.begun.lock().unwrap().push(Instant::now());
        let takes = *self.takes.lock().unwrap();
        sleep(takes).await;
        if self.fails.load(Ordering::SeqCst) {
            return Err(format!("failure {number}"));
        }
        Ok(Token { value: Secret::new(format!("token {number}")), expires_in: *self.expires_in.lock().unwrap() })
    }

    fn hooks(&self) -> &dyn Hooks {
        self
    }
}

async fn get(cache: &Arc<TokenCache<String>>, vendor: &Vendor) -> TokenInUse {
    cache.get(vendor.0.clone(), soon()).await.unwrap()
}

async fn many(cache: &Arc<TokenCache<String>>, vendor: &Vendor, count: usize) -> Vec<Result<TokenInUse, TokenError<String>>> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let (cache, vendor) = (cache.clone(), vendor.clone());
        tasks.spawn(async move { cache.get(vendor.0.clone(), soon()).await });
    }
    tasks.join_all().await
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_on_a_cold_slot_make_one_fetch() {
    let (cache, vendor) = (cache(), vendor());
    let leases = many(&cache, &vendor, 1000).await;
    assert!(leases.iter().all(|token| token.as_ref().unwrap().token.expose() == "token 1"));
    assert_eq!(vendor.calls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_they_do_on_several_threads() {
    let (cache, vendor) = (cache(), vendor());
    let leases = many(&cache, &vendor, 1000).await;
    assert!(leases.iter().all(|token| token.as_ref().unwrap().generation == 1));
    assert_eq!(vendor.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn through_an_expiry_nobody_waits() {
    let (cache, vendor) = (cache(), vendor());
    let mut waited = 0;
    let start = Instant::now();
    // One call a second for three lives.
    while start.elapsed() < seconds(3 * 7200) {
        let before = Instant::now();
        let token = get(&cache, &vendor).await;
        assert!(cache.remaining().unwrap() > seconds(290), "no token is used in its last minutes: {:?}", cache.remaining());
        let calls = u64::from(vendor.calls());
        assert!((calls.saturating_sub(1)..=calls).contains(&token.generation));
        waited += u32::from(before.elapsed() > Duration::ZERO);
        sleep(seconds(1)).await;
    }
    assert_eq!((vendor.calls(), waited), (4, 1), "only the first caller of all waits");
}

#[tokio::test(start_paused = true)]
async fn near_the_end_all_go_on_with_the_old_token_while_it_is_renewed() {
    let (cache, vendor) = (cache(), vendor());
    get(&cache, &vendor).await;
    sleep(seconds(7200 - 200)).await;
    vendor.take(seconds(2));
    let leases = many(&cache, &vendor, 100).await;
    let old = leases.iter().filter(|token| token.as_ref().unwrap().token.expose() == "token 1").count();
    sleep(seconds(3)).await;
    assert_eq!((old, vendor.calls(), get(&cache, &vendor).await.generation), (100, 2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_still_good_survives_a_failed_renewal() {
    let (cache, vendor) = (cache(), vendor());
    get(&cache, &vendor).await;
    vendor.fail(true);
    sleep(seconds(7200 - 250)).await;
    for _ in 0..240 {
        assert_eq!(get(&cache, &vendor).await.token.expose(), "token 1");
        sleep(seconds(1)).await;
    }
    let failures = vendor.calls() - 1;
    assert!((3..=9).contains(&failures), "tried again, further and further apart: {failures}");
    sleep(seconds(120)).await;
    let error = cache.get(vendor.0.clone(), soon()).await.unwrap_err();
    assert!(matches!(error, TokenError::Fetch { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_hangs_costs_no_time() {
    let (cache, vendor) = (cache(), vendor());
    get(&cache, &vendor).await;
    sleep(seconds(7200 - 200)).await;
    vendor.take(seconds(1000));
    let before = Instant::now();
    assert_eq!(cache.get(vendor.0.clone(), before + seconds(10)).await.unwrap().token.expose(), "token 1");
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn where_the_same_token_comes_again_it_is_not_asked_for_too_early() {
    let (cache, vendor) = (TokenCache::new(TokenOptions { spec: &STICKY, ..options() }), vendor());
    get(&cache, &vendor).await;
    sleep(seconds(7200 - 1200)).await;
    get(&cache, &vendor).await;
    assert_eq!(vendor.calls(), 1, "more than 1200 s left");
    sleep(seconds(600)).await;
    get(&cache, &vendor).await;
    sleep(seconds(1)).await;
    assert_eq!(vendor.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn five_hundred_rejections_of_one_token_make_one_refresh() {
    let (cache, vendor) = (cache(), vendor());
    let first = get(&cache, &vendor).await;
    sleep(seconds(100)).await;
    let mut tasks = JoinSet::new();
    for delay in 0..500 {
        let (cache, vendor, generation) = (cache.clone(), vendor.clone(), first.generation);
        tasks.spawn(async move {
            sleep(Duration::from_millis(delay)).await;
            cache.invalidate(generation, None);
            cache.get(vendor.0.clone(), soon()).await.unwrap()
        });
    }
    let leases = tasks.join_all().await;
    assert!(leases.iter().all(|token| token.token.expose() == "token 2" && token.generation == 2));
    assert_eq!(vendor.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_late_failure_does_not_drop_a_newer_token() {
    let (cache, vendor) = (cache(), vendor());
    let old = get(&cache, &vendor).await;
    sleep(seconds(100)).await;
    cache.invalidate(old.generation, None);
    let new = get(&cache, &vendor).await;
    cache.invalidate(old.generation, None);
    assert_eq!(cache.peek(Instant::now()).unwrap().generation, new.generation);
    assert_eq!(vendor.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn tokens_that_are_always_rejected_are_fetched_further_and_further_apart() {
    let (cache, vendor) = (cache(), vendor());
    let start = Instant::now();
    while start.elapsed() < seconds(600) {
        if let Ok(token) = cache.get(vendor.0.clone(), soon()).await {
            cache.invalidate(token.generation, None);
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert!(vendor.calls() <= 17, "{}", vendor.calls());
}

#[tokio::test(start_paused = true)]
async fn waiting_callers_share_the_error_and_the_vendor_is_left_in_peace() {
    let (cache, vendor) = (cache(), vendor());
    vendor.fail(true);
    for outcome in many(&cache, &vendor, 1000).await {
        assert!(matches!(outcome, Err(TokenError::Fetch { error, .. }) if *error == "failure 1"));
    }
    assert_eq!(vendor.calls(), 1);
    assert!(cache.get(vendor.0.clone(), soon()).await.is_err(), "within the pause nobody asks");
    assert_eq!(vendor.calls(), 1);
    vendor.fail(false);
    sleep(seconds(1)).await;
    assert_eq!(get(&cache, &vendor).await.token.expose(), "token 2");
}

#[tokio::test(start_paused = true)]
async fn when_the_caller_who_began_a_fetch_is_dropped_it_serves_the_others() {
    let (cache, vendor) = (cache(), vendor());
    vendor.take(seconds(3));
    let first = tokio::spawn({
        let (cache, vendor) = (cache.clone(), vendor.clone());
        async move { cache.get(vendor.0.clone(), soon()).await.map(|_| ()) }
    });
    sleep(Duration::from_millis(10)).await;
    let others = tokio::spawn({
        let (cache, vendor) = (cache.clone(), vendor.clone());
        async move { many(&cache, &vendor, 50).await }
    });
    sleep(seconds(2)).await;
    first.abort();
    assert!(others.await.unwrap().iter().all(|token| token.as_ref().unwrap().token.expose() == "token 1"));
    assert_eq!(vendor.calls(), 1);
}

/// The token answer takes longer than any caller's patience: still it is got, once.
#[tokio::test(start_paused = true)]
async fn callers_who_give_up_leave_the_fetch_running() {
    let (cache, vendor) = (cache(), vendor());
    vendor.take(Duration::from_millis(300));
    let mut served = 0;
    for _ in 0..245 {
        served += u32::from(timeout(Duration::from_millis(200), cache.get(vendor.0.clone(), soon())).await.is_ok());
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!((served, vendor.calls()), (244, 1));
    // Nobody begins one for which nobody waits any more.
    cache.invalidate(1, None);
    vendor.fail(true);
    assert!(cache.get(vendor.0.clone(), soon()).await.is_err());
    sleep(seconds(1)).await;
    for _ in 0..2 {
        assert!(cache.get(vendor.0.clone(), soon()).await.is_err());
        sleep(seconds(4)).await;
    }
    let before = vendor.calls();
    cache.invalidate(1, None);
    assert!(timeout(Duration::from_millis(1), cache.get(vendor.0.clone(), soon())).await.is_err());
    sleep(seconds(60)).await;
    assert!(vendor.calls() <= before + 1);
}

#[test]
fn a_fetch_whose_runtime_ends_or_sleeps_is_begun_anew() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for ends in [true, false] {
        let (cache, vendor, first) = (cache(), vendor(), runtime());
        vendor.take(Duration::from_millis(300));
        first.block_on(async { timeout(Duration::from_millis(50), cache.get(vendor.0.clone(), soon())).await.unwrap_err() });
        // The sleeping one is kept, but nobody drives it any more.
        let sleeping = if ends { None } else { Some(first) };
        let token = runtime().block_on(get(&cache, &vendor));
        assert_eq!((token.token.expose(), vendor.calls()), ("token 2", 2));
        drop(sleeping);
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_waits_in_vain_is_told_how_the_last_token_was_rejected() {
    let (cache, vendor) = (cache(), vendor());
    get(&cache, &vendor).await;
    cache.invalidate(1, Some("code 2008".to_owned()));
    vendor.take(seconds(60));
    let errors = many(&cache, &vendor, 100).await;
    for error in errors {
        let error = error.unwrap_err().to_string();
        assert!(error.ends_with("the last one was rejected: code 2008"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_life_that_cannot_be_meant_is_shortened_and_told() {
    let month = seconds(30 * 86_400);
    for absurd in [Duration::MAX, seconds(i64::MAX.unsigned_abs()), month + seconds(1)] {
        let (cache, vendor) = (cache(), vendor());
        *vendor.0.expires_in.lock().unwrap() = Some(absurd);
        get(&cache, &vendor).await;
        assert!(cache.remaining().unwrap() <= month);
        assert_eq!(*vendor.0.told.lock().unwrap(), [("vendor", true, true)]);
        let source = Arc::new(Eternal(absurd));
        let cache = TokenCache::new(TokenOptions { source: Some(source), ..options() });
        for _ in 0..3 {
            get(&cache, &vendor).await;
        }
        assert!(cache.remaining().unwrap() <= month);
    }
}

struct Eternal(Duration);

#[async_trait]
impl TokenSource for Eternal {
    async fn token(&self) -> Result<Token, BoxError> {
        Ok(Token::new("eternal").with_expires_in(self.0))
    }
}

#[tokio::test(start_paused = true)]
async fn every_caller_keeps_its_own_deadline() {
    let (cache, vendor) = (cache(), vendor());
    vendor.take(seconds(20));
    let first = tokio::spawn({
        let (cache, vendor) = (cache.clone(), vendor.clone());
        async move { cache.get(vendor.0.clone(), soon()).await.map(|_| ()) }
    });
    sleep(Duration::from_millis(10)).await;
    let before = Instant::now();
    let error = cache.get(vendor.0.clone(), before + seconds(3)).await.unwrap_err();
    assert!(matches!(error, TokenError::Deadline { waited, .. } if waited == seconds(3)), "{error}");
    assert_eq!(before.elapsed(), seconds(3));
    first.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_life_that_is_not_told_is_the_documented_one() {
    for told in [None, Some(Duration::ZERO)] {
        let (cache, vendor) = (cache(), vendor());
        *vendor.0.expires_in.lock().unwrap() = told;
        get(&cache, &vendor).await;
        assert_eq!(cache.remaining(), Some(seconds(7200) - Duration::from_millis(80)), "counted from when it was asked for");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fixed_token_stays() {
    let (cache, vendor) = (TokenCache::fixed(Secret::new("given")), vendor());
    let token = get(&cache, &vendor).await;
    cache.invalidate(token.generation, None);
    assert_eq!(get(&cache, &vendor).await.token.expose(), "given");
    assert!(!cache.refreshable() && cache.remaining().is_none());
    assert_eq!(vendor.calls(), 0);
}

struct Central {
    asked: AtomicU32,
    rejected: Mutex<Vec<String>>,
}

#[async_trait]
impl TokenSource for Central {
    async fn token(&self) -> Result<Token, BoxError> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        if number == 3 {
            return Err("the token service is down".into());
        }
        Ok(Token::new(format!("central {number}")).with_expires_in(seconds(600)))
    }

    async fn rejected(&self, token: &Token) {
        self.rejected.lock().unwrap().push(token.value.expose().to_owned());
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_goes_before_store_and_vendor() {
    let central = Arc::new(Central { asked: AtomicU32::new(0), rejected: Mutex::default() });
    let store = Arc::new(MemoryStore::new());
    let cache = TokenCache::new(TokenOptions { source: Some(central.clone()), store: Some(store.clone()), ..options() });
    let vendor = vendor();
    let leases = many(&cache, &vendor, 100).await;
    assert!(leases.iter().all(|token| token.as_ref().unwrap().token.expose() == "central 1"));
    sleep(seconds(10)).await;
    cache.invalidate(1, None);
    assert_eq!(get(&cache, &vendor).await.token.expose(), "central 2");
    assert_eq!(*central.rejected.lock().unwrap(), ["central 1"]);
    sleep(seconds(10)).await;
    cache.invalidate(2, None);
    let error = cache.get(vendor.0.clone(), soon()).await.unwrap_err();
    assert_eq!(error.to_string(), "no token from the token source: the token service is down");
    assert_eq!((central.asked.load(Ordering::SeqCst), vendor.calls()), (3, 0));
    assert!(store.load("acme:app:0:access").await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn nothing_printed_shows_a_token() {
    let (cache, vendor) = (cache(), vendor());
    let in_use = get(&cache, &vendor).await;
    let token = Token::new("token 1");
    let stored = StoredToken { value: Secret::new("token 1"), expires_at: 1, fetched_at: 0 };
    let shown = format!("{in_use:?} {cache:?} {token:?} {stored:?}");
    assert!(!shown.contains("token 1"), "{shown}");
    timeout(seconds(1), cache.get(vendor.0.clone(), soon())).await.unwrap().unwrap();
}
