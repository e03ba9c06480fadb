//! Interleaved measuring: every round runs each variant once, and ratios are taken inside the round, so that whatever else the machine does
//! falls on all variants alike. Times are mostly processor time of the thread: what other programs take is not counted.

use std::{hint::black_box, sync::LazyLock, time::Instant};

use nix::time::{ClockId, clock_gettime};

/// How often and how long is measured.
#[derive(Clone, Copy, Debug)]
pub struct Rounds {
    /// How many rounds.
    pub rounds: usize,
    /// A variant is repeated for at least this long in a round; 0: run once.
    pub sample_seconds: f64,
    /// What is read before and after.
    pub clock: Clock,
}

/// A way to tell how long something takes.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// Processor time of the thread.
    Processor,
    /// The clock on the wall, for what several threads do.
    Wall,
}

impl Clock {
    /// Seconds so far.
    #[allow(clippy::cast_precision_loss)]
    fn seconds(self) -> f64 {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        match self {
            Clock::Wall => START.elapsed().as_secs_f64(),
            Clock::Processor => {
                clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(0.0, |time| time.tv_sec() as f64 + time.tv_nsec() as f64 * 1e-9)
            }
        }
    }
}

impl Default for Rounds {
    fn default() -> Self {
        Rounds { rounds: 41, sample_seconds: 0.002, clock: Clock::Processor }
    }
}

/// One way of doing the thing that is measured.
pub struct Variant<'a> {
    /// What the table calls it.
    pub name: &'static str,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Variant<'a> {
    /// A variant whose result is kept from the optimiser.
    pub fn new<T>(name: &'static str, mut run: impl FnMut() -> T + 'a) -> Self {
        Variant { name, run: Box::new(move || drop(black_box(run()))) }
    }
}

/// What was measured of one variant.
#[derive(Clone, Debug)]
pub struct Timing {
    /// As [`Variant::name`].
    pub name: &'static str,
    /// Median of the time of one run, in seconds.
    pub seconds: f64,
    /// Median over the rounds of the ratio to the first variant.
    pub ratio: f64,
}

/// Runs the variants round by round; the first one is the baseline.
pub fn compare(rounds: Rounds, mut variants: Vec<Variant<'_>>) -> Vec<Timing> {
    let runs: Vec<u32> = variants.iter_mut().map(|variant| runs_per_sample(rounds, &mut variant.run)).collect();
    let mut times = vec![Vec::with_capacity(rounds.rounds); variants.len()];
    for round in 0..rounds.rounds {
        for step in 0..variants.len() {
            let at = (step + round) % variants.len();
            let started = rounds.clock.seconds();
            for _ in 0..runs[at] {
                (variants[at].run)();
            }
            times[at].push((rounds.clock.seconds() - started) / f64::from(runs[at]));
        }
    }
    let ratios = |at: usize| times[at].iter().zip(&times[0]).map(|(time, base)| time / base).collect();
    variants
        .iter()
        .enumerate()
        .map(|(at, variant)| Timing { name: variant.name, seconds: median(times[at].clone()), ratio: median(ratios(at)) })
        .collect()
}

fn runs_per_sample(rounds: Rounds, run: &mut dyn FnMut()) -> u32 {
    if rounds.sample_seconds == 0.0 {
        return 1;
    }
    for _ in 0..20 {
        run();
    }
    let started = rounds.clock.seconds();
    let mut runs = 0;
    while rounds.clock.seconds() - started < rounds.sample_seconds {
        run();
        runs += 1;
    }
    runs.max(3)
}

/// The middle value; 0 for none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
