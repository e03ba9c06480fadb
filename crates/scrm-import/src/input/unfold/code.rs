//! Blocks of code on one line.

use super::prose::{headings, prose};

/// Blocks of code, blocks of the try-it panel, and lines of text.
pub(super) fn blocks(text: &str, out: &mut Vec<String>) {
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
pub(super) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("{%api", "{% api").replace("{%endapi", "{% endapi")
}

pub(super) fn next_block(text: &str) -> Option<usize> {
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

pub(super) fn begins_json(text: &str) -> bool {
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
pub(super) fn fence(block: &str, out: &mut Vec<String>) -> usize {
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
pub(super) fn until_heading(text: &str) -> usize {
    headings(text).into_iter().find(|cut| *cut > 0).unwrap_or(text.len())
}

/// On one line nothing ends a comment: the next key or bracket does.
pub(super) fn with_comment_ends(code: &str) -> String {
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
pub(super) fn is_key(rest: &str) -> bool {
    let name = rest.bytes().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
    name > 0 && rest.get(name..).and_then(|rest| rest.strip_prefix('"')).is_some_and(|rest| rest.trim_start().starts_with(':'))
}
