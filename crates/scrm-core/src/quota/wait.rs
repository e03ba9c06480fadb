//! Why a call has to wait for its quota.

use std::{fmt, sync::Arc, time::Duration};

use super::QuotaRule;
use crate::spec::Label;

/// What a wait for the quota is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitCause {
    /// The client's own count: as many calls as the quota allows were made in this window. The vendor was not asked.
    UsedUp,
    /// The vendor said that calls come too fast.
    Refused,
    /// The first window after the start is left out, as the client was told to.
    ColdStart,
    /// The quota shared with other processes is used up.
    SharedUsedUp,
    /// The vendor told another process that calls come too fast.
    SharedPaused,
    /// The shared quota has lost its memory, and waits for the processes that it must have served before.
    SharedRecovering,
    /// The shared quota has not answered yet.
    SharedSilent,
}

impl WaitCause {
    /// A short name for logs and metrics: `used_up`, `shared_recovering`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            WaitCause::UsedUp => "used_up",
            WaitCause::Refused => "refused",
            WaitCause::ColdStart => "cold_start",
            WaitCause::SharedUsedUp => "shared_used_up",
            WaitCause::SharedPaused => "shared_paused",
            WaitCause::SharedRecovering => "shared_recovering",
            WaitCause::SharedSilent => "shared_silent",
        }
    }
}

/// An answer of the vendor that says: too many calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The vendor's code, if the answer had one.
    pub code: Option<Box<str>>,
    /// What the code means, where it is documented.
    pub meaning: Option<Label>,
    /// HTTP status of the answer.
    pub status: u16,
    /// Whether calls came in a burst, which says nothing of the window.
    pub burst: bool,
    /// How long the vendor asked to wait, as it stood in the answer.
    pub retry_after: Option<Duration>,
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

impl Refusal {
    /// How long to wait of what the vendor asked for. What is longer than a day cannot be meant, and counts as not said; what is longer than an hour is shortened. A quota
    /// of a longer window may be waited for that long.
    pub(crate) fn believed(&self, window: Duration) -> Option<Duration> {
        self.retry_after.filter(|asked| *asked <= DAY.max(window)).map(|asked| asked.min(HOUR.max(window)))
    }

    /// What is to be said of a wait that is not kept as it was asked for.
    pub(crate) fn unbelieved(&self, window: Duration) -> Option<String> {
        let (asked, believed) = (self.retry_after?, self.believed(window));
        let instead = match believed {
            Some(time) if time == asked => return None,
            Some(time) => format!("shortened to {} s", time.as_secs()),
            None => "left out of account".to_owned(),
        };
        Some(format!("Retry-After asks for {} s, which cannot be meant and is {instead}", asked.as_secs()))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "code {code}"),
            None => write!(f, "HTTP {}", self.status),
        }
    }
}

/// No permit before the deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuotaError {
    /// How long the wait would have been, at least.
    pub wait: Duration,
    /// How many callers wait.
    pub waiting: usize,
    /// What the wait would have been for.
    pub cause: WaitCause,
    /// The rule that is kept.
    pub rule: QuotaRule,
    /// Name of the shared quota, where it is the cause.
    pub shared: Option<Box<str>>,
    /// What the vendor answered, where that is the cause.
    pub refusal: Option<Arc<Refusal>>,
}

impl fmt::Display for QuotaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wait, shared) = (self.wait.as_secs_f64(), self.shared.as_deref().unwrap_or("the shared quota"));
        let quota = format!("{} calls in {} s", self.rule.calls, self.rule.window.as_secs_f64());
        match self.cause {
            WaitCause::UsedUp => write!(f, "held back by this client: its own quota of {quota} is used up for at least {wait:.1} s")?,
            WaitCause::Refused => {
                write!(f, "held back for at least {wait:.1} s: the vendor answered an earlier call with ")?;
                match &self.refusal {
                    Some(refusal) => {
                        write!(f, "{refusal}")?;
                        refusal.unbelieved(self.rule.window).map_or(Ok(()), |more| write!(f, " ({more})"))?;
                    }
                    None => f.write_str("a refusal")?,
                }
            }
            WaitCause::ColdStart => {
                write!(f, "held back for at least {wait:.1} s, the first window after the start, as the client is set up")?
            }
            WaitCause::SharedUsedUp => {
                write!(f, "held back: the quota of {quota}, shared through {shared}, is used up for at least {wait:.1} s")?;
            }
            WaitCause::SharedPaused => {
                write!(f, "held back for at least {wait:.1} s by {shared}: the vendor told another process that calls come too fast")?;
            }
            WaitCause::SharedRecovering => write!(
                f,
                "held back for at least {wait:.1} s: {shared} has lost its memory and waits for the processes that it served before"
            )?,
            WaitCause::SharedSilent => return write!(f, "{shared} did not answer within the {wait:.1} s that the call had left"),
        }
        write!(f, ", longer than the call may take; {} calls are waiting", self.waiting)
    }
}

impl std::error::Error for QuotaError {}
