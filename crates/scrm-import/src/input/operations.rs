//! A text that holds several operations is cut into one part for each.

use crate::lexicon::{self, Heading, Label};
use crate::lines::Line;
use crate::pipes;

/// The parts of a text; one when it holds one operation.
pub(crate) fn split(lines: Vec<Line>) -> Vec<Vec<Line>> {
    let starts = starts(&lines);
    if starts.len() < 2 {
        return vec![lines];
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for start in starts.into_iter().skip(1).chain([lines.len()]) {
        parts.push(lines.get(from..start).unwrap_or_default().to_vec());
        from = start;
    }
    parts
}

/// Where operations begin: each has an address of its own and a section of fields or an example after it.
fn starts(lines: &[Line]) -> Vec<usize> {
    let mut addresses: Vec<(usize, String)> = Vec::new();
    let mut fenced = false;
    for (place, line) in lines.iter().enumerate() {
        if line.trimmed().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let Some(path) = address(lines, place) else { continue };
        let same = |known: &str| known.ends_with(path.as_str()) || path.ends_with(known);
        if addresses.iter().all(|(_, known)| !same(known)) {
            addresses.push((place, path));
        }
    }
    let mut starts: Vec<usize> = Vec::new();
    for (number, (place, _)) in addresses.iter().enumerate() {
        let end = addresses.get(number + 1).map_or(lines.len(), |(next, _)| *next);
        let documented = lines.get(*place..end).unwrap_or_default().iter().any(|line| {
            matches!(lexicon::heading(&line.text), Some(Heading::Request { .. } | Heading::Response | Heading::Example(_)))
                || pipes::is_table_line(&line.text)
        });
        if documented {
            starts.push(if starts.is_empty() { 0 } else { beginning(lines, *place, *starts.last().unwrap_or(&0)) });
        }
    }
    starts.dedup();
    starts
}

/// The path that a line gives as the operation's address.
fn address(lines: &[Line], place: usize) -> Option<String> {
    let line = lines.get(place)?;
    let text = line.trimmed();
    let value = match lexicon::label(text) {
        Some((Label::Url, value)) if !value.is_empty() => value,
        Some((Label::Url, _)) => lines.get(place + 1)?.trimmed().trim_start_matches(['-', '*', ' ']).to_owned(),
        _ => {
            // Method and path alone, as Apifox prints them.
            let is_method = text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_uppercase()) && lexicon::method(text).is_some();
            let next = lines.iter().skip(place + 1).find(|line| !line.is_blank())?.trimmed();
            if !is_method || !(next.starts_with('/') || next.starts_with("http")) {
                return None;
            }
            next.to_owned()
        }
    };
    let value = value.trim_matches(['`', '\'', '"', '*', ' ']);
    let path = value.split_once("://").map_or(value, |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(""));
    let path = path.split(['?', '#', ' ', '`']).next().unwrap_or("").trim_end_matches('/');
    (path.len() > 1 && path.contains('/')).then(|| path.to_owned())
}

/// Lines above an address that belong to the same operation: its title, its permission, what is said of it.
fn beginning(lines: &[Line], address: usize, before: usize) -> usize {
    let mut at = address;
    let mut start = address;
    while at > before + 1 {
        at -= 1;
        let Some(line) = lines.get(at) else { break };
        let text = line.trimmed();
        let ends_other = text.ends_with(['}', ']'])
            || text.starts_with("```")
            || (pipes::is_table_line(text) && !is_permission(lines, at))
            || text.starts_with(['}', ']', '"']);
        let section =
            matches!(lexicon::heading(text), Some(Heading::Request { .. } | Heading::Response | Heading::Example(_) | Heading::Errors));
        if ends_other || section {
            break;
        }
        if !line.is_blank() {
            start = at;
            // The heading of the highest order is the title.
            if text.starts_with("# ") || text.starts_with("## ") {
                break;
            }
        }
    }
    start
}

/// A table of permissions stands in the head of a page.
fn is_permission(lines: &[Line], at: usize) -> bool {
    lines.get(at.saturating_sub(2)..=at).unwrap_or_default().iter().any(|line| line.text.contains("权限"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::lines;

    #[test]
    fn two_operations_are_two_parts() {
        let text = "# 甲\n- 接口地址:https://a.example/open/one\n请求参数\n|参数名|类型|说明|\n|a|int|号|\n返回示例\n{\"a\":1}\n\n# 乙\n- 请求方式:POST\n- 接口地址:https://a.example/open/two\n请求参数\n|参数名|类型|说明|\n|b|int|号|";
        let parts = split(lines(text));
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1][0].text, "# 乙");
    }

    #[test]
    fn one_address_printed_twice_is_one_operation() {
        let text = "访问路径:/api/one\n接口说明:取\nURL结构\nhttps://a.example/api/one\n请求参数\n|参数名|类型|说明|\n|a|int|号|\n请求示例\nhttps://a.example/api/one?a=1";
        assert_eq!(split(lines(text)).len(), 1);
    }
}
