//! Reads a page that is made of headings, labels, tables and blocks of code, whatever tool wrote it and whatever a copy left of its tables.

use crate::layout::{cells, flat, glued, items};
use crate::lines::Line;
use crate::page_builder::PageBuilder;
use crate::pipes;
use crate::table;
use crate::{code_lists, lexicon};

/// Feeds the lines to the builder.
pub(crate) fn read(lines: &[Line], into: &mut PageBuilder) {
    let mut at = 0;
    while at < lines.len() {
        at = step(lines, at, into);
    }
}

/// Feeds what begins at a line, and gives the index of the line after it.
pub(crate) fn step(lines: &[Line], at: usize, into: &mut PageBuilder) -> usize {
    let Some(line) = lines.get(at) else { return at + 1 };
    if is_fence(line) {
        return fenced(lines, at, into);
    }
    if let Some(header) = cells::header(lines, at) {
        return cells::read(lines, at, &header, into);
    }
    if pipes::is_table_line(&line.text) {
        return table(lines, at, into);
    }
    if let Some(columns) = flat::header(line) {
        return flat::read(lines, at, &columns, into);
    }
    if let Some(columns) = glued::header(lines, at) {
        return glued::read(lines, at, &columns, into);
    }
    if into.has_side() && items::begin(lines, at) {
        return items::read(lines, at, into);
    }
    if begins_xml(line) {
        let (text, next) = xml_block(lines, at);
        into.code(line.number, &text);
        return next;
    }
    if begins_code(line) {
        let (text, next) = code_block(lines, at);
        into.code(line.number, &text);
        return next;
    }
    if line.is_blank() {
        return at + 1;
    }
    if let Some(path) = method_alone(lines, at) {
        into.labels(&Line { number: line.number, text: format!("Method: {}", line.trimmed()) });
        if let Some(address) = lines.get(path) {
            into.url(address.number, address.trimmed());
        }
        return path + 1;
    }
    if let Some((values, next)) = value_list(lines, at).filter(|_| into.has_side()) {
        into.values(line, values);
        return next;
    }
    if captions_table(lines, at) {
        into.caption(line);
    } else if !into.heading(line) && !into.labels(line) {
        into.text(line);
    }
    at + 1
}

/// A method alone on a line and its address on the next: the index of that one.
fn method_alone(lines: &[Line], at: usize) -> Option<usize> {
    let text = lines.get(at)?.trimmed();
    let is_method = text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_uppercase()) && lexicon::method(text).is_some();
    let next = lines.iter().skip(at + 1).position(|line| !line.is_blank()).map(|gap| at + 1 + gap)?;
    let address = lines.get(next)?.trimmed();
    (is_method && (address.starts_with("http") || address.starts_with('/'))).then_some(next)
}

/// `kind 取值:` and a list of values below it, one a line: the values, and the index of the line after them.
fn value_list(lines: &[Line], at: usize) -> Option<(Vec<(String, String)>, usize)> {
    let caption = lines.get(at)?.trimmed();
    let announces = caption.ends_with(':') || ["取值", "枚举", "可选值", "含义"].iter().any(|word| caption.contains(word));
    if !announces || caption.chars().count() > CAPTION || lexicon::heading(caption).is_some() || lexicon::label(caption).is_some() {
        return None;
    }
    let mut values = Vec::new();
    let mut next = at + 1;
    while let Some(line) = lines.get(next) {
        match code_lists::value_line(&line.text) {
            Some(value) => values.push(value),
            None if line.is_blank() && values.is_empty() => {}
            None => break,
        }
        next += 1;
    }
    (values.len() >= 2).then_some((values, next))
}

fn is_fence(line: &Line) -> bool {
    line.trimmed().starts_with("```") || line.trimmed().starts_with("~~~")
}

/// Whether a table of fields begins at a line.
fn begins_table(lines: &[Line], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    if pipes::is_table_line(&line.text) {
        let cells: Vec<String> = pipes::cells(&line.text).iter().map(|cell| cell.trim().to_owned()).collect();
        if table::columns(&cells).is_some_and(|columns| !table::is_error_table(&columns)) {
            return true;
        }
    }
    flat::header(line).is_some_and(|columns| !table::is_error_table(&columns))
        || glued::header(lines, at).is_some_and(|columns| !table::is_error_table(&columns))
        || cells::header(lines, at).is_some_and(|header| !table::is_error_table(&header.columns))
}

/// The longest caption, in letters.
const CAPTION: usize = 40;

/// Whether a line is the caption of the table that follows it, and nothing that is known by itself: `数据列表data`, `结果集 list`.
pub(crate) fn captions_table(lines: &[Line], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let text = line.trimmed();
    let text = text.strip_suffix(" |").unwrap_or(text);
    if text.is_empty()
        || text.chars().count() > CAPTION
        || text.contains(['|', '。', ';', '\t'])
        || text.starts_with(['{', '}', '[', '<', '"'])
        || text.starts_with("```")
    {
        return false;
    }
    if lexicon::label(text).is_some_and(|(_, value)| !value.is_empty()) || lexicon::is_residue(text) || lexicon::column(text).is_some() {
        return false;
    }
    let known = lexicon::heading(text).is_some_and(|heading| !matches!(heading, lexicon::Heading::Members { .. }));
    let next =
        lines.iter().skip(at + 1).take(3).position(|line| !line.is_blank() && !lexicon::is_residue(&line.text)).map(|gap| at + 1 + gap);
    !known && next.is_some_and(|next| begins_table(lines, next))
}

fn table(lines: &[Line], at: usize, into: &mut PageBuilder) -> usize {
    match pipes::gather(lines, at) {
        Some((grid, next)) => {
            into.grid(&grid);
            next
        }
        None => at + 1,
    }
}

/// A block between fences; without a closing fence it ends with the page, or where a heading is glued to it.
fn fenced(lines: &[Line], at: usize, into: &mut PageBuilder) -> usize {
    let end = lines.iter().skip(at + 1).position(is_fence).map_or(lines.len(), |length| at + 1 + length);
    let block = lines.get(at + 1..end).unwrap_or_default();
    if end == lines.len() && !block.is_empty() {
        into.open_fence();
    }
    if let Some(first) = block.iter().find(|line| !line.is_blank()) {
        let skipped = block.iter().take_while(|line| line.is_blank()).count();
        into.code(first.number, &join(block.get(skipped..).unwrap_or_default()));
    }
    end + 1
}

/// Whether a bare example or a curl call begins here.
pub(crate) fn begins_code(line: &Line) -> bool {
    let text = line.trimmed();
    let list = text.starts_with('[') && (text.len() == 1 || text.starts_with("[{") || text.starts_with("[ {") || text.starts_with("[\""));
    (text.starts_with('{') && !text.starts_with("{%") && !text.starts_with("{{")) || list || text.starts_with("curl ")
}

/// Whether an example in XML begins here.
pub(crate) fn begins_xml(line: &Line) -> bool {
    let text = line.trimmed();
    let Some(rest) = text.strip_prefix('<') else { return false };
    let name = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    text.starts_with("<?xml") || (name > 0 && rest.get(name..).is_some_and(|rest| rest.starts_with('>')))
}

/// A block of XML: up to the line that closes its first element, or to a blank line or a heading.
fn xml_block(lines: &[Line], at: usize) -> (String, usize) {
    let name_of = |text: &str| {
        let rest = text.trim().trim_start_matches('<');
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
    };
    let first = lines.iter().skip(at).find(|line| begins_xml(line) && !line.trimmed().starts_with("<?xml"));
    let close = format!("</{}>", first.map_or(String::new(), |line| name_of(&line.text)));
    let mut end = at;
    while let Some(line) = lines.get(end) {
        if end > at && !line.trimmed().starts_with('<') && lexicon::heading(&line.text).is_some() {
            break;
        }
        end += 1;
        if line.text.contains(&close) {
            break;
        }
    }
    (join(lines.get(at..end).unwrap_or_default()), end)
}

/// The text of a bare block of code, and the index of the line after it: where its brackets close, or where a known heading or a table of fields begins.
pub(crate) fn code_block(lines: &[Line], at: usize) -> (String, usize) {
    let mut depth = 0i64;
    let mut end = at;
    let is_curl = lines.get(at).is_some_and(|line| line.trimmed().starts_with("curl "));
    while let Some(line) = lines.get(end) {
        let inside = line.trimmed().starts_with(['"', '}', ']', '{', '[']) || line.is_blank();
        if end > at && !inside && (lexicon::heading(&line.text).is_some() || begins_table(lines, end)) {
            break;
        }
        depth += brackets(&line.text);
        end += 1;
        let more = if is_curl { line.text.ends_with('\\') || depth > 0 } else { depth > 0 };
        if !more {
            break;
        }
    }
    (join(lines.get(at..end).unwrap_or_default()), end)
}

fn join(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Brackets opened less brackets closed, outside strings and comments.
fn brackets(text: &str) -> i64 {
    let mut depth = 0;
    let mut quoted = false;
    let mut escaped = false;
    let mut before = ' ';
    for letter in text.chars() {
        if quoted {
            quoted = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
        } else {
            match letter {
                '"' => quoted = true,
                '{' | '[' => depth += 1,
                '}' | ']' => depth -= 1,
                '#' => break,
                '/' if before == '/' => break,
                _ => {}
            }
        }
        before = letter;
    }
    depth
}
