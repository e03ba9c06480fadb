//! Pages, or parts of pages, that stand on one line: every row, heading, label and block of code gets a line of its own again.
//! One pass over the text for each step, so that a page of megabytes on one line costs no more than the same page on many.

mod code;
mod prose;
mod tables;

use crate::lines::Line;
use crate::{lexicon, table};

use code::blocks;
pub(crate) use code::code_end;
use prose::headings;
use tables::{Part, cells, rules, tables};

/// A shorter line holds no page.
const SHORTEST: usize = 120;

/// Unfolds the lines that hold more than one line should; all others stay as they are.
pub(crate) fn unfold(lines: Vec<Line>) -> Vec<Line> {
    let mut fenced = false;
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        let fences = line.text.matches("```").count();
        let inside = fenced;
        fenced ^= fences % 2 == 1 && line.trimmed().starts_with("```");
        if (inside && fences < 2) || !is_folded(&line.text) {
            split_glued(line, &mut out);
            continue;
        }
        fenced = inside;
        let mut parts = Vec::new();
        for part in tables(&line.text) {
            match part {
                Part::Row(row) => parts.push(row),
                Part::Text(text) => blocks(text, &mut parts),
            }
        }
        out.extend(parts.into_iter().filter(|part| !part.trim().is_empty()).map(|text| Line { number: line.number, text }));
    }
    out
}

/// `}返回参数`, "```返回参数": a heading glued to the end of a block of code gets a line of its own.
fn split_glued(line: Line, out: &mut Vec<Line>) {
    if let Some((heading, rest)) = heading_before_content(&line.text) {
        let (heading, rest) = (heading.to_owned(), rest.to_owned());
        out.push(Line { number: line.number, text: heading });
        return out.push(Line { number: line.number, text: rest });
    }
    let cut = line.text.rfind(['}', ']', '`', '>']).map(|place| place + 1).filter(|cut| *cut < line.text.len());
    let Some((before, after)) = cut.and_then(|cut| line.text.split_at_checked(cut)) else { return out.push(line) };
    let closes = before.trim_start().starts_with(['}', ']', '`', '<']) || before.trim().ends_with(['}', ']']) || before.ends_with("```");
    let known = after.trim().len() <= 60
        && !after.trim_start().starts_with([',', ':', ';'])
        && lexicon::heading(after).is_some_and(|heading| !matches!(heading, lexicon::Heading::Empty))
        && !before.contains('|');
    // `data[]字段` is one heading.
    if !(closes && known) {
        return out.push(line);
    }
    let (before, after) = (before.to_owned(), after.trim().to_owned());
    out.push(Line { number: line.number, text: before });
    out.push(Line { number: line.number, text: after });
}

/// `请求参数:参数名 类型 说明`, `返回示例:{"code":0}`: the heading, and the header or the code that stands behind it.
fn heading_before_content(text: &str) -> Option<(&str, &str)> {
    let start = text.trim_start();
    let word = lexicon::section_words().filter(|word| start.starts_with(word)).max_by_key(|word| word.len())?;
    let rest = start.get(word.len()..)?.trim_start_matches([':', ' ']);
    let titles: Vec<String> = rest.split([' ', '|']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let is_header = titles.len() >= 3 && titles.iter().all(|title| lexicon::column(title).is_some()) && table::columns(&titles).is_some();
    let is_code = rest.starts_with("{\"") || rest.starts_with("[{") || rest == "{" || rest.starts_with("{ \"");
    (is_header || is_code).then_some((word, rest))
}

/// Whether a line holds what should stand on several.
fn is_folded(text: &str) -> bool {
    if text.len() < SHORTEST && !text.contains("|---") && !text.contains("|:--") && !text.contains("| --") && !text.contains("| :-") {
        return false;
    }
    let start = text.trim_start();
    if start.starts_with("curl ") {
        return false;
    }
    if rules(&cells(text)).next().is_some_and(|(from, _)| from > 1) {
        return true;
    }
    if text.len() < SHORTEST {
        return false;
    }
    if start.starts_with(['{', '[']) && !start.starts_with("{%") {
        let rest = code_end(start).and_then(|end| start.get(end..)).unwrap_or("");
        return rest.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | ';' | '}' | ']')).count() > 1;
    }
    if start.starts_with('|') {
        return false;
    }
    let sections = headings(text).len();
    sections >= 2 || (sections >= 1 && text.contains(['{', '`']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfolded(text: &str) -> Vec<String> {
        unfold(vec![Line { number: 7, text: text.to_owned() }]).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_page_on_one_line_gets_its_lines_back() {
        let page = "# 取名单 |拥有此API的权限集| |:----- | |会员-查询| **请求方式及url** - 请求方式:`POST` - 接口地址:`https://a.example/b/1.0` {%     api      method=\"POST\", data={ \"a\": 1 }, url=\"x\" %}  {% endapi %} **请求参数** |参数名|必选|类型|说明|备注(示例)| |:----|:---|:----- |:----- |----| |token |是 |string |令牌 |`...`| |page | 是 |int | 页 |`1`| **请求示例** ``` { \"page\" : 1 } ``` **返回参数** |参数名|类型|说明| |---|---|---| |code |int |码| 数据列表`data` |参数名|类型|说明| |---|---|---| |id|string|号|";
        assert_eq!(
            unfolded(page),
            [
                "# 取名单",
                "| 拥有此API的权限集 |",
                "|---|",
                "| 会员-查询 |",
                "**请求方式及url**",
                "- 请求方式:`POST`",
                "- 接口地址:`https://a.example/b/1.0`",
                "{% api method=\"POST\", data={ \"a\": 1 }, url=\"x\" %}",
                "{% endapi %}",
                "**请求参数**",
                "| 参数名 | 必选 | 类型 | 说明 | 备注(示例) |",
                "|---|---|---|---|---|",
                "| token | 是 | string | 令牌 | `...` |",
                "| page | 是 | int | 页 | `1` |",
                "**请求示例**",
                "```",
                "{ \"page\" : 1 }",
                "```",
                "**返回参数**",
                "| 参数名 | 类型 | 说明 |",
                "|---|---|---|",
                "| code | int | 码 |",
                "数据列表`data`",
                "| 参数名 | 类型 | 说明 |",
                "|---|---|---|",
                "| id | string | 号 |",
            ]
        );
    }

    #[test]
    fn a_table_whose_rows_have_no_outer_bars_is_unfolded_too() {
        let text = "Body-parameters: Parameter | Type | Required | Description | ---|---|---|---| a | string | true | first | b | int | false | second | Response-fields: Field | Type | Description | ---|---|---| c | int | third |";
        assert_eq!(
            unfolded(text),
            [
                "Body-parameters:",
                "| Parameter | Type | Required | Description |",
                "|---|---|---|---|",
                "| a | string | true | first |",
                "| b | int | false | second |",
                "Response-fields:",
                "| Field | Type | Description |",
                "|---|---|---|",
                "| c | int | third |",
            ]
        );
    }

    #[test]
    fn rows_separated_by_blanks_and_comments_on_one_line_are_taken_apart() {
        let text = "取名单 请求参数 参数名 必选 类型 说明 page 是 int 页码 从1开始 size 否 int 条数 请求示例 { \"page\": 1, // 页码 \"size\": 2 // 条数 } 返回参数 参数名 类型 说明 code int 码";
        assert_eq!(
            unfolded(text),
            [
                "取名单",
                "请求参数",
                "参数名 必选 类型 说明",
                "page 是 int 页码 从1开始",
                "size 否 int 条数",
                "请求示例",
                "```",
                "{ \"page\": 1, // 页码 ",
                "\"size\": 2 // 条数 ",
                "}",
                "```",
                "返回参数",
                "参数名 类型 说明",
                "code int 码",
            ]
        );
    }

    #[test]
    fn a_heading_glued_to_a_block_of_code_stands_alone() {
        assert_eq!(unfolded("}返回参数"), ["}", "返回参数"]);
        assert_eq!(unfolded("```返回参数"), ["```", "返回参数"]);
        assert_eq!(unfolded("data[]字段"), ["data[]字段"]);
        assert_eq!(unfolded("\"a\": [] // 返回参数"), ["\"a\": [] // 返回参数"]);
    }
}
