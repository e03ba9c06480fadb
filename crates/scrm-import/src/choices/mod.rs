//! Documented values with their labels, inside a description: `0-微信、1-sdk`, `1 男 2 女 0 未知`, `a=甲,b=乙`.

mod listed;

/// One documented value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The value as printed.
    pub value: String,
    /// Its label as printed.
    pub label: String,
}

const LONGEST_LABEL: usize = 40;
const MEASURES: [char; 22] =
    ['条', '个', '次', '天', '秒', '分', '年', '月', '日', '页', '位', '元', '时', '字', '人', '万', '岁', '周', '级', '号', '种', '小'];

/// Signs that join two values or go on with a sentence, and begin no label: `1 和 2 的含义`.
const JOINING: [char; 8] = ['和', '或', '与', '及', '的', '到', '至', '为'];

/// What stands between a value and its label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Sign(&'static [char]),
    Blank,
    Nothing,
    /// A sign at one value, a blank or nothing at the next.
    Mixed,
}

const DASHES: &[char] = &['-', '—', '–', '~'];
const MIXED: &[char] = &['-', '—', '–', ':', '='];

/// The documented values in a text; empty unless there are at least two, or one where the text says that it lists values.
pub(crate) fn read(text: &str) -> Vec<Choice> {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() > LONGEST_TEXT {
        return Vec::new();
    }
    let joints = [
        Joint::Sign(DASHES),
        Joint::Sign(&[':']),
        Joint::Sign(&['=']),
        Joint::Sign(&['、', '.']),
        Joint::Sign(&[']', '】']),
        Joint::Blank,
        Joint::Nothing,
        Joint::Sign(&['(']),
    ];
    let uniform =
        joints.into_iter().map(|joint| (joint, read_with(&letters, joint))).find(|(joint, choices)| is_enumeration(choices, *joint));
    let uniform = uniform.map(|(_, choices)| choices).unwrap_or_default();
    let mixed = read_with(&letters, Joint::Mixed);
    let holds = |choice: &Choice| mixed.iter().any(|other| other.value == choice.value);
    if mixed.len() > uniform.len() && mixed.len() >= 2 && is_enumeration(&mixed, Joint::Mixed) && uniform.iter().all(holds) {
        return mixed;
    }
    if !uniform.is_empty() {
        return uniform;
    }
    for found in [listed::label_first(text), listed::announced(text), listed::alone(text)] {
        if !found.is_empty() {
            return found;
        }
    }
    single(text, &letters)
}

/// A description longer than this holds no list of values that anybody would read.
const LONGEST_TEXT: usize = 4000;

/// The only value, where the text says that it lists values or names one that nobody would write otherwise.
fn single(text: &str, letters: &[char]) -> Vec<Choice> {
    let lists = ["可选范围", "可选值", "取值", "枚举", "固定", "只能传", "目前只支持", "仅支持"].iter().any(|word| text.contains(word));
    for joint in [Joint::Sign(DASHES), Joint::Sign(&[':']), Joint::Sign(&['='])] {
        let mut choices = read_with(letters, joint);
        choices.retain(|choice| choice.label.starts_with(|c: char| !c.is_ascii()));
        if let [only] = choices.as_slice()
            && ((lists && (is_number(&only.value) || only.value.len() >= 2)) || only.value.contains('_'))
        {
            return choices;
        }
    }
    Vec::new()
}

/// The values of a type that says it has some: words and nothing else.
pub(crate) fn of_enum(text: &str) -> Vec<Choice> {
    listed::words_alone(text)
}

/// Whether a text looks like a list of values, whether or not one can be read.
pub(crate) fn looks_like(text: &str) -> bool {
    if ["枚举", "可选值", "取值如下", "可选范围", "见附录", "见下表", "见下方", "对照表", "参见", "取值见"]
        .iter()
        .any(|word| text.contains(word))
    {
        return true;
    }
    if listed::reads_like_words(text) {
        return true;
    }
    let letters: Vec<char> = text.chars().take(LONGEST_TEXT).collect();
    if listed::letters_in_brackets(text) || words_with_labels(text) >= 2 || words_with_brackets(text) >= 2 {
        return true;
    }
    let mut found = 0;
    let mut at = 0;
    while at < letters.len() {
        let begins = letters.get(at).is_some_and(char::is_ascii_digit)
            && !at.checked_sub(1).and_then(|at| letters.get(at)).is_some_and(|c| is_value_letter(*c) || matches!(c, '.' | '-' | ':' | '/'));
        let digits = letters.iter().skip(at).take_while(|c| c.is_ascii_digit()).count();
        if begins && digits <= 3 {
            let mut next = at + digits;
            next += letters.iter().skip(next).take(2).take_while(|c| is_blank(**c)).count();
            next += letters.iter().skip(next).take(1).filter(|c| matches!(c, '-' | '—' | ':' | '=' | '、' | ')' | '.')).count();
            next += letters.iter().skip(next).take(2).take_while(|c| is_blank(**c)).count();
            found += usize::from(letters.get(next).is_some_and(|c| !c.is_ascii() && c.is_alphabetic() && !MEASURES.contains(c)));
        }
        at += digits.max(1);
    }
    found >= 2
}

/// `created_at 创建时间 learn_time 学习时长`: words, each with something Chinese behind it.
fn words_with_labels(text: &str) -> usize {
    let parts: Vec<&str> = text.split([' ', ',', '、', ';', '\n']).filter(|part| !part.is_empty()).collect();
    let is_word =
        |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
    parts.windows(2).filter(|pair| matches!(pair, [word, label] if is_word(word) && !label.starts_with(|c: char| c.is_ascii()))).count()
}

/// `wait(等待)/done(完成)`: words, each with something Chinese in brackets behind it.
fn words_with_brackets(text: &str) -> usize {
    text.match_indices('(')
        .filter(|(place, _)| {
            let behind = text.get(place + 1..).is_some_and(|rest| rest.starts_with(|c: char| !c.is_ascii()));
            behind && text.get(..*place).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        })
        .count()
}

fn is_enumeration(choices: &[Choice], joint: Joint) -> bool {
    let mut values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
    values.sort_unstable();
    if choices.len() < 2 || values.windows(2).any(|pair| pair.first() == pair.get(1)) {
        return false;
    }
    let numbers = values.iter().all(|value| is_number(value));
    // A list "1、first 2、second" counts its own items: only a list that does not run from 1 is one of values.
    let numbered = joint == Joint::Sign(&['、', '.']) && choices.iter().zip(1..).all(|(choice, place)| choice.value == place.to_string());
    let words = !values.iter().any(|value| is_number(value));
    // `A.纸质 B.电子`: capitals that stand for values.
    let capitals = values.iter().all(|value| value.len() == 1 && value.bytes().all(|byte| byte.is_ascii_uppercase()));
    let chinese = choices.iter().all(|choice| choice.label.starts_with(|c: char| !c.is_ascii()));
    (numbers && !numbered)
        || (words && matches!(joint, Joint::Sign(signs) if signs.contains(&'=') || signs.contains(&':')))
        || (words && chinese && joint == Joint::Sign(DASHES))
        || (capitals && chinese && matches!(joint, Joint::Sign(_)))
}

fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if let Some((low, high)) = digits.split_once('-') {
        return is_number(low) && is_number(high);
    }
    !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit())
}

fn read_with(letters: &[char], joint: Joint) -> Vec<Choice> {
    let mut choices = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        match value_at(letters, at, joint) {
            Some((value, label_start)) => {
                let (label, end) = label_at(letters, label_start, joint);
                if label_fits(&label, actual(letters, label_start, joint)) {
                    choices.push(Choice { value, label });
                }
                at = end.max(at + 1);
            }
            None => at = next_run(letters, at),
        }
    }
    choices
}

/// The joint that stands before a label, where joints are mixed.
fn actual(letters: &[char], label_start: usize, joint: Joint) -> Joint {
    if joint != Joint::Mixed {
        return joint;
    }
    let before = letters.get(..label_start).unwrap_or_default().iter().rev().find(|c| !is_blank(**c));
    match (before, letters.get(label_start.wrapping_sub(1))) {
        (Some(sign), _) if MIXED.contains(sign) => Joint::Sign(MIXED),
        (_, Some(blank)) if is_blank(*blank) => Joint::Blank,
        _ => Joint::Nothing,
    }
}

/// Goes past the run of letters and digits at `at`, so that a value only ever begins where a run begins.
fn next_run(letters: &[char], at: usize) -> usize {
    let length = letters.iter().skip(at).take_while(|c| is_value_letter(**c)).count();
    at + length.max(1)
}

fn is_value_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The value that begins at `at`, and where its label begins.
fn value_at(letters: &[char], at: usize, joint: Joint) -> Option<(String, usize)> {
    if at > 0 && letters.get(at - 1).is_some_and(|c| is_value_letter(*c)) {
        return None;
    }
    if is_bound(letters, at) {
        return None;
    }
    let signed = letters.get(at) == Some(&'-') && letters.get(at + 1).is_some_and(char::is_ascii_digit);
    let quote = letters.get(at).copied().filter(|c| matches!(c, '"' | '\'' | '`'));
    let start = at + usize::from(signed) + usize::from(quote.is_some());
    let mut end = start;
    while letters.get(end).is_some_and(|c| is_value_letter(*c)) && end - start <= LONGEST_LABEL {
        end += 1;
    }
    // `0-10:两者`: a value of two numbers, where the sign before the label is another.
    let pair = letters.get(end) == Some(&'-') && letters.get(end + 1).is_some_and(char::is_ascii_digit);
    if pair && end > start && matches!(joint, Joint::Sign(signs) if !signs.contains(&'-')) {
        let more = letters.iter().skip(end + 1).take_while(|c| c.is_ascii_digit()).count();
        if letters.get(start..end).is_some_and(|value| value.iter().all(char::is_ascii_digit)) && more <= 4 {
            end += 1 + more;
        }
    }
    if end == start || end - start > LONGEST_LABEL {
        return None;
    }
    let value: String = letters.get(at + usize::from(quote.is_some())..end)?.iter().collect();
    if let Some(quote) = quote {
        if letters.get(end) != Some(&quote) {
            return None;
        }
        end += 1;
    }
    after_joint(letters, end, joint, &value).map(|label| (value, label))
}

/// `>= 7 字符`, `≤8`: a number behind a sign of comparison is a limit. `0->待付` has an arrow, `<1>` brackets.
fn is_bound(letters: &[char], at: usize) -> bool {
    let mut before = letters.get(..at).unwrap_or_default().iter().rev();
    let blanks = before.clone().take_while(|c| is_blank(**c)).count();
    let mut before = before.by_ref().skip(blanks);
    match (before.next(), before.next()) {
        (Some('≥' | '≤'), _) | (Some('='), Some('>' | '<')) => true,
        (Some('>'), Some('-' | '=')) => false,
        (Some('>' | '<'), _) => blanks > 0,
        _ => false,
    }
}

fn after_joint(letters: &[char], end: usize, joint: Joint, value: &str) -> Option<usize> {
    let mut at = end;
    let blanks = letters.iter().skip(end).take(4).take_while(|c| is_blank(**c)).count();
    match joint {
        Joint::Sign(signs) => {
            at += blanks;
            if !letters.get(at).is_some_and(|c| signs.contains(c)) {
                return None;
            }
            at += 1;
            at += letters.iter().skip(at).take(1).filter(|c| **c == '>').count();
            at += letters.iter().skip(at).take(4).take_while(|c| is_blank(**c)).count();
            // A word is a value before a dash only when its label is Chinese: `asc-升序`, not `user-agent`.
            let word = signs.contains(&'-') && !is_number(value);
            let short = value.len() < 2 && !value.bytes().all(|byte| byte.is_ascii_uppercase());
            if word && (short || !letters.get(at).is_some_and(|c| !c.is_ascii() && c.is_alphabetic())) {
                return None;
            }
        }
        Joint::Mixed if is_number(value) => {
            at += blanks;
            if letters.get(at).is_some_and(|c| MIXED.contains(c)) {
                at += 1;
                at += letters.iter().skip(at).take(4).take_while(|c| is_blank(**c)).count();
            }
        }
        Joint::Blank if blanks > 0 && is_number(value) => at += blanks,
        Joint::Nothing if blanks == 0 && is_number(value) => {}
        Joint::Blank | Joint::Nothing | Joint::Mixed => return None,
    }
    Some(at)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{3000}'
}

fn ends_label(c: char) -> bool {
    matches!(c, '、' | ',' | ';' | '#' | '|' | '/' | ')' | '(' | '。' | '\n' | '】' | ']' | '}' | '"' | '`')
}

/// The label from `start` to the next boundary or the next value; brackets belong to it.
fn label_at(letters: &[char], start: usize, joint: Joint) -> (String, usize) {
    let mut label = String::new();
    let mut at = start;
    let mut in_run = false;
    let mut open: Option<(usize, usize)> = None;
    while let Some(&c) = letters.get(at) {
        if at - start > LONGEST_LABEL {
            break;
        }
        match (c, open) {
            ('(', None) if at > start && joint != Joint::Sign(&['(']) => open = Some((label.len(), at)),
            (')', Some(_)) => {
                label.push(c);
                open = None;
                at += 1;
                in_run = false;
                continue;
            }
            (_, Some(_)) if c != '\n' => {}
            _ if ends_label(c) => break,
            _ => {}
        }
        let run_begins = is_value_letter(c) && !in_run && at > start;
        let signed = c == '-'
            && letters.get(at + 1).is_some_and(char::is_ascii_digit)
            && letters.get(at.wrapping_sub(1)).is_some_and(|c| is_blank(*c));
        if (run_begins || signed) && open.is_none() && value_at(letters, at, joint).is_some_and(|(value, _)| joint_separates(&value, joint))
        {
            break;
        }
        in_run = is_value_letter(c);
        label.push(c);
        at += 1;
    }
    // A bracket that is never closed is no part of the label.
    if let Some((length, place)) = open {
        label.truncate(length);
        at = place;
    }
    (label.trim().trim_matches(['\'', '"', ']', '[', ' ']).to_owned(), at)
}

/// Inside a label only a number begins the next value, except where `=` leaves no doubt.
fn joint_separates(value: &str, joint: Joint) -> bool {
    is_number(value)
        || matches!(joint, Joint::Sign(signs) if signs.contains(&'=') || signs.contains(&'-'))
        || (value.len() == 1 && value.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn label_fits(label: &str, joint: Joint) -> bool {
    let first = label.chars().next();
    let chinese = first.is_some_and(|c| !c.is_ascii());
    match joint {
        _ if first.is_none() || label.len() > LONGEST_LABEL * 3 => false,
        Joint::Mixed => false,
        Joint::Sign(_) => !first.is_some_and(|c| c.is_ascii_digit()) && !label.starts_with("//"),
        Joint::Blank => chinese && label.chars().count() <= 8 && !first.is_some_and(|c| JOINING.contains(&c)),
        Joint::Nothing => {
            chinese
                && label.chars().count() <= 8
                && !first.is_some_and(|c| MEASURES.contains(&c) || ends_label(c))
                && !first.is_some_and(|c| JOINING.contains(&c))
                && !label.starts_with("开始")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        read(text).iter().map(|choice| format!("{}={}", choice.value, choice.label)).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn values_are_found_in_every_notation() {
        for (text, expected) in [
            ("来源:0-网页、1-sdk、2-h5商城", "0=网页|1=sdk|2=h5商城"),
            ("类型:0-全部,1-普通,2-贵宾", "0=全部|1=普通|2=贵宾"),
            ("# 11-总额降序 12-总额升序# 21-余额降序 22-余额升序;不传按编号", "11=总额降序|12=总额升序|21=余额降序|22=余额升序"),
            ("状态(1 开 2 关 0 未知)", "1=开|2=关|0=未知"),
            ("是否置顶 1 是 0 否", "1=是|0=否"),
            ("是否置顶:1是,0否", "1=是|0=否"),
            ("ps:可用的值有 open_data=公开,closed_data=内部,vip=贵宾", "open_data=公开|closed_data=内部|vip=贵宾"),
            ("状态:-1:全部 0:未付 1:已付", "-1=全部|0=未付|1=已付"),
            ("asc:升序,desc:降序", "asc=升序|desc=降序"),
            ("券 0 全部 1-满减券 2-折扣券", "0=全部|1=满减券|2=折扣券"),
            ("可选范围[1] ,1-手动", "1=手动"),
            ("参与条件 0-任何人;1-买过(含赠送,不含退款);2-付费", "0=任何人|1=买过(含赠送,不含退款)|2=付费"),
            ("推送类型:user_change - 用户变更", "user_change=用户变更"),
            ("asc-升序 desc-降序", "asc=升序|desc=降序"),
            ("0->全部,1->部分", "0=全部|1=部分"),
            ("0(全部) 1(部分)", "0=全部|1=部分"),
            ("状态,全部:0,普通:1", "0=全部|1=普通"),
            ("性别 0未知1男2女", "0=未知|1=男|2=女"),
            ("0-日历打卡-固定时间 1-作业打卡", "0=日历打卡-固定时间|1=作业打卡"),
            ("\"a\":甲,\"b\":乙", "a=甲|b=乙"),
            ("-1:全部,0:有效,10:待续,0-10:两者", "-1=全部|0=有效|10=待续|0-10=两者"),
            ("状态 [0]待开 [1]已开", "0=待开|1=已开"),
            ("票种 A.纸质 B.电子", "A=纸质|B=电子"),
            ("A-纸质、B-电子", "A=纸质|B=电子"),
            ("取值:1或2", "1=|2="),
            ("可选值为 paper、electronic", "paper=|electronic="),
            ("enum: [paper, electronic]", "paper=|electronic="),
            ("纸质传1,电子传2", "1=纸质|2=电子"),
            ("待开(0),已开(1)", "0=待开|1=已开"),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_enumeration_is_left_alone() {
        for text in [
            "",
            "页码,表示第几页,从1开始",
            "每页条数,最大50条",
            "查询起始时间 yyyy-MM-dd",
            "时间 2020-08-20 00:00:00 到 2020-08-21 00:00:00",
            "状态码:0-成功,其他为错误",
            "范围1-100",
            "1、先取令牌 2、再调用",
            "10秒3000次,1天10000次",
            "https://example.com/a",
            "取值1-100",
            "是否导入,1 和 2 的含义没有说明",
            "可选,最多传20个",
            "不传默认1,最多传50",
            "可选值见接口文档",
            "user_id(用户) 或 phone(手机)",
        ] {
            assert_eq!(show(text), "", "{text}");
        }
    }
}
