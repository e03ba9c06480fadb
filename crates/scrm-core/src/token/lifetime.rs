use std::time::Duration;

use crate::spec::TokenSpec;

/// Longest time before its end from which a token is not used any more if there is a way to another.
const SAFETY: Duration = Duration::from_secs(30);
/// Life of a token of which neither the vendor nor its documents tell anything.
const UNKNOWN: Duration = Duration::from_secs(7200);

/// No token lives longer, unless its documents say so. A longer life that somebody tells is shortened to it.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// How long the tokens of one kind live.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifetime {
    documented: Duration,
    renew_below: Duration,
}

impl Lifetime {
    pub(super) fn new(spec: &TokenSpec) -> Self {
        let documented = match spec.lifetime {
            0 => UNKNOWN,
            seconds => Duration::from_secs(u64::from(seconds)),
        };
        Lifetime { documented, renew_below: Duration::from_secs(u64::from(spec.renew_below)) }
    }

    /// What is left to a token that was just given, and whether more was told than can be meant.
    pub(super) fn of(&self, expires_in: Option<Duration>) -> (Duration, bool) {
        self.bounded(expires_in.filter(|told| !told.is_zero()).unwrap_or(self.documented))
    }

    /// A life within the bounds of what can be meant, and whether it was longer.
    pub(super) fn bounded(&self, told: Duration) -> (Duration, bool) {
        let longest = LONGEST.max(self.documented);
        (told.min(longest), told > longest)
    }

    /// Remaining life below which a token of so long a life is renewed: from a twelfth to a twenty-fourth of it, five to ten minutes of two hours. Where the vendor
    /// gives a new one only below some remaining life, half to nineteen twentieths of that. Drawn anew for each token, so that processes do not all come at once.
    pub(super) fn renew_below(&self, life: Duration) -> Duration {
        let (from, to) = if self.renew_below.is_zero() {
            (life / 24, life / 12)
        } else {
            let most = self.renew_below.min(self.documented / 2);
            (most / 2, most / 20 * 19)
        };
        from + (to - from).mul_f64(fastrand::f64())
    }

    /// Remaining life below which a token counts as ended.
    pub(super) fn safety(life: Duration) -> Duration {
        SAFETY.min(life / 20)
    }
}
