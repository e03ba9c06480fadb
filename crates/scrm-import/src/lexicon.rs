//! The words pages use for their sections, labels and columns.

use scrm_schema::model::{BodyKind, Method, Place};

use crate::page::{Required, Side};

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

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Name,
    Type,
    Required,
    Description,
    Note,
    Place,
    Reference,
    Default,
    Code,
    Meaning,
    SetAside,
}

/// The text without headings marks, bullets, bold, code spans and a trailing colon.
pub(crate) fn bare(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '*' | '`')).collect();
    text.trim().trim_start_matches(['#', '-', '•', '·', ' ']).trim_end_matches([':', '#', ' ']).trim().to_owned()
}

const REQUEST: [&str; 13] = [
    "请求参数",
    "请求参数说明",
    "传入参数",
    "输入参数",
    "接口入参",
    "入参",
    "入参说明",
    "请求体",
    "请求字段",
    "request-parameters",
    "request-fields",
    "业务参数",
    "请求说明",
];
const RESPONSE: [&str; 14] = [
    "返回参数",
    "返回参数说明",
    "响应参数",
    "响应参数说明",
    "输出参数",
    "返回字段",
    "响应字段",
    "返回结果说明",
    "接口出参",
    "出参",
    "出参说明",
    "返回数据",
    "response-fields",
    "response-parameters",
];
const REQUEST_EXAMPLE: [&str; 7] =
    ["请求示例", "请求样例", "请求参数示例", "请求体示例", "调用示例", "request-body-example", "request-example"];
const RESPONSE_EXAMPLE: [&str; 8] =
    ["返回示例", "返回样例", "响应示例", "响应样例", "返回参数示例", "返回结果示例", "返回结果", "response-example"];
const ERRORS: [&str; 10] =
    ["错误码说明", "错误码", "错误代码", "返回码", "返回码说明", "状态码", "状态码说明", "error-codes", "错误码列表", "错误码定义"];
const PERMISSION: [&str; 4] = ["拥有此api的权限集", "权限集", "所需权限", "接口权限"];
const NOTES: [&str; 12] =
    ["传参注意", "特殊说明", "接口描述", "接口说明", "功能描述", "注意", "注意事项", "备注", "说明", "使用说明", "补充说明", "接口限制"];
const EMPTY: [&str; 17] = [
    "请求方式及url",
    "在线调试工具",
    "请求",
    "响应",
    "...",
    "…",
    "基本信息",
    "接口信息",
    "接口详情",
    "接口概述",
    "返回响应",
    "描述",
    "body",
    "请求信息",
    "返回信息",
    "响应状态",
    "返回状态",
];

/// What a line announces, if it is a heading.
pub(crate) fn heading(text: &str) -> Option<Heading> {
    if text.len() > 120 {
        return None;
    }
    let marked = text.trim_start().starts_with('#') || text.contains("**");
    let bare = bare(text);
    let lower = bare.to_ascii_lowercase();
    let is = |words: &[&str]| words.contains(&lower.as_str());
    let heading = if is(&REQUEST) {
        Heading::Request { place: None, body: None }
    } else if is(&RESPONSE) {
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
    } else if is(&["示例", "example", "代码块"]) {
        Heading::Example(None)
    } else if is(&["curl-example", "curl"]) {
        Heading::Curl
    } else if is(&["请求头", "请求头参数", "header 参数", "request-headers", "headers", "请求头部"]) {
        Heading::Headers
    } else if is(&EMPTY) {
        Heading::Empty
    } else {
        return placed(&lower).or_else(|| members(&bare, marked));
    };
    Some(heading)
}

/// `Query 参数`, `Body 参数multipart/form-data`, `Body-parameters`, `Path 参数`.
fn placed(lower: &str) -> Option<Heading> {
    let (word, rest) = ["query", "body", "path", "form"].iter().find_map(|word| Some((*word, lower.strip_prefix(word)?)))?;
    let rest = rest.trim_start_matches([' ', '-']);
    let rest = rest.strip_prefix("参数").or_else(|| rest.strip_prefix("parameters"))?.trim();
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

/// The words of each label, longer ones before their beginnings.
const LABELS: [(Label, &[&str]); 9] = [
    (Label::Method, &["http请求方式", "请求方式", "请求方法", "请求类型", "method", "type"]),
    (Label::Url, &["接口地址", "请求地址", "访问路径", "接口路径", "请求路径", "请求url", "接口url", "url结构", "url"]),
    (Label::ContentType, &["content-type", "consumes", "数据格式", "请求格式", "接口协议"]),
    (Label::Headers, &["请求头", "header"]),
    (Label::Quota, &["频率限制", "限制说明", "调用限制", "限流", "接口限制", "调用频率", "频次限制", "接口调用限制为"]),
    (Label::Permission, &["应用权限", "权限集", "权限", "所需权限", "接口权限"]),
    (Label::Description, &["接口说明", "description", "接口描述", "功能描述", "接口名称", "接口功能"]),
    (Label::Note, &["注意", "注", "备注", "说明", "ps", "提示"]),
    (Label::SetAside, &["author", "produces", "最后修改时间", "修改于", "since", "版本", "更新时间", "作者", "创建时间"]),
];

/// A label at the beginning of a text, and the value after it.
pub(crate) fn label(text: &str) -> Option<(Label, String)> {
    let marked = text.contains("**") || text.contains('`');
    let head: String = text.chars().filter(|c| *c != '*').take(60).collect();
    let head = head.trim_start().trim_start_matches(['-', '•', '·', '#', ' ']);
    let lower = head.to_ascii_lowercase();
    let (label, word) = LABELS.iter().flat_map(|(label, words)| words.iter().map(|word| (*label, *word))).find(|(_, word)| {
        lower
            .strip_prefix(word)
            .is_some_and(|rest| rest.starts_with(':') || (marked && (rest.is_empty() || rest.starts_with([' ', '`', ':']))))
    })?;
    let clean: String = text.chars().filter(|c| !matches!(c, '*' | '`')).collect();
    let clean = clean.trim_start().trim_start_matches(['-', '•', '·', '#', ' ']);
    let value = clean.get(word.len()..)?.trim_start_matches([':', ' ']).trim();
    if label == Label::Method && !value.is_empty() && method(value).is_none() {
        return None;
    }
    Some((label, value.to_owned()))
}

/// The method a text begins with.
pub(crate) fn method(text: &str) -> Option<Method> {
    let word: String = text.trim().trim_matches('`').chars().take_while(char::is_ascii_alphabetic).take(8).collect();
    match word.to_ascii_uppercase().as_str() {
        "GET" => Some(Method::Get),
        "POST" => Some(Method::Post),
        "PUT" => Some(Method::Put),
        "DELETE" => Some(Method::Delete),
        _ => None,
    }
}

/// How a body of this media type travels.
pub(crate) fn body_kind(text: &str) -> Option<BodyKind> {
    let lower = text.to_ascii_lowercase();
    if lower.contains("multipart") || lower.contains("form-data") {
        Some(BodyKind::Multipart)
    } else if lower.contains("urlencoded") {
        Some(BodyKind::Form)
    } else if lower.contains("json") {
        Some(BodyKind::Json)
    } else {
        None
    }
}

/// What a column of this title holds.
pub(crate) fn column(text: &str) -> Option<Column> {
    if text.len() > 40 {
        return None;
    }
    Some(match bare(text).to_ascii_lowercase().as_str() {
        "参数名" | "参数" | "参数名称" | "字段" | "字段名" | "字段名称" | "名称" | "属性" | "属性名" | "变量名" | "parameter" | "field"
        | "name" | "key" | "参数名字" => Column::Name,
        "类型" | "数据类型" | "参数类型" | "字段类型" | "type" => Column::Type,
        "必选" | "是否必选" | "必填" | "是否必填" | "是否必须" | "是否必传" | "是否必需" | "必须" | "必传" | "必需" | "required" => {
            Column::Required
        }
        "说明" | "描述" | "参数说明" | "字段说明" | "参数描述" | "字段描述" | "description" | "释义" => {
            Column::Description
        }
        "含义" | "错误描述" | "错误说明" | "错误信息" | "meaning" => Column::Meaning,
        "备注" | "remark" | "note" | "补充说明" => Column::Note,
        "in" | "请求类型" | "参数位置" | "位置" => Column::Place,
        "schema" => Column::Reference,
        "默认值" | "默认" | "default" => Column::Default,
        "错误码" | "返回码" | "状态码" | "错误代码" | "code" | "返回值" => Column::Code,
        "since" | "示例值" | "示例" | "example" | "序号" | "最大长度" | "长度" => Column::SetAside,
        _ => return None,
    })
}

/// A required mark.
pub(crate) fn required(text: &str) -> Option<Required> {
    match text.trim().to_ascii_lowercase().as_str() {
        "是" | "必需" | "必须" | "必填" | "必选" | "必传" | "true" | "yes" | "y" | "required" | "√" => Some(Required::Yes),
        "否" | "可选" | "非必填" | "非必须" | "选填" | "false" | "no" | "n" | "optional" | "×" => Some(Required::No),
        _ => None,
    }
}

/// Whether a text can be the name of a field: `user_id`, `data.list[].x`, `Score-1`.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 120
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']' | '$'))
        && !text.ends_with(['.', '-'])
}

/// Residue of the tool that published the page.
pub(crate) fn is_residue(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    lower.contains("results matching")
        || [
            "复制",
            "复制代码",
            "调试",
            "发送",
            "运行",
            "try it",
            "try it out",
            "run",
            "send",
            "copy",
            "在线运行",
            "上一页",
            "下一页",
            "上一篇",
            "下一篇",
            "powered by gitbook",
            "...",
            "…",
            "---",
            "***",
            "on this page",
        ]
        .contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_their_spellings() {
        let request = Heading::Request { place: None, body: None };
        for text in ["请求参数", "**请求参数**", "### 请求参数:", "接口入参"] {
            assert_eq!(heading(text), Some(request.clone()), "{text}");
        }
        assert_eq!(
            heading("Body 参数multipart/form-data"),
            Some(Heading::Request { place: Some(Place::Body), body: Some(BodyKind::Multipart) })
        );
        assert_eq!(heading("Query-parameters:"), Some(Heading::Request { place: Some(Place::Query), body: None }));
        assert_eq!(heading("Response-fields:"), Some(Heading::Response));
        let members = |parent: &str, side| Some(Heading::Members { parent: parent.into(), side });
        assert_eq!(heading("返回list字段参数"), members("list", Some(Side::Response)));
        assert_eq!(heading("**list说明**"), members("list", None));
        assert_eq!(heading("`order_data` **参数结构**"), members("order_data", None));
        assert_eq!(heading("#### data.list[] 字段"), members("data.list[]", None));
        assert_eq!(heading("### OrderVO"), members("OrderVO", None));
        assert_eq!(heading("OrderVO"), None);
        assert_eq!(heading("手机号"), None);
    }

    #[test]
    fn labels_give_their_values() {
        for (text, expected, value) in [
            ("  • 请求方式:POST", Label::Method, "POST"),
            ("- **请求方式:** `POST `", Label::Method, "POST"),
            ("**接口地址** `/open/a`", Label::Url, "/open/a"),
            ("- 频率限制:", Label::Quota, ""),
            ("Type: GET", Label::Method, "GET"),
            ("访问路径:/api/a", Label::Url, "/api/a"),
            ("注:只给前10000条", Label::Note, "只给前10000条"),
        ] {
            assert_eq!(label(text), Some((expected, value.to_owned())), "{text}");
        }
        assert_eq!(label("Type: string"), None);
        assert_eq!(label("请求方式说明"), None);
    }
}
