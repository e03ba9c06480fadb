//! Reads a page that is made of headings, labels, tables with bars and blocks of code, whatever tool wrote it.

use crate::lines::Line;
use crate::page_builder::PageBuilder;
use crate::{lexicon, pipes};

/// Feeds the lines to the assembler.
pub(crate) fn read(lines: &[Line], into: &mut PageBuilder) {
    let mut at = 0;
    while at < lines.len() {
        at = step(lines, at, into);
    }
}

/// Feeds what begins at a line, and gives the index of the line after it.
pub(crate) fn step(lines: &[Line], at: usize, into: &mut PageBuilder) -> usize {
    let Some(line) = lines.get(at) else { return at + 1 };
    if line.trimmed().starts_with("```") {
        return fenced(lines, at, into);
    }
    if pipes::is_table_line(&line.text) {
        return table(lines, at, into);
    }
    if begins_code(line) {
        let (text, next) = code_block(lines, at);
        into.code(line.number, &text);
        return next;
    }
    if !line.is_blank() && !into.heading(line) && !into.labels(line) {
        into.text(line);
    }
    at + 1
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

/// A block between fences; without a closing fence it ends with the page.
fn fenced(lines: &[Line], at: usize, into: &mut PageBuilder) -> usize {
    let end = lines.iter().skip(at + 1).position(|line| line.trimmed().starts_with("```")).map_or(lines.len(), |length| at + 1 + length);
    let block = lines.get(at + 1..end).unwrap_or_default();
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

/// The text of a bare block of code, and the index of the line after it: where its brackets close, or where a known heading begins.
pub(crate) fn code_block(lines: &[Line], at: usize) -> (String, usize) {
    let mut depth = 0i64;
    let mut end = at;
    let is_curl = lines.get(at).is_some_and(|line| line.trimmed().starts_with("curl "));
    while let Some(line) = lines.get(end) {
        if end > at && !line.trimmed().starts_with(['"', '}', ']', '{', '[']) && lexicon::heading(&line.text).is_some() {
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
