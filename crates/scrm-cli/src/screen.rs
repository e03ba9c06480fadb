//! All that is printed. A closed pipe (`scrm operations | head`) is no failure.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// One line on standard output.
pub(crate) fn line(text: &str) {
    _ = writeln!(io::stdout().lock(), "{text}");
}

/// One line on standard error.
pub(crate) fn note(text: &str) {
    _ = writeln!(io::stderr().lock(), "{text}");
}

/// Why the program ends.
pub(crate) fn problem(text: &str) {
    note(&format!("scrm: {text}"));
}

/// Bytes as they are.
pub(crate) fn bytes(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Lines no wider than the terminal.
pub(crate) fn fitted(text: &str) -> String {
    wrapped(text, width().into())
}

/// Whether somebody watches standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Columns of the terminal, at most 120; 80 where there is none.
pub(crate) fn width() -> u16 {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let shown = || console::Term::stdout().size_checked().map(|(_, columns)| columns);
    told.or_else(shown).unwrap_or(80).clamp(40, 120)
}

/// The same text in lines no wider than that: broken at spaces, and between Chinese characters. What is indented goes on two columns further in.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    text.lines().map(|line| wrapped_line(line, width.max(20))).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    let (mut lines, mut current, mut used) = (Vec::new(), String::new(), 0);
    let indented = line.len() - line.trim_start_matches(' ').len();
    let indent = " ".repeat(if indented > 0 { (indented + 2).min(width / 2) } else { 0 });
    for piece in pieces(line) {
        let wide = piece.trim_end().width();
        if used > indent.len() && used + wide > width && !current.trim().is_empty() {
            lines.push(std::mem::replace(&mut current, indent.clone()).trim_end().to_owned());
            used = indent.len();
        }
        let piece = if lines.is_empty() || used > indent.len() { piece } else { piece.trim_start() };
        current += piece;
        used += piece.width();
    }
    lines.push(current);
    lines.join("\n")
}

/// Where a line may be broken: behind spaces, and around characters that are two columns wide. What ends a sentence stays with it.
fn pieces(line: &str) -> Vec<&str> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let mut chars = line.char_indices().peekable();
    while let Some((_, char)) = chars.next() {
        let Some((next_at, next)) = chars.peek().copied() else { break };
        let wide = |char: char| char.width() == Some(2);
        let clings = "，。；：、）！？》”".contains(next) || "（《“".contains(char);
        if next != ' ' && (char == ' ' || ((wide(char) || wide(next)) && !clings)) {
            pieces.push(&line[start..next_at]);
            start = next_at;
        }
    }
    pieces.push(&line[start..]);
    pieces
}

/// Rows under headings, as wide as the terminal.
pub(crate) fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width());
    table.set_header(headings);
    for row in rows {
        table.add_row(row);
    }
    // names stay in one piece
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_spaces_and_between_chinese_characters() {
        assert_eq!(wrapped("Rows per page, at most fifty of them", 20), "Rows per page, at\nmost fifty of them");
        assert_eq!(wrapped("第一次得到积分不早于这个时间，以后的也算。", 20), "第一次得到积分不早于\n这个时间，以后的也\n算。");
        assert_eq!(wrapped("a\nb", 20), "a\nb");
        assert_eq!(wrapped("  one two three four five", 20), "  one two three four\n    five");
        assert_eq!(wrapped("https://example.com/a/very/long/address", 20), "https://example.com/a/very/long/address");
    }
}
