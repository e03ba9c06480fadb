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
    /// A value as it may be; codes may stand there too.
    Sample,
    Code,
    Meaning,
    SetAside,
}

/// The text without headings marks, bullets, bold, code spans and a trailing colon.
pub(crate) fn bare(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '*' | '`')).collect();
    text.trim().trim_start_matches(['#', '-', '•', '·', ' ']).trim_end_matches([':', '#', ' ']).trim().to_owned()
}

const REQUEST: [&str; 34] = [
    "请求参数",
    "请求参数说明",
    "请求参数列表",
    "传入参数",
    "输入参数",
    "接口入参",
    "接口参数",
    "入参",
    "入参说明",
    "入参列表",
    "请求体",
    "请求body",
    "请求字段",
    "请求数据",
    "业务参数",
    "请求说明",
    "公共参数",
    "参数",
    "参数列表",
    "推送参数",
    "推送参数说明",
    "推送字段",
    "推送内容",
    "回调参数",
    "回调参数说明",
    "消息参数",
    "request-parameters",
    "request-fields",
    "request parameters",
    "request params",
    "request body",
    "request body parameters",
    "input parameters",
    "params",
];
const RESPONSE: [&str; 38] = [
    "返回参数",
    "返回参数说明",
    "返回参数列表",
    "响应参数",
    "响应参数说明",
    "响应参数列表",
    "输出参数",
    "返回字段",
    "返回字段说明",
    "响应字段",
    "响应体",
    "响应数据",
    "响应结果",
    "响应说明",
    "返回体",
    "返回说明",
    "返回值",
    "返回值说明",
    "返回结果说明",
    "返回结果参数",
    "返回信息说明",
    "接口出参",
    "接口返回",
    "接口返回参数",
    "出参",
    "出参说明",
    "出参列表",
    "返回数据",
    "返回数据说明",
    "response-fields",
    "response-parameters",
    "response fields",
    "response parameters",
    "response params",
    "response body",
    "output parameters",
    "responses",
    "返回内容",
];
const REQUEST_EXAMPLE: [&str; 18] = [
    "请求示例",
    "请求样例",
    "请求参数示例",
    "请求体示例",
    "请求body参数示例",
    "请求示例请求示例",
    "调用示例",
    "推送示例",
    "推送解密后示",
    "推送解密前示",
    "推送内容示例",
    "request-body-example",
    "request-example",
    "request example",
    "request request example",
    "request samples",
    "请求示例代码",
    "请求实例",
];
const RESPONSE_EXAMPLE: [&str; 21] = [
    "返回示例",
    "返回样例",
    "响应示例",
    "响应样例",
    "响应实例",
    "响应示例响应示例",
    "返回参数示例",
    "返回结果示例",
    "返回数据示例",
    "返回结果",
    "返回实例",
    "正确时返回",
    "成功返回",
    "成功返回示例",
    "成功示例",
    "输出示例",
    "response-example",
    "response example",
    "response examples",
    "response response example",
    "sample response",
];
const ERRORS: [&str; 15] = [
    "错误码说明",
    "错误码",
    "错误代码",
    "返回码",
    "返回码说明",
    "状态码",
    "状态码说明",
    "error-codes",
    "error codes",
    "错误码列表",
    "错误码定义",
    "业务错误码",
    "接口错误码",
    "错误说明",
    "错误码描述",
];
const PERMISSION: [&str; 5] = ["拥有此api的权限集", "拥有此api的权限集并订阅此消息推送", "权限集", "所需权限", "接口权限"];
const NOTES: [&str; 21] = [
    "传参注意",
    "特殊说明",
    "接口描述",
    "接口说明",
    "功能描述",
    "注意",
    "注意事项",
    "备注",
    "说明",
    "使用说明",
    "补充说明",
    "接口限制",
    "简要描述",
    "推送说明",
    "推送场景",
    "其他说明",
    "接口简介",
    "业务说明",
    "调用说明",
    "notes",
    "tip",
];
const EMPTY: [&str; 29] = [
    "请求方式及url",
    "在线调试工具",
    "在线调试",
    "接口调试",
    "暂无响应数据",
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
    "request",
    "response",
    "接口文档",
    "代码块",
    "信息",
    "json",
    "修订记录",
    "请求方式及地址",
    "示例代码",
];

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

/// Words of labels that a colon follows, as a page may print them inside a line.
pub(crate) fn label_words() -> impl Iterator<Item = &'static str> {
    const ENGLISH: [&str; 5] = ["Type", "URL", "Content-Type", "Description", "Author"];
    LABELS.iter().flat_map(|(_, words)| words.iter().copied()).filter(|word| !word.is_ascii() && word.chars().count() >= 3).chain(ENGLISH)
}

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
        "header 参数",
        "header参数",
        "header params",
        "request-headers",
        "request headers",
        "headers",
        "请求头部",
        "cookie 参数",
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

/// The words of each label, longer ones before their beginnings.
const LABELS: [(Label, &[&str]); 9] = [
    (
        Label::Method,
        &["http请求方式", "http方法", "http 方法", "http method", "请求方式", "请求方法", "请求类型", "提交方式", "method", "type"],
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
    (Label::Description, &["接口说明", "description", "接口描述", "功能描述", "接口名称", "接口功能", "简要描述", "功能说明", "接口简介"]),
    (Label::Note, &["注意事项", "注意", "注", "备注", "说明", "ps", "提示"]),
    (
        Label::SetAside,
        &["author", "produces", "最后修改时间", "修改于", "since", "版本", "更新时间", "作者", "创建时间", "责任人", "维护人"],
    ),
];

/// A label at the beginning of a text, and the value after it.
pub(crate) fn label(text: &str) -> Option<(Label, String)> {
    let marked = text.contains("**") || text.contains('`') || text.trim_start().starts_with('#');
    let head: String = text.chars().filter(|c| *c != '*').take(60).collect();
    let head = head.trim_start().trim_start_matches(['-', '•', '·', '#', ' ']);
    let lower = head.to_ascii_lowercase();
    // A label may stand on a line of its own, its value on the next.
    let alone = |label: Label, word: &str| matches!(label, Label::Method | Label::Url) && lower == word && !word.is_ascii();
    let (label, word) = LABELS.iter().flat_map(|(label, words)| words.iter().map(|word| (*label, *word))).find(|(label, word)| {
        lower.strip_prefix(word).is_some_and(|rest| {
            rest.starts_with(':') || (marked && (rest.is_empty() || rest.starts_with([' ', '`', ':']))) || alone(*label, word)
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
    let lower = bare(text).to_ascii_lowercase();
    Some(match lower.trim_end_matches(['*', ' ']) {
        "参数名" | "参数" | "参数名称" | "参数字段" | "参数key" | "参数编码" | "字段" | "字段名" | "字段名称" | "字段编码" | "名称"
        | "属性" | "属性名" | "属性名称" | "变量" | "变量名" | "变量名称" | "标识" | "元素" | "键" | "parameter" | "parameters"
        | "parameter name" | "field" | "field name" | "name" | "key" | "property" | "参数名字" => Column::Name,
        "类型" | "数据类型" | "参数类型" | "字段类型" | "属性类型" | "变量类型" | "值类型" | "type" | "data type" | "datatype"
        | "类型(长度)" | "类型/长度" | "格式" => Column::Type,
        "必选" | "是否必选" | "必填" | "是否必填" | "是否必须" | "是否必传" | "是否必需" | "必须" | "必传" | "必需" | "是否必要"
        | "是否可空" | "必填项" | "必选项" | "必选/可选" | "必填/选填" | "必要" | "必传(y/n)" | "必填(y/n)" | "是否必填(y/n)"
        | "是否必传(y/n)" | "是否必选(y/n)" | "required" | "mandatory" | "必须(y/n)" => Column::Required,
        "说明" | "描述" | "参数说明" | "字段说明" | "参数描述" | "字段描述" | "属性说明" | "属性描述" | "description" | "释义" | "解释"
        | "中文名" | "中文名称" | "参数含义" | "字段含义" | "意义" | "作用" | "描述信息" | "说明/描述" | "详细说明" | "desc" => {
            Column::Description
        }
        "含义" | "错误描述" | "错误说明" | "错误信息" | "meaning" | "错误码描述" | "错误码说明" | "描述说明" => {
            Column::Meaning
        }
        "备注"
        | "remark"
        | "remarks"
        | "note"
        | "notes"
        | "补充说明"
        | "备注(示例)"
        | "备注/示例"
        | "说明/示例"
        | "备注说明"
        | "其他"
        | "取值范围"
        | "可选值"
        | "枚举值"
        | "取值"
        | "值说明"
        | "约束"
        | "限制"
        | "附加信息"
        | "additional information" => Column::Note,
        "示例" | "示例值" | "例子" | "样例" | "举例" | "参考值" | "example" | "example value" | "sample" | "值" | "value" | "示例数据" => {
            Column::Sample
        }
        "in" | "请求类型" | "参数位置" | "位置" | "传参方式" | "传递方式" => Column::Place,
        "schema" => Column::Reference,
        "默认值" | "默认" | "缺省值" | "default" | "default value" => Column::Default,
        "错误码" | "返回码" | "状态码" | "错误代码" | "code" | "errcode" | "error code" => Column::Code,
        "since" | "序号" | "编号" | "最大长度" | "长度" | "长度限制" | "no" | "no." | "约束条件" | "版本" | "length" => {
            Column::SetAside
        }
        _ => return None,
    })
}

/// A required mark.
pub(crate) fn required(text: &str) -> Option<Required> {
    let lower = text.trim().to_ascii_lowercase();
    match lower.trim_matches(['*', '`', '(', ')', '[', ']']) {
        "是" | "必需" | "必须" | "必填" | "必选" | "必传" | "必填项" | "必要" | "true" | "yes" | "y" | "required" | "mandatory" | "√"
        | "✓" | "✔" | "✔️" | "✅" | "☑" | "●" | "not null" => Some(Required::Yes),
        "否" | "可选" | "非必填" | "非必须" | "非必需" | "非必选" | "非必传" | "选填" | "选传" | "可空" | "不必须" | "不必填" | "false"
        | "no" | "n" | "optional" | "×" | "✗" | "✘" | "✕" | "❌" | "☐" | "○" | "not required" | "none." => Some(Required::No),
        _ => None,
    }
}

/// A mark that holds on a condition only: `是(当x为1时)`, `条件必填`.
pub(crate) fn required_sometimes(text: &str) -> bool {
    let text = text.trim();
    required(text).is_none()
        && text.chars().count() <= 40
        && (text.starts_with('是')
            || text.contains("条件")
            || text.contains("必填")
            || text.contains("必传")
            || text.starts_with("true")
            || text.starts_with("部分"))
}

/// Whether a text can be the name of a field: `user_id`, `data.list[].x`, `Score-1`.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 120
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']' | '$'))
        && !text.ends_with(['.', '-'])
}

/// Residue of the tool that published the page: menus, search, buttons. Never a title, never a field.
pub(crate) fn is_residue(text: &str) -> bool {
    const WHOLE: &[&str] = &[
        "复制",
        "复制代码",
        "复制链接",
        "复制页面",
        "调试",
        "发送",
        "运行",
        "try it",
        "try it out",
        "run",
        "send",
        "copy",
        "copied!",
        "在线运行",
        "上一页",
        "下一页",
        "上一篇",
        "下一篇",
        "previous",
        "next",
        "previous page",
        "next page",
        "powered by gitbook",
        "...",
        "…",
        "---",
        "***",
        "on this page",
        "skip to content",
        "appearance",
        "menu",
        "return to top",
        "search",
        "搜索",
        "目录",
        "本页目录",
        "本页内容",
        "页面导航",
        "登录",
        "注册",
        "sign in",
        "log in",
        "首页",
        "暂无响应数据",
        "版本比较",
        "标识",
        "页面历史",
        "无标签",
        "转至元数据结尾",
        "转至元数据起始",
        "添加标签",
        "分享",
        "收藏",
        "编辑此页",
        "edit this page",
        "main navigation",
        "切换主题",
        "正在加载",
        "loading...",
        "loading",
        "generate code",
        "展开",
        "收起",
        "全部展开",
        "全部折叠",
        "文档",
        "测试",
        "toc",
        "on this page.",
        "回到顶部",
        "返回顶部",
        "table of contents",
        "light",
    ];
    let lower =
        text.trim().trim_start_matches(['•', '-', '*', '·', ' ', '[']).trim_end_matches([']', ' ', '»', '«', '>']).to_ascii_lowercase();
    let starts = [
        "该行被添加",
        "该行被删除",
        "格式已经改变",
        "正在查看旧版本",
        "与当前比较",
        "查看页面历史",
        "最后更新",
        "last updated",
        "last updated:",
        "上次更新",
        "copyright",
        "powered by",
        "版权所有",
        "由 ",
    ];
    lower.is_empty()
        || lower.contains("results matching")
        || lower.ends_with("广告")
        || lower.contains("all right reserved")
        || starts.iter().any(|start| lower.starts_with(start))
        || WHOLE.contains(&lower.as_str())
        || (lower.starts_with("版本 ") && lower.chars().count() < 20)
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
