//! Swagger tables in Markdown: literal bold labels, a column for where a parameter goes, sub-objects apart or nested by `└─`;
//! often the whole page stands on one line.

use crate::document;
use crate::lexicon;
use crate::lines::Line;
use crate::page::Page;
use crate::page_builder::PageBuilder;
use crate::pipes;

pub(super) fn shows(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.text.contains("**consumes**") || line.text.contains("**produces**") || line.text.contains("**接口地址**"))
        || lines.iter().any(|line| line.text.contains("数据类型") && line.text.contains("schema") && line.text.contains('|'))
}

pub(super) fn read(lines: &[Line]) -> Page {
    let mut page = PageBuilder::new(false);
    let unfolded: Vec<Line> = lines.iter().flat_map(unfold).collect();
    document::read(&unfolded, &mut page);
    page.finish()
}

/// Lines of this many bytes may hold a whole page.
const LONG: usize = 160;
/// Tables looked for between two headings of one line.
const TABLES: usize = 4;

fn unfold(line: &Line) -> Vec<Line> {
    let folded = line.text.len() > LONG || (line.text.contains("|---") && line.text.contains("| |"));
    if !folded {
        return vec![line.clone()];
    }
    let mut parts = Vec::new();
    for part in split_headings(&line.text) {
        let mut rest = part.to_owned();
        // A table may be followed by text and another table.
        for _ in 0..TABLES {
            let Some(mut rows) = pipes::unfold(&rest) else { break };
            rest = rows.pop().unwrap_or_default();
            parts.append(&mut rows);
        }
        parts.push(rest);
    }
    parts.into_iter().filter(|part| !part.trim().is_empty()).map(|text| Line { number: line.number, text }).collect()
}

/// Breaks a line before every heading mark, every bold label and every fence, and after a bold heading.
fn split_headings(text: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut bold_open = false;
    for (place, _) in text.match_indices("**") {
        if !bold_open {
            cuts.push(place);
        } else {
            let end = place + 2;
            let heading = cuts.last().and_then(|start| text.get(*start..end)).unwrap_or("");
            if lexicon::heading(heading).is_some() {
                cuts.push(end);
            }
        }
        bold_open = !bold_open;
    }
    for mark in [" ## ", " ### ", " #### ", " {", " ```"] {
        let inside_table = |place: usize| {
            mark == " {" && text.get(place..).is_some_and(|rest| rest.split_once('|').is_some_and(|(cell, _)| !cell.contains('}')))
        };
        cuts.extend(text.match_indices(mark).map(|(place, _)| place).filter(|place| !inside_table(*place)).take(if mark == " {" {
            1
        } else {
            usize::MAX
        }));
    }
    cuts.push(text.len());
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).filter_map(|cut| text.get(*cut.first()?..*cut.last()?)).collect()
}
