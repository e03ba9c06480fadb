//! Markdown that somebody wrote again: headings with `#`, padded tables, fenced examples.

use crate::document;
use crate::lines::Line;
use crate::page::Page;
use crate::page_builder::PageBuilder;
use crate::pipes;

pub(super) fn shows(lines: &[Line]) -> bool {
    // A single `#` may be a comment in an example, unless the page begins with it.
    let title = lines.iter().find(|line| !line.is_blank()).is_some_and(|line| line.text.starts_with("# "));
    let headings = title || lines.iter().any(|line| line.text.starts_with("## ") || line.text.starts_with("### "));
    headings && lines.iter().any(|line| line.trimmed().starts_with('|') && pipes::is_table_line(&line.text))
}

pub(super) fn read(lines: &[Line]) -> Page {
    let mut page = PageBuilder::new(false);
    document::read(lines, &mut page);
    page.finish()
}
