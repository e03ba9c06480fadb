//! `scrm token`: a token, for calls by hand.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use scrm_core::spec::TokenParameter;
use serde_json::{Map, Value};

use crate::{
    arguments, connect,
    failure::Failure,
    language::{Language, both, say},
    screen, vendors,
};

pub(crate) fn command(language: Language) -> Command {
    Command::new("token")
        .about(language.pick("Fetch a token, for calls by hand", "取一个令牌，供手工调用").to_owned())
        .arg(arguments::vendor(language))
        .arg(
            Arg::new("kind")
                .long("kind")
                .value_name("NAME")
                .help(language.pick("Kind of token, where there are several", "令牌的种类，有多种时使用").to_owned()),
        )
        .arg(
            Arg::new("yes")
                .long("yes")
                .action(ArgAction::SetTrue)
                .help(language.pick("A new token may end every other program's", "知道新令牌可能使其他程序的令牌失效").to_owned()),
        )
        .args(connect::options(language))
}

fn no_token(at: &str) -> Failure {
    Failure::failed(both!("the answer has no token at {at}", "返回里在 {at} 没有令牌"))
}

pub(crate) async fn run(matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let vendor = vendors::named(matches.get_one::<String>("vendor").map_or("", String::as_str))?;
    let kinds = || vendor.spec.tokens.iter().map(|token| token.name).collect::<Vec<_>>().join(", ");
    let kind = matches.get_one::<String>("kind");
    let token = vendor.spec.tokens.iter().find(|token| kind.is_none_or(|kind| kind == token.name)).ok_or_else(|| {
        let kinds = kinds();
        Failure::wrong_use(both!("no such kind of token; there are {kinds}", "没有这种令牌，可选：{kinds}"))
    })?;
    if !matches.get_flag("yes") {
        let overlap = token.overlap;
        return Err(Failure::wrong_use(both!(
            "a new token can end the one that other programs of this account use (after {overlap} s); with --yes it is fetched and printed",
            "新令牌会使同一账号其他程序正在用的令牌失效（{overlap} 秒后）；加上 --yes 才会获取并显示"
        )));
    }
    let tap = connect::Tap::default();
    let client = connect::client(vendor, matches, connect::Extras { tap: Some(tap.clone()), ..connect::Extras::default() })?;
    let mut request = Map::new();
    for (name, parameter) in token.parameters {
        let value = match parameter {
            TokenParameter::Credential(credential) => client.credentials().get(credential).map(|secret| secret.expose().to_owned()),
            TokenParameter::Constant(text) => Some((*text).to_owned()),
        };
        request.extend(value.map(|value| ((*name).to_owned(), Value::from(value))));
    }
    client.call_named(token.operation, request, vendor.payload).send().await?;
    let answer: Value = tap.last().and_then(|seen| serde_json::from_slice(&seen.body).ok()).unwrap_or_default();
    let value = answer.pointer(token.value).and_then(Value::as_str).ok_or_else(|| no_token(token.value))?;
    screen::line(value);
    if let Some(life) = token.expires_in.and_then(|at| answer.pointer(at)) {
        screen::note(&say!(language, "valid for {life} s", "有效期 {life} 秒"));
    }
    Ok(ExitCode::SUCCESS)
}
