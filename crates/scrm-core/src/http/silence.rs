//! Connections that many calls share, and that went silent.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::places::now;

/// A caller who gave up after waiting so long did so because nothing came.
const SILENCE: Duration = Duration::from_secs(1);

/// What many calls go over.
pub(super) trait Line {
    /// When the server last gave a sign of life, as [`now`] counts.
    fn life(&self) -> &AtomicU64;
    /// No later call shall get it. Those under way keep it.
    fn give_up(&self);
}

/// Sees to it that what went silent is not used again: when a call is given up without a sign of life for anybody since the call's own last one, no later
/// call gets the line.
pub(super) struct Watch<L: Line> {
    line: L,
    /// The call's last sign of life, or its beginning.
    life: u64,
    patience: Duration,
    done: bool,
}

impl<L: Line> Watch<L> {
    /// For a call that may take so long.
    pub(super) fn new(line: L, patience: Duration) -> Self {
        Watch { line, life: now(), patience: patience.min(SILENCE), done: false }
    }

    /// Something came.
    pub(super) fn life(&mut self) {
        self.life = now();
        self.line.life().fetch_max(self.life, Ordering::Relaxed);
    }

    /// All came, or the connection broke of itself.
    pub(super) fn done(&mut self) {
        self.done = true;
    }

    /// Too long nothing came.
    pub(super) fn silent(&mut self) {
        self.done = true;
        if self.line.life().load(Ordering::Relaxed) <= self.life {
            self.line.give_up();
        }
    }
}

impl<L: Line> Drop for Watch<L> {
    fn drop(&mut self) {
        let silence = Duration::from_millis(now().saturating_sub(self.life));
        // Whoever waits for the call until the same moment gives up a little before it does.
        if !self.done && silence + self.patience / 10 >= self.patience {
            self.silent();
        }
    }
}
