//! What every call does before anything is sent: a permit from the quota, a token from its slot.

use std::{sync::Arc, time::Duration};

use scrm_core::{
    Error, Secret,
    quota::{Quota, QuotaRule},
    token::{Lease, TokenSlot},
};
use tokio::time::Instant;

use crate::{
    measure::{Rounds, Variant, compare},
    report::{Figure, Goal, Report, time},
};

/// Times both.
pub fn run(report: &mut Report) {
    let (quota, token) = (quota(), token());
    let timings = compare(
        Rounds::default(),
        vec![
            Variant::new("the clock alone", Instant::now),
            Variant::new("quota check: a slot taken and, with the answer, given back", || check(&quota)),
            Variant::new("token lookup", || look_up(&token)),
        ],
    );
    for (timing, at_most) in timings.iter().zip([None, Some(60e-9), Some(30e-9)]) {
        let goal = at_most.map(|at_most| Goal { value: timing.seconds, at_most });
        report.push(Figure { goal, ..Figure::plain("hot path", timing.name, time(timing.seconds)) });
    }
}

/// A quota of 3000 calls whose window is over at once, so that it is never used up.
pub fn quota() -> Arc<Quota> {
    Quota::new(QuotaRule { calls: 3000, window: Duration::from_nanos(1), linger: Duration::ZERO, smooth: None, hold_at_start: false })
}

/// A slot that holds a token.
pub fn token() -> TokenSlot<Error> {
    TokenSlot::fixed(Secret::from("0123456789abcdef0123456789abcdef".to_owned()))
}

/// What a call does with a quota.
pub fn check(quota: &Arc<Quota>) -> bool {
    let permit = quota.try_acquire();
    let given = permit.is_some();
    if let Some(permit) = permit {
        permit.answered();
    }
    given
}

/// What a call does with a token slot.
pub fn look_up(slot: &TokenSlot<Error>) -> Option<Lease> {
    slot.peek(Instant::now())
}
