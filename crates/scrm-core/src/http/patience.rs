//! One timer for two bounds: on the whole, and on each silence in it.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

use tokio::time::{Duration, Instant, Sleep, sleep_until};

use crate::patience::later;

/// How long a call may take as a whole, and how long the server may be silent.
///
/// A sign of life only notes the time. When the timer goes off, it is set anew if there was one since: a timer for each wait would cost every call more
/// than all else that is done here.
pub(super) struct Patience {
    timer: Pin<Box<Sleep>>,
    deadline: Instant,
    silence: Duration,
    life: Instant,
}

impl Patience {
    pub(super) fn new(whole: Duration, silence: Duration) -> Self {
        let now = Instant::now();
        let deadline = later(now, whole);
        Patience { timer: Box::pin(sleep_until(deadline.min(later(now, silence)))), deadline, silence, life: now }
    }

    /// What the future gives, which is a sign of life; `None`: too long there was none, or the whole takes too long.
    pub(super) async fn wait<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|context| {
            if let Poll::Ready(value) = future.as_mut().poll(context) {
                self.life = Instant::now();
                return Poll::Ready(Some(value));
            }
            while self.timer.as_mut().poll(context).is_ready() {
                let end = self.deadline.min(later(self.life, self.silence));
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

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_silence_ends_it_and_signs_of_life_do_not_outlast_the_whole() {
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
        assert_eq!(started.elapsed().as_secs(), 5, "three seconds of silence after a sign of life at two");
    }

    #[tokio::test(start_paused = true)]
    async fn no_bound_is_too_long_for_the_clock() {
        let mut patience = Patience::new(Duration::MAX, Duration::MAX);
        assert_eq!(patience.wait(sleep(SECOND)).await, Some(()));
    }
}
