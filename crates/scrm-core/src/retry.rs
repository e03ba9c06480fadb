//! When to try again, and after how long.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::time::Instant;

use crate::{
    spec::{Access, Action},
    transport::Sent,
};

/// How often, and how far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Most requests of one call, the first included; 1: never again. A refreshed token allows one more. Default 3.
    pub max_attempts: u32,
    /// Longest pause before the second request; doubled for each further one. Default 200 ms.
    pub base: Duration,
    /// Longest pause of all, unless the vendor asks for more. Default 20 s.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy { max_attempts: 3, base: Duration::from_millis(200), cap: Duration::from_secs(20) }
    }
}

impl RetryPolicy {
    /// Never again, except once after a token was refreshed.
    #[must_use]
    pub fn never() -> Self {
        RetryPolicy { max_attempts: 1, ..RetryPolicy::default() }
    }

    /// The pause after this attempt (from 1): anything from zero to a bound that doubles each time, so that clients which failed together do not come back together.
    #[must_use]
    pub fn backoff(&self, attempt: u32) -> Duration {
        let bound = self.base.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(self.cap);
        bound.mul_f64(fastrand::f64())
    }

    /// What to do about a failure.
    #[must_use]
    pub fn decide(&self, failure: &Failure, budget: &RetryBudget) -> Decision {
        if !failure.may_repeat() {
            return Decision::GiveUp;
        }
        if failure.action == Action::RefreshToken {
            return if failure.refreshed { Decision::GiveUp } else { Decision::RefreshThenRetry };
        }
        if failure.attempt >= self.max_attempts {
            return Decision::GiveUp;
        }
        let pause = self.backoff(failure.attempt).max(failure.retry_after.unwrap_or_default());
        // Waiting for the quota, or for a token, is paced by these themselves, and cannot multiply an outage.
        let paced = matches!(failure.action, Action::Wait | Action::SlowDown);
        let affordable = pause < failure.remaining && (paced || budget.withdraw());
        if affordable { Decision::After(pause) } else { Decision::GiveUp }
    }
}

/// What the decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    /// What the error table says; for a failure below it: [`Action::RetryReads`] if a repetition may help, [`Action::Fail`] if not.
    pub action: Action,
    /// What a repetition of the call would do.
    pub access: Access,
    /// Whether the vendor may have seen the request.
    pub sent: Sent,
    /// Which request of the call failed, from 1.
    pub attempt: u32,
    /// Whether this call has refreshed its token before.
    pub refreshed: bool,
    /// How long the vendor asked to wait.
    pub retry_after: Option<Duration>,
    /// Time left until the call's deadline.
    pub remaining: Duration,
}

impl Failure {
    /// Whether sending it again could help, and could do no harm.
    fn may_repeat(&self) -> bool {
        // With these four the vendor itself says that it did nothing, so that even a write may be sent again; but only an answer can say so.
        let (helps, nothing_done) = match self.action {
            Action::RefreshToken | Action::Wait | Action::SlowDown | Action::Retry => (true, self.sent == Sent::Yes),
            Action::RetryReads => (true, false),
            _ => (false, false),
        };
        let harmless = nothing_done || self.sent == Sent::No || self.access != Access::Write;
        helps && harmless
    }
}

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The failure is the call's.
    GiveUp,
    /// Send it again after this pause.
    After(Duration),
    /// Get a new token, then send it again.
    RefreshThenRetry,
}

/// Keeps an outage from being multiplied: over all calls of a client, a tenth of them may be repeated, and ten more in a minute.
#[derive(Debug)]
pub struct RetryBudget {
    state: Mutex<Balance>,
}

#[derive(Debug)]
struct Balance {
    retries: f64,
    at: Instant,
}

impl RetryBudget {
    const PER_CALL: f64 = 0.1;
    const PER_SECOND: f64 = 10.0 / 60.0;
    const START: f64 = 10.0;
    const MOST: f64 = 100.0;

    /// Ten retries to begin with.
    #[must_use]
    pub fn new() -> Self {
        RetryBudget { state: Mutex::new(Balance { retries: Self::START, at: Instant::now() }) }
    }

    /// A call began.
    pub fn deposit(&self) {
        let mut balance = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        balance.retries = (balance.retries + Self::PER_CALL).min(Self::MOST);
    }

    /// Takes one retry out. `false`: used up.
    #[must_use]
    pub fn withdraw(&self) -> bool {
        let mut balance = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let earned = now.saturating_duration_since(balance.at).as_secs_f64() * Self::PER_SECOND;
        // Time fills it up to where it started; only calls earn more.
        if balance.retries < Self::START {
            balance.retries = (balance.retries + earned).min(Self::START);
        }
        balance.at = now;
        let enough = balance.retries >= 1.0;
        if enough {
            balance.retries -= 1.0;
        }
        enough
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        RetryBudget::new()
    }
}

/// Reads a `Retry-After` header as it stands there: seconds, an HTTP date, or (as some gateways have it) a date in Unix seconds. A date that has passed means no wait.
/// What it asks for may be longer than anybody can mean.
#[must_use]
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(u64::MAX);
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        // Nobody asks for thirty years; a moment in this century may be meant.
        let moment = (1_000_000_000..=4_000_000_000).contains(&seconds);
        return Some(Duration::from_secs(if moment { seconds.saturating_sub(since) } else { seconds }));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(SystemTime::from(date).duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [Action; 9] = [
        Action::RefreshToken,
        Action::Wait,
        Action::SlowDown,
        Action::Retry,
        Action::RetryReads,
        Action::FixRequest,
        Action::FixConfig,
        Action::DoneAlready,
        Action::Fail,
    ];
    const ACCESSES: [Access; 3] = [Access::Read, Access::Write, Access::WriteSafeToRepeat];

    fn failure(action: Action, access: Access, sent: Sent) -> Failure {
        Failure { action, access, sent, attempt: 1, refreshed: false, retry_after: None, remaining: Duration::from_secs(60) }
    }

    /// What the table below writes for a decision.
    fn word(decision: Decision) -> &'static str {
        match decision {
            Decision::GiveUp => "give up",
            Decision::After(_) => "again",
            Decision::RefreshThenRetry => "refresh",
        }
    }

    #[test]
    fn the_whole_table() {
        let mut table = String::new();
        for action in ACTIONS {
            for access in ACCESSES {
                let words = [Sent::No, Sent::Unknown, Sent::Yes]
                    .map(|sent| word(RetryPolicy::default().decide(&failure(action, access, sent), &RetryBudget::new())));
                table.push_str(&format!(
                    "{:<13} {:<18} {:<8} {:<8} {}\n",
                    format!("{action:?}"),
                    format!("{access:?}"),
                    words[0],
                    words[1],
                    words[2]
                ));
            }
        }
        // What was sent:                 No       Unknown  Yes
        insta::assert_snapshot!(table, @r"
        RefreshToken  Read               refresh  refresh  refresh
        RefreshToken  Write              refresh  give up  refresh
        RefreshToken  WriteSafeToRepeat  refresh  refresh  refresh
        Wait          Read               again    again    again
        Wait          Write              again    give up  again
        Wait          WriteSafeToRepeat  again    again    again
        SlowDown      Read               again    again    again
        SlowDown      Write              again    give up  again
        SlowDown      WriteSafeToRepeat  again    again    again
        Retry         Read               again    again    again
        Retry         Write              again    give up  again
        Retry         WriteSafeToRepeat  again    again    again
        RetryReads    Read               again    again    again
        RetryReads    Write              again    give up  give up
        RetryReads    WriteSafeToRepeat  again    again    again
        FixRequest    Read               give up  give up  give up
        FixRequest    Write              give up  give up  give up
        FixRequest    WriteSafeToRepeat  give up  give up  give up
        FixConfig     Read               give up  give up  give up
        FixConfig     Write              give up  give up  give up
        FixConfig     WriteSafeToRepeat  give up  give up  give up
        DoneAlready   Read               give up  give up  give up
        DoneAlready   Write              give up  give up  give up
        DoneAlready   WriteSafeToRepeat  give up  give up  give up
        Fail          Read               give up  give up  give up
        Fail          Write              give up  give up  give up
        Fail          WriteSafeToRepeat  give up  give up  give up
        ");
    }

    #[test]
    fn a_write_is_never_repeated_unless_nothing_was_done() {
        for action in ACTIONS {
            for sent in [Sent::No, Sent::Unknown, Sent::Yes] {
                for attempt in 1..5 {
                    for refreshed in [false, true] {
                        let failure = Failure { attempt, refreshed, ..failure(action, Access::Write, sent) };
                        let repeated = RetryPolicy::default().decide(&failure, &RetryBudget::new()) != Decision::GiveUp;
                        let vendor_says_so =
                            sent == Sent::Yes && matches!(action, Action::RefreshToken | Action::Wait | Action::SlowDown | Action::Retry);
                        assert!(!repeated || sent == Sent::No || vendor_says_so, "{failure:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn attempts_and_refreshes_come_to_an_end() {
        let (policy, budget) = (RetryPolicy::default(), RetryBudget::new());
        let read = failure(Action::RetryReads, Access::Read, Sent::Unknown);
        assert_ne!(policy.decide(&Failure { attempt: 2, ..read }, &budget), Decision::GiveUp);
        assert_eq!(policy.decide(&Failure { attempt: 3, ..read }, &budget), Decision::GiveUp);
        assert_eq!(RetryPolicy::never().decide(&read, &budget), Decision::GiveUp);
        let rejected = failure(Action::RefreshToken, Access::Write, Sent::Yes);
        assert_eq!(RetryPolicy::never().decide(&rejected, &budget), Decision::RefreshThenRetry);
        assert_eq!(policy.decide(&Failure { refreshed: true, ..rejected }, &budget), Decision::GiveUp);
    }

    #[test]
    fn pauses_grow_to_the_cap_and_are_spread_from_zero() {
        fastrand::seed(7);
        let policy = RetryPolicy::default();
        for (attempt, bound) in [(1, 200), (2, 400), (3, 800), (7, 12_800), (8, 20_000), (40, 20_000), (u32::MAX, 20_000)] {
            let pauses: Vec<_> = (0..400).map(|_| policy.backoff(attempt).as_secs_f64() * 1000.0 / f64::from(bound)).collect();
            assert!(pauses.iter().all(|share| (0.0..=1.0).contains(share)));
            assert!(pauses.iter().any(|share| *share < 0.1) && pauses.iter().any(|share| *share > 0.9), "after attempt {attempt}");
        }
    }

    #[test]
    fn the_vendors_pause_is_kept_up_to_the_deadline() {
        let (policy, budget) = (RetryPolicy::default(), RetryBudget::new());
        let asked = Failure { retry_after: Some(Duration::from_secs(7)), ..failure(Action::Wait, Access::Read, Sent::Yes) };
        assert_eq!(policy.decide(&asked, &budget), Decision::After(Duration::from_secs(7)));
        assert_eq!(policy.decide(&Failure { remaining: Duration::from_secs(7), ..asked }, &budget), Decision::GiveUp);
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_not_multiplied() {
        let (policy, budget) = (RetryPolicy::default(), RetryBudget::new());
        let mut requests = 0;
        for _ in 0..1000 {
            budget.deposit();
            let mut outage = failure(Action::RetryReads, Access::Read, Sent::No);
            requests += 1;
            while policy.decide(&outage, &budget) != Decision::GiveUp {
                requests += 1;
                outage.attempt += 1;
            }
        }
        assert!((1100..=1111).contains(&requests), "{requests}");
        assert!(
            matches!(policy.decide(&failure(Action::Wait, Access::Read, Sent::Yes), &budget), Decision::After(_)),
            "the quota paces itself"
        );
        tokio::time::advance(Duration::from_secs(3600)).await;
        let spared = (0..100).filter(|_| budget.withdraw()).count();
        assert_eq!(spared, 10, "time gives ten back, not more");
    }

    #[test]
    fn a_quiet_time_earns_a_hundred_retries_at_most() {
        let budget = RetryBudget::new();
        (0..1_000_000).for_each(|_| budget.deposit());
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 100);
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("9999999999", Some(9_999_999_999)),
            // A moment in 2001.
            ("1000000000", Some(1_000_000_000 - 784_111_777)),
            ("900000000", Some(900_000_000)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
        ];
        for (value, expected) in cases {
            assert_eq!(parse_retry_after(value, now), expected.map(Duration::from_secs), "{value:?}");
        }
    }
}
