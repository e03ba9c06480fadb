//! Answers that are meant to do damage: what decoding them takes at most, in time and memory. Each is decoded in a process of its own.

use std::{
    env,
    process::{Command, ExitCode},
    time::Instant,
};

use nix::sys::resource::{UsageWho, getrusage};
use scrm_core::decode::{DecodeOptions, decode};
use xiaoe_client::{VENDOR, user::UserListData};

use crate::report::{Figure, Goal, Report};

/// First argument of the process that decodes one of them.
pub const COMMAND: &str = "hostile";

/// The largest answer that a client takes.
const SIZE: usize = 16 * 1024 * 1024;
const MOST_SECONDS: f64 = 0.5;
const MOST_TIMES_ITS_SIZE: f64 = 4.0;

/// What is repeated in the list of rows.
const ROWS: [(&str, &[u8]); 12] = [
    ("rows {}", b"{}"),
    ("rows null", b"null"),
    ("rows 1", b"1"),
    ("rows \"x\"", b"\"x\""),
    ("rows [1]", b"[1]"),
    ("bad rows", b"{\"user_id\":[]}"),
    ("unknown keys", b"{\"a\":1,\"b\":[1,2]}"),
    ("nested unknown objects", b"{\"a\":{\"\":{\"\":{}}}}"),
    ("bytes that are no UTF-8", b"{\"user_id\":\"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\"}"),
    ("halves of surrogate pairs", b"{\"user_id\":\"\\ud83d\\ud83d\\ud83d\\ud83d\"}"),
    ("deep", b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
    ("an odd row in each place", b"{\"user_nickname\":null,\"user_nickname\":\"\\u0000\"}"),
];

fn body(row: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(SIZE + 64);
    body.extend_from_slice(br#"{"code":0,"msg":"","data":{"list":["#);
    while body.len() < SIZE {
        body.extend_from_slice(row);
        body.push(b',');
    }
    body.pop();
    body.extend_from_slice(b"]}}");
    body
}

/// Most memory that this process had so far, in bytes.
fn most_memory() -> i64 {
    getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| usage.max_rss() * 1024)
}

/// What the process of its own does: prints seconds and bytes.
#[allow(clippy::print_stdout, clippy::cast_precision_loss)]
pub fn child() -> ExitCode {
    let number = env::args().nth(2).and_then(|number| number.parse::<usize>().ok());
    let Some((_, row)) = number.and_then(|number| ROWS.get(number)) else { return ExitCode::FAILURE };
    let body = body(row);
    let (before, began) = (most_memory(), Instant::now());
    let answer = decode::<UserListData>(&body, &VENDOR.envelope, &DecodeOptions { rows: 50, collect_drift: true });
    let seconds = began.elapsed().as_secs_f64();
    println!("{seconds} {}", most_memory() - before);
    drop(answer);
    ExitCode::SUCCESS
}

/// Decodes all of them.
///
/// # Errors
/// A process of its own cannot be started, or fails.
#[allow(clippy::cast_precision_loss)]
pub fn run(report: &mut Report) -> Result<(), String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    for (number, (name, _)) in ROWS.iter().enumerate() {
        let output = Command::new(&program).args([COMMAND, &number.to_string()]).output().map_err(|error| error.to_string())?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let mut figures = printed.split_whitespace().filter_map(|figure| figure.parse::<f64>().ok());
        let (Some(seconds), Some(bytes)) = (figures.next(), figures.next()) else { return Err(format!("{name}: {printed}")) };
        let times = bytes / SIZE as f64;
        let benchmark = format!("decode 16 MiB of {name}");
        let goal = Goal { value: seconds, at_most: MOST_SECONDS };
        report.push(Figure::goal(&benchmark, "time", format!("{seconds:.3} s"), goal));
        let goal = Goal { value: times, at_most: MOST_TIMES_ITS_SIZE };
        report.push(Figure::goal(&benchmark, "memory", format!("{times:.2} times its size"), goal));
    }
    Ok(())
}
