//! Decoding, forgiving and retaining, against strict structs that throw away what they do not know.

use beschannels_client::group_user_list::GroupUserListData;
use rabbitpre_client::customer_lookup;
use scrm_core::{
    decode::{DecodeOptions, decode},
    spec::Envelope,
    table::Payload,
};
use serde::de::DeserializeOwned;
use xiaoe_client::{points_list::PointsListData, user_list::UserListData};

use crate::{
    bodies::{self, Twist},
    measure::{Timing, Variant, compare},
    report::{Figure, Goal, Report, time},
    strict,
};

type Body = fn(usize, Twist) -> Vec<u8>;

/// One answer to decode, and what its forms may cost at most against the strict baseline on the plain form.
struct Case {
    name: &'static str,
    rows: usize,
    body: Body,
    goal: f64,
}

const NUMBERS_AS_TEXT: f64 = 0.66;
const UNKNOWN_FIELDS: f64 = 0.80;

/// Runs all decode benchmarks.
pub fn run(report: &mut Report) {
    let xiaoe = &xiaoe_client::VENDOR.envelope;
    let one = |_, twist| bodies::customer(twist);
    case::<UserListData, strict::Users>(report, xiaoe, &Case { name: "decode 50 users", rows: 50, body: bodies::users, goal: 0.60 });
    case::<PointsListData, strict::Points>(report, xiaoe, &Case { name: "decode 100 points rows", rows: 100, body: bodies::points, goal: 0.60 });
    let beschannels = &beschannels_client::VENDOR.envelope;
    case::<GroupUserListData, strict::Leads>(report, beschannels, &Case { name: "decode 50 leads × 20 scores", rows: 50, body: bodies::leads, goal: 0.52 });
    let rabbitpre = &rabbitpre_client::VENDOR.envelope;
    case::<Vec<customer_lookup::Customer>, strict::Customers>(report, rabbitpre, &Case { name: "decode one customer", rows: 1, body: one, goal: 0.65 });
}

fn case<T: Payload + Default, S: DeserializeOwned>(report: &mut Report, envelope: &Envelope, case: &Case) {
    let plain = (case.body)(case.rows, Twist::default());
    let text = (case.body)(case.rows, Twist { numbers_as_text: true, ..Twist::default() });
    let unknown = (case.body)(case.rows, Twist { unknown_fields: true, ..Twist::default() });
    let options = DecodeOptions { rows: case.rows, departures: false };
    let ours = |body: &[u8]| decode::<T>(body, envelope, &options).is_ok();
    let simd = |body: &[u8]| simd_json::serde::from_slice::<S>(&mut body.to_vec()).is_ok();
    let timings = compare(vec![
        Variant::new("strict serde structs, from_slice", || serde_json::from_slice::<S>(&plain).is_ok()),
        Variant::new("this crate", || ours(&plain)),
        Variant::new("this crate, numbers sent as text", || ours(&text)),
        Variant::new("strict serde structs, sonic-rs", || sonic_rs::from_slice::<S>(&plain).is_ok()),
        Variant::new("strict serde structs, simd-json (copies the body)", || simd(&plain)),
    ]);
    push(report, case, &timings, &[None, Some(case.goal), Some(NUMBERS_AS_TEXT), None, None]);
    let timings = compare(vec![
        Variant::new("strict serde structs, two unknown fields a row skipped", || serde_json::from_slice::<S>(&unknown).is_ok()),
        Variant::new("this crate, two unknown fields a row kept", || ours(&unknown)),
    ]);
    push(report, case, &timings, &[None, Some(UNKNOWN_FIELDS)]);
}

fn push(report: &mut Report, case: &Case, timings: &[Timing], goals: &[Option<f64>]) {
    for (timing, goal) in timings.iter().zip(goals) {
        report.push(Figure {
            benchmark: case.name.into(),
            variant: timing.name.into(),
            measured: time(timing.seconds),
            ratio: Some(timing.ratio),
            goal: goal.map(|at_most| Goal { value: timing.ratio, at_most }),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_read<T: Payload + Default, S: DeserializeOwned>(envelope: &Envelope, body: &[u8]) {
        let answer = decode::<T>(body, envelope, &DecodeOptions::default()).unwrap();
        assert!(answer.head.is_success(envelope) && answer.head.bad_rows.is_empty());
        serde_json::from_slice::<S>(body).map_err(|error| error.to_string()).unwrap();
    }

    #[test]
    fn every_body_is_one_that_both_sides_read() {
        for unknown_fields in [false, true] {
            let twist = Twist { unknown_fields, ..Twist::default() };
            both_read::<UserListData, strict::Users>(&xiaoe_client::VENDOR.envelope, &bodies::users(50, twist));
            both_read::<PointsListData, strict::Points>(&xiaoe_client::VENDOR.envelope, &bodies::points(100, twist));
            both_read::<GroupUserListData, strict::Leads>(&beschannels_client::VENDOR.envelope, &bodies::leads(50, twist));
            both_read::<Vec<customer_lookup::Customer>, strict::Customers>(&rabbitpre_client::VENDOR.envelope, &bodies::customer(twist));
        }
    }
}
