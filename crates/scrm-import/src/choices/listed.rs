//! Documented values without labels, or behind their labels: `取值:1或2`, `可选值为 paper、electronic`, `待付(0)、已付(1)`, `纸质传1,电子传2`.

use super::{Choice, Joint, is_enumeration, is_number};

/// A label is no longer than this, in letters.
const LABEL: usize = 10;
/// Words behind which values are listed.
const TRIGGERS: [&str; 18] = [
    "Allowed values",
    "allowed values",
    "取值范围",
    "取值",
    "可选值",
    "可选项",
    "可选参数",
    "可选",
    "枚举值",
    "枚举",
    "enum",
    "有效值",
    "合法值",
    "只能为",
    "只能是",
    "仅支持",
    "候选值",
    "值为",
];

/// Values that a word announces: bare, joined by signs or by `或`.
pub(super) fn announced(text: &str) -> Vec<Choice> {
    TRIGGERS
        .iter()
        .flat_map(|word| text.match_indices(word))
        .find_map(|(place, word)| values(text.get(place + word.len()..)?))
        .unwrap_or_default()
}

fn values(rest: &str) -> Option<Vec<Choice>> {
    let mut rest =
        rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '[' | '(' | '{' | '=' | '为' | '有' | '是' | '包' | '括'));
    let mut choices: Vec<Choice> = Vec::new();
    loop {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        let inner = quote.map_or(rest, |quote| rest.trim_start_matches(quote));
        let length = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let value = inner.get(..length).filter(|value| !value.is_empty() && value.len() <= 40)?;
        rest = inner.get(length..)?;
        rest = quote.map_or(rest, |quote| rest.trim_start_matches(quote)).trim_start();
        // `WAIT(等待)、DONE(完成)`
        let labelled = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let label = labelled.filter(|(label, _)| label.starts_with(|c: char| !c.is_ascii()) && label.chars().count() <= LABEL);
        choices.push(Choice { value: value.to_owned(), label: label.map_or_else(String::new, |(label, _)| label.to_owned()) });
        rest = label.map_or(rest, |(_, rest)| rest.trim_start());
        let next = ["或者", "或", "和", "、", ",", "/", "|"].iter().find_map(|sign| rest.strip_prefix(sign));
        match next {
            Some(next) => rest = next.trim_start(),
            None => break,
        }
    }
    let ends = rest.is_empty() || rest.starts_with([']', ')', '}', '。', ';', '.', '\n']) || rest.starts_with("其中");
    let mut values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
    values.sort_unstable();
    let same_kind =
        values.iter().all(|value| is_number(value)) || values.iter().all(|value| value.starts_with(|c: char| c.is_ascii_alphabetic()));
    let distinct = values.windows(2).all(|pair| pair.first() != pair.get(1));
    (choices.len() >= 2 && ends && same_kind && distinct).then_some(choices)
}

/// `asc|desc`: a description that is nothing else than words between bars.
pub(super) fn alone(text: &str) -> Vec<Choice> {
    words(text, &["|"]).unwrap_or_default().into_iter().map(|value| Choice { value: value.to_owned(), label: String::new() }).collect()
}

/// `LOW, HIGH`, behind the type `enum`.
pub(super) fn words_alone(text: &str) -> Vec<Choice> {
    let found = words(text, &["|", ",", "/", "、", "或", " or "]).unwrap_or_default();
    found.into_iter().map(|value| Choice { value: value.to_owned(), label: String::new() }).collect()
}

/// `级别(S/A/B)`: values perhaps, or a unit.
pub(super) fn letters_in_brackets(text: &str) -> bool {
    let inside = text.split('(').skip(1).filter_map(|rest| rest.split_once(')')).map(|(inside, _)| inside);
    inside.into_iter().any(|inside| {
        let parts: Vec<&str> = inside.split(['/', '|']).map(str::trim).collect();
        parts.len() >= 2
            && parts
                .iter()
                .all(|part| !part.is_empty() && part.len() <= 20 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    })
}

/// `asc/desc`, `asc或desc`: words and nothing else, which may be values or something else.
pub(super) fn reads_like_words(text: &str) -> bool {
    words(text, &["/", "或", "、", " or "]).is_some()
}

/// The words of a text that holds nothing else, between one of these signs.
fn words<'a>(text: &'a str, signs: &[&str]) -> Option<Vec<&'a str>> {
    const MOST: usize = 20;
    signs.iter().find_map(|sign| {
        let words: Vec<&str> = text.split(sign).map(|word| word.trim().trim_matches(['"', '\'', '`'])).take(MOST + 1).collect();
        let is_word = |word: &&str| {
            (2..=40).contains(&word.len())
                && word.starts_with(|c: char| c.is_ascii_alphabetic())
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let distinct = words.iter().enumerate().all(|(place, word)| !words.iter().take(place).any(|other| other == word));
        ((2..=MOST).contains(&words.len()) && words.iter().all(is_word) && distinct).then_some(words)
    })
}

/// `全部:0,普通:1`, `待付(0)、已付(1)`, `纸质传1,电子传2`: the label first.
pub(super) fn label_first(text: &str) -> Vec<Choice> {
    type Read = fn(&str) -> Option<(&str, &str)>;
    let notations: [(Read, bool); 3] = [(by_sign, false), (by_bracket, true), (by_verb, false)];
    for (read, with_brackets) in notations {
        let choices: Vec<Choice> = pieces(text, with_brackets)
            .filter_map(|piece| {
                let (label, value) = read(piece)?;
                let label = label.rsplit([':', ' ']).next().unwrap_or(label).trim_end_matches('-');
                let fits = !label.is_ascii() && label.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric());
                (fits && label.chars().count() <= LABEL && is_number(value))
                    .then(|| Choice { value: value.to_owned(), label: label.to_owned() })
            })
            .collect();
        if is_enumeration(&choices, Joint::Mixed) {
            return choices;
        }
    }
    Vec::new()
}

/// The pieces between the signs of a list; a bracket may end a piece, or belong to it.
fn pieces(text: &str, with_brackets: bool) -> impl Iterator<Item = &str> {
    text.split(move |c: char| matches!(c, ',' | ';' | '、' | '\n' | ' ' | '。' | '/') || (!with_brackets && matches!(c, '(' | ')')))
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
}

fn by_sign(piece: &str) -> Option<(&str, &str)> {
    piece.rsplit_once([':', '=', '-']).map(|(label, value)| (label, value.trim()))
}

fn by_bracket(piece: &str) -> Option<(&str, &str)> {
    let (label, value) = piece.strip_suffix(')')?.split_once('(')?;
    Some((label, value.trim()))
}

fn by_verb(piece: &str) -> Option<(&str, &str)> {
    const OTHERS: [&str; 8] = ["不", "可", "必", "请", "默认", "需", "最多", "最大"];
    let digits = piece.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, value) = piece.split_at_checked(piece.len() - digits)?;
    let label = ["传", "填"].iter().find_map(|verb| head.trim_end().strip_suffix(verb))?.trim_end();
    (!label.is_empty() && !OTHERS.iter().any(|other| label.ends_with(other))).then_some((label, value))
}
