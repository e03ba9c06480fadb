//! What would the crates make of this body? Reads a response from standard input and prints what becomes of it.
//!
//! `cargo run --example decode -- <vendor> <operation> [--plain] < body.json`
//!
//! Exit code 1: not understood, a failure by the vendor's code, or a row was bad. 2: called wrongly. Personal fields are masked without `--plain`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{io::Read as _, process::ExitCode};

use scrm_core::{
    explain::explain,
    spec::{OperationSpec, VendorSpec},
    table::Inspect,
};

/// What a vendor's crate knows by name.
struct Known {
    vendor: &'static VendorSpec,
    operations: &'static [&'static OperationSpec],
    spec: fn(&str) -> Option<&'static OperationSpec>,
    payload: fn(&str) -> Option<Box<dyn Inspect>>,
}

macro_rules! known {
    ($($client:ident),*) => {
        [$(Known {
            vendor: &$client::VENDOR,
            operations: $client::tools::OPERATIONS,
            spec: $client::tools::spec,
            payload: $client::tools::payload,
        }),*]
    };
}

fn main() -> ExitCode {
    let known = known!(xiaoe_client, rabbitpre_client, beschannels_client);
    let (options, names): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
    let plain = options == ["--plain"];
    let asked = match names.as_slice() {
        [vendor, operation] if plain || options.is_empty() => known.iter().find(|known| known.vendor.name == vendor).zip(Some(operation)),
        _ => None,
    };
    let found = asked.and_then(|(known, name)| Some((known.vendor, (known.spec)(name)?, (known.payload)(name)?)));
    let Some((vendor, operation, mut data)) = found else {
        eprintln!("usage: decode <vendor> <operation> [--plain] < body.json");
        known.iter().for_each(operations);
        return ExitCode::from(2);
    };
    let mut body = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut body) {
        eprintln!("standard input: {error}");
        return ExitCode::from(2);
    }
    let explanation = explain(&mut *data, operation, vendor, &body, plain);
    println!("{}", explanation.text.trim_end());
    if explanation.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn operations(known: &Known) {
    let tokens = known.vendor.tokens.iter().map(|token| token.operation);
    for operation in known.operations.iter().copied().chain(tokens) {
        eprintln!("  {:12} {:24} {} · {}", known.vendor.name, operation.name, operation.title.en, operation.title.zh);
    }
}
