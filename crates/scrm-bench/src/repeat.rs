//! One thing over and over, for a profiler to look at: `valgrind --tool=callgrind target/release/scrm-bench repeat "decode 50 users"`.

use std::{env, hint::black_box, process::ExitCode};

use scrm_core::{
    decode::{DecodeOptions, decode},
    table::Payload,
};
use serde::de::DeserializeOwned;

use crate::{
    bodies::Twist,
    cases::{Case, Each, each},
};

/// The first argument that makes this program do one thing over and over.
pub const COMMAND: &str = "repeat";
/// How often the answer is decoded.
const TIMES: usize = 1000;

struct Named {
    wanted: String,
    found: bool,
}

impl Each for Named {
    fn case<T: Payload + Default, S: DeserializeOwned>(&mut self, case: &Case) {
        if case.name != self.wanted {
            return;
        }
        self.found = true;
        let body = case.body(Twist::default());
        let options = DecodeOptions { rows: case.rows, departures: false };
        for _ in 0..TIMES {
            black_box(decode::<T>(black_box(&body), case.envelope, &options).is_ok());
        }
    }
}

/// Decodes the answer that the second argument names.
#[allow(clippy::print_stderr)]
pub fn repeat() -> ExitCode {
    let mut named = Named { wanted: env::args().nth(2).unwrap_or_default(), found: false };
    each(&mut named);
    if named.found {
        return ExitCode::SUCCESS;
    }
    eprintln!("no case of this name; the table of `scrm-bench decode` has them in its first column");
    ExitCode::FAILURE
}
