//! `scrm doctor`: are credentials, clock, address and permissions right? One cheap read of each operation asked for.

use std::{
    process::ExitCode,
    time::{Duration, SystemTime},
};

use clap::{Arg, ArgAction, ArgMatches, Command};
use scrm_core::{ApiClient, Error, ErrorKind, spec::OperationSpec};
use scrm_schema::model::{self, Access, Operation, Situation};
use serde::Serialize;
use serde_json::{Map, Value};

use super::call::first_page;
use crate::{
    arguments, catalogue, connect,
    failure::{self, FAILED, Failure},
    fields,
    language::{Language, both, say},
    screen,
    vendors::{self, Vendor},
};

/// Clocks that differ by less are right.
const CLOCK: i64 = 60;

pub(crate) fn command(language: Language) -> Command {
    let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
    Command::new("doctor")
        .about(pick("Check credentials, clock, address and permissions", "检查凭据、时钟、地址和权限"))
        .arg(arguments::vendor(language).required(false))
        .arg(
            Arg::new("operation")
                .long("operation")
                .value_name("NAME")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .help(pick("Try these [default: one that lists]", "尝试这些接口 [默认: 一个列表接口]")),
        )
        .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help(pick("Try every operation that reads", "尝试所有读取的接口")))
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help(pick("As JSON", "输出 JSON")))
        .args(connect::options(language))
        .after_help(pick(
            "Nothing is written at the vendor. Exit code 1: something has to be done.",
            "不会在厂商那里写入任何数据。退出码 1：有需要处理的问题。",
        ))
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Finding {
    Fine,
    /// Nobody can say.
    NotTried,
    /// It works, and something should be done.
    Warning,
    Wrong,
}

#[derive(Serialize)]
struct Check {
    vendor: &'static str,
    check: String,
    finding: Finding,
    says: String,
}

pub(crate) async fn run(matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let wanted = matches.get_one::<String>("vendor");
    let chosen: Vec<&'static Vendor> = match wanted {
        Some(name) => vec![vendors::named(name)?],
        None => {
            let given = |vendor: &&Vendor| vendor.spec.credentials.iter().any(|credential| std::env::var_os(credential.env).is_some());
            let with: Vec<&Vendor> = vendors::all().iter().filter(given).collect();
            if with.is_empty() { vendors::all().iter().collect() } else { with }
        }
    };
    let mut checks = Vec::new();
    for vendor in chosen {
        Doctor { vendor, language, checks: &mut checks }.examine(matches).await?;
    }
    let wrong = checks.iter().any(|check| check.finding == Finding::Wrong);
    if matches.get_flag("json") {
        screen::line(&serde_json::to_string_pretty(&checks).unwrap_or_default());
    } else {
        screen::line(&shown(&checks, language));
    }
    Ok(if wrong { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

fn shown(checks: &[Check], language: Language) -> String {
    let headings = match language {
        Language::English => ["", "vendor", "check", "says"],
        Language::Chinese => ["", "厂商", "检查", "结果"],
    };
    let rows = checks.iter().map(|check| {
        let mark = match check.finding {
            Finding::Fine => "✓",
            Finding::NotTried => "–",
            Finding::Warning => "!",
            Finding::Wrong => "✗",
        };
        vec![mark.to_owned(), check.vendor.to_owned(), check.check.clone(), check.says.clone()]
    });
    screen::table(&headings, rows)
}

struct Doctor<'a> {
    vendor: &'static Vendor,
    language: Language,
    checks: &'a mut Vec<Check>,
}

impl Doctor<'_> {
    fn note(&mut self, check: &str, finding: Finding, says: String) {
        self.checks.push(Check { vendor: self.vendor.spec.name, check: check.to_owned(), finding, says });
    }

    async fn examine(&mut self, matches: &ArgMatches) -> Result<(), Failure> {
        let language = self.language;
        let tap = connect::Tap::default();
        let client = connect::client(self.vendor, matches, connect::Extras { tap: Some(tap.clone()), ..connect::Extras::default() });
        let credentials = language.pick("credentials", "凭据");
        let client = match client {
            Ok(client) => client,
            Err(failure) => {
                self.note(credentials, Finding::Wrong, failure.text(language));
                self.unset(|_| true);
                return Ok(());
            }
        };
        self.note(credentials, Finding::Fine, language.pick("present", "齐全").to_owned());
        self.unset(|name| client.credentials().get(name).is_none());
        let tree = catalogue::all()?;
        let Some(vendor) = tree.vendors.iter().find(|known| known.file.vendor == self.vendor.spec.name) else { return Ok(()) };
        let mut clock_is_known = false;
        for spec in self.operations(matches, vendor)? {
            let operation = catalogue::operation(vendor, spec.name)?;
            let (finding, says) = match request(operation, self.vendor) {
                Ok((mut request, made_up)) => {
                    let names = fields::from_credentials(operation, self.vendor.spec, &Map::new());
                    fields::fill(&mut request, &names, client.credentials());
                    let outcome = self.ask(&client, spec, request).await;
                    self.verdict(vendor, operation, made_up, outcome)
                }
                Err(missing) => (Finding::NotTried, say!(language, "not tried: needs {missing}", "没有尝试：需要 {missing}")),
            };
            if let (false, Some(date)) = (clock_is_known, tap.last().and_then(|seen| seen.date)) {
                clock_is_known = true;
                self.clock(&date);
            }
            self.note(spec.name, finding, says);
        }
        if let Some(told) = connect::tokens_not_kept() {
            self.note(language.pick("tokens", "令牌"), Finding::Warning, told.of(language));
        }
        Ok(())
    }

    /// Credentials that only some operations need, and that are not given.
    fn unset(&mut self, is_unset: impl Fn(&str) -> bool) {
        let language = self.language;
        let unset = self.vendor.spec.credentials.iter().filter(|credential| !credential.required && is_unset(credential.name));
        let unset =
            unset.map(|credential| format!("{} ({})", credential.env, language.of_label(credential.title).trim_end_matches(['.', '。'])));
        let unset = unset.collect::<Vec<_>>().join(language.pick("; ", "；"));
        if !unset.is_empty() {
            let says = say!(language, "not set, and needed by some operations only: {unset}", "没有设置，只有部分接口需要：{unset}");
            self.note(language.pick("optional", "可选凭据"), Finding::NotTried, says);
        }
    }

    fn operations(&self, matches: &ArgMatches, vendor: &model::Vendor) -> Result<Vec<&'static OperationSpec>, Failure> {
        let named: Vec<&String> = matches.get_many::<String>("operation").into_iter().flatten().collect();
        if !named.is_empty() {
            let read = |name: &String| {
                let spec = self.vendor.named(name)?;
                if spec.access == scrm_core::spec::Access::Read {
                    return Ok(spec);
                }
                Err(Failure::wrong_use(both!(
                    "{name} writes, and doctor changes nothing at the vendor; name an operation that reads",
                    "{name} 会写入数据，而 doctor 不改动厂商的任何数据；请给出只读的操作"
                )))
            };
            return named.into_iter().map(read).collect();
        }
        let reads = self.vendor.operations.iter().copied().filter(|spec| spec.access == scrm_core::spec::Access::Read);
        if matches.get_flag("all") {
            return Ok(reads.collect());
        }
        let easy = |spec: &&OperationSpec| {
            let operation = vendor.operations.iter().find(|operation| operation.name == spec.name && operation.access == Access::Read);
            operation.is_some_and(|operation| matches!(request(operation, self.vendor), Ok((_, false))))
        };
        // what is documented first, and of that a list
        let worth = |spec: &&OperationSpec| (easy(spec), !spec.source.evidence.is_unverified(), spec.paging.is_some());
        let best = reads.clone().map(|spec| worth(&spec)).max();
        Ok(reads.filter(|spec| Some(worth(spec)) == best).take(1).collect())
    }

    async fn ask(&self, client: &ApiClient, spec: &'static OperationSpec, request: Map<String, Value>) -> Result<(), Error> {
        let call = client.call_named(spec, request, self.vendor.payload).timeout(Duration::from_secs(30));
        call.send().await.map(drop)
    }

    fn clock(&mut self, date: &str) {
        let Ok(theirs) = jiff::fmt::rfc2822::parse(date) else { return };
        let here = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let apart = theirs.timestamp().as_second().saturating_sub_unsigned(here);
        let (check, finding) = (self.language.pick("clock", "时钟"), if apart.abs() <= CLOCK { Finding::Fine } else { Finding::Wrong });
        let says = match finding {
            Finding::Fine => self.language.pick("right", "准确").to_owned(),
            _ => say!(
                self.language,
                "this machine's clock is {apart} s behind the vendor's; set it right",
                "本机时钟比厂商慢 {apart} 秒，请校准"
            ),
        };
        self.note(check, finding, says);
    }

    /// What an answer means for somebody who wants to call this operation.
    fn verdict(&self, vendor: &model::Vendor, operation: &Operation, made_up: bool, outcome: Result<(), Error>) -> (Finding, String) {
        let language = self.language;
        let may = language.pick("may be called", "可以调用");
        let Err(error) = outcome else { return (Finding::Fine, may.to_owned()) };
        let permission = operation.permission.as_deref().unwrap_or("?");
        let docs = &vendor.file.docs;
        match situation(vendor, operation, &error) {
            Some(Situation::PermissionMissing) => (
                Finding::Wrong,
                say!(
                    language,
                    "permission {permission} missing: ask for it in the vendor's console (see {docs})",
                    "缺少权限 {permission}：请在厂商后台申请（见 {docs}）"
                ),
            ),
            Some(Situation::AddressRefused) => {
                let said = error.vendor_message().unwrap_or_default();
                (
                    Finding::Wrong,
                    say!(
                        language,
                        "this address is not allowed: add it to the list in the vendor's console ({said})",
                        "本机地址不在白名单里：请在厂商后台添加（{said}）"
                    ),
                )
            }
            Some(Situation::CredentialsWrong) => {
                (Finding::Wrong, say!(language, "the credentials are wrong: {error}", "凭据不对（{error}）"))
            }
            // the vendor looked at the request, so that the app may call it
            _ if error.kind() == ErrorKind::Vendor && made_up => {
                (Finding::Fine, say!(language, "{may} (it refused the made-up values)", "{may}（示例中的虚构值被拒绝）"))
            }
            _ => (Finding::Wrong, failure::told(&error).of(language)),
        }
    }
}

/// A small request: the first page, one row; what is required besides comes from the documented example. `true`: made-up values are in it. `Err`: what is missing.
fn request(operation: &Operation, vendor: &Vendor) -> Result<(Map<String, Value>, bool), String> {
    let mut request = Map::new();
    first_page(operation, &mut request);
    let size = operation.paging.as_ref().and_then(|paging| paging.size.as_deref());
    if let Some(size) = size.and_then(|size| request.get_mut(size)) {
        *size = if size.is_string() { "1".into() } else { 1.into() };
    }
    fields::defaults(operation, &mut request);
    for name in fields::from_credentials(operation, vendor.spec, &request) {
        request.insert(name.to_owned(), "".into());
    }
    if fields::missing(operation, &request).is_empty() && !asks_for_more(operation) {
        return Ok((request, false));
    }
    let examples = operation.examples.iter().filter_map(|example| example.request.as_ref()?.as_object());
    for example in examples {
        let mut filled = example.clone();
        filled.extend(request.clone());
        if fields::missing(operation, &filled).is_empty() {
            return Ok((filled, true));
        }
    }
    let missing = fields::missing(operation, &request);
    Err(missing.into_iter().map(|(path, _)| path).collect::<Vec<_>>().join(", "))
}

/// Whether a rule asks for a field that is not required by itself.
fn asks_for_more(operation: &Operation) -> bool {
    operation.rules.iter().any(|rule| matches!(rule, model::Rule::AtLeastOne(_) | model::Rule::ExactlyOne(_)))
}

/// The situation that the vendor's documentation gives for a code.
fn situation(vendor: &model::Vendor, operation: &Operation, error: &Error) -> Option<Situation> {
    let (code, message) = (error.vendor_code()?, error.vendor_message().unwrap_or_default());
    let token = vendor.operations.iter().filter(|other| other.area.is_none()).flat_map(|other| &other.errors);
    let rules = operation.errors.iter().chain(token).chain(&vendor.file.errors);
    let fits = |rule: &&model::ErrorRule| {
        rule.when.is_some()
            && rule.code.as_ref().is_none_or(|known| fields::text(known) == code)
            && rule.message.as_deref().is_none_or(|part| message.contains(part))
    };
    rules.filter(fits).max_by_key(|rule| rule.message.is_some()).and_then(|rule| rule.when)
}
