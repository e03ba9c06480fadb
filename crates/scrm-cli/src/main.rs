//! The program `scrm`: what the vendors' clients can do, without writing Rust.
//!
//! Nothing here is written for one operation: what there is, which fields it has, how its rows are stored, comes from the schemas and the clients' tables.

#![cfg_attr(
    not(all(feature = "parquet", feature = "postgres", feature = "sqlite")),
    allow(dead_code, reason = "a program that is built with some of the sinks carries what only others use")
)]

mod arguments;
mod catalogue;
mod columns;
mod commands;
mod connect;
mod failure;
mod fields;
mod language;
#[cfg(feature = "listen")]
mod listen;
mod profile;
mod pull;
mod screen;
mod sink;
mod usage;
mod vendors;

use std::process::ExitCode;

use crate::{
    failure::Failure,
    language::{Language, both},
};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let words = arguments::in_order(words);
    let language = Language::of(&words);
    if commands::completions::answered(&words, language) {
        return ExitCode::SUCCESS;
    }
    match run(&words, language) {
        Ok(code) => code,
        Err(failure) => {
            let code = failure.code();
            screen::problem(&failure.text(language));
            ExitCode::from(code)
        }
    }
}

fn run(words: &[String], language: Language) -> Result<ExitCode, Failure> {
    let matches = match arguments::command(words, language).try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => {
            usage::print(&error, language);
            return Ok(ExitCode::from(if error.use_stderr() { failure::WRONG_USE } else { 0 }));
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // one thread sends, receives and reads; what is stored is stored on the main thread meanwhile
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(both!("no runtime: {error}", "无法启动运行时：{error}")))?;
    match matches.subcommand() {
        Some(("operations", found)) => commands::operations::run(found, language),
        Some(("show", found)) => commands::show::run(found, language),
        Some(("call", found)) => runtime.block_on(commands::call::run(found, language)),
        Some(("decode", found)) => commands::decode::run(found, language),
        Some(("token", found)) => runtime.block_on(commands::token::run(found, language)),
        Some(("doctor", found)) => runtime.block_on(commands::doctor::run(found, language)),
        Some(("pull", found)) => pull::run(&runtime, found, language),
        #[cfg(feature = "listen")]
        Some(("listen", found)) => runtime.block_on(listen::run(found, language)),
        #[cfg(feature = "stand-in")]
        Some(("box", found)) => commands::stand_in::run(&runtime, found, language),
        Some(("completions", found)) => commands::completions::run(found),
        _ => Err(Failure::wrong_use(both!("no command", "没有命令"))),
    }
}
