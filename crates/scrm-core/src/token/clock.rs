/// Milliseconds since 1970.
#[cfg(not(test))]
pub(super) fn unix_millis() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// In tests the wall clock goes with the paused one.
#[cfg(test)]
pub(super) fn unix_millis() -> u64 {
    use tokio::time::Instant;
    thread_local!(static START: Instant = Instant::now());
    let since = START.with(|start| start.elapsed());
    1_700_000_000_000 + u64::try_from(since.as_millis()).unwrap()
}
