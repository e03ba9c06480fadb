//! How far a pull is: a bar where somebody watches, a line now and then where nobody does.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scrm_core::{
    Hooks,
    hooks::{QuotaWait, Retry},
};

use crate::{
    language::{Language, say},
    screen,
};

/// A line is written this often where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);

/// What the client tells while it works.
#[derive(Default)]
pub(crate) struct Meter {
    waits: Mutex<Waits>,
    retries: AtomicU64,
}

/// How long somebody waited: waits that go on at the same time count once.
#[derive(Default)]
struct Waits {
    time: Duration,
    until: Option<Instant>,
}

impl Waits {
    fn add(&mut self, waited: Duration, now: Instant) {
        let alone = self.until.map_or(waited, |until| waited.min(now.saturating_duration_since(until)));
        (self.time, self.until) = (self.time + alone, Some(now));
    }
}

impl Hooks for Meter {
    fn quota_wait(&self, event: &QuotaWait<'_>) {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).add(event.waited, Instant::now());
    }

    fn retry(&self, _: &Retry<'_>) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }
}

impl Meter {
    pub(crate) fn waited(&self) -> Duration {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).time
    }

    pub(crate) fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }
}

/// The progress of one pull.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    language: Language,
    name: String,
    began: Instant,
    told: Instant,
    /// Rows of this start of the program, and of all.
    here: u64,
    before: u64,
}

impl Progress {
    pub(crate) fn new(name: String, before: u64, quiet: bool, language: Language) -> Self {
        let bar = (!quiet && screen::is_watched()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        let now = Instant::now();
        Progress { bar, quiet, language, name, began: now, told: now, here: 0, before }
    }

    /// So many rows more.
    pub(crate) fn add(&mut self, rows: u64, total: Option<u64>, meter: &Meter) {
        self.here += rows;
        let at = self.before + self.here;
        if let Some(bar) = &self.bar {
            let known = total.filter(|total| *total >= at);
            if bar.length() != known {
                let style = match known {
                    Some(total) => {
                        bar.set_length(total);
                        ProgressStyle::with_template("{prefix} [{bar:20}] {human_pos}/{human_len} {percent}% {msg} {eta}")
                    }
                    None => ProgressStyle::with_template("{prefix} {spinner} {human_pos} {msg}"),
                };
                if let Ok(style) = style {
                    bar.set_style(style.progress_chars("=> "));
                }
                bar.set_prefix(self.name.clone());
            }
            bar.set_position(at);
            bar.set_message(self.speed(meter));
        } else if !self.quiet && self.told.elapsed() >= PAUSE {
            self.told = Instant::now();
            let (name, speed) = (&self.name, self.speed(meter));
            let of = total.map(|total| format!("/{total}")).unwrap_or_default();
            screen::note(&say!(self.language, "{name}: {at}{of} rows, {speed}", "{name}：{at}{of} 行，{speed}"));
        }
    }

    fn speed(&self, meter: &Meter) -> String {
        let rate = self.here * 1000 / u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let waited = meter.waited().as_secs();
        match (self.language, waited) {
            (Language::English, 0) => format!("{rate} rows/s"),
            (Language::English, waited) => format!("{rate} rows/s, {waited} s waited for the quota"),
            (Language::Chinese, 0) => format!("{rate} 行/秒"),
            (Language::Chinese, waited) => format!("{rate} 行/秒，等待配额 {waited} 秒"),
        }
    }

    /// Something that is not the end.
    pub(crate) fn warn(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| screen::note(text)),
            None => screen::note(text),
        }
    }

    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_that_go_on_at_the_same_time_count_once() {
        let (mut waits, began) = (Waits::default(), Instant::now());
        let at = |seconds: u64| began + Duration::from_secs(seconds);
        for (waited, end) in [(3, 3), (3, 3), (2, 4), (1, 10)] {
            waits.add(Duration::from_secs(waited), at(end));
        }
        assert_eq!(waits.time, Duration::from_secs(5));
    }
}
