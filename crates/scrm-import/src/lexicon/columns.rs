//! Titles of columns, and the marks in a column of required fields.

use crate::page::Required;

use super::bare;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Name,
    Type,
    Required,
    /// Whether a field may be left out or empty: a mark the other way round.
    Optional,
    Description,
    Note,
    Place,
    Reference,
    Default,
    /// A value as it may be; codes may stand there too.
    Sample,
    Code,
    Meaning,
    /// The number of a row, `2.1` below `2`.
    Number,
    /// A name further in than the column before it.
    Level,
    /// How deep a row stands: 1, 2, 3.
    Depth,
    /// The field that a row is a member of.
    Parent,
    SetAside,
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
        | "parameter name" | "field" | "field name" | "name" | "key" | "property" | "参数名字" | "英文名" | "英文名称" | "英文字段"
        | "字段英文名" | "参数英文名" | "字段标识" | "参数标识" | "属性标识" | "字段代码" => Column::Name,
        "类型" | "数据类型" | "参数类型" | "字段类型" | "属性类型" | "变量类型" | "值类型" | "type" | "data type" | "datatype"
        | "类型(长度)" | "类型/长度" | "格式" => Column::Type,
        "必选" | "是否必选" | "必填" | "是否必填" | "是否必须" | "是否必传" | "是否必需" | "必须" | "必传" | "必需" | "是否必要"
        | "必填项" | "必选项" | "必选/可选" | "必填/选填" | "必要" | "必传(y/n)" | "必填(y/n)" | "是否必填(y/n)" | "是否必传(y/n)"
        | "是否必选(y/n)" | "required" | "mandatory" | "必须(y/n)" | "是否必输" | "必输" | "非空" | "是否非空" | "not null" => {
            Column::Required
        }
        "是否可空" | "可空" | "可为空" | "允许为空" | "是否允许为空" | "能否为空" | "可否为空" | "是否可为空" | "是否可选" | "nullable" => {
            Column::Optional
        }
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
        | "取值说明"
        | "枚举值"
        | "取值"
        | "值说明"
        | "约束"
        | "限制"
        | "附加信息"
        | "其他信息"
        | "更多限制"
        | "additional information" => Column::Note,
        "示例" | "示例值" | "例子" | "样例" | "举例" | "参考值" | "example" | "example value" | "sample" | "值" | "value" | "示例数据" => {
            Column::Sample
        }
        "in" | "请求类型" | "参数位置" | "位置" | "传参方式" | "传递方式" => Column::Place,
        "schema" => Column::Reference,
        "默认值" | "默认" | "缺省值" | "default" | "default value" => Column::Default,
        "错误码" | "返回码" | "状态码" | "错误代码" | "code" | "errcode" | "error code" => Column::Code,
        "序号" | "编号" | "no" | "no." | "#" => Column::Number,
        "层级" | "级次" | "深度" | "嵌套层级" | "节点层级" => Column::Depth,
        "父节点" | "父级" | "父级字段" | "父字段" | "父参数" | "上级" | "上级节点" | "上级字段" | "所属对象" | "parent" => {
            Column::Parent
        }
        "since" | "最大长度" | "长度" | "长度限制" | "约束条件" | "版本" | "length" => Column::SetAside,
        // `必填(默认值)`: what stands in brackets adds to the title.
        other => {
            return other
                .split_once('(')
                .filter(|(title, rest)| !title.is_ascii() && rest.ends_with(')'))
                .and_then(|(title, _)| column(title));
        }
    })
}

/// A required mark.
pub(crate) fn required(text: &str) -> Option<Required> {
    let lower = text.trim().to_ascii_lowercase();
    let lower = lower.trim_matches(['*', '`', '(', ')', '[', ']']);
    // `否(默认空)`: what stands in brackets adds nothing to a no.
    let lower = if lower.starts_with("否(") { "否" } else { lower };
    match lower {
        "是" | "必需" | "必须" | "必填" | "必选" | "必传" | "必填项" | "必要" | "true" | "yes" | "y" | "required" | "mandatory" | "√"
        | "m" | "✓" | "✔" | "✔️" | "✅" | "☑" | "●" | "not null" | "不可空" | "不可为空" | "不能为空" | "不允许为空" | "非空" => {
            Some(Required::Yes)
        }
        "否" | "可选" | "非必填" | "非必须" | "非必需" | "非必选" | "非必传" | "选填" | "选传" | "可空" | "不必须" | "不必填" | "false"
        | "no" | "n" | "optional" | "×" | "✖" | "✖️" | "o" | "可为空" | "允许为空" | "✗" | "✘" | "✕" | "❌" | "☐" | "○"
        | "not required" | "none." => Some(Required::No),
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
            || text.eq_ignore_ascii_case("c")
            || text.starts_with("部分"))
}
