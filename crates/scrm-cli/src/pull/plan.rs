//! `scrm pull --plan nightly.toml`: several pulls in one run, over one quota and one token for each vendor.

use std::{collections::BTreeMap, path::Path, process::ExitCode};

use clap::ArgMatches;
use serde::Deserialize;
use toml::Value;

use super::{
    Session,
    job::{self, Job},
    options,
    report::Report,
};
use crate::{
    arguments,
    failure::{self, Failure},
    language::{Both, Language, both, say},
    screen,
    sink::files,
    usage,
};

/// ```toml
/// [[pull]]
/// vendor = "xiaoe"
/// operation = "user_list_v2"
/// to = "shop.db"
/// since = "last"
/// fields = { phone = "13800138000" }
/// ```
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// Where the report goes as JSON.
    summary: Option<String>,
    pull: Vec<Pull>,
}

#[derive(Deserialize)]
struct Pull {
    vendor: String,
    operation: String,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
    /// The options of the command, by name.
    #[serde(flatten)]
    options: BTreeMap<String, Value>,
}

pub(super) fn run(session: &mut Session<'_>, file: &Path, quiet: bool) -> Result<ExitCode, Failure> {
    let plan = read(file)?;
    let commands: Vec<Result<ArgMatches, Failure>> = plan.pull.iter().map(|pull| parsed(pull, session.language)).collect();
    let jobs = match jobs(session, &plan, &commands) {
        Ok(jobs) => jobs,
        Err(problems) => {
            problems.report(&plan)?;
            return Err(Failure::wrong_use(problems.told(&file.display().to_string())));
        }
    };
    let mut night = Night::default();
    for ((pull, job), command) in plan.pull.iter().zip(jobs).zip(commands.iter().flatten()) {
        if *session.interrupted.borrow() {
            night.code = failure::INTERRUPTED;
            break;
        }
        night.take(pull, job.run(session), command.get_flag("strict"), quiet, session.language);
    }
    night.end(&plan, quiet, session.language)
}

fn read(file: &Path) -> Result<Plan, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| Failure::of_file(&shown, error))?;
    toml::from_str(&text).map_err(|error| Failure::wrong_use(both!("{shown}: {error}", "{shown}：计划文件写得不对：{error}")))
}

/// The options of one pull, read as those of the command are.
fn parsed(pull: &Pull, language: Language) -> Result<ArgMatches, Failure> {
    let words =
        words(pull).map_err(|option| Failure::wrong_use(both!("{option} is no text, number or true", "{option} 应为文本、数字或 true")))?;
    let matches = arguments::command(&words, language).try_get_matches_from(&words);
    let matches = matches.map_err(|error| {
        // how the command is called helps nobody who writes a plan
        let text = usage::text(&error, language);
        let said = text.split("\n\nUsage:").next().and_then(|said| said.split("\n\n用法").next()).unwrap_or_default();
        let said = said.trim_start_matches("error: ");
        Failure::wrong_use(both!("{said}", "{said}"))
    })?;
    matches.subcommand().map(|(_, matches)| matches.clone()).ok_or_else(|| Failure::wrong_use(both!("no pull", "没有取数")))
}

/// All of the plan is checked before anything of it is done.
fn jobs<'m>(session: &mut Session<'_>, plan: &Plan, commands: &'m [Result<ArgMatches, Failure>]) -> Result<Vec<Job<'m>>, Problems> {
    let (mut jobs, mut problems) = (Vec::new(), Problems::default());
    let mut places: Vec<(String, String)> = plan.summary.iter().map(|summary| ("summary".to_owned(), job::place(summary))).collect();
    for (at, (pull, command)) in plan.pull.iter().zip(commands).enumerate() {
        let job = command.as_ref().map_err(Clone::clone).and_then(|matches| Job::of(matches, session.language));
        let checked = job.and_then(|job| {
            let known = places.len();
            places.extend(job.places().into_iter().map(|(what, place)| (format!("{what} ({})", at + 1), place)));
            options::are_apart(&places, known)?;
            job.is_ready(session)?;
            Ok(job)
        });
        match checked {
            Ok(job) => jobs.push(job),
            Err(failure) => problems.0.push((at + 1, pull.name(), failure.both())),
        }
    }
    if problems.0.is_empty() { Ok(jobs) } else { Err(problems) }
}

/// What is wrong with a plan: the number of the pull, its name, and why.
#[derive(Default)]
struct Problems(Vec<(usize, String, Both)>);

impl Problems {
    fn told(&self, file: &str) -> Both {
        let told = |of: fn(&Both) -> &str, pull: &str, nothing: &str| {
            let lines = self.0.iter().map(|(at, name, said)| format!("\n  {pull} {at}, {name}: {}", of(said)));
            format!("{file}: {nothing}{}", lines.collect::<String>())
        };
        Both { en: told(|said| &said.en, "pull", "nothing was done"), zh: told(|said| &said.zh, "取数", "什么都没有做") }
    }

    /// The report of an earlier run shall not be taken for this one's; a file that is none is left alone.
    fn report(&self, plan: &Plan) -> Result<(), Failure> {
        let Some(summary) = plan.summary.as_ref().filter(|summary| is_report(summary)) else { return Ok(()) };
        let failures = self.0.iter().map(|(at, name, said)| serde_json::json!({ "number": at, "pull": name, "error": said }));
        write(summary, &[], &failures.collect::<Vec<_>>())
    }
}

fn is_report(summary: &str) -> bool {
    let text = std::fs::read(summary).unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&text).is_ok_and(|found| found["pulls"].is_array())
}

fn write(summary: &str, pulls: &[Report], failures: &[serde_json::Value]) -> Result<(), Failure> {
    let text = serde_json::json!({ "pulls": pulls, "failures": failures });
    files::replace(Path::new(summary), format!("{text:#}\n").as_bytes())
}

/// What a plan came to.
#[derive(Default)]
struct Night {
    reports: Vec<Report>,
    failures: Vec<serde_json::Value>,
    code: u8,
}

impl Night {
    fn take(&mut self, pull: &Pull, outcome: Result<Report, Failure>, strict: bool, quiet: bool, language: Language) {
        match outcome {
            Ok(report) => {
                let code = report.code(strict);
                super::tell(&report, code, quiet, language);
                self.code = self.code.max(code);
                self.reports.push(report);
            }
            Err(failure) => {
                self.code = self.code.max(failure.code());
                let (name, said) = (pull.name(), failure.both());
                screen::problem(&format!("{name}: {}", said.clone().of(language)));
                self.failures.push(serde_json::json!({ "vendor": pull.vendor, "operation": pull.operation, "error": said }));
            }
        }
    }

    fn end(self, plan: &Plan, quiet: bool, language: Language) -> Result<ExitCode, Failure> {
        let (done, failed, all) = (self.reports.len(), self.failures.len(), plan.pull.len());
        if !quiet || self.code != 0 {
            screen::line(&say!(language, "{done} of {all} pulls done, {failed} failed", "{all} 个取数完成 {done} 个，失败 {failed} 个"));
        }
        if let Some(summary) = &plan.summary {
            write(summary, &self.reports, &self.failures)?;
        }
        Ok(ExitCode::from(self.code))
    }
}

impl Pull {
    fn name(&self) -> String {
        format!("{} {}", self.vendor, self.operation)
    }
}

/// The command line of one pull; `Err`: an option that is none.
fn words(pull: &Pull) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = ["scrm", "pull", &pull.vendor, &pull.operation].map(str::to_owned).to_vec();
    for (name, value) in pull.options.iter().chain(&pull.fields) {
        let text = match value {
            Value::Boolean(true) if !pull.fields.contains_key(name) => {
                words.push(format!("--{name}"));
                continue;
            }
            Value::Boolean(false) if !pull.fields.contains_key(name) => continue,
            Value::String(text) => text.clone(),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => value.to_string(),
            Value::Array(_) | Value::Table(_) => return Err(name.clone()),
        };
        words.push(format!("--{name}={text}"));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_the_command_lines_of_its_pulls() {
        let text = "[[pull]]\nvendor = \"xiaoe\"\noperation = \"user_list\"\nto = \"shop.db\"\nconcurrency = 8\nthorough = true\nfields = { phone = \"13800138000\" }";
        let plan: Plan = toml::from_str(text).unwrap();
        let words = words(&plan.pull[0]).unwrap();
        assert_eq!(
            words[1..],
            ["pull", "xiaoe", "user_list", "--concurrency=8", "--thorough", "--to=shop.db", "--phone=13800138000"].map(str::to_owned)
        );
    }
}
