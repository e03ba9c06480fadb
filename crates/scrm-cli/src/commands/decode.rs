//! `scrm decode`: what the client makes of an answer at hand.

use std::{io::Read as _, process::ExitCode};

use clap::{Arg, ArgAction, ArgMatches, Command};
use scrm_core::explain::explain;

use crate::{
    arguments,
    failure::{FAILED, Failure},
    language::{Language, both},
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
    let vendor = vendors::named(matches.get_one::<String>("vendor").map_or("", String::as_str))?;
    let operation = vendor.named(matches.get_one::<String>("operation").map_or("", String::as_str))?;
    let mut data = (vendor.payload)(operation.name).ok_or_else(|| {
        let name = operation.name;
        Failure::failed(both!("no type for what {name} answers", "{name} 的返回没有对应的类型"))
    })?;
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body).map_err(|error| Failure::failed(both!("standard input: {error}", "标准输入：{error}")))?;
    let explanation = explain(&mut *data, operation, vendor.spec, &body, matches.get_flag("plain"));
    if language == Language::Chinese {
        let verdict = if explanation.ok { "可以理解。" } else { "没有全部理解，或者厂商返回的是失败。" };
        screen::line(&format!("{verdict}详情如下（英文）："));
    }
    screen::line(explanation.text.trim_end());
    Ok(if explanation.ok { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}
