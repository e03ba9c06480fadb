//! One token for all processes.

use std::time::Duration;

use scrm_core::{
    Secret,
    token::{StoredToken, TokenStore as _},
};
use scrm_redis::{RedisQuota, RedisStore};

use tokio::time::Instant;

use crate::{
    acme::{
        SECRET,
        loopback::{Fault, Loopback},
    },
    server::{Redis, prefix},
    worker::{MACHINE, Order},
};

const HOUR: Duration = Duration::from_secs(3600);

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

fn token(name: &str, fetched_at: u64) -> StoredToken {
    StoredToken { value: Secret::new(name), expires_at: now() + 60_000, fetched_at }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_token_is_kept_replaced_and_removed_by_the_rules() {
    let Some(mut redis) = Redis::start() else { return };
    let store = RedisStore::new(&redis.url()).unwrap().with_prefix(prefix());
    store.ping().await.unwrap();
    let (older, newer) = (token("older \"1\"", now() - 5), token("newer", now()));
    assert_eq!(store.load("key").await.unwrap(), None);
    store.save("key", &newer).await.unwrap();
    store.save("key", &older).await.unwrap();
    assert_eq!(store.load("key").await.unwrap(), Some(newer.clone()));
    assert_eq!(store.load("another key").await.unwrap(), None);
    store.remove_if("key", &older.value).await.unwrap();
    assert!(store.load("key").await.unwrap().is_some());
    store.remove_if("key", &newer.value).await.unwrap();
    assert_eq!(store.load("key").await.unwrap(), None);
    store.save("key", &older).await.unwrap();
    assert_eq!(store.load("key").await.unwrap(), Some(older.clone()));
    // With its life it goes by itself; one that has ended is not stored.
    store.save("key", &StoredToken { expires_at: now() + 200, ..token("short", now()) }).await.unwrap();
    store.save("ended", &StoredToken { expires_at: now() - 1, ..newer.clone() }).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((store.load("key").await.unwrap(), store.load("ended").await.unwrap()), (None, None));
    // After a restart the first question finds it again.
    redis.kill();
    assert!(store.load("key").await.is_err());
    redis.restart();
    store.save("key", &newer).await.unwrap();
    assert_eq!(store.load("key").await.unwrap(), Some(newer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_entry_counts_as_none_and_is_replaced() {
    let Some(redis) = Redis::start() else { return };
    let store = RedisStore::new(&redis.url()).unwrap();
    for damage in ["", "{\"token\":", "[1]", "7"] {
        let () = redis::cmd("SET").arg("scrm:token:key").arg(damage).query(&mut redis.connection()).unwrap();
        assert_eq!(store.load("key").await.unwrap(), None, "{damage}");
        store.remove_if("key", &Secret::new("a")).await.unwrap();
        store.save("key", &token("a", 1)).await.unwrap();
        assert_eq!(store.load("key").await.unwrap().unwrap().value.expose(), "a", "{damage}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_one_owners_until_it_ends() {
    let Some(redis) = Redis::start() else { return };
    let store = RedisStore::new(&redis.url()).unwrap().with_prefix(prefix());
    let short = Duration::from_millis(500);
    assert!(store.lease("key", "a", HOUR).await.unwrap());
    assert!(store.lease("key", "a", HOUR).await.unwrap(), "again by its owner");
    assert!(!store.lease("key", "b", HOUR).await.unwrap());
    assert!(store.lease("another key", "b", HOUR).await.unwrap());
    store.release("key", "b").await.unwrap();
    assert!(!store.lease("key", "b", HOUR).await.unwrap());
    store.release("key", "a").await.unwrap();
    assert!(store.lease("key", "b", short).await.unwrap());
    assert!(!store.lease("key", "a", short).await.unwrap());
    tokio::time::sleep(short * 2).await;
    assert!(store.lease("key", "a", short).await.unwrap());
}

/// The vendor ends the old token at once, so that a second fetch would be seen by everybody.
#[tokio::test(flavor = "multi_thread")]
async fn eight_processes_make_one_fetch_per_token_life_through_two_expiries() {
    let _shared = MACHINE.read();
    let Some(redis) = Redis::start() else { return };
    let life = Duration::from_secs(5);
    let vendor = Loopback::start(life, Duration::ZERO).await;
    let order = Order { pause: Duration::from_millis(50), end: Duration::from_secs(13), ..Order::new(&vendor.url, &redis.url()) };
    let processes: Vec<_> = (0..8).map(|_| order.start()).collect();
    let mut answered = 0;
    for process in processes {
        let report = process.report().await;
        assert!(report.errors.is_empty(), "{report:?}");
        assert!(report.answered > 20, "{report:?}");
        answered += report.answered;
    }
    assert_eq!(answered, vendor.accepted().len());
    let fetches = vendor.fetches();
    println!("{answered} calls of 8 processes in 13 s, {} token fetches with a life of 5 s", fetches.len());
    assert!(fetches.len() >= 3, "{fetches:?}");
    assert!(fetches.windows(2).all(|pair| pair[1] - pair[0] > life.mul_f64(0.9)), "{fetches:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_process_that_fetches_is_killed_the_others_go_on_within_the_lease() {
    let _shared = MACHINE.read();
    let Some(redis) = Redis::start() else { return };
    let vendor = Loopback::start(HOUR, Duration::ZERO).await;
    vendor.fail_tokens([Fault::Hang]);
    let order = Order { calls: 20, ..Order::new(&vendor.url, &redis.url()) };
    let mut holder = order.start();
    while vendor.fetches().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let others: Vec<_> = (0..3).map(|_| order.start()).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(vendor.fetches().len(), 1, "the others wait for the holder of the lease");
    holder.kill();
    let killed = Instant::now();
    for process in others {
        let report = process.report().await;
        assert_eq!((report.answered, report.errors.len()), (20, 0), "{report:?}");
    }
    println!("the others went on {:.1} s after the kill", killed.elapsed().as_secs_f64());
    assert!(killed.elapsed() < Duration::from_secs(12), "a lease is ten seconds: {:?}", killed.elapsed());
    assert_eq!(vendor.fetches().len(), 2, "one by the holder, one by another");
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_killed_and_restarted_in_ten_thousand_calls_loses_none() {
    let Some(mut redis) = Redis::start() else { return };
    let _alone = MACHINE.write();
    let vendor = Loopback::start(HOUR, HOUR).await;
    let order = Order {
        callers: 20,
        pause: Duration::from_millis(20),
        calls: 5000,
        quota: Some((100_000, 1)),
        ..Order::new(&vendor.url, &redis.url())
    };
    let processes = [order.start(), order.start()];
    while vendor.accepted().len() < 2000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    redis.kill();
    // Both need a new token now, and cannot tell each other.
    vendor.revoke();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let meanwhile = vendor.accepted().len();
    redis.restart();
    for process in processes {
        let report = process.report().await;
        assert_eq!((report.answered, report.errors.len()), (5000, 0), "{report:?}");
    }
    assert!(meanwhile > 2200, "calls went on without Redis: {meanwhile}");
    let fetches = vendor.fetches().len();
    println!("10000 calls of 2 processes, {} answered while Redis was away, {fetches} token fetches", meanwhile - 2000);
    assert_eq!(vendor.accepted().len(), 10_000);
    assert!(fetches <= 1 + 2, "one at first, one more of each process: {fetches}");
    assert!(redis.dump().iter().any(|(key, _)| key.ends_with(":state")), "Redis is used again");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_tell_what_to_do_and_no_password() {
    let Some(redis) = Redis::start_with(&["--requirepass", "right-pass-1"]) else { return };
    let address = redis.url().replace("redis://", "");
    let told = async |url: &str| match RedisStore::new(url) {
        Err(error) => format!("{error} {error:?}"),
        Ok(store) => {
            let error = store.ping().await.unwrap_err();
            let loading = store.load("key").await.unwrap_err();
            let taking = RedisQuota::new(url).unwrap().ping().await.unwrap_err();
            format!("{error} {error:?} {loading} {loading:?} {taking} {store:?}")
        }
    };
    let cases = [
        (format!("redis://:{SECRET}@{address}"), "does not accept user and password"),
        (format!("redis://{address}"), "Redis refused: NOAUTH"),
        (format!("redis://:{SECRET}@127.0.0.1:1"), "cannot be reached: connection refused"),
        #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
        (format!("rediss://:{SECRET}@{address}"), "TLS to Redis is not built in"),
        (format!("redis://:{SECRET}/x@{address}"), "must be percent-encoded"),
        (format!("redis://user:{SECRET}#x@{address}"), "must be percent-encoded"),
        (format!("redis://user:7/{SECRET}?x@{address}"), "must be percent-encoded"),
        (format!("postgres://:{SECRET}@{address}"), "this is no URL of a Redis server"),
        (SECRET.to_owned(), "this is no URL of a Redis server"),
    ];
    for (url, expected) in cases {
        let text = told(&url).await;
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains(SECRET), "{text}");
    }
    RedisStore::new(&format!("redis://:right-pass-1@{address}")).unwrap().ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_cluster_says_so() {
    let Some(redis) = Redis::start_with(&["--cluster-enabled", "yes"]) else { return };
    // One slot of keys is its own: what it answers depends on the key.
    let () = redis::cmd("CLUSTER").arg("ADDSLOTS").arg(0).query(&mut redis.connection()).unwrap();
    let store = RedisStore::new(&redis.url()).unwrap();
    let quota = RedisQuota::new(&redis.url()).unwrap();
    let told = [
        store.ping().await.unwrap_err().to_string(),
        quota.ping().await.unwrap_err().to_string(),
        store.load("key").await.unwrap_err().to_string(),
    ];
    for error in told {
        assert!(error.contains("is a node of a cluster") && error.contains("not supported"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_the_future_does_not_beat_a_newer_one() {
    let Some(redis) = Redis::start() else { return };
    let store = RedisStore::new(&redis.url()).unwrap();
    let day = 86_400_000;
    store.save("key", &StoredToken { expires_at: now() + 2 * day, ..token("from the future", now() + day) }).await.unwrap();
    store.save("key", &token("mine", now())).await.unwrap();
    assert_eq!(store.load("key").await.unwrap().unwrap().value.expose(), "mine");
}
