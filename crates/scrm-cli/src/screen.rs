//! All that is printed. A closed pipe (`scrm operations | head`) is no failure.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

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

/// What clap has to say: help, version or a mistake.
pub(crate) fn usage(error: &clap::Error) {
    _ = error.print();
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
