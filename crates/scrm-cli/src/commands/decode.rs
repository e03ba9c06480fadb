//! `scrm decode`: what the client makes of an answer at hand.

use std::{io::Read as _, process::ExitCode};

use clap::{Arg, ArgAction, ArgMatches, Command};
use scrm_core::explain::explain;

use crate::{
    arguments,
    failure::{FAILED, Failure},
    language::Language,
    screen, vendors,
};

pub(crate) fn command(vendor: Option<&str>, language: Language) -> Command {
    Command::new("decode")
        .about(
            language
                .pick("Say what the client makes of an answer (standard input)", "说明客户端怎样理解一个返回（从标准输入读）")
                .to_owned(),
        )
        .arg(arguments::vendor(language))
        .arg(arguments::operation(vendor, language))
        .arg(
            Arg::new("plain")
                .long("plain")
                .action(ArgAction::SetTrue)
                .help(language.pick("Mask no personal data", "不遮盖个人信息").to_owned()),
        )
        .after_help(
            language
                .pick(
                    "Exit code 1: not understood, a failure by the vendor's code, or a row was bad.",
                    "退出码 1：无法理解、厂商返回失败，或者有坏行。",
                )
                .to_owned(),
        )
}

pub(crate) fn run(matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let vendor = vendors::named(matches.get_one::<String>("vendor").map_or("", String::as_str), language)?;
    let operation = vendor.named(matches.get_one::<String>("operation").map_or("", String::as_str), language)?;
    let mut data =
        (vendor.payload)(operation.name).ok_or_else(|| Failure::failed(format!("no type for what {} answers", operation.name)))?;
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body).map_err(|error| Failure::failed(format!("standard input: {error}")))?;
    let explanation = explain(&mut *data, operation, vendor.spec, &body, matches.get_flag("plain"));
    screen::line(explanation.text.trim_end());
    Ok(if explanation.ok { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}
