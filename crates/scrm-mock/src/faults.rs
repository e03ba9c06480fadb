//! Nastiness on request: which call is struck by which fault.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use scrm_schema::model::Situation;

use crate::chance::{happens, mix};

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The answer is late by `fixed_ms` and up to `jitter_ms` more, in milliseconds.
    Latency {
        /// Always.
        fixed_ms: u64,
        /// At most this much more.
        #[serde(default)]
        jitter_ms: u64,
    },
    /// An HTTP status with a text body; the operation did nothing.
    Status {
        /// 400 to 599.
        status: u16,
        /// `Retry-After` in seconds.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// The connection is cut when the head of the request was read; the operation did nothing.
    CutBefore,
    /// The operation is done, then the connection is cut without an answer.
    CutAfter,
    /// The answer announces its whole length, and the connection is cut after half of it.
    Truncated,
    /// The whole answer comes without a length, in chunks of so many bytes.
    Chunked {
        /// At least 1.
        bytes: usize,
    },
    /// A page of HTML with status 200, as a proxy gives.
    Html,
    /// The right answer under `text/html`.
    WrongContentType,
    /// Status 200 and nothing.
    EmptyBody,
    /// Numbers in `data` come in quotes.
    NumbersAsText,
    /// Texts in `data` that look like whole numbers come without quotes.
    TextAsNumbers,
    /// Objects in `data` (rows and `data` itself are spared) come as `[]`.
    ListsForObjects,
    /// Every fourth scalar of a row is null.
    Nulls,
    /// Values of enums in `data` are new ones.
    NewEnumValues,
    /// Objects carry a field nobody documented.
    UnknownFields,
    /// One row is no object, or has an object where a scalar belongs.
    BadRow,
    /// The rows of the answer before come again.
    RepeatedPage,
    /// So many customers come before this call is answered.
    RowsAdded {
        /// How many.
        count: u32,
    },
    /// So many customers are gone before this call is answered.
    RowsRemoved {
        /// How many.
        count: u32,
    },
    /// The vendor's tokens are all dead from this call on; new ones can be fetched.
    TokenExpired,
    /// The vendor's code for a situation, as in the schemas: `quota_exceeded`, `burst`, `system_busy`, `permission_missing` …
    Code(#[serde(with = "situation")] Situation),
    /// The server's wall clock jumps by so many seconds.
    ClockStep {
        /// Back, when negative.
        seconds: i64,
    },
}

/// Situations have no way out in the schema crate: they go by their names there.
mod situation {
    use scrm_schema::model::Situation;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(situation: &Situation, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(crate::failure::name(*situation))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Situation, D::Error> {
        Situation::deserialize(deserializer)
    }
}

/// A fault and the calls that it strikes. Without conditions it strikes every call of every operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRule {
    /// What goes wrong.
    pub fault: Fault,
    /// The operation (`user_list`, or `acme/user_list` where several vendors have it); `None`: any, the token operations included.
    #[serde(default)]
    pub on: Option<String>,
    /// At most so many times.
    #[serde(default)]
    pub times: Option<u64>,
    /// Only the calls with these numbers, counted from 1 over the calls that `on` chooses.
    #[serde(default)]
    pub at_calls: Option<Vec<u64>>,
    /// Each call with this probability, 0 to 1; drawn from the mock's seed, so that the same calls are struck in every run.
    #[serde(default)]
    pub probability: Option<f64>,
}

impl FaultRule {
    /// Strikes every call.
    pub fn new(fault: Fault) -> Self {
        Self { fault, on: None, times: None, at_calls: None, probability: None }
    }
}

#[derive(Debug)]
struct Armed {
    rule: FaultRule,
    seen: u64,
    struck: u64,
}

/// All rules and how often they met and struck.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    seed: u64,
    armed: Vec<Armed>,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, armed: Vec::new() }
    }

    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.armed.push(Armed { rule, seen: 0, struck: 0 });
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.armed.is_empty()
    }

    pub(crate) fn rules(&self) -> Vec<FaultRule> {
        self.armed.iter().map(|armed| armed.rule.clone()).collect()
    }

    /// The faults that strike the next call of this operation.
    pub(crate) fn strike(&mut self, vendor: &str, operation: &str) -> Vec<Fault> {
        let mut struck = Vec::new();
        for (place, armed) in (0_u64..).zip(&mut self.armed) {
            let rule = &armed.rule;
            if rule.on.as_deref().is_some_and(|on| !named(on, vendor, operation)) {
                continue;
            }
            armed.seen += 1;
            let due = rule.times.is_none_or(|times| armed.struck < times)
                && rule.at_calls.as_ref().is_none_or(|calls| calls.contains(&armed.seen))
                && rule.probability.is_none_or(|probability| happens(mix(mix(self.seed, place), armed.seen), probability));
            if due {
                armed.struck += 1;
                struck.push(rule.fault.clone());
            }
        }
        struck
    }

    /// How late an answer is by these faults; the jitter is drawn for the call with this number.
    pub(crate) fn lateness(&self, struck: &[Fault], call: u64) -> Duration {
        let late = struck.iter().filter_map(|fault| match fault {
            Fault::Latency { fixed_ms, jitter_ms } => {
                Some(fixed_ms.saturating_add(mix(self.seed ^ 0x1a7e, call) % jitter_ms.saturating_add(1).max(1)))
            }
            _ => None,
        });
        Duration::from_millis(late.sum())
    }
}

/// Whether a name, with or without the vendor, means this operation.
pub(crate) fn named(name: &str, vendor: &str, operation: &str) -> bool {
    match name.split_once('/') {
        Some((of, name)) => of == vendor && name == operation,
        None => name == operation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(rule: FaultRule, seed: u64) -> Vec<bool> {
        let mut faults = Faults::new(seed);
        faults.add(rule);
        (0..40).map(|_| !faults.strike("acme", "user_list").is_empty()).collect()
    }

    #[test]
    fn rules_choose_their_calls() {
        let rule = |times, at_calls: Option<Vec<u64>>| FaultRule { times, at_calls, ..FaultRule::new(Fault::Html) };
        assert_eq!(pattern(rule(Some(2), None), 1)[..4], [true, true, false, false]);
        assert_eq!(pattern(rule(None, Some(vec![2, 4])), 1)[..5], [false, true, false, true, false]);
        let other = FaultRule { on: Some("other/user_list".to_owned()), ..FaultRule::new(Fault::Html) };
        assert!(pattern(other, 1).iter().all(|struck| !struck));
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let rule = FaultRule { probability: Some(0.5), ..FaultRule::new(Fault::EmptyBody) };
        assert_eq!(pattern(rule.clone(), 5), pattern(rule.clone(), 5));
        assert_ne!(pattern(rule.clone(), 5), pattern(rule, 6));
    }

    #[test]
    fn rules_travel_as_json() {
        let text = r#"{"fault":{"status":{"status":503,"retry_after":2}},"on":"user_list","at_calls":[3]}"#;
        let rule: FaultRule = serde_json::from_str(text).unwrap();
        assert_eq!(rule.fault, Fault::Status { status: 503, retry_after: Some(2) });
        let code: Fault = serde_json::from_str(r#"{"code":"quota_exceeded"}"#).unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), r#"{"code":"quota_exceeded"}"#);
        assert_eq!(serde_json::from_str::<Fault>("\"cut_after\"").unwrap(), Fault::CutAfter);
        assert_eq!(serde_json::from_str::<Fault>(r#"{"latency":{"fixed_ms":5}}"#).unwrap(), Fault::Latency { fixed_ms: 5, jitter_ms: 0 });
    }

    #[test]
    fn lateness_stays_in_its_bounds() {
        let faults = Faults::new(3);
        for call in 0..200 {
            let late = faults.lateness(&[Fault::Latency { fixed_ms: 10, jitter_ms: 5 }], call).as_millis();
            assert!((10..=15).contains(&late), "{late}");
        }
    }
}
