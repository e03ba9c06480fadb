//! `scrm box`: stand-ins of the vendors on this machine, by themselves or around a command.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Command as Process, ExitCode, ExitStatus},
};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use scrm_mock::{Builder, Customer, Fault, FaultRule, Mock};
use tokio::runtime::Runtime;

use crate::{
    failure::{FAILED, Failure},
    language::{Language, both, say},
    screen, vendors,
};

pub(crate) fn command(language: Language) -> Command {
    let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
    let flag =
        |name: &'static str, en: &'static str, zh: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(pick(en, zh));
    Command::new("box")
        .about(pick("Run stand-ins of the vendors, for trying and testing", "运行厂商的替身，供试用和测试"))
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .value_parser(value_parser!(u16))
                .help(pick("Port on 127.0.0.1 [default: any]", "127.0.0.1 上的端口 [默认: 任意]")),
        )
        .arg(
            Arg::new("customers")
                .long("customers")
                .value_name("N")
                .value_parser(value_parser!(u32))
                .help(pick("How many people are made up [default: 1000]", "虚构多少人 [默认: 1000]")),
        )
        .arg(
            Arg::new("data")
                .long("data")
                .value_name("FILE")
                .help(pick("Own people: JSON list, or .csv", "自己的人员数据：JSON 列表或 .csv")),
        )
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("N")
                .value_parser(value_parser!(u64))
                .help(pick("What is made up follows from it", "虚构的内容由它决定")),
        )
        .arg(
            Arg::new("latency")
                .long("latency")
                .value_name("MS")
                .value_parser(value_parser!(u64))
                .help(pick("Every answer is this late", "每个返回延迟的毫秒数")),
        )
        .arg(
            Arg::new("fault")
                .long("fault")
                .value_name("JSON")
                .action(ArgAction::Append)
                .help(pick("A fault, as docs/guide/en/src/stand-in.md explains them", "一种故障，见 docs/guide/zh/src/stand-in.md")),
        )
        .arg(flag("without-quotas", "Refuse no call because of a quota", "不因配额拒绝调用"))
        .arg(
            Arg::new("command")
                .value_name("COMMAND")
                .num_args(1..)
                .last(true)
                .help(pick("Run this against them, and end with it", "对着替身运行这个命令，随它结束")),
        )
        .after_help(pick(
            "Without a command it prints `export` lines for addresses and credentials and runs until it is interrupted.",
            "没有命令时输出地址和凭据的 export 行，一直运行到被中断。",
        ))
}

pub(crate) fn run(runtime: &Runtime, matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let mock = builder(matches)?.start_blocking().map_err(|error| Failure::failed(both!("box: {error}", "替身无法启动：{error}")))?;
    let variables = variables(&mock);
    match matches.get_many::<String>("command") {
        Some(mut words) => {
            let program = words.next().cloned().unwrap_or_default();
            let status = around(runtime, Process::new(executable(&program)).args(words).envs(&variables));
            let status = status.map_err(|error| Failure::failed(both!("{program}: {error}", "无法运行 {program}：{error}")))?;
            Ok(ExitCode::from(code(status).and_then(|code| u8::try_from(code).ok()).unwrap_or(FAILED)))
        }
        None => {
            for (name, value) in &variables {
                screen::line(&format!("export {name}='{value}'"));
            }
            screen::line(&format!("# {}/_control/stats", mock.url()));
            screen::note(&say!(language, "Running; Ctrl-C ends it.", "正在运行，按 Ctrl-C 结束。"));
            runtime.block_on(tokio::signal::ctrl_c()).map_err(|error| broken(&error))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// This program goes by its own name, wherever it stands.
fn executable(program: &str) -> PathBuf {
    let own = || std::env::current_exe().ok();
    Some(program).filter(|program| *program == "scrm").and_then(|_| own()).unwrap_or_else(|| program.into())
}

/// Runs the command to its end. What asks the box to end asks the command, and the box stays until it has ended.
fn around(runtime: &Runtime, process: &mut Process) -> std::io::Result<ExitStatus> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let entered = runtime.enter();
        let mut term = signal(SignalKind::terminate())?;
        // Ctrl-C reaches the command from the terminal
        let interrupt = signal(SignalKind::interrupt())?;
        drop(entered);
        let mut child = process.spawn()?;
        let id = rustix::process::Pid::from_child(&child);
        runtime.spawn(async move {
            let _interrupt = interrupt;
            while term.recv().await.is_some() {
                // it may have ended by itself
                _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
            }
        });
        child.wait()
    }
    #[cfg(not(unix))]
    {
        _ = runtime;
        process.status()
    }
}

/// A command's exit code; one that a signal ended has the shell's code for it.
fn code(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    return status.code().or_else(|| std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal));
    #[cfg(not(unix))]
    status.code()
}

fn broken(error: &std::io::Error) -> Failure {
    Failure::failed(both!("box: {error}", "替身无法运行：{error}"))
}

/// Address and credentials of every vendor, by environment variable. Tokens are not kept: another box would not know them.
fn variables(mock: &Mock) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::from([("SCRM_TOKENS".to_owned(), "none".to_owned())]);
    for vendor in vendors::all() {
        let name = vendor.spec.name;
        variables.insert(format!("{}_BASE_URL", name.to_uppercase()), mock.base_url(name));
        let given = mock.credentials(name);
        for credential in vendor.spec.credentials {
            if let Some(value) = given.get(credential.name) {
                variables.insert(credential.env.to_owned(), value.clone());
            }
        }
    }
    variables
}

fn builder(matches: &ArgMatches) -> Result<Builder, Failure> {
    let mut builder = Mock::builder();
    if let Some(port) = matches.get_one::<u16>("port") {
        builder = builder.port(*port);
    }
    if let Some(customers) = matches.get_one::<u32>("customers") {
        builder = builder.customers(*customers);
    }
    if let Some(seed) = matches.get_one::<u64>("seed") {
        builder = builder.seed(*seed);
    }
    if let Some(file) = matches.get_one::<String>("data") {
        let text = std::fs::read_to_string(file).map_err(|error| Failure::of_file(file, error))?;
        let people = if file.to_lowercase().ends_with(".csv") { Customer::from_csv(&text) } else { Customer::from_json(&text) };
        builder = builder.own_customers(people.map_err(|error| Failure::of_file(file, error))?);
    }
    for text in matches.get_many::<String>("fault").into_iter().flatten() {
        let rule: FaultRule = serde_json::from_str(text)
            .map_err(|error| Failure::wrong_use(both!("--fault {text}: {error}", "--fault {text}：写得不对：{error}")))?;
        builder = builder.fault(rule);
    }
    if let Some(latency) = matches.get_one::<u64>("latency") {
        builder = builder.fault(FaultRule::new(Fault::Latency { fixed_ms: *latency, jitter_ms: 0 }));
    }
    if matches.get_flag("without-quotas") {
        builder = builder.without_quotas();
    }
    Ok(builder)
}
