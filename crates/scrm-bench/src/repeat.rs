//! One thing over and over, for a profiler to look at, with strict structs or by hand if `strict` follows, calls over reqwest if `reqwest` does:
//! `valgrind --tool=callgrind target/release/scrm-bench repeat "decode 50 users" [strict]`.

use std::{env, hint::black_box, process::ExitCode};

use scrm_core::{
    decode::{DecodeOptions, decode},
    table::Payload,
};
use serde::de::DeserializeOwned;

use crate::{
    bodies::Twist,
    cases::{Case, Each, each},
    request::{self, Answer, Caller},
};

/// The first argument that makes this program do one thing over and over.
pub const COMMAND: &str = "repeat";
/// How often.
const TIMES: u32 = 1000;

struct Named {
    wanted: String,
    strict: bool,
    found: bool,
}

impl Each for Named {
    fn case<T: Payload + Default, S: DeserializeOwned>(&mut self, case: &Case) {
        if case.name != self.wanted {
            return;
        }
        self.found = true;
        let body = case.body(Twist::default());
        let options = DecodeOptions { rows: case.rows, collect_drift: false };
        for _ in 0..TIMES {
            black_box(match self.strict {
                true => serde_json::from_slice::<S>(black_box(&body)).is_ok(),
                false => decode::<T>(black_box(&body), case.envelope, &options).is_ok(),
            });
        }
    }
}

/// Does what the second argument names.
#[allow(clippy::print_stderr)]
pub fn repeat() -> ExitCode {
    match named(&env::args().nth(2).unwrap_or_default(), &env::args().nth(3).unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn named(wanted: &str, how: &str) -> Result<(), String> {
    let strict = how == "strict";
    if let Some((answer, ..)) = Answer::ALL.into_iter().find(|(_, name, _)| *name == wanted) {
        let caller = match how {
            "strict" => Caller::ByHand,
            "reqwest" => Caller::OverReqwest,
            _ => Caller::Ours,
        };
        return request::repeat(caller, answer, TIMES);
    }
    let mut named = Named { wanted: wanted.to_owned(), strict, found: false };
    each(&mut named);
    if named.found { Ok(()) } else { Err("nothing has this name; the first columns of `decode` and `request` do".to_owned()) }
}
