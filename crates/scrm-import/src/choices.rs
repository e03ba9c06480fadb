//! Documented values with their labels, inside a description: `0-微信、1-sdk`, `1 男 2 女 0 未知`, `a=甲,b=乙`.

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

/// What stands between a value and its label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Sign(&'static [char]),
    Blank,
    Nothing,
}

/// The documented values in a text; empty unless there are at least two.
pub(crate) fn read(text: &str) -> Vec<Choice> {
    let joints =
        [Joint::Sign(&['-', '—', '–']), Joint::Sign(&[':']), Joint::Sign(&['=']), Joint::Sign(&['、', '.']), Joint::Blank, Joint::Nothing];
    let letters: Vec<char> = text.chars().collect();
    for joint in joints {
        let choices = read_with(&letters, joint);
        if is_enumeration(&choices, joint) {
            return choices;
        }
    }
    Vec::new()
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
    (numbers && !numbered)
        || (matches!(joint, Joint::Sign(signs) if signs.contains(&'=') || signs.contains(&':'))
            && !values.iter().any(|value| is_number(value)))
}

fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit())
}

fn read_with(letters: &[char], joint: Joint) -> Vec<Choice> {
    let mut choices = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        match value_at(letters, at, joint) {
            Some((value, label_start)) => {
                let (label, end) = label_at(letters, label_start, joint);
                if label_fits(&label, joint) {
                    choices.push(Choice { value, label });
                }
                at = end.max(at + 1);
            }
            None => at = next_run(letters, at),
        }
    }
    choices
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
    let signed = letters.get(at) == Some(&'-') && letters.get(at + 1).is_some_and(char::is_ascii_digit);
    let quote = letters.get(at).copied().filter(|c| matches!(c, '"' | '\'' | '`'));
    let start = at + usize::from(signed) + usize::from(quote.is_some());
    let mut end = start;
    while letters.get(end).is_some_and(|c| is_value_letter(*c)) && end - start <= LONGEST_LABEL {
        end += 1;
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

fn after_joint(letters: &[char], end: usize, joint: Joint, value: &str) -> Option<usize> {
    let mut at = end;
    let blanks = letters.iter().skip(end).take(4).take_while(|c| is_blank(**c)).count();
    match joint {
        Joint::Sign(signs) => {
            at += blanks;
            if !letters.get(at).is_some_and(|c| signs.contains(c)) || (signs.contains(&'-') && !is_number(value)) {
                return None;
            }
            at += 1;
            at += letters.iter().skip(at).take(4).take_while(|c| is_blank(**c)).count();
        }
        Joint::Blank if blanks > 0 && is_number(value) => at += blanks,
        Joint::Nothing if blanks == 0 && is_number(value) => {}
        Joint::Blank | Joint::Nothing => return None,
    }
    Some(at)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{3000}'
}

fn ends_label(c: char) -> bool {
    matches!(c, '、' | ',' | ';' | '#' | '|' | '/' | ')' | '(' | '。' | '\n' | '】' | ']' | '}' | '"' | '`')
}

/// The label from `start` to the next boundary or the next value.
fn label_at(letters: &[char], start: usize, joint: Joint) -> (String, usize) {
    let mut label = String::new();
    let mut at = start;
    let mut in_run = false;
    while let Some(&c) = letters.get(at) {
        if ends_label(c) || at - start > LONGEST_LABEL {
            break;
        }
        let run_begins = is_value_letter(c) && !in_run && at > start;
        let signed = c == '-'
            && letters.get(at + 1).is_some_and(char::is_ascii_digit)
            && letters.get(at.wrapping_sub(1)).is_some_and(|c| is_blank(*c));
        if (run_begins || signed) && value_at(letters, at, joint).is_some_and(|(value, _)| joint_separates(&value, joint)) {
            break;
        }
        in_run = is_value_letter(c);
        label.push(c);
        at += 1;
    }
    (label.trim().trim_matches(['\'', '"']).to_owned(), at)
}

/// Inside a label only a number begins the next value, except where `=` leaves no doubt.
fn joint_separates(value: &str, joint: Joint) -> bool {
    is_number(value) || matches!(joint, Joint::Sign(signs) if signs.contains(&'='))
}

fn label_fits(label: &str, joint: Joint) -> bool {
    let first = label.chars().next();
    let chinese = first.is_some_and(|c| !c.is_ascii());
    match joint {
        _ if first.is_none() || label.len() > LONGEST_LABEL * 3 => false,
        Joint::Sign(_) => !first.is_some_and(|c| c.is_ascii_digit()) && !label.starts_with("//"),
        Joint::Blank => chinese && label.chars().count() <= 8,
        Joint::Nothing => {
            chinese
                && label.chars().count() <= 8
                && !first.is_some_and(|c| MEASURES.contains(&c) || ends_label(c))
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
            ("\"a\":甲,\"b\":乙", "a=甲|b=乙"),
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
        ] {
            assert_eq!(show(text), "", "{text}");
        }
    }
}
