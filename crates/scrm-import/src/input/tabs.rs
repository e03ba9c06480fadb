//! Tables as browsers put them on the clipboard: one line a row, tabs between the cells.

use crate::lines::Line;
use crate::{lexicon, table};

/// A cell may be broken over so many lines.
const REACH: usize = 12;

/// Gives every line of a table with tabs bars instead; the other lines stay as they are. Works on text before blanks are made alike.
pub(crate) fn with_bars(lines: Vec<Line>) -> Vec<Line> {
    if !lines.iter().any(|line| line.text.contains('\t')) {
        return lines;
    }
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let Some(width) = header(&line.text) else {
            out.push(line.clone());
            at += 1;
            continue;
        };
        out.push(bars(line.number, &line.text));
        at += 1;
        while let Some((text, next)) = row(&lines, at, width) {
            out.push(bars(lines.get(at).map_or(0, |line| line.number), &text));
            at = next;
        }
    }
    out
}

/// The number of columns, if the line is the header of a table.
fn header(text: &str) -> Option<usize> {
    let cells: Vec<String> = text.trim_matches([' ', '\n']).split('\t').map(|cell| cell.trim().to_owned()).collect();
    let known = cells.iter().filter(|cell| lexicon::column(cell).is_some()).count();
    (cells.len() >= 2 && known * 2 >= cells.len() && table::columns(&cells).is_some()).then_some(cells.len())
}

/// A row, with the lines that a cell with line breaks spreads over.
fn row(lines: &[Line], at: usize, width: usize) -> Option<(String, usize)> {
    let first = lines.get(at)?;
    let mut tabs = first.text.matches('\t').count();
    if tabs == 0 || tabs > width || header(&first.text).is_some() {
        return None;
    }
    let mut text = first.text.clone();
    let mut next = at + 1;
    while tabs + 1 < width && next < at + REACH {
        let Some(line) = lines.get(next).filter(|line| !line.text.trim().is_empty() && lexicon::heading(&line.text).is_none()) else {
            break;
        };
        let more = line.text.matches('\t').count();
        let own_row = more > 0 && line.text.split('\t').next().is_some_and(|name| lexicon::is_name(name.trim())) && more + 1 == width;
        if tabs + more >= width || own_row {
            break;
        }
        tabs += more;
        text.push(' ');
        text.push_str(line.text.trim_start());
        next += 1;
    }
    // What follows without a tab goes on with the last cell, when another row comes after it.
    let goes_on = |line: &&Line| !line.text.contains('\t') && !line.text.trim().is_empty() && lexicon::heading(&line.text).is_none();
    let more = lines.iter().skip(next).take(REACH).take_while(goes_on).count();
    let then_row = lines.get(next + more).is_some_and(|line| line.text.matches('\t').count() + 1 == width && header(&line.text).is_none());
    // Below the last row only a list of values is known to belong to it.
    let goes_on = if then_row { more } else { lines.iter().skip(next).take(more).take_while(|line| is_value_line(&line.text)).count() };
    for line in lines.iter().skip(next).take(goes_on) {
        text.push(' ');
        text.push_str(line.text.trim());
    }
    next += goes_on;
    Some((text, next))
}

/// `1 鱼塘`, `2-虾塘`: a value with its label, alone on a line.
fn is_value_line(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let label = text.get(digits..).unwrap_or("").trim_start_matches([' ', '-', ':', '=', '、', '.', ',']);
    (1..=4).contains(&digits) && label.starts_with(|c: char| !c.is_ascii()) && label.chars().count() <= 20
}

fn bars(number: usize, text: &str) -> Line {
    let cells: Vec<String> = text.split('\t').map(|cell| cell.trim_matches(['\n']).replace('|', "\\|")).collect();
    Line { number, text: format!("| {} |", cells.join(" | ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> Vec<String> {
        let lines = text.split('\n').zip(1..).map(|(text, number)| Line { number, text: text.to_owned() }).collect();
        with_bars(lines).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_table_of_the_clipboard_gets_bars() {
        assert_eq!(
            converted("x\n参数名\t必选\t类型\t说明\npage\t是\tint\t页码\nids\t\tarray\t号\n请求示例\n{\n\t\"a\": 1\n}"),
            [
                "x",
                "| 参数名 | 必选 | 类型 | 说明 |",
                "| page | 是 | int | 页码 |",
                "| ids |  | array | 号 |",
                "请求示例",
                "{",
                "\t\"a\": 1",
                "}"
            ]
        );
    }

    #[test]
    fn a_cell_with_line_breaks_is_one_cell() {
        assert_eq!(
            converted("参数名\t类型\t说明\nkind\tint\t种类\n0-全部\n1-部分\nnext\tint\t后"),
            ["| 参数名 | 类型 | 说明 |", "| kind | int | 种类 0-全部 1-部分 |", "| next | int | 后 |"]
        );
    }
}
