//! `scrm pull`: all rows of a list into a file or a table, each once, whatever happens to the program meanwhile.

mod fetch;
mod job;
mod known;
mod options;
mod plan;
mod progress;
pub(crate) mod rejects;
mod report;
mod since;
pub(crate) mod state;
mod under_way;

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use tokio::{runtime::Runtime, sync::watch};

use self::{job::Job, progress::Meter, report::Report};
use crate::{
    arguments, connect,
    failure::{self, Failure},
    language::{Language, both},
    screen,
};

/// Options of the command itself: a field of such a name goes by `--field-<name>`.
pub(crate) const TAKEN: &[&str] = &[
    "to",
    "table",
    "state",
    "since",
    "until",
    "by",
    "lookback",
    "settle",
    "concurrency",
    "thorough",
    "headings",
    "summary",
    "rejects",
    "commit-every",
    "strict",
    "quiet",
    "plan",
    "json",
    "lang",
    "help",
    "profile",
    "timeout",
    "quota",
    "allow-empty",
];

/// What may stand beside `--plan`: all else belongs into the plan.
const OF_A_PLAN: &[&str] = &["plan", "quiet", "lang", "help"];

pub(crate) fn command(vendor: Option<&str>, language: Language) -> Command {
    let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
    let arg = |name: &'static str, value: &'static str, en: &'static str, zh: &'static str| {
        Arg::new(name).long(name).value_name(value).help(pick(en, zh))
    };
    let time = |arg: Arg| arg.help_heading(pick("Only what is new", "只取新的"));
    Command::new("pull")
        .about(pick("Pull all rows of a list into a file or a table", "把一个列表的全部数据取到文件或表里"))
        .arg(arguments::vendor(language).required(false).required_unless_present("plan"))
        .arg(arguments::operation(vendor, language).required(false).required_unless_present("plan"))
        .arg(
            arg("to", "PATH|URL", ".jsonl, .csv, .parquet, .db, postgres://user@host", ".jsonl、.csv、.parquet、.db 或 postgres://用户@主机")
                .required_unless_present("plan"),
        )
        .arg(arg("table", "NAME", "Table of a database [default: the operation's name]", "数据库里的表名 [默认: 接口的名称]"))
        .arg(arg("concurrency", "N", "Pages at a time, within the quota [default: 4]", "同时取多少页，不超过配额 [默认: 4]").value_parser(value_parser!(u16).range(1..=256)))
        .arg(Arg::new("thorough").long("thorough").action(ArgAction::SetTrue).help(pick("Notice changes meanwhile, for a quarter more calls", "取的过程中发现变动，多用四分之一的调用")))
        .arg(arg("headings", "KIND", "Headings of a CSV: names, en or zh [default: names]", "CSV 的表头：names、en 或 zh [默认: names]").value_parser(["names", "en", "zh"]).hide_possible_values(true))
        .arg(arg("json", "JSON|@FILE", "More fields of the request, as JSON", "以 JSON 给出请求的其他字段"))
        .arg(arg("state", "FILE", "Where a file's pull is kept [default: beside it]", "文件的取数进度存在哪里 [默认: 文件旁边]"))
        .arg(arg("rejects", "FILE", "Where bad rows go [default: beside the target]", "坏行写到哪里 [默认: 目标旁边]"))
        .arg(arg("summary", "FILE", "Where the report goes [default: beside the target]", "报告（JSON）写到哪里 [默认: 目标旁边]"))
        .arg(arg("commit-every", "ROWS", "Rows of one commit [default: 20000]", "每次提交多少行 [默认: 20000]").value_parser(value_parser!(u64).range(1..=1_000_000)))
        .arg(Arg::new("allow-empty").long("allow-empty").action(ArgAction::SetTrue).help(pick("Send an empty filter, which vendors take for none", "允许发送空的筛选条件（厂商会当作没有条件）")))
        .arg(Arg::new("strict").long("strict").action(ArgAction::SetTrue).help(pick("Exit code 4 where nobody can know whether all came", "无法确认是否取全时，退出码为 4")))
        .arg(Arg::new("quiet").long("quiet").short('q').action(ArgAction::SetTrue).help(pick("Say nothing where all came", "取全时什么都不显示")))
        .arg(arg("plan", "FILE", "Several pulls in one run, from a TOML file", "按 TOML 文件一次完成多个取数").conflicts_with_all(["vendor", "operation"].iter().chain(TAKEN.iter().filter(|name| !OF_A_PLAN.contains(name)))))
        .arg(time(arg("since", "last|TIME", "From the last run's mark, or from a time", "从上次的位置，或从某个时间开始")))
        .arg(time(arg("until", "TIME", "Up to a time [default: now, less --settle]", "到某个时间为止 [默认: 现在减去 --settle]")))
        .arg(time(arg("by", "FIELD", "Filter that begins the time, where there are several", "按哪个起始时间字段筛选（有多个时）")))
        .arg(time(arg("lookback", "TIME", "Read again what is younger than that [default: 1d]", "重新读取这段时间内的数据 [默认: 1d]")))
        .arg(time(arg("settle", "TIME", "Leave what is younger to the next run [default: 10m]", "太新的数据留给下一次 [默认: 10m]")))
        .args(connect::options(language))
        .after_help(pick(
            "The operation's filters are flags too. After a kill the same command goes on.\nExit: 0 all came, 1 failed, 2 refused, 3 incomplete, 4 not known, 130 stopped.",
            "接口的筛选字段也是参数。随时中断，重新运行同一命令即可继续。\n退出码：0 取全，1 失败，2 有误而没有发送，3 不全，4 无法确认，130 被中断。",
        ))
}

/// What pulls of one run share.
pub(crate) struct Session<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) language: Language,
    pub(crate) meter: Arc<Meter>,
    pub(crate) interrupted: watch::Receiver<bool>,
    pub(crate) clients: Vec<(String, scrm_core::ApiClient)>,
}

pub(crate) fn run(runtime: &Runtime, matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let (told, interrupted) = watch::channel(false);
    runtime.spawn(async move {
        if signal().await.is_ok() {
            _ = told.send(true);
            // whoever asks twice does not want to wait for the commit
            _ = signal().await;
            std::process::exit(failure::INTERRUPTED.into());
        }
    });
    let mut session = Session { runtime, language, meter: Arc::default(), interrupted, clients: Vec::new() };
    if let Some(file) = matches.get_one::<String>("plan") {
        return plan::run(&mut session, &PathBuf::from(file), matches.get_flag("quiet"));
    }
    let report = Job::of(matches, language)?.run(&mut session)?;
    let code = report.code(matches.get_flag("strict"));
    tell(&report, code, matches.get_flag("quiet"), language);
    Ok(ExitCode::from(code))
}

/// Shows the report; a quiet pull shows one only where there is something to look at.
fn tell(report: &Report, code: u8, quiet: bool, language: Language) {
    if !quiet || code != 0 {
        screen::line(&report.text(language));
    }
}

/// Ctrl-C, or what a service manager sends.
pub(crate) async fn signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            outcome = tokio::signal::ctrl_c() => outcome,
            _ = term.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// A length of time as people write it: `90s`, `10m`, `12h`, `7d`.
pub(crate) fn length(text: &str, option: &str) -> Result<Duration, Failure> {
    let wrong = || {
        Failure::wrong_use(both!(
            "--{option} {text:?}: a time such as 90s, 10m, 12h or 7d is wanted",
            "--{option} {text:?}：应写成 90s、10m、12h 或 7d"
        ))
    };
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ if text == "0" => 0,
        _ => return Err(wrong()),
    };
    let number = text.trim_end_matches(unit);
    let number: u64 = if text == "0" { 0 } else { number.parse().map_err(|_| wrong())? };
    number.checked_mul(seconds).filter(|seconds| *seconds <= 3660 * 86_400).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_with_their_unit() {
        let read = |text| length(text, "lookback").map(|length| length.as_secs()).ok();
        assert_eq!([read("90s"), read("10m"), read("2d"), read("0")], [Some(90), Some(600), Some(172_800), Some(0)]);
        assert_eq!([read(""), read("10"), read("m"), read("1.5h"), read("99999999999999999999d")], [None; 5]);
    }
}
