//! Tables written with bars.

use crate::lexicon;
use crate::lines::Line;

/// A table before its columns are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    /// Cells of the first line.
    pub(crate) header: Vec<String>,
    /// Line of the header.
    pub(crate) line: usize,
    /// Whether a rule `---|---` follows the header.
    pub(crate) ruled: bool,
    /// Line and cells of each row; leading blanks of a cell are kept.
    pub(crate) rows: Vec<(usize, Vec<String>)>,
    /// Rows that were broken over lines, by first and last line.
    pub(crate) broken: Vec<(usize, usize)>,
    /// Lines read.
    pub(crate) lines: Vec<usize>,
}

/// A broken row is looked for over this many lines.
const REACH: usize = 8;

/// Whether a line is part of a table with bars.
pub(crate) fn is_table_line(text: &str) -> bool {
    let text = text.trim();
    text.contains('|') && (text.starts_with('|') || text.ends_with('|') || is_rule(&cells(text))) && !text.starts_with('{')
}

/// Reads the table that begins at a line; gives it and the index of the line after it.
pub(crate) fn gather(lines: &[Line], start: usize) -> Option<(Grid, usize)> {
    let first = lines.get(start)?;
    let mut grid = Grid { header: trimmed(&cells(&first.text)), line: first.number, lines: vec![first.number], ..Grid::default() };
    let needed = bars(first.trimmed());
    let mut at = start + 1;
    if let Some(rule) = lines.get(at)
        && is_rule(&cells(&rule.text))
    {
        grid.ruled = true;
        grid.lines.push(rule.number);
        at += 1;
    }
    while let Some(line) = lines.get(at) {
        if line.is_blank() || (!is_table_line(&line.text) && !begins_broken_row(lines, at, needed)) {
            break;
        }
        let (text, next) = whole_row(lines, at, needed);
        let last = lines.get(next - 1).map_or(line.number, |line| line.number);
        if next > at + 1 {
            grid.broken.push((line.number, last));
        }
        grid.lines.extend(lines.get(at..next).unwrap_or_default().iter().map(|line| line.number));
        grid.rows.push((line.number, cells(&text)));
        at = next;
    }
    Some((grid, at))
}

fn trimmed(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Cells between bars that are not escaped.
pub(crate) fn cells(text: &str) -> Vec<String> {
    let text = text.trim();
    let mut cells = vec![String::new()];
    let mut letters = text.strip_prefix('|').unwrap_or(text).chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&'|') => {
                letters.next();
                push(&mut cells, '|');
            }
            '|' => cells.push(String::new()),
            other => push(&mut cells, other),
        }
    }
    if text.len() > 1 && text.ends_with('|') && !text.ends_with("\\|") {
        cells.pop();
    }
    cells.iter().map(|cell| cell.strip_prefix(' ').unwrap_or(cell).trim_end().to_owned()).collect()
}

fn push(cells: &mut [String], letter: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(letter);
    }
}

pub(crate) fn is_rule(cells: &[String]) -> bool {
    !cells.is_empty() && cells.iter().all(|cell| cell.contains('-') && cell.trim().chars().all(|c| matches!(c, '-' | ':')))
}

fn bars(text: &str) -> usize {
    text.matches('|').count() - text.matches("\\|").count()
}

fn begins_broken_row(lines: &[Line], at: usize, needed: usize) -> bool {
    lines.get(at).is_some_and(|line| line.text.contains('|')) && joined_until(lines, at, needed).is_some()
}

/// The index after the last line of a row that begins at `at` and has too few bars, if the next lines complete it exactly.
fn joined_until(lines: &[Line], at: usize, needed: usize) -> Option<usize> {
    let mut total = bars(lines.get(at)?.trimmed());
    if total >= needed {
        return None;
    }
    for next in at + 1..=at + REACH {
        let line = lines.get(next).filter(|line| !line.is_blank() && lexicon::heading(&line.text).is_none())?;
        if is_rule(&cells(&line.text)) || line.trimmed().starts_with('|') {
            return None;
        }
        total += bars(line.trimmed());
        if total > needed {
            return None;
        }
        if total == needed {
            return Some(next + 1);
        }
    }
    None
}

fn whole_row(lines: &[Line], at: usize, needed: usize) -> (String, usize) {
    let end = joined_until(lines, at, needed).unwrap_or(at + 1);
    let text = lines.get(at..end).unwrap_or_default().iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    (text, end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::lines;

    #[test]
    fn a_row_broken_over_lines_is_joined() {
        let page = lines("Parameter | Type | Description |\n---|---|---|\na | string | first half\nsecond half |\nb | int | x |\n\nafter");
        let (grid, next) = gather(&page, 0).unwrap();
        assert_eq!(
            grid.rows,
            [(3, vec!["a".into(), "string".into(), "first half second half".into()]), (5, vec!["b".into(), "int".into(), "x".into()])]
        );
        assert_eq!((grid.broken, next), (vec![(3, 4)], 5));
    }

    #[test]
    fn escaped_bars_stay_in_their_cell() {
        assert_eq!(cells("| a \\| b | c |"), ["a | b", "c"]);
        assert_eq!(cells("id | |||"), ["id", "", "", ""]);
    }
}
