//! GitBook as Markdown: tables with bars, the bullets of method, header and address run together on broken lines.

use crate::document;
use crate::lines::Line;
use crate::page::Page;
use crate::page_builder::PageBuilder;
use crate::pipes;

pub(super) fn shows(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.trimmed().starts_with('|') && pipes::is_table_line(&line.text))
}

pub(super) fn read(lines: &[Line]) -> Page {
    let mut page = PageBuilder::new(true);
    document::read(lines, &mut page);
    page.finish()
}
