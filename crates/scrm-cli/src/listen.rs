//! `scrm listen`: what a vendor sends on its own, one line an event, each told before it is answered.

mod channels;
mod events_file;
mod line;
pub(crate) mod secrets;
mod serve;

use std::{net::SocketAddr, path::Path, process::ExitCode, sync::atomic::Ordering};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use scrm_push::{MemorySeen, SeenStore};
use scrm_redis::RedisSeen;

use self::{
    events_file::EventsFile,
    serve::{Setup, To},
};
use crate::{
    arguments, connect,
    failure::Failure,
    language::{Language, both, say},
    screen, vendors,
};

/// The variable that names the Redis of `--seen`: a password does not belong into a list of processes.
const SEEN: &str = "SCRM_SEEN";

pub(crate) fn command(language: Language) -> Command {
    let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
    let arg = |name: &'static str, value: &'static str, en: &'static str, zh: &'static str| {
        Arg::new(name).long(name).value_name(value).help(pick(en, zh))
    };
    let flag =
        |name: &'static str, en: &'static str, zh: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(pick(en, zh));
    Command::new("listen")
        .about(pick("Receive what a vendor sends on its own: pushes and callbacks", "接收厂商主动发来的推送和回调"))
        .arg(arguments::vendor(language).help(pick("xiaoe or rabbitpre", "xiaoe 或 rabbitpre")))
        .arg(
            arg("address", "IP:PORT", "Where to listen [default: 127.0.0.1:8080]", "监听的地址 [默认: 127.0.0.1:8080]")
                .value_parser(value_parser!(SocketAddr)),
        )
        .arg(arg("to", "FILE|-", "Lines of JSON into a file, or `-` for standard output", "把每个事件作为一行 JSON 写入文件，- 表示标准输出"))
        .arg(arg(
            "seen",
            "URL",
            "Redis that several listeners share, so that each event is taken once [or: SCRM_SEEN]",
            "多个监听程序共用的 Redis，每个事件只接收一次 [也可用 SCRM_SEEN]",
        ))
        .arg(flag("any-id", "Take messages about any app id", "不检查消息末尾的应用编号"))
        .arg(flag("unverified", "Verify nothing: take what anybody sends", "不做任何验证：谁发来的都接收"))
        .args(connect::options(language).into_iter().filter(|option| option.get_id() == "profile"))
        .after_help(pick(
            "An event is answered once its line is written, in a file: once it is on the disk. The vendor sends again what was not answered. Secrets come from the environment (XIAOE_PUSH_TOKEN, XIAOE_PUSH_KEY, XIAOE_APP_ID; RABBITPRE_SIGNING_SECRET) or a profile.",
            "写好一行（文件则落盘）之后才应答；没有应答的，厂商会再发。密钥来自环境变量（XIAOE_PUSH_TOKEN、XIAOE_PUSH_KEY、XIAOE_APP_ID；RABBITPRE_SIGNING_SECRET）或配置文件。",
        ))
}

pub(crate) async fn run(matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let vendor = vendors::named(matches.get_one::<String>("vendor").map_or("", String::as_str))?;
    let channel = channels::of(vendor.spec.name).ok_or_else(|| {
        let (name, those) =
            (vendor.spec.name, channels::all().iter().map(|channel| channel.delivery.vendor).collect::<Vec<_>>().join(", "));
        Failure::wrong_use(both!(
            "{name} sends nothing on its own that is documented; {those} do",
            "没有文档说明 {name} 会主动发送；会发送的有：{those}"
        ))
    })?;
    let seal = secrets::seal(channel.delivery, vendor.spec, matches)?;
    if matches.get_flag("unverified") {
        screen::note(language.pick(
            "Nothing is verified: whoever knows the address can send what he likes.",
            "不做任何验证：知道地址的人可以发来任何内容。",
        ));
    }
    let to = match matches.get_one::<String>("to").map(String::as_str) {
        None => To::Screen,
        Some("-") => To::Output,
        Some(path) => To::File(EventsFile::open(Path::new(path))?),
    };
    let address = matches.get_one::<SocketAddr>("address").copied().unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    let told = (channel.serve)(Setup { address, seal, seen: seen(matches).await?, to, language }).await?;
    let [taken, repeated, refused] = [&told.taken, &told.repeated, &told.refused].map(|count| count.load(Ordering::Relaxed));
    screen::note(&say!(
        language,
        "{taken} events, {repeated} repetitions, {refused} refused",
        "{taken} 个事件，{repeated} 次重复，{refused} 次拒绝"
    ));
    Ok(ExitCode::SUCCESS)
}

/// Where it is remembered which events were taken.
async fn seen(matches: &ArgMatches) -> Result<Box<dyn SeenStore>, Failure> {
    let url = matches.get_one::<String>("seen").cloned().or_else(|| std::env::var(SEEN).ok().filter(|url| !url.is_empty()));
    let Some(url) = url else { return Ok(Box::new(MemorySeen::default())) };
    if url.starts_with("rediss:") {
        // fails where there is one already, which is as good
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    }
    let failed = |error: scrm_redis::Error| Failure::failed(both!("--seen: {error}", "--seen：{error}"));
    let seen = RedisSeen::new(&url).map_err(failed)?;
    seen.ping().await.map_err(failed)?;
    Ok(Box::new(seen))
}
