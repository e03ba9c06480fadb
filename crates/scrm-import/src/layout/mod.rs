//! The layouts: each reads lines into the shared table model.

mod apifox;
mod confluence;
mod confluence_cells;
mod gitbook_flat;
mod gitbook_pipes;
mod kancloud;
mod markdown;
mod swagger;

use crate::lines::Line;
use crate::page::{Layout, Page};

/// The layout a page shows; `None`: none that is known.
pub(crate) fn recognise(lines: &[Line]) -> Option<Layout> {
    Layout::ALL.into_iter().find(|layout| match layout {
        Layout::Kancloud => kancloud::shows(lines),
        Layout::Apifox => apifox::shows(lines),
        Layout::ConfluenceCells => confluence_cells::shows(lines),
        Layout::Swagger => swagger::shows(lines),
        Layout::Confluence => confluence::shows(lines),
        Layout::Markdown => markdown::shows(lines),
        Layout::GitBookPipes => gitbook_pipes::shows(lines),
        Layout::GitBookFlat => gitbook_flat::shows(lines),
    })
}

/// Reads a page in a layout.
pub(crate) fn read(layout: Layout, lines: &[Line]) -> Page {
    let mut page = match layout {
        Layout::Kancloud => kancloud::read(lines),
        Layout::Apifox => apifox::read(lines),
        Layout::ConfluenceCells => confluence_cells::read(lines),
        Layout::Swagger => swagger::read(lines),
        Layout::Confluence => confluence::read(lines),
        Layout::Markdown => markdown::read(lines),
        Layout::GitBookPipes => gitbook_pipes::read(lines),
        Layout::GitBookFlat => gitbook_flat::read(lines),
    };
    page.layout = Some(layout);
    page
}
