//! What the operating system says of processor time, and on which processors a process runs.

use nix::sys::resource::{UsageWho, getrusage};

/// Processor time in seconds, user and system.
pub(crate) fn own() -> f64 {
    seconds(UsageWho::RUSAGE_SELF)
}

/// The same of all finished child processes and theirs.
pub(crate) fn children() -> f64 {
    seconds(UsageWho::RUSAGE_CHILDREN)
}

#[allow(clippy::cast_precision_loss)]
fn seconds(who: UsageWho) -> f64 {
    getrusage(who).map_or(0.0, |usage| {
        [usage.user_time(), usage.system_time()].iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 * 1e-6).sum()
    })
}

/// Lets this process, and those it starts, have as many files open as the system allows it; how many that is.
pub(crate) fn allow_files() -> usize {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 0 };
    let allowed = if setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok() { hard } else { soft };
    usize::try_from(allowed).unwrap_or(usize::MAX)
}

/// Keeps this thread, and those it starts, on one processor, where that can be done.
pub(crate) fn pin(processor: usize) {
    run_on(processor..=processor);
}

/// Lets this thread run anywhere again.
pub(crate) fn pin_none() {
    run_on(0..=63);
}

#[cfg(target_os = "linux")]
fn run_on(processors: std::ops::RangeInclusive<usize>) {
    use nix::{
        sched::{CpuSet, sched_setaffinity},
        unistd::Pid,
    };
    let mut set = CpuSet::new();
    for processor in processors {
        let _ = set.set(processor);
    }
    let _ = sched_setaffinity(Pid::from_raw(0), &set);
}

#[cfg(not(target_os = "linux"))]
fn run_on(_: std::ops::RangeInclusive<usize>) {}
