//! Fields as items of a list: ``- `page` (int, 必填): 页码``, members set in below their owner.

use crate::lexicon;
use crate::lines::Line;
use crate::page::{Required, Row};
use crate::page_builder::PageBuilder;
use crate::table;
use crate::types;

/// Whether a list of fields begins at a line: one whose type stands in brackets, or two in a row.
pub(crate) fn begin(lines: &[Line], at: usize) -> bool {
    let Some(first) = lines.get(at).filter(|line| item(line).is_some()) else { return false };
    let next = lines.iter().skip(at + 1).find(|line| !line.is_blank());
    first.text.contains(['(', '[', '<']) || next.is_some_and(|line| item(line).is_some())
}

/// Reads the list that begins at a line; gives the index of the line after it.
pub(crate) fn read(lines: &[Line], start: usize, page: &mut PageBuilder) -> usize {
    let mut rows: Vec<Row> = Vec::new();
    let mut indents = Vec::new();
    let mut at = start;
    while let Some(line) = lines.get(at) {
        if let Some((row, indent)) = item(line) {
            rows.push(row);
            indents.push((indent > 0).then_some(indent));
        } else if !line.is_blank() {
            // Values under a field stand as items of their own, further in.
            let deeper = line.text.len() - line.text.trim_start().len() > 0 && lexicon::heading(&line.text).is_none();
            if !deeper {
                break;
            }
            table::go_on(
                &Line { number: line.number, text: line.trimmed().trim_start_matches(['-', '*', '+', ' ']).to_owned() },
                &mut rows,
                page,
            );
        }
        at += 1;
    }
    let first = indents.iter().flatten().min().copied();
    if indents.iter().all(Option::is_some) {
        for indent in &mut indents {
            *indent = indent.filter(|indent| Some(*indent) != first);
        }
    }
    let levels = indents.iter().flatten().count();
    table::set_depths(&mut rows, &indents);
    let line = lines.get(start).map_or(0, |line| line.number);
    let marked = rows.iter().any(|row| row.required != Required::Unknown);
    if marked {
        table::report_lost_marks(&rows, true, line, page);
    }
    page.table(rows, levels == 0, line, marked);
    at
}

/// One field, and how far it is set in.
fn item(line: &Line) -> Option<(Row, usize)> {
    let text = line.text.as_str();
    let indent = text.len() - text.trim_start().len();
    let rest = ["- ", "* ", "+ ", "• "].iter().find_map(|bullet| text.trim_start().strip_prefix(bullet))?.trim_start();
    let length = rest.find(['(', ':', ' ', '[', '<']).unwrap_or(rest.len());
    let (name, _) = table::name(rest.get(..length)?);
    let rest = rest.get(length..)?.trim_start();
    if !lexicon::is_name(&name) {
        return None;
    }
    let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
    let (inside, behind) = match rest.strip_prefix(['(', '[', '<']) {
        Some(inner) => inner.split_once([')', ']', '>'])?,
        None => rest.split_once([':', ' ']).unwrap_or((rest, "")),
    };
    let mut row = Row { name, line: line.number, ..Row::default() };
    for word in inside
        .split([',', '、', '|', ';'])
        .flat_map(|part| if types::read(part).is_some() { vec![part] } else { part.split(' ').collect() })
    {
        let word = word.trim().trim_matches('`');
        if let Some(required) = lexicon::required(word) {
            row.required = required;
        } else if row.printed_type.is_empty() && types::read(word).is_some() {
            row.printed_type = word.to_owned();
        } else if !word.is_empty() {
            row.note = format!("{} {word}", row.note).trim().to_owned();
        }
    }
    row.description = behind.trim_start_matches([':', '-', ' ']).to_owned();
    (!row.printed_type.is_empty()).then_some((row, indent))
}
