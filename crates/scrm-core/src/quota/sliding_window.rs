use std::collections::VecDeque;

use super::limiters::QuotaRule;

/// Who holds which slot until when. Times are nanoseconds since the quota was made.
#[derive(Debug)]
pub(super) struct SlidingWindow {
    calls: u32,
    window: u64,
    linger: u64,
    in_flight: u32,
    /// When the slots of answered calls are free again, earliest first.
    answered: VecDeque<u64>,
    /// The same for calls that may still arrive.
    cancelled: VecDeque<u64>,
    paused_until: u64,
    spacing: Option<Spacing>,
}

/// Calls spread over the window.
#[derive(Debug)]
struct Spacing {
    interval: u64,
    /// How far ahead of an even spread a call may be.
    slack: u64,
    /// When the next call would go with an even spread.
    next: u64,
}

impl Spacing {
    fn ready_at(&self) -> u64 {
        self.next.saturating_sub(self.slack)
    }
}

impl SlidingWindow {
    pub(super) fn new(rule: &QuotaRule) -> Self {
        let calls = rule.calls.max(1);
        let (window, linger) = (nanos(rule.window), nanos(rule.linger));
        let spacing = rule.smooth.map(|burst| {
            let interval = window / u64::from(calls);
            Spacing { interval, slack: interval * u64::from(burst.clamp(1, calls) - 1), next: 0 }
        });
        let paused_until = if rule.hold_at_start { window.saturating_add(linger) } else { 0 };
        SlidingWindow { calls, window, linger, in_flight: 0, answered: VecDeque::new(), cancelled: VecDeque::new(), paused_until, spacing }
    }

    /// Takes a slot, if one is free.
    pub(super) fn take(&mut self, now: u64) -> bool {
        if now < self.paused_until || self.free(now) == 0 {
            return false;
        }
        if let Some(spacing) = &mut self.spacing {
            if now < spacing.ready_at() {
                return false;
            }
            spacing.next = spacing.next.max(now) + spacing.interval;
        }
        self.in_flight += 1;
        true
    }

    /// How many slots are free.
    pub(super) fn free(&mut self, now: u64) -> u32 {
        for held in [&mut self.answered, &mut self.cancelled] {
            while held.front().is_some_and(|at| *at <= now) {
                held.pop_front();
            }
        }
        let held = self.in_flight as usize + self.answered.len() + self.cancelled.len();
        self.calls.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX))
    }

    /// The answer to a call was seen.
    pub(super) fn answered(&mut self, now: u64) {
        self.free(now);
        let at = now.saturating_add(self.window);
        hold(&mut self.in_flight, &mut self.answered, at);
    }

    /// Nobody waits for the answer any more; the request may still arrive.
    pub(super) fn cancelled(&mut self, now: u64) {
        self.free(now);
        let at = now.saturating_add(self.window).saturating_add(self.linger);
        hold(&mut self.in_flight, &mut self.cancelled, at);
    }

    /// The request never left.
    pub(super) fn not_sent(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(spacing) = &mut self.spacing {
            spacing.next = spacing.next.saturating_sub(spacing.interval);
        }
    }

    pub(super) fn pause(&mut self, until: u64) {
        self.paused_until = self.paused_until.max(until);
    }

    pub(super) fn window(&self) -> u64 {
        self.window
    }

    /// When a slot can be had by a caller who lets so many others go first. Nobody gets one earlier, unless a request is not sent or a waiting caller gives up.
    pub(super) fn ready_at(&mut self, now: u64, ahead: usize) -> u64 {
        let free = self.free(now) as usize;
        let by_slot = match ahead.checked_sub(free) {
            None => now,
            Some(position) => self.release(position).unwrap_or_else(|| {
                let behind = position - self.answered.len() - self.cancelled.len();
                let windows = 1 + behind as u64 / u64::from(self.calls);
                now.saturating_add(self.window.saturating_mul(windows))
            }),
        };
        let by_spacing =
            self.spacing.as_ref().map_or(0, |spacing| spacing.ready_at().saturating_add(spacing.interval.saturating_mul(ahead as u64)));
        by_slot.max(by_spacing).max(self.paused_until)
    }

    /// When the slot at this position comes back, counted over the slots whose calls are over.
    fn release(&self, position: usize) -> Option<u64> {
        let (mut answered, mut cancelled) = (self.answered.iter().peekable(), self.cancelled.iter().peekable());
        let mut releases = std::iter::from_fn(|| match (answered.peek(), cancelled.peek()) {
            (Some(left), Some(right)) if left > right => cancelled.next(),
            (None, _) => cancelled.next(),
            _ => answered.next(),
        });
        releases.nth(position).copied()
    }
}

/// Callers read the clock before they get here, so that one may come late by a little: the order is kept by holding its slot that little longer.
fn hold(in_flight: &mut u32, held: &mut VecDeque<u64>, at: u64) {
    *in_flight = in_flight.saturating_sub(1);
    held.push_back(held.back().map_or(at, |last| at.max(*last)));
}

pub(super) fn nanos(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
