//! What every call does before anything is sent: a permit from the quota, a token from its slot.

use std::{sync::Arc, time::Duration};

use scrm_core::{
    Error, Secret,
    quota::{Permit, QuotaRule, RateLimiter},
    token::{TokenCache, TokenInUse},
};
use tokio::time::Instant;

use crate::{
    measure::{Rounds, Variant, compare},
    report::{Figure, Goal, Report, time},
};

/// Times both, each with the time at hand, as in a call: it reads the clock once for the two.
pub fn run(report: &mut Report) {
    let (quota, endless, token) = (quota(), endless_quota(), token());
    let now = Instant::now();
    let timings = compare(
        Rounds::default(),
        vec![
            Variant::new("quota check", || check(&endless, now)),
            Variant::new("token lookup", || look_up(&token, now)),
            Variant::new("the clock", Instant::now),
            Variant::new("all three, as a call begins", || {
                let now = Instant::now();
                (check(&endless, now), look_up(&token, now))
            }),
            Variant::new("quota check and, with the answer, the slot given back", || check_and_answer(&quota)),
        ],
    );
    for (timing, at_most) in timings.iter().zip([Some(60.0), Some(30.0), None, None, None]) {
        let goal = at_most.map(|at_most| Goal { value: timing.seconds * 1e9, at_most });
        report.push(Figure { goal, ..Figure::plain("hot path", timing.name, time(timing.seconds)) });
    }
}

/// A quota of 3000 calls whose window is over at once, so that it is never used up.
pub fn quota() -> Arc<RateLimiter> {
    RateLimiter::new(QuotaRule::new(3000, Duration::from_nanos(1)).with_in_flight_grace(Duration::ZERO))
}

/// A cache that holds a token.
pub fn token() -> Arc<TokenCache<Error>> {
    TokenCache::fixed(Secret::from("0123456789abcdef0123456789abcdef".to_owned()))
}

/// A quota of more calls than are made here, none of which ends.
pub fn endless_quota() -> Arc<RateLimiter> {
    RateLimiter::new(QuotaRule::new(u32::MAX, Duration::from_secs(10)).with_in_flight_grace(Duration::ZERO))
}

/// What a call does with a quota before it is sent. The permit is forgotten: what becomes of it is another figure.
pub fn check(quota: &Arc<RateLimiter>, now: Instant) -> bool {
    quota.try_acquire(now).map(std::mem::forget).is_some()
}

/// The same, and what follows when the answer has come; reads the clock twice.
pub fn check_and_answer(quota: &Arc<RateLimiter>) -> bool {
    quota.try_acquire(Instant::now()).map(Permit::answered).is_some()
}

/// What a call does with a token cache.
pub fn look_up(cache: &TokenCache<Error>, now: Instant) -> Option<TokenInUse> {
    cache.peek(now)
}
