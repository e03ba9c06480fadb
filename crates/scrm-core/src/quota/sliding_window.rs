use std::collections::VecDeque;

use super::{QuotaRule, WaitCause};

const SECOND: u64 = 1_000_000_000;
/// First and longest pause after an answer that tells of a burst; doubled each time.
const BURST: (u64, u64) = (SECOND, 10 * SECOND);
/// First pause after an answer that tells of a used-up window: one such answer is no proof that a long window is used up. Doubled each time, up to the window.
const USED_UP: u64 = 10 * SECOND;

/// Who holds which slot until when. Times are nanoseconds since the quota was made.
#[derive(Debug)]
pub(super) struct SlidingWindow {
    calls: u32,
    window: u64,
    in_flight_grace: u64,
    in_flight: u32,
    /// When the slots of answered calls are free again, earliest first.
    answered: VecDeque<u64>,
    /// The same for calls that may still arrive.
    cancelled: VecDeque<u64>,
    cold_until: u64,
    paused_until: u64,
    /// The last pause, and how many came one after the other.
    pause: u64,
    pauses: u32,
}

impl SlidingWindow {
    pub(super) fn new(rule: &QuotaRule) -> Self {
        let (window, in_flight_grace) = (nanos(rule.window), nanos(rule.in_flight_grace));
        SlidingWindow {
            calls: rule.calls.max(1),
            window,
            in_flight_grace,
            in_flight: 0,
            answered: VecDeque::new(),
            cancelled: VecDeque::new(),
            cold_until: if rule.cold_start_hold { window.saturating_add(in_flight_grace) } else { 0 },
            paused_until: 0,
            pause: 0,
            pauses: 0,
        }
    }

    /// Takes a slot, if one is free.
    pub(super) fn take(&mut self, now: u64) -> bool {
        if now < self.paused_until || now < self.cold_until || self.free(now) == 0 {
            return false;
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
        let at = now.saturating_add(self.window).saturating_add(self.in_flight_grace);
        hold(&mut self.in_flight, &mut self.cancelled, at);
    }

    /// The request never left.
    pub(super) fn not_sent(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// The vendor said that calls come too fast: no slots for as long as it asks, or for a time that doubles while it goes on to say so. Answers to calls that were under
    /// way before tell nothing new. The remaining pause.
    pub(super) fn refused(&mut self, now: u64, asked: Option<u64>, burst: bool) -> u64 {
        if now >= self.paused_until {
            let quiet = now - self.paused_until;
            let forgiven = self.pause == 0 || quiet > self.pause.max(self.window.min(USED_UP));
            self.pauses = if forgiven { 0 } else { self.pauses.saturating_add(1) };
            let (first, longest) = if burst { BURST } else { (USED_UP.min(self.window), self.window) };
            self.pause = asked.unwrap_or_else(|| first.saturating_mul(1 << self.pauses.min(20)).min(longest));
            self.paused_until = now.saturating_add(self.pause);
        } else if let Some(asked) = asked {
            self.paused_until = self.paused_until.max(now.saturating_add(asked));
        }
        self.paused_until.saturating_sub(now)
    }

    /// Ends a pause that the vendor asked for. `false`: there was none.
    pub(super) fn resume(&mut self, now: u64) -> bool {
        let paused = now < self.paused_until;
        (self.paused_until, self.pause, self.pauses) = (0, 0, 0);
        paused
    }

    /// When a slot can be had by a caller who lets so many others go first, and what until then is waited for. Nobody gets one earlier, unless a request is not sent or
    /// a waiting caller gives up.
    pub(super) fn ready_at(&mut self, now: u64, ahead: usize) -> (u64, WaitCause) {
        let free = self.free(now) as usize;
        let by_slot = match ahead.checked_sub(free) {
            None => now,
            Some(position) => self.release(position).unwrap_or_else(|| {
                let behind = position - self.answered.len() - self.cancelled.len();
                let windows = 1 + behind as u64 / u64::from(self.calls);
                now.saturating_add(self.window.saturating_mul(windows))
            }),
        };
        let causes = [(by_slot, WaitCause::UsedUp), (self.cold_until, WaitCause::ColdStart), (self.paused_until, WaitCause::Refused)];
        causes.into_iter().max_by_key(|(at, _)| *at).unwrap_or((by_slot, WaitCause::UsedUp))
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
