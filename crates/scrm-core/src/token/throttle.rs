use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::spec::QuotaSpec;

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Keeps fetches apart, whatever goes wrong: a second after the last one, twice as long each time when the next comes close behind, up to a minute.
#[derive(Debug)]
pub(super) struct Throttle {
    last: Option<Instant>,
    pause: Duration,
    /// When the last fetches began; as many as the vendor's quota leaves to one process.
    log: VecDeque<Instant>,
    most: usize,
    window: Duration,
}

impl Throttle {
    /// `quota` is the vendor's for its token operation; half of it is left to other processes.
    pub(super) fn new(quota: Option<QuotaSpec>) -> Self {
        let most = quota.map_or(0, |quota| (quota.calls as usize / 2).max(1));
        let window = Duration::from_secs(quota.map_or(0, |quota| u64::from(quota.seconds)));
        Throttle { last: None, pause: SHORTEST, log: VecDeque::new(), most, window }
    }

    /// When the next fetch may begin; a moment in the past: now.
    pub(super) fn ready_at(&self, now: Instant) -> Instant {
        let by_pause = self.last.map_or(now, |last| last + self.pause);
        let full = self.most > 0 && self.log.len() >= self.most;
        let by_quota = self.log.front().filter(|_| full).map_or(now, |first| *first + self.window);
        by_pause.max(by_quota)
    }

    /// A fetch begins.
    pub(super) fn begin(&mut self, now: Instant) {
        let close = self.last.is_some_and(|last| now.saturating_duration_since(last) < self.pause * 2);
        self.pause = if close { (self.pause * 2).min(LONGEST) } else { SHORTEST };
        self.last = Some(now);
        if self.most > 0 {
            if self.log.len() >= self.most {
                self.log.pop_front();
            }
            self.log.push_back(now);
        }
    }

    /// The fetch failed: the pause is counted from its end.
    pub(super) fn failed(&mut self, now: Instant) {
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn pauses_double_to_a_minute_while_fetches_follow_closely() {
        let start = Instant::now();
        let mut throttle = Throttle::new(None);
        let mut now = start;
        let mut pauses = Vec::new();
        for _ in 0..9 {
            throttle.begin(now);
            throttle.failed(now);
            pauses.push(throttle.ready_at(now).duration_since(now).as_secs());
            now = throttle.ready_at(now);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        now += seconds(3600);
        throttle.begin(now);
        assert_eq!(throttle.ready_at(now), now + seconds(1), "an hour later it is forgiven");
    }

    #[test]
    fn half_of_the_vendors_quota_is_never_exceeded() {
        let quota = QuotaSpec { calls: 10, seconds: 600 };
        let mut throttle = Throttle::new(Some(quota));
        let mut now = Instant::now();
        let mut begun = Vec::new();
        // Just slow enough to be forgiven each time.
        for _ in 0..40 {
            now = throttle.ready_at(now).max(now + seconds(3));
            throttle.begin(now);
            begun.push(now);
        }
        for pair in begun.windows(6) {
            assert!(pair[5] - pair[0] >= seconds(600));
        }
    }
}
