//! One quota for all processes.

use std::time::Duration;

use scrm_core::quota::{Given, QuotaRule, SharedQuota as _, Taken};
use scrm_redis::RedisQuota;

use tokio::time::Instant;

use crate::{
    acme::loopback::Loopback,
    server::{Redis, prefix},
    worker::{MACHINE, Order},
};

const SECOND: Duration = Duration::from_secs(1);

fn rule(calls: u32, window: Duration) -> QuotaRule {
    QuotaRule { calls, window, linger: SECOND, smooth: None, hold_at_start: false }
}

fn slots(taken: Taken) -> Vec<u64> {
    match taken {
        Taken::Slots(slots) => slots,
        Taken::Wait(wait) => panic!("wait {wait:?}"),
    }
}

/// The first slot of a key. The server has just started: for one window it may have forgotten calls.
async fn first(quota: &RedisQuota, rule: &QuotaRule) -> Vec<u64> {
    let began = Instant::now();
    loop {
        match quota.take("key", rule, 1, &[]).await.unwrap() {
            Taken::Slots(slots) => return slots,
            Taken::Wait(wait) => tokio::time::sleep(wait).await,
        }
        assert!(began.elapsed() < rule.window + SECOND);
    }
}

/// Most calls that any window at the server held.
fn most(arrivals: &[Instant], window: Duration) -> usize {
    let mut first = 0;
    (0..arrivals.len())
        .map(|last| {
            while arrivals[last] - arrivals[first] >= window {
                first += 1;
            }
            last - first + 1
        })
        .max()
        .unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_come_back_a_window_after_the_answer_or_at_once_or_when_their_holder_is_forgotten() {
    let Some(redis) = Redis::start() else { return };
    let [quota, other] = [(); 2].map(|()| RedisQuota::new(&redis.url()).unwrap().with_prefix("test"));
    let rule = rule(3, SECOND);
    assert_eq!(first(&quota, &rule).await.len(), 1);
    let taken = slots(other.take("key", &rule, 64, &[]).await.unwrap());
    assert_eq!(taken.len(), 2, "one is taken, three there are");
    assert!(matches!(quota.take("key", &rule, 1, &[]).await.unwrap(), Taken::Wait(_)));
    assert_eq!(slots(quota.take("another key", &rule, 1, &[]).await.unwrap()).len(), 1);
    // Never sent: free at once, for anybody.
    let unsent = Given { slot: taken[0], answered: None };
    assert!(slots(other.take("key", &rule, 0, &[unsent]).await.unwrap()).is_empty());
    let again = slots(quota.take("key", &rule, 1, &[]).await.unwrap());
    assert!(again.len() == 1 && !taken.contains(&again[0]), "an id is never used again");
    // Answered 0.7 s ago: free in 0.3 s. Telling it twice changes nothing.
    let answered = Given { slot: taken[1], answered: Some(Duration::from_millis(700)) };
    let told = Instant::now();
    for _ in 0..2 {
        assert!(matches!(other.take("key", &rule, 1, &[answered]).await.unwrap(), Taken::Wait(_)));
    }
    tokio::time::sleep(Duration::from_millis(310)).await;
    assert_eq!(slots(quota.take("key", &rule, 3, &[]).await.unwrap()).len(), 1, "{:?}", told.elapsed());
    // Of the others nothing is heard any more: window, linger time and a second.
    tokio::time::sleep(Duration::from_millis(3050)).await;
    assert_eq!(slots(quota.take("key", &rule, 3, &[]).await.unwrap()).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_for_everybody() {
    let Some(redis) = Redis::start() else { return };
    let prefix = prefix();
    let [quota, other] = [(); 2].map(|()| RedisQuota::new(&redis.url()).unwrap().with_prefix(&prefix));
    let rule = rule(3, Duration::from_millis(1));
    quota.slow_down("key", Duration::from_millis(1500)).await.unwrap();
    quota.slow_down("key", Duration::from_millis(5)).await.unwrap();
    let Taken::Wait(wait) = other.take("key", &rule, 1, &[]).await.unwrap() else { panic!("a slot in a pause") };
    assert!(wait > SECOND && wait <= SECOND * 3 / 2, "{wait:?}");
    tokio::time::sleep(wait).await;
    slots(other.take("key", &rule, 1, &[]).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_go_when_nobody_calls_any_more() {
    let Some(redis) = Redis::start() else { return };
    let quota = RedisQuota::new(&redis.url()).unwrap();
    let quick = QuotaRule { linger: Duration::ZERO, ..rule(3, Duration::from_millis(1)) };
    assert_eq!(first(&quota, &quick).await.len(), 1);
    assert_eq!(redis.dump().len(), 2);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(redis.dump(), []);
}

/// Greedy processes on one quota, until the vendor has accepted so many calls. The share of the quota that they used, by the distance of calls a quota apart.
async fn greedy(redis: &Redis, processes: usize, (calls, seconds): (u32, u32), until: usize) -> f64 {
    let vendor = Loopback::start(Duration::from_secs(3600), Duration::ZERO).await;
    let order = Order { callers: 64 / processes, quota: Some((calls, seconds)), ..Order::new(&vendor.url, &redis.url()) };
    let mut running: Vec<_> = (0..processes).map(|_| order.start()).collect();
    while vendor.accepted().len() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(running.iter_mut().all(|process| process.runs()));
    }
    drop(running);
    let (arrivals, window) = (vendor.accepted(), Duration::from_secs(u64::from(seconds)));
    assert!(most(&arrivals, window) <= calls as usize, "{} in one window", most(&arrivals, window));
    let round = calls as usize;
    let whole = (arrivals.len() - 1) / round * round;
    let took = arrivals[whole] - arrivals[0];
    (whole / round) as f64 * window.as_secs_f64() / took.as_secs_f64()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_never_exceed_3000_in_10_s_and_use_95_percent_one_alone_99() {
    let Some(redis) = Redis::start() else { return };
    let _alone = MACHINE.write();
    let four = greedy(&redis, 4, (3000, 10), 3300).await;
    let () = redis::cmd("FLUSHALL").query(&mut redis.connection()).unwrap();
    let one = greedy(&redis, 1, (3000, 10), 3300).await;
    println!("share of 3000 calls in 10 s that was used: {four:.4} by four processes, {one:.4} by one");
    assert!(four >= 0.95, "{four}");
    assert!(one >= 0.99, "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_never_makes_the_others_exceed() {
    let _shared = MACHINE.read();
    let Some(redis) = Redis::start() else { return };
    let vendor = Loopback::start(Duration::from_secs(3600), Duration::ZERO).await;
    let order = Order { callers: 8, quota: Some((100, 1)), ..Order::new(&vendor.url, &redis.url()) };
    let mut processes: Vec<_> = (0..3).map(|_| order.start()).collect();
    for until in [150, 300, 450] {
        while vendor.accepted().len() < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        processes.remove(0).kill();
        processes.push(order.start());
    }
    while vendor.accepted().len() < 700 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(most(&vendor.accepted(), SECOND) <= 100);
}
