//! Rules between fields, as far as set phrases tell.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::page::{Concern, Page, Required};
use crate::tree::Field;

/// The rules that the notes and descriptions of the request state.
pub(crate) fn find(request: &Field, page: &mut Page) -> Vec<Value> {
    let mut rules: Vec<Value> = Vec::new();
    let notes = page.notes.iter().map(|note| (None, note.value.clone(), note.line));
    let texts: Vec<(Option<String>, String, usize)> =
        notes.chain(request.members.iter().map(|(name, field)| (Some(name.clone()), field.text.clone(), field.line))).collect();
    let mut known = HashSet::new();
    for (own, text, line) in texts {
        for sentence in text.split(['。', ';', '\n']) {
            if let Some(rule) = span(sentence, own.as_deref(), request)
                && known.insert(("span", vec![rule.to_string()]))
            {
                let (start, end) = (rule["start"].as_str().unwrap_or(""), rule["end"].as_str().unwrap_or(""));
                page.remark(Concern::Assumed, line, format!("{start} and {end} may lie at most {} seconds apart", rule["max_seconds"]));
                rules.push(json!({ "span": rule }));
                continue;
            }
            let Some(kind) = kind(sentence) else { continue };
            let mut names = named(sentence, request);
            if let Some(own) = own.as_ref().filter(|own| !names.contains(own)) {
                names.push(own.clone());
            }
            if kind == "together"
                && names.len() == 1
                && let Some(partner) = names.first().and_then(|name| partner(name, request))
            {
                names.push(partner);
            }
            names.sort_unstable_by_key(|name| request.members.get_index_of(name));
            names.dedup();
            // What is required anyway is no part of a choice.
            let wanted: Vec<String> = names
                .iter()
                .filter(|name| request.members.get(*name).is_some_and(|field| field.required != Required::Yes))
                .cloned()
                .collect();
            if wanted.len() < names.len() && names.len() >= 2 {
                page.remark(
                    Concern::Decide,
                    line,
                    format!("{} of {} is stated, but some of them are required anyway", kind.replace('_', " "), names.join(", ")),
                );
            }
            if wanted.len() < 2 || !known.insert((kind, wanted.clone())) {
                if wanted.len() < 2 && wanted.len() == names.len() {
                    page.remark(
                        Concern::Decide,
                        line,
                        format!(
                            "a rule between fields ({}) is stated, but not of which: {}",
                            kind.replace('_', " "),
                            crate::table::short(sentence)
                        ),
                    );
                }
                continue;
            }
            page.remark(Concern::Assumed, line, format!("{} of {} is a rule between fields", kind.replace('_', " "), wanted.join(", ")));
            rules.push(json!({ kind: wanted }));
        }
    }
    rules
}

fn kind(sentence: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    if has(&[
        "至少传",
        "至少填",
        "至少一",
        "至少有一",
        "不能同时为空",
        "不能都为空",
        "必须至少",
        "同步时不能为空",
        "不可同时为空",
        "不能全部为空",
        "不能同时不传",
    ]) {
        Some("at_least_one")
    } else if has(&["不同时生效", "不能同时传", "不可同时", "互斥", "不能同时使用", "不能同时存在"]) {
        Some("at_most_one")
    } else if has(&["二选一", "三选一", "任选其一", "任选一", "多选一", "2选1"]) {
        Some("exactly_one")
    } else if has(&[
        "同时传",
        "都传或都不传",
        "要么都传",
        "需成对",
        "成对出现",
        "必须一起传",
        "需要一起传",
        "必须同时",
        "需同时",
        "同时填写",
        "一起使用",
        "配合使用",
    ]) {
        Some("together")
    } else {
        None
    }
}

/// The other end of a range: `start_time` and `end_time`, `created_start` and `created_end`.
fn partner(name: &str, request: &Field) -> Option<String> {
    const ENDS: [(&str, &str); 8] = [
        ("start", "end"),
        ("begin", "end"),
        ("Start", "End"),
        ("Begin", "End"),
        ("from", "to"),
        ("min", "max"),
        ("Min", "Max"),
        ("begin", "stop"),
    ];
    ENDS.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]).find_map(|(one, other)| {
        let candidate = name.contains(one).then(|| name.replacen(one, other, 1))?;
        request.members.contains_key(&candidate).then_some(candidate)
    })
}

/// `时间跨度不能超过31天` between two fields that are times of one kind.
fn span(sentence: &str, own: Option<&str>, request: &Field) -> Option<Value> {
    let stated = ["跨度", "时间范围", "间隔", "时间区间", "时间差", "相差"].iter().any(|word| sentence.contains(word));
    let limited = ["不超过", "不能超过", "不可超过", "不得超过", "最大", "最多", "最长", "以内", "之内", "不大于"]
        .iter()
        .any(|word| sentence.contains(word));
    if !stated || !limited {
        return None;
    }
    let seconds = duration(sentence)?;
    let names = named(sentence, request);
    let first = names.first().cloned().or_else(|| own.map(str::to_owned)).or_else(|| {
        request
            .members
            .iter()
            .find(|(name, field)| field.time().is_some() && partner(name, request).is_some())
            .map(|(name, _)| name.clone())
    })?;
    let second = names.get(1).cloned().or_else(|| partner(&first, request))?;
    let place = |name: &String| request.members.get_index_of(name);
    let (start, end) = if place(&first) <= place(&second) { (first, second) } else { (second, first) };
    let time = |name: &str| {
        let field = request.members.get(name)?;
        crate::write::time_name(field.time()?, &field.shape)
    };
    (time(&start).is_some() && time(&start) == time(&end))
        .then(|| json!({ "start": start, "end": end, "strict": false, "max_seconds": seconds }))
}

/// Days, weeks, months (of 31 days) and years in seconds.
fn duration(sentence: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 9] = [
        ("个月", 31 * 86_400),
        ("月", 31 * 86_400),
        ("天", 86_400),
        ("日", 86_400),
        ("个小时", 3600),
        ("小时", 3600),
        ("周", 7 * 86_400),
        ("年", 366 * 86_400),
        ("分钟", 60),
    ];
    UNITS.iter().find_map(|(unit, seconds)| {
        let (before, _) = sentence.split_once(unit)?;
        let before = before.trim_end();
        let digits: String = before.chars().rev().take_while(char::is_ascii_digit).collect::<Vec<_>>().into_iter().rev().collect();
        let count: u64 = match (digits.parse(), before.chars().next_back()) {
            (Ok(count), _) => count,
            (_, Some('一')) => 1,
            (_, Some('两' | '二')) => 2,
            (_, Some('三')) => 3,
            (_, Some('七')) => 7,
            _ => return None,
        };
        (1..=3660).contains(&count).then(|| count * seconds)
    })
}

/// Fields of the request that a sentence names.
fn named(sentence: &str, request: &Field) -> Vec<String> {
    sentence
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| request.members.contains_key(*word))
        .map(str::to_owned)
        .collect()
}
