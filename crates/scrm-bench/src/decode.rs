//! Decoding, forgiving and retaining, against strict structs that throw away what they do not know.

use scrm_core::{
    decode::{DecodeOptions, decode},
    table::Payload,
};
use serde::de::DeserializeOwned;

use crate::{
    bodies::Twist,
    cases::{Case, Each, each},
    measure::{Rounds, Timing, Variant, compare},
    report::{Figure, Goal, Report},
};

const NUMBERS_AS_TEXT: f64 = 0.66;
const UNKNOWN_FIELDS: f64 = 0.80;

/// Runs all decode benchmarks.
pub fn run(report: &mut Report) {
    each(&mut Decoding(report));
}

struct Decoding<'r>(&'r mut Report);

impl Each for Decoding<'_> {
    fn case<T: Payload + Default, S: DeserializeOwned>(&mut self, case: &Case) {
        let plain = case.body(Twist::default());
        let text = case.body(Twist { numbers_as_text: true, ..Twist::default() });
        let unknown = case.body(Twist { unknown_fields: true, ..Twist::default() });
        let options = DecodeOptions { rows: case.rows, collect_drift: false };
        let strict = |body: &[u8]| serde_json::from_slice::<S>(body).is_ok();
        let ours = |body: &[u8]| decode::<T>(body, case.envelope, &options).is_ok();
        let simd = |body: &[u8]| simd_json::serde::from_slice::<S>(&mut body.to_vec()).is_ok();
        let timings = compare(
            Rounds::default(),
            vec![
                Variant::new("strict serde structs, from_slice", || strict(&plain)),
                Variant::new("this crate", || ours(&plain)),
                Variant::new("this crate, numbers sent as text", || ours(&text)),
                Variant::new("strict serde structs, sonic-rs", || sonic_rs::from_slice::<S>(&plain).is_ok()),
                Variant::new("strict serde structs, simd-json (copies the body)", || simd(&plain)),
            ],
        );
        push(self.0, case, &timings, &[None, Some(case.goal), Some(NUMBERS_AS_TEXT), None, None]);
        let timings = compare(
            Rounds::default(),
            vec![
                Variant::new("strict, two unknown fields a row skipped", || strict(&unknown)),
                Variant::new("this crate, two unknown fields a row kept", || ours(&unknown)),
            ],
        );
        push(self.0, case, &timings, &[None, Some(UNKNOWN_FIELDS)]);
    }
}

fn push(report: &mut Report, case: &Case, timings: &[Timing], goals: &[Option<f64>]) {
    for (timing, goal) in timings.iter().zip(goals) {
        report.push(Figure { goal: goal.map(|at_most| Goal { value: timing.ratio, at_most }), ..Figure::timed(case.name, timing) });
    }
}
