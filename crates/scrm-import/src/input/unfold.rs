//! Pages, or parts of pages, that stand on one line: every row, heading, label and block of code gets a line of its own again.
//! One pass over the text for each step, so that a page of megabytes on one line costs no more than the same page on many.

use crate::lexicon;
use crate::lines::Line;
use crate::table;

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

enum Part<'a> {
    Row(String),
    Text(&'a str),
}

/// A cell between two bars, as bytes of the text.
#[derive(Clone, Copy)]
struct Cell<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

fn cells(text: &str) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut start = 0;
    for (place, _) in text.match_indices('|') {
        if text.as_bytes().get(place.wrapping_sub(1)) == Some(&b'\\') {
            continue;
        }
        cells.push(Cell { start, end: place, text: text.get(start..place).unwrap_or("") });
        start = place + 1;
    }
    cells.push(Cell { start, end: text.len(), text: text.get(start..).unwrap_or("") });
    cells
}

fn is_dashes(cell: &Cell<'_>) -> bool {
    let text = cell.text.trim();
    text.contains('-') && text.chars().all(|c| matches!(c, '-' | ':'))
}

/// Runs of cells that rule a header off, by first cell and the one after the last.
fn rules<'a>(cells: &'a [Cell<'a>]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < cells.len() {
            let run = cells.iter().skip(at).take_while(|cell| is_dashes(cell)).count();
            if run > 0 {
                let found = (at, at + run);
                at += run;
                return Some(found);
            }
            at += 1;
        }
        None
    })
}

/// The tables of a line, row by row, and the text between them.
fn tables(text: &str) -> Vec<Part<'_>> {
    let cells = cells(text);
    let mut parts = Vec::new();
    let mut done = 0;
    let all: Vec<(usize, usize)> = rules(&cells).collect();
    for (number, (from, to)) in all.iter().copied().enumerate() {
        let Some((header_at, header)) = header(&cells, from, to - from, done) else { continue };
        let limit = all.get(number + 1).map_or(cells.len(), |(next, _)| *next);
        parts.push(Part::Text(text.get(done..header_at).unwrap_or("")));
        let width = to - from;
        parts.push(Part::Row(row(&header)));
        parts.push(Part::Row(format!("|{}", "---|".repeat(width))));
        let (rows, end, rest) = rows(&cells, to, width, limit);
        parts.extend(rows.into_iter().map(Part::Row));
        done = end;
        if let Some(rest) = rest {
            parts.push(Part::Text(rest));
        }
    }
    parts.push(Part::Text(text.get(done..).unwrap_or("")));
    parts
}

fn row(cells: &[&str]) -> String {
    format!("| {} |", cells.iter().map(|cell| cell.strip_prefix(' ').unwrap_or(cell).trim_end()).collect::<Vec<_>>().join(" | "))
}

/// The header above a rule: where it begins, and its titles.
fn header<'a>(cells: &[Cell<'a>], rule: usize, width: usize, done: usize) -> Option<(usize, Vec<&'a str>)> {
    let mut last = rule.checked_sub(1)?;
    if cells.get(last)?.text.trim().is_empty() {
        last = last.checked_sub(1)?;
    }
    let first = (last + 1).checked_sub(width)?;
    let mut titles: Vec<&str> = cells.get(first..=last)?.iter().map(|cell| cell.text).collect();
    let cell = cells.get(first)?;
    let mut start = cell.start;
    let begin = cell.text.trim_end().rfind(char::is_whitespace).map_or(0, |place| place + 1);
    let last_word = cell.text.get(begin..).unwrap_or("");
    let known = lexicon::column(cell.text.trim()).is_some();
    if (!known || first == 0) && lexicon::column(last_word.trim()).is_some() {
        // Without a bar in front, text stands before the first title.
        start = cell.start + begin;
        *titles.first_mut()? = last_word;
    } else if first > 0 && !cell.text.trim().is_empty() && (known || cell.text.trim().chars().count() <= 24) {
        start = start.saturating_sub(1);
    } else {
        return None;
    }
    if start < done || (width == 1 && !titles.first()?.contains("权限")) {
        return None;
    }
    Some((start, titles))
}

/// The rows below a rule, where the text goes on, and what stands after the last row inside its last cell.
fn rows<'a>(cells: &[Cell<'a>], from: usize, width: usize, limit: usize) -> (Vec<String>, usize, Option<&'a str>) {
    let mut rows = Vec::new();
    let mut at = from;
    let mut end = cells.get(from.saturating_sub(1)).map_or(0, |cell| cell.end + 1);
    let mut rest = None;
    loop {
        let seam = cells.get(at).is_some_and(|cell| cell.text.trim().is_empty()) && at + 1 < cells.len();
        let first = at + usize::from(seam);
        let Some(begin) =
            cells.get(first).filter(|cell| begins_row(cell.text) || (width == 1 && rows.is_empty() && !cell.text.trim().is_empty()))
        else {
            break;
        };
        // The title of the next table ends this one.
        if first >= limit || (lexicon::column(begin.text.trim()).is_some() && first + width >= limit) {
            break;
        }
        let whole = first + width <= cells.len();
        let mut texts: Vec<&str> =
            cells.get(first..(first + width).min(cells.len())).unwrap_or_default().iter().map(|cell| cell.text).collect();
        let is_last_of_line = first + width >= cells.len();
        if let Some(last) = texts.last_mut()
            && let Some(cut) = headings(last).into_iter().find(|cut| *cut > 0)
        {
            rest = last.get(cut..);
            *last = last.get(..cut).unwrap_or(last);
        }
        // Without a bar behind it the text ends inside the row.
        let open = is_last_of_line && rest.is_none();
        let text = row(&texts);
        rows.push(if open { text.trim_end_matches(['|', ' ']).to_owned() } else { text });
        at = (first + width).min(cells.len());
        end = cells.get(at.saturating_sub(1)).map_or(end, |cell| cell.end + 1);
        if rest.is_some() || !whole || is_last_of_line {
            break;
        }
    }
    (rows, end, rest)
}

fn begins_row(cell: &str) -> bool {
    // Bold text and headings stand behind a table, not in it.
    if cell.trim().starts_with(['#', '*']) {
        return false;
    }
    let (name, _) = table::name(cell);
    let name = name.trim_matches('~');
    lexicon::is_name(name) || table::is_code(name)
}

/// Blocks of code, blocks of the try-it panel, and lines of text.
fn blocks(text: &str, out: &mut Vec<String>) {
    let mut rest = text;
    while let Some(place) = next_block(rest) {
        let (before, block) = rest.split_at(place);
        prose(before, out);
        let length = if block.starts_with("```") || block.starts_with("~~~") {
            fence(block, out)
        } else if block.starts_with("{%") {
            let end = block.find("%}").map_or(block.len(), |end| end + 2);
            out.push(collapsed(block.get(..end).unwrap_or(block)));
            end
        } else {
            let end = code_end(block).unwrap_or_else(|| until_heading(block));
            out.push("```".to_owned());
            out.extend(with_comment_ends(block.get(..end).unwrap_or(block)).split('\n').map(str::to_owned));
            out.push("```".to_owned());
            end
        };
        rest = block.get(length.max(1)..).unwrap_or("");
    }
    prose(rest, out);
}

/// `{%     api` is written with one blank, as the reader of such blocks expects.
fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("{%api", "{% api").replace("{%endapi", "{% endapi")
}

fn next_block(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(place) = bytes.get(at..)?.iter().position(|byte| matches!(byte, b'`' | b'~' | b'{' | b'[')) {
        let found = at + place;
        let tail = text.get(found..)?;
        if tail.starts_with("```") || tail.starts_with("~~~") || tail.starts_with("{%") || begins_json(tail) {
            return Some(found);
        }
        at = found + 1;
    }
    None
}

fn begins_json(text: &str) -> bool {
    if !text.starts_with(['{', '[']) {
        return false;
    }
    let inside = text.get(1..).unwrap_or("").trim_start();
    if text.starts_with('{') {
        inside.starts_with(['"', '\'', '}', '“'])
    } else {
        inside.starts_with(['{']) || (inside.starts_with('"') && text.contains("\":"))
    }
}

/// A fenced block: its lines, and its length.
fn fence(block: &str, out: &mut Vec<String>) -> usize {
    let mark = block.get(..3).unwrap_or("```");
    let body = block.get(3..).unwrap_or("");
    let (code, length) = match body.find(mark) {
        Some(end) => (body.get(..end).unwrap_or(body), end + 6),
        None => (body, block.len()),
    };
    let language = code.bytes().take_while(u8::is_ascii_alphabetic).count();
    let language = if code.get(language..).is_some_and(|rest| rest.starts_with([' ', '{', '[', '\n'])) { language } else { 0 };
    let code = code.get(language..).unwrap_or(code).trim();
    // One fence may hold several values, or text behind the value.
    let mut rest = code;
    while begins_json(rest)
        && let Some(end) = code_end(rest)
    {
        out.push("```".to_owned());
        out.extend(with_comment_ends(rest.get(..end).unwrap_or(rest)).split('\n').map(str::to_owned));
        out.push("```".to_owned());
        rest = rest.get(end..).unwrap_or("").trim_start();
        if rest.starts_with("//") || rest.is_empty() {
            return length;
        }
    }
    if !rest.is_empty() {
        out.push("```".to_owned());
        out.extend(with_comment_ends(rest).split('\n').map(str::to_owned));
        out.push("```".to_owned());
    }
    length
}

/// Where the brackets of a block of code close, outside strings.
pub(crate) fn code_end(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0i64, false, false);
    for (place, letter) in text.char_indices() {
        if quoted {
            quoted = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        match letter {
            '"' => quoted = true,
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth -= 1;
                if depth <= 0 {
                    return Some(place + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The length of a block that is never closed: it ends where a heading begins.
fn until_heading(text: &str) -> usize {
    headings(text).into_iter().find(|cut| *cut > 0).unwrap_or(text.len())
}

/// On one line nothing ends a comment: the next key or bracket does.
fn with_comment_ends(code: &str) -> String {
    if code.contains('\n') || !code.contains("//") && !code.contains('#') {
        return code.to_owned();
    }
    let mut out = String::with_capacity(code.len() + 64);
    let (mut quoted, mut comment, mut before) = (false, false, ' ');
    for (place, letter) in code.char_indices() {
        if comment {
            let key = letter == '"' && is_key(code.get(place + 1..).unwrap_or(""));
            let closes = matches!(letter, '}' | ']')
                && code.get(place + 1..).is_some_and(|rest| rest.trim_start().starts_with([',', '}', ']', '/']) || rest.trim().is_empty());
            if key || closes || (letter == '{' && before == ' ') {
                out.push('\n');
                comment = false;
                quoted = key;
            }
        } else if quoted {
            quoted = letter != '"' || before == '\\';
        } else if letter == '"' {
            quoted = true;
        } else if (letter == '/' && code.get(place..).is_some_and(|rest| rest.starts_with("//"))) || letter == '#' {
            comment = true;
        }
        out.push(letter);
        before = letter;
    }
    out
}

/// Whether a key of an object goes on here, behind its opening quote.
fn is_key(rest: &str) -> bool {
    let name = rest.bytes().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
    name > 0 && rest.get(name..).and_then(|rest| rest.strip_prefix('"')).is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// Text that is neither table nor code: headings, labels, rows without bars.
fn prose(text: &str, out: &mut Vec<String>) {
    let mut cuts = headings(text);
    cuts.push(text.len());
    let mut start = 0;
    for cut in cuts {
        let piece = text.get(start..cut).unwrap_or("").trim();
        start = cut;
        if piece.is_empty() {
            continue;
        }
        match after_bold(piece) {
            Some((heading, rest)) => {
                out.push(heading.to_owned());
                flat(rest.trim(), out);
            }
            None => match after_section(piece) {
                Some((heading, rest)) => {
                    out.push(heading.to_owned());
                    flat(rest, out);
                }
                None => flat(piece, out),
            },
        }
    }
}

/// `**请求参数** …`: the heading, and what follows it.
fn after_bold(piece: &str) -> Option<(&str, &str)> {
    let inside = piece.strip_prefix("**")?;
    let end = inside.find("**")? + 4;
    let (heading, rest) = piece.split_at_checked(end)?;
    (lexicon::label(piece).is_none() || lexicon::heading(heading).is_some()).then_some((heading, rest))
}

/// `请求参数 参数名 …`: the heading, and what follows it.
fn after_section(piece: &str) -> Option<(&str, &str)> {
    let bare = piece.trim_start_matches(['#', ' ']);
    let word = lexicon::section_words().filter(|word| bare.starts_with(word)).max_by_key(|word| word.len())?;
    let rest = bare.get(word.len()..)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    (rest.starts_with(' ') && !rest.trim().is_empty()).then_some((word, rest.trim()))
}

/// Rows whose cells are separated by blanks, all on one line.
fn flat(text: &str, out: &mut Vec<String>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_type = |place: usize| words.get(place).is_some_and(|word| crate::types::read(word).is_some());
    let is_mark = |place: usize| words.get(place).is_some_and(|word| lexicon::required(word).is_some());
    let begins = |place: usize| {
        words.get(place).is_some_and(|word| lexicon::is_name(word)) && (is_type(place + 1) || (is_mark(place + 1) && is_type(place + 2)))
    };
    // A field may be called like a title.
    let titles = words.iter().take_while(|word| lexicon::column(word).is_some()).count();
    let titles = (2..=titles).rev().find(|count| begins(*count)).unwrap_or(0);
    let header: Vec<String> = words.iter().take(titles).map(|word| (*word).to_owned()).collect();
    if titles < 2 || words.len() <= titles || table::columns(&header).is_none() {
        if !text.is_empty() {
            out.push(text.to_owned());
        }
        return;
    }
    out.push(header.join(" "));
    let mut row: Vec<&str> = Vec::new();
    for (place, word) in words.iter().enumerate().skip(titles) {
        if begins(place) && !row.is_empty() {
            out.push(row.join(" "));
            row.clear();
        }
        row.push(word);
    }
    out.push(row.join(" "));
}

/// Where headings and labels begin in a text: at marks of Markdown, at bold text, and at the known words of sections.
fn headings(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let blank_before = |place: usize| {
        place == 0
            || text
                .get(..place)
                .is_some_and(|before| before.ends_with(|c: char| c.is_whitespace() || matches!(c, '}' | ']' | '>' | '。' | ';')))
    };
    let mut cuts = Vec::new();
    for (place, _) in text.match_indices('#') {
        let first = place == 0 || bytes.get(place - 1) != Some(&b'#');
        let rest = text.get(place..).unwrap_or("").trim_start_matches('#');
        let level = text.len() - place - rest.len();
        let spaced = rest.starts_with(' ') || level >= 2;
        if first && level <= 6 && blank_before(place) && spaced && !rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '"')
        {
            cuts.push(place);
        }
    }
    let mut open = false;
    for (place, _) in text.match_indices("**") {
        if bytes.get(place + 2) == Some(&b'*') || (place > 0 && bytes.get(place - 1) == Some(&b'*')) {
            continue;
        }
        open = !open;
        if open {
            cuts.push(place);
        }
    }
    for word in lexicon::section_words() {
        for (place, _) in text.match_indices(word) {
            let after = text.get(place + word.len()..).unwrap_or("");
            let ends = after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || matches!(c, ':' | '{' | '|' | '[' | '`'));
            // A column of the same name stands among others.
            let before_ok = blank_before(place) && !text.get(..place).is_some_and(|before| before.trim_end().ends_with('|'));
            if before_ok && ends {
                cuts.push(place);
            }
        }
    }
    for word in lexicon::label_words() {
        for (place, _) in text.match_indices(word) {
            let after = text.get(place + word.len()..).unwrap_or("");
            if blank_before(place) && after.starts_with(':') {
                let bullet = text.get(..place).map_or(0, |before| before.len() - before.trim_end_matches(['-', '•', ' ']).len());
                cuts.push(if bullet > 1 { place - bullet + 1 } else { place });
            }
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts
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
