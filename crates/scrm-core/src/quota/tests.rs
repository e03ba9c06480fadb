use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use proptest::prelude::*;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

use super::*;
use crate::token::BoxError;

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn rule(calls: u32, window: Duration) -> QuotaRule {
    QuotaRule::new(calls, window).with_in_flight_grace(seconds(5))
}

fn asks(time: Duration) -> Refusal {
    Refusal { status: 429, retry_after: Some(time), ..Refusal::default() }
}

fn later(time: Duration) -> Instant {
    Instant::now() + time
}

/// Most calls that any window at the server held.
fn most(arrivals: &mut [Instant], window: Duration) -> usize {
    arrivals.sort();
    let mut first = 0;
    let mut most = 0;
    for last in 0..arrivals.len() {
        while arrivals[last] - arrivals[first] >= window {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    most
}

#[tokio::test(start_paused = true)]
async fn a_slot_comes_back_one_window_after_the_answer() {
    let quota = RateLimiter::new(rule(2, seconds(10)));
    let (first, second) = (quota.try_acquire(Instant::now()).unwrap(), quota.try_acquire(Instant::now()).unwrap());
    assert_eq!(quota.free(), 0);
    sleep(seconds(3)).await;
    first.answered();
    sleep(seconds(1)).await;
    second.answered();
    let before = Instant::now();
    let permit = quota.acquire(later(seconds(30))).await.unwrap();
    assert_eq!((before.elapsed(), permit.waited()), (seconds(9), seconds(9)));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_holds_its_slot_longer_and_an_unsent_one_not_at_all() {
    let quota = RateLimiter::new(rule(1, seconds(10)));
    quota.try_acquire(Instant::now()).unwrap().not_sent();
    drop(quota.try_acquire(Instant::now()).unwrap());
    let permit = quota.acquire(later(seconds(30))).await.unwrap();
    assert_eq!(permit.waited(), seconds(15));
}

#[tokio::test(start_paused = true)]
async fn an_unsent_call_wakes_the_next_in_the_queue() {
    let quota = RateLimiter::new(rule(1, seconds(10)));
    let unsent = quota.try_acquire(Instant::now()).unwrap();
    let waiting = tokio::spawn({
        let quota = quota.clone();
        async move { quota.acquire(later(seconds(30))).await.unwrap().waited() }
    });
    sleep(seconds(1)).await;
    unsent.not_sent();
    assert!((quota.free(), quota.try_acquire(Instant::now()).is_none()) == (1, true), "nobody pushes in");
    assert_eq!(waiting.await.unwrap(), seconds(1));
}

#[tokio::test(start_paused = true)]
async fn first_come_first_served() {
    let quota = RateLimiter::new(rule(3, seconds(1)));
    let served = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for number in 0..50 {
        let (quota, served) = (quota.clone(), served.clone());
        tasks.spawn(async move {
            let permit = quota.acquire(later(seconds(60))).await.unwrap();
            served.lock().unwrap().push(number);
            sleep(milliseconds(fastrand::u64(1..400))).await;
            permit.answered();
        });
        tokio::task::yield_now().await;
    }
    sleep(milliseconds(10)).await;
    assert_eq!(quota.waiting(), 47);
    assert!(quota.try_acquire(Instant::now()).is_none());
    tasks.join_all().await;
    assert_eq!(*served.lock().unwrap(), (0..50).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_cannot_be_kept_fails_at_once_and_tells_the_wait() {
    let quota = RateLimiter::new(rule(2, seconds(10)));
    quota.try_acquire(Instant::now()).unwrap().answered();
    quota.try_acquire(Instant::now()).unwrap().answered();
    let before = Instant::now();
    let error = quota.acquire(later(seconds(8))).await.unwrap_err();
    assert_eq!((error.wait, before.elapsed(), quota.waiting()), (seconds(10), Duration::ZERO, 0));
    insta::assert_snapshot!(error, @"held back by this client: its own quota of 2 calls in 10 s is used up for at least 10.0 s, longer than the call may take; 1 calls are waiting");
    // Two may go in ten seconds, so the third cannot.
    let mut queue = JoinSet::new();
    for _ in 0..3 {
        let quota = quota.clone();
        queue.spawn(async move { quota.acquire(later(seconds(12))).await.map(Permit::answered) });
        tokio::task::yield_now().await;
    }
    let outcomes = queue.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 2);
    assert_eq!(before.elapsed(), seconds(10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_that_race_get_no_more_than_there_is() {
    let quota = RateLimiter::new(rule(500, seconds(3600)));
    let mut tasks = JoinSet::new();
    for number in 0..2000 {
        let quota = quota.clone();
        tasks.spawn(async move {
            let Some(permit) = quota.try_acquire(Instant::now()) else { return 0 };
            if number % 2 == 0 {
                permit.answered()
            }
            1
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<u32>(), 500);
    assert_eq!(quota.free(), 0);
}

#[tokio::test(start_paused = true)]
async fn callers_who_leave_the_queue_leave_nothing_behind() {
    let quota = RateLimiter::new(rule(1, seconds(10)));
    quota.try_acquire(Instant::now()).unwrap().answered();
    for _ in 0..20 {
        assert!(timeout(milliseconds(100), quota.acquire(later(seconds(60)))).await.is_err());
    }
    assert_eq!(quota.waiting(), 0);
    assert_eq!(quota.acquire(later(seconds(60))).await.unwrap().waited(), seconds(8));
}

#[tokio::test(start_paused = true)]
async fn a_quota_code_stops_everybody_for_a_while() {
    let quota = RateLimiter::new(rule(100, seconds(10)));
    quota.refused(asks(seconds(3)));
    assert_eq!(quota.acquire(later(seconds(60))).await.unwrap().waited(), seconds(3));
    quota.refused(Refusal::default());
    assert_eq!(quota.acquire(later(seconds(60))).await.unwrap().waited(), seconds(10));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_cannot_be_meant_is_not_kept() {
    for absurd in [seconds(9_999_999_999), Duration::MAX, seconds(86_401)] {
        let quota = RateLimiter::new(rule(100, seconds(10)));
        assert_eq!(quota.refused(asks(absurd)), seconds(10), "as if it had not been said");
        let error = quota.acquire(later(seconds(1))).await.unwrap_err();
        assert!(error.to_string().contains("which cannot be meant"), "{error}");
        assert_eq!(quota.acquire(later(seconds(60))).await.unwrap().waited_for(), Some(WaitCause::Refused));
    }
    let quota = RateLimiter::new(rule(100, seconds(10)));
    assert_eq!(quota.refused(asks(seconds(7200))), seconds(3600));
    assert!(quota.resume() && !quota.resume());
    drop(quota.try_acquire(Instant::now()).unwrap());
    let daily = RateLimiter::new(rule(100, seconds(3 * 86_400)));
    assert_eq!(daily.refused(asks(seconds(2 * 86_400))), seconds(2 * 86_400), "a long window may be waited for");
}

#[tokio::test(start_paused = true)]
async fn one_answer_is_no_proof_of_a_used_up_window_and_a_burst_is_none() {
    let pauses = |burst| {
        let quota = RateLimiter::new(rule(100, seconds(600)));
        async move {
            let mut pauses = Vec::new();
            for _ in 0..8 {
                pauses.push(quota.refused(Refusal { burst, ..Refusal::default() }).as_secs());
                // What was under way says nothing new.
                sleep(milliseconds(100)).await;
                quota.refused(Refusal { burst, ..Refusal::default() });
                quota.acquire(later(seconds(1000))).await.unwrap().answered();
            }
            sleep(seconds(1300)).await;
            pauses.push(quota.refused(Refusal { burst, ..Refusal::default() }).as_secs());
            pauses
        }
    };
    assert_eq!(pauses(false).await, [10, 20, 40, 80, 160, 320, 600, 600, 10]);
    assert_eq!(pauses(true).await, [1, 2, 4, 8, 10, 10, 10, 10, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_lifted_wakes_who_waits() {
    let quota = RateLimiter::new(rule(100, seconds(600)));
    quota.refused(asks(seconds(500)));
    let waiting = tokio::spawn({
        let quota = quota.clone();
        async move { quota.acquire(later(seconds(1000))).await.unwrap().waited() }
    });
    sleep(seconds(1)).await;
    assert!(quota.resume());
    assert_eq!(waiting.await.unwrap(), seconds(1));
}

#[tokio::test(start_paused = true)]
async fn a_greedy_caller_gets_99_percent_at_100_ms_round_trip() {
    let quota = RateLimiter::new(rule(3000, seconds(10)));
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    // More at once than the quota allows.
    for _ in 0..4000 {
        let (quota, arrivals) = (quota.clone(), arrivals.clone());
        tasks.spawn(async move {
            for _ in 0..8 {
                let permit = quota.acquire(later(seconds(600))).await.unwrap();
                sleep(milliseconds(50)).await;
                arrivals.lock().unwrap().push(Instant::now());
                sleep(milliseconds(50)).await;
                permit.answered();
            }
        });
    }
    tasks.join_all().await;
    let mut arrivals = arrivals.lock().unwrap();
    assert_eq!(most(&mut arrivals, seconds(10)), 3000);
    // Whole rounds, from the first call of one to the first of a later one.
    let took = (arrivals[27_000] - arrivals[0]).as_secs_f64();
    let share = 27_000.0 / took / 300.0;
    assert!(share >= 0.99, "{share}");
}

#[derive(Clone, Copy, Debug)]
struct Call {
    /// Pause before the caller asks.
    pause: u64,
    up: u64,
    down: u64,
    end: Ending,
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Answered,
    /// The caller leaves after so many milliseconds.
    Cancelled(u64),
    NotSent,
}

fn call() -> impl Strategy<Value = Call> {
    let end = prop_oneof![4 => Just(Ending::Answered), 2 => (0..1500u64).prop_map(Ending::Cancelled), 1 => Just(Ending::NotSent)];
    // Both ways together stay below the linger time.
    (0..700u64, prop_oneof![0..20u64, 0..2500u64], prop_oneof![0..20u64, 0..2400u64], end).prop_map(|(pause, up, down, end)| Call {
        pause,
        up,
        down,
        end,
    })
}

/// A caller's calls, one after the other; those that are sent arrive whatever becomes of the caller.
async fn caller(quota: Arc<RateLimiter>, calls: Vec<Call>, arrivals: Arc<Mutex<Vec<Instant>>>) {
    for call in calls {
        sleep(milliseconds(call.pause)).await;
        let one = async {
            let Ok(permit) = quota.acquire(later(seconds(20))).await else { return };
            if matches!(call.end, Ending::NotSent) {
                return permit.not_sent();
            }
            arrivals.lock().unwrap().push(later(milliseconds(call.up)));
            sleep(milliseconds(call.up + call.down)).await;
            permit.answered();
        };
        match call.end {
            Ending::Cancelled(after) => drop(timeout(milliseconds(after), one).await),
            _ => one.await,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_window_at_the_server_ever_holds_more_than_the_quota(
        calls in 1..12u32,
        window in 200..4000u64,
        slow_down in proptest::option::of(0..3000u64),
        restart in proptest::option::of(500..12_000u64),
        callers in proptest::collection::vec(proptest::collection::vec(call(), 1..12), 1..16),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let mut arrivals = runtime.block_on(async {
            let arrivals = Arc::new(Mutex::new(Vec::new()));
            let rule = rule(calls, milliseconds(window));
            let run = |rule| {
                let quota = RateLimiter::new(rule);
                let tasks: JoinSet<()> = callers.iter().cloned().map(|calls| caller(quota.clone(), calls, arrivals.clone())).collect();
                (quota, tasks)
            };
            let (quota, tasks) = run(rule);
            if let Some(after) = slow_down {
                sleep(milliseconds(after)).await;
                quota.refused(asks(milliseconds(after)));
            }
            if let Some(after) = restart {
                // The process dies with all its callers, and the next one knows nothing.
                sleep(milliseconds(after)).await;
                drop((quota, tasks));
                let (_, tasks) = run(rule.with_cold_start_hold(true));
                tasks.join_all().await;
            } else {
                tasks.join_all().await;
            }
            arrivals.lock().unwrap().clone()
        });
        prop_assert!(most(&mut arrivals, milliseconds(window)) <= calls as usize);
    }
}

/// A shared quota in one process, by the same rule as the local one.
#[derive(Default)]
struct Server {
    /// When each slot is free again.
    slots: Mutex<Vec<(u64, Instant)>>,
    next: AtomicU32,
    away: AtomicBool,
    forgot: AtomicBool,
    asked: AtomicU32,
    /// How long it takes to answer, beside the way.
    takes: Duration,
}

impl Server {
    fn held(&self) -> usize {
        self.slots.lock().unwrap().iter().filter(|(_, until)| *until > Instant::now()).count()
    }
}

#[async_trait]
impl SharedQuota for Server {
    async fn take(&self, _key: &str, rule: &QuotaRule, take: &Take<'_>) -> Result<(Taken, Memory), BoxError> {
        let want = take.want;
        self.asked.fetch_add(1, Ordering::SeqCst);
        sleep(milliseconds(5) + self.takes).await;
        if !take.complete && self.forgot.load(Ordering::SeqCst) {
            return Ok((Taken::Forgotten, Memory::default()));
        }
        self.forgot.store(false, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            return Err("away".into());
        }
        let now = Instant::now();
        let mut slots = self.slots.lock().unwrap();
        for returned in take.returned {
            slots.retain(|(slot, _)| *slot != returned.slot);
            slots.push((returned.slot, now + returned.free_in));
        }
        slots.retain(|(_, until)| *until > now);
        if want == 0 {
            return Ok((Taken::Slots(Vec::new()), Memory::default()));
        }
        let free = (rule.calls as usize).saturating_sub(slots.len()).min(want as usize);
        if free == 0 {
            let first = slots.iter().map(|(_, until)| *until).min().unwrap();
            return Ok((Taken::Wait((first - now).min(milliseconds(50)), SharedWait::UsedUp), Memory::default()));
        }
        let taken: Vec<_> = (0..free).map(|_| u64::from(self.next.fetch_add(1, Ordering::SeqCst))).collect();
        slots.extend(taken.iter().map(|slot| (*slot, now + rule.longest_hold())));
        Ok((Taken::Slots(taken), Memory::default()))
    }
}

async fn greedy(quotas: &[Arc<RateLimiter>], for_so_long: Duration) -> Vec<Instant> {
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let end = later(for_so_long);
    let mut tasks = JoinSet::new();
    for quota in quotas.iter().flat_map(|quota| std::iter::repeat_n(quota, 40)) {
        let (quota, arrivals) = (quota.clone(), arrivals.clone());
        tasks.spawn(async move {
            while let Ok(permit) = quota.acquire(end).await {
                sleep(milliseconds(10)).await;
                arrivals.lock().unwrap().push(Instant::now());
                sleep(milliseconds(10)).await;
                permit.answered();
            }
        });
    }
    tasks.join_all().await;
    arrivals.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn four_processes_share_one_quota() {
    let server = Arc::new(Server::default());
    let quotas: Vec<_> =
        (0..4).map(|_| RateLimiter::shared(rule(100, seconds(2)), "acme:user_list".into(), server.clone(), None)).collect();
    let mut arrivals = greedy(&quotas, seconds(40)).await;
    assert!(most(&mut arrivals, seconds(2)) <= 100);
    let share = arrivals.len() as f64 / (100.0 * 40.0 / 2.0);
    assert!(share >= 0.95, "{share}");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_makes_no_more_calls_leaves_the_quota_to_the_others() {
    let server = Arc::new(Server::default());
    let [first, second] = [(); 2].map(|()| RateLimiter::shared(rule(100, seconds(2)), "acme:user_list".into(), server.clone(), None));
    let taken = futures_util::future::join_all((0..100).map(|_| first.acquire(later(seconds(1))))).await;
    sleep(milliseconds(100)).await;
    taken.into_iter().for_each(|permit| permit.unwrap().answered());
    // Two seconds after the answers, not after the time for slots of which nothing was heard.
    let began = Instant::now();
    second.acquire(later(seconds(60))).await.unwrap().answered();
    assert!((1950..2100).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    // Slots taken for callers who left come back too.
    let server = Arc::new(Server::default());
    let [first, second] = [(); 2].map(|()| RateLimiter::shared(rule(100, seconds(20)), "acme:user_list".into(), server.clone(), None));
    let ask = |patience| timeout(patience, first.acquire(later(seconds(1))));
    let stay = futures_util::future::join_all([ask(seconds(1)), ask(seconds(1))]);
    let leave = futures_util::future::join_all((0..50).map(|_| ask(milliseconds(7))));
    drop(futures_util::future::join(stay, leave).await);
    assert!(server.slots.lock().unwrap().len() > 40);
    sleep(seconds(4)).await;
    let held = server.slots.lock().unwrap().iter().filter(|(_, until)| *until > Instant::now()).count();
    assert!(held <= 2, "{held}");
    second.acquire(later(seconds(1))).await.unwrap().answered();
}

#[tokio::test(start_paused = true)]
async fn without_the_shared_quota_the_local_one_goes_on_alone() {
    let server = Arc::new(Server::default());
    let quota = RateLimiter::shared(rule(100, seconds(2)), "acme:user_list".into(), server.clone(), None);
    server.away.store(true, Ordering::SeqCst);
    let mut arrivals = greedy(std::slice::from_ref(&quota), seconds(60)).await;
    assert!(most(&mut arrivals, seconds(2)) <= 100 && arrivals.len() > 2900, "{}", arrivals.len());
    assert!(server.asked.load(Ordering::SeqCst) < 10, "it is left in peace: {}", server.asked.load(Ordering::SeqCst));
    server.away.store(false, Ordering::SeqCst);
    sleep_until(later(seconds(31))).await;
    quota.acquire(later(seconds(10))).await.unwrap().answered();
    assert!(server.next.load(Ordering::SeqCst) > 0, "it is asked again");
}

#[tokio::test(start_paused = true)]
async fn callers_who_give_up_while_the_shared_quota_is_asked_burn_no_slots() {
    let server = Arc::new(Server { takes: milliseconds(50), ..Server::default() });
    let quota = RateLimiter::shared(rule(100, seconds(10)), "acme:user_list".into(), server.clone(), None);
    for _ in 0..2 {
        let burst = (0..64).map(|_| timeout(milliseconds(30), quota.acquire(later(seconds(60)))));
        // Those of the second burst may be served with what was asked for the first.
        let outcomes = futures_util::future::join_all(burst).await;
        outcomes.into_iter().flatten().for_each(|permit| permit.unwrap().not_sent());
        assert_eq!((quota.free(), quota.waiting()), (100, 0), "nothing was sent");
    }
    let permit = quota.acquire(later(seconds(60))).await.unwrap();
    assert!(permit.waited() < seconds(1), "{:?}", permit.waited());
    permit.not_sent();
    sleep(seconds(3)).await;
    assert_eq!(server.held(), 0, "what was taken for those who left is free at once");
}

#[tokio::test(start_paused = true)]
async fn what_a_cancelled_asker_has_to_tell_is_told() {
    let server = Arc::new(Server { takes: milliseconds(50), ..Server::default() });
    let quota = RateLimiter::shared(rule(100, seconds(10)), "acme:user_list".into(), server.clone(), None);
    let permits = futures_util::future::join_all((0..10).map(|_| quota.acquire(later(seconds(60))))).await;
    permits.into_iter().for_each(|permit| permit.unwrap().answered());
    // The question that carries the news is given up half way.
    assert!(timeout(milliseconds(20), quota.acquire(later(seconds(60)))).await.is_err());
    sleep(seconds(13)).await;
    assert_eq!(server.held(), 0, "ten seconds after their answers, not after the longest hold");
}

#[tokio::test(start_paused = true)]
async fn a_shared_quota_that_hangs_is_left_alone_after_a_second_and_told_once() {
    let server = Arc::new(Server { takes: seconds(1_000_000), ..Server::default() });
    let told = Arc::new(Mutex::new(Vec::new()));
    let away = {
        let told = told.clone();
        move |reason: &str| told.lock().unwrap().push(reason.to_owned())
    };
    let quota = RateLimiter::shared(rule(100, seconds(10)), "acme:user_list".into(), server, Some(Box::new(away)));
    // Who has less than a second is told in time; it is no fault of the quota's own count.
    let began = Instant::now();
    let error = quota.acquire(began + milliseconds(500)).await.unwrap_err();
    assert_eq!((began.elapsed(), error.cause, quota.free()), (milliseconds(500), WaitCause::SharedSilent, 100));
    let began = Instant::now();
    quota.acquire(later(seconds(60))).await.unwrap().answered();
    assert!(began.elapsed() <= seconds(1), "{:?}", began.elapsed());
    for _ in 0..50 {
        quota.acquire(later(seconds(60))).await.unwrap().answered();
        sleep(seconds(3)).await;
    }
    assert_eq!(*told.lock().unwrap(), ["no answer within a second"]);
}

/// A shared quota that forgets everything, and asks for what its members know.
#[tokio::test(start_paused = true)]
async fn a_shared_quota_that_forgot_is_told_all() {
    let server = Arc::new(Server::default());
    let quota = RateLimiter::shared(rule(100, seconds(20)), "acme:user_list".into(), server.clone(), None);
    let permits = futures_util::future::join_all((0..60).map(|_| quota.acquire(later(seconds(60))))).await;
    permits.into_iter().for_each(|permit| permit.unwrap().answered());
    sleep(seconds(5)).await;
    assert!(server.held() >= 60, "{}", server.held());
    // Calls made while it is away are told too.
    server.away.store(true, Ordering::SeqCst);
    for _ in 0..15 {
        quota.acquire(later(seconds(60))).await.unwrap().answered();
    }
    server.slots.lock().unwrap().clear();
    server.forgot.store(true, Ordering::SeqCst);
    server.away.store(false, Ordering::SeqCst);
    sleep(seconds(4)).await;
    quota.acquire(later(seconds(60))).await.unwrap().answered();
    assert_eq!(server.held(), 60 + 15 + 1);
}

/// A program with one runtime a thread: one of them has the turn, and its thread went to do other things.
#[test]
fn a_caller_whose_runtime_sleeps_holds_nobody_up() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let quota = RateLimiter::new(rule(1, seconds(1)));
    let (sleeping, awake) = (runtime(), runtime());
    sleeping.block_on(async {
        quota.try_acquire(Instant::now()).unwrap().answered();
        let left_behind = quota.clone();
        tokio::spawn(async move { left_behind.acquire(later(seconds(60))).await });
        sleep(milliseconds(50)).await;
        assert_eq!(quota.waiting(), 1);
    });
    awake.block_on(async { quota.acquire(later(seconds(60))).await.unwrap().answered() });
    drop(sleeping);
}

mod by_operation {
    use super::*;
    use crate::{
        hooks::NoHooks,
        spec::{Access, BodyKind, Evidence, Label, Method, OperationSpec, QuotaSpec, Source},
        table::Table,
    };

    static FIELDS: Table = Table::new("Request", &[]);

    const fn operation(name: &'static str, quota: Option<QuotaSpec>) -> OperationSpec {
        OperationSpec {
            name,
            title: Label { zh: "列表", en: "List" },
            source: Source { page: "docs.acme.example", url: None, read: "2026-11-22", evidence: Evidence::Documented },
            method: Method::Post,
            path: "/list",
            body: BodyKind::Json,
            access: Access::Read,
            permission: None,
            quota,
            base_url: None,
            token: None,
            signature: None,
            paging: None,
            errors: &[],
            rules: &[],
            request: &FIELDS,
            customer: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_operation_has_its_own_and_all_can_be_changed() {
        let list = operation("list", Some(QuotaSpec { calls: 3, seconds: 10 }));
        let write = operation("write", Some(QuotaSpec { calls: 2, seconds: 10 }));
        let free = operation("free", None);
        let limiters = |options| RateLimiters::new("acme", "acme:app:0".into(), "by_operation".into(), options, Arc::new(NoHooks));
        let quotas = limiters(QuotaOptions::default());
        assert!(quotas.of(&free).is_none());
        let permit = quotas.of(&list).unwrap().try_acquire(Instant::now()).unwrap();
        assert_eq!((quotas.of(&list).unwrap().free(), quotas.of(&write).unwrap().free()), (2, 2));
        permit.answered();

        let overrides = vec![("list".into(), QuotaSpec { calls: 7, seconds: 1 }), ("free".into(), QuotaSpec { calls: 1, seconds: 1 })];
        let changed = limiters(QuotaOptions { overrides, ..QuotaOptions::default() });
        assert_eq!((changed.of(&list).unwrap().free(), changed.of(&write).unwrap().free()), (7, 2));
        // Clients of one account count together, in so far as they count alike.
        let same = limiters(QuotaOptions::default());
        assert_eq!((same.of(&list).unwrap().free(), same.of(&write).unwrap().free()), (2, 2));
        let quotas = changed;
        assert_eq!(quotas.of(&free).unwrap().free(), 1);

        let off = limiters(QuotaOptions { enabled: false, ..QuotaOptions::default() });
        assert!(off.of(&list).is_none());
    }
}
