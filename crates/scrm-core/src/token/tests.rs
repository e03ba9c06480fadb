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
    hooks::NoHooks,
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
    token: None,
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
    TokenOptions { vendor: "acme", spec: &ACCESS, account: "acme:app:0".into(), source: None, store: None, hooks: Arc::new(NoHooks) }
}

fn slot() -> Arc<TokenSlot<String>> {
    Arc::new(TokenSlot::new(options()))
}

fn slot_with(store: Arc<dyn TokenStore>) -> Arc<TokenSlot<String>> {
    Arc::new(TokenSlot::new(TokenOptions { store: Some(store), ..options() }))
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
}

fn vendor() -> Vendor {
    Vendor(Arc::new(VendorState {
        calls: AtomicU32::new(0),
        fails: AtomicBool::new(false),
        takes: Mutex::new(Duration::from_millis(80)),
        expires_in: Mutex::new(Some(seconds(7200))),
        begun: Mutex::default(),
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
impl FetchToken<String> for Vendor {
    async fn fetch(&self) -> Result<Token, String> {
        let number = self.0.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.begun.lock().unwrap().push(Instant::now());
        let takes = *self.0.takes.lock().unwrap();
        sleep(takes).await;
        if self.0.fails.load(Ordering::SeqCst) {
            return Err(format!("failure {number}"));
        }
        Ok(Token { value: Secret::new(format!("token {number}")), expires_in: *self.0.expires_in.lock().unwrap() })
    }
}

async fn get(slot: &TokenSlot<String>, vendor: &Vendor) -> TokenInUse {
    slot.get(vendor, soon()).await.unwrap()
}

async fn many(slot: &Arc<TokenSlot<String>>, vendor: &Vendor, count: usize) -> Vec<Result<TokenInUse, TokenError<String>>> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let (slot, vendor) = (slot.clone(), vendor.clone());
        tasks.spawn(async move { slot.get(&vendor, soon()).await });
    }
    tasks.join_all().await
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_on_a_cold_slot_make_one_fetch() {
    let (slot, vendor) = (slot(), vendor());
    let leases = many(&slot, &vendor, 1000).await;
    assert!(leases.iter().all(|lease| lease.as_ref().unwrap().token.expose() == "token 1"));
    assert_eq!(vendor.calls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_they_do_on_several_threads() {
    let (slot, vendor) = (slot(), vendor());
    let leases = many(&slot, &vendor, 1000).await;
    assert!(leases.iter().all(|lease| lease.as_ref().unwrap().generation == 1));
    assert_eq!(vendor.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn through_an_expiry_nobody_waits_but_the_one_who_renews() {
    let (slot, vendor) = (slot(), vendor());
    let mut waited = 0;
    let start = Instant::now();
    // One call a second for three lives.
    while start.elapsed() < seconds(3 * 7200) {
        let before = Instant::now();
        let lease = get(&slot, &vendor).await;
        assert!(slot.remaining().unwrap() > seconds(290), "no token is used in its last minutes: {:?}", slot.remaining());
        assert_eq!(lease.generation, u64::from(vendor.calls()));
        waited += u32::from(before.elapsed() > Duration::ZERO);
        sleep(seconds(1)).await;
    }
    assert_eq!((vendor.calls(), waited), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn near_the_end_others_go_on_with_the_old_token_while_one_renews() {
    let (slot, vendor) = (slot(), vendor());
    get(&slot, &vendor).await;
    sleep(seconds(7200 - 200)).await;
    vendor.take(seconds(2));
    let leases = many(&slot, &vendor, 100).await;
    let old = leases.iter().filter(|lease| lease.as_ref().unwrap().token.expose() == "token 1").count();
    assert_eq!((old, vendor.calls()), (99, 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_still_good_survives_a_failed_renewal() {
    let (slot, vendor) = (slot(), vendor());
    get(&slot, &vendor).await;
    vendor.fail(true);
    sleep(seconds(7200 - 250)).await;
    for _ in 0..240 {
        assert_eq!(get(&slot, &vendor).await.token.expose(), "token 1");
        sleep(seconds(1)).await;
    }
    let failures = vendor.calls() - 1;
    assert!((3..=9).contains(&failures), "tried again, further and further apart: {failures}");
    sleep(seconds(120)).await;
    let error = slot.get(&vendor, soon()).await.unwrap_err();
    assert!(matches!(error, TokenError::Fetch { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_hangs_costs_half_of_the_callers_time_and_not_the_call() {
    let (slot, vendor) = (slot(), vendor());
    get(&slot, &vendor).await;
    sleep(seconds(7200 - 200)).await;
    vendor.take(seconds(1000));
    let before = Instant::now();
    assert_eq!(slot.get(&vendor, before + seconds(10)).await.unwrap().token.expose(), "token 1");
    assert_eq!(before.elapsed(), seconds(5));
}

#[tokio::test(start_paused = true)]
async fn where_the_same_token_comes_again_it_is_not_asked_for_too_early() {
    let (slot, vendor) = (Arc::new(TokenSlot::new(TokenOptions { spec: &STICKY, ..options() })), vendor());
    get(&slot, &vendor).await;
    sleep(seconds(7200 - 1200)).await;
    get(&slot, &vendor).await;
    assert_eq!(vendor.calls(), 1, "more than 1200 s left");
    sleep(seconds(600)).await;
    get(&slot, &vendor).await;
    assert_eq!(vendor.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn five_hundred_rejections_of_one_token_make_one_refresh() {
    let (slot, vendor) = (slot(), vendor());
    let first = get(&slot, &vendor).await;
    sleep(seconds(100)).await;
    let mut tasks = JoinSet::new();
    for delay in 0..500 {
        let (slot, vendor, generation) = (slot.clone(), vendor.clone(), first.generation);
        tasks.spawn(async move {
            sleep(Duration::from_millis(delay)).await;
            slot.invalidate(generation);
            slot.get(&vendor, soon()).await.unwrap()
        });
    }
    let leases = tasks.join_all().await;
    assert!(leases.iter().all(|lease| lease.token.expose() == "token 2" && lease.generation == 2));
    assert_eq!(vendor.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_late_failure_does_not_drop_a_newer_token() {
    let (slot, vendor) = (slot(), vendor());
    let old = get(&slot, &vendor).await;
    sleep(seconds(100)).await;
    slot.invalidate(old.generation);
    let new = get(&slot, &vendor).await;
    slot.invalidate(old.generation);
    assert_eq!(slot.peek(Instant::now()).unwrap().generation, new.generation);
    assert_eq!(vendor.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn tokens_that_are_always_rejected_are_fetched_further_and_further_apart() {
    let (slot, vendor) = (slot(), vendor());
    let start = Instant::now();
    while start.elapsed() < seconds(600) {
        if let Ok(lease) = slot.get(&vendor, soon()).await {
            slot.invalidate(lease.generation);
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert!(vendor.calls() <= 17, "{}", vendor.calls());
}

#[tokio::test(start_paused = true)]
async fn waiting_callers_share_the_error_and_the_vendor_is_left_in_peace() {
    let (slot, vendor) = (slot(), vendor());
    vendor.fail(true);
    for outcome in many(&slot, &vendor, 1000).await {
        assert!(matches!(outcome, Err(TokenError::Fetch { error, .. }) if *error == "failure 1"));
    }
    assert_eq!(vendor.calls(), 1);
    assert!(slot.get(&vendor, soon()).await.is_err(), "within the pause nobody asks");
    assert_eq!(vendor.calls(), 1);
    vendor.fail(false);
    sleep(seconds(1)).await;
    assert_eq!(get(&slot, &vendor).await.token.expose(), "token 2");
}

#[tokio::test(start_paused = true)]
async fn when_the_fetching_caller_is_dropped_the_next_takes_over() {
    let (slot, vendor) = (slot(), vendor());
    vendor.take(seconds(3));
    let first = tokio::spawn({
        let (slot, vendor) = (slot.clone(), vendor.clone());
        async move { slot.get(&vendor, soon()).await.map(|_| ()) }
    });
    sleep(Duration::from_millis(10)).await;
    let others = tokio::spawn({
        let (slot, vendor) = (slot.clone(), vendor.clone());
        async move { many(&slot, &vendor, 50).await }
    });
    sleep(seconds(2)).await;
    first.abort();
    assert!(others.await.unwrap().iter().all(|lease| lease.as_ref().unwrap().token.expose() == "token 2"));
    assert_eq!(vendor.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn every_caller_keeps_its_own_deadline() {
    let (slot, vendor) = (slot(), vendor());
    vendor.take(seconds(20));
    let first = tokio::spawn({
        let (slot, vendor) = (slot.clone(), vendor.clone());
        async move { slot.get(&vendor, soon()).await.map(|_| ()) }
    });
    sleep(Duration::from_millis(10)).await;
    let before = Instant::now();
    let error = slot.get(&vendor, before + seconds(3)).await.unwrap_err();
    assert!(matches!(error, TokenError::Deadline { waited } if waited == seconds(3)), "{error}");
    assert_eq!(before.elapsed(), seconds(3));
    first.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_life_that_is_not_told_is_the_documented_one() {
    for told in [None, Some(Duration::ZERO)] {
        let (slot, vendor) = (slot(), vendor());
        *vendor.0.expires_in.lock().unwrap() = told;
        get(&slot, &vendor).await;
        assert_eq!(slot.remaining(), Some(seconds(7200) - Duration::from_millis(80)), "counted from when it was asked for");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fixed_token_stays() {
    let (slot, vendor) = (TokenSlot::fixed(Secret::new("given")), vendor());
    let lease = get(&slot, &vendor).await;
    slot.invalidate(lease.generation);
    assert_eq!(get(&slot, &vendor).await.token.expose(), "given");
    assert!(!slot.refreshable() && slot.remaining().is_none());
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
    let slot = Arc::new(TokenSlot::new(TokenOptions { source: Some(central.clone()), store: Some(store.clone()), ..options() }));
    let vendor = vendor();
    let leases = many(&slot, &vendor, 100).await;
    assert!(leases.iter().all(|lease| lease.as_ref().unwrap().token.expose() == "central 1"));
    sleep(seconds(10)).await;
    slot.invalidate(1);
    assert_eq!(get(&slot, &vendor).await.token.expose(), "central 2");
    assert_eq!(*central.rejected.lock().unwrap(), ["central 1"]);
    sleep(seconds(10)).await;
    slot.invalidate(2);
    let error = slot.get(&vendor, soon()).await.unwrap_err();
    assert_eq!(error.to_string(), "no token from the token source: the token service is down");
    assert_eq!((central.asked.load(Ordering::SeqCst), vendor.calls()), (3, 0));
    assert!(store.load("acme:app:0:access").await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_store_spares_the_second_client_the_fetch() {
    let (store, vendor) = (Arc::new(MemoryStore::new()), vendor());
    let (first, second) = (slot_with(store.clone()), slot_with(store.clone()));
    get(&first, &vendor).await;
    sleep(seconds(3000)).await;
    assert_eq!(get(&second, &vendor).await.token.expose(), "token 1");
    assert_eq!(vendor.calls(), 1);
    assert_eq!(second.remaining(), Some(seconds(4200) - Duration::from_millis(80)));
    // The first to see the rejection fetches; the other finds the new token in the store.
    first.invalidate(1);
    get(&first, &vendor).await;
    second.invalidate(1);
    assert_eq!(get(&second, &vendor).await.token.expose(), "token 2");
    assert_eq!(vendor.calls(), 2);
}

/// A store shared between processes, with leases; it can be made to fail or to hang.
#[derive(Default)]
struct Shared {
    tokens: MemoryStore,
    leases: Mutex<HashMap<String, (String, Instant)>>,
    broken: AtomicBool,
    hangs: AtomicBool,
    asked: AtomicU32,
}

impl Shared {
    async fn answer(&self) -> Result<(), BoxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(1)).await;
        if self.hangs.load(Ordering::SeqCst) {
            sleep(seconds(100_000)).await;
        }
        if self.broken.load(Ordering::SeqCst) { Err("the store is away".into()) } else { Ok(()) }
    }
}

#[async_trait]
impl TokenStore for Shared {
    async fn load(&self, key: &str) -> Result<Option<StoredToken>, BoxError> {
        self.answer().await?;
        self.tokens.load(key).await
    }

    async fn save(&self, key: &str, token: &StoredToken) -> Result<(), BoxError> {
        self.answer().await?;
        self.tokens.save(key, token).await
    }

    async fn remove_if(&self, key: &str, value: &Secret) -> Result<(), BoxError> {
        self.answer().await?;
        self.tokens.remove_if(key, value).await
    }

    async fn lease(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, BoxError> {
        self.answer().await?;
        let mut leases = self.leases.lock().unwrap();
        let free = leases.get(key).is_none_or(|(holder, until)| holder == owner || *until <= Instant::now());
        if free {
            leases.insert(key.to_owned(), (owner.to_owned(), Instant::now() + ttl));
        }
        Ok(free)
    }

    async fn release(&self, key: &str, owner: &str) -> Result<(), BoxError> {
        self.answer().await?;
        let mut leases = self.leases.lock().unwrap();
        if leases.get(key).is_some_and(|(holder, _)| holder == owner) {
            leases.remove(key);
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn eight_processes_make_one_fetch_per_life() {
    let (store, vendor) = (Arc::new(Shared::default()), vendor());
    let slots: Vec<_> = (0..8).map(|_| slot_with(store.clone())).collect();
    let start = Instant::now();
    while start.elapsed() < seconds(2 * 7200) {
        let mut tasks = JoinSet::new();
        for slot in slots.iter().flat_map(|slot| [slot; 4]) {
            let (slot, vendor) = (slot.clone(), vendor.clone());
            tasks.spawn(async move { slot.get(&vendor, soon()).await.unwrap() });
        }
        tasks.join_all().await;
        sleep(seconds(5)).await;
    }
    assert_eq!(vendor.calls(), 3);
    assert!(store.leases.lock().unwrap().is_empty(), "every lease was given back");
}

#[tokio::test(start_paused = true)]
async fn when_the_holder_of_the_lease_dies_the_others_go_on_after_it() {
    let (store, vendor) = (Arc::new(Shared::default()), vendor());
    store.lease("acme:app:0:access", "a process that was killed", seconds(10)).await.unwrap();
    let before = Instant::now();
    get(&slot_with(store), &vendor).await;
    assert!((9..12).contains(&before.elapsed().as_secs()), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn near_the_end_nobody_waits_for_another_process() {
    let (store, vendor) = (Arc::new(Shared::default()), vendor());
    let slot = slot_with(store.clone());
    get(&slot, &vendor).await;
    sleep(seconds(7200 - 200)).await;
    store.lease("acme:app:0:access", "another process", seconds(3600)).await.unwrap();
    let (before, asked) = (Instant::now(), store.asked.load(Ordering::SeqCst));
    for _ in 0..100 {
        assert_eq!(get(&slot, &vendor).await.token.expose(), "token 1");
    }
    assert!(before.elapsed() < Duration::from_millis(10));
    assert!(store.asked.load(Ordering::SeqCst) - asked <= 3, "the store is not asked on every call");
}

#[tokio::test(start_paused = true)]
async fn a_broken_store_changes_nothing_for_the_vendor() {
    for hangs in [false, true] {
        let (store, vendor) = (Arc::new(Shared::default()), vendor());
        store.broken.store(true, Ordering::SeqCst);
        store.hangs.store(hangs, Ordering::SeqCst);
        let slot = slot_with(store.clone());
        let before = Instant::now();
        for lease in many(&slot, &vendor, 100).await {
            assert_eq!(lease.unwrap().token.expose(), "token 1");
        }
        assert!(before.elapsed() < seconds(2), "a store that hangs costs a second, once");
        for _ in 0..600 {
            sleep(seconds(10)).await;
            get(&slot, &vendor).await;
        }
        assert_eq!(vendor.calls(), 1);
        // With the vendor away too, both are left in peace.
        slot.invalidate(1);
        vendor.fail(true);
        for _ in 0..600 {
            let _ = slot.get(&vendor, soon()).await;
            sleep(Duration::from_millis(100)).await;
        }
        assert!(vendor.calls() <= 8, "{}", vendor.calls());
        // Both come back by themselves.
        store.broken.store(false, Ordering::SeqCst);
        store.hangs.store(false, Ordering::SeqCst);
        vendor.fail(false);
        sleep(seconds(60)).await;
        get(&slot, &vendor).await;
        assert!(store.tokens.load("acme:app:0:access").await.unwrap().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_token_does_not_replace_a_newer_one_in_the_store() {
    let store = MemoryStore::new();
    let now = clock::unix_millis();
    let token = |name: &str, fetched_at| StoredToken { value: Secret::new(name), expires_at: now + 7_200_000, fetched_at };
    store.save("key", &token("newer", now + 5)).await.unwrap();
    store.save("key", &token("older", now)).await.unwrap();
    store.remove_if("key", &Secret::new("older")).await.unwrap();
    assert_eq!(store.load("key").await.unwrap().unwrap().value.expose(), "newer");
    sleep(seconds(7200)).await;
    store.save("key", &token("late", now)).await.unwrap();
    assert_eq!(store.load("key").await.unwrap().unwrap().value.expose(), "late", "one that has ended gives way");
}

#[tokio::test(start_paused = true)]
async fn the_file_store_keeps_tokens_and_leases() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("tokens"));
    assert!(store.load("key").await.unwrap().is_none());
    let now = clock::unix_millis();
    let token = StoredToken { value: Secret::new("a token"), expires_at: now + 7_200_000, fetched_at: now };
    store.save("key", &token).await.unwrap();
    assert_eq!(store.load("key").await.unwrap(), Some(token.clone()));
    store.save("key", &StoredToken { value: Secret::new("older"), fetched_at: now - 1, ..token.clone() }).await.unwrap();
    assert_eq!(store.load("key").await.unwrap(), Some(token.clone()));
    store.remove_if("key", &Secret::new("another")).await.unwrap();
    assert!(store.load("key").await.unwrap().is_some());
    store.remove_if("key", &token.value).await.unwrap();
    assert!(store.load("key").await.unwrap().is_none());

    assert!(store.lease("key", "a", seconds(10)).await.unwrap());
    assert!(store.lease("key", "a", seconds(10)).await.unwrap(), "again by its owner");
    assert!(!store.lease("key", "b", seconds(10)).await.unwrap());
    store.release("key", "b").await.unwrap();
    assert!(!store.lease("key", "b", seconds(10)).await.unwrap());
    sleep(seconds(11)).await;
    assert!(store.lease("key", "b", seconds(10)).await.unwrap(), "the lease has ended");
    store.release("key", "b").await.unwrap();
    assert!(store.lease("key", "c", seconds(10)).await.unwrap());
    let left: Vec<_> = std::fs::read_dir(folder.path().join("tokens")).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary files stay behind: {left:?}");
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn token_files_are_private_and_their_names_tell_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (store, vendor) = (Arc::new(FileStore::new(folder.path())), vendor());
    let slot = TokenSlot::new(TokenOptions { account: "acme:canary-app:canary-hash".into(), store: Some(store), ..options() });
    get(&slot, &vendor).await;
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!files[0].file_name().to_str().unwrap().contains("canary"));
}

#[tokio::test(start_paused = true)]
async fn a_damaged_token_file_counts_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let (store, vendor) = (Arc::new(FileStore::new(folder.path())), vendor());
    get(&slot_with(store.clone()), &vendor).await;
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    std::fs::write(file, "{\"token\": \"tok").unwrap();
    assert_eq!(get(&slot_with(store), &vendor).await.token.expose(), "token 2");
}

#[tokio::test(start_paused = true)]
async fn nothing_printed_shows_a_token() {
    let (slot, vendor) = (slot(), vendor());
    let lease = get(&slot, &vendor).await;
    let token = Token::new("token 1");
    let stored = StoredToken { value: Secret::new("token 1"), expires_at: 1, fetched_at: 0 };
    let shown = format!("{lease:?} {slot:?} {token:?} {stored:?}");
    assert!(!shown.contains("token 1"), "{shown}");
    timeout(seconds(1), slot.get(&vendor, soon())).await.unwrap().unwrap();
}
