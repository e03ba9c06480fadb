//! How long something is waited for.

use tokio::time::{Duration, Instant};

/// When so much time has passed. A moment beyond the clock's range is as good as one in a day.
pub(crate) fn later(from: Instant, by: Duration) -> Instant {
    from.checked_add(by).unwrap_or(from + Duration::from_secs(86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bound_is_too_long_for_the_clock() {
        assert!(later(Instant::now(), Duration::MAX) > Instant::now());
    }
}
