//! Counts calls in a sliding window and refuses those above the quota.

use std::collections::{HashMap, VecDeque};

use scrm_schema::model::Quota;

/// Window in which calls are counted where no quota is documented, in seconds.
const UNLIMITED_WINDOW: u32 = 1;

/// What the server says to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Within the quota.
    Fine,
    /// The window is full.
    Exceeded,
    /// The window was filled within a tenth of its time.
    Burst,
}

#[derive(Debug, Default)]
struct Window {
    /// When the calls came, in milliseconds: all of them.
    came: VecDeque<i64>,
    /// When the answered ones came.
    answered: VecDeque<i64>,
    most: usize,
}

/// Windows by vendor, shop and operation.
#[derive(Debug, Default)]
pub(crate) struct QuotaDesk {
    windows: HashMap<(usize, usize, usize), Window>,
}

/// The fullest window of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fullest {
    pub(crate) vendor: usize,
    pub(crate) operation: usize,
    pub(crate) calls: usize,
}

impl QuotaDesk {
    /// Counts a call that comes at `now`. Refused calls count for the record, but use nothing up.
    pub(crate) fn count(&mut self, vendor: usize, shop: usize, operation: usize, quota: Option<Quota>, now: i64) -> Verdict {
        let window = self.windows.entry((vendor, shop, operation)).or_default();
        let length = i64::from(quota.map_or(UNLIMITED_WINDOW, |quota| quota.seconds)) * 1000;
        for times in [&mut window.came, &mut window.answered] {
            while times.front().is_some_and(|first| now - first >= length) {
                times.pop_front();
            }
        }
        window.came.push_back(now);
        window.most = window.most.max(window.came.len());
        let Some(quota) = quota else { return Verdict::Fine };
        if window.answered.len() < quota.calls as usize {
            window.answered.push_back(now);
            return Verdict::Fine;
        }
        let sudden = window.answered.front().is_some_and(|first| now - first < length / 10);
        if sudden { Verdict::Burst } else { Verdict::Exceeded }
    }

    /// The fullest window of each operation, over all shops.
    pub(crate) fn fullest(&self) -> Vec<Fullest> {
        let mut fullest: HashMap<(usize, usize), usize> = HashMap::new();
        for ((vendor, _, operation), window) in &self.windows {
            let most = fullest.entry((*vendor, *operation)).or_default();
            *most = window.most.max(*most);
        }
        let mut listed: Vec<_> = fullest.into_iter().map(|((vendor, operation), calls)| Fullest { vendor, operation, calls }).collect();
        listed.sort_by_key(|full| (full.vendor, full.operation));
        listed
    }

    pub(crate) fn reset(&mut self) {
        self.windows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE_PER_TEN: Option<Quota> = Some(Quota { calls: 3, seconds: 10 });

    #[test]
    fn the_window_slides() {
        let mut desk = QuotaDesk::default();
        let mut call = |now| desk.count(0, 0, 0, THREE_PER_TEN, now);
        assert_eq!([call(0), call(4000), call(8000)], [Verdict::Fine; 3]);
        assert_eq!(call(9999), Verdict::Exceeded);
        assert_eq!(call(10_000), Verdict::Fine);
        assert_eq!(call(10_001), Verdict::Exceeded);
        assert_eq!(desk.fullest(), [Fullest { vendor: 0, operation: 0, calls: 5 }]);
    }

    #[test]
    fn a_quota_used_up_at_once_is_a_burst_and_shops_are_apart() {
        let mut desk = QuotaDesk::default();
        for _ in 0..3 {
            assert_eq!(desk.count(0, 0, 7, THREE_PER_TEN, 5), Verdict::Fine);
        }
        assert_eq!(desk.count(0, 0, 7, THREE_PER_TEN, 6), Verdict::Burst);
        assert_eq!(desk.count(0, 1, 7, THREE_PER_TEN, 6), Verdict::Fine);
        assert_eq!(desk.count(0, 0, 7, None, 6), Verdict::Fine);
    }
}
