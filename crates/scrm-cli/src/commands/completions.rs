//! `scrm completions`: the shell asks the program itself, so that operations, fields and documented values are all offered.

use std::{io, process::ExitCode};

use clap::{
    Arg, ArgMatches, Command,
    builder::{PossibleValue, TypedValueParser},
};
use clap_complete::env::{CompleteEnv, Shells};

use crate::{
    arguments,
    failure::Failure,
    language::{Language, both},
};

/// The variable by which the shell's script asks.
const VARIABLE: &str = "COMPLETE";

pub(crate) fn command(language: Language) -> Command {
    Command::new("completions")
        .about(language.pick("Print what makes a shell complete commands", "输出让命令行自动补全的脚本").to_owned())
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(["bash", "elvish", "fish", "powershell", "zsh"])
                .hide_possible_values(true)
                .help(
                    language
                        .pick(
                            "bash, elvish, fish, powershell or zsh; for bash: source <(scrm completions bash)",
                            "bash、elvish、fish、powershell 或 zsh；例如 bash：source <(scrm completions bash)",
                        )
                        .to_owned(),
                ),
        )
}

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let shell = matches.get_one::<String>("shell").map_or("", String::as_str);
    let shells = Shells::builtins();
    let completer =
        shells.completer(shell).ok_or_else(|| Failure::wrong_use(both!("{shell}: no such shell", "没有名为 {shell} 的命令行")))?;
    completer
        .write_registration(VARIABLE, "scrm", "scrm", "scrm", &mut io::stdout())
        .map_err(|error| Failure::failed(both!("standard output: {error}", "标准输出：{error}")))?;
    Ok(ExitCode::SUCCESS)
}

/// Answers a shell that asks; `false`: none does.
pub(crate) fn answered(words: &[String], language: Language) -> bool {
    if std::env::var_os(VARIABLE).is_none() {
        return false;
    }
    let typed: Vec<String> = words.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    let here = std::env::current_dir().ok();
    CompleteEnv::with_factory(|| arguments::command(&typed, language))
        .var(VARIABLE)
        .try_complete(std::env::args_os(), here.as_deref())
        .unwrap_or(true)
}

/// Values that completion offers, with what they mean; others are taken as well.
#[derive(Clone)]
pub(crate) struct Offered(pub(crate) Vec<(&'static str, &'static str)>);

impl TypedValueParser for Offered {
    type Value = String;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &std::ffi::OsStr) -> Result<String, clap::Error> {
        value.to_str().map(str::to_owned).ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidUtf8).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|(name, title)| PossibleValue::new(*name).help(*title))))
    }
}
