//! Counts allocations and prints them as JSON.

use std::{alloc::System, hint::black_box};

use scrm_bench::{
    allocations::Counted,
    bodies::Twist,
    cases::{Case, Each, each},
    hot,
};
use scrm_core::{
    decode::{DecodeOptions, decode},
    table::Payload,
};
use serde::de::DeserializeOwned;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::time::Instant;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Allocations of one run, once all that is made only once is made.
#[allow(clippy::cast_precision_loss)]
fn count<T>(mut run: impl FnMut() -> T) -> f64 {
    const RUNS: usize = 1000;
    for _ in 0..RUNS {
        black_box(run());
    }
    let region = Region::new(ALLOCATOR);
    for _ in 0..RUNS {
        black_box(run());
    }
    let change = region.change();
    (change.allocations + change.reallocations) as f64 / RUNS as f64
}

struct Counting(Vec<Counted>);

impl Counting {
    fn push(&mut self, name: String, per: &str, allocations: f64, at_most: Option<f64>) {
        self.0.push(Counted { name, per: per.to_owned(), allocations, at_most });
    }
}

impl Each for Counting {
    #[allow(clippy::cast_precision_loss)]
    fn case<T: Payload + Default, S: DeserializeOwned>(&mut self, case: &Case) {
        let options = DecodeOptions { rows: case.rows, collect_drift: false };
        let rows = case.rows as f64;
        for (form, twist) in [("", Twist::default()), (", two unknown fields a row", Twist { unknown_fields: true, ..Twist::default() })] {
            let body = case.body(twist);
            self.push(format!("{}{form}: strict", case.name), "row", count(|| serde_json::from_slice::<S>(&body).is_ok()) / rows, None);
            let ours = count(|| decode::<T>(&body, case.envelope, &options).is_ok()) / rows;
            self.push(format!("{}{form}: this crate", case.name), "row", ours, None);
        }
    }
}

#[allow(clippy::print_stdout)]
fn main() {
    let mut counting = Counting(Vec::new());
    each(&mut counting);
    let (quota, token, now) = (hot::quota(), hot::token(), Instant::now());
    counting.push("quota check".to_owned(), "call", count(|| hot::check_and_answer(&quota)), Some(0.0));
    counting.push("token lookup".to_owned(), "call", count(|| hot::look_up(&token, now)), Some(0.0));
    println!("{}", serde_json::to_string(&counting.0).unwrap_or_default());
}
