//! Labels in front of what a page says about the operation: `请求方式:POST`.

use super::{method, tight};

/// What a label is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Method,
    Url,
    ContentType,
    Headers,
    Quota,
    Permission,
    Description,
    Note,
    SetAside,
}

/// The words of each label, longer ones before their beginnings.
const LABELS: [(Label, &[&str]); 9] = [
    (
        Label::Method,
        &[
            "http请求方式",
            "http方法",
            "http 方法",
            "http method",
            "httpmethod",
            "请求方式",
            "请求方法",
            "请求类型",
            "提交方式",
            "method",
            "type",
        ],
    ),
    (
        Label::Url,
        &[
            "接口地址",
            "请求地址",
            "访问路径",
            "接口路径",
            "请求路径",
            "请求url",
            "接口url",
            "url结构",
            "url地址",
            "请求接口",
            "服务地址",
            "调用地址",
            "api地址",
            "交易地址",
            "http url",
            "url",
        ],
    ),
    (
        Label::ContentType,
        &["content-type", "content_type", "contenttype", "consumes", "数据格式", "请求格式", "请求体格式", "接口协议", "编码格式"],
    ),
    (Label::Headers, &["请求头", "header"]),
    (
        Label::Quota,
        &["频率限制", "限制说明", "调用限制", "限流", "接口限制", "调用频率", "频次限制", "接口调用限制为", "请求频率", "限频策略"],
    ),
    (Label::Permission, &["应用权限", "权限集", "权限要求", "权限", "所需权限", "接口权限"]),
    (
        Label::Description,
        &["接口说明", "description", "接口描述", "功能描述", "接口名称", "交易名称", "接口功能", "简要描述", "功能说明", "接口简介"],
    ),
    (Label::Note, &["注意事项", "注意", "注", "备注", "说明", "ps", "提示"]),
    (
        Label::SetAside,
        &["author", "produces", "最后修改时间", "修改于", "since", "版本", "更新时间", "作者", "创建时间", "责任人", "维护人"],
    ),
];

/// Words of labels that a colon follows, as a page may print them inside a line.
pub(crate) fn label_words() -> impl Iterator<Item = &'static str> {
    const ENGLISH: [&str; 5] = ["Type", "URL", "Content-Type", "Description", "Author"];
    LABELS.iter().flat_map(|(_, words)| words.iter().copied()).filter(|word| !word.is_ascii() && word.chars().count() >= 3).chain(ENGLISH)
}

/// A label at the beginning of a text, and the value after it.
pub(crate) fn label(text: &str) -> Option<(Label, String)> {
    let text = &tight(text);
    let marked = text.contains("**") || text.contains('`') || text.trim_start().starts_with('#');
    let head: String = text.chars().filter(|c| *c != '*').take(60).collect();
    let head = head.trim_start().trim_start_matches(['-', '•', '·', '#', ' ']);
    let lower = head.to_ascii_lowercase();
    // A label may stand on a line of its own, its value on the next.
    let alone = |label: Label, word: &str| {
        matches!(label, Label::Method | Label::Url) && lower == word && (!word.is_ascii() || word.starts_with("http "))
    };
    // An address or a method may follow its label without a colon; the blank between them is gone where letters of two alphabets meet.
    let address = |label: Label, rest: &str| {
        let value = rest.trim_start();
        let begins = match label {
            Label::Url => value.starts_with('/') || value.starts_with("http"),
            Label::Method => matches!(value.trim_end(), "get" | "post" | "put" | "delete"),
            _ => false,
        };
        begins && (rest.starts_with(' ') || rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    let (label, word) = LABELS.iter().flat_map(|(label, words)| words.iter().map(|word| (*label, *word))).find(|(label, word)| {
        lower.strip_prefix(word).is_some_and(|rest| {
            rest.starts_with(':')
                || address(*label, rest)
                || (marked && (rest.is_empty() || rest.starts_with([' ', '`', ':'])))
                || alone(*label, word)
        })
    })?;
    let clean: String = text.chars().filter(|c| !matches!(c, '*' | '`')).collect();
    let clean = clean.trim_start().trim_start_matches(['-', '•', '·', '#', ' ']);
    let value = clean.get(word.len()..)?.trim_start_matches([':', ' ']).trim();
    if label == Label::Method && !value.is_empty() && method(value).is_none() {
        return None;
    }
    Some((label, value.to_owned()))
}
