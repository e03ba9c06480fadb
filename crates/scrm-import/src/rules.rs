//! Rules between fields, as far as set phrases tell.

use serde_json::{Value, json};

use crate::page::{Concern, Page};
use crate::tree::Field;

/// The rules that the notes and descriptions of the request state.
pub(crate) fn find(request: &Field, page: &mut Page) -> Vec<Value> {
    let mut rules: Vec<Value> = Vec::new();
    let notes = page.notes.iter().map(|note| (None, note.value.clone(), note.line));
    let texts: Vec<(Option<String>, String, usize)> =
        notes.chain(request.members.iter().map(|(name, field)| (Some(name.clone()), field.text.clone(), field.line))).collect();
    let mut known = std::collections::HashSet::new();
    for (own, text, line) in texts {
        for sentence in text.split(['。', ';', '\n']) {
            let Some(kind) = kind(sentence) else { continue };
            let mut names = named(sentence, request);
            if let Some(own) = own.as_ref().filter(|own| !names.contains(own)) {
                names.push(own.clone());
            }
            names.sort_unstable_by_key(|name| request.members.get_index_of(name));
            names.dedup();
            if names.len() < 2 || !known.insert((kind, names.clone())) {
                continue;
            }
            page.remark(Concern::Assumed, line, format!("{} of {} is a rule between fields", kind.replace('_', " "), names.join(", ")));
            rules.push(json!({ kind: names }));
        }
    }
    rules
}

fn kind(sentence: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    if has(&["至少传", "至少填", "至少一", "至少有一", "不能同时为空", "不能都为空", "必须至少"]) {
        Some("at_least_one")
    } else if has(&["不同时生效", "不能同时传", "不可同时", "互斥"]) {
        Some("at_most_one")
    } else if has(&["二选一", "三选一", "任选其一"]) {
        Some("exactly_one")
    } else {
        None
    }
}

/// Fields of the request that a sentence names.
fn named(sentence: &str, request: &Field) -> Vec<String> {
    sentence
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| request.members.contains_key(*word))
        .map(str::to_owned)
        .collect()
}
