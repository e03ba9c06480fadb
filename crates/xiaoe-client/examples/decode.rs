//! What would the crate make of this body? Reads an answer from standard input and prints what becomes of it.
//!
//! `cargo run -p xiaoe-client --example decode -- <operation> [--plain] < body.json`
//!
//! Exit code 1: not understood, a failure by the vendor's code, or a row was bad. 2: called wrongly. Personal fields are masked without `--plain`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{io::Read as _, process::ExitCode};

use scrm_core::explain::explain;
use xiaoe_client::{
    VENDOR,
    tools::{OPERATIONS, payload, spec},
};

fn main() -> ExitCode {
    let (options, names): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
    let plain = options == ["--plain"];
    let known = names.first().and_then(|name| Some((payload(name)?, spec(name)?)));
    let (Some((mut data, operation)), true, 1) = (known, plain || options.is_empty(), names.len()) else {
        eprintln!("usage: decode <operation> [--plain] < body.json\n\noperations:");
        OPERATIONS.iter().for_each(|operation| eprintln!("  {:24} {} · {}", operation.name, operation.title.en, operation.title.zh));
        return ExitCode::from(2);
    };
    let mut body = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut body) {
        eprintln!("standard input: {error}");
        return ExitCode::from(2);
    }
    let explanation = explain(&mut *data, operation, &VENDOR, &body, plain);
    println!("{}", explanation.text.trim_end());
    if explanation.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
