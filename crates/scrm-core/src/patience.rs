//! How long something is waited for.

#[cfg(feature = "http")]
use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

use tokio::time::{Duration, Instant};
#[cfg(feature = "http")]
use tokio::time::{Sleep, sleep_until};

/// When so much time has passed. A moment beyond the clock's range is as good as one in a day.
pub(crate) fn later(from: Instant, by: Duration) -> Instant {
    from.checked_add(by).unwrap_or(from + Duration::from_secs(86_400))
}

/// One timer for two bounds: on the whole, and on each pause between two signs of life.
///
/// A sign of life only notes the time. When the timer goes off, it is set anew if there was one since.
#[cfg(feature = "http")]
pub(crate) struct Patience {
    timer: Pin<Box<Sleep>>,
    deadline: Instant,
    pause: Duration,
    life: Instant,
}

#[cfg(feature = "http")]
impl Patience {
    pub(crate) fn new(whole: Duration, pause: Duration) -> Self {
        let now = Instant::now();
        let deadline = later(now, whole);
        Patience { timer: Box::pin(sleep_until(deadline.min(later(now, pause)))), deadline, pause, life: now }
    }

    /// What the future gives, which is a sign of life; `None`: it took too long.
    pub(crate) async fn wait<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|context| {
            if let Poll::Ready(value) = future.as_mut().poll(context) {
                self.life = Instant::now();
                return Poll::Ready(Some(value));
            }
            while self.timer.as_mut().poll(context).is_ready() {
                let end = self.deadline.min(later(self.life, self.pause));
                if end <= Instant::now() {
                    return Poll::Ready(None);
                }
                self.timer.as_mut().reset(end);
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(all(test, feature = "http"))]
mod tests {
    use std::future::pending;

    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends_it_and_signs_of_life_do_not_outlast_the_whole() {
        let started = Instant::now();
        let mut patience = Patience::new(10 * SECOND, 3 * SECOND);
        for _ in 0..4 {
            assert_eq!(patience.wait(sleep(2 * SECOND)).await, Some(()));
        }
        assert_eq!(patience.wait(pending::<()>()).await, None);
        assert_eq!(started.elapsed().as_secs(), 10, "the whole");

        let started = Instant::now();
        let mut patience = Patience::new(10 * SECOND, 3 * SECOND);
        assert_eq!(patience.wait(sleep(2 * SECOND)).await, Some(()));
        assert_eq!(patience.wait(pending::<()>()).await, None);
        assert_eq!(started.elapsed().as_secs(), 5, "a pause of three seconds after a sign of life at two");
    }

    #[tokio::test(start_paused = true)]
    async fn no_bound_is_too_long_for_the_clock() {
        let mut patience = Patience::new(Duration::MAX, Duration::MAX);
        assert_eq!(patience.wait(sleep(SECOND)).await, Some(()));
        assert!(later(Instant::now(), Duration::MAX) > Instant::now());
    }
}
