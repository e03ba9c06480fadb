//! Tables that lost the borders of their cells: `参数名必选类型说明`, `access_tokenstring专属token`. A row is taken apart at its type; the keys of the
//! page's examples say which letters are a name. What stays ambiguous is told.

use crate::document;
use crate::lexicon::{self, Column};
use crate::lines::Line;
use crate::page::{Concern, Doubt, Required, Row};
use crate::page_builder::PageBuilder;
use crate::table;
use crate::types;

use super::cells;

/// Titles a header may be glued from.
const TITLES: [&str; 50] = [
    "parameter",
    "field",
    "name",
    "type",
    "required",
    "description",
    "since",
    "remark",
    "example",
    "default",
    "参数名称",
    "参数名",
    "参数",
    "字段名称",
    "字段名",
    "字段",
    "属性名",
    "属性",
    "名称",
    "变量名",
    "是否必填",
    "是否必选",
    "是否必须",
    "是否必传",
    "必选",
    "必填",
    "必传",
    "必须",
    "数据类型",
    "参数类型",
    "字段类型",
    "类型",
    "参数说明",
    "字段说明",
    "参数描述",
    "字段描述",
    "说明",
    "描述",
    "备注(示例)",
    "备注/示例",
    "备注",
    "示例值",
    "示例",
    "默认值",
    "长度",
    "含义",
    "取值范围",
    "错误描述",
    "错误码",
    "位置",
];
/// A header has no more titles than this.
const MOST: usize = 8;

/// The columns of a glued header at a line.
pub(crate) fn header(lines: &[Line], at: usize) -> Option<Vec<Option<Column>>> {
    let text = lines.get(at)?.trimmed();
    if text.len() > 90 || text.contains([' ', '|', ':', '。']) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let first = TITLES.iter().any(|title| lower.starts_with(title));
    if !first {
        return None;
    }
    let mut titles = Vec::new();
    let mut found = None;
    segment(&lower, &mut titles, &mut found);
    let columns = found?;
    let enough = columns.len() >= 3 || lines.iter().skip(at + 1).find(|line| !line.is_blank()).is_some_and(begins_row);
    enough.then_some(columns)
}

/// Cuts a text into titles, the longest first.
fn segment<'a>(text: &'a str, titles: &mut Vec<&'a str>, found: &mut Option<Vec<Option<Column>>>) {
    if found.is_some() {
        return;
    }
    if text.is_empty() {
        let owned: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        let columns = (owned.len() >= 2).then(|| table::columns(&owned)).flatten();
        *found = columns.filter(|columns| columns.first() == Some(&Some(Column::Name)) || table::is_error_table(columns));
        return;
    }
    if titles.len() >= MOST {
        return;
    }
    let mut fitting: Vec<&str> = TITLES.iter().copied().filter(|title| text.starts_with(title)).collect();
    fitting.sort_by_key(|title| std::cmp::Reverse(title.len()));
    for title in fitting {
        if let (Some(head), Some(rest)) = (text.get(..title.len()), text.get(title.len()..)) {
            titles.push(head);
            segment(rest, titles, found);
            titles.pop();
        }
    }
}

fn begins_row(line: &Line) -> bool {
    let columns = [Some(Column::Name), Some(Column::Type), Some(Column::Description)];
    split(line.trimmed(), &columns, &|_| false).is_some()
}

/// Reads the table below a glued header: glued rows, or one cell a line; gives the index of the line after it.
pub(crate) fn read(lines: &[Line], start: usize, columns: &[Option<Column>], page: &mut PageBuilder) -> usize {
    let mut end = start + 1;
    while lines.get(end).is_some_and(|line| cells::describes(lines, start, end) || !ends_table(lines, end, line)) {
        end += 1;
    }
    let cells: Vec<Line> = lines.get(start + 1..end).unwrap_or_default().iter().filter(|line| !line.is_blank()).cloned().collect();
    cells::rows(&cells, columns, lines.get(start).map_or(0, |line| line.number), page);
    end
}

fn ends_table(lines: &[Line], at: usize, line: &Line) -> bool {
    if line.is_blank() {
        return false;
    }
    let heading = lexicon::heading(&line.text)
        .is_some_and(|heading| !matches!(heading, lexicon::Heading::Members { .. } | lexicon::Heading::Empty | lexicon::Heading::Notes));
    heading
        || lexicon::label(&line.text).is_some_and(|(label, _)| !matches!(label, lexicon::Label::Method | lexicon::Label::Note))
        || document::begins_code(line)
        || document::begins_xml(line)
        || header(lines, at).is_some()
        || document::captions_table(lines, at)
}

/// A row in one piece; true: there is one way to take it apart.
pub(crate) fn row(line: &Line, columns: &[Option<Column>], page: &PageBuilder) -> Option<(Row, Option<usize>, bool)> {
    let (text, indent) = table::name(&line.text);
    let (mut row, certain) = split(&text, columns, &|name| page.knows(name))?;
    row.line = line.number;
    Some((row, indent, certain))
}

/// Says that a row was taken apart.
pub(crate) fn report(row: &Row, certain: bool, page: &mut PageBuilder) {
    let concern = if certain { Concern::Assumed } else { Concern::Decide };
    let how = if certain { "taken apart at its type" } else { "where its name ends and its type begins is not certain" };
    page.page().remark(concern, row.line, format!("the cells of row `{}` are glued together: {how}", row.name));
}

struct Cut {
    name: usize,
    kind: usize,
    mark: Option<Required>,
    tail: usize,
    score: u32,
}

/// The best way to take a row apart, and whether no other is as good.
fn split(text: &str, columns: &[Option<Column>], known: &dyn Fn(&str) -> bool) -> Option<(Row, bool)> {
    let has_marks = table::has_marks(columns);
    let letters =
        text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'[' | b']' | b'-' | b'$')).count();
    let mut cuts: Vec<Cut> = Vec::new();
    for name in 1..=letters.min(120) {
        let Some((head, rest)) = text.split_at_checked(name) else { continue };
        if !lexicon::is_name(head) {
            continue;
        }
        let (before, mark_before) = if has_marks { mark(rest) } else { (0, None) };
        let Some(kind) = rest.get(before..).and_then(type_length) else { continue };
        let behind = rest.get(before + kind..).unwrap_or("");
        let (after, mark_after) = if has_marks && mark_before.is_none() { mark(behind) } else { (0, None) };
        let tail = behind.get(after..).unwrap_or("");
        let ends_well = tail.is_empty() || !tail.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let last = head.rsplit('.').next().unwrap_or(head);
        let bare = u32::from(!head.ends_with(']'));
        let score = u32::from(known(last)) * 8 + u32::from(ends_well) * 4 + u32::from(mark_before.or(mark_after).is_some()) * 4 + bare;
        cuts.push(Cut { name, kind: before + kind, mark: mark_before.or(mark_after), tail: name + before + kind + after, score });
    }
    // `profile` is no `pro` of type `file`: without anything behind the type, only a known name is one.
    cuts.retain(|cut| cut.tail < text.len() || cut.mark.is_some() || cut.score >= 8);
    let best = cuts.iter().map(|cut| cut.score).max()?;
    let mut best_cuts = cuts.iter().filter(|cut| cut.score == best);
    let cut = best_cuts.next_back()?;
    let certain = best >= 4 && best_cuts.next().is_none();
    let printed = text.get(cut.name..cut.name + cut.kind)?;
    let printed = if cut.mark.is_some() { without_mark(printed) } else { printed };
    let row = Row {
        name: text.get(..cut.name)?.to_owned(),
        printed_type: printed.to_owned(),
        required: cut.mark.unwrap_or_default(),
        description: text.get(cut.tail..)?.trim().trim_end_matches("...").trim().to_owned(),
        doubts: if certain { Vec::new() } else { vec![Doubt::Name, Doubt::Type] },
        ..Row::default()
    };
    Some((row, certain))
}

fn without_mark(text: &str) -> &str {
    let (length, found) = mark(text);
    if found.is_some() { text.get(length..).unwrap_or(text) } else { text }
}

/// The required mark that a text begins with, and its length.
fn mark(text: &str) -> (usize, Option<Required>) {
    ["true", "false", "是", "否", "必填", "选填", "必选", "可选", "必须", "√", "×", "✓"]
        .iter()
        .find(|word| text.starts_with(**word))
        .map_or((0, None), |word| (word.len(), lexicon::required(word)))
}

/// Words of a type that can stand inside a glued row.
const TYPES: [&str; 44] = [
    "string",
    "integer",
    "int64",
    "int32",
    "int",
    "long",
    "boolean",
    "bool",
    "float",
    "double",
    "decimal",
    "number",
    "object",
    "array",
    "arrary",
    "list",
    "map",
    "json",
    "jsonobject",
    "jsonarray",
    "datetime",
    "date",
    "timestamp",
    "text",
    "varchar",
    "char",
    "bigint",
    "tinyint",
    "class",
    "enum",
    "file",
    "字符串",
    "数组",
    "对象",
    "整数",
    "整型",
    "布尔",
    "浮点数",
    "数字",
    "json对象",
    "json字符串",
    "[]int",
    "[]string",
    "[]object",
];

/// The length of the type that a text begins with: the longest word, with what belongs to it in brackets.
fn type_length(text: &str) -> Option<usize> {
    let length = TYPES
        .iter()
        .filter(|word| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))
        .map(|word| word.len())
        .max()?;
    let rest = text.get(length..)?;
    let bracket = ["[]", "[", "<", "("].iter().find(|open| rest.starts_with(**open)).and_then(|open| {
        let close = match *open {
            "[]" => return Some(2),
            "[" => ']',
            "<" => '>',
            _ => ')',
        };
        let end = rest.find(close)? + 1;
        types::read(text.get(..length + end)?).map(|_| end)
    });
    let length = length + bracket.unwrap_or(0);
    let rest = text.get(length..)?;
    let second = [" / ", "/", "|", " or "].iter().find_map(|sign| {
        let behind = rest.strip_prefix(sign)?;
        let word = TYPES
            .iter()
            .filter(|word| behind.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))
            .map(|word| word.len())
            .max()?;
        Some(sign.len() + word)
    });
    Some(length + second.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Option<Column>; 4] = [Some(Column::Name), Some(Column::Required), Some(Column::Type), Some(Column::Description)];

    fn apart(text: &str, known: &[&str]) -> String {
        let (row, certain) = split(text, &COLUMNS, &|name| known.contains(&name)).unwrap();
        format!("{}|{:?}|{}|{}{}", row.name, row.required, row.printed_type, row.description, if certain { "" } else { "|?" })
    }

    #[test]
    fn a_row_in_one_piece_is_taken_apart() {
        for (text, expected) in [
            ("access_tokenstring专属token", "access_token|Unknown|string|专属token"),
            ("page是int页码", "page|Yes|int|页码"),
            ("pointint积分", "point|Unknown|int|积分"),
            ("hintstring提示", "hint|Unknown|string|提示"),
            ("listarray列表", "list|Unknown|array|列表"),
            ("idsstring[]编号", "ids|Unknown|string[]|编号"),
            ("coupon_idstring / array优惠券", "coupon_id|Unknown|string / array|优惠券"),
            ("openidfalsestring微信", "openid|No|string|微信"),
            ("updatedatetime更新", "update|Unknown|datetime|更新"),
            ("data.list.user_idString编号", "data.list.user_id|Unknown|String|编号"),
            ("received_ruleInt每人限领1", "received_rule|Unknown|Int|每人限领1"),
            ("ids[]int编号", "ids|Unknown|[]int|编号"),
        ] {
            assert_eq!(apart(text, &[]), expected);
        }
    }

    #[test]
    fn the_keys_of_an_example_decide_and_doubt_is_told() {
        assert_eq!(apart("user_idstringopenid of it", &["user_id"]), "user_id|Unknown|string|openid of it");
        assert!(apart("aintintb", &[]).ends_with("|?"));
    }

    #[test]
    fn a_glued_header_is_known() {
        let line = |text: &str| [Line { number: 1, text: text.to_owned() }, Line { number: 2, text: "aint甲".to_owned() }];
        for text in [
            "参数名必选类型说明",
            "参数名必选类型说明备注(示例)",
            "ParameterTypeRequiredDescription",
            "FieldTypeDescriptionSince",
            "参数类型说明",
            "字段类型",
        ] {
            assert!(header(&line(text), 0).is_some(), "{text}");
        }
        for text in ["请求参数", "手机号", "说明", "typeint类型"] {
            assert!(header(&line(text), 0).is_none(), "{text}");
        }
    }
}
