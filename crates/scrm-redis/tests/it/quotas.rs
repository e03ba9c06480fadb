//! One quota for all processes.

use std::time::Duration;

use scrm_core::quota::{Memory, QuotaRule, ReturnedSlot, SharedQuota as _, SharedWait, Take, Taken};
use scrm_redis::RedisQuota;

use tokio::time::Instant;

use crate::{
    acme::loopback::Loopback,
    server::Redis,
    worker::{MACHINE, Order},
};

const SECOND: Duration = Duration::from_secs(1);

fn rule(calls: u32, window: Duration) -> QuotaRule {
    QuotaRule::new(calls, window).with_in_flight_grace(SECOND)
}

/// One process as the shared quota sees it.
struct Member {
    name: String,
    quota: RedisQuota,
    rule: QuotaRule,
    key: &'static str,
    memory: Option<(Memory, Instant)>,
    busy_for: Duration,
}

impl Member {
    fn new(redis: &Redis, name: &str, rule: QuotaRule) -> Self {
        let quota = RedisQuota::new(&redis.url()).unwrap().with_prefix("test");
        Member { name: name.into(), quota, rule, key: "key", memory: None, busy_for: rule.longest_hold() }
    }

    async fn ask(&mut self, want: u32, returned: &[ReturnedSlot], complete: bool) -> Taken {
        let memory = self.memory.as_ref().map(|(memory, since)| (memory, since.elapsed()));
        let take = Take { member: &self.name, want, returned, complete, busy_for: self.busy_for, memory };
        let (taken, memory) = self.quota.take(self.key, &self.rule, &take).await.unwrap();
        if taken != Taken::Forgotten {
            self.memory = Some((memory, Instant::now()));
        }
        taken
    }

    async fn take(&mut self, want: u32) -> Vec<u64> {
        match self.ask(want, &[], false).await {
            Taken::Slots(slots) => slots,
            // Nobody called for so long that the server let go of all.
            Taken::Forgotten => match self.ask(want, &[], true).await {
                Taken::Slots(slots) => slots,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    async fn waits(&mut self) -> (Duration, SharedWait) {
        match self.ask(1, &[], false).await {
            Taken::Wait(wait, why) => (wait, why),
            other => panic!("{other:?}"),
        }
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
    let rule = rule(3, SECOND);
    let [mut quota, mut other] = ["one", "two"].map(|name| Member::new(&redis, name, rule));
    // The server has just started: it serves at once.
    assert_eq!(quota.take(1).await.len(), 1);
    let taken = other.take(64).await;
    assert_eq!(taken.len(), 2, "one is taken, three there are");
    assert_eq!(quota.waits().await.1, SharedWait::UsedUp);
    let mut elsewhere = Member { key: "another key", ..Member::new(&redis, "one", rule) };
    assert_eq!(elsewhere.take(1).await.len(), 1);
    // Never sent: free at once, for anybody.
    let unsent = ReturnedSlot { slot: taken[0], free_in: Duration::ZERO };
    assert_eq!(other.ask(0, &[unsent], false).await, Taken::Slots(vec![]));
    let again = quota.take(1).await;
    assert!(again.len() == 1 && !taken.contains(&again[0]), "an id is never used again");
    // Answered a while ago: free in 0.3 s. Telling it twice changes nothing.
    let answered = ReturnedSlot { slot: taken[1], free_in: Duration::from_millis(300) };
    let told = Instant::now();
    for _ in 0..2 {
        assert!(matches!(other.ask(1, &[answered], false).await, Taken::Wait(..)));
    }
    tokio::time::sleep(Duration::from_millis(310)).await;
    assert_eq!(quota.take(3).await.len(), 1, "{:?}", told.elapsed());
    // Of the others nothing is heard any more: window, grace and a second.
    tokio::time::sleep(Duration::from_millis(3050)).await;
    assert_eq!(quota.take(3).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_for_everybody_until_it_ends_or_is_lifted() {
    let Some(redis) = Redis::start() else { return };
    let rule = rule(3, Duration::from_millis(1));
    let [mut other, third] = ["two", "three"].map(|name| Member::new(&redis, name, rule));
    let pause = |milliseconds| third.quota.pause("key", Duration::from_millis(milliseconds));
    pause(1500).await.unwrap();
    pause(5).await.unwrap();
    let (wait, why) = other.waits().await;
    assert!(wait > SECOND && wait <= SECOND * 3 / 2 && why == SharedWait::Paused, "{wait:?} {why:?}");
    tokio::time::sleep(wait).await;
    other.take(1).await;
    pause(3_600_000).await.unwrap();
    assert_eq!(other.waits().await.1, SharedWait::Paused);
    third.quota.resume("key").await.unwrap();
    other.take(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_go_when_nobody_calls_any_more() {
    let Some(redis) = Redis::start() else { return };
    let quick = QuotaRule::new(3, Duration::from_millis(1)).with_in_flight_grace(Duration::ZERO);
    assert_eq!(Member::new(&redis, "one", quick).take(1).await.len(), 1);
    assert_eq!(redis.dump().len(), 3);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(redis.dump(), []);
}

/// As after a restart, or `FLUSHALL`: those who used it tell it all, and nobody gets a slot before.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgot_all_gives_nothing_before_it_has_heard_of_everybody() {
    let Some(redis) = Redis::start() else { return };
    let flush = || redis::cmd("FLUSHALL").query::<()>(&mut redis.connection()).unwrap();
    let rule = rule(10, SECOND * 20);
    let [mut first, mut second, mut new] = ["one", "two", "new"].map(|name| Member::new(&redis, name, rule));
    let (firsts, seconds) = (first.take(4).await, second.take(3).await);
    first.ask(0, &[], false).await;
    flush();
    let all = |slots: &[u64]| slots.iter().map(|slot| ReturnedSlot { slot: *slot, free_in: SECOND * 9 }).collect::<Vec<_>>();
    assert_eq!(first.ask(1, &[], false).await, Taken::Forgotten);
    // A new one is not told of slots that others may have.
    assert_eq!(new.waits().await.1, SharedWait::Recovering);
    assert!(matches!(first.ask(1, &all(&firsts), true).await, Taken::Wait(_, SharedWait::Recovering)));
    assert_eq!(first.waits().await.1, SharedWait::Recovering);
    assert_eq!(second.ask(1, &[], false).await, Taken::Forgotten);
    assert!(matches!(second.ask(1, &all(&seconds), true).await, Taken::Slots(slots) if slots.len() == 1));
    // 4 and 3 that are known again, and the one that was just taken.
    assert_eq!(new.take(64).await.len(), 2);
    // One alone has nobody to wait for.
    let mut alone = Member { key: "alone", ..Member::new(&redis, "alone", rule) };
    let slots = alone.take(4).await;
    flush();
    assert_eq!(alone.ask(1, &[], false).await, Taken::Forgotten);
    assert!(matches!(alone.ask(64, &all(&slots), true).await, Taken::Slots(slots) if slots.len() == 6));
}

/// When one that had slots is gone for good, the others wait until its slots are free, and no longer.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgot_all_waits_for_the_dead_as_long_as_they_count() {
    let Some(redis) = Redis::start() else { return };
    let rule = rule(10, SECOND * 4);
    let [mut first, mut dead] = ["one", "dead"].map(|name| Member::new(&redis, name, rule));
    dead.busy_for = SECOND * 4;
    dead.take(3).await;
    // It ended in good order: its last call was answered just now.
    dead.ask(0, &[], false).await;
    first.take(1).await;
    let () = redis::cmd("FLUSHALL").query(&mut redis.connection()).unwrap();
    let began = Instant::now();
    assert_eq!(first.ask(1, &[], false).await, Taken::Forgotten);
    assert!(matches!(first.ask(1, &[], true).await, Taken::Wait(_, SharedWait::Recovering)));
    while !matches!(first.ask(1, &[], false).await, Taken::Slots(_)) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(began.elapsed() > SECOND && began.elapsed() < SECOND * 20, "{:?}", began.elapsed());
}

/// The server's clock is set back by an hour, and then ahead by two: as if it had kept its clock shifted all the time.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_freezes_nothing_and_frees_nothing() {
    let Some(redis) = Redis::start() else { return };
    let mut member = Member::new(&redis, "one", rule(3, SECOND));
    member.busy_for = SECOND * 2;
    let shift = |by: i64| {
        let script = "redis.call('HINCRBY', KEYS[1], 'offset', ARGV[1])";
        let () =
            redis::cmd("EVAL").arg(script).arg(1).arg("test:quota:{key}:state").arg(by * 1_000_000).query(&mut redis.connection()).unwrap();
    };
    for hours in [-1, 2] {
        let taken = member.take(3).await;
        let answered: Vec<_> = taken.iter().map(|slot| ReturnedSlot { slot: *slot, free_in: SECOND * 2 }).collect();
        member.ask(0, &answered, false).await;
        shift(hours * 3600);
        if hours < 0 {
            assert!(matches!(member.ask(1, &[], false).await, Taken::Wait(..)), "set back: they are taken as before");
        }
        tokio::time::sleep(SECOND * 9 / 4).await;
        let free = member.take(3).await;
        assert_eq!(free.len(), 3, "and free when they are due");
        let unsent: Vec<_> = free.iter().map(|slot| ReturnedSlot { slot: *slot, free_in: Duration::ZERO }).collect();
        member.ask(0, &unsent, false).await;
    }
    // Ahead by two hours, with a window of five minutes: nothing is free before it is due.
    let mut long = Member { key: "long", ..Member::new(&redis, "one", rule(3, SECOND * 300)) };
    long.take(3).await;
    let script = "redis.call('HINCRBY', KEYS[1], 'offset', ARGV[1])";
    let () =
        redis::cmd("EVAL").arg(script).arg(1).arg("test:quota:{long}:state").arg(7_200_000_000_i64).query(&mut redis.connection()).unwrap();
    assert_eq!(long.waits().await.1, SharedWait::UsedUp);
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

/// Calls through clients, most of them dropped at random: what was never sent costs nothing.
#[tokio::test(flavor = "multi_thread")]
async fn callers_who_give_up_leave_the_quota_to_the_others() {
    let _shared = MACHINE.read();
    let Some(redis) = Redis::start() else { return };
    let rule = QuotaRule::new(100, SECOND * 10);
    let quota =
        scrm_core::quota::RateLimiter::shared(rule, "key".into(), std::sync::Arc::new(RedisQuota::new(&redis.url()).unwrap()), None);
    for _ in 0..2 {
        let burst = (0..64).map(|_| tokio::time::timeout(Duration::from_micros(300), quota.acquire(Instant::now() + SECOND * 60)));
        futures_util::future::join_all(burst).await.into_iter().flatten().flatten().for_each(scrm_core::quota::Permit::not_sent);
    }
    assert_eq!(quota.free(), 100);
    tokio::time::sleep(SECOND * 3).await;
    let other = RedisQuota::new(&redis.url()).unwrap();
    let take = Take { member: "other", want: 100, returned: &[], complete: false, busy_for: Duration::ZERO, memory: None };
    assert!(matches!(other.take("key", &rule, &take).await.unwrap().0, Taken::Slots(slots) if slots.len() == 100));
}

/// A server that hangs: calls go on after the promised second, and the next ones at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_costs_a_second_once() {
    let _shared = MACHINE.read();
    let Some(redis) = Redis::start() else { return };
    let vendor = Loopback::start(Duration::from_secs(3600), Duration::ZERO).await;
    let client = crate::worker::client(&vendor.url, &redis.url(), Some((100, 10)));
    client.call(crate::acme::persons()).await.unwrap();
    redis.signal("STOP");
    client.call(crate::acme::persons()).timeout(SECOND * 30).await.unwrap();
    let began = Instant::now();
    for _ in 0..5 {
        client.call(crate::acme::persons()).timeout(SECOND * 30).await.unwrap();
    }
    assert!(began.elapsed() < SECOND * 4, "{:?}", began.elapsed());
    redis.signal("CONT");
}

/// The README's recipe on the first day, with a quota of many minutes; and after a restart of the server that kept nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_server_serves_a_fresh_program_at_once_and_a_restarted_one_soon() {
    let _shared = MACHINE.read();
    let Some(mut redis) = Redis::start() else { return };
    let vendor = Loopback::start(Duration::from_secs(3600), Duration::ZERO).await;
    let client = crate::worker::client(&vendor.url, &redis.url(), Some((20, 600)));
    let call = || client.call(crate::acme::persons()).timeout(SECOND * 10);
    let first = call().await.unwrap();
    assert!(first.meta.waited < SECOND * 5, "{:?}", first.meta.waited);
    for _ in 1..10 {
        call().await.unwrap();
    }
    redis.kill();
    redis.restart();
    for _ in 10..20 {
        call().await.unwrap();
        tokio::time::sleep(SECOND / 4).await;
    }
    // What it was told by those who knew is what it counts.
    let error = call().await.unwrap_err();
    assert_eq!(vendor.accepted().len(), 20, "{error}");
}

/// All is forgotten while four processes call as fast as they can.
#[tokio::test(flavor = "multi_thread")]
async fn a_flush_in_mid_run_lets_no_more_calls_through() {
    let Some(redis) = Redis::start() else { return };
    let _alone = MACHINE.write();
    let vendor = Loopback::start(Duration::from_secs(3600), Duration::ZERO).await;
    let order = Order { callers: 8, quota: Some((300, 2)), ..Order::new(&vendor.url, &redis.url()) };
    let processes: Vec<_> = (0..4).map(|_| order.start()).collect();
    for until in [500, 1100, 1700] {
        while vendor.accepted().len() < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let () = redis::cmd("FLUSHALL").query(&mut redis.connection()).unwrap();
    }
    while vendor.accepted().len() < 2100 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(processes);
    assert!(most(&vendor.accepted(), SECOND * 2) <= 300, "{}", most(&vendor.accepted(), SECOND * 2));
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
