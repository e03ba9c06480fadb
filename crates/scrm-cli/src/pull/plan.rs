//! `scrm pull --plan nightly.toml`: several pulls in one run, over one quota and one token for each vendor.

use std::{collections::BTreeMap, path::Path, process::ExitCode};

use serde::Deserialize;
use toml::Value;

use super::{Session, one, report::Report};
use crate::{
    arguments,
    failure::{self, Failure},
    language::{both, say},
    screen, usage,
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

pub(super) fn run(session: &mut Session<'_>, file: &Path) -> Result<ExitCode, Failure> {
    let language = session.language;
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| Failure::of_file(&shown, error))?;
    let plan: Plan =
        toml::from_str(&text).map_err(|error| Failure::wrong_use(both!("{shown}: {error}", "{shown}：计划文件写得不对：{error}")))?;
    let mut parsed = Vec::new();
    for pull in &plan.pull {
        let words = words(pull).map_err(|option| {
            let name = &pull.operation;
            Failure::wrong_use(both!(
                "{shown}: {name}: {option} is no text, number or true",
                "{shown}：{name}：{option} 应为文本、数字或 true"
            ))
        })?;
        let matches = arguments::command(&words, language).try_get_matches_from(&words);
        // all of the plan is checked before anything of it is done
        let matches = matches.map_err(|error| {
            let (pull, said) = (format!("{} {}", pull.vendor, pull.operation), usage::text(&error, language));
            Failure::wrong_use(both!("{shown}: {pull}: {said}", "{shown}：{pull}：{said}"))
        })?;
        let strict = pull.options.get("strict").and_then(Value::as_bool).unwrap_or_default();
        parsed.push((pull, matches, strict));
    }
    let (mut reports, mut failures, mut code): (Vec<Report>, Vec<serde_json::Value>, u8) = (Vec::new(), Vec::new(), 0);
    for (pull, matches, strict) in &parsed {
        if *session.interrupted.borrow() {
            code = failure::INTERRUPTED;
            break;
        }
        let Some((_, matches)) = matches.subcommand() else { continue };
        match one(session, matches) {
            Ok(report) => {
                screen::line(&report.text(language));
                code = code.max(report.code(*strict));
                reports.push(report);
            }
            Err(failure) => {
                let said = failure.text(language);
                screen::problem(&format!("{} {}: {said}", pull.vendor, pull.operation));
                failures.push(serde_json::json!({ "vendor": pull.vendor, "operation": pull.operation, "error": said }));
                code = code.max(failure::FAILED);
            }
        }
    }
    let (done, failed, all) = (reports.len(), failures.len(), plan.pull.len());
    screen::line(&say!(language, "{done} of {all} pulls done, {failed} failed", "{all} 个取数完成 {done} 个，失败 {failed} 个"));
    if let Some(summary) = plan.summary {
        let text = serde_json::json!({ "pulls": reports, "failures": failures });
        crate::sink::files::replace(Path::new(&summary), format!("{text:#}\n").as_bytes())?;
    }
    Ok(ExitCode::from(code))
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
