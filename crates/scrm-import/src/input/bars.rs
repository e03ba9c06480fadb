//! Tables whose rows have bars between their cells only: `Parameter|Type|Required`.

use crate::lines::Line;
use crate::pipes;

/// Gives the rows of such tables their outer bars. A rule `---|---` below a line with bars tells them.
pub(super) fn with_outer_bars(mut lines: Vec<Line>) -> Vec<Line> {
    let open = |line: &Line| {
        let text = line.trimmed();
        text.contains('|') && !text.starts_with(['|', '{']) && !text.ends_with('|')
    };
    let mut at = 0;
    while at + 1 < lines.len() {
        let is_header = lines.get(at).is_some_and(open);
        let is_ruled = lines.get(at + 1).is_some_and(|rule| open(rule) && pipes::is_rule(&pipes::cells(&rule.text)));
        if !(is_header && is_ruled) {
            at += 1;
            continue;
        }
        let count = lines.iter().skip(at).take_while(|line| line.text.contains('|')).count();
        for line in lines.iter_mut().skip(at).take(count).filter(|line| open(line)) {
            line.text = format!("|{}|", line.text);
        }
        at += count.max(1);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::lines;

    #[test]
    fn rows_get_their_outer_bars() {
        let given = "x|y\n\nField|Type\n---|---\ncode|int\n  └─id|int\n| a | b |\nno bar";
        let read: Vec<String> = with_outer_bars(lines(given)).into_iter().map(|line| line.text).collect();
        assert_eq!(read, ["x|y", "", "|Field|Type|", "|---|---|", "|code|int|", "|  └─id|int|", "| a | b |", "no bar"]);
    }
}
