//! The layouts: each reads lines into the shared table model.

mod apifox;
pub(crate) mod cells;
pub(crate) mod flat;
pub(crate) mod glued;
pub(crate) mod items;
mod kancloud;
mod swagger;

use crate::document;
use crate::lexicon;
use crate::lines::Line;
use crate::page::{Layout, Page};
use crate::page_builder::{Context, PageBuilder};
use crate::pipes;
use crate::table;

/// The layout a page shows; `None`: none that is known.
pub(crate) fn recognise(lines: &[Line]) -> Option<Layout> {
    Layout::ALL.into_iter().find(|layout| match layout {
        Layout::Kancloud => kancloud::shows(lines),
        Layout::Apifox => apifox::shows(lines),
        Layout::ConfluenceCells => glued_header(lines, true),
        Layout::Glued => glued_header(lines, false),
        Layout::Swagger => swagger::shows(lines),
        Layout::Confluence => confluence(lines),
        Layout::Markdown => markdown(lines),
        Layout::GitBookPipes => lines.iter().any(|line| line.trimmed().starts_with('|') && pipes::is_table_line(&line.text)),
        Layout::GitBookFlat => lines.iter().any(|line| flat::header(line).is_some()),
        Layout::Cells => (0..lines.len()).any(|at| cells::header(lines, at).is_some()),
        Layout::Items => (0..lines.len()).any(|at| items::begin(lines, at)),
        Layout::Examples => examples(lines),
        Layout::OpenApi | Layout::ApifoxProject => false,
    })
}

/// A header in one piece, of English titles or of others.
fn glued_header(lines: &[Line], english: bool) -> bool {
    (0..lines.len()).any(|at| lines.get(at).is_some_and(|line| line.text.is_ascii() == english) && glued::header(lines, at).is_some())
}

fn confluence(lines: &[Line]) -> bool {
    lines.iter().any(|line| {
        let text = line.trimmed();
        !text.starts_with('|')
            && text.ends_with('|')
            && table::columns(&pipes::cells(text).iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()).is_some()
    })
}

fn markdown(lines: &[Line]) -> bool {
    // A single `#` may be a comment in an example, unless the page begins with it.
    let title = lines.iter().find(|line| !line.is_blank()).is_some_and(|line| line.text.starts_with("# "));
    let headings = title || lines.iter().any(|line| line.text.starts_with("## ") || line.text.starts_with("### "));
    headings && lines.iter().any(|line| line.trimmed().starts_with('|') && pipes::is_table_line(&line.text))
}

/// Headings of examples, and something that could be one.
fn examples(lines: &[Line]) -> bool {
    let heading = lines.iter().any(|line| {
        matches!(
            lexicon::heading(&line.text),
            Some(lexicon::Heading::Example(_) | lexicon::Heading::Request { .. } | lexicon::Heading::Response)
        )
    });
    heading && lines.iter().any(|line| document::begins_code(line) || document::begins_xml(line))
}

/// Reads a page in a layout.
pub(crate) fn read(layout: Layout, lines: &[Line], context: Context) -> Page {
    let builder = PageBuilder::new(context);
    let mut page = match layout {
        Layout::Kancloud => kancloud::read(lines, builder),
        Layout::Apifox => apifox::read(lines, builder),
        Layout::Swagger => swagger::read(lines, builder),
        _ => {
            let mut builder = builder;
            document::read(lines, &mut builder);
            builder.finish()
        }
    };
    page.layout = Some(layout);
    page
}
