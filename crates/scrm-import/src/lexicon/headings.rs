//! What a heading announces.

use scrm_schema::model::{BodyKind, Place};

use crate::page::Side;

use super::words::{EMPTY, ERRORS, NOTES, PERMISSION, REQUEST, REQUEST_EXAMPLE, RESPONSE, RESPONSE_EXAMPLE};
use super::{bare, body_kind, is_name, label, tight};

/// What a heading announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heading {
    /// Fields of the request, perhaps with where they go and how.
    Request { place: Option<Place>, body: Option<BodyKind> },
    /// Fields of the answer.
    Response,
    /// Headers of the request.
    Headers,
    /// An example.
    Example(Option<Side>),
    /// A curl call.
    Curl,
    /// Error codes.
    Errors,
    /// The permission.
    Permission,
    /// Sentences.
    Notes,
    /// Members of a field or of a named type.
    Members { parent: String, side: Option<Side> },
    /// Nothing of its own.
    Empty,
}

/// Words of section headings as a page may print them inside a line.
pub(crate) fn section_words() -> impl Iterator<Item = &'static str> {
    const ENGLISH: [&str; 11] = [
        "Request-parameters",
        "Request-fields",
        "Query-parameters",
        "Body-parameters",
        "Path-parameters",
        "Request-headers",
        "Response-fields",
        "Request-body-example",
        "Request-example",
        "Response-example",
        "Curl-example",
    ];
    let chinese = |word: &&&str| !word.is_ascii() && word.chars().count() >= 3;
    let lists: [&'static [&'static str]; 6] = [&REQUEST, &RESPONSE, &REQUEST_EXAMPLE, &RESPONSE_EXAMPLE, &ERRORS, &EMPTY];
    lists.into_iter().flatten().filter(chinese).copied().chain(["注意事项", "特殊说明", "接口描述"]).chain(ENGLISH)
}

/// What a line announces, if it is a heading.
pub(crate) fn heading(text: &str) -> Option<Heading> {
    if text.len() > 120 {
        return None;
    }
    let marked = text.trim_start().starts_with('#') || text.contains("**");
    let bare = bare(text);
    let lower = tight(&bare).to_ascii_lowercase();
    // `2.3 返回参数`, `(1) 请求示例`, `四、错误码`
    let lower = lower.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | ' ' | '(' | ')')).to_owned();
    let lower = ["一、", "二、", "三、", "四、", "五、", "六、", "七、", "八、"]
        .iter()
        .fold(lower.as_str(), |text, number| text.strip_prefix(number).unwrap_or(text))
        .to_owned();
    // `返回参数(成功)`: what stands in brackets changes nothing.
    let lower = match lower.split_once('(') {
        Some((before, rest))
            if rest.ends_with(')') && !before.trim().is_empty() && !before.is_ascii() && !rest.contains(['/', '=']) && !rest.is_ascii() =>
        {
            before.trim_end().to_owned()
        }
        _ => lower,
    };
    let is = |words: &[&str]| words.contains(&lower.as_str());
    let heading = if is(&REQUEST) || (marked && is(&["request", "parameter", "请求"])) {
        Heading::Request { place: None, body: None }
    } else if is(&RESPONSE) || (marked && is(&["response", "响应", "返回"])) {
        Heading::Response
    } else if is(&REQUEST_EXAMPLE) {
        Heading::Example(Some(Side::Request))
    } else if is(&RESPONSE_EXAMPLE) {
        Heading::Example(Some(Side::Response))
    } else if is(&ERRORS) {
        Heading::Errors
    } else if is(&PERMISSION) {
        Heading::Permission
    } else if is(&NOTES) {
        Heading::Notes
    } else if is(&["示例", "example", "examples", "代码块", "代码示例"]) {
        Heading::Example(None)
    } else if is(&["curl-example", "curl", "curl example"]) {
        Heading::Curl
    } else if is(&[
        "请求头",
        "请求头参数",
        "请求头信息",
        "请求header",
        "header",
        "header参数",
        "header params",
        "request-headers",
        "request headers",
        "headers",
        "请求头部",
        "cookie参数",
        "cookie params",
    ]) {
        Heading::Headers
    } else if is(&EMPTY) {
        Heading::Empty
    } else {
        return placed(&lower).or_else(|| by_ending(&lower)).or_else(|| members(&bare, marked));
    };
    Some(heading)
}

/// Headings that no list can name in full: `2、请求参数`, `返回数据格式示例`, `解密后的推送示例`.
fn by_ending(lower: &str) -> Option<Heading> {
    let text = lower
        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | ' ' | '(' | ')' | '一' | '二' | '三' | '四' | '五'));
    if text.chars().count() > 14 || text.is_ascii() || text.contains([',', '。', ';', ':', '|', '/', '"', '{', '}']) {
        return None;
    }
    let identifier = text.bytes().any(|byte| byte == b'_' || byte == b'.') || text.bytes().filter(u8::is_ascii_alphabetic).count() > 4;
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let sent = has(&["请求", "入参", "调用", "推送", "传入", "回调"]);
    let answered = has(&["返回", "响应", "出参", "输出"]);
    if !(sent ^ answered) || identifier {
        return None;
    }
    let ends = |words: &[&str]| words.iter().any(|word| text.ends_with(word));
    let side = if sent { Side::Request } else { Side::Response };
    if ends(&["示例", "样例", "实例", "示例(解密后)", "示例(解密前)"]) {
        return Some(Heading::Example(Some(side)));
    }
    let plain = ends(&[
        "请求参数",
        "返回参数",
        "响应参数",
        "推送参数",
        "回调参数",
        "请求字段",
        "返回字段",
        "入参",
        "出参",
        "参数表",
        "参数列表",
        "参数说明",
        "字段说明",
    ]);
    match (plain, side) {
        (false, _) => None,
        (true, Side::Request) => Some(Heading::Request { place: None, body: None }),
        (true, Side::Response) => Some(Heading::Response),
    }
}

/// `Query 参数`, `Body 参数multipart/form-data`, `Body-parameters`, `Path 参数`.
fn placed(lower: &str) -> Option<Heading> {
    let lower = lower.strip_prefix("请求").unwrap_or(lower);
    let (word, rest) = ["query", "body", "path", "form"].iter().find_map(|word| Some((*word, lower.strip_prefix(word)?)))?;
    let rest = rest.trim_start_matches([' ', '-']);
    let rest = ["请求参数", "参数", "parameters", "params"].iter().find_map(|word| rest.strip_prefix(word))?.trim();
    let rest = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest);
    let body = body_kind(rest);
    if !rest.is_empty() && body.is_none() {
        return None;
    }
    let place = match word {
        "query" => Some(Place::Query),
        "body" => Some(Place::Body),
        _ => None,
    };
    Some(Heading::Request { place, body: if word == "form" { Some(BodyKind::Form) } else { body } })
}

const MEMBERS: [&str; 14] = [
    "字段参数",
    "字段说明",
    "字段",
    "参数说明",
    "参数结构",
    "参数",
    "说明",
    "结构",
    "数据结构",
    "对象",
    "对象说明",
    "内容",
    "明细",
    "结构说明",
];

/// `返回list字段参数`, `list说明`, `xe_data 参数结构`, `data.list[] 字段`; under a heading mark a bare name too.
fn members(bare: &str, marked: bool) -> Option<Heading> {
    let (side, rest) = if let Some(rest) = ["返回", "响应"].iter().find_map(|word| bare.strip_prefix(word)) {
        (Some(Side::Response), rest)
    } else if let Some(rest) = bare.strip_prefix("请求") {
        (Some(Side::Request), rest)
    } else {
        (None, bare)
    };
    let rest = rest.trim_start();
    let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'[' | b']' | b'-')).count();
    let (name, rest) = (rest.get(..length)?, rest.get(length..)?.trim());
    if !is_name(name) || !(MEMBERS.contains(&rest) || (rest.is_empty() && marked && label(&format!("{name}:")).is_none())) {
        return None;
    }
    Some(Heading::Members { parent: name.to_owned(), side })
}
