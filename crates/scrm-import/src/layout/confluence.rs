//! Confluence export of generated documents: rows without a leading bar, a rule after the header or none, rows broken over lines.

use crate::document;
use crate::lines::Line;
use crate::page::Page;
use crate::page_builder::PageBuilder;
use crate::pipes;
use crate::table;

pub(super) fn shows(lines: &[Line]) -> bool {
    lines.iter().any(|line| {
        let text = line.trimmed();
        !text.starts_with('|')
            && text.ends_with('|')
            && table::columns(&pipes::cells(text).iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()).is_some()
    })
}

pub(super) fn read(lines: &[Line]) -> Page {
    let mut page = PageBuilder::new(false);
    document::read(lines, &mut page);
    page.finish()
}
