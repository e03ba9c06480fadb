//! Tokens in stores: shared between processes, broken, hanging, in files.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_store_spares_the_second_client_the_fetch() {
    let (store, vendor) = (Arc::new(MemoryStore::new()), vendor());
    let (first, second) = (cache_with(store.clone()), cache_with(store.clone()));
    get(&first, &vendor).await;
    sleep(seconds(3000)).await;
    assert_eq!(get(&second, &vendor).await.token.expose(), "token 1");
    assert_eq!(vendor.calls(), 1);
    assert_eq!(second.remaining(), Some(seconds(4200) - Duration::from_millis(80)));
    // The first to see the rejection fetches; the other finds the new token in the store.
    first.invalidate(1, None);
    get(&first, &vendor).await;
    second.invalidate(1, None);
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
    let caches: Vec<_> = (0..8).map(|_| cache_with(store.clone())).collect();
    let start = Instant::now();
    while start.elapsed() < seconds(2 * 7200) {
        let mut tasks = JoinSet::new();
        for cache in caches.iter().flat_map(|cache| [cache; 4]) {
            let (cache, vendor) = (cache.clone(), vendor.clone());
            tasks.spawn(async move { cache.get(vendor.0.clone(), soon()).await.unwrap() });
        }
        tasks.join_all().await;
        sleep(seconds(5)).await;
    }
    assert_eq!(vendor.calls(), 3);
    assert!(store.leases.lock().unwrap().is_empty(), "every token was given back");
}

#[tokio::test(start_paused = true)]
async fn when_the_holder_of_the_lease_dies_the_others_go_on_after_it() {
    let (store, vendor) = (Arc::new(Shared::default()), vendor());
    store.lease("acme:app:0:access", "a process that was killed", seconds(10)).await.unwrap();
    let before = Instant::now();
    get(&cache_with(store), &vendor).await;
    assert!((9..12).contains(&before.elapsed().as_secs()), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn near_the_end_nobody_waits_for_another_process() {
    let (store, vendor) = (Arc::new(Shared::default()), vendor());
    let cache = cache_with(store.clone());
    get(&cache, &vendor).await;
    sleep(seconds(7200 - 200)).await;
    store.lease("acme:app:0:access", "another process", seconds(3600)).await.unwrap();
    let (before, asked) = (Instant::now(), store.asked.load(Ordering::SeqCst));
    for _ in 0..100 {
        assert_eq!(get(&cache, &vendor).await.token.expose(), "token 1");
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
        let cache = cache_with(store.clone());
        let before = Instant::now();
        for token in many(&cache, &vendor, 100).await {
            assert_eq!(token.unwrap().token.expose(), "token 1");
        }
        assert!(before.elapsed() < seconds(2), "a store that hangs costs a second, once");
        for _ in 0..600 {
            sleep(seconds(10)).await;
            get(&cache, &vendor).await;
        }
        assert_eq!(vendor.calls(), 1);
        let reason = if hangs { "no answer within a second" } else { "the store is away" };
        assert_eq!(*vendor.0.degraded.lock().unwrap(), [format!("token_store of access: {reason}")], "told once");
        // With the vendor away too, both are left in peace.
        cache.invalidate(1, None);
        vendor.fail(true);
        for _ in 0..600 {
            let _ = cache.get(vendor.0.clone(), soon()).await;
            sleep(Duration::from_millis(100)).await;
        }
        assert!(vendor.calls() <= 8, "{}", vendor.calls());
        // Both come back by themselves.
        store.broken.store(false, Ordering::SeqCst);
        store.hangs.store(false, Ordering::SeqCst);
        vendor.fail(false);
        sleep(seconds(60)).await;
        get(&cache, &vendor).await;
        assert!(store.tokens.load("acme:app:0:access").await.unwrap().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_in_vain_is_told_for_what() {
    struct Silent;
    #[async_trait]
    impl TokenSource for Silent {
        async fn token(&self) -> Result<Token, BoxError> {
            std::future::pending().await
        }
    }
    async fn stage(cache: &Arc<TokenCache<String>>, vendor: &Vendor, patience: Duration) -> Option<TokenStage> {
        let error = cache.get(vendor.0.clone(), Instant::now() + patience).await.unwrap_err();
        let TokenError::Deadline { stage, .. } = &error else { panic!("{error}") };
        assert!(error.to_string().ends_with(stage.map_or("", TokenStage::as_str)), "{error}");
        *stage
    }
    let half_a_second = Duration::from_millis(500);
    let (store, patient) = (Arc::new(Shared::default()), vendor());
    store.hangs.store(true, Ordering::SeqCst);
    assert_eq!(stage(&cache_with(store), &patient, half_a_second).await, Some(TokenStage::Store));
    let store = Arc::new(Shared::default());
    store.lease("acme:app:0:access", "another process", seconds(3600)).await.unwrap();
    assert_eq!(stage(&cache_with(store), &patient, seconds(3)).await, Some(TokenStage::OtherProcess));
    let asking = TokenCache::new(TokenOptions { source: Some(Arc::new(Silent)), ..options() });
    assert_eq!(stage(&asking, &patient, half_a_second).await, Some(TokenStage::Source));
    let slow = vendor();
    slow.take(seconds(20));
    let waiting = cache();
    assert_eq!(stage(&waiting, &slow, half_a_second).await, Some(TokenStage::Vendor));
    sleep(seconds(30)).await;
    get(&waiting, &slow).await;
    slow.fail(true);
    waiting.invalidate(1, None);
    assert!(waiting.get(slow.0.clone(), soon()).await.is_err());
    let hurried = waiting.get(slow.0.clone(), Instant::now()).await;
    assert!(!matches!(hurried, Err(TokenError::Deadline { stage: Some(_), .. })), "nothing is waited for any more");
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
    let store = FileStore::new(folder.path().join("tokens")).unwrap();
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
    assert_eq!(left.len(), 1, "nothing stays but the lock file: {left:?}");
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn token_files_are_private_and_their_names_tell_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (store, vendor) = (Arc::new(FileStore::new(folder.path()).unwrap()), vendor());
    let cache = TokenCache::new(TokenOptions { account: "acme:canary-app:canary-hash".into(), store: Some(store), ..options() });
    get(&cache, &vendor).await;
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 2, "token and lock");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!file.file_name().to_str().unwrap().contains("canary"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_damaged_token_file_counts_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let (store, vendor) = (Arc::new(FileStore::new(folder.path()).unwrap()), vendor());
    get(&cache_with(store.clone()), &vendor).await;
    let is_token = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "token");
    let file = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).find(is_token).unwrap();
    for (number, damage) in [b"{\"token\": \"tok".as_slice(), b"", b"\xff\xfe{}", &[b'x'; 200_000]].into_iter().enumerate() {
        std::fs::write(&file, damage).unwrap();
        let expected = format!("token {}", number + 2);
        assert_eq!(get(&cache_with(store.clone()), &vendor).await.token.expose(), expected);
        assert!(std::fs::read_to_string(&file).unwrap().contains(&expected), "it was replaced");
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_have_stored_counts_as_nothing() {
    let now = clock::unix_millis();
    let stored = |expires_at, fetched_at| StoredToken { value: Secret::new("planted"), expires_at, fetched_at };
    let day = 86_400_000;
    let absurd = [
        stored(u64::MAX, u64::MAX),
        stored(now + 2 * day, now + day),
        stored(u64::MAX, now),
        stored(now + 400 * day, now),
        stored(now - 1, now),
    ];
    for planted in absurd {
        assert!(!planted.is_plausible(now), "{planted:?}");
        let (store, vendor) = (Arc::new(Shared::default()), vendor());
        store.tokens.save("acme:app:0:access", &planted).await.unwrap();
        assert_eq!(get(&cache_with(store.clone()), &vendor).await.token.expose(), "token 1");
        let kept = store.tokens.load("acme:app:0:access").await.unwrap().unwrap();
        assert_eq!(kept.value.expose(), "token 1", "it was replaced");
    }
    assert!(stored(now + 7_200_000, now + 60_000).is_plausible(now), "clocks differ a little");
}

/// Whoever holds it hangs, or the store's clock was set back.
#[tokio::test(start_paused = true)]
async fn a_lease_that_never_ends_is_not_respected_for_ever() {
    let (store, vendor) = (Arc::new(Shared::default()), vendor());
    store.lease("acme:app:0:access", "a process that hangs", seconds(1_000_000)).await.unwrap();
    let before = Instant::now();
    get(&cache_with(store), &vendor).await;
    assert!((15..17).contains(&before.elapsed().as_secs()), "{:?}", before.elapsed());
}
